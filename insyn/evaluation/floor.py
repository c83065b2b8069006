"""The recorded figures of the development half, and whether the model still reaches them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from insyn.evaluation.scoring import Scored, Verdict, by_kind_and_style

RECORD = Path("tests/nlu/recorded.yml")
SLACK = 1.0
"""Points (of a hundred) that a share may fall under its record; one question where that is more than a point."""

Figures = dict[str, dict[str, float]]


def figures(scored: Sequence[Scored]) -> Figures:
    """Return, for each style and kind, the percentages of right and wrong."""
    return {
        f"{style} {kind}": {
            "questions": len(group),
            "right": round(100 * sum(one.verdict is Verdict.RIGHT for one in group) / len(group), 1),
            "wrong": round(100 * sum(one.verdict is Verdict.WRONG for one in group) / len(group), 1),
        }
        for (style, kind), group in by_kind_and_style(scored).items()
    }


def fallen(now: Figures, recorded: Figures) -> list[str]:
    """Return what is more than :data:`SLACK` worse than recorded, as sentences."""
    found = []
    for name, record in recorded.items():
        current = now.get(name)
        if current is None:
            found.append(f"{name}: no questions")
            continue
        slack = max(SLACK, 100 / record["questions"]) + 0.05  # the figures are rounded
        if current["right"] < record["right"] - slack:
            found.append(f"{name}: right fell from {record['right']} to {current['right']} %")
        if current["wrong"] > record["wrong"] + slack:
            found.append(f"{name}: wrong rose from {record['wrong']} to {current['wrong']} %")
    return found


def read_record(path: Path) -> Figures:
    """Return what was recorded at ``path``."""
    recorded: Figures = yaml.safe_load(path.read_text())
    return recorded


def write_record(now: Figures, path: Path) -> None:
    """Record ``now`` as what must not be fallen under."""
    head = "# The development half as last recorded (insyn evaluate --record), in percent; a test holds to it.\n"
    path.write_text(head + yaml.safe_dump(now, sort_keys=True))
