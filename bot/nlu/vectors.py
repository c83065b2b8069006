"""Turns the views of a message into one sparse vector: TF-IDF a view, each of length one times its weight."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.views import VIEWS


class Vectoriser:
    """The views' vocabularies and weights, learnt from the training examples."""

    def __init__(self) -> None:
        self._views = {
            name: TfidfVectorizer(analyzer=view, sublinear_tf=True, min_df=least, dtype=np.float32)
            for name, (view, _, least) in VIEWS.items()
        }

    def fit(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Learn the vocabularies of ``texts`` and return their vectors, one a row."""
        return self._join([view.fit_transform(texts) for view in self._views.values()])

    def transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Return the vectors of ``texts``, one a row; what was never seen in training counts nothing."""
        return self._join([view.transform(texts) for view in self._views.values()])

    def _join(self, parts: list[sp.csr_matrix]) -> sp.csr_matrix:
        return sp.hstack(
            [part * weight for part, (_, weight, _) in zip(parts, VIEWS.values(), strict=True)], format="csr"
        )

    def save(self, directory: Path) -> None:
        """Write the vocabularies as JSON and the inverse document frequencies as an array: no pickles."""
        vocabularies = {name: list(view.get_feature_names_out()) for name, view in self._views.items()}
        (directory / "vocabulary.json").write_text(json.dumps(vocabularies, ensure_ascii=False))
        frequencies = {name: view.idf_.astype(np.float32) for name, view in self._views.items()}
        np.savez_compressed(directory / "frequencies.npz", **frequencies)

    @classmethod
    def load(cls, directory: Path) -> Vectoriser:
        """Return what :meth:`save` wrote."""
        vocabularies = json.loads((directory / "vocabulary.json").read_text())
        vectoriser = cls()
        with np.load(directory / "frequencies.npz", allow_pickle=False) as frequencies:
            for name, view in vectoriser._views.items():
                view.vocabulary_ = {feature: column for column, feature in enumerate(vocabularies[name])}
                view.fixed_vocabulary_ = True
                view.idf_ = frequencies[name]
        return vectoriser
