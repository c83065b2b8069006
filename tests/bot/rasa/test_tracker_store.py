"""A turn reads its tracker once and writes what is new once; what is stored is what Rasa's own store would store."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered

from bot.rasa.tracker_store import PostgresTrackerStore, reading_once

DOMAIN = Domain.from_dict(
    {"intents": ["greet"], "slots": {"email": {"type": "text", "mappings": [{"type": "custom"}]}}}
)
GREETING = UserUttered("hej", {"name": "greet", "confidence": 0.9}, message_id="turn-1", input_channel="edge")
BEGUN: list[Event] = [
    ActionExecuted("action_session_start"),
    SessionStarted(),
    ActionExecuted("action_listen"),
    GREETING,
]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Iterator[PostgresTrackerStore]:
    monkeypatch.setenv("INSYN_DATABASE_URL", database_url)
    monkeypatch.setenv("INSYN_ENCRYPTION_SECRETS", "a secret for tests")
    store = PostgresTrackerStore(DOMAIN)
    yield store
    store.engine.dispose()


@pytest.fixture
def statements(store: PostgresTrackerStore) -> list[str]:
    made: list[str] = []
    sa.event.listen(
        store.engine, "before_cursor_execute", lambda _conn, _cursor, statement, *_: made.append(statement.split()[0])
    )
    return made


async def begin(store: PostgresTrackerStore) -> None:
    tracker = await store.get_or_create_tracker("visitor", append_action_listen=False)
    tracker.update_with_events(BEGUN, DOMAIN, override_timestamp=False)
    await store.save(tracker)


async def test_a_turn_takes_one_statement_to_read_and_one_to_write(store: PostgresTrackerStore, statements: list[str]):
    with reading_once():
        await begin(store)
    statements.clear()

    with reading_once():
        understood_with = await store.retrieve("visitor")
        tracker = await store.get_or_create_tracker("visitor", append_action_listen=False)
        assert tracker is understood_with
        tracker.update_with_events([SlotSet("email", "a@b.se"), ActionExecuted("action_listen")], DOMAIN)
        await store.save(tracker)

    assert statements == ["SELECT", "INSERT"]


async def test_each_turn_reads_what_the_one_before_stored(store: PostgresTrackerStore):
    with reading_once():
        await begin(store)
    with reading_once():
        tracker = await store.retrieve("visitor")
        assert tracker is not None
        tracker.update(SlotSet("email", "a@b.se"), DOMAIN)
        await store.save(tracker)
        await store.save(tracker)  # once more adds nothing
    with reading_once():
        tracker = await store.retrieve("visitor")

    assert tracker is not None
    assert list(tracker.events) == [*BEGUN, SlotSet("email", "a@b.se")]
    assert tracker.get_slot("email") == "a@b.se"
    assert tracker.latest_message is not None
    assert tracker.latest_message.message_id == "turn-1"


async def test_nothing_is_kept_in_memory_between_turns(store: PostgresTrackerStore):
    """Whoever deletes a conversation has deleted it."""
    with reading_once():
        await begin(store)
    with store.engine.begin() as connection:
        connection.execute(sa.delete(store.SQLEvent))

    with reading_once():
        assert await store.retrieve("visitor") is None


async def test_what_is_stored_is_what_rasas_own_store_stores(store: PostgresTrackerStore):
    with reading_once():
        await begin(store)
    ours = rows(store)
    with store.engine.begin() as connection:
        connection.execute(sa.delete(store.SQLEvent))
    await begin(store)  # without a turn around it Rasa's own way is taken

    assert ours == rows(store)
    assert [json.loads(row.data)["event"] for row in ours] == ["action", "session_started", "action", "user"]


async def test_rasas_own_store_finds_the_same_tracker(store: PostgresTrackerStore):
    with reading_once():
        await begin(store)

    assert await SQLTrackerStore.retrieve_full_tracker(store, "visitor") == await store.retrieve("visitor")


def rows(store: PostgresTrackerStore) -> list[sa.Row]:
    event = store.SQLEvent
    columns = (event.sender_id, event.type_name, event.timestamp, event.intent_name, event.action_name, event.data)
    with store.engine.connect() as connection:
        return list(connection.execute(sa.select(*columns).order_by(event.id)))
