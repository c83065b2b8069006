"""Questions that lean on the one before: "och hur länge då?" after recordings asks how long recordings are kept.

A topic is a pair, what it is about and what of it is asked (``object`` and ``aspect`` in ``data/policy/topics.yml``). A
leaning question names one of the two and leaves the other to the thread. What has words of its own never leans.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rapidfuzz.distance import OSA

from bot.nlu.normalisation import clean, fold, words
from foundation.yaml_files import read_yaml

WORDS: Final = Path(__file__).with_name("follow_ups.yml")
REGISTRY: Final = Path(__file__).parents[2] / "data" / "policy" / "topics.yml"

MOST_WORDS: Final = 9
"""A message of more words stands by itself, whatever the words."""

_SHORTEST_FORGIVEN: Final = 4

PREFIX: Final = "policy_"
_MAIN: Final = "what"
_GENERAL: Final = "data"
_OF_DOCUMENTS: Final = frozenset({"policy", "other_sites"})
"""After these, "gäller det rekrytering?" is a question of its own: whether the policy applies."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that leans on the topic before it."""

    topic: str | None
    """The topic that it asks about together with the thread; None where no answer is near."""

    aspect: str
    """What of the object is asked."""


@dataclass(frozen=True, slots=True)
class _Pair:
    object: str
    aspect: str


class FollowUps:
    """Reads leaning questions with the words of ``follow_ups.yml`` and the pairs of the registry of topics."""

    def __init__(self, told: Mapping[str, Any], topics: list[dict[str, Any]]) -> None:
        self._aspects = {name: re.compile(rf"\b(?:{pattern})(?!\w)") for name, pattern in told["aspects"].items()}
        self._objects = {name: re.compile(rf"\b(?:{pattern})(?!\w)") for name, pattern in told["objects"].items()}
        self._around = frozenset(told["around"].split())
        self._leaning, self._pointing = re.compile(told["leaning"]), re.compile(told["pointing"])
        self._short: int = told["short"]
        self._forgiven = told["forgiven"].split()
        self._pairs = {topic["id"]: _Pair(topic["object"], topic["aspect"]) for topic in topics}
        self._next: dict[str, list[str]] = {topic["id"]: topic["next"] for topic in topics}
        own = {(pair.object, pair.aspect): topic for topic, pair in self._pairs.items()}
        self._topics = _by_pair(told["also"]) | own
        self._crossed = _by_pair(told["crossed"])
        self._in_general: dict[str, str] = told["in_general"]
        self._data, self._to_do = frozenset(told["data"]), told["to_do"]

    @classmethod
    def read(cls, *, told: Path = WORDS, registry: Path = REGISTRY) -> FollowUps:
        """Return the reader of the files."""
        return cls(read_yaml(told), read_yaml(registry))

    def read_after(self, text: str, topic: str) -> FollowUp | None:
        """Return how ``text`` goes on from ``topic``, None when it stands by itself.

        Args:
            text: what the visitor wrote.
            topic: what was answered before, by its id in the registry.
        """
        thread = self._pairs.get(topic)
        said = [self._as_meant(fold(word)) for word in words(clean(text)) if word not in "?!"]
        if thread is None or not 0 < len(said) <= MOST_WORDS:
            return None
        line = " ".join(said)
        aspect, rest = _taken(line, self._aspects)
        if aspect is not None and self._is_around(rest):
            leans = len(said) <= self._short or bool(self._pointing.search(line))
            if not leans:
                return None
            return FollowUp(self._answering(_Pair(thread.object, aspect), before=thread.aspect), aspect)
        if thread.object not in _OF_DOCUMENTS and (aspect == "usa" or aspect is None):
            about, rest = _taken(line, self._objects)
            if about is not None and self._is_around(rest) and self._leaning.search(line):
                return FollowUp(self._answering(_Pair(about, thread.aspect)) or self._main(about), thread.aspect)
        return None

    def topic_of(self, intent: str) -> str | None:
        """Return the topic that a question or wish is about: of a wish the right that it uses, if that is a topic."""
        topic = intent.removeprefix(PREFIX) if intent.startswith(PREFIX) else intent.replace("request_", "right_", 1)
        return topic if topic in self._pairs else None

    def readings_after(self, topic: str) -> list[str]:
        """Return what may be meant by something unclear after ``topic``: topics and wishes, nearest first."""
        return self._next.get(topic, [])

    def _as_meant(self, word: str) -> str:
        """Return the word that ``word`` is but for one letter left out, put in, exchanged or swapped: "lenge"."""
        if word in self._around or len(word) < _SHORTEST_FORGIVEN:
            return word
        return next((meant for meant in self._forgiven if OSA.distance(word, meant, score_cutoff=1) <= 1), word)

    def _is_around(self, rest: str) -> bool:
        return all(word in self._around for word in rest.split())

    def _answering(self, pair: _Pair, *, before: str | None = None) -> str | None:
        candidates = (
            self._crossed.get((before or "", pair.aspect)) if pair.object == _GENERAL else None,
            self._topics.get((pair.object, pair.aspect)),
            self._in_general.get(pair.aspect) if pair.object in self._data else None,
            self._to_do.get(pair.aspect),
        )
        return next((topic for topic in candidates if topic is not None), None)

    def _main(self, about: str) -> str | None:
        own = self._topics.get((about, _MAIN))
        return own or next((topic for topic, pair in self._pairs.items() if pair.object == about), None)


def _by_pair(told: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return the topics by pair; a pair is written as two words."""
    found = {}
    for pair, topic in told.items():
        first, second = pair.split()
        found[first, second] = topic
    return found


def _taken(line: str, patterns: Mapping[str, re.Pattern[str]]) -> tuple[str | None, str]:
    """Return the first name whose pattern is found in the line, and the line without it."""
    for name, pattern in patterns.items():
        if pattern.search(line):
            return name, pattern.sub(" ", line)
    return None, line
