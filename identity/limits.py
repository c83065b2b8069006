"""How often something may be done within a time: counted in the database, so that replicas count together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute


async def seconds_to_wait(
    session: AsyncSession,
    done_at: InstrumentedAttribute[datetime],
    whose: ColumnElement[bool],
    *,
    limit: int,
    window_s: float,
    now: datetime,
) -> int | None:
    """Return for how long it may not be done again, or None if it may be done now.

    Args:
        done_at: the column that says when it was done; a row each time.
        whose: which rows count.
    """
    window = timedelta(seconds=window_s)
    counted = await session.execute(select(func.count(), func.min(done_at)).where(whose, done_at > now - window))
    number, oldest = counted.one()
    return None if number < limit else max(1, int((oldest + window - now).total_seconds()))
