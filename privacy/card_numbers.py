"""Payment card numbers in a text, so that they are masked before anything is stored.

Source: ISO/IEC 7812-1 (up to nineteen digits, the last one a Luhn check digit); thirteen is the shortest in use.
"""

import re
from typing import Final

from privacy.text_spans import PlainText, Span, ascii_digits, luhn_is_valid

SHORTEST: Final = 13
LONGEST: Final = 19

_RUN: Final = re.compile(r"\d(?:[- .]{0,2}\d)+", re.ASCII)
_GROUP: Final = re.compile(r"\d+", re.ASCII)


def find_card_numbers(text: str) -> list[Span]:
    """Return where the text holds a card number: 13-19 digits with a right check digit, spaced or dashed at will.

    A number followed by further digits (an expiry date, a security code) is found by its groups.
    """
    plain = PlainText.of(text)
    spans = []
    for run in _RUN.finditer(plain.text):
        groups = [Span(*group.span()) for group in _GROUP.finditer(plain.text, run.start(), run.end())]
        spans += [plain.span(*span) for span in _card_numbers_in(plain.text, groups)]
    return spans


def _card_numbers_in(plain: str, groups: list[Span]) -> list[Span]:
    spans = []
    first = 0
    while first < len(groups):
        last = _last_group_of_card(plain, groups, first)
        if last is None:
            first += 1
        else:
            spans.append(Span(groups[first].start, groups[last].end))
            first = last + 1
    return spans


def _last_group_of_card(plain: str, groups: list[Span], first: int) -> int | None:
    """Return the last group of the longest card number that begins with the group ``first``."""
    found, digits = None, ""
    for last in range(first, len(groups)):
        digits += ascii_digits(plain[groups[last].start : groups[last].end])
        if len(digits) > LONGEST:
            break
        if len(digits) >= SHORTEST and luhn_is_valid(digits) and len(set(digits)) > 1:
            found = last
    return found
