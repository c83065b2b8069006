"""Turns the views of a message into one sparse vector: TF-IDF a view, each of length one times its weight."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.views import VIEWS

Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SparseVector:
    """The columns of one message that are not zero, and what stands in them."""

    columns: Columns
    values: Floats


class Vectoriser:
    """The views' vocabularies and inverse document frequencies, learnt from the training examples."""

    def __init__(
        self, vocabularies: dict[str, dict[str, int]] | None = None, frequencies: Floats | None = None
    ) -> None:
        self._vocabularies = vocabularies or {name: {} for name in VIEWS}
        self._frequencies = np.zeros(0, dtype=np.float32) if frequencies is None else frequencies

    @property
    def size(self) -> int:
        """Columns of a vector."""
        return len(self._frequencies)

    def fit(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Learn the vocabularies of ``texts`` and return their vectors, one a row."""
        frequencies: list[float] = []
        seen = [_seen(text) for text in texts]  # looking is most of the work: once
        for name, (_, _, least) in VIEWS.items():
            seen_in: Counter[str] = Counter()
            for features in seen:
                seen_in.update(features[name].keys())
            kept = sorted(feature for feature, count in seen_in.items() if count >= min(least, len(texts)))
            self._vocabularies[name] = {feature: len(frequencies) + n for n, feature in enumerate(kept)}
            frequencies += [np.log((1 + len(texts)) / (1 + seen_in[feature])) + 1 for feature in kept]
        self._frequencies = np.array(frequencies, dtype=np.float32)
        return self.matrix([self._weighed(features) for features in seen])

    def vector(self, text: str) -> SparseVector:
        """Return the vector of ``text``; what was never seen in training counts nothing."""
        return self._weighed(_seen(text))

    def _weighed(self, features: Mapping[str, Counter[str]]) -> SparseVector:
        columns, values = [], []
        for name, (_, weight, _) in VIEWS.items():
            vocabulary = self._vocabularies[name]
            known = [(vocabulary[feature], count) for feature, count in features[name].items() if feature in vocabulary]
            if known:
                places, times = np.array(known, dtype=np.int32).T
                value = (1 + np.log(times.astype(np.float32))) * self._frequencies[places]
                columns.append(places)
                values.append(value * np.float32(weight / np.sqrt(value @ value)))
        if not columns:
            return SparseVector(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
        return SparseVector(np.concatenate(columns), np.concatenate(values))

    def matrix(self, vectors: Sequence[SparseVector]) -> sp.csr_matrix:
        """Return ``vectors`` as the rows of one matrix."""
        ends = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
        columns = np.concatenate([vector.columns for vector in vectors])
        values = np.concatenate([vector.values for vector in vectors])
        return sp.csr_matrix((values, columns, ends), shape=(len(vectors), self.size))

    def save(self, directory: Path) -> None:
        """Write the vocabularies as JSON and the inverse document frequencies as an array: no pickles."""
        vocabularies = {name: list(vocabulary) for name, vocabulary in self._vocabularies.items()}
        (directory / "vocabulary.json").write_text(json.dumps(vocabularies, ensure_ascii=False))
        np.save(directory / "frequencies.npy", self._frequencies, allow_pickle=False)

    @classmethod
    def load(cls, directory: Path) -> Vectoriser:
        """Return what :meth:`save` wrote."""
        written = json.loads((directory / "vocabulary.json").read_text())
        vocabularies: dict[str, dict[str, int]] = {}
        first = 0
        for name, features in written.items():
            vocabularies[name] = {feature: first + place for place, feature in enumerate(features)}
            first += len(features)
        return cls(vocabularies, np.load(directory / "frequencies.npy", allow_pickle=False))


def _seen(text: str) -> dict[str, Counter[str]]:
    """Return how often each feature of each view stands in ``text``."""
    return {name: Counter(view(text)) for name, (view, _, _) in VIEWS.items()}
