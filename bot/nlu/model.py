"""One linear model over the views, and how sure it may say it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.confidence import OUTSIDE, Confidence, probabilities
from bot.nlu.separation import Separated, separate
from bot.nlu.vectors import Vectoriser
from bot.nlu.views import VIEWS, View

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a message."""

    intent: str
    confidence: float
    """The calibrated probability that this reading is the right one, 0–1."""


class IntentModel:
    """Support-vector classifiers, one an intent, with confidence calibrated on voices that were left out."""

    def __init__(
        self,
        vectoriser: Vectoriser,
        intents: Sequence[str],
        separated: Separated,
        *,
        dense_size: int = 0,
        confidence: Confidence | None = None,
    ) -> None:
        self._vectoriser = vectoriser
        self.intents = list(intents)
        self._separated = separated
        self.dense_size = dense_size
        self._confidence = confidence or Confidence.read()
        self._outside = self.intents.index(OUTSIDE) if OUTSIDE in self.intents else None

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        intents: Sequence[str],
        dense: Scores | None = None,
        *,
        views: Mapping[str, View] = VIEWS,
    ) -> IntentModel:
        """Return the model of these examples; the same examples give the same model.

        ``dense``: further numbers a message, one row a text, joined to the views (an embedding of the sentence).
        ``views``: others than the served ones are for experiments; a model of them cannot be read again.
        """
        vectoriser = Vectoriser(views)
        matrix = vectoriser.fit(texts)
        if dense is not None:
            matrix = sp.csr_matrix(sp.hstack([matrix, dense]))
        known = sorted(set(intents))
        return cls(
            vectoriser,
            known,
            separate(matrix, intents, known),
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
        vector, weights = self._vectoriser.vector(text), self._separated.weights
        found = vector.values @ weights[vector.columns].astype(np.float32)
        if self.dense_size:
            extra = np.zeros(self.dense_size, dtype=np.float32) if dense is None else dense
            found = found + extra @ weights[self._vectoriser.size :].astype(np.float32)
        return np.asarray(found * self._separated.scale + self._separated.bias, dtype=np.float32)

    def save(self, directory: Path) -> None:
        """Write the model without pickles; weights as signed bytes, scaled an intent."""
        self._vectoriser.save(directory)
        separated = self._separated
        np.savez_compressed(
            directory / "weights.npz", weights=separated.weights, scale=separated.scale, bias=separated.bias
        )
        described = {"intents": self.intents, "dense_size": self.dense_size}
        (directory / "intents.json").write_text(json.dumps(described))

    @classmethod
    def load(cls, directory: Path) -> IntentModel:
        """Return what :meth:`save` wrote."""
        described = json.loads((directory / "intents.json").read_text())
        with np.load(directory / "weights.npz", allow_pickle=False) as arrays:
            separated = Separated(arrays["weights"], arrays["scale"], arrays["bias"])
        return cls(Vectoriser.load(directory), described["intents"], separated, dense_size=described["dense_size"])
