"""Which days are working days in Sweden, as Regulation 1182/71 counts them.

Source: lag (1989:253) om allmänna helgdagar; Regulation (EEC, Euratom) 1182/71 art. 2. Midsummer, Christmas and New
Year's *eves* are not in that law; lag (1930:173) § 2 equates them with Sundays, for Swedish statutory periods. The
GDPR's periods follow 1182/71, so that eves are working days here unless the setting says otherwise: the earlier date
is always safe.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from holidays.countries.sweden import Sweden

ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_DAY_NAMES: Final = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The Swedish working calendar.

    Args:
        eves: whether midsommarafton, julafton and nyårsafton are days off (lag 1930:173 § 2).
    """

    eves: bool = field(default=False, kw_only=True)

    def day_off_name(self, day: date) -> str | None:
        """Return why nobody works that day (``påskdagen``, ``lördag``), in Swedish; None for a working day."""
        named = _public_holidays(day.year).get(day)
        if named is None and self.eves:
            named = _eves(day.year).get(day)
        if named is not None:
            return named
        return _DAY_NAMES[day.weekday()] if day.weekday() >= _SATURDAY else None

    def is_working_day(self, day: date) -> bool:
        """Tell whether a period may end on that day."""
        return self.day_off_name(day) is None

    def roll_forward(self, day: date) -> date:
        """Return the day itself, or the next working day (Regulation 1182/71 art. 3(4))."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the working day ``count`` working days after (or, when negative, before) ``day``."""
        step = ONE_DAY if count >= 0 else -ONE_DAY
        remaining = abs(count)
        while remaining:
            day += step
            remaining -= self.is_working_day(day)
        return day


@lru_cache(maxsize=256)
def _public_holidays(year: int) -> dict[date, str]:
    found = Sweden(years=year, include_sundays=False, language="sv")
    return {day: found[day] if found[day].startswith("Kristi") else found[day].lower() for day in found}


@lru_cache(maxsize=256)
def _eves(year: int) -> dict[date, str]:
    midsummer_day = next(date(year, 6, day) for day in range(20, 27) if date(year, 6, day).weekday() == _SATURDAY)
    return {
        midsummer_day - ONE_DAY: "midsommarafton",
        date(year, 12, 24): "julafton",
        date(year, 12, 31): "nyårsafton",
    }
