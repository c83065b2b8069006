"""After retention a dump of the database holds none of what has expired, and all of the rest (DESIGN invariant 8)."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from cases.audit import verify
from cases.config import CasesConfig
from cases.drafts import (
    JOBS,
    NOBODY,
    Actor,
    CaseDraft,
    Channel,
    IdentificationMethod,
    Identity,
    MarketingBlockDraft,
    MarketingChannel,
)
from cases.errors import MarketingBlockNotFoundError
from cases.jobs import Workload, build_app
from cases.register_log import RegisterEventKind
from cases.service import CaseService
from foundation.database import libpq_url
from foundation.retention import Retention
from insyn.holdings import HOLDINGS
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.references import new_case_reference
from privacy.request_types import IdentityLevel, RequestType
from privacy.retention import RetentionPeriods
from tests.insyn.planting import Planter, dump, marks_stand_anywhere, standing

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")
LONG_AGO = datetime(2023, 5, 2, 9, tzinfo=UTC)
RECENTLY = datetime(2026, 3, 9, 9, tzinfo=UTC)
STAYS_OF_A_CASE = {"reference", "request_type", "status", "resolution", "channel", "identity_method", "last_hash"}
EXPIRING = [holding for holding in HOLDINGS if holding.kept_because is None]

ENDS = [
    *(((status, resolution)) for status in ("decided", "closed") for resolution in Resolution),
    ("awaiting_identity", None),
    ("awaiting_clarification", None),
]
CONVERSATION_STATES = itertools.cycle(["bot", "waiting", "human", "closed"])
IDENTIFICATION_STATES = itertools.cycle(["offered", "pending", "complete", "failed", "cancelled", "expired"])


@pytest.fixture
def references():
    source = random.Random(12)
    return (new_case_reference(source) for _ in itertools.count())


@pytest.fixture
def connection(owner_url):
    with psycopg.connect(libpq_url(owner_url), autocommit=True) as connection:
        yield connection


@pytest.fixture
def service(sessions, key_ring, clock):
    return CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())


@pytest.fixture
def retention(sessions, clock):
    return Retention(sessions, HOLDINGS, periods=RetentionPeriods(), clock=clock)


@pytest.fixture
def case_at(service, references, clock):
    """Make a case that ended in some way, at some time."""

    async def make(status: str, resolution: Resolution | None, at: datetime) -> str:
        now, clock.now = clock.now, at
        signed = Identity(IdentityLevel.STRONG, IdentificationMethod.BANKID, verified_at=at)
        is_known = resolution in (Resolution.GRANTED, Resolution.PARTLY_GRANTED)
        draft = CaseDraft(
            next(references), RequestType.ACCESS, at, Channel.CHAT, identity=signed if is_known else NOBODY
        )
        await service.register(draft)
        steps = {"decided": ["decided"], "closed": ["decided", "closed"]}.get(status, [status])
        for version, step in enumerate(steps, 1):
            await service.transition(
                draft.reference,
                to=CaseStatus(step),
                version=version,
                actor=OFFICER,
                resolution=resolution if step == "decided" else None,
                note=None if step in {"decided", "closed"} else "Vem är det?",
            )
        clock.now = now
        return draft.reference

    return make


@pytest.fixture
def planted(connection, case_at):
    """Plant a generation: a case of every end, and with each a row in every table that expires."""

    async def plant(at: datetime) -> dict[str, str]:
        planter = Planter(connection, at=at)
        references = [await case_at(status, resolution, at) for status, resolution in ENDS]
        for reference in references:
            find = "SELECT id, reference FROM cases.privacy_case WHERE reference = %s"
            [row] = connection.execute(find, [reference]).fetchall()
            links = {"cases.privacy_case": dict(zip(("id", "reference"), row, strict=True))}
            planter.plant(
                EXPIRING,
                links,
                chat_conversation={"state": next(CONVERSATION_STATES)},
                chat_identification={"state": next(IDENTIFICATION_STATES)},
            )
            where = f"reference = '{reference}'"
            planter.overwrite("cases.privacy_case", where, but=STAYS_OF_A_CASE)
            link = [links["chat.conversation"]["id"], reference]
            connection.execute("UPDATE cases.privacy_case SET conversation_id = %s WHERE reference = %s", link)
            planter.marks[links["chat.conversation"]["id"]] = "a conversation's id"
        return planter.marks

    return plant


async def test_a_dump_contains_nothing_that_has_expired_and_all_that_has_not(
    connection, planted, retention, owner_url, sessions
):
    marks_stand_anywhere(connection)
    gone, kept = await planted(LONG_AGO), await planted(RECENTLY)
    # An account's role says nothing of whose it was; everything else of it goes.
    gone = {mark: where for mark, where in gone.items() if where != "cases.staff_account.role"}
    before = dump(libpq_url(owner_url))
    assert standing(gone, before) == gone

    would = await retention.preview()
    assert dump(libpq_url(owner_url)) == before, "looking changes nothing"
    did = await retention.run()

    assert did == would
    assert all(erasure.rows for erasure in did), "every table had something to lose"
    after = dump(libpq_url(owner_url))
    assert standing(gone, after) == {}
    assert standing(kept, after) == kept
    assert not any(erasure.rows for erasure in await retention.run())
    async with sessions() as session:
        assert (await verify(session)).is_intact


async def test_an_emptied_case_keeps_its_history_which_says_so(service, case_at, retention, sessions):
    reference = await case_at("closed", Resolution.GRANTED, LONG_AGO)

    await retention.run()

    file = await service.open_file(reference, actor=OFFICER)
    assert (file.name, file.personal_identity_number, file.contact_email, file.details) == (None, None, None, {})
    assert [event.kind for event in await service.events(reference)] == [
        "case_registered",
        "status_changed",
        "status_changed",
        "case_emptied",
        "case_opened",
    ]


@pytest.mark.parametrize("status", ["received", "in_progress", "extended"])
async def test_a_case_that_owes_an_answer_never_expires(service, references, clock, retention, sessions, status):
    clock.now = LONG_AGO
    draft = CaseDraft(next(references), RequestType.ACCESS, LONG_AGO, Channel.CHAT, contact_email="karl@example.se")
    await service.register(draft)
    if status != "received":
        await service.transition(draft.reference, to=CaseStatus(status), version=1, actor=OFFICER, note="Många")
    clock.now = RECENTLY

    await retention.run()

    assert (await service.open_file(draft.reference, actor=OFFICER)).contact_email == "karl@example.se"


async def test_a_case_counts_from_its_end_and_a_reopened_one_from_its_new_end(service, case_at, clock, retention):
    reference = await case_at("closed", Resolution.GRANTED, LONG_AGO)
    clock.now = datetime(2025, 5, 2, 8, 59, tzinfo=UTC)

    async def expired() -> int:
        return next(e.rows for e in await retention.preview() if e.table == "cases.privacy_case")

    assert await expired() == 0
    clock.advance(minutes=2)
    assert await expired() == 1

    await service.transition(reference, to=CaseStatus.IN_PROGRESS, version=3, actor=OFFICER, note="IMY hör av sig")
    assert await expired() == 0


async def test_more_rows_than_a_batch_all_go(connection, retention, sessions, clock):
    values = "SELECT gen_random_uuid(), 'bot', 0, now() - interval '9 years', now() - interval '9 years'"
    connection.execute(
        "INSERT INTO chat.conversation (id, state, identity_level, created_at, last_message_at) "
        f"{values} FROM generate_series(1, 450)"
    )

    assert {e.table: e.rows for e in await retention.run() if e.rows} == {"chat.conversation": 450}


async def test_a_tracker_that_was_stored_after_its_conversation_was_erased_goes_too(connection, retention, clock):
    insert = "INSERT INTO rasa.events (sender_id, type_name, timestamp, data) VALUES (gen_random_uuid(), 'x', %s, 'x')"
    connection.execute(insert, [(clock.now - timedelta(hours=2)).timestamp()])
    connection.execute(insert, [clock.now.timestamp()])

    assert {e.table: e.rows for e in await retention.run() if e.rows} == {"rasa.events": 1}


async def test_a_no_to_marketing_holds_however_old_it_is(service, references, clock, retention):
    clock.now = LONG_AGO
    conversation = UUID("2f5c8a52-90f6-4b58-8d06-1f0c1d5f7c11")
    nos = [(MarketingChannel.EMAIL, "karl@example.se"), (MarketingChannel.PHONE, "070-123 45 67")]
    for channel, address in nos:
        await service.block_marketing(
            MarketingBlockDraft(reference := next(references), channel, address, LONG_AGO, conversation)
        )
    clock.now = RECENTLY

    await retention.run()

    for channel, address in nos:
        assert await service.is_blocked(channel, address)
    with pytest.raises(MarketingBlockNotFoundError):  # the receipt, which names the conversation, has had its time
        await service.read_marketing_block(reference)
    assert not await service.is_blocked(MarketingChannel.EMAIL, "eva@example.se")


async def test_a_conversation_is_kept_for_30_days_and_no_second_longer(connection, retention, clock):
    insert = (
        "INSERT INTO chat.conversation (id, state, identity_level, created_at, last_message_at) "
        "VALUES (%s, 'bot', 0, %s, %s)"
    )
    ages = {
        "29 days": timedelta(days=29),
        "30 days": timedelta(days=30),
        "a second more": timedelta(days=30, seconds=1),
        "31 days": timedelta(days=31),
    }
    for name, age in ages.items():
        connection.execute(insert, [name, clock.now - timedelta(days=90), clock.now - age])

    await retention.run()

    assert {id_ for (id_,) in connection.execute("SELECT id FROM chat.conversation")} == {"29 days", "30 days"}


async def test_the_worker_erases_what_has_expired_and_notes_that_it_ran(
    connection, database_url, key_ring, clock, retention
):
    connection.execute(
        "INSERT INTO chat.conversation (id, state, identity_level, created_at, last_message_at) "
        "VALUES ('c', 'bot', 0, %(at)s, %(at)s)",
        {"at": clock.now - timedelta(days=31)},
    )
    config = CasesConfig(database_url=database_url, key_ring=key_ring, service_tokens=("a token",))
    workload = Workload(config, clock=clock)
    app = build_app(config, clock=clock, workload=workload, retention=retention)

    async with workload.open(), app.open_async():
        await app.tasks["retention.run"].defer_async(timestamp=0)
        await app.run_worker_async(queues=["periodic"], wait=False, install_signal_handlers=False)

    assert connection.execute("SELECT count(*) FROM chat.conversation").fetchone() == (0,)
    lines = connection.execute("SELECT kind, actor_id, facts FROM cases.register_event ORDER BY sequence").fetchall()
    kind, actor, facts = lines[0]
    assert (kind, actor) == (RegisterEventKind.RETENTION_RAN, JOBS.id)
    assert facts == {"chat.conversation": 1}
    done = "SELECT DISTINCT status FROM jobs.procrastinate_jobs WHERE task_name = 'retention.run'"
    assert connection.execute(done).fetchall() == [("succeeded",)]


def test_other_periods_can_be_set():
    from insyn.settings import Settings

    periods = Settings(_env_file=None, retention_conversation_days=7, retention_case_months=12).retention_periods()

    assert (periods.conversations.label, periods.cases.label) == ("7 dagar", "12 månader")
    assert replace(periods, logins=periods.conversations) != periods
