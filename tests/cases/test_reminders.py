"""Cases near and past their due date are flagged, each once, however many nights were missed."""

import asyncio
from datetime import UTC, datetime

import pytest

from cases.drafts import Actor
from cases.jobs import build_app
from cases.reminders import Reminders
from foundation.retention import Retention
from privacy.case_states import CaseStatus, Resolution

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")


@pytest.fixture
def reminders(sessions, clock):
    return Reminders(sessions, clock=clock, due_soon_days=7)


@pytest.fixture
async def reference(service, draft):
    """A case that is due on 7 April 2026."""
    await service.register(draft)
    return draft.reference


async def flags(service, reference) -> list[str]:
    return [event.kind for event in await service.events(reference) if event.kind in {"due_soon", "overdue"}]


async def test_nothing_is_said_while_there_is_time(reminders, service, reference, clock):
    clock.now = datetime(2026, 3, 30, 21, 59, tzinfo=UTC)

    assert await reminders.flag() == 0


async def test_it_is_said_once_that_the_day_is_near_and_once_that_it_has_passed(reminders, service, reference, clock):
    clock.now = datetime(2026, 3, 30, 22, 0, tzinfo=UTC)  # the 31st in Stockholm: seven days left
    assert await reminders.flag() == 1
    assert await reminders.flag() == 0
    clock.now = datetime(2026, 4, 7, 21, 59, tzinfo=UTC)  # the last minute of the due date
    assert await reminders.flag() == 0
    clock.now = datetime(2026, 4, 7, 22, 0, tzinfo=UTC)
    assert await reminders.flag() == 1
    clock.advance(days=30)
    assert await reminders.flag() == 0

    assert await flags(service, reference) == ["due_soon", "overdue"]


async def test_missed_nights_lose_nothing(reminders, service, reference, clock):
    clock.now = datetime(2026, 6, 1, tzinfo=UTC)

    assert await reminders.flag() == 1
    assert await flags(service, reference) == ["overdue"]


async def test_a_stopped_clock_is_not_late(reminders, service, reference, clock):
    await service.transition(
        reference, to=CaseStatus.AWAITING_CLARIFICATION, version=1, actor=OFFICER, note="Vilken lön?"
    )
    clock.now = datetime(2026, 6, 1, tzinfo=UTC)

    await reminders.flag()  # that it has waited long is another matter
    await service.transition(reference, to=CaseStatus.IN_PROGRESS, version=2, actor=OFFICER)
    assert await reminders.flag() == 0  # eighty-three days later than it was
    assert await flags(service, reference) == []


async def test_another_due_date_warns_again(reminders, service, reference, clock):
    clock.now = datetime(2026, 4, 5, tzinfo=UTC)
    await reminders.flag()
    await service.transition(reference, to=CaseStatus.EXTENDED, version=1, actor=OFFICER, note="Många uppgifter")
    assert await reminders.flag() == 0
    clock.now = datetime(2026, 6, 4, tzinfo=UTC)

    assert await reminders.flag() == 1
    assert await flags(service, reference) == ["due_soon", "due_soon"]


async def test_a_decided_case_is_left_alone(reminders, service, reference, clock):
    await service.transition(reference, to=CaseStatus.DECIDED, version=1, actor=OFFICER, resolution=Resolution.REFUSED)
    clock.now = datetime(2026, 6, 1, tzinfo=UTC)

    assert await reminders.flag() == 0


async def test_two_workers_at_once_flag_each_case_once(reminders, service, another, clock):
    references = []
    for _ in range(30):
        await service.register(draft := another())
        references.append(draft.reference)
    clock.now = datetime(2026, 6, 1, tzinfo=UTC)

    counts = await asyncio.gather(*(reminders.flag() for _ in range(4)))
    await reminders.flag()

    assert sum(counts) <= 30
    assert [await flags(service, reference) for reference in references] == [["overdue"]] * 30


async def test_a_wait_that_lasts_long_is_said_once_and_a_second_wait_again(reminders, service, reference, clock):
    def long_waits(events):
        return [event.facts["asked_on"] for event in events if event.kind == "paused_long"]

    await service.transition(
        reference, to=CaseStatus.AWAITING_CLARIFICATION, version=1, actor=OFFICER, note="Vilken lön?"
    )
    clock.advance(days=29)
    assert await reminders.flag() == 0
    clock.advance(days=40)  # a month of missed nights
    assert await reminders.flag() == 1
    assert await reminders.flag() == 0
    await service.transition(reference, to=CaseStatus.IN_PROGRESS, version=2, actor=OFFICER)
    await service.transition(
        reference, to=CaseStatus.AWAITING_CLARIFICATION, version=3, actor=OFFICER, note="Vilket år?"
    )
    clock.advance(days=30)
    await reminders.flag()
    await reminders.flag()

    assert long_waits(await service.events(reference)) == ["2026-03-10", "2026-05-18"]


async def test_a_wait_that_ended_in_time_is_not_mentioned(reminders, service, reference, clock):
    await service.transition(
        reference, to=CaseStatus.AWAITING_CLARIFICATION, version=1, actor=OFFICER, note="Vilken lön?"
    )
    clock.advance(days=10)
    await service.transition(reference, to=CaseStatus.IN_PROGRESS, version=2, actor=OFFICER)
    clock.advance(days=30)
    await reminders.flag()

    assert not [event for event in await service.events(reference) if event.kind == "paused_long"]


def test_every_job_that_depends_on_time_has_its_beat(config):
    beats = build_app(config, retention=Retention(None, (), periods=None, clock=None)).periodic_registry.periodic_tasks

    assert {task.task.name: task.cron for task in beats.values()} == {
        "cases.remind": "*/5 * * * *",
        "cases.keep_queue": "* * * * *",
        "cases.reconcile": "17 * * * *",
        "retention.run": "17 3 * * *",
    }
