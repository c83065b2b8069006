"""``insyn staff``: accounts of the people who work in the console."""

from __future__ import annotations

import asyncio
import secrets

from cases.console.accounts import add_staff
from cases.console.errors import NameTakenError
from foundation.clock import system_clock
from foundation.database import create_engine, session_factory
from insyn.errors import InsynError
from insyn.settings import Settings
from insyn.up import database


def add(settings: Settings, name: str, *, administrator: bool) -> str:
    """Add an account and return its one-time password, which must be changed at the first login."""
    with database(settings) as url:
        try:
            return asyncio.run(_add(url, name, administrator=administrator))
        except NameTakenError:
            raise InsynError(f"there is an account {name} already") from None


async def _add(database_url: str, name: str, *, administrator: bool) -> str:
    engine = create_engine(database_url)
    try:
        async with session_factory(engine).begin() as session:
            return await add_staff(
                session,
                name=name,
                role="administrator" if administrator else "officer",
                now=system_clock(),
                random=secrets.SystemRandom(),
            )
    finally:
        await engine.dispose()
