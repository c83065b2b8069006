"""Two questions in one message: found where both sides stand on their own and the model is sure of both.

"Hur länge sparar ni samtal och vart mejlar jag en begäran?" asks two things; "vem kan se och ändra mina uppgifter?" and
a long story that ends in a question ask one. So a message is only cut where a question or wish begins, what is no
question and no wish is left out, and each part must be read differently and surely. In doubt the message is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.nlu.follow_ups import PREFIX, FollowUps
from bot.nlu.model import Reading
from foundation.yaml_files import parse_yaml
from privacy.company_name import with_company

WORDS: Final = Path(__file__).with_name("segments.yml")

MOST_PARTS: Final = 3
"""Questions answered at once; more would be a lecture, and a person has more than three seldom."""

MOST_READ: Final = 8
"""Parts that are read of one message, so that a long one costs no more."""

LONGEST_READ: Final = 2_000
"""Characters that are cut into parts."""

SURE: Final = 0.8
"""How sure the model must be of each part: more than of a whole message, since nobody may have asked the second."""

SURE_OF_WISH: Final = 0.8
FEWEST_WORDS: Final = 2
"""A part of fewer words stands on its own only together with the part before it ("… och hur länge?")."""

_WISH: Final = ("request_", "make_complaint", "ask_human")

Read = Callable[[Sequence[str]], Sequence[Reading]]
"""Texts in, for each its likeliest reading, with how sure the model is of it."""


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Cuts messages by the words of ``segments.yml``."""

    _joint: re.Pattern[str]
    _lead: re.Pattern[str]
    _begins: re.Pattern[str]
    _wish: re.Pattern[str]
    _ends: re.Pattern[str]
    _unending: re.Pattern[str]
    _follow_ups: FollowUps

    @classmethod
    def read(cls, follow_ups: FollowUps, *, told: Path = WORDS) -> Segmenter:
        """Return the segmenter of the file."""
        words: dict[str, Any] = parse_yaml(with_company(told.read_text("utf-8")))
        joined = f"(?:{words['questions']}|{words['joined_wishes']})"
        return cls(
            _joint=re.compile(f"(?:{words['joining']})(?={words['fillers']}{joined})", re.IGNORECASE),
            _lead=re.compile(f"(?:{words['conjunctions']})?{words['fillers']}", re.IGNORECASE),
            _begins=re.compile(f"{words['questions']}|{words['verb_first']}", re.IGNORECASE),
            _wish=re.compile(words["wishes"], re.IGNORECASE),
            _ends=re.compile(words["ends"]),
            _unending=re.compile(words["unending"], re.IGNORECASE),
            _follow_ups=follow_ups,
        )

    def parts(self, text: str) -> list[str]:
        """Return the questions and wishes of a message, in order; what only tells something is left out."""
        found = []
        for sentence in self._sentences(text[:LONGEST_READ]):
            pieces = [self._bare(piece) for piece in self._cut(sentence)]
            asked = pieces[-1] if sentence.endswith("?") else None
            found += [
                piece for piece in pieces if self._begins.match(piece) or self._wish.match(piece) or piece is asked
            ]
        return found[:MOST_READ]

    def readings(self, text: str, read: Read) -> list[Reading]:
        """Return what the message asks for, in order, if it is more than one thing; else nothing.

        A wish comes last, and there is at most one: what it begins goes on after the message.
        """
        parts = self.parts(text)
        if len(parts) < 2:
            return []
        found: dict[str, Reading] = {}
        topic: str | None = None
        for part, likeliest in zip(parts, read(parts), strict=True):
            reading = self._surely(part, likeliest, topic)
            if reading is not None:
                found.setdefault(reading.intent, reading)
                topic = self._follow_ups.topic_of(reading.intent) or topic
        wishes = [reading for reading in found.values() if reading.intent.startswith(_WISH)]
        if len(found) < 2 or len(wishes) > 1:
            return []
        questions = [reading for reading in found.values() if not reading.intent.startswith(_WISH)]
        return [*questions[: MOST_PARTS - len(wishes)], *wishes]

    def _surely(self, part: str, likeliest: Reading, topic: str | None) -> Reading | None:
        leaning = self._follow_ups.read_after(part, topic) if topic else None
        if leaning is not None and leaning.topic is not None:
            return Reading(PREFIX + leaning.topic, SURE) if leaning.topic != topic else None
        if likeliest.intent.startswith(PREFIX) and len(part.split()) >= FEWEST_WORDS:
            return likeliest if likeliest.confidence >= SURE else None
        if likeliest.intent.startswith(_WISH) and self._wish.match(part):
            return likeliest if likeliest.confidence >= SURE_OF_WISH else None
        return None

    def _sentences(self, text: str) -> Iterable[str]:
        start = 0
        for end in self._ends.finditer(text):
            sentence = text[start : end.end()].strip()
            if self._unending.search(sentence):
                continue
            if sentence:
                yield sentence
            start = end.end()
        if text[start:].strip():
            yield text[start:].strip()

    def _bare(self, piece: str) -> str:
        lead = self._lead.match(piece)
        return piece[lead.end() :] if lead else piece

    def _cut(self, sentence: str) -> list[str]:
        pieces, start = [], 0
        for joint in self._joint.finditer(sentence):
            if joint.start() > start:
                pieces.append(sentence[start : joint.start()].strip())
                start = joint.end()
        return [*pieces, sentence[start:].strip()]
