"""Who is logged in: sessions that the server holds, and the tokens that bind a form to one.

The cookie's value is random and stored only as a digest. A log-in always begins a new session, so that a value which
somebody planted in a browser before never opens anything.
"""

import base64
import hashlib
import hmac
import random as randomness
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update

from cases.console.accounts import StaffAccount, account_of
from cases.console.storage import StaffAccountRow, StaffSessionRow
from foundation.clock import Clock
from foundation.database import Sessions

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
TOKEN_BYTES: Final = 32

_WRITE_SEEN_AFTER: Final = timedelta(minutes=1)
"""A page view within this time of the last one costs no write."""


class StaffSessions:
    """Begins, finds and ends sessions."""

    def __init__(self, sessions: Sessions, *, clock: Clock, random: randomness.Random) -> None:
        self._sessions = sessions
        self._clock = clock
        self._random = random

    def new_token(self) -> str:
        """Return 256 random bits as text for a cookie."""
        return base64.urlsafe_b64encode(self._random.randbytes(TOKEN_BYTES)).decode().rstrip("=")

    async def begin(self, account_id: int) -> str:
        """Log an account in and return the cookie's value; sessions that have run out are removed on the way."""
        token, now = self.new_token(), self._clock()
        async with self._sessions.begin() as session:
            await session.execute(
                delete(StaffSessionRow).where(
                    (StaffSessionRow.created_at <= now - ABSOLUTE) | (StaffSessionRow.last_seen_at <= now - IDLE)
                )
            )
            session.add(
                StaffSessionRow(token_digest=_digest(token), account_id=account_id, created_at=now, last_seen_at=now)
            )
        return token

    async def find(self, token: str, *, is_background: bool = False) -> StaffAccount | None:
        """Return whose session it is, or None: unknown, idle for too long, too old, or of a disabled account.

        Args:
            token: the cookie's value.
            is_background: the page asks by itself, with nobody necessarily in front of it; idle time goes on.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            found = (
                await session.execute(
                    select(StaffSessionRow, StaffAccountRow)
                    .join(StaffAccountRow, StaffAccountRow.id == StaffSessionRow.account_id)
                    .where(
                        StaffSessionRow.token_digest == _digest(token),
                        StaffSessionRow.created_at > now - ABSOLUTE,
                        StaffSessionRow.last_seen_at > now - IDLE,
                        StaffAccountRow.disabled_at.is_(None),
                    )
                )
            ).one_or_none()
            if found is None:
                return None
            if not is_background and now - found.StaffSessionRow.last_seen_at >= _WRITE_SEEN_AFTER:
                await session.execute(
                    update(StaffSessionRow)
                    .where(StaffSessionRow.token_digest == _digest(token))
                    .values(last_seen_at=now)
                )
            return account_of(found.StaffAccountRow)

    async def end(self, token: str) -> None:
        """Log one browser out."""
        async with self._sessions.begin() as session:
            await session.execute(delete(StaffSessionRow).where(StaffSessionRow.token_digest == _digest(token)))


def form_token(cookie: str) -> str:
    """Return what a form of this session carries; it says nothing about the cookie's value."""
    digest = hmac.digest(cookie.encode(), b"insyn console form", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def form_token_is_right(cookie: str, given: str) -> bool:
    """Tell whether a form was made for this session."""
    return hmac.compare_digest(form_token(cookie).encode(), given.encode())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
