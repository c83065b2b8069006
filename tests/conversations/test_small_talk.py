"""Small talk, and what is said beside a request: answered by its words, whatever the model makes of them."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model

TALK = {
    "utter_talk_acknowledging": ["jaha", "haha okej", "ok då vet jag", "bra att veta"],
    "utter_talk_declining": ["nej tack det räcker", "det var allt tack", "inget mer"],
    "utter_talk_puzzled": [
        "va?",
        "hur menar du",
        "jag fattar ingenting av det här",
        "tack för hjälpen men ja fattar fortfarande inte",
        "okej tack men det hjälpte inte",
        "nej det var inte det jag frågade om",
    ],
    "utter_talk_apologising": ["oj förlåt", "skrev fel"],
    "utter_talk_pausing": ["vänta lite", "en sekund bara"],
    "utter_talk_present": ["hallå??", "är du där"],
    "utter_talk_introducing": ["vilka är ni", "vad är det här"],
    "utter_out_of_scope_chat": ["hur mår du?", "läget"],
    "utter_out_of_scope_insult": ["du är jättedum", "jävla skitbot"],
}


@pytest.mark.parametrize(("response", "texts"), TALK.items())
async def test_it_is_answered_where_the_model_would_guess(dialogue: Dialogue, response: str, texts: list[str]):
    for text in texts:
        turn = await dialogue.mumble(text, ["make_complaint", "policy_backup"])
        assert turn.said == [response], text
        assert "Lämna ett klagomål" not in turn.buttons or response == "utter_out_of_scope_insult"


@pytest.mark.parametrize(
    ("intent", "text", "response"),
    [
        ("thank", "du är jättedum", "utter_out_of_scope_insult"),
        ("thank", "tack för ingenting din idiot", "utter_out_of_scope_insult"),
        ("greet", "hur mår du", "utter_out_of_scope_chat"),
        ("affirm", "okej bra", "utter_talk_acknowledging"),
        ("cancel", "skit i det, det var allt", "utter_nothing_to_cancel"),
        ("ask_help", "va", "utter_talk_puzzled"),
        ("out_of_scope", "jaha", "utter_talk_acknowledging"),
        ("policy_contact_data", "vad har ni för telefonnummer?", "utter_talk_reaching"),
        ("thank", "tack men det hjälpte inte", "utter_talk_puzzled"),
        ("thank", "tack", "utter_thank"),
        ("affirm", "ja", "utter_what_now"),
    ],
)
async def test_nor_is_it_taken_for_something_else(dialogue: Dialogue, intent: str, text: str, response: str):
    assert (await dialogue.taken_for(intent, text)).said == [response]


async def test_in_a_form_it_may_be_the_answer(dialogue: Dialogue):
    await dialogue.say("jag vill lämna ett klagomål")
    turn = await dialogue.mumble("jag förstår ingenting av era brev", ["ask_help"])
    assert turn.said == ["utter_ask_complaint_form_contact_email"]


# Words that mean something else here


async def test_who_wants_marketing_again_is_not_asked_which_to_stop(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.taken_for("request_marketing_optout", "jag ångrar mig, jag vill ha reklamen igen")
    assert turn.said == ["utter_marketing_wanted"]
    assert (await dialogue.say("spelar ni in samtal?")).citations
    assert fakes.cases.blocks == {}


async def test_taking_it_back_after_a_receipt_means_the_case_and_no_consent(dialogue: Dialogue, fakes: Fakes):
    text = "jag vill dra tillbaka det"
    before = await dialogue.taken_for("request_consent_withdrawal", text)
    assert before.said[0] == "utter_explain_consent_withdrawal"
    await dialogue.taken_for("cancel", "avbryt")
    await dialogue.say("skicka listan på era underleverantörer")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")

    turn = await dialogue.taken_for("request_consent_withdrawal", text)

    assert turn.said == ["utter_own_cases_identification"]
    fakes.own_cases.has("AR-7K2M-Q94X")
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_confirm_withdrawal"]


async def test_what_is_written_while_a_card_is_out_is_answered_with_what_is_waited_for(
    dialogue: Dialogue, fakes: Fakes
):
    await dialogue.say("jag vill lägga till något i mitt ärende")
    turn = await dialogue.mumble("det gäller även mina mejl från 2021", ["policy_fee"])
    assert turn.said == ["utter_own_cases_awaited"]
    again = await dialogue.mumble("det gäller även mina mejl från 2021", ["policy_fee"])
    assert again.said == ["utter_unsure_again"], "twice the same would lead nowhere"


async def asked_for_access(dialogue: Dialogue) -> None:
    await dialogue.say("skicka mig allt ni har sparat om mig till anna@example.se")
    await dialogue.press("Stämmer")


async def test_how_it_goes_with_what_is_not_registered_is_told_as_such(dialogue: Dialogue):
    await asked_for_access(dialogue)
    turn = await dialogue.taken_for("ask_case_status", "hur går det med mitt ärende?")
    assert turn.said == ["utter_request_pending"]


async def test_another_address_beside_the_card_changes_the_request(dialogue: Dialogue, fakes: Fakes):
    await asked_for_access(dialogue)
    turn = await dialogue.taken_for("inform", "byt mejlen till bo@example.se")
    assert turn.said == ["utter_ask_access_form_confirmed"]
    assert turn.says("bo@example.se")
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    await dialogue.happens("identification_completed")
    assert [case.contact_email for case in fakes.cases.cases.values()] == ["bo@example.se"]


async def test_to_have_no_bank_id_is_no_question_about_it(dialogue: Dialogue, fakes: Fakes):
    await asked_for_access(dialogue)
    turn = await dialogue.taken_for("policy_identification", "jag har inget bank id")
    assert turn.said == ["utter_identify_otherwise"]
    assert fakes.cases.cases == {}, "asked, for the words may mean less"

    assert (await dialogue.press("Ja, gör så")).said == ["utter_request_registered_unidentified", "utter_handed_over"]


async def test_a_block_that_is_in_place_does_not_let_the_request_that_waits_be_forgotten(dialogue: Dialogue):
    await asked_for_access(dialogue)
    turn = await dialogue.say("sluta maila mig på anna@example.se")
    assert turn.said == ["utter_marketing_blocked", "utter_request_pending"]


# In the middle of a form


async def test_what_should_stand_there_is_taken_without_the_words_around_it(dialogue: Dialogue):
    await dialogue.taken_for("request_rectification", "ni har fel nummer till mig")
    await dialogue.taken_for("inform", "det ska va 070 123 45 67")
    assert await dialogue.slot("correct") == "070 123 45 67"


async def test_the_name_of_a_piece_of_data_is_no_value_and_calls_for_nobody(dialogue: Dialogue, fakes: Fakes):
    await dialogue.taken_for("request_rectification", "ni har fel nummer till mig")
    turn = await dialogue.taken_for("ask_human", "telefonnummer")
    assert turn.said == ["utter_no_correct", "utter_ask_rectification_form_correct"]
    assert fakes.edge.handoffs == []
    assert (await dialogue.taken_for("ask_human", "jag vill prata med någon")).said == ["utter_handed_over"]


@pytest.mark.parametrize("intent", ["deny", "change_answer", "nlu_fallback"])
async def test_wrong_and_nothing_else_goes_back_to_the_answer_before(dialogue: Dialogue, intent: str):
    await dialogue.taken_for("request_rectification", "ni har fel nummer till mig")
    await dialogue.taken_for("inform", "070 123 45 67")
    turn = await dialogue.taken_for(intent, "nej fel")
    assert turn.said == ["utter_ask_rectification_form_correct"]


async def test_an_earlier_answer_can_be_given_anew_where_the_address_is_asked_for(dialogue: Dialogue):
    await dialogue.say("radera allt ni har om mig")
    turn = await dialogue.taken_for("inform", "jag har bara sökt jobb hos er")
    assert turn.said == ["utter_answer_changed", "utter_ask_erasure_form_contact_email"]
    assert await dialogue.slot("scope") == "Rekrytering"


async def test_an_address_alone_is_asked_about(dialogue: Dialogue):
    turn = await dialogue.mumble("anna@example.se", ["policy_fee", "policy_backup"])
    assert list(turn.buttons) == ["Stoppa reklam", "Begär registerutdrag", "Prata med en människa"]
