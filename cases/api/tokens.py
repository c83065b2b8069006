"""Who calls the API: our own services by the settings' token, other systems by tokens with scopes (docs/adr/0062).

Any number of tokens is valid at once, so one is replaced by adding another, changing the caller and revoking the first:
nothing is stopped.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.api.scopes import EXTENSION, Scope
from cases.drafts import ASSISTANT, Actor
from cases.register_log import RegisterEventKind, note
from cases.storage.token_rows import ServiceTokenRow
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.problems import ProblemError

PREFIX: Final = "insyn_"
"""Makes a token that leaked into a repository or a log findable."""


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """A token without the token."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_valid(self, *, now: datetime) -> bool:
        """Tell whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class TokenGate(SecurityBase):
    """FastAPI dependency: lets a caller in whose token has the scope of the operation, and notes who it is.

    It is also what OpenAPI says of the token.

    Args:
        own: tokens of our own services, which may do everything.
        sessions: the database.
        clock: the present instant.
    """

    def __init__(self, own: Sequence[str], sessions: Sessions, clock: Clock) -> None:
        self.model, self.scheme_name = HTTPBearer(description="Service token"), "HTTPBearer"
        self._own = [token.encode() for token in own]
        self._sessions, self._clock = sessions, clock

    async def __call__(self, request: Request) -> None:
        """Let the caller in.

        Raises:
            ProblemError: 401 without a valid token, 403 with one that was not given for this.
        """
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        candidate = given.strip().encode()
        matches = [hmac.compare_digest(candidate, token) for token in self._own]  # all of them, whichever it is
        if scheme.lower() == "bearer" and any(matches):
            request.state.actor = ASSISTANT
            return
        token = None
        if scheme.lower() == "bearer" and candidate.startswith(PREFIX.encode()):
            token = await self._found(candidate)
        if token is None or not token.is_valid(now=self._clock()):
            raise ProblemError(401, "unauthorized", "A service token is needed", headers={"WWW-Authenticate": "Bearer"})
        request.state.actor = Actor.system(f"token:{token.id}")
        needed = (getattr(request.scope.get("route"), "openapi_extra", None) or {}).get(EXTENSION)
        if needed not in token.scopes:
            await self._note_refusal(request, token, needed)
            raise ProblemError(403, "insufficient-scope", "The token was not given for this", scope=needed)

    async def _found(self, candidate: bytes) -> ServiceToken | None:
        digest = hashlib.sha256(candidate).digest()
        async with self._sessions() as session:
            row = await session.scalar(select(ServiceTokenRow).where(ServiceTokenRow.token_hash == digest))
        return _view(row) if row is not None and hmac.compare_digest(row.token_hash, digest) else None

    async def _note_refusal(self, request: Request, token: ServiceToken, needed: str | None) -> None:
        route = getattr(request.scope.get("route"), "path", "")
        facts = {"what": "api", "method": request.method, "route": route, "scope": needed}
        async with self._sessions.begin() as session:
            actor = Actor.system(f"token:{token.id}")
            await note(session, RegisterEventKind.ACCESS_DENIED, actor=actor, now=self._clock(), facts=facts)


async def add_token(
    session: AsyncSession,
    *,
    name: str,
    token: str,
    scopes: Sequence[Scope],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> ServiceToken:
    """Make a token valid from now on.

    Args:
        session: the transaction.
        name: which system gets it.
        token: :data:`PREFIX` and 256 random bits; stored only as a hash.
        scopes: what it is good for, one at least.
        actor: who adds it.
        now: the present instant.
        expires_at: when it ends by itself.

    Raises:
        ValueError: no scope, no name, or a token that is not one of ours.
    """
    if not scopes or not name.strip() or not token.startswith(PREFIX) or len(token) < len(PREFIX) + 43:
        raise ValueError("a token has a name, a scope and 256 random bits")
    row = ServiceTokenRow(
        name=name.strip(),
        token_hash=hashlib.sha256(token.encode()).digest(),
        scopes=sorted({scope.value for scope in scopes}),
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
    )
    session.add(row)
    await session.flush()
    facts = {"token_id": row.id, "scopes": row.scopes}
    await note(session, RegisterEventKind.TOKEN_ADDED, actor=actor, now=now, facts=facts)
    return _view(row)


async def list_tokens(session: AsyncSession) -> Sequence[ServiceToken]:
    """Return every token that ever was, oldest first."""
    return [_view(row) for row in await session.scalars(select(ServiceTokenRow).order_by(ServiceTokenRow.id))]


async def revoke_token(session: AsyncSession, token_id: int, *, actor: Actor, now: datetime) -> bool:
    """End a token at once, and tell whether it was still valid."""
    statement = (
        update(ServiceTokenRow)
        .where(ServiceTokenRow.id == token_id, ServiceTokenRow.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ServiceTokenRow.id)
    )
    if await session.scalar(statement) is None:
        return False
    await note(session, RegisterEventKind.TOKEN_REVOKED, actor=actor, now=now, facts={"token_id": token_id})
    return True


def _view(row: ServiceTokenRow) -> ServiceToken:
    return ServiceToken(
        id=row.id,
        name=row.name,
        scopes=tuple(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
