"""How sure the model may say it is: probabilities of the readings, and the certainty that the first is right.

Both are fitted on voices that the model had not heard: each hand's examples, scored by a model of the others'
(``python -m benchmarks.understanding confidence``). What is fitted are a dozen numbers about score margins, in
``confidence.json`` beside this file; they say nothing of any topic, so they also serve another policy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FITTED = Path(__file__).with_name("confidence.json")
OUTSIDE = "out_of_scope"
SIGNS = ("score", "margin", "margin_to_third", "log_odds", "entropy", "margin_to_outside", "log_words")
Scores = npt.NDArray[np.float32]


def probabilities(scores: Scores, temperature: float) -> Scores:
    """Return the softmax of ``scores`` (last axis) at ``temperature``."""
    powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / temperature)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def signs(scores: Scores, outside: int | None, words: int, temperature: float) -> npt.NDArray[np.float64]:
    """Return what tells a right first reading from a wrong one, in the order of :data:`SIGNS`.

    ``outside``: the column of what is not for us, if there is one.
    """
    ordered = np.sort(scores)[::-1]
    first, second, third = ordered[0], ordered[min(1, len(ordered) - 1)], ordered[min(2, len(ordered) - 1)]
    likely = probabilities(scores, temperature)
    best = float(np.clip(likely.max(), 1e-6, 1 - 1e-6))
    entropy = -float((likely * np.log(likely + 1e-9)).sum())
    to_outside = 0.0 if outside is None else float(first - scores[outside])
    log_odds = float(np.log(best / (1 - best)))
    found = (first, first - second, first - third, log_odds, entropy, to_outside, np.log1p(words))
    return np.array(found, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Confidence:
    """The fitted numbers."""

    temperature: float
    """Of the softmax that gives each reading its probability (Guo et al. 2017, "On calibration")."""

    weights: tuple[float, ...]
    """Of a logistic regression over :data:`SIGNS`."""

    bias: float

    @classmethod
    def read(cls, path: Path = FITTED) -> Confidence:
        """Return what was fitted last."""
        found = json.loads(path.read_text())
        return cls(found["temperature"], tuple(found["weights"][sign] for sign in SIGNS), found["bias"])

    def write(self, path: Path = FITTED) -> None:
        """Keep these numbers."""
        weights = {sign: round(weight, 4) for sign, weight in zip(SIGNS, self.weights, strict=True)}
        kept = {"temperature": round(self.temperature, 4), "bias": round(self.bias, 4), "weights": weights}
        path.write_text(json.dumps(kept, indent=2) + "\n")

    def certainty(self, scores: Scores, outside: int | None, words: int) -> float:
        """Return the probability that the first reading is right."""
        logit = signs(scores, outside, words, self.temperature) @ np.array(self.weights) + self.bias
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))
