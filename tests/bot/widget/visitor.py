"""A visitor at the chat, in a browser: what they see and do, by the names that a screen reader gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import Locator, Page

PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}


@dataclass
class Visitor:
    """Somebody at a page with the chat on it."""

    page: Page
    url: str
    """Of the edge."""

    @property
    def launcher(self) -> Locator:
        return self.page.locator("insyn-chat .launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator("insyn-chat .panel")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("region", name="Samtalet")

    @property
    def input(self) -> Locator:
        return self.page.get_by_role("textbox", name="Skriv ett meddelande")

    @property
    def live_region(self) -> Locator:
        return self.page.locator("insyn-chat [aria-live=polite]")

    @property
    def bankid(self) -> Locator:
        return self.page.get_by_role("region", name=re.compile("Skriv under med BankID|Visa att det är du"))

    def bubbles(self, sender: str) -> Locator:
        """What ``sender`` has said, in order; without what the visitor has not sent yet."""
        return self.log.locator(f".messages:not(.unsent) .{sender} .text")

    def reply(self, title: str) -> Locator:
        """The latest quick reply with that title."""
        return self.log.get_by_role("button", name=title, exact=True).last

    async def open(self) -> None:
        """Go to the demo page and open the chat."""
        await self.page.goto(self.url)
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
