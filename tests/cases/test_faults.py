"""A use case that breaks off between any two of its statements leaves nothing: change, event and message together."""

# ruff: noqa: S608 - the statements are made of names that the database itself gives

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from cases.checklists import Checklists
from cases.drafts import Actor, MarketingBlockDraft, MarketingChannel
from cases.establishing import IdentityRegister
from cases.files.service import CaseFiles
from cases.letters.service import Filling, Letters
from cases.letters.templates import load_letters
from cases.letters.ways import LetterWay
from cases.own_cases import OwnCases, Person
from cases.own_conversations import OwnConversations
from cases.packages.gathering import Gatherer
from cases.packages.service import Packages
from cases.service import CaseService
from cases.storage.sealing import Sealer
from foundation.database import libpq_url
from insyn.holdings import HOLDINGS
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.checklist import TaskState
from privacy.identity_proof import ProofMethod
from privacy.letters import LetterKind
from privacy.request_types import RequestType
from tests.cases.test_letters import FakeChat as LettersChat
from tests.cases.test_letters import FakeMailer
from tests.cases.test_own_conversations import FakeChat
from tests.cases.test_packages import FakeConversations
from tests.conftest import ROOT
from tests.register import REGISTER

pytestmark = pytest.mark.database

ANNA = Actor.officer("4")
WATCHED = [h.table for h in HOLDINGS if h.table.startswith("cases.")] + ["jobs.procrastinate_jobs"]
CONTENTS = " UNION ALL ".join(
    f"SELECT '{table}', (SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {table} t)" for table in WATCHED
)
FAILS = """
    CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''out of order''; END';
    CREATE TRIGGER fails AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION public.fail()
"""


class Faults:
    """Breaks off before one of the statements that are sent over an engine's connections."""

    def __init__(self) -> None:
        self._left: int | None = None
        self.happened = False

    def come_before(self, number: int | None) -> None:
        """Break off before statement ``number``, counted from 0; None: never."""
        self._left, self.happened = number, False

    def let_pass(self) -> None:
        if self._left == 0:
            self._left, self.happened = None, True
            raise psycopg.OperationalError("broken off")
        if self._left is not None:
            self._left -= 1

    def listen(self, engine) -> None:
        faults = self

        class BreakingOff(psycopg.AsyncCursor[Any]):
            async def execute(self, *given, **how):
                faults.let_pass()
                return await super().execute(*given, **how)

            async def executemany(self, *given, **how):
                faults.let_pass()
                return await super().executemany(*given, **how)

        def connected(connection, _record) -> None:
            connection.driver_connection.cursor_factory = BreakingOff

        event.listen(engine.sync_engine, "connect", connected)


@pytest.fixture
def faults(engine) -> Faults:
    faults = Faults()
    faults.listen(engine)
    return faults


@pytest.fixture
async def contents(database_url) -> AsyncIterator[Callable[[], Awaitable[dict[str, str]]]]:
    """Return what every table of the case system and the queue holds, as a digest each."""
    async with await psycopg.AsyncConnection.connect(libpq_url(database_url), autocommit=True) as connection:

        async def look() -> dict[str, str]:
            return dict(await (await connection.execute(CONTENTS)).fetchall())

        yield look


@pytest.fixture
def parts(sessions, key_ring, clock) -> dict[str, Any]:
    return {"key_ring": key_ring, "clock": clock, "calendar": WorkingCalendar()}


@pytest.fixture
def checklists(sessions, key_ring, clock) -> Checklists:
    return Checklists(sessions, key_ring=key_ring, clock=clock, register=REGISTER)


@pytest.fixture
async def use_cases(faults, sessions, parts, checklists, draft, another, clock, key_ring) -> dict[str, Callable]:
    """What officers, persons and the assistant do, each ready to be done again."""
    service = CaseService(sessions, **parts, systems=REGISTER, marketing_systems=("mailchimp", "hubspot"))
    own, identities = OwnCases(sessions, **parts), IdentityRegister(sessions, **parts)
    files = CaseFiles(sessions, key_ring=key_ring, clock=clock)
    gatherer = Gatherer(sessions, sealer=Sealer(key_ring), register=REGISTER, conversations=FakeConversations(clock))
    packages = Packages(sessions, key_ring=key_ring, clock=clock, files=files, gatherer=gatherer)
    await service.register(draft)
    await service.register(unopened := another(request_type=RequestType.ERASURE))
    await checklists.of_case(draft.reference, actor=ANNA)
    package = await packages.prepare(draft.reference, file_ids=(), system_ids=("assistant",), actor=ANNA)

    def no(address: str, channel=MarketingChannel.EMAIL) -> MarketingBlockDraft:
        return MarketingBlockDraft(another().reference, channel, address, clock())

    await service.block_marketing(held := no("eva@example.se"))
    new, call = no("karl@example.se"), no("070-123 45 67", MarketingChannel.PHONE)
    karl, case = Person(draft.identity), draft.reference

    def move(to: CaseStatus, **how):
        return lambda: service.transition(case, to=to, version=1, actor=ANNA, **how)

    return {
        "it is opened": lambda: service.open_file(case, actor=ANNA),
        "its number is shown": lambda: service.reveal_identity_number(case, actor=ANNA),
        "its checklist is begun": lambda: checklists.of_case(unopened.reference, actor=ANNA),
        "a task is done": lambda: checklists.set_state(
            case, "fetch:mailchimp", to=TaskState.DONE, seen=TaskState.OPEN, note="Klart", actor=ANNA
        ),
        "a note": lambda: service.add_note(case, "Ringde", actor=ANNA),
        "the identity": lambda: identities.establish(case, ProofMethod.CALLED_BACK, note="Ringde upp", actor=ANNA),
        "a question": move(CaseStatus.AWAITING_CLARIFICATION, note="Vilka år?"),
        "an extension": move(CaseStatus.EXTENDED, note="Många handlingar"),
        "a decision": move(CaseStatus.DECIDED, resolution=Resolution.REFUSED),
        "an addition": lambda: own.add(case, karl, text="Även mars", addition_id=UUID(int=1)),
        "a withdrawal": lambda: own.withdraw(case, karl, reason="Det löste sig"),
        "one's own cases": lambda: own.find(karl),
        "a no to e-mail": lambda: service.block_marketing(new),
        "a no to calls": lambda: service.block_marketing(call),
        "a no taken back": lambda: service.lift_marketing_block(held.reference, actor=ANNA),
        "a package released": lambda: packages.release(case, package.id, actor=ANNA),
        "a package taken back": lambda: packages.withdraw(case, package.id, actor=ANNA),
    }


