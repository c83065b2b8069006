"""Two questions in one message get two answers; a question that leans on the one before is read with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent

from bot.rasa.neutral_text import neutral
from foundation.yaml_files import read_yaml
from tests.actions.fakes import KNOWLEDGE
from tests.conversations.dialogue import Dialogue

HERE = Path(__file__).parent
TWO: dict[str, Any] = read_yaml(HERE / "two_questions.yml")
THREADS: dict[str, Any] = read_yaml(HERE / "follow_ups.yml")
LEANING = [(topic, said, asks) for topic, turns in THREADS["leaning"].items() for said, asks in turns.items()]
BY_ITSELF = [(topic, said) for topic, turns in THREADS["by_itself"].items() for said in turns]

MOST_FALSE_SPLITS = 1
FEWEST_TRUE_SPLITS = 0.9
"""Share of the messages with two questions in which both are found; the rest get one honest answer."""


async def asked(agent: Agent, text: str) -> list[str]:
    """Return what a message asks, in the order it is answered in."""
    parsed = await agent.parse_message(neutral(text))
    intent, further = parsed["intent"]["name"], parsed.get("further_intents", [])
    return [intent, *further] if intent.startswith("policy_") else [*further, intent]


def test_the_lists_are_as_long_as_they_should_be():
    assert len(TWO["two"]) >= 30
    assert len(TWO["one"]) >= 30
    assert len(LEANING) >= 60
    assert len(BY_ITSELF) >= 30


async def test_two_questions_are_found(agent: Agent):
    missed = {}
    for message in TWO["two"]:
        found = await asked(agent, message["says"])
        wanted = [alternatives.split("/") for alternatives in message["asks"]]
        if len(found) != len(wanted) or any(a not in b for a, b in zip(found, wanted, strict=True)):
            missed[message["says"]] = found
    assert len(missed) <= (1 - FEWEST_TRUE_SPLITS) * len(TWO["two"]), missed


async def test_one_question_stays_one(agent: Agent):
    split = {text: found for text in TWO["one"] if len(found := await asked(agent, text)) > 1}
    assert len(split) <= MOST_FALSE_SPLITS, split


async def test_both_are_answered_with_the_sources_of_both(dialogue: Dialogue):
    turn = await dialogue.say("Vem är personuppgiftsansvarig, och har ni något dataskyddsombud?")

    first, second = (KNOWLEDGE.topics[intent] for intent in ("policy_controller", "policy_dpo"))
    assert [message["text"] for message in turn.messages] == [first.text, second.text]
    quotes = {citation["quote"] for citation in turn.citations}
    assert quotes == {citation.quote for topic in (first, second) for citation in topic.citations}
    assert not turn.messages[0].get("buttons")
    assert "/policy_controller" not in turn.buttons.values()
    assert 0 < len(turn.buttons) <= 3


async def test_a_question_beside_a_wish_is_answered_before_the_wish_begins(dialogue: Dialogue):
    turn = await dialogue.say("säljer ni mina uppgifter? och radera mig")

    assert turn.messages[0]["text"] == KNOWLEDGE.topics["policy_sale"].text
    assert turn.said[1:] == ["utter_explain_erasure", "utter_ask_erasure_form_scope"]
    assert await dialogue.slot("request_type") == "erasure"


async def test_what_comes_after_two_answers_leans_on_the_second(dialogue: Dialogue):
    await dialogue.say("Tar ni backup? Säljer ni mina uppgifter?")
    turn = await dialogue.say("och till partners då?")
    assert turn.intent == "policy_partner_sharing"


@pytest.mark.parametrize(("topic", "said", "asks"), LEANING)
async def test_a_leaning_question_is_read_with_the_one_before(dialogue: Dialogue, topic: str, said: str, asks: str):
    await dialogue.send_payload(f"/policy_{topic}")
    turn = await dialogue.say(said)

    if asks == "unsure":
        assert turn.intent == "nlu_fallback"
        assert "/ask_human" in turn.buttons.values()
        assert len(turn.buttons) > 1, "with readings near the thread"
    else:
        assert turn.intent == f"policy_{asks}"
        assert turn.text == KNOWLEDGE.topics[f"policy_{asks}"].text


@pytest.mark.parametrize(("topic", "said"), BY_ITSELF)
async def test_what_stands_by_itself_is_not_bent(dialogue: Dialogue, topic: str, said: str):
    fresh = await dialogue.agent.parse_message(neutral(said))
    await dialogue.send_payload(f"/policy_{topic}")
    turn = await dialogue.say(said)
    assert turn.intent == fresh["intent"]["name"]


async def test_without_a_thread_nothing_is_leaned_on(dialogue: Dialogue):
    fresh = await dialogue.agent.parse_message("och hur länge då?")
    turn = await dialogue.say("och hur länge då?")
    assert turn.intent == fresh["intent"]["name"]


async def test_thanks_in_between_does_not_cut_the_thread_but_another_subject_does(dialogue: Dialogue):
    await dialogue.send_payload("/policy_call_recording")
    await dialogue.say("tack")
    assert (await dialogue.say("och hur länge då?")).intent == "policy_retention_recordings"

    await dialogue.send_payload("/ask_if_bot")
    turn = await dialogue.say("varför det?")
    assert turn.intent != "policy_call_recording"


async def test_in_the_middle_of_a_request_why_is_asked_of_the_request(dialogue: Dialogue):
    await dialogue.send_payload("/request_access")
    await dialogue.send_payload("/policy_retention_recordings")
    turn = await dialogue.say("varför det?")
    assert turn.intent != "policy_call_recording"
    assert await dialogue.slot("request_type") == "access"
