"""Both ways to open BankID, in real Chromium at phone and desk size, reloaded in the middle; and a code by e-mail.

Real edge, real widget, real broker, and the simulator's page as the phone: one of each for all tests of this file, with
new visitors. Pictures are kept with those of the other browser tests.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.app import create_app
from bot.config import BotConfig, IdentityConfig
from bot.turns import IDENTIFIED
from foundation.clock import system_clock
from foundation.encryption import KeyRing
from foundation.mail import OutboxMailer
from identity.bankid.messages import MESSAGES
from identity.codes import CodeMail
from identity.config import BrokerConfig, ClientConfig
from identity.simulator.app import create_app as create_simulator
from identity.simulator.authority import Authority
from identity.simulator.config import SimulatorConfig
from insyn.settings import ROOT
from tests.bot.fake_rasa import TOKEN, FakeRasa, Told
from tests.bot.visitor import until
from tests.bot.widget.visitor import DESK, PHONE, Visitor
from tests.cases.console.serving import free_socket, served
from tests.chromium import CHROMIUM
from tests.conftest import own_database

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.asyncio(loop_scope="module")]

SCREENSHOTS = ROOT / ".insyn-test" / "screenshots" / "identity"
REFERENCE = "AR-7K2M-9QXA"
TEXT = f"Jag begär: Radering\nÄrendenummer: {REFERENCE}\n\nSkriv bara under om du själv startade detta i chatten."
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


Somewhere = Callable[[dict], Awaitable[BrowserContext]]


@dataclass
class Place:
    """The running parts."""

    edge_url: str
    simulator_url: str
    rasa: FakeRasa

    def times_told(self) -> int:
        """How often the bot was told that somebody is identified."""
        return self.rasa.texts().count(IDENTIFIED)


@pytest.fixture(scope="module")
def place(
    postgres_url: str, template_database: str, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    rasa, outbox = FakeRasa(), tmp_path_factory.mktemp("mail") / "outbox"
    with ExitStack() as stack:
        database_url = stack.enter_context(own_database(postgres_url, template_database))
        simulator = create_simulator(SimulatorConfig(directory=authority.files.directory, outbox=outbox))
        simulator_url = stack.enter_context(served(simulator))
        listening = free_socket()
        edge_url = f"http://127.0.0.1:{listening.getsockname()[1]}"

        async def offer(told: Told) -> None:
            """The bot's action: "radera" wants BankID, "rätta" a code."""
            levels = {"radera": 2, "rätta": 1}
            if told.text in levels:
                request = {"reference": REFERENCE, "request_type": "erasure", "request_title": "Radering"}
                more = {"visible_text": TEXT, "level": levels[told.text], "email": "anna@example.se"}
                headers = {"Authorization": f"Bearer {TOKEN}"}
                async with httpx.AsyncClient(base_url=edge_url, headers=headers) as service:
                    path = f"/internal/v1/conversations/{told.sender}/identifications"
                    assert (await service.post(path, json=request | more)).status_code == 201

        rasa.before = offer
        broker = BrokerConfig(
            return_url=f"{edge_url}/chat/bankid/return",
            referring_domain="127.0.0.1",
            evidence_roots=authority.files.signature_root,
            launch_base=f"{simulator_url}/",
            idle_interval_s=0.1,
            collect_interval_s=0.5,
            codes_per_email=50,
        )
        identity = IdentityConfig(
            client=ClientConfig(base_url=f"{simulator_url}/rp/v6.0/"),
            broker=broker,
            code_mail=CodeMail(OutboxMailer(outbox, sender="insyn@localhost", clock=system_clock), "Exempelbolaget"),
        )
        config = BotConfig(
            database_url=database_url,
            public_url=edge_url,
            rasa_url="http://rasa.test",
            service_tokens=(TOKEN,),
            key_ring=KeyRing.from_secrets("a secret for tests", lookup_secret="another secret for tests"),
            identity=identity,
        )
        stack.enter_context(served(create_app(config, rasa_transport=rasa.transport()), listening=listening))
        yield Place(edge_url, simulator_url, rasa)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def somewhere(browser: Browser) -> AsyncIterator[Somewhere]:
    """Open browsers with no cookie in common."""
    contexts: list[BrowserContext] = []

    async def make(size: dict) -> BrowserContext:
        contexts.append(await browser.new_context(**size, locale="sv-SE", timezone_id="Europe/Stockholm"))
        contexts[-1].set_default_timeout(20_000)
        return contexts[-1]

    expect.set_options(timeout=20_000)
    yield make
    for context in contexts:
        await context.close()


async def visiting(somewhere: Somewhere, size: dict, place: Place, wish: str) -> tuple[BrowserContext, Visitor]:
    context = await somewhere(size)
    visitor = Visitor(await context.new_page(), place.edge_url)
    await visitor.open()
    await visitor.say(wish)
    await expect(visitor.bankid).to_have_attribute("data-state", "offered")
    return context, visitor


async def picture(page: Page, size: dict, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}-{size['viewport']['width']}.png")


async def sign(phone: Page) -> None:
    await expect(phone.get_by_text("Jag begär: Radering")).to_be_visible()
    await phone.get_by_label("Säkerhetskod").fill("123456")
    await phone.get_by_role("button", name="Skriv under", exact=True).click()


