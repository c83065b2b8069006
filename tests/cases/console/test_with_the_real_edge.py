"""The console beside the real chat edge: what one says is what the other understands."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from bot.app import create_app as create_edge
from bot.config import BotConfig
from bot.rasa.tracker_store import PostgresTrackerStore
from cases.config import CasesConfig
from cases.console import texts
from cases.console.conversations import Officer
from cases.console.edge_client import EdgeClient
from cases.console.errors import ConversationNotFoundError, MessageRefusedError
from cases.drafts import Actor, MarketingBlockDraft, MarketingChannel
from privacy.request_types import RequestType
from tests.bot.fake_rasa import TOKEN, FakeRasa
from tests.cases.conftest import KARL, KARL_NAME
from tests.cases.console.conftest import ORIGIN
from tests.cases.console.serving import served
from tests.register import REGISTER

pytestmark = pytest.mark.database

CHAT = "http://chat.test"
QUEUE = "/console/handoffs"


@pytest.fixture
def edge_url(database_url, key_ring) -> Iterator[str]:
    config = BotConfig(
        database_url=database_url,
        public_url=CHAT,
        rasa_url="http://rasa.test",
        service_tokens=(TOKEN,),
        key_ring=key_ring,
    )
    with served(create_edge(config, rasa_transport=FakeRasa().transport())) as url:
        yield url


@pytest.fixture
def config(database_url, key_ring, edge_url) -> CasesConfig:
    return CasesConfig(
        database_url=database_url,
        key_ring=key_ring,
        service_tokens=("a service token",),
        chat_url=edge_url,
        chat_token=TOKEN,
        public_url=ORIGIN,
    )


@pytest.fixture
async def visitor(edge_url) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor's browser, whose conversation has begun."""
    async with httpx.AsyncClient(base_url=edge_url, headers={"Origin": CHAT}) as client:
        assert (await client.post("/chat/session")).status_code == 200
        yield client


