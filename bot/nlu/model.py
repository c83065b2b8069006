"""One linear model over the views, and how sure it may say it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from bot.nlu.vectors import Vectoriser

REGULARISATION = 0.3
"""LinearSVC's C, by cross-validation (docs/understanding.md)."""

HELD_OUT = 0.15
"""The share of the examples on which confidence is calibrated before the model is trained on all of them."""

_WEIGHT_LEVELS = 127
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a message."""

    intent: str
    confidence: float
    """The calibrated probability that this reading is the right one, 0–1."""


class IntentModel:
    """Support-vector classifiers, one an intent, with a softmax whose temperature makes confidence honest."""

    def __init__(
        self, vectoriser: Vectoriser, intents: Sequence[str], weights: Scores, bias: Scores, temperature: float
    ) -> None:
        self._vectoriser = vectoriser
        self.intents = list(intents)
        self._weights, self._bias = weights, bias
        self._temperature = temperature

    @classmethod
    def train(cls, texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
        """Return the model of these examples; the same examples give the same model."""
        temperature = 1.0
        if min(np.unique(intents, return_counts=True)[1]) > 1 / HELD_OUT:
            learn, hold, learn_intents, hold_intents = train_test_split(
                list(texts), list(intents), test_size=HELD_OUT, stratify=intents, random_state=0
            )
            trial = cls._fit(learn, learn_intents)
            temperature = _temperature(trial._scores(hold), [trial.intents.index(intent) for intent in hold_intents])
        model = cls._fit(texts, intents)
        model._temperature = temperature
        return model

    @classmethod
    def _fit(cls, texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
        vectoriser = Vectoriser()
        classifier = LinearSVC(C=REGULARISATION, tol=0.01, random_state=0)
        classifier.fit(vectoriser.fit(texts), intents)
        weights, bias = classifier.coef_.T, classifier.intercept_
        if len(classifier.classes_) == 2:  # scikit-learn then keeps one column for both
            weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
        return cls(vectoriser, classifier.classes_, weights.astype(np.float32), bias.astype(np.float32), 1.0)

    def readings(self, texts: Sequence[str]) -> list[list[Reading]]:
        """Return for each text all intents, the most likely first."""
        ranked = []
        for row in _softmax(self._scores(texts) / self._temperature):
            order = np.argsort(-row, kind="stable")
            ranked.append([Reading(self.intents[column], float(row[column])) for column in order])
        return ranked

    def _scores(self, texts: Sequence[str]) -> Scores:
        scores: Scores = self._vectoriser.transform(texts) @ self._weights + self._bias
        return scores

    def save(self, directory: Path) -> None:
        """Write the model without pickles; weights as signed bytes, scaled an intent (a quarter of the size)."""
        self._vectoriser.save(directory)
        scale = np.maximum(np.abs(self._weights).max(axis=0), 1e-9) / _WEIGHT_LEVELS
        weights = np.round(self._weights / scale).astype(np.int8)
        np.savez_compressed(directory / "weights.npz", weights=weights, scale=scale, bias=self._bias)
        (directory / "intents.json").write_text(json.dumps({"intents": self.intents, "temperature": self._temperature}))

    @classmethod
    def load(cls, directory: Path) -> IntentModel:
        """Return what :meth:`save` wrote."""
        described = json.loads((directory / "intents.json").read_text())
        with np.load(directory / "weights.npz", allow_pickle=False) as arrays:
            weights = arrays["weights"].astype(np.float32) * arrays["scale"]
            bias = arrays["bias"]
        return cls(Vectoriser.load(directory), described["intents"], weights, bias, described["temperature"])


def _softmax(scores: Scores) -> Scores:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _temperature(scores: Scores, truth: list[int]) -> float:
    """Return the temperature under which the held-out truth is likeliest (Guo et al. 2017, "On calibration")."""

    def surprise(logarithm: float) -> float:
        likely = _softmax(scores / np.exp(logarithm))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(likely, 1e-12)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-5, 2), method="bounded").x))
