"""The widget in real Chromium, at the size of a phone and of a desk, against the fake edge."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from tests.bot.widget.fake_edge import FakeEdge

ROOT = Path(__file__).parents[3]
SCREENSHOTS = ROOT / ".insyn-test" / "screenshots" / "widget"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1280, "height": 800}}
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
class Chat:
    """A visitor at the chat."""

    page: Page
    edge: FakeEdge
    url: str
    errors: list[str]

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("region", name="Samtalet")

    @property
    def input(self) -> Locator:
        return self.page.get_by_role("textbox", name="Skriv ett meddelande")

    @property
    def launcher(self) -> Locator:
        return self.page.locator("insyn-chat .launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator("insyn-chat .panel")

    @property
    def live_region(self) -> Locator:
        return self.page.locator("insyn-chat [aria-live=polite]")

    @property
    def bankid(self) -> Locator:
        return self.page.get_by_role("region", name="Skriv under med BankID")

    def bubbles(self, sender: str) -> Locator:
        return self.log.locator(f".message.{sender} .text")

    async def open(self, path: str = "/") -> None:
        """Go to the demo page and open the chat as a visitor does."""
        await self.page.goto(self.url + path)
        await self.launcher.click()
        await self.bubbles("bot").first.wait_for()

    async def say(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")

    async def ask(self, text: str) -> None:
        """Say something and wait until the assistant has answered."""
        answers = self.bubbles("bot")
        before = await answers.count()
        await self.say(text)
        await answers.nth(before).wait_for()

    async def announced(self) -> str:
        """What a screen reader has been told lately."""
        return await self.live_region.inner_text()

    async def check_accessibility(self) -> None:
        """Zero violations of axe-core, with everything that moves at rest."""
        await self.page.wait_for_timeout(250)
        results = await Axe().run(self.page)
        assert results.violations_count == 0, results.generate_report()

    async def picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def edge_server() -> AsyncIterator[tuple[FakeEdge, str]]:
    edge = FakeEdge()
    async with serving(edge.app()) as url:
        yield edge, url
        edge.drop_streams()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scheme() -> str:
    """Light, unless a test parametrizes it."""
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
    chat = Chat(await context.new_page(), edge, url, [])
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
