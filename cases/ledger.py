"""The deadline ledger of a stored case: read from its rows, written back to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cases.errors import ForbiddenTransitionError
from cases.storage.rows import CasePauseRow, CaseRow
from cases.storage.sealing import Sealer
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus
from privacy.deadlines import Deadline, DeadlineLedger, Extension, Pause, PauseReason
from privacy.errors import DeadlineRuleError
from privacy.request_types import rule_for

EXTENSION_REASON = "privacy_case.extension_reason"

PAUSE_REASONS = {
    CaseStatus.AWAITING_IDENTITY: PauseReason.IDENTITY,
    CaseStatus.AWAITING_CLARIFICATION: PauseReason.CLARIFICATION,
}


def ledger_of(
    case: CaseRow, pauses: Sequence[CasePauseRow], *, calendar: WorkingCalendar, sealer: Sealer
) -> DeadlineLedger:
    """Return the ledger that the rows describe."""
    extension = None
    if case.extended_on is not None:
        reason = sealer.unseal(case.extension_reason_sealed, column=EXTENSION_REASON, reference=case.reference)
        extension = Extension(case.extended_on, reason or "–")
    return DeadlineLedger(
        case.received_on,
        calendar,
        target=rule_for(case.request_type).target,
        pauses=tuple(Pause(row.reason, row.asked_on, row.sufficient_on) for row in pauses),
        extension=extension,
    )


def after_step(ledger: DeadlineLedger, *, to: CaseStatus, today: date, note: str | None) -> DeadlineLedger:
    """Return the ledger with what a step of the case means for its deadline.

    Any step ends a wait; one to ``awaiting_*`` begins one; one to ``extended`` extends.

    Raises:
        ForbiddenTransitionError: it was extended before, or the notice would come too late.
    """
    pauses = tuple(replace(p, sufficient_on=p.sufficient_on or max(today, p.asked_on)) for p in ledger.pauses)
    ledger = replace(ledger, pauses=pauses)
    try:
        if to in PAUSE_REASONS:
            return ledger.with_pause(Pause(PAUSE_REASONS[to], today))
        if to is CaseStatus.EXTENDED:
            return ledger.with_extension(Extension(today, note or ""))
    except DeadlineRuleError as error:
        raise ForbiddenTransitionError(str(error)) from error
    return ledger


def write_deadline(case: CaseRow, deadline: Deadline) -> None:
    """Put the dates on the case."""
    case.due_on = deadline.due_on
    case.first_due_on = deadline.first_due_on
    case.unpaused_due_on = deadline.unpaused_due_on
    case.internal_due_on = deadline.internal_due_on
    case.clock_stopped_on = deadline.clock_stopped_on
