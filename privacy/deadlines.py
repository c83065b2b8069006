"""When an answer is due, and how that date came about.

The clock starts on the Swedish date on which the first message that expresses the request arrives, weekends and nights
included. It runs for one month, once extensible to three counted from receipt, stands still while identity or
clarification is awaited, and ends on a working day.

Source: GDPR art. 12(3); Regulation (EEC, Euratom) 1182/71 art. 3(1), 3(2)(c), 3(4); CJEU C-171/03; EDPB guidelines
01/2022 section 5.3 (pauses). What is the project's own convention says so.
"""

import calendar as month_lengths
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from privacy.calendar import WorkingCalendar
from privacy.errors import AlreadyExtendedError, ExtensionTooLateError, InvalidPauseError
from privacy.request_types import Target

MONTHS_TO_ANSWER: Final = 1
MONTHS_WHEN_EXTENDED: Final = 3
"""From receipt, never stepwise from the first due date (IMY)."""

ASK_WITHIN_DAYS: Final = 5
"""Convention: what is asked later than this after receipt was not asked "without undue delay" and pauses nothing."""

INTERNAL_MARGIN_WORKING_DAYS: Final = 5
"""Convention: our own date lies this many working days before the law's."""


class PauseReason(StrEnum):
    """What may stop the clock; nothing else may."""

    IDENTITY = "identity"
    """The identity is reasonably doubted (art. 12(6))."""

    CLARIFICATION = "clarification"
    """A large amount of data, and the person is asked what they mean (recital 63)."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait for the data subject.

    Raises:
        InvalidPauseError: it ends before it began.
    """

    reason: PauseReason
    asked_on: date
    sufficient_on: date | None = None
    """The day on which enough information had arrived; None while the wait lasts."""

    def __post_init__(self) -> None:
        if self.sufficient_on is not None and self.sufficient_on < self.asked_on:
            raise InvalidPauseError("a pause cannot end before it began")


@dataclass(frozen=True, slots=True)
class Extension:
    """The one extension, with its reasons (art. 12(3), second and third sentence)."""

    noticed_on: date
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("an extension needs its reasons")


@dataclass(frozen=True, slots=True)
class Deadline:
    """What the ledger says at one moment."""

    received_on: date
    due_on: date
    """The last day on which the answer is in time; it ends at 24:00 Swedish time."""

    unpaused_due_on: date
    """What ``due_on`` would be had nothing stopped the clock."""

    first_due_on: date
    """The due date without the extension: the last day for a notice of extension."""

    internal_due_on: date
    """Our own date, before the law's."""

    paused_days: int
    clock_stopped_on: date | None
    """Since when the clock stands still; None while it runs."""


@dataclass(frozen=True, slots=True)
class DeadlineLedger:
    """Everything that moves a due date, in one place.

    Args:
        received_on: Swedish date of receipt (see :func:`privacy.swedish_dates.local_date`).
        calendar: the working calendar.
        target: whether the request must take effect at once; moves only the internal date.
        pauses: waits for the data subject; days that two of them share count once.
        extension: the one extension, if given.

    Raises:
        TypeError: ``received_on`` is a datetime.
        InvalidPauseError: a pause begins before receipt.
    """

    received_on: date
    calendar: WorkingCalendar
    target: Target = field(default=Target.ONE_MONTH, kw_only=True)
    pauses: tuple[Pause, ...] = field(default=(), kw_only=True)
    extension: Extension | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        _require_date(self.received_on)
        if any(pause.asked_on < self.received_on for pause in self.pauses):
            raise InvalidPauseError("a pause cannot begin before receipt")

    def stops_clock(self, pause: Pause) -> bool:
        """Tell whether the wait was asked for soon enough to count."""
        return (pause.asked_on - self.received_on).days <= ASK_WITHIN_DAYS

    def with_pause(self, pause: Pause) -> "DeadlineLedger":
        """Return the ledger with one more wait."""
        return replace(self, pauses=(*self.pauses, pause))

    def with_extension(self, extension: Extension) -> "DeadlineLedger":
        """Return the extended ledger.

        Raises:
            AlreadyExtendedError: there was one.
            ExtensionTooLateError: the notice comes after the first due date.
        """
        if self.extension is not None:
            raise AlreadyExtendedError("a case is extended once")
        if extension.noticed_on > self.deadline(as_of=extension.noticed_on).first_due_on:
            raise ExtensionTooLateError("the notice must come no later than the first due date")
        return replace(self, extension=extension)

    def paused_days(self, *, as_of: date | None = None) -> int:
        """Return the calendar days that the clock stood still, an unfinished wait counted until ``as_of``."""
        stopped: set[date] = set()
        for pause in self.pauses:
            end = pause.sufficient_on or max(as_of or pause.asked_on, pause.asked_on)
            if self.stops_clock(pause):
                stopped.update(pause.asked_on + timedelta(days=n) for n in range((end - pause.asked_on).days))
        return len(stopped)

    def deadline(self, *, as_of: date | None = None) -> Deadline:
        """Work the dates out.

        Args:
            as_of: the day until which an unfinished wait counts; without it, such a wait adds nothing yet.
        """
        months = MONTHS_TO_ANSWER if self.extension is None else MONTHS_WHEN_EXTENDED
        paused = timedelta(days=self.paused_days(as_of=as_of))
        roll = self.calendar.roll_forward
        due_on = roll(add_months(self.received_on, months) + paused)
        open_since = [p.asked_on for p in self.pauses if p.sufficient_on is None and self.stops_clock(p)]
        return Deadline(
            received_on=self.received_on,
            due_on=due_on,
            unpaused_due_on=roll(add_months(self.received_on, months)),
            first_due_on=roll(add_months(self.received_on, MONTHS_TO_ANSWER) + paused),
            internal_due_on=self._internal_due_on(due_on),
            paused_days=paused.days,
            clock_stopped_on=min(open_since, default=None),
        )

    def _internal_due_on(self, due_on: date) -> date:
        next_working_day = self.calendar.add_working_days(self.received_on, 1)
        if self.target is Target.AT_ONCE:
            return next_working_day
        return max(next_working_day, self.calendar.add_working_days(due_on, -INTERNAL_MARGIN_WORKING_DAYS))


def response_due(received_on: date, *, calendar: WorkingCalendar, extended: bool = False) -> date:
    """Return the last day on which the controller's answer is in time.

    Months are calendar months from the day of receipt (Swedish local date). A day missing in the last month
    becomes that month's last day; a due day that is not a working day moves forward to the next one.

    Raises:
        TypeError: ``received_on`` is a datetime; take its local date first.

    Source: GDPR art. 12(3); Regulation 1182/71 art. 3(2)(c), 3(4).
    """
    _require_date(received_on)
    return calendar.roll_forward(add_months(received_on, MONTHS_WHEN_EXTENDED if extended else MONTHS_TO_ANSWER))


def add_months(day: date, months: int) -> date:
    """Return the same day number so many months later, or that month's last day where it has no such day."""
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    last_day = month_lengths.monthrange(year, month_index + 1)[1]
    return date(year, month_index + 1, min(day.day, last_day))


def _require_date(day: date) -> None:
    if isinstance(day, datetime):
        raise TypeError("take the Swedish local date of an instant first")
