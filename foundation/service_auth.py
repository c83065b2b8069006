"""How our services know each other: a bearer token, compared in constant time."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request

from foundation.problems import ProblemError


def require_service_token(tokens: Sequence[str]) -> Callable[[Request], Awaitable[None]]:
    """Return a FastAPI dependency that lets only callers with one of ``tokens`` in.

    More than one token is accepted so that it can be rotated without stopping anything.
    """
    accepted = [token.encode() for token in tokens]

    async def dependency(request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        candidate = given.strip().encode()
        matches = [hmac.compare_digest(candidate, token) for token in accepted]
        if scheme.lower() != "bearer" or not any(matches):
            raise ProblemError(401, "unauthorized", "A service token is needed", headers={"WWW-Authenticate": "Bearer"})

    return dependency
