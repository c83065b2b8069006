"""One's own cases in the middle of a request: one question at a time, and the request is gone on with afterwards."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn
from tests.conversations.test_own_cases import FIRST, SECOND

pytestmark = pytest.mark.model

SCOPE = "utter_ask_access_form_scope"
EMAIL = "utter_ask_access_form_contact_email"
WITHDRAW = "ta tillbaka mitt ärende"


async def at_the_scope(dialogue: Dialogue) -> Turn:
    turn = await dialogue.say("jag vill ha ett registerutdrag")
    assert turn.said[-1] == SCOPE
    return turn


async def at_the_address(dialogue: Dialogue) -> Turn:
    await at_the_scope(dialogue)
    turn = await dialogue.press("Rekrytering")
    assert turn.said == [EMAIL]
    return turn


async def identified(dialogue: Dialogue, fakes: Fakes, opening: str) -> Turn:
    asked = await dialogue.say(opening)
    assert asked.said == ["utter_own_cases_identification"], "the card, and no question beside it"
    fakes.edge.sign()
    return await dialogue.happens("identification_completed")


async def goes_on(dialogue: Dialogue) -> None:
    """Go on with the request: what was answered before is not asked again."""
    assert (await dialogue.press("Fortsätt")).said == [EMAIL]
    summary = await dialogue.say("anna@example.se")
    assert summary.said == ["utter_ask_access_form_confirmed"]
    assert summary.says("Rekrytering")


@pytest.mark.parametrize("answer", ["ja", "> Ja, ta tillbaka"])
async def test_a_case_is_taken_back_with_one_question_at_a_time(dialogue: Dialogue, fakes: Fakes, answer: str):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)

    asked = await identified(dialogue, fakes, WITHDRAW)
    assert asked.said == ["utter_confirm_withdrawal"]
    done = await (dialogue.press(answer[2:]) if answer.startswith("> ") else dialogue.say(answer))

    assert done.said == ["utter_case_withdrawn", "utter_request_paused"]
    assert not fakes.own_cases.cases[FIRST].is_open
    await goes_on(dialogue)


async def test_it_is_kept_and_the_request_gone_on_with(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)
    await identified(dialogue, fakes, WITHDRAW)
    assert (await dialogue.say("nej")).said == ["utter_case_kept", "utter_request_paused"]
    assert fakes.own_cases.cases[FIRST].is_open
    await goes_on(dialogue)


async def test_it_is_kept_and_the_request_left_for_later(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)
    await identified(dialogue, fakes, WITHDRAW)
    await dialogue.say("nej")
    left = await dialogue.say("nej")
    assert left.said == ["utter_request_left"]
    await goes_on(dialogue)


async def test_of_several_one_is_chosen(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    fakes.own_cases.has(SECOND)
    await at_the_address(dialogue)
    assert (await identified(dialogue, fakes, WITHDRAW)).said[-1] == "utter_own_case", "and no question after it"
    asked = await dialogue.send_payload(f'/ask_case_withdraw{{"case_reference": "{SECOND}"}}')
    assert asked.said == ["utter_confirm_withdrawal"]
    assert (await dialogue.press("Ja, ta tillbaka")).said == ["utter_case_withdrawn", "utter_request_paused"]
    await goes_on(dialogue)


async def test_a_button_below_a_case_asks_alone(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)
    shown = await identified(dialogue, fakes, "hur går det med mitt ärende?")
    assert shown.said == ["utter_own_case", "utter_request_paused"]
    await dialogue.press("Fortsätt")

    asked = await dialogue.send_payload(f'/ask_case_withdraw{{"case_reference": "{FIRST}"}}')
    assert asked.said == ["utter_confirm_withdrawal"]
    await dialogue.say("ja")
    await goes_on(dialogue)


async def test_an_answer_to_the_request_goes_on_with_it(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)
    await identified(dialogue, fakes, WITHDRAW)
    summary = await dialogue.say("anna@example.se")
    assert summary.said == ["utter_ask_access_form_confirmed"]
    assert fakes.own_cases.cases[FIRST].is_open, "and takes nothing back"


@pytest.mark.parametrize("step", ["at the card", "at the question"])
async def test_calling_off_leaves_the_case_first_and_then_the_request(dialogue: Dialogue, fakes: Fakes, step: str):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)
    if step == "at the card":
        await dialogue.say(WITHDRAW)
    else:
        await identified(dialogue, fakes, WITHDRAW)
    assert (await dialogue.say("avbryt")).said == ["utter_own_cases_left", "utter_request_paused"]
    assert (await dialogue.press("Avbryt")).said == ["utter_request_cancelled"]
    assert fakes.own_cases.cases[FIRST].is_open
    assert await dialogue.slot("scope") is None


async def test_bankid_fails_and_is_called_off(dialogue: Dialogue, fakes: Fakes):
    await at_the_address(dialogue)
    await dialogue.say(WITHDRAW)
    assert (await dialogue.happens("identification_failed")).said == ["utter_own_cases_identification_failed"]
    assert (await dialogue.press("Avbryt")).said == ["utter_own_cases_left", "utter_request_paused"]
    await goes_on(dialogue)


@pytest.mark.parametrize("down", ["edge", "own_cases"])
async def test_something_is_down(dialogue: Dialogue, fakes: Fakes, down: str):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)
    await dialogue.say(WITHDRAW)
    fakes.edge.sign()
    getattr(fakes, down).is_down = True
    turn = await dialogue.happens("identification_completed")
    assert turn.said == ["utter_own_cases_unavailable", "utter_request_paused"]
    await goes_on(dialogue)


async def test_where_there_is_none_the_request_goes_on(dialogue: Dialogue, fakes: Fakes):
    await at_the_address(dialogue)
    turn = await identified(dialogue, fakes, WITHDRAW)
    assert turn.said == ["utter_own_cases_none", "utter_request_paused"]
    await goes_on(dialogue)


async def test_something_is_added_in_between(dialogue: Dialogue, fakes: Fakes):
    fakes.own_cases.has(FIRST)
    await at_the_address(dialogue)
    asked = await identified(dialogue, fakes, "jag vill lägga till en sak i mitt ärende")
    assert asked.said == ["utter_ask_case_addition_form_addition"]
    added = await dialogue.say("samtalet den 3 mars")
    assert added.said == ["utter_added_to_case", "utter_request_paused"]
    await goes_on(dialogue)

    asked = await dialogue.say("jag vill lägga till en sak i mitt ärende")
    assert asked.said == ["utter_ask_case_addition_form_addition"], "one is known from just now"
    assert len(fakes.own_cases.additions) == 1, "and the wish is not what is added"
    left = await dialogue.press("Avbryt")
    assert left.said == ["utter_own_cases_left", "utter_request_paused"]


@pytest.mark.parametrize("text", [WITHDRAW, "lägg till en sak i mitt ärende"])
async def test_where_ones_own_words_are_asked_for_it_is_no_answer(dialogue: Dialogue, text: str):
    await at_the_scope(dialogue)
    assert (await dialogue.say(text)).said == ["utter_own_cases_identification"]
    assert await dialogue.slot("scope") is None


async def test_when_the_answer_comes_is_asked_of_the_request(dialogue: Dialogue):
    await at_the_address(dialogue)
    turn = await dialogue.taken_for("ask_case_status", "när får jag svar")
    assert turn.says("en månad")
    assert turn.said[-1] == EMAIL
