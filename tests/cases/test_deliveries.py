"""Webhooks: every message arrives, signed, in order, whatever receiver and worker do in between."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from cases.config import WebhookEndpoint
from cases.deliveries import WAITS, Deliveries, DeliveryFailedError
from cases.drafts import Actor, MarketingBlockDraft, MarketingChannel
from cases.errors import ReferenceTakenError
from cases.jobs import Workload, build_app, retry_stalled, run_worker
from cases.storage.outbox import register_endpoints
from cases.webhooks import Message, Outcome, WebhookSender
from foundation.clock import system_clock
from privacy.case_states import CaseStatus
from tests.cases.receiver import GONE_SILENT, listening

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")
OLD_SECRET, NEW_SECRET = "whsec_b2xkIHNlY3JldCBvbGQgc2VjcmV0", "whsec_bmV3IHNlY3JldCBuZXcgc2VjcmV0"


@pytest.fixture
def receiver():
    with listening() as receiver:
        yield receiver


@pytest.fixture
def endpoint(receiver):
    return WebhookEndpoint("register", receiver.url, secrets=(NEW_SECRET, OLD_SECRET))


@pytest.fixture
async def hooked(config, endpoint, sessions, clock):
    """The configuration with one receiver, which the database knows of."""
    async with sessions.begin() as session:
        await register_endpoints(session, [endpoint.name], now=clock())
    return replace(config, webhooks=(endpoint,))


@asynccontextmanager
async def worker_of(config):
    workload = Workload(config, clock=system_clock)
    app = build_app(config, workload=workload)
    async with workload.open(), app.open_async():
        yield app


DUE_DELIVERIES = """
    SELECT count(*) FROM jobs.procrastinate_jobs j
     WHERE status = 'todo' AND task_name = 'cases.deliver' AND coalesce(scheduled_at, now()) <= now()
       AND NOT EXISTS (SELECT 1 FROM jobs.procrastinate_jobs o
                        WHERE o.lock = j.lock AND o.status = 'todo' AND o.id < j.id AND o.scheduled_at > now())
