"""What each table holds about people: one declaration a table, which retention and key rotation work from.

A table that no declaration names, or whose binary columns are neither sealed nor said to be opaque, fails
``tests/insyn/test_holdings.py``: nobody can add a table and forget it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

Keys = Sequence[tuple[Any, ...]]
"""Primary keys of rows, each in the order of :attr:`Holding.key`."""

Erase = Callable[[AsyncSession, Keys, datetime], Awaitable[None]]
"""Takes what is personal out of rows that stay, in the caller's transaction."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of ciphertext that the key ring made."""

    column: str

    context: str
    """What it is bound to (:class:`foundation.encryption.KeyRing`); ``{}`` stands for what ``bound_to`` gives."""

    is_text: bool = False
    """Whether the column is text in the form of :meth:`foundation.encryption.KeyRing.encrypt_to_text`."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """Which rows have expired, and what then happens to them."""

    period: str
    """The name of a :class:`privacy.retention.RetentionPeriods` field."""

    when: str
    """SQL condition on the table as ``t``. ``:before`` is the instant that lies the period back, ``:now`` this one."""

    erase: Erase | None = None
    """None: the rows are deleted."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A table. Exactly one of ``expiry``, ``goes_with`` and ``kept_because`` says how its rows end."""

    table: str
    """With its schema: ``cases.case_note``."""

    key: tuple[str, ...]
    """Columns of its primary key."""

    sealed: tuple[Sealed, ...] = ()

    bound_to: str = "''"
    """SQL expression on the table as ``t`` that gives what ``{}`` in the contexts stands for, as text."""

    opaque: tuple[str, ...] = ()
    """Binary columns that no key of the ring made: hashes, digests, ciphertext under a key that is sealed itself."""

    expiry: Expiry | None = None

    goes_with: str | None = None
    """The table whose rows take theirs along (a foreign key that deletes)."""

    kept_because: str | None = None
    """Why the rows stay: they say nothing about a person, or the law wants them."""

    append_only: bool = False
    """Whether the services may only add rows and read them; the database then refuses everything else."""

    def __post_init__(self) -> None:
        if [self.expiry, self.goes_with, self.kept_because].count(None) != 2:
            raise ValueError(f"{self.table}: say either when rows expire, or with what they go, or why they are kept")
        if self.append_only and self.kept_because is None:
            raise ValueError(f"{self.table}: what is only added to does not expire")
