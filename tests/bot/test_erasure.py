"""What deleting a conversation takes, what it leaves, and that it waits for the bot."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.erasure import ConversationEraser
from bot.turn_queue import LOCK_NAMESPACE
from foundation.database import Sessions, advisory_lock
from tests.bot.visitor import Edge

pytestmark = pytest.mark.database

TRACKED = "INSERT INTO rasa.events (sender_id, type_name) VALUES (:id, 'user')"
IDENTIFICATION = """
    INSERT INTO chat.identification (id, conversation_id, session_hash, reference, level, request_title, visible_text,
           state, reason, mobile, order_number, renewals, completion, completed_at, consumed_at, offered_at, changed_at,
           revision, announced_revision, announce_after_at)
    VALUES (:id, :conversation, :hash, :reference, 2, 'Radering', 'x', 'complete', 'broker:complete', false, 1, 0,
           :completion, now(), CASE WHEN :consumed THEN now() END, now(), now(), 1, 1, now())
"""


@pytest.fixture
def eraser(edge: Edge) -> ConversationEraser:
    return edge.parts.eraser


async def tracker(sessions: Sessions, *conversations: str) -> None:
    async with sessions.begin() as session:
        for conversation in conversations:
            await session.execute(text(TRACKED), {"id": conversation})


async def identification(sessions: Sessions, conversation: str, *, consumed: bool) -> str:
    values = {"id": str(uuid4()), "conversation": conversation, "hash": bytes(32), "completion": b"x"}
    async with sessions.begin() as session:
        reference = f"AR-{values['id'][:9]}"
        await session.execute(text(IDENTIFICATION), values | {"consumed": consumed, "reference": reference})
    return values["id"]


async def ids(sessions: Sessions, statement: str) -> set[str]:
    async with sessions() as session:
        return set(await session.scalars(text(statement)))


async def test_everything_of_the_conversation_goes_and_nothing_of_another(eraser, edge: Edge, sessions: Sessions):
    async with edge.visitor() as one, edge.visitor() as other:
        for visitor in (one, other):
            await visitor.open()
            await visitor.say("hej")
        erased, kept = await one.conversation_id(), await other.conversation_id()
    await tracker(sessions, erased, kept)

    assert await eraser.erase_conversation(erased)

    assert await ids(sessions, "SELECT id FROM chat.conversation") == {kept}
    assert await ids(sessions, "SELECT conversation_id FROM chat.message") == {kept}
    assert await ids(sessions, "SELECT conversation_id FROM chat.session") == {kept}
    assert await ids(sessions, "SELECT conversation_id FROM chat.turn") == {kept}
    assert await ids(sessions, "SELECT sender_id FROM rasa.events") == {kept}


async def test_an_identification_that_just_became_a_case_can_still_be_read_again(
    eraser, edge: Edge, sessions: Sessions
):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation = await visitor.conversation_id()
    used = await identification(sessions, conversation, consumed=True)
    await identification(sessions, conversation, consumed=False)

    await eraser.erase_conversation(conversation)

    assert await ids(sessions, "SELECT id FROM chat.identification") == {used}


async def test_it_waits_for_the_answer_that_the_bot_is_just_giving(
    eraser, edge: Edge, sessions: Sessions, engine: AsyncEngine
):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation = await visitor.conversation_id()
    async with advisory_lock(engine, LOCK_NAMESPACE, conversation):  # a replica answers
        erasing = asyncio.create_task(eraser.erase_conversation(conversation))
        await asyncio.wait({erasing}, timeout=0.2)
        assert not erasing.done()
        await tracker(sessions, conversation)
    await erasing

    assert await ids(sessions, "SELECT sender_id FROM rasa.events") == set()


async def test_what_is_gone_already_is_no_mistake_and_its_tracker_goes_all_the_same(eraser, sessions: Sessions):
    gone = str(uuid4())
    await tracker(sessions, gone)

    assert not await eraser.erase_conversation(gone)

    assert await ids(sessions, "SELECT sender_id FROM rasa.events") == set()


async def test_it_works_where_rasa_has_never_been(eraser, edge: Edge, sessions: Sessions):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation = await visitor.conversation_id()

    assert await eraser.erase_conversation(conversation)
