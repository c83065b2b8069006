"""A confirmed request becomes a case once, or the visitor is told plainly that it is not one."""

from __future__ import annotations

import pytest

from actions.clients.cases import CaseDraft
from actions.confirmed_request import SLOT, ConfirmedRequest
from actions.identification import ActionReportFailedIdentification, ActionStartIdentification
from actions.request_control import ActionCancelRequest, ActionContinueRequest
from actions.submission import REGISTERED, ActionSubmitRequest
from tests.actions.fakes import (
    CONVERSATION,
    DUE_ON,
    KNOWLEDGE,
    NUMBER,
    SAID_AT,
    SIGNER,
    Fakes,
    run,
    slots_set,
    tracker_with,
)

FILLED = {
    "request_type": "erasure",
    "request_received_at": SAID_AT.isoformat(),
    "scope": "Rekrytering",
    "contact_email": "anna@example.se",
    "confirmed": True,
}
COMPLAINT = {
    "request_type": "complaint",
    "request_received_at": SAID_AT.isoformat(),
    "complaint": "Ni svarar aldrig",
    "contact_email": "–",
    "confirmed": True,
}


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


async def confirmed(fakes: Fakes, *, message_id: str = "m1") -> dict:
    """Confirm the filled form and return the slots as they are then."""
    tracker = tracker_with("ja", intent="affirm", message_id=message_id, **FILLED)
    _, events = await run(ActionStartIdentification(fakes.services), tracker)
    return FILLED | slots_set(events)


async def completed(fakes: Fakes, slots: dict) -> tuple[list[str], dict]:
    """Let the edge report the signature; return the responses used and the slots then."""
    tracker = tracker_with(intent="EXTERNAL_identification_completed", entities={}, **slots)
    messages, events = await run(ActionSubmitRequest(fakes.services), tracker)
    return [message["response"] for message in messages], slots | slots_set(events)


async def other_cases_take(fakes: Fakes, number: int) -> None:
    """Have strangers' cases stand under the first references that this message is given."""
    for taken in range(number):
        reference = fakes.services.references.mint(CONVERSATION, "m1", number=taken)
        await fakes.cases.register(CaseDraft(reference, "complaint", SAID_AT.isoformat(), "another", {}, None))


@pytest.mark.parametrize("taken", [0, 1, 3])
async def test_what_is_signed_has_a_reference_that_no_other_case_has(fakes: Fakes, taken: int):
    await other_cases_take(fakes, taken)

    slots = await confirmed(fakes)
    fakes.edge.sign(slots[SLOT]["reference"])
    responses, _ = await completed(fakes, slots)

    assert "utter_request_registered" in responses
    assert len(fakes.cases.cases) == taken + 1


@pytest.mark.parametrize("taken", [1, 3])
async def test_what_needs_no_signature_is_registered_under_another_reference_if_one_is_taken(fakes: Fakes, taken: int):
    await other_cases_take(fakes, taken)
    tracker = tracker_with("ja", intent="affirm", message_id="m1", **COMPLAINT)

    await run(ActionSubmitRequest(fakes.services), tracker)
    messages, _ = await run(ActionSubmitRequest(fakes.services), tracker)  # the edge sends the turn again

    assert len(fakes.cases.cases) == taken + 1
    registered = fakes.services.references.mint(CONVERSATION, "m1", number=taken)
    assert [message["reference"] for message in messages if "reference" in message] == [registered]


async def test_references_are_not_drawn_for_ever(fakes: Fakes):
    await other_cases_take(fakes, 10)
    tracker = tracker_with("ja", intent="affirm", message_id="m1", **COMPLAINT)

    messages, _ = await run(ActionSubmitRequest(fakes.services), tracker)

    assert [message["response"] for message in messages] == ["utter_request_refused"]
    assert len(fakes.cases.cases) == 10


async def test_the_visitor_signs_the_request_itself(fakes: Fakes):
    await confirmed(fakes)

    [card] = fakes.edge.offered
    assert card["conversation_id"] == CONVERSATION
    for fact in (KNOWLEDGE.controller, "Radering", "Rekrytering", card["reference"], "23 november 2026"):
        assert fact in card["visible_text"]


