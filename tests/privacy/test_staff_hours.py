"""When staff answer: working days in Sweden, by the clock in Stockholm."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from privacy.errors import InvalidStaffHoursError
from privacy.staff_hours import StaffHours

HOURS = StaffHours.parse("08:00-17:00")


def at(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "are_on"),
    [
        ("2026-11-25T06:59:59", False),  # winter: one hour behind Stockholm
        ("2026-11-25T07:00:00", True),
        ("2026-11-25T15:59:59", True),
        ("2026-11-25T16:00:00", False),
        ("2026-07-01T06:00:00", True),  # summer: two hours
        ("2026-07-01T15:00:00", False),
        ("2026-11-28T10:00:00", False),  # Saturday
        ("2026-05-14T10:00:00", False),  # Kristi himmelsfärdsdag
        ("2026-06-19T10:00:00", False),  # midsommarafton
    ],
)
def test_staff_are_there_or_not(instant: str, *, are_on: bool):
    assert HOURS.are_on(at(instant)) is are_on


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2026-11-25T22:00:00", "torsdagen den 26 november 2026 klockan 08.00"),
        ("2026-11-25T02:00:00", "onsdagen den 25 november 2026 klockan 08.00"),
        ("2026-11-27T20:00:00", "måndagen den 30 november 2026 klockan 08.00"),
        ("2026-12-23T20:00:00", "måndagen den 28 december 2026 klockan 08.00"),
        ("2026-11-25T23:30:00", "torsdagen den 26 november 2026 klockan 08.00"),  # past midnight in Stockholm
    ],
)
def test_the_next_opening_is_told_as_people_say_it(instant: str, opening: str):
    assert HOURS.spoken_opening(at(instant)) == opening


def test_while_they_are_there_the_next_opening_is_now():
    now = at("2026-11-25T10:00:00")
    assert HOURS.next_opening(now) == now


@pytest.mark.parametrize("text", ["", "8-17", "08:00", "17:00-08:00", "08:00-08:00", "08:00-25:00", "08:00-17:00 ish"])
def test_other_spellings_stop_the_start(text: str):
    with pytest.raises(InvalidStaffHoursError):
        StaffHours.parse(text)
