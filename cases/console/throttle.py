"""How often a name, and an address, may try to log in.

A try is written down *before* its password is checked, and taken back when it was right: tries at the same time cannot
all pass the count, and replicas count together.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select

from cases.console.errors import TooManyAttemptsError
from cases.console.storage import LoginAttemptRow
from foundation.database import Sessions, advisory_key
from foundation.encryption import KeyRing

WINDOW: Final = timedelta(minutes=15)
TRIES_PER_NAME: Final = 5
TRIES_PER_ADDRESS: Final = 20

_CONTEXT: Final = "cases.login_attempt"


class LoginThrottle:
    """Counts tries to log in, in the database."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing) -> None:
        self._sessions = sessions
        self._key_ring = key_ring

    async def admit(self, *, name: str, address: str, now: datetime) -> tuple[int, ...]:
        """Write a try down and return its rows' ids, for :meth:`forgive`.

        Raises:
            TooManyAttemptsError: the name or the address has used up its tries.
        """
        limits = {self._digest("name", name): TRIES_PER_NAME, self._digest("address", address): TRIES_PER_ADDRESS}
        async with self._sessions.begin() as session:
            await session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.attempted_at <= now - WINDOW))
            for digest in sorted(limits):  # always in one order, or two tries could wait for each other
                await session.execute(select(func.pg_advisory_xact_lock(advisory_key(_CONTEXT, digest.hex()))))
            for digest, limit in limits.items():
                tries = (
                    await session.scalars(
                        select(LoginAttemptRow.attempted_at)
                        .where(LoginAttemptRow.subject_digest == digest, LoginAttemptRow.attempted_at > now - WINDOW)
                        .order_by(LoginAttemptRow.attempted_at.desc())
                    )
                ).all()
                if len(tries) >= limit:
                    raise TooManyAttemptsError(tries[limit - 1] + WINDOW - now)
            rows = [{"subject_digest": digest, "attempted_at": now} for digest in limits]
            return tuple((await session.scalars(insert(LoginAttemptRow).returning(LoginAttemptRow.id), rows)).all())

    async def forgive(self, tries: tuple[int, ...], *, name: str) -> None:
        """Take back a try that was right, and the earlier ones of its name."""
        digest = self._digest("name", name)
        async with self._sessions.begin() as session:
            await session.execute(
                delete(LoginAttemptRow).where(
                    LoginAttemptRow.id.in_(tries) | (LoginAttemptRow.subject_digest == digest)
                )
            )

    def _digest(self, kind: str, value: str) -> bytes:
        return self._key_ring.lookup_digest(f"{kind}:{value}", context=_CONTEXT)
