"""The broker's other half: asks BankID every two seconds, tends what runs out, and announces every change.

Any number of replicas run it. An order is collected by the one that holds its lease; the lease is renewed while a call
lasts and taken over when its holder falls silent.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import Clock
from foundation.database import Sessions
from foundation.errors import DecryptionError
from identity.announcer import Announcer, OnChange
from identity.background import Crew, Rounds
from identity.bankid import BankIdClient, CollectReply, errors
from identity.config import BrokerConfig
from identity.desk import OrderDesk
from identity.outcome import Outcomes
from identity.store import locked, order_of
from identity.tables import IdentificationOrderRow, IdentificationRow
from identity.tending import Tender

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

HANDS: Final = 32
"""Orders that one replica collects at a time, and announcements that it makes at a time."""

TEND_INTERVAL_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Due:
    """An order whose lease this replica holds."""

    order_id: int
    identification_id: str
    number: int
    order_ref: str = field(repr=False)


class Collector:
    """See the module."""

    def __init__(
        self,
        sessions: Sessions,
        client: BankIdClient,
        desk: OrderDesk,
        outcomes: Outcomes,
        announcer: Announcer,
        clock: Clock,
        config: BrokerConfig,
    ) -> None:
        self._sessions, self._client, self._desk = sessions, client, desk
        self._outcomes, self._announcer, self._clock, self._config = outcomes, announcer, clock, config
        self._tender = Tender(sessions, clock, config)
        self._name = str(uuid.uuid4())
        self._running: list[Rounds] = []

    def wake(self) -> None:
        """Look now: this replica has just changed something."""
        for rounds in self._running:
            rounds.wake()

    async def run(self, on_change: OnChange) -> None:
        """Work until cancelled; what is under way then is still finished."""
        collecting, announcing = Crew(HANDS), Crew(HANDS)
        idle_s = self._config.idle_interval_s
        self._running = [
            Rounds(lambda: self._begin_collects(collecting), interval_s=idle_s),
            Rounds(lambda: self._announcer.begin(on_change, announcing), interval_s=idle_s),
        ]
        tending = Rounds(self._tender.tend, interval_s=TEND_INTERVAL_S)
        try:
            async with asyncio.TaskGroup() as tasks:
                for rounds in (*self._running, tending):
                    tasks.create_task(rounds.run())
        finally:
            self._running = []
            await collecting.finish()
            await announcing.finish()

    async def round(self) -> None:
        """Do by hand, and to the end, what :meth:`run` repeats: collect what is due, and tend."""
        await asyncio.gather(*[self._collect(due) for due in await self._claim(HANDS)])
        await self._tender.tend()

    async def _begin_collects(self, crew: Crew) -> None:
        """Begin collecting what is due; a slow answer holds nobody else up."""
        for due in await self._claim(crew.free):
            crew.add(self._collect(due))

    async def _claim(self, limit: int) -> list[Due]:
        """Take the leases of orders that are due and nobody's."""
        if limit <= 0:
            return []
        now, order = self._clock(), IdentificationOrderRow
        free = or_(order.lease_until.is_(None), order.lease_until < now)
        async with self._sessions.begin() as session:
            rows = await session.scalars(
                select(order)
                .where(order.state == "pending", order.next_collect_at <= now, free)
                .order_by(order.next_collect_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            claimed = []
            for row in rows.all():
                row.lease_owner, row.lease_until = self._name, now + timedelta(seconds=self._config.lease_s)
                if order_ref := self._order_ref(row):
                    claimed.append(Due(row.id, row.identification_id, row.number, order_ref))
            return claimed

    def _order_ref(self, row: IdentificationOrderRow) -> str | None:
        try:
            return self._desk.order_ref(row)
        except DecryptionError:
            log.exception("identification %s: its secrets cannot be read", row.identification_id)
            return None

    async def _collect(self, due: Due) -> None:
        """Ask BankID, store the answer; a QR code that nobody scanned is followed by a new one."""
        reply: CollectReply | errors.BankIdError
        try:
            reply = await self._holding_lease(due, self._client.collect(due.order_ref))
        except errors.BankIdError as error:
            log.warning("identification %s: collect: %s", due.identification_id, error)
            reply = error
        renewed: int | None = None
        async with self._sessions.begin() as session:
            rows = await self._locked(session, due)
            if rows:
                renewed = self._outcomes.apply(session, *rows, reply, now=self._clock())
        self.wake()
        if renewed is not None:
            await self._desk.launch(due.identification_id, renewed)
            self.wake()

    async def _holding_lease(self, due: Due, call: Coroutine[Any, Any, Answer]) -> Answer:
        """Await ``call``, renewing the lease as long as it lasts."""
        task = asyncio.ensure_future(call)
        try:
            while not (await asyncio.wait({task}, timeout=self._config.lease_s / 3))[0]:
                async with self._sessions.begin() as session:
                    await session.execute(
                        update(IdentificationOrderRow)
                        .where(
                            IdentificationOrderRow.id == due.order_id,
                            IdentificationOrderRow.lease_owner == self._name,
                        )
                        .values(lease_until=self._clock() + timedelta(seconds=self._config.lease_s))
                    )
            return task.result()
        finally:
            task.cancel()

    async def _locked(self, session: AsyncSession, due: Due) -> tuple[IdentificationRow, IdentificationOrderRow] | None:
        """Return the rows, locked and free of the lease, if the order still counts and runs: else it is too late."""
        identification = await locked(session, due.identification_id)
        order = await order_of(session, identification) if identification else None
        if identification is None or order is None or order.number != due.number or order.state != "pending":
            return None
        order.lease_owner = order.lease_until = None
        return identification, order
