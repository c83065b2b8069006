"""The views of a message that the models weigh: stems, pieces of words, concepts, frames. Text in, features out.

A feature is written as a string, so that it can be read and argued about, and kept as a number (:func:`number`), so
that a model of a hundred thousand features holds no strings (docs/adr/0090).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import snowballstemmer

from bot.nlu.concepts import Lexicon
from bot.nlu.normalisation import clean, fold, words
from foundation.yaml_files import read_yaml

PIECES = 3, 5
"""Letters of a piece. Those of four say nothing that these do not (docs/understanding.md)."""

MOST_WORDS = 160
"""Of a longer message only the first and last words are weighed, so that the work is bounded."""

MOST_REMEMBERED = 20_000
"""Words whose stem and pieces are kept; bounded, since visitors invent words."""

SMALL_WORDS: dict[str, str] = {word: fold(word) for word in read_yaml(Path(__file__).with_name("small_words.yml"))}
"""Words that say how something is said rather than what it is about → without å ä ö."""

BLANK = "…"

_stemmer = snowballstemmer.stemmer("swedish")
_lexicon = Lexicon.read()


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the views see it."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a message."""

    numbers: Callable[[Said], Iterable[int]]
    """The numbers of its features, one as often as it is there."""

    weight: float
    """In the joined vector."""

    least: int
    """How many examples must have a feature for it to count."""


def said(text: str) -> Said:
    """Return the words of ``text`` and their stems."""
    found = words(clean(text))
    if len(found) > MOST_WORDS:
        found = found[: MOST_WORDS // 2] + found[-MOST_WORDS // 2 :]
    return Said(tuple(found), tuple(map(stem, found)))


def numbers(features: Iterable[str]) -> array[int]:
    """Return the 32 bits that stand for each feature.

    Of 50 000 features of a view one shares its number with another every third model, and one that was never
    learnt is taken for one that was in a hundred thousand: less than what a typo does.
    """
    return array("I", map(crc32, map(str.encode, features)))


@lru_cache(maxsize=MOST_REMEMBERED)
def stem(word: str) -> str:
    """Return the stem of ``word`` (Snowball's Swedish rules), without å ä ö."""
    return fold(_stemmer.stemWord(word[:60]))


def stems(message: Said) -> list[str]:
    """Return the stems and the pairs of neighbours: what is said."""
    return [*message.stems, *(f"{a}_{b}" for a, b in pairwise(message.stems))]


def pieces(word: str) -> list[str]:
    """Return all runs of :data:`PIECES` letters within a word, without å ä ö: forgives typos and endings."""
    return [run for length in PIECES for run in runs(word, length)]


def runs(word: str, length: int) -> list[str]:
    """Return all runs of so many letters within a word, its beginning and end marked by a blank."""
    padded = f" {fold(word[:60])} "
    return [padded[start : start + length] for start in range(max(1, len(padded) - length + 1))]


def concepts(message: Said) -> list[str]:
    """Return the concepts and their pairs: what it is about."""
    return _lexicon.of_words(message.words)


def frames(message: Said) -> list[str]:
    """Return how it is said: runs of 2 or 3 small words with a blank for what is between them, how it begins and ends.

    "Är ni skyldiga att …" asks about a right, "kan ni vara snälla att …" wants it: the same words otherwise.
    """
    frame = ["^"]
    for word in message.words:
        small = SMALL_WORDS.get(word, BLANK)
        if small != BLANK or frame[-1] != BLANK:
            frame.append(small)
    frame.append("$")
    runs = ["_".join(frame[start : start + n]) for n in (2, 3) for start in range(len(frame) - n + 1)]
    first, last = message.stems[:3], message.stems[-2:]
    beginnings = ["^" + "_".join(first[:n]) for n in range(1, len(first) + 1)]
    return runs + beginnings + ["_".join(last[-n:]) + "$" for n in range(1, len(last) + 1)]


def numbered(features: Callable[[Said], Sequence[str]]) -> Callable[[Said], Iterable[int]]:
    """Return what gives the numbers of ``features``."""
    return lambda message: numbers(features(message))


def numbered_a_word(features: Callable[[str], Sequence[str]]) -> Callable[[Said], Iterable[int]]:
    """Return what gives the numbers of the ``features`` of each word; a word met before is not looked at again."""

    @lru_cache(maxsize=MOST_REMEMBERED)
    def of_word(word: str) -> array[int]:
        return numbers(features(word))

    def of_message(message: Said) -> array[int]:
        found = array("I")
        for word in message.words:
            found += of_word(word)
        return found

    return of_message


VIEWS: dict[str, View] = {
    "stems": View(numbered(stems), 1.0, 2),
    "pieces": View(numbered_a_word(pieces), 1.0, 4),
    "concepts": View(numbered(concepts), 0.8, 4),
    "frames": View(numbered(frames), 0.7, 6),
}