async def said_to(visitor: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Return who said what, as the visitor reads it."""
    messages = (await visitor.post("/chat/session")).json()["messages"]
    return [(message["sender"], message["text"]) for message in messages]


async def asks_for_a_person(sessions, edge_url: str) -> str:
    """Put the only conversation in the queue, as an action does, and return its id."""
    async with sessions() as session:
        conversation_id = str(await session.scalar(text("SELECT id FROM chat.conversation")))
    async with httpx.AsyncClient(base_url=edge_url, headers={"Authorization": f"Bearer {TOKEN}"}) as actions:
        answer = await actions.post(
            f"/internal/v1/conversations/{conversation_id}/handoff",
            json={"reason": "Besökaren bad om en människa", "summary": "Ingen begäran pågår."},
        )
        assert answer.status_code == 200, answer.text
    return conversation_id


async def test_a_visitor_is_answered_and_handed_back(annas_browser, visitor, sessions, edge_url, anna):
    conversation = await asks_for_a_person(sessions, edge_url)
    await annas_browser.open(QUEUE)
    [link] = annas_browser.find("//ul[@class='queue']//a/@href")
    assert link == f"{QUEUE}/{conversation}"
    assert texts.IDENTITY_LEVELS[0] in annas_browser.text

    await annas_browser.open(link)
    await annas_browser.send(f"{link}/claim")
    assert texts.DONE["claimed"] in annas_browser.text
    form = annas_browser.form(f"{link}/messages") | {"text": "Hej, vad gäller det?"}
    for _ in range(2):
        await annas_browser.post(f"{link}/messages", form)

    assert (await said_to(visitor)).count(("officer", "Hej, vad gäller det?")) == 1
    await visitor.post("/chat/messages", json={"client_id": str(uuid4()), "text": "Min <b>faktura</b>"})
    await annas_browser.open(link)
    assert "Min <b>faktura</b>" in annas_browser.text
    assert anna.display_name in annas_browser.text

    await annas_browser.send(f"{link}/return")
    assert texts.DONE["returned"] in annas_browser.text
    assert texts.CONVERSATION_STATES["bot"] in annas_browser.text


async def test_what_the_visitor_says_arrives_live(annas_browser, visitor, sessions, edge_url, console_url):
    conversation = await asks_for_a_person(sessions, edge_url)
    await annas_browser.open(f"{QUEUE}/{conversation}")
    [after] = annas_browser.find("//ol[@id='transcript']/@data-last-id")
    cookies = {"insyn_console": annas_browser.client.cookies.get("insyn_console")}

    async with (
        asyncio.timeout(20),
        httpx.AsyncClient(base_url=console_url, cookies=cookies, timeout=20) as client,
        client.stream("GET", f"{QUEUE}/{conversation}/stream?after={after}") as stream,
    ):
        await visitor.post("/chat/messages", json={"client_id": str(uuid4()), "text": "Är ni där?"})
        assert await comes(stream.aiter_lines(), r'^data: .*"spoken": "Besökaren: Är ni där\?"')


async def comes(lines: AsyncIterator[str], pattern: str) -> bool:
    """Read until a line fits."""
    async for line in lines:
        if re.search(pattern, line):
            return True
    return False


async def test_a_colleague_who_was_faster_is_named(annas_browser, visitor, sessions, edge_url, colleague, new_browser):
    conversation = await asks_for_a_person(sessions, edge_url)
    bo = await colleague("bo", display_name="Bo Ek")
    bos_browser = new_browser()
    await bos_browser.log_in(bo.name, bo.password)
    for browser in (annas_browser, bos_browser):
        await browser.open(f"{QUEUE}/{conversation}")

    await bos_browser.send(f"{QUEUE}/{conversation}/claim")
    await annas_browser.send(f"{QUEUE}/{conversation}/claim")

    assert annas_browser.answer.status_code == 409
    assert texts.CLAIMED_BY_ANOTHER.format(name="Bo Ek") in annas_browser.text


async def test_refusals_are_the_errors_that_the_console_knows(visitor, sessions, edge_url):
    conversation = await asks_for_a_person(sessions, edge_url)
    anna = Officer(id="4", name="Anna")
    async with EdgeClient(edge_url, token=TOKEN) as edge:
        with pytest.raises(ConversationNotFoundError):
            await edge.conversation(uuid4())
        with pytest.raises(ConversationNotFoundError):
            async with edge.stream(uuid4(), after=None) as events:
                await anext(events)
        await edge.claim(conversation, officer=anna)
        with pytest.raises(MessageRefusedError, match=r"\w"):
            await edge.send(conversation, "x" * 5_000, officer=anna, client_id=uuid4())
        with pytest.raises(MessageRefusedError, match=r"\w"):
            await edge.send(conversation, "\u200b", officer=anna, client_id=uuid4())


class TestErasure:
    """The officer's button, the real chat, and Rasa's table: what goes and what stays."""

    @pytest.fixture
    def config(self, config) -> CasesConfig:
        systems = REGISTER
        return replace(config, systems=systems)

    async def test_chat_and_tracker_go_and_case_signature_and_block_stay(
        self, annas_browser, visitor, service, draft, sessions, database_url, key_ring, monkeypatch
    ):
        monkeypatch.setenv("INSYN_ENCRYPTION_SECRETS", "a secret for tests")
        async with sessions() as session:
            conversation = str(await session.scalar(text("SELECT id FROM chat.conversation")))
        await visitor.post("/chat/messages", json={"client_id": str(uuid4()), "text": "Radera allt om hunden Bosse"})
        store = PostgresTrackerStore(host=database_url)
        with store.session_scope() as session:
            for sender in (conversation, "somebody else"):
                session.add(store.SQLEvent(sender_id=sender, type_name="user", timestamp=1.0, data="{}"))
            session.commit()
        store.engine.dispose()
        wish = replace(draft, request_type=RequestType.ERASURE, conversation_id=UUID(conversation))
        await service.register(wish)
        block = MarketingBlockDraft(
            draft.reference, MarketingChannel.EMAIL, "karl@example.se", draft.received_at, UUID(conversation)
        )
        await service.block_marketing(block)
        case = f"/console/cases/{draft.reference}"

        await annas_browser.open(case)
        await annas_browser.send(f"{case}/conversations/erase", confirmed="yes")

        assert texts.DONE["conversations-erased"] in annas_browser.text
        async with sessions() as session:
            for table in ("conversation", "message", "session", "turn", "button", "identification"):
                assert await session.scalar(text(f"SELECT count(*) FROM chat.{table}")) == 0, table  # noqa: S608
            assert [*await session.scalars(text("SELECT sender_id FROM rasa.events"))] == ["somebody else"]
            assert await session.scalar(text("SELECT count(*) FROM cases.case_evidence")) == 1
        assert await service.is_blocked(MarketingChannel.EMAIL, "karl@example.se")
        file = await service.open_file(draft.reference, actor=Actor.officer("4"))
        assert (file.personal_identity_number, file.name) == (KARL, KARL_NAME)
        kinds = [event.kind for event in await service.events(draft.reference)]
        assert [kind for kind in kinds if "conversation" in kind] == [
            "conversation_erasure_begun",
            "conversations_erased",
        ]
        assert "hunden Bosse" not in (await visitor.post("/chat/session")).text
