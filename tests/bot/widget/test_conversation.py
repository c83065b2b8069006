"""Writing and reading: what is said arrives once, in order, as text, and is still there after a reload."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import expect

from tests.bot.widget import scenes
from tests.bot.widget.conftest import Chat, both_sizes, watch

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@both_sizes
async def test_the_visitor_is_greeted_writes_and_is_answered(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hej")
    await chat.ask("Tack")

    assert await chat.log.locator(".text").all_inner_texts() == [
        scenes.WELCOME["text"],
        "Hej",
        "Du skrev: Hej",
        "Tack",
        "Du skrev: Tack",
    ]
    assert [message["text"] for message in chat.edge.received] == ["Hej", "Tack"]


async def test_shift_enter_makes_a_line_and_the_button_sends(chat: Chat) -> None:
    await chat.open()
    await chat.input.press_sequentially("rad ett")
    await chat.input.press("Shift+Enter")
    await chat.input.press_sequentially("rad två")
    await chat.page.get_by_role("button", name="Skicka", exact=True).click()

    await expect(chat.bubbles("visitor")).to_have_text(["rad ett\nrad två"])


async def test_it_types_while_it_thinks(chat: Chat) -> None:
    await chat.open()
    typing = chat.log.locator(".typing")

    chat.edge.push(chat.edge.only, "typing", {"active": True})
    await expect(typing).to_be_visible()
    await expect(typing).to_have_text("Assistenten skriver")

    chat.edge.push(chat.edge.only, "typing", {"active": False})
    await expect(typing).to_be_hidden()


@both_sizes
async def test_a_reload_restores_the_conversation_and_the_draft(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hej")
    await chat.input.press_sequentially("halvfärdig tanke")

    await chat.page.reload()

    await expect(chat.panel).to_be_visible()
    await expect(chat.bubbles("visitor")).to_have_text(["Hej"])
    await expect(chat.bubbles("bot").last).to_have_text("Du skrev: Hej")
    await expect(chat.input).to_have_value("halvfärdig tanke")


async def test_a_closed_chat_stays_closed_after_a_reload_and_counts_what_comes(chat: Chat) -> None:
    await chat.open()
    await chat.page.keyboard.press("Escape")
    await chat.page.reload()
    await expect(chat.launcher).to_be_visible()
    await chat.streams(1)

    chat.edge.say(chat.edge.only, "officer", "Är du kvar?", sender_name="Anna Lind")

    await expect(chat.launcher.locator(".badge")).to_have_text("11 nytt meddelande")
    await chat.launcher.click()
    await expect(chat.bubbles("officer")).to_have_text(["Är du kvar?"])
    await expect(chat.launcher.locator(".badge")).to_be_hidden()


async def test_nothing_that_was_said_is_stored_in_the_browser(chat: Chat) -> None:
    await chat.open()
    await chat.ask("en hemlig sak")
    await chat.input.press_sequentially("utkast")

    stored = await chat.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    local, session, cookies = json.loads(stored)
    assert (local, cookies) == ({}, "")
    assert session == {
        "insyn-open": "open",
        "insyn-draft": json.dumps({"text": "utkast", "unsent": []}, separators=(",", ":")),
    }


async def test_a_second_tab_shows_the_same_conversation_live(chat: Chat) -> None:
    await chat.open()
    other = Chat(await chat.page.context.new_page(), chat.url, chat.edge, [])
    watch(other.page, chat.errors)
    await other.open()

    await chat.ask("från första fliken")
    await other.ask("från andra fliken")

    for tab in (chat, other):
        await expect(tab.bubbles("visitor")).to_have_text(["från första fliken", "från andra fliken"])
        await expect(tab.bubbles("bot")).to_have_count(3)


async def test_a_quick_reply_overtaken_in_another_tab_is_spent_here_without_a_click(chat: Chat) -> None:
    await chat.open()
    await chat.streams(1)
    reply = chat.log.get_by_role("button", name="Radera mina uppgifter")
    await expect(reply).to_be_enabled()

    chat.edge.spend(chat.edge.only, "Radera mina uppgifter")

    await expect(reply).to_be_disabled()
    await expect(chat.log.get_by_role("button", name="Sluta skicka reklam")).to_be_enabled()


@both_sizes
async def test_a_quick_reply_is_said_once(chat: Chat) -> None:
    await chat.open()
    reply = chat.log.get_by_role("button", name="Radera mina uppgifter")

    await reply.dblclick()
    await expect(chat.bubbles("visitor")).to_have_text(["Radera mina uppgifter"])
    await expect(reply).to_be_disabled()
    assert await reply.evaluate("node => node.matches(':disabled')") is False  # the browser itself would swallow clicks
    await reply.evaluate("node => node.click()")
    await chat.ask("Hej")

    assert [message.get("button") for message in chat.edge.received] == ["token-Radera mina uppgifter", None]
    await expect(chat.log.get_by_role("button", name="Sluta skicka reklam")).to_be_enabled()
    await chat.page.reload()
    await expect(reply).to_be_disabled()


async def test_a_quick_reply_overtaken_elsewhere_is_refused_kindly(chat: Chat) -> None:
    await chat.open()
    chat.edge.only.messages[0]["buttons"][1]["used"] = True
    reply = chat.log.get_by_role("button", name="Radera mina uppgifter")

    await reply.click()

    await expect(chat.log.locator(".refused")).to_contain_text("Det valet är redan gjort.")
    await expect(reply).to_be_disabled()
    await chat.log.locator(".refused").get_by_role("button", name="Ta bort").click()
    await expect(chat.log.locator(".refused")).to_have_count(0)


async def test_what_the_server_refuses_is_explained_and_can_be_changed(chat: Chat) -> None:
    await chat.open()
    chat.edge.refuse = (422, "Det här är tyvärr för långt.")

    await chat.say("något otillåtet")
    refused = chat.log.locator(".refused")
    await expect(refused).to_contain_text("Inte skickat. Det här är tyvärr för långt.")
    await refused.get_by_role("button", name="Ändra").click()

    await expect(chat.input).to_have_value("något otillåtet")
    await expect(refused).to_have_count(0)
    assert chat.edge.received == []


async def test_what_was_refused_for_a_moment_can_be_sent_again(chat: Chat) -> None:
    await chat.open()
    chat.edge.refuse = (429, "Vänta 10 sekunder och försök igen.")

    await chat.say("Hej")
    await chat.log.locator(".refused").get_by_role("button", name="Försök igen").click()

    await expect(chat.bubbles("visitor")).to_have_text(["Hej"])
    await expect(chat.log.locator(".refused")).to_have_count(0)


@both_sizes
async def test_too_long_a_text_is_kept_and_explained_rather_than_cut(chat: Chat) -> None:
    await chat.open()
    text = "å" * 2001

    await chat.say(text)
    await expect(chat.panel.locator(".hint")).to_contain_text("2001 av 2000 tecken")
    await expect(chat.input).to_have_value(text)
    await expect(chat.input).to_have_attribute("aria-invalid", "true")

    await chat.say(text[1:])
    await expect(chat.bubbles("visitor")).to_have_text([text[1:]])


@both_sizes
async def test_hostile_strings_are_text_everywhere(chat: Chat) -> None:
    await chat.open()
    await chat.ask(f"fientlig {scenes.HOSTILE}")
    await expect(chat.bubbles("system")).to_have_count(1)

    shown = await chat.log.evaluate("log => log.textContent")
    # the visitor's text; the answer, its source (3), button and card (2); a person's text and name; a system message
    assert shown.count(scenes.HOSTILE) == 1 + 1 + 3 + 1 + 2 + 2 + 1
    assert await chat.log.locator("img, script, iframe, object, a[href^='javascript']").count() == 0
    await chat.log.locator("summary").first.click()
    assert await chat.page.evaluate("window.hacked") is None


async def test_addresses_become_links_and_nothing_else_does(chat: Chat) -> None:
    await chat.open()
    await chat.ask("adresser, även min: https://example.se och a@example.se")

    links = chat.log.locator(".text a")
    assert [await link.get_attribute("href") for link in await links.all()] == [
        "https://www.imy.se/privatperson/",
        "mailto:dataskydd@talenom.se",
    ]
    await expect(chat.bubbles("bot").last).to_have_text(
        "Läs https://www.imy.se/privatperson/. Eller skriv till dataskydd@talenom.se."
    )


@both_sizes
async def test_reading_further_up_is_not_disturbed_by_what_is_new(chat: Chat) -> None:
    await chat.open()
    for number in range(12):
        chat.edge.say(chat.edge.only, "bot", f"Rad {number}\n\n\n")
    await expect(chat.bubbles("bot")).to_have_count(13)
    await chat.log.evaluate("log => log.scrollTo(0, 0)")
    await chat.page.wait_for_timeout(100)

    chat.edge.say(chat.edge.only, "bot", "Något nytt")

    to_end = chat.panel.get_by_role("button", name="Nya meddelanden")
    await to_end.wait_for()
    assert await chat.log.evaluate("log => log.scrollTop") == 0
    await to_end.click()
    await expect(chat.bubbles("bot").last).to_be_in_viewport()
    await expect(to_end).to_be_hidden()


async def test_an_older_message_carries_its_day(chat: Chat) -> None:
    await chat.open()
    await chat.ask("äldre")

    await expect(chat.log.locator("li.day")).to_have_text(["måndag 5 januari"])


async def test_the_visitor_can_keep_a_copy(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hur länge sparas inspelade samtal?")
    await chat.panel.get_by_label("Mer").click()
    await chat.panel.get_by_role("button", name="Kopiera samtalet").click()
    copied = await _clipboard(chat)
    await chat.panel.get_by_label("Mer").click()
    async with chat.page.expect_download() as download:
        await chat.panel.get_by_role("button", name="Spara samtalet som text").click()

    saved = (await (await download.value).path()).read_text(encoding="utf-8")
    assert saved == copied
    assert all(part in saved for part in ("Hur länge sparas inspelade samtal?", scenes.QUOTE, "2026-11-23"))


async def _clipboard(chat: Chat) -> str:
    await expect(chat.live_region).to_contain_text("Kopierat")
    return str(await chat.page.evaluate("navigator.clipboard.readText()"))
