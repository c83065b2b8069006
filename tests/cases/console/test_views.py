"""Whoever is shown something about a person stands in a history that cannot be changed."""

import importlib
import pkgutil
from dataclasses import replace

import pytest
from sqlalchemy import text

from cases.console import pages
from cases.console.accounts import account_of
from cases.console.guard import PREFIX
from cases.console.storage import StaffAccountRow
from cases.files.service import CaseFiles
from cases.shown_conversations import ShownConversations
from privacy.letters import LetterKind
from privacy.request_types import RequestType
from tests.cases.conftest import KARL, KARL_NAME
from tests.register import REGISTER

pytestmark = pytest.mark.database

SAID = "Min hund heter Bosse"
NOTED = "Ringde och lät orolig"
FILE = "lönebesked.txt"
PERSONAL = (KARL_NAME, KARL, "karl@example.se", "hunden Bosse", SAID, NOTED, FILE)
STREAM = "/handoffs/{conversation_id}/stream"
"""Never ends, so it is asked for by itself."""

SHOWING = {
    "/cases/{reference}",
    "/cases/{reference}/files",
    "/cases/{reference}/files/{file_id}",
    "/cases/{reference}/letters",
    "/cases/{reference}/package",
    "/cases/{reference}/package/{package_id}/content",
    "/cases/{reference}/package/{package_id}/page",
    "/handoffs/{conversation_id}",
}
"""The addresses that give something of what this case holds (of the ZIP only the names of its files can be read)."""


@pytest.fixture
def config(config):
    return replace(config, systems=REGISTER)


@pytest.fixture
def conversation(edge, clock):
    conversation = edge.visitor_waits(since=clock())
    edge.say(conversation, "visitor", SAID, at=clock())
    return conversation


@pytest.fixture
async def places(annas_browser, service, draft, sessions, key_ring, clock, conversation, anna) -> dict[str, str]:
    """A case with something of everything in it, and what its pages' addresses are made of."""
    await service.register(replace(draft, conversation_id=conversation.id, request_type=RequestType.ACCESS))
    officer = (await _account(annas_browser, sessions, anna)).actor
    await service.add_note(draft.reference, NOTED, actor=officer)
    files = CaseFiles(sessions, key_ring=key_ring, clock=clock)

    async def content():
        yield b"hunden Bosse"

    file = await files.store(draft.reference, name=FILE, content=content(), actor=officer)
    case = f"{PREFIX}/cases/{draft.reference}"
    letter = f"{case}/letters/{LetterKind.ACKNOWLEDGEMENT}"
    await annas_browser.open(letter)
    await annas_browser.send(letter, body=annas_browser.form(letter)["body"] + SAID, way="chat")
    await annas_browser.open(f"{case}/package")
    await annas_browser.send(f"{case}/package")
    [page] = annas_browser.find("//a[contains(@href, '/page')]/@href")
    return {
        "reference": draft.reference,
        "kind": LetterKind.ACKNOWLEDGEMENT,
        "file_id": str(file.id),
        "package_id": page.split("/")[-2],
        "conversation_id": str(conversation.id),
    }


async def _account(browser, sessions, anna):
    async with sessions() as session:
        return account_of(await session.get_one(StaffAccountRow, anna.id))


def page_paths() -> list[str]:
    """Return every address that the console answers to without a form."""
    modules = [
        importlib.import_module(f"{pages.__name__}.{found.name}") for found in pkgutil.iter_modules(pages.__path__)
    ]
    routes = [route for module in modules if hasattr(module, "router") for route in module.router.routes]
    paths = [route.path for route in routes if "GET" in route.methods]
    paths.remove(STREAM)
    return paths


async def lines(sessions) -> int:
    """Return how much both histories hold."""
    async with sessions() as session:
        counts = "SELECT (SELECT count(*) FROM cases.case_event) + (SELECT count(*) FROM cases.register_event)"
        return await session.scalar(text(counts))


async def test_every_page_that_shows_something_personal_is_remembered(annas_browser, places, sessions):
    showing = set()
    for page in page_paths():
        before = await lines(sessions)
        answer = await annas_browser.open(PREFIX + page.format(**places))
        if any(personal in answer.text for personal in PERSONAL):
            showing.add(page)
            assert await lines(sessions) > before, f"{page} shows something and nobody remembers"

    assert showing == SHOWING


async def test_who_reads_a_conversation_is_found_by_its_id_and_not_named_by_the_log(
    annas_browser, edge, conversation, sessions, key_ring, clock, anna, colleague
):
    page = f"{PREFIX}/handoffs/{conversation.id}"
    await annas_browser.open(page)
    clock.advance(minutes=3)
    edge.is_down = True  # so that the stream ends
    await annas_browser.open(f"{page}/stream")

    shown = ShownConversations(sessions, key_ring=key_ring, clock=clock)
    assert [(one.actor_id, one.is_live) for one in await shown.of(conversation.id)] == [
        (str(anna.id), False),
        (str(anna.id), True),
    ]
    assert await shown.of(edge.visitor_waits(since=clock()).id) == []
    async with sessions() as session:
        facts = await session.scalars(text("SELECT facts::text FROM cases.register_event"))
        assert not any(str(conversation.id) in line for line in facts)


async def test_a_conversation_that_is_not_there_leaves_no_line(annas_browser, sessions, edge):
    before = await lines(sessions)

    await annas_browser.open(f"{PREFIX}/handoffs/2f5c8a52-90f6-4b58-8d06-1f0c1d5f7c11")

    assert annas_browser.answer.status_code == 404
    assert await lines(sessions) == before
