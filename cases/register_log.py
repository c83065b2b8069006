"""The register's own log: log-ins, refused access, tokens, retention, conversations shown to staff.

Append-only and hash-chained, as cases are.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, String, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import Actor
from cases.history import canonical_json
from cases.storage.register_rows import RegisterEventRow, RegisterHeadRow
from foundation.retention import Erasure

BATCH: Final = 1000


class RegisterEventKind(StrEnum):
    """What happened, in the past tense."""

    LOGGED_IN = "logged_in"
    LOGIN_FAILED = "login_failed"
    ACCESS_DENIED = "access_denied"
    TOKEN_ADDED = "token_added"  # noqa: S105 - a word
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a word
    RETENTION_RAN = "retention_ran"
    BLOCK_LIFTED = "block_lifted"
    CONVERSATION_SHOWN = "conversation_shown"
    BLOCK_TASK_CHANGED = "block_task_changed"
    BLOCKED_NUMBER_SHOWN = "blocked_number_shown"


async def note(
    session: AsyncSession,
    kind: RegisterEventKind,
    *,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Append a line, in the caller's transaction; others that append wait for its end.

    Args:
        session: the transaction.
        kind: what happened.
        actor: who did it, or tried to.
        now: the present instant.
        facts: strings, whole numbers, booleans and None; nothing personal of a data subject.
    """
    head = await session.get_one(RegisterHeadRow, 1, with_for_update=True, populate_existing=True)
    line = {
        "sequence": head.last_sequence + 1,
        "kind": kind.value,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "occurred_at": now,
        "facts": dict(facts or {}),
        "previous_hash": head.last_hash,
    }
    row = RegisterEventRow(**line | {"actor_kind": actor.kind}, hash=line_hash(line))
    session.add(row)
    head.last_sequence, head.last_hash = row.sequence, row.hash
    await session.flush()


async def note_retention(session: AsyncSession, erased: Sequence[Erasure], *, actor: Actor, now: datetime) -> None:
    """Append what retention erased, by table; a run that found nothing is noted too, for it ran."""
    facts = {erasure.table: erasure.rows for erasure in erased if erasure.rows}
    await note(session, RegisterEventKind.RETENTION_RAN, actor=actor, now=now, facts=facts)


def line_hash(line: Mapping[str, Any]) -> bytes:
    """Return the hash of a line's parts: SHA-256 over their canonical JSON."""
    content = dict(line) | {
        "occurred_at": line["occurred_at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "previous_hash": line["previous_hash"].hex(),
    }
    return hashlib.sha256(canonical_json(content)).digest()


async def head_of(session: AsyncSession) -> tuple[int, bytes]:
    """Return number and hash of the newest line."""
    head = await session.get_one(RegisterHeadRow, 1, populate_existing=True)
    return head.last_sequence, head.last_hash


async def lines_before(session: AsyncSession, before: int) -> Sequence[Row[Any]]:
    """Return at most :data:`BATCH` lines with a lower number, the highest first."""
    columns = [
        type_coerce(column, String).label(column.key) if column.key == "actor_kind" else column
        for column in RegisterEventRow.__table__.columns
    ]
    statement = select(*columns).where(RegisterEventRow.sequence < before)
    return (await session.execute(statement.order_by(RegisterEventRow.sequence.desc()).limit(BATCH))).all()


def is_genuine(line: Row[Any], *, wanted_hash: bytes | None) -> bool:
    """Tell whether a line says what it was written with, and what the line after it (if that is believed) says."""
    parts = {name: value for name, value in line._mapping.items() if name != "hash"}
    return bool(line.hash == line_hash(parts) == (wanted_hash or line.hash))


def missing_numbers(above: int, line: int) -> Iterator[int]:
    """Yield the numbers between a line and the one above it, highest first."""
    yield from range(above - 1, line, -1)
