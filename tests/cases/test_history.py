"""The history cannot be changed, and no case stands otherwise than its history says (DESIGN invariant 7)."""

# ruff: noqa: S608 - the statements are this file's own

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cases.drafts import Actor
from privacy.case_states import CaseStatus, Resolution

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")

COPY_OF_LAST_EVENT = """
    INSERT INTO cases.case_event
    SELECT case_id, sequence + 1, {kind}, actor_kind, actor_id, occurred_at, status_after, {status_after},
           resolution_after, due_on_after, {version}, facts, hash, '\\xabcd'
      FROM cases.case_event WHERE sequence = 1
"""


MOVE_CASE = "UPDATE cases.privacy_case SET status = 'in_progress', last_hash = '\\xabcd', "


@pytest.fixture
async def case(service, draft):
    await service.register(draft)
    return await service.read(draft.reference)


async def run(sessions, *statements: str) -> None:
    async with sessions.begin() as session:
        for statement in statements:
            await session.execute(text(statement))


async def refused(sessions, *statements: str) -> str:
    """Run the statements in one transaction, expect its refusal, and return the constraint that refused."""
    with pytest.raises(IntegrityError) as caught:
        await run(sessions, *statements)
    return caught.value.orig.diag.constraint_name


@pytest.mark.parametrize(
    "change",
    [
        "status = 'in_progress'",
        "status = 'closed', resolution = 'granted'",
        "due_on = due_on + 30",
        "version = version + 1",
        "last_sequence = last_sequence + 1",
        "last_hash = '\\xabcd'",
    ],
)
async def test_a_change_without_its_event_cannot_be_committed(sessions, service, case, change):
    assert await refused(sessions, f"UPDATE cases.privacy_case SET {change}") == "case_matches_history"

    assert await service.read(case.reference) == case


async def test_an_event_without_its_change_cannot_be_committed(sessions, service, case):
    event = COPY_OF_LAST_EVENT.format(kind="'status_changed'", status_after="'in_progress'", version=2)

    assert await refused(sessions, event) == "case_matches_history"
    assert len(await service.events(case.reference)) == 1


async def test_an_event_that_names_no_change_cannot_hide_one(sessions, case):
    event = COPY_OF_LAST_EVENT.format(kind="'case_opened'", status_after="'in_progress'", version=2)
    change = (
        "UPDATE cases.privacy_case SET status = 'in_progress', version = 2, last_sequence = 2, last_hash = '\\xabcd'"
    )

    assert await refused(sessions, event, change) == "ck_case_event_change_is_named"


async def test_a_change_with_its_event_is_committed(sessions, service, case):
    event = COPY_OF_LAST_EVENT.format(kind="'status_changed'", status_after="'in_progress'", version=2)
    change = (
        "UPDATE cases.privacy_case SET status = 'in_progress', version = 2, last_sequence = 2, last_hash = '\\xabcd'"
    )

    await run(sessions, event, change)

    assert (await service.read(case.reference)).status is CaseStatus.IN_PROGRESS


@pytest.mark.parametrize(
    ("event", "head"),
    [
        ({"version": 1}, "version = 1, last_sequence = 2"),
        ({"version": 3}, "version = 3, last_sequence = 2"),
    ],
)
async def test_a_change_that_is_not_counted_cannot_be_committed(sessions, case, event, head):
    insert = COPY_OF_LAST_EVENT.format(kind="'status_changed'", status_after="'in_progress'", **event)
    change = MOVE_CASE + head

    assert await refused(sessions, insert, change) == "event_follows_previous"


async def test_an_event_that_does_not_follow_the_one_before_cannot_be_committed(sessions, case):
    insert = COPY_OF_LAST_EVENT.format(kind="'status_changed'", status_after="'in_progress'", version=2)
    change = (
        "UPDATE cases.privacy_case SET status = 'in_progress', version = 2, last_hash = '\\xabcd', last_sequence = "
    )

    wrong_hash = insert.replace("facts, hash", "facts, '\\x00'")
    wrong_start = insert.replace("status_after, 'in_progress'", "'extended', 'in_progress'")
    gap = insert.replace("sequence + 1", "sequence + 2")
    assert await refused(sessions, wrong_hash, change + "2") == "event_follows_previous"
    assert await refused(sessions, wrong_start, change + "2") == "event_follows_previous"
    assert await refused(sessions, gap, change + "3") == "event_follows_previous"


async def test_a_case_without_history_cannot_be_committed(sessions, case):
    columns = "request_type, status, version, last_sequence, last_hash, channel, received_at, received_on, due_on"
    columns += ", first_due_on, unpaused_due_on, internal_due_on, identity_level, identity_method, request_digest"
    copy = f"""
        INSERT INTO cases.privacy_case (reference, registered_at, {columns})
        SELECT 'AR-0000-0000', registered_at, {columns} FROM cases.privacy_case
    """

    assert await refused(sessions, copy) == "case_matches_history"


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE cases.case_event SET actor_id = 'somebody else'",
        "UPDATE cases.case_event SET facts = '{}'",
        "DELETE FROM cases.case_event",
        "TRUNCATE cases.case_event",
        "TRUNCATE cases.privacy_case CASCADE",
    ],
)
async def test_history_is_append_only_for_the_tables_owner_too(owner_sessions, case, tampering):
    assert await refused(owner_sessions, tampering) == "append_only"


async def test_a_case_with_history_cannot_be_deleted(sessions, case):
    deletion = ("DELETE FROM cases.case_evidence", "DELETE FROM cases.privacy_case")

    assert await refused(sessions, *deletion) == "fk_case_event_case_id_privacy_case"


async def test_who_opened_a_case_and_who_saw_the_number_is_remembered(service, case):
    await service.open_file(case.reference, actor=OFFICER)
    await service.reveal_identity_number(case.reference, actor=Actor.officer("5"))

    history = await service.events(case.reference)

    assert [(event.kind, event.actor_id) for event in history] == [
        ("case_registered", "assistant"),
        ("case_opened", "4"),
        ("identity_number_shown", "5"),
    ]
    assert (await service.read(case.reference)).version == case.version


async def test_a_note_is_remembered_and_its_words_are_not_in_the_history(service, case):
    file = await service.add_note(case.reference, "Karl ringde om Bosse", actor=OFFICER)

    assert [note.text for note in file.notes] == ["Karl ringde om Bosse"]
    assert "Bosse" not in repr(await service.events(case.reference))


async def test_an_officer_finds_everything_in_the_file(service, draft, case):
    await service.transition(
        case.reference, to=CaseStatus.IN_PROGRESS, version=case.version, actor=OFFICER, note="Börjar med lönen"
    )

    file = await service.open_file(case.reference, actor=OFFICER)

    assert file.personal_identity_number == draft.identity.personal_identity_number
    assert (file.name, file.contact_email, file.details) == (draft.identity.name, draft.contact_email, draft.details)
    assert file.has_evidence
    assert [note.text for note in file.notes] == ["Börjar med lönen"]
    assert CaseStatus.DECIDED in file.next_statuses


async def test_the_chain_holds_through_a_whole_case(service, case):
    for version, (to, resolution) in enumerate(
        [(CaseStatus.IN_PROGRESS, None), (CaseStatus.DECIDED, Resolution.GRANTED), (CaseStatus.CLOSED, None)], start=1
    ):
        await service.open_file(case.reference, actor=OFFICER)
        await service.transition(case.reference, to=to, version=version, actor=OFFICER, resolution=resolution)

    history = await service.events(case.reference)

    assert [event.sequence for event in history] == [1, 2, 3, 4, 5, 6, 7]
    assert len({event.hash for event in history}) == 7
