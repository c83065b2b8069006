"""Statements on orders to other systems."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.connectors.interface import Operation
from cases.storage.connector_rows import ConnectorOrderRow, ReconciliationRow
from cases.storage.rows import MarketingBlockReceiptRow, MarketingBlockRow


async def insert_order(session: AsyncSession, values: dict[str, Any]) -> int | None:
    """Place an order and return its id; None if the same was placed before."""
    statement = insert(ConnectorOrderRow).values(values).on_conflict_do_nothing(index_elements=["order_key"])
    return await session.scalar(statement.returning(ConnectorOrderRow.id))


async def order_by_id(session: AsyncSession, order_id: int, *, for_update: bool = False) -> ConnectorOrderRow | None:
    """Return an order."""
    statement = select(ConnectorOrderRow).where(ConnectorOrderRow.id == order_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(statement)


async def order_by_key(session: AsyncSession, order_key: str) -> ConnectorOrderRow | None:
    """Return an order by the key under which it was placed."""
    return await session.scalar(select(ConnectorOrderRow).where(ConnectorOrderRow.order_key == order_key))


async def orders_of_case(session: AsyncSession, case_id: int) -> Sequence[ConnectorOrderRow]:
    """Return a case's orders, oldest first."""
    statement = select(ConnectorOrderRow).where(ConnectorOrderRow.case_id == case_id).order_by(ConnectorOrderRow.id)
    return (await session.scalars(statement)).all()


async def latest_orders_of_blocks(session: AsyncSession, block_ids: Iterable[int]) -> Sequence[ConnectorOrderRow]:
    """Return the newest order of each block and system."""
    newest = (
        select(func.max(ConnectorOrderRow.id))
        .where(ConnectorOrderRow.block_id.in_(list(block_ids)))
        .group_by(ConnectorOrderRow.block_id, ConnectorOrderRow.system)
    )
    statement = select(ConnectorOrderRow).where(ConnectorOrderRow.id.in_(newest)).order_by(ConnectorOrderRow.system)
    return (await session.scalars(statement)).all()


async def dead_orders(session: AsyncSession, *, limit: int) -> Sequence[ConnectorOrderRow]:
    """Return the oldest orders that failed for good and that no newer order for the same block made up for."""
    newer = aliased(ConnectorOrderRow)
    made_up_for = (
        select(newer.id)
        .where(
            newer.block_id == ConnectorOrderRow.block_id,
            newer.system == ConnectorOrderRow.system,
            newer.id > ConnectorOrderRow.id,
        )
        .exists()
    )
    statement = (
        select(ConnectorOrderRow)
        .where(ConnectorOrderRow.state == "dead", ~made_up_for)
        .order_by(ConnectorOrderRow.id)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def block_by_id(session: AsyncSession, block_id: int) -> MarketingBlockRow | None:
    """Return an entry of the suppression list."""
    return await session.get(MarketingBlockRow, block_id)


async def blocks_after(
    session: AsyncSession, after: int, *, channel: str, until: datetime, limit: int
) -> Sequence[MarketingBlockRow]:
    """Return the next entries of the suppression list of a channel that took effect before an instant."""
    statement = (
        select(MarketingBlockRow)
        .where(
            MarketingBlockRow.id > after,
            MarketingBlockRow.channel == channel,
            MarketingBlockRow.effective_at <= until,
            MarketingBlockRow.lifted_at.is_(None),
        )
        .order_by(MarketingBlockRow.id)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def pending_blocks(session: AsyncSession, system: str) -> set[int]:
    """Return the blocks whose order to a system is still under way."""
    statement = select(ConnectorOrderRow.block_id).where(
        ConnectorOrderRow.system == system,
        ConnectorOrderRow.operation == Operation.SUPPRESS,
        ConnectorOrderRow.state == "pending",
        ConnectorOrderRow.block_id.is_not(None),
    )
    return {block_id for block_id in await session.scalars(statement) if block_id is not None}


async def block_ids_of_receipts(session: AsyncSession, references: Iterable[str]) -> dict[str, int]:
    """Return the entry that each receipt confirms."""
    statement = select(MarketingBlockReceiptRow.reference, MarketingBlockReceiptRow.block_id).where(
        MarketingBlockReceiptRow.reference.in_(list(references))
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def last_reconciliations(session: AsyncSession, *, succeeded: bool) -> Sequence[ReconciliationRow]:
    """Return the newest comparison of each system, or the newest that succeeded."""
    newest = select(func.max(ReconciliationRow.id)).group_by(ReconciliationRow.system)
    if succeeded:
        newest = newest.where(ReconciliationRow.failure.is_(None))
    statement = select(ReconciliationRow).where(ReconciliationRow.id.in_(newest)).order_by(ReconciliationRow.system)
    return (await session.scalars(statement)).all()
