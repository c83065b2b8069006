"""Calling off, going on, asking where a case is, and handing over."""

from __future__ import annotations

from datetime import date

import pytest

from actions.handover import ActionHandOver, ActionTakeBack
from actions.own_cases import ActionSeeToOwnCases
from actions.request_control import ActionCancelRequest, ActionContinueRequest
from actions.wish import ActionBeginRequest
from tests.actions.fakes import DUE_ON, Fakes, run, slots_set, tracker_with
from tests.actions.test_submission import COMPLAINT

REGISTERED = [
    {
        "reference": "AR-0000-0000",
        "request_type": "complaint",
        "received_on": "2026-11-23",
        "due_on": DUE_ON.isoformat(),
    }
]
ANNA = "anna@example.se"


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


async def test_calling_off_empties_everything(fakes: Fakes):
    tracker = tracker_with(
        "avbryt", intent="cancel", active_form="erasure_form", request_type="erasure", scope="Allt", contact_email=ANNA
    )

    messages, events = await run(ActionCancelRequest(fakes.services), tracker)

    assert messages[0]["response"] == "utter_request_cancelled"
    assert set(slots_set(events).values()) == {None}
    assert events[0]["event"] == "active_loop"
    assert events[0]["name"] is None


async def test_what_is_registered_is_not_called_off_in_the_chat(fakes: Fakes):
    tracker = tracker_with("avbryt", intent="cancel", registered_requests=REGISTERED)
    messages, _ = await run(ActionCancelRequest(fakes.services), tracker)
    assert messages[0]["response"] == "utter_cannot_cancel_registered"
    assert messages[0]["reference"] == "AR-0000-0000"


async def test_nothing_under_way_is_nothing_to_call_off(fakes: Fakes):
    messages, _ = await run(ActionCancelRequest(fakes.services), tracker_with("avbryt", intent="cancel"))
    assert messages[0]["response"] == "utter_nothing_to_cancel"


@pytest.mark.parametrize(
    ("intent", "slots", "response"),
    [
        ("affirm", {}, "utter_what_now"),
        ("deny", {}, "utter_what_now"),
        ("change_answer", {"registered_requests": REGISTERED}, "utter_change_registered"),
        ("inform", {}, "utter_unsure_without_reading"),
    ],
)
async def test_an_answer_that_nothing_asked_for_is_met(fakes: Fakes, intent: str, slots: dict, response: str):
    messages, _ = await run(ActionContinueRequest(fakes.services), tracker_with("just den", intent=intent, **slots))
    assert [message["response"] for message in messages] == [response]


async def test_a_request_that_was_left_for_a_person_goes_on(fakes: Fakes):
    tracker = tracker_with("ja", intent="affirm", request_type="erasure", scope="Allt")
    _, events = await run(ActionContinueRequest(fakes.services), tracker)
    assert [(event["event"], event["name"]) for event in events] == [("followup", "erasure_form")]


async def test_a_no_leaves_it_waiting_and_says_so(fakes: Fakes):
    tracker = tracker_with("nej", intent="deny", request_type="erasure", scope="Allt")
    messages, events = await run(ActionContinueRequest(fakes.services), tracker)
    assert [message["response"] for message in messages] == ["utter_request_left"]
    assert events == []


@pytest.mark.parametrize(
    ("slots", "response"),
    [({}, "utter_returned_to_bot"), ({"request_type": "erasure", "scope": "Allt"}, "utter_returned_to_request")],
)
async def test_the_bot_comes_back_to_what_was_left(fakes: Fakes, slots: dict, response: str):
    tracker = tracker_with(intent="EXTERNAL_returned_to_bot", entities={}, **slots)
    messages, _ = await run(ActionTakeBack(fakes.services), tracker)
    assert [message["response"] for message in messages] == [response]


async def test_the_same_wish_again_goes_on_where_it_was_left(fakes: Fakes):
    tracker = tracker_with("radera", intent="request_erasure", request_type="erasure", scope="Allt", contact_email=ANNA)
    _, events = await run(ActionBeginRequest(fakes.services), tracker)
    assert "scope" not in slots_set(events)


