"""Every kind of wish through every real process: from the first sentence to the case as the case system's API shows it.

The visitors are clients of the chat edge's public API, all at once, with the simulator as their phone and the outbox as
their mail. The journey in the browser is ``test_journey.py``.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import httpx
import pytest

from benchmarks.registration import sign
from bot.client import Answer, AskClient
from insyn.settings import Settings
from privacy.calendar import WorkingCalendar
from privacy.deadlines import response_due
from privacy.request_types import IdentityLevel, rule_for
from tests.conversations.journeys import ADDRESS, JOURNEYS, Journey
from tests.e2e.conftest import RunningStack

pytestmark = pytest.mark.browser  # the stack's tests are together the last

PERSONAS = {"access": "navid", "erasure": "astrid", "portability": "gunborg"}
"""Who signs what: nobody who asks for the same in the browser's journeys."""

MAIL_WITHIN_S = 20.0
METHODS = {IdentityLevel.NONE: "none", IdentityLevel.CONTACT: "email_code", IdentityLevel.STRONG: "bankid"}


@dataclass
class Made:
    """What a visitor made, and what the case system shows of it."""

    receipt: dict[str, Any] = field(default_factory=dict)
    said: str = ""
    case: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)


Outcomes = dict[str, Made | BaseException]


class Town:
    """The running stack, seen by many visitors at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.signing = asyncio.Lock()
        """The phone scans the newest order, so one signs at a time."""

        self.token = settings.service_token.get_secret_value()
        self.api = httpx.AsyncClient(
            base_url=f"{settings.cases_url}/api/v1",
            headers={"Authorization": f"Bearer {self.token}"},
            trust_env=False,
            timeout=20,
        )

    def visitor(self) -> AskClient:
        return AskClient(self.settings.chat_url, service_token=self.token)

    async def case(self, made: Made, reference: str) -> Made:
        """Add what the API shows of the case now."""
        made.case = (await self.api.get(f"/cases/{reference}")).raise_for_status().json()
        made.events = (await self.api.get(f"/cases/{reference}/events")).raise_for_status().json()["items"]
        return made

    async def identify(self, visitor: AskClient, answer: Answer, *, persona: str | None, address: str) -> None:
        """Do what the card asks for: sign as ``persona``, or type the code that came to ``address``."""
        [card] = [message["card"] for message in answer.messages if message["card"]]
        number = card["identification_id"]
        if persona is not None:
            async with self.signing:
                await visitor.start_identification(number, mode="qr")
                await sign(self.settings, persona)
            return
        read = self._codes(address)
        await visitor.send_code(number, email=address)
        await visitor.enter_code(number, await self._new_code(address, read))

    def _codes(self, address: str) -> dict[str, str]:
        """Return the codes in the address's mail, by file."""
        codes = {}
        for path in self.settings.outbox_dir.glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",)) if mail["To"] == address else None
            found = re.search(r"\b(\d{3}) ?(\d{3})\b", body.get_content()) if body else None
            if found:
                codes[path.name] = found[1] + found[2]
        return codes

    async def _new_code(self, address: str, read: dict[str, str]) -> str:
        async with asyncio.timeout(MAIL_WITHIN_S):
            while True:
                codes = self._codes(address)
                for name in codes.keys() - read.keys():
                    return codes[name]
                await asyncio.sleep(0.1)


def own(journey: Journey) -> str:
    """Return the journey's own address: a code shows whoever has it what was confirmed by a code to it."""
    return f"{journey.request_type.replace('_', '-')}@example.se"


async def requests(town: Town, journey: Journey) -> Made:
    """From the first sentence to the receipt, in one conversation."""
    address, persona = own(journey), PERSONAS.get(journey.request_type)
    async with town.visitor() as visitor:
        await visitor.ask(journey.opening)
        for line in journey.answers:
            if line.startswith("> "):
                summary = await visitor.press(line[2:])
            else:
                summary = await visitor.ask(address if line == ADDRESS else line)
        for fact in (*journey.details.values(), address):
            assert fact in summary.text, summary.text
        confirmed = await visitor.press("Stämmer")
        if journey.signed:
            await town.identify(visitor, confirmed, persona=persona, address=address)
            receipt = await visitor.await_card("receipt")
        else:
            [receipt] = [message["card"] for message in confirmed.messages if message["card"]]
    return await town.case(Made(receipt=receipt), receipt["reference"])


async def asks_how_it_goes(town: Town, address: str, reference: str) -> Made:
    async with town.visitor() as visitor:
        asked = await visitor.ask("hur går det med mitt ärende?")
        assert reference not in asked.text
        await town.identify(visitor, asked, persona=None, address=address)
        told = await visitor.await_message(lambda message: reference in message["text"])
    return await town.case(Made(said=told["text"]), reference)


