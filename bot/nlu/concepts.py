"""Words that mean the same to us, as data: ``concepts.yml`` beside this file.

A linear model learns nothing of "arkiverar" from "sparar". With both known as *keep* it does, and pairs of concepts
(*keep* and *call*) carry most of what a short question asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import yaml

from bot.nlu.normalisation import fold

LEXICON = Path(__file__).with_name("concepts.yml")
MOST_PAIRED = 14
"""Of a long message only so many concepts are paired: the number of pairs grows with the square."""


@dataclass(slots=True)
class Lexicon:
    """Patterns by concept: ``word``, ``beginning*``, ``*ending`` or ``*within*``, all without å ä ö."""

    patterns: dict[str, list[str]]
    _of_word: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path = LEXICON) -> Lexicon:
        """Return the lexicon of ``path``."""
        return cls(
            {concept: [str(word) for word in words] for concept, words in yaml.safe_load(path.read_text()).items()}
        )

    def of_word(self, word: str) -> tuple[str, ...]:
        """Return the concepts of ``word``, in alphabetical order."""
        known = self._of_word.get(word)
        if known is None:
            folded = fold(word)
            known = tuple(sorted(c for c, patterns in self.patterns.items() if any(_fits(folded, p) for p in patterns)))
            if len(self._of_word) < 50_000:  # bounded, since visitors invent words
                self._of_word[word] = known
        return known

    def of_words(self, words: list[str]) -> list[str]:
        """Return the concepts of ``words`` and the pairs among them (``call&keep``), each once."""
        single = sorted({concept for word in words for concept in self.of_word(word)})
        return single + [f"{a}&{b}" for a, b in combinations(single[:MOST_PAIRED], 2)]


def _fits(word: str, pattern: str) -> bool:
    bare = fold(pattern.strip("*").lower())
    if pattern.startswith("*"):
        return bare in word if pattern.endswith("*") else word.endswith(bare)
    return word.startswith(bare) if pattern.endswith("*") else word == bare
