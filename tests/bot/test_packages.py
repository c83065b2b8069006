"""Fetching one's package in the chat: the real broker, BankID's simulator, and the real case system behind it."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import random
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from bot.app import create_app
from bot.config import BotConfig, IdentityConfig
from bot.package_purpose import FETCH, is_for_package, purpose_of, reference_of, wanted_reference
from bot.texts import Texts
from cases.app import create_app as create_cases
from cases.config import CasesConfig
from cases.drafts import Actor, CaseDraft, Channel, IdentificationMethod, Identity
from cases.files.service import CaseFiles
from cases.packages.gathering import Gatherer
from cases.packages.service import Packages
from cases.service import CaseService
from cases.storage.sealing import Sealer
from foundation.yaml_files import read_yaml
from identity.config import BrokerConfig, ClientConfig
from identity.simulator.app import create_app as create_simulator
from identity.simulator.authority import Authority, ensure
from identity.simulator.config import SimulatorConfig
from identity.simulator.personas import PERSONAS
from insyn.settings import ROOT
from privacy.calendar import WorkingCalendar
from privacy.request_types import IdentityLevel, RequestType
from privacy.systems import NO_SYSTEMS
from tests.bot.conftest import PUBLIC_URL
from tests.bot.fake_rasa import TOKEN, FakeRasa
from tests.bot.server import free_port, served
from tests.bot.visitor import Edge, Visitor, button

pytestmark = pytest.mark.database

log = logging.getLogger(__name__)

REFERENCE, ANOTHER = "AR-7K2M-9QXA", "AR-G4XE-9MSR"
OFFICER = Actor.officer("4")
PERSON, SOMEBODY_ELSE = PERSONAS[0].personal_number, PERSONAS[1]
READY = {
    "text": "Klart.",
    "buttons": [
        {"title": "Hämta dina uppgifter", "payload": f"{FETCH}{REFERENCE}"},
        {"title": "Hämta det andra", "payload": f"{FETCH}{ANOTHER}"},
    ],
}


class NoConversations:
    async def messages(self, _conversation_id: object) -> None:
        return None


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The way to the case system, which may be cut."""

    inner: httpx.ASGITransport
    is_cut: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("refused", request=request)
        return await self.inner.handle_async_request(request)


@dataclass
class CaseSystem:
    """The real one, on the same database, and what officers do there."""

    service: CaseService
    packages: Packages
    files: CaseFiles
    app: FastAPI
    transport: Line

    async def kinds(self) -> list[str]:
        return [event.kind for event in await self.service.events(REFERENCE)]

    async def has(self, reference: str) -> None:
        """Register a case of the person's."""
        await self.service.register(
            CaseDraft(
                reference=reference,
                request_type=RequestType.ACCESS,
                received_at=datetime.now(UTC),
                channel=Channel.CHAT,
                identity=Identity(
                    level=IdentityLevel.STRONG,
                    method=IdentificationMethod.BANKID,
                    personal_identity_number=PERSON,
                    name="Karl Testsson",
                    verified_at=datetime.now(UTC),
                ),
            )
        )

    async def release(self, *file_ids: UUID, reference: str = REFERENCE) -> None:
        package = await self.packages.prepare(reference, file_ids=file_ids, system_ids=(), actor=OFFICER)
        await self.packages.release(reference, package.id, actor=OFFICER)


@pytest.fixture
async def case_system(database_url, sessions, key_ring) -> AsyncIterator[CaseSystem]:
    def clock() -> datetime:
        return datetime.now(UTC)

    app = create_cases(CasesConfig(database_url=database_url, key_ring=key_ring, service_tokens=(TOKEN,)))
    files = CaseFiles(sessions, key_ring=key_ring, clock=clock)
    gatherer = Gatherer(sessions, sealer=Sealer(key_ring), register=NO_SYSTEMS, conversations=NoConversations())
    service = CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())
    packages = Packages(sessions, key_ring=key_ring, clock=clock, files=files, gatherer=gatherer)
    async with app.router.lifespan_context(app):
        yield CaseSystem(service, packages, files, app, Line(httpx.ASGITransport(app)))


