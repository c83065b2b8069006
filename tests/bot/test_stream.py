"""The live stream over a real socket: told at once, resumable, and from any replica."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from bot.app import create_app
from bot.client import AskClient
from bot.config import Limits
from bot.errors import AskError
from bot.tables import ConversationRow
from foundation.database import create_engine
from tests.bot.fake_rasa import TOKEN, FakeRasa, says
from tests.bot.server import address, free_port, served
from tests.bot.visitor import NOTHING_MORE

pytestmark = pytest.mark.database

REASON = {"reason": "asked_for_person", "summary": "x"}


class Browser:
    """A browser that listens."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def open(self) -> dict[str, Any]:
        response = await self.http.post("/chat/session")
        response.raise_for_status()
        session: dict[str, Any] = response.json()
        return session

    async def say(self, text: str) -> dict[str, Any]:
        response = await self.http.post("/chat/messages", json={"client_id": str(uuid4()), "text": text})
        assert response.status_code == 202
        message: dict[str, Any] = response.json()["message"]
        return message

    @contextlib.asynccontextmanager
    async def listening(self, *, after: int = 0, **headers: str) -> AsyncIterator[Events]:
        async with self.http.stream("GET", "/chat/stream", params={"after": after}, headers=headers) as response:
            assert response.status_code == 200
            yield Events(response)


