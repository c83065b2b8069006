"""Who somebody is, established by a person on the staff, where the chat could not or not surely enough."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import Actor, IdentificationMethod
from cases.errors import CaseNotFoundError, ForbiddenTransitionError
from cases.history import EventKind
from cases.identity_gate import gap_of
from cases.moving import CaseMover, Step
from cases.recording import record
from cases.storage import cases as storage
from cases.storage.identity_rows import CaseIdentityRow
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus
from privacy.identity_proof import ProofMethod
from privacy.references import is_case_reference

NOTE: Final = "case_identity.note"


@dataclass(frozen=True, slots=True)
class EstablishedIdentity:
    """How an identity was established, and by whom."""

    method: ProofMethod
    note: str | None = field(repr=False)
    actor_id: str
    established_at: datetime


class IdentityRegister:
    """Keeps how identities were established; one transaction each."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, calendar: WorkingCalendar) -> None:
        self._sessions, self._sealer, self._clock = sessions, Sealer(key_ring), clock
        self._mover = CaseMover(sealer=self._sealer, calendar=calendar)

    async def establish(self, reference: str, method: ProofMethod, *, note: str | None, actor: Actor) -> None:
        """Write down how the identity was established; it raises the case's level, and ends a wait for it.

        Raises:
            CaseNotFoundError: no case has that reference.
            ForbiddenTransitionError: the case has ended, or nobody confirmed an address that could match.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            case = await _locked(session, reference)
            if not case.status.is_open:
                raise ForbiddenTransitionError("the case has ended")
            if method is ProofMethod.ADDRESS_MATCHED and case.identity_method is not IdentificationMethod.EMAIL_CODE:
                raise ForbiddenTransitionError("no code confirmed an address")
            session.add(
                CaseIdentityRow(
                    case_id=case.id,
                    method=method,
                    level=int(method.level),
                    note_sealed=self._sealer.seal(note, column=NOTE, reference=case.reference),
                    actor_id=actor.id,
                    established_at=now,
                )
            )
            facts = {"method": method, "level_before": case.identity_level}
            if method.level > case.identity_level:
                case.identity_level = int(method.level)
                case.identity_method, case.verified_at = IdentificationMethod.OFFICER, now
            await record(
                session,
                case,
                EventKind.IDENTITY_ESTABLISHED,
                actor=actor,
                occurred_at=now,
                status_before=case.status,
                facts=facts | {"level_after": case.identity_level},
            )
            is_known = await gap_of(session, case) is None
            if case.status is CaseStatus.AWAITING_IDENTITY and is_known:
                await self._mover.take(session, case, Step(to=CaseStatus.IN_PROGRESS, actor=actor), now=now)

    async def of_case(self, reference: str) -> Sequence[EstablishedIdentity]:
        """Return how the identity was established, oldest first."""
        statement = (
            select(CaseIdentityRow)
            .join(CaseRow, CaseRow.id == CaseIdentityRow.case_id)
            .where(CaseRow.reference == reference)
            .order_by(CaseIdentityRow.id)
        )
        async with self._sessions() as session:
            rows = (await session.scalars(statement)).all()
        return [
            EstablishedIdentity(
                method=row.method,
                note=self._sealer.unseal(row.note_sealed, column=NOTE, reference=reference),
                actor_id=row.actor_id,
                established_at=row.established_at,
            )
            for row in rows
        ]


async def _locked(session: AsyncSession, reference: str) -> CaseRow:
    case = None
    if is_case_reference(reference):
        case = await storage.case_by_reference(session, reference, for_update=True)
    if case is None:
        raise CaseNotFoundError(reference)
    return case
