"""The suppression list: a no to direct marketing takes effect at once, without balancing and without a login.

Source: GDPR art. 21(2)-(3).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from cases import pictures
from cases.connectors.propagation import order_suppression
from cases.drafts import ASSISTANT, Actor, MarketingBlockDraft, MarketingChannel
from cases.errors import MarketingBlockNotFoundError, ReferenceTakenError
from cases.number_tasks import NumberTasks
from cases.register_log import RegisterEventKind, note
from cases.storage import marketing as storage
from cases.storage import outbox
from cases.storage.block_tasks import drop_open
from cases.storage.cursor import ListPosition, read_cursor, write_cursor
from cases.storage.marketing import ADDRESS
from cases.storage.rows import MarketingBlockReceiptRow, MarketingBlockRow
from cases.storage.sealing import Sealer
from cases.views import BlockRegistration, MarketingBlockReceipt, Page
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.contact_addresses import normalise_email, normalise_phone
from privacy.references import is_case_reference
from privacy.systems import NO_SYSTEMS, SystemRegister

BLOCK_CREATED = "marketing_block.created"
BLOCK_LIFTED = "marketing_block.lifted"


class SuppressionList:
    """Takes no for an answer, and knows who said it."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        key_ring: KeyRing,
        clock: Clock,
        marketing_systems: Sequence[str] = (),
        register: SystemRegister = NO_SYSTEMS,
    ) -> None:
        self._sessions = sessions
        self._sealer = Sealer(key_ring)
        self._clock = clock
        self._marketing_systems = marketing_systems
        self._number_tasks = NumberTasks(sessions, key_ring=key_ring, clock=clock, register=register)

    async def block(self, draft: MarketingBlockDraft) -> BlockRegistration:
        """Put an address on the list, at once. The same draft again gives the same receipt.

        An address that is on the list already gets a receipt of its own, with the day on which it came there.

        Raises:
            ReferenceTakenError: the reference was used before, for something else.
            InvalidContactAddressError: the address is none.
        """
        address = _normalised(draft.channel, draft.address)
        digest = self._sealer.request_digest(draft)
        async with self._sessions.begin() as session:
            if await storage.receipt_by_reference(session, draft.reference) is not None:
                receipt, stored_digest = await self._receipt(session, draft.reference)
                if stored_digest != digest:
                    raise ReferenceTakenError(draft.reference)
                return BlockRegistration(receipt, created=False)  # a repetition blocks nothing that was lifted since
            block_id, is_new = await self._ensure_block(session, draft.channel, address)
            values = {
                "reference": draft.reference,
                "block_id": block_id,
                "conversation_id": draft.conversation_id,
                "received_at": draft.received_at,
                "registered_at": self._clock(),
                "request_digest": digest,
            }
            created = await storage.insert_receipt(session, values)
            receipt, stored_digest = await self._receipt(session, draft.reference)
            if stored_digest != digest:
                raise ReferenceTakenError(draft.reference)
            if is_new:
                await self._tell(session, receipt, BLOCK_CREATED, at=receipt.effective_at)
                await self._propagate(session, block_id, draft.channel)
        return BlockRegistration(receipt, created=created)

    async def lift(self, reference: str, *, actor: Actor) -> bool:
        """Take an address off the list, which only its owner can wish, and tell whether it was on it.

        The address is forgotten with it. Other systems hear of it; in the connected ones the person stays unsubscribed
        until they sign up there again.

        Raises:
            MarketingBlockNotFoundError: no marketing block has that reference.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            receipt, _ = await self._receipt(session, reference)
            block = await storage.held_block(session, reference)
            if block is None:
                return False
            block.lifted_at = now
            block.address_digest = self._sealer.address_digest(block.channel, f"lifted {block.id}")
            block.address_sealed = self._sealer.seal_certain("", column=ADDRESS, reference=block.address_digest.hex())
            await storage.drop_unfinished_orders(session, block.id)
            await drop_open(session, block.id)
            facts = {"block_id": block.id, "reference": reference, "channel": block.channel.value}
            await note(session, RegisterEventKind.BLOCK_LIFTED, actor=actor, now=now, facts=facts)
            await self._tell(session, receipt, BLOCK_LIFTED, at=now)
        return True

    async def read(self, reference: str) -> MarketingBlockReceipt:
        """Return a receipt again.

        Raises:
            MarketingBlockNotFoundError: no marketing block has that reference.
        """
        if not is_case_reference(reference):
            raise MarketingBlockNotFoundError(reference)
        async with self._sessions() as session:
            receipt, _ = await self._receipt(session, reference)
            return receipt

    async def list_receipts(self, *, limit: int = 50, cursor: str | None = None) -> Page[MarketingBlockReceipt]:
        """Return one page of receipts, newest first.

        Raises:
            InvalidCursorError: ``cursor`` is not one that this method gave.
        """
        before = None if cursor is None else read_cursor(cursor)
        async with self._sessions() as session:
            found = await storage.list_receipts(session, limit=limit + 1, before=before)
        shown = found[:limit]
        next_cursor = None
        if len(found) > limit:
            next_cursor = write_cursor(ListPosition(shown[-1][0].registered_at.date(), shown[-1][0].id))
        return Page(tuple(self._picture(receipt, block) for receipt, block in shown), next_cursor)

    async def is_blocked(self, channel: MarketingChannel, address: str) -> bool:
        """Tell whether marketing to an address or number is blocked.

        Raises:
            InvalidContactAddressError: the address is none.
        """
        digest = self._sealer.address_digest(channel, _normalised(channel, address))
        async with self._sessions() as session:
            return await storage.block_by_digest(session, channel=channel, address_digest=digest) is not None

    async def _ensure_block(self, session: AsyncSession, channel: MarketingChannel, address: str) -> tuple[int, bool]:
        digest = self._sealer.address_digest(channel, address)
        return await storage.ensure_block(
            session,
            channel=channel,
            address_digest=digest,
            address_sealed=self._sealer.seal_certain(address, column=ADDRESS, reference=digest.hex()),
            effective_at=self._clock(),
        )

    async def _receipt(self, session: AsyncSession, reference: str) -> tuple[MarketingBlockReceipt, bytes]:
        found = await storage.receipt_by_reference(session, reference)
        if found is None:
            raise MarketingBlockNotFoundError(reference)
        receipt, block = found
        return self._picture(receipt, block), receipt.request_digest

    def _picture(self, receipt: MarketingBlockReceiptRow, block: MarketingBlockRow) -> MarketingBlockReceipt:
        sealed_for = block.address_digest.hex()
        address = self._sealer.unseal_certain(block.address_sealed, column=ADDRESS, reference=sealed_for)
        return pictures.block_receipt_of(receipt, block, address=address)

    async def _propagate(self, session: AsyncSession, block_id: int, channel: MarketingChannel) -> None:
        """Have the marketing systems stop: an address by jobs of this transaction, a number by tasks for staff."""
        if channel is MarketingChannel.PHONE:
            await self._number_tasks.make(session, block_id)
        else:
            await order_suppression(session, block_id, self._marketing_systems, now=self._clock(), actor=ASSISTANT)

    async def _tell(self, session: AsyncSession, receipt: MarketingBlockReceipt, kind: str, *, at: datetime) -> None:
        message = {
            "message_id": uuid4(),
            "ordering_key": receipt.reference,
            "kind": kind,
            "occurred_at": at,
            "payload": {"reference": receipt.reference, "channel": receipt.channel},
        }
        await outbox.add_message(session, message)


def _normalised(channel: MarketingChannel, address: str) -> str:
    return normalise_email(address) if channel is MarketingChannel.EMAIL else normalise_phone(address)
