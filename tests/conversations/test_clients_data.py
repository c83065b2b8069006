"""Payroll and bookkeeping that the company does for others: asked about, explained, forwarded, never refused."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn

pytestmark = pytest.mark.model


async def finished(dialogue: Dialogue, fakes: Fakes) -> Turn:
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    return await dialogue.happens("identification_completed")


async def test_salary_slips_are_asked_about_and_the_case_says_whose_they_are(dialogue: Dialogue, fakes: Fakes):
    asked = await dialogue.say("radera mina lönespecar")
    assert asked.said[-1] == "utter_ask_erasure_form_client_company", asked.text
    for fact in ("personuppgiftsansvarigt", "personuppgiftsbiträde", "skickar din begäran vidare"):
        assert asked.says(fact)

    await dialogue.say("Bygg & Co i Umeå")
    summary = await dialogue.say("anna@example.se")
    assert summary.says("Bygg & Co i Umeå")
    receipt = await finished(dialogue, fakes)

    [case] = fakes.cases.cases.values()
    assert case.details == {"scope": "Lön och bokföring", "client_company": "Bygg & Co i Umeå"}
    assert any("Bygg & Co i Umeå" in step for step in receipt.card["next_steps"])
    assert "Bygg & Co i Umeå" in fakes.edge.offered[-1]["visible_text"]


async def test_an_employer_that_was_named_is_not_asked_for(dialogue: Dialogue):
    turn = await dialogue.say("jag vill ha ut min lön från när jag jobbade på Volvo, registerutdrag tack")
    assert turn.said[-1] == "utter_ask_access_form_contact_email", (turn.intent, turn.text)
    assert await dialogue.slot("client_company") == "Volvo"


async def test_it_may_concern_the_company_itself(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("radera mina lönespecar")
    await dialogue.press("Det gäller bara er")
    summary = await dialogue.say("anna@example.se")
    assert not summary.says("bestämmer över")
    await finished(dialogue, fakes)
    assert [case.details for case in fakes.cases.cases.values()] == [{"scope": "Lön och bokföring"}]


async def test_what_controller_and_processor_mean_can_be_asked_in_between(dialogue: Dialogue):
    await dialogue.say("radera mina lönespecar")
    turn = await dialogue.press("Vem bestämmer över lönen?")
    assert turn.citations
    assert turn.said[-1] == "utter_ask_erasure_form_client_company"


@pytest.mark.parametrize("opening", ["radera mitt cv", "radera allt ni har om mig"])
async def test_nobody_else_is_asked(dialogue: Dialogue, opening: str):
    assert (await dialogue.say(opening)).said[-1] == "utter_ask_erasure_form_contact_email"


async def test_a_subject_that_is_changed_to_pay_is_asked_about(dialogue: Dialogue):
    await dialogue.say("radera mitt cv")
    await dialogue.say("anna@example.se")
    await dialogue.press("Ändra")
    await dialogue.press("Vad det gäller")
    turn = await dialogue.say("mina gamla lönespecifikationer")
    assert turn.said[-1] == "utter_ask_erasure_form_client_company", turn.text


async def test_a_wrong_wage_is_asked_about_when_it_is_to_be_corrected(dialogue: Dialogue):
    await dialogue.say("jag vill rätta en felaktig uppgift")
    await dialogue.say("min lön för mars är fel")
    turn = await dialogue.say("31 000 kronor")
    assert turn.said[-1] == "utter_ask_rectification_form_client_company"
