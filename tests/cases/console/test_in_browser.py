"""The console in real Chromium: on a phone and at a desk, in light and dark, by keyboard, and without scripts."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from cases.console import conversation_texts, texts
from cases.console.accounts import Role
from cases.drafts import NOBODY, CaseDraft, MarketingBlockDraft, MarketingChannel
from cases.service import CaseService
from privacy.calendar import WorkingCalendar
from privacy.identity_proof import IdentityGap, ProofMethod
from privacy.letters import LetterKind
from privacy.request_types import RequestType
from tests.cases.console import monday, test_answers
from tests.cases.console.conftest import PASSWORD
from tests.cases.console.fake_edge import FakeConversation
from tests.chromium import running_chromium
from tests.register import REGISTER

pytestmark = [pytest.mark.database, pytest.mark.browser]

SCREENSHOTS = Path(__file__).parents[3] / ".insyn-test" / "screenshots" / "console"
SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 800}}
LONG_ENOUGH_MS = 10_000
REVIEWED = "Jag har gått igenom varje del. Inget gäller någon annan, och inget som inte får lämnas ut är med."

expect.set_options(timeout=LONG_ENOUGH_MS)


@pytest.fixture(scope="module")
def chromium_address() -> Iterator[str]:
    with running_chromium() as address:
        yield address


@pytest.fixture
async def chromium(chromium_address: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium_address)
        yield browser
        await browser.close()


async def tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until the control has the focus, which must be seen."""
    wanted = page.get_by_role(role, name=name, exact=True).or_(page.locator(f"summary:text-is('{name}')"))
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await wanted.first.evaluate("element => element === document.activeElement"):
            outline = "element => getComputedStyle(element).outlineStyle"
            assert await wanted.first.evaluate(outline) != "none", f"no visible focus on {name}"
            await expect(wanted.first).to_be_in_viewport()
            return
    raise AssertionError(f"{name} is not reached")


async def press_back_to(page: Page, name: str) -> None:
    """Press Shift and Tab until the button has the focus, and then the button."""
    for _ in range(20):
        if await page.get_by_role("button", name=name).evaluate("element => element === document.activeElement"):
            return await page.keyboard.press("Enter")
        await page.keyboard.press("Shift+Tab")
    raise AssertionError(f"{name} is not reached backwards")


OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_page(chromium: Browser, console_url: str) -> AsyncIterator[OpenPage]:
    """Make pages of browsers of their own; whatever goes wrong in one of them fails the test."""
    wrong: list[str] = []

    async def make(**options: Any) -> Page:
        context = await chromium.new_context(base_url=console_url, locale="sv-SE", **options)
        context.set_default_timeout(LONG_ENOUGH_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: _keep_violations(message, wrong))
        return page

    yield make
    assert wrong == []


def _keep_violations(message: Any, wrong: list[str]) -> None:
    if "Content Security Policy" in message.text:
        wrong.append(message.text)


async def log_in(page: Page, name: str = "anna", password: str = PASSWORD) -> None:
    await page.goto("/console/login")
    await page.get_by_label("Användarnamn").fill(name)
    await page.get_by_label("Lösenord").fill(password)
    await page.get_by_role("button", name="Logga in").click()
    await page.wait_for_url("**/console/cases")


@dataclass(frozen=True)
class Scene:
    """What a Monday morning looks like."""

    case: CaseDraft
    conversation: FakeConversation


@pytest.fixture
async def scene(service, draft, references, edge, clock) -> Scene:
    case = await monday.fill_cases(service, draft, references, now=clock())
    await monday.fill_blocks(service, references, now=clock())
    return Scene(case, monday.fill_queue(edge, now=clock()))


@pytest.fixture
async def waiting(edge, clock) -> FakeConversation:
    return edge.visitor_waits(since=clock() - timedelta(minutes=3))