async def test_the_answers_leave_the_form_when_they_are_confirmed(fakes: Fakes):
    slots = await confirmed(fakes)

    assert slots["scope"] is None
    assert slots["request_type"] is None
    assert slots[SLOT]["details"] == {"scope": "Rekrytering"}
    assert slots[SLOT]["waits_for"] == "identification"


async def test_a_signed_request_is_registered_with_who_signed_it(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()

    responses, slots = await completed(fakes, slots)

    [case] = fakes.cases.cases.values()
    assert case.identification is not None
    assert case.identification.personal_identity_number == NUMBER
    assert case.received_at == SAID_AT.isoformat()
    assert case.contact_email == "anna@example.se"
    assert responses == ["utter_request_registered"]
    assert slots[SLOT] is None


async def test_the_receipt_carries_reference_and_due_date(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()
    tracker = tracker_with(intent="EXTERNAL_identification_completed", entities={}, **slots)

    [message], _ = await run(ActionSubmitRequest(fakes.services), tracker)

    reference = slots[SLOT]["reference"]
    assert message["reference"] == reference
    assert message["due_on"] == "23 december 2026"
    card = message["custom"]["card"]
    assert (card["kind"], card["reference"], card["due_on"]) == ("receipt", reference, DUE_ON.isoformat())
    assert card["due_explanation"], "how the date was counted unfolds in the receipt"


async def test_identity_never_reaches_a_slot_or_a_message(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()
    tracker = tracker_with(intent="EXTERNAL_identification_completed", entities={}, **slots)

    messages, events = await run(ActionSubmitRequest(fakes.services), tracker)

    for secret in (NUMBER, SIGNER, "c2ln"):
        assert secret not in str(messages)
        assert secret not in str(events)


async def test_the_same_confirmation_twice_is_the_same_request(fakes: Fakes):
    """The edge sends a turn again when a process died in it."""
    first, second = await confirmed(fakes), await confirmed(fakes)
    assert first[SLOT] == second[SLOT]
    assert (await confirmed(fakes, message_id="m2"))[SLOT]["reference"] != first[SLOT]["reference"]


async def test_the_same_completion_twice_is_one_case(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()

    await completed(fakes, slots)
    responses, after = await completed(fakes, slots)  # the process died before Rasa kept the first outcome

    assert len(fakes.cases.cases) == 1
    assert responses == ["utter_request_registered"]
    responses, _ = await completed(fakes, after)
    assert responses == ["utter_request_already_registered"]
    assert len(fakes.cases.cases) == 1


async def test_a_case_system_that_is_down_registers_nothing_and_the_visitor_is_told(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()
    fakes.cases.is_down = True

    responses, slots = await completed(fakes, slots)

    assert responses == ["utter_request_not_registered"]
    assert slots.get(REGISTERED) is None
    assert slots[SLOT]["waits_for"] == "registration"

    fakes.cases.is_down = False
    messages, _ = await run(
        ActionContinueRequest(fakes.services), tracker_with(intent="affirm", entities={}, message_id="m9", **slots)
    )
    assert [message["response"] for message in messages] == ["utter_request_registered"]
    assert list(fakes.cases.cases) == [slots[SLOT]["reference"]]


async def test_an_answer_that_is_lost_on_the_way_leaves_one_case(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()
    fakes.cases.dies_after_writing = True

    responses, slots = await completed(fakes, slots)
    assert responses == ["utter_request_not_registered"]
    responses, _ = await completed(fakes, slots)

    assert responses == ["utter_request_registered"]
    assert len(fakes.cases.cases) == 1


async def test_a_refusal_is_no_retry_but_a_person(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()
    fakes.cases.refuses = True
    responses, _ = await completed(fakes, slots)
    assert responses == ["utter_request_refused"]


async def test_a_signature_that_is_too_old_is_asked_for_again(fakes: Fakes):
    slots = await confirmed(fakes)
    slots[SLOT] = slots[SLOT] | {"waits_for": "registration"}

    responses, slots = await completed(fakes, slots)

    assert responses == ["utter_identification_needed", "utter_identification_offered"]
    assert [card["reference"] for card in fakes.edge.offered] == [slots[SLOT]["reference"]] * 2
    assert fakes.cases.cases == {}


async def test_a_signature_after_calling_off_registers_nothing(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()
    messages, events = await run(ActionCancelRequest(fakes.services), tracker_with("avbryt", intent="cancel", **slots))
    assert messages[0]["response"] == "utter_request_cancelled"

    responses, _ = await completed(fakes, slots | slots_set(events))

    assert responses == ["utter_nothing_to_register"]
    assert fakes.cases.cases == {}


async def test_bankid_that_cannot_be_shown_keeps_the_request(fakes: Fakes):
    fakes.edge.is_down = True
    tracker = tracker_with("ja", intent="affirm", **FILLED)

    messages, events = await run(ActionStartIdentification(fakes.services), tracker)

    assert [message["response"] for message in messages] == ["utter_identification_unavailable"]
    assert slots_set(events)[SLOT]["details"] == {"scope": "Rekrytering"}


async def test_a_failed_identification_keeps_the_request(fakes: Fakes):
    slots = await confirmed(fakes)
    tracker = tracker_with(intent="EXTERNAL_identification_failed", entities={}, **slots)

    messages, events = await run(ActionReportFailedIdentification(fakes.services), tracker)

    assert [message["response"] for message in messages] == ["utter_identification_failed"]
    assert SLOT not in slots_set(events)


async def test_a_complaint_takes_no_identification(fakes: Fakes):
    messages, _ = await run(ActionSubmitRequest(fakes.services), tracker_with("ja", intent="affirm", **COMPLAINT))

    [case] = fakes.cases.cases.values()
    assert (case.request_type, case.identification, case.contact_email) == ("complaint", None, None)
    assert case.details == {"complaint": "Ni svarar aldrig"}
    assert messages[0]["response"] == "utter_request_registered_without_email"
    assert fakes.edge.offered == []


async def test_a_complaint_is_not_called_a_request(fakes: Fakes):
    said = COMPLAINT | {"contact_email": "anna@example.se"}

    messages, _ = await run(ActionSubmitRequest(fakes.services), tracker_with("ja", intent="affirm", **said))

    assert messages[0]["response"] == "utter_complaint_registered"


async def test_a_complaint_does_not_push_out_a_request_that_waits_for_its_signature(fakes: Fakes):
    slots = await confirmed(fakes)

    tracker = tracker_with("ja", intent="affirm", message_id="m2", **(slots | COMPLAINT))
    _, events = await run(ActionSubmitRequest(fakes.services), tracker)

    assert SLOT not in slots_set(events)


async def test_a_signature_in_the_middle_of_another_form_registers_what_was_signed(fakes: Fakes):
    slots = await confirmed(fakes)
    fakes.edge.sign()

    _, after = await completed(fakes, slots | COMPLAINT)

    assert [case.request_type for case in fakes.cases.cases.values()] == ["erasure"]
    assert after["complaint"] == COMPLAINT["complaint"]


async def test_a_request_that_gives_way_to_another_is_not_lost_silently(fakes: Fakes):
    slots = await confirmed(fakes)
    tracker = tracker_with("ja", intent="affirm", message_id="m2", **(slots | FILLED))

    messages, _ = await run(ActionStartIdentification(fakes.services), tracker)

    assert "utter_request_replaced" in [message["response"] for message in messages]


async def test_changing_a_confirmed_request_takes_it_back_to_its_form(fakes: Fakes):
    slots = await confirmed(fakes)
    tracker = tracker_with(intent="change_answer", entities={}, **slots)

    _, events = await run(ActionContinueRequest(fakes.services), tracker)

    after = slots_set(events)
    assert after[SLOT] is None
    assert (after["request_type"], after["scope"], after["contact_email"]) == (
        "erasure",
        "Rekrytering",
        "anna@example.se",
    )
    assert (events[-1]["event"], events[-1]["name"]) == ("followup", "erasure_form")


def test_a_confirmed_request_is_the_same_after_its_slot():
    request = ConfirmedRequest("AR-0000-0000", "access", SAID_AT.isoformat(), {"scope": "Allt"}, None, "registration")
    assert ConfirmedRequest.from_tracker(tracker_with(**{SLOT: request.as_slot()})) == request
