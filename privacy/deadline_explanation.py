"""Tells how a due date came about, in Swedish sentences for the visitor and the officer (privacy.deadline_texts)."""

from datetime import date, timedelta

from privacy import deadline_texts as texts
from privacy.deadlines import (
    ASK_WITHIN_DAYS,
    MONTHS_TO_ANSWER,
    MONTHS_WHEN_EXTENDED,
    DeadlineLedger,
    Pause,
    PauseReason,
    add_months,
)
from privacy.request_types import Target
from privacy.swedish_dates import month_name, swedish_date, swedish_weekday_date


def explain(ledger: DeadlineLedger, *, as_of: date | None = None) -> tuple[str, ...]:
    """Return the sentences, in order: receipt, month, extension, waits, days off, and the date itself.

    Args:
        ledger: what moved the date.
        as_of: as in :meth:`privacy.deadlines.DeadlineLedger.deadline`.
    """
    deadline = ledger.deadline(as_of=as_of)
    raw = add_months(ledger.received_on, MONTHS_TO_ANSWER)
    sentences = [_receipt(ledger), _month(ledger.received_on, raw)]
    if ledger.extension is not None:
        raw = add_months(ledger.received_on, MONTHS_WHEN_EXTENDED)
        noticed = swedish_date(ledger.extension.noticed_on)
        sentences.append(texts.EXTENDED.format(noticed=noticed, raw=swedish_date(raw)))
        sentences.append(texts.EXTENSION_REASON.format(reason=ledger.extension.reason.strip()))
    sentences += [_pause(ledger, pause) for pause in ledger.pauses]
    if deadline.paused_days:
        raw += timedelta(days=deadline.paused_days)
        sentences.append(texts.PAUSED_SUM.format(raw=swedish_date(raw)))
    due = swedish_weekday_date(deadline.due_on)
    day_off = ledger.calendar.day_off_name(raw)
    if day_off is not None:
        sentences.append(texts.ROLLED.format(raw=swedish_date(raw), day_off=day_off, due=due))
    sentences.append(texts.DUE.format(due=due))
    if deadline.paused_days:
        sentences.append(texts.UNPAUSED.format(unpaused=swedish_weekday_date(deadline.unpaused_due_on)))
    if ledger.target is Target.AT_ONCE:
        sentences.append(texts.AT_ONCE)
    return tuple(sentences)


def _receipt(ledger: DeadlineLedger) -> str:
    day_off = ledger.calendar.day_off_name(ledger.received_on)
    received = swedish_weekday_date(ledger.received_on)
    if day_off is None:
        return texts.RECEIVED.format(received=received)
    return texts.RECEIVED_ON_DAY_OFF.format(received=received, day_off=day_off)


def _month(received_on: date, raw: date) -> str:
    if raw.day == received_on.day:
        return texts.ONE_MONTH.format(raw=swedish_date(raw))
    missing = f"{received_on.day} {month_name(raw)}"
    return texts.ONE_MONTH_CLIPPED.format(missing=missing, raw=swedish_date(raw))


def _pause(ledger: DeadlineLedger, pause: Pause) -> str:
    asked = swedish_date(pause.asked_on)
    if not ledger.stops_clock(pause):
        return texts.PAUSE_TOO_LATE.format(asked=asked, limit=ASK_WITHIN_DAYS)
    why = texts.AWAITING_IDENTITY if pause.reason is PauseReason.IDENTITY else texts.AWAITING_CLARIFICATION
    if pause.sufficient_on is None:
        return texts.PAUSE_OPEN.format(asked=asked, why=why)
    count = (pause.sufficient_on - pause.asked_on).days
    days = texts.ONE_DAY if count == 1 else texts.DAYS.format(count=count)
    return texts.PAUSED.format(asked=asked, sufficient=swedish_date(pause.sufficient_on), days=days, why=why)
