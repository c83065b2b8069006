"""Takes a step with a case: its ledger, its status, its note and its event, in the caller's transaction.

The caller holds the case's row lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases import pictures
from cases.drafts import Actor
from cases.errors import ForbiddenTransitionError
from cases.history import EventKind
from cases.ledger import EXTENSION_REASON, PAUSE_REASONS, after_step, ledger_of, write_deadline
from cases.recording import record
from cases.storage import cases as storage
from cases.storage.rows import CaseNoteRow, CasePauseRow, CaseRow
from cases.storage.sealing import Sealer
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution, check_transition
from privacy.deadlines import DeadlineLedger
from privacy.errors import TransitionNotAllowedError
from privacy.swedish_dates import local_date


@dataclass(frozen=True, slots=True)
class Step:
    """Where a case is to go, and what the step carries."""

    to: CaseStatus
    actor: Actor
    resolution: Resolution | None = None
    note: str | None = None


class CaseMover:
    """Moves cases that the caller has locked."""

    def __init__(self, *, sealer: Sealer, calendar: WorkingCalendar) -> None:
        self._sealer = sealer
        self._calendar = calendar

    async def take(self, session: AsyncSession, case: CaseRow, step: Step, *, now: datetime) -> None:
        """Move a case, with the entry in its deadline ledger that the move implies, and write its event.

        Raises:
            ForbiddenTransitionError: the rules do not allow the step.
        """
        before = case.status
        try:
            check_transition(before, step.to, actor=step.actor.kind, resolution=step.resolution, note=step.note)
        except TransitionNotAllowedError as error:
            raise ForbiddenTransitionError(str(error)) from error
        facts = await self._move_ledger(session, case, step, now=now)
        _move(case, step, now=now)
        if step.note is not None and step.note.strip() and step.to is not CaseStatus.EXTENDED:
            facts["note_id"] = await self.keep_note(session, case, step.note, step.actor, now=now)
        await record(
            session,
            case,
            EventKind.STATUS_CHANGED,
            actor=step.actor,
            occurred_at=now,
            status_before=before,
            facts=facts,
        )

    async def ledger(self, session: AsyncSession, case: CaseRow) -> DeadlineLedger:
        """Return the case's deadline ledger as it is stored."""
        return self._ledger_of(case, await storage.pauses_of(session, case.id))

    async def ledgers(self, session: AsyncSession, cases: Sequence[CaseRow]) -> Sequence[DeadlineLedger]:
        """Return the deadline ledgers of several cases, in their order."""
        pauses = await storage.pauses_of_cases(session, [case.id for case in cases])
        return [self._ledger_of(case, [pause for pause in pauses if pause.case_id == case.id]) for case in cases]

    async def keep_note(
        self,
        session: AsyncSession,
        case: CaseRow,
        text: str,
        actor: Actor,
        *,
        now: datetime,
        client_id: UUID | None = None,
    ) -> int:
        """Keep a note, sealed, and return its number."""
        sealed = self._sealer.seal_certain(text.strip(), column=pictures.NOTE, reference=case.reference)
        note = CaseNoteRow(case_id=case.id, actor_id=actor.id, text_sealed=sealed, written_at=now, client_id=client_id)
        session.add(note)
        await session.flush()
        return note.id

    def _ledger_of(self, case: CaseRow, pauses: Sequence[CasePauseRow]) -> DeadlineLedger:
        return ledger_of(case, pauses, calendar=self._calendar, sealer=self._sealer)

    async def _move_ledger(self, session: AsyncSession, case: CaseRow, step: Step, *, now: datetime) -> dict[str, Any]:
        """Write what the step means for the deadline, and return the facts of it."""
        today = local_date(now)
        pauses = await storage.pauses_of(session, case.id)
        ledger = after_step(self._ledger_of(case, pauses), to=step.to, today=today, note=step.note)
        for row, pause in zip(pauses, ledger.pauses, strict=False):
            row.sufficient_on = pause.sufficient_on
        await session.flush()
        if step.to in PAUSE_REASONS:
            session.add(CasePauseRow(case_id=case.id, reason=PAUSE_REASONS[step.to], asked_on=today))
        if step.to is CaseStatus.EXTENDED:
            case.extended_on = today
            case.extension_reason_sealed = self._sealer.seal(
                step.note, column=EXTENSION_REASON, reference=case.reference
            )
        deadline = ledger.deadline()
        facts: dict[str, Any] = {} if case.due_on == deadline.due_on else {"due_on_before": case.due_on.isoformat()}
        write_deadline(case, deadline)
        return facts


def _move(case: CaseRow, step: Step, *, now: datetime) -> None:
    case.status = step.to
    case.version += 1
    if step.to is CaseStatus.DECIDED:
        case.resolution = step.resolution
    elif step.to.is_open:
        case.resolution = None
    case.closed_at = now if step.to is CaseStatus.CLOSED else None
