"""What is the visitor's own: a copy on paper, deleting it all, saying whether it helped, time to think."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.bot.widget import scenes
from tests.bot.widget.conftest import Chat, both_sizes, watch

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

QUESTION = "Hur länge sparas inspelade samtal?"


# On paper


async def test_the_conversation_can_be_printed_without_the_page_around_it(chat: Chat) -> None:
    await chat.page.context.add_init_script("window.print = () => (window.printed = true)")
    await chat.open()
    await chat.ask(QUESTION)
    async with chat.page.context.expect_page() as opened:
        await _choose(chat, "Skriv ut samtalet")
    paper: Page = await opened.value

    await expect(paper.locator("body")).to_contain_text(QUESTION)
    await expect(paper.locator("body")).to_contain_text(scenes.QUOTE)
    await expect(paper.locator("body")).not_to_contain_text("Bokföringen")
    assert await paper.evaluate("window.printed") is True


# Deleting


@both_sizes
async def test_deleting_says_what_goes_and_what_stays_and_begins_anew(chat: Chat) -> None:
    await chat.open()
    await chat.ask("en hemlig sak")
    old = chat.edge.only
    await _choose(chat, "Radera konversationen")
    dialog = chat.page.get_by_role("dialog", name="Radera konversationen?")
    await expect(dialog).to_contain_text("Ärenden som redan har fått ett nummer finns kvar")
    await chat.check_accessibility()
    await chat.picture(f"{'phone' if await _is_small(chat) else 'desk'}-light-delete")

    await dialog.get_by_role("button", name="Radera konversationen").click()

    await expect(dialog).to_be_hidden()
    await expect(chat.log.locator(".text")).to_have_text([scenes.WELCOME["text"]])
    await expect(chat.panel.get_by_text("Konversationen är raderad.")).to_be_visible()
    await expect(chat.live_region).to_contain_text("Konversationen är raderad.")
    assert chat.edge.only is not old
    await chat.ask("Hej")
    await expect(chat.panel.get_by_text("Konversationen är raderad.")).to_be_hidden()
    await chat.page.reload()
    await expect(chat.bubbles("visitor")).to_have_text(["Hej"])


async def test_one_can_think_better_of_it_by_keyboard(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hej")
    await _choose(chat, "Radera konversationen")
    await expect(chat.page.get_by_role("button", name="Behåll den")).to_be_focused()

    await chat.page.keyboard.press("Escape")

    await expect(chat.page.get_by_role("dialog", name="Radera konversationen?")).to_be_hidden()
    await expect(chat.panel).to_be_visible()
    await expect(chat.bubbles("visitor")).to_have_text(["Hej"])


async def test_a_deletion_that_fails_is_said_and_deletes_nothing(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hej")
    chat.edge.down = True
    await _choose(chat, "Radera konversationen")
    dialog = chat.page.get_by_role("dialog", name="Radera konversationen?")
    await dialog.get_by_role("button", name="Radera konversationen").click()

    await expect(dialog).to_contain_text("Det gick inte att radera just nu.")
    await dialog.get_by_role("button", name="Behåll den").click()
    await expect(chat.bubbles("visitor")).to_have_text(["Hej"])


async def test_another_tab_forgets_what_was_deleted_here(chat: Chat) -> None:
    await chat.open()
    await chat.ask("en hemlig sak")
    other = Chat(await chat.page.context.new_page(), chat.url, chat.edge, [])
    watch(other.page, chat.errors)
    await other.open()
    await expect(other.bubbles("visitor")).to_have_text(["en hemlig sak"])

    await _choose(chat, "Radera konversationen")
    await chat.page.get_by_role("dialog").get_by_role("button", name="Radera konversationen").click()

    await expect(other.bubbles("visitor")).to_have_count(0)
    await expect(other.panel.get_by_text("Den förra konversationen är avslutad.")).to_be_visible()


# Whether it helped


@both_sizes
async def test_an_answer_from_the_policy_can_be_said_to_have_helped_once(chat: Chat) -> None:
    await chat.open()
    await chat.ask(QUESTION)
    asked = _feedback(chat)
    await asked.get_by_role("button", name="Ja").click()

    await expect(asked).to_have_text("Tack, då vet vi det.")
    await expect(asked.locator("p")).to_be_focused()
    answer = chat.edge.only.messages[-1]["id"]
    assert chat.edge.judged == [{"message_id": answer, "verdict": "helped"}]
    await chat.page.reload()
    await expect(chat.bubbles("bot")).to_have_count(2)
    await expect(_feedback(chat)).to_have_count(0)


@both_sizes
async def test_why_it_did_not_help_is_a_choice_and_never_words(chat: Chat) -> None:
    await chat.open()
    await chat.ask(QUESTION)
    asked = _feedback(chat)
    await asked.get_by_role("button", name="Nej").focus()
    await chat.page.keyboard.press("Enter")
    await expect(asked.locator("p")).to_be_focused()
    await expect(asked.locator("p")).to_have_text("Vad var det som inte stämde?")
    await chat.check_accessibility()
    await chat.picture(f"{'phone' if await _is_small(chat) else 'desk'}-light-why-not")
    await chat.page.keyboard.press("Tab")
    await chat.page.keyboard.press("Enter")

    await expect(asked).to_have_text("Tack, då vet vi det.")
    assert [(given["verdict"], given.get("reason")) for given in chat.edge.judged] == [
        ("not_helped", None),
        ("not_helped", "not_my_question"),
    ]


async def test_only_what_quotes_the_policy_is_asked_about_and_only_while_it_is_the_latest(chat: Chat) -> None:
    await chat.open()
    await expect(_feedback(chat)).to_have_count(0)
    await chat.ask(QUESTION)
    await expect(_feedback(chat)).to_be_visible()
    await chat.ask("Hej")

    await expect(_feedback(chat)).to_be_hidden()


async def test_a_verdict_that_was_not_taken_can_be_given_again(chat: Chat) -> None:
    await chat.open()
    await chat.ask(QUESTION)
    chat.edge.refuse = (429, "Vänta 10 sekunder och försök igen.")
    await _feedback(chat).get_by_role("button", name="Ja").click()
    await expect(_feedback(chat)).to_contain_text("Vänta 10 sekunder")
    await _feedback(chat).get_by_role("button", name="Ja").click()

    await expect(_feedback(chat)).to_have_text("Tack, då vet vi det.")
    assert len(chat.edge.judged) == 1


# Time


async def test_an_end_is_announced_in_time_and_can_be_put_off(chat: Chat) -> None:
    chat.edge.ends_in_s = 3600
    await chat.page.clock.install()
    await chat.open()
    stay = chat.panel.get_by_role("button", name="Jag är kvar")
    await _let_pass(chat, minutes=29)
    await expect(stay).to_have_count(0)
    for _ in range(7):  # an announcement stands for 15 s, so the last minute passes more slowly
        if not await stay.count():
            await _let_pass(chat, seconds=10)

    await expect(chat.panel.locator(".notices")).to_contain_text("Konversationen avslutas klockan")
    await expect(chat.live_region).to_contain_text("Konversationen avslutas klockan")
    await chat.check_accessibility()
    await stay.click()
    await expect(stay).to_be_hidden()
    await _let_pass(chat, minutes=20)
    await expect(stay).to_be_hidden()


async def test_who_writes_is_there(chat: Chat) -> None:
    chat.edge.ends_in_s = 3600
    await chat.page.clock.install()
    await chat.open()
    await _let_pass(chat, minutes=31)
    await expect(chat.panel.get_by_role("button", name="Jag är kvar")).to_be_visible()

    await chat.say("Jag funderade bara")

    await expect(chat.panel.get_by_role("button", name="Jag är kvar")).to_be_hidden()


async def test_when_it_has_ended_nothing_of_it_is_left_on_the_screen_and_that_is_said(chat: Chat) -> None:
    await chat.open()
    await chat.ask("en hemlig sak")
    chat.edge.drop_streams()
    chat.edge.conversations.clear()

    await expect(chat.panel.get_by_text("Den förra konversationen är avslutad.")).to_be_visible()
    await expect(chat.bubbles("visitor")).to_have_count(0)


async def _choose(chat: Chat, item: str) -> None:
    await chat.panel.get_by_label("Mer").click()
    await chat.panel.locator(".menu").get_by_role("button", name=item).click()


async def _let_pass(chat: Chat, *, minutes: int = 0, seconds: int = 0) -> None:
    """Time passes, and something is heard of the server all the while, as with heartbeats."""
    left = minutes * 60 + seconds
    while left > 0:
        chat.edge.push(chat.edge.only, "typing", {"active": False})
        await chat.page.wait_for_timeout(10)
        await chat.page.clock.run_for(1_000 * min(30, left))
        left -= 30


async def _is_small(chat: Chat) -> bool:
    return bool(await chat.page.evaluate("innerWidth < 600"))


def _feedback(chat: Chat) -> Locator:
    return chat.log.locator(".feedback")
