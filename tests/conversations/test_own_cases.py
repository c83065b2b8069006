"""A person's own cases: seen, added to, taken back, after identification and never by a number alone."""

from __future__ import annotations

from datetime import date

import pytest

from tests.actions.fakes import NUMBER, SIGNER, Fakes
from tests.conversations.dialogue import Dialogue, Turn

pytestmark = pytest.mark.model

FIRST, SECOND = "AR-7K2M-Q94X", "AR-G4XE-9MSN"


async def identified(dialogue: Dialogue, fakes: Fakes, opening: str) -> Turn:
    asked = await dialogue.say(opening)
    assert asked.said == ["utter_own_cases_identification"], (asked.intent, asked.text)
    fakes.edge.sign()
    return await dialogue.happens("identification_completed")


# Status


async def test_how_a_case_goes_is_told_with_its_date_and_how_it_came_about(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    fakes.own_cases.has(SECOND, "Registerutdrag", is_open=False, kind="access")

    turn = await identified(dialogue, fakes, "hur går det med mitt ärende?")

    assert turn.said == ["utter_own_case", "utter_own_case_ended"]
    for fact in (FIRST, "under handläggning", "23 december 2026", "En månad från mottagandet", SECOND, "bifallet"):
        assert turn.says(fact)
    assert list(turn.buttons) == ["Lägg till något", "Ta tillbaka ärendet"], "of the open one"


async def test_a_finished_package_is_offered_beside_its_case(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST, "Registerutdrag", kind="access")
    fakes.cases.packages[FIRST] = date(2026, 12, 30)
    turn = await identified(dialogue, fakes, "hur går det med mitt ärende?")
    assert turn.said == ["utter_own_case", "utter_package_released"]
    assert f"edge:fetch_package:{FIRST}" in turn.buttons.values()


@pytest.mark.parametrize(
    "opening",
    [
        "hur går det med mitt ärende?",
        f"hur går det med ärende {FIRST}",
        f"ta tillbaka ärende {FIRST}",
        f"jag vill lägga till något i ärende {FIRST}",
    ],
)
async def test_a_number_alone_reveals_nothing(dialogue: Dialogue, fakes: Fakes, opening: str):
    fakes.own_cases.has(FIRST)
    turn = await dialogue.say(opening)
    assert turn.said == ["utter_own_cases_identification"], turn.intent
    assert FIRST not in turn.text
    assert fakes.own_cases.asked_with == []


async def test_what_is_signed_says_what_it_is_for(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("hur går det med mitt ärende?")
    [card] = fakes.edge.offered
    assert "Jag vill se mina egna ärenden" in card["visible_text"]
    assert card["reference"] in card["visible_text"]
    assert card["request_type"] == "own_cases"


async def test_rasa_never_learns_who_it_is(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "hur går det med mitt ärende?")
    kept = await dialogue.everything_rasa_keeps()
    assert NUMBER not in kept
    assert SIGNER not in kept


async def test_who_has_no_case_is_told_so_and_led_to_a_person(dialogue: Dialogue, fakes: Fakes):
    turn = await identified(dialogue, fakes, "hur går det med mitt ärende?")
    assert turn.said == ["utter_own_cases_none"]
    for fact in ("Klagomål syns inte här", "lämnade utan att kunna legitimera dig", "som vanligt", "ärendenumret"):
        assert turn.says(fact), "they are somewhere, and this is how one hears of them"
    assert (await dialogue.press("Prata med en människa")).said == ["utter_handed_over"]


async def test_many_cases_are_not_all_poured_out(dialogue: Dialogue, fakes: Fakes):
    for number in range(8):
        fakes.own_cases.has(f"AR-AAAA-AAA{number}")
    turn = await identified(dialogue, fakes, "hur går det med mitt ärende?")
    assert turn.said == ["utter_own_case"] * 5 + ["utter_own_cases_more"]
    assert turn.says("3 ärenden till")


async def test_bankid_fails_and_is_tried_again(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await dialogue.say("hur går det med mitt ärende?")
    failed = await dialogue.happens("identification_failed")
    assert failed.said == ["utter_own_cases_identification_failed"]
    assert (await dialogue.press("Försök igen")).said == ["utter_own_cases_identification"]
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_own_case"]


async def test_without_bankid_or_mail_a_person_is_one_button_away(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("hur går det med mitt ärende?")
    assert (await dialogue.press("Jag kan inte göra det här")).said == ["utter_handed_over"]


async def test_a_code_shows_what_belongs_to_its_address(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await dialogue.say("hur går det med mitt ärende?")
    assert fakes.edge.offered[-1]["level"] == 1
    fakes.edge.confirm("anna@example.se")
    assert (await dialogue.happens("identification_completed")).said == ["utter_own_case"]
    [shown] = fakes.own_cases.asked_with
    assert (shown.identification.level, shown.contact_email) == (1, "anna@example.se")


async def test_called_off(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("hur går det med mitt ärende?")
    assert (await dialogue.press("Avbryt")).said == ["utter_own_cases_left"]
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_nothing_to_register"]
    assert fakes.own_cases.asked_with == []


async def test_interrupted_by_a_question(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await dialogue.say("hur går det med mitt ärende?")
    assert (await dialogue.say("spelar ni in samtal?")).citations
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_own_case"]


@pytest.mark.parametrize("down", ["edge", "own_cases"])
async def test_when_something_is_down_the_truth_is_told(dialogue: Dialogue, fakes: Fakes, down: str):
    await dialogue.say("hur går det med mitt ärende?")
    fakes.edge.sign()
    getattr(fakes, down).is_down = True
    turn = await dialogue.happens("identification_completed")
    assert turn.said == ["utter_own_cases_unavailable"]
    assert "Försök igen" in turn.buttons


async def test_a_request_that_was_signed_later_is_registered_and_not_taken_for_this(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("hur går det med mitt ärende?")
    await dialogue.say("radera allt ni har om mig")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_request_registered"]


async def test_a_request_after_the_cases_were_shown_is_registered(dialogue: Dialogue, fakes: Fakes):
    """The identification for the cases may still be read then, and must not be taken for the request's."""
    fakes.own_cases.has(FIRST, kind="access")
    await identified(dialogue, fakes, "hur går det med mitt ärende?")
    await dialogue.say("radera allt ni har om mig")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    failed = await dialogue.happens("identification_failed")
    assert failed.said == ["utter_identification_failed"]
    await dialogue.press("Försök igen")
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_request_registered"]


async def test_of_this_conversation_it_is_told_at_once_and_the_rest_after_identification(
    dialogue: Dialogue, fakes: Fakes
):
    await dialogue.say("skicka listan på era underleverantörer")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    [reference] = fakes.cases.cases
    turn = await dialogue.say("hur går det med mitt ärende?")
    for fact in (reference, "23 december 2026", "En månad från mottagandet"):
        assert turn.says(fact)
    assert (await dialogue.press("Se alla mina ärenden")).said == ["utter_own_cases_identification"]


# Taking back


async def test_a_case_is_taken_back_when_the_visitor_says_yes(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    asked = await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")
    assert asked.said == ["utter_confirm_withdrawal"]
    assert asked.says(FIRST)
    done = await dialogue.press("Ja, ta tillbaka")
    assert done.said == ["utter_case_withdrawn"]
    assert not fakes.own_cases.cases[FIRST].is_open


async def test_a_typed_yes_will_do_and_a_no_keeps_it(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")
    assert (await dialogue.say("nej")).said == ["utter_case_kept"]
    assert fakes.own_cases.cases[FIRST].is_open

    assert (await dialogue.say("jo, ta tillbaka mitt ärende ändå")).said == ["utter_confirm_withdrawal"]
    assert (await dialogue.say("ja")).said == ["utter_case_withdrawn"]


async def test_a_yes_to_something_else_later_takes_nothing_back(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")
    await dialogue.say("är du en människa?")
    await dialogue.say("ja")
    assert fakes.own_cases.cases[FIRST].is_open


async def test_taking_back_is_interrupted_by_a_question_and_asked_again(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")

    interrupted = await dialogue.say("spelar ni in samtal?")
    assert interrupted.citations
    assert interrupted.said[-1] == "utter_confirm_withdrawal"
    assert list(interrupted.buttons) == ["Ja, ta tillbaka", "Nej, behåll"], "and none of the answer's to compete"
    assert (await dialogue.say("ja")).said == ["utter_case_withdrawn"]


async def test_taking_back_is_called_off(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")
    assert (await dialogue.say("avbryt")).said == ["utter_own_cases_left"]
    await dialogue.say("ja")
    assert fakes.own_cases.cases[FIRST].is_open


@pytest.mark.parametrize("down", ["edge", "own_cases"])
async def test_when_something_is_down_nothing_is_said_to_be_taken_back(dialogue: Dialogue, fakes: Fakes, down: str):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")
    getattr(fakes, down).is_down = True
    told = await dialogue.press("Ja, ta tillbaka")
    assert told.said == ["utter_own_case_not_done"]
    assert fakes.own_cases.cases[FIRST].is_open


async def test_of_several_the_visitor_chooses(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    fakes.own_cases.has(SECOND, "Registerutdrag", kind="access")
    turn = await identified(dialogue, fakes, "jag vill dra tillbaka min begäran")
    assert turn.said == ["utter_own_cases_which", "utter_own_case", "utter_own_case"]
    payloads = [b["payload"] for message in turn.messages for b in message.get("buttons") or []]
    await dialogue.send_payload(payloads[1])
    await dialogue.press("Ja, ta tillbaka")
    assert [case.reference for case in fakes.own_cases.cases.values() if case.is_open] == [FIRST]


async def test_a_case_that_was_decided_meanwhile_is_not_said_to_be_taken_back(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")
    fakes.own_cases.has(FIRST, is_open=False)
    assert (await dialogue.press("Ja, ta tillbaka")).said == ["utter_own_case_refused"]


async def test_when_it_was_too_long_ago_the_visitor_identifies_anew_and_goes_on(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill ta tillbaka mitt ärende")
    fakes.edge.signed.clear()
    assert (await dialogue.press("Ja, ta tillbaka")).said == ["utter_own_cases_identification"]
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_confirm_withdrawal"]
    assert (await dialogue.press("Ja, ta tillbaka")).said == ["utter_case_withdrawn"]


# Adding


async def test_something_is_added(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    asked = await identified(dialogue, fakes, "jag vill lägga till en sak i mitt ärende")
    assert asked.said == ["utter_ask_case_addition_form_addition"]
    done = await dialogue.say("Det gäller även samtalet den 3 mars.")
    assert done.said == ["utter_added_to_case"]
    assert list(fakes.own_cases.additions.values()) == [(FIRST, "Det gäller även samtalet den 3 mars.")]


async def test_adding_is_interrupted_by_a_question_and_goes_on(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill lägga till en sak i mitt ärende")
    turn = await dialogue.say("spelar ni in samtal?")
    assert turn.citations
    assert turn.said[-1] == "utter_ask_case_addition_form_addition"
    assert (await dialogue.say("samtalet den 3 mars")).said == ["utter_added_to_case"]


async def test_adding_is_called_off(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill lägga till en sak i mitt ärende")
    assert (await dialogue.press("Avbryt")).said == ["utter_own_cases_left"]
    assert fakes.own_cases.additions == {}
    assert (await dialogue.say("hej")).said == ["utter_greet"]


async def test_adding_from_the_list(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "hur går det med mitt ärende?")
    assert (await dialogue.press("Lägg till något")).said == ["utter_ask_case_addition_form_addition"]
    await dialogue.say("jag heter Karlsson numera")
    assert [text for _, text in fakes.own_cases.additions.values()] == ["jag heter Karlsson numera"]


async def test_when_adding_fails_it_is_said_to_be_undone(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill lägga till en sak i mitt ärende")
    fakes.own_cases.is_down = True
    turn = await dialogue.say("samtalet den 3 mars")
    assert turn.said == ["utter_own_case_not_done"]
    assert fakes.own_cases.additions == {}


# Whatever one wants with one's case


WISHES = {
    "hur går det med mitt ärende?": "utter_own_case",
    "jag vill ta tillbaka mitt ärende": "utter_confirm_withdrawal",
    "jag vill lägga till en sak i mitt ärende": "utter_ask_case_addition_form_addition",
}
every_wish = pytest.mark.parametrize(("opening", "goes_on"), WISHES.items(), ids=["status", "withdraw", "add"])


@every_wish
async def test_bankid_fails_and_the_wish_is_not_forgotten(dialogue: Dialogue, fakes: Fakes, opening: str, goes_on: str):
    fakes.own_cases.has(FIRST)
    await dialogue.say(opening)
    assert (await dialogue.happens("identification_failed")).said == ["utter_own_cases_identification_failed"]
    assert (await dialogue.press("Försök igen")).said == ["utter_own_cases_identification"]
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == [goes_on]


@every_wish
@pytest.mark.parametrize("step", ["at the card", "afterwards"])
async def test_switched_to_another_wish(dialogue: Dialogue, fakes: Fakes, opening: str, goes_on: str, step: str):
    fakes.own_cases.has(FIRST, kind="access")
    if step == "at the card":
        await dialogue.say(opening)
    else:
        await identified(dialogue, fakes, opening)

    turn = await dialogue.say("eller nej, radera allt istället")
    assert turn.said == ["utter_explain_erasure", "utter_ask_erasure_form_contact_email"], turn.text
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_request_registered"]

    assert [case.request_type for case in fakes.cases.cases.values()] == ["erasure"]
    assert fakes.own_cases.cases[FIRST].is_open
    assert fakes.own_cases.additions == {}


# The wrong one chosen


async def test_the_wrong_case_is_kept_and_the_other_taken_back(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    fakes.own_cases.has(SECOND, "Registerutdrag", kind="access")
    await identified(dialogue, fakes, "jag vill dra tillbaka min begäran")
    await dialogue.send_payload(f'/ask_case_withdraw{{"case_reference": "{FIRST}"}}')

    corrected = await dialogue.say("nej, fel ärende")
    assert corrected.said == ["utter_case_kept_others"]
    assert corrected.says(FIRST)
    asked = await dialogue.press(f"{SECOND}: Registerutdrag")
    assert asked.said == ["utter_confirm_withdrawal"]
    assert asked.says(SECOND)
    assert (await dialogue.press("Ja, ta tillbaka")).said == ["utter_case_withdrawn"]
    assert [case.reference for case in fakes.own_cases.cases.values() if case.is_open] == [FIRST]


@pytest.mark.parametrize("correction", ["nej, fel ärende", "jag menade det andra ärendet", "nej det andra"])
async def test_that_the_wrong_case_was_chosen_is_not_filed_in_it(dialogue: Dialogue, fakes: Fakes, correction: str):
    fakes.own_cases.has(FIRST)
    fakes.own_cases.has(SECOND, "Registerutdrag", kind="access")
    await identified(dialogue, fakes, "jag vill lägga till en sak i mitt ärende")
    await dialogue.send_payload(f'/ask_case_add{{"case_reference": "{FIRST}"}}')

    corrected = await dialogue.say(correction)
    assert corrected.said == ["utter_another_case", "utter_ask_case_addition_form_addition"]
    assert fakes.own_cases.additions == {}
    await dialogue.press(f"{SECOND}: Registerutdrag")
    assert (await dialogue.say("samtalet den 3 mars")).said == ["utter_added_to_case"]
    assert list(fakes.own_cases.additions.values()) == [(SECOND, "samtalet den 3 mars")]


async def test_with_one_case_a_wrong_case_is_words_like_any_other(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "jag vill lägga till en sak i mitt ärende")
    await dialogue.say("det gällde det andra samtalet, inte det i mars")
    assert [reference for reference, _ in fakes.own_cases.additions.values()] == [FIRST]


# A second case of the same kind


async def to_duplicate(dialogue: Dialogue, fakes: Fakes) -> Turn:
    fakes.own_cases.has(FIRST)
    await dialogue.say("radera allt ni har om mig")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    turn = await dialogue.happens("identification_completed")
    assert turn.said == ["utter_duplicate_found"]
    assert turn.says(FIRST)
    assert fakes.cases.cases == {}, "nothing is merged or filed before the visitor has chosen"
    return turn


async def test_the_open_case_is_added_to(dialogue: Dialogue, fakes: Fakes):
    await to_duplicate(dialogue, fakes)
    assert (await dialogue.press("Lägg till i det")).said == ["utter_added_to_case"]
    [(reference, text)] = fakes.own_cases.additions.values()
    assert reference == FIRST
    assert "Allt" in text
    assert "anna@example.se" in text
    assert fakes.cases.cases == {}


async def test_or_a_new_one_is_made(dialogue: Dialogue, fakes: Fakes):
    await to_duplicate(dialogue, fakes)
    assert (await dialogue.press("Nytt ärende")).said == ["utter_request_registered"]
    assert len(fakes.cases.cases) == 1
    assert fakes.own_cases.additions == {}


async def test_or_neither(dialogue: Dialogue, fakes: Fakes):
    await to_duplicate(dialogue, fakes)
    assert (await dialogue.press("Avbryt")).said == ["utter_request_cancelled"]
    assert fakes.cases.cases == {}


async def test_a_mere_yes_is_no_choice(dialogue: Dialogue, fakes: Fakes):
    await to_duplicate(dialogue, fakes)
    assert (await dialogue.say("ja")).said == ["utter_duplicate_found"]


async def test_another_kind_of_case_is_no_duplicate(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST, "Registerutdrag", kind="access")
    await dialogue.say("radera allt ni har om mig")
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    assert (await dialogue.happens("identification_completed")).said == ["utter_request_registered"]


# Two visitors


async def test_another_visitors_list_is_nobody_elses(dialogue: Dialogue, agent, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await identified(dialogue, fakes, "hur går det med mitt ärende?")
    other = Dialogue(agent, fakes)
    turn = await other.send_payload(f'/ask_case_withdraw{{"case_reference": "{FIRST}", "confirmed": "ja"}}')
    assert turn.said == ["utter_own_cases_identification"]
    assert fakes.own_cases.cases[FIRST].is_open
