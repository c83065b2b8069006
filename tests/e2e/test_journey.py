"""One visitor's whole way through every real process, in real Chromium: ask, request, sign, opt out, a person, back."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import shutil
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.async_api import Browser, Download, Locator, Page, async_playwright, expect

from identity.simulator.personas import PERSONAS, Persona
from insyn.settings import ROOT
from privacy.calendar import WorkingCalendar
from privacy.deadlines import response_due
from tests.bot.widget.visitor import DESK, PHONE, Visitor
from tests.chromium import CHROMIUM
from tests.e2e.conftest import RunningStack

pytestmark = pytest.mark.browser

SCREENSHOTS = ROOT / ".insyn-test" / "screenshots" / "journey"
README_PICTURE = ROOT / "docs" / "images" / "chat.png"
WRONG_ADDRESS = "anna@exmple.se"
PATIENCE_MS = 30_000

_attempts = itertools.count()


@dataclass(frozen=True)
class Cast:
    """Who takes part. Nobody has been here before: a second attempt at the journey meets what the first one left."""

    persona: Persona
    address: str
    officer: str
    one_time_password: str
    """The first login asks for a new one."""


@pytest.fixture
def cast(stack: RunningStack) -> Cast:
    attempt = next(_attempts)
    number, officer = attempt or "", f"vera{attempt or ''}"
    password = stack.insyn("staff", "add", officer).split()[-1]
    return Cast(PERSONAS[attempt % len(PERSONAS)], f"anna{number}@example.se", officer, password)


@asynccontextmanager
async def person(browser: Browser, size: dict) -> AsyncIterator[Page]:
    """Somebody at a browser of their own."""
    context = await browser.new_context(**size, locale="sv-SE", timezone_id="Europe/Stockholm")
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


async def test_from_a_question_to_a_registered_case_to_a_person_and_back(stack: RunningStack, cast: Cast) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(**CHROMIUM) as browser,
        person(browser, PHONE) as page,
        person(browser, DESK) as simulator,
        person(browser, DESK) as console,
    ):
        visitor = Visitor(page, stack.chat_url)
        reference, due_on = await does_the_visitors_own_part(visitor, simulator, stack, cast)
        await visitor.ask("Jag vill prata med en människa")
        await expect(visitor.panel.locator(".queue")).to_be_visible()
        await officer_logs_in(console, stack, cast)
        await officer_answers_and_hands_back(console, visitor, reference)
        await visitor.ask("Säljer ni mina uppgifter?")
        await expect(visitor.bubbles("bot").last).to_contain_text("säljer")
        await officer_sees_the_case(console, stack, reference, due_on)
        await officer_releases_the_package(console, stack, reference)
        await fetches_the_package(visitor, simulator, stack.simulator_url, reference, cast)


async def test_at_a_desk_from_a_question_to_a_registered_case_and_out_of_the_mailings(
    stack: RunningStack, cast: Cast
) -> None:
    """The visitor's own part of the journey on a large screen; what staff do is the same at both sizes."""
    expect.set_options(timeout=PATIENCE_MS)
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(**CHROMIUM) as browser,
        person(browser, DESK) as page,
        person(browser, DESK) as simulator,
    ):
        await does_the_visitors_own_part(Visitor(page, stack.chat_url), simulator, stack, cast)


async def does_the_visitors_own_part(
    visitor: Visitor, simulator: Page, stack: RunningStack, cast: Cast
) -> tuple[str, date]:
    """Ask, request, sign and opt out; return the case's reference and the day by which it is answered."""
    await visitor.open()
    await asks_about_the_policy(visitor)
    await requests_access_and_corrects_the_address(visitor, cast)
    await signs_with_the_code(visitor, simulator, stack.simulator_url, cast)
    receipt = await reads_the_receipt(visitor)
    await opts_out_of_marketing(visitor, cast)
    return receipt


async def asks_about_the_policy(visitor: Visitor) -> None:
    await visitor.ask("Hur länge sparar ni inspelade samtal?")

    await expect(visitor.bubbles("bot").last).to_contain_text("3 månader")
    source = visitor.log.locator(".citation").last
    await source.locator("summary").click()
    await expect(source.locator("blockquote")).to_contain_text("Inspelade samtal raderas automatiskt")
    question = visitor.log.locator(".visitor").last
    await question.evaluate("question => (question.parentElement.parentElement.scrollTop = question.offsetTop - 14)")
    await picture(visitor.page, "1-source")


