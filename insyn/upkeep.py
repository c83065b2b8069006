"""``insyn retention`` and ``insyn keys``: what expires, and what still lies under an old key, over every schema."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from rich.table import Column, Table

from cases.drafts import OPERATOR
from cases.register_log import note_retention
from foundation.clock import system_clock
from foundation.database import Sessions, create_engine, session_factory
from foundation.retention import Erasure, Retention
from foundation.rotation import KeyUse, key_use, rotate
from insyn.errors import InsynError
from insyn.holdings import HOLDINGS
from insyn.rights import refuse_other_tables
from insyn.settings import Settings
from insyn.terminal import console
from insyn.up import database

Result = TypeVar("Result")

NEVER_SEALED: Final = "plain text"


def retention_of(config: Settings, sessions: Sessions) -> Retention:
    """Return what erases expired rows of every table, by the periods of the settings."""
    return Retention(sessions, HOLDINGS, periods=config.retention_periods(), clock=system_clock)


def run_retention(config: Settings, *, dry_run: bool) -> Table:
    """Erase what has expired, or only count it, and return it as a table."""

    async def work(sessions: Sessions) -> list[Erasure]:
        retention = retention_of(config, sessions)
        if dry_run:
            return await retention.preview()
        erased = await retention.run()
        async with sessions.begin() as session:
            await note_retention(session, erased, actor=OPERATOR, now=system_clock())
        return erased

    return _erasures(with_database(config, work), dry_run=dry_run)


def rotate_keys(config: Settings) -> int:
    """Re-seal what older keys closed, say column by column how much it was, and return how much there was in all.

    Raises:
        InsynError: some values cannot be read with any key of the settings.
    """
    ring = config.key_ring()

    async def work(sessions: Sessions) -> tuple[int, int]:
        rewritten = unreadable = 0
        async for done in rotate(sessions, ring, HOLDINGS):
            if done.rewritten or done.unreadable:
                console.print(f"{done.table}.{done.column}: {done.rewritten} rewritten, {done.unreadable} unreadable")
            rewritten, unreadable = rewritten + done.rewritten, unreadable + done.unreadable
        return rewritten, unreadable

    rewritten, unreadable = with_database(config, work)
    if unreadable:
        raise InsynError(
            f"{unreadable} values open with no key of INSYN_ENCRYPTION_SECRETS: put the secret back that closed them "
            "(`insyn keys status` names its id), and run this again"
        )
    return rewritten


def key_status(config: Settings) -> Table:
    """Return how much lies under which key, the keys in the order of the settings and unknown ones after them."""
    ring_ids = [key_id.hex() for key_id in config.key_ring().key_ids]

    async def work(sessions: Sessions) -> list[KeyUse]:
        return await key_use(sessions, HOLDINGS)

    values: dict[str, int] = defaultdict(int)
    places: dict[str, set[str]] = defaultdict(set)
    for use in with_database(config, work):
        values[use.key_id] += use.values
        places[use.key_id].add(f"{use.table}.{use.column}")
    table = Table("Key", _whole("INSYN_ENCRYPTION_SECRETS"), "Values", _whole("Where"))
    for key_id in [*ring_ids, *(other for other in values if other not in ring_ids)]:
        position = ring_ids.index(key_id) if key_id in ring_ids else None
        named = "not among them" if position is None else "first: seals" if position == 0 else f"{position + 1}: opens"
        where = sorted(places[key_id])
        shown = ", ".join(where[:3]) + (f" and {len(where) - 3} more" if len(where) > 3 else "")
        table.add_row(key_id or NEVER_SEALED, named if key_id else "", str(values[key_id]), shown)
    return table


def _erasures(erasures: list[Erasure], *, dry_run: bool) -> Table:
    table = Table(_whole("Table"), "Kept for", "Expired" if dry_run else "Erased", "How")
    for erasure in erasures:
        how = "rows deleted" if erasure.deletes else "emptied of personal data"
        table.add_row(erasure.table, erasure.period, str(erasure.rows), how)
    return table


def _whole(header: str) -> Column:
    """Return a column that wraps: in a cron mail of 80 columns a cut name of a table proves nothing."""
    return Column(header, overflow="fold")


def with_database(config: Settings, work: Callable[[Sessions], Awaitable[Result]]) -> Result:
    """Do something with the database of the settings, ours being started if there is none.

    Raises:
        InsynError: it is not reached, or its tables are not those of this version.
    """

    async def connected(url: str) -> Result:
        engine = create_engine(url, application_name="insyn upkeep")
        try:
            return await work(session_factory(engine))
        finally:
            await engine.dispose()

    with database(config) as url:
        refuse_other_tables(url)
        return asyncio.run(connected(url))
