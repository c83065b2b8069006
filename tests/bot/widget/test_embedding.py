"""On any site: one tag, small, quiet until asked, undisturbed by the page around it."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Request, Response, expect

from bot.config import ROOT
from tests.bot.widget import pages
from tests.bot.widget.conftest import Chat, both_schemes, both_sizes, serving
from tests.bot.widget.fake_edge import FakeEdge

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SIZE_LIMIT_BYTES = 30_000

log = logging.getLogger(__name__)


@pytest_asyncio.fixture(loop_scope="module")
async def site(edge_server: tuple[FakeEdge, str]) -> AsyncIterator[str]:
    """Somebody else's website, on an origin that the edge allows."""
    edge, url = edge_server
    async with serving(pages.hostile_site(url)) as site:
        edge.allowed_origins.append(site)
        yield site


async def test_all_of_it_together_is_under_30_kilobytes(chat: Chat) -> None:
    """Each file as it travels; and no file is forgotten: they are what the browser asks for."""
    fetched: dict[str, Response] = {}
    chat.page.on(
        "response", lambda got: fetched.update({got.url.split("/widget/")[-1]: got}) if "/widget/" in got.url else None
    )
    await chat.open()

    assert {pages.STATIC / name for name in fetched} == {
        pages.STATIC / "insyn.js",
        *(pages.STATIC / "parts").glob("*.js"),
    }
    assert {response.headers.get("content-encoding") for response in fetched.values()} == {"gzip"}
    sizes = {name: int(response.headers["content-length"]) for name, response in fetched.items()}
    log.info("the widget: %d bytes: %s", sum(sizes.values()), sizes)
    assert sum(sizes.values()) < SIZE_LIMIT_BYTES, sizes


async def test_the_demo_page_includes_it_with_one_tag_and_nothing_inline(chat: Chat) -> None:
    response = await chat.page.request.get(chat.url)
    page = await response.text()

    assert re.findall(r"<script[^>]*>", page) == ['<script type="module" src="/widget/insyn.js">']
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)


async def test_before_it_is_opened_nothing_is_sent_stored_or_downloaded_in_full(chat: Chat) -> None:
    requests: list[Request] = []
    chat.page.on("request", lambda request: requests.append(request))
    await chat.page.goto(chat.url, wait_until="networkidle")
    await expect(chat.launcher).to_be_visible()

    assert [request.url for request in requests if "/chat/" in request.url or "panel.js" in request.url] == []
    assert await chat.page.context.cookies() == []
    assert await chat.page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert chat.edge.conversations == {}


@both_sizes
async def test_it_works_on_a_hostile_page_of_another_origin(chat: Chat, site: str, size: str) -> None:
    await chat.page.goto(site)
    await chat.launcher.click()
    await chat.bubbles("bot").first.wait_for()
    await chat.ask("Hej")
    await expect(chat.bubbles("bot").last).to_have_text("Du skrev: Hej")
    await chat.ask("Jag vill ha ett registerutdrag")
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await chat.page.get_by_role("img", name="QR-kod för BankID").locator("img").wait_for()

    look = await chat.bubbles("bot").first.evaluate(
        """node => { const look = getComputedStyle(node);
                     return [look.color, look.fontSize, look.letterSpacing, look.fontWeight, look.direction,
                             look.textTransform]; }"""
    )
    assert look == ["rgb(23, 33, 31)", "16px", "normal", "400", "ltr", "none"]
    assert await chat.log.evaluate("log => log.closest('[lang]').lang") == "sv", (
        "read aloud in Swedish, whatever the page"
    )
    viewport = chat.page.viewport_size
    box = await chat.panel.bounding_box()
    assert viewport is not None
    assert box is not None
    assert box["x"] + box["width"] <= viewport["width"]
    assert box["y"] + box["height"] <= viewport["height"]
    await chat.picture(f"{size}-hostile-page")


