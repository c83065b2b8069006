"""Statements on the suppression list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import MarketingChannel
from cases.storage.connector_rows import ConnectorOrderRow
from cases.storage.cursor import ListPosition
from cases.storage.rows import MarketingBlockReceiptRow, MarketingBlockRow

ADDRESS: Final = "marketing_block.address"
"""What a sealed address is bound to, beside its digest."""


async def ensure_block(
    session: AsyncSession,
    *,
    channel: MarketingChannel,
    address_digest: bytes,
    address_sealed: bytes,
    effective_at: datetime,
) -> tuple[int, bool]:
    """Return the id of the entry for an address, and whether this call made it."""
    statement = (
        insert(MarketingBlockRow)
        .values(
            channel=channel, address_digest=address_digest, address_sealed=address_sealed, effective_at=effective_at
        )
        .on_conflict_do_nothing(index_elements=["channel", "address_digest"])
        .returning(MarketingBlockRow.id)
    )
    made = await session.scalar(statement)
    if made is not None:
        return made, True
    existing = await block_by_digest(session, channel=channel, address_digest=address_digest)
    if existing is None:
        raise LookupError("a marketing block vanished between two statements")
    return existing.id, False


async def block_by_digest(
    session: AsyncSession, *, channel: MarketingChannel, address_digest: bytes
) -> MarketingBlockRow | None:
    """Return the entry for an address, if it is on the list."""
    return await session.scalar(
        select(MarketingBlockRow).where(
            MarketingBlockRow.channel == channel, MarketingBlockRow.address_digest == address_digest
        )
    )


async def blocks_of_conversations(
    session: AsyncSession, conversation_ids: Sequence[UUID]
) -> Sequence[MarketingBlockRow]:
    """Return the entries that came of a no in one of these conversations."""
    receipts = select(MarketingBlockReceiptRow.block_id).where(
        MarketingBlockReceiptRow.conversation_id.in_(conversation_ids)
    )
    holds = MarketingBlockRow.lifted_at.is_(None)
    return (await session.scalars(select(MarketingBlockRow).where(holds, MarketingBlockRow.id.in_(receipts)))).all()


async def held_block(session: AsyncSession, reference: str) -> MarketingBlockRow | None:
    """Return the entry that a receipt confirms, locked; None when it no longer holds."""
    confirmed = select(MarketingBlockReceiptRow.block_id).where(MarketingBlockReceiptRow.reference == reference)
    statement = select(MarketingBlockRow).where(
        MarketingBlockRow.id == confirmed.scalar_subquery(), MarketingBlockRow.lifted_at.is_(None)
    )
    return await session.scalar(statement.with_for_update())


async def drop_unfinished_orders(session: AsyncSession, block_id: int) -> None:
    """Delete what other systems were still to do about an entry."""
    unfinished = delete(ConnectorOrderRow).where(
        ConnectorOrderRow.block_id == block_id, ConnectorOrderRow.state != "done"
    )
    await session.execute(unfinished)


async def insert_receipt(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a receipt and tell whether its reference was free."""
    statement = insert(MarketingBlockReceiptRow).values(values).on_conflict_do_nothing(index_elements=["reference"])
    return await session.scalar(statement.returning(MarketingBlockReceiptRow.reference)) is not None


async def list_receipts(
    session: AsyncSession, *, limit: int, before: ListPosition | None
) -> Sequence[tuple[MarketingBlockReceiptRow, MarketingBlockRow]]:
    """Return at most ``limit`` receipts with their entries, newest first."""
    statement = (
        select(MarketingBlockReceiptRow, MarketingBlockRow)
        .join(MarketingBlockRow, MarketingBlockRow.id == MarketingBlockReceiptRow.block_id)
        .order_by(MarketingBlockReceiptRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(MarketingBlockReceiptRow.id < before.id)
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def receipt_by_reference(
    session: AsyncSession, reference: str
) -> tuple[MarketingBlockReceiptRow, MarketingBlockRow] | None:
    """Return a receipt and the entry it confirms."""
    statement = (
        select(MarketingBlockReceiptRow, MarketingBlockRow)
        .join(MarketingBlockRow, MarketingBlockRow.id == MarketingBlockReceiptRow.block_id)
        .where(MarketingBlockReceiptRow.reference == reference)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])
