"""Many replicas, dying ones, slow answers: an order is collected by one at a time, a change announced until heard."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text, update

from foundation.clock import system_clock
from identity.bankid import BankIdClient
from identity.config import ClientConfig
from identity.simulator.app import create_app
from identity.simulator.clock import MovableClock
from identity.simulator.config import SimulatorConfig
from identity.tables import IdentificationOrderRow
from tests.cases.console.serving import served
from tests.conftest import ROOT
from tests.identity.conftest import ADDRESS, DESKTOP, OURS, THEIRS, Simulator, no_sleep
from tests.identity.test_broker import CONVERSATION, REFERENCE, collected, offered, started

pytestmark = pytest.mark.database


class Counting(httpx.AsyncBaseTransport):
    """Passes on to the simulator, counts collects and those under way at once, and may hold answers back."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner, self.collects, self.at_once, self.most_at_once = inner, 0, 0, 0
        self.asked, self.released = asyncio.Event(), asyncio.Event()
        self.released.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/collect"):
            return await self.inner.handle_async_request(request)
        self.asked.set()
        self.collects += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.released.wait()
            return await self.inner.handle_async_request(request)
        finally:
            self.at_once -= 1


def counting(bench):
    transport = Counting(bench.simulator.transport)
    config = ClientConfig(base_url="http://bankid.test/rp/v6.0/")
    return transport, BankIdClient(config, transport=transport, sleep=no_sleep)


async def heard(*_changes):
    """An announcement that was received."""


async def test_collect_every_two_seconds_and_not_sooner(bench):
    wire, client = counting(bench)
    broker = bench.replica(client=client)
    await started(broker)

    for _ in range(8):
        await collected(bench, broker, seconds=0.5)

    assert wire.collects == 2


async def test_of_many_replicas_one_collects(bench):
    wire, client = counting(bench)
    replicas = [bench.replica(client=client) for _ in range(4)]
    await started(replicas[0])
    wire.released.clear()

    bench.clock.advance(seconds=2)
    rounds = [asyncio.create_task(replica._collector.round()) for replica in replicas]
    await asyncio.sleep(0.3)
    wire.released.set()
    await asyncio.gather(*rounds)

    assert (wire.collects, wire.most_at_once) == (1, 1)


async def test_a_replica_that_died_is_replaced_when_its_lease_runs_out(bench, broker):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker)
    async with bench.sessions.begin() as session:  # somebody took the lease and was never heard of again
        lease = {"lease_owner": "the dead", "lease_until": bench.clock() + timedelta(seconds=9)}
        await session.execute(update(IdentificationOrderRow).values(**lease))

    await collected(bench, broker, seconds=8)
    assert (await broker.view(pending.id, session_hash=OURS)).state == "pending"

    await collected(bench, broker)
    assert (await broker.view(pending.id, session_hash=OURS)).state == "complete"


async def test_the_death_of_the_process_that_began_an_order_is_survived(bench, authority, database_url):
    """A process of its own, killed with the lease in its hand; another one goes on where it was."""
    bench.clock.now = system_clock()
    app = create_app(SimulatorConfig(directory=authority.files.directory), clock=MovableClock(bench.clock))
    with served(app) as url:
        async with httpx.AsyncClient(base_url=url) as http:
            simulator = Simulator(None, http, authority, url=url)
            await simulator.script(outcome="approve")
            told = {
                "database_url": database_url,
                "bankid_url": url,
                "evidence_roots": str(authority.files.signature_root),
                "secrets": ["a secret for tests", "another secret for tests"],
                "conversation": CONVERSATION,
                "reference": REFERENCE,
                "session": OURS.hex(),
            }
            dying = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.identity.dying_replica", cwd=ROOT, stdin=asyncio.subprocess.PIPE
            )
            await dying.communicate(json.dumps(told).encode())
            assert dying.returncode == -signal.SIGKILL

            async with simulator.client() as client:
                other = bench.replica(client=client)
                bench.clock.now = system_clock()
                await collected(bench, other, seconds=2)
                assert await simulator.requests("collect") == [], "the lease of the dead still holds"
                await collected(bench, other, seconds=9)

                assert (await other.consume(CONVERSATION, REFERENCE)).level == 2
                assert len(await simulator.requests("collect")) == len(await simulator.requests("sign")) == 1


async def test_a_slow_answer_keeps_its_lease(bench):
    """The holder is alive and waits: the others keep off, however long it takes."""
    wire, client = counting(bench)
    slow, other = bench.replica(client=client, lease_s=0.3), bench.replica(client=client, lease_s=0.3)
    await started(slow)
    wire.released.clear()
    bench.clock.advance(seconds=2)
    waiting = asyncio.create_task(slow._collector.round())

    for _ in range(6):
        await asyncio.sleep(0.15)
        bench.clock.advance(seconds=0.15)
        await other._collector.round()
    wire.released.set()
    await waiting

    assert wire.collects == 1


async def test_a_completion_that_comes_after_the_visitor_cancelled_is_dropped(bench):
    wire, client = counting(bench)
    broker = bench.replica(client=client)
    await bench.simulator.script(outcome="approve")
    pending = await started(broker)
    wire.released.clear()
    bench.clock.advance(seconds=2)
    waiting = asyncio.create_task(broker._collector.round())
    await asyncio.sleep(0.2)

    await broker.cancel(pending.id, session_hash=OURS)
    wire.released.set()
    await waiting

    assert (await broker.view(pending.id, session_hash=OURS)).state == "cancelled"


