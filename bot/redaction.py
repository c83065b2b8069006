"""What a person types is made harmless before anything else sees it: nothing here is ever undone.

Personal identity numbers and payment card numbers are masked ahead of storage, logs and the bot (invariant 4): what is
not there cannot leak. So is what somebody tells of their health without being asked (docs/adr/0106). Characters that
only deceive (controls, direction overrides, half of a surrogate pair) go too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.health_details import find_health_details
from bot.texts import Texts
from privacy.card_numbers import find_card_numbers
from privacy.personal_identity_number import find_in_text
from privacy.text_spans import Span

_KEPT_CONTROLS: Final = "\n\t"
_DECEIVING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Direction marks and overrides (Unicode UAX 9): they make text read as another than it is."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
_BLANK_BUT_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Hangul fillers and the empty braille cell: nothing to see, though Unicode counts them as letters or symbols."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that may be stored, and what was taken out of it."""

    text: str
    had_personal_identity_number: bool
    had_card_number: bool
    had_health_details: bool = False

    def notices(self) -> list[str]:
        """Return the keys of what the person is told about it."""
        keys = []
        if self.had_personal_identity_number:
            keys.append("personal_identity_number_masked")
        if self.had_card_number:
            keys.append("card_number_masked")
        if self.had_health_details:
            keys.append("health_details_masked")
        return keys


def redact(text: str, texts: Texts, *, health: bool = False) -> Redacted:
    """Return ``text`` without personal identity numbers and card numbers, and without details of ``health`` if so told.

    All are looked for in the text as it was typed; where they overlap the whole goes, as the first of card number,
    personal identity number, health.
    """
    found = {
        "mask_card_number": find_card_numbers(text),
        "mask_personal_identity_number": find_in_text(text),
        "mask_health_details": find_health_details(text) if health else [],
    }
    parts, position = [], 0
    masks: set[str] = set()
    for span in _joined([span for spans in found.values() for span in spans]):
        mask = next(mask for mask, spans in found.items() if any(_overlap(span, one) for one in spans))
        masks.add(mask)
        parts += [text[position : span.start], texts(mask)]
        position = span.end
    return Redacted(
        "".join([*parts, text[position:]]),
        had_personal_identity_number="mask_personal_identity_number" in masks,
        had_card_number="mask_card_number" in masks,
        had_health_details="mask_health_details" in masks,
    )


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and _overlap(joined[-1], span):
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def cleaned(text: str) -> str:
    """Return ``text`` without characters that only deceive or break, its ends stripped."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_clean_character(character) for character in lines).strip()


def is_blank(text: str) -> bool:
    """Tell whether there is nothing in ``text`` that a person could see."""
    return all(
        unicodedata.category(character) in _INVISIBLE or character in _BLANK_BUT_LETTERS or character.isspace()
        for character in text
    )


def _clean_character(character: str) -> str:
    if character in _KEPT_CONTROLS:
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if category == "Cc" or character in _DECEIVING else character
