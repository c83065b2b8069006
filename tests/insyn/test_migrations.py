"""The database is brought up to date step by step, with a row in every table that there was at each step."""

# ruff: noqa: S608 - the statements are made of names that the database itself gives

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

import bot.app
import cases.app
from bot.rasa.tracker_store import PostgresTrackerStore, make_engine
from foundation.database import TypedBase, libpq_url, sqlalchemy_url
from foundation.holdings import Holding
from insyn.holdings import HOLDINGS
from insyn.migrate import alembic_config, migrate
from tests.insyn.planting import LINKS, Planter

pytestmark = pytest.mark.database

SERVICES = (bot.app, cases.app)
"""Who imports them knows the class of every table."""

FIRST_WITH_TABLES = "0005"
"""Before this one a database held nothing yet: the first release has these tables."""

NAME = "insyn_test_migrations"
AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
OURS = [holding for holding in HOLDINGS if not holding.table.startswith("jobs.")]
SINGLE = "cases.register_head"
"""Its one row comes with it."""

ONE_OF = re.compile(r"\(+(\w+)\)?(?:::text)? = ANY \(+ARRAY\['([^']+)'")
"""In a check's definition: the column that must hold one of several words, and the first of them."""

CHECKS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE contype = 'c' AND conrelid <> 0
"""

SHAPES = """
    SELECT table_schema || '.' || table_name, string_agg(column_name, ',' ORDER BY ordinal_position)
      FROM information_schema.columns GROUP BY 1
"""

GIVEN: dict[str, dict[str, Any]] = {
    "chat_conversation": {"waiting_since": None},
    "chat_turn": {"event": None},
    "cases_privacy_case": {"resolution": None, "channel": "chat", "identity_method": "bankid"},
    "cases_case_event": {
        "actor_kind": "system",
        "status_before": None,
        "status_after": "received",
        "resolution_after": None,
    },
    "cases_register_event": {"actor_kind": "system"},
    "cases_connector_order": {"block_id": None, "outcome": None},
    "cases_access_package": {"released_at": None, "expires_at": None},
}
"""What checks over several columns, and columns whose words no check lists, want of a row."""


def revisions() -> list[str]:
    """Return every revision from the first release on, oldest first."""
    script = ScriptDirectory.from_config(alembic_config("postgresql://nobody@nowhere/nothing"))
    ordered = [revision.revision for revision in script.walk_revisions()][::-1]
    return ordered[ordered.index(FIRST_WITH_TABLES) :]


@pytest.fixture
def url(postgres_url) -> Iterator[str]:
    """An empty database."""
    with psycopg.connect(libpq_url(postgres_url), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME}")
        server.execute(f"CREATE DATABASE {NAME}")
        yield make_url(postgres_url).set(database=NAME).render_as_string(hide_password=False)
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture
def connection(url) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        yield connection


def tables(connection: psycopg.Connection[Any]) -> list[Holding]:
    """Return our tables that this database has; those of the queue are its library's."""
    return [h for h in OURS if connection.execute("SELECT to_regclass(%s)", [h.table]).fetchone() != (None,)]


def shapes(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Return each table's columns as they are now."""
    return dict(connection.execute(SHAPES).fetchall())


def plant(connection: psycopg.Connection[Any], rows: dict[str, dict[str, Any]]) -> None:
    """Put a row into every table that has none in ``rows``, and add it there, as every check wants it."""
    given: dict[str, dict[str, Any]] = defaultdict(dict)
    for table, definition in connection.execute(CHECKS):
        given[table.replace(".", "_")] |= dict(ONE_OF.findall(definition))
    for table, values in GIVEN.items():
        given[table] |= values
    Planter(connection, at=AT).plant([h for h in tables(connection) if h.table != SINGLE], rows, **given)


def rasa_makes_its_table(url: str) -> None:
    """As Rasa did when it first ran, before there was a revision for it."""
    engine = make_engine(url)
    PostgresTrackerStore.Base.metadata.create_all(engine)
    engine.dispose()


def contents(connection: psycopg.Connection[Any]) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Return every row of every table, by its key."""
    found = {}
    for holding in tables(connection):
        rows = [row for (row,) in connection.execute(f"SELECT to_jsonb(t) FROM {holding.table} t")]
        found[holding.table] = {tuple(row[name] for name in holding.key): row for row in rows}
    return found


def orphans(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Return the columns that refer to a row which is not there."""
    lost = "SELECT count(*) FROM {table} t WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT FROM {to} p WHERE {same})"
    found = []
    for column, parent, target in connection.execute(LINKS, [table]).fetchall():
        query = lost.format(table=table, column=column, to=parent, same=f"p.{target} = t.{column}")
        if connection.execute(query).fetchone() != (0,):
            found.append(f"{table}.{column}")
    return found


def read_by_todays_code(url: str) -> dict[str, int]:
    """Read every row through its class, and return how many each table had."""
    engine = create_engine(sqlalchemy_url(url))
    with Session(engine) as session:
        read = {
            mapper.local_table.fullname: len(session.scalars(select(mapper.class_)).all())
            for mapper in TypedBase.registry.mappers
        }
    engine.dispose()
    return read


def test_nothing_is_lost_on_the_way_from_any_revision(url, connection):
    written: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    rows_as_now: dict[str, dict[str, Any]] = {}
    before: dict[str, str] = {}
    for revision in revisions():
        migrate(url, revision=revision)
        if revision == FIRST_WITH_TABLES:
            rasa_makes_its_table(url)
        now = contents(connection)
        for table, rows in written.items():
            assert now[table].keys() == rows.keys(), f"{table} in {revision}"
            for key, row in rows.items():  # columns may come; none of what was written goes or changes
                assert row.items() <= now[table][key].items(), f"{table} in {revision}"
        if any(shape != before.get(table, shape) for table, shape in shapes(connection).items()):
            rows_as_now.clear()  # a row as this revision has it, in every table
        before = shapes(connection)
        plant(connection, rows_as_now)
        written = contents(connection)
        assert all(written.values()), f"a table is empty in {revision}"

    assert {*written} == {holding.table for holding in OURS}
    assert [column for table in written for column in orphans(connection, table)] == []
    assert connection.execute("SELECT version_num FROM public.alembic_version").fetchone() == (revisions()[-1],)
    assert read_by_todays_code(url) == {table: len(rows) for table, rows in written.items() if table != "rasa.events"}
