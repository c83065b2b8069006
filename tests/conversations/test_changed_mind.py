"""People change their minds: any answer is corrected, by button or in words, and any step leaves for another wish."""

from __future__ import annotations

import pytest

from actions.journeys.journey import CLIENT_COMPANY
from actions.journeys.registry import JOURNEY_BY_TYPE
from privacy.request_types import RequestType
from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn
from tests.conversations.journeys import JOURNEYS, Journey
from tests.conversations.test_requests import answer, confirm_and_sign, is_summary, to_summary

pytestmark = pytest.mark.model

ANOTHER = {
    "scope": "bara mina gamla ansökningar",
    "reason": "jag vill ha lugn och ro",
    "incorrect": "mitt efternamn",
    "correct": "Lindqvist",
    "recipient": "Nya Byrån AB",
    "complaint": "ni ringer för ofta",
    "contact_email": "bo@example.se",
}
"""What is answered instead, by the answer that it replaces."""

IN_WORDS = {
    "scope": "nej, ändra vad det gäller",
    "reason": "nej, ändra skälet",
    "incorrect": "nej, ändra vilken uppgift som är fel",
    "correct": "nej, ändra det rätta",
    "recipient": "nej, ändra mottagaren",
    "complaint": "nej, ändra texten i klagomålet",
    "contact_email": "nej, fel mejladress",
}
CORRECTIONS = [
    pytest.param(journey, field.slot, id=f"{journey.request_type}-{field.slot}")
    for journey in JOURNEYS
    for field in JOURNEY_BY_TYPE[RequestType(journey.request_type)].fields
    if field != CLIENT_COMPANY  # asked only where the data may be a client's: test_clients_data.py
]
every_answer = pytest.mark.parametrize(("journey", "slot"), CORRECTIONS)
every_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.request_type)


async def answers_anew(dialogue: Dialogue, fakes: Fakes, journey: Journey, slot: str, turn: Turn) -> None:
    """Answer the question that ``turn`` must ask once more, confirm, and see that only that answer is another one."""
    assert turn.said[-1] == f"utter_ask_{journey.request_type}_form_{slot}", turn.text
    summary = await dialogue.say(ANOTHER[slot])
    assert is_summary(summary, journey), summary.text
    assert summary.says(ANOTHER[slot])

    await confirm_and_sign(dialogue, fakes, journey)
    [case] = fakes.cases.cases.values()
    wanted = {**journey.details, "contact_email": "anna@example.se", slot: ANOTHER[slot]}
    before = journey.details.get(slot)
    assert {**case.details, "contact_email": case.contact_email} == wanted, f"it was {before}"


@every_answer
async def test_each_answer_is_corrected_with_its_button(dialogue: Dialogue, fakes: Fakes, journey: Journey, slot: str):
    await to_summary(dialogue, journey)

    turn = await dialogue.press("Ändra")
    if len(journey.details):
        [title] = [title for title, payload in turn.buttons.items() if f'"{slot}"' in payload]
        turn = await dialogue.press(title)

    await answers_anew(dialogue, fakes, journey, slot, turn)


@every_answer
async def test_each_answer_is_corrected_in_words(dialogue: Dialogue, fakes: Fakes, journey: Journey, slot: str):
    await to_summary(dialogue, journey)

    await answers_anew(dialogue, fakes, journey, slot, await dialogue.say(IN_WORDS[slot]))


@pytest.mark.parametrize(
    ("journey", "slot"),
    [case for case in CORRECTIONS if case.values[1] != "contact_email"],
)
async def test_an_answer_is_corrected_before_the_summary(dialogue: Dialogue, fakes: Fakes, journey: Journey, slot: str):
    await dialogue.say(journey.opening)
    for line in journey.answers[:-1]:
        await answer(dialogue, line)

    asked = await dialogue.say(IN_WORDS[slot])
    assert asked.said[-1] == f"utter_ask_{journey.request_type}_form_{slot}", asked.text
    on = await dialogue.say(ANOTHER[slot])
    assert on.said[-1] == f"utter_ask_{journey.request_type}_form_contact_email", on.text
    await dialogue.say("anna@example.se")
    await confirm_and_sign(dialogue, fakes, journey)

    [case] = fakes.cases.cases.values()
    assert case.details == {**journey.details, slot: ANOTHER[slot]}


# Another wish


def another_wish(journey: Journey) -> tuple[str, str]:
    if journey.request_type == "erasure":
        return "nej, jag vill hellre ha ett registerutdrag på allt", "access"
    return "eller nej, radera allt istället", "erasure"


@every_journey
async def test_switched_at_the_summary(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    wish, to = another_wish(journey)
    await to_summary(dialogue, journey)

    turn = await dialogue.say(wish)

    assert turn.said[0] == f"utter_explain_{to}", turn.text
    await reaches_a_case(dialogue, fakes, turn, to)


@pytest.mark.parametrize("journey", [j for j in JOURNEYS if j.signed], ids=lambda journey: journey.request_type)
async def test_switched_while_the_card_waits(dialogue: Dialogue, fakes: Fakes, journey: Journey):
    """What was confirmed and not signed gives way, and that is said; its card, done later, registers nothing."""
    wish, to = another_wish(journey)
    await to_summary(dialogue, journey)
    await dialogue.press("Stämmer")
    [first] = fakes.edge.offered

    turn = await dialogue.say(wish)

    assert turn.said[0] == f"utter_explain_{to}", turn.text
    await reaches_a_case(dialogue, fakes, turn, to, gives_way=True)
    fakes.edge.sign(first["reference"])
    late = await dialogue.happens("identification_completed")
    assert len(fakes.cases.cases) == 1, late.text


async def reaches_a_case(dialogue: Dialogue, fakes: Fakes, turn: Turn, to: str, *, gives_way: bool = False) -> None:
    if turn.said[-1] == f"utter_ask_{to}_form_contact_email":
        turn = await dialogue.say("anna@example.se")
    assert turn.said[-1] == f"utter_ask_{to}_form_confirmed", turn.text
    assert turn.says("Allt")
    confirmed = await dialogue.press("Stämmer")
    assert ("utter_request_replaced" in confirmed.said) is gives_way, confirmed.said
    fakes.edge.sign()
    await dialogue.happens("identification_completed")
    assert [(case.request_type, case.details) for case in fakes.cases.cases.values()] == [(to, {"scope": "Allt"})]
