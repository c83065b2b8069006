"""What strangers write who do not know how a form works: each line was once met with something awkward."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn
from tests.conversations.test_own_cases import FIRST, identified

pytestmark = pytest.mark.model

FORM = "utter_ask_erasure_form_contact_email"


async def at_the_address(dialogue: Dialogue) -> Turn:
    turn = await dialogue.say("radera allt ni har om mig")
    assert turn.said[-1] == FORM
    return turn


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("va?", "utter_in_form_puzzled"),
        ("va menar du", "utter_in_form_puzzled"),
        ("jag förstår inte", "utter_in_form_puzzled"),
        ("vänta", "utter_in_form_pausing"),
        ("nej vänta lite", "utter_in_form_pausing"),
        ("e du kvar", "utter_in_form_present"),
        ("hur mår du idag", "utter_in_form_chat"),
        ("hej", "utter_in_form_greet"),
        ("jag har inte bankid", "utter_without_bankid_later"),
        ("har ingen mejl", "utter_without_email"),
    ],
)
async def test_what_answers_nothing_is_met_in_its_own_words_and_the_question_stands(
    dialogue: Dialogue, text: str, response: str
):
    await at_the_address(dialogue)
    for _ in range(2):
        assert (await dialogue.say(text)).said == [response, FORM], "no way out is pressed on whoever needs time"
    assert (await dialogue.say("anna@example.se")).said == ["utter_ask_erasure_form_confirmed"]


@pytest.mark.parametrize("text", ["stopp", "avbryt", "nej glöm det"])
async def test_calling_off_still_is_that(dialogue: Dialogue, text: str):
    await at_the_address(dialogue)
    assert (await dialogue.say(text)).said == ["utter_request_cancelled"]


async def test_where_no_bankid_is_needed_that_is_said(dialogue: Dialogue):
    await dialogue.say("frys alla mina uppgifter")
    await dialogue.press("Hoppa över")
    turn = await dialogue.say("jag har inte bankid")
    assert turn.said == ["utter_bankid_not_needed", "utter_ask_restriction_form_contact_email"]


@pytest.mark.parametrize("text", ["hur lång tid tar det", "och hur länge tar det?", "när får jag svar"])
async def test_how_long_it_takes_is_answered_in_the_middle_of_a_request(dialogue: Dialogue, text: str):
    await at_the_address(dialogue)
    turn = await dialogue.say(text)
    if turn.intent != "ask_case_status":
        assert turn.says("en månad"), turn.text
    assert turn.said[-1] == FORM


async def test_an_answer_that_was_understood_ends_the_misunderstandings(dialogue: Dialogue):
    await at_the_address(dialogue)
    await dialogue.mumble("anna@example,se", ["policy_about"])
    await dialogue.say("anna@example.se")
    turn = await dialogue.mumble("blipp blopp?", ["policy_about", "policy_scope"])
    assert "utter_unsure" in turn.said, "not: I have misunderstood you several times"


async def test_an_address_given_too_early_is_the_address(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("jag vill ha ett registerutdrag")
    assert (await dialogue.say("anna@example.se")).said == ["utter_ask_access_form_scope"]
    summary = await dialogue.say("allt")
    assert summary.said == ["utter_ask_access_form_confirmed"]
    assert summary.says("Gäller: Allt")
    assert summary.says("anna@example.se")


async def test_what_it_should_be_is_given_anew_at_any_point(dialogue: Dialogue):
    await dialogue.say("ni har stavat fel på mitt namn")
    await dialogue.say("Svenson")
    assert (await dialogue.say("nej det ska vara Svensson")).said[0] == "utter_answer_changed"
    await dialogue.say("anna@example.se")
    assert (await dialogue.say("nej fel")).said == ["utter_ask_rectification_form_field_to_change"]
    summary = await dialogue.say("det ska vara Svenzon")
    assert summary.said == ["utter_ask_rectification_form_confirmed"]
    assert summary.says("Ska i stället vara: Svenzon")


async def test_a_recipient_is_named_without_its_preposition(dialogue: Dialogue):
    await dialogue.say("exportera alla mina uppgifter så jag kan flytta dem")
    await dialogue.say("till Nya Byrån AB")
    assert (await dialogue.say("anna@example.se")).says("Mottagare: Nya Byrån AB")


async def test_beside_the_card_no_bankid_leads_on(dialogue: Dialogue, fakes: Fakes):
    await at_the_address(dialogue)
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    turn = await dialogue.mumble("jag har inte bankid", ["policy_identification"])
    assert turn.said == ["utter_identify_otherwise"]


@pytest.mark.parametrize("text", ["va hände", "va händer nu", "va gör jag nu"])
async def test_what_happened_is_where_it_stands(dialogue: Dialogue, fakes: Fakes, text: str):
    await at_the_address(dialogue)
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    await dialogue.happens("identification_failed")
    assert (await dialogue.say(text)).said == ["utter_request_pending"]

    await dialogue.press("Fortsätt")
    fakes.edge.sign()
    fakes.cases.is_down = True
    await dialogue.happens("identification_completed")
    assert (await dialogue.say(text)).said == ["utter_request_not_registered"]


async def test_who_is_known_from_just_now_need_not_identify_again(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "hur går det med mitt ärende?")
    assert (await dialogue.say("när får jag svar")).said == ["utter_own_case"]
    assert (await dialogue.say("lägg till en sak")).said == ["utter_ask_case_addition_form_addition"]
    assert (await dialogue.say("jag har flyttat")).said == ["utter_added_to_case"]
    assert (await dialogue.say("ta tillbaka ärendet")).said == ["utter_confirm_withdrawal"]

    fakes.edge.signed.clear()
    assert (await dialogue.say("hur går det med mitt ärende?")).said == ["utter_own_cases_identification"]


async def test_after_they_are_left_they_are_shown_to_nobody_unidentified(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "hur går det med mitt ärende?")
    await dialogue.say("avbryt")
    assert (await dialogue.say("hur går det med mitt ärende?")).said == ["utter_own_cases_identification"]
