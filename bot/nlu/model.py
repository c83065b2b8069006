"""One linear model over the views, and how sure it may say it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.svm import LinearSVC

from bot.nlu.confidence import OUTSIDE, Confidence, probabilities
from bot.nlu.cores import spread
from bot.nlu.vectors import Vectoriser

REGULARISATION = 1.0
"""LinearSVC's C, by leaving one hand out (docs/understanding.md)."""

FITS = 4
"""The intents are fitted in so many parts, side by side where there are cores; the same parts give the same model."""

_WEIGHT_LEVELS = 127
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a message."""

    intent: str
    confidence: float
    """The calibrated probability that this reading is the right one, 0–1."""


def _fit(job: tuple[sp.csr_matrix, Sequence[str], Sequence[str]]) -> tuple[npt.NDArray[np.float64], ...]:
    """Fit one intent against all others, for each of some intents: weights (columns by intents) and bias."""
    matrix, intents, wanted = job
    number = {intent: place for place, intent in enumerate(wanted)}
    labels = [number.get(intent, len(wanted)) for intent in intents]  # the others are one more, which is not kept
    classifier = LinearSVC(C=REGULARISATION, tol=0.1, random_state=0).fit(matrix, labels)
    weights, bias = classifier.coef_.T, classifier.intercept_
    if len(classifier.classes_) == 2:  # scikit-learn then keeps one column, of the second
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return weights[:, : len(wanted)], bias[: len(wanted)]


class IntentModel:
    """Support-vector classifiers, one an intent, with confidence calibrated on voices that were left out."""

    def __init__(
        self,
        vectoriser: Vectoriser,
        intents: Sequence[str],
        weights: npt.NDArray[np.int8],
        scale: Scores,
        bias: Scores,
        *,
        dense_size: int = 0,
        confidence: Confidence | None = None,
    ) -> None:
        self._vectoriser = vectoriser
        self.intents = list(intents)
        self._weights, self._scale, self._bias = weights, scale, bias
        self.dense_size = dense_size
        self._confidence = confidence or Confidence.read()
        self._outside = self.intents.index(OUTSIDE) if OUTSIDE in self.intents else None

    @classmethod
    def train(cls, texts: Sequence[str], intents: Sequence[str], dense: Scores | None = None) -> IntentModel:
        """Return the model of these examples; the same examples give the same model.

        ``dense``: further numbers a message, one row a text, joined to the views (an embedding of the sentence).
        """
        vectoriser = Vectoriser()
        matrix = vectoriser.fit(texts)
        if dense is not None:
            matrix = sp.csr_matrix(sp.hstack([matrix, dense]))
        known = sorted(set(intents))
        parts = [known[start::FITS] for start in range(min(FITS, len(known)))]
        fitted = spread(_fit, [(matrix, list(intents), part) for part in parts])
        weights = np.zeros((matrix.shape[1], len(known)), dtype=np.float64)
        bias = np.zeros(len(known))
        for start, (part_weights, part_bias) in enumerate(fitted):
            weights[:, start::FITS], bias[start::FITS] = part_weights, part_bias
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / _WEIGHT_LEVELS
        return cls(
            vectoriser,
            known,
            np.round(weights / scale).astype(np.int8),  # a quarter of the memory, and no question read otherwise
            scale.astype(np.float32),
            bias.astype(np.float32),
            dense_size=0 if dense is None else dense.shape[1],
        )

    def readings(self, texts: Sequence[str], dense: Scores | None = None) -> list[list[Reading]]:
        """Return for each text all intents, the most likely first."""
        return [self.judge(text, None if dense is None else dense[row])[0] for row, text in enumerate(texts)]

    def judge(self, text: str, dense: Scores | None = None) -> tuple[list[Reading], float]:
        """Return the readings of ``text``, and the probability that the first is right and may be acted on."""
        scores = self.scores(text, dense)
        return self._ranked(scores), self._confidence.certainty(scores, self._outside, len(text.split()))

    def _ranked(self, scores: Scores) -> list[Reading]:
        likely = probabilities(scores, self._confidence.temperature)
        return [Reading(self.intents[column], float(likely[column])) for column in np.argsort(-likely, kind="stable")]

    def scores(self, text: str, dense: Scores | None = None) -> Scores:
        """Return how far ``text`` lies on each intent's side, in the order of :attr:`intents`."""
        vector = self._vectoriser.vector(text)
        found = vector.values @ self._weights[vector.columns].astype(np.float32)
        if self.dense_size:
            extra = np.zeros(self.dense_size, dtype=np.float32) if dense is None else dense
            found = found + extra @ self._weights[self._vectoriser.size :].astype(np.float32)
        return np.asarray(found * self._scale + self._bias, dtype=np.float32)

    def save(self, directory: Path) -> None:
        """Write the model without pickles; weights as signed bytes, scaled an intent."""
        self._vectoriser.save(directory)
        np.savez_compressed(directory / "weights.npz", weights=self._weights, scale=self._scale, bias=self._bias)
        described = {"intents": self.intents, "dense_size": self.dense_size}
        (directory / "intents.json").write_text(json.dumps(described))

    @classmethod
    def load(cls, directory: Path) -> IntentModel:
        """Return what :meth:`save` wrote."""
        described = json.loads((directory / "intents.json").read_text())
        with np.load(directory / "weights.npz", allow_pickle=False) as arrays:
            weights, scale, bias = arrays["weights"], arrays["scale"], arrays["bias"]
        return cls(
            Vectoriser.load(directory), described["intents"], weights, scale, bias, dense_size=described["dense_size"]
        )
