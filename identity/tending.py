"""Ends what has run out and drops what may not be kept. Every replica does it; each change is made once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from foundation.clock import Clock
from foundation.database import Sessions, reading
from identity.config import BrokerConfig
from identity.store import locked
from identity.tables import (
    IdentificationCodeRow,
    IdentificationMailRow,
    IdentificationOrderRow,
    IdentificationRow,
    IdentificationStartRow,
)
from identity.transitions import end
from identity.views import EMAIL, State

BATCH: Final = 100
STARTING_S: Final = 60.0
"""An order that is "starting" longer than this was left behind by a process that died."""

Change = Callable[[IdentificationRow, IdentificationOrderRow | None], None]


class Tender:
    """``tend`` does one round."""

    def __init__(self, sessions: Sessions, clock: Clock, config: BrokerConfig) -> None:
        self._sessions, self._clock, self._config = sessions, clock, config

    async def tend(self) -> None:
        now = self._clock()
        for condition, state, reason in self._rules(now):
            await self._sweep(condition, state, reason, now=now)
        await self._drop(now=now)

    def _rules(self, now: datetime) -> list[tuple[ColumnElement[bool], State, str]]:
        """Return what ends, how and why."""

        def before(seconds: float) -> datetime:
            return now - timedelta(seconds=seconds)

        row, order, config = IdentificationRow, IdentificationOrderRow, self._config
        return [
            (and_(order.state == "starting", order.started_at < before(STARTING_S)), State.FAILED, "error:unreachable"),
            (  # beyond the collector's own limit: nobody could collect it
                and_(order.state == "pending", order.started_at < before(2 * config.order_s)),
                State.EXPIRED,
                "broker:order_expired",
            ),
            (
                and_(order.state == "approved", order.approved_at < before(config.return_s)),
                State.FAILED,
                "broker:never_returned",
            ),
            (
                and_(row.state == State.PENDING, row.mode == EMAIL, _has_code_from(before(config.code_s))),
                State.EXPIRED,
                "broker:code_expired",
            ),
            (
                and_(row.state == State.OFFERED, row.offered_at < before(config.offer_s)),
                State.EXPIRED,
                "broker:offer_expired",
            ),
            (
                and_(
                    row.state == State.COMPLETE,
                    row.consumed_at.is_(None),
                    row.completed_at < before(config.consume_s),
                ),
                State.EXPIRED,
                "broker:completion_expired",
            ),
        ]

    async def _sweep(self, condition: ColumnElement[bool], state: State, reason: str, *, now: datetime) -> None:
        row, order = IdentificationRow, IdentificationOrderRow
        both = (
            select(row, order)
            .outerjoin(order, and_(order.identification_id == row.id, order.number == row.order_number))
            .where(condition)
        )
        async with reading(self._sessions) as session:
            found = (await session.scalars(both.with_only_columns(row.id).limit(BATCH))).all()
        for identification_id in found:
            async with self._sessions.begin() as session:
                # looked at again under the lock: somebody may have been quicker
                await locked(session, identification_id)
                still = (await session.execute(both.where(row.id == identification_id))).one_or_none()
                if still is not None:
                    end(still[0], still[1], state, reason, now=now)

    async def _drop(self, *, now: datetime) -> None:
        """Drop completions that can be read no more, codes that are valid no more, and what counts no more."""
        read_until = now - timedelta(seconds=self._config.consume_s)
        window = now - timedelta(seconds=self._config.starts_window_s)
        async with self._sessions.begin() as session:
            await session.execute(
                update(IdentificationRow)
                .where(IdentificationRow.consumed_at < read_until, IdentificationRow.completion.is_not(None))
                .values(completion=None)
            )
            await session.execute(
                delete(IdentificationCodeRow).where(
                    IdentificationCodeRow.made_at < now - timedelta(seconds=self._config.code_s)
                )
            )
            mails = now - timedelta(seconds=self._config.codes_window_s)
            await session.execute(delete(IdentificationMailRow).where(IdentificationMailRow.sent_at < mails))
            await session.execute(delete(IdentificationStartRow).where(IdentificationStartRow.started_at < window))


def _has_code_from(before: datetime) -> ColumnElement[bool]:
    """Tell whether the identification's code was made earlier than that."""
    code = IdentificationCodeRow
    return exists().where(code.identification_id == IdentificationRow.id, code.made_at < before)
