"""Words that mean the same to us, as data: ``concepts.yml`` beside this file.

A linear model learns nothing of "arkiverar" from "sparar". With both known as *keep* it does, and pairs of concepts
(*keep* and *call*) carry much of what a short question asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from bot.nlu.normalisation import fold
from foundation.yaml_files import parse_yaml
from privacy.company_name import with_company

LEXICON = Path(__file__).with_name("concepts.yml")
MOST_PAIRED = 20
"""Of a long message only so many concepts are paired: the number of pairs grows with the square."""

MOST_REMEMBERED = 20_000
"""Words that are not looked up again; bounded, since visitors invent words."""


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

    def of_word(self, word: str) -> Iterator[str]:
        """Yield the patterns that ``word`` follows."""
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


@dataclass(slots=True)
class _Step:
    """A place within phrases: what is meant by those that end here, and what goes on."""

    means: set[str] = field(default_factory=set)
    then: dict[str, _Step] = field(default_factory=dict)
    """By the pattern of the next word."""


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word is to the lexicon."""

    concepts: frozenset[str]
    """What it means by itself."""

    patterns: tuple[str, ...]
    """All that it follows."""

    begins: tuple[_Step, ...]
    """The phrases that begin with it."""


class _Table:
    """The concepts with their patterns in one spelling: as written, or without the marks."""

    def __init__(self, concepts: Mapping[str, Sequence[str]]) -> None:
        self._start = _Step()
        words: set[str] = set()
        for name, patterns in concepts.items():
            for pattern in patterns:
                step = self._start
                for word in pattern.split():
                    words.add(word)
                    step = step.then.setdefault(word, _Step())
                step.means.add(name)
        self._patterns = Patterns(sorted(words))
        self._known: dict[str, _Word] = {}

    def of_words(self, words: Sequence[str]) -> set[str]:
        known = [self._known.get(word) or self._look_up(word) for word in words]
        found: set[str] = set()
        for place, word in enumerate(known, start=1):
            found |= word.concepts
            if word.begins:
                _follow(word.begins, known, place, found)
        return found

    def _look_up(self, word: str) -> _Word:
        patterns = tuple(self._patterns.of_word(word))
        steps = [self._start.then[pattern] for pattern in patterns if pattern in self._start.then]
        found = _Word(
            frozenset().union(*(step.means for step in steps)), patterns, tuple(step for step in steps if step.then)
        )
        if len(self._known) < MOST_REMEMBERED:
            self._known[word] = found
        return found


def _follow(steps: Iterable[_Step], known: Sequence[_Word], place: int, found: set[str]) -> None:
    """Add to ``found`` what the phrases mean that go on with the words from ``place`` on."""
    if place == len(known):
        return
    for pattern in known[place].patterns:
        for step in steps:
            if (after := step.then.get(pattern)) is not None:
                found |= after.means
                if after.then:
                    _follow((after,), known, place + 1, found)


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
        return cls(parse_yaml(with_company(path.read_text("utf-8"))))

    def single(self, words: Sequence[str]) -> set[str]:
        """Return the concepts of ``words``, those of phrases included."""
        said = " ".join(words)
        return (self._folded if fold(said) == said else self._marked).of_words(words)

    def of_words(self, words: Sequence[str]) -> list[str]:
        """Return the concepts of ``words`` and the pairs among them (``call&keep``), each once."""
        single = sorted(self.single(words))
        return single + [f"{a}&{b}" for a, b in combinations(single[:MOST_PAIRED], 2)]
