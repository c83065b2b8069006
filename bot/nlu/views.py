"""The views of a message that the models weigh: stems, pieces of words, concepts. Text in, strings out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from bot.nlu.concepts import Lexicon
from bot.nlu.normalisation import clean, fold, words

View = Callable[[str], list[str]]

PIECES = range(2, 6)
_stemmer = snowballstemmer.stemmer("swedish")
_lexicon = Lexicon.read()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of ``word`` (Snowball's Swedish rules), without å ä ö."""
    return fold(_stemmer.stemWord(word))


@lru_cache(maxsize=4_096)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(words(clean(text)))


def stems(text: str) -> list[str]:
    """Return the stems and the pairs of neighbours: what is said."""
    found = [stem(word) for word in _words_of(text)]
    return found + [f"{a}_{b}" for a, b in pairwise(found)]


def pieces(text: str) -> list[str]:
    """Return all runs of 2–5 letters within words, without å ä ö: forgives typos, endings and split compounds."""
    found: list[str] = []
    for word in _words_of(text):
        padded = f" {fold(word)} "
        for length in PIECES:
            found += [padded[start : start + length] for start in range(max(1, len(padded) - length + 1))]
    return found


def concepts(text: str) -> list[str]:
    """Return the concepts and their pairs: what it is about."""
    return _lexicon.of_words(list(_words_of(text)))


VIEWS: dict[str, tuple[View, float, int]] = {
    "stems": (stems, 1.0, 1),
    "pieces": (pieces, 1.0, 2),
    "concepts": (concepts, 1.0, 1),
}
"""Name → (view, weight in the joined vector, how many examples must have a feature for it to count)."""
