"""The Swedish working calendar against the law's own list, worked out here a second way."""

from datetime import date, timedelta

import pytest

from privacy.calendar import WorkingCalendar

YEARS = range(2005, 2101)


def easter_sunday(year: int) -> date:
    """Anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    day = (h + weekday - 7 * m + 33 * month + 19) % 32
    return date(year, month, day)


def saturday_from(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


def statutory_holidays(year: int) -> set[date]:
    """Lag (1989:253) om allmänna helgdagar, §§ 1-2."""
    easter = easter_sunday(year)
    fixed = {date(year, month, day) for month, day in [(1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26)]}
    moving = {easter + timedelta(days=offset) for offset in (-2, 0, 1, 39, 49)}
    return fixed | moving | {saturday_from(date(year, 6, 20)), saturday_from(date(year, 10, 31))}


@pytest.mark.parametrize("eves", [False, True])
def test_every_day_of_a_century_is_off_exactly_when_the_law_says(eves):
    calendar = WorkingCalendar(eves=eves)

    for year in YEARS:
        off = statutory_holidays(year)
        if eves:
            midsummer_eve = saturday_from(date(year, 6, 20)) - timedelta(days=1)
            off |= {midsummer_eve, date(year, 12, 24), date(year, 12, 31)}
        day = date(year, 1, 1)
        while day.year == year:
            assert calendar.is_working_day(day) == (day.weekday() < 5 and day not in off), day
            day += timedelta(days=1)


def test_a_day_off_has_a_name_that_fits_a_sentence():
    assert WorkingCalendar().day_off_name(date(2026, 4, 6)) == "annandag påsk"
    assert WorkingCalendar().day_off_name(date(2026, 5, 14)) == "Kristi himmelsfärdsdag"
    assert WorkingCalendar().day_off_name(date(2026, 3, 7)) == "lördag"
    assert WorkingCalendar(eves=True).day_off_name(date(2026, 12, 24)) == "julafton"
    assert WorkingCalendar().day_off_name(date(2026, 12, 24)) is None


def test_working_days_are_counted_both_ways():
    calendar = WorkingCalendar()

    assert calendar.add_working_days(date(2026, 4, 1), 2) == date(2026, 4, 7)
    assert calendar.add_working_days(date(2026, 4, 7), -2) == date(2026, 4, 1)
    assert calendar.add_working_days(date(2026, 4, 4), 0) == date(2026, 4, 4)
