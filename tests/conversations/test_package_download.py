"""From "är det klart?" to the button that fetches the file; what follows is the edge's (tests/bot/test_packages.py)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn
from tests.conversations.journeys import JOURNEYS
from tests.conversations.test_requests import confirm_and_sign, to_summary

pytestmark = pytest.mark.model

FIRST, SECOND = "AR-7K2M-Q94X", "AR-G4XE-9MSN"
UNTIL = date(2026, 12, 30)
ASKED = "är mitt registerutdrag klart?"
BUTTON = "Hämta dina uppgifter"


@pytest.fixture
def released(fakes: Fakes) -> None:
    fakes.own_cases.has(FIRST, "Registerutdrag", kind="access")
    fakes.cases.packages[FIRST] = UNTIL


async def identified(dialogue: Dialogue, fakes: Fakes, opening: str = ASKED) -> Turn:
    asked = await dialogue.say(opening)
    assert asked.said == ["utter_own_cases_identification"], (asked.intent, asked.text)
    fakes.edge.sign()
    return await dialogue.happens("identification_completed")


def offers(turn: Turn, *references: str) -> bool:
    """Tell whether exactly these packages can be fetched from what was said."""
    fetching = [
        button["payload"]
        for message in turn.messages
        for button in message.get("buttons") or []
        if button["payload"].startswith("edge:fetch_package:")
    ]
    return fetching == [f"edge:fetch_package:{reference}" for reference in references]


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    "opening",
    [
        ASKED,
        "hur går det med mitt ärende?",
        "jag har fått mejl om att utdraget är klart",
        "hämta paketet",
        "var laddar jag ner min fil",
        "ni mejlade att mina uppgifter är klara, var hämtar jag dem",
        "kan jag hämta mitt utdrag nu",
        "är min zipfil klar",
        "hur laddar jag ner mitt paket",
        "jag fick mejl om att jag kan hämta mina uppgifter",
        "går det att ladda ner filen igen",
    ],
)
async def test_straight(dialogue: Dialogue, fakes: Fakes, opening: str):
    turn = await identified(dialogue, fakes, opening)
    assert turn.said == ["utter_own_case", "utter_package_released"]
    assert offers(turn, FIRST)
    assert turn.says("30 december 2026")
    assert turn.says("BankID")


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("request_access", "kan jag hämta mitt utdrag nu"),
        ("request_portability", "jag vill ladda ner filen nu"),
        ("policy_right_portability", "går det att ladda ner filen igen"),
        ("out_of_scope", "hur laddar jag ner mitt paket"),
        ("nlu_fallback", "kan man hämta utdraget här"),
    ],
)
async def test_whatever_it_resembles(dialogue: Dialogue, fakes: Fakes, intent: str, text: str):
    asked = await dialogue.taken_for(intent, text)
    assert asked.said == ["utter_own_cases_identification"]
    assert await dialogue.slot("request_type") is None, "no new request is begun"
    fakes.edge.sign()
    assert offers(await dialogue.happens("identification_completed"), FIRST)


@pytest.mark.usefixtures("released")
async def test_in_the_middle_of_another_request(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("radera allt ni har om mig")
    turn = await identified(dialogue, fakes, "kan jag hämta mitt utdrag nu")
    assert offers(turn, FIRST)
    assert turn.said[-1] == "utter_request_paused"
    assert (await dialogue.press("Fortsätt")).said == ["utter_ask_erasure_form_contact_email"]


@pytest.mark.usefixtures("released")
async def test_where_it_may_be_a_new_one_it_is_asked(dialogue: Dialogue, fakes: Fakes):
    asked = await dialogue.taken_for("request_access", "jag vill hämta mitt registerutdrag")
    assert asked.said == ["utter_fetch_or_request"]
    await dialogue.press("Se om det är klart")
    fakes.edge.sign()
    assert offers(await dialogue.happens("identification_completed"), FIRST)


async def test_who_never_asked_for_one_can_do_so(dialogue: Dialogue, fakes: Fakes):
    turn = await identified(dialogue, fakes, "kan jag hämta mitt utdrag nu")
    assert turn.said == ["utter_package_none"]
    assert (await dialogue.press("Begär registerutdrag")).said[0] == "utter_explain_access"


@pytest.mark.parametrize("text", ["jag vill hämta ett registerutdrag", "skicka mina uppgifter som en fil"])
async def test_a_wish_for_a_new_one_begins_it(dialogue: Dialogue, text: str):
    assert (await dialogue.taken_for("request_access", text)).said[0] == "utter_explain_access"


async def test_of_a_case_made_in_the_same_conversation(dialogue: Dialogue, fakes: Fakes):
    access = JOURNEYS[0]
    await to_summary(dialogue, access)
    await confirm_and_sign(dialogue, fakes, access)
    [reference] = fakes.cases.cases
    assert offers(await dialogue.say("hur går det med mitt ärende?"))
    fakes.cases.packages[reference] = UNTIL
    assert offers(await dialogue.say("hur går det nu då med mitt ärende?"), reference)


@pytest.mark.usefixtures("released")
async def test_interrupted_while_the_card_waits_and_after_the_button(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say(ASKED)
    question = await dialogue.say("spelar ni in samtal?")
    assert question.citations
    fakes.edge.sign()
    assert offers(await dialogue.happens("identification_completed"), FIRST), "what was asked before is not forgotten"

    assert (await dialogue.say("vad kostar det?")).citations
    assert offers(await dialogue.say(ASKED), FIRST), "and can be had again, while one is known from just now"
    fakes.edge.signed.clear()
    assert offers(await identified(dialogue, fakes), FIRST), "later one shows anew who one is"


async def test_the_other_case_is_beside_it_with_a_button_of_its_own(dialogue: Dialogue, fakes: Fakes):
    for reference in (FIRST, SECOND):
        fakes.own_cases.has(reference, "Registerutdrag", kind="access")
        fakes.cases.packages[reference] = UNTIL
    turn = await identified(dialogue, fakes)
    assert offers(turn, FIRST, SECOND)
    for reference in (FIRST, SECOND):
        assert turn.says(f"i ärende {reference} är klara")


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("step", ["at the card", "afterwards"])
async def test_switched_to_erasure(dialogue: Dialogue, fakes: Fakes, step: str):
    await (dialogue.say(ASKED) if step == "at the card" else identified(dialogue, fakes))

    turn = await dialogue.say("eller nej, radera allt istället")
    assert turn.said == ["utter_explain_erasure", "utter_ask_erasure_form_contact_email"], turn.text
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    fakes.edge.sign()
    receipt = await dialogue.happens("identification_completed")

    assert receipt.said == ["utter_request_registered"]
    assert offers(receipt), "an identification for one thing gives nothing else away"


@pytest.mark.usefixtures("released")
async def test_called_off_at_the_card(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say(ASKED)
    assert (await dialogue.press("Avbryt")).said == ["utter_own_cases_left"]
    fakes.edge.sign()
    late = await dialogue.happens("identification_completed")
    assert offers(late), late.text
    assert fakes.own_cases.asked_with == [], "nobody looked"


@pytest.mark.usefixtures("released")
async def test_called_off_afterwards_and_asked_for_again(dialogue: Dialogue, fakes: Fakes):
    await identified(dialogue, fakes)
    assert offers(await dialogue.say("avbryt"))
    assert offers(await identified(dialogue, fakes), FIRST)


@pytest.mark.usefixtures("released")
async def test_bankid_fails_and_is_tried_again(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say(ASKED)
    failed = await dialogue.happens("identification_failed")
    assert failed.said == ["utter_own_cases_identification_failed"]
    await dialogue.press("Försök igen")
    fakes.edge.sign()
    assert offers(await dialogue.happens("identification_completed"), FIRST)


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("down", ["edge", "own_cases"])
async def test_when_something_is_down_the_truth_is_told(dialogue: Dialogue, fakes: Fakes, down: str):
    await dialogue.say(ASKED)
    fakes.edge.sign()
    getattr(fakes, down).is_down = True
    told = await dialogue.happens("identification_completed")
    assert told.said == ["utter_own_cases_unavailable"]

    getattr(fakes, down).is_down = False
    await dialogue.press("Försök igen")
    fakes.edge.sign()
    assert offers(await dialogue.happens("identification_completed"), FIRST)


@pytest.mark.usefixtures("released")
async def test_where_only_the_packages_do_not_answer_the_case_is_told(dialogue: Dialogue, fakes: Fakes):
    fakes.cases.is_down = True
    turn = await identified(dialogue, fakes)
    assert turn.said == ["utter_own_case"]
    fakes.cases.is_down = False
    assert offers(await dialogue.say(ASKED), FIRST)
