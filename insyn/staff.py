"""``insyn staff``: accounts of the people who work in the console."""

from __future__ import annotations

import secrets

from cases.console.accounts import add_staff
from cases.console.errors import NameTakenError
from foundation.clock import system_clock
from foundation.database import Sessions
from insyn.errors import InsynError
from insyn.settings import Settings
from insyn.upkeep import with_database


def add(settings: Settings, name: str, *, administrator: bool) -> str:
    """Add an account and return its one-time password, which must be changed at the first login."""

    async def work(sessions: Sessions) -> str:
        async with sessions.begin() as session:
            return await add_staff(
                session,
                name=name,
                role="administrator" if administrator else "officer",
                now=system_clock(),
                random=secrets.SystemRandom(),
            )

    try:
        return with_database(settings, work)
    except NameTakenError:
        raise InsynError(f"there is an account {name} already") from None
