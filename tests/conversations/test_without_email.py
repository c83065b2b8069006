"""Whoever has no e-mail is never stuck, wherever they say so, and is never taken for wanting no more mail."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model

NO_EMAIL = ["jag har ingen mejl", "har inte någon e-post", "jag saknar mejl"]
every_wording = pytest.mark.parametrize("text", NO_EMAIL)


@every_wording
@pytest.mark.parametrize("intent", ["request_marketing_optout", "nlu_fallback"])
async def test_where_no_form_asks(dialogue: Dialogue, text: str, intent: str):
    turn = await dialogue.taken_for(intent, text)
    assert turn.said == ["utter_without_email_here"]
    assert await dialogue.slot("request_type") is None
    assert (await dialogue.press("Vart skickar jag brev?")).says("Box 842")


async def test_no_more_mail_is_still_that(dialogue: Dialogue):
    turn = await dialogue.taken_for("request_marketing_optout", "jag vill inte ha nån mejl från er")
    assert turn.said[0] == "utter_explain_marketing_optout"


@every_wording
async def test_before_it_is_asked_for_it_is_no_answer(dialogue: Dialogue, text: str):
    await dialogue.say("jag vill ha ett registerutdrag")
    turn = await dialogue.taken_for("request_marketing_optout", text)
    assert turn.said == ["utter_without_email_later", "utter_ask_access_form_scope"]
    assert await dialogue.slot("scope") is None


@every_wording
async def test_when_it_is_asked_for_there_are_three_ways_on(dialogue: Dialogue, fakes: Fakes, text: str):
    await dialogue.say("radera allt ni har om mig")
    turn = await dialogue.taken_for("request_marketing_optout", text)
    assert turn.said == ["utter_without_email", "utter_ask_erasure_form_contact_email"]
    for way in ("i chatten", "med brev", "människa"):
        assert turn.says(way)
    letter = await dialogue.press("Vart skickar jag brev?")
    assert letter.says("Box 842")
    assert letter.said[-1] == "utter_ask_erasure_form_contact_email", "and the request is still there"
    await dialogue.say("jag har ingen mejl")
    assert (await dialogue.press("Prata med en människa")).said == ["utter_handed_over"]
    assert "Radering" in fakes.edge.handoffs[-1]["summary"]


@every_wording
async def test_a_complaint_needs_none(dialogue: Dialogue, fakes: Fakes, text: str):
    await dialogue.say("jag vill lämna ett klagomål")
    early = await dialogue.taken_for("request_marketing_optout", text)
    assert early.said == ["utter_without_email_later", "utter_ask_complaint_form_complaint"]
    await dialogue.say("ni svarar aldrig på mina brev")
    turn = await dialogue.taken_for("request_marketing_optout", text)
    assert turn.said == ["utter_without_email_skipped", "utter_ask_complaint_form_confirmed"]
    assert (await dialogue.press("Stämmer")).said == ["utter_request_registered_without_email"]
    assert [case.contact_email for case in fakes.cases.cases.values()] == [None]


@every_wording
async def test_marketing_comes_by_telephone_or_by_post(dialogue: Dialogue, fakes: Fakes, text: str):
    await dialogue.say("sluta skicka reklam")
    turn = await dialogue.taken_for("request_marketing_optout", text)
    assert turn.said == ["utter_without_email_marketing", "utter_ask_marketing_optout_form_marketing_address"]
    assert (await dialogue.say("070-174 06 05")).said == ["utter_marketing_blocked"]


@every_wording
async def test_beside_a_card_bankid_needs_none(dialogue: Dialogue, fakes: Fakes, text: str):
    fakes.own_cases.has("AR-7K2M-Q94X")
    await dialogue.say("hur går det med mitt ärende?")
    turn = await dialogue.taken_for("request_marketing_optout", text)
    assert turn.said == ["utter_without_email_at_card"]
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_own_case"]


async def test_beside_a_requests_card_a_person_takes_it(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("frys alla mina uppgifter")
    await dialogue.press("Hoppa över")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    turn = await dialogue.taken_for("request_marketing_optout", "jag har ingen mejl längre")
    assert turn.said == ["utter_without_email_at_card"]
    done = await dialogue.press("Jag kan inte göra det här")
    assert done.said == ["utter_request_registered_unidentified", "utter_handed_over"]
