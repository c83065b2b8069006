"""The database is brought up to date from every earlier revision, with what stood in it."""

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from foundation.database import libpq_url
from insyn.migrate import alembic_config, migrate

pytestmark = pytest.mark.database

FIRST_WITH_TABLES = "0005"
"""Before this one a database held nothing yet: the first release has these tables."""

DATA = """
    INSERT INTO chat.conversation (id, state, identity_level, created_at, last_message_at)
         VALUES ('c', 'bot', 0, now(), now());
    INSERT INTO chat.message (conversation_id, sender, text, citations, created_at)
         VALUES ('c', 'visitor', 'x', '[]', now());
    SET session_replication_role = replica;
    INSERT INTO cases.privacy_case (reference, request_type, status, version, last_sequence, last_hash, channel,
                received_at, received_on, due_on, first_due_on, unpaused_due_on, internal_due_on, identity_level,
                identity_method, request_digest, registered_at)
         VALUES ('AR-7K2M-Q94X', 'access', 'awaiting_identity', 1, 1, 'x', 'chat', now(), '2026-03-05', '2026-04-07',
                 '2026-04-07', '2026-04-07', '2026-03-27', 0, 'none', 'x', now());
    INSERT INTO cases.case_event SELECT id, 1, 'case_registered', 'system', 'assistant', now(), NULL, 'received', NULL,
                '2026-04-07', 1, '{}', 'x', 'x' FROM cases.privacy_case;
    INSERT INTO cases.case_note (case_id, actor_id, text_sealed, written_at)
         SELECT id, '4', 'x', now() FROM cases.privacy_case;
    INSERT INTO cases.case_pause (case_id, reason, asked_on)
         SELECT id, 'identity', '2026-03-06' FROM cases.privacy_case;
    INSERT INTO cases.staff_account (name, display_name, role, password_hash, created_at)
         VALUES ('eva', 'Eva', 'officer', 'x', now());
"""
STANDS = """
    SELECT (SELECT count(*) FROM chat.message), (SELECT reference FROM cases.privacy_case),
           (SELECT count(*) FROM cases.case_event), (SELECT count(*) FROM cases.case_note),
           (SELECT count(*) FROM cases.case_pause), (SELECT name FROM cases.staff_account)
"""


def revisions() -> list[str]:
    """Return every revision from the first release on, oldest first."""
    script = ScriptDirectory.from_config(alembic_config("postgresql://nobody@nowhere/nothing"))
    ordered = [revision.revision for revision in script.walk_revisions()][::-1]
    return ordered[ordered.index(FIRST_WITH_TABLES) :]


def test_from_every_earlier_revision_with_data(postgres_url):
    for number, revision in enumerate(revisions()):
        name = f"insyn_test_migration_{number}"
        with psycopg.connect(libpq_url(postgres_url), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
        try:
            migrate(url, revision=revision)
            with psycopg.connect(libpq_url(url), autocommit=True) as connection:
                connection.execute(DATA)
            migrate(url)
            with psycopg.connect(libpq_url(url)) as connection:
                assert connection.execute(STANDS).fetchone() == (1, "AR-7K2M-Q94X", 1, 1, 1, "eva"), revision
                head = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
                assert head == (revisions()[-1],)
        finally:
            with psycopg.connect(libpq_url(postgres_url), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