class TestLooks:
    @pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
    async def test_every_page_is_accessible_and_fits(self, open_page, colleague, scene, edge, size, scheme):
        await colleague(role=Role.ADMINISTRATOR)
        await colleague("bo", display_name="Bo Ek")
        page = await open_page(viewport=SIZES[size], color_scheme=scheme)
        await page.goto("/console/login")
        await self.check(page, f"login-{size}-{scheme}")
        await log_in(page)
        await self.check(page, f"cases-{size}-{scheme}")
        await page.goto(f"/console/cases/{scene.case.reference}")
        await page.get_by_text("Besluta", exact=True).first.click()
        await self.check(page, f"case-{size}-{scheme}")
        await page.goto("/console/handoffs")
        await self.check(page, f"queue-{size}-{scheme}")
        await page.goto(f"/console/handoffs/{scene.conversation.id}")
        await self.check(page, f"waiting-{size}-{scheme}")
        await page.get_by_role("button", name="Ta över samtalet").click()
        await expect(page.get_by_label("Ditt svar")).to_be_visible()
        await page.locator(".source summary").first.click()
        await self.check(page, f"conversation-{size}-{scheme}")
        await page.goto("/console/marketing-blocks")
        await self.check(page, f"blocks-{size}-{scheme}")
        edge.feedback[90] = test_answers.COUNTS
        await page.goto("/console/answers")
        await self.check(page, f"answers-{size}-{scheme}")
        await page.goto("/console/staff")
        await self.check(page, f"staff-{size}-{scheme}")
        await page.goto("/console/password")
        await page.get_by_label("Nuvarande lösenord").fill(PASSWORD)
        await page.get_by_label("Nytt lösenord").fill("x" * 12)
        await page.get_by_label("Samma lösenord igen").fill("y" * 12)
        await page.get_by_role("button", name="Spara").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await self.check(page, f"password-{size}-{scheme}")
        await page.goto("/console/nothing")
        await self.check(page, f"error-{size}-{scheme}")

    @pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
    async def test_files_package_letters_and_registration(self, open_page, anna, scene, size, scheme):
        page = await open_page(viewport=SIZES[size], color_scheme=scheme)
        await log_in(page)
        case = f"/console/cases/{scene.case.reference}"
        await page.goto(f"{case}/files")
        await page.get_by_label("Filer från din dator").set_input_files(
            [
                {"name": "löneunderlag 2021.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " * 999},
                {"name": "samtal.csv", "mimeType": "text/csv", "buffer": b"datum;ort\n2021-03-01;Ume\xc3\xa5\n"},
            ]
        )
        await page.get_by_role("button", name="Lägg till").click()
        await expect(page.get_by_role("status")).to_be_visible()
        await page.locator(".confirm summary").first.click()
        await self.check(page, f"files-{size}-{scheme}")
        await page.get_by_role("link", name="Utdrag").click()
        await self.check(page, f"package-new-{size}-{scheme}")
        await page.get_by_role("button", name="Förbered").click()
        await expect(page.get_by_role("heading", name="2. Lämna ut")).to_be_visible()
        await self.check(page, f"package-{size}-{scheme}")
        preview = await page.get_by_role("link", name="registerutdrag.html").get_attribute("href")
        await page.get_by_role("checkbox", name="Jag har gått igenom").check()
        await page.get_by_role("button", name="Lämna ut utdraget").click()
        await expect(page.get_by_role("heading", name="Utlämnat utdrag")).to_be_visible()
        await self.check(page, f"package-released-{size}-{scheme}")
        await page.get_by_role("link", name="Brev", exact=True).click()
        await self.check(page, f"letters-{size}-{scheme}")
        await page.get_by_role("link", name="Avslag").click()
        await page.get_by_role("checkbox", name="Begäran är uppenbart ogrundad").check()
        await page.get_by_label("Skälen i det här ärendet").fill("Samma begäran besvarades i förra veckan.")
        await page.get_by_label("Vad vi har gjort").fill("Vi har skickat det som är nytt.")
        await page.get_by_role("button", name="Fyll i brevet").click()
        body = page.get_by_label("Brev", exact=True)
        await body.fill((await body.input_value()).replace("domstol", "…"))
        await page.get_by_role("button", name="Skicka brevet").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await expect(page.get_by_text("Rätten att vända sig till domstol saknas")).to_be_visible()
        await self.check(page, f"letter-{size}-{scheme}")
        await page.goto("/console/cases/new")
        await self.check(page, f"register-{size}-{scheme}")
        if preview is not None:
            await page.goto(preview)
            await page.screenshot(path=SCREENSHOTS / f"handed-out-{size}.png", full_page=True)

    async def check(self, page: Page, name: str) -> None:
        """See that nothing speaks against the page, and keep a picture of it."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(overflow) <= 0, f"{name} scrolls sideways"
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"

    async def test_at_twice_the_size_and_on_the_narrowest_screen_nothing_is_cut_off(self, open_page, anna, scene):
        page = await open_page(viewport={"width": 320, "height": 640})
        await log_in(page)
        for path in (
            "/console/cases",
            f"/console/cases/{scene.case.reference}",
            "/console/handoffs",
            f"/console/handoffs/{scene.conversation.id}",
            "/console/answers",
        ):
            await page.goto(path)
            overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await page.evaluate(overflow) <= 0, path


class TestDoneByHand:
    """What no system does by itself: what the assistant remembers is erased from its task, numbers are blocked."""

    check = TestLooks.check

    @pytest.fixture
    def config(self, config):
        return replace(config, systems=REGISTER)

    @pytest.fixture
    def service(self, sessions, key_ring, clock):
        return CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar(), systems=REGISTER)

    @pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
    async def test_conversations_are_erased_and_numbers_blocked(
        self, open_page, anna, service, another, edge, references, clock, size, scheme
    ):
        talked = edge.visitor_waits(since=clock())
        case = another(request_type=RequestType.ERASURE, conversation_id=talked.id)
        await service.register(case)
        blocked = MarketingBlockDraft(next(references), MarketingChannel.PHONE, "+46701234567", clock())
        await service.block_marketing(blocked)
        page = await open_page(viewport=SIZES[size], color_scheme=scheme)
        await log_in(page)

        await page.goto(f"/console/cases/{case.reference}")
        task = page.locator("details.task", has=page.locator("button", has_text=conversation_texts.ERASE))
        await task.locator("summary").click()
        await task.get_by_role("checkbox", name=conversation_texts.CANNOT_UNDO).scroll_into_view_if_needed()
        await self.check(page, f"erase-assistant-{size}-{scheme}")
        await task.get_by_role("checkbox", name=conversation_texts.CANNOT_UNDO).check()
        await task.get_by_role("button", name=conversation_texts.ERASE).click()
        await expect(page.get_by_role("status")).to_contain_text(texts.DONE["conversations-erased"])
        await self.check(page, f"erased-assistant-{size}-{scheme}")
        assert edge.conversations == {}

        await page.goto("/console/marketing-blocks")
        await self.check(page, f"numbers-{size}-{scheme}")
        await page.get_by_role("button", name="Visa hela numret").click()
        await expect(page.get_by_text("+46701234567").first).to_be_visible()
        await page.get_by_role("button", name="Spärrat i").first.click()
        await expect(page.get_by_role("status")).to_contain_text(texts.DONE["number-task"])
        await page.get_by_role("button", name="Finns inte där").first.click()
        await expect(page.get_by_role("heading", name="Nummer att spärra för hand")).to_have_count(0)
        await self.check(page, f"numbers-done-{size}-{scheme}")


class TestTheQueueLive:
    async def test_a_new_visitor_appears_by_itself_and_in_the_title(self, open_page, anna, edge, clock):
        page = await open_page()
        await log_in(page)
        await page.goto("/console/handoffs")
        await expect(page.get_by_text("Ingen väntar just nu.")).to_be_visible()

        edge.visitor_waits(since=clock(), summary="Undrar över <b>fakturan</b>")

        await expect(page.get_by_role("link", name="Undrar över <b>fakturan</b>")).to_be_visible()
        await expect(page).to_have_title(re.compile(r"^\(1\) Överlämningar"))
        await expect(page.locator("#queue-state")).to_have_text("En besökare väntar.")

    async def test_the_focus_stays_where_it_is_when_the_list_changes(self, open_page, anna, edge, waiting, clock):
        page = await open_page()
        await log_in(page)
        await page.goto("/console/handoffs")
        await page.get_by_role("link", name=waiting.summary).focus()

        edge.visitor_waits(since=clock() - timedelta(minutes=9), summary="Kom emellan")

        await expect(page.get_by_role("link", name="Kom emellan")).to_be_visible()
        await expect(page.get_by_role("link", name=waiting.summary)).to_be_focused()

    async def test_every_page_has_the_number_in_its_title(self, open_page, anna, waiting):
        page = await open_page()
        await log_in(page)

        await expect(page).to_have_title(re.compile(r"^\(1\) Ärenden"))
        await expect(page.get_by_role("link", name="Överlämningar 1 väntar")).to_be_visible()

    async def test_a_chat_that_goes_away_is_told_and_forgotten_when_it_comes_back(self, open_page, anna, edge, waiting):
        page = await open_page()
        await log_in(page)
        await page.goto("/console/handoffs")
        edge.is_down = True
        await expect(page.locator("#queue-state")).to_contain_text("svarar inte")
        await expect(page.get_by_role("link", name=waiting.summary)).to_be_visible()

        edge.is_down = False

        await expect(page.locator("#queue-state")).to_be_empty()

    async def test_a_session_that_has_ended_is_told(self, open_page, anna, waiting, clock):
        page = await open_page()
        await log_in(page)
        await page.goto("/console/handoffs")

        clock.advance(minutes=31)

        await expect(page.locator("#queue-state")).to_contain_text("loggats ut")


class TestAConversationLive:
    @pytest.fixture
    async def page(self, open_page, anna, waiting) -> Page:
        """Anna's page with the conversation, which she has taken."""
        page = await open_page()
        await log_in(page)
        await page.goto(f"/console/handoffs/{waiting.id}")
        await page.get_by_role("button", name="Ta över samtalet").click()
        await expect(page.get_by_label("Ditt svar")).to_be_visible()
        return page

    async def test_what_the_visitor_says_appears_is_spoken_and_is_only_text(self, page, edge, waiting, clock):
        nasty = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>Hej"

        edge.say(waiting, "visitor", nasty, at=clock())

        await expect(page.locator("#transcript li").last).to_contain_text(nasty)
        await expect(page.locator("#spoken")).to_have_text(f"Besökaren: {nasty}")
        assert await page.locator("#transcript img, #transcript script").count() == 0
        assert "owned" not in await page.title()

    async def test_an_answer_goes_out_without_leaving_the_page(self, page, waiting, anna):
        box = page.get_by_label("Ditt svar")
        await box.fill("Hej, jag heter Anna.")
        await page.get_by_role("button", name="Skicka").click()

        bubble = page.locator("#transcript li").last
        await expect(bubble).to_contain_text("Hej, jag heter Anna.")
        await expect(bubble).to_contain_text(anna.display_name)
        await expect(box).to_have_value("")
        await expect(box).to_be_focused()
        assert [message["text"] for message in waiting.messages].count("Hej, jag heter Anna.") == 1

    async def test_control_and_enter_send_and_each_answer_once(self, page, waiting):
        box = page.get_by_label("Ditt svar")
        for text in ("Ett", "Två", "Två"):
            await box.fill(text)
            await box.press("Control+Enter")
            await expect(box).to_have_value("")

        await expect(page.locator("#transcript li")).to_have_count(5)
        assert [message["text"] for message in waiting.messages[2:]] == ["Ett", "Två", "Två"]

    async def test_a_stream_that_opens_anew_while_an_answer_is_on_its_way_sends_nothing_twice(
        self, page, edge, waiting
    ):
        async def slowly(route) -> None:
            await asyncio.sleep(4)
            await route.continue_()

        await page.route("**/messages", slowly)
        box = page.get_by_label("Ditt svar")
        await box.fill("Ett ögonblick")
        await box.press("Control+Enter")
        edge.hang_up()

        await expect(page.locator("#transcript li").last).to_contain_text("Ett ögonblick")
        await expect(box).to_have_value("")
        assert len(edge.last_event_ids) > 1
        assert [message["text"] for message in waiting.messages].count("Ett ögonblick") == 1

    async def test_an_answer_that_did_not_go_out_stays_and_goes_out_once(self, page, edge, waiting):
        box = page.get_by_label("Ditt svar")
        edge.is_down = True
        await box.fill("Kommer strax")
        await page.get_by_role("button", name="Skicka").click()
        await expect(page.locator("#stream-state")).to_contain_text("gick inte fram")
        await expect(box).to_have_value("Kommer strax")

        edge.is_down = False
        await page.get_by_role("button", name="Skicka").click()

        await expect(page.locator("#transcript li").last).to_contain_text("Kommer strax")
        assert [message["text"] for message in waiting.messages].count("Kommer strax") == 1

    async def test_nothing_is_lost_or_doubled_while_the_chat_was_away(self, page, edge, waiting, clock):
        edge.say(waiting, "visitor", "Före", at=clock())
        await expect(page.locator("#transcript li").last).to_contain_text("Före")
        edge.is_down = True
        edge.say(waiting, "visitor", "Under tiden", at=clock())
        await expect(page.locator("#stream-state")).not_to_be_empty()

        edge.is_down = False

        await expect(page.locator("#transcript li").last).to_contain_text("Under tiden")
        await expect(page.locator("#transcript li")).to_have_count(4)
        await expect(page.locator("#stream-state")).to_be_empty()

    async def test_a_colleague_who_takes_over_is_seen_and_what_was_written_is_kept(self, page, waiting):
        await page.get_by_label("Ditt svar").fill("Halvskrivet")

        waiting.state, waiting.officer = "bot", None

        await expect(page.get_by_text("Samtalet är hos assistenten.")).to_be_visible()
        await expect(page.get_by_label("Det du skrev")).to_have_value("Halvskrivet")

    async def test_handing_back_ends_it_here(self, page, waiting):
        await page.get_by_role("button", name="Lämna tillbaka till assistenten").click()

        await expect(page.get_by_role("status").first).to_contain_text("tillbaka hos assistenten")
        await expect(page.get_by_label("Ditt svar")).to_have_count(0)
        assert waiting.state == "bot"

    async def test_being_logged_out_is_told_without_losing_what_was_written(self, page, edge, waiting, clock):
        await page.get_by_label("Ditt svar").fill("Halvskrivet")

        clock.advance(minutes=31)

        await expect(page.locator("#stream-state")).to_contain_text("loggats ut")
        await expect(page.get_by_label("Ditt svar")).to_have_value("Halvskrivet")


