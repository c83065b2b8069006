"""Every table is somebody's: retention and key rotation miss none."""

import psycopg
import pytest

from foundation.database import libpq_url
from foundation.holdings import Holding
from insyn.holdings import HOLDINGS, SCHEMAS
from privacy.retention import RetentionPeriods

pytestmark = pytest.mark.database

TABLES = """
    SELECT table_schema || '.' || table_name FROM information_schema.tables
     WHERE table_schema = ANY(%s) AND table_type = 'BASE TABLE'
"""
COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns WHERE table_schema || '.' || table_name = %s
"""
KEYS = """
    SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indrelid = %s::regclass AND i.indisprimary
"""
CASCADES = """
    SELECT confrelid::regclass::text FROM pg_constraint
     WHERE conrelid = %s::regclass AND contype = 'f' AND confdeltype = 'c'
"""
BY_TABLE = {holding.table: holding for holding in HOLDINGS}


@pytest.fixture
def connection(database_url):
    with psycopg.connect(libpq_url(database_url)) as connection:
        yield connection


def columns_of(connection, table):
    return dict(connection.execute(COLUMNS, [table]).fetchall())


def test_every_table_is_declared_once_and_every_declaration_is_a_table(connection):
    tables = [name for (name,) in connection.execute(TABLES, [list(SCHEMAS)])]

    assert sorted(holding.table for holding in HOLDINGS) == sorted(tables)


def test_every_binary_column_is_sealed_or_said_to_be_opaque(connection):
    for table, holding in BY_TABLE.items():
        columns = columns_of(connection, table)
        needing = {name for name, kind in columns.items() if kind == "bytea" or name.endswith("_sealed")}
        sealed = {sealed.column for sealed in holding.sealed}

        assert needing | {s.column for s in holding.sealed if s.is_text} == sealed | set(holding.opaque), table
        assert not {name for name in holding.opaque if name.endswith("_sealed")}, table


def test_a_declared_key_is_the_table_s(connection):
    for table, holding in BY_TABLE.items():
        assert {name for (name,) in connection.execute(KEYS, [table])} == set(holding.key), table


def test_what_goes_with_another_table_is_taken_along_by_the_database(connection):
    for table, holding in BY_TABLE.items():
        if holding.goes_with is not None:
            assert holding.goes_with in {name for (name,) in connection.execute(CASCADES, [table])}, table


def test_every_period_is_one_that_can_be_set():
    asked = {holding.expiry.period for holding in HOLDINGS if holding.expiry is not None}

    assert asked == set(RetentionPeriods.__dataclass_fields__)


def test_a_declaration_says_how_rows_end_in_one_way():
    for wrong in ({}, {"kept_because": "x", "goes_with": "y"}):
        with pytest.raises(ValueError):
            Holding("cases.x", ("id",), **wrong)
