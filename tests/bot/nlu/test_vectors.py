"""Vectors: a text is weighed alike when it is learnt from and when it is read, on however many cores."""

from __future__ import annotations

import os

import numpy as np
import pytest

from bot.nlu import vectors
from bot.nlu.vectors import Vectoriser
from bot.nlu.views import frames, said

TEXTS = [
    "ta bort allt ni har om mig",
    "ta bort ta bort ta bort",
    "hur länge sparar ni inspelade samtal?",
    "kan ni vara snälla att radera mitt cv",
    "",
    "jxqz",
]


def test_a_text_is_read_as_it_was_learnt():
    vectoriser = Vectoriser()
    learnt = vectoriser.fit(TEXTS).toarray()

    for row, text in zip(learnt, TEXTS, strict=True):
        read = vectoriser.vector(text)
        dense = np.zeros(vectoriser.size, dtype=np.float32)
        dense[read.columns] = read.values
        np.testing.assert_allclose(row, dense, rtol=1e-5, atol=1e-7)


def test_one_core_learns_the_same_as_several(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vectors, "A_PART", 2)  # so that there are several parts
    several = Vectoriser().fit(TEXTS)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    one = Vectoriser().fit(TEXTS)

    assert (several != one).nnz == 0


def test_a_question_of_duty_and_a_wish_have_other_frames():
    asked, wished = set(frames(said("är ni skyldiga att radera mitt cv"))), set(frames(said("radera mitt cv, tack")))

    assert {"^_ar_ni", "ni_…_att", "^ar"} <= asked
    assert {"…_tack_$", "^rader", "tack$"} <= wished
    assert "^_ar_ni" not in wished
