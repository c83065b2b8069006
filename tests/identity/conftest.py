"""A BankID of one's own: the simulator in this process, on the test's clock, and a broker that talks to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from foundation.database import Sessions
from foundation.encryption import KeyRing
from foundation.mail import Mail
from identity.bankid import BankIdClient
from identity.broker import Broker
from identity.codes import CodeMail
from identity.config import BrokerConfig, ClientConfig
from identity.simulator.app import create_app
from identity.simulator.authority import Authority, ensure
from identity.simulator.clock import MovableClock
from identity.simulator.config import SimulatorConfig

RETURN = "https://chat.example/chat/bankid/return"
OURS = hashlib.sha256(b"our cookie").digest()
THEIRS = hashlib.sha256(b"somebody else's cookie").digest()
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
IPHONE_CHROME = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1"
)
ADDRESS = "192.0.2.17"
TEXT = "Begäran om radering hos Exempelbolaget AB.\nÄrende AR-7K2M-9QXA.\nSkriv bara under om du själv startade detta."


async def no_sleep(_seconds: float) -> None:
    """Pauses between repetitions take no time in tests."""


@dataclass
class Simulator:
    """The simulator, as a test drives it."""

    transport: httpx.AsyncBaseTransport | None
    """How to reach it without a network; None: over its sockets."""

    http: httpx.AsyncClient
    authority: Authority
    url: str = "http://bankid.test"

    async def script(self, **script: Any) -> None:
        """Decide what happens to the next order."""
        response = await self.http.post("/control/scripts", json=script)
        assert response.status_code == 200, response.text

    async def orders(self) -> list[dict[str, Any]]:
        return (await self.http.get("/control/orders")).json()

    async def requests(self, endpoint: str) -> list[dict[str, Any]]:
        """What came in at ``endpoint``, the newest last."""
        sent = (await self.http.get("/control/requests")).json()
        return [request["body"] for request in sent if request["endpoint"] == endpoint]

    async def return_url(self) -> str:
        """Where BankID's app goes after the newest order: what only the device of whoever approved learns."""
        return (await self.requests("sign"))[-1]["returnUrl"]

    async def nonce(self) -> str:
        return httpx.URL(await self.return_url()).params["nonce"]

    def client(self, **settings: Any) -> BankIdClient:
        config = ClientConfig(base_url=f"{self.url}/rp/v6.0/", **settings)
        return BankIdClient(config, transport=self.transport, sleep=no_sleep)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return ensure(tmp_path_factory.mktemp("identity") / "simulator")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another authority with certificates of the same names: nobody's, as far as we are concerned."""
    return ensure(tmp_path_factory.mktemp("identity") / "stranger")


@pytest.fixture
async def simulator(authority: Authority, clock: Callable[[], Any]) -> AsyncIterator[Simulator]:
    """A simulator that lives on the test's clock."""
    app = create_app(SimulatorConfig(directory=authority.files.directory), clock=MovableClock(clock))
    transport = httpx.ASGITransport(app, client=(ADDRESS, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://bankid.test") as http:
        yield Simulator(transport, http, authority)


@pytest.fixture
def broker_config(authority: Authority) -> BrokerConfig:
    return BrokerConfig(
        return_url=RETURN, referring_domain="chat.example", evidence_roots=authority.files.signature_root
    )


@dataclass
class Letterbox:
    """What was mailed, the newest last; ``refuses`` is raised instead."""

    mails: list[Mail] = field(default_factory=list)
    refuses: Exception | None = None

    async def send(self, mail: Mail) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.mails.append(mail)

    @property
    def code(self) -> str:
        """The code of the newest mail, as it is written there."""
        return re.search(r"\d{3} \d{3}", self.mails[-1].text)[0]


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@dataclass
class Bench:
    """A broker with what stands around it; ``replica`` gives another one on the same database."""

    sessions: Sessions
    simulator: Simulator
    key_ring: KeyRing
    clock: Any
    config: BrokerConfig
    letterbox: Letterbox

    def replica(self, *, client: BankIdClient | None = None, **changes: Any) -> Broker:
        config = replace(self.config, **changes)
        code_mail = CodeMail(self.letterbox, controller="Exempelbolaget AB")
        return Broker(self.sessions, client or self.simulator.client(), self.key_ring, self.clock, config, code_mail)


@pytest.fixture
def bench(
    sessions: Sessions,
    simulator: Simulator,
    key_ring: KeyRing,
    clock: Any,
    broker_config: BrokerConfig,
    letterbox: Letterbox,
) -> Bench:
    return Bench(sessions, simulator, key_ring, clock, broker_config, letterbox)


@pytest.fixture
def broker(bench: Bench) -> Broker:
    return bench.replica()


@pytest.fixture
def vectors() -> Path:
    return Path(__file__).parent / "vectors"
