"""Who does not write Swedish is answered in their language, and led to a person."""

from __future__ import annotations

import pytest

from actions.other_language import STAND_ALONE, WITH_WORDS
from tests.actions.fakes import Fakes
from tests.actions.test_names import responses
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model


async def test_english_is_answered_in_english(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.say("delete all my data please, do you speak English?")
    assert turn.said == ["utter_other_language_en"]
    for fact in ("bot", "copy", "deleted", "dataskydd@talenom.se"):
        assert turn.says(fact)

    assert (await dialogue.press("Talk to a person")).said == ["utter_handed_over"]
    assert "svenska" in fakes.edge.handoffs[0]["summary"]
    assert fakes.cases.cases == {}


async def test_a_language_that_we_have_words_in_is_answered_in_it_in_english_and_in_swedish(dialogue: Dialogue):
    turn = await dialogue.say("haluan poistaa minun tiedot, kiitos")
    assert turn.said == ["utter_other_language_fi", "utter_other_language"]
    assert turn.says("Olen botti")
    assert turn.says("In English")
    assert turn.says("På svenska")
    assert (await dialogue.press("Person / Människa")).said == ["utter_handed_over"]


@pytest.mark.parametrize(
    "text",
    [
        "I want to see my data",
        "i want all my data",
        "can i talk to someone",
        "delete my account please",
        "stop emailing me",
        "what data do you have on me",
        "who is your dpo",
    ],
)
async def test_short_english_is_answered_in_english_and_begins_nothing(dialogue: Dialogue, fakes: Fakes, text: str):
    turn = await dialogue.say(text)
    assert turn.said == ["utter_other_language_en"], turn.text
    assert (await dialogue.press("Talk to a person")).said == ["utter_handed_over"]
    assert await dialogue.slot("request_type") is None


@pytest.mark.parametrize(
    ("text", "language", "person"),
    [
        ("hvilke opplysninger har dere om meg", "nb", "Snakk med et menneske"),
        ("hvor længe gemmer I oplysningerne", "da", "Tal med et menneske"),
    ],
)
async def test_norwegian_and_danish_are_answered_in_themselves_and_led_to_a_person(
    dialogue: Dialogue, text: str, language: str, person: str
):
    turn = await dialogue.say(text)
    assert turn.said == [f"utter_other_language_{language}"], turn.text
    assert turn.says("svensk")
    assert (await dialogue.press(person)).said == ["utter_handed_over"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Löschen Sie mein Konto", "de"),
        ("poista tilini", "fi"),
        ("usuńcie moje konto", "pl"),
        ("احذفوا حسابي", "ar"),
        ("حساب من را حذف کنید", "fa"),
    ],
)
async def test_a_short_wish_in_a_language_with_words_of_its_own(dialogue: Dialogue, text: str, language: str):
    turn = await dialogue.say(text)
    assert turn.said == [f"utter_other_language_{language}", "utter_other_language"], turn.text
    assert "Person / Människa" in turn.buttons


async def test_a_language_that_we_have_no_words_in_is_answered_in_english_and_swedish(dialogue: Dialogue):
    assert (await dialogue.say("我想删除我的数据")).said == ["utter_other_language"]


def test_every_language_that_is_promised_has_its_words():
    assert {name for name in responses() if name.startswith("utter_other_language_")} == {
        f"utter_other_language_{language}" for language in STAND_ALONE | WITH_WORDS
    }


async def test_in_the_middle_of_a_request_the_question_stands_again(dialogue: Dialogue):
    await dialogue.say("radera allt ni har om mig")
    turn = await dialogue.say("sorry, what do you mean by this?")
    assert turn.said == ["utter_other_language_en", "utter_ask_erasure_form_contact_email"]
    assert (await dialogue.say("anna@example.se")).said == ["utter_ask_erasure_form_confirmed"]


async def test_ones_own_words_may_be_in_any_language(dialogue: Dialogue):
    await dialogue.say("jag vill lämna ett klagomål")
    turn = await dialogue.say("you never answer my letters and this is not right")
    assert turn.said == ["utter_ask_complaint_form_contact_email"]
    assert await dialogue.slot("complaint") == "you never answer my letters and this is not right"


@pytest.mark.parametrize(
    "text",
    [
        "kan jag opt out från newsletter",
        "vad är er privacy policy",
        "hur raderar jag min data",
        "kan ni deleta mitt account",
        "stop med mail",
        "unsubscribe",
        "data breach?",
        "mailing address, PO box",
    ],
)
async def test_swedish_with_english_words_is_swedish(dialogue: Dialogue, text: str):
    turn = await dialogue.say(text)
    assert turn.intent != "other_language"
    assert turn.text
