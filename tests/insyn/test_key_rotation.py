"""A new key replaces an old one while everything runs; nothing is lost, and nothing stays under the old one."""

import asyncio
import itertools
import random
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from bot.tables import ConversationRow, MessageRow
from cases.drafts import Actor, IdentificationMethod, Identity
from cases.own_cases import OwnCases, Person
from foundation.database import libpq_url
from foundation.encryption import KeyRing
from foundation.errors import UnknownKeyError
from foundation.rotation import key_use, rotate
from insyn.holdings import HOLDINGS
from privacy.calendar import WorkingCalendar
from privacy.references import new_case_reference
from privacy.request_types import IdentityLevel
from tests.insyn.everything import NUMBER, Everything, opened_tracker

pytestmark = pytest.mark.database

OLD, NEW, LOOKUP = "the old secret", "the new secret", "the lookup secret"
OFFICER = Actor.officer("4")
KARL = Identity(IdentityLevel.STRONG, IdentificationMethod.BANKID, personal_identity_number=NUMBER)
BEFORE = KeyRing.from_secrets(OLD, lookup_secret=LOOKUP)
BOTH = KeyRing.from_secrets(NEW, OLD, lookup_secret=LOOKUP)
AFTER = KeyRing.from_secrets(NEW, lookup_secret=LOOKUP)


@pytest.fixture
def references():
    source = random.Random(11)
    return (new_case_reference(source) for _ in itertools.count())


@pytest.fixture
async def filled(sessions, clock, database_url, references, monkeypatch):
    """A database whose every sealed column holds something under the old key."""
    monkeypatch.setenv("INSYN_ENCRYPTION_SECRETS", OLD)
    everything = Everything(sessions, BEFORE, clock)
    filled = {}
    for _ in range(3):
        reference, conversation_id = next(references), str(uuid4())
        await everything.conversation(conversation_id)
        await everything.case(reference, conversation_id)
        everything.tracker(database_url, conversation_id)
        filled[reference] = conversation_id
    return filled


async def rotated(sessions, **how) -> dict[str, tuple[int, int]]:
    found = rotate(sessions, BOTH, HOLDINGS, pause_s=0, **how)
    return {f"{done.table}.{done.column}": (done.rewritten, done.unreadable) async for done in found}


async def keys_in_use(sessions) -> set[str]:
    return {use.key_id for use in await key_use(sessions, HOLDINGS)}


async def assert_readable(sessions, clock, ring, filled):
    everything = Everything(sessions, ring, clock)
    for reference, conversation_id in filled.items():
        file = await everything.cases.open_file(reference, actor=OFFICER)
        assert (file.name, file.personal_identity_number) == ("Karl Testsson", NUMBER)
        assert "Bosse" in file.details["scope"]
        assert "Bosse" in file.notes[0].text
        assert any("hunden Bosse" in sentence for sentence in file.case.due_explanation)
        [stored] = await everything.files.list_files(reference)
        opened = await everything.files.open_file(reference, stored.id, actor=OFFICER)
        assert b"".join([piece async for piece in opened.content]) == b"Karl Testsson"
        async with sessions() as session:
            conversation = await session.get_one(ConversationRow, conversation_id)
            assert "Testsson" in (everything.chat.summary(conversation) or "")
            [message] = await everything.chat.messages(session, conversation_id)
            assert "Testsson" in message.text
            assert message.buttons[0].title == "hunden Bosse"
        assert "Testsson" in (await opened_tracker(sessions, ring, conversation_id))[0]


async def test_everything_is_under_the_new_key_afterwards_and_still_says_the_same(sessions, clock, filled):
    done = await rotated(sessions, batch=2)

    for place in (
        "cases.privacy_case.name_sealed",
        "cases.privacy_case.extension_reason_sealed",
        "cases.case_evidence.evidence_sealed",
        "cases.case_note.text_sealed",
        "cases.case_file.name_sealed",
        "cases.case_file.key_sealed",
        "chat.message.text",
        "chat.button.payload",
        "chat.conversation.handoff_summary",
        "chat.identification.visible_text",
        "chat.identification.completion",
        "chat.identification_order.secrets",
        "rasa.events.data",
    ):
        assert done[place] == (3, 0), place
    assert {unreadable for _, unreadable in done.values()} == {0}
    assert await keys_in_use(sessions) == {AFTER.current_key_id.hex()}
    await assert_readable(sessions, clock, AFTER, filled)


