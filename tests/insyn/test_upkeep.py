"""The commands of whoever runs it: audit, keys, retention, tokens, deliveries."""

import asyncio
from uuid import UUID

import psycopg
import pytest
from rich.console import Console

from cases.drafts import Actor, CaseDraft, Channel
from cases.service import CaseService
from cases.shown_conversations import ShownConversations
from cases.storage.outbox import register_endpoints
from foundation.clock import system_clock
from foundation.database import create_engine, libpq_url, session_factory
from insyn import outbox, tokens
from insyn.audit import verify_audit, write_checkpoint
from insyn.errors import InsynError
from insyn.readers import readers
from insyn.settings import Settings
from insyn.upkeep import key_status, rotate_keys, run_retention, with_database
from privacy.calendar import WorkingCalendar
from privacy.request_types import RequestType

pytestmark = pytest.mark.database

REFERENCES = ("AR-7K2M-Q941", "AR-0000-0000")


@pytest.fixture
def config(database_url, tmp_path):
    return Settings(_env_file=None, database_url=database_url, data_dir=tmp_path)


@pytest.fixture
def filled(config):
    """Two cases, about which a system is to be told."""

    async def fill() -> None:
        engine = create_engine(config.database_url)
        sessions = session_factory(engine)
        async with sessions.begin() as session:
            await register_endpoints(session, ["register"], now=system_clock())
        service = CaseService(sessions, key_ring=config.key_ring(), clock=system_clock, calendar=WorkingCalendar())
        for reference in REFERENCES:
            draft = CaseDraft(
                reference, RequestType.ACCESS, system_clock(), Channel.CHAT, contact_email="karl@example.se"
            )
            await service.register(draft)
        await engine.dispose()

    asyncio.run(fill())
    return config


def shown(table) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


@pytest.fixture
def tamper(owner_url):
    """Run a statement that no service can."""

    def run(statement: str) -> None:
        with psycopg.connect(libpq_url(owner_url)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement)

    return run


def test_a_whole_history_is_whole_and_a_checkpoint_shows_what_vanishes(filled, tmp_path, tamper):
    checkpoint = tmp_path / "checkpoint"
    alone = verify_audit(filled)
    assert "2 lines of 2 cases" in alone
    assert "shows only against a checkpoint" in alone
    written = write_checkpoint(filled, checkpoint)
    assert "3 chains" in written
    key = written.rsplit(" ", 1)[1]
    compared = verify_audit(filled, checkpoint=checkpoint)
    assert "2 lines of 2 cases" in compared
    assert f"is genuine (key {key}), and each of its 3 chains goes on" in compared
    assert "shows only against" not in compared
    with pytest.raises(InsynError):
        write_checkpoint(filled, checkpoint)

    tamper("DELETE FROM cases.case_event WHERE case_id = (SELECT min(id) FROM cases.privacy_case)")
    tamper("DELETE FROM cases.privacy_case WHERE id = (SELECT min(id) FROM cases.privacy_case)")
    assert "1 cases" in verify_audit(filled)
    with pytest.raises(InsynError, match=f"{REFERENCES[0]} line 1: removed"):
        verify_audit(filled, checkpoint=checkpoint)


def test_a_changed_line_is_named_by_the_command(filled, tamper):
    tamper("UPDATE cases.case_event SET actor_id = '7'")

    with pytest.raises(InsynError, match=rf"{REFERENCES[1]} line 1: changed \(it does not say what was written\)"):
        verify_audit(filled)


def test_the_readers_of_a_conversation_are_told_by_its_case_or_its_number_and_nobody_else_s(filled, tamper):
    conversation = UUID("2f5c8a52-90f6-4b58-8d06-1f0c1d5f7c11")
    led_to = f"conversation_id = '{conversation}' WHERE reference = '{REFERENCES[0]}'"
    tamper(f"UPDATE cases.privacy_case SET {led_to}")  # noqa: S608

    async def read(sessions) -> None:
        conversations = ShownConversations(sessions, key_ring=filled.key_ring(), clock=system_clock)
        await conversations.note(conversation, actor=Actor.officer("77"))
        await conversations.note(UUID(int=5), actor=Actor.officer("88"))

    with_database(filled, read)

    for wanted in (REFERENCES[0], str(conversation)):
        table = shown(readers(filled, wanted))
        assert "77" in table
        assert "88" not in table
    for unknown in (REFERENCES[1], "hej"):
        with pytest.raises(InsynError):
            readers(filled, unknown)


def test_a_key_is_replaced_by_the_commands(filled):
    old = filled.encryption_secrets[0].get_secret_value()
    changed = filled.model_copy(
        update={
            "encryption_secrets": Settings(_env_file=None, encryption_secrets=f"new-secret, {old}").encryption_secrets
        }
    )
    assert rotate_keys(changed) == 2
    assert rotate_keys(changed) == 0
    [first, second] = [line for line in shown(key_status(changed)).splitlines() if "seals" in line or "opens" in line]
    assert " 2 " in first
    assert " 0 " in second
    with pytest.raises(InsynError, match="2 values open with no key"):
        rotate_keys(filled)


def test_what_has_expired_is_shown_and_then_erased(filled, tamper):
    tamper("UPDATE cases.outbox_message SET occurred_at = now() - interval '1 year'")
    for dry_run, left in ((True, 2), (False, 0)):
        table = shown(run_retention(filled, dry_run=dry_run))
        [line] = [line for line in table.splitlines() if "cases.outbox_message" in line]
        assert " 2 " in line
        assert "90 dagar" in line
        with psycopg.connect(libpq_url(filled.database_url)) as connection:
            assert connection.execute("SELECT count(*) FROM cases.outbox_message").fetchone() == (left,)


def test_a_token_is_given_seen_and_ended(config):
    token = tokens.add(config, "register", scopes=["cases:read"], expires_in_days=30)
    assert len(token) > 40
    assert "cases:read" in shown(tokens.listed(config))
    assert token not in shown(tokens.listed(config))
    tokens.revoke(config, 1)
    with pytest.raises(InsynError):
        tokens.revoke(config, 1)
    with pytest.raises(InsynError, match="cases:read"):
        tokens.add(config, "register", scopes=["everything"], expires_in_days=None)


def test_dead_deliveries_are_seen_and_start_afresh(filled, tamper):
    tamper("UPDATE cases.webhook_delivery SET state = 'dead', last_outcome = '500'")
    assert REFERENCES[0] in shown(outbox.dead(filled))
    assert outbox.replay(filled, [1]) == 1
    with pytest.raises(InsynError):
        outbox.replay(filled, [1])
    assert outbox.replay(filled, []) == 1
    assert REFERENCES[1] not in shown(outbox.dead(filled))
