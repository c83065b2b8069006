"""No to marketing: blocked at once, each address once, or the visitor is told that it is not."""

from __future__ import annotations

from actions.marketing_block import PENDING_BLOCKS, ActionBlockMarketing
from tests.actions.fakes import SAID_AT, Fakes, run, slots_set, tracker_with

FILLED = {
    "request_type": "marketing_optout",
    "request_received_at": SAID_AT.isoformat(),
    "marketing_address": "anna@example.se, +46701740605",
}


async def test_every_address_is_blocked_and_shown_masked():
    fakes = Fakes()

    [message], events = await run(ActionBlockMarketing(fakes.services), tracker_with("ja", intent="affirm", **FILLED))

    blocks = {(block.channel, block.address) for block in fakes.cases.blocks.values()}
    assert blocks == {("email", "anna@example.se"), ("phone", "+46701740605")}
    assert message["response"] == "utter_marketing_blocked"
    assert "anna@example.se" not in message["addresses"]
    assert all(reference in message["references"] for reference in fakes.cases.blocks)
    assert slots_set(events)["marketing_address"] is None


async def test_nobody_is_asked_who_they_are():
    fakes = Fakes()
    await run(ActionBlockMarketing(fakes.services), tracker_with("ja", intent="affirm", **FILLED))
    assert fakes.edge.offered == []


async def test_when_the_case_system_is_down_it_is_said_and_the_retry_is_the_same_block():
    fakes = Fakes()
    fakes.cases.is_down = True

    [message], events = await run(ActionBlockMarketing(fakes.services), tracker_with("ja", intent="affirm", **FILLED))
    slots = FILLED | slots_set(events)
    assert message["response"] == "utter_marketing_not_blocked"

    fakes.cases.is_down = False
    for message_id in ("m2", "m3"):
        tracker = tracker_with("ja", intent="affirm", message_id=message_id, **slots)
        [message], events = await run(ActionBlockMarketing(fakes.services), tracker)
        assert message["response"] == "utter_marketing_blocked"
    assert set(fakes.cases.blocks) == {block["reference"] for block in slots[PENDING_BLOCKS]}


async def test_the_same_turn_again_is_the_same_block():
    fakes = Fakes()
    for _ in range(2):
        await run(ActionBlockMarketing(fakes.services), tracker_with("ja", intent="affirm", **FILLED))
    assert len(fakes.cases.blocks) == 2
