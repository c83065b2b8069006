"""PostgreSQL through SQLAlchemy 2, async, with psycopg 3: one choice for every service (docs/adr/0004)."""

import select
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import blake2b
from typing import Any, ClassVar, Final, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import DateTime, MetaData, event, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

Sessions = async_sessionmaker[AsyncSession]
"""Opens database sessions; ``async with sessions.begin() as session`` is one transaction."""

DATABASE_ERRORS: Final = (OperationalError, psycopg.OperationalError, PoolTimeoutError)
"""The database is gone, is going, is full or has no connection left: nothing that the caller did."""

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata_for(schema: str) -> MetaData:
    """Return metadata whose tables live in ``schema`` and whose constraints have predictable names."""
    return MetaData(schema=schema, naming_convention=NAMING_CONVENTION)


class TypedBase(DeclarativeBase):
    """What every declarative base of ours shares: instants with a time zone, JSON as JSONB.

    A package derives its own base: ``class Base(TypedBase): metadata = metadata_for("cases")``.
    """

    __abstract__ = True
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


def sqlalchemy_url(url: str) -> str:
    """Return ``url`` with the driver that our code uses, whatever PostgreSQL spelling came in.

    ``postgres://…`` and ``postgresql://…`` are what operators paste; SQLAlchemy wants ``postgresql+psycopg://…``.
    """
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def is_postgresql_url(url: str) -> bool:
    """Tell whether ``url`` is an address of PostgreSQL, in any spelling."""
    try:
        return make_url(url.replace("postgres://", "postgresql://", 1)).get_backend_name() == "postgresql"
    except ArgumentError:
        return False


def libpq_url(url: str) -> str:
    """Return ``url`` as libpq and psycopg themselves take it: ``postgresql://…``, and no space even in a password."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False).replace(" ", "%20")


def create_engine(url: str, *, pool_size: int = 10, application_name: str = "insyn") -> AsyncEngine:
    """Return an engine on ``url`` whose connections speak UTC and never wait for ever on a lock or a statement.

    Args:
        url: any PostgreSQL URL; the driver is replaced by psycopg 3.
        pool_size: connections kept open; as many again may be opened under load.
        application_name: what ``pg_stat_activity`` shows.
    """
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # an error's text goes to a log
        connect_args=connect_arguments(application_name),
    )
    event.listen(engine.sync_engine, "checkout", refuse_one_that_ended)
    return engine


def connect_arguments(application_name: str) -> dict[str, Any]:
    """Return what every connection of ours is opened with."""
    return {
        "application_name": application_name,
        "options": "-c timezone=UTC -c statement_timeout=30000 -c idle_in_transaction_session_timeout=120000",
        **_KEEPALIVE,
    }


_KEEPALIVE: Final = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""After a minute without an answer the kernel says that a connection over the network is dead."""


def refuse_one_that_ended(connection: Any, _record: object, _proxy: object) -> None:
    """Have a connection that ended while it rested replaced before it is used (SQLAlchemy's event ``checkout``).

    SQLAlchemy's own ``pool_pre_ping`` asks the server each time, a round trip a transaction.
    """
    # an asynchronous engine shows its own wrapper of the driver's connection, a synchronous one the connection itself
    if not says_nothing(getattr(connection, "driver_connection", connection)):
        raise DisconnectionError


def says_nothing(resting: psycopg.AsyncConnection[Any] | psycopg.Connection[Any]) -> bool:
    """Tell whether a connection that rests is alive: it has nothing to say, but a server that ends one says so."""
    if resting.closed:
        return False
    said = select.poll()
    said.register(resting.fileno(), select.POLLIN)
    return not said.poll(0)


def session_factory(engine: AsyncEngine) -> Sessions:
    """Return the factory that a service's composition root hands to whatever needs the database."""
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def reading(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """Open a session in which each statement is a transaction: one round trip instead of three.

    For a single look. Whoever needs several statements to agree begins a transaction, and ends it with a commit also
    when it only read: after a rollback psycopg has the server forget every statement that was prepared on the
    connection, so each must be parsed and planned again.
    """
    async with sessions() as session:
        await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


async def driver(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    """Return the driver's own connection under the session's transaction, for statements that each turn makes.

    What SQLAlchemy does around a statement takes four times as long as the statement. What the session has changed and
    not written yet is written first; what is changed on the connection, the session's objects do not know.
    """
    if session.new or session.dirty or session.deleted:
        await session.flush()
    lent = await (await session.connection()).get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", lent.driver_connection)


def engine_of(sessions: Sessions) -> AsyncEngine:
    """Return the engine on which the factory opens its sessions."""
    engine: AsyncEngine = sessions.kw["bind"]
    return engine


@asynccontextmanager
async def autocommitting(engine: AsyncEngine) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Lend a connection of the driver itself, on which each statement is a transaction.

    For what must stay on one connection, such as an advisory lock, without SQLAlchemy's way to each statement.
    """
    async with engine.connect() as connection:
        lent = cast("psycopg.AsyncConnection[Any]", (await connection.get_raw_connection()).driver_connection)
        await lent.set_autocommit(True)
        try:
            yield lent
        finally:
            if lent.info.transaction_status is TransactionStatus.IDLE:
                await lent.set_autocommit(False)
            else:
                await connection.invalidate()


def advisory_key(namespace: str, name: str) -> int:
    """Return the 64-bit key under which PostgreSQL serialises ``name`` among all replicas."""
    digest = blake2b(f"{namespace}:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@asynccontextmanager
async def advisory_lock(engine: AsyncEngine, namespace: str, name: str) -> AsyncIterator[None]:
    """Hold the advisory lock of ``name`` while the block runs; other replicas wait for it.

    The lock lives on a connection of its own, outside any transaction, so that the block may commit as it likes, and it
    goes with the connection if the process dies.
    """
    key = advisory_key(namespace, name)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET statement_timeout = 0"))
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
        try:
            yield
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
            await connection.execute(text("RESET statement_timeout"))
