"""What who waits for a person is told: when staff come, how long others waited, and nothing that is not so."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.config import BotConfig
from bot.texts import Texts
from bot.waiting import Waiting, WaitRow
from foundation.clock import system_clock
from foundation.database import Sessions
from privacy.staff_hours import StaffHours
from privacy.swedish_dates import STOCKHOLM
from tests.bot.conftest import running_edge
from tests.bot.fake_rasa import FakeRasa
from tests.bot.test_handoff import ANNA, hand_over
from tests.bot.visitor import button
from tests.conftest import SettableClock

pytestmark = pytest.mark.database

HOURS = StaffHours.parse("08:00-17:00")


@pytest.fixture
def texts(bot_config: BotConfig) -> Texts:
    return Texts.read(bot_config.texts)


async def waits(sessions: Sessions, clock: SettableClock, *minutes: float, ago_h: float = 0.5) -> None:
    async with sessions.begin() as session:
        for waited in minutes:
            session.add(WaitRow(answered_at=clock() - timedelta(hours=ago_h), waited_s=int(waited * 60)))


async def expected(sessions: Sessions, clock: SettableClock, hours: StaffHours | None = None) -> int | None:
    async with sessions() as session:
        return await Waiting(hours).expected_minutes(session, clock())


async def test_the_time_that_is_told_is_what_others_had_to_wait(sessions: Sessions, clock: SettableClock):
    await waits(sessions, clock, 2, 3.5, 30)
    assert await expected(sessions, clock) == 4


async def test_from_too_few_or_too_old_waits_nothing_is_told(sessions: Sessions, clock: SettableClock):
    await waits(sessions, clock, 2, 3)
    await waits(sessions, clock, 5, 5, ago_h=3)
    assert await expected(sessions, clock) is None


async def test_out_of_hours_no_time_is_told(sessions: Sessions, clock: SettableClock):
    await waits(sessions, clock, 2, 3, 4)
    clock.advance(hours=9)
    assert await expected(sessions, clock, HOURS) is None
    assert Waiting(HOURS).opens(clock()) == "onsdagen den 11 mars 2026 klockan 08.00"


async def test_where_no_hours_are_known_nothing_is_said_of_them(clock: SettableClock):
    clock.advance(hours=12)
    assert Waiting(None).opens(clock()) is None


async def test_a_wait_is_measured_when_a_person_comes(bot_config: BotConfig, rasa: FakeRasa, sessions: Sessions):
    async with running_edge(bot_config, rasa) as edge, edge.service() as internal:
        for _ in range(3):
            async with edge.visitor() as visitor:
                await visitor.open()
                conversation_id = await hand_over(internal, visitor)
                await internal.post(f"/conversations/{conversation_id}/claim", json=ANNA)
        async with edge.visitor() as visitor:
            await visitor.open()
            body = {"reason": "asked", "summary": ""}
            path = f"/conversations/{await visitor.conversation_id()}/handoff"
            place = (await internal.post(path, json=body)).json()
            assert (await visitor.session())["conversation"]["expected_wait_minutes"] == 1, "also after a reload"
    assert place == {"queue_position": 1, "expected_wait_minutes": 1, "opens": None}


def closed_now() -> StaffHours:
    """Return hours that are half a day away, whenever the test runs."""
    opens = time((system_clock().astimezone(STOCKHOLM).hour + 12) % 24)
    return StaffHours(opens, opens.replace(minute=30))


async def test_out_of_hours_a_message_is_taken_and_becomes_a_task(bot_config: BotConfig, rasa: FakeRasa, texts: Texts):
    closed = running_edge(bot_config, rasa, staff_hours=closed_now())
    async with closed as edge, edge.service() as internal, edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await visitor.conversation_id()
        body = {"reason": "asked", "summary": ""}
        place = (await internal.post(f"/conversations/{conversation_id}/handoff", json=body)).json()
        assert "klockan" in place["opens"]
        state = (await visitor.session())["conversation"]
        assert (state["opens"], state["expected_wait_minutes"]) == (place["opens"], None)
        [noted] = await visitor.say("Ring mig helst, anna@example.se")
        assert noted["text"] == texts("waiting_noted_closed", opens=place["opens"])
        [task] = (await internal.get("/handoffs")).json()
        assert task["out_of_hours"] is True
        assert task["state"] == "waiting"

        await visitor.say("avbryt väntan")
        assert await visitor.state() == "bot"
        assert (await internal.get("/handoffs")).json() == []


async def test_the_edges_own_words_are_as_true(bot_config: BotConfig, rasa: FakeRasa, texts: Texts):
    """The button under "jag har ett tekniskt fel": Rasa is down, and so may be staff."""
    async with running_edge(bot_config, rasa, staff_hours=closed_now()) as edge, edge.visitor() as visitor:
        await visitor.open()
        rasa.failures += ["error"] * 10
        [apology] = await visitor.say("hej")
        [told] = await visitor.press(button(apology, texts("button_person")))
        assert told["text"].startswith(texts("handed_over_closed", opens="")[:30])
        assert "klockan" in told["text"]
