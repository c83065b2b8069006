"""The status machine as a drawing and a table, made from :mod:`privacy.case_states` so that it cannot drift."""

from collections.abc import Iterator

from privacy.case_states import TRANSITIONS, ActorKind, CaseStatus, Resolution, Transition


def mermaid() -> str:
    """Return the machine as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> received"]
    lines += [f"    {status} : {status.label}" for status in CaseStatus]
    lines += [f"    {step.source} --> {step.target}{_label(step)}" for step in TRANSITIONS.values()]
    return "\n".join([*lines, "    closed --> [*]"])


def table() -> str:
    """Return every step as a line of a Markdown table, with who may make it and what it must carry."""
    lines = ["| from | to | by | must carry |", "|---|---|---|---|"]
    for step in TRANSITIONS.values():
        carries = ", ".join(_carries(step)) or "–"
        lines.append(f"| `{step.source}` | `{step.target}` | {_who(step)} | {carries} |")
    return "\n".join(lines)


def resolutions() -> str:
    """Return how a case may end, as a Markdown list."""
    return "\n".join(f"- `{resolution}`: {resolution.label}" for resolution in Resolution)


def _label(step: Transition) -> str:
    carries = [*_carries(step)]
    if ActorKind.SYSTEM in step.allowed_to:
        carries.append("also by the system")
    return f" : {', '.join(carries)}" if carries else ""


def _carries(step: Transition) -> Iterator[str]:
    if step.needs_resolution:
        yield "resolution"
    if step.needs_note:
        yield "reason"


def _who(step: Transition) -> str:
    return "officer or system" if ActorKind.SYSTEM in step.allowed_to else "officer"