async def test_before_and_during_it_the_old_key_still_opens(sessions, clock, filled):
    await assert_readable(sessions, clock, BOTH, filled)
    steps = rotate(sessions, BOTH, HOLDINGS, batch=1, pause_s=0)
    async for done in steps:
        if done.column == "text_sealed":
            break

    assert len(await keys_in_use(sessions)) == 2
    await assert_readable(sessions, clock, BOTH, filled)
    with pytest.raises(UnknownKeyError):
        await assert_readable(sessions, clock, AFTER, filled)
    again = await rotated(sessions)
    assert again["cases.case_note.text_sealed"] == (0, 0), "what was done is passed over"
    await assert_readable(sessions, clock, AFTER, filled)


async def test_writers_while_it_runs_lose_nothing(sessions, clock, filled, references):
    """Officers write, persons add, new requests come in and visitors chat while every row is rewritten."""
    everything = Everything(sessions, BOTH, clock)
    own = OwnCases(sessions, key_ring=BOTH, clock=clock, calendar=WorkingCalendar())
    [reference, *_] = filled
    signer = Person(KARL)
    written, running = [], True

    async def keep_writing(worker: int) -> None:
        for number in itertools.count():
            if not running:
                return
            text_ = f"{worker}-{number}"
            await everything.cases.add_note(reference, text_, actor=OFFICER)
            await own.add(reference, signer, text=f"a{text_}", addition_id=UUID(int=worker * 10_000 + number))
            new, conversation_id = next(references), str(uuid4())
            await everything.conversation(conversation_id)
            await everything.case(new, conversation_id)
            written.append((text_, new))

    writers = [asyncio.create_task(keep_writing(worker)) for worker in range(1, 4)]
    for _ in range(3):
        await rotated(sessions, batch=1)
    running = False
    await asyncio.gather(*writers)
    await rotated(sessions)

    assert len(written) >= 3, "somebody wrote while it ran"
    assert await keys_in_use(sessions) == {AFTER.current_key_id.hex()}
    cases = Everything(sessions, AFTER, clock).cases
    notes = {note.text for note in (await cases.open_file(reference, actor=OFFICER)).notes}
    for text_, new in written:
        assert {text_, f"a{text_}"} <= notes
        assert (await cases.open_file(new, actor=OFFICER)).name == "Karl Testsson"


async def test_a_value_that_somebody_changed_in_between_is_theirs(sessions, filled, monkeypatch):
    """The rotation has read a message; before it writes, the message is another one."""
    read = KeyRing.decrypt
    later = BOTH.encrypt_text("ändrat", context="chat.message.text")
    changed = asyncio.Event()

    async with sessions() as other:
        row = (await other.scalars(text("SELECT id FROM chat.message ORDER BY id"))).first()

        def decrypt_and_let_another_write(ring, ciphertext, *, context):
            if context == "chat.message.text" and not changed.is_set():
                changed.set()
                _write_elsewhere(sessions, row, later)
            return read(ring, ciphertext, context=context)

        monkeypatch.setattr(KeyRing, "decrypt", decrypt_and_let_another_write)
        done = await rotated(sessions)

    assert changed.is_set()
    assert done["chat.message.text"] == (2, 0)
    async with sessions() as session:
        assert (await session.get_one(MessageRow, row)).text == later


def _write_elsewhere(sessions, row, value):
    url = sessions.kw["bind"].url.render_as_string(hide_password=False)
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute("UPDATE chat.message SET text = %s WHERE id = %s", [value, row])


async def test_what_no_key_opens_is_counted_and_left_as_it_is(sessions, filled):
    async with sessions.begin() as session:
        await session.execute(text("UPDATE chat.message SET text = '\\x00112233445566778899' WHERE id = 1"))

    done = await rotated(sessions)

    assert done["chat.message.text"] == (2, 1)
    assert "0011223344556677" in await keys_in_use(sessions)


async def test_trackers_from_before_they_were_sealed_are_sealed(sessions, filled):
    [conversation_id, *_] = filled.values()
    async with sessions.begin() as session:
        await session.execute(text("UPDATE rasa.events SET data = 'Jag heter Karl' WHERE id = 1"))
    assert "" in await keys_in_use(sessions)

    assert (await rotated(sessions))["rasa.events.data"] == (3, 0)

    assert await opened_tracker(sessions, AFTER, conversation_id) == ["Jag heter Karl"]
