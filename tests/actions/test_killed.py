"""A process that dies of SIGKILL between the visitor's signature and the case: one case, never two, never none."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot.app import create_app as create_edge
from bot.config import BotConfig, IdentityConfig
from bot.turns import IDENTIFIED
from cases.app import create_app as create_cases
from cases.config import CasesConfig
from identity.config import BrokerConfig, ClientConfig
from identity.simulator.app import create_app as create_simulator
from identity.simulator.authority import ensure
from identity.simulator.config import SimulatorConfig
from insyn.settings import ROOT
from tests.actions.fakes import SAID_AT
from tests.bot.fake_rasa import TOKEN, FakeRasa
from tests.bot.visitor import until
from tests.cases.console.serving import served

pytestmark = pytest.mark.database

REFERENCE = "AR-0000-0000"
REQUEST = {
    "reference": REFERENCE,
    "request_type": "erasure",
    "received_at": SAID_AT.isoformat(),
    "details": {"scope": "Rekrytering"},
    "contact_email": "anna@example.se",
    "waits_for": "identification",
}


@pytest.fixture
async def signed(database_url: str, key_ring, tmp_path: Path) -> AsyncIterator[tuple[dict[str, str], str]]:
    """Edge, case system and BankID, served; a visitor has signed. Gives the action's environment and conversation."""
    authority = ensure(tmp_path / "bankid")
    bankid = httpx.ASGITransport(create_simulator(SimulatorConfig(directory=authority.files.directory)))
    broker = BrokerConfig(
        return_url="http://127.0.0.1/chat/bankid/return",
        referring_domain="127.0.0.1",
        evidence_roots=authority.files.signature_root,
        collect_interval_s=0.05,
        idle_interval_s=0.05,
    )
    identity = IdentityConfig(client=ClientConfig(base_url="http://bankid.test/rp/v6.0/"), broker=broker)
    config = BotConfig(
        database_url=database_url,
        public_url="http://127.0.0.1",
        rasa_url="http://rasa.test",
        service_tokens=(TOKEN,),
        key_ring=key_ring,
        identity=identity,
    )
    rasa = FakeRasa()
    edge = create_edge(config, rasa_transport=rasa.transport(), bankid_transport=bankid)
    cases = create_cases(CasesConfig(database_url=database_url, key_ring=key_ring, service_tokens=(TOKEN,)))
    with served(edge) as edge_url, served(cases) as cases_url:
        origin = {"Origin": "http://127.0.0.1"}
        async with (
            httpx.AsyncClient(base_url=edge_url, headers=origin) as visitor,
            httpx.AsyncClient(base_url=edge_url, headers={"Authorization": f"Bearer {TOKEN}"}) as service,
            httpx.AsyncClient(transport=bankid, base_url="http://bankid.test") as phone,
        ):
            await visitor.post("/chat/session")
            await until(lambda: bool(rasa.told))
            conversation = rasa.told[0].sender
            offer = {"reference": REFERENCE, "request_type": "erasure", "request_title": "Radering"}
            offered = await service.post(
                f"/internal/v1/conversations/{conversation}/identifications", json=offer | {"visible_text": "Radera"}
            )
            started = await visitor.post(
                f"/chat/identifications/{offered.json()['identification_id']}/start", json={"mode": "qr"}
            )
            assert started.status_code == 200, started.text
            order = (await phone.post("/control/scan")).json()["order_ref"]
            await phone.post(f"/control/orders/{order}/approve", json={})
            await until(lambda: IDENTIFIED in rasa.texts())
        environment = {"INSYN_CHAT_URL": edge_url, "INSYN_CASES_URL": cases_url, "INSYN_SERVICE_TOKEN": TOKEN}
        yield environment, conversation


async def submit(environment: dict[str, str], conversation: str, *, die: str) -> tuple[int, list[str]]:
    """Run the action in a process of its own; return how it ended and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.actions.dying_action",
        die,
        conversation,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )
    said, _ = await process.communicate(json.dumps(REQUEST).encode())
    return process.returncode or 0, json.loads(said) if said else []


async def test_killed_between_signature_and_case_there_is_exactly_one_case(signed, sessions):
    environment, conversation = signed

    async def registered() -> list[str]:
        async with sessions() as session:
            rows = await session.scalars(text("SELECT reference FROM cases.privacy_case WHERE identity_level = 2"))
            return list(rows.all())

    assert await submit(environment, conversation, die="before") == (-signal.SIGKILL, [])
    assert await registered() == [], "the signature was read, and nothing was registered"

    assert await submit(environment, conversation, die="after") == (-signal.SIGKILL, [])
    assert await registered() == [REFERENCE], "the case is there, and nobody was told"

    assert await submit(environment, conversation, die="never") == (0, ["utter_request_registered"])
    assert await registered() == [REFERENCE], "the receipt is of the same case"
