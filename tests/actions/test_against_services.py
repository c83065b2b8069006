"""The clients against the real case system, the real chat edge and the BankID simulator: both sides mean the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import httpx
import pytest

from actions.clients.cases import BlockDraft, CasesClient
from actions.clients.edge import CompletedIdentification, EdgeClient, QueuePlace
from actions.errors import IdentificationNotAvailableError, ServiceRefusedError
from bot.app import create_app as create_edge
from bot.config import BotConfig, IdentityConfig
from cases.app import create_app as create_cases
from cases.config import CasesConfig
from foundation.encryption import KeyRing
from identity.config import BrokerConfig, ClientConfig
from identity.simulator.app import create_app as create_simulator
from identity.simulator.authority import ensure
from identity.simulator.config import SimulatorConfig
from tests.actions.fakes import CONVERSATION
from tests.actions.test_clients import access_draft
from tests.bot.fake_rasa import TOKEN, FakeRasa
from tests.bot.visitor import Edge, Visitor

pytestmark = pytest.mark.database

REFERENCE = "AR-0000-0000"
URL = "http://chat.test"


@dataclass
class Meeting:
    """A visitor with a phone, and the actions' way to the edge."""

    edge: EdgeClient
    visitor: Visitor
    phone: httpx.AsyncClient
    conversation_id: str

    async def offer(self) -> None:
        await self.edge.offer_identification(
            self.conversation_id,
            reference=REFERENCE,
            request_type="access",
            request_title="Tillgång",
            visible_text=f"Jag begär tillgång, ärende {REFERENCE}",
            level=2,
            email="anna@example.se",
        )

    async def sign(self) -> None:
        card = (await self.visitor.session())["identification"]["id"]
        started = await self.visitor.client.post(f"/chat/identifications/{card}/start", json={"mode": "qr"})
        assert started.status_code == 200, started.text
        order = (await self.phone.post("/control/scan")).json()["order_ref"]
        await self.phone.post(f"/control/orders/{order}/approve", json={})

    async def consume_when_there(self) -> CompletedIdentification:
        for _ in range(100):
            try:
                return await self.edge.consume_identification(self.conversation_id, reference=REFERENCE)
            except IdentificationNotAvailableError:
                await asyncio.sleep(0.1)
        raise AssertionError("the signature never arrived")


@pytest.fixture
async def cases(database_url: str, key_ring: KeyRing) -> AsyncIterator[CasesClient]:
    app = create_cases(CasesConfig(database_url=database_url, key_ring=key_ring, service_tokens=(TOKEN,)))
    async with app.router.lifespan_context(app):
        yield CasesClient(base_url="http://cases", token=TOKEN, transport=httpx.ASGITransport(app))


@pytest.fixture
async def meeting(database_url: str, key_ring: KeyRing, tmp_path: Path) -> AsyncIterator[Meeting]:
    authority = ensure(tmp_path / "bankid")
    bankid = httpx.ASGITransport(create_simulator(SimulatorConfig(directory=authority.files.directory)))
    broker = BrokerConfig(
        return_url=f"{URL}/chat/bankid/return",
        referring_domain="chat.test",
        evidence_roots=authority.files.signature_root,
        collect_interval_s=0.05,
        idle_interval_s=0.05,
    )
    config = BotConfig(
        database_url=database_url,
        public_url=URL,
        rasa_url="http://rasa.test",
        service_tokens=(TOKEN,),
        key_ring=key_ring,
        identity=IdentityConfig(client=ClientConfig(base_url="http://bankid.test/rp/v6.0/"), broker=broker),
    )
    rasa = FakeRasa()
    app = create_edge(config, rasa_transport=rasa.transport(), bankid_transport=bankid)
    client = EdgeClient(base_url="http://edge", token=TOKEN, transport=httpx.ASGITransport(app))
    async with (
        app.router.lifespan_context(app),
        Edge(app, origin=URL).visitor() as visitor,
        httpx.AsyncClient(transport=bankid, base_url="http://bankid.test") as phone,
    ):
        await visitor.open()
        yield Meeting(client, visitor, phone, rasa.told[0].sender)


async def test_a_signed_request_becomes_a_case(meeting: Meeting, cases: CasesClient):
    await meeting.offer()
    with pytest.raises(IdentificationNotAvailableError):
        await meeting.edge.consume_identification(meeting.conversation_id, reference=REFERENCE)
    await meeting.sign()
    signed = await meeting.consume_when_there()
    draft = access_draft(reference=REFERENCE, conversation_id=meeting.conversation_id, identification=signed)

    receipt = await cases.register(draft)

    assert receipt.due_on == date(2026, 12, 23)
    assert receipt.due_explanation
    again = await meeting.edge.consume_identification(meeting.conversation_id, reference=REFERENCE)
    assert await cases.register(replace(draft, identification=again)) == receipt, "the same again is the same case"
    assert (await cases.read(receipt.reference)).status == "received"
    with pytest.raises(ServiceRefusedError, match="reference-taken"):
        await cases.register(replace(draft, details={"scope": "Rekrytering"}))


async def test_a_signature_is_for_one_request_alone(meeting: Meeting):
    await meeting.offer()
    await meeting.sign()
    await meeting.consume_when_there()
    with pytest.raises(IdentificationNotAvailableError):
        await meeting.edge.consume_identification(meeting.conversation_id, reference="AR-0000-00XX")


async def test_the_same_reference_again_is_the_same_card(meeting: Meeting):
    await meeting.offer()
    first = (await meeting.visitor.session())["identification"]["id"]
    await meeting.offer()
    assert (await meeting.visitor.session())["identification"]["id"] == first


async def test_a_complaint_becomes_a_case_of_nobody(cases: CasesClient):
    draft = access_draft(request_type="complaint", details={"complaint": "Ni svarar aldrig"}, contact_email=None)
    assert (await cases.register(draft)).reference == draft.reference


@pytest.mark.parametrize(("channel", "address"), [("email", "anna@example.se"), ("phone", "+46701740605")])
async def test_marketing_is_blocked(cases: CasesClient, channel: str, address: str):
    draft = BlockDraft(REFERENCE, channel, address, "2026-11-23T19:30:00+00:00", CONVERSATION)

    receipt = await cases.block_marketing(draft)

    assert address not in receipt.address_masked
    assert await cases.block_marketing(draft) == receipt


async def test_a_conversation_is_handed_over(meeting: Meeting):
    for summary in ("Ingen begäran pågår.", "Igen."):
        place = await meeting.edge.hand_over(meeting.conversation_id, reason="Besökaren bad", summary=summary)
        assert place == QueuePlace(1)
