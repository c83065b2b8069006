"""Whether the certainty that thresholds act on is what it says: of a hundred readings at 0.8, eighty are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from insyn.evaluation.scoring import Scored

BINS = 10


@dataclass(frozen=True, slots=True)
class Tenth:
    """The readings whose certainty lies in one tenth."""

    certainty: float
    """Their mean."""

    right: float
    """The share of them that are right."""

    count: int


def reliability(scored: Sequence[Scored]) -> list[Tenth]:
    """Return each tenth of certainty that occurs, lowest first; calibrated means that certainty and share agree.

    Acted on or not: what was asked back is where the thresholds decide. Messages that something else than the model's
    certainty decided (another language, two questions) are left out.
    """
    sure = [(one.certainty, one.read_right) for one in scored if one.certainty is not None]
    found = []
    for tenth in range(BINS):
        inside = [(certainty, right) for certainty, right in sure if min(int(certainty * BINS), BINS - 1) == tenth]
        if inside:
            mean = sum(certainty for certainty, _ in inside) / len(inside)
            found.append(Tenth(mean, sum(right for _, right in inside) / len(inside), len(inside)))
    return found


def calibration_error(tenths: Sequence[Tenth]) -> float:
    """Return by how much certainty and share differ, weighted by how often (the expected calibration error, 0–1).

    Source: Guo et al. 2017, "On calibration of modern neural networks".
    """
    total = sum(tenth.count for tenth in tenths)
    return sum(tenth.count * abs(tenth.certainty - tenth.right) for tenth in tenths) / total if total else 0.0