class TestKeyboard:
    async def test_the_first_stop_leads_past_the_menu(self, open_page, anna, scene):
        page = await open_page()
        await log_in(page)
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")

        await expect(page.get_by_role("link", name="Registrera begäran")).to_be_focused()

    async def test_a_case_is_decided_by_keyboard_alone(self, open_page, anna, scene, service):
        page = await open_page()
        await log_in(page)
        await page.goto(f"/console/cases/{scene.case.reference}")

        await tab_to(page, "group", "Besluta")
        await page.keyboard.press("Enter")
        await tab_to(page, "radio", "Bifallen")
        await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Allt är utlämnat.")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("status").first).to_contain_text("ny status")
        assert (await service.read(scene.case.reference)).resolution == "granted"

    async def test_how_an_identity_was_established_is_written_down_by_keyboard_and_opens_the_grant(
        self, open_page, anna, service, another
    ):
        await service.register(nobodys := another(identity=NOBODY))
        page = await open_page(viewport=SIZES["desk"])
        await log_in(page)
        await page.goto(f"/console/cases/{nobodys.reference}")

        async def grant() -> None:
            await tab_to(page, "group", "Besluta")
            await page.keyboard.press("Enter")
            await tab_to(page, "radio", "Bifallen")
            await page.keyboard.press("Space")
            for key in ("Tab", "Tab", "Enter"):  # past the note to the button
                await page.keyboard.press(key)

        await grant()
        what = texts.IDENTITY_GAPS[IdentityGap.LEVEL_TOO_LOW]
        await expect(page.get_by_role("alert")).to_have_text(texts.IDENTITY_FIRST.format(what=what))
        await tab_to(page, "group", "Skriv in hur identiteten fastställdes")
        await page.keyboard.press("Enter")
        await tab_to(page, "radio", ProofMethod.CALLED_BACK.label)
        await page.keyboard.press("ArrowDown")
        await expect(page.get_by_role("radio", name=ProofMethod.MET_IN_PERSON.label)).to_be_checked()
        await page.keyboard.press("Tab")
        await page.keyboard.type("Visade körkort i receptionen.")
        results = await Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        await page.screenshot(path=SCREENSHOTS / "identity-by-keyboard.png", full_page=True)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("status").first).to_have_text(texts.DONE["identity"])
        await grant()
        await expect(page.get_by_role("status").first).to_contain_text("ny status")
        assert (await service.read(nobodys.reference)).resolution == "granted"

    async def test_a_monday_by_keyboard_alone(self, open_page, anna, scene, service, draft, another, edge, waiting):
        """Log in, find a case, begin with it, write to the person, release the package, answer a visitor, hand back."""
        await service.register(case := another(conversation_id=waiting.id))
        waiting.summary = "Undrar hur det går med utdraget"
        page = await open_page(viewport=SIZES["desk"])
        keys = page.keyboard
        done = page.get_by_role("status").first

        async def press(role: str, name: str, key: str = "Enter") -> None:
            await tab_to(page, role, name)
            await keys.press(key)

        async def check(name: str) -> None:
            order = "[...document.querySelectorAll('[tabindex]')].every(({ tabIndex }) => tabIndex <= 0)"
            assert await page.evaluate(order), f"{name}: the order of the stops is not that of the page"
            results = await Axe().run(page)
            assert results.violations_count == 0, f"{name}: {results.generate_report()}"
            await page.screenshot(path=SCREENSHOTS / f"keyboard-{name}.png")

        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.goto("/console/login")
        await expect(page.get_by_label("Användarnamn")).to_be_focused()
        await keys.type("anna")
        await keys.press("Tab")
        await keys.type(PASSWORD)
        await keys.press("Enter")
        await page.wait_for_url("**/console/cases")

        await tab_to(page, "combobox", "Typ av begäran")
        await keys.type("Tillgång")
        await tab_to(page, "searchbox", "Ärendenummer")
        await keys.type(case.reference)
        await check("filter")
        await press("button", "Visa")
        await page.wait_for_url("**typ=access**")
        await expect(page.locator("table.list tbody tr")).to_have_count(1)
        await press("link", case.reference)

        await press("group", "Börja handlägga")
        for key in ("Tab", "Tab", "Enter"):  # past the note to the button
            await keys.press(key)
        await expect(done).to_have_text(texts.DONE["status"])
        await check("case")

        await press("link", "Brev")
        await press("link", LetterKind.ACKNOWLEDGEMENT.label)
        await tab_to(page, "textbox", "Brev")
        await keys.press("Control+End")
        await keys.type("Hör gärna av dig!")
        await check("letter")
        await press("button", "Skicka brevet")
        await expect(done).to_have_text(texts.DONE["letter-sent"])

        await press("link", "Utdrag")
        await press("button", "Förbered")
        await expect(done).to_have_text(texts.DONE["package-prepared"])
        await check("package")
        await tab_to(page, "checkbox", REVIEWED)
        await keys.press("Space")
        await keys.press("Tab")
        await keys.press("Enter")
        await expect(done).to_have_text(texts.DONE["package-released"])

        await press("link", "Överlämningar 4 väntar på svar")
        await press("link", waiting.summary)
        await press("button", "Ta över samtalet")
        await expect(done).to_have_text(texts.DONE["claimed"])
        await tab_to(page, "textbox", "Ditt svar")
        await keys.type("Hej, jag heter Anna. Ditt utdrag är klart.")
        await check("conversation")
        await keys.press("Control+Enter")
        await expect(page.get_by_label("Ditt svar")).to_have_value("")
        await keys.press("Shift+Tab")
        await press_back_to(page, "Lämna tillbaka till assistenten")
        await expect(done).to_have_text(texts.DONE["returned"])

        said = [message["text"] for message in waiting.messages]
        assert said[-1] == "Hej, jag heter Anna. Ditt utdrag är klart."
        assert "Hör gärna av dig!" in "".join(said)
        assert waiting.state == "bot"
        assert (await service.read(case.reference)).status == "in_progress"