async def test_another_wish_starts_from_nothing_but_the_address(fakes: Fakes):
    tracker = tracker_with("radera", intent="request_erasure", request_type="access", scope="Allt", contact_email=ANNA)
    _, events = await run(ActionBeginRequest(fakes.services), tracker)
    slots = slots_set(events)
    assert slots["scope"] is None
    assert slots["request_type"] == "erasure"
    assert "contact_email" not in slots


async def test_an_objection_to_marketing_begins_as_an_opt_out(fakes: Fakes):
    tracker = tracker_with("jag invänder mot er reklam", intent="request_objection")
    messages, events = await run(ActionBeginRequest(fakes.services), tracker)
    assert messages[0]["response"] == "utter_explain_marketing_optout"
    assert slots_set(events)["request_type"] == "marketing_optout"
    assert events[-1]["name"] == "marketing_optout_form"


async def test_only_cases_of_this_conversation_are_told_about(fakes: Fakes):
    tracker = tracker_with("hur går det med AR-0000-0000?", intent="ask_case_status")
    messages, _ = await run(ActionSeeToOwnCases(fakes.services), tracker)
    assert [message["response"] for message in messages] == ["utter_own_cases_identification"]
    assert "AR-0000-0000" not in str(messages)


async def test_a_case_of_this_conversation_is_looked_up(fakes: Fakes):
    from actions.submission import ActionSubmitRequest

    _, events = await run(ActionSubmitRequest(fakes.services), tracker_with("ja", intent="affirm", **COMPLAINT))
    tracker = tracker_with("hur går det?", intent="ask_case_status", **slots_set(events))

    [message], _ = await run(ActionSeeToOwnCases(fakes.services), tracker)
    assert message["response"] == "utter_case_status"
    assert message["due_on"] == "23 december 2026"

    [reference] = fakes.cases.cases
    fakes.cases.packages[reference] = date(2026, 12, 30)
    [_, offered], _ = await run(ActionSeeToOwnCases(fakes.services), tracker)
    assert (offered["response"], offered["until"]) == ("utter_package_released", "30 december 2026")
    assert [button["payload"] for button in offered["buttons"]] == [f"edge:fetch_package:{reference}"]

    fakes.cases.is_down = True
    [message], _ = await run(ActionSeeToOwnCases(fakes.services), tracker)
    assert message["response"] == "utter_case_status_unavailable"


async def test_a_person_is_told_what_it_is_about_and_nothing_personal(fakes: Fakes):
    secret = "jag heter Anna Karlsson"
    tracker = tracker_with(
        secret, intent="ask_human", before=("policy_fee",), request_type="erasure", contact_email=ANNA, scope=secret
    )

    messages, events = await run(ActionHandOver(fakes.services), tracker)

    [handoff] = fakes.edge.handoffs
    assert "Radering" in handoff["summary"]
    assert fakes.services.knowledge.topics["policy_fee"].title in handoff["summary"]
    assert secret not in str(handoff)
    assert ANNA not in str(handoff)
    assert len(handoff["reason"]) <= 64
    assert len(handoff["summary"]) <= 500
    assert (messages[0]["response"], messages[0]["position"]) == ("utter_handed_over", 1)
    assert "scope" not in slots_set(events), "what was filled in is kept for afterwards"


async def test_the_summary_fits_however_much_was_done(fakes: Fakes):
    topics = sorted(
        fakes.services.knowledge.topics, key=lambda intent: -len(fakes.services.knowledge.topics[intent].title)
    )
    tracker = tracker_with("människa", intent="ask_human", before=tuple(topics), registered_requests=REGISTERED * 50)
    await run(ActionHandOver(fakes.services), tracker)
    assert len(fakes.edge.handoffs[0]["summary"]) <= 500


async def test_a_failed_hand_over_says_where_else_to_turn(fakes: Fakes):
    fakes.edge.is_down = True
    messages, events = await run(ActionHandOver(fakes.services), tracker_with("människa", intent="ask_human"))
    assert messages[0]["response"] == "utter_hand_over_failed"
    assert messages[0]["privacy_email"] == fakes.services.knowledge.privacy_email
    assert events == []
