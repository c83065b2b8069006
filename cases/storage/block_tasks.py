"""Statements on what is to be done by hand about numbers on the suppression list."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ARRAY, String, delete, func, literal, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import MarketingChannel
from cases.storage.block_task_rows import BlockTaskRow
from cases.storage.rows import MarketingBlockRow
from privacy.checklist import TaskState


async def insert_missing(
    session: AsyncSession, systems: Iterable[str], *, now: datetime, block_id: int | None = None
) -> int:
    """Make the tasks that held blocks of numbers lack in any of the systems, and return how many there were.

    ``block_id`` narrows to one block.
    """
    wanted = func.unnest(literal(list(systems), ARRAY(String))).table_valued("system").render_derived("wanted")
    held = (
        select(MarketingBlockRow.id, wanted.c.system, literal(now))
        .join_from(MarketingBlockRow, wanted, true())
        .where(MarketingBlockRow.channel == MarketingChannel.PHONE, MarketingBlockRow.lifted_at.is_(None))
        .order_by(MarketingBlockRow.id)
    )
    if block_id is not None:
        held = held.where(MarketingBlockRow.id == block_id)
    statement = insert(BlockTaskRow).from_select(["block_id", "system", "made_at"], held).on_conflict_do_nothing()
    return len((await session.scalars(statement.returning(BlockTaskRow.block_id))).all())


async def open_tasks(session: AsyncSession, *, limit: int) -> Sequence[tuple[BlockTaskRow, MarketingBlockRow]]:
    """Return the tasks that wait longest, each with its block."""
    statement = (
        select(BlockTaskRow, MarketingBlockRow)
        .join(MarketingBlockRow, MarketingBlockRow.id == BlockTaskRow.block_id)
        .where(BlockTaskRow.state == TaskState.OPEN)
        .order_by(BlockTaskRow.made_at, BlockTaskRow.block_id, BlockTaskRow.system)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def count_open(session: AsyncSession) -> tuple[int, datetime | None]:
    """Return how many tasks wait, and since when the oldest does."""
    statement = select(func.count(), func.min(BlockTaskRow.made_at)).where(BlockTaskRow.state == TaskState.OPEN)
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def tasks_of_blocks(session: AsyncSession, block_ids: Iterable[int]) -> Sequence[BlockTaskRow]:
    """Return the tasks of some blocks, whatever their state."""
    statement = select(BlockTaskRow).where(BlockTaskRow.block_id.in_(list(block_ids))).order_by(BlockTaskRow.system)
    return (await session.scalars(statement)).all()


async def locked_task(session: AsyncSession, block_id: int, system: str) -> BlockTaskRow | None:
    """Return a task, locked until the transaction ends."""
    return await session.get(BlockTaskRow, (block_id, system), with_for_update=True, populate_existing=True)


async def drop_open(session: AsyncSession, block_id: int) -> None:
    """Delete what nobody needs to do any more: the block's owner took it back."""
    await session.execute(
        delete(BlockTaskRow).where(BlockTaskRow.block_id == block_id, BlockTaskRow.state == TaskState.OPEN)
    )
