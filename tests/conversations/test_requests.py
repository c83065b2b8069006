"""Every request, as people make it: straight, corrected, interrupted, switched, called off, with things going wrong."""

from __future__ import annotations

import pytest

from tests.actions.fakes import NUMBER, SIGNER, Fakes
from tests.conversations.dialogue import Dialogue, Turn
from tests.conversations.journeys import JOURNEYS, Journey

pytestmark = pytest.mark.model


SIGNED = [journey for journey in JOURNEYS if journey.signed]
every_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.request_type)
every_signed_journey = pytest.mark.parametrize("journey", SIGNED, ids=lambda journey: journey.request_type)


async def answer(dialogue: Dialogue, line: str) -> Turn:
    return await dialogue.press(line[2:]) if line.startswith("> ") else await dialogue.say(line)


async def to_summary(dialogue: Dialogue, journey: Journey) -> Turn:
    turn = await dialogue.say(journey.opening)
    assert turn.intent == journey.intent
    for line in journey.answers:
        turn = await answer(dialogue, line)
    assert is_summary(turn, journey), turn.text
    return turn


async def confirm_and_sign(dialogue: Dialogue, fakes: Fakes, journey: Journey) -> Turn:
    """Press Stämmer and, where needed, sign or type the code; return the turn that brings the receipt or bad news."""
    turn = await dialogue.press("Stämmer")
    if not journey.signed:
        return turn
    assert turn.said == [journey.offer]
    journey.identify(fakes)
    return await dialogue.happens("identification_completed")


def is_summary(turn: Turn, journey: Journey) -> bool:
    return turn.said[-1:] == [f"utter_ask_{journey.request_type}_form_confirmed"]


