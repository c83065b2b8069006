"""Rasa's trackers in our PostgreSQL: schema ``rasa``, through the same driver as everything else.

An event's content holds what the visitor wrote and what the bot noted of it, so it is sealed (docs/adr/0061).
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.orm import DeclarativeBase

from bot.holdings import TRACKER
from bot.rasa import composition
from foundation.database import sqlalchemy_url
from foundation.errors import WeakSecretError

SCHEMA: Final = "rasa"
POOL_SIZE: Final = 5


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
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            self.Base.metadata.create_all(connection)
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)
        TrackerStore.__init__(self, domain, event_broker, **more)


def make_engine(url: str | None) -> sa.engine.Engine:
    """Return an engine on schema ``rasa`` of the database at ``url``; without a url one in memory.

    Values do not show in its errors.
    """
    if url is None:
        return sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    options = f"-c search_path={SCHEMA} -c timezone=UTC -c statement_timeout=30000"
    return sa.create_engine(
        sqlalchemy_url(url),
        pool_size=POOL_SIZE,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": options, "application_name": "insyn-rasa"},
    )
