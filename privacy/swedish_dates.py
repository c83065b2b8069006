"""Dates as Swedish text writes them, without the machine's locale, which may not have Swedish."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
"""The zone in which the law's days begin and end."""

_MONTHS: Final = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
_WEEKDAYS: Final = ("måndagen", "tisdagen", "onsdagen", "torsdagen", "fredagen", "lördagen", "söndagen")


def swedish_date(day: date) -> str:
    """Return ``7 april 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def swedish_weekday_date(day: date) -> str:
    """Return ``tisdagen den 7 april 2026``."""
    return f"{_WEEKDAYS[day.weekday()]} den {swedish_date(day)}"


def month_name(day: date) -> str:
    """Return ``april``."""
    return _MONTHS[day.month - 1]


def local_date(instant: datetime) -> date:
    """Return the Swedish date on which an instant falls.

    Raises:
        ValueError: the instant has no time zone, so that its date is anybody's guess.
    """
    if instant.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(STOCKHOLM).date()
