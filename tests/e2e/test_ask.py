"""``insyn ask`` against the running stack: the format others rely on, the facts, honest errors."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import RunningStack
from tests.insyn.network import contacts

pytestmark = pytest.mark.browser

KEYS = {"q", "intent", "confidence", "text", "citations", "buttons", "latency_ms"}


ODD = ("?!", "🙂", "/request_access", "a" * 2_000, "<b>hej</b>", "\u202exyz\u202c")
NO_MESSAGE = ("", "   ", "\u0000", "a" * 10_000)
NO_QUESTION = ("not json", '{"q": 3}', '{"question": "?"}', '{"q": []}')
DESPAIR = "jag orkar inte leva längre"

Answers = list[dict]


@pytest.fixture(scope="module")
def answers(stack: RunningStack) -> Answers:
    """All questions of this file in one run, as those who measure do it: each line a conversation of its own."""
    asked: list[object] = [
        {"q": "hur länge sparas inspelade samtal?", "id": 7},
        {"q": "Säljer ni mina uppgifter?"},
        {"q": ["jag vill ha ett registerutdrag", "avbryt"]},
        {"q": ["spelar ni in samtal?", "å hur länge då?"]},
        *({"q": text} for text in (DESPAIR, *ODD, *NO_MESSAGE)),
    ]
    lines = [json.dumps(line) for line in asked]
    printed = stack.insyn("ask", "--jsonl", given="".join(f"{line}\n" for line in [*NO_QUESTION, *lines]))
    found = [json.loads(line) for line in printed.splitlines()]
    assert len(found) == len(NO_QUESTION) + len(lines)
    return found


def answer_to(question: str | list[str], answers: Answers) -> dict:
    return next(answer for answer in answers if answer.get("q") == question)


def test_one_object_a_line_in_order_with_the_keys_of_the_design(answers: Answers):
    first, second = answers[len(NO_QUESTION) :][:2]

    assert [first["q"], second["q"]] == ["hur länge sparas inspelade samtal?", "Säljer ni mina uppgifter?"]
    assert set(first) == KEYS | {"id"}
    assert first["id"] == 7
    assert first["intent"] == "policy_retention_recordings"
    assert "3 månader" in first["text"]
    assert set(first["citations"][0]) == {"section", "quote"}
    assert 0 <= first["confidence"] <= 1


def test_a_list_is_a_conversation_with_one_answer_a_turn(answers: Answers):
    answer = answer_to(["jag vill ha ett registerutdrag", "avbryt"], answers)

    assert [turn["intent"] for turn in answer["turns"]] == ["request_access", "cancel"]
    assert all(set(turn) == KEYS for turn in answer["turns"])


def test_a_question_that_leans_on_the_one_before_is_read_with_it(answers: Answers):
    answer = answer_to(["spelar ni in samtal?", "å hur länge då?"], answers)

    assert [turn["intent"] for turn in answer["turns"]] == ["policy_call_recording", "policy_retention_recordings"]


def test_who_despairs_is_told_where_help_is_and_nothing_of_calling_off(answers: Answers):
    answer = answer_to(DESPAIR, answers)

    assert "90101" in answer["text"]
    assert "avbryta" not in answer["text"]


def test_what_is_no_question_is_named_and_the_rest_goes_on(answers: Answers):
    refused, rest = answers[: len(NO_QUESTION)], answers[len(NO_QUESTION) :]

    assert [answer["line"] for answer in refused] == [1, 2, 3, 4]
    assert all("error" in answer for answer in refused)
    assert rest[0]["text"]


@pytest.mark.parametrize("text", ODD)
def test_odd_input_gets_a_kind_answer_and_starts_nothing(answers: Answers, text: str):
    answer = answer_to(text, answers)

    assert answer["text"]
    assert not answer["intent"].startswith(("request_", "EXTERNAL_")), "typed text is text, whatever it looks like"


@pytest.mark.parametrize("text", NO_MESSAGE)
def test_what_is_no_message_is_refused_in_words(answers: Answers, text: str):
    assert answer_to(text, answers)["error"]


def test_one_question_is_printed_for_a_person_to_read(stack: RunningStack):
    printed = stack.insyn("ask", "säljer ni mina uppgifter?")

    assert "Källa:" in printed


def test_no_process_of_the_stack_left_the_machine(stack: RunningStack):
    seen = contacts(stack.contacts)
    programs = " ".join(" ".join(contact.argv) for contact in seen if contact.event == "started")

    assert all(f"serve {name}" in programs for name in ("chat", "cases", "worker", "actions", "rasa", "simulator"))
    assert [contact for contact in seen if contact.left_the_machine] == []
