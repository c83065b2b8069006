"""How a form reads a message: an answer, a correction, something else, or nothing that it can use."""

from __future__ import annotations

import pytest
from rasa_sdk.forms import REQUESTED_SLOT

from actions.journeys.access import ValidateAccessForm
from actions.journeys.complaint import ValidateComplaintForm
from actions.journeys.consent_withdrawal import ValidateConsentWithdrawalForm
from actions.journeys.marketing_optout import ValidateMarketingOptoutForm
from actions.journeys.objection import ValidateObjectionForm
from actions.journeys.rectification import ValidateRectificationForm
from actions.request_form import CONFIRMED, FIELD_TO_CHANGE, RequestForm
from tests.actions.fakes import Fakes, run, slots_set, tracker_with

FILLED = {"scope": "Allt", "contact_email": "anna@example.se"}


async def read(form: type[RequestForm], text: str = "", **tracker) -> tuple[list[str], dict]:
    """Return the responses used and the slots set."""
    messages, events = await run(form(Fakes().services), tracker_with(text, **tracker))
    return [message["response"] for message in messages], slots_set(events)


async def test_the_first_sentence_is_not_asked_about_again():
    _, slots = await read(
        ValidateAccessForm,
        "skicka allt ni har om mig till anna@example.se",
        intent="request_access",
        requested_slot=None,
    )
    assert (slots["scope"], slots["contact_email"]) == ("Allt", "anna@example.se")


async def test_what_is_known_already_is_not_overwritten_by_a_first_sentence():
    _, slots = await read(ValidateAccessForm, "allt tack", intent="request_access", scope="Rekrytering")
    assert "scope" not in slots


async def test_a_button_answers_wherever_it_is_pressed():
    tracker = {"intent": "inform", "entities": {"scope": "Rekrytering"}, "requested_slot": "contact_email"}
    _, slots = await read(ValidateAccessForm, **tracker)
    assert slots["scope"] == "Rekrytering"


async def test_a_button_of_another_form_answers_nothing():
    tracker = {"intent": "inform", "entities": {"marketing_address": "x@example.se"}, "requested_slot": "contact_email"}
    responses, slots = await read(ValidateAccessForm, **tracker)
    assert "marketing_address" not in slots
    assert responses == ["utter_no_contact_email"]


async def test_a_question_in_between_is_no_answer():
    messages, events = await run(
        ValidateAccessForm(Fakes().services),
        tracker_with("kostar det något?", intent="policy_fee", requested_slot="scope"),
    )
    assert (messages, events) == ([], [])


@pytest.mark.parametrize(
    "intent", ["cancel", "ask_human", "ask_if_bot", "request_erasure", "EXTERNAL_identification_completed"]
)
async def test_other_wishes_and_events_step_out_of_the_form(intent: str):
    for requested in ("contact_email", CONFIRMED, FIELD_TO_CHANGE):
        _, events = await run(
            ValidateAccessForm(Fakes().services),
            tracker_with(intent=intent, entities={}, requested_slot=requested, **FILLED),
        )
        assert events == []


async def test_no_address_is_said_kindly_and_asked_again():
    responses, slots = await read(ValidateAccessForm, "till mig", intent="inform", requested_slot="contact_email")
    assert responses == ["utter_no_contact_email"]
    assert slots["contact_email"] is None
    assert slots[REQUESTED_SLOT] == "contact_email"


async def test_the_second_time_the_ways_out_are_shown():
    responses, slots = await read(
        ValidateAccessForm, "till mig", intent="inform", requested_slot="contact_email", failed_answers=1
    )
    assert responses == ["utter_no_contact_email", "utter_ways_out"]
    assert slots["failed_answers"] == 2


async def test_an_answer_ends_the_count_of_failures():
    _, slots = await read(
        ValidateAccessForm, "anna@example.se", intent="inform", requested_slot="contact_email", failed_answers=2
    )
    assert slots["failed_answers"] == 0


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ja", "affirm"),
        ("ja skicka in", "affirm"),
        ("stämmer bra", "affirm"),
        ("ja, skicka registerutdraget", "request_access"),
    ],
)
async def test_a_yes_confirms(text: str, intent: str):
    _, slots = await read(ValidateAccessForm, text, intent=intent, requested_slot=CONFIRMED, **FILLED)
    assert slots[CONFIRMED] is True


@pytest.mark.parametrize("text", ["nej, bo@example.se", "ja fast till bo@example.se"])
async def test_a_new_address_in_the_answer_corrects_it(text: str):
    _, slots = await read(ValidateAccessForm, text, intent="deny", requested_slot=CONFIRMED, **FILLED)
    assert slots["contact_email"] == "bo@example.se"
    assert slots[CONFIRMED] is None


