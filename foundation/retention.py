"""Erases what has expired, table by table, from the declarations (:mod:`foundation.holdings`).

Small transactions, so that nothing waits for it; what breaks off is taken up by the next run. Which rows have expired
follows from what stands in them and the clock, so a missed night loses nothing.
"""

# ruff: noqa: S608 - the statements are made of declared names

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import Clock
from foundation.database import Sessions
from foundation.holdings import Expiry, Holding

BATCH: Final = 200


class PeriodBefore(Protocol):
    """A length of time that can be counted back from an instant."""

    def before(self, now: datetime) -> datetime:
        """Return the instant that lies this long before ``now``."""

    @property
    def label(self) -> str:
        """The length in words."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What retention did, or would do, to one table."""

    table: str
    period: str
    rows: int
    deletes: bool
    """False: the rows stay, and what is personal in them goes."""


class Retention:
    """Knows the tables, the periods and the time.

    Args:
        sessions: the database.
        holdings: in the order in which the tables are gone through.
        periods: has a period under each name that a declaration uses.
        clock: the present instant.
    """

    def __init__(self, sessions: Sessions, holdings: Sequence[Holding], *, periods: Any, clock: Clock) -> None:
        self._sessions, self._clock = sessions, clock
        self._tables = [
            _Table(holding, holding.expiry, getattr(periods, holding.expiry.period))
            for holding in holdings
            if holding.expiry is not None
        ]

    async def preview(self) -> list[Erasure]:
        """Return how many rows of each table have expired, and change nothing."""
        return [table.erasure(await self._count(table)) for table in self._tables]

    async def run(self) -> list[Erasure]:
        """Erase what has expired, and return how many rows of each table that were."""
        return [table.erasure(await self._erase(table)) for table in self._tables]

    async def _count(self, table: _Table) -> int:
        async with self._sessions() as session:
            values = table.values(self._clock())
            return await session.scalar(text(table.count), values) or 0

    async def _erase(self, table: _Table) -> int:
        erased = 0
        while True:
            now = self._clock()
            async with self._sessions.begin() as session:
                keys = [tuple(row) for row in await session.execute(text(table.select), table.values(now))]
                await table.erase(session, keys, now)
            erased += len(keys)
            if len(keys) < BATCH:
                return erased


class _Table:
    """One table with rows that expire: its statements."""

    def __init__(self, holding: Holding, expiry: Expiry, period: PeriodBefore) -> None:
        self._holding, self._expiry, self._period = holding, expiry, period
        keys = ", ".join(f"t.{name}" for name in holding.key)
        self.count = f"SELECT count(*) FROM {holding.table} t WHERE ({expiry.when})"
        self.select = f"""
            SELECT {keys} FROM {holding.table} t WHERE ({expiry.when})
             ORDER BY {keys} LIMIT {BATCH} FOR UPDATE OF t SKIP LOCKED
        """
        same = " AND ".join(f"t.{name} = :key{n}" for n, name in enumerate(holding.key))
        self._delete = f"DELETE FROM {holding.table} t WHERE {same}"

    def values(self, now: datetime) -> dict[str, Any]:
        values = {"before": self._period.before(now), "now": now}
        return {name: value for name, value in values.items() if f":{name}" in self._expiry.when}

    async def erase(self, session: AsyncSession, keys: Sequence[tuple[Any, ...]], now: datetime) -> None:
        if self._expiry.erase is not None:
            await self._expiry.erase(session, keys, now)
        elif keys:
            await session.execute(text(self._delete), [{f"key{n}": part for n, part in enumerate(key)} for key in keys])

    def erasure(self, rows: int) -> Erasure:
        return Erasure(self._holding.table, self._period.label, rows, deletes=self._expiry.erase is None)
