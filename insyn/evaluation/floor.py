"""The recorded figures of the development half, and whether the model still reaches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from foundation.yaml_files import read_yaml
from insyn.evaluation.scoring import Scored, Verdict, by_kind_and_style, grouped

RECORD = Path("tests/nlu/recorded.yml")
SLACK = 1.0
"""Points (of a hundred) that a share may fall under its record; one question where that is more than a point."""

Figures = dict[str, dict[str, float]]


SHARES: Mapping[str, Callable[[Scored], bool]] = {
    "right": lambda one: one.verdict is Verdict.RIGHT,
    "wrong": lambda one: one.verdict is Verdict.WRONG,
    "fact right": lambda one: one.by_fact is Verdict.RIGHT,
    "fact wrong": lambda one: one.by_fact is Verdict.WRONG,
}
"""What is held to: by topic, and by the fact in the answer."""


def figures(scored: Sequence[Scored]) -> Figures:
    """Return the percentages of right and wrong, for each style and kind, each style, each kind, and all.

    Small groups may lose a whole question, so together they are held as well: there one point is one point.
    """
    return {
        name: {"questions": len(group)} | {share: _percent(group, counts) for share, counts in SHARES.items()}
        for name, group in _groups(scored).items()
    }


def _groups(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    return {
        **{f"{style} {kind}": group for (style, kind), group in by_kind_and_style(scored).items()},
        **grouped(scored, lambda one: one.question.style),
        **grouped(scored, lambda one: one.question.kind),
        "all": list(scored),
    }


def _percent(group: Sequence[Scored], counts: Callable[[Scored], bool]) -> float:
    return round(100 * sum(map(counts, group)) / len(group), 1)


def fallen(now: Figures, recorded: Figures) -> list[str]:
    """Return what is more than :data:`SLACK` worse than recorded, as sentences."""
    found = []
    for name, record in recorded.items():
        current = now.get(name)
        if current is None:
            found.append(f"{name}: no questions")
            continue
        slack = max(SLACK, 100 / record["questions"]) + 0.05  # the figures are rounded
        for share in SHARES:
            was, is_now = record[share], current[share]
            if share.endswith("right") and is_now < was - slack:
                found.append(f"{name}: {share} fell from {was} to {is_now} %")
            if share.endswith("wrong") and is_now > was + slack:
                found.append(f"{name}: {share} rose from {was} to {is_now} %")
    return found


def read_record(path: Path) -> Figures:
    """Return what was recorded at ``path``."""
    recorded: Figures = read_yaml(path)
    return recorded


def write_record(now: Figures, path: Path) -> None:
    """Record ``now`` as what must not be fallen under."""
    head = "# The development half as last recorded (insyn evaluate --record), in percent; a test holds to it.\n"
    path.write_text(head + yaml.safe_dump(now, sort_keys=True))
