"""A no to calls and text messages in the systems that hold numbers: done by hand, system by system, and not forgotten.

No connected system's programs can block a number (docs/adr/0068). So each block of a number carries a task for every
system that the register says may call or text; it is written with the block, seen until somebody has done it, and made
up for at night where it is missing.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import Actor
from cases.errors import StaleTaskError, TaskNotFoundError
from cases.register_log import RegisterEventKind, note
from cases.storage import block_tasks as storage
from cases.storage import connector_orders as blocks
from cases.storage.block_task_rows import BlockTaskRow
from cases.storage.marketing import ADDRESS
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.checklist import TaskState
from privacy.contact_addresses import mask_phone
from privacy.systems import SystemRegister

log = logging.getLogger(__name__)

SHOWN: Final = 100
"""Open tasks that are listed at once, the oldest first."""


@dataclass(frozen=True, slots=True)
class NumberTask:
    """One number to be blocked in one system, or how that ended."""

    block_id: int
    system: str
    state: TaskState
    version: int
    made_at: datetime
    changed_at: datetime | None
    actor_id: str | None


@dataclass(frozen=True, slots=True)
class NumberToBlock:
    """A number with what is still to be done about it."""

    block_id: int
    number: str = field(repr=False)
    """Masked, unless an officer asked to see it."""

    tasks: tuple[NumberTask, ...]


class NumberTasks:
    """Keeps how far each no to calls has come by hand."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, register: SystemRegister) -> None:
        self._sessions = sessions
        self._sealer = Sealer(key_ring)
        self._clock = clock
        self._systems = [system.id for system in register.reaching_numbers]

    async def make(self, session: AsyncSession, block_id: int) -> None:
        """Make the tasks of a new block, in the transaction that writes it."""
        await storage.insert_missing(session, self._systems, now=self._clock(), block_id=block_id)

    async def make_missing(self) -> int:
        """Make the tasks that blocks lack, as one from before a system was in the register, and return how many."""
        async with self._sessions.begin() as session:
            made = await storage.insert_missing(session, self._systems, now=self._clock())
            waiting, since = await storage.count_open(session)
        if made:
            log.warning("%s tasks to block a number by hand were missing, and are made", made)
        if since is not None:
            log.info("%s numbers wait to be blocked by hand, the oldest since %s", waiting, since.date())
        return made

    async def waiting(self, *, shown: int | None = None) -> Sequence[NumberToBlock]:
        """Return the numbers that wait longest with their open tasks; that of the block ``shown`` is not masked."""
        async with self._sessions() as session:
            found = await storage.open_tasks(session, limit=SHOWN)
        numbers: dict[int, str] = {}
        tasks: dict[int, list[NumberTask]] = {}
        for row, block in found:
            if block.id not in numbers:
                place = block.address_digest.hex()
                number = self._sealer.unseal_certain(block.address_sealed, column=ADDRESS, reference=place)
                numbers[block.id] = number if block.id == shown else mask_phone(number)
            tasks.setdefault(block.id, []).append(_view(row))
        return [NumberToBlock(block_id, number, tuple(tasks[block_id])) for block_id, number in numbers.items()]

    async def note_shown(self, block_id: int, *, actor: Actor) -> None:
        """Write in the register's log that an officer saw a whole number, before they do."""
        async with self._sessions.begin() as session:
            facts = {"block_id": block_id}
            await note(session, RegisterEventKind.BLOCKED_NUMBER_SHOWN, actor=actor, now=self._clock(), facts=facts)

    async def of_receipts(self, references: Iterable[str]) -> Mapping[str, Sequence[NumberTask]]:
        """Return the tasks of each no to marketing, by the receipt's reference; none for an address."""
        async with self._sessions() as session:
            ids = await blocks.block_ids_of_receipts(session, references)
            rows = await storage.tasks_of_blocks(session, set(ids.values()))
        return {
            reference: [_view(row) for row in rows if row.block_id == block_id] for reference, block_id in ids.items()
        }

    async def settle(self, block_id: int, system: str, *, to: TaskState, seen: int, actor: Actor) -> None:
        """Say that a number is blocked in a system, is not there, or is still to be blocked; the log remembers who.

        Raises:
            TaskNotFoundError: there is no such task; its block was lifted, perhaps.
            StaleTaskError: somebody changed it since version ``seen``.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            row = await storage.locked_task(session, block_id, system)
            if row is None:
                raise TaskNotFoundError(system)
            if row.version != seen:
                raise StaleTaskError(system, current=row.version)
            row.state, row.version, row.changed_at, row.actor_id = to, row.version + 1, now, actor.id
            facts = {"block_id": block_id, "system": system, "state": to.value}
            await note(session, RegisterEventKind.BLOCK_TASK_CHANGED, actor=actor, now=now, facts=facts)


def _view(row: BlockTaskRow) -> NumberTask:
    return NumberTask(
        block_id=row.block_id,
        system=row.system,
        state=row.state,
        version=row.version,
        made_at=row.made_at,
        changed_at=row.changed_at,
        actor_id=row.actor_id,
    )
