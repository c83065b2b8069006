"""Compares the suppression list with every marketing system, once a night, and mends what is missed.

Who is blocked here and would still be sent marketing there gets a fresh order to that system. Driven by when the last
comparison succeeded, not by when the job ran: a night without a worker, or a system that was down, is made up for.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import text

from cases.connectors.errors import ConnectorError
from cases.connectors.interface import Connector, MarketingConnector
from cases.connectors.propagation import order_suppression
from cases.drafts import JOBS, MarketingChannel
from cases.storage import connector_orders as storage
from cases.storage.connector_rows import ReconciliationRow
from cases.storage.marketing import ADDRESS as BLOCKED_ADDRESS
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.swedish_dates import STOCKHOLM

log = logging.getLogger(__name__)

AT: Final = time(2, 0)
"""Swedish time from which a night's comparison is due."""

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparison found."""

    system: str
    started_at: datetime
    finished_at: datetime
    compared: int
    missed: int
    failure: str | None


class Reconciliation:
    """Finds who was missed."""

    def __init__(
        self, sessions: Sessions, connectors: Mapping[str, Connector], *, key_ring: KeyRing, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._connectors = {
            system: connector for system, connector in connectors.items() if isinstance(connector, MarketingConnector)
        }
        self._sealer = Sealer(key_ring)
        self._clock = clock

    async def run_due(self) -> Sequence[Comparison]:
        """Compare every system whose last success lies before the night's hour, and return what was found."""
        async with self._sessions() as session:
            last = {row.system: row.started_at for row in await storage.last_reconciliations(session, succeeded=True)}
        due_since = _last_night(self._clock())
        due = [system for system in self._connectors if system not in last or last[system] < due_since]
        return [await self.run(system) for system in due]

    async def run(self, system: str) -> Comparison:
        """Compare one system now.

        Raises:
            KeyError: the system is not connected, or sends no marketing.
        """
        connector, started_at = self._connectors[system], self._clock()
        addresses = await self._blocked(system, until=started_at)
        try:
            reached: Sequence[str] = await asyncio.to_thread(connector.reachable, list(addresses))
            failure = None
        except ConnectorError as error:
            reached, failure = (), str(error)
        for address in reached:
            await self._mend(system, addresses[address])
        compared, missed = 0 if failure else len(addresses), len(reached)
        comparison = Comparison(system, started_at, self._clock(), compared, missed, failure)
        async with self._sessions.begin() as session:
            session.add(
                ReconciliationRow(
                    system=system,
                    started_at=started_at,
                    finished_at=comparison.finished_at,
                    compared=compared,
                    missed=missed,
                    failure=failure,
                )
            )
        if failure is not None:
            log.error("the suppression list could not be compared with %s: %s", system, failure)
        if missed:
            log.warning("%s of %s blocked addresses were still reachable in %s; ordered anew", missed, compared, system)
        return comparison

    async def latest(self) -> Sequence[Comparison]:
        """Return the newest comparison of each system."""
        async with self._sessions() as session:
            rows = await storage.last_reconciliations(session, succeeded=False)
        return [
            Comparison(row.system, row.started_at, row.finished_at, row.compared, row.missed, row.failure)
            for row in rows
        ]

    async def _blocked(self, system: str, *, until: datetime) -> Mapping[str, int]:
        """Return the blocked addresses with their entries, but those whose order is under way."""
        addresses: dict[str, int] = {}
        async with self._sessions() as session:
            under_way = await storage.pending_blocks(session, system)
            after = 0
            while blocks := await storage.blocks_after(
                session, after, channel=MarketingChannel.EMAIL, until=until, limit=BATCH
            ):
                for block in blocks:
                    if block.id not in under_way:
                        place = block.address_digest.hex()
                        address = self._sealer.unseal_certain(
                            block.address_sealed, column=BLOCKED_ADDRESS, reference=place
                        )
                        addresses[address] = block.id
                after = blocks[-1].id
        return addresses

    async def _mend(self, system: str, block_id: int) -> None:
        async with self._sessions.begin() as session:
            # Two comparisons at once, or one repeated after a crash, must not order the same twice.
            await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('cases.reconcile'))"))
            if block_id in await storage.pending_blocks(session, system):
                return
            now = self._clock()
            await order_suppression(session, block_id, [system], now=now, actor=JOBS, occasion=now.isoformat())


def _last_night(now: datetime) -> datetime:
    """Return the instant from which the latest night's comparison is due."""
    today = now.astimezone(STOCKHOLM).date()
    tonight = datetime.combine(today, AT, STOCKHOLM)
    return tonight if now >= tonight else datetime.combine(today - timedelta(days=1), AT, STOCKHOLM)
