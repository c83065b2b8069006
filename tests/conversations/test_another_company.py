"""Another company's policy, asked in words: the model that is everybody's, their name, their answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rasa.core.agent import Agent

from bot.rasa import composition
from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, InProcessActions
from tests.knowledge.test_your_own_policy import KNOWLEDGE, THEIRS

pytestmark = pytest.mark.model

ASKED = {
    "Hur länge sparar ni inspelade samtal?": ("retention_recordings", "sex månader"),
    "Hur länge har ni kvar min jobbansökan?": ("retention_recruitment", "två år"),
    "Registrerar Fjällbyn mitt personnummer?": ("personal_identity_number", "aldrig"),
    "Vem är dataskyddsombud hos Fjällbyns Cykelverkstad?": ("dpo", "Aila Sarri"),
    "Skickar Fjällbyn uppgifter utanför EU?": ("transfer_outside_eu", "Nej"),
    "Vem är personuppgiftsansvarig?": ("controller", "Fjällbyns Cykelverkstad AB, Verkstadsgränd 3"),
    "Hur gör man en begäran till Fjällbyn, vart mejlar jag den?": ("how_to_request", "dataskydd@fjallbyn.example"),
    "Vad är en kaka egentligen?": ("cookie_what", "varukorg"),
    "Hur länge sparas det jag skriver i chatten?": ("chat_storage", "14 dagar"),
    "När ändrades policyn senast?": ("last_updated", "4 maj 2026"),
}


@pytest.fixture(scope="module")
def their_agent(trained_model: Path, endpoint: InProcessActions) -> Agent:
    """The same model, served by them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INSYN_POLICY_DIR", str(THEIRS))
        composition.company.cache_clear()  # it is read once a process, and a process serves one company
        agent = Agent.load(trained_model, action_endpoint=endpoint)
    composition.company.cache_clear()
    return agent


@pytest.fixture
def visitor(their_agent: Agent, endpoint: InProcessActions) -> Iterator[Dialogue]:
    fakes = Fakes()
    endpoint.use(replace(fakes.services, knowledge=KNOWLEDGE))
    endpoint.failures.clear()
    yield Dialogue(their_agent, fakes)
    assert endpoint.failures == []


@pytest.mark.parametrize(("said", "topic", "fact"), [(said, *wanted) for said, wanted in ASKED.items()])
async def test_their_visitors_get_their_answers(visitor: Dialogue, said: str, topic: str, fact: str):
    turn = await visitor.say(said)

    assert turn.intent == f"policy_{topic}"
    assert turn.says(fact)
    policy = (THEIRS / "policy.txt").read_text(encoding="utf-8")
    assert turn.citations
    assert all(citation["quote"] in policy for citation in turn.citations)


async def test_what_their_policy_does_not_say_is_told_as_such(visitor: Dialogue):
    turn = await visitor.say("Varför måste ni göra kundkontroll på mig?")

    assert turn.intent == "policy_kyc"
    assert turn.says("Det säger policyn inte")