class Events:
    """The events of a stream, one at a time."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.headers = response.headers
        self.ids: list[int] = []
        self.heartbeats = 0

    async def next(self, *names: str) -> dict[str, Any]:
        """Return the data of the next event with one of ``names``."""
        name = ""
        async with asyncio.timeout(15):
            async for line in self._lines:
                field, _, value = line.partition(": ")
                if field == "id":
                    self.ids.append(int(value))
                elif field == "event":
                    name = value
                elif field == "data" and name in names:
                    data: dict[str, Any] = json.loads(value)
                    return data
                elif line.startswith(":"):
                    self.heartbeats += 1
        raise AssertionError("the stream ended")

    async def text(self) -> str:
        return str((await self.next("message"))["text"])


@pytest.fixture
async def base_url(bot_config, rasa: FakeRasa) -> AsyncIterator[str]:
    listener = free_port()
    config = replace(bot_config, public_url=address(listener))
    async with served(create_app(config, rasa_transport=rasa.transport()), listener) as url:
        yield url


@pytest.fixture
async def browser(base_url: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=base_url, headers={"Origin": base_url}) as http:
        yield Browser(http)


def internal(base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{base_url}/internal/v1", headers={"Authorization": f"Bearer {TOKEN}"})


async def test_what_is_said_is_heard_at_once_with_typing_before_and_the_turn_after(browser: Browser, rasa: FakeRasa):
    release = asyncio.Event()

    async def hold(told: Any) -> None:
        if told.kind == "text":
            await release.wait()

    rasa.before = hold
    await browser.open()
    async with browser.listening() as events:
        assert await events.text() == "event EXTERNAL_conversation_started"
        while (await events.next("typing"))["active"]:
            pass

        own = await browser.say("hej")
        assert await events.text() == "hej"
        assert (await events.next("typing")) == {"active": True}
        release.set()
        assert await events.text() == "svar på hej"
        turn = await events.next("turn")

        assert turn["message_id"] == own["id"]
        assert turn["intent"] == "policy_test"
        assert turn["messages"] == [events.ids[-1]]
        assert turn["latency_ms"] > 0
        assert (await events.next("typing")) == {"active": False}


async def test_a_stream_is_not_kept_by_anybody_on_the_way(browser: Browser):
    await browser.open()
    async with browser.listening() as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        assert events.headers["cache-control"] == "no-store"
        assert events.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in events.headers  # httpx would have taken it compressed


async def test_after_an_interruption_nothing_is_lost_and_nothing_doubled(browser: Browser):
    await browser.open()
    heard: list[int] = []
    for text in ("ett", "två", "tre"):
        await browser.say(text)
        async with browser.listening(**({"Last-Event-ID": str(heard[-1])} if heard else {})) as events:
            while await events.text() != f"svar på {text}":
                pass
            heard += events.ids

    session = await browser.open()
    assert heard == [message["id"] for message in session["messages"]]
    assert len(heard) == len(set(heard)) == 7


async def test_an_open_tab_is_told_which_buttons_are_spent(browser: Browser, rasa: FakeRasa):
    rasa.answers["klar?"] = [says("Stämmer det?", buttons=[{"title": "Ja", "payload": "/affirm"}])]
    await browser.open()
    async with browser.listening() as events:
        await browser.say("klar?")
        while not (asked := await events.next("message"))["buttons"]:
            pass
        await browser.say("Hej")

        told = await events.next("buttons")

    assert told["tokens"] == [button["token"] for button in asked["buttons"]]


async def test_the_stream_of_a_deleted_conversation_ends(browser: Browser):
    await browser.open()
    async with browser.listening() as events:
        await events.next("state")
        await browser.http.delete("/chat/conversation")
        with pytest.raises(AssertionError, match="ended"):
            await events.next("nothing of that name")


async def test_only_messages_carry_an_id(browser: Browser):
    await browser.open()
    await browser.say("hej")
    async with browser.listening() as events:
        while await events.text() != "svar på hej":
            pass
    async with browser.listening() as events:
        await events.next("turn")
        seen = len(events.ids)
        await events.next("state")

        assert len(events.ids) == seen == 3


async def test_a_quiet_stream_has_a_heartbeat(bot_config, rasa: FakeRasa):
    listener = free_port()
    config = replace(bot_config, public_url=address(listener), heartbeat_s=0.05)
    async with (
        served(create_app(config, rasa_transport=rasa.transport()), listener) as url,
        httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http,
    ):
        browser = Browser(http)
        await browser.open()
        async with browser.listening() as events:
            await events.text()
            await asyncio.sleep(0.3)
            await browser.say("hej")
            await events.next("turn")

            assert events.heartbeats >= 2


async def test_the_stream_of_one_replica_tells_what_happened_on_another(bot_config, rasa: FakeRasa):
    one, other = free_port(), free_port()
    config = replace(bot_config, public_url=address(one))
    async with (
        served(create_app(config, rasa_transport=rasa.transport()), one) as url,
        served(create_app(config, rasa_transport=rasa.transport()), other) as other_url,
        httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http,
    ):
        browser = Browser(http)
        await browser.open()
        async with browser.listening() as events:
            await events.text()
            async with httpx.AsyncClient(
                base_url=other_url, headers={"Origin": url}, cookies=http.cookies
            ) as elsewhere:
                await Browser(elsewhere).say("hej")
            assert await events.text() == "hej"
            assert await events.text() == "svar på hej"


async def test_a_person_and_a_visitor_read_each_other_live(browser: Browser, base_url: str, database_url: str):
    await browser.open()
    async with internal(base_url) as staff, browser.listening() as events:
        await events.text()
        conversation_id = await only_conversation(database_url)
        await staff.post(f"/conversations/{conversation_id}/handoff", json=REASON)
        while (state := await events.next("state"))["state"] == "bot":
            pass
        assert state == {"state": "waiting", "queue_position": 1, **NOTHING_MORE}

        async with staff.stream("GET", f"/conversations/{conversation_id}/stream") as response:
            seen_by_staff = Events(response)
            anna = {"officer_id": "7", "officer_name": "Anna"}
            await staff.post(f"/conversations/{conversation_id}/claim", json=anna)
            assert (await events.next("state"))["officer_name"] == "Anna"
            said = {**anna, "text": "Hej, jag är Anna", "client_id": str(uuid4())}
            await staff.post(f"/conversations/{conversation_id}/messages", json=said)
            assert await events.text() == "Hej, jag är Anna"

            await browser.say("Hej Anna")
            while await seen_by_staff.text() != "Hej Anna":
                pass


async def only_conversation(database_url: str) -> str:
    """Return the id of the one conversation there is; the browser never learns it."""
    engine = create_engine(database_url)
    async with engine.connect() as connection:
        found: str = await connection.scalar(select(ConversationRow.id))
    await engine.dispose()
    return found


async def test_a_session_has_only_so_many_streams(bot_config, rasa: FakeRasa):
    listener = free_port()
    config = replace(bot_config, public_url=address(listener), limits=Limits(streams_per_session=2))
    async with (
        served(create_app(config, rasa_transport=rasa.transport()), listener) as url,
        httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http,
    ):
        browser = Browser(http)
        await browser.open()
        async with browser.listening() as one:
            await one.text()
            async with browser.listening() as two:
                await two.text()
                third = await http.get("/chat/stream")
                assert third.status_code == 429
            for _ in range(100):  # the server notices the closed connection in its own time
                async with http.stream("GET", "/chat/stream") as response:
                    if response.status_code == 200:
                        break
                await asyncio.sleep(0.02)
            else:
                raise AssertionError("a closed stream is still counted")


# The client of insyn ask


async def test_a_question_gets_its_own_answer_whole(base_url: str, rasa: FakeRasa):
    citation = {"section": "Kakor", "quote": "Vi använder kakor", "policy_version": "1", "anchor": "kakor"}
    rasa.answers["kakor?"] = [
        says("Ja.", custom={"citations": [citation]}),
        says("Vill du veta mer?", buttons=[{"title": "Mer", "payload": "/policy_x"}]),
    ]
    async with AskClient(base_url) as client:
        answer = await client.ask("kakor?")

    assert [message["text"] for message in client.greeting] == ["event EXTERNAL_conversation_started"]
    assert (answer.q, answer.intent, answer.confidence) == ("kakor?", "policy_test", 0.93)
    assert answer.text == "Ja.\nVill du veta mer?"
    assert answer.citations == [citation]
    assert answer.buttons == ["Mer"]
    assert answer.latency_ms > 0


async def test_several_texts_are_one_conversation_and_buttons_can_be_pressed(base_url: str, rasa: FakeRasa):
    rasa.answers["radera"] = [says("Stämmer det?", buttons=[{"title": "Ja", "payload": "/affirm"}])]
    async with AskClient(base_url) as client:
        assert (await client.ask(["hej", "radera"])).text == "Stämmer det?"
        await client.press("Ja")

    assert rasa.texts()[1:] == ["hej", "radera", "/affirm"]
    assert len({told.sender for told in rasa.done}) == 1


async def test_many_conversations_at_once_do_not_mix(base_url: str):
    async def one(number: int) -> tuple[str, str]:
        async with AskClient(base_url, service_token=TOKEN) as client:
            return f"svar på fråga {number}", (await client.ask(f"fråga {number}")).text

    pairs = await asyncio.gather(*(one(number) for number in range(12)))

    assert all(expected == said for expected, said in pairs)


async def test_a_refusal_is_an_error_that_says_why(base_url: str):
    async with AskClient(base_url) as client:
        with pytest.raises(AskError, match="422"):
            await client.ask("   ")


async def test_an_edge_that_is_not_there_is_an_error_of_ours():
    with pytest.raises(AskError):
        async with AskClient("http://127.0.0.1:9"):
            pass
