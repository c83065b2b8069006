"""Questions about the policy, what is not understood, small talk, and a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.knowledge import load_knowledge
from privacy.retention import Period
from tests.actions.fakes import KNOWLEDGE, POLICY_DIRECTORY, Fakes
from tests.conversations.dialogue import Dialogue, InProcessActions

pytestmark = pytest.mark.model


async def test_the_first_message_says_what_it_is_and_what_it_keeps(dialogue: Dialogue):
    turn = await dialogue.happens("conversation_started")
    for fact in ("bot", "inte en människa", "Talenom", "30 dagar", "personnummer"):
        assert turn.says(fact)
    assert len(turn.buttons) == 3


@pytest.mark.parametrize("opening", ["conversation_started", "sparas det jag skriver här?", "avbryt"])
async def test_how_long_it_is_kept_is_what_retention_does(
    dialogue: Dialogue, endpoint: InProcessActions, fakes: Fakes, opening: str
):
    kept = Period(days=12)
    knowledge = load_knowledge(POLICY_DIRECTORY, conversations_kept=kept)
    endpoint.use(replace(fakes.services, conversations_kept=kept, knowledge=knowledge))
    if opening == "conversation_started":
        turn = await dialogue.happens(opening)
    else:
        await dialogue.say("radera allt ni har om mig")
        turn = await dialogue.say(opening)
    assert turn.says("12 dagar"), turn.text


async def test_a_wait_is_told_as_it_is(dialogue: Dialogue, fakes: Fakes):
    fakes.edge.expected_wait_minutes = 7
    turn = await dialogue.say("jag vill prata med en människa")
    assert turn.said == ["utter_handed_over_expected"]
    assert turn.says("ungefär 7 min")
    assert "Avbryt väntan" in turn.buttons


async def test_out_of_hours_a_message_is_asked_for(dialogue: Dialogue, fakes: Fakes):
    fakes.edge.opens = "torsdagen den 26 november 2026 klockan 08.00"
    turn = await dialogue.say("jag vill prata med en människa")
    assert turn.said == ["utter_handed_over_closed"]
    for fact in (fakes.edge.opens, "uppgift", "e-postadress"):
        assert turn.says(fact)


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("spelar ni in samtal?", "policy_call_recording"),
        ("hur länge sparas inspelade samtal?", "policy_retention_recordings"),
        ("säljer ni mina uppgifter?", "policy_sale"),
        ("vilka rättigheter har jag?", "policy_rights_overview"),
        ("vad kostar det?", "policy_fee"),
    ],
)
async def test_a_question_is_answered_with_words_of_the_policy(dialogue: Dialogue, question: str, intent: str):
    turn = await dialogue.say(question)

    assert turn.intent == intent
    assert turn.text == KNOWLEDGE.topics[intent].text
    assert turn.citations
    assert 0 < len(turn.buttons) <= 3


async def test_every_next_step_of_an_answer_leads_on(dialogue: Dialogue):
    for title in (await dialogue.say("spelar ni in samtal?")).buttons:
        await dialogue.say("spelar ni in samtal?")
        turn = await dialogue.press(title)
        assert turn.text
        await dialogue.say("avbryt")


async def test_what_is_not_understood_is_admitted_and_then_a_person_comes_first(dialogue: Dialogue):
    nearest = ["policy_fee", "request_access", "policy_dpo"]

    unsure = await dialogue.mumble("hurkle durkle mitt skrovmål", nearest)
    assert unsure.said == ["utter_unsure"]
    assert list(unsure.buttons.values()) == ["/policy_fee", "/request_access", "/ask_human"]

    again = await dialogue.mumble("njae skrovmålet ju", nearest)
    assert again.said == ["utter_unsure_again"]
    assert list(again.buttons.values()) == ["/ask_human", "/policy_fee", "/request_access"]


async def test_the_third_time_it_stops_guessing_and_offers_a_person(dialogue: Dialogue):
    for _ in range(2):
        await dialogue.mumble("hurkle durkle", ["policy_fee"])
    for _ in range(2):
        turn = await dialogue.mumble("men skrovmålet då", ["policy_fee"])
        assert turn.said == ["utter_unsure_person"]
        assert list(turn.buttons.values()) == ["/ask_human", "/ask_help"]
    await dialogue.say("spelar ni in samtal?")
    assert (await dialogue.mumble("hurkle", ["policy_fee"])).said == ["utter_unsure"], "it has understood meanwhile"


async def test_a_reading_that_is_offered_is_answered_when_pressed(dialogue: Dialogue):
    await dialogue.mumble("hurkle durkle mitt skrovmål", ["policy_fee", "policy_dpo"])
    turn = await dialogue.press(KNOWLEDGE.topics["policy_dpo"].title)
    assert turn.text == KNOWLEDGE.topics["policy_dpo"].text


async def test_what_is_not_understood_in_a_form_is_taken_as_the_answer_if_it_can_be_one(dialogue: Dialogue):
    await dialogue.say("jag vill ha ett registerutdrag")
    turn = await dialogue.mumble("skrovmålet från i våras", ["policy_fee"])
    assert turn.said == ["utter_ask_access_form_contact_email"]
    assert await dialogue.slot("scope") == "skrovmålet från i våras"


async def test_a_question_that_is_not_understood_in_a_form_is_no_answer(dialogue: Dialogue):
    await dialogue.say("jag vill ha ett registerutdrag")
    turn = await dialogue.mumble("vad gör skrovmålet?", ["policy_fee"])
    assert turn.said == ["utter_unsure", "utter_ask_access_form_scope"]


async def test_an_unsure_model_says_so_by_itself(dialogue: Dialogue):
    """Nothing in these words is ours; whatever the model makes of them, it must not be an answer or a request."""
    turn = await dialogue.say("hurkle durkle mitt skrovmål i trävirket")
    assert turn.said in (["utter_unsure"], ["utter_out_of_scope"])
    assert "Prata med en människa" in turn.buttons


@pytest.mark.parametrize("question", ["är du en människa?", "är du en robot?", "pratar jag med en dator?"])
async def test_it_says_truly_that_it_is_a_bot(dialogue: Dialogue, question: str):
    turn = await dialogue.say(question)
    assert turn.said == ["utter_am_bot"]
    assert turn.says("Jag är en bot")


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("hej", "utter_greet"),
        ("tack för hjälpen", "utter_thank"),
        ("hejdå", "utter_goodbye"),
        ("vad kan du göra?", "utter_help"),
        ("avbryt", "utter_nothing_to_cancel"),
        ("ja", "utter_what_now"),
        ("nej", "utter_talk_declining"),
        ("hur går det med mitt ärende?", "utter_own_cases_identification"),
    ],
)
async def test_small_talk(dialogue: Dialogue, text: str, response: str):
    assert (await dialogue.say(text)).said == [response]


async def test_small_talk_in_a_form_does_not_end_it(dialogue: Dialogue):
    await dialogue.say("jag vill ha ett registerutdrag")
    for text in ("tack", "är du en robot?", "vad kan du göra?"):
        turn = await dialogue.say(text)
        assert turn.said[-1] == "utter_ask_access_form_scope", text


async def test_a_person_is_called_in_and_hands_back(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.say("jag vill prata med en människa")
    assert turn.said == ["utter_handed_over"]
    assert turn.says("plats 1")
    assert len(fakes.edge.handoffs) == 1

    back = await dialogue.happens("returned_to_bot")
    assert back.says("boten, igen")


async def test_when_nobody_can_be_called_in_it_says_where_to_turn(dialogue: Dialogue, fakes: Fakes):
    fakes.edge.is_down = True
    turn = await dialogue.say("jag vill prata med en människa")
    assert turn.says("dataskydd@talenom.se")


async def test_the_status_of_a_case_of_this_conversation(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("skicka listan på era underleverantörer")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    [reference] = fakes.cases.cases

    turn = await dialogue.say("hur går det med mitt ärende?")

    assert turn.says(reference)
    assert turn.says("23 december 2026")


async def test_two_visitors_at_once_never_mix(dialogue: Dialogue, agent, fakes: Fakes):
    other = Dialogue(agent, fakes)
    await dialogue.say("radera allt ni har om mig")
    await other.say("jag vill ha ett registerutdrag")
    await dialogue.say("anna@example.se")
    await other.press("Rekrytering")
    await other.say("bo@example.se")

    assert (await dialogue.slot("scope"), await dialogue.slot("contact_email")) == ("Allt", "anna@example.se")
    assert (await other.slot("scope"), await other.slot("contact_email")) == ("Rekrytering", "bo@example.se")


async def test_a_switch_that_is_half_understood_still_switches(dialogue: Dialogue):
    await dialogue.say("jag vill ha ett registerutdrag")
    turn = await dialogue.mumble("eller nej, radera allt istället", ["policy_refusal", "request_erasure"])
    assert turn.said == ["utter_explain_erasure", "utter_ask_erasure_form_contact_email"]
    assert await dialogue.slot("scope") == "Allt"


async def test_the_same_words_outside_a_request_are_asked_about(dialogue: Dialogue):
    turn = await dialogue.mumble("eller nej, radera allt istället", ["policy_refusal", "request_erasure"])
    assert turn.said == ["utter_unsure"]
