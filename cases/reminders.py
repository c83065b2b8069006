"""Says once for each due date that it is near, and once that it has passed; and once of each wait that it lasts long.

Driven by what stands in the database, not by when the job ran: a night without a worker loses nothing.
"""

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import JOBS
from cases.history import EventKind
from cases.recording import record
from cases.storage.cases import cases_to_flag, long_pauses
from cases.storage.rows import CaseRow
from foundation.clock import Clock
from foundation.database import Sessions
from privacy.swedish_dates import local_date

BATCH: Final = 100


class Reminders:
    """Flags cases whose answer is due soon or late."""

    def __init__(self, sessions: Sessions, *, clock: Clock, due_soon_days: int, long_pause_days: int = 30) -> None:
        self._sessions = sessions
        self._clock = clock
        self._due_soon = timedelta(days=due_soon_days)
        self._long_pause = timedelta(days=long_pause_days)

    async def flag(self) -> int:
        """Flag every case that should have been by now, and return how many there were."""
        today = local_date(self._clock())
        late = await self._flag_all(EventKind.OVERDUE, due_by=today - timedelta(days=1))
        near = await self._flag_all(EventKind.DUE_SOON, due_by=today + self._due_soon)
        return late + near + await self._flag_long_pauses(today)

    async def _flag_all(self, kind: EventKind, *, due_by: date) -> int:
        flagged = 0
        while batch := await self._flag_batch(kind, due_by=due_by):
            flagged += batch
        return flagged

    async def _flag_long_pauses(self, today: date) -> int:
        flagged = 0
        while True:
            async with self._sessions.begin() as session:
                found = await long_pauses(session, asked_by=today - self._long_pause, limit=BATCH)
                for case, pause in found:
                    pause.flagged_on = today
                    facts = {"asked_on": pause.asked_on.isoformat()}
                    await self._record(session, case, EventKind.PAUSED_LONG, facts=facts)
            if not found:
                return flagged
            flagged += len(found)

    async def _record(
        self, session: AsyncSession, case: CaseRow, kind: EventKind, *, facts: dict[str, Any] | None = None
    ) -> None:
        now = self._clock()
        await record(session, case, kind, actor=JOBS, occurred_at=now, status_before=case.status, facts=facts)

    async def _flag_batch(self, kind: EventKind, *, due_by: date) -> int:
        async with self._sessions.begin() as session:
            cases = await cases_to_flag(session, due_by=due_by, overdue=kind is EventKind.OVERDUE, limit=BATCH)
            for case in cases:
                _remember(case, kind)
                await self._record(session, case, kind)
            return len(cases)


def _remember(case: CaseRow, kind: EventKind) -> None:
    # Whoever knows that it is late need not hear that it is near.
    case.due_soon_flagged_for = case.due_on
    if kind is EventKind.OVERDUE:
        case.overdue_flagged_for = case.due_on