async def adds_to_it(town: Town, address: str, reference: str) -> Made:
    async with town.visitor() as visitor:
        asked = await visitor.ask("jag vill lägga till en sak i mitt ärende")
        await town.identify(visitor, asked, persona=None, address=address)
        await visitor.await_message(lambda message: "lägga till" in message["text"])
        done = await visitor.ask("Det gäller även samtalet den 3 mars.")
    return await town.case(Made(said=done.text), reference)


async def takes_it_back(town: Town, address: str, reference: str) -> Made:
    async with town.visitor() as visitor:
        asked = await visitor.ask("jag vill ta tillbaka mitt ärende")
        await town.identify(visitor, asked, persona=None, address=address)
        await visitor.await_message(lambda message: reference in message["text"] and bool(message["buttons"]))
        done = await visitor.press("Ja, ta tillbaka")
    return await town.case(Made(said=done.text), reference)


async def opts_out(town: Town) -> Made:
    async with town.visitor() as visitor:
        done = await visitor.ask("sluta maila mig på reklam@example.se")
    found = re.search(r"[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}", done.text)
    assert found, done.text
    block = (await town.api.get(f"/marketing-blocks/{found[0]}")).raise_for_status().json()
    return Made(said=done.text, case=block)


OWN_CASES: dict[str, tuple[str, Callable[[Town, str, str], Awaitable[Made]]]] = {
    "status": ("restriction", asks_how_it_goes),
    "add": ("objection", adds_to_it),
    "withdraw": ("consent_withdrawal", takes_it_back),
}
"""What one does with a case of one's own, later and in another conversation, and the request that it is done to."""


async def everybody(settings: Settings) -> Outcomes:
    """Let a visitor of each kind go their way, all at once; return what came of each, an exception if it failed."""
    town, outcomes = Town(settings), Outcomes()

    async def goes(name: str, way: Awaitable[Made]) -> Made | None:
        try:
            outcomes[name] = made = await way
        except Exception as error:  # noqa: BLE001 – it fails the test of its kind, and no other
            outcomes[name] = error
            return None
        return made

    async def begins_with(journey: Journey) -> None:
        made = await goes(journey.request_type, requests(town, journey))
        for name, (request_type, way) in OWN_CASES.items():
            if made and request_type == journey.request_type:
                await goes(name, way(town, own(journey), made.receipt["reference"]))

    async with town.api:
        await asyncio.gather(*map(begins_with, JOURNEYS), goes("marketing_optout", opts_out(town)))
    return outcomes


@pytest.fixture(scope="module")
def outcomes(stack: RunningStack) -> Outcomes:
    return asyncio.run(everybody(stack.settings))


def made(outcomes: Outcomes, name: str) -> Made:
    outcome = outcomes[name]
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.request_type)
def test_a_request_is_a_case_of_its_kind_with_its_date_and_identity(outcomes: Outcomes, journey: Journey) -> None:
    request = made(outcomes, journey.request_type)
    level = rule_for(journey.request_type).identity_level

    received_on, due_on = date.fromisoformat(request.case["received_on"]), date.fromisoformat(request.case["due_on"])
    assert due_on == response_due(received_on, calendar=WorkingCalendar())
    assert request.receipt["due_on"] == due_on.isoformat()
    assert request.case["request_type"] == journey.request_type
    assert (request.case["identity_level"], request.case["identity_method"]) == (level, METHODS[level])
    assert request.case["identity_is_sufficient"]
    assert request.case["channel"] == "chat"
    assert request.events[0]["kind"] == "case_registered"


def test_how_it_goes_is_told_to_who_has_the_address(outcomes: Outcomes) -> None:
    told = made(outcomes, "status")

    assert "Status: mottagen" in told.said
    assert told.case["due_explanation"][0] in told.said
    assert "shown_to_person" in [event["kind"] for event in told.events]


def test_what_is_added_stands_in_the_cases_history(outcomes: Outcomes) -> None:
    added = made(outcomes, "add")

    assert added.case["reference"] in added.said
    [event] = [event for event in added.events if event["kind"] == "addition_received"]
    assert event["actor_kind"] == "data_subject"


def test_a_case_taken_back_is_decided_by_the_person(outcomes: Outcomes) -> None:
    withdrawn = made(outcomes, "withdraw")

    assert withdrawn.case["reference"] in withdrawn.said
    assert (withdrawn.case["status"], withdrawn.case["resolution"]) == ("decided", "withdrawn")
    assert withdrawn.events[-1]["actor_kind"] == "data_subject"


def test_a_no_to_marketing_holds_at_once(outcomes: Outcomes) -> None:
    blocked = made(outcomes, "marketing_optout")

    assert blocked.case["channel"] == "email"
    assert blocked.case["address_masked"].endswith("@example.se")
    assert blocked.case["effective_at"]
