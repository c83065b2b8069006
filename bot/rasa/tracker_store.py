"""Rasa's trackers in our PostgreSQL: schema ``rasa``, through the same driver as everything else.

An event's content holds what the visitor wrote and what the bot noted of it, so it is sealed (docs/adr/0061).

Rasa's own store asks for the tracker again at each step of a turn, and counts what is stored before it adds to it.
Within :func:`reading_once` a turn reads its tracker with one statement and adds its events with one more
(docs/adr/0094).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import DeclarativeBase

from bot.holdings import TRACKER
from bot.rasa import composition
from foundation.database import refuse_one_that_ended, sqlalchemy_url
from foundation.errors import WeakSecretError

SCHEMA: Final = "rasa"
POOL_SIZE: Final = 5


@dataclass(slots=True)
class _InHand:
    """A conversation's tracker as the turn under way has it."""

    tracker: DialogueStateTracker | None
    stored: int
    """How many of its events are in the database."""


_in_hand: ContextVar[dict[str, _InHand] | None] = ContextVar("trackers in hand", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """While the block runs, in this task, read a conversation's tracker once and go on with it.

    For whoever holds the conversation's lock: nobody else may add to the conversation meanwhile.
    """
    token = _in_hand.set({})
    try:
        yield
    finally:
        _in_hand.reset(token)


class SealedText(sa.types.TypeDecorator[str]):
    """Text that lies sealed in the database; without a key ring, which only trackers in memory may lack, as it is."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Any) -> str | None:
        """Seal what is stored."""
        ring = composition.key_ring()
        return value if value is None or ring is None else ring.encrypt_to_text(value, context=TRACKER)

    def process_result_value(self, value: str | None, _dialect: Any) -> str | None:
        """Open what is read. What an earlier version stored is plain until a rotation has sealed it."""
        ring = composition.key_ring()
        if value is None or ring is None or not value.startswith("sealed:"):
            return value
        return ring.decrypt_from_text(value, context=TRACKER)


class PostgresTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store on our engine.

    Rasa's constructor is not called: it makes an engine by itself, prints its address, and tries for ever to connect.
    ``domain`` and ``event_broker`` come from Rasa; where the database is says the environment. Without one the trackers
    live in a database in memory, so that ``rasa shell`` and ``rasa test`` work with nothing around.
    """

    class Base(DeclarativeBase):
        """Base of Rasa's one table, ours because its content is sealed."""

    class SQLEvent(Base):
        """An event of a tracker: Rasa's own table, but for the type of ``data``."""

        __tablename__ = "events"

        id = sa.Column(sa.Integer, primary_key=True)
        sender_id = sa.Column(sa.String(255), nullable=False, index=True)
        type_name = sa.Column(sa.String(255), nullable=False)
        timestamp = sa.Column(sa.Float)
        intent_name = sa.Column(sa.String(255))
        action_name = sa.Column(sa.String(255))
        data = sa.Column(SealedText)

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **more: Any,
    ) -> None:
        url = host or composition.database_url()
        if url is not None and composition.key_ring() is None:
            raise WeakSecretError("INSYN_ENCRYPTION_SECRETS must be set: trackers are not stored in plain text")
        self.engine = make_engine(url)
        if url is None:
            self.Base.metadata.create_all(self.engine)  # the database's own is made by its migration
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)
        TrackerStore.__init__(self, domain, event_broker, **more)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation's tracker, None when there is none; within :func:`reading_once` the one in hand."""
        in_hand = _in_hand.get()
        if in_hand is None:
            return self._read(sender_id)[0]
        if sender_id not in in_hand:
            in_hand[sender_id] = _InHand(*self._read(sender_id))
        return in_hand[sender_id].tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add the events that are not stored yet."""
        found = (_in_hand.get() or {}).get(tracker.sender_id)
        if found is None:
            await super().save(tracker)
            return
        await self.stream_events(tracker)
        events = list(tracker.events)
        if new := events[found.stored :]:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(self.SQLEvent), [self._row(tracker.sender_id, event) for event in new])
        found.tracker, found.stored = tracker, len(events)

    def _read(self, sender_id: str) -> tuple[DialogueStateTracker | None, int]:
        """Return the tracker and the number of its events, with one statement.

        Of all sessions: a session of Rasa's never ends here, by ``domain.yml``.
        """
        event = self.SQLEvent
        query: sa.Select[Any] = sa.select(event.data).where(event.sender_id == sender_id).order_by(event.id)
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            events = [json.loads(data) for data in connection.scalars(query)]
        if not events or self.domain is None:
            return None, len(events)
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots), len(events)

    @staticmethod
    def _row(sender_id: str, event: Event) -> dict[str, Any]:
        """Return an event as it is stored, as Rasa's own ``save`` does it."""
        data = event.as_dict()
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }


def make_engine(url: str | None) -> sa.engine.Engine:
    """Return an engine on schema ``rasa`` of the database at ``url``; without a url one in memory.

    Values do not show in its errors.
    """
    if url is None:
        return sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    options = f"-c search_path={SCHEMA} -c timezone=UTC -c statement_timeout=30000"
    engine = sa.create_engine(
        sqlalchemy_url(url),
        pool_size=POOL_SIZE,
        hide_parameters=True,
        connect_args={"options": options, "application_name": "insyn-rasa"},
    )
    sa.event.listen(engine, "checkout", refuse_one_that_ended)
    return engine
