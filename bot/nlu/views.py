"""The views of a message that the models weigh: stems, pieces of words, concepts. Text in, strings out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from bot.nlu.concepts import Lexicon
from bot.nlu.normalisation import clean, fold, words

View = Callable[[str], list[str]]

PIECES = range(3, 6)
APART = 4
"""Words so far apart still make a pair (``radera~allt`` in "radera nu genast allt")."""

MOST_WORDS = 250
"""Of a longer message only the first and last words are weighed, so that the work is bounded."""

_stemmer = snowballstemmer.stemmer("swedish")
_lexicon = Lexicon.read()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of ``word`` (Snowball's Swedish rules), without å ä ö."""
    return fold(_stemmer.stemWord(word[:60]))


@lru_cache(maxsize=4_096)
def _words_of(text: str) -> tuple[str, ...]:
    found = words(clean(text))
    return tuple(found if len(found) <= MOST_WORDS else found[: MOST_WORDS // 2] + found[-MOST_WORDS // 2 :])


def stems(text: str) -> list[str]:
    """Return the stems and the pairs of neighbours: what is said."""
    found = [stem(word) for word in _words_of(text)]
    return found + [f"{a}_{b}" for a, b in pairwise(found)]


def pairs(text: str) -> list[str]:
    """Return the pairs of stems that stand near each other, in whichever order: what is said in other words' order."""
    found = [stem(word) for word in _words_of(text)]
    return [
        f"{min(a, b)}~{max(a, b)}"
        for place, a in enumerate(found)
        for b in found[place + 2 : place + APART + 1]
        if a != b
    ]


@lru_cache(maxsize=50_000)
def _pieces_of(word: str) -> tuple[str, ...]:
    padded = f" {fold(word[:60])} "
    return tuple(
        padded[start : start + length] for length in PIECES for start in range(max(1, len(padded) - length + 1))
    )


def pieces(text: str) -> list[str]:
    """Return all runs of 3–5 letters within words, without å ä ö: forgives typos, endings and split compounds."""
    return [piece for word in _words_of(text) for piece in _pieces_of(word)]


def concepts(text: str) -> list[str]:
    """Return the concepts and their pairs: what it is about."""
    return _lexicon.of_words(_words_of(text))


VIEWS: dict[str, tuple[View, float, int]] = {
    "stems": (stems, 1.0, 1),
    "pieces": (pieces, 1.0, 2),
    "pairs": (pairs, 0.5, 2),
    "concepts": (concepts, 0.8, 2),
}
"""Name → (view, weight in the joined vector, how many examples must have a feature for it to count)."""
