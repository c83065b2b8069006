"""Statements that are whole transactions, sent over connections of the driver's own: for what must be fast.

SQLAlchemy's way to a connection and back takes longer than a small statement itself: greenlets, a transaction begun and
ended. A use case that is one statement needs none of it (docs/adr/0067).
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from foundation.database import connect_arguments, libpq_url, says_nothing

AT_MOST: Final = 6
"""Connections of one process: what is waiting here for its turn would otherwise wait for the server's cores."""


class SingleStatements:
    """Runs single statements on the server of an engine; goes when the engine is disposed of.

    Args:
        engine: says where, and as whom.
        application_name: what ``pg_stat_activity`` shows.
        at_most: so many statements run at once; more wait.
    """

    def __init__(self, engine: AsyncEngine, *, application_name: str = "insyn", at_most: int = AT_MOST) -> None:
        self._url = libpq_url(engine.url.render_as_string(hide_password=False))
        self._arguments = connect_arguments(application_name)
        self._places = asyncio.Semaphore(at_most)
        self._resting: list[psycopg.AsyncCursor[Any]] = []
        event.listen(engine.sync_engine, "engine_disposed", self._close)

    async def first_row(self, sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run a statement, and return the first row that it returns: its effects are committed then, or there are none.

        Raises:
            psycopg.Error: whatever the server or the connection objects to.
        """
        async with self._places:
            cursor = self._rested() or await self._connected()
            try:
                await cursor.execute(sql, parameters)
                return await cursor.fetchone()
            finally:
                connection = cursor.connection
                if connection.info.transaction_status is TransactionStatus.IDLE:
                    self._resting.append(cursor)
                else:  # somebody was called off in the midst of it
                    await connection.close()

    def _rested(self) -> psycopg.AsyncCursor[Any] | None:
        """Return the one that rested last, so that what is not needed stays unused; those that ended are left out."""
        while self._resting:
            cursor = self._resting.pop()
            if says_nothing(cursor.connection):
                return cursor
            cursor.connection.pgconn.finish()
        return None

    async def _connected(self) -> psycopg.AsyncCursor[Any]:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, **self._arguments)
        return connection.cursor()

    def _close(self, _engine: object) -> None:
        while self._resting:
            self._resting.pop().connection.pgconn.finish()
