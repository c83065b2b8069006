"""Places in a text: what the finders of sensitive numbers return and the redaction replaces."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

_DO_NOT_SHOW: Final = frozenset({"Cf", "Cc", "Mn", "Me"})
"""Unicode categories: format and control characters, marks upon the character before."""


class Span(NamedTuple):
    """``text[start:end]``."""

    start: int
    end: int


def replace_spans(text: str, spans: Iterable[Span], replacement: str) -> str:
    """Return the text with every span replaced; overlapping spans count as one."""
    parts, position = [], 0
    for start, end in _merged(spans):
        parts += [text[position:start], replacement]
        position = end
    return "".join([*parts, text[position:]])


def ascii_digits(text: str) -> str:
    """Return the decimal digits of the text as ASCII, whatever script they were written in."""
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text as the finders read it: ASCII digits, one dash, one plus, one space, nothing that does not show."""

    text: str
    origins: tuple[int, ...]
    """Where each character stands in the original."""

    @classmethod
    def of(cls, text: str) -> "PlainText":
        """Digits of any script become 0-9, every dash ``-``, every plus ``+``; what does not show is left out."""
        kept = [(place, plain) for place, character in enumerate(text) if (plain := _plain_character(character))]
        return cls("".join(plain for _, plain in kept), tuple(place for place, _ in kept))

    def span(self, start: int, end: int) -> Span:
        """Return the place in the original of ``self.text[start:end]``, which is not empty."""
        return Span(self.origins[start], self.origins[end - 1] + 1)


def _plain_character(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if character == "\N{FULLWIDTH PLUS SIGN}":
        return "+"
    if character.isspace():
        return " "
    return "" if category in _DO_NOT_SHOW else character


def luhn_is_valid(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others (ISO/IEC 7812-1, Luhn)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged
