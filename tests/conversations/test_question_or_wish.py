"""A question about a right is answered, with a button to use it; a wish begins it. Both sides, by the trained model."""

from __future__ import annotations

import pytest

from tests.actions.fakes import KNOWLEDGE
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model

QUESTIONS = {
    "Måste ni lämna ut en kopia om man vill se vad som finns om en?": ("right_access", "access"),
    "kan man få fel uppgifter rättade hos er?": ("right_rectification", "rectification"),
    "kan man få sina uppgifter raderade?": ("right_erasure", "erasure"),
    "går det att kräva att ni begränsar hur mina uppgifter används?": ("right_restriction", "restriction"),
    "får man ta med sig sina uppgifter till ett annat företag?": ("right_portability", "portability"),
    "Vad innebär rätten att invända?": ("right_objection", "objection"),
    "kan man säga nej till reklam från er?": ("right_marketing_objection", "marketing_optout"),
    "hur gör man för att ta tillbaka sitt samtycke?": ("consent_withdrawal_how", "consent_withdrawal"),
}
"""What is asked, the topic that answers it, and the request that its button begins."""

WISHES = {
    "skicka mig allt ni har sparat om mig": "access",
    "jag vill ha ett registerutdrag": "access",
    "jag vill ha en kopia på allt ni vet om mig": "access",
    "jag vill ha ut mina uppgifter som csv-fil så att jag kan ladda in dem i ett annat system": "portability",
    "för över mina uppgifter direkt till en annan leverantör": "portability",
    "ni har fel telefonnummer till mig, ändra det": "rectification",
    "ta bort allt om mig": "erasure",
    "jag vill bli bortglömd": "erasure",
    "radera mitt konto och allt som hör till": "erasure",
    "frys mina uppgifter medan ni utreder om de stämmer": "restriction",
    "radera inget, men sluta använda mina uppgifter tills vi är klara": "restriction",
    "pausa behandlingen av mina uppgifter": "restriction",
    "jag invänder mot att ni använder mina uppgifter för att utveckla era tjänster": "objection",
    "jag motsätter mig att ni delar mina uppgifter med partner": "objection",
    "sluta skicka reklam till mig": "marketing_optout",
    "inga fler sms med erbjudanden, tack": "marketing_optout",
    "avregistrera mig från nyhetsbrevet": "marketing_optout",
    "jag tar tillbaka mitt samtycke": "consent_withdrawal",
    "jag ångrar att jag godkände, dra tillbaka mitt samtycke till rekryteringen": "consent_withdrawal",
    "mitt godkännande gäller inte längre": "consent_withdrawal",
}
"""Wishes, each near another: access and portability; erasure, restriction, objection, no to advertising, consent."""


@pytest.mark.parametrize(("said", "topic", "request_type"), [(said, *wanted) for said, wanted in QUESTIONS.items()])
async def test_a_question_about_a_right_is_answered_with_a_button(
    dialogue: Dialogue, said: str, topic: str, request_type: str
):
    turn = await dialogue.say(said)

    assert turn.text == KNOWLEDGE.topics[f"policy_{topic}"].text
    assert turn.citations
    assert f"/request_{request_type}" in turn.buttons.values()
    assert await dialogue.slot("request_type") is None, "nothing is begun"


@pytest.mark.parametrize(("said", "request_type"), WISHES.items())
async def test_a_wish_begins_its_request(dialogue: Dialogue, said: str, request_type: str):
    turn = await dialogue.say(said)

    assert turn.said[0] == f"utter_explain_{request_type}", turn.text
    assert await dialogue.slot("request_type") == request_type


async def test_a_complaint_is_told_of_when_asked_and_taken_when_made(dialogue: Dialogue):
    asked = await dialogue.say("var kan man klaga om ni sköter uppgifterna dåligt?")
    assert asked.text == KNOWLEDGE.topics["policy_right_complaint"].text
    assert "/make_complaint" in asked.buttons.values()

    await dialogue.say("jag vill lämna ett klagomål på hur ni hanterat mina uppgifter")
    assert await dialogue.slot("request_type") == "complaint"
