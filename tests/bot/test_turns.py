"""Turns: each once and in order, whatever breaks; and the truth when there is no answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from bot.config import TurnTimes
from bot.tables import MessageRow, TurnRow
from bot.texts import Texts
from bot.turn_queue import LOCK_NAMESPACE
from bot.turns import IDENTIFIED
from foundation.database import Sessions, advisory_lock
from tests.bot.conftest import IMPATIENT, running_edge
from tests.bot.fake_rasa import FakeRasa, Told, says
from tests.bot.visitor import Edge, button, until

pytestmark = pytest.mark.database


@pytest.fixture
def texts(bot_config) -> Texts:
    return Texts.read(bot_config.texts)


# When Rasa does not answer


async def test_when_rasa_is_down_the_visitor_is_told_so_and_offered_a_person(edge: Edge, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["refused"]

        [answer] = await visitor.say("radera allt")

        assert answer["text"] == texts("bot_unreachable")
        assert [offered["title"] for offered in answer["buttons"]] == [
            texts("button_try_again"),
            texts("button_person"),
        ]

        await visitor.press(button(answer, texts("button_person")))

        assert await visitor.state() == "waiting"
        assert rasa.texts() == ["EXTERNAL_conversation_started"]


async def test_a_visitor_who_meets_rasa_down_still_learns_that_this_is_a_bot(edge: Edge, rasa: FakeRasa, texts: Texts):
    rasa.failures = ["refused"]
    async with edge.visitor() as visitor:
        await visitor.open()

        assert await visitor.texts() == [texts("welcome_unavailable")]


async def test_a_rasa_that_is_being_restarted_is_waited_for(bot_config, rasa: FakeRasa):
    patient = replace(IMPATIENT, unreachable_patience_s=5)
    async with running_edge(bot_config, rasa, turns=patient) as edge, edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["refused", "refused"]

        await visitor.post(text="hej")
        await until(lambda: len(rasa.done) >= 2)
        await edge.settle()

        assert (await visitor.texts())[1:] == ["hej", "svar på hej"]


@pytest.mark.parametrize("failure", ["error", "timeout", "garbage"])
async def test_a_turn_whose_fate_is_unknown_is_sent_again_under_its_number(edge: Edge, rasa: FakeRasa, failure: str):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = [failure]

        await visitor.post(text="hej")
        await until(lambda: len(rasa.done) >= 2)
        await edge.settle()

        assert await visitor.texts() == ["event EXTERNAL_conversation_started", "hej", "svar på hej"]
        assert rasa.told[-1].repeated


async def test_a_turn_that_was_done_before_the_connection_broke_is_not_done_again(edge: Edge, rasa: FakeRasa):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["dies_after"]

        await visitor.post(text="ja, registrera")
        await until(lambda: len(rasa.told) >= 3)
        await edge.settle()

        assert rasa.texts().count("ja, registrera") == 1
        assert (await visitor.texts()).count("svar på ja, registrera") == 1


async def test_a_turn_that_stays_unknown_ends_with_a_plain_admission(edge: Edge, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["error"] * 3

        await visitor.post(text="hej")
        await until(lambda: not rasa.failures)
        await edge.settle()

        assert (await visitor.texts())[-1] == texts("bot_uncertain")


async def test_a_button_pressed_in_vain_is_offered_again(edge: Edge, rasa: FakeRasa, texts: Texts):
    rasa.answers["radera"] = [says("Stämmer det?", buttons=[{"title": "Ja", "payload": "/affirm"}])]
    async with edge.visitor() as visitor:
        await visitor.open()
        [question] = await visitor.say("radera")
        rasa.failures = ["refused"]
        [apology] = await visitor.press(button(question, "Ja"))

        await visitor.press(button(apology, "Ja"))

        assert [told.text for told in rasa.done if told.kind == "payload"] == ["/affirm"]


async def test_what_was_written_in_vain_is_said_again_by_a_button(edge: Edge, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["refused"]
        [apology] = await visitor.say("/radera allt om mig")
        rasa.failures = ["refused"]
        [apology] = await visitor.press(button(apology, texts("button_try_again")))

        [answer] = await visitor.press(button(apology, texts("button_try_again")))

        assert answer["text"] == "svar på /radera allt om mig"
        assert rasa.done[-1].kind == "text", "what a visitor wrote is never taken for a command"


async def test_what_was_written_is_not_said_again_by_a_button_of_another_conversation(
    edge: Edge, rasa: FakeRasa, texts: Texts
):
    async with edge.visitor() as visitor, edge.visitor() as other:
        await visitor.open()
        await other.open()
        rasa.failures = ["refused"]
        [apology] = await visitor.say("mitt namn är Anna")

        refused = await other.post(button=button(apology, texts("button_try_again")))

        assert refused.status_code == 409


async def test_an_empty_answer_is_not_silence(edge: Edge, rasa: FakeRasa, texts: Texts):
    rasa.default = []
    async with edge.visitor() as visitor:
        await visitor.open()

        [answer] = await visitor.say("blorp")

        assert answer["text"] == texts("bot_had_no_answer")
        assert answer["buttons"]


async def test_a_turn_in_which_an_action_failed_says_so_besides_what_was_said(edge: Edge, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.incomplete = True

        answers = await visitor.say("registrera")

        assert [answer["text"] for answer in answers] == ["svar på registrera", texts("action_failed")]


# Order, and one at a time


async def test_messages_sent_quickly_are_answered_in_order_and_one_at_a_time(edge: Edge, rasa: FakeRasa):
    async with edge.visitor() as visitor:
        await visitor.open()

        for number in range(6):
            await visitor.post(text=f"nr {number}")
        await edge.settle()

        assert rasa.texts()[1:] == [f"nr {number}" for number in range(6)]
        assert rasa.most_at_once == 1


async def test_two_replicas_on_one_conversation_give_each_turn_once(bot_config, rasa: FakeRasa):
    async def slowly(_told: Told) -> None:
        await asyncio.sleep(0.02)

    rasa.before = slowly
    async with (
        running_edge(bot_config, rasa) as one,
        running_edge(bot_config, rasa) as other,
        one.visitor() as visitor,
        other.visitor() as same_visitor,
    ):
        await visitor.open()
        same_visitor.client.cookies = visitor.client.cookies

        await asyncio.gather(
            *((visitor if number % 2 else same_visitor).post(text=f"nr {number}") for number in range(10))
        )
        await until(lambda: len(rasa.done) >= 11)
        await one.settle()
        await other.settle()

        written = [text for text in await visitor.texts() if text.startswith("nr")]
        assert len(written) == 10
        assert rasa.texts()[1:] == written, "told in the order in which they were stored"
        assert rasa.most_at_once == 1
        answers = [text for text in await visitor.texts() if text.startswith("svar")]
        assert answers == [f"svar på {text}" for text in written]


async def test_the_lock_is_held_around_the_call(edge: Edge, rasa: FakeRasa, engine):
    seen: list[bool] = []

    async def look(told: Told) -> None:
        from foundation.database import advisory_key

        async with engine.connect() as connection:
            query = text("SELECT pg_try_advisory_lock(:key)")
            seen.append(bool(await connection.scalar(query, {"key": advisory_key(LOCK_NAMESPACE, told.sender)})))

    rasa.before = look
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("hej")

    assert seen == [False, False]


async def test_while_another_replica_holds_the_conversation_nothing_is_told_and_nothing_is_lost(
    edge: Edge, rasa: FakeRasa, engine
):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await visitor.conversation_id()

        async with advisory_lock(engine, LOCK_NAMESPACE, conversation_id):
            await visitor.post(text="hej")
            await asyncio.sleep(0.2)
            assert rasa.texts() == ["EXTERNAL_conversation_started"]
        await until(lambda: len(rasa.done) >= 2)

        assert rasa.texts()[-1] == "hej"


# Crashes


async def test_a_message_whose_replica_died_is_answered_by_the_next(bot_config, rasa: FakeRasa):
    hung = asyncio.Event()

    async def hang(told: Told) -> None:
        if told.text == "hej" and not hung.is_set():
            hung.set()
            await asyncio.Event().wait()

    rasa.before = hang
    async with running_edge(bot_config, rasa) as edge, edge.visitor() as visitor:
        await visitor.open()
        await visitor.post(text="hej")
        await hung.wait()
        cookies = visitor.client.cookies
    # the replica is gone in the middle of the turn

    async with running_edge(bot_config, rasa) as edge, edge.visitor() as visitor:
        visitor.client.cookies = cookies
        await until(lambda: len(rasa.done) >= 2)
        await edge.settle()

        assert await visitor.texts() == ["event EXTERNAL_conversation_started", "hej", "svar på hej"]
        assert rasa.told[-1].repeated


async def test_a_replica_that_died_after_rasa_answered_costs_no_second_turn(
    edge: Edge, rasa: FakeRasa, sessions: Sessions
):
    """The row says that it was sent, Rasa says that it was done: the answer is stored, nothing is done twice."""
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("registrera")
        async with sessions.begin() as session:  # what would stand there had we died before storing the answer
            last = await session.scalar(select(func.max(TurnRow.id)))
            await session.execute(
                update(TurnRow).where(TurnRow.id == last).values(finished_at=None, outcome=None, finish_order=None)
            )
            await session.execute(text("DELETE FROM chat.message WHERE turn_id = :turn"), {"turn": last})

        await until(lambda: len(rasa.told) == 3)
        await edge.settle()

        assert rasa.texts().count("registrera") == 1
        assert (await visitor.texts()).count("svar på registrera") == 1


async def test_a_turn_sent_again_says_when_the_message_came_in_and_not_when_it_was_sent(
    edge: Edge, rasa: FakeRasa, sessions: Sessions
):
    """A request that the bot registers in both attempts is then the same request, not another under its reference."""
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["dies_after"]
        await visitor.say("sluta maila mig")

    async with sessions() as session:
        came_in_at = await session.scalar(select(TurnRow.created_at).where(TurnRow.kind == "text"))
    attempts = [told for told in rasa.told if told.text == "sluta maila mig"]
    assert [told.repeated for told in attempts] == [False, True]
    assert [told.received_at for told in attempts] == [came_in_at.isoformat()] * 2


async def test_an_answer_that_comes_after_another_replica_took_over_is_dropped(
    edge: Edge, rasa: FakeRasa, sessions: Sessions
):
    async def finished_elsewhere(told: Told) -> None:
        if told.kind == "text":
            async with sessions.begin() as session:
                await session.execute(
                    update(TurnRow)
                    .where(TurnRow.id == told.turn)
                    .values(finished_at=func.now(), outcome="answered", finish_order=999)
                )

    rasa.before = finished_elsewhere
    async with edge.visitor() as visitor:
        await visitor.open()

        assert await visitor.say("hej") == []


# Events


async def add_event(edge: Edge, conversation_id: str, event: str) -> None:
    parts = edge.parts
    async with parts.sessions.begin() as session:
        from foundation.clock import system_clock

        await parts.store.add_turn(session, conversation_id, event=event, now=system_clock())
    parts.turns.wake(conversation_id)


async def test_a_completed_identification_is_told_until_rasa_has_heard_it_and_the_visitor_knows_of_the_delay(
    edge: Edge, rasa: FakeRasa, texts: Texts
):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["refused", "error", "refused"]

        await add_event(edge, await visitor.conversation_id(), IDENTIFIED)
        await until(lambda: len(rasa.done) >= 2)
        await edge.settle()

        assert (await visitor.texts())[1:] == [texts("identification_delayed"), f"event {IDENTIFIED}"]


async def test_a_waiting_event_does_not_hold_up_what_the_visitor_writes(bot_config, rasa: FakeRasa):
    slow_to_repeat = TurnTimes(repeat_after_s=30, sweep_interval_s=0.1, sweep_grace_s=0, unreachable_patience_s=0)
    async with running_edge(bot_config, rasa, turns=slow_to_repeat) as edge, edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["refused"]
        await add_event(edge, await visitor.conversation_id(), IDENTIFIED)
        await edge.settle()

        [answer, *_] = await visitor.say("hej")

        assert answer["text"] == "svar på hej"


async def test_an_identification_that_waits_is_told_as_soon_as_the_bot_answers_anything(bot_config, rasa: FakeRasa):
    slow_to_repeat = TurnTimes(repeat_after_s=30, sweep_interval_s=30, unreachable_patience_s=0)
    async with running_edge(bot_config, rasa, turns=slow_to_repeat) as edge, edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["refused"]
        await add_event(edge, await visitor.conversation_id(), IDENTIFIED)
        await edge.settle()

        await visitor.say("hej")
        await edge.settle()

        assert (await visitor.texts())[-2:] == ["svar på hej", f"event {IDENTIFIED}"]


async def test_an_identification_that_the_actions_could_not_act_on_comes_again_and_is_acted_on_once(
    edge: Edge, rasa: FakeRasa, texts: Texts
):
    """Rasa heard of it while the action server was down; it does nothing twice under one number."""
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.answers[IDENTIFIED], rasa.incomplete = [], True
        await add_event(edge, await visitor.conversation_id(), IDENTIFIED)
        await until(lambda: rasa.texts().count(IDENTIFIED) >= 2)
        rasa.answers[IDENTIFIED], rasa.incomplete = [says("Klart.")], False
        await until(lambda: rasa.told[-1].turn in rasa.answered_with("Klart."))
        await edge.settle()
        told = rasa.texts().count(IDENTIFIED)
        await edge.parts.turns.sweep()
        await edge.settle()

        assert (await visitor.texts())[1:] == [texts("identification_delayed"), "Klart."], "the delay is told once"
        assert rasa.texts().count(IDENTIFIED) == told, "and then it is over"


async def test_an_identification_that_is_never_acted_on_is_given_up_in_plain_words(
    bot_config, rasa: FakeRasa, texts: Texts
):
    given_up_at_once = replace(IMPATIENT, event_given_up_after=timedelta(0))
    async with running_edge(bot_config, rasa, turns=given_up_at_once) as edge, edge.visitor() as visitor:
        await visitor.open()
        rasa.answers[IDENTIFIED], rasa.incomplete = [], True

        await add_event(edge, await visitor.conversation_id(), IDENTIFIED)
        await until(lambda: IDENTIFIED in rasa.texts())
        await edge.settle()

        assert (await visitor.texts())[1:] == [texts("identification_given_up")]


async def test_an_event_to_which_the_bot_says_nothing_is_well(edge: Edge, rasa: FakeRasa):
    rasa.answers[IDENTIFIED] = []
    async with edge.visitor() as visitor:
        await visitor.open()

        await add_event(edge, await visitor.conversation_id(), IDENTIFIED)
        await edge.settle()

        assert len(await visitor.texts()) == 1


# Numbers


async def test_what_the_bot_acted_on_is_kept_with_the_turn(edge: Edge, sessions: Sessions):
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("hej")

    async with sessions() as session:
        turn = await session.scalar(select(TurnRow).where(TurnRow.kind == "text"))
        answer = await session.scalar(select(MessageRow).where(MessageRow.turn_id == turn.id))
    assert (turn.intent, turn.confidence, turn.outcome, turn.attempts) == ("policy_test", 0.93, "answered", 1)
    assert answer.sender == "bot"
