"""Personnummer and samordningsnummer: what is one, and where a text holds one.

Parsing is strict (ASCII, the whole string, check digit). Finding is generous: what a person types by mistake must be
masked even when spaced oddly, in other digits, or with a wrong check digit.

Source: folkbokföringslagen (1991:481) 18-18 a §§; Skatteverket SKV 704, 707. Coordination number: day + 60, and the
month may be 00 and the date need not exist. A number that BankID returned is never rejected: do not parse those.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from privacy.errors import InvalidPersonalIdentityNumberError
from privacy.text_spans import PlainText, Span, ascii_digits, luhn_is_valid

_COORDINATION_DAY: Final = 60
_LAST_COORDINATION_DAY: Final = 91
_CENTENARIAN: Final = "+"

_WRITTEN: Final = re.compile(r"([0-9]{2})?([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9]{4})", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class PersonalIdentityNumber:
    """A personnummer or samordningsnummer. ``repr`` and ``str`` show it masked."""

    digits: str
    """Twelve digits, the last one a check digit."""

    @classmethod
    def parse(cls, text: str, *, today: date) -> "PersonalIdentityNumber":
        """Read a number with ten or twelve digits, with ``-``, ``+`` or nothing before the last four.

        Args:
            text: the whole of what was written; nothing around it is forgiven.
            today: decides the century of ten digits: ``+`` from the year in which the person turns a hundred.

        Raises:
            InvalidPersonalIdentityNumberError: it is none.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise InvalidPersonalIdentityNumberError("not ten or twelve digits")
        century, short_year, month, day, separator, serial = written.groups()
        year = int(century + short_year) if century else _full_year(int(short_year), separator, today)
        digits = f"{year:04}{month}{day}{serial}"
        if not _date_is_possible(year, int(month), int(day)):
            raise InvalidPersonalIdentityNumberError("not a birth date")
        if serial.startswith("000"):
            raise InvalidPersonalIdentityNumberError("serial number 000")
        if not luhn_is_valid(digits[2:]):
            raise InvalidPersonalIdentityNumberError("wrong check digit")
        return cls(digits)

    @property
    def is_coordination_number(self) -> bool:
        """Whether it is a samordningsnummer."""
        return int(self.digits[6:8]) >= _COORDINATION_DAY

    def __repr__(self) -> str:
        return f"PersonalIdentityNumber({mask(self.digits)})"

    __str__ = __repr__


def is_personal_identity_number(text: str, *, today: date) -> bool:
    """Tell whether the whole text is a personnummer or samordningsnummer."""
    try:
        PersonalIdentityNumber.parse(text, today=today)
    except InvalidPersonalIdentityNumberError:
        return False
    return True


def mask(digits: str) -> str:
    """Return ``19990807-****``: enough to tell two people in a list apart, and not the number."""
    return f"{digits[:-4]}-****"


def find_in_text(text: str) -> list[Span]:
    """Return where the text holds something that is, or is written like, a personal identity number.

    Ten or twelve digits of any script, with spaces, dashes, plus, dots or slashes between the parts or between all
    digits; interim numbers (a letter in the serial) too. Ten digits with no dash before the last four are found only
    with a right check digit, since telephone numbers look the same.
    """
    plain = PlainText.of(text)
    return [
        plain.span(*match.span())
        for pattern in (_IN_PARTS, _ONE_BY_ONE)
        for match in _overlapping_matches(pattern, plain.text)
        if _looks_like_one(match[0])
    ]


_JOIN: Final = r"[-+ ./]{0,3}"
_IN_PARTS: Final = re.compile(
    rf"(?<!\d)(?:(?:18|19|20){_JOIN})?\d\d{_JOIN}\d\d{_JOIN}\d\d{_JOIN}(?:\d\d{_JOIN}\d\d|[TRSUWXJKLMN]\d{{3}})(?!\d)",
    re.ASCII | re.IGNORECASE,
)
"""19990807-2391, 1999-08-07 2391, 990807+2391, 99 08 07 23 91, 20000101-T220."""

_ONE_BY_ONE: Final = re.compile(r"(?<!\d)(?:\d[-+ ./]){9}(?:(?:\d[-+ ./]){2})?\d(?!\d)", re.ASCII)
"""1 9 9 9 0 8 0 7 2 3 9 1."""

_INTERIM_SERIAL: Final = re.compile(r"[A-Z]\d{3}$", re.IGNORECASE)
_SERIAL_APART: Final = re.compile(r"[-+] ?\d{4}$")
_SERIAL_TOGETHER: Final = re.compile(r"[-+ ]?\d{4}$")
_TWELVE: Final = 12


def _overlapping_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    match = pattern.search(text)
    while match is not None:
        yield match
        match = pattern.search(text, match.start() + 1)


def _looks_like_one(candidate: str) -> bool:
    interim = _INTERIM_SERIAL.search(candidate) is not None
    digits = ascii_digits(candidate) if not interim else ascii_digits(candidate[:-4]) + "0000"
    has_century = len(digits) == _TWELVE
    # A leap year where the century is not known, so that 29 February is possible.
    year = int(digits[:4]) if has_century else 2000
    if not _date_is_possible(year, int(digits[-8:-6]), int(digits[-6:-4])):
        return False
    if interim or luhn_is_valid(digits[-10:]):
        return True
    return bool((_SERIAL_TOGETHER if has_century else _SERIAL_APART).search(candidate))


def _date_is_possible(year: int, month: int, day: int) -> bool:
    if day >= _COORDINATION_DAY:
        return month <= 12 and day <= _LAST_COORDINATION_DAY
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _full_year(short_year: int, separator: str, today: date) -> int:
    year = today.year - (today.year - short_year) % 100
    return year - 100 if separator == _CENTENARIAN else year
