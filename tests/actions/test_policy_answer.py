"""Answers about the policy, and what is said when there is none."""

from __future__ import annotations

import pytest

from actions.answers import MOST_BUTTONS
from actions.policy_answer import ActionAnswerPolicy
from actions.texts import BROAD
from actions.unsure import ActionAnswerUnsure
from tests.actions.fakes import KNOWLEDGE, Fakes, run, tracker_with


@pytest.fixture
def answer() -> ActionAnswerPolicy:
    return ActionAnswerPolicy(Fakes().services)


@pytest.fixture
def unsure() -> ActionAnswerUnsure:
    return ActionAnswerUnsure(Fakes().services)


@pytest.mark.parametrize("intent", sorted(KNOWLEDGE.topics))
async def test_every_topic_is_answered_with_its_source(answer: ActionAnswerPolicy, intent: str):
    [message], events = await run(answer, tracker_with("?", intent=intent))

    assert message["text"] == KNOWLEDGE.topics[intent].text
    assert message["custom"]["citations"]
    for citation in message["custom"]["citations"]:
        assert set(citation) == {"section", "quote", "policy_version", "anchor"}
        assert all(citation.values())
    assert len(message["buttons"]) <= MOST_BUTTONS
    assert all(button["title"] and button["payload"].startswith("/") for button in message["buttons"])
    assert events == []


async def test_in_the_middle_of_a_form_no_other_buttons_compete(answer: ActionAnswerPolicy):
    [message], _ = await run(answer, tracker_with("?", intent="policy_fee", active_form="access_form"))
    assert message["buttons"] == []


async def test_a_topic_without_answer_is_not_made_up(answer: ActionAnswerPolicy):
    [message], _ = await run(answer, tracker_with("?", intent="policy_of_another_model"))
    assert message["response"] == "utter_no_answer_known"


async def test_unsure_offers_the_two_nearest_readings_and_a_person(unsure: ActionAnswerUnsure):
    ranking = ("nlu_fallback", "policy_fee", "greet", "request_access", "policy_dpo")

    [message], _ = await run(unsure, tracker_with("kostar utdrag?", ranking=ranking))

    assert [button["payload"] for button in message["buttons"]] == ["/policy_fee", "/request_access", "/ask_human"]
    assert message["buttons"][0]["title"] == KNOWLEDGE.topics["policy_fee"].title


async def test_a_second_miss_offers_the_person_first(unsure: ActionAnswerUnsure):
    tracker = tracker_with("kvack", ranking=("policy_fee",), before=("nlu_fallback",))
    [message], _ = await run(unsure, tracker)
    assert [button["payload"] for button in message["buttons"]] == ["/ask_human", "/policy_fee"]


async def test_an_answer_in_between_makes_the_next_miss_a_first_one(unsure: ActionAnswerUnsure):
    tracker = tracker_with("kvack", ranking=("policy_fee",), before=("nlu_fallback", "policy_dpo"))
    [message], _ = await run(unsure, tracker)
    assert [button["payload"] for button in message["buttons"]] == ["/policy_fee", "/ask_human"]


async def test_without_any_reading_there_is_still_a_way_on(unsure: ActionAnswerUnsure):
    [message], _ = await run(unsure, tracker_with("🙈"))
    assert [button["payload"] for button in message["buttons"]] == ["/ask_help", "/ask_human"]


@pytest.mark.parametrize(("word", "meant"), BROAD.items())
async def test_a_broad_word_alone_is_met_with_overviews(unsure: ActionAnswerUnsure, word: str, meant: list[str]):
    [message], _ = await run(unsure, tracker_with(f"{word.capitalize()}?", ranking=("policy_fee", "policy_dpo")))
    assert [button["payload"] for button in message["buttons"]] == [*(f"/{name}" for name in meant), "/ask_human"]
