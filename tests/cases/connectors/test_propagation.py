"""A no to marketing reaches every system: at once, once, whatever dies, and visibly when it does not."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from cases.connectors.orders import OrderFailedError
from cases.deliveries import WAITS
from cases.drafts import MarketingBlockDraft, MarketingChannel
from cases.errors import ReferenceTakenError
from cases.jobs import Workload, build_app, retry_stalled
from foundation.clock import system_clock
from tests.cases.connectors.conftest import ANNA, KARL, carry_out, order_ids
from tests.cases.test_deliveries import until

pytestmark = pytest.mark.database


async def query(sessions, statement: str):
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL search_path = jobs"))
        result = await session.execute(text(statement))
        return result.all() if result.returns_rows else None


async def jobs(sessions) -> list[int]:
    rows = await query(
        sessions,
        "SELECT (args->>'order_id')::bigint FROM jobs.procrastinate_jobs"
        " WHERE task_name = 'cases.run_connector' AND status = 'todo' ORDER BY 1",
    )
    return [row[0] for row in rows]


async def states(orders, reference) -> dict[str, str]:
    return {order.system: order.state for order in (await orders.of_receipts([reference]))[reference]}


async def test_a_no_is_an_order_and_a_job_for_every_marketing_system_in_its_own_transaction(say_no, orders, sessions):
    reference = await say_no()

    assert await states(orders, reference) == {"hubspot": "pending", "mailchimp": "pending"}
    assert await jobs(sessions) == await order_ids(sessions)


async def test_a_no_that_is_not_kept_orders_nothing(service, references, clock, sessions):
    draft = MarketingBlockDraft(next(references), MarketingChannel.EMAIL, ANNA, clock())
    await service.block_marketing(draft)
    before = await order_ids(sessions)

    with pytest.raises(ReferenceTakenError):
        await service.block_marketing(replace(draft, address=KARL))

    assert await order_ids(sessions) == before
    assert await jobs(sessions) == before


async def test_systems_that_know_people_by_address_are_not_asked_about_numbers(say_no, orders, sessions):
    reference = await say_no("070-174 06 05", MarketingChannel.PHONE)

    assert await states(orders, reference) == {}
    assert await jobs(sessions) == []


async def test_it_is_carried_out_and_each_system_s_receipt_is_kept(say_no, orders, sessions, systems, clock):
    systems.mailchimp.add("news", ANNA)
    contact_id = systems.hubspot.add(ANNA)
    reference = await say_no()
    clock.advance(seconds=3)

    await carry_out(orders, sessions)

    assert systems.mailchimp.status("news", ANNA) == "unsubscribed"
    assert systems.hubspot.is_opted_out(ANNA)
    hubspot, mailchimp = (await orders.of_receipts([reference]))[reference]
    assert (hubspot.state, hubspot.outcome, hubspot.done_at) == ("done", "done", clock())
    assert hubspot.records == ({"id": contact_id, "where": "contacts", "status": "opted out"},)
    assert mailchimp.records[0]["status"] == "unsubscribed"
    rows = await query(sessions, "SELECT o::text FROM cases.connector_order o")
    assert not any("opted out" in row[0] or ANNA in row[0] for row in rows)


async def test_who_is_in_no_system_is_done_as_absent_and_entered_nowhere(say_no, orders, sessions, systems):
    systems.mailchimp.add("news", KARL)
    reference = await say_no()

    await carry_out(orders, sessions)

    assert [order.outcome for order in (await orders.of_receipts([reference]))[reference]] == ["absent", "absent"]
    assert systems.mailchimp.status("news", ANNA) is None
    assert systems.hubspot.contacts == {}


async def test_a_second_no_to_the_same_address_asks_nobody_twice(say_no, orders, sessions):
    first = await say_no()
    second = await say_no(ANNA.upper())

    assert len(await order_ids(sessions)) == 2
    assert await states(orders, first) == await states(orders, second)


async def test_carrying_an_order_out_again_changes_neither_system_nor_receipt(say_no, orders, sessions, systems, clock):
    systems.mailchimp.add("news", ANNA)
    reference = await say_no()
    await carry_out(orders, sessions)
    receipts = (await orders.of_receipts([reference]))[reference]
    calls = len(systems.mailchimp.script.calls)
    clock.advance(hours=1)

    await carry_out(orders, sessions)

    assert (await orders.of_receipts([reference]))[reference] == receipts
    assert len(systems.mailchimp.script.calls) == calls


async def test_a_system_that_is_down_does_not_hold_the_other_up_and_is_tried_again_over_days(
    say_no, orders, sessions, systems
):
    systems.mailchimp.add("news", ANNA)
    systems.hubspot.script.failures.extend(["503"] * 2 * (len(WAITS) + 1))
    reference = await say_no()
    [hubspot_order] = [o.id for o in (await orders.of_receipts([reference]))[reference] if o.system == "hubspot"]
    waits = []

    for _ in range(len(WAITS)):
        with pytest.raises(OrderFailedError) as failed:
            await orders.attempt(hubspot_order)
        waits.append(failed.value.retry_in)
    await carry_out(orders, sessions)

    assert waits == list(WAITS)
    assert sum(waits, timedelta()) > timedelta(days=3)
    assert await states(orders, reference) == {"hubspot": "dead", "mailchimp": "done"}
    [dead] = await orders.dead()
    assert (dead.system, dead.attempts, dead.last_outcome) == ("hubspot", len(WAITS) + 1, "503")


async def test_a_dead_order_is_placed_afresh_and_carried_out(say_no, orders, sessions, systems):
    systems.hubspot.add(ANNA)
    systems.hubspot.script.failures.append("400")
    reference = await say_no()
    await carry_out(orders, sessions)
    [dead] = await orders.dead()
    await query(sessions, "DELETE FROM jobs.procrastinate_jobs")

    assert await orders.replay(dead.id)
    assert not await orders.replay(dead.id)
    assert await jobs(sessions) == [dead.id]
    await orders.attempt(dead.id)

    assert systems.hubspot.is_opted_out(ANNA)
    assert await orders.dead() == []
    assert await states(orders, reference) == {"hubspot": "done", "mailchimp": "done"}


async def test_a_wrong_key_is_named_and_tried_again(say_no, orders, sessions, systems):
    systems.close_to("hubspot")
    reference = await say_no()

    await carry_out(orders, sessions)

    [hubspot, _] = (await orders.of_receipts([reference]))[reference]
    assert (hubspot.state, hubspot.attempts, hubspot.last_outcome) == ("pending", 1, "access refused: 401")


async def test_a_long_rate_limit_decides_when_to_come_back(say_no, orders, systems):
    systems.hubspot.script.retry_after = 900
    systems.hubspot.script.failures.append("429")
    reference = await say_no()
    [hubspot, _] = (await orders.of_receipts([reference]))[reference]

    with pytest.raises(OrderFailedError) as limited:
        await orders.attempt(hubspot.id)

    assert limited.value.retry_in == timedelta(seconds=900)


async def test_a_system_that_is_no_longer_connected_is_dead_at_once(say_no, orders, connectors, sessions):
    reference = await say_no()
    del connectors["hubspot"]

    await carry_out(orders, sessions)

    [hubspot, _] = (await orders.of_receipts([reference]))[reference]
    assert (hubspot.state, hubspot.last_outcome) == ("dead", "not configured")


async def test_no_address_is_logged(say_no, orders, sessions, systems, caplog):
    systems.hubspot.script.failures.append("400")
    with caplog.at_level(logging.DEBUG):
        await say_no()
        await carry_out(orders, sessions)

    assert "is dead: 400" in caplog.text
    assert ANNA not in caplog.text


class Killed(BaseException):
    """The worker is gone: nothing catches it, nothing is cleaned up."""


class Dying:
    """A connector whose worker dies in the middle of what it does."""

    def __init__(self, connector, *, after_the_deed: bool) -> None:
        self._connector, self._after = connector, after_the_deed
        self.system, self.operations = connector.system, connector.operations

    def suppress(self, address):
        if self._after:
            self._connector.suppress(address)
        raise Killed


@pytest.mark.parametrize("after_the_deed", [False, True])
async def test_a_worker_that_dies_around_the_call_leaves_an_order_that_is_done_once(
    say_no, orders, connectors, sessions, systems, after_the_deed
):
    systems.hubspot.add(ANNA)
    whole = connectors["hubspot"]
    connectors["hubspot"] = Dying(whole, after_the_deed=after_the_deed)
    reference = await say_no()
    [hubspot, _] = (await orders.of_receipts([reference]))[reference]

    with pytest.raises(Killed):
        await orders.attempt(hubspot.id)
    assert (await states(orders, reference))["hubspot"] == "pending"

    connectors["hubspot"] = whole
    await orders.attempt(hubspot.id)

    [hubspot, _] = (await orders.of_receipts([reference]))[reference]
    assert (hubspot.state, hubspot.outcome) == ("done", "already" if after_the_deed else "done")
    assert systems.hubspot.is_opted_out(ANNA)


async def test_two_workers_on_one_order_keep_one_receipt(say_no, orders, sessions, systems):
    systems.hubspot.add(ANNA)
    reference = await say_no()
    [hubspot, _] = (await orders.of_receipts([reference]))[reference]

    await asyncio.gather(*(orders.attempt(hubspot.id) for _ in range(4)))

    [hubspot, _] = (await orders.of_receipts([reference]))[reference]
    assert (hubspot.state, hubspot.attempts) == ("done", 1)


async def test_an_order_whose_job_was_lost_gets_another(say_no, orders, sessions):
    await say_no()
    await query(sessions, "DELETE FROM jobs.procrastinate_jobs")

    assert await orders.adopt_orphans() == 2
    assert await orders.adopt_orphans() == 0
    assert await jobs(sessions) == await order_ids(sessions)


WORKER = """
import asyncio, os
from cases.config import CasesConfig
from cases.connectors.config import HubspotConfig
from cases.jobs import run_worker
from foundation.encryption import KeyRing
config = CasesConfig(
    database_url=os.environ["DATABASE"],
    key_ring=KeyRing.from_secrets("a secret for tests", lookup_secret="another secret for tests"),
    service_tokens=("x",),
    connectors=(HubspotConfig(os.environ["TOKEN"], url=os.environ["URL"]),),
)
asyncio.run(run_worker(config))
"""


async def test_a_worker_killed_while_a_system_answers_loses_nothing(say_no, orders, sessions, systems, config):
    """A real process and SIGKILL: the system has done it, the worker never hears of it."""
    systems.hubspot.add(ANNA)
    systems.hubspot.script.slow_s = 20
    systems.hubspot.script.failures.extend(["", "", "slow!"])  # search, look, and the deed itself
    reference = await say_no()
    hubspot_config = config.connectors[1]
    environment = os.environ | {
        "DATABASE": config.database_url,
        "TOKEN": hubspot_config.token,
        "URL": hubspot_config.url,
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)  # noqa: ASYNC220 - starts, does not wait
    try:
        await until(lambda: systems.hubspot.is_opted_out(ANNA), timeout_s=90)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert (await states(orders, reference))["hubspot"] == "pending"
    await query(sessions, "UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")

    workload = Workload(config, clock=system_clock)
    async with workload.open(), (app := build_app(config, workload=workload)).open_async():
        assert await retry_stalled(app) >= 1
        await app.run_worker_async(queues=["connectors"], wait=False, install_signal_handlers=False)

    [hubspot, mailchimp] = (await orders.of_receipts([reference]))[reference]
    assert (hubspot.state, hubspot.outcome) == ("done", "already")
    # The killed worker did not know Mailchimp: that order is dead there, visible, and can be placed afresh.
    assert mailchimp.state in {"done", "dead"}
