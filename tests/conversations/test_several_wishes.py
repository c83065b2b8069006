"""Several wishes in one message: one at a time, and none is overheard."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, Turn

pytestmark = pytest.mark.model

THREE = "skicka en kopia, rätta min adress och radera sen mitt cv"


async def registers(dialogue: Dialogue, fakes: Fakes) -> Turn:
    """Confirm the summary and show who one is."""
    turn = await dialogue.press("Stämmer")
    assert turn.said[-1] in {"utter_identification_offered", "utter_code_offered"}
    fakes.edge.sign()
    return await dialogue.happens("identification_completed")


async def test_three_are_taken_one_after_another_each_with_its_own_words(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.taken_for("request_erasure", THREE)
    assert turn.said == ["utter_explain_access", "utter_one_at_a_time", "utter_ask_access_form_scope"]
    for name in ("Först registerutdraget", "rättelsen och raderingen"):
        assert turn.says(name)
    await dialogue.press("Allt")
    await dialogue.say("anna@example.se")

    first = await registers(dialogue, fakes)
    assert first.said == ["utter_request_registered", "utter_further_wishes"]
    assert list(first.buttons) == ["Rätta en uppgift", "Begär radering", "Nej tack"]

    second = await dialogue.press("Rätta en uppgift")
    assert second.said == ["utter_explain_rectification", "utter_ask_rectification_form_correct"], "which is known"
    await dialogue.say("Björkvägen 4, Umeå")
    done = await registers(dialogue, fakes)
    assert done.said == ["utter_request_registered", "utter_further_wish"]

    third = await dialogue.say("ja")
    assert third.said == ["utter_explain_erasure", "utter_ask_erasure_form_confirmed"]
    assert third.says("Gäller: Rekrytering")
    last = await registers(dialogue, fakes)
    assert last.said == ["utter_request_registered"]

    cases = list(fakes.cases.cases.values())
    assert [(case.request_type, case.details.get("scope")) for case in cases] == [
        ("access", "Allt"),
        ("rectification", None),
        ("erasure", "Rekrytering"),
    ]
    assert len({case.received_at for case in cases}) == 1, "the time runs from the message that asked for all three"


async def test_they_are_offered_when_the_first_is_called_off(dialogue: Dialogue, fakes: Fakes):
    await dialogue.taken_for("request_erasure", THREE)
    off = await dialogue.taken_for("cancel", "avbryt")
    assert off.said == ["utter_request_cancelled", "utter_further_wishes"]
    assert (await dialogue.press("Begär radering")).said[0] == "utter_explain_erasure"
    again = await dialogue.taken_for("cancel", "avbryt")
    assert again.said == ["utter_request_cancelled", "utter_further_wish"]
    assert list(again.buttons) == ["Rätta en uppgift", "Nej tack"]
    assert fakes.cases.cases == {}


@pytest.mark.parametrize("no", ["nej", "> Nej tack", "avbryt"])
async def test_a_no_lets_them_be(dialogue: Dialogue, no: str):
    await dialogue.taken_for("request_erasure", THREE)
    await dialogue.taken_for("cancel", "avbryt")
    await (dialogue.press(no[2:]) if no.startswith("> ") else dialogue.say(no))
    assert await dialogue.slot("further_wishes") is None
    assert (await dialogue.say("ja")).said == ["utter_what_now"]


async def test_a_yes_later_begins_nothing(dialogue: Dialogue):
    await dialogue.taken_for("request_erasure", THREE)
    await dialogue.taken_for("cancel", "avbryt")
    await dialogue.say("spelar ni in samtal?")
    assert (await dialogue.say("ja")).said == ["utter_what_now"]


async def test_of_two_a_copy_comes_before_what_erases_it(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.taken_for("request_erasure", "radera allt men ge mig ett registerutdrag först")
    assert turn.said[0] == "utter_explain_erasure", "not two parts: one wish is all that is certain"
    await dialogue.taken_for("cancel", "avbryt")

    turn = await dialogue.taken_for("request_erasure", "radera allt, och innan dess vill jag ha ett registerutdrag")
    assert turn.said[:2] == ["utter_explain_access", "utter_one_at_a_time"]
    await dialogue.press("Allt")
    await dialogue.say("anna@example.se")
    receipt = await registers(dialogue, fakes)
    assert receipt.said == ["utter_request_registered", "utter_further_wish"]
    assert (await dialogue.press("Begär radering")).said == [
        "utter_explain_erasure",
        "utter_ask_erasure_form_confirmed",
    ]


async def test_the_address_at_the_end_is_one_for_all(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.taken_for(
        "request_erasure", "radera mitt cv, rätta min adress och sluta maila anna@example.se"
    )
    assert turn.said == ["utter_explain_erasure", "utter_one_at_a_time", "utter_ask_erasure_form_confirmed"]
    await dialogue.taken_for("cancel", "avbryt")
    blocked = await dialogue.press("Stoppa reklam")
    assert blocked.said == ["utter_marketing_blocked", "utter_further_wish"], "the address stood in its words"
    assert [block.address for block in fakes.cases.blocks.values()] == ["anna@example.se"]


async def test_a_person_who_takes_over_reads_what_else_was_wished(dialogue: Dialogue, fakes: Fakes):
    await dialogue.taken_for("request_erasure", THREE)
    await dialogue.say("jag vill prata med en människa")
    assert "Vill också: Rättelse, Radering." in fakes.edge.handoffs[-1]["summary"]


async def test_the_person_hands_back_and_they_are_offered(dialogue: Dialogue, fakes: Fakes):
    await dialogue.taken_for("request_erasure", THREE)
    await dialogue.taken_for("cancel", "avbryt")
    await dialogue.say("jag vill prata med en människa")
    assert (await dialogue.happens("returned_to_bot")).said == ["utter_bot_again", "utter_further_wishes"]


async def test_what_the_model_is_unsure_of_is_offered_by_its_words(dialogue: Dialogue):
    turn = await dialogue.mumble("kopia på allt, radera sen mitt cv", ["policy_fee"])
    assert list(turn.buttons)[:2] == ["Begär registerutdrag", "Begär radering"]
    await dialogue.press("Begär registerutdrag")
    assert (await dialogue.taken_for("cancel", "avbryt")).said == ["utter_request_cancelled", "utter_further_wish"]


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("request_marketing_optout", "ta bort mig från nyhetsbrevet och all reklam, anna@example.se"),
        ("request_rectification", "rätta min adress och ta bort den gamla"),
        ("request_erasure", "radera mitt cv och mina brev"),
    ],
)
async def test_one_wish_in_many_words_is_one(dialogue: Dialogue, intent: str, text: str):
    assert "utter_one_at_a_time" not in (await dialogue.taken_for(intent, text)).said
