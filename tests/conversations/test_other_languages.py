"""Who does not write Swedish is answered in their language, and led to a person."""

from __future__ import annotations

import pytest

from actions.other_language import WITH_WORDS
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


async def test_a_language_that_we_have_no_words_in_is_answered_in_english_and_swedish(dialogue: Dialogue):
    assert (await dialogue.say("我想删除我的数据")).said == ["utter_other_language"]


def test_every_language_that_is_promised_has_its_words():
    assert {name for name in responses() if name.startswith("utter_other_language_")} == {
        f"utter_other_language_{language}" for language in {"en", *WITH_WORDS}
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
    "text", ["kan jag opt out från newsletter", "vad är er privacy policy", "hur raderar jag min data"]
)
async def test_swedish_with_english_words_is_swedish(dialogue: Dialogue, text: str):
    turn = await dialogue.say(text)
    assert turn.intent != "other_language"
    assert turn.text
