"""Single statements over connections of the driver's own, on a real PostgreSQL."""

import asyncio

import psycopg
import pytest
from sqlalchemy import func, select, text

from foundation.database import Sessions, create_engine
from foundation.statements import SingleStatements

pytestmark = pytest.mark.database

BACKEND = "SELECT pg_backend_pid()"


@pytest.fixture
def statements(engine) -> SingleStatements:
    return SingleStatements(engine, application_name="single", at_most=2)


async def _connections(sessions: Sessions) -> int:
    async with sessions() as session:
        counted = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'single'")
        return await session.scalar(counted) or 0


async def test_a_statement_stands_when_it_has_answered(statements, sessions: Sessions, owner_sessions: Sessions):
    async with owner_sessions.begin() as session:
        await session.execute(text("CREATE TABLE kept (number int)"))
        await session.execute(text("GRANT SELECT, INSERT ON kept TO PUBLIC"))

    assert await statements.first_row("INSERT INTO kept VALUES (%(n)s) RETURNING number", {"n": 7}) == (7,)
    assert await statements.first_row("SELECT number FROM kept WHERE number = %(n)s", {"n": 8}) is None
    async with sessions() as session:
        assert await session.scalar(text("SELECT number FROM kept")) == 7


async def test_one_after_the_other_they_share_a_connection(statements, sessions: Sessions):
    assert await statements.first_row(BACKEND, {}) == await statements.first_row(BACKEND, {})
    assert await _connections(sessions) == 1


async def test_no_more_run_at_once_than_may(statements, sessions: Sessions):
    slow = [statements.first_row("SELECT pg_backend_pid(), pg_sleep(0.02)", {}) for _ in range(6)]

    backends = {row[0] for row in await asyncio.gather(*slow)}

    assert len(backends) == 2 == await _connections(sessions)


async def test_what_the_server_refuses_is_told_and_the_connection_is_used_again(statements):
    before = await statements.first_row(BACKEND, {})

    with pytest.raises(psycopg.errors.DivisionByZero):
        await statements.first_row("SELECT 1 / 0", {})

    assert await statements.first_row(BACKEND, {}) == before


async def test_a_connection_that_the_server_ended_while_it_rested_is_replaced_unnoticed(statements, sessions: Sessions):
    ended = await statements.first_row(BACKEND, {})
    async with sessions() as session:
        await session.execute(select(func.pg_terminate_backend(ended[0], 5000)))

    assert await statements.first_row(BACKEND, {}) != ended


async def test_a_connection_that_is_left_in_the_midst_of_something_is_not_used_again(statements):
    before = await statements.first_row(BACKEND, {})

    with pytest.raises(psycopg.ProgrammingError):  # no row comes of it
        await statements.first_row("BEGIN", {})

    assert await statements.first_row(BACKEND, {}) != before


async def test_they_end_with_their_engine(database_url: str, sessions: Sessions):
    engine = create_engine(database_url)
    statements = SingleStatements(engine, application_name="single")
    await statements.first_row("SELECT 1", {})
    assert await _connections(sessions) == 1

    await engine.dispose()

    for _ in range(100):
        if not await _connections(sessions):
            break
        await asyncio.sleep(0.01)
    assert await _connections(sessions) == 0
