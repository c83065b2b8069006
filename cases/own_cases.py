"""What a person may do with their own cases: find them, add to one, take one back.

Whose a case is says its digest, and only to somebody identified as surely as when it was filed: with BankID, what was
filed with BankID under the same number; by a code sent to an address, what was filed by such a code to that address.
Whoever shows nothing learns nothing, not even that a case exists; each refused try is in the case's history.

An unverified filing never becomes visible here, and so can neither displace nor block a verified one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import ASSISTANT, DATA_SUBJECT, Identity
from cases.errors import CaseEndedError, CaseNotFoundError
from cases.history import EventKind
from cases.moving import CaseMover, Step
from cases.recording import record, record_alike
from cases.registration import comparable_email
from cases.storage import cases as storage
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from cases.views import OwnCase
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.deadline_explanation import explain
from privacy.deadlines import DeadlineLedger
from privacy.references import normalise_case_reference
from privacy.request_types import IdentityLevel, RequestType

AT_MOST: Final = 20
"""Cases that a person is shown; nobody has more, and a list in a chat must end."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, as surely as they have shown it in this conversation."""

    identity: Identity
    contact_email: str | None = field(default=None, repr=False)
    """The address to which the code went, at identity level 1."""


class OwnCases:
    """The use cases of the person themselves, one transaction each."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, calendar: WorkingCalendar) -> None:
        self._sessions = sessions
        self._sealer = Sealer(key_ring)
        self._mover = CaseMover(sealer=self._sealer, calendar=calendar)
        self._clock = clock

    async def find(
        self, person: Person, *, request_type: RequestType | None = None, open_only: bool = False
    ) -> Sequence[OwnCase]:
        """Return the person's cases, soonest due first, and write in each one's history that they were shown it."""
        keys = self._keys(person)
        if not keys:
            return []
        if request_type is not None:
            keys = [*keys, CaseRow.request_type == request_type]
        async with self._sessions.begin() as session:
            cases = await storage.cases_of_person(session, keys, open_only=open_only, limit=AT_MOST)
            kind, now = EventKind.SHOWN_TO_PERSON, self._clock()
            await record_alike(session, cases, kind, actor=DATA_SUBJECT, occurred_at=now)
            ledgers = await self._mover.ledgers(session, cases)
            return [_picture(case, ledger) for case, ledger in zip(cases, ledgers, strict=True)]

    async def withdraw(self, reference: str, person: Person, *, reason: str | None = None) -> OwnCase:
        """Take a case back. Once withdrawn, the same again changes nothing.

        Raises:
            CaseNotFoundError: there is no such case, or it is somebody else's.
            CaseEndedError: it was decided otherwise before.
        """
        async with self._sessions.begin() as session:
            case = await self._own(session, reference, person)
            if case is not None:
                if case.resolution is Resolution.WITHDRAWN:
                    return await self._picture(session, case)
                if not case.status.is_open:
                    raise CaseEndedError(case.reference)
                step = Step(CaseStatus.DECIDED, DATA_SUBJECT, resolution=Resolution.WITHDRAWN, note=reason)
                await self._mover.take(session, case, step, now=self._clock())
                return await self._picture(session, case)
        raise CaseNotFoundError(reference)

    async def add(self, reference: str, person: Person, *, text: str, addition_id: UUID) -> OwnCase:
        """Keep what the person adds. The same ``addition_id`` again adds nothing.

        What a case waits to have made clearer ends its wait: the clock runs again.

        Raises:
            CaseNotFoundError: there is no such case, or it is somebody else's.
            CaseEndedError: the case has been decided.
        """
        async with self._sessions.begin() as session:
            case = await self._own(session, reference, person)
            if case is not None:
                if await storage.note_of_client(session, case.id, addition_id) is None:
                    await self._add(session, case, text=text, addition_id=addition_id)
                return await self._picture(session, case)
        raise CaseNotFoundError(reference)

    async def _add(self, session: AsyncSession, case: CaseRow, *, text: str, addition_id: UUID) -> None:
        if not case.status.is_open:
            raise CaseEndedError(case.reference)
        now = self._clock()
        note_id = await self._mover.keep_note(session, case, text, DATA_SUBJECT, now=now, client_id=addition_id)
        await self._record(session, case, EventKind.ADDITION_RECEIVED, facts={"note_id": note_id}, now=now)
        if case.status is CaseStatus.AWAITING_CLARIFICATION:
            await self._mover.take(session, case, Step(CaseStatus.IN_PROGRESS, DATA_SUBJECT), now=now)

    async def _own(self, session: AsyncSession, reference: str, person: Person) -> CaseRow | None:
        """Return the person's case, locked; None, and a line in its history, if it is somebody else's."""
        case = None
        normalised = normalise_case_reference(reference)
        if normalised is not None:
            case = await storage.case_by_reference(session, normalised, for_update=True)
        if case is None:
            raise CaseNotFoundError(reference)
        if self._is_theirs(case, person):
            return case
        await record(
            session,
            case,
            EventKind.ACCESS_DENIED,
            actor=ASSISTANT,
            occurred_at=self._clock(),
            status_before=case.status,
            facts={"what": "own_case", "identity_level": int(person.identity.level)},
        )
        return None

    def _is_theirs(self, case: CaseRow, person: Person) -> bool:
        match person.identity.level:
            case IdentityLevel.STRONG:
                return case.person_digest is not None and case.person_digest == self._person_digest(person)
            case IdentityLevel.CONTACT:
                return (
                    case.identity_level == IdentityLevel.CONTACT
                    and case.contact_digest is not None
                    and case.contact_digest == self._contact_digest(person)
                )
            case _:
                return False

    def _keys(self, person: Person) -> list[ColumnElement[bool]]:
        """Return the conditions that say which cases are theirs; none if nothing was shown."""
        person_digest, contact_digest = self._person_digest(person), self._contact_digest(person)
        if person.identity.level is IdentityLevel.STRONG and person_digest is not None:
            return [CaseRow.person_digest == person_digest]
        if person.identity.level is IdentityLevel.CONTACT and contact_digest is not None:
            return [CaseRow.contact_digest == contact_digest, CaseRow.identity_level == int(IdentityLevel.CONTACT)]
        return []

    def _person_digest(self, person: Person) -> bytes | None:
        number = person.identity.personal_identity_number
        return None if number is None else self._sealer.person_digest(number)

    def _contact_digest(self, person: Person) -> bytes | None:
        email = person.contact_email
        return None if email is None else self._sealer.contact_digest(comparable_email(email))

    async def _record(
        self,
        session: AsyncSession,
        case: CaseRow,
        kind: EventKind,
        *,
        facts: dict[str, int] | None = None,
        now: datetime | None = None,
    ) -> None:
        await record(
            session,
            case,
            kind,
            actor=DATA_SUBJECT,
            occurred_at=now or self._clock(),
            status_before=case.status,
            facts=facts,
        )

    async def _picture(self, session: AsyncSession, case: CaseRow) -> OwnCase:
        return _picture(case, await self._mover.ledger(session, case))


def _picture(case: CaseRow, ledger: DeadlineLedger) -> OwnCase:
    return OwnCase(
        reference=case.reference,
        request_type=case.request_type,
        status=case.status,
        resolution=case.resolution,
        identity_level=IdentityLevel(case.identity_level),
        received_on=case.received_on,
        due_on=case.due_on,
        clock_stopped_on=case.clock_stopped_on,
        due_explanation=explain(ledger),
    )
