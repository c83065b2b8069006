"""Has a system do something, once, and keeps the receipt.

An order is a row; its job is made by the database in the same transaction. Whatever dies in between, the operation is
made again, and being idempotent does no more than once. What failed for good is dead, visible, and can be placed
afresh.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from cases.checklists import Checklists, locked_case
from cases.connectors.errors import (
    AccessRefusedError,
    ConnectorError,
    RateLimitedError,
    RequestRejectedError,
)
from cases.connectors.interface import Answer, Connector, ExportedFile, Operation, Outcome, as_json
from cases.deliveries import WAITS
from cases.drafts import JOBS, Actor
from cases.errors import CaseNotFoundError, NoSuchConnectorError
from cases.files.errors import FileRefusedError
from cases.files.service import CaseFiles
from cases.history import EventKind
from cases.identity_gate import require_identity
from cases.recording import record
from cases.storage import connector_orders as storage
from cases.storage import lost_jobs
from cases.storage.cases import case_by_reference
from cases.storage.connector_rows import ConnectorOrderRow
from cases.storage.marketing import ADDRESS as BLOCKED_ADDRESS
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from cases.storage.tasks import task_of
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.checklist import TaskState
from privacy.contact_addresses import normalise_email

log = logging.getLogger(__name__)

ADDRESS: Final = "connector_order.address"
ANSWER: Final = "connector_order.answer"

Result = tuple[Answer, tuple[ExportedFile, ...]]


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order, as officers and operators see it; without the address."""

    id: int
    system: str
    operation: Operation
    task_key: str | None
    block_id: int | None
    state: str
    attempts: int
    last_outcome: str | None
    ordered_at: datetime
    last_attempt_at: datetime | None
    done_at: datetime | None
    outcome: Outcome | None
    actor_id: str
    records: tuple[Mapping[str, str], ...] = field(default=(), repr=False)
    """What the system calls the records that it worked: the receipt."""


class OrderFailedError(Exception):
    """An attempt failed, and there is another in ``retry_in``."""

    def __init__(self, summary: str, *, retry_in: timedelta) -> None:
        super().__init__(summary)
        self.retry_in = retry_in


