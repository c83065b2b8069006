"""Statements on cases and what hangs on them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases.storage.cursor import ListPosition
from cases.storage.rows import OPEN, CaseEventRow, CaseEvidenceRow, CaseNoteRow, CasePauseRow, CaseRow
from privacy.case_states import CaseStatus
from privacy.request_types import RequestType

ENDED = (CaseStatus.DECIDED, CaseStatus.CLOSED)


async def case_by_reference(session: AsyncSession, reference: str, *, for_update: bool = False) -> CaseRow | None:
    """Return a case; with ``for_update`` nobody else changes it until the transaction ends."""
    statement = select(CaseRow).where(CaseRow.reference == reference)
    return await session.scalar(statement.with_for_update() if for_update else statement)


async def list_cases(
    session: AsyncSession,
    *,
    limit: int,
    after: ListPosition | None = None,
    statuses: Sequence[CaseStatus] = (),
    request_types: Sequence[RequestType] = (),
    open_only: bool = False,
    due_before: date | None = None,
    reference: str | None = None,
    person_digest: bytes | None = None,
    contact_digest: bytes | None = None,
) -> Sequence[CaseRow]:
    """Return at most ``limit`` cases, soonest due first, from after a position."""
    statement = select(CaseRow).order_by(CaseRow.due_on, CaseRow.id).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(CaseRow.due_on, CaseRow.id) > after)
    if statuses:
        statement = statement.where(CaseRow.status.in_(statuses))
    if request_types:
        statement = statement.where(CaseRow.request_type.in_(request_types))
    if open_only or (statuses and all(status.is_open for status in statuses)):
        statement = _open(statement)
    if due_before is not None:
        statement = statement.where(CaseRow.due_on < due_before)
    for column, value in (
        (CaseRow.reference, reference),
        (CaseRow.person_digest, person_digest),
        (CaseRow.contact_digest, contact_digest),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return (await session.scalars(statement)).all()


async def cases_of_person(
    session: AsyncSession, keys: Sequence[ColumnElement[bool]], *, open_only: bool, limit: int
) -> Sequence[CaseRow]:
    """Return at most ``limit`` cases that satisfy all of ``keys``, soonest due first, locked in that order."""
    statement = select(CaseRow).where(*keys).order_by(CaseRow.due_on, CaseRow.id).limit(limit).with_for_update()
    return (await session.scalars(_open(statement) if open_only else statement)).all()


async def filed_by_the_same(session: AsyncSession, case: CaseRow, *, for_update: bool = False) -> Sequence[CaseRow]:
    """Return the cases of a case's person: those under the same number, which BankID vouched for.

    A case whose person has shown no number stands alone: nothing else is known to be theirs. Oldest first, unless they
    are to be locked until the transaction ends.
    """
    is_known = case.person_digest is not None
    statement = select(CaseRow).where(
        CaseRow.person_digest == case.person_digest if is_known else CaseRow.id == case.id
    )
    if for_update:  # in the order in which cases_of_person locks
        locking = statement.order_by(CaseRow.due_on, CaseRow.id).with_for_update()
        return (await session.scalars(locking.execution_options(populate_existing=True))).all()
    return (await session.scalars(statement.order_by(CaseRow.received_at, CaseRow.id))).all()


async def note_of_client(session: AsyncSession, case_id: int, client_id: UUID) -> CaseNoteRow | None:
    """Return the note that came under the sender's own number before, or None."""
    statement = select(CaseNoteRow).where(CaseNoteRow.case_id == case_id, CaseNoteRow.client_id == client_id)
    return await session.scalar(statement)


async def cases_to_flag(session: AsyncSession, *, due_by: date, overdue: bool, limit: int) -> Sequence[CaseRow]:
    """Return open cases whose running clock ends by a day and about which nothing was said yet, locked.

    Cases that another worker has locked are left to it.
    """
    flagged = CaseRow.overdue_flagged_for if overdue else CaseRow.due_soon_flagged_for
    statement = (
        _open(select(CaseRow))
        .where(CaseRow.due_on <= due_by, CaseRow.clock_stopped_on.is_(None))
        .where(flagged.is_distinct_from(CaseRow.due_on))
        .order_by(CaseRow.due_on, CaseRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(statement)).all()


async def long_pauses(session: AsyncSession, *, asked_by: date, limit: int) -> Sequence[tuple[CaseRow, CasePauseRow]]:
    """Return cases that have waited since a day or longer and about whose wait nothing was said yet, locked.

    Cases that another worker has locked are left to it.
    """
    statement = (
        select(CaseRow, CasePauseRow)
        .join(CasePauseRow, CasePauseRow.case_id == CaseRow.id)
        .where(CasePauseRow.sufficient_on.is_(None), CasePauseRow.flagged_on.is_(None))
        .where(CasePauseRow.asked_on <= asked_by, CaseRow.status.not_in(ENDED))
        .order_by(CasePauseRow.asked_on, CaseRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def pauses_of(session: AsyncSession, case_id: int) -> Sequence[CasePauseRow]:
    """Return a case's waits, oldest first."""
    statement = select(CasePauseRow).where(CasePauseRow.case_id == case_id).order_by(CasePauseRow.id)
    return (await session.scalars(statement)).all()


async def pauses_of_cases(session: AsyncSession, case_ids: Sequence[int]) -> Sequence[CasePauseRow]:
    """Return the waits of several cases, each one's oldest first."""
    statement = select(CasePauseRow).where(CasePauseRow.case_id == any_(literal(case_ids, ARRAY(BigInteger))))
    return (await session.scalars(statement.order_by(CasePauseRow.id))).all()


async def notes_of(session: AsyncSession, case_id: int) -> Sequence[CaseNoteRow]:
    """Return a case's notes, oldest first."""
    statement = select(CaseNoteRow).where(CaseNoteRow.case_id == case_id).order_by(CaseNoteRow.id)
    return (await session.scalars(statement)).all()


async def events_of(session: AsyncSession, case_id: int) -> Sequence[CaseEventRow]:
    """Return a case's history, oldest first."""
    statement = select(CaseEventRow).where(CaseEventRow.case_id == case_id).order_by(CaseEventRow.sequence)
    return (await session.scalars(statement)).all()


async def evidence_of(session: AsyncSession, case_id: int) -> CaseEvidenceRow | None:
    """Return the signature over a request, if there is one."""
    return await session.get(CaseEvidenceRow, case_id)


def _open(statement: Select[CaseRow]) -> Select[CaseRow]:
    """Narrow to what is open in the very words of the partial index, which PostgreSQL recognises by nothing else."""
    return statement.where(text(OPEN))
