"""The views of a message that the models weigh: stems, pieces of words, concepts, frames. Text in, strings out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import snowballstemmer
import yaml

from bot.nlu.concepts import Lexicon
from bot.nlu.normalisation import clean, fold, words

View = Callable[[str], list[str]]

PIECES = range(3, 6)
APART = 4
"""Words so far apart still make a pair (``radera~allt`` in "radera nu genast allt")."""

MOST_WORDS = 160
"""Of a longer message only the first and last words are weighed, so that the work is bounded."""

SMALL_WORDS: frozenset[str] = frozenset(yaml.safe_load(Path(__file__).with_name("small_words.yml").read_text()))
"""Words that say how something is said rather than what it is about."""

BLANK = "…"

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


def frames(text: str) -> list[str]:
    """Return how it is said: runs of 2–4 small words with a blank for what is between them, how it begins and ends.

    "Är ni skyldiga att …" asks about a right, "kan ni vara snälla att …" wants it: the same words otherwise.
    """
    said = _words_of(text)
    frame = ["^"]
    for word in said:
        small = fold(word) if word in SMALL_WORDS else BLANK
        if small != BLANK or frame[-1] != BLANK:
            frame.append(small)
    frame.append("$")
    runs = ["_".join(frame[start : start + n]) for n in (2, 3, 4) for start in range(len(frame) - n + 1)]
    stemmed = [stem(word) for word in said[:3]]
    beginnings = ["^" + "_".join(stemmed[:n]) for n in range(1, len(stemmed) + 1)]
    last = [stem(word) for word in said[-2:]]
    return runs + beginnings + ["_".join(last[-n:]) + "$" for n in range(1, len(last) + 1)]


VIEWS: dict[str, tuple[View, float, int]] = {
    "stems": (stems, 1.0, 2),
    "pieces": (pieces, 1.0, 4),
    "pairs": (pairs, 0.5, 4),
    "concepts": (concepts, 0.8, 4),
    "frames": (frames, 0.7, 6),
}
"""Name → (view, weight in the joined vector, how many examples must have a feature for it to count)."""