async def test_two_starts_at_once_leave_one_order(bench, broker):
    identification = await offered(broker)

    def start(mode):
        return bench.replica().start(
            identification.id, session_hash=OURS, mode=mode, end_user_ip=ADDRESS, user_agent=DESKTOP
        )

    await asyncio.gather(*[start(mode) for mode in ("qr", "same_device", "qr", "same_device")])

    orders = await bench.simulator.orders()
    shown = await broker.view(identification.id, session_hash=OURS)
    assert [order["status"] for order in orders] == ["pending"]
    assert (shown.launch_url is None) == (shown.mode == "qr")


async def test_an_order_left_behind_while_starting_is_given_up(bench, broker):
    pending = await started(broker)
    async with bench.sessions.begin() as session:
        await session.execute(update(IdentificationOrderRow).values(state="starting"))

    await collected(bench, broker, seconds=61)

    failed = await broker.view(pending.id, session_hash=OURS)
    assert (failed.state, failed.can_retry) == ("failed", True)


async def test_secrets_are_gone_when_the_order_ended(bench, broker):
    await bench.simulator.script(outcome="cancel")
    await started(broker)
    await collected(bench, broker)

    async with bench.sessions() as session:
        row = (await session.scalars(text("SELECT secrets FROM chat.identification_order"))).all()
    assert row == [None]


async def test_starts_are_not_kept_longer_than_they_count(bench, broker):
    await started(broker)
    await collected(bench, broker, seconds=601)

    async with bench.sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM chat.identification_start")) == 0


# announcements


async def announced(bench, broker, listener):
    announcer = broker._collector._announcer
    for revision, change in await announcer.claim(10):
        await announcer.announce(listener, revision, change)


async def test_every_stored_change_is_announced_with_its_conversation(bench, broker):
    changes = []

    async def listener(change):
        changes.append(change)

    await bench.simulator.script(outcome="approve")
    await offered(broker)
    await announced(bench, broker, listener)
    await started(broker)
    await announced(bench, broker, listener)
    await collected(bench, broker)
    await announced(bench, broker, listener)
    await announced(bench, broker, listener)

    assert [change.identification.state for change in changes] == ["offered", "pending", "complete"]
    assert {change.conversation_id for change in changes} == {CONVERSATION}


async def test_what_is_announced_as_complete_can_be_consumed_at_once(bench, broker):
    consumed = []

    async def listener(change):
        if change.identification.state == "complete":
            consumed.append(await broker.consume(change.conversation_id, change.identification.reference))

    await bench.simulator.script(outcome="approve")
    await started(broker)
    await collected(bench, broker)
    await announced(bench, broker, listener)

    assert [identity.reference for identity in consumed] == [REFERENCE]


async def test_an_announcement_that_fails_is_repeated(bench, broker):
    heard_by = []

    async def deaf(change):
        raise RuntimeError("not now")

    async def listener(change):
        heard_by.append(change.identification.state)

    await offered(broker)
    await announced(bench, broker, deaf)
    await announced(bench, broker, listener)
    assert heard_by == []  # a moment's rest first

    bench.clock.advance(seconds=3)
    await announced(bench, broker, listener)
    await announced(bench, broker, listener)
    assert heard_by == ["offered"]


async def test_a_replica_that_died_while_announcing_is_replaced(bench, broker):
    await offered(broker)
    await broker._collector._announcer.claim(10)  # claimed, never made
    states = []

    async def listener(change):
        states.append(change.identification.state)

    await announced(bench, broker, listener)
    assert states == []

    bench.clock.advance(seconds=61)
    await announced(bench, broker, listener)
    assert states == ["offered"]


async def test_running_it_collects_and_announces_by_itself(bench):
    """The real loops, on the real clock."""
    broker = bench.replica(collect_interval_s=0.05, idle_interval_s=0.05)
    bench.clock.now = system_clock()
    done, states = asyncio.Event(), []

    async def listener(change):
        states.append(change.identification.state)
        if change.identification.state == "complete":
            done.set()

    running = asyncio.create_task(broker.run_collector(listener))
    await bench.simulator.script(outcome="approve")
    await started(broker)
    bench.clock.advance(seconds=1)
    await asyncio.wait_for(done.wait(), 10)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert states[-1] == "complete"


async def test_stopping_lets_an_answer_that_is_under_way_be_stored(bench):
    """BankID gives a result once: a replica that is stopped must not throw it away."""
    wire, client = counting(bench)
    broker = bench.replica(client=client, idle_interval_s=0.05)
    await bench.simulator.script(outcome="approve")
    pending = await started(broker)
    wire.released.clear()
    bench.clock.advance(seconds=2)
    running = asyncio.create_task(broker.run_collector(heard))
    await wire.asked.wait()

    running.cancel()
    await asyncio.sleep(0.05)
    wire.released.set()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert (await broker.view(pending.id, session_hash=OURS)).state == "complete"


async def test_other_visitors_orders_are_not_held_up_by_one_slow_answer(bench):
    wire, client = counting(bench)
    slow, broker = bench.replica(client=client), bench.replica()
    await started(slow)
    wire.released.clear()
    bench.clock.advance(seconds=2)
    waiting = asyncio.create_task(slow._collector.round())
    await asyncio.sleep(0.2)

    await bench.simulator.script(outcome="approve")
    other = await started(broker, session=THEIRS, conversation="another", reference="AR-4444-4444")
    await collected(bench, broker)
    wire.released.set()
    await waiting

    assert (await broker.view(other.id, session_hash=THEIRS)).state == "complete"
