"""The use cases, one transaction each. The API, the console and the worker call these and nothing below them."""

import random as randomness
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from cases import pictures, registration
from cases.checklists import require_finished
from cases.drafts import ASSISTANT, Actor, CaseDraft, MarketingBlockDraft, MarketingChannel
from cases.errors import (
    CaseNotFoundError,
    ReceiptInFutureError,
    ReferenceTakenError,
    StaleVersionError,
)
from cases.history import EventKind
from cases.identity_gate import check_step
from cases.marketing import SuppressionList
from cases.moving import CaseMover, Step
from cases.recording import event_values, message_values, record
from cases.registration import comparable_email
from cases.storage import cases as storage
from cases.storage.cursor import ListPosition, read_cursor, write_cursor
from cases.storage.registering import insert_case
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from cases.views import (
    BlockRegistration,
    CaseFile,
    CaseFilter,
    CaseSummary,
    CaseView,
    EventView,
    MarketingBlockReceipt,
    Page,
    Registration,
)
from foundation.clock import Clock
from foundation.database import Sessions, engine_of
from foundation.encryption import KeyRing
from foundation.statements import SingleStatements
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.deadlines import DeadlineLedger
from privacy.references import is_case_reference, new_case_reference, normalise_case_reference
from privacy.systems import NO_SYSTEMS, SystemRegister

EVERY_CASE: Final = CaseFilter()

REDRAWS: Final = 3
"""Of a reference that is taken: with a million cases, one in thirty thousand is."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours."""


