"""When staff answer: the hours of a working day in Sweden, so that a visitor is told truly when somebody comes."""

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, Self

from privacy.calendar import WorkingCalendar
from privacy.errors import InvalidStaffHoursError
from privacy.swedish_dates import STOCKHOLM, swedish_weekday_date

_HOURS: Final = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class StaffHours:
    """The hours of every working day, by the clock in Stockholm.

    Eves (midsommarafton, julafton, nyårsafton) are days off here: nobody is at the chat then, whatever the law counts.
    """

    opens: time
    closes: time
    calendar: WorkingCalendar = field(default_factory=lambda: WorkingCalendar(eves=True))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``08:00-17:00``.

        Raises:
            InvalidStaffHoursError: it is written otherwise, or closes before it opens.
        """
        found = _HOURS.fullmatch(text.strip())
        try:
            opens, closes = (time(int(found[n]), int(found[n + 1])) for n in (1, 3)) if found else (None, None)
        except ValueError:
            opens = closes = None
        if opens is None or closes is None or opens >= closes:
            raise InvalidStaffHoursError("staff hours are written 08:00-17:00 and close later than they open")
        return cls(opens, closes)

    def are_on(self, instant: datetime) -> bool:
        """Tell whether staff answer at ``instant``."""
        local = instant.astimezone(STOCKHOLM)
        return self.calendar.is_working_day(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, instant: datetime) -> datetime:
        """Return when staff come next, in Stockholm's time; ``instant`` itself while they are there."""
        local = instant.astimezone(STOCKHOLM)
        if self.are_on(instant):
            return local
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return datetime.combine(self.calendar.roll_forward(day), self.opens, STOCKHOLM)

    def spoken_opening(self, instant: datetime) -> str:
        """Return ``torsdagen den 26 november 2026 klockan 08.00``: when staff come next."""
        opening = self.next_opening(instant)
        return f"{swedish_weekday_date(opening.date())} klockan {opening:%H.%M}"
