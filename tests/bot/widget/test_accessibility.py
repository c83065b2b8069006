"""By keyboard, by ear, small, large, in the dark: each state of the chat is usable (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.bot.widget import scenes
from tests.bot.widget.conftest import Chat, both_sizes, watch
from tests.bot.widget.fake_edge import FakeEdge
from tests.bot.widget.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Check = Callable[..., Awaitable[None]]
WIDTH, HEIGHT = PHONE["viewport"]["width"], PHONE["viewport"]["height"]


@pytest.fixture
def check(chat: Chat, size: str) -> Check:
    """Zero violations here, in light and dark, and pictures for human eyes. The dark differs in its colours alone."""

    async def checked(state: str, *, whole_page: bool = False) -> None:
        for scheme, rules in (("dark", ["color-contrast"]), ("light", None)):
            await chat.page.emulate_media(color_scheme=scheme)
            await chat.check_accessibility(rules=rules, whole_page=whole_page)
            await chat.picture(f"{size}-{scheme}-{state}")

    return checked


@both_sizes
async def test_no_violations_in_a_conversation(chat: Chat, check: Check) -> None:
    await chat.page.goto(chat.url)
    await check("launcher", whole_page=True)
    await chat.launcher.click()
    await chat.bubbles("bot").first.wait_for()
    await check("welcome", whole_page=True)
    await chat.ask("Hur länge sparas inspelade samtal?")
    await check("source-folded")
    await chat.log.locator(".citation summary").click()
    await check("source")
    await chat.log.get_by_role("button", name="Begär radering").click()
    await expect(chat.bubbles("bot")).to_have_count(3)
    await check("reply-used")
    await chat.panel.get_by_label("Mer").click()
    await check("menu")
    await chat.page.keyboard.press("Escape")
    chat.edge.push(chat.edge.only, "typing", {"active": True})
    await chat.input.fill("å" * 2001)
    await check("too-long-and-typing")


@both_sizes
async def test_no_violations_in_the_bankid_card(chat: Chat, check: Check) -> None:
    await chat.open()
    await chat.ask("Jag vill ha ett registerutdrag")
    await check("bankid-offered")
    await chat.bankid.get_by_text("Visa texten du skriver under").click()
    await check("bankid-text")
    await chat.bankid.get_by_text("Visa texten du skriver under").click()
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await chat.page.get_by_role("img", name="QR-kod för BankID").locator("img").wait_for()
    await check("bankid-code")
    chat.edge.identify(chat.edge.only, **scenes.started_identification("same_device"))
    await chat.bankid.get_by_role("link", name="Öppna BankID").wait_for()
    await check("bankid-here")
    for state in ("failed", "cancelled", "expired"):
        chat.edge.identify(chat.edge.only, **scenes.ended_identification(state, "Det blev inget den här gången."))
        await expect(chat.bankid).to_have_attribute("data-state", state)
        await check(f"bankid-{state}")
    chat.edge.identify(chat.edge.only, state="complete", message="", can_retry=False)
    await expect(chat.bankid).to_have_attribute("data-state", "complete")
    await check("bankid-complete")


@both_sizes
async def test_no_violations_in_the_card_with_the_code(chat: Chat, check: Check) -> None:
    await chat.open()
    await chat.ask("Jag vill begära rättelse")
    await check("code-offered")
    await chat.bankid.get_by_role("button", name="Skicka kod").click()
    await chat.bankid.get_by_label("Koden i mejlet").fill("000000")
    await chat.bankid.get_by_role("button", name="Bekräfta").click()
    await expect(chat.bankid).to_contain_text("två försök kvar")
    await check("code-wrong")
    await chat.bankid.get_by_label("Koden i mejlet").fill(scenes.CODE)
    await chat.bankid.get_by_role("button", name="Bekräfta").click()
    await expect(chat.bankid).to_contain_text("Du har bekräftat adressen.")
    await check("code-confirmed")


@both_sizes
async def test_no_violations_in_receipt_and_handoff(chat: Chat, check: Check) -> None:
    await chat.open()
    await chat.ask("kvitto")
    await check("receipt")
    await chat.log.locator(".receipt summary").click()
    await check("receipt-counted")
    await chat.ask("hämta")
    await expect(chat.log.get_by_role("link", name="Spara filen")).to_be_visible()
    await check("package")
    await chat.ask("Jag vill prata med en människa")
    await expect(chat.panel.locator(".queue")).to_be_visible()
    await check("waiting")
    chat.edge.change_state(chat.edge.only, "human", officer="Anna Lind")
    chat.edge.say(chat.edge.only, "system", "Anna Lind är här och svarar dig nu.")
    chat.edge.say(chat.edge.only, "officer", "Hej! Vad kan jag hjälpa till med?", sender_name="Anna Lind")
    await chat.bubbles("officer").wait_for()
    await check("person")


@both_sizes
async def test_no_violations_when_things_go_wrong(chat: Chat, check: Check) -> None:
    await chat.open()
    chat.edge.refuse = (422, "Det gick inte att ta emot meddelandet.")
    await chat.say("vägrad")
    await expect(chat.log.locator(".refused")).to_be_visible()
    await check("refused")
    chat.edge.down = True
    chat.edge.drop_streams()
    await chat.say("väntar")
    await expect(chat.panel.locator(".notice.link")).to_be_visible()
    await check("reconnecting")


@both_sizes
async def test_no_violations_on_the_pages_around_it(chat: Chat, check: Check) -> None:
    for name, path in (
        ("policy", "/policy"),
        ("privacy", "/integritet"),
        ("returned", "/chat/bankid/return"),
        ("refused-return", "/chat/bankid/return?accepted=0"),
    ):
        await chat.page.goto(chat.url + path)
        await chat.page.wait_for_load_state("networkidle") if not path.startswith("/chat") else None
        await chat.page.evaluate("document.querySelectorAll('main details').forEach(details => (details.open = true))")
        await check(f"page-{name}", whole_page=True)


@both_sizes
async def test_the_whole_way_by_keyboard(chat: Chat) -> None:
    """From the page into the chat, to the code, and out again, without a pointer; more of it in the next tests."""
    page, press = chat.page, chat.page.keyboard.press
    await page.goto(chat.url)
    await chat.launcher.focus()
    await press("Enter")
    await chat.bubbles("bot").first.wait_for()
    await chat.input.focus()  # where it is anyway on a desk; see the test of focus

    await page.keyboard.type("Hur länge sparas inspelade samtal?")
    await press("Enter")
    await chat.log.locator(".citation").wait_for()
    await expect(chat.input).to_be_focused()

    await _tab_back_to(chat, "summary")
    await press("Enter")
    await expect(chat.log.locator(".citation blockquote")).to_be_visible()

    await _tab_to(chat, "Begär radering")
    await press("Space")
    await expect(chat.bubbles("visitor")).to_have_count(2)
    await expect(chat.log.get_by_role("button", name="Begär radering")).to_be_focused()

    await _tab_to(chat, "Skriv ett meddelande")
    await page.keyboard.type("Jag vill ha ett registerutdrag")
    await press("Enter")
    await chat.bankid.wait_for()
    await _tab_back_to(chat, "Visa QR-kod")
    await press("Enter")
    await expect(chat.bankid).to_contain_text("skanna koden")
    await expect(chat.bankid.get_by_role("button").first).to_be_focused()

    await press("Escape")
    await expect(chat.panel).to_be_hidden()
    await expect(chat.launcher).to_be_focused()


@both_sizes
async def test_receipt_and_package_by_keyboard(chat: Chat) -> None:
    press = chat.page.keyboard.press
    await chat.open()
    await chat.ask("kvitto")
    await chat.input.focus()

    await _tab_back_to(chat, "Lägg till i kalendern")
    async with chat.page.expect_download() as calendar:
        await press("Enter")
    assert (await calendar.value).suggested_filename.endswith(".ics")
    await _tab_back_to(chat, "Så räknades datumet")
    await press("Space")
    await expect(chat.log.locator(".receipt details")).to_have_attribute("open", "")
    await _tab_back_to(chat, "Kopiera ärendenummer AR-7K3M-Q9X4")
    await press("Enter")
    await expect(chat.live_region).to_contain_text("Kopierat")
    assert await chat.page.evaluate("navigator.clipboard.readText()") == "AR-7K3M-Q9X4"

    await chat.ask("hämta")
    await chat.input.focus()
    await _tab_back_to(chat, "Spara filen")
    async with chat.page.context.expect_page() as opened:
        await press("Enter")
    assert (await opened.value).url.endswith(f"/chat/packages/{scenes.PACKAGE_ID}")


@both_sizes
async def test_the_menu_by_keyboard(chat: Chat) -> None:
    press = chat.page.keyboard.press
    await chat.page.context.add_init_script("window.print = () => (window.printed = true)")
    await chat.open()
    await chat.ask("Hej")
    await chat.input.focus()

    await _tab_back_to(chat, "Mer")
    await press("Enter")
    await _tab_to(chat, "Spara samtalet som text")
    async with chat.page.expect_download() as saved:
        await press("Enter")
    assert "Hej" in (await (await saved.value).path()).read_text(encoding="utf-8")
    await expect(chat.panel.get_by_label("Mer")).to_be_focused()

    await press("Enter")
    await _tab_to(chat, "Skriv ut samtalet")
    async with chat.page.context.expect_page() as opened:
        await press("Enter")
    paper = await opened.value
    await expect(paper.locator("body")).to_contain_text("Hej")
    await paper.close()

    await chat.panel.get_by_label("Mer").focus()
    await press("Enter")
    await _tab_to(chat, "Radera konversationen")
    await press("Enter")
    dialog = chat.page.get_by_role("dialog", name="Radera konversationen?")
    await expect(dialog.get_by_role("button", name="Behåll den")).to_be_focused()
    await press("Tab")
    await expect(dialog.get_by_role("button", name="Radera konversationen")).to_be_focused()
    await press("Enter")
    await expect(chat.log.locator(".text")).to_have_text([scenes.WELCOME["text"]])


@both_sizes
async def test_the_queue_and_the_way_to_the_newest_by_keyboard(chat: Chat) -> None:
    press = chat.page.keyboard.press
    await chat.open()
    await chat.ask("Jag vill prata med en människa")
    await chat.input.focus()
    await _tab_back_to(chat, "Avbryt")
    await press("Enter")
    await expect(chat.bubbles("visitor")).to_have_count(2)
    chat.edge.change_state(chat.edge.only, "bot")
    await expect(chat.panel.locator(".queue")).to_be_hidden()

    for number in range(12):
        chat.edge.say(chat.edge.only, "bot", f"Rad {number}\n\n\n")
    await expect(chat.bubbles("bot").last).to_contain_text("Rad 11")
    await chat.log.focus()
    await press("Home")
    await chat.page.wait_for_function("log => log.scrollTop === 0", arg=await chat.log.element_handle())
    chat.edge.say(chat.edge.only, "bot", "Något nytt")
    await chat.panel.get_by_role("button", name="Nya meddelanden").wait_for()
    await _tab_to(chat, "Nya meddelanden")
    await press("Enter")
    await expect(chat.bubbles("bot").last).to_be_in_viewport()
    await expect(chat.panel.get_by_role("button", name="Nya meddelanden")).to_be_hidden()
    await expect(chat.log).to_be_focused()


@both_sizes
async def test_focus_goes_in_on_opening_and_back_on_closing(chat: Chat, size: str) -> None:
    await chat.page.goto(chat.url)
    opener = chat.page.get_by_role("button", name="Öppna chatten")
    await opener.click()
    await chat.bubbles("bot").first.wait_for()
    heading = chat.panel.get_by_role("heading", name="Dina personuppgifter")
    # a phone's keyboard would cover the greeting, so there it is the heading
    await expect(heading if size == "phone" else chat.input).to_be_focused()

    await chat.page.keyboard.press("Escape")
    await expect(opener).to_be_focused()

    await chat.launcher.click()
    await chat.panel.get_by_role("button", name="Stäng chatten").click()
    await expect(chat.launcher).to_be_focused()


async def test_what_arrives_never_takes_the_focus(chat: Chat) -> None:
    await chat.open()
    await chat.input.focus()
    conversation = chat.edge.only
    chat.edge.say(conversation, "bot", "Ett svar", buttons=scenes.buttons("Ja", "Nej"), citations=[scenes.citation()])
    identification = chat.edge.identify(conversation)
    card = {"kind": "identification", "identification_id": identification["id"]}
    chat.edge.say(conversation, "bot", "Skriv under", card=card)
    chat.edge.identify(conversation, **scenes.started_identification("qr"))
    chat.edge.say(conversation, "bot", "Klart", card=scenes.receipt())
    chat.edge.change_state(conversation, "waiting", queue=1)
    chat.edge.change_state(conversation, "human", officer="Anna Lind")
    chat.edge.say(conversation, "officer", "Hej", sender_name="Anna Lind")
    await chat.bubbles("officer").wait_for()

    await expect(chat.input).to_be_focused()


async def test_a_screen_reader_hears_only_what_is_new(chat: Chat) -> None:
    await chat.open()
    assert "Jag är en bot" in await chat.announced()  # the greeting is news the first time
    await chat.page.reload()
    await chat.bubbles("bot").first.wait_for()
    await chat.input.fill("Hej")
    await chat.input.press("Enter")
    await expect(chat.live_region).to_have_text("Assistenten: Du skrev: Hej")

    assert await chat.panel.locator("[aria-live]").count() == 0  # the log itself is silent


async def test_each_bubble_says_who_speaks(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hej")
    chat.edge.say(chat.edge.only, "bot", "En sak till")
    chat.edge.say(chat.edge.only, "officer", "Hej", sender_name="Anna Lind")
    await chat.bubbles("officer").wait_for()

    said_by = await chat.log.locator(".message > p:first-child").all_inner_texts()
    assert said_by == ["Assistenten", "Du", "Assistenten", "Assistenten", "Anna Lind, handläggare"]


@both_sizes
async def test_what_can_be_pressed_is_large_enough(chat: Chat, size: str) -> None:
    await chat.open()
    await chat.ask("Hur länge sparas inspelade samtal?")
    await chat.log.locator(".citation summary").click()
    await chat.ask("Jag vill ha ett registerutdrag")
    await chat.ask("kvitto")
    least = 44 if size == "phone" else 24

    boxes = await chat.panel.evaluate(
        """panel => [...panel.querySelectorAll("button, summary, a, textarea")]
          .filter(node => node.getClientRects().length)
          .map(node => [node.ariaLabel ?? node.textContent, node.getBoundingClientRect()])
          .map(([name, box]) => [name, box.width, box.height])"""
    )
    assert len(boxes) > 12
    assert [box for box in boxes if min(box[1:]) < least] == []


@pytest.mark.parametrize(
    ("width", "height"), [(320, 640), (320, 256), (640, 400), (740, 360)], ids=["narrow", "zoomed", "half", "landscape"]
)
async def test_it_fits_small_and_zoomed_screens(chat: Chat, check: Check, width: int, height: int) -> None:
    """320 × 256 is 1280 × 1024 at 400 % (WCAG 1.4.10); 640 × 400 is 1280 × 800 at 200 %."""
    await chat.page.set_viewport_size({"width": width, "height": height})
    await chat.open()
    await chat.ask("Hur länge sparas inspelade samtal?")
    await chat.ask("kvitto")

    overflow = await chat.panel.evaluate(
        """panel => [panel, ...panel.querySelectorAll("*")]
          .filter(node => !node.matches(".spoken, textarea") && !node.closest("svg"))
          .map(node => [node.className || node.tagName, node.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.left < -0.5 || box.right > innerWidth + 0.5))
          .map(([name]) => name)"""
    )
    assert overflow == []
    for node in (chat.input, chat.panel.get_by_role("button", name="Stäng chatten"), chat.log):
        await expect(node).to_be_in_viewport()
    assert await chat.log.evaluate("log => log.clientHeight") >= 60
    await check(f"at-{width}x{height}")

    await chat.ask("Jag vill ha ett registerutdrag")
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    code = chat.page.get_by_role("img", name="QR-kod för BankID")
    await code.locator("img").wait_for()
    if height > 256:  # a code that is higher than the screen is scrolled to its beginning
        await expect(code).to_be_in_viewport(ratio=1)


async def test_rounded_corners_and_the_home_bar_cover_nothing(chat: Chat) -> None:
    top, bottom, side = 47, 34, 20
    await chat.page.goto(chat.url)
    device = await chat.page.context.new_cdp_session(chat.page)
    insets = {"top": top, "bottom": bottom, "left": side, "right": side}
    await device.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    launcher = await _box(chat.launcher)
    assert launcher["bottom"] <= HEIGHT - bottom
    assert launcher["right"] <= WIDTH - side

    await chat.launcher.click()
    await chat.bubbles("bot").first.wait_for()
    await chat.panel.evaluate("panel => Promise.all(panel.getAnimations().map(each => each.finished))")
    assert await _box(chat.panel) == {"left": 0, "top": 0, "right": WIDTH, "bottom": HEIGHT}
    for node in await chat.panel.locator("button:visible, textarea, h2").all():
        box = await _box(node)
        assert box["top"] >= top
        assert box["bottom"] <= HEIGHT - bottom
        assert box["left"] >= side
        assert box["right"] <= WIDTH - side
    await chat.picture("phone-safe-areas")


async def test_an_on_screen_keyboard_leaves_the_input_and_the_latest_words_in_view(chat: Chat) -> None:
    """The browser tells of the keyboard by the visual viewport alone, which Chromium here has no keyboard to change."""
    await chat.page.add_init_script(
        """Object.defineProperty(window, "visualViewport", {
          value: Object.assign(new EventTarget(), { height: innerHeight, offsetTop: 0, scale: 1 }),
        })"""
    )
    await chat.open()
    await chat.ask("Hur länge sparas inspelade samtal?")
    await chat.picture("phone-without-keyboard")

    await _see(chat, "resize", height=330, offsetTop=0, scale=1)
    assert (await _box(chat.panel))["bottom"] == 330
    composer, newest = await _box(chat.input), await _box(chat.bubbles("bot").last)
    assert composer["bottom"] <= 330
    assert newest["top"] < composer["top"], "something of the answer is still to be read"
    assert await chat.log.evaluate("log => log.clientHeight") >= 60
    await chat.picture("phone-keyboard")

    await _see(chat, "scroll", height=330, offsetTop=120, scale=1)  # as Safari does, to show what is written
    assert await _box(chat.panel) == {"left": 0, "top": 120, "right": WIDTH, "bottom": 450}

    await _see(chat, "resize", height=200, offsetTop=90, scale=2)  # pinched in: a magnifying glass, no keyboard
    assert await _box(chat.panel) == {"left": 0, "top": 0, "right": WIDTH, "bottom": HEIGHT}


async def test_full_screen_keeps_the_focus_inside(chat: Chat) -> None:
    await chat.page.set_viewport_size({"width": 360, "height": 740})
    await chat.open()
    await expect(chat.panel).to_have_attribute("aria-modal", "true")
    await chat.input.focus()

    for _ in range(12):
        await chat.page.keyboard.press("Tab")
        assert await chat.page.evaluate("document.activeElement.localName") == "insyn-chat"
    for _ in range(12):
        await chat.page.keyboard.press("Shift+Tab")
        assert await chat.page.evaluate("document.activeElement.localName") == "insyn-chat"


async def test_reduced_motion_and_forced_colours(browser: Browser, edge_server: tuple[FakeEdge, str]) -> None:
    edge, url = edge_server
    context = await browser.new_context(reduced_motion="reduce", forced_colors="active", locale="sv-SE")
    chat = Chat(await context.new_page(), url, edge, [])
    watch(chat.page, chat.errors)
    await chat.open()
    await chat.ask("Hur länge sparas inspelade samtal?")
    edge.push(edge.only, "typing", {"active": True})
    await chat.log.locator(".typing").wait_for()

    running = await chat.panel.evaluate("panel => panel.getAnimations({ subtree: true }).map(a => a.animationName)")
    edges = await chat.log.locator(".bubble").evaluate_all(
        "all => all.map(node => getComputedStyle(node).borderTopStyle)"
    )
    assert (running, set(edges), chat.errors) == ([], {"solid"}, [])
    await chat.picture("desk-forced-colours")
    await context.close()


async def _box(node: Locator) -> dict[str, float]:
    return await node.evaluate(
        """node => {
          const { left, top, right, bottom } = node.getBoundingClientRect();
          return Object.fromEntries(Object.entries({ left, top, right, bottom }).map(([k, v]) => [k, Math.round(v)]));
        }"""
    )


async def _see(chat: Chat, event: str, **visible: float) -> None:
    """Let the browser say that so much of the page is visible."""
    await chat.page.evaluate(
        "([event, visible]) => Object.assign(visualViewport, visible).dispatchEvent(new Event(event))", [event, visible]
    )


async def _tab_to(chat: Chat, name: str, key: str = "Tab") -> None:
    for _ in range(30):
        await chat.page.keyboard.press(key)
        focused = await chat.panel.evaluate(
            """panel => {
              const { localName, ariaLabel, textContent } = panel.getRootNode().activeElement;
              return [localName, ariaLabel, textContent];
            }"""
        )
        if name in focused:
            return
    raise AssertionError(f"{name!r} cannot be reached by keyboard")


async def _tab_back_to(chat: Chat, name: str) -> None:
    await _tab_to(chat, name, "Shift+Tab")
