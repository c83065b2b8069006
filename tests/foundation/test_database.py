"""Locks and notifications among replicas, on a real PostgreSQL."""

import asyncio

import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from foundation.database import Sessions, advisory_lock, create_engine, libpq_url, sqlalchemy_url
from foundation.notify import Listener, notify


@pytest.mark.parametrize("spelling", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d"])
def test_every_spelling_of_the_url_gets_our_driver(spelling: str):
    assert sqlalchemy_url(spelling) == "postgresql+psycopg://u:p@h/d"
    assert libpq_url(spelling) == "postgresql://u:p@h/d"


def test_a_password_may_hold_any_character():
    parsed = conninfo_to_dict(libpq_url("postgresql://u:a%20b%2Fc%40%C3%B6@h/d"))
    assert parsed["password"] == "a b/c@ö"


@pytest.mark.database
async def test_a_connection_that_the_server_ended_while_it_rested_is_replaced_unnoticed(sessions: Sessions, engine):
    async with engine.connect() as other:
        async with sessions() as session:
            ended = await session.scalar(select(func.pg_backend_pid()))
        await other.execute(select(func.pg_terminate_backend(ended, 5000)))
        async with sessions() as session:
            assert await session.scalar(select(func.pg_backend_pid())) != ended


@pytest.mark.database
async def test_a_resting_connection_is_used_again(sessions: Sessions):
    async def backend() -> int | None:
        async with sessions() as session:
            return await session.scalar(select(func.pg_backend_pid()))

    assert await backend() == await backend()


@pytest.mark.database
async def test_the_second_holder_of_a_lock_waits_for_the_first(engine: AsyncEngine, database_url: str):
    other_replica = create_engine(database_url)
    order: list[str] = []

    async def second() -> None:
        async with advisory_lock(other_replica, "conversation", "a"):
            order.append("second")

    async with advisory_lock(engine, "conversation", "a"):
        task = asyncio.create_task(second())
        async with advisory_lock(other_replica, "conversation", "b"):
            order.append("another conversation is free")
        await asyncio.sleep(0.1)
        order.append("first")
    await task
    await other_replica.dispose()

    assert order == ["another conversation is free", "first", "second"]


@pytest.mark.database
async def test_a_notification_wakes_its_subscriber_when_the_transaction_commits(sessions: Sessions, database_url: str):
    listener = Listener(database_url, "chat")
    task = asyncio.create_task(listener.run())
    await listener.connected.wait()

    with listener.subscribe("conversation-a") as woken, listener.subscribe("conversation-b") as other:
        await asyncio.sleep(0.1)
        woken.clear()
        other.clear()
        async with sessions() as session:
            await notify(session, "chat", "conversation-a")
            await session.rollback()
        async with sessions.begin() as session:
            await notify(session, "chat", "conversation-a")
            await asyncio.sleep(0.05)
            assert not woken.is_set()
        await asyncio.wait_for(woken.wait(), 5)
        assert not other.is_set()

    task.cancel()


@pytest.mark.database
async def test_a_lost_connection_wakes_everybody_so_that_nothing_is_missed(sessions: Sessions, database_url: str):
    from sqlalchemy import text

    listener = Listener(database_url, "chat")
    task = asyncio.create_task(listener.run())
    await listener.connected.wait()

    with listener.subscribe("conversation-a") as woken:
        await asyncio.sleep(0.1)
        woken.clear()
        async with sessions.begin() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
            )
        await asyncio.wait_for(woken.wait(), 10)

    task.cancel()
