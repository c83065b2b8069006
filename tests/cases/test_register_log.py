"""What is about no single case is logged as unchangeably as a case's history."""

# ruff: noqa: S608 - the statements are this file's own

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cases.audit import REGISTER, Fault, Finding, verify
from cases.drafts import CONSOLE, Actor
from cases.register_log import RegisterEventKind, note
from cases.storage.register_rows import RegisterEventRow

pytestmark = pytest.mark.database

TAMPERED = {
    "sequence": "30",
    "kind": "'x'",
    "actor_kind": "'nobody'",
    "actor_id": "'5'",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "facts": """'{"account_id": 77}'""",
    "previous_hash": "sha256('x')",
    "hash": "sha256('x')",
}


@pytest.fixture
async def log(sessions, clock):
    """Five lines."""
    for number in range(1, 6):
        async with sessions.begin() as session:
            facts = {"account_id": number}
            await note(session, RegisterEventKind.LOGIN_FAILED, actor=CONSOLE, now=clock(), facts=facts)


async def after(sessions, statement: str) -> set[Finding]:
    async with sessions() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        assert (await session.execute(text(statement))).rowcount > 0
        findings = set((await verify(session)).findings)
        await session.rollback()
    return findings


async def test_an_untouched_log_is_intact(sessions, log):
    async with sessions() as session:
        report = await verify(session)
    assert (report.is_intact, report.events) == (True, 5)


async def test_a_change_to_any_column_of_any_line_is_named(owner_sessions, log):
    assert {column.key for column in RegisterEventRow.__table__.columns} == set(TAMPERED)
    for column, value in TAMPERED.items():
        for sequence in range(1, 6):
            expected = {Finding(REGISTER, sequence, Fault.CHANGED)}
            if column == "sequence":
                expected = {Finding(REGISTER, sequence, Fault.REMOVED), Finding(REGISTER, 30, Fault.INSERTED)}
            statement = f"UPDATE cases.register_event SET {column} = {value} WHERE sequence = {sequence}"
            assert await after(owner_sessions, statement) == expected, (column, sequence)


@pytest.mark.parametrize("sequence", [1, 3, 5])
async def test_a_removed_line_is_named(owner_sessions, log, sequence):
    found = await after(owner_sessions, f"DELETE FROM cases.register_event WHERE sequence = {sequence}")

    assert found == {Finding(REGISTER, sequence, Fault.REMOVED)}


async def test_all_lines_removed_are_named(owner_sessions, log):
    found = await after(owner_sessions, "DELETE FROM cases.register_event")

    assert found == {Finding(REGISTER, sequence, Fault.REMOVED) for sequence in range(1, 6)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases.register_event SET kind = 'x'",
        "DELETE FROM cases.register_event",
        "TRUNCATE cases.register_event",
    ],
)
async def test_the_database_refuses_to_change_it(owner_sessions, log, statement):
    with pytest.raises(IntegrityError):
        async with owner_sessions.begin() as session:
            await session.execute(text(statement))


async def test_many_writers_at_once_make_one_chain(sessions, clock):
    async def write(number: int) -> None:
        async with sessions.begin() as session:
            await note(session, RegisterEventKind.LOGGED_IN, actor=Actor.officer(str(number)), now=clock())

    await asyncio.gather(*(write(number) for number in range(15)))

    async with sessions() as session:
        report = await verify(session)
    assert (report.is_intact, report.events) == (True, 15)