async def test_a_site_that_the_edge_does_not_allow_is_told_that_it_does_not_answer(chat: Chat, site: str) -> None:
    chat.edge.allowed_origins.clear()
    await chat.page.goto(site)
    await chat.launcher.click()

    await expect(chat.panel.locator(".notice.link")).to_contain_text("Chatten svarar inte just nu.", timeout=20_000)
    chat.errors.clear()  # the browser's own complaint about the origin


@both_sizes
async def test_attributes_place_it_open_it_and_name_it(chat: Chat) -> None:
    await chat.page.goto(f"{chat.url}/chat/bankid/return")  # has an element of its own, open
    await chat.bubbles("bot").first.wait_for()
    assert await chat.page.locator("insyn-chat").count() == 1

    await chat.page.evaluate(
        """() => {
          sessionStorage.clear();
          document.querySelector("insyn-chat").remove();
          const chat = document.createElement("insyn-chat");
          const attributes = { position: "left", heading: "Fråga oss", theme: "dark" };
          for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
          document.body.append(chat);
        }"""
    )
    await chat.launcher.click()
    await expect(chat.panel.get_by_role("heading", name="Fråga oss")).to_be_visible()
    box = await chat.panel.bounding_box()
    assert box is not None
    assert box["x"] < 40
    background = await chat.panel.evaluate("panel => getComputedStyle(panel).backgroundColor")
    assert background == "rgb(21, 27, 26)"

    element = chat.page.locator("insyn-chat")
    await element.evaluate("chat => chat.removeAttribute('open')")
    await expect(chat.panel).to_be_hidden()
    await element.evaluate("chat => chat.setAttribute('open', '')")
    await expect(chat.panel).to_be_visible()


@both_schemes
async def test_each_colour_and_the_font_can_be_set_from_outside(chat: Chat, scheme: str) -> None:
    look = (ROOT / "bot" / "static" / "parts" / "look.js").read_text(encoding="utf-8")
    names = re.findall(r'^  "?([a-z-]+)"?: \["', look, re.MULTILINE)
    ending = "-dark" if scheme == "dark" else ""
    wanted = {name: f"rgb({number}, 0, 80)" for number, name in enumerate(names, start=100)}
    assert {"accent", "mine", "surface", "text"} <= set(names)
    await chat.open()
    await chat.ask("Hej")
    await chat.page.evaluate(
        """properties => {
          const { style } = document.querySelector("insyn-chat");
          for (const [name, value] of Object.entries(properties)) style.setProperty(`--insyn-${name}`, value);
        }""",
        {f"{name}{ending}": colour for name, colour in wanted.items()} | {"font": "monospace", "font-size": "20px"},
    )

    colours = await chat.panel.evaluate(
        """(panel, names) => Object.fromEntries(names.map((name) => {
          const probe = panel.appendChild(document.createElement("i"));
          probe.style.setProperty("color", `var(--${name})`);
          const { color } = getComputedStyle(probe);
          probe.remove();
          return [name, color];
        }))""",
        names,
    )
    assert colours == wanted
    shown = await chat.panel.evaluate(
        """panel => {
          const [own, all] = [panel.querySelector(".visitor .bubble"), panel].map((node) => getComputedStyle(node));
          return [own.backgroundColor, all.backgroundColor, all.color, all.fontFamily, all.fontSize];
        }"""
    )
    assert shown == [wanted["mine"], wanted["surface"], wanted["text"], "monospace", "20px"]


async def test_taken_out_of_the_page_it_lets_go(chat: Chat) -> None:
    await chat.open()
    await chat.streams(1)
    await chat.page.evaluate("document.querySelector('insyn-chat').remove()")

    await chat.streams(0)
    chat.edge.say(chat.edge.only, "bot", "sagt under tiden")
    await chat.page.evaluate("document.body.append(document.createElement('insyn-chat'))")
    await expect(chat.bubbles("bot").last).to_have_text("sagt under tiden")
