"""Words that mean the same to us, as data: ``concepts.yml`` beside this file.

A linear model learns nothing of "arkiverar" from "sparar". With both known as *keep* it does, and pairs of concepts
(*keep* and *call*) carry most of what a short question asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import yaml

from bot.nlu.normalisation import fold

LEXICON = Path(__file__).with_name("concepts.yml")
MOST_PAIRED = 14
"""Of a long message only so many concepts are paired: the number of pairs grows with the square."""

MOST_REMEMBERED = 50_000
"""Words whose concepts are kept; bounded, since visitors invent words."""


class Concept:
    """The words of one concept: ``word``, ``beginning*``, ``*ending`` or ``*within*``, all without å ä ö."""

    def __init__(self, name: str, patterns: Sequence[str]) -> None:
        self.name = name
        folded = [fold(pattern.lower()) for pattern in patterns]
        self._whole = frozenset(p for p in folded if "*" not in p)
        self._beginnings = tuple(p[:-1] for p in folded if p.endswith("*") and not p.startswith("*"))
        self._endings = tuple(p[1:] for p in folded if p.startswith("*") and not p.endswith("*"))
        self._within = tuple(p.strip("*") for p in folded if p.startswith("*") and p.endswith("*"))

    def covers(self, folded_word: str) -> bool:
        """Tell whether the word is one of this concept's."""
        return (
            folded_word in self._whole
            or folded_word.startswith(self._beginnings)
            or folded_word.endswith(self._endings)
            or any(part in folded_word for part in self._within)
        )


class Lexicon:
    """All concepts."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        self._concepts = [
            Concept(name, [str(pattern) for pattern in found]) for name, found in sorted(patterns.items())
        ]
        self._of_word: dict[str, tuple[str, ...]] = {}

    @classmethod
    def read(cls, path: Path = LEXICON) -> Lexicon:
        """Return the lexicon of ``path``."""
        return cls(yaml.safe_load(path.read_text()))

    def of_word(self, word: str) -> tuple[str, ...]:
        """Return the concepts of ``word``, in alphabetical order."""
        known = self._of_word.get(word)
        if known is None:
            folded = fold(word)
            known = tuple(concept.name for concept in self._concepts if concept.covers(folded))
            if len(self._of_word) < MOST_REMEMBERED:
                self._of_word[word] = known
        return known

    def of_words(self, words: list[str]) -> list[str]:
        """Return the concepts of ``words`` and the pairs among them (``call&keep``), each once."""
        single = sorted({concept for word in words for concept in self.of_word(word)})
        return single + [f"{a}&{b}" for a, b in combinations(single[:MOST_PAIRED], 2)]