@pytest.mark.parametrize(
    ("text", "intent", "asked_again"),
    [
        ("nej, fel adress", "change_answer", "contact_email"),
        ("fel mejl", "policy_contact_data", "contact_email"),
        ("nej det ska inte gälla allt", "deny", "scope"),
        ("ändra omfattningen", "nlu_fallback", "scope"),
    ],
)
async def test_the_one_thing_that_is_named_is_corrected(text: str, intent: str, asked_again: str):
    _, slots = await read(ValidateAccessForm, text, intent=intent, requested_slot=CONFIRMED, **FILLED)
    assert {slot for slot, value in slots.items() if value is None} == {asked_again, CONFIRMED}


@pytest.mark.parametrize(
    ("text", "intent"), [("nej", "deny"), ("ändra", "change_answer"), ("det är fel", "nlu_fallback")]
)
async def test_a_no_asks_what_is_to_be_changed(text: str, intent: str):
    _, slots = await read(ValidateAccessForm, text, intent=intent, requested_slot=CONFIRMED, **FILLED)
    assert slots[REQUESTED_SLOT] == FIELD_TO_CHANGE


async def test_the_answer_to_what_is_to_be_changed_asks_for_that():
    for tracker in (
        {"text": "mejlen", "intent": "inform"},
        {"intent": "change_answer", "entities": {"field": "contact_email"}},
    ):
        _, slots = await read(ValidateAccessForm, **tracker, requested_slot=FIELD_TO_CHANGE, **FILLED)
        assert slots["contact_email"] is None
        assert REQUESTED_SLOT not in slots


async def test_an_earlier_answer_can_be_changed_at_the_next_question():
    _, slots = await read(
        ValidateAccessForm, "gå tillbaka", intent="change_answer", requested_slot="contact_email", scope="Allt"
    )
    assert slots["scope"] is None


async def test_neither_yes_nor_no_is_asked_again():
    responses, slots = await read(ValidateAccessForm, "blå", intent="out_of_scope", requested_slot=CONFIRMED, **FILLED)
    assert responses == ["utter_no_confirmed"]
    assert slots[CONFIRMED] is None


async def test_wrong_data_are_told_with_what_they_should_be():
    text = "min nya adress är Björkvägen 4"
    _, slots = await read(ValidateRectificationForm, text, intent="request_rectification", requested_slot=None)
    assert (slots["incorrect"], slots["correct"]) == ("Adress", "Björkvägen 4")


async def test_a_new_email_address_to_be_corrected_is_not_where_the_answer_goes():
    text = "min nya mejl är anna@example.se"
    _, slots = await read(ValidateRectificationForm, text, intent="request_rectification", requested_slot=None)
    assert slots["correct"] == "anna@example.se"
    assert "contact_email" not in slots


@pytest.mark.parametrize("form", [ValidateObjectionForm, ValidateConsentWithdrawalForm])
@pytest.mark.parametrize("text", ["reklam", "jag vill inte ha nyhetsbrevet"])
async def test_what_turns_out_to_be_about_marketing_leaves_the_form(form: type[RequestForm], text: str):
    _, slots = await read(form, text, intent="inform", requested_slot="scope")
    assert slots["scope"] == "Marknadsföring"
    assert slots[REQUESTED_SLOT] is None


async def test_a_reason_may_be_withheld():
    tracker = {"intent": "deny", "entities": {}, "requested_slot": "reason"}
    _, slots = await read(ValidateObjectionForm, **tracker, scope="Delning med partner")
    assert slots["reason"] == "–"


async def test_a_complaint_needs_no_address():
    tracker = {"intent": "deny", "entities": {}, "requested_slot": "contact_email"}
    _, slots = await read(ValidateComplaintForm, **tracker, complaint="Ni svarar inte")
    assert slots["contact_email"] == "–"


async def test_one_address_to_block_needs_no_confirmation():
    text = "sluta maila mig på anna@example.se"
    _, slots = await read(ValidateMarketingOptoutForm, text, intent="request_marketing_optout", requested_slot=None)
    assert (slots["marketing_address"], slots[CONFIRMED]) == ("anna@example.se", True)


async def test_several_addresses_to_block_are_confirmed_first():
    text = "jag bytte från anna@example.se till bo@example.se, sluta maila"
    _, slots = await read(ValidateMarketingOptoutForm, text, intent="request_marketing_optout", requested_slot=None)
    assert slots["marketing_address"] == "anna@example.se, bo@example.se"
    assert CONFIRMED not in slots
