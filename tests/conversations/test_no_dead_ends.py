"""Every button leads on, and nothing that is typed leaves the visitor without a Swedish answer."""

from __future__ import annotations

import random

import pytest
from rasa.core.agent import Agent

from actions.texts import WISHES
from tests.actions.fakes import Fakes
from tests.actions.test_names import responses
from tests.conversations.dialogue import Dialogue, Turn
from tests.conversations.test_fuzz import assert_answered_in_swedish, filled_in

pytestmark = pytest.mark.model

OF_THE_EDGE = "edge:"
ENDS_WELL = {
    "utter_handed_over",
    "utter_request_cancelled",
    "utter_marketing_blocked",
    "utter_complaint_registered",
    "utter_request_registered",
    "utter_request_registered_without_email",
    "utter_request_registered_unidentified",
    "utter_own_cases_left",
    "utter_case_withdrawn",
    "utter_case_kept",
    "utter_added_to_case",
}
TYPED = [
    "",
    "ja",
    "nej",
    "allt",
    "anna@example.se",
    "anna@",
    "070-174 06 05",
    "/request_erasure",
    "/EXTERNAL_identification_completed",
    '/inform{"scope": "Allt"}',
    "{scope} {0} %s",
    "[cv](scope)",
    "😀😀😀",
    "\u202eesrever",
    "a" * 2000,
    "ord " * 400,
    "SELECT * FROM privacy_case; --",
    "<script>alert(1)</script>",
    "spelar ni in samtal?",
    "radera allt",
    "sluta maila mig",
    "ändra",
    "avbryt",
    "jag vill prata med en människa",
    "hoppa över",
    "what do you know about me",
    "tack",
    "hej",
    "vet inte",
    "hur går det med mitt ärende",
    "?",
]
EVENTS = ["identification_completed", "identification_failed", "returned_to_bot"]


ASKED_IN_WORDS = {
    "_contact_email": "anna@example.se",
    "_marketing_address": "anna@example.se och bo@example.se",
    "_complaint": "ni svarar aldrig",
    "_correct": "Björkvägen 4",
    "_addition": "det gäller även mars",
}
"""What a question without buttons is answered with."""


OWN_CASE = "AR-7K2M-Q94X"
IDENTIFIED = "!identification_completed"
"""A step of a path that is no press and no word: the visitor has identified."""

FURTHER_OPENINGS: list[tuple[str, ...]] = [
    *((f"/request_{kind}", "mina lönespecar") for kind in ("access", "erasure", "portability")),
    *((f"/request_{kind}", "mina lönespecar") for kind in ("restriction", "objection")),
    ("/request_rectification", "min lön för mars", "31 000 kronor"),
    *((f"/ask_case_{wish}", IDENTIFIED) for wish in ("status", "withdraw", "add")),
    ("/request_erasure", "allt", "anna@example.se", "/affirm", IDENTIFIED),
    ("jag har skyddad identitet", "/request_access", "allt"),
    ("jag har skyddad identitet", "/request_rectification", "min adress"),
]
"""Ways to what no button alone leads to: a client's data, own cases, a second case of a kind, a protected identity."""


async def replay(agent: Agent, fakes: Fakes, path: tuple[str, ...]) -> Turn:
    dialogue = Dialogue(agent, fakes)
    turn = await dialogue.happens("conversation_started")
    for step in path:
        if step == IDENTIFIED:
            fakes.edge.sign()
            turn = await dialogue.happens(step.removeprefix("!"))
        else:
            turn = await (dialogue.send_payload(step) if step.startswith("/") else dialogue.say(step))
    return turn


def ways_on(turn: Turn) -> list[str]:
    """Return what a visitor can press, or else type, after a turn."""
    pressed = [payload for payload in turn.buttons.values() if not payload.startswith(OF_THE_EDGE)]
    return pressed or [words for question, words in ASKED_IN_WORDS.items() if turn.said[-1].endswith(question)]


async def test_every_button_within_eight_turns_leads_on(agent: Agent, dialogue: Dialogue, fakes: Fakes):
    """Breadth first; each button once under each thing said. One policy answer stands for all, which have their own."""
    waiting: list[tuple[str, ...]] = [(), *((f"/{wish}",) for wish in WISHES), ("/greet",), ("/ask_if_bot",)]
    waiting += FURTHER_OPENINGS
    walked: set[tuple[str, str]] = set()
    while waiting:
        path = waiting.pop(0)
        fakes.own_cases.has(OWN_CASE)  # again: an earlier path may have taken it back
        turn = await replay(agent, fakes, path)
        assert_answered_in_swedish(turn, [step for step in path if not step.startswith(("/", "!"))])
        assert ways_on(turn) or set(turn.said) & ENDS_WELL, (path, turn.text)
        for step in ways_on(turn):
            under = (turn.said[-1], "/policy_" if step.startswith("/policy_") else step)
            if len(path) < 8 and under not in walked:
                walked.add(under)
                waiting.append((*path, step))
    offered = {name for name, variants in responses().items() if "buttons" in variants[0] and "_ask_" in name}
    assert offered - {said for said, _ in walked} == set(), "every question with buttons was reached"


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_typed_gets_a_swedish_answer(dialogue: Dialogue, fakes: Fakes, seed: int):
    chance = random.Random(seed)
    before: list[str] = []
    for _ in range(25):
        fakes.cases.is_down = chance.random() < 0.2
        fakes.edge.is_down = chance.random() < 0.1
        if chance.random() < 0.15:
            if fakes.edge.offered:
                fakes.edge.sign()
            turn = await dialogue.happens(chance.choice(EVENTS))
        elif dialogue.last and dialogue.last.buttons and chance.random() < 0.3:
            payload = chance.choice(list(dialogue.last.buttons.values()))
            turn = await dialogue.send_payload(payload if not payload.startswith(OF_THE_EDGE) else "/ask_human")
        else:
            turn = await dialogue.say(chance.choice(TYPED))
        after = await filled_in(dialogue)
        assert_answered_in_swedish(turn, [*before, *after])
        before = after
    registered = await dialogue.slot("registered_requests") or []
    assert {case["reference"] for case in registered} <= set(fakes.cases.cases)
    signed = [case for case in fakes.cases.cases.values() if case.request_type not in {"complaint", "processor_list"}]
    assert all(case.identification is not None or case.reference in fakes.edge.withdrawn for case in signed)
