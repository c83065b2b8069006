"""PostgreSQL's LISTEN/NOTIFY as the publish/subscribe of all replicas.

A notification says only *that* something changed ("conversation X"); whoever hears it reads the database. So nothing
personal travels in it, and a missed one costs nothing once the subscriber looks again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.database import driver, libpq_url

log = logging.getLogger(__name__)

RECONNECT_AFTER_S = 1.0
EVERYTHING = "*"
"""The payload that wakes every subscriber: sent by the listener itself after it had lost its connection."""


async def notify(session: AsyncSession, channel: str, payload: str) -> None:
    """Tell the listeners of ``channel`` when the session's transaction commits; nothing is told if it does not."""
    await (await driver(session)).execute("SELECT pg_notify(%s, %s)", [channel, payload])


class Listener:
    """One connection per process that listens, and hands each payload to its subscribers.

    Run :meth:`run` as a task for as long as the service lives. A subscriber's queue holds at most one pending wake-up a
    payload: whoever is slow reads the database once, not once a notification.
    """

    def __init__(self, url: str, *channels: str) -> None:
        self._url = libpq_url(url)
        self._channels = channels
        self._subscribers: dict[str, set[asyncio.Event]] = defaultdict(set)
        self.connected = asyncio.Event()
        """Set while the connection stands; a service that is not listening is not healthy."""

    @contextlib.contextmanager
    def subscribe(self, payload: str) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever ``payload`` is notified; clear it before you read the database."""
        event = asyncio.Event()
        self._subscribers[payload].add(event)
        try:
            yield event
        finally:
            self._subscribers[payload].discard(event)
            if not self._subscribers[payload]:
                del self._subscribers[payload]

    async def run(self) -> None:
        """Listen until cancelled; reconnect when the connection is lost, and then wake everybody."""
        while True:
            try:
                async for payload in self._payloads():
                    self._wake(payload)
            except psycopg.OperationalError:
                log.warning("listener lost its connection; trying again in %.0f s", RECONNECT_AFTER_S)
            finally:
                self.connected.clear()
            await asyncio.sleep(RECONNECT_AFTER_S)

    async def _payloads(self) -> AsyncIterator[str]:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            for channel in self._channels:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self.connected.set()
            yield EVERYTHING
            async for notification in connection.notifies():
                yield notification.payload

    def _wake(self, payload: str) -> None:
        if payload == EVERYTHING:
            events = {event for subscribers in self._subscribers.values() for event in subscribers}
        else:
            events = self._subscribers.get(payload, set()) | self._subscribers.get(EVERYTHING, set())
        for event in events:
            event.set()
