"""Tells of every stored change until it was heard: what a replica's death interrupts, another one repeats."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from foundation.clock import Clock
from foundation.database import Sessions
from foundation.errors import DecryptionError
from identity.background import Crew
from identity.store import Presenter, locked
from identity.tables import IdentificationRow
from identity.views import IdentificationChange

log = logging.getLogger(__name__)

OnChange = Callable[[IdentificationChange], Awaitable[None]]
LEASE_S: Final = 60.0
RETRY_S: Final = 2.0
HANDS: Final = 32


class Announcer:
    """Claims what is owed and hands it to ``on_change``; several at a time, one at a time per identification."""

    def __init__(self, sessions: Sessions, presenter: Presenter, clock: Clock) -> None:
        self._sessions, self._presenter, self._clock = sessions, presenter, clock

    async def begin(self, on_change: OnChange, crew: Crew) -> None:
        """Begin to announce what is owed; a slow listener holds nobody else up."""
        for revision, change in await self.claim(crew.free):
            crew.add(self.announce(on_change, revision, change))

    async def announce(self, on_change: OnChange, revision: int, change: IdentificationChange) -> None:
        """Announce one change; when its listener fails, whatever the failure, it stays owed."""
        [result] = await asyncio.gather(on_change(change), return_exceptions=True)
        if isinstance(result, BaseException):
            log.error("identification %s: announcement failed", change.identification.id, exc_info=result)
        await self._note(change.identification.id, revision, received=not isinstance(result, BaseException))

    async def claim(self, limit: int) -> list[tuple[int, IdentificationChange]]:
        """Return changes that are owed, with their revisions, and keep other replicas off them for a while."""
        if limit <= 0:
            return []
        now, row = self._clock(), IdentificationRow
        async with self._sessions.begin() as session:
            found = await session.scalars(
                select(row)
                .where(row.announced_revision < row.revision, row.announce_after_at <= now)
                .order_by(row.changed_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            owed = []
            for identification in found.all():
                identification.announce_after_at = now + timedelta(seconds=LEASE_S)
                try:
                    shown = await self._presenter.read(session, identification)
                except DecryptionError:
                    log.exception("identification %s cannot be read", identification.id)
                    continue
                owed.append((identification.revision, IdentificationChange(identification.conversation_id, shown)))
            return owed

    async def _note(self, identification_id: str, revision: int, *, received: bool) -> None:
        now = self._clock()
        async with self._sessions.begin() as session:
            identification = await locked(session, identification_id)
            if identification is None:
                return
            if received:
                identification.announced_revision = max(identification.announced_revision, revision)
            pause_s = 0.0 if received else RETRY_S
            identification.announce_after_at = now + timedelta(seconds=pause_s)