@pytest.fixture
def way_to_cases(case_system: CaseSystem) -> dict[str, Any]:
    """How the edge reaches the case system."""
    return {"url": "http://cases.test", "transport": case_system.transport}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return ensure(tmp_path_factory.mktemp("bankid") / "simulator")


@pytest.fixture
def bankid(authority: Authority) -> httpx.ASGITransport:
    app = create_simulator(SimulatorConfig(directory=authority.files.directory))
    return httpx.ASGITransport(app, client=("203.0.113.7", 5000))


@pytest.fixture
async def edge(
    bot_config: BotConfig,
    rasa: FakeRasa,
    bankid: httpx.ASGITransport,
    authority: Authority,
    way_to_cases: dict[str, Any],
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
    app = create_app(
        replace(bot_config, identity=identity, cases_url=way_to_cases["url"]),
        rasa_transport=rasa.transport(),
        bankid_transport=bankid,
        cases_transport=way_to_cases["transport"],
    )
    rasa.answers["hämta mina uppgifter"] = [READY]
    async with app.router.lifespan_context(app):
        yield Edge(app, origin=PUBLIC_URL)


@pytest.fixture
async def phone(bankid: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=bankid, base_url="http://bankid.test") as http:
        yield http


@pytest.fixture
def texts(bot_config: BotConfig) -> Texts:
    return Texts.read(bot_config.texts)


@pytest.fixture
async def case(case_system: CaseSystem) -> None:
    await case_system.has(REFERENCE)


async def ask(visitor: Visitor, title: str = "Hämta dina uppgifter") -> list[dict[str, Any]]:
    """Ask for the package and press the button; return what the edge says to that."""
    [ready] = await visitor.say("hämta mina uppgifter")
    return await visitor.press(button(ready, title))


async def identify(
    visitor: Visitor, phone: httpx.AsyncClient, asked: dict[str, Any], **approval: str
) -> dict[str, Any]:
    """Sign on the card that ``asked`` carries, and return what comes of it."""
    before = (await visitor.messages())[-1]
    await at_bankid(visitor, phone, asked, "approve", **approval)
    for _ in range(200):
        last = (await visitor.messages())[-1]
        if last["id"] > before["id"]:
            return last
        await asyncio.sleep(0.05)
    raise AssertionError("nothing came of the identification")


async def at_bankid(
    visitor: Visitor, phone: httpx.AsyncClient, asked: dict[str, Any], what: str, **details: str
) -> None:
    """Start on the card and do something in BankID's app."""
    identification_id = asked["card"]["identification_id"]
    started = await visitor.client.post(f"/chat/identifications/{identification_id}/start", json={"mode": "qr"})
    assert started.status_code == 200, started.text
    order = (await phone.post("/control/scan")).json()["order_ref"]
    assert (await phone.post(f"/control/orders/{order}/{what}", json=details)).status_code == 200


async def state_of(visitor: Visitor, state: str) -> dict[str, Any]:
    """Wait until the identification offered last is in ``state``."""
    for _ in range(200):
        identification: dict[str, Any] = (await visitor.session())["identification"]
        if identification["state"] == state:
            return identification
        await asyncio.sleep(0.05)
    raise AssertionError(f"it is {identification['state']}")


async def fetch(visitor: Visitor, card: dict[str, Any], **headers: str) -> httpx.Response:
    return await visitor.client.get(f"/chat/packages/{card['identification_id']}", headers=headers)


@pytest.mark.usefixtures("case")
class TestFetching:
    async def test_the_person_gets_the_file_once_an_identification(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem, rasa: FakeRasa
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            for _ in range(2):
                [asked] = await ask(visitor)
                given = await identify(visitor, phone, asked)
                assert given["card"]["kind"] == "package"
                looked_ahead = await fetch(visitor, given["card"], **{"Sec-Purpose": "prefetch"})
                assert looked_ahead.status_code == 425

                answer = await fetch(visitor, given["card"])

                assert answer.status_code == 200
                assert answer.headers["content-disposition"].startswith("attachment;")
                assert answer.headers["content-length"] == str(len(answer.content))
                assert "sandbox" in answer.headers["content-security-policy"]
                assert answer.headers["cache-control"] == "no-store"
                archive = zipfile.ZipFile(io.BytesIO(answer.content))
                assert PERSON in archive.read("registerutdrag.html").decode()
                assert (await fetch(visitor, given["card"])).status_code == 403
        assert (await case_system.kinds()).count("package_fetched") == 2
        assert (await case_system.kinds()).count("package_fetch_refused") == 2
        assert not any("EXTERNAL_identification" in text for text in rasa.texts()), "the bot has no part in it"

    async def test_somebody_else_with_bankid_gets_nothing(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem, texts: Texts
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [asked] = await ask(visitor)

            given = await identify(visitor, phone, asked, persona=SOMEBODY_ELSE.key)

            assert given["card"] is None
            assert given["text"] == texts("package_refused_not_yours", reference=REFERENCE)
            assert (await fetch(visitor, asked["card"])).status_code == 403
        assert "package_fetched" not in await case_system.kinds()
        [refused] = [e for e in await case_system.service.events(REFERENCE) if e.facts.get("reason") == "not_yours"]
        assert refused.kind == "package_fetch_refused"

    async def test_another_browser_gets_nothing_whatever_it_knows(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem
    ):
        await case_system.release()
        async with edge.visitor() as visitor, edge.visitor() as thief, edge.client() as stranger:
            await visitor.open()
            await thief.open()
            [asked] = await ask(visitor)
            card = (await identify(visitor, phone, asked))["card"]

            path = f"/chat/packages/{card['identification_id']}"
            for response in (
                await thief.client.get(path),
                await stranger.get(path),
                await visitor.client.get(f"/chat/packages/{uuid4()}"),
                await visitor.client.get("/chat/packages/..%2F..%2Fx"),
            ):
                assert response.status_code in {403, 404}
                assert b"PK" not in response.content[:2]
            assert (await visitor.client.get(path)).status_code == 200

    async def test_an_identification_for_something_else_opens_no_package(
        self, edge: Edge, internal: httpx.AsyncClient, phone: httpx.AsyncClient, case_system: CaseSystem
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            body = {
                "reference": REFERENCE,
                "request_type": "erasure",
                "request_title": "Radering",
                "visible_text": "Begäran om radering",
                "level": 2,
            }
            await internal.post(f"/conversations/{await visitor.conversation_id()}/identifications", json=body)
            asked = (await visitor.messages())[-1]
            await at_bankid(visitor, phone, asked, "approve")
            await state_of(visitor, "complete")
            assert (await fetch(visitor, asked["card"])).status_code == 403

    async def test_before_release_there_is_nothing_and_no_identification_is_asked_for(
        self, edge: Edge, case_system: CaseSystem, texts: Texts
    ):
        await case_system.packages.prepare(REFERENCE, file_ids=(), system_ids=(), actor=OFFICER)
        async with edge.visitor() as visitor:
            await visitor.open()

            [said] = await ask(visitor)

            assert said["text"] == texts("package_refused_not_released", reference=REFERENCE)
            assert said["card"] is None

    async def test_what_is_withdrawn_after_identification_is_not_handed_out(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [asked] = await ask(visitor)
            card = (await identify(visitor, phone, asked))["card"]
            package = await case_system.packages.current(REFERENCE)
            assert package is not None
            await case_system.packages.withdraw(REFERENCE, package.id, actor=OFFICER)

            answer = await fetch(visitor, card)

            assert answer.status_code == 403
            assert answer.headers["content-type"].startswith("text/html")


MEGABYTE = 1024 * 1024
LARGE = int(os.environ.get("INSYN_TEST_LARGE_FILE_MB", "40")) * MEGABYTE
"""200 is what the console takes at most; that takes longer, and so is asked for by name."""

BOUND = 16 * MEGABYTE
STATUS = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Return what this process holds in memory: the edge, the case system, their servers, and the browser."""
    return int(STATUS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def without_lifespan(app: FastAPI) -> Any:
    """Return the app to serve on a socket while its fixture sees to its beginning and end."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await app(scope, receive, send)

    return answer


@pytest.mark.usefixtures("case")
@pytest.mark.skipif(not STATUS.exists(), reason="Linux tells how much memory a process holds")
class TestALargeOne:
    @pytest.fixture
    async def way_to_cases(self, case_system: CaseSystem) -> AsyncIterator[dict[str, Any]]:
        async with served(without_lifespan(case_system.app), free_port()) as address:
            yield {"url": address, "transport": None}

    async def test_it_comes_through_case_system_and_edge_without_ever_lying_whole_in_memory(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem
    ):
        part = b"%PDF-1.7 " + random.Random(3).randbytes(MEGABYTE - 9)

        async def content() -> AsyncIterator[bytes]:
            for _ in range(LARGE // MEGABYTE):
                yield part

        stored = await case_system.files.store(REFERENCE, name="stor.pdf", content=content(), actor=OFFICER)
        await case_system.release(stored.id)
        async with edge.visitor() as visitor, served(without_lifespan(edge.app), free_port()) as address:
            await visitor.open()
            [asked] = await ask(visitor)
            given = await identify(visitor, phone, asked)
            cookies = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
            path = f"{address}/chat/packages/{given['card']['identification_id']}"
            held, most, received = resident_bytes(), 0, 0

            async with (
                httpx.AsyncClient(trust_env=False, timeout=60, headers={"Cookie": cookies}) as browser,
                browser.stream("GET", path) as answer,
            ):
                assert answer.status_code == 200
                async for piece in answer.aiter_raw():
                    received += len(piece)
                    most = max(most, resident_bytes() - held)

        log.info("%d MB from the case system through the edge: %.1f MB", LARGE // MEGABYTE, most / MEGABYTE)
        assert received == int(answer.headers["content-length"]) > LARGE * 0.9
        assert most < BOUND


@pytest.mark.usefixtures("case")
class TestOnTheWay:
    """People do something else between the button and the file, and things break there."""

    async def test_interrupted_by_a_question(self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [asked] = await ask(visitor)

            [answer] = await visitor.say("vad står det i filen?")
            assert answer["text"] == "svar på vad står det i filen?"

            given = await identify(visitor, phone, asked)
            await visitor.say("och hur länge kan jag hämta den?")
            assert (await fetch(visitor, given["card"])).status_code == 200

    async def test_switched_to_another_wish_which_the_package_s_identification_does_not_sign(
        self, edge: Edge, internal: httpx.AsyncClient, phone: httpx.AsyncClient, case_system: CaseSystem, rasa: FakeRasa
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [for_the_package] = await ask(visitor)
            wish = {"request_type": "erasure", "request_title": "Radering", "visible_text": "Radera", "level": 2}
            conversation = f"/conversations/{await visitor.conversation_id()}/identifications"
            await internal.post(conversation, json={"reference": ANOTHER, **wish})
            for_the_wish = (await visitor.messages())[-1]

            await at_bankid(visitor, phone, for_the_wish, "approve")
            await state_of(visitor, "complete")

            assert (await fetch(visitor, for_the_wish["card"])).status_code == 403
            assert (await fetch(visitor, for_the_package["card"])).status_code == 403
            signed = await internal.post(f"{conversation}/consume", json={"reference": ANOTHER})
            assert signed.json()["visible_text"] == "Radera"
            [again] = await ask(visitor)
            assert (await identify(visitor, phone, again))["card"]["kind"] == "package"

    async def test_the_other_case_was_meant(self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem):
        await case_system.has(ANOTHER)
        await case_system.release()
        await case_system.release(reference=ANOTHER)
        async with edge.visitor() as visitor:
            await visitor.open()
            await ask(visitor)
            [asked] = await ask(visitor, "Hämta det andra")

            given = await identify(visitor, phone, asked)

            assert given["card"]["reference"] == ANOTHER
            assert (await fetch(visitor, given["card"])).status_code == 200
        assert "package_fetched" not in await case_system.kinds()

    async def test_called_off_in_the_card_and_taken_up_again(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem, rasa: FakeRasa
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [asked] = await ask(visitor)
            identification_id = asked["card"]["identification_id"]
            cancelled = await visitor.client.post(f"/chat/identifications/{identification_id}/cancel")
            assert cancelled.json()["state"] == "cancelled"
            assert (await visitor.messages())[-1]["id"] == asked["id"]
            assert (await fetch(visitor, asked["card"])).status_code == 403

            [again] = await ask(visitor)
            assert again["card"]["identification_id"] != identification_id
            assert (await fetch(visitor, (await identify(visitor, phone, again))["card"])).status_code == 200
        assert not any("EXTERNAL_identification" in text for text in rasa.texts()), (
            "nothing of the bot's was called off"
        )

    async def test_bankid_fails_and_is_tried_again_in_the_same_card(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [asked] = await ask(visitor)
            await at_bankid(visitor, phone, asked, "fail", hint="userCancel")
            assert (await state_of(visitor, "cancelled"))["id"] == asked["card"]["identification_id"]
            assert (await fetch(visitor, asked["card"])).status_code == 403

            given = await identify(visitor, phone, asked)

            assert (await fetch(visitor, given["card"])).status_code == 200

    async def test_the_case_system_is_down_when_it_is_asked_for(
        self, edge: Edge, case_system: CaseSystem, texts: Texts
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            case_system.transport.is_cut = True
            [told] = await ask(visitor)
            assert told["text"] == texts("package_unavailable", reference=REFERENCE)
            assert told["card"] is None

            case_system.transport.is_cut = False
            [asked] = await visitor.press(button(told, texts("button_try_again")))
            assert asked["text"] == texts("package_identification", reference=REFERENCE)

    async def test_the_case_system_is_down_when_the_visitor_has_identified(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem, texts: Texts
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [asked] = await ask(visitor)
            case_system.transport.is_cut = True
            told = await identify(visitor, phone, asked)
            assert told["text"] == texts("package_unavailable", reference=REFERENCE)

            case_system.transport.is_cut = False
            [again] = await visitor.press(button(told, texts("button_try_again")))
            assert (await fetch(visitor, (await identify(visitor, phone, again))["card"])).status_code == 200

    async def test_the_case_system_is_down_when_the_file_is_opened_and_the_link_still_serves(
        self, edge: Edge, phone: httpx.AsyncClient, case_system: CaseSystem
    ):
        await case_system.release()
        async with edge.visitor() as visitor:
            await visitor.open()
            [asked] = await ask(visitor)
            given = await identify(visitor, phone, asked)
            case_system.transport.is_cut = True
            down = await fetch(visitor, given["card"])
            assert down.status_code == 503
            assert down.headers["content-type"].startswith("text/html")

            case_system.transport.is_cut = False
            assert (await fetch(visitor, given["card"])).status_code == 200, "it was not used up"


def test_only_our_own_words_begin_a_fetch():
    assert wanted_reference(f"{FETCH}{REFERENCE}") == REFERENCE
    for payload in (FETCH, f"{FETCH}../x", f"/ask_case_status{REFERENCE}", f"{FETCH}AR-7K2M-9QXB"):
        assert wanted_reference(payload) is None
    purpose = purpose_of(REFERENCE, message_id=2**63 - 1)
    assert is_for_package(purpose)
    assert reference_of(purpose) == REFERENCE
    assert not is_for_package(REFERENCE)


def test_every_text_that_is_signed_warns_whoever_did_not_begin_it(bot_config: BotConfig):
    """The last thing that a victim of a relayed code reads before signing for somebody else."""
    actions = read_yaml(ROOT / "actions" / "texts.yml")
    edge = read_yaml(bot_config.texts)["edge_texts"]
    signed = [actions["signing"]["text"], actions["own_cases"]["signing"], edge["package_signing"]]

    warnings = {re.split(r"[.\n] ?", text.strip())[-2] for text in signed}
    assert len(warnings) == 1
    for named in ("{reference}", "{controller}"):
        assert all(named in text for text in signed), named
