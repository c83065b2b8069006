"""The services' login can do its work and cannot rewrite what happened, whatever it tries (docs/adr/0110)."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from bot.rasa.tracker_store import PostgresTrackerStore, make_engine
from foundation.database import libpq_url
from insyn.errors import InsynError
from insyn.holdings import HOLDINGS
from insyn.postgres import SERVICES
from insyn.rights import APPEND_ONLY, Logins, bring_up_to_date, may_rewrite, refuse_a_login_that_may_rewrite
from insyn.services import SERVICES as PROCESSES
from insyn.settings import Settings
from insyn.up import database
from tests.insyn.test_production_start import files, started  # noqa: F401 - fixtures
from tests.insyn.test_settings import load  # noqa: F401 - a fixture

pytestmark = pytest.mark.database

GUARDED = """
    SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' ORDER BY 1
"""
ATTEMPTS = (
    "UPDATE {table} SET actor_id = '7'",
    "UPDATE {table} SET hash = hash WHERE false",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "SELECT FROM {table} FOR UPDATE",
    "ALTER TABLE {table} DISABLE TRIGGER append_only",
    "ALTER TABLE {table} DROP COLUMN facts",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "DROP TRIGGER append_only ON {table}",
    "DROP TABLE {table} CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "GRANT ALL ON {table} TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION cases.append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TABLE cases.another ()",
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
)


@pytest.fixture
def service(database_url):
    with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(owner_url):
    with psycopg.connect(libpq_url(owner_url), autocommit=True) as connection:
        yield connection


def test_what_is_only_added_to_is_what_the_triggers_guard_too(owner):
    assert sorted(APPEND_ONLY) == [table for (table,) in owner.execute(GUARDED)]
    assert {"cases.case_event", "cases.register_event"} == {*APPEND_ONLY}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_every_way_to_rewrite_the_history_is_refused(service, database_url, owner, table):
    for attempt in ATTEMPTS:
        statement = attempt.format(table=table, owner=owner.info.user)
        if statement.startswith("GRANT"):
            service.execute(statement)  # PostgreSQL warns, and grants nothing
            continue
        with pytest.raises(errors.InsufficientPrivilege):
            service.execute(statement)
    assert may_rewrite(database_url) == []


def test_everything_else_is_read_and_written(service):
    for holding in HOLDINGS:
        rights = ["SELECT", "INSERT"] if holding.append_only else ["SELECT", "INSERT", "UPDATE", "DELETE"]
        for right in ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"]:
            found = service.execute("SELECT has_table_privilege(%s, %s)", [holding.table, right]).fetchone()
            assert found == (right in rights,), (holding.table, right)


def test_whoever_owns_the_tables_is_told_of_as_one_who_may_rewrite(database_url, owner_url):
    assert may_rewrite(database_url) == []
    assert may_rewrite(owner_url) == sorted(APPEND_ONLY)


@pytest.mark.parametrize(
    "right",
    [
        "GRANT UPDATE (facts) ON cases.case_event TO {role}",
        "GRANT TRIGGER ON cases.case_event TO {role}",
        "ALTER TABLE cases.case_event OWNER TO {role}",
        "ALTER SCHEMA cases OWNER TO {role}",
    ],
)
def test_a_right_too_many_is_noticed_and_taken_back_by_the_next_migration(database_url, owner_url, owner, right):
    owner.execute(right.format(role=SERVICES))
    assert "cases.case_event" in may_rewrite(database_url)

    if right.startswith("GRANT"):
        bring_up_to_date(Logins(database_url, owner=owner_url))
        assert may_rewrite(database_url) == []


def test_where_there_is_one_login_it_keeps_what_it_owns(owner_url):
    bring_up_to_date(Logins(owner_url, owner=owner_url))

    assert may_rewrite(owner_url) == sorted(APPEND_ONLY)


def test_a_login_that_is_not_there_is_told_before_anything_is_changed(owner_url):
    nobody = make_url(owner_url).set(username="nobody_here").render_as_string(hide_password=False)

    with pytest.raises(InsynError, match="nobody_here"):
        bring_up_to_date(Logins(nobody, owner=owner_url))


def test_rasas_table_is_there_before_rasa_and_is_the_one_that_its_store_writes(database_url):
    engine = make_engine(database_url)
    expected = PostgresTrackerStore.Base.metadata.tables["events"].columns
    found = {column["name"]: column["nullable"] for column in inspect(engine).get_columns("events")}
    indexes = inspect(engine).get_indexes("events")
    engine.dispose()

    assert found == {column.name: column.nullable for column in expected}
    assert [index["column_names"] for index in indexes] == [["sender_id"]]


def test_an_installation_with_one_plain_login_goes_over_to_two(postgres_url):
    """As docs/operations.md sets it up: no login is a superuser."""
    names = {name: f"insyn_test_{name}" for name in ("database", "owner", "services")}
    of = {
        who: make_url(postgres_url).set(username=names[who], password="secret", database=names["database"])
        for who in ("owner", "services")
    }
    url = {who: made.render_as_string(hide_password=False) for who, made in of.items()}
    with psycopg.connect(libpq_url(postgres_url), autocommit=True) as server:
        for who in ("owner", "services"):
            server.execute(f"CREATE ROLE {names[who]} LOGIN PASSWORD 'secret'")
        server.execute(f"CREATE DATABASE {names['database']} OWNER {names['owner']}")
        try:
            bring_up_to_date(Logins(url["owner"], owner=url["owner"]))
            with pytest.raises(InsynError):
                refuse_a_login_that_may_rewrite(url["owner"])

            bring_up_to_date(Logins(url["services"], owner=url["owner"]))
            refuse_a_login_that_may_rewrite(url["services"])
        finally:
            server.execute(f"DROP DATABASE {names['database']} WITH (FORCE)")
            server.execute(f"DROP ROLE {names['owner']}, {names['services']}")


def test_commands_work_with_the_services_login(database_url, owner_url):
    with database(Settings(_env_file=None, database_url=database_url, migrations_database_url=owner_url)) as url:
        assert url == database_url


@pytest.mark.parametrize("process", ["chat", "cases", "worker", "rasa"])
def test_production_serves_nothing_by_a_login_that_may_rewrite(started, owner_url, process, monkeypatch):  # noqa: F811
    assert process in PROCESSES
    monkeypatch.setattr("identity.production.check", lambda *_, **__: None)  # BankID's own certificates are not here
    with pytest.raises(InsynError, match="INSYN_MIGRATIONS_DATABASE_URL"):
        started(process, INSYN_DATABASE_URL=owner_url)
