"""Turns the views of a message into one sparse vector: TF-IDF a view, each of length one times its weight."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.cores import spread
from bot.nlu.views import VIEWS, View, said

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.uint32]

FEW = 1_000
"""Of fewer examples every feature counts; of each thousand more, a feature must stand in one more, up to its view's."""

A_PART = 4_000
"""So many texts are counted at once by one core."""


@dataclass(frozen=True, slots=True)
class SparseVector:
    """The columns of one message that are not zero, and what stands in them."""

    columns: Integers
    values: Floats


@dataclass(frozen=True, slots=True)
class _Counted:
    """How often each feature of one view stands in some texts: text, feature and count, text by text."""

    texts: Integers
    numbers: Numbers
    times: Integers


@dataclass(frozen=True, slots=True)
class _Known:
    """The features of one view that count, by number, and how rare each is."""

    numbers: Numbers
    """In rising order; a feature's place is its column."""

    frequencies: Floats
    """Inverse document frequencies."""

    @classmethod
    def of(cls, parts: Sequence[_Counted], texts: int, least: int) -> _Known:
        """Return what is known of a view after ``texts`` texts; a feature must stand in ``least`` of them."""
        numbers, seen_in = np.unique(np.concatenate([part.numbers for part in parts]), return_counts=True)
        enough = seen_in >= min(least, 1 + texts // FEW)
        frequencies = np.log((1 + texts) / (1 + seen_in[enough])) + 1
        return cls(numbers[enough], frequencies.astype(np.float32))

    def weighed(self, counted: _Counted, weight: float) -> tuple[Integers, Integers, Floats]:
        """Return TF-IDF as texts, columns and values, each text of length ``weight``, without what is unknown."""
        if not len(self.numbers):
            none = np.zeros(0, dtype=np.int32)
            return none, none, none.astype(np.float32)
        columns = np.searchsorted(self.numbers, counted.numbers).astype(np.int32)
        columns[columns == len(self.numbers)] = 0
        known = self.numbers[columns] == counted.numbers
        texts, columns = counted.texts[known], columns[known]
        values = (1 + np.log(counted.times[known], dtype=np.float32)) * self.frequencies[columns]
        lengths = np.sqrt(np.bincount(texts, values * values)).astype(np.float32)
        return texts, columns, values * (np.float32(weight) / lengths[texts])


class Vectoriser:
    """The views' features and inverse document frequencies, learnt from the training examples."""

    def __init__(self, views: Mapping[str, View] = VIEWS, known: Mapping[str, _Known] | None = None) -> None:
        self._views = views
        self._known = dict(known or {})

    @property
    def size(self) -> int:
        """Columns of a vector."""
        return sum(len(known.numbers) for known in self._known.values())

    def fit(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Learn the features of ``texts`` and return their vectors, one a row."""
        starts = range(0, len(texts), A_PART)
        parts = spread(_count_part, (self._views, texts), starts)
        known = spread(_know_view, (self._views, len(texts), parts), list(self._views))
        self._known = dict(zip(self._views, known, strict=True))
        return sp.csr_matrix(sp.vstack(spread(_weigh_part, (self, len(texts), parts), range(len(parts)))))

    def vector(self, text: str) -> SparseVector:
        """Return the vector of ``text``; what was never seen in training counts nothing."""
        _, columns, values = self.weigh(_count(self._views, [text]))
        return SparseVector(columns, values)

    def weigh(self, counted: Mapping[str, _Counted]) -> tuple[Integers, Integers, Floats]:
        """Return the vectors of some texts as texts, columns and values, view by view."""
        found = []
        first = 0
        for name, view in self._views.items():
            known = self._known[name]
            texts, columns, values = known.weighed(counted[name], view.weight)
            found.append((texts, columns + np.int32(first), values))
            first += len(known.numbers)
        texts, columns, values = zip(*found, strict=True)
        return np.concatenate(texts), np.concatenate(columns), np.concatenate(values)

    def save(self, directory: Path) -> None:
        """Write the features' numbers and frequencies as arrays: no pickles."""
        known = self._known.values()
        sizes = {name: len(known.numbers) for name, known in self._known.items()}
        (directory / "views.json").write_text(json.dumps(sizes))
        np.save(directory / "features.npy", np.concatenate([one.numbers for one in known]), allow_pickle=False)
        np.save(directory / "frequencies.npy", np.concatenate([one.frequencies for one in known]), allow_pickle=False)

    @classmethod
    def load(cls, directory: Path) -> Vectoriser:
        """Return what :meth:`save` wrote."""
        sizes: dict[str, int] = json.loads((directory / "views.json").read_text())
        ends = np.cumsum(list(sizes.values()))[:-1]
        numbers = np.split(np.load(directory / "features.npy", allow_pickle=False), ends)
        frequencies = np.split(np.load(directory / "frequencies.npy", allow_pickle=False), ends)
        known = map(_Known, numbers, frequencies)
        return cls(known=dict(zip(sizes, known, strict=True)))


def _count(views: Mapping[str, View], texts: Sequence[str]) -> dict[str, _Counted]:
    numbers = {name: array("I") for name in views}
    ends = {name: [0] for name in views}
    for text in texts:
        message = said(text)
        for name, view in views.items():
            numbers[name].extend(view.numbers(message))
            ends[name].append(len(numbers[name]))
    return {name: _counted(np.array(numbers[name], dtype=np.uint32), np.diff(ends[name])) for name in views}


def _counted(numbers: Numbers, lengths: Integers) -> _Counted:
    """Return how often each of ``numbers`` stands in its text; the first ``lengths[0]`` are of the first text."""
    keys = np.repeat(np.arange(len(lengths), dtype=np.uint64) << np.uint64(32), lengths) | numbers
    keys, times = np.unique(keys, return_counts=True)
    return _Counted((keys >> np.uint64(32)).astype(np.int32), keys.astype(np.uint32), times.astype(np.int32))


def _count_part(given: tuple[Mapping[str, View], Sequence[str]], start: int) -> dict[str, _Counted]:
    views, texts = given
    return _count(views, texts[start : start + A_PART])


def _know_view(given: tuple[Mapping[str, View], int, Sequence[Mapping[str, _Counted]]], name: str) -> _Known:
    views, texts, parts = given
    return _Known.of([part[name] for part in parts], texts, views[name].least)


def _weigh_part(given: tuple[Vectoriser, int, Sequence[Mapping[str, _Counted]]], part: int) -> sp.csr_matrix:
    vectoriser, texts, parts = given
    rows, columns, values = vectoriser.weigh(parts[part])
    return sp.csr_matrix((values, (rows, columns)), shape=(min(A_PART, texts - part * A_PART), vectoriser.size))
