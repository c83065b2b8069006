"""A case's history as people read it: newest last, openings of the page gathered into one line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cases.console import connector_texts, conversation_texts, file_texts, letter_texts, package_texts, texts
from cases.views import EventView
from privacy.case_states import ActorKind, CaseStatus
from privacy.checklist import TaskState
from privacy.identity_proof import ProofMethod
from privacy.swedish_dates import local_date, swedish_date

OPENINGS = ("case_opened", "package_shown")
TASK_CHANGED = "task_changed"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line, or several openings in a row by the same person on the same day."""

    kind: str
    title: str
    who: str
    occurred_at: datetime
    details: tuple[str, ...]
    count: int = 1


def timeline(
    events: Sequence[EventView], *, names: Mapping[str, str], task_titles: Mapping[str, str] | None = None
) -> Sequence[TimelineEntry]:
    """Return the lines of a history.

    Args:
        events: oldest first.
        names: display names of officers, by account id.
        task_titles: titles of the checklist's tasks, by key.
    """
    lines: list[TimelineEntry] = []
    due_before: date | None = None
    for event in events:
        line = TimelineEntry(
            kind=event.kind,
            title=_status_change(event) or event.label,
            who=_who(event, names),
            occurred_at=event.occurred_at,
            details=(
                *_details(event, due_before),
                *_task_details(event, task_titles or {}),
                *connector_texts.order_details(event.kind, event.facts),
            ),
        )
        due_before = event.due_on_after
        if lines and _continues(lines[-1], line):
            line = replace(line, count=lines.pop().count + 1)
        lines.append(line)
    return lines


def _continues(last: TimelineEntry, line: TimelineEntry) -> bool:
    return (
        line.kind == last.kind
        and line.kind in OPENINGS
        and line.who == last.who
        and local_date(line.occurred_at) == local_date(last.occurred_at)
    )


def _who(event: EventView, names: Mapping[str, str]) -> str:
    if event.actor_kind is ActorKind.CASE_OFFICER:
        return names.get(event.actor_id, texts.OFFICER)
    return texts.SYSTEM_PARTS.get(event.actor_id, event.actor_id)


def _status_change(event: EventView) -> str | None:
    if event.status_before is None or event.status_before is event.status_after:
        return None
    return f"{event.status_before.label} → {event.status_after.label}"


def _details(event: EventView, due_before: date | None) -> Iterator[str]:
    if event.resolution_after is not None and event.status_after is CaseStatus.DECIDED is not event.status_before:
        yield f"Beslut: {event.resolution_after.label}"
    if due_before is not None and due_before != event.due_on_after:
        yield f"Svar senast: {swedish_date(due_before)} → {swedish_date(event.due_on_after)}"
    about = (
        package_texts.event_details(event.kind, event.facts)
        or file_texts.event_details(event.facts)
        or letter_texts.event_details(event.facts)
        or conversation_texts.event_details(event.kind, event.facts)
    )
    if about is not None:
        yield about
    if event.kind == "identity_established":
        yield ProofMethod(event.facts["method"]).label
    if "holds" in event.facts:
        yield "Den håller" if event.facts["holds"] else "Den håller inte: se vad kommandot skrev"


def _task_details(event: EventView, titles: Mapping[str, str]) -> Iterator[str]:
    if event.kind == TASK_CHANGED:
        key, state = str(event.facts.get("task", "")), str(event.facts.get("state", ""))
        words = texts.TASK_STATES[TaskState(state)].lower() if state in {*TaskState} else state
        yield f"{titles.get(key, key)}: {words}"
