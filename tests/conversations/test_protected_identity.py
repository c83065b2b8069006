"""Who lives with protected personal data is not asked where they are, in any form, and is led to a person."""

from __future__ import annotations

import pytest

from actions.texts import PATTERNS
from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn
from tests.conversations.journeys import ADDRESS, JOURNEYS, Journey
from tests.conversations.test_requests import answer, confirm_and_sign, is_summary

pytestmark = pytest.mark.model

SAID = "jag har skyddad identitet"
every_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.request_type)
PERSON = "Prata med en människa"


def asks_where_they_are(turn: Turn) -> bool:
    return any(name.endswith(("_contact_email", "_form_correct")) for name in turn.said)


INSTEAD = {"utter_ask_way_on", "utter_ask_rectification_form_protected_address"}


def withholds(turn: Turn) -> bool:
    """Tell whether the way on is asked for instead of an address, with a person first."""
    return turn.said[-1] in INSTEAD and next(iter(turn.buttons)) == PERSON and not asks_where_they_are(turn)


async def to_the_address(dialogue: Dialogue, journey: Journey) -> Turn:
    """Answer all that is asked, until an address would be."""
    turn = await dialogue.say(journey.opening)
    for line in journey.answers[:-1]:
        turn = await answer(dialogue, "mitt namn" if line == "> Min adress" else line)
    return turn


@every_journey
async def test_said_before_the_request(dialogue: Dialogue, journey: Journey):
    await dialogue.say(SAID)
    assert withholds(await to_the_address(dialogue, journey))


@every_journey
async def test_said_in_answer_to_the_address(dialogue: Dialogue, journey: Journey):
    await to_the_address(dialogue, journey)
    assert withholds(await dialogue.say("nej det vill jag inte, jag lever med skyddade personuppgifter"))


@every_journey
async def test_going_on_here_is_their_choice(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    await dialogue.say(SAID)
    await to_the_address(dialogue, journey)
    asked = await dialogue.press("Fortsätt här")
    assert asked.said == [f"utter_ask_{journey.request_type}_form_contact_email"]
    assert is_summary(await dialogue.say(ADDRESS), journey)
    await confirm_and_sign(dialogue, fakes, journey)
    assert len(fakes.cases.cases) == 1


async def test_a_person_has_the_request_as_it_stands(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("radera allt ni har om mig")
    assert withholds(await dialogue.say("jag har skyddad adress, vill inte lämna nån adress"))
    assert (await dialogue.press(PERSON)).said == ["utter_handed_over"]
    assert "Radering" in fakes.edge.handoffs[0]["summary"]
    await dialogue.happens("returned_to_bot")
    assert withholds(await dialogue.press("Fortsätt"))


async def test_an_address_that_is_given_all_the_same_is_taken(dialogue: Dialogue):
    await dialogue.say(SAID)
    await dialogue.say("radera allt ni har om mig")
    assert (await dialogue.say(ADDRESS)).said == ["utter_ask_erasure_form_confirmed"]


async def test_what_is_no_answer_is_asked_again_and_a_way_out_named(dialogue: Dialogue):
    await dialogue.say(SAID)
    await dialogue.say("radera allt ni har om mig")
    again = await dialogue.say("mjau mjau")
    assert again.said == ["utter_no_way_on", "utter_ask_way_on"]
    assert (await dialogue.say("avbryt")).said == ["utter_request_cancelled"]


@pytest.mark.parametrize(
    "lines",
    [
        (SAID, "jag vill rätta en felaktig uppgift", "> Min adress"),
        ("jag vill rätta min adress, jag har sekretessmarkering",),
        ("jag vill rätta en felaktig uppgift", "> Min adress", "den är skyddad, jag har skyddad folkbokföring"),
    ],
    ids=["before", "in the first sentence", "when it is asked for"],
)
async def test_a_home_address_is_corrected_by_a_person(dialogue: Dialogue, fakes: Fakes, lines: tuple[str, ...]):
    for line in lines:
        turn = await answer(dialogue, line)
    assert turn.said[-1] == "utter_ask_rectification_form_protected_address", turn.text
    assert withholds(turn)

    insisted = await dialogue.say("Björkvägen 4, Umeå")
    assert insisted.said == ["utter_no_protected_address", "utter_ask_rectification_form_protected_address"]
    assert await dialogue.slot("correct") is None, "it goes into no case"

    assert (await dialogue.press(PERSON)).said == ["utter_handed_over"]
    assert len(fakes.edge.handoffs) == 1


async def test_something_else_is_corrected_here(dialogue: Dialogue):
    await dialogue.say(SAID)
    await dialogue.say("jag vill rätta en felaktig uppgift")
    await dialogue.press("Min adress")
    assert (await dialogue.press("Rätta något annat")).said == ["utter_ask_rectification_form_incorrect"]
    assert (await dialogue.press("Mitt namn")).said == ["utter_ask_rectification_form_correct"]


async def test_whoever_asks_about_it_is_answered_and_the_form_goes_on(dialogue: Dialogue):
    await dialogue.say("radera allt ni har om mig")
    turn = await dialogue.say("hur skyddar ni folk med skyddad identitet?")
    assert turn.said[-1] == "utter_ask_erasure_form_contact_email"


@pytest.mark.parametrize(
    ("piece", "is_home"),
    [("Adress", True), ("min hemadress", True), ("där jag bor", True), ("E-postadress", False), ("Namn", False)],
)
def test_what_tells_where_somebody_lives(piece: str, is_home: bool):
    assert bool(PATTERNS["home_address"].search(piece.casefold())) is is_home
