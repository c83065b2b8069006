"""What is not for us, said to the trained model: declined or asked back about; nothing is begun, no fact slips out."""

from __future__ import annotations

import pytest

from tests.actions.test_smalltalk import SAID
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model

MOST_SLIPS = 1
"""Sentences that may be taken for a question about the policy: "vad kostar det?" may mean a request's fee."""

BEGINS = ("utter_explain_", "utter_ask_")


def test_every_kind_is_said_in_several_ways():
    kinds = list(SAID.values())
    assert {kind: kinds.count(kind) for kind in set(kinds) if kinds.count(kind) < 2} == {}


async def test_nothing_is_begun_and_nothing_slips_out(dialogue: Dialogue):
    slips = []
    for said in SAID:
        visitor = Dialogue(dialogue.agent, dialogue.fakes)
        turn = await visitor.say(said)

        assert turn.messages, said
        assert not [name for name in turn.said if name.startswith(BEGINS)], said
        assert await visitor.slot("request_type") is None, said
        if turn.citations:
            slips.append((said, turn.intent))
    assert len(slips) <= MOST_SLIPS, slips
