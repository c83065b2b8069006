"""Questions, buttons and words of one's own are told apart."""

from __future__ import annotations

import pytest

from actions.digression import goes_elsewhere, wish_switched_to
from actions.utterance import Utterance, latest_said_at, latest_utterance, previous_intents
from tests.actions.fakes import SAID_AT, tracker_with


@pytest.mark.parametrize(
    "text",
    [
        "spelar ni in samtal?",
        "spelar ni in samtal",
        "hur länge sparas det",
        "vem ser det",
        "får jag fråga en sak",
        "jag undrar vem som ser det",
        "mitt cv?",
        "e du säker",
        "VAD SPARAR NI",
    ],
)
def test_a_question_is_known_by_its_look(text: str):
    assert Utterance(text=text, intent="nlu_fallback").is_question


@pytest.mark.parametrize(
    "text",
    [
        "mitt cv",
        "allt",
        "",
        "anna@example.se",
        "har jobbat hos er sedan 2019",
        "för att jag känner mig jagad",
        "är pensionär",
    ],
)
def test_an_answer_is_no_question(text: str):
    assert not Utterance(text=text, intent="nlu_fallback").is_question


def test_a_button_carries_answers_and_no_words():
    said = latest_utterance(tracker_with(intent="inform", entities={"scope": "Allt"}))

    assert said.answers == {"scope": "Allt"}
    assert said.text == ""


def test_what_is_typed_sets_no_answer_whatever_the_model_finds_in_it():
    tracker = tracker_with("scope är allt", intent="inform")
    tracker.latest_message["entities"] = [{"entity": "scope", "value": "Allt"}]

    assert latest_utterance(tracker).answers == {}


def test_a_message_is_dated_by_the_edge_if_it_says_so():
    tracker = tracker_with("hej")
    assert latest_said_at(tracker) == SAID_AT

    tracker.events[-1]["metadata"] = {"received_at": "2026-11-22T10:00:00+00:00"}
    assert latest_said_at(tracker).isoformat() == "2026-11-22T10:00:00+00:00"


def test_intents_are_remembered_newest_first():
    tracker = tracker_with("va", intent="nlu_fallback", before=("greet", "policy_fee"))
    assert previous_intents(tracker) == ["nlu_fallback", "policy_fee", "greet"]


@pytest.mark.parametrize(
    ("text", "intent", "free_text", "elsewhere"),
    [
        ("hur länge sparas samtal?", "policy_retention_recordings", True, True),
        ("mina samtal", "policy_call_recording", True, False),
        ("mina samtal", "policy_call_recording", False, True),
        ("avbryt", "cancel", True, True),
        ("jag vill ha en människa", "ask_human", True, True),
        ("tack", "thank", True, True),
        ("tack vare er har jag fått så mycket reklam att jag blir tokig", "thank", True, False),
        ("eller nej, radera allt istället", "request_erasure", True, True),
        ("för att ni inte har rättat min adress", "request_rectification", True, False),
        ("för att ni inte har rättat min adress", "request_rectification", False, True),
        ("jag vill ha allt", "request_access", True, False),
        ("blå bananer", "out_of_scope", True, False),
        ("vad blir det för väder?", "out_of_scope", True, True),
    ],
)
def test_what_turns_elsewhere_in_the_middle_of_an_access_request(
    text: str, intent: str, free_text: bool, elsewhere: bool
):
    said = Utterance(text=text, intent=intent)
    assert goes_elsewhere(said, own_intent="request_access", free_text=free_text) is elsewhere


@pytest.mark.parametrize(
    ("text", "ranking", "wish"),
    [
        ("eller nej, radera allt istället", ("nlu_fallback", "policy_refusal", "request_erasure"), "request_erasure"),
        ("nej vänta, registerutdrag", ("nlu_fallback", "request_access", "policy_fee"), "request_access"),
        ("eller nej, radera allt istället", ("nlu_fallback", "policy_refusal", "policy_fee", "request_erasure"), None),
        ("mitt cv", ("nlu_fallback", "request_erasure"), None),
    ],
)
def test_a_switch_that_the_model_is_unsure_of_is_known_by_its_words(
    text: str, ranking: tuple[str, ...], wish: str | None
):
    assert wish_switched_to(Utterance(text=text, intent="nlu_fallback", ranking=ranking)) == wish
