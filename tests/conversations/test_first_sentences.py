"""What the first sentence says already is not asked again."""

from __future__ import annotations

import re

import pytest

from actions.journeys.consent_withdrawal import JOURNEY as CONSENT_WITHDRAWAL
from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("sentence", "next_question", "slots"),
    [
        ("ta bort mitt CV", "utter_ask_erasure_form_contact_email", {"scope": "Rekrytering"}),
        ("radera allt ni har om mig", "utter_ask_erasure_form_contact_email", {"scope": "Allt"}),
        (
            "skicka mig allt ni har sparat om mig till anna@example.se",
            "utter_ask_access_form_confirmed",
            {"scope": "Allt", "contact_email": "anna@example.se"},
        ),
        (
            "min adress är fel, ändra den, min nya adress är Björkvägen 4",
            "utter_ask_rectification_form_contact_email",
            {"incorrect": "Adress", "correct": "Björkvägen 4"},
        ),
        (
            "jag invänder mot att ni delar mina uppgifter med partner",
            "utter_ask_objection_form_reason",
            {"scope": "Delning med partner"},
        ),
    ],
)
async def test_facts_are_taken(dialogue: Dialogue, sentence: str, next_question: str, slots: dict[str, str]):
    turn = await dialogue.say(sentence)

    assert turn.said[-1] == next_question, turn.text
    for slot, value in slots.items():
        assert await dialogue.slot(slot) == value


async def test_the_address_of_one_request_serves_the_next(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("radera allt ni har om mig")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    await dialogue.happens("identification_completed")

    turn = await dialogue.say("skicka listan på era underleverantörer")

    assert turn.said[-1] == "utter_ask_processor_list_form_confirmed"
    assert turn.says("anna@example.se")


async def test_erasure_says_what_the_law_may_keep_before_anything_is_signed(dialogue: Dialogue):
    turn = await dialogue.say("radera allt ni har om mig")
    for fact in ("bokföringslagen", "sjunde kalenderåret", "penningtvättslagen", "fem år", "avgör en handläggare"):
        assert turn.says(fact)
    explained = turn.messages[0]["text"]
    assert len(re.findall(r"[.!?](?:\s|$)", explained)) == 2, explained


async def test_a_consent_is_withdrawn_in_two_turns_and_a_code(dialogue: Dialogue, fakes: Fakes):
    """As easy as giving it (art. 7(3); docs/adr/0107): an address and which consent, no reason, no BankID."""
    assert [field.slot for field in CONSENT_WITHDRAWAL.fields] == ["scope", "contact_email"]

    summary = await dialogue.say("jag återkallar mitt samtycke till rekrytering, svara till anna@example.se")
    assert summary.said == ["utter_explain_consent_withdrawal", "utter_ask_consent_withdrawal_form_confirmed"]
    assert (await dialogue.press("Stämmer")).said == ["utter_code_offered"]
    fakes.edge.confirm()
    await dialogue.happens("identification_completed")

    [case] = fakes.cases.cases.values()
    assert (case.request_type, case.details) == ("consent_withdrawal", {"scope": "Rekrytering"})


async def test_a_consent_to_marketing_is_withdrawn_in_one_turn(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.say("jag återkallar mitt samtycke till nyhetsbrevet till anna@example.se")
    assert turn.said[-1] == "utter_marketing_blocked", (turn.intent, turn.text)
    assert fakes.edge.offered == []


async def test_a_complaint_hears_of_the_authority_first(dialogue: Dialogue):
    turn = await dialogue.say("jag vill lämna ett klagomål")
    assert turn.says("IMY")
    assert turn.says("domstol")
    assert turn.says("Du behöver inte klaga hos oss först")


@pytest.mark.parametrize(
    "said",
    [
        "mitt personnummer är [dolt personnummer], vad har ni om mig",
        "[dolt personnummer] jag vill veta vad ni har för uppgifter om mig",
    ],
)
async def test_a_number_that_was_masked_is_not_what_the_message_is_about(dialogue: Dialogue, said: str):
    assert (await dialogue.say(said)).intent == "request_access"
