"""A wish's bare word in the middle of another request: asked back, before what was filled in is left."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn

pytestmark = pytest.mark.model

ASKED = "utter_switch_instead"
SCOPE = "utter_ask_access_form_scope"


async def access(dialogue: Dialogue, *answers: str) -> Turn:
    turn = await dialogue.say("jag vill ha ett registerutdrag")
    for line in answers:
        turn = await dialogue.say(line)
    return turn


@pytest.mark.parametrize("answers", [(), ("allt",), ("allt", "anna@example.se")], ids=["scope", "address", "summary"])
@pytest.mark.parametrize("text", ["jo radera", "radera", "nej radera mig"])
async def test_it_is_asked_at_every_question(dialogue: Dialogue, answers: tuple[str, ...], text: str):
    question = (await access(dialogue, *answers)).said[-1]
    turn = await dialogue.say(text)
    assert turn.said == [ASKED]
    assert turn.says("Vill du begära radering i stället?")
    assert (await dialogue.press("Nej, fortsätt")).said == [question], "nothing that was answered is lost"


@pytest.mark.parametrize("yes", ["ja", "ja gör det", "radera", "jo radera", "> Begär radering"])
async def test_a_yes_begins_it(dialogue: Dialogue, yes: str):
    await access(dialogue, "allt")
    await dialogue.say("jo radera")
    turn = await (dialogue.press(yes[2:]) if yes.startswith("> ") else dialogue.say(yes))
    assert turn.said == ["utter_explain_erasure", "utter_ask_erasure_form_scope"]
    assert await dialogue.slot("request_type") == "erasure"


@pytest.mark.parametrize("no", ["nej", "nej tack", "> Nej, fortsätt"])
async def test_a_no_goes_on(dialogue: Dialogue, no: str):
    await access(dialogue)
    await dialogue.say("jo radera")
    turn = await (dialogue.press(no[2:]) if no.startswith("> ") else dialogue.say(no))
    assert turn.said == [SCOPE]
    assert (await dialogue.say("allt")).said == ["utter_ask_access_form_contact_email"]


async def test_an_answer_to_the_request_is_taken_as_such(dialogue: Dialogue):
    await access(dialogue)
    await dialogue.say("jo radera")
    assert (await dialogue.say("mina ansökningar")).said == ["utter_ask_access_form_contact_email"]
    assert await dialogue.slot("scope") == "mina ansökningar"


async def test_a_question_in_between_lets_the_request_go_on(dialogue: Dialogue):
    await access(dialogue)
    await dialogue.say("jo radera")
    turn = await dialogue.say("spelar ni in samtal?")
    assert turn.citations
    assert turn.said[-1] == SCOPE
    await dialogue.say("allt")
    assert (await dialogue.say("ja")).said[-1] == "utter_ask_access_form_contact_email", "an old yes switches nothing"


async def test_calling_off_calls_off(dialogue: Dialogue, fakes: Fakes):
    await access(dialogue)
    await dialogue.say("jo radera")
    assert (await dialogue.say("avbryt")).said == ["utter_request_cancelled"]


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("flytta", "begära att få flytta"),
        ("frys dem", "begränsas"),
        ("invändning", "invändning"),
        ("stoppa reklam", "stoppa reklam"),
        ("klaga", "klagomål"),
        ("registerutdrag", "registerutdrag"),
    ],
)
async def test_every_wish_has_its_words(dialogue: Dialogue, text: str, wish: str):
    await dialogue.say("radera allt ni har om mig")
    turn = await dialogue.say(text)
    assert turn.said == [ASKED]
    assert turn.says(wish)


@pytest.mark.parametrize("text", ["eller nej, radera allt istället", "jag vill att ni raderar alla uppgifter om mig"])
async def test_what_is_plain_needs_no_question(dialogue: Dialogue, text: str):
    await access(dialogue, "allt")
    assert (await dialogue.taken_for("request_erasure", text)).said[0] == "utter_explain_erasure"


async def test_ones_own_words_may_be_such_a_word(dialogue: Dialogue):
    await dialogue.say("frys alla mina uppgifter")
    assert (await dialogue.say("ingen reklam")).said == ["utter_ask_restriction_form_contact_email"]
    assert await dialogue.slot("reason") == "ingen reklam"
