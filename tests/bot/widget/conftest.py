"""The widget in real Chromium, at the size of a phone and of a desk, against the fake edge."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bot.config import ROOT
from tests.bot.widget.fake_edge import FakeEdge
from tests.bot.widget.visitor import DESK, PHONE, Visitor
from tests.chromium import CHROMIUM

SCREENSHOTS = ROOT / ".insyn-test" / "screenshots" / "widget"
both_sizes = pytest.mark.parametrize("size", ["phone", "desk"])
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])

SIZES = {"phone": PHONE, "desk": DESK}


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """Serve an ASGI app on a free port for as long as the block lasts."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", ws="none", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task


@dataclass
class Chat(Visitor):
    """A visitor at the chat of the fake edge."""

    edge: FakeEdge
    errors: list[str]
    """What the page complained about."""

    async def streams(self, count: int) -> None:
        """Wait until the conversation has so many open streams."""
        async with asyncio.timeout(10):
            while len(self.edge.only.streams) != count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def check_accessibility(self, *, rules: list[str] | None = None, whole_page: bool = False) -> None:
        """Zero violations of axe-core (of all its rules, or of some), with everything that moves at rest.

        Within the chat, unless it is about the page around it: that one does not change with the chat's states.
        """
        await self.page.wait_for_timeout(250)
        within = None if whole_page else "insyn-chat"
        results = await Axe().run(self.page, context=within, options={"runOnly": rules} if rules else None)
        assert results.violations_count == 0, results.generate_report()

    async def picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def edge_server() -> AsyncIterator[tuple[FakeEdge, str]]:
    edge = FakeEdge()
    async with serving(edge.app()) as url:
        yield edge, url
        edge.drop_streams()


@pytest.fixture
def size() -> str:
    """A phone, unless a test is marked with ``both_sizes``."""
    return "phone"


@pytest.fixture
def scheme() -> str:
    """Light, unless a test is marked with ``both_schemes``."""
    return "light"


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser, size: str, scheme: str) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        **SIZES[size],
        color_scheme=scheme,
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(10_000)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def chat(context: BrowserContext, edge_server: tuple[FakeEdge, str]) -> AsyncIterator[Chat]:
    """A visitor who has not opened anything yet. Errors in the page's console fail the test."""
    edge, url = edge_server
    chat = Chat(await context.new_page(), url, edge, [])
    watch(chat.page, chat.errors)
    yield chat
    assert chat.errors == []


def watch(page: Page, errors: list[str]) -> None:
    """Note what the page complains about: exceptions, broken security policy. Not the network, which tests break."""
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and not message.text.startswith("Failed to load resource")
            else None
        ),
    )
