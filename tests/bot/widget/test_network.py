"""Bad networks: whatever breaks, a message is said once, the visitor knows how things stand, and nothing is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.bot.fake_rasa import Told
from tests.bot.widget.conftest import Chat, watch
from tests.bot.widget.real_edge import real_edge
from tests.bot.widget.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_what_is_written_offline_is_sent_once_when_the_network_is_back(chat: Chat) -> None:
    await chat.open()
    await chat.ask("före")
    await chat.page.context.set_offline(True)

    await chat.say("under")
    await chat.say("fortfarande")
    await expect(chat.panel.locator(".notice:not([hidden])")).to_have_text(
        ["Ingen internetanslutning. Det du skriver skickas så fort den är tillbaka."]
    )
    await expect(chat.log.locator(".waiting, .sending")).to_have_count(2)
    chat.edge.say(chat.edge.only, "officer", "svar under tiden", sender_name="Anna Lind")
    assert [message["text"] for message in chat.edge.received] == ["före"]

    await chat.page.context.set_offline(False)
    await expect(chat.bubbles("visitor")).to_have_text(["före", "under", "fortfarande"])
    await expect(chat.bubbles("officer")).to_have_text(["svar under tiden"])
    await expect(chat.log.locator(".waiting, .sending")).to_have_count(0)
    await expect(chat.panel.locator(".notice.link")).to_be_hidden()
    assert [message["text"] for message in chat.edge.received] == ["före", "under", "fortfarande"]


async def test_a_message_whose_answer_was_lost_is_not_said_twice(chat: Chat) -> None:
    await chat.open()
    chat.edge.lose_answers = 2

    await chat.ask("viktigt")
    await _quiet(chat)

    await expect(chat.bubbles("visitor")).to_have_text(["viktigt"])
    await expect(chat.bubbles("bot")).to_have_count(2)
    assert len({message["client_id"] for message in chat.edge.received}) == 1


async def test_a_message_whose_answer_is_lost_while_all_else_is_down_is_sent_again_as_the_same(chat: Chat) -> None:
    await chat.open()
    chat.edge.lose_answers = 1
    chat.edge.only_messages_work = True
    chat.edge.drop_streams()

    await chat.say("viktigt")
    await expect(chat.log.locator(".unsent .message")).to_have_count(0)
    chat.edge.only_messages_work = False

    await expect(chat.bubbles("bot").last).to_have_text("Du skrev: viktigt")
    await expect(chat.bubbles("visitor")).to_have_text(["viktigt"])
    assert len(chat.edge.received) == 2
    assert len({message["client_id"] for message in chat.edge.received}) == 1


async def test_an_unsent_message_survives_a_reload_and_is_said_once(chat: Chat) -> None:
    await chat.open()
    chat.edge.down = True
    await chat.say("överlever")
    await expect(chat.log.locator(".waiting")).to_have_count(1)

    await chat.page.reload()
    await expect(chat.log.locator(".waiting, .sending")).to_contain_text("överlever")
    chat.edge.down = False

    await expect(chat.bubbles("bot").last).to_have_text("Du skrev: överlever")
    await expect(chat.bubbles("visitor")).to_have_text(["överlever"])
    assert len(chat.edge.received) == 1


async def test_a_restarted_server_is_found_again_and_what_was_said_meanwhile_arrives(chat: Chat) -> None:
    await chat.open()
    chat.edge.down = True
    chat.edge.drop_streams()
    await expect(chat.panel.locator(".notice.link")).to_have_text("Återansluter …")
    await expect(chat.live_region).to_contain_text("Återansluter …")
    chat.edge.say(chat.edge.only, "bot", "sagt under avbrottet")

    chat.edge.down = False

    await expect(chat.bubbles("bot").last).to_have_text("sagt under avbrottet")
    await expect(chat.bubbles("bot")).to_have_count(2)
    await expect(chat.panel.locator(".notice.link")).to_be_hidden()
    await expect(chat.live_region).to_contain_text("Ansluten igen.")


async def test_a_short_break_is_healed_without_a_word(chat: Chat) -> None:
    await chat.open()
    await chat.streams(1)
    chat.edge.drop_streams()
    await chat.streams(0)
    await chat.streams(1)

    await chat.ask("Hej")
    assert "Återansluter" not in await chat.announced()


async def test_resuming_asks_only_for_what_comes_after_the_last_message(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hej")
    last = chat.edge.only.messages[-1]["id"]
    await chat.streams(1)

    async with chat.page.expect_request("**/chat/stream**") as request:
        chat.edge.drop_streams()

    assert (await request.value).url.endswith(f"?after={last}")


async def test_a_server_that_never_answers_is_said_plainly_and_tried_again_on_request(chat: Chat) -> None:
    chat.edge.down = True
    await chat.page.goto(chat.url)
    await chat.launcher.click()
    unreachable = chat.panel.locator(".notice.link")
    await expect(unreachable).to_contain_text("Chatten svarar inte just nu.", timeout=20_000)

    chat.edge.down = False
    await unreachable.get_by_role("button", name="Försök nu").click()

    await expect(chat.bubbles("bot")).to_have_count(1)
    await expect(unreachable).to_be_hidden()


async def test_a_session_that_ended_begins_anew_and_keeps_what_was_being_said(chat: Chat) -> None:
    await chat.open()
    await chat.ask("gammalt")
    chat.edge.conversations.clear()

    await chat.say("nytt")

    await expect(chat.bubbles("visitor")).to_have_text(["nytt"])
    await expect(chat.bubbles("bot").last).to_have_text("Du skrev: nytt")
    assert await chat.log.get_by_text("gammalt").count() == 0


async def test_a_stream_that_falls_silent_is_replaced(chat: Chat) -> None:
    await chat.page.clock.install()
    await chat.open()
    await chat.streams(1)
    [silent] = chat.edge.only.streams

    await chat.page.clock.run_for(60_000)  # no heartbeat within it, as the page sees time

    async with asyncio.timeout(5):
        while chat.edge.only.streams in ([silent], []):
            await chat.page.clock.run_for(500)
    await chat.page.clock.resume()
    await chat.ask("Hej")


async def test_a_page_that_nobody_looks_at_gives_its_stream_back(chat: Chat) -> None:
    await chat.page.clock.install()
    await chat.open()
    await chat.streams(1)

    await _look(chat, away=True)
    await chat.page.clock.run_for(61_000)
    await chat.streams(0)
    chat.edge.say(chat.edge.only, "bot", "sagt medan du var borta")
    await _look(chat, away=False)

    await expect(chat.bubbles("bot").last).to_have_text("sagt medan du var borta")


async def test_a_page_that_waits_for_a_person_keeps_its_stream(chat: Chat) -> None:
    await chat.page.clock.install()
    await chat.open()
    chat.edge.change_state(chat.edge.only, "waiting", queue=1)
    await expect(chat.panel.locator(".queue")).to_be_visible()
    [stream] = chat.edge.only.streams

    await _look(chat, away=True)
    for _ in range(7):
        chat.edge.push(chat.edge.only, "typing", {"active": False})  # something is heard, as with heartbeats
        await asyncio.sleep(0.05)
        await chat.page.clock.run_for(10_000)

    assert chat.edge.only.streams == [stream]


async def _look(chat: Chat, *, away: bool) -> None:
    await chat.page.evaluate(
        """away => {
          Object.defineProperty(document, "hidden", { value: away, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )


async def _quiet(chat: Chat) -> None:
    """Long enough for a second try to have come."""
    await chat.page.wait_for_timeout(2_500)


@pytest.mark.database
async def test_the_edge_s_own_process_is_killed_under_a_conversation_and_started_again(
    context: BrowserContext, database_url: str, tmp_path: Path
) -> None:
    """Killed while the bot answers; more is written meanwhile. All is said once, and what was typed is kept."""
    async with real_edge(database_url, tmp_path) as edge:
        visitor, errors = Visitor(await context.new_page(), edge.url), []
        watch(visitor.page, errors)
        await visitor.open()
        await visitor.ask("före")
        heard, released = asyncio.Event(), asyncio.Event()

        async def hold(told: Told) -> None:
            if told.text == "mitt i":
                heard.set()
                await released.wait()

        edge.rasa.before = hold
        await visitor.say("mitt i")
        await heard.wait()

        await edge.kill()
        await expect(visitor.panel.locator(".notice.link")).to_have_text("Återansluter …")
        await expect(visitor.live_region).to_contain_text("Återansluter …")
        await visitor.say("medan den var nere")
        await expect(visitor.log.locator(".waiting, .sending")).to_contain_text("medan den var nere")
        await visitor.input.fill("halvskrivet")
        released.set()
        await edge.start()

        await expect(visitor.bubbles("bot").last).to_have_text("svar på medan den var nere", timeout=20_000)
        await expect(visitor.panel.locator(".notice.link")).to_be_hidden()
        assert await visitor.bubbles("visitor").all_inner_texts() == ["före", "mitt i", "medan den var nere"]
        assert (await visitor.bubbles("bot").all_inner_texts())[1:] == [
            "svar på före",
            "svar på mitt i",
            "svar på medan den var nere",
        ]
        await expect(visitor.input).to_have_value("halvskrivet")
        assert [text for text in edge.rasa.texts() if not text.startswith("EXTERNAL_")] == [
            "före",
            "mitt i",
            "medan den var nere",
        ]
        assert errors == []
