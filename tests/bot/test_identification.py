"""An identification in a conversation: the real broker, and the simulator in BankID's place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from bot.app import create_app
from bot.config import BotConfig, IdentityConfig
from bot.turns import IDENTIFIED, NOT_IDENTIFIED
from identity.config import BrokerConfig, ClientConfig
from identity.simulator.app import create_app as create_simulator
from identity.simulator.authority import Authority, ensure
from identity.simulator.config import SimulatorConfig
from tests.bot.conftest import PUBLIC_URL
from tests.bot.fake_rasa import FakeRasa, Told
from tests.bot.visitor import Edge, Visitor, until

pytestmark = pytest.mark.database

REFERENCE = "AR-7K2M-9QXA"
REQUEST = {
    "reference": REFERENCE,
    "request_type": "erasure",
    "request_title": "Radering",
    "visible_text": f"Begäran om radering, ärende {REFERENCE}.",
    "level": 2,
}


@dataclass
class Phone:
    """Whoever holds the phone with BankID on it."""

    http: httpx.AsyncClient

    async def scan(self) -> str:
        response = await self.http.post("/control/scan")
        assert response.status_code == 200, response.text
        return str(response.json()["order_ref"])

    async def approve(self) -> None:
        response = await self.http.post(f"/control/orders/{await self.scan()}/approve", json={})
        assert response.status_code == 200, response.text

    async def refuse(self) -> None:
        await self.http.post(f"/control/orders/{await self.scan()}/fail", json={"hint": "userCancel"})

    async def approve_opened(self, launch_url: str) -> str:
        """Open the launch link, approve, and return the address that BankID's app goes back to."""
        token = httpx.URL(launch_url).params["autostarttoken"]
        order = (await self.http.post("/control/open", json={"auto_start_token": token})).json()
        await self.http.post(f"/control/orders/{order['order_ref']}/approve", json={})
        return str(order["return_url"])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return ensure(tmp_path_factory.mktemp("bankid") / "simulator")


@pytest.fixture
def bankid(authority: Authority) -> httpx.ASGITransport:
    app = create_simulator(SimulatorConfig(directory=authority.files.directory))
    return httpx.ASGITransport(app, client=("203.0.113.7", 5000))


@pytest.fixture
async def phone(bankid: httpx.ASGITransport) -> AsyncIterator[Phone]:
    async with httpx.AsyncClient(transport=bankid, base_url="http://bankid.test") as http:
        yield Phone(http)


@pytest.fixture
async def edge(
    bot_config: BotConfig, rasa: FakeRasa, bankid: httpx.ASGITransport, authority: Authority
) -> AsyncIterator[Edge]:
    broker = BrokerConfig(
        return_url=f"{PUBLIC_URL}/chat/bankid/return",
        referring_domain="chat.test",
        evidence_roots=authority.files.signature_root,
        launch_base="http://bankid.test/",
        collect_interval_s=0.05,
        idle_interval_s=0.05,
    )
    identity = IdentityConfig(client=ClientConfig(base_url="http://bankid.test/rp/v6.0/"), broker=broker)
    config = replace(bot_config, identity=identity)
    app = create_app(config, rasa_transport=rasa.transport(), bankid_transport=bankid)
    async with app.router.lifespan_context(app):
        yield Edge(app, origin=PUBLIC_URL)


@pytest.fixture
def acting(rasa: FakeRasa, internal: httpx.AsyncClient) -> None:
    """The bot's action: on "ja" it asks for an identification, in the middle of its turn."""

    async def act(told: Told) -> None:
        if told.text == "ja":
            response = await internal.post(f"/conversations/{told.sender}/identifications", json=REQUEST)
            assert response.status_code == 201, response.text

    rasa.before = act


async def offered(visitor: Visitor) -> str:
    """Confirm a request, and return the id of the identification on the card."""
    await visitor.open()
    _text, card = await visitor.say("ja")
    return str(card["card"]["identification_id"])


async def start(visitor: Visitor, identification_id: str, mode: str = "qr") -> dict[str, Any]:
    response = await visitor.client.post(f"/chat/identifications/{identification_id}/start", json={"mode": mode})
    assert response.status_code == 200, response.text
    view: dict[str, Any] = response.json()
    return view


