"""What each threshold would cost: a wrong answer counts five times an honest "jag är osäker" (docs/adr/0100)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from insyn.evaluation.scoring import Scored

COST_OF_WRONG = 5
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
DECISIONS = ("answer", "request", "not for us")
"""What a first reading leads to, each with its threshold in ``config.yml``."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What acting above a certainty would have come to."""

    threshold: float
    wrong: int
    unsure: int
    lost: int
    """Those of the unsure that would have been right."""

    @property
    def total(self) -> int:
        """In units of an honest "jag är osäker"."""
        return COST_OF_WRONG * self.wrong + self.unsure


def decision(one: Scored) -> str:
    """Return which of :data:`DECISIONS` the first reading asks for."""
    first, _ = one.top
    if first == "out_of_scope":
        return "not for us"
    return "request" if first.startswith("request_") else "answer"


def costs(scored: Sequence[Scored], *, of: str) -> list[Cost]:
    """Return the cost of each threshold, of the questions whose first reading asks for the decision ``of``."""
    read = [(one.certainty, one.read_right) for one in scored if one.certainty is not None and decision(one) == of]
    return [
        Cost(
            threshold,
            wrong=sum(certainty >= threshold and not right for certainty, right in read),
            unsure=sum(certainty < threshold for certainty, _ in read),
            lost=sum(certainty < threshold and right for certainty, right in read),
        )
        for threshold in THRESHOLDS
    ]
