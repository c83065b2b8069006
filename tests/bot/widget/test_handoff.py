"""To a person and back, as the visitor sees it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.config import ROOT
from foundation.yaml_files import read_yaml
from tests.bot.widget.conftest import Chat, both_sizes

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_the_place_in_the_queue_is_shown_and_follows(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Jag vill prata med en människa")
    queue = chat.panel.locator(".queue")
    await expect(queue).to_contain_text("Plats 3 i kön")
    await expect(chat.live_region).to_contain_text("Plats 3 i kön")

    chat.edge.change_state(chat.edge.only, "waiting", queue=1)
    await expect(queue).to_contain_text("Du står först i kön")


async def test_how_long_it_may_take_stands_in_the_state_line_and_only_a_move_is_read_aloud(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Jag vill prata med en människa")
    queue = chat.panel.locator(".queue")
    chat.edge.change_state(chat.edge.only, "waiting", queue=2, expected_wait_minutes=4)
    await expect(queue).to_contain_text(
        "Plats 2 i kön till en handläggare. De som fick svar senast väntade ungefär 4 min."
    )

    chat.edge.change_state(chat.edge.only, "waiting", queue=2, expected_wait_minutes=7)
    await expect(queue).to_contain_text("ungefär 7 min.")
    assert "7 min" not in await chat.announced()

    chat.edge.change_state(chat.edge.only, "waiting", queue=1, opens="måndagen den 30 november 2026 klockan 08.00")
    await expect(queue).to_contain_text("Nästa gång är måndagen den 30 november 2026 klockan 08.00.")
    await expect(chat.live_region).to_contain_text("Nästa gång är måndagen den 30 november")


async def test_waiting_can_be_given_up(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Jag vill prata med en människa")
    await chat.panel.locator(".queue").get_by_role("button", name="Avbryt").click()

    await expect(chat.bubbles("visitor")).to_have_count(2)
    said = chat.edge.received[-1]["text"]
    words = read_yaml(ROOT / "data" / "responses" / "edge.yml")
    assert said in words["edge_cancel_waiting_words"]  # what the edge takes as leaving the queue
    chat.edge.change_state(chat.edge.only, "bot")
    await expect(chat.panel.locator(".queue")).to_be_hidden()


@both_sizes
async def test_a_person_answers_live_under_their_name_and_hands_back(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Jag vill prata med en människa")
    conversation = chat.edge.only

    chat.edge.change_state(conversation, "human", officer="Anna Lind")
    await expect(chat.panel.locator(".header")).to_contain_text("Du pratar med Anna Lind")
    await expect(chat.panel.locator(".queue")).to_be_hidden()
    chat.edge.push(conversation, "typing", {"active": True})
    await expect(chat.log.locator(".typing")).to_have_text("Anna Lind skriver")
    chat.edge.say(conversation, "officer", "Hej, det är Anna.", sender_name="Anna Lind")
    await expect(chat.log.locator(".officer .sender")).to_have_text(["Anna Lind, handläggare"])
    await expect(chat.live_region).to_contain_text("Anna Lind, handläggare: Hej, det är Anna.")

    await chat.say("Tack!")
    await expect(chat.bubbles("visitor").last).to_have_text("Tack!")
    chat.edge.change_state(conversation, "bot")
    await expect(chat.panel.locator(".header")).to_contain_text("Assistenten, en bot")
    await expect(chat.live_region).to_contain_text("Nu svarar assistenten igen.")


async def test_a_person_who_answers_while_the_chat_is_closed_is_noticed(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Jag vill prata med en människa")
    await chat.page.keyboard.press("Escape")

    chat.edge.change_state(chat.edge.only, "human", officer="Anna Lind")
    chat.edge.say(chat.edge.only, "officer", "Är du kvar?", sender_name="Anna Lind")
    await expect(chat.launcher.locator(".badge")).to_contain_text("1 nytt meddelande")
    await expect(chat.live_region).to_contain_text("Nytt meddelande i chatten.")
    await expect(chat.live_region).not_to_contain_text("Är du kvar?")

    await chat.launcher.click()
    await expect(chat.bubbles("officer")).to_be_in_viewport()
    await expect(chat.panel.locator(".header")).to_contain_text("Du pratar med Anna Lind")
