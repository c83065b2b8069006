"""Re-seals what older keys closed, while everything runs: row by row, in small transactions, from the declarations.

Nothing is locked beyond one batch. A row that somebody changes in between keeps their change: it is only replaced where
the ciphertext is still the one that was read. What is already under the current key is passed over, so a rotation that
broke off is simply run again.
"""

# ruff: noqa: S608 - the statements are made of declared names

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.database import Sessions
from foundation.encryption import KeyRing
from foundation.errors import DecryptionError
from foundation.holdings import Holding, Sealed

BATCH: Final = 200
PAUSE_S: Final = 0.02
"""Between two batches, so that a rotation is never what a service waits for."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done in one column."""

    table: str
    column: str
    rewritten: int
    unreadable: int
    """Values that no key of the ring opens: put the old key back, or they are damaged."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How many values of a column one key has closed."""

    table: str
    column: str
    key_id: str
    """In hexadecimal; empty for text that was never sealed."""

    values: int


async def rotate(
    sessions: Sessions, key_ring: KeyRing, holdings: Sequence[Holding], *, batch: int = BATCH, pause_s: float = PAUSE_S
) -> AsyncIterator[Rotated]:
    """Yield each sealed column when all of it is under the current key of the ring."""
    for holding in holdings:
        for sealed in holding.sealed:
            column = _Column(holding, sealed, key_ring)
            rewritten, unreadable = await _rotate_column(sessions, column, batch=batch, pause_s=pause_s)
            yield Rotated(holding.table, sealed.column, rewritten, unreadable)


async def key_use(sessions: Sessions, holdings: Sequence[Holding]) -> list[KeyUse]:
    """Return which keys have closed how much: a key that stands nowhere any more can be taken off the ring."""
    used = []
    for holding in holdings:
        for sealed in holding.sealed:
            async with sessions() as session:
                rows = await session.execute(text(_count(holding, sealed)))
                used += [KeyUse(holding.table, sealed.column, key_id, number) for key_id, number in rows.tuples()]
    return used


class _Column:
    """One sealed column: its statements, and how a value is re-sealed."""

    def __init__(self, holding: Holding, sealed: Sealed, key_ring: KeyRing) -> None:
        self._sealed, self._ring, self._keys = sealed, key_ring, holding.key
        column = f"t.{sealed.column}"
        self._current: Any = key_ring.text_prefix if sealed.is_text else key_ring.current_key_id
        is_old = f"left({column}, :length) <> :current" if sealed.is_text else f"substr({column}, 1, 8) <> :current"
        keys = ", ".join(f"t.{name}" for name in holding.key)
        self._select = f"""
            SELECT {column}, {holding.bound_to}, {keys} FROM {holding.table} t
             WHERE {column} IS NOT NULL AND {is_old} {{after}} ORDER BY {keys} LIMIT :batch
        """
        self._after = f"AND ({keys}) > ({', '.join(f':key{n}' for n in range(len(holding.key)))})"
        same = " AND ".join(f"t.{name} = :key{n}" for n, name in enumerate(holding.key))
        self._update = text(
            f"UPDATE {holding.table} t SET {sealed.column} = :new WHERE {same} AND {column} = :old"
        ).bindparams(bindparam("new"), bindparam("old"))

    async def batch(self, session: AsyncSession, *, after: tuple[Any, ...] | None, size: int) -> Sequence[Any]:
        statement = self._select.format(after="" if after is None else self._after)
        values = {"current": self._current, "batch": size, **self.key_values(after or ())}
        if self._sealed.is_text:
            values["length"] = len(self._current)
        return (await session.execute(text(statement), values)).all()

    def key_values(self, key: Sequence[Any]) -> dict[str, Any]:
        return {f"key{n}": value for n, value in enumerate(key)}

    def resealed(self, value: Any, bound_to: str) -> Any:
        context = self._sealed.context.format(bound_to)
        if self._sealed.is_text:
            is_plain = not value.startswith("sealed:")
            opened = value if is_plain else self._ring.decrypt_from_text(value, context=context)
            return self._ring.encrypt_to_text(opened, context=context)
        return self._ring.encrypt(self._ring.decrypt(bytes(value), context=context), context=context)

    async def replace(self, session: AsyncSession, key: Sequence[Any], *, old: Any, new: Any) -> int:
        result = await session.execute(self._update, {"old": old, "new": new, **self.key_values(key)})
        return int(getattr(result, "rowcount", 0))


async def _rotate_column(sessions: Sessions, column: _Column, *, batch: int, pause_s: float) -> tuple[int, int]:
    rewritten = unreadable = 0
    after: tuple[Any, ...] | None = None
    while True:
        async with sessions.begin() as session:
            rows = await column.batch(session, after=after, size=batch)
            for value, bound_to, *key in rows:
                try:
                    new = column.resealed(value, bound_to)
                except DecryptionError:
                    unreadable += 1
                else:
                    rewritten += await column.replace(session, key, old=value, new=new)
        if len(rows) < batch:
            return rewritten, unreadable
        after = tuple(rows[-1][2:])
        await asyncio.sleep(pause_s)


def _count(holding: Holding, sealed: Sealed) -> str:
    column = f"t.{sealed.column}"
    key_id = f"encode(substr({column}, 1, 8), 'hex')"
    if sealed.is_text:
        key_id = f"CASE WHEN {column} LIKE 'sealed:%' THEN split_part({column}, ':', 2) ELSE '' END"
    return f"SELECT {key_id}, count(*) FROM {holding.table} t WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC"