async def requests_access_and_corrects_the_address(visitor: Visitor, cast: Cast) -> None:
    said = visitor.bubbles("bot")
    await visitor.ask("Jag vill veta vilka uppgifter ni har om mig")
    await visitor.reply("Allt").click()
    await expect(said.last).to_contain_text("e-postadress")
    await visitor.say(WRONG_ADDRESS)
    await expect(said.last).to_contain_text(WRONG_ADDRESS)
    await picture(visitor.page, "2-summary")

    await visitor.reply("Ändra").click()
    await visitor.reply("E-postadressen").click()
    await expect(said.last).to_contain_text("Vilken e-postadress")
    await visitor.say(cast.address)
    await expect(said.last).to_contain_text(cast.address)
    await expect(said.last).not_to_contain_text(WRONG_ADDRESS)
    await visitor.reply("Stämmer").click()
    await visitor.bankid.wait_for()


async def signs_with_the_code(visitor: Visitor, simulator: Page, simulator_url: str, cast: Cast) -> None:
    await picture(visitor.page, "3-bankid")
    await visitor.bankid.get_by_role("button", name="Visa QR-kod").click()
    await visitor.page.get_by_role("img", name="QR-kod för BankID").locator("img").wait_for()
    await picture(visitor.page, "4-code")

    # what is signed is what was confirmed
    await scans_and_approves(simulator, simulator_url, cast.address, as_persona=cast.persona)
    await expect(visitor.bankid).to_have_attribute("data-state", "complete")


async def scans_and_approves(simulator: Page, simulator_url: str, shown: str, *, as_persona: Persona) -> None:
    for _ in range(3):  # the camera looks at the newest screen, which may be somebody else's
        await simulator.goto(simulator_url)
        await simulator.get_by_role("button", name="Skanna koden på skärmen").click()
        await expect(simulator.get_by_role("heading", name="Skriv under")).to_be_visible()
        if await simulator.get_by_text(shown).count():
            break
    await expect(simulator.get_by_text(shown)).to_be_visible()
    await simulator.get_by_label(as_persona.name).check()
    await simulator.get_by_label("Säkerhetskod").fill("123456")
    await simulator.get_by_role("button", name="Skriv under", exact=True).click()
    await expect(simulator.get_by_role("heading", name="Underskriften är klar")).to_be_visible()


async def reads_the_receipt(visitor: Visitor) -> tuple[str, date]:
    receipt = visitor.log.locator(".receipt")
    await receipt.wait_for()
    await picture(visitor.page, "5-receipt")
    reference = await receipt.locator(".reference").inner_text()
    assert re.fullmatch(r"AR-[0-9A-Z]{4}-[0-9A-Z]{4}", reference)
    received_on, due_on = [
        date.fromisoformat(await receipt.locator("dd time").nth(index).get_attribute("datetime") or "")
        for index in (0, 1)
    ]
    assert due_on == response_due(received_on, calendar=WorkingCalendar())
    return reference, due_on


async def opts_out_of_marketing(visitor: Visitor, cast: Cast) -> None:
    await visitor.ask("Sluta maila mig")
    if "spärrad" not in await visitor.bubbles("bot").last.inner_text():
        await visitor.say(cast.address)
    await expect(visitor.bubbles("bot").last).to_contain_text("är spärrad från och med nu")
    await picture(visitor.page, "6-opted-out")


async def officer_logs_in(console: Page, stack: RunningStack, cast: Cast) -> None:
    await console.goto(f"{stack.console_url}/login")
    await console.get_by_label("Användarnamn").fill(cast.officer)
    await console.get_by_label("Lösenord").fill(cast.one_time_password)
    await console.get_by_role("button", name="Logga in").click()
    await console.get_by_label("Ditt namn").fill("Vera Lund")
    for label in ("Nytt lösenord", "Samma lösenord igen"):
        await console.get_by_label(label).fill("fyra ord efter varandra")
    await console.get_by_role("button", name="Spara").click()
    await console.get_by_role("link", name="Överlämningar").wait_for()


