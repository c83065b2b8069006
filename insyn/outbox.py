"""``insyn deliveries``: messages to other systems that never arrived."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from cases.deliveries import DeadLetter, Deliveries
from cases.webhooks import WebhookSender
from foundation.clock import system_clock
from foundation.database import Sessions
from insyn.errors import InsynError
from insyn.settings import Settings
from insyn.upkeep import with_database

AT_MOST = 1000


def dead(config: Settings) -> Table:
    """Return the deliveries that failed for good, oldest first."""

    async def work(sessions: Sessions) -> Sequence[DeadLetter]:
        return await _deliveries(sessions).dead_letters(limit=AT_MOST)

    table = Table("Number", "Receiver", "Case", "Event", "Attempts", "Last answer")
    for letter in with_database(config, work):
        table.add_row(
            str(letter.delivery_id),
            letter.endpoint_name,
            letter.reference,
            letter.kind,
            str(letter.attempts),
            letter.last_outcome or "",
        )
    return table


def replay(config: Settings, numbers: Sequence[int]) -> int:
    """Start dead deliveries afresh, all of them if none is named, and return how many there were.

    Raises:
        InsynError: one that was named is not dead.
    """

    async def work(sessions: Sessions) -> int:
        deliveries = _deliveries(sessions)
        wanted = list(numbers) or [letter.delivery_id for letter in await deliveries.dead_letters(limit=AT_MOST)]
        for number in wanted:
            if not await deliveries.replay(number) and numbers:
                raise InsynError(f"delivery {number} is not dead; see: insyn deliveries dead")
        return len(wanted)

    return with_database(config, work)


def _deliveries(sessions: Sessions) -> Deliveries:
    # Nothing is sent from here: the worker does it.
    return Deliveries(sessions, (), sender=WebhookSender(public_only=True), clock=system_clock)
