"""A checkpoint kept elsewhere shows what the database alone cannot: a case that vanished whole, or was written anew."""

# ruff: noqa: S608 - the statements are this file's own

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from cases.audit import REGISTER, Fault, Finding, verify
from cases.checkpoints import checkpoint_lines, compare, read_checkpoint
from cases.drafts import Actor
from cases.errors import CheckpointError
from cases.register_log import RegisterEventKind, note
from privacy.case_states import CaseStatus

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
async def cases(service, another, sessions, clock):
    references = []
    for _ in range(3):
        await service.register(draft := another())
        references.append(draft.reference)
    async with sessions.begin() as session:
        await note(session, RegisterEventKind.LOGGED_IN, actor=OFFICER, now=clock())
    return references


@pytest.fixture
async def checkpoint(cases, sessions, clock):
    async with sessions() as session:
        return [line async for line in checkpoint_lines(session, KEY, now=clock())]


async def compared(sessions, checkpoint, *tampering: str):
    """Return what the walk and the comparison find after statements of a superuser; nothing of it stays."""
    made_at, heads = read_checkpoint(checkpoint, KEY.public_key())
    async with sessions() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in tampering:
            assert (await session.execute(text(statement))).rowcount > 0
        walked, found = (await verify(session)).findings, await compare(session, made_at, heads)
        await session.rollback()
    return walked, set(found)


async def test_nothing_is_found_where_nothing_was_done_and_where_work_went_on(
    owner_sessions, cases, checkpoint, service, another, clock
):
    clock.advance(hours=1)
    await service.transition(cases[0], to=CaseStatus.IN_PROGRESS, version=1, actor=OFFICER)
    await service.register(another())

    assert await compared(owner_sessions, checkpoint) == ((), set())


async def test_a_case_that_vanished_whole_is_named(owner_sessions, cases, checkpoint):
    case = f"(SELECT id FROM cases.privacy_case WHERE reference = '{cases[1]}')"
    walked, found = await compared(
        owner_sessions,
        checkpoint,
        f"DELETE FROM cases.case_event WHERE case_id = {case}",
        f"DELETE FROM cases.privacy_case WHERE reference = '{cases[1]}'",
    )

    assert walked == (), "what is left is consistent"
    assert found == {Finding(cases[1], 1, Fault.REMOVED)}


async def test_a_history_written_anew_to_its_head_is_named(owner_sessions, cases, checkpoint):
    case = f"(SELECT id FROM cases.privacy_case WHERE reference = '{cases[1]}')"
    other = "(SELECT hash FROM cases.case_event ORDER BY case_id LIMIT 1)"
    _, found = await compared(
        owner_sessions, checkpoint, f"UPDATE cases.case_event SET hash = {other} WHERE case_id = {case}"
    )

    assert found == {Finding(cases[1], 1, Fault.CHANGED)}


async def test_a_case_that_claims_to_be_older_than_it_is_is_named(owner_sessions, cases, checkpoint, service, another):
    await service.register(late := another())

    _, found = await compared(
        owner_sessions,
        checkpoint,
        f"UPDATE cases.privacy_case SET registered_at = '2020-01-01' WHERE reference = '{late.reference}'",
    )

    assert found == {Finding(late.reference, 1, Fault.INSERTED)}


async def test_a_log_that_was_cut_off_is_named(owner_sessions, checkpoint):
    _, found = await compared(
        owner_sessions,
        checkpoint,
        "DELETE FROM cases.register_event",
        "UPDATE cases.register_head SET last_sequence = 0, last_hash = decode(repeat('00', 32), 'hex')",
    )

    assert found == {Finding(REGISTER, 1, Fault.REMOVED)}


@pytest.mark.parametrize("line", range(6))
def test_no_line_of_a_checkpoint_can_be_changed_left_out_or_doubled(checkpoint, line):
    assert len(checkpoint) == 6
    changed = checkpoint[line].replace("1", "2", 1) if "1" in checkpoint[line] else checkpoint[line].upper()
    for tampered in (
        [*checkpoint[:line], *checkpoint[line + 1 :]],
        [*checkpoint[:line], checkpoint[line], *checkpoint[line:]],
        [*checkpoint[:line], changed, *checkpoint[line + 1 :]],
    ):
        with pytest.raises(CheckpointError):
            read_checkpoint(tampered, KEY.public_key())


def test_another_key_s_checkpoint_is_worth_nothing(checkpoint):
    with pytest.raises(CheckpointError):
        read_checkpoint(checkpoint, Ed25519PrivateKey.generate().public_key())


def test_a_checkpoint_says_nothing_of_anybody(checkpoint, draft):
    for word in (draft.identity.name, draft.identity.personal_identity_number, draft.contact_email):
        assert word not in "".join(checkpoint)
