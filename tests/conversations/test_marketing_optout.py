"""No to marketing: no login, no weighing, done."""

from __future__ import annotations

import pytest

from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model


async def test_with_the_address_in_the_sentence_it_is_done_in_one_turn(dialogue: Dialogue, fakes: Fakes):
    turn = await dialogue.say("sluta maila mig på kalle@example.se")

    assert turn.said == ["utter_marketing_blocked"]
    [block] = fakes.cases.blocks.values()
    assert (block.channel, block.address) == ("email", "kalle@example.se")
    assert turn.says(block.reference)
    assert turn.says("fakturor")
    assert not turn.says("prövar")
    assert fakes.edge.offered == []


async def test_without_an_address_it_is_asked_for(dialogue: Dialogue, fakes: Fakes):
    asked = await dialogue.say("sluta maila mig")
    assert asked.said[-1] == "utter_ask_marketing_optout_form_marketing_address"
    assert (await dialogue.say("kalle@example.se")).said == ["utter_marketing_blocked"]


async def test_a_telephone_number_will_do(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("jag vill inte ha fler säljsamtal från er, ta bort mig")
    await dialogue.say("070-174 06 05")
    assert [(block.channel, block.address) for block in fakes.cases.blocks.values()] == [("phone", "+46701740605")]


async def test_what_is_no_address_is_asked_for_again_and_then_a_person_is_offered(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("sluta maila mig")
    assert (await dialogue.say("min vanliga")).said[0] == "utter_no_marketing_address"
    turn = await dialogue.say("kalle@")
    assert "utter_ways_out" in turn.said
    assert "Prata med en människa" in turn.buttons
    assert fakes.cases.blocks == {}


async def test_two_addresses_are_confirmed_first(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("sluta maila mig")
    asked = await dialogue.say("kalle@example.se och lisa@example.se")
    assert asked.said == ["utter_ask_marketing_optout_form_confirmed"]
    assert fakes.cases.blocks == {}
    await dialogue.press("Stämmer")
    assert {block.address for block in fakes.cases.blocks.values()} == {"kalle@example.se", "lisa@example.se"}


async def test_one_of_two_addresses_can_be_taken_back(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("sluta maila mig")
    await dialogue.say("kalle@example.se och lisa@example.se")
    await dialogue.press("Ändra")
    await dialogue.say("bara lisa@example.se")
    assert [block.address for block in fakes.cases.blocks.values()] == ["lisa@example.se"]


async def test_interrupted_by_a_question(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("sluta maila mig")
    turn = await dialogue.say("hur länge sparar ni mitt nej till reklam?")
    assert turn.citations
    assert turn.said[-1] == "utter_ask_marketing_optout_form_marketing_address"
    assert (await dialogue.say("kalle@example.se")).said == ["utter_marketing_blocked"]


async def test_called_off(dialogue: Dialogue, fakes: Fakes):
    await dialogue.say("sluta maila mig")
    assert (await dialogue.say("avbryt")).said == ["utter_request_cancelled"]
    assert fakes.cases.blocks == {}


async def test_switched(dialogue: Dialogue):
    await dialogue.say("sluta maila mig")
    turn = await dialogue.say("eller nej, radera allt istället")
    assert turn.said[0] == "utter_explain_erasure"


async def test_the_case_system_is_down(dialogue: Dialogue, fakes: Fakes):
    fakes.cases.is_down = True
    turn = await dialogue.say("sluta maila mig på kalle@example.se")
    assert turn.said == ["utter_marketing_not_blocked"]
    fakes.cases.is_down = False
    assert (await dialogue.press("Försök igen")).said == ["utter_marketing_blocked"]
    assert len(fakes.cases.blocks) == 1


async def test_said_twice_it_is_blocked_and_said_twice(dialogue: Dialogue, fakes: Fakes):
    for _ in range(2):
        assert (await dialogue.say("sluta maila mig på kalle@example.se")).said == ["utter_marketing_blocked"]
    assert {block.address for block in fakes.cases.blocks.values()} == {"kalle@example.se"}


@pytest.mark.parametrize(
    "opening", ["jag invänder mot att ni använder mina uppgifter till reklam", "jag motsätter mig reklam"]
)
async def test_an_objection_to_marketing_is_an_opt_out(dialogue: Dialogue, fakes: Fakes, opening: str):
    turn = await dialogue.say(opening)
    assert turn.said[-1] == "utter_ask_marketing_optout_form_marketing_address", turn.text
    await dialogue.say("kalle@example.se")
    assert len(fakes.cases.blocks) == 1
    assert fakes.cases.cases == {}


@pytest.mark.parametrize("opening", ["jag vill göra en invändning", "jag återkallar mitt samtycke"])
async def test_what_turns_out_to_be_about_marketing_is_an_opt_out(dialogue: Dialogue, fakes: Fakes, opening: str):
    await dialogue.say(opening)
    turn = await dialogue.press("Reklam")
    assert turn.said[-1] == "utter_ask_marketing_optout_form_marketing_address"
    assert (await dialogue.say("kalle@example.se")).said == ["utter_marketing_blocked"]
    assert fakes.edge.offered == []
