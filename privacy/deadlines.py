"""When an answer is due, and how that date came about.

The clock starts on the Swedish date on which the first message that expresses the request arrives, weekends and nights
included. It runs for one month, once extensible to three counted from receipt, stands still while identity or
clarification is awaited, and ends on a working day.

Source: GDPR art. 12(3); Regulation (EEC, Euratom) 1182/71 art. 3(1), 3(2)(c), 3(4); CJEU C-171/03; EDPB guidelines
01/2022 section 5.3 (pauses). What is the project's own convention says so.
"""

import calendar as month_lengths
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from privacy import deadline_texts as texts
from privacy.calendar import WorkingCalendar
from privacy.errors import AlreadyExtendedError, ExtensionTooLateError, InvalidPauseError
from privacy.request_types import Target
from privacy.swedish_dates import STOCKHOLM, month_name, swedish_date, swedish_weekday_date

MONTHS_TO_ANSWER: Final = 1
MONTHS_WHEN_EXTENDED: Final = 3
"""From receipt, never stepwise from the first due date (IMY)."""

ASK_WITHIN_DAYS: Final = 5
"""Convention: what is asked later than this after receipt was not asked "without undue delay" and pauses nothing."""

INTERNAL_MARGIN_WORKING_DAYS: Final = 5
"""Convention: our own date lies this many working days before the law's."""

BREACH_NOTICE: Final = timedelta(hours=72)
BOOKKEEPING_YEARS: Final = 7
KYC_YEARS: Final = 5
KYC_YEARS_AT_MOST: Final = 10


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

    explanation: tuple[str, ...]
    """Swedish sentences, in order."""


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
        deadline = Deadline(
            received_on=self.received_on,
            due_on=due_on,
            unpaused_due_on=roll(add_months(self.received_on, months)),
            first_due_on=roll(add_months(self.received_on, MONTHS_TO_ANSWER) + paused),
            internal_due_on=self._internal_due_on(due_on),
            paused_days=paused.days,
            clock_stopped_on=min(open_since, default=None),
            explanation=(),
        )
        return replace(deadline, explanation=tuple(self._explain(deadline)))

    def _internal_due_on(self, due_on: date) -> date:
        next_working_day = self.calendar.add_working_days(self.received_on, 1)
        if self.target is Target.AT_ONCE:
            return next_working_day
        return max(next_working_day, self.calendar.add_working_days(due_on, -INTERNAL_MARGIN_WORKING_DAYS))

    def _explain(self, deadline: Deadline) -> list[str]:
        raw = add_months(self.received_on, MONTHS_TO_ANSWER)
        sentences = [self._explain_receipt(), _explain_month(self.received_on, raw)]
        if self.extension is not None:
            raw = add_months(self.received_on, MONTHS_WHEN_EXTENDED)
            noticed = swedish_date(self.extension.noticed_on)
            sentences.append(texts.EXTENDED.format(noticed=noticed, raw=swedish_date(raw)))
            sentences.append(texts.EXTENSION_REASON.format(reason=self.extension.reason.strip()))
        sentences += [self._explain_pause(pause) for pause in self.pauses]
        if deadline.paused_days:
            raw += timedelta(days=deadline.paused_days)
            sentences.append(texts.PAUSED_SUM.format(raw=swedish_date(raw)))
        due = swedish_weekday_date(deadline.due_on)
        day_off = self.calendar.day_off_name(raw)
        if day_off is not None:
            sentences.append(texts.ROLLED.format(raw=swedish_date(raw), day_off=day_off, due=due))
        sentences.append(texts.DUE.format(due=due))
        if deadline.paused_days:
            sentences.append(texts.UNPAUSED.format(unpaused=swedish_weekday_date(deadline.unpaused_due_on)))
        if self.target is Target.AT_ONCE:
            sentences.append(texts.AT_ONCE)
        return sentences

    def _explain_receipt(self) -> str:
        day_off = self.calendar.day_off_name(self.received_on)
        received = swedish_weekday_date(self.received_on)
        if day_off is None:
            return texts.RECEIVED.format(received=received)
        return texts.RECEIVED_ON_DAY_OFF.format(received=received, day_off=day_off)

    def _explain_pause(self, pause: Pause) -> str:
        asked = swedish_date(pause.asked_on)
        if not self.stops_clock(pause):
            return texts.PAUSE_TOO_LATE.format(asked=asked, limit=ASK_WITHIN_DAYS)
        why = texts.AWAITING_IDENTITY if pause.reason is PauseReason.IDENTITY else texts.AWAITING_CLARIFICATION
        if pause.sufficient_on is None:
            return texts.PAUSE_OPEN.format(asked=asked, why=why)
        count = (pause.sufficient_on - pause.asked_on).days
        days = texts.ONE_DAY if count == 1 else texts.DAYS.format(count=count)
        return texts.PAUSED.format(asked=asked, sufficient=swedish_date(pause.sufficient_on), days=days, why=why)


def _explain_month(received_on: date, raw: date) -> str:
    if raw.day == received_on.day:
        return texts.ONE_MONTH.format(raw=swedish_date(raw))
    missing = f"{received_on.day} {month_name(raw)}"
    return texts.ONE_MONTH_CLIPPED.format(missing=missing, raw=swedish_date(raw))


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


def breach_notice_due(aware_at: datetime) -> datetime:
    """Return the instant, in Swedish time, by which the authority must know of a breach: 72 real hours (art. 33(1)).

    Raises:
        ValueError: ``aware_at`` has no time zone.
    """
    if aware_at.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return (aware_at.astimezone(UTC) + BREACH_NOTICE).astimezone(STOCKHOLM)


def bookkeeping_kept_through(financial_year_ended_on: date) -> date:
    """Return the last day on which räkenskapsinformation must be kept (bokföringslagen 7 kap. 2 §)."""
    return date(financial_year_ended_on.year + BOOKKEEPING_YEARS, 12, 31)


def kyc_kept_until(relation_ended_on: date) -> tuple[date, date]:
    """Return until when customer due diligence is kept, and until when at most (penningtvättslagen 5 kap. 3-4 §§)."""
    return add_months(relation_ended_on, 12 * KYC_YEARS), add_months(relation_ended_on, 12 * KYC_YEARS_AT_MOST)


def _require_date(day: date) -> None:
    if isinstance(day, datetime):
        raise TypeError("take the Swedish local date of an instant first")
