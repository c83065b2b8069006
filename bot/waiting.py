"""What a visitor who waits for a person can honestly be told: when staff come, and how long others had to wait."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import BigInteger, Identity, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.tables import Base
from privacy.staff_hours import StaffHours

LOOKED_BACK: Final = timedelta(hours=2)
"""Waits that ended longer ago say nothing about now."""

FEWEST: Final = 3
MOST: Final = 10
"""Waits from which a time is told; fewer are chance, more are old."""


class WaitRow(Base):
    """How long somebody waited for a person; not who."""

    __tablename__ = "handoff_wait"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    answered_at: Mapped[datetime] = mapped_column(index=True)
    waited_s: Mapped[int]


class Waiting:
    """Knows the hours and the last waits.

    Args:
        hours: when staff answer; None when nothing is known of it.
    """

    def __init__(self, hours: StaffHours | None) -> None:
        self._hours = hours

    def opens(self, now: datetime) -> str | None:
        """Return when staff come, in Swedish; None while they are there, or when their hours are not known."""
        return None if self.is_staffed(now) or self._hours is None else self._hours.spoken_opening(now)

    def is_staffed(self, instant: datetime) -> bool:
        """Tell whether somebody may come at ``instant``."""
        return self._hours is None or self._hours.are_on(instant)

    def note(self, session: AsyncSession, *, since: datetime, now: datetime) -> None:
        """Keep how long a wait was that has just ended; one that began out of hours is no measure."""
        if self.is_staffed(since):
            session.add(WaitRow(answered_at=now, waited_s=max(0, int((now - since).total_seconds()))))

    async def expected_minutes(self, session: AsyncSession, now: datetime) -> int | None:
        """Return the median of the last waits in whole minutes, at least 1; None when there is nothing to tell."""
        if not self.is_staffed(now):
            return None
        query = select(WaitRow.waited_s).where(WaitRow.answered_at > now - LOOKED_BACK)
        waits = (await session.scalars(query.order_by(WaitRow.answered_at.desc()).limit(MOST))).all()
        return max(1, math.ceil(median(waits) / 60)) if len(waits) >= FEWEST else None
