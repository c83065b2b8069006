"""What the evaluation scores is what a visitor is told: the same text, the same request begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rasa.neutral_text import neutral
from insyn.evaluation.answers import Answers
from tests.conversations.dialogue import Dialogue

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[2]
SAID = [
    "Hur länge sparar ni inspelade samtal?",
    "Vem är personuppgiftsansvarig, och har ni något dataskyddsombud?",
    "säljer ni mina uppgifter? och radera mig",
    "ta bort allt om mig",
    "jag invänder mot att ni skickar reklam",
    "skriv en dikt om sommaren",
    "kan man få sina uppgifter raderade?",
]


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers.read(ROOT)


@pytest.mark.parametrize("said", SAID)
async def test_the_evaluation_reads_what_a_visitor_is_told(dialogue: Dialogue, answers: Answers, said: str):
    scored = answers.to(await dialogue.agent.parse_message(neutral(said)))
    turn = await dialogue.say(said)

    told = "\n".join(message["text"] for message in turn.messages)
    assert told.startswith(scored.text)
    assert bool(scored.text) == bool(turn.citations or await dialogue.slot("request_type"))
    begun = await dialogue.slot("request_type")
    assert (f"request_{begun}" if begun else turn.intent) == scored.acts_on