async def consume(internal: httpx.AsyncClient, visitor: Visitor, reference: str = REFERENCE) -> httpx.Response:
    path = f"/conversations/{await visitor.conversation_id()}/identifications/consume"
    return await internal.post(path, json={"reference": reference})


async def test_from_the_confirmation_to_the_proof(
    edge: Edge, internal: httpx.AsyncClient, rasa: FakeRasa, phone: Phone, acting: None
):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        shown = (await visitor.session())["identification"]
        assert (shown["id"], shown["state"]) == (identification_id, "offered")
        assert shown["purpose_title"] == REQUEST["request_title"]
        assert shown["visible_text"] == REQUEST["visible_text"]

        assert (await start(visitor, identification_id))["qr"] is True
        frame = await visitor.client.get(f"/chat/identifications/{identification_id}/qr.svg")
        assert frame.headers["content-type"] == "image/svg+xml"
        await phone.approve()
        await until(lambda: IDENTIFIED in rasa.texts())
        await edge.settle()

        assert (await visitor.session())["identification"]["state"] == "complete"
        proof = (await consume(internal, visitor)).json()
        assert proof["level"] == 2
        assert proof["method"] == "bankid"
        assert proof["visible_text"] == REQUEST["visible_text"]
        assert proof["signature"]
        assert proof["ocsp_response"]
        seen_by_staff = (await internal.get(f"/conversations/{await visitor.conversation_id()}")).json()
        assert seen_by_staff["identity_level"] == 2
        assert proof["personal_identity_number"] not in str(await visitor.session())
        assert proof["personal_identity_number"] not in str(seen_by_staff)


async def test_the_card_stands_below_what_the_bot_said_in_that_turn(edge: Edge, acting: None):
    async with edge.visitor() as visitor:
        await visitor.open()

        said, card = await visitor.say("ja")

        assert said["text"] == "svar på ja"
        assert card["card"]["kind"] == "identification"


async def test_a_card_that_the_action_sends_itself_is_not_shown_twice(edge: Edge, rasa: FakeRasa, internal):
    async def act(told: Told) -> None:
        if told.text == "ja":
            response = await internal.post(f"/conversations/{told.sender}/identifications", json=REQUEST)
            card = {"kind": "identification", "identification_id": response.json()["identification_id"]}
            rasa.answers["ja"] = [{"text": "Legitimera dig.", "custom": {"card": card}}]

    rasa.before = act
    async with edge.visitor() as visitor:
        await visitor.open()

        assert len(await visitor.say("ja")) == 1


async def test_the_same_reference_again_is_the_same_identification(edge: Edge, internal, acting: None):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)

        path = f"/conversations/{await visitor.conversation_id()}/identifications"
        again = await internal.post(path, json=REQUEST)

        assert again.json() == {"identification_id": identification_id}


async def test_a_refusal_is_told_to_the_bot_and_may_be_tried_again(
    edge: Edge, rasa: FakeRasa, phone: Phone, acting: None
):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        await start(visitor, identification_id)
        await phone.refuse()
        await until(lambda: NOT_IDENTIFIED in rasa.texts())
        shown = (await visitor.session())["identification"]
        assert shown["state"] == "cancelled"
        assert shown["can_retry"] is True

        await start(visitor, identification_id)
        await phone.approve()
        await until(lambda: IDENTIFIED in rasa.texts())


async def test_the_visitor_cancels(edge: Edge, rasa: FakeRasa, acting: None):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        await start(visitor, identification_id)

        response = await visitor.client.post(f"/chat/identifications/{identification_id}/cancel")

        assert response.json()["state"] == "cancelled"
        await until(lambda: NOT_IDENTIFIED in rasa.texts())


async def test_a_completed_identification_reaches_a_rasa_that_was_down(
    edge: Edge, rasa: FakeRasa, phone: Phone, acting: None
):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        await start(visitor, identification_id)
        rasa.failures = ["refused"] * 3
        await phone.approve()

        await until(lambda: IDENTIFIED in rasa.texts())

        assert rasa.texts().count(IDENTIFIED) == 1