@every_journey
async def test_straight(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    opened = await dialogue.say(journey.opening)
    assert opened.said[0] == f"utter_explain_{journey.request_type}"

    summary = await to_summary(dialogue, journey)
    for fact in (*journey.details.values(), "anna@example.se"):
        assert summary.says(fact)

    receipt = await confirm_and_sign(dialogue, fakes, journey)
    [case] = fakes.cases.cases.values()
    assert (case.request_type, case.details, case.contact_email) == (
        journey.request_type,
        journey.details,
        "anna@example.se",
    )
    assert (case.identification is not None) is journey.signed
    assert receipt.card["reference"] == case.reference
    assert receipt.says(case.reference)
    assert receipt.says("23 december 2026")


@every_journey
async def test_corrected_at_the_summary(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)

    asked = await dialogue.say("nej, fel mejladress")
    assert asked.said == [f"utter_ask_{journey.request_type}_form_contact_email"]
    summary = await dialogue.say("bo@example.se")
    assert is_summary(summary, journey)
    assert summary.says("bo@example.se")
    for fact in journey.details.values():
        assert summary.says(fact), "the rest was not asked for again"

    await confirm_and_sign(dialogue, fakes, journey)
    [case] = fakes.cases.cases.values()
    assert case.contact_email == "bo@example.se"


@every_journey
async def test_corrected_with_buttons(dialogue: Dialogue, journey: Journey):
    await to_summary(dialogue, journey)

    turn = await dialogue.press("Ändra")
    if len(journey.details):
        assert turn.said == [f"utter_ask_{journey.request_type}_form_field_to_change"]
        title = "Dit svaret skickas" if journey.request_type == "rectification" else "E-postadressen"
        turn = await dialogue.press(title)
    assert turn.said == [f"utter_ask_{journey.request_type}_form_contact_email"]
    assert is_summary(await dialogue.say("bo@example.se"), journey)


@every_journey
async def test_interrupted_by_a_question_at_every_step(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    turn = await dialogue.say(journey.opening)
    for line in journey.answers:
        question = turn.said[-1]
        offered = set(turn.buttons)
        interrupted = await dialogue.say("spelar ni in samtal?")
        assert interrupted.intent == "policy_call_recording"
        assert interrupted.citations
        assert interrupted.said[-1] == question, "the question stands again"
        assert offered <= set(interrupted.buttons)
        turn = await answer(dialogue, line)
    interrupted = await dialogue.say("vad kostar det?")
    assert interrupted.intent == "policy_fee"
    assert is_summary(interrupted, journey)

    await confirm_and_sign(dialogue, fakes, journey)
    assert [case.details for case in fakes.cases.cases.values()] == [journey.details]


@every_journey
async def test_switched_in_the_middle(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await dialogue.say(journey.opening)
    wish, to = ("eller nej, radera allt istället", "erasure")
    if journey.request_type == to:
        wish, to = ("nej, jag vill hellre ha ett registerutdrag på allt", "access")

    turn = await dialogue.say(wish)
    assert turn.said == [f"utter_explain_{to}", f"utter_ask_{to}_form_contact_email"], turn.text
    summary = await dialogue.say("anna@example.se")
    assert summary.said == [f"utter_ask_{to}_form_confirmed"]
    assert summary.says("Allt")

    await dialogue.press("Stämmer")
    fakes.edge.sign()
    await dialogue.happens("identification_completed")
    assert [case.request_type for case in fakes.cases.cases.values()] == [to]


@every_journey
async def test_called_off_at_every_step(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    for step in range(len(journey.answers) + 1):
        await dialogue.say(journey.opening)
        for line in journey.answers[:step]:
            await answer(dialogue, line)
        turn = await dialogue.say("avbryt")
        assert turn.said == ["utter_request_cancelled"]
        assert await dialogue.slot("request_type") is None
        assert await dialogue.slot("contact_email") is None
    assert (await dialogue.say("ja")).said == ["utter_what_now"]
    assert fakes.cases.cases == {}
    assert fakes.edge.offered == []


@every_signed_journey
async def test_called_off_after_confirmation(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    await dialogue.press("Stämmer")
    assert (await dialogue.press("Avbryt")).said == ["utter_request_cancelled"]

    journey.identify(fakes)
    late = await dialogue.happens("identification_completed")
    assert late.said == ["utter_nothing_to_register"]
    assert fakes.cases.cases == {}


@every_signed_journey
async def test_identification_fails_and_is_tried_again(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    await dialogue.press("Stämmer")

    failed = await dialogue.happens("identification_failed")
    assert failed.said == [journey.failure]
    again = await dialogue.press("Försök igen")
    assert again.said == [journey.offer]
    assert len({card["reference"] for card in fakes.edge.offered}) == 1

    journey.identify(fakes)
    receipt = await dialogue.happens("identification_completed")
    [case] = fakes.cases.cases.values()
    assert (case.details, receipt.card["reference"]) == (journey.details, case.reference)


@every_signed_journey
async def test_the_edge_is_down_at_the_confirmation(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    fakes.edge.is_down = True
    told = await dialogue.press("Stämmer")
    assert told.said == ["utter_identification_unavailable"]

    fakes.edge.is_down = False
    offered = "utter_code_offered" if journey.by_code else "utter_identification_offered"
    assert (await dialogue.press("Försök igen")).said == [offered]
    fakes.edge.sign()
    await dialogue.happens("identification_completed")
    assert [case.details for case in fakes.cases.cases.values()] == [journey.details], "what was filled in is kept"


@every_signed_journey
@pytest.mark.parametrize("failed_before", [False, True], ids=["at once", "after a failure"])
async def test_whoever_cannot_identify_has_a_case_and_a_person(
    dialogue: Dialogue, fakes: Fakes, journey: Journey, failed_before: bool
):
    await to_summary(dialogue, journey)
    await dialogue.press("Stämmer")
    if failed_before:
        await dialogue.happens("identification_failed")

    turn = await dialogue.press("Jag kan inte göra det här" if journey.by_code else "Jag har inte BankID")

    assert turn.said == ["utter_request_registered_unidentified", "utter_handed_over"]
    [case] = fakes.cases.cases.values()
    assert (case.details, case.identification) == (journey.details, None), "the case says that nobody is identified"
    assert turn.says(case.reference)
    assert turn.says("23 december 2026")
    assert turn.says("Spara ärendenumret"), "which is the only way back to it:"
    assert turn.says("syns inte bland dina ärenden om du legitimerar dig senare, men en människa kan säga hur det går")
    assert fakes.edge.withdrawn == [case.reference], "the card is taken back"
    [handoff] = fakes.edge.handoffs
    assert case.reference in handoff["summary"]
    assert "anna@example.se" not in str(handoff)


async def test_whoever_says_in_words_that_they_have_no_bankid_is_understood(dialogue: Dialogue, fakes: Fakes):
    await to_summary(dialogue, JOURNEYS[0])
    await dialogue.press("Stämmer")

    turn = await dialogue.say("jag har inte bankid, kan nån hjälpa mig")

    assert turn.said == ["utter_request_registered_unidentified", "utter_handed_over"]


async def test_without_a_request_that_waits_no_bankid_only_means_a_person(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.say("jag har inte bankid, kan nån hjälpa mig")

    assert turn.said == ["utter_handed_over"]
    assert fakes.cases.cases == {}


async def test_whoever_signed_just_before_is_registered_with_that(dialogue: Dialogue, fakes: Fakes):
    await to_summary(dialogue, JOURNEYS[0])
    await dialogue.press("Stämmer")
    fakes.edge.sign()

    turn = await dialogue.press("Jag har inte BankID")
    late = await dialogue.happens("identification_completed")

    assert turn.said == ["utter_request_registered", "utter_handed_over"]
    assert late.said == ["utter_request_already_registered"]
    [case] = fakes.cases.cases.values()
    assert case.identification is not None


async def test_whoever_cannot_identify_while_the_case_system_is_down_is_told_so(dialogue: Dialogue, fakes: Fakes):
    await to_summary(dialogue, JOURNEYS[0])
    await dialogue.press("Stämmer")
    fakes.cases.is_down = True

    turn = await dialogue.press("Jag har inte BankID")
    assert turn.said == ["utter_unidentified_not_registered", "utter_handed_over"]
    assert "Inget är registrerat" in fakes.edge.handoffs[0]["summary"]

    fakes.cases.is_down = False
    again = await dialogue.press("Försök igen")
    assert again.said[0] == "utter_request_registered_unidentified"
    assert len(fakes.cases.cases) == 1


async def test_the_address_that_the_code_confirmed_stands_on_the_case(dialogue: Dialogue, fakes: Fakes):
    """The visitor noticed a typing error in the card, and had the code sent elsewhere."""
    journey = next(journey for journey in JOURNEYS if journey.by_code)
    await to_summary(dialogue, journey)
    await dialogue.press("Stämmer")
    fakes.edge.confirm("bo@example.se")

    receipt = await dialogue.happens("identification_completed")

    [case] = fakes.cases.cases.values()
    assert case.contact_email == "bo@example.se"
    assert (case.identification.level, case.identification.method) == (1, "email_code")
    assert any("bo@example.se" in step for step in receipt.card["next_steps"])


async def test_whoever_prefers_bankid_to_a_code_signs(dialogue: Dialogue, fakes: Fakes):
    journey = next(journey for journey in JOURNEYS if journey.by_code)
    await to_summary(dialogue, journey)
    await dialogue.press("Stämmer")
    fakes.edge.sign()

    await dialogue.happens("identification_completed")

    [case] = fakes.cases.cases.values()
    assert (case.identification.level, case.contact_email) == (2, "anna@example.se")


@every_journey
async def test_the_case_system_is_down(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    fakes.cases.is_down = True

    told = await confirm_and_sign(dialogue, fakes, journey)
    assert told.said == ["utter_request_not_registered"]
    assert {"Försök igen", "Prata med en människa"} <= set(told.buttons)
    assert (await dialogue.press("Försök igen")).said == ["utter_request_not_registered"]

    fakes.cases.is_down = False
    receipt = await dialogue.press("Försök igen")
    [case] = fakes.cases.cases.values()
    assert receipt.card["reference"] == case.reference
    assert len(fakes.edge.offered) == (1 if journey.signed else 0), "signed once"


@every_journey
async def test_the_answer_of_the_case_system_is_lost(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    fakes.cases.dies_after_writing = True

    await confirm_and_sign(dialogue, fakes, journey)
    receipt = await dialogue.press("Försök igen")

    [case] = fakes.cases.cases.values()
    assert receipt.card["reference"] == case.reference


@every_journey
async def test_confirmed_twice(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    await confirm_and_sign(dialogue, fakes, journey)

    await dialogue.say("ja")
    await dialogue.say("stämmer")
    if journey.signed:
        again = await dialogue.happens("identification_completed")
        assert again.said == ["utter_request_already_registered"]
    assert len(fakes.cases.cases) == 1


@every_signed_journey
async def test_saying_yes_twice_before_signing_shows_the_same_card(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    await dialogue.press("Stämmer")
    assert (await dialogue.say("ja")).said == [journey.offer]
    assert len({card["reference"] for card in fakes.edge.offered}) == 1


@every_signed_journey
async def test_rasa_never_learns_who_signed(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await to_summary(dialogue, journey)
    await confirm_and_sign(dialogue, fakes, journey)

    kept = await dialogue.everything_rasa_keeps()
    assert NUMBER not in kept
    assert SIGNER not in kept
    assert "c2ln" not in kept


@every_journey
async def test_a_person_in_the_middle_and_then_on(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await dialogue.say(journey.opening)
    for line in journey.answers[:-1]:
        await answer(dialogue, line)

    assert (await dialogue.say("jag vill prata med en människa")).said == ["utter_handed_over"]
    back = await dialogue.happens("returned_to_bot")
    assert back.said == ["utter_returned_to_request"]
    resumed = await dialogue.press("Fortsätt")
    assert resumed.said[-1] == f"utter_ask_{journey.request_type}_form_contact_email"
    assert is_summary(await dialogue.say(journey.answers[-1]), journey)
