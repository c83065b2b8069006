"""Walks every case's history, and the register's own log, and names each line that was changed, removed or inserted.

Each history is walked backwards from the head that its case holds: a line is genuine if its content hashes to what the
line after it (or the head) says. What this cannot find is a whole case that vanished with its history, or one that was
rewritten to its head: that takes heads kept elsewhere (:mod:`cases.checkpoints`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Enum, Row, String, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from cases import register_log
from cases.history import event_hash
from cases.storage.rows import CaseEventRow, CaseRow

BATCH: Final = 1000

REGISTER: Final = "register"
"""In place of a case's reference: the register's own log."""


class Fault(StrEnum):
    """What is wrong with a line."""

    CHANGED = "changed"
    """Its content is not what was written."""

    REMOVED = "removed"
    """It is not there."""

    INSERTED = "inserted"
    """The case never had so many."""

    CASE_CHANGED = "case_changed"
    """The case stands otherwise than its last line says."""

    @property
    def meaning(self) -> str:
        """What it says to a person who must judge it."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    Fault.CHANGED: "it does not say what was written",
    Fault.REMOVED: "it was written, and is not there",
    Fault.INSERTED: "it was never written by the register",
    Fault.CASE_CHANGED: "the case itself stands otherwise than this last line of its history says",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written."""

    reference: str
    """The case's, or :data:`REGISTER`."""

    sequence: int
    """The line's number within the case."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a walk found."""

    cases: int
    events: int
    findings: tuple[Finding, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


async def verify(session: AsyncSession) -> AuditReport:
    """Walk the history of every case. Memory is bounded by :data:`BATCH` cases at a time."""
    findings: list[Finding] = []
    cases = events = after = 0
    while batch := await _cases_after(session, after):
        histories = await _histories_of(session, [case.id for case in batch])
        for case in batch:
            history = histories.get(case.id, {})
            findings += _findings_of(case, history)
            cases, events, after = cases + 1, events + len(history), case.id
    of_register, lines = await _findings_of_register(session)
    return AuditReport(cases=cases, events=events + lines, findings=(*findings, *of_register))


async def _findings_of_register(session: AsyncSession) -> tuple[list[Finding], int]:
    findings: list[Finding] = []
    last_sequence, wanted_hash = await register_log.head_of(session)
    above, lines = last_sequence + 1, 0
    genuine_hash: bytes | None = wanted_hash
    highest = 2**31 - 1  # above the head there should be nothing, so the walk begins above it
    while batch := await register_log.lines_before(session, highest):
        for line in batch:
            highest, lines = line.sequence, lines + 1
            if not 1 <= line.sequence <= last_sequence:
                findings.append(Finding(REGISTER, line.sequence, Fault.INSERTED))
                continue
            missing = list(register_log.missing_numbers(above, line.sequence))
            findings += [Finding(REGISTER, number, Fault.REMOVED) for number in missing]
            if missing:
                genuine_hash = None
            if register_log.is_genuine(line, wanted_hash=genuine_hash):
                genuine_hash = line.previous_hash
            else:
                findings.append(Finding(REGISTER, line.sequence, Fault.CHANGED))
                genuine_hash = None
            above = line.sequence
    findings += [Finding(REGISTER, number, Fault.REMOVED) for number in register_log.missing_numbers(above, 0)]
    return findings, lines


def _as_stored(*columns: Any) -> list[Any]:
    """Select words as text: what was tampered with need not be a word that the code knows."""
    return [
        type_coerce(column, String).label(column.key) if isinstance(column.type, Enum) else column for column in columns
    ]


async def _cases_after(session: AsyncSession, after: int) -> Sequence[Row[Any]]:
    columns = _as_stored(
        CaseRow.id,
        CaseRow.reference,
        CaseRow.status,
        CaseRow.resolution,
        CaseRow.due_on,
        CaseRow.version,
        CaseRow.last_sequence,
        CaseRow.last_hash,
    )
    return (await session.execute(select(*columns).where(CaseRow.id > after).order_by(CaseRow.id).limit(BATCH))).all()


async def _histories_of(session: AsyncSession, case_ids: list[int]) -> dict[int, dict[int, Row[Any]]]:
    columns = _as_stored(*(getattr(CaseEventRow, column.key) for column in CaseEventRow.__table__.columns))
    statement = (
        select(*columns).where(CaseEventRow.case_id.in_(case_ids)).order_by(CaseEventRow.case_id, CaseEventRow.sequence)
    )
    lines = (await session.execute(statement)).all()
    grouped = groupby(lines, key=lambda line: line.case_id)
    return {case_id: {line.sequence: line for line in of_case} for case_id, of_case in grouped}


def _findings_of(case: Row[Any], history: dict[int, Row[Any]]) -> Iterator[Finding]:
    genuine_hash: bytes | None = case.last_hash
    for sequence in range(case.last_sequence, 0, -1):
        line = history.get(sequence)
        if line is None:
            yield Finding(case.reference, sequence, Fault.REMOVED)
            genuine_hash = None
        elif line.hash == _hash_of(case.reference, line) == (genuine_hash or line.hash):
            genuine_hash = line.previous_hash
        else:
            yield Finding(case.reference, sequence, Fault.CHANGED)
            genuine_hash = None  # what a changed line says of the one before it is worth nothing
    for sequence in sorted(history.keys() - set(range(1, case.last_sequence + 1))):
        yield Finding(case.reference, sequence, Fault.INSERTED)
    last = history.get(case.last_sequence)
    if last is not None and not _stands_as(case, last):
        yield Finding(case.reference, case.last_sequence, Fault.CASE_CHANGED)


def _stands_as(case: Row[Any], last: Row[Any]) -> bool:
    return (case.status, case.resolution, case.due_on, case.version, case.last_hash) == (
        last.status_after,
        last.resolution_after,
        last.due_on_after,
        last.case_version,
        last.hash,
    )


def _hash_of(reference: str, line: Row[Any]) -> bytes:
    parts = {name: value for name, value in line._mapping.items() if name not in {"case_id", "hash"}}
    return event_hash(reference=reference, **parts)
