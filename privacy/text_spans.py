"""Places in a text: what the finders of sensitive numbers return and the redaction replaces."""

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple


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


def simplified(text: str) -> str:
    """Return a text of the same length for the finders: ASCII digits, plain dash, plus and space.

    Digits of any script become 0-9, every dash ``-``, every plus ``+``, and every space or invisible character a space,
    so that a place in the result is the same place in the text.
    """
    return "".join(map(_simplified_character, text))


def _simplified_character(character: str) -> str:
    if character.isascii() and not character.isspace():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if character == "\N{FULLWIDTH PLUS SIGN}":
        return "+"
    return " " if character.isspace() or category in {"Cf", "Cc", "Mn"} else character


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
