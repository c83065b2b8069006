"""Right, wrong or unsure: one verdict a question, and shares with their confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy.stats import binomtest

from insyn.evaluation.questions import Question

FALLBACK = "nlu_fallback"
HARMLESS = frozenset(
    {
        "out_of_scope",
        "other_language",
        FALLBACK,
        "greet",
        "goodbye",
        "thank",
        "ask_help",
        "ask_if_bot",
        "ask_human",
        "deny",
    }
)
"""What may be said to a question that is not for us; a policy fact or the start of a request may not."""


class Verdict(StrEnum):
    """How an answer counts."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Scored:
    """A question and what the assistant made of it."""

    question: Question
    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    certainty: float | None = None
    """How sure the model was of its first reading: what thresholds are compared with; None where it did not decide."""

    by_fact: Verdict | None = None
    """The verdict by what the answer carries (``insyn.evaluation.facts``); None where no answer was looked at."""

    @property
    def top(self) -> tuple[str, float]:
        """The first reading and its confidence, acted on or not."""
        return next((reading for reading in self.ranking if reading[0] != FALLBACK), (self.intent, self.confidence))

    @property
    def read_right(self) -> bool:
        """Whether the first reading is right, acted on or not: what a certainty is the probability of."""
        first, _ = self.top
        return first in self.question.accepted or (self.question.kind == "out_of_scope" and first in HARMLESS)

    @property
    def verdict(self) -> Verdict:
        """For what is not for us, anything harmless is right; otherwise an honest "jag är osäker" is not wrong."""
        if self.question.kind == "out_of_scope":
            return Verdict.RIGHT if self.intent in HARMLESS else Verdict.WRONG
        if self.intent in self.question.accepted:
            return Verdict.RIGHT
        return Verdict.UNSURE if self.intent == FALLBACK else Verdict.WRONG

    @property
    def offered(self) -> bool:
        """Whether the right reading was among the first two, which asking back offers."""
        readings = [name for name, _ in self.ranking if name != FALLBACK][:2]
        return any(name in self.question.accepted for name in readings)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and where the true share lies (95 %, Wilson)."""

    count: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.total:
            return (0.0, 100.0)
        bounds = binomtest(self.count, self.total).proportion_ci(0.95, method="wilson")
        return (100 * bounds.low, 100 * bounds.high)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.percent:5.1f} % ({low:.0f}–{high:.0f})"


def share(scored: Sequence[Scored], counts: Callable[[Scored], bool]) -> Share:
    """Return the share of ``scored`` for which ``counts``."""
    return Share(sum(counts(one) for one in scored), len(scored))


def grouped(scored: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    """Return the scored questions by what ``key`` says of them, in its order; those of an empty key are left out."""
    groups: dict[str, list[Scored]] = {}
    for one in scored:
        if name := key(one):
            groups.setdefault(name, []).append(one)
    return dict(sorted(groups.items()))


def by_kind_and_style(scored: Iterable[Scored]) -> dict[tuple[str, str], list[Scored]]:
    """Return the scored questions grouped, in the order of the targets' table."""
    groups: dict[tuple[str, str], list[Scored]] = {}
    for one in scored:
        groups.setdefault((one.question.style, one.question.kind), []).append(one)
    return dict(sorted(groups.items(), reverse=True))