"""


async def work(config, sessions) -> None:
    """Do every job that is due now, those that wait for another of the same case included."""
    async with worker_of(config) as app:
        while (await query(sessions, DUE_DELIVERIES))[0][0]:
            await app.run_worker_async(queues=["webhooks"], wait=False, install_signal_handlers=False, concurrency=5)


async def query(sessions, statement: str):
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL search_path = jobs"))  # the queue's own triggers expect it
        result = await session.execute(text(statement))
        return result.all() if result.returns_rows else None


async def hurry(sessions) -> None:
    """Make what is to be retried later due now."""
    await query(sessions, "UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


async def states(sessions) -> list[tuple[str, int, str]]:
    return await query(sessions, "SELECT state, attempts, last_outcome FROM cases.webhook_delivery ORDER BY id")


async def test_what_happens_to_a_case_is_told_signed_and_without_personal_data(
    hooked, service, draft, receiver, sessions
):
    await service.register(draft)
    await service.transition(draft.reference, to=CaseStatus.IN_PROGRESS, version=1, actor=OFFICER, note="Bosse")

    await work(hooked, sessions)

    assert [message["type"] for message in receiver.messages] == ["case.registered", "case.status_changed"]
    assert receiver.messages[0]["data"]["reference"] == draft.reference
    assert receiver.messages[1]["data"]["status"] == "in_progress"
    for headers, body in receiver.received:
        for secret in (NEW_SECRET, OLD_SECRET):
            Webhook(secret).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(NEW_SECRET).verify(body + b" ", headers)
        for word in (draft.identity.personal_identity_number, draft.identity.name, "Bosse", "karl@example.se"):
            assert word.encode() not in body


async def test_a_marketing_block_is_told(hooked, service, references, receiver, sessions):
    received_at = datetime(2026, 3, 10, tzinfo=UTC)
    block = MarketingBlockDraft(next(references), MarketingChannel.EMAIL, "anna@example.se", received_at)
    await service.block_marketing(block)
    await service.block_marketing(replace(block, reference=next(references)))

    await work(hooked, sessions)

    assert [(message["type"], message["data"]) for message in receiver.messages] == [
        ("marketing_block.created", {"reference": block.reference, "channel": "email"})
    ]


async def test_what_is_not_committed_is_not_told(hooked, service, draft, receiver, sessions):
    await service.register(draft)
    with pytest.raises(ReferenceTakenError):
        await service.register(replace(draft, details={}))

    assert await query(sessions, "SELECT count(*) FROM cases.outbox_message") == [(1,)]
    assert await query(sessions, "SELECT count(*) FROM jobs.procrastinate_jobs") == [(1,)]


async def test_messages_of_a_case_arrive_in_order_and_do_not_wait_for_another_case_s(
    hooked, service, draft, another, receiver, sessions
):
    other = another()
    await service.register(draft)
    for version, to in enumerate(
        [CaseStatus.IN_PROGRESS, CaseStatus.AWAITING_CLARIFICATION, CaseStatus.IN_PROGRESS], 1
    ):
        await service.transition(draft.reference, to=to, version=version, actor=OFFICER, note="n")
    await service.register(other)
    receiver.answers = [500]

    await work(hooked, sessions)
    first_round = [(message["data"]["reference"], message["data"]["sequence"]) for message in receiver.messages]
    assert first_round == [(draft.reference, 1), (other.reference, 1)]
    await hurry(sessions)
    await work(hooked, sessions)

    arrived = [m["data"]["sequence"] for m in receiver.messages if m["data"]["reference"] == draft.reference]
    assert arrived == [1, 1, 2, 3, 4]
    assert Counter(receiver.message_ids).most_common(1)[0][1] == 2
    assert {state for state, _, _ in await states(sessions)} == {"delivered"}


@pytest.mark.parametrize("answer", [500, 302, 404, 429, GONE_SILENT])
async def test_whatever_is_no_success_is_tried_again_with_the_same_id(
    hooked, service, draft, receiver, sessions, answer
):
    receiver.answers = [answer]
    receiver.headers = {"location": receiver.url}
    await service.register(draft)

    await work(hooked, sessions)
    assert (await states(sessions))[0][:2] == ("pending", 1)
    await hurry(sessions)
    await work(hooked, sessions)

    assert (await states(sessions))[0][0] == "delivered"
    assert len(receiver.received) == 2
    assert len(set(receiver.message_ids)) == 1


async def test_a_receiver_may_ask_for_time(hooked, service, draft, receiver, sessions):
    receiver.answers, receiver.headers = [503], {"retry-after": "3600"}
    await service.register(draft)

    await work(hooked, sessions)

    [(wait,)] = await query(
        sessions, "SELECT scheduled_at - now() FROM procrastinate_jobs WHERE queue_name = 'webhooks'"
    )
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


async def test_after_every_attempt_a_delivery_is_dead_visible_and_can_be_replayed(
    hooked, service, draft, receiver, sessions, endpoint
):
    receiver.answers = [500] * (len(WAITS) + 1)
    await service.register(draft)
    deliveries = Deliveries(sessions, (endpoint,), sender=WebhookSender(public_only=False), clock=system_clock)
    for _ in WAITS:
        await work(hooked, sessions)
        assert await deliveries.dead_letters() == []
        await hurry(sessions)
    await work(hooked, sessions)

    [letter] = await deliveries.dead_letters()
    assert (letter.reference, letter.kind, letter.last_outcome) == (draft.reference, "case.registered", "500")
    assert await deliveries.replay(letter.delivery_id)
    assert not await deliveries.replay(letter.delivery_id)
    await work(hooked, sessions)
    assert await deliveries.dead_letters() == []
    assert (await states(sessions))[0][0] == "delivered"


async def test_a_dead_message_does_not_stop_the_next_one(hooked, service, draft, receiver, sessions):
    receiver.answers = [410]
    await service.register(draft)
    await service.transition(draft.reference, to=CaseStatus.IN_PROGRESS, version=1, actor=OFFICER)

    await work(hooked, sessions)

    assert [state for state, _, _ in await states(sessions)] == ["dead", "delivered"]


async def test_a_receiver_that_is_no_longer_configured_gets_nothing_more(
    hooked, config, service, draft, another, receiver, sessions
):
    await service.register(draft)

    await work(config, sessions)
    await service.register(another())

    assert receiver.received == []
    assert [(state, outcome) for state, _, outcome in await states(sessions)] == [("dead", "not configured")]


async def test_a_lost_job_is_made_again(hooked, service, draft, receiver, sessions, endpoint):
    await service.register(draft)
    await query(sessions, "DELETE FROM jobs.procrastinate_jobs")
    deliveries = Deliveries(sessions, (endpoint,), sender=WebhookSender(public_only=False), clock=system_clock)

    adopted = await asyncio.gather(*(deliveries.adopt_orphans() for _ in range(3)))
    await work(hooked, sessions)

    assert sorted(adopted) == [0, 0, 1]
    assert len(receiver.received) == 1


async def test_an_attempt_on_what_is_delivered_sends_nothing(hooked, service, draft, receiver, sessions, endpoint):
    await service.register(draft)
    await work(hooked, sessions)
    deliveries = Deliveries(sessions, (endpoint,), sender=WebhookSender(public_only=False), clock=system_clock)
    [(delivery_id,)] = await query(sessions, "SELECT id FROM cases.webhook_delivery")

    await deliveries.attempt(delivery_id)
    await deliveries.attempt(delivery_id + 1)

    assert len(receiver.received) == 1


WORKER = """
import asyncio, os
from cases.config import CasesConfig, WebhookEndpoint
from cases.jobs import run_worker
from foundation.encryption import KeyRing

