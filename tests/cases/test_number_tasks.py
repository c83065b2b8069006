"""A no to calls reaches every system that holds numbers: a task that is seen, done by a person, and not forgotten."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy import text

from cases.drafts import Actor, MarketingBlockDraft, MarketingChannel
from cases.errors import StaleTaskError, TaskNotFoundError
from cases.jobs import Workload, build_app
from cases.number_tasks import NumberTasks
from cases.service import CaseService
from privacy.calendar import WorkingCalendar
from privacy.checklist import TaskState
from privacy.systems import NO_SYSTEMS, Handling
from tests.register import REGISTER

pytestmark = pytest.mark.database

HOLD_NUMBERS = [system.id for system in REGISTER.reaching_numbers]
NUMBER, WRITTEN = "+46701234567", "070-123 45 67"
ANNA, BO = Actor.officer("4"), Actor.officer("5")
BASE = "/api/v1/marketing-blocks"


@pytest.fixture
def config(config):
    return replace(config, systems=REGISTER)


@pytest.fixture
def service(sessions, key_ring, clock):
    return CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar(), systems=REGISTER)


@pytest.fixture
def number_tasks(sessions, key_ring, clock):
    return NumberTasks(sessions, key_ring=key_ring, clock=clock, register=REGISTER)


@pytest.fixture
def say_no(service, references, clock):
    async def say_no(address: str = WRITTEN, channel: MarketingChannel = MarketingChannel.PHONE) -> str:
        reference = next(references)
        await service.block_marketing(MarketingBlockDraft(reference, channel, address, clock()))
        return reference

    return say_no


async def log_of(sessions) -> list[tuple[str, str, dict]]:
    async with sessions() as session:
        query = text("SELECT kind, actor_id, facts FROM cases.register_event ORDER BY sequence")
        return [tuple(row) for row in await session.execute(query)]


def test_the_company_s_register_says_which_systems_hold_numbers_and_what_to_do_there():
    assert "hubspot" in HOLD_NUMBERS
    assert "mailchimp" not in HOLD_NUMBERS, "it mails"
    assert all(system.instructions[Handling.STOP_CALLS] for system in REGISTER.reaching_numbers)


def test_a_register_that_says_nothing_of_numbers_sends_them_to_every_marketing_system():
    silent = [
        replace(system, instructions={Handling.STOP: "Stoppa."}) if system.is_marketing else system
        for system in REGISTER.marketing
    ]

    register = replace(REGISTER, systems=tuple(silent))

    assert [system.id for system in register.reaching_numbers] == [system.id for system in REGISTER.marketing]
    assert NO_SYSTEMS.reaching_numbers == ()


async def test_a_no_to_calls_is_a_task_in_every_system_that_holds_numbers(say_no, number_tasks, clock):
    reference = await say_no()
    again = await say_no("+46 70 123 45 67")
    await say_no("anna@example.se", MarketingChannel.EMAIL)

    [waiting] = await number_tasks.waiting()

    assert waiting.number == "+46*******67"
    assert [(task.system, task.made_at) for task in waiting.tasks] == [(id_, clock()) for id_ in sorted(HOLD_NUMBERS)]
    of_both = await number_tasks.of_receipts([reference, again])
    assert of_both[reference] == of_both[again] == list(waiting.tasks)


async def test_the_whole_number_is_for_whoever_asks_and_the_log_says_who(say_no, number_tasks, sessions):
    await say_no()
    [waiting] = await number_tasks.waiting()

    await number_tasks.note_shown(waiting.block_id, actor=ANNA)
    [shown] = await number_tasks.waiting(shown=waiting.block_id)

    assert shown.number == NUMBER
    assert NUMBER not in repr(shown)
    assert await log_of(sessions) == [("blocked_number_shown", "4", {"block_id": waiting.block_id})]


async def test_done_is_done_by_somebody_and_is_off_the_list(say_no, number_tasks, sessions, clock):
    reference = await say_no()
    [waiting] = await number_tasks.waiting()
    first, *others = waiting.tasks
    clock.advance(hours=1)

    await number_tasks.settle(first.block_id, first.system, to=TaskState.DONE, seen=1, actor=ANNA)
    for task in others:
        await number_tasks.settle(task.block_id, task.system, to=TaskState.NOT_APPLICABLE, seen=1, actor=BO)

    assert await number_tasks.waiting() == []
    done, *_ = (await number_tasks.of_receipts([reference]))[reference]
    assert (done.state, done.version, done.changed_at, done.actor_id) == (TaskState.DONE, 2, clock(), "4")
    [(kind, actor, facts), *_] = await log_of(sessions)
    assert (kind, actor) == ("block_task_changed", "4")
    assert facts == {"block_id": first.block_id, "system": first.system, "state": "done"}


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(say_no, number_tasks, sessions):
    await say_no()
    [waiting] = await number_tasks.waiting()
    task = waiting.tasks[0]
    await number_tasks.settle(task.block_id, task.system, to=TaskState.DONE, seen=1, actor=ANNA)

    with pytest.raises(StaleTaskError):
        await number_tasks.settle(task.block_id, task.system, to=TaskState.NOT_APPLICABLE, seen=1, actor=BO)
    with pytest.raises(TaskNotFoundError):
        await number_tasks.settle(task.block_id, "mailchimp", to=TaskState.DONE, seen=1, actor=BO)

    assert [kind for kind, _, _ in await log_of(sessions)] == ["block_task_changed"]


async def test_a_no_that_is_taken_back_is_nobody_s_task_any_more(say_no, number_tasks, service):
    reference = await say_no()
    [waiting] = await number_tasks.waiting()
    await number_tasks.settle(waiting.block_id, HOLD_NUMBERS[0], to=TaskState.DONE, seen=1, actor=ANNA)

    await service.lift_marketing_block(reference, actor=BO)

    assert await number_tasks.waiting() == []
    assert await number_tasks.make_missing() == 0
    assert [task.state for task in (await number_tasks.of_receipts([reference]))[reference]] == [TaskState.DONE]


async def test_the_nightly_comparison_makes_what_is_missing_and_says_how_long_it_has_waited(
    config, say_no, number_tasks, service, sessions, clock, caplog
):
    service._suppression._number_tasks._systems = HOLD_NUMBERS[:1]  # before another system came into the register
    await say_no()
    [waiting] = await number_tasks.waiting()
    await number_tasks.settle(waiting.block_id, HOLD_NUMBERS[0], to=TaskState.DONE, seen=1, actor=ANNA)
    clock.advance(hours=20)

    workload = Workload(config, clock=clock)
    app = build_app(config, workload=workload)
    with caplog.at_level(logging.INFO):
        async with workload.open(), app.open_async():
            for _ in range(2):
                await app.tasks["cases.reconcile"].defer_async(timestamp=0)
                await app.run_worker_async(queues=["periodic"], wait=False, install_signal_handlers=False)

    [waiting] = await number_tasks.waiting()
    assert [(task.system, task.made_at) for task in waiting.tasks] == [(id_, clock()) for id_ in HOLD_NUMBERS[1:]]
    said = [record.message for record in caplog.records if record.name == "cases.number_tasks"]
    assert len([line for line in said if "missing" in line]) == 1, "once, not at every comparison"
    assert any("the oldest since 2026-03-1" in line for line in said)
    assert not any("70" in line for line in said)


async def test_the_api_tells_how_far_a_number_has_come_in_each_system(api, references, number_tasks):
    body = {"channel": "phone", "address": WRITTEN, "received_at": "2026-03-10T08:00:00Z"}
    await api.put(f"{BASE}/{(reference := next(references))}", json=body)

    before = (await api.get(f"{BASE}/{reference}/systems")).json()["items"]
    [waiting] = await number_tasks.waiting()
    for task, to in zip(waiting.tasks, (TaskState.DONE, TaskState.NOT_APPLICABLE), strict=True):
        await number_tasks.settle(task.block_id, task.system, to=to, seen=1, actor=ANNA)
    after = (await api.get(f"{BASE}/{reference}/systems")).json()["items"]

    assert [(item["system"], item["state"], item["outcome"]) for item in before] == [
        (system, "by_hand", None) for system in sorted(HOLD_NUMBERS)
    ]
    assert [(item["state"], item["outcome"], bool(item["done_at"])) for item in after] == [
        ("done", "done", True),
        ("done", "absent", True),
    ]