class TestStaying:
    async def test_a_warning_comes_before_the_log_out_and_one_press_stays(self, open_page, anna, clock):
        page = await open_page()
        await page.clock.install()
        await log_in(page)
        dialog = page.get_by_role("dialog")
        clock.advance(minutes=28)
        await page.clock.fast_forward("27:50")
        await expect(dialog).to_be_hidden()
        await page.clock.fast_forward("00:15")
        await expect(dialog).to_be_visible()
        await expect(page.get_by_role("button", name="Fortsätt arbeta")).to_be_focused()

        await page.keyboard.press("Enter")

        await expect(dialog).to_be_hidden()
        clock.advance(minutes=28)
        await page.goto("/console/handoffs")
        await expect(page.get_by_role("heading", name="Överlämningar")).to_be_visible()


class TestWithoutScripts:
    async def test_a_visitor_is_answered_and_handed_back(self, open_page, anna, edge, waiting, clock):
        page = await open_page(java_script_enabled=False)
        await log_in(page)
        await page.get_by_role("link", name="Överlämningar").click()
        await page.get_by_role("link", name=waiting.summary).click()
        await page.get_by_role("button", name="Ta över samtalet").click()
        await page.get_by_label("Ditt svar").fill("Hej!")
        await page.get_by_role("button", name="Skicka").click()
        await expect(page.locator("#transcript li").last).to_contain_text("Hej!")
        edge.say(waiting, "visitor", "Tack!", at=clock())
        await page.get_by_role("link", name="Uppdatera").click()
        await expect(page.locator("#transcript li").last).to_contain_text("Tack!")
        await page.get_by_role("button", name="Lämna tillbaka till assistenten").click()

        await expect(page.get_by_text("Samtalet är hos assistenten.")).to_be_visible()
        assert waiting.state == "bot"

    async def test_the_first_login_chooses_a_password(self, open_page, sessions, clock):
        import random

        from cases.console.accounts import create_first_account

        async with sessions.begin() as session:
            one_time = await create_first_account(session, name="admin", now=clock(), random=random.Random(3))
        page = await open_page(java_script_enabled=False)
        await page.goto("/console")
        await page.get_by_label("Användarnamn").fill("admin")
        await page.get_by_label("Lösenord").fill(one_time)
        await page.get_by_role("button", name="Logga in").click()
        await page.get_by_label("Nytt lösenord").fill(PASSWORD)
        await page.get_by_label("Samma lösenord igen").fill(PASSWORD)
        await page.get_by_role("button", name="Spara").click()

        await expect(page.get_by_role("heading", name="Ärenden")).to_be_visible()