endpoint = WebhookEndpoint("register", os.environ["URL"], secrets=(os.environ["SECRET"],))
keys = KeyRing.from_secrets("a secret for tests", lookup_secret="another secret for tests")
config = CasesConfig(os.environ["DATABASE"], keys, ("token",), webhooks=(endpoint,))
asyncio.run(run_worker(config))
"""


@asynccontextmanager
async def worker_process(config, endpoint):
    """Run a worker as the stack starts it."""
    environment = os.environ | {"URL": endpoint.url, "SECRET": NEW_SECRET, "DATABASE": config.database_url}
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)  # noqa: ASYNC220 - starts, does not wait
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def until(condition, *, timeout_s: float = 90) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.05)


async def test_a_worker_killed_while_it_delivers_loses_nothing(hooked, endpoint, service, draft, receiver, sessions):
    receiver.may_answer.clear()
    async with worker_process(hooked, endpoint) as process:
        await service.register(draft)
        await until(lambda: receiver.received)
        process.send_signal(signal.SIGKILL)
        process.wait()
    receiver.may_answer.set()
    assert (await states(sessions))[0][0] == "pending"
    await query(sessions, "UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")

    async with worker_of(hooked) as app:
        assert await retry_stalled(app) >= 1  # its periodic jobs may have been caught too
    await work(hooked, sessions)

    assert (await states(sessions))[0][0] == "delivered"
    assert [message["data"]["sequence"] for message in receiver.messages][:2] == [1, 1]
    assert receiver.message_ids[0] == receiver.message_ids[1]


class Killed(BaseException):
    """The process ends here, whatever it was about to do."""


class DyingSender(WebhookSender):
    """Sends in earnest, and dies before anybody hears how it went."""

    def send(self, endpoint, message, *, now):
        super().send(endpoint, message, now=now)
        raise Killed


async def test_a_worker_killed_after_the_answer_and_before_keeping_it_sends_again_under_the_same_id(
    hooked, endpoint, service, draft, receiver, sessions
):
    await service.register(draft)
    [(delivery_id,)] = await query(sessions, "SELECT id FROM cases.webhook_delivery")
    dying = Deliveries(sessions, (endpoint,), sender=DyingSender(public_only=False), clock=system_clock)

    with pytest.raises(Killed):
        await dying.attempt(delivery_id)
    assert (await states(sessions))[0][:2] == ("pending", 0)
    await work(hooked, sessions)

    assert (await states(sessions))[0][0] == "delivered"
    assert len(receiver.message_ids) == 2
    assert len(set(receiver.message_ids)) == 1


@pytest.mark.parametrize("attempted", [False, True])
async def test_a_worker_killed_before_its_first_step_or_after_its_last_leaves_nothing_doubled_or_lost(
    hooked, endpoint, service, draft, receiver, sessions, attempted
):
    """It had taken the job and not begun; or it had delivered and kept that, and not yet ended the job."""
    await service.register(draft)
    [(delivery_id,)] = await query(sessions, "SELECT id FROM cases.webhook_delivery")
    if attempted:
        deliveries = Deliveries(sessions, (endpoint,), sender=WebhookSender(public_only=False), clock=system_clock)
        await deliveries.attempt(delivery_id)
    await query(
        sessions,
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')",
    )
    taken = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
    await query(sessions, taken)

    async with worker_of(hooked) as app:
        assert await retry_stalled(app) == 1
    await work(hooked, sessions)

    assert (await states(sessions))[0][0] == "delivered"
    assert len(receiver.received) == 1


async def test_a_worker_delivers_what_happens_while_it_runs_and_stops_when_told(
    hooked, endpoint, service, draft, receiver
):
    async with worker_process(hooked, endpoint) as process:
        await until(lambda: process.poll() is None)
        await service.register(draft)
        await until(lambda: receiver.received)
        process.send_signal(signal.SIGTERM)
        await until(lambda: process.poll() is not None)

    assert process.returncode == 0


async def test_a_worker_without_receivers_still_keeps_the_dates(config, service, draft, clock):
    await service.register(draft)
    clock.now = datetime(2026, 6, 1, tzinfo=UTC)

    worker = asyncio.create_task(run_worker(config, clock=clock))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if len(await service.events(draft.reference)) > 1:
            break
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker

    assert [event.kind for event in await service.events(draft.reference)] == ["case_registered", "overdue"]


MESSAGE = Message(UUID(int=7), "case.registered", datetime(2026, 3, 10, tzinfo=UTC), {})


@pytest.mark.parametrize(
    ("url", "summary"),
    [
        ("http://example.com/hook", "not https"),
        ("https://127.0.0.1:{port}/hook", "private address"),
        ("https://localhost:{port}/hook", "private address"),
        ("https://[::ffff:127.0.0.1]:{port}/hook", "private address"),
    ],
)
def test_in_production_nothing_goes_to_private_addresses(receiver, url, summary):
    port = receiver.url.split(":")[2].split("/")[0]
    endpoint = WebhookEndpoint("inside", url.format(port=port), secrets=(NEW_SECRET,))

    outcome = WebhookSender(public_only=True).send(endpoint, MESSAGE, now=system_clock())

    assert outcome == Outcome(delivered=False, summary=summary)
    assert receiver.received == []


def test_a_receiver_that_is_not_there_is_a_failed_attempt(receiver):
    endpoint = WebhookEndpoint("nobody", "http://127.0.0.1:9/hook", secrets=(NEW_SECRET,))

    outcome = WebhookSender(public_only=False).send(endpoint, MESSAGE, now=system_clock())

    assert outcome == Outcome(delivered=False, summary="connection")


def test_a_receiver_without_a_secret_cannot_be_configured():
    with pytest.raises(ValueError):
        WebhookEndpoint("register", "https://example.com", secrets=())


def test_a_failure_says_when_to_try_again_and_no_more():
    assert str(DeliveryFailedError("500", retry_in=WAITS[0])) == "500"
    assert list(WAITS) == sorted(WAITS)
    assert sum(WAITS, timedelta()) > timedelta(days=3)
