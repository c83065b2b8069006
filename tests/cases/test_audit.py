"""Somebody with every right on the database changes the history: the audit says which line."""

# ruff: noqa: S608 - the statements are this file's own

import pytest
from sqlalchemy import text

from cases.audit import Fault, Finding, verify
from cases.drafts import Actor
from cases.storage.rows import CaseEventRow
from privacy.case_states import CaseStatus, Resolution

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")

TAMPERED = {
    "case_id": "(SELECT max(id) FROM cases.privacy_case)",
    "sequence": "30",
    "kind": "'case_closed'",
    "actor_kind": "'nobody'",
    "actor_id": "'5'",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "status_before": "'closed'",
    "status_after": "'lost'",
    "resolution_after": "'granted'",
    "due_on_after": "due_on_after + 1",
    "case_version": "case_version + 1",
    "facts": """'{"note_id": 77}'""",
    "previous_hash": "sha256('x')",
    "hash": "sha256('x')",
}


@pytest.fixture
async def cases(service, another):
    """Three cases with five events each; the first one's reference is returned first."""
    references = []
    for _ in range(3):
        draft = another()
        await service.register(draft)
        reference = draft.reference
        await service.transition(reference, to=CaseStatus.IN_PROGRESS, version=1, actor=OFFICER)
        await service.open_file(reference, actor=OFFICER)
        await service.transition(
            reference, to=CaseStatus.DECIDED, version=2, actor=OFFICER, resolution=Resolution.REFUSED
        )
        await service.transition(reference, to=CaseStatus.CLOSED, version=3, actor=OFFICER)
        references.append(reference)
    return references


async def after(sessions, *statements: str) -> set[Finding]:
    """Return what the audit finds after statements that only a superuser can run: triggers and checks out of the way.

    Nothing of it stays.
    """
    async with sessions() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("ALTER TABLE cases.case_event DROP CONSTRAINT ck_case_event_change_is_named"))
        for statement in statements:
            assert (await session.execute(text(statement))).rowcount > 0
        findings = set((await verify(session)).findings)
        await session.rollback()
    return findings


def where(reference: str, sequence: int) -> str:
    case = f"(SELECT id FROM cases.privacy_case WHERE reference = '{reference}')"
    return f"WHERE case_id = {case} AND sequence = {sequence}"


async def test_an_untouched_history_is_intact(sessions, cases):
    async with sessions() as session:
        report = await verify(session)

    assert report.is_intact
    assert (report.cases, report.events) == (3, 15)


async def test_an_empty_register_is_intact(sessions):
    async with sessions() as session:
        assert (await verify(session)).is_intact


async def test_a_change_to_any_column_of_any_line_is_found_and_named(owner_sessions, cases):
    columns = {column.key for column in CaseEventRow.__table__.columns}
    assert columns == set(TAMPERED)

    for column, value in TAMPERED.items():
        for sequence in range(1, 6):
            # A line moved to another case needs a number that is free there.
            also = ", sequence = sequence + 10" if column == "case_id" else ""
            change = f"UPDATE cases.case_event SET {column} = {value}{also} {where(cases[0], sequence)}"

            expected = {
                "case_id": {
                    Finding(cases[0], sequence, Fault.REMOVED),
                    Finding(cases[2], sequence + 10, Fault.INSERTED),
                },
                "sequence": {Finding(cases[0], sequence, Fault.REMOVED), Finding(cases[0], 30, Fault.INSERTED)},
            }.get(column, {Finding(cases[0], sequence, Fault.CHANGED)})
            found = await after(owner_sessions, change)
            assert found - {Finding(cases[0], 5, Fault.CASE_CHANGED)} == expected, (column, sequence)


async def test_a_changed_line_is_named_even_if_it_was_hashed_anew(owner_sessions, cases):
    found = await after(
        owner_sessions,
        f"""
        UPDATE cases.case_event SET (actor_id, hash) =
            (SELECT actor_id, hash FROM cases.case_event {where(cases[1], 3)}) {where(cases[0], 3)}
        """,
    )

    assert found == {Finding(cases[0], 3, Fault.CHANGED)}


@pytest.mark.parametrize("sequence", [1, 2, 5])
async def test_a_removed_line_is_named(owner_sessions, cases, sequence):
    found = await after(owner_sessions, f"DELETE FROM cases.case_event {where(cases[1], sequence)}")

    assert found == {Finding(cases[1], sequence, Fault.REMOVED)}


async def test_a_removed_history_is_named_line_by_line(owner_sessions, cases):
    case = f"(SELECT id FROM cases.privacy_case WHERE reference = '{cases[1]}')"
    found = await after(owner_sessions, f"DELETE FROM cases.case_event WHERE case_id = {case}")

    assert found == {Finding(cases[1], sequence, Fault.REMOVED) for sequence in range(1, 6)}


@pytest.mark.parametrize("sequence", [6, 0, -1])
async def test_an_inserted_line_is_named(owner_sessions, cases, sequence):
    columns = [column.key for column in CaseEventRow.__table__.columns]
    values = ", ".join(str(sequence) if column == "sequence" else column for column in columns)
    found = await after(
        owner_sessions,
        f"""
        INSERT INTO cases.case_event ({", ".join(columns)})
        SELECT {values} FROM cases.case_event {where(cases[2], 5)}
        """,
    )

    assert found == {Finding(cases[2], sequence, Fault.INSERTED)}


@pytest.mark.parametrize(
    "change", ["status = 'decided'", "resolution = 'granted'", "due_on = due_on + 1", "version = version + 1"]
)
async def test_a_case_that_stands_otherwise_than_its_history_is_named(owner_sessions, cases, change):
    found = await after(owner_sessions, f"UPDATE cases.privacy_case SET {change} WHERE reference = '{cases[0]}'")

    assert found == {Finding(cases[0], 5, Fault.CASE_CHANGED)}