class Orders:
    """Places orders and carries them out."""

    def __init__(
        self,
        sessions: Sessions,
        connectors: Mapping[str, Connector],
        *,
        key_ring: KeyRing,
        clock: Clock,
        files: CaseFiles,
        checklists: Checklists,
    ) -> None:
        self._sessions = sessions
        self._connectors = connectors
        self._sealer = Sealer(key_ring)
        self._clock = clock
        self._files = files
        self._checklists = checklists

    async def place(
        self,
        reference: str,
        *,
        task_key: str | None,
        system: str,
        operation: Operation,
        address: str,
        form_id: str,
        actor: Actor,
    ) -> OrderView:
        """Have a system do something for a case. The same form again is the same order.

        Args:
            reference: the case's.
            task_key: the task of its checklist that the order settles.
            system: the system's id in the register.
            operation: what it is to do.
            address: the e-mail address by which the person is known there.
            form_id: made where the form was shown.
            actor: who orders.

        Raises:
            CaseNotFoundError: no case has that reference.
            NoSuchConnectorError: the system is not connected, or cannot do that.
            InvalidContactAddressError: the address is none.
            IdentityNotEstablishedError: it is to erase, and nobody knows surely enough who asks for that.
        """
        connector = self._connectors.get(system)
        if connector is None or operation not in connector.operations:
            raise NoSuchConnectorError(system)
        order_key = f"case:{reference}:{form_id}"
        sealed = self._sealer.seal_certain(normalise_email(address), column=ADDRESS, reference=order_key)
        async with self._sessions.begin() as session:
            case = await locked_case(session, reference)
            if operation is Operation.ERASE:  # what is gone is gone; a search or an export stays in the case
                await require_identity(session, case)
            values = {
                "order_key": order_key,
                "system": system,
                "operation": operation,
                "case_id": case.id,
                "task_key": task_key,
                "address_sealed": sealed,
                "ordered_at": self._clock(),
                "actor_id": actor.id,
            }
            made = await storage.insert_order(session, values)
            if made is not None:
                facts = {"order_id": made, "system": system, "operation": operation.value}
                await self._record(session, case, EventKind.CONNECTOR_ORDERED, actor, facts)
            order = await storage.order_by_key(session, order_key)
            if order is None:
                raise LookupError("an order vanished within its own transaction")
            return self._view(order)

    async def of_case(self, reference: str) -> Sequence[OrderView]:
        """Return a case's orders, oldest first.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await case_by_reference(session, reference)
            if case is None:
                raise CaseNotFoundError(reference)
            return [self._view(row) for row in await storage.orders_of_case(session, case.id)]

    async def of_receipts(self, references: Iterable[str]) -> Mapping[str, Sequence[OrderView]]:
        """Return how far each no to marketing has come, system by system, by the receipt's reference."""
        async with self._sessions() as session:
            blocks = await storage.block_ids_of_receipts(session, references)
            latest = await storage.latest_orders_of_blocks(session, set(blocks.values()))
        return {
            reference: [self._view(row) for row in latest if row.block_id == block_id]
            for reference, block_id in blocks.items()
        }

    async def dead(self, *, limit: int = 100) -> Sequence[OrderView]:
        """Return the oldest orders that failed for good."""
        async with self._sessions() as session:
            return [self._view(row) for row in await storage.dead_orders(session, limit=limit)]

    async def replay(self, order_id: int) -> bool:
        """Start a dead order afresh, and tell whether it was dead."""
        async with self._sessions.begin() as session:
            order = await storage.order_by_id(session, order_id, for_update=True)
            if order is None or order.state != "dead":
                return False
            order.state, order.attempts = "pending", 0
            await session.flush()
            await lost_jobs.defer(session, lost_jobs.ORDER, order_id)
        return True

    async def adopt_orphans(self, *, limit: int = 1000) -> int:
        """Make jobs for pending orders that have none, and return how many there were."""
        async with self._sessions.begin() as session:
            return await lost_jobs.adopt_orphans(session, lost_jobs.ORDER, limit=limit)

    async def attempt(self, order_id: int) -> None:
        """Make one attempt, unless the order is over already.

        Raises:
            OrderFailedError: it failed and is to be attempted again; after the last attempt it is dead instead.
        """
        async with self._sessions() as session:
            order = await storage.order_by_id(session, order_id)
            if order is None or order.state != "pending":
                return
            address, reference = await self._whom(session, order)
        connector = self._connectors.get(order.system)
        if connector is None:
            await self._keep_failure(order_id, "not configured", is_dead=True)
            return
        try:
            answer, files = await asyncio.to_thread(_operation(connector, order.operation), address)
        except ConnectorError as error:
            wait = _next_wait(error, attempts=order.attempts + 1)
            await self._keep_failure(order_id, _summary(error), is_dead=wait is None)
            if wait is None:
                return
            raise OrderFailedError(_summary(error), retry_in=wait) from None
        try:
            if reference is not None:  # before the receipt: a worker that dies here stores the same again, in its place
                await self._store(reference, order.system, files)
        except FileRefusedError as error:
            await self._keep_failure(order_id, f"file refused: {error.refusal}", is_dead=True)
            return
        await self._keep_receipt(order_id, answer, reference)

    async def _store(self, reference: str, system: str, files: Iterable[ExportedFile]) -> None:
        for file in files:
            await self._files.store_gathered(reference, system=system, name=file.name, content=file.content, actor=JOBS)

    async def _whom(self, session: AsyncSession, order: ConnectorOrderRow) -> tuple[str, str | None]:
        """Return the address to look for, and the reference of the order's case, if it is a case's."""
        if order.block_id is not None:
            block = await storage.block_by_id(session, order.block_id)
            if block is None:
                raise LookupError("an order's block is gone")
            place = block.address_digest.hex()
            return self._sealer.unseal_certain(block.address_sealed, column=BLOCKED_ADDRESS, reference=place), None
        if order.address_sealed is None:
            raise LookupError("an order of a case without an address")
        address = self._sealer.unseal_certain(order.address_sealed, column=ADDRESS, reference=order.order_key)
        case = await session.get_one(CaseRow, order.case_id)
        return address, case.reference

    async def _keep_receipt(self, order_id: int, answer: Answer, reference: str | None) -> None:
        now = self._clock()
        async with self._sessions.begin() as session:
            case = None if reference is None else await locked_case(session, reference)
            order = await storage.order_by_id(session, order_id, for_update=True)
            if order is None or order.state != "pending":
                return  # another worker was faster: its receipt stands
            order.attempts, order.last_attempt_at, order.last_outcome = order.attempts + 1, now, answer.outcome.value
            order.state, order.outcome, order.done_at = "done", answer.outcome, now
            content = json.dumps(as_json(answer), ensure_ascii=False)
            order.answer_sealed = self._sealer.seal_certain(content, column=ANSWER, reference=order.order_key)
            await session.flush()
            if case is not None:
                await self._tell_case(session, case, order, answer)

    async def _tell_case(self, session: AsyncSession, case: CaseRow, order: ConnectorOrderRow, answer: Answer) -> None:
        facts: dict[str, Any] = {
            "order_id": order.id,
            "system": order.system,
            "operation": order.operation.value,
            "outcome": answer.outcome.value,
            "records": len(answer.records),
        }
        await self._record(session, case, EventKind.CONNECTOR_ANSWERED, JOBS, facts)
        if order.task_key is None or answer.outcome is Outcome.ABSENT:
            return  # nobody with that address: whether that settles it, or the address was another, an officer decides
        task = await task_of(session, case.id, order.task_key)
        if task is not None and task.state is TaskState.OPEN:
            await self._checklists.settle(session, case, task, to=TaskState.DONE, note=None, actor=JOBS)

    async def _keep_failure(self, order_id: int, summary: str, *, is_dead: bool) -> None:
        async with self._sessions.begin() as session:
            found = await storage.order_by_id(session, order_id)
            case = None
            if found is not None and found.case_id is not None:  # the case before its order, as everywhere
                case = await locked_case(session, (await session.get_one(CaseRow, found.case_id)).reference)
            order = await storage.order_by_id(session, order_id, for_update=True)
            if order is None or order.state != "pending":
                return
            order.attempts, order.last_attempt_at, order.last_outcome = order.attempts + 1, self._clock(), summary
            if not is_dead:
                return
            order.state = "dead"
            log.error("order %s to %s is dead: %s", order.id, order.system, summary)
            await session.flush()
            if case is not None:
                facts = {"order_id": order.id, "system": order.system, "operation": order.operation.value}
                await self._record(session, case, EventKind.CONNECTOR_GAVE_UP, JOBS, facts)

    async def _record(
        self, session: AsyncSession, case: CaseRow, kind: EventKind, actor: Actor, facts: dict[str, Any]
    ) -> None:
        await record(
            session, case, kind, actor=actor, occurred_at=self._clock(), status_before=case.status, facts=facts
        )

    def _view(self, row: ConnectorOrderRow) -> OrderView:
        answer = self._sealer.unseal(row.answer_sealed, column=ANSWER, reference=row.order_key)
        return OrderView(
            id=row.id,
            system=row.system,
            operation=row.operation,
            task_key=row.task_key,
            block_id=row.block_id,
            state=row.state,
            attempts=row.attempts,
            last_outcome=row.last_outcome,
            ordered_at=row.ordered_at,
            last_attempt_at=row.last_attempt_at,
            done_at=row.done_at,
            outcome=row.outcome,
            actor_id=row.actor_id,
            records=() if answer is None else tuple(json.loads(answer)["records"]),
        )


def _operation(connector: Connector, operation: Operation) -> Callable[[str], Result]:
    def work(address: str) -> Result:
        if operation is Operation.EXPORT:
            export = connector.export(address)
            return export.answer, export.files
        if operation is Operation.SUPPRESS:
            return connector.suppress(address), ()
        if operation is Operation.ERASE:
            return connector.erase(address), ()
        records = tuple(connector.find(address))
        return Answer(Outcome.DONE if records else Outcome.ABSENT, records), ()

    return work


def _next_wait(error: ConnectorError, *, attempts: int) -> timedelta | None:
    """Return when to try again: a refused request never, all else by the schedule of deliveries, over days."""
    if isinstance(error, RequestRejectedError) or attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1]
    return max(wait, error.retry_after) if isinstance(error, RateLimitedError) else wait


def _summary(error: ConnectorError) -> str:
    """Return what the operator reads: a status code or a word of ours."""
    return f"access refused: {error}" if isinstance(error, AccessRefusedError) else str(error)
