"""When an evaluation question counts as known from the training examples.

A light edit of a long example proves nothing about strangers, nor does a short question that is an example word for
word. Short texts ("registerutdrag", "vad är en cookie") are not told apart any finer: two people who have never met
write them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from rapidfuzz import fuzz, process

from bot.nlu.normalisation import clean, fold, words

LIGHT_EDIT = 92
"""Similarity (0–100, Levenshtein over folded words) from which two longer texts count as the same."""

SHORT = 4
"""Texts of so few words are the same only when their words are."""


def known(questions: Sequence[str], examples: Sequence[str]) -> list[tuple[int, int]]:
    """Return which questions are known from which examples, as pairs of places in the two, ordered."""
    return sorted([*light_edits(questions, examples), *same_words(questions, examples)])


def light_edits(questions: Sequence[str], examples: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longer questions that are examples but for a few letters, each with its example."""
    asked = {place: text for place, text in enumerate(map(comparable, questions)) if not _is_short(text)}
    if not asked or not examples:
        return []
    similar = process.cdist(
        list(asked.values()), list(map(comparable, examples)), scorer=fuzz.ratio, score_cutoff=LIGHT_EDIT, workers=-1
    )
    places = list(asked)
    return [(places[row], int(column)) for row, column in zip(*np.nonzero(similar), strict=True)]


def same_words(questions: Sequence[str], examples: Sequence[str]) -> list[tuple[int, int]]:
    """Return the short questions that are examples word for word, each with its examples."""
    places: dict[str, list[int]] = {}
    for place, text in enumerate(map(comparable, examples)):
        places.setdefault(text, []).append(place)
    asked = [(place, text) for place, text in enumerate(map(comparable, questions)) if _is_short(text)]
    return [(place, same) for place, text in asked for same in places.get(text, ())]


@cache
def comparable(text: str) -> str:
    """Return the words of ``text`` as they are compared: folded, without marks."""
    return " ".join(fold(word) for word in words(clean(text)) if word not in "?!")


def _is_short(comparable_text: str) -> bool:
    return len(comparable_text.split()) <= SHORT
