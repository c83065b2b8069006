"""The handoff queue and conversations, beside a chat edge that is served for real."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from cases.console import texts
from cases.console.accounts import set_disabled
from tests.cases.console.fake_edge import CITATION

pytestmark = pytest.mark.database

QUEUE = "/console/handoffs"
BACKGROUND = {"Insyn-Background": "1"}


def address(conversation) -> str:
    return f"{QUEUE}/{conversation.id}"


@pytest.fixture
def waiting(edge, clock):
    """A visitor who has waited three minutes."""
    return edge.visitor_waits(since=clock() - timedelta(minutes=3), identity_level=2)


@pytest.fixture
async def held(waiting, annas_browser):
    """The same visitor, whom Anna has taken; her browser shows the conversation."""
    await annas_browser.open(address(waiting))
    await annas_browser.send(f"{address(waiting)}/claim")
    return waiting


class TestTheQueue:
    async def test_it_says_who_waits_how_long_why_and_how_well_known_they_are(self, annas_browser, waiting):
        await annas_browser.open(QUEUE)

        [line] = annas_browser.find("//li[contains(@class, 'queue-line')]")
        said = line.text_content()
        assert waiting.summary in said
        assert "Har väntat 3 min" in said
        assert waiting.reason in said
        assert texts.IDENTITY_LEVELS[2] in said

    async def test_the_longest_wait_comes_first_and_is_marked(self, annas_browser, edge, waiting, clock):
        longer = edge.visitor_waits(since=clock() - timedelta(minutes=12), summary="Har väntat längst")

        await annas_browser.open(QUEUE)

        first, second = annas_browser.find("//li[contains(@class, 'queue-line')]")
        assert longer.summary in first.text_content()
        assert ("overdue" in first.get("class"), "overdue" in second.get("class")) == (True, False)

    async def test_what_colleagues_have_stands_apart_with_their_names(self, annas_browser, edge, held, clock):
        bos = edge.visitor_waits(since=clock(), summary="Bos samtal")
        bos.state, bos.officer = "human", {"id": "99", "name": "Bo Ek"}

        await annas_browser.open(QUEUE)

        lines = annas_browser.find("//section[@aria-labelledby='with-somebody']//li")
        assert ["Ditt samtal" in line.text_content() for line in lines] == [True, False]
        assert "Bo Ek" in lines[1].text_content()
        assert "Ingen väntar" in annas_browser.text

    async def test_the_list_alone_changes_only_when_something_has_changed(self, annas_browser, edge, waiting, clock):
        first = await annas_browser.open(f"{QUEUE}/list", **BACKGROUND)
        again = await annas_browser.open(f"{QUEUE}/list", **BACKGROUND, **{"If-None-Match": first.headers["etag"]})
        edge.visitor_waits(since=clock(), summary="En till")
        later = await annas_browser.open(f"{QUEUE}/list", **BACKGROUND, **{"If-None-Match": first.headers["etag"]})

        assert (first.status_code, again.status_code, later.status_code) == (200, 304, 200)
        assert (first.headers["insyn-waiting"], later.headers["insyn-waiting"]) == ("1", "2")
        assert "En till" in later.text
        assert "<html" not in later.text

    async def test_the_number_waiting_is_there_for_every_page(self, annas_browser, held, edge, clock):
        edge.visitor_waits(since=clock())

        answer = await annas_browser.open(f"{QUEUE}/waiting", **BACKGROUND)

        assert answer.json() == {"waiting": 1}

    async def test_what_visitors_and_the_assistant_say_is_text(self, annas_browser, edge, clock):
        edge.visitor_waits(since=clock(), summary="<script>alert(1)</script>", reason="<img src=x onerror=alert(1)>")

        await annas_browser.open(QUEUE)

        assert annas_browser.find("//main//script | //main//img") == []
        assert "<script>alert(1)</script>" in annas_browser.text

    async def test_without_the_chat_it_says_so_and_the_cases_still_work(self, annas_browser, edge, waiting):
        edge.is_down = True

        assert (await annas_browser.open(QUEUE)).status_code == 503
        assert texts.CHAT_UNAVAILABLE in annas_browser.text
        assert (await annas_browser.open(f"{QUEUE}/list", **BACKGROUND)).status_code == 503
        assert (await annas_browser.open(address(waiting))).status_code == 503
        assert (await annas_browser.open("/console/cases")).status_code == 200


class TestAConversation:
    async def test_it_shows_everything_that_was_said_with_its_sources(self, annas_browser, waiting):
        await annas_browser.open(address(waiting))

        bubbles = annas_browser.find("//ol[@id='transcript']/li")
        assert [bubble.get("class").split()[1] for bubble in bubbles] == ["visitor", "bot"]
        assert waiting.messages[0]["text"] in bubbles[0].text_content()
        source = bubbles[1].find(".//details").text_content()
        assert CITATION["quote"] in source
        assert CITATION["policy_version"] in source
        assert CITATION["quote"] in annas_browser.find("//section[@aria-labelledby='sources']")[0].text_content()

    async def test_what_was_said_is_text_and_nothing_else(self, annas_browser, edge, waiting, clock):
        nasty = "<script>alert(1)</script> & <img src=x onerror=alert(1)> {{ 7*7 }}"
        edge.say(waiting, "visitor", nasty, at=clock(), buttons=[{"token": "t", "title": nasty, "used": True}])
        edge.say(waiting, "bot", nasty, at=clock(), citations=[CITATION | {"section": nasty, "quote": nasty}])

        await annas_browser.open(address(waiting))

        assert annas_browser.find("//main//script | //main//img") == []
        assert nasty in annas_browser.find("//ol[@id='transcript']/li[3]/p[@class='text']/text()")
        assert "49" not in annas_browser.text

    async def test_a_receipt_leads_to_its_case(self, annas_browser, edge, waiting, clock):
        card = {"kind": "receipt", "reference": "AR-7K2M-Q94X", "due_on": "7 april 2026"}
        edge.say(waiting, "bot", "Klart!", at=clock(), card=card)

        await annas_browser.open(address(waiting))

        assert "Kvittens: ärende AR-7K2M-Q94X" in annas_browser.text
        assert annas_browser.find("//a[@href='/console/cases/AR-7K2M-Q94X']")

    async def test_nobody_answers_before_they_have_taken_it(self, annas_browser, waiting):
        await annas_browser.open(address(waiting))

        assert annas_browser.find("//form[@id='answer']") == []
        token = annas_browser.form(f"{address(waiting)}/claim")["form_token"]
        await annas_browser.post(
            f"{address(waiting)}/messages", {"form_token": token, "text": "Hej", "client_id": str(uuid4())}
        )
        assert annas_browser.answer.status_code == 409
        assert len(waiting.messages) == 2

    async def test_taking_it_tells_the_edge_who_answers(self, annas_browser, held, anna):
        assert held.officer == {"id": str(anna.id), "name": anna.display_name}
        assert texts.DONE["claimed"] in annas_browser.text
        assert annas_browser.find("//form[@id='answer']")

    async def test_a_colleague_was_faster(self, annas_browser, waiting):
        await annas_browser.open(address(waiting))
        waiting.state, waiting.officer = "human", {"id": "99", "name": "Bo Ek"}

        await annas_browser.send(f"{address(waiting)}/claim")

        assert annas_browser.answer.status_code == 409
        assert texts.CLAIMED_BY_ANOTHER.format(name="Bo Ek") in annas_browser.text
        assert annas_browser.find("//form[@id='answer']") == []
        assert waiting.officer["name"] == "Bo Ek"

    async def test_an_answer_reaches_the_visitor(self, annas_browser, held, anna):
        await annas_browser.send(f"{address(held)}/messages", text="Hej!\r\n<b>Vad</b> gäller det?")

        assert held.messages[-1] | {"id": 0, "created_at": ""} == {
            "id": 0,
            "client_id": None,
            "sender": "officer",
            "sender_name": anna.display_name,
            "text": "Hej!\n<b>Vad</b> gäller det?",
            "citations": [],
            "buttons": [],
            "card": None,
            "created_at": "",
        }
        last = annas_browser.find("//ol[@id='transcript']/li[last()]")[0].text_content()
        assert anna.display_name in last
        assert "<b>Vad</b>" in last

    async def test_the_same_answer_sent_twice_is_one_message(self, annas_browser, held):
        form = annas_browser.form(f"{address(held)}/messages") | {"text": "Hej"}

        for _ in range(2):
            await annas_browser.post(f"{address(held)}/messages", form)

        assert [message["text"] for message in held.messages].count("Hej") == 1

    async def test_two_answers_alike_are_two_messages(self, annas_browser, held):
        for _ in range(2):
            await annas_browser.send(f"{address(held)}/messages", text="Ett ögonblick")

        assert [message["text"] for message in held.messages].count("Ett ögonblick") == 2

    async def test_an_empty_answer_is_not_sent(self, annas_browser, held):
        await annas_browser.send(f"{address(held)}/messages", text=" \n ")

        assert annas_browser.answer.status_code == 422
        assert len(held.messages) == 2

    async def test_what_the_edge_refuses_is_told_in_its_words_and_kept(self, annas_browser, held):
        await annas_browser.send(f"{address(held)}/messages", text="Något förbjudet")

        assert annas_browser.answer.status_code == 422
        assert "Det ordet går inte att skicka." in annas_browser.text
        assert annas_browser.form(f"{address(held)}/messages")["text"] == "Något förbjudet"

    async def test_an_answer_after_a_colleague_took_over_is_kept_for_the_writer(self, annas_browser, held):
        form = annas_browser.form(f"{address(held)}/messages")
        held.officer = {"id": "99", "name": "Bo Ek"}

        await annas_browser.post(f"{address(held)}/messages", form | {"text": "Mitt långa svar"})

        assert annas_browser.answer.status_code == 409
        assert texts.NO_LONGER_YOURS in annas_browser.text
        assert annas_browser.find("//div[not(@hidden)]/textarea[@readonly]/text()") == ["Mitt långa svar"]
        assert len(held.messages) == 2

    async def test_an_answer_that_the_chat_cannot_take_now_is_kept_for_the_writer(self, annas_browser, edge, held):
        form = annas_browser.form(f"{address(held)}/messages")
        edge.is_down = True

        await annas_browser.post(f"{address(held)}/messages", form | {"text": "Mitt långa svar"})

        assert annas_browser.answer.status_code == 503
        assert annas_browser.find("//div[not(@hidden)]/textarea[@readonly]/text()") == ["Mitt långa svar"]

    @pytest.mark.parametrize(("action", "state"), [("return", "bot"), ("close", "closed")])
    async def test_it_is_handed_back_or_ended(self, annas_browser, held, action, state):
        await annas_browser.send(f"{address(held)}/{action}")

        assert held.state == state
        assert annas_browser.answer.status_code == 200
        assert annas_browser.find("//form[@id='answer']") == []

    @pytest.mark.parametrize("action", ["return", "close"])
    async def test_a_colleagues_conversation_cannot_be_ended(self, annas_browser, held, action):
        form = annas_browser.form(f"{address(held)}/{action}")
        held.officer = {"id": "99", "name": "Bo Ek"}

        await annas_browser.post(f"{address(held)}/{action}", form)

        assert annas_browser.answer.status_code == 409
        assert held.state == "human"

    async def test_a_conversation_that_is_gone_is_told(self, annas_browser):
        answer = await annas_browser.open(f"{QUEUE}/{uuid4()}")

        assert answer.status_code == 404
        assert texts.ERRORS["no-conversation"][0] in annas_browser.text


async def until(holds) -> None:
    """Wait until something that another process does has happened."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(0.02)