NAMES = (
    "it is opened",
    "its number is shown",
    "its checklist is begun",
    "a task is done",
    "a note",
    "the identity",
    "a question",
    "an extension",
    "a decision",
    "an addition",
    "a withdrawal",
    "one's own cases",
    "a no to e-mail",
    "a no to calls",
    "a no taken back",
    "a package released",
    "a package taken back",
)


@pytest.mark.parametrize("name", NAMES)
async def test_it_leaves_nothing_until_it_leaves_everything(use_cases, faults, contents, name):
    assert {*use_cases} == {*NAMES}
    before = await contents()
    for number in itertools.count():
        faults.come_before(number)
        try:
            await use_cases[name]()
        except (DBAPIError, psycopg.OperationalError):
            assert faults.happened
            assert await contents() == before, f"statement {number}"
        else:
            assert not faults.happened, "a fault went unnoticed"
            break

    after = await contents()
    assert number >= 2
    assert after != before
    assert after["cases.case_event"] != before["cases.case_event"] or "a no" in name


@pytest.mark.parametrize(
    "table", ["cases.privacy_case", "cases.case_evidence", "cases.case_event", "cases.outbox_message"]
)
async def test_a_registration_that_fails_in_the_midst_of_its_statement_leaves_nothing(
    service, draft, owner_sessions, contents, table
):
    before = await contents()
    async with owner_sessions.begin() as session:
        connection = await (await session.connection()).get_raw_connection()
        await connection.driver_connection.execute(FAILS.format(table=table))

    with pytest.raises(psycopg.errors.RaiseException):
        await service.register(draft)

    assert await contents() == before


async def test_a_letter_is_kept_before_it_goes_and_its_event_comes_with_the_mark_that_it_went(
    faults, sessions, parts, service, draft, contents
):
    mailer, chat = FakeMailer(), LettersChat()
    templates = load_letters(ROOT / "data" / "letters", policy_dir=ROOT / "data" / "policy")
    letters = Letters(sessions, **parts, templates=templates, mailer=mailer, chat=chat)
    await service.register(draft)
    filling = Filling(LetterKind.ACKNOWLEDGEMENT)
    letter = (await letters.fill(draft.reference, filling)).letter
    about = {"way": LetterWay.EMAIL, "actor": ANNA, "officer_name": "Anna"}
    seen = set()

    for number in itertools.count():
        before, gone_before = await contents(), len(mailer.sent)
        kept_before = {kept.id for kept in await letters.list_letters(draft.reference)}
        letter_id = uuid4()
        faults.come_before(number)
        try:
            await letters.send(draft.reference, filling, letter, letter_id=letter_id, **about)
            broke_off = False
        except DBAPIError:
            broke_off = True
        faults.come_before(None)

        kept = [kept for kept in await letters.list_letters(draft.reference) if kept.id not in kept_before]
        told = [e for e in await service.events(draft.reference) if e.facts.get("letter_id") == str(letter_id)]
        went = len(mailer.sent) - gone_before
        assert bool(told) == any(one.sent_at for one in kept)
        assert went <= len(kept) <= 1, "a letter that nobody kept reached somebody"
        assert kept or await contents() == before
        seen.add((went, len(kept), len(told)))
        if not broke_off:
            break

    assert seen == {(0, 0, 0), (1, 1, 0), (1, 1, 1)}


async def test_the_erasure_of_a_conversation_says_first_what_is_wished_and_the_same_again_finishes_it(
    faults, sessions, service, another, checklists, clock, contents
):
    wish = another(request_type=RequestType.ERASURE)
    await service.register(wish)
    await checklists.of_case(wish.reference, actor=ANNA)
    chat = FakeChat()
    own = OwnConversations(sessions, clock=clock, chat=chat, checklists=checklists)

    for number in itertools.count():
        before, chat.erased = await contents(), []
        faults.come_before(number)
        try:
            await own.erase(wish.reference, actor=ANNA)
            break
        except DBAPIError:
            begun = [event.kind for event in await service.events(wish.reference)].count("conversation_erasure_begun")
            assert "conversations_erased" not in {event.kind for event in await service.events(wish.reference)}
            if await contents() == before:
                assert chat.erased == [], "something went of which nothing is written"
            else:
                assert begun
    faults.come_before(None)
    assert chat.erased == [wish.conversation_id]
    assert [event.kind for event in await service.events(wish.reference)][-1] in {
        "conversations_erased",
        "task_changed",
    }
