"""Fills the register up to a number of cases with COPY: real columns, sealed values that share one ciphertext.

What it is not: the triggers are off while it writes, and a history's three lines carry one random hash, so it is no
chain, and ``insyn audit verify`` would say so of every case. What is measured on it reads or appends.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from cases.storage.sealing import Sealer
from insyn.settings import Settings

CASES_EACH = 4
"""Of a person, at every size: two by BankID and two by a code to their address."""

DAYS = 800
"""So long the register has been kept; what came in during the last twentieth of it is still open."""

FIRST_DAY = datetime(2024, 1, 1, 9, tzinfo=UTC)

OPEN = ("received", *["in_progress"] * 17, "extended", "awaiting_identity")
"""Where the open ones are."""

RARE = "portability"
"""What hardly anybody asks for."""

FAR_ON = date(2025, 3, 1)
"""A due date in the midst of all."""

CASE_COLUMNS = """
    reference, request_type, status, resolution, version, last_sequence, last_hash, channel, received_at, received_on,
    due_on, first_due_on, unpaused_due_on, internal_due_on, identity_level, identity_method, verified_at, name_sealed,
    personal_identity_number_sealed, person_digest, contact_email_sealed, contact_digest, details_sealed,
    request_digest, registered_at, closed_at
"""
COLUMN_TYPES = (
    *("text", "text", "text", "text", "int4", "int4", "bytea", "text", "timestamptz", "date"),
    *("date", "date", "date", "date", "int2", "text", "timestamptz", "bytea"),
    *("bytea", "bytea", "bytea", "bytea", "bytea"),
    *("bytea", "timestamptz", "timestamptz"),
)
EVENTS = """
    INSERT INTO cases.case_event (case_id, sequence, kind, actor_kind, actor_id, occurred_at, status_before,
           status_after, resolution_after, due_on_after, case_version, facts, previous_hash, hash)
    SELECT id, n, CASE n WHEN 1 THEN 'case_registered' ELSE 'case_opened' END, 'system', 'assistant', registered_at,
           CASE n WHEN 1 THEN NULL ELSE status END, status, resolution, due_on, 1, '{}', last_hash, last_hash
      FROM cases.privacy_case c, generate_series(1, 3) n
     WHERE c.id > %s
"""


def fill(connection: psycopg.Connection[Any], size: int) -> None:
    """Add cases until there are ``size``; the newest twentieth of them is open, as after some years."""
    row = connection.execute("SELECT count(*), coalesce(max(id), 0) FROM cases.privacy_case").fetchone()
    present, newest = row or (0, 0)
    settings = Settings(_env_file=None)
    sealer, source = Sealer(settings.key_ring()), random.Random(present)
    sealed = sealer.seal_certain("Karl Karlsson, som har ett vanligt långt namn", column="x", reference="x")
    copied = f"COPY cases.privacy_case ({CASE_COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        with connection.cursor().copy(copied) as copy:
            copy.set_types(COLUMN_TYPES)
            for number in range(present, size):
                person = number // CASES_EACH
                digests = (sealer.person_digest(number_of(person)), sealer.contact_digest(email_of(person)))
                copy.write_row(_case(number, sealed, digests, source))
        connection.execute(EVENTS, [newest])
    for table in ("privacy_case", "case_event"):
        connection.execute(f"ANALYZE cases.{table}")


def people_in(size: int) -> int:
    """Return how many people have all their cases among the first ``size``."""
    return size // CASES_EACH


def number_of(person: int) -> str:
    """Return the personal identity number of one of those who file."""
    return f"1990{person:08d}"


def email_of(person: int) -> str:
    """Return their address."""
    return f"{person}@example.se"


def _case(number: int, sealed: bytes, digests: tuple[bytes, bytes], source: random.Random) -> tuple[Any, ...]:
    day = source.randrange(DAYS)
    is_open = day >= DAYS - DAYS // 20
    received = FIRST_DAY + timedelta(days=day)
    due_on = received.date() + timedelta(days=30)
    status, resolution = (OPEN[number % len(OPEN)], None) if is_open else ("closed", "granted")
    by_bankid = bool(number % 2)
    identity = (2, "bankid") if by_bankid else (1, "email_code")
    random_hash = source.randbytes(32)
    return (
        f"B{number:013d}",
        RARE if number % 5_000 == 0 else "access",
        status,
        resolution,
        1,
        3,
        random_hash,
        "chat",
        received,
        received.date(),
        due_on,
        due_on,
        due_on,
        due_on,
        *identity,
        received,
        sealed,
        sealed if by_bankid else None,
        digests[0] if by_bankid else None,
        sealed,
        digests[1],
        sealed,
        random_hash,
        received,
        None if is_open else received,
    )