class LiveReader:
    """Reads a conversation's live events off a console that is served for real."""

    def __init__(self, lines) -> None:
        self._lines = lines

    async def next(self, *, name: str) -> dict:
        """Return the data of the next event of that name."""
        async with asyncio.timeout(10):
            event = ""
            async for line in self._lines:
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event == name:
                    return json.loads(line.removeprefix("data: "))
        raise AssertionError(f"the stream ended without {name}")

    async def ends(self) -> bool:
        """Wait for the end."""
        async with asyncio.timeout(10):
            async for _ in self._lines:
                pass
        return True


class TestLive:
    @pytest.fixture
    async def live(self, annas_browser, console_url, waiting):
        """Open Anna's live view of the conversation, from after what the page shows."""
        cookies = {"insyn_console": annas_browser.client.cookies.get("insyn_console")}
        after = waiting.messages[-1]["id"]
        async with (
            httpx.AsyncClient(base_url=console_url, cookies=cookies, timeout=10) as client,
            client.stream("GET", f"{address(waiting)}/stream?after={after}") as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield LiveReader(answer.aiter_lines())

    async def test_what_the_visitor_says_arrives_as_the_page_shows_it(self, live, edge, waiting, clock):
        edge.say(waiting, "visitor", "Är <i>ni</i> där?", at=clock())

        shown = await live.next(name="message")

        assert shown["id"] == waiting.messages[-1]["id"]
        assert "Är &lt;i&gt;ni&lt;/i&gt; där?" in shown["html"]
        assert shown["spoken"] == "Besökaren: Är <i>ni</i> där?"

    async def test_only_what_came_later_is_sent(self, live, edge, waiting, clock):
        edge.say(waiting, "visitor", "Nytt", at=clock())

        assert "Nytt" in (await live.next(name="message"))["html"]
        assert edge.last_event_ids == [str(waiting.messages[1]["id"])]

    async def test_that_somebody_took_the_conversation_arrives(self, live, edge, waiting):
        await until(lambda: edge.open_streams == 1)
        waiting.state = "human"

        assert (await live.next(name="state"))["state"] == "human"

    async def test_a_lost_chat_is_told_and_ends_the_stream(self, live, edge, waiting):
        edge.is_down = True

        assert await live.ends()

    async def test_it_ends_when_the_account_is_closed(self, live, sessions, clock, anna, edge, waiting):
        async with sessions.begin() as session:
            await set_disabled(session, anna.id, disabled=True, now=clock())
        edge.say(waiting, "visitor", "Hemligt", at=clock())

        assert await live.next(name="logged-out") == {}
        assert await live.ends()

    async def test_it_ends_when_the_session_has_been_idle_for_too_long(self, live, clock):
        clock.advance(minutes=31)

        assert await live.next(name="logged-out") == {}

    async def test_nobody_reads_along_without_logging_in(self, console_url, waiting):
        async with httpx.AsyncClient(base_url=console_url) as client:
            answer = await client.get(f"{address(waiting)}/stream", headers={"Accept": "text/event-stream"})

        assert answer.status_code == 401

    async def test_leaving_the_page_ends_the_stream_at_the_edge(self, annas_browser, console_url, edge, waiting):
        cookies = {"insyn_console": annas_browser.client.cookies.get("insyn_console")}
        async with httpx.AsyncClient(base_url=console_url, cookies=cookies) as client:
            async with client.stream("GET", f"{address(waiting)}/stream"):
                await until(lambda: edge.open_streams == 1)
            await until(lambda: edge.open_streams == 0)
