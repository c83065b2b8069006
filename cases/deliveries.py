"""Delivers the outbox: one attempt at a time, what came of it kept, the dead ones visible and replayable.

A delivery is made at least once. Messages of one case reach a receiver in order: the job queue's lock holds the later
ones back while an earlier one is retried.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cases.config import WebhookEndpoint
from cases.storage import lost_jobs, outbox
from cases.storage.rows import OutboxMessageRow, WebhookDeliveryRow
from cases.webhooks import Message, Outcome, WebhookSender
from foundation.clock import Clock
from foundation.database import Sessions

log = logging.getLogger(__name__)

WAITS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Between attempts, over some three days: the schedule that Standard Webhooks propose."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that a receiver never took."""

    delivery_id: int
    endpoint_name: str
    reference: str
    kind: str
    attempts: int
    last_outcome: str | None
    last_attempt_at: datetime | None


class DeliveryFailedError(Exception):
    """An attempt failed, and there is another in ``retry_in``."""

    def __init__(self, summary: str, *, retry_in: timedelta) -> None:
        super().__init__(summary)
        self.retry_in = retry_in


class Deliveries:
    """Attempts deliveries and keeps what came of them."""

    def __init__(
        self, sessions: Sessions, endpoints: tuple[WebhookEndpoint, ...], *, sender: WebhookSender, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._sender = sender
        self._clock = clock

    async def attempt(self, delivery_id: int) -> None:
        """Make one attempt, unless the delivery is over already.

        Raises:
            DeliveryFailedError: it failed and is to be attempted again; after the last attempt it is dead instead.
        """
        async with self._sessions() as session:
            found = await outbox.delivery_with_message(session, delivery_id)
        if found is None or found[0].state != "pending":
            return
        delivery, stored = found
        message = Message(stored.message_id, stored.kind, stored.occurred_at, stored.payload)
        outcome = await self._send(delivery.endpoint_name, message)
        retry_in = None if outcome.delivered else _next_wait(outcome, attempts=delivery.attempts + 1)
        await self._keep(delivery_id, outcome, is_dead=not outcome.delivered and retry_in is None)
        if retry_in is not None:
            raise DeliveryFailedError(outcome.summary, retry_in=retry_in)

    async def dead_letters(self, *, limit: int = 100) -> list[DeadLetter]:
        """Return the oldest deliveries that failed for good."""
        async with self._sessions() as session:
            rows = await outbox.unfinished_deliveries(session, state="dead", limit=limit)
            letters = []
            for row in rows:
                found = await outbox.delivery_with_message(session, row.id)
                if found is not None:
                    letters.append(_letter(*found))
        return letters

    async def replay(self, delivery_id: int) -> bool:
        """Start a dead delivery afresh, and tell whether it was dead."""
        async with self._sessions.begin() as session:
            found = await outbox.delivery_with_message(session, delivery_id, for_update=True)
            if found is None or found[0].state != "dead":
                return False
            found[0].state, found[0].attempts = "pending", 0
            await session.flush()
            await lost_jobs.defer(session, lost_jobs.DELIVERY, delivery_id)
        return True

    async def adopt_orphans(self, *, limit: int = 1000) -> int:
        """Make jobs for pending deliveries that have none, and return how many there were."""
        async with self._sessions.begin() as session:
            return await lost_jobs.adopt_orphans(session, lost_jobs.DELIVERY, limit=limit)

    async def _send(self, endpoint_name: str, message: Message) -> Outcome:
        endpoint = self._endpoints.get(endpoint_name)
        if endpoint is None:
            return Outcome(delivered=False, summary="not configured", gone=True)
        return await asyncio.to_thread(self._sender.send, endpoint, message, now=self._clock())

    async def _keep(self, delivery_id: int, outcome: Outcome, *, is_dead: bool) -> None:
        now = self._clock()
        async with self._sessions.begin() as session:
            found = await outbox.delivery_with_message(session, delivery_id, for_update=True)
            if found is None:
                return
            row, _ = found
            row.attempts += 1
            row.last_attempt_at, row.last_outcome = now, outcome.summary
            if outcome.delivered:
                row.state, row.delivered_at = "delivered", now
            elif is_dead:
                row.state = "dead"
                log.error("webhook delivery %s to %s is dead: %s", row.id, row.endpoint_name, outcome.summary)


def _next_wait(outcome: Outcome, *, attempts: int) -> timedelta | None:
    if outcome.gone or attempts > len(WAITS):
        return None
    return max(WAITS[attempts - 1], outcome.retry_after or timedelta())


def _letter(delivery: WebhookDeliveryRow, message: OutboxMessageRow) -> DeadLetter:
    return DeadLetter(
        delivery_id=delivery.id,
        endpoint_name=delivery.endpoint_name,
        reference=message.ordering_key,
        kind=message.kind,
        attempts=delivery.attempts,
        last_outcome=delivery.last_outcome,
        last_attempt_at=delivery.last_attempt_at,
    )
