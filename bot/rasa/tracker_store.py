"""Rasa's trackers in our PostgreSQL: schema ``rasa``, through the same driver as everything else."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain

from bot.rasa import composition
from foundation.database import sqlalchemy_url

SCHEMA: Final = "rasa"
POOL_SIZE: Final = 5


class PostgresTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store on our engine.

    Rasa's constructor is not called: it makes an engine by itself, prints its address, and tries for ever to connect.
    ``domain`` and ``event_broker`` come from Rasa; where the database is says the environment. Without one the trackers
    live in a database in memory, so that ``rasa shell`` and ``rasa test`` work with nothing around.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **more: Any,
    ) -> None:
        self.engine = make_engine(host or composition.database_url())
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