async def officer_answers_and_hands_back(console: Page, visitor: Visitor, reference: str) -> None:
    await console.get_by_role("link", name="Överlämningar").click()
    await console.locator("#queue .queue a").filter(has_text=reference).click()
    await console.get_by_role("button", name="Ta över samtalet").click()
    await expect(visitor.panel.locator(".header")).to_contain_text("Vera Lund")

    await console.get_by_label("Ditt svar").fill("Hej, det är Vera. Hur kan jag hjälpa dig?")
    await console.get_by_role("button", name="Skicka").click()
    await expect(visitor.bubbles("officer")).to_have_text(["Hej, det är Vera. Hur kan jag hjälpa dig?"])
    await visitor.say("Jag ville bara höra en människa. Tack!")
    await expect(console.locator("#transcript")).to_contain_text("Jag ville bara höra en människa.")
    await picture(visitor.page, "7-person")
    await picture(console, "8-console-conversation")

    await console.get_by_role("button", name="Lämna tillbaka till assistenten").click()
    await expect(visitor.panel.locator(".header")).to_contain_text("Assistenten, en bot")
    await expect(visitor.bubbles("bot").last).to_contain_text("boten, igen")


async def officer_sees_the_case(console: Page, stack: RunningStack, reference: str, due_on: date) -> None:
    await console.goto(f"{stack.console_url}/cases")
    row = console.get_by_role("row").filter(has_text=reference)
    await expect(row.locator("time").first).to_have_attribute("datetime", due_on.isoformat())
    await picture(console, "9-console-cases")


async def officer_releases_the_package(console: Page, stack: RunningStack, reference: str) -> None:
    await console.goto(f"{stack.console_url}/cases/{reference}/package")
    await console.get_by_role("button", name="Förbered").click()
    await console.get_by_label(re.compile("Jag har gått igenom varje del")).check()
    await console.get_by_role("button", name="Lämna ut utdraget").click()
    await expect(console.get_by_text("Utlämnat av Vera Lund")).to_be_visible()
    await picture(console, "10-console-package")


async def fetches_the_package(
    visitor: Visitor, simulator: Page, simulator_url: str, reference: str, cast: Cast
) -> None:
    """As the letter says: ask how it goes, show who one is, save the file, open it."""
    [what_to_write] = re.findall("”(.+?)”", (ROOT / "data" / "letters" / "fulfilment.yml").read_text())
    await visitor.ask(what_to_write)
    await visitor.reply("Hämta dina uppgifter").click()
    await visitor.page.get_by_role("button", name="Visa QR-kod").click()
    await scans_and_approves(simulator, simulator_url, reference, as_persona=cast.persona)
    link = visitor.log.get_by_role("link", name="Spara filen")
    await link.wait_for()
    await picture(visitor.page, "11-package")

    archive = zipfile.ZipFile(await (await downloaded(visitor.page, link)).path())

    assert archive.testzip() is None
    assert reference in archive.read("registerutdrag.html").decode()
    account = json.loads(archive.read("registerutdrag.json"))
    assert account["ärende"] == reference
    own = account["uppgifter_i_assistenten"]
    assert [request["ärende"] for request in own["begäranden"]] == [reference]
    assert own["reklamspärrar"] == [cast.address]
    assert "inspelade samtal" in json.dumps(own["samtal"], ensure_ascii=False)


async def downloaded(page: Page, link: Locator) -> Download:
    """Follow a link that opens a page of its own for a file; either of the two pages may say that it comes."""
    started: asyncio.Future[Download] = asyncio.get_running_loop().create_future()

    def begin(download: Download) -> None:
        if not started.done():
            started.set_result(download)

    page.on("download", begin)
    page.context.on("page", lambda opened: opened.on("download", begin))
    await link.click()
    return await asyncio.wait_for(started, PATIENCE_MS / 1000)


async def picture(page: Page, name: str) -> None:
    """Keep what the page looks like; one of them is the README's, made anew when asked for."""
    await page.wait_for_timeout(400)  # what moves has come to rest
    is_phone = page.viewport_size == PHONE["viewport"]
    directory = SCREENSHOTS / ("phone" if is_phone else "desk")
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.png"
    await page.screenshot(path=path)
    if is_phone and name == "1-source" and ("INSYN_NEW_PICTURES" in os.environ or not README_PICTURE.exists()):
        README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, README_PICTURE)