class CaseService:
    """Registers requests, keeps their deadlines and moves them along."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        key_ring: KeyRing,
        clock: Clock,
        calendar: WorkingCalendar,
        systems: SystemRegister = NO_SYSTEMS,
        marketing_systems: Sequence[str] = (),
    ) -> None:
        self._sessions = sessions
        self._statements = SingleStatements(engine_of(sessions), application_name="insyn cases")
        self._sealer = Sealer(key_ring)
        self._clock = clock
        self._calendar = calendar
        self._mover = CaseMover(sealer=self._sealer, calendar=calendar)
        self._systems = systems
        self._suppression = SuppressionList(
            sessions, key_ring=key_ring, clock=clock, marketing_systems=marketing_systems, register=systems
        )

    async def register(self, draft: CaseDraft, *, actor: Actor = ASSISTANT) -> Registration:
        """Make a confirmed request a case. The same draft again gives the same case and changes nothing.

        Raises:
            ReferenceTakenError: the reference was used before, for something else.
            ReceiptInFutureError: it claims to have come in later than now.
        """
        now = self._clock()
        if draft.received_at > now + CLOCK_SKEW:
            raise ReceiptInFutureError(draft.reference)
        first = registration.first_deadline(draft, self._calendar)
        event = registration.first_event(draft, first.deadline, actor=actor, now=now)
        values = registration.case_values(draft, first.deadline, event, sealer=self._sealer)
        created = await insert_case(
            self._statements,
            values,
            evidence_sealed=registration.sealed_evidence(draft, sealer=self._sealer),
            event=event_values(event),
            message=message_values(event),
        )
        if not created:
            return await self._registered_before(draft)
        return Registration(registration.first_receipt(draft, first), created=True)

    async def draw_reference(self, random: randomness.Random) -> str:
        """Return a new reference that no case has yet; drawn again, a few times, if one has it."""
        reference = new_case_reference(random)
        async with self._sessions() as session:
            for _ in range(REDRAWS):
                if await storage.case_by_reference(session, reference) is None:
                    break
                reference = new_case_reference(random)
        return reference

    async def list_cases(
        self, narrowing: CaseFilter = EVERY_CASE, *, limit: int = 50, cursor: str | None = None
    ) -> Page[CaseSummary]:
        """Return one page of cases, soonest due first.

        Raises:
            InvalidCursorError: ``cursor`` is not one that this method gave.
        """
        after = None if cursor is None else read_cursor(cursor)
        async with self._sessions() as session:
            rows = await storage.list_cases(
                session,
                limit=limit + 1,
                after=after,
                statuses=narrowing.statuses,
                request_types=narrowing.request_types,
                open_only=narrowing.open_only,
                due_before=narrowing.due_before,
                **self._search_keys(narrowing),
            )
        shown = rows[:limit]
        more = len(rows) > limit
        next_cursor = write_cursor(ListPosition(shown[-1].due_on, shown[-1].id)) if more else None
        return Page(tuple(pictures.summary_of(row) for row in shown), next_cursor)

    async def read(self, reference: str) -> CaseView:
        """Return a case without anything that says whose it is.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await _existing(session, reference)
            return pictures.view_of(case, await self._ledger(session, case))

    async def open_file(self, reference: str, *, actor: Actor) -> CaseFile:
        """Return everything about a case, and write in its history that it was opened.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions.begin() as session:
            case = await _existing(session, reference, for_update=True)
            await self._record(session, case, EventKind.CASE_OPENED, actor=actor)
            return await self._file(session, case)

    async def reveal_identity_number(self, reference: str, *, actor: Actor) -> str | None:
        """Return the whole personal identity number, and write in the history that it was shown.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions.begin() as session:
            case = await _existing(session, reference, for_update=True)
            await self._record(session, case, EventKind.IDENTITY_NUMBER_SHOWN, actor=actor)
            return self._sealer.unseal(
                case.personal_identity_number_sealed, column=pictures.PERSONAL_IDENTITY_NUMBER, reference=reference
            )

    async def events(self, reference: str) -> Sequence[EventView]:
        """Return a case's history, oldest first.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await _existing(session, reference)
            return [pictures.event_view_of(row) for row in await storage.events_of(session, case.id)]

    async def transition(
        self,
        reference: str,
        *,
        to: CaseStatus,
        version: int,
        actor: Actor,
        resolution: Resolution | None = None,
        note: str | None = None,
    ) -> CaseView:
        """Move a case, with the entry in its deadline ledger that the move implies.

        To ``awaiting_*`` stops the clock, from there to ``in_progress`` starts it, ``extended`` extends (``note`` is
        the reason the person is given).

        Raises:
            CaseNotFoundError: no case has that reference.
            StaleVersionError: the case changed since ``version``.
            ForbiddenTransitionError: the rules do not allow the step.
            IdentityNotInDoubtError: it would wait for an identity that is known.
            IdentityNotEstablishedError: it would end as granted before anybody knows who asks.
            UnfinishedChecklistError: it would end as granted with mandatory tasks open.
        """
        async with self._sessions.begin() as session:
            case = await _existing(session, reference, for_update=True)
            if case.version != version:
                raise StaleVersionError(given=version, current=case.version)
            step = Step(to=to, actor=actor, resolution=resolution, note=note)
            await self._mover.take(session, case, step, now=self._clock())
            await check_step(session, case, to, resolution)
            await require_finished(session, case, resolution, self._systems)
            return pictures.view_of(case, await self._ledger(session, case))

    async def add_note(self, reference: str, text: str, *, actor: Actor) -> CaseFile:
        """Keep what an officer writes about a case.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions.begin() as session:
            case = await _existing(session, reference, for_update=True)
            note_id = await self._mover.keep_note(session, case, text, actor, now=self._clock())
            await self._record(session, case, EventKind.NOTE_WRITTEN, actor=actor, facts={"note_id": note_id})
            return await self._file(session, case)

    async def block_marketing(self, draft: MarketingBlockDraft) -> BlockRegistration:
        """See :meth:`cases.marketing.SuppressionList.block`."""
        return await self._suppression.block(draft)

    async def lift_marketing_block(self, reference: str, *, actor: Actor) -> bool:
        """See :meth:`cases.marketing.SuppressionList.lift`."""
        return await self._suppression.lift(reference, actor=actor)

    async def read_marketing_block(self, reference: str) -> MarketingBlockReceipt:
        """See :meth:`cases.marketing.SuppressionList.read`."""
        return await self._suppression.read(reference)

    async def list_marketing_blocks(self, *, limit: int = 50, cursor: str | None = None) -> Page[MarketingBlockReceipt]:
        """See :meth:`cases.marketing.SuppressionList.list_receipts`."""
        return await self._suppression.list_receipts(limit=limit, cursor=cursor)

    async def is_blocked(self, channel: MarketingChannel, address: str) -> bool:
        """See :meth:`cases.marketing.SuppressionList.is_blocked`."""
        return await self._suppression.is_blocked(channel, address)

    async def _registered_before(self, draft: CaseDraft) -> Registration:
        async with self._sessions() as session:
            case = await _existing(session, draft.reference)
            if case.request_digest != self._sealer.request_digest(draft):
                raise ReferenceTakenError(draft.reference)
            return Registration(pictures.receipt_of(case, await self._ledger(session, case)), created=False)

    async def _ledger(self, session: AsyncSession, case: CaseRow) -> DeadlineLedger:
        return await self._mover.ledger(session, case)

    async def _file(self, session: AsyncSession, case: CaseRow) -> CaseFile:
        return pictures.file_of(
            case,
            await self._ledger(session, case),
            await storage.notes_of(session, case.id),
            has_evidence=await storage.evidence_of(session, case.id) is not None,
            sealer=self._sealer,
        )

    async def _record(
        self,
        session: AsyncSession,
        case: CaseRow,
        kind: EventKind,
        *,
        actor: Actor,
        facts: dict[str, Any] | None = None,
    ) -> None:
        await record(
            session,
            case,
            kind,
            actor=actor,
            occurred_at=self._clock(),
            status_before=case.status,
            facts=facts,
        )

    def _search_keys(self, narrowing: CaseFilter) -> dict[str, Any]:
        """Return what finds a case without reading it; what is no reference or address finds nothing."""
        keys: dict[str, Any] = {}
        if narrowing.reference is not None:
            keys["reference"] = normalise_case_reference(narrowing.reference) or ""
        if narrowing.personal_identity_number is not None:
            keys["person_digest"] = self._sealer.person_digest(narrowing.personal_identity_number)
        if narrowing.contact_email is not None:
            keys["contact_digest"] = self._sealer.contact_digest(comparable_email(narrowing.contact_email))
        return keys


async def _existing(session: AsyncSession, reference: str, *, for_update: bool = False) -> CaseRow:
    case = None
    if is_case_reference(reference):
        case = await storage.case_by_reference(session, reference, for_update=for_update)
    if case is None:
        raise CaseNotFoundError(reference)
    return case
