"""The list of subcontractors: given at once with its day where the operator has entered it, else a case."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from actions.processors import load_processors
from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, InProcessActions

pytestmark = pytest.mark.model

ASKED = "skicka listan på era underleverantörer"
EXAMPLE = Path(__file__).parent.parent.parent / "docs" / "processors.example.yml"


@pytest.fixture
def entered(dialogue: Dialogue, endpoint: InProcessActions, fakes: Fakes) -> Dialogue:
    """A conversation where the operator has entered the list."""
    fakes.processors = load_processors(EXAMPLE, today=date(2026, 11, 25))
    endpoint.use(fakes.services)
    return dialogue


async def test_it_is_given_at_once_with_its_day(entered: Dialogue, fakes: Fakes):
    turn = await entered.say(ASKED)
    assert turn.said == ["utter_processor_list"]
    for fact in ("1 november 2026", "Exempelmolnet AB", "Sverige", "standardavtalsklausuler"):
        assert turn.says(fact)
    assert fakes.cases.cases == {}
    assert len(turn.buttons) == 3


async def test_it_is_given_in_the_middle_of_a_request_which_then_goes_on(entered: Dialogue):
    await entered.say("radera allt ni har om mig")
    turn = await entered.say(ASKED)
    assert turn.said == ["utter_processor_list", "utter_ask_erasure_form_contact_email"]


async def test_without_a_list_it_becomes_a_case(dialogue: Dialogue, fakes: Fakes):
    assert (await dialogue.say(ASKED)).said[-1] == "utter_ask_processor_list_form_contact_email"
    await dialogue.say("anna@example.se")
    await dialogue.press("Stämmer")
    assert [case.request_type for case in fakes.cases.cases.values()] == ["processor_list"]
