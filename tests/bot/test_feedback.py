"""Whether an answer helped: taken, counted, and kept without a trace of who said so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from foundation.clock import system_clock
from foundation.database import Sessions
from privacy.swedish_dates import local_date
from tests.bot.visitor import Edge, Visitor

pytestmark = pytest.mark.database


async def judge(visitor: Visitor, message_id: int, verdict: str, **more: Any) -> httpx.Response:
    body = {"message_id": message_id, "verdict": verdict, **more}
    return await visitor.client.post("/chat/feedback", json=body)


async def counted(internal: httpx.AsyncClient, **query: int) -> list[tuple[str, str, str | None, int]]:
    response = await internal.get("/feedback", params=query)
    assert response.status_code == 200
    return [(line["intent"], line["verdict"], line["reason"], line["count"]) for line in response.json()]


async def test_a_verdict_is_counted_under_what_the_question_was_understood_as(edge: Edge, internal):
    async with edge.visitor() as visitor:
        await visitor.open()
        [first] = await visitor.say("hur länge?")
        [second] = await visitor.say("och var?")

        assert (await judge(visitor, first["id"], "helped")).status_code == 204
        assert (await judge(visitor, second["id"], "not_helped", reason="unclear")).status_code == 204

    assert await counted(internal) == [
        ("policy_test", "not_helped", "unclear", 1),
        ("policy_test", "helped", None, 1),
    ]


async def test_thinking_again_replaces_the_verdict(edge: Edge, internal):
    async with edge.visitor() as visitor:
        await visitor.open()
        [answer] = await visitor.say("hur länge?")
        for verdict in ("helped", "not_helped", "not_helped"):
            await judge(visitor, answer["id"], verdict)
        await judge(visitor, answer["id"], "not_helped", reason="wrong")

    assert await counted(internal) == [("policy_test", "not_helped", "wrong", 1)]


async def test_staff_who_see_the_conversation_see_the_verdicts_in_it_and_no_others(edge: Edge, internal):
    async with edge.visitor() as visitor, edge.visitor() as other:
        for one in (visitor, other):
            await one.open()
        [answer] = await visitor.say("hur länge?")
        [foreign] = await other.say("hur länge?")
        await judge(visitor, answer["id"], "not_helped", reason="wrong")
        await judge(other, foreign["id"], "helped")

        seen = (await internal.get(f"/conversations/{await visitor.conversation_id()}")).json()

    assert seen["verdicts"] == [{"message_id": answer["id"], "verdict": "not_helped", "reason": "wrong"}]


async def test_what_is_kept_says_nothing_about_who_said_it(edge: Edge, sessions: Sessions):
    async with edge.visitor() as visitor:
        await visitor.open()
        [answer] = await visitor.say("jag heter Anna Karlsson, hur länge?")
        await judge(visitor, answer["id"], "not_helped", reason="other")

    async with sessions() as session:
        [row] = (await session.execute(text("SELECT * FROM chat.feedback"))).mappings()
    assert set(row) == {"answer_digest", "given_on", "intent", "verdict", "reason"}
    assert row["given_on"] == local_date(system_clock())
    assert len(row["answer_digest"]) == 32, "a keyed digest, not the answer's number"


async def test_another_visitors_answer_cannot_be_judged(edge: Edge, internal):
    async with edge.visitor() as anna, edge.visitor() as bo:
        await anna.open()
        [answer] = await anna.say("hur länge?")
        await bo.open()

        refused = await judge(bo, answer["id"], "not_helped")

        assert refused.status_code == 404
        assert refused.json()["detail"]
    assert await counted(internal) == []


@pytest.mark.parametrize("sender", ["visitor", "bot"])
async def test_only_answers_to_the_visitor_are_judged(edge: Edge, sender: str):
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("hur länge?")
        own_message_or_greeting = next(m for m in await visitor.messages() if m["sender"] == sender)
        assert (await judge(visitor, own_message_or_greeting["id"], "helped")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"message_id": 1},
        {"message_id": 1, "verdict": "so-so"},
        {"message_id": 1, "verdict": "helped", "reason": "wrong"},
        {"message_id": 1, "verdict": "not_helped", "reason": "ring mig på 070-174 06 05"},
        {"message_id": 1, "verdict": "not_helped", "comment": "jag heter Anna"},
        {"message_id": 0, "verdict": "helped"},
        {"message_id": 2**70, "verdict": "helped"},
    ],
)
async def test_words_of_ones_own_and_nonsense_are_refused(edge: Edge, body: dict[str, Any]):
    async with edge.visitor() as visitor:
        await visitor.open()
        assert (await visitor.client.post("/chat/feedback", json=body)).status_code == 422


async def test_without_a_session_there_is_nothing_to_judge(edge: Edge):
    async with edge.visitor() as visitor:
        assert (await judge(visitor, 1, "helped")).status_code == 401


async def test_older_verdicts_are_left_out_of_a_shorter_count(edge: Edge, internal, sessions: Sessions):
    async with edge.visitor() as visitor:
        await visitor.open()
        [answer] = await visitor.say("hur länge?")
        await judge(visitor, answer["id"], "helped")
    long_ago = local_date(system_clock()) - timedelta(days=40)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE chat.feedback SET given_on = :day"), {"day": long_ago})

    assert await counted(internal, days=30) == []
    assert await counted(internal, days=60) == [("policy_test", "helped", None, 1)]