@SIZES
async def test_a_code_on_the_screen_is_scanned_by_another_phone(somewhere: Somewhere, place: Place, size: dict):
    _, visitor = await visiting(somewhere, size, place, "radera")
    await visitor.bankid.get_by_role("button", name="Visa QR-kod").click()
    code = visitor.page.get_by_role("img", name="QR-kod för BankID").locator("img")
    await code.wait_for()
    await visitor.page.reload()
    await code.wait_for()
    await expect(code).to_be_in_viewport(ratio=0.99)
    await picture(visitor.page, size, "qr")
    told_before = place.times_told()

    elsewhere = await somewhere(PHONE)
    phone = await elsewhere.new_page()
    await phone.goto(place.simulator_url)
    await phone.get_by_role("button", name="Skanna koden på skärmen").click()
    await sign(phone)
    await expect(phone.get_by_role("heading", name="Underskriften är klar")).to_be_visible()

    await expect(visitor.bankid).to_have_attribute("data-state", "complete")
    await picture(visitor.page, size, "qr-complete")
    await until(lambda: place.times_told() == told_before + 1)


@SIZES
async def test_the_app_on_this_device_comes_back_to_the_browser_that_began(
    somewhere: Somewhere, place: Place, size: dict
):
    context, visitor = await visiting(somewhere, size, place, "radera")
    await visitor.bankid.get_by_role("button", name="Öppna BankID på den här enheten").click()
    link = visitor.bankid.get_by_role("link", name="Öppna BankID")
    await link.wait_for()
    await visitor.page.reload()
    await link.wait_for()
    await picture(visitor.page, size, "here")
    told_before = place.times_told()

    async with context.expect_page() as opened:
        await link.click()
    app = await opened.value
    await sign(app)
    await app.wait_for_url(re.compile("/chat/bankid/return"))
    await expect(app.get_by_role("heading", name="Tack, nu är du tillbaka")).to_be_visible()
    await picture(app, size, "here-returned")

    await expect(visitor.bankid).to_have_attribute("data-state", "complete")
    await until(lambda: place.times_told() == told_before + 1)


async def test_in_another_browser_the_way_back_is_worth_nothing(somewhere: Somewhere, place: Place):
    """The attacker began; the victim is made to approve, and it is the victim's browser that comes back."""
    _, attacker = await visiting(somewhere, DESK, place, "radera")
    await attacker.bankid.get_by_role("button", name="Öppna BankID på den här enheten").click()
    link = attacker.bankid.get_by_role("link", name="Öppna BankID")
    address = await link.get_attribute("href")
    told_before = place.times_told()

    victim = await (await somewhere(PHONE)).new_page()
    await victim.goto(str(address))
    await sign(victim)

    await expect(victim.get_by_role("heading", name="Den här länken gäller inte")).to_be_visible()
    await expect(attacker.bankid).to_have_attribute("data-state", "failed")
    assert place.times_told() == told_before


async def written_code(somewhere: Somewhere, place: Place, size: dict) -> str:
    """Read the newest code in the outbox."""
    mail = await (await somewhere(PHONE)).new_page()
    await mail.goto(f"{place.simulator_url}/mail")
    letter = await mail.locator(".letter").first.inner_text()
    await picture(mail, size, "mail")
    return re.search(r"\d{3} \d{3}", letter)[0]


@SIZES
async def test_a_code_from_the_mail_confirms_the_address(somewhere: Somewhere, place: Place, size: dict):
    _, visitor = await visiting(somewhere, size, place, "rätta")
    await picture(visitor.page, size, "code-offered")
    await visitor.bankid.get_by_role("button", name="Skicka kod").click()
    field = visitor.bankid.get_by_label("Koden i mejlet till anna@example.se")
    await field.wait_for()
    await visitor.page.reload()
    await field.wait_for()
    told_before = place.times_told()

    await field.fill(await written_code(somewhere, place, size))
    await picture(visitor.page, size, "code-typed")
    await visitor.bankid.get_by_role("button", name="Bekräfta").click()

    await expect(visitor.bankid).to_have_attribute("data-state", "complete")
    await picture(visitor.page, size, "code-complete")
    await until(lambda: place.times_told() == told_before + 1)


async def test_a_code_that_is_typed_where_one_chats_confirms_it_too(somewhere: Somewhere, place: Place):
    _, visitor = await visiting(somewhere, PHONE, place, "rätta")
    await visitor.bankid.get_by_role("button", name="Skicka kod").click()
    await visitor.bankid.get_by_label("Koden i mejlet till anna@example.se").wait_for()
    code = await written_code(somewhere, place, PHONE)

    await visitor.input.fill("999999" if code != "999 999" else "999998")
    await visitor.input.press("Enter")
    await expect(visitor.bubbles("bot").last).to_have_text(MESSAGES.texts["code_wrong_2"]["sv"])
    await picture(visitor.page, PHONE, "code-wrong-in-chat")
    await visitor.input.fill(f"koden är {code}")
    await visitor.input.press("Enter")

    await expect(visitor.bankid).to_have_attribute("data-state", "complete")
    await picture(visitor.page, PHONE, "code-in-chat")
    assert code not in await visitor.log.inner_text()
