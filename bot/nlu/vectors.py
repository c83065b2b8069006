"""Turns the views of a message into one sparse vector: TF-IDF a view, each of length one times its weight."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.cores import spread
from bot.nlu.views import VIEWS

Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int32]

FEW = 1_000
"""Of fewer examples every feature counts; of each thousand more, a feature must stand in one more, up to its view's."""

A_PART = 4_000
"""So many texts are counted at once by one core."""


@dataclass(frozen=True, slots=True)
class SparseVector:
    """The columns of one message that are not zero, and what stands in them."""

    columns: Columns
    values: Floats


@dataclass(frozen=True, slots=True)
class _Counted:
    """How often each feature of one view stands in some texts: a matrix over the features that stand there."""

    features: list[str]
    matrix: sp.csr_matrix

    def texts_with(self) -> dict[str, int]:
        """Return in how many of the texts each feature stands."""
        return dict(zip(self.features, self.matrix.getnnz(axis=0).tolist(), strict=True))

    def over(self, place: Mapping[str, int]) -> sp.csr_matrix:
        """Return the matrix over the columns of ``place``, without features that have none."""
        known = [(column, place[feature]) for column, feature in enumerate(self.features) if feature in place]
        chosen, columns = np.array(known, dtype=np.int32).reshape(-1, 2).T
        move = sp.csr_matrix(
            (np.ones(len(known), dtype=np.float32), (chosen, columns)), shape=(len(self.features), len(place))
        )
        return sp.csr_matrix(self.matrix @ move)


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
        parts = spread(_count, [texts[start : start + A_PART] for start in range(0, len(texts), A_PART)])
        blocks: list[list[sp.csr_matrix]] = [[] for _ in parts]
        frequencies: list[Floats] = []
        for name, (_, weight, least) in VIEWS.items():
            seen_in: Counter[str] = Counter()
            for part in parts:
                seen_in.update(part[name].texts_with())
            enough = min(least, 1 + len(texts) // FEW)
            kept = sorted(feature for feature, count in seen_in.items() if count >= enough)
            place = {feature: column for column, feature in enumerate(kept)}
            counts = np.array([seen_in[feature] for feature in kept], dtype=np.float32)
            frequency = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)
            for part, rows in zip(parts, blocks, strict=True):
                rows.append(_weigh(part[name].over(place), frequency, weight))
            first = sum(map(len, frequencies))
            self._vocabularies[name] = {feature: first + column for feature, column in place.items()}
            frequencies.append(frequency)
        self._frequencies = np.concatenate(frequencies)
        return sp.csr_matrix(sp.vstack([sp.hstack(rows) for rows in blocks]), dtype=np.float32)

    def vector(self, text: str) -> SparseVector:
        """Return the vector of ``text``; what was never seen in training counts nothing."""
        columns, values = [], []
        for name, (view, weight, _) in VIEWS.items():
            vocabulary = self._vocabularies[name]
            features = Counter(view(text))
            known = [(vocabulary[feature], count) for feature, count in features.items() if feature in vocabulary]
            if known:
                places, times = np.array(known, dtype=np.int32).T
                value = _worth(times.astype(np.float32), self._frequencies[places])
                columns.append(places)
                values.append(value * np.float32(weight / np.sqrt(value @ value)))
        if not columns:
            return SparseVector(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
        return SparseVector(np.concatenate(columns), np.concatenate(values))

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


def _worth(times: Floats, frequencies: Floats) -> Floats:
    """Return TF-IDF before its length: how often a feature stands in a text, and how rare it is."""
    return np.asarray((1 + np.log(times)) * frequencies, dtype=np.float32)


def _count(texts: Sequence[str]) -> dict[str, _Counted]:
    counted: dict[str, _Counted] = {}
    for name, (view, _, _) in VIEWS.items():
        place: dict[str, int] = {}
        ends, columns, times = [0], array("i"), array("f")
        for text in texts:
            for feature, count in Counter(view(text)).items():
                columns.append(place.setdefault(feature, len(place)))
                times.append(count)
            ends.append(len(columns))
        matrix = sp.csr_matrix(
            (np.array(times, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(ends)),
            shape=(len(texts), len(place)),
        )
        counted[name] = _Counted(list(place), matrix)
    return counted


def _weigh(counts: sp.csr_matrix, frequencies: Floats, weight: float) -> sp.csr_matrix:
    """Return TF-IDF, each row of length ``weight`` (or empty)."""
    values = _worth(counts.data, frequencies[counts.indices])
    weighed = sp.csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    factors = np.divide(weight, length, out=np.zeros_like(length), where=length > 0)
    return sp.csr_matrix(sp.diags(factors.astype(np.float32)) @ weighed)
