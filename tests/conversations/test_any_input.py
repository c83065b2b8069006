"""Any input gets a reply in bounded time from everything that is served: model, language, threads, second questions."""

from __future__ import annotations

import time

import pytest

from tests.bot.nlu.test_speed import HOSTILE
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model

BOUND_S = 20.0
"""Of processor time a turn, actions included. A pattern that goes back and forth over such a text takes minutes; how
long a turn does take is measured by ``benchmarks.understanding`` and is no business of a test."""

SAYS_A_WISH = {"one word", "words", "right to left", "zero width"}
"""These repeat that data be erased, and may begin a request; nothing else may."""

MORE = {
    "many questions": "Hur länge sparar ni samtal, och säljer ni uppgifter? " * 180,
    "joints": "och hur länge och varför och vem " * 300,
    "leaning": "och hur länge då? " * 550,
    "other language": "what do you know about me and can you delete it please " * 180,
    "no blanks": "hurlängesparar" * 700,
    "one sentence end after another": ". " * 5_000,
}
"""Besides what the model is tried with: what cutting into questions, threads and languages have to get through."""

INPUTS = {name: text for name, text in (HOSTILE | MORE).items() if text}


@pytest.mark.parametrize("name", INPUTS)
async def test_any_input_gets_a_reply_in_bounded_time(dialogue: Dialogue, name: str):
    await dialogue.send_payload("/policy_call_recording")  # a thread that it could lean on
    began_at = time.process_time()
    turn = await dialogue.say(INPUTS[name])
    took_s = time.process_time() - began_at

    assert took_s < BOUND_S
    assert turn.text.strip()
    assert name in SAYS_A_WISH or await dialogue.slot("request_type") is None, turn.intent
