"""Whether an answer helped, kept so that it says nothing about who said so (docs/adr/0045)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Date, String, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations import Visitor
from bot.refusals import Refusals
from bot.schemas import FeedbackCount, GivenFeedback, Verdict
from bot.tables import Base, MessageRow, TurnRow
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.swedish_dates import local_date

_ANSWER: Final = "chat.feedback.answer"


class FeedbackRow(Base):
    """One verdict on one answer. No text, no conversation, no time of day."""

    __tablename__ = "feedback"

    answer_digest: Mapped[bytes] = mapped_column(primary_key=True)
    """Keyed digest of the answer's number: the same visitor may think again, and an answer counts once."""

    given_on: Mapped[date] = mapped_column(Date, index=True)
    intent: Mapped[str] = mapped_column(String(120))
    """What the question was understood as."""

    verdict: Mapped[str] = mapped_column(String(12))
    """``helped`` or ``not_helped``."""

    reason: Mapped[str | None] = mapped_column(String(24))
    """Why it did not help: one of the choices of the API."""


class FeedbackBook:
    """Takes verdicts and counts them."""

    def __init__(self, *, sessions: Sessions, key_ring: KeyRing, refusals: Refusals, clock: Clock) -> None:
        self._sessions, self._key_ring = sessions, key_ring
        self._refusals, self._clock = refusals, clock

    async def give(self, visitor: Visitor, given: GivenFeedback) -> None:
        """Keep what the visitor thinks of an answer; said again, the newer word counts.

        Raises:
            ProblemError: no such answer of the bot's to a message of the visitor's stands in their conversation.
        """
        query = (
            select(TurnRow.intent)
            .join(MessageRow, MessageRow.turn_id == TurnRow.id)
            .where(
                MessageRow.id == given.message_id,
                MessageRow.conversation_id == visitor.conversation_id,
                MessageRow.sender == "bot",
                TurnRow.message_id.is_not(None),
                TurnRow.intent.is_not(None),
            )
        )
        async with self._sessions.begin() as session:
            intent = await session.scalar(query)
            if intent is None:
                raise self._refusals.answer_not_found()
            said = {
                "given_on": local_date(self._clock()),
                "intent": intent,
                "verdict": given.verdict,
                "reason": given.reason,
            }
            row = insert(FeedbackRow).values(answer_digest=self._digest(given.message_id), **said)
            await session.execute(row.on_conflict_do_update(index_elements=["answer_digest"], set_=said))

    async def verdicts(self, message_ids: Iterable[int]) -> list[Verdict]:
        """Return what was said of which of these answers: who holds the messages can tell, nobody else."""
        of_digest = {self._digest(message_id): message_id for message_id in message_ids}
        query = select(FeedbackRow).where(FeedbackRow.answer_digest.in_(list(of_digest)))
        async with self._sessions() as session:
            rows = (await session.scalars(query)).all()
        found = [
            Verdict(message_id=of_digest[row.answer_digest], verdict=row.verdict, reason=row.reason) for row in rows
        ]
        return sorted(found, key=lambda one: one.message_id)

    def _digest(self, message_id: int) -> bytes:
        return self._key_ring.lookup_digest(str(message_id), context=_ANSWER)

    async def counts(self, *, days: int) -> Sequence[FeedbackCount]:
        """Return how often which question was said to be answered well or not, most often unhelpful first."""
        since = local_date(self._clock()) - timedelta(days=days)
        number = func.count()
        query = (
            select(FeedbackRow.intent, FeedbackRow.verdict, FeedbackRow.reason, number)
            .where(FeedbackRow.given_on >= since)
            .group_by(FeedbackRow.intent, FeedbackRow.verdict, FeedbackRow.reason)
            .order_by(FeedbackRow.verdict.desc(), number.desc(), FeedbackRow.intent, FeedbackRow.reason)
        )
        async with self._sessions() as session:
            rows = (await session.execute(query)).tuples()
            return [
                FeedbackCount(intent=intent, verdict=verdict, reason=reason, count=count)
                for intent, verdict, reason, count in rows
            ]
