"""``insyn token``: tokens of other systems that call the case API."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table

from cases.api import tokens
from cases.api.scopes import Scope
from cases.api.tokens import ServiceToken
from cases.drafts import OPERATOR
from foundation.clock import system_clock
from foundation.database import Sessions
from insyn.errors import InsynError
from insyn.settings import Settings
from insyn.upkeep import with_database


def add(config: Settings, name: str, *, scopes: Sequence[str], expires_in_days: int | None) -> str:
    """Make a token and return it; it is shown now and never again.

    Raises:
        InsynError: there is no such scope, or none was given.
    """
    known = {scope.value for scope in Scope}
    unknown = sorted(set(scopes) - known)
    if unknown or not scopes:
        raise InsynError(f"give one scope at least, of these: {', '.join(sorted(known))}")
    token = tokens.PREFIX + secrets.token_urlsafe(32)
    now = system_clock()

    async def work(sessions: Sessions) -> None:
        async with sessions.begin() as session:
            await tokens.add_token(
                session,
                name=name,
                token=token,
                scopes=[Scope(scope) for scope in scopes],
                actor=OPERATOR,
                now=now,
                expires_at=None if expires_in_days is None else now + timedelta(days=expires_in_days),
            )

    with_database(config, work)
    return token


def listed(config: Settings) -> Table:
    """Return every token that ever was."""

    async def work(sessions: Sessions) -> Sequence[ServiceToken]:
        async with sessions() as session:
            return await tokens.list_tokens(session)

    table = Table("Number", "Name", "Scopes", "Since", "Until", "Valid")
    for token in with_database(config, work):
        until = token.revoked_at or token.expires_at
        table.add_row(
            str(token.id),
            token.name,
            ", ".join(token.scopes),
            f"{token.created_at:%Y-%m-%d}",
            "" if until is None else f"{until:%Y-%m-%d}",
            "yes" if token.is_valid(now=system_clock()) else "no",
        )
    return table


def revoke(config: Settings, token_id: int) -> None:
    """End a token at once.

    Raises:
        InsynError: there is no such token, or it has ended already.
    """

    async def work(sessions: Sessions) -> bool:
        async with sessions.begin() as session:
            return await tokens.revoke_token(session, token_id, actor=OPERATOR, now=system_clock())

    if not with_database(config, work):
        raise InsynError(f"there is no valid token {token_id}; see: insyn token list")
