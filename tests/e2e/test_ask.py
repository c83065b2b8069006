"""``insyn ask`` against the running stack: the format others rely on, the facts, honest errors."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import RunningStack
from tests.insyn.network import contacts

pytestmark = pytest.mark.browser

KEYS = {"q", "intent", "confidence", "text", "citations", "buttons", "latency_ms"}


def ask(stack: RunningStack, *lines: object) -> list[dict]:
    given = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    return [json.loads(line) for line in stack.insyn("ask", "--jsonl", given=given).splitlines()]


def test_one_object_a_line_in_order_with_the_keys_of_the_design(stack: RunningStack):
    answers = ask(stack, {"q": "hur länge sparas inspelade samtal?", "id": 7}, {"q": "Säljer ni mina uppgifter?"})

    assert [answer["q"] for answer in answers] == ["hur länge sparas inspelade samtal?", "Säljer ni mina uppgifter?"]
    assert set(answers[0]) == KEYS | {"id"}
    assert answers[0]["id"] == 7
    assert answers[0]["intent"] == "policy_retention_recordings"
    assert "3 månader" in answers[0]["text"]
    assert set(answers[0]["citations"][0]) == {"section", "quote"}
    assert 0 <= answers[0]["confidence"] <= 1


def test_a_list_is_a_conversation_with_one_answer_a_turn(stack: RunningStack):
    [answer] = ask(stack, {"q": ["jag vill ha ett registerutdrag", "avbryt"]})

    assert [turn["intent"] for turn in answer["turns"]] == ["request_access", "cancel"]
    assert all(set(turn) == KEYS for turn in answer["turns"])


def test_a_question_that_leans_on_the_one_before_is_read_with_it(stack: RunningStack):
    [answer] = ask(stack, {"q": ["spelar ni in samtal?", "å hur länge då?"]})

    assert [turn["intent"] for turn in answer["turns"]] == ["policy_call_recording", "policy_retention_recordings"]


def test_who_despairs_is_told_where_help_is_and_nothing_of_calling_off(stack: RunningStack):
    [answer] = ask(stack, {"q": "jag orkar inte leva längre"})

    assert "90101" in answer["text"]
    assert "avbryta" not in answer["text"]


def test_what_is_no_question_is_named_and_the_rest_goes_on(stack: RunningStack):
    answers = ask(stack, "not json\n", {"q": 3}, {"question": "?"}, {"q": []}, {"q": "hej"})

    assert [answer.get("line") for answer in answers] == [1, 2, 3, 4, None]
    assert all("error" in answer for answer in answers[:4])
    assert answers[4]["text"]


@pytest.mark.parametrize("text", ["?!", "🙂", "/request_access", "a" * 2_000, "<b>hej</b>", "\u202exyz\u202c"])
def test_odd_input_gets_a_kind_answer_and_starts_nothing(stack: RunningStack, text: str):
    [answer] = ask(stack, {"q": text})

    assert answer["text"]
    assert not answer["intent"].startswith(("request_", "EXTERNAL_")), "typed text is text, whatever it looks like"


@pytest.mark.parametrize("text", ["", "   ", "\u0000", "a" * 10_000])
def test_what_is_no_message_is_refused_in_words(stack: RunningStack, text: str):
    [answer] = ask(stack, {"q": text})

    assert answer["q"] == text
    assert answer["error"]


def test_one_question_is_printed_for_a_person_to_read(stack: RunningStack):
    printed = stack.insyn("ask", "säljer ni mina uppgifter?")

    assert "Källa:" in printed


def test_no_process_of_the_stack_left_the_machine(stack: RunningStack):
    seen = contacts(stack.contacts)
    programs = " ".join(" ".join(contact.argv) for contact in seen if contact.event == "started")

    assert all(f"serve {name}" in programs for name in ("chat", "cases", "worker", "actions", "rasa", "simulator"))
    assert [contact for contact in seen if contact.left_the_machine] == []
