"""Words that mean the same to us, as data: ``concepts.yml`` beside this file.

A linear model learns nothing of "arkiverar" from "sparar". With both known as *keep* it does, and pairs of concepts
(*keep* and *call*) carry much of what a short question asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise, product
from pathlib import Path

import yaml

from bot.nlu.normalisation import fold
from privacy.company_name import with_company

LEXICON = Path(__file__).with_name("concepts.yml")
MOST_PAIRED = 20
"""Of a long message only so many concepts are paired: the number of pairs grows with the square."""

MOST_REMEMBERED = 50_000
"""Words whose patterns are kept; bounded, since visitors invent words."""


_NONE: frozenset[str] = frozenset()


class Patterns:
    """Which of many patterns a word follows: whole words, beginnings (``spar*``), endings and what is within."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._whole: dict[str, str] = {}
        self._beginnings: dict[str, str] = {}
        self._endings: dict[str, str] = {}
        self._within: list[tuple[str, str]] = []
        for pattern in patterns:
            bare = pattern.strip("*")
            if pattern.startswith("*") and pattern.endswith("*"):
                self._within.append((bare, pattern))
            elif pattern.endswith("*"):
                self._beginnings[bare] = pattern
            elif pattern.startswith("*"):
                self._endings[bare] = pattern
            else:
                self._whole[bare] = pattern
        self._of_word: dict[str, tuple[str, ...]] = {}

    def of_word(self, folded: str) -> tuple[str, ...]:
        """Return the patterns that ``folded`` follows."""
        known = self._of_word.get(folded)
        if known is None:
            known = tuple(self._look_up(folded))
            if len(self._of_word) < MOST_REMEMBERED:
                self._of_word[folded] = known
        return known

    def _look_up(self, word: str) -> Iterable[str]:
        if word in self._whole:
            yield self._whole[word]
        for cut in range(1, min(len(word), 40) + 1):
            if word[:cut] in self._beginnings:
                yield self._beginnings[word[:cut]]
            if word[-cut:] in self._endings:
                yield self._endings[word[-cut:]]
        for part, pattern in self._within:
            if part in word:
                yield pattern


class _Table:
    """The concepts with their patterns in one spelling: as written, or without the marks."""

    def __init__(self, concepts: Mapping[str, Sequence[str]]) -> None:
        self._concepts: dict[str, set[str]] = defaultdict(set)
        self._phrases: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        words: set[str] = set()
        for name, patterns in concepts.items():
            for pattern in patterns:
                first, *rest = pattern.split()
                words.update((first, *rest))
                if rest:
                    self._phrases[first, rest[0]].append((tuple(rest[1:]), name))
                else:
                    self._concepts[first].add(name)
        self._patterns = Patterns(sorted(words))

    def of_words(self, words: Sequence[str]) -> set[str]:
        following = [self._patterns.of_word(word) for word in words]
        found: set[str] = set()
        for patterns in following:
            for pattern in patterns:
                found |= self._concepts.get(pattern, _NONE)
        for place, (patterns, next_patterns) in enumerate(pairwise(following)):
            for both in product(patterns, next_patterns):
                for rest, name in self._phrases.get(both, ()):
                    after = following[place + 2 : place + 2 + len(rest)]
                    if len(after) == len(rest) and all(a in b for a, b in zip(rest, after, strict=True)):
                        found.add(name)
        return found


class Lexicon:
    """All concepts.

    Who writes å ä ö means them: "spår" is then not "spar". A message without any is compared without them.
    """

    def __init__(self, concepts: Mapping[str, Sequence[str]]) -> None:
        lowered = {name: [pattern.lower() for pattern in patterns] for name, patterns in concepts.items()}
        self._marked = _Table(lowered)
        self._folded = _Table({name: [fold(pattern) for pattern in patterns] for name, patterns in lowered.items()})

    @classmethod
    def read(cls, path: Path = LEXICON) -> Lexicon:
        """Return the lexicon of ``path``."""
        return cls(yaml.safe_load(with_company(path.read_text("utf-8"))))

    def single(self, words: Sequence[str]) -> set[str]:
        """Return the concepts of ``words``, those of phrases included."""
        folded = [fold(word) for word in words]
        return (self._folded if list(words) == folded else self._marked).of_words(words)

    def of_words(self, words: Sequence[str]) -> list[str]:
        """Return the concepts of ``words`` and the pairs among them (``call&keep``), each once."""
        single = sorted(self.single(words))
        return single + [f"{a}&{b}" for a, b in combinations(single[:MOST_PAIRED], 2)]
