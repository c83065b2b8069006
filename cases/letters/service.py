"""Letters: filled, checked after the officer's editing, sent, and kept sealed as sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import pictures
from cases.drafts import Actor
from cases.files.service import existing
from cases.history import EventKind
from cases.ledger import ledger_of
from cases.letters.errors import (
    LetterNotFoundError,
    LetterRefusedError,
    LetterSendingError,
    LetterUndeliverableError,
)
from cases.letters.templates import Letter, LetterTemplates
from cases.letters.ways import ChatPost, LetterWay
from cases.recording import record
from cases.storage.cases import pauses_of
from cases.storage.letter_rows import CaseLetterRow
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from foundation.errors import MailNotSentError, RecipientRefusedError
from foundation.mail import Mail, Mailer
from privacy.calendar import WorkingCalendar
from privacy.deadline_explanation import explain
from privacy.grounds import GROUNDS
from privacy.letter_check import Fault, check_letter
from privacy.letters import WITH_GROUNDS, Entry, LetterFacts, LetterKind, entries_of, kinds_for
from privacy.swedish_dates import local_date

SUBJECT: Final = "case_letter.subject"
BODY: Final = "case_letter.body"
ADDRESS: Final = "case_letter.address"
MAX_BODY: Final = 10_000


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter before it is sent."""

    kind: LetterKind
    letter: Letter
    entries: tuple[Entry, ...]
    filled: dict[str, str] = field(repr=False)
    """What the officer has filled in so far, by the entry's key."""

    ground_keys: tuple[str, ...]
    faults: tuple[Fault, ...]
    ways: tuple[LetterWay, ...]
    """How it can reach the person; empty when the case has neither address nor conversation."""


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter as it was sent."""

    id: UUID
    kind: LetterKind
    way: LetterWay
    letter: Letter
    address: str | None = field(repr=False)
    actor_id: str
    written_at: datetime
    sent_at: datetime | None
    """None when nobody knows whether it went: we died while sending it."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What an officer has put into the form."""

    kind: LetterKind
    entries: Mapping[str, str] = field(default_factory=dict, repr=False)
    ground_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A letter that was checked and stored, and where it goes."""

    row: CaseLetterRow
    address: str | None = field(repr=False)
    conversation_id: UUID | None
    is_new: bool = field(kw_only=True)
    """Whether this call stored it; else another did, with the same form."""


class Letters:
    """Writes, sends and keeps letters.

    Args:
        sessions: the database.
        key_ring: seals what is kept.
        clock: the time.
        calendar: the working calendar.
        templates: how the letters read.
        mailer: the way out for mail; None where none is configured.
        chat: the way into the chat.
    """

    def __init__(
        self,
        sessions: Sessions,
        *,
        key_ring: KeyRing,
        clock: Clock,
        calendar: WorkingCalendar,
        templates: LetterTemplates,
        mailer: Mailer | None,
        chat: ChatPost,
    ) -> None:
        self._sessions, self._keys, self._clock, self._calendar = sessions, key_ring, clock, calendar
        self._templates, self._mailer, self._chat = templates, mailer, chat
        self._sealer = Sealer(key_ring)

    async def kinds(self, reference: str) -> tuple[LetterKind, ...]:
        """Return the letters that can be written in a case as it stands.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await existing(session, reference)
            return kinds_for(case.request_type, is_extended=case.extended_on is not None)

    async def fill(self, reference: str, filling: Filling) -> LetterDraft:
        """Return the letter as the template makes it from the case and what the officer filled in.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await existing(session, reference)
            facts = await self._facts(session, case, filling)
            ways = self._ways(case)
        letter = self._templates.fill(facts)
        return LetterDraft(
            kind=filling.kind,
            letter=letter,
            entries=entries_of(filling.kind, facts.request_type),
            filled=dict(facts.entries),
            ground_keys=filling.ground_keys,
            faults=check_letter(letter.whole, facts),
            ways=ways,
        )

    async def send(
        self,
        reference: str,
        filling: Filling,
        letter: Letter,
        *,
        letter_id: UUID,
        way: LetterWay,
        actor: Actor,
        officer_name: str,
    ) -> KeptLetter:
        """Send a letter as the officer edited it. The same ``letter_id`` again sends nothing.

        It is stored before it goes and marked when it has gone: a letter that nobody kept cannot reach anybody.

        Raises:
            CaseNotFoundError: no case has that reference.
            LetterRefusedError: it lacks something that it must say.
            LetterUndeliverableError: the case has no such way to the person.
            LetterSendingError: it could not be handed over now; nothing is kept.
        """
        kept = await self._keep(reference, filling, letter, letter_id, way, actor=actor)
        if kept.is_new:
            is_handed_over = False
            try:
                await self._hand_over(kept, letter, officer_name=officer_name)
                is_handed_over = True
            finally:
                if not is_handed_over:
                    await self._drop(letter_id)
            await self._mark_sent(reference, letter_id, filling, actor=actor)
        async with self._sessions() as session:
            return self._view(await session.get_one(CaseLetterRow, letter_id))

    async def list_letters(self, reference: str) -> Sequence[KeptLetter]:
        """Return a case's letters, oldest first.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await existing(session, reference)
            statement = (
                select(CaseLetterRow)
                .where(CaseLetterRow.case_id == case.id)
                .order_by(CaseLetterRow.written_at, CaseLetterRow.id)
            )
            return [self._view(row) for row in (await session.scalars(statement)).all()]

    async def _facts(self, session: AsyncSession, case: CaseRow, filling: Filling) -> LetterFacts:
        ledger = ledger_of(case, await pauses_of(session, case.id), calendar=self._calendar, sealer=self._sealer)
        wanted = entries_of(filling.kind, case.request_type)
        entries = {entry.key: " ".join(filling.entries.get(entry.key, "").split()) for entry in wanted}
        if filling.kind is LetterKind.EXTENSION and ledger.extension and not entries["reason"]:
            entries["reason"] = ledger.extension.reason
        return LetterFacts(
            kind=filling.kind,
            request_type=case.request_type,
            reference=case.reference,
            received_on=case.received_on,
            due_on=case.due_on,
            first_due_on=case.first_due_on,
            written_on=local_date(self._clock()),
            controller=self._templates.controller,
            contact=self._templates.contact,
            due_explanation=explain(ledger),
            entries=entries,
            grounds=tuple(GROUNDS[key] for key in filling.ground_keys if key in GROUNDS)
            if filling.kind in WITH_GROUNDS
            else (),
        )

    def _ways(self, case: CaseRow) -> tuple[LetterWay, ...]:
        by_mail = case.contact_email_sealed is not None and self._mailer is not None
        in_chat = case.conversation_id is not None
        return (*((LetterWay.EMAIL,) if by_mail else ()), *((LetterWay.CHAT,) if in_chat else ()))

    async def _keep(
        self, reference: str, filling: Filling, letter: Letter, letter_id: UUID, way: LetterWay, *, actor: Actor
    ) -> "_Kept":
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await session.get(CaseLetterRow, letter_id)
            if row is not None:
                if row.case_id != case.id:
                    raise LetterNotFoundError(str(letter_id))
                return _Kept(row, None, case.conversation_id, is_new=False)
            faults = check_letter(letter.whole, await self._facts(session, case, filling))
            if faults:
                raise LetterRefusedError(faults)
            if way not in self._ways(case) or len(letter.body) > MAX_BODY:
                raise LetterUndeliverableError(way.value)
            address = None
            if way is LetterWay.EMAIL:
                address = self._sealer.unseal(
                    case.contact_email_sealed, column=pictures.CONTACT_EMAIL, reference=reference
                )
            row = CaseLetterRow(
                id=letter_id,
                case_id=case.id,
                kind=filling.kind,
                way=way,
                subject_sealed=self._sealer.seal_certain(letter.subject, column=SUBJECT, reference=str(letter_id)),
                body_sealed=self._sealer.seal_certain(letter.body, column=BODY, reference=str(letter_id)),
                address_sealed=self._sealer.seal(address, column=ADDRESS, reference=str(letter_id)),
                digest=self._keys.lookup_digest(letter.whole, context="cases.case_letter.content"),
                actor_id=actor.id,
                written_at=self._clock(),
            )
            session.add(row)
        return _Kept(row, address, case.conversation_id, is_new=True)

    async def _hand_over(self, kept: _Kept, letter: Letter, *, officer_name: str) -> None:
        if kept.row.way is LetterWay.CHAT and kept.conversation_id is not None:
            await self._chat.post_letter(
                kept.conversation_id, letter.whole, officer_name=officer_name, client_id=kept.row.id
            )
            return
        if self._mailer is None or kept.address is None:
            raise LetterUndeliverableError(kept.row.way.value)
        try:
            await self._mailer.send(Mail(to=kept.address, subject=letter.subject, text=letter.body))
        except RecipientRefusedError as error:
            raise LetterUndeliverableError("the address was not taken") from error
        except MailNotSentError as error:
            raise LetterSendingError("no mail can be sent at present") from error

    async def _drop(self, letter_id: UUID) -> None:
        async with self._sessions.begin() as session:
            await session.execute(
                delete(CaseLetterRow).where(CaseLetterRow.id == letter_id, CaseLetterRow.sent_at.is_(None))
            )

    async def _mark_sent(self, reference: str, letter_id: UUID, filling: Filling, *, actor: Actor) -> None:
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await session.get_one(CaseLetterRow, letter_id)
            row.sent_at = self._clock()
            await record(
                session,
                case,
                EventKind.LETTER_SENT,
                actor=actor,
                occurred_at=row.sent_at,
                status_before=case.status,
                facts={
                    "letter_id": str(row.id),
                    "letter_kind": row.kind.value,
                    "way": row.way.value,
                    "grounds": list(filling.ground_keys),
                    "digest": row.digest.hex(),
                },
            )

    def _view(self, row: CaseLetterRow) -> KeptLetter:
        def opened(sealed: bytes, column: str) -> str:
            return self._sealer.unseal_certain(sealed, column=column, reference=str(row.id))

        return KeptLetter(
            id=row.id,
            kind=row.kind,
            way=row.way,
            letter=Letter(opened(row.subject_sealed, SUBJECT), opened(row.body_sealed, BODY)),
            address=None if row.address_sealed is None else opened(row.address_sealed, ADDRESS),
            actor_id=row.actor_id,
            written_at=row.written_at,
            sent_at=row.sent_at,
        )
