"""Leaves hands out: trains on the other writers' examples and reads these hands': an honest estimate of a stranger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from benchmarks.understanding.examples import Example
from bot.nlu.confidence import OUTSIDE, Confidence, probabilities, signs
from bot.nlu.model import IntentModel

Array = npt.NDArray[np.float32]
OUTSIDE_WEIGHT = 3.0
"""What is not for us counts so many times when certainty is fitted: such examples are few, and
each that is let through is a wrong answer."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Some hands' examples and the scores that the others' model gave them."""

    hands: str
    """Their letters."""
    examples: Sequence[Example]
    scores: Array
    intents: Sequence[str]

    @property
    def truth(self) -> npt.NDArray[np.int64]:
        """The column of each example's intent."""
        return np.array([self.intents.index(example.intent) for example in self.examples])

    def ranked(self) -> npt.NDArray[np.int64]:
        """Return the columns of each example, the likeliest first."""
        return np.argsort(-self.scores, axis=1, kind="stable")

    def right(self, first: int = 1) -> dict[str, float]:
        """Return kind → percent whose intent is among the ``first`` readings."""
        hit = (self.ranked()[:, :first] == self.truth[:, np.newaxis]).any(axis=1)
        kinds = np.array([example.kind for example in self.examples])
        return {str(kind): 100 * float(hit[kinds == kind].mean()) for kind in np.unique(kinds)}

    def doubtful(self, most: int) -> list[tuple[float, Example, str]]:
        """Return the examples that the others would label otherwise, the surest first: margin, example, their label."""
        own = self.scores[np.arange(len(self.truth)), self.truth]
        margins = self.scores.max(axis=1) - own
        surest = np.argsort(-margins, kind="stable")[:most]
        first = self.ranked()[:, 0]
        return [(float(margins[row]), self.examples[row], self.intents[first[row]]) for row in surest]


def leave_hands_out(examples: Sequence[Example], groups: Sequence[str]) -> Iterator[LeftOut]:
    """Yield each group of hands (their letters, with commas between) read by a model of all others."""
    for group in groups:
        hands = group.split(",")
        outside = [example for example in examples if example.hand not in hands]
        model = IntentModel.train([example.heard for example in outside], [example.intent for example in outside])
        asked = [e for e in examples if e.hand in hands and e.intent in model.intents]
        yield LeftOut(group, asked, np.array([model.scores(example.heard) for example in asked]), model.intents)


def fit_confidence(left_out: Sequence[LeftOut]) -> Confidence:
    """Return the temperature and the certainty under which the truth about the left-out examples is likeliest."""
    scores = np.concatenate([one.scores for one in left_out])
    truth = np.concatenate([one.truth for one in left_out])
    examples = [example for one in left_out for example in one.examples]
    outside = list(left_out[0].intents).index(OUTSIDE)

    def surprise(logarithm: float) -> float:
        likely = probabilities(scores, float(np.exp(logarithm)))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(likely, 1e-12)).mean())

    temperature = float(np.exp(minimize_scalar(surprise, bounds=(-4, 1), method="bounded").x))
    found = np.array(
        [signs(row, outside, len(e.text.split()), temperature) for row, e in zip(scores, examples, strict=True)]
    )
    weight = np.where(truth == outside, OUTSIDE_WEIGHT, 1.0)
    mean, spread = found.mean(axis=0), found.std(axis=0) + 1e-9
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(
        (found - mean) / spread, scores.argmax(axis=1) == truth, sample_weight=weight
    )
    weights = fitted.coef_[0] / spread
    return Confidence(temperature, tuple(map(float, weights)), float(fitted.intercept_[0] - weights @ mean))