# On this device


async def test_on_this_device_the_same_browser_comes_back_with_the_nonce(
    edge: Edge, rasa: FakeRasa, phone: Phone, acting: None
):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        started = await start(visitor, identification_id, "same_device")
        assert started["qr"] is False
        return_url = await phone.approve_opened(started["launch_url"])

        page = await visitor.client.get(return_url)

        assert page.status_code == 200
        assert page.headers["referrer-policy"] == "no-referrer"
        await until(lambda: IDENTIFIED in rasa.texts())


@pytest.mark.parametrize("has_chatted", [True, False], ids=["with a chat of their own", "never seen before"])
async def test_in_another_browser_the_return_is_worth_nothing(
    edge: Edge, rasa: FakeRasa, phone: Phone, acting: None, has_chatted: bool
):
    """The fixation attack: the thief began, the victim approved, and the victim's browser comes back."""
    async with edge.visitor() as thief, edge.visitor() as victim:
        if has_chatted:
            await victim.open()
        identification_id = await offered(thief)
        started = await start(thief, identification_id, "same_device")
        return_url = await phone.approve_opened(started["launch_url"])

        page = await victim.client.get(return_url)
        await asyncio.sleep(0.3)

        assert page.status_code == 403
        assert (await thief.session())["identification"]["state"] == "failed", "the order is over with it"
        assert (await thief.client.get(return_url)).status_code == 403, "the nonce is burnt"
        assert IDENTIFIED not in rasa.texts()


@pytest.mark.parametrize("nonce", ["", "guessed", "%00", "å" * 200])
async def test_a_made_up_nonce_is_refused(edge: Edge, nonce: str):
    async with edge.visitor() as visitor:
        await visitor.open()

        assert (await visitor.client.get(f"/chat/bankid/return?nonce={nonce}")).status_code == 403


# Whose it is


async def test_another_visitors_identification_cannot_be_seen_started_or_ended(edge: Edge, acting: None):
    async with edge.visitor() as owner, edge.visitor() as thief:
        identification_id = await offered(owner)
        await thief.open()

        for method, what in (("GET", ""), ("POST", "/start"), ("POST", "/cancel"), ("GET", "/qr.svg")):
            body = {"mode": "qr"} if what == "/start" else None
            response = await thief.client.request(method, f"/chat/identifications/{identification_id}{what}", json=body)
            assert response.status_code == 404

        assert (await thief.session())["identification"] is None


async def test_a_proof_is_for_one_purpose_and_one_conversation(
    edge: Edge, internal, rasa: FakeRasa, phone: Phone, acting: None
):
    async with edge.visitor() as visitor, edge.visitor() as other:
        await other.open()
        identification_id = await offered(visitor)
        assert (await consume(internal, visitor)).status_code == 409, "nobody has signed yet"
        await start(visitor, identification_id)
        await phone.approve()
        await until(lambda: IDENTIFIED in rasa.texts())

        assert (await consume(internal, visitor, "AR-0000-0000")).status_code == 409
        refused = await consume(internal, other)
        assert refused.status_code == 409
        assert refused.json()["type"] == "urn:insyn:problem:identification-not-available"
        first, again = await consume(internal, visitor), await consume(internal, visitor)
        assert first.status_code == again.status_code == 200, "its own purpose may read it again"


@pytest.mark.parametrize("identification_id", ["38153ee4-f121-422b-83bc-823a7a06744a", "nonsense", "%00"])
async def test_an_unknown_identification_is_not_found(edge: Edge, identification_id: str):
    async with edge.visitor() as visitor:
        await visitor.open()

        assert (await visitor.client.get(f"/chat/identifications/{identification_id}")).status_code == 404


async def test_where_none_is_configured_it_is_said(bot_config: BotConfig, rasa: FakeRasa):
    from tests.bot.conftest import running_edge

    async with running_edge(bot_config, rasa) as edge, edge.visitor() as visitor, edge.service() as internal:
        await visitor.open()

        path = f"/conversations/{await visitor.conversation_id()}/identifications"
        response = await internal.post(path, json=REQUEST)

        assert response.status_code == 503
        assert response.json()["detail"]
