"""The console on a database of its own, beside a chat edge that is served for real."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from cases.app import create_app
from cases.config import CasesConfig
from cases.console.accounts import Role
from cases.console.guard import SESSION_COOKIE
from cases.console.sessions import StaffSessions
from cases.console.storage import StaffAccountRow
from foundation.database import Sessions
from foundation.encryption import KeyRing
from tests.cases.console.fake_edge import TOKEN, FakeEdge
from tests.cases.console.serving import served
from tests.cases.console.staff_browser import StaffBrowser

ORIGIN = "http://console.test"
PASSWORD = "korrekt häst batteri"


@dataclass(frozen=True)
class Colleague:
    """An account that a test made."""

    id: int
    name: str
    display_name: str
    password: str


@pytest.fixture
def edge() -> FakeEdge:
    return FakeEdge()


@pytest.fixture
def edge_url(edge: FakeEdge) -> Iterator[str]:
    with served(edge.app) as url:
        yield url


@pytest.fixture
def config(database_url: str, key_ring: KeyRing, edge_url: str) -> CasesConfig:
    return CasesConfig(
        database_url=database_url,
        key_ring=key_ring,
        service_tokens=("a service token",),
        chat_url=edge_url,
        chat_token=TOKEN,
        public_url=ORIGIN,
    )


@cache
def _hash_of_password() -> str:
    """Made once: hashing is slow on purpose."""
    return PasswordHasher().hash(PASSWORD)


MakeColleague = Callable[..., Awaitable[Colleague]]


@pytest.fixture
def colleague(sessions: Sessions, clock) -> MakeColleague:
    """Make an account whose owner has chosen a password."""

    async def make(name: str = "anna", *, display_name: str = "Anna Berg", role: Role = Role.OFFICER) -> Colleague:
        account = StaffAccountRow(
            name=name,
            display_name=display_name,
            role=role,
            password_hash=_hash_of_password(),
            must_change_password=False,
            created_at=clock(),
            last_login_at=None,
            disabled_at=None,
        )
        async with sessions.begin() as session:
            session.add(account)
        return Colleague(account.id, name, display_name, PASSWORD)

    return make


@pytest.fixture
async def anna(colleague: MakeColleague) -> Colleague:
    return await colleague()


@pytest.fixture
def console_url(config: CasesConfig, clock) -> Iterator[str]:
    """The console served for real: another replica than ``app``, which belongs to the test's own event loop."""
    with served(create_app(config, clock=clock)) as url:
        yield url


MakeBrowser = Callable[[], StaffBrowser]


@pytest.fixture
async def new_browser(app: FastAPI) -> AsyncIterator[MakeBrowser]:
    """Make browsers that know nothing of each other."""
    clients: list[httpx.AsyncClient] = []

    def make() -> StaffBrowser:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, follow_redirects=True)
        clients.append(client)
        return StaffBrowser(client)

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def browser(new_browser: MakeBrowser) -> StaffBrowser:
    return new_browser()


@pytest.fixture
async def annas_browser(browser: StaffBrowser, anna: Colleague, sessions: Sessions, clock) -> StaffBrowser:
    """Anna's browser, at the list of cases. Her session is begun without the log-in form, which hashes for long."""
    cookie = await StaffSessions(sessions, clock=clock, random=random.Random(2)).begin(anna.id)
    browser.client.cookies.set(SESSION_COOKIE, cookie, domain="console.test", path="/console")
    await browser.open("/console/cases")
    return browser
