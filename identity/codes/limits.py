"""How many codes may be sent: to an address, for a session, from a network address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.database import advisory_key
from identity.config import BrokerConfig
from identity.errors import TooManyCodesError
from identity.limits import seconds_to_wait
from identity.tables import IdentificationMailRow


async def count_mail(
    session: AsyncSession,
    *,
    session_hash: bytes,
    network_digest: bytes,
    email_digest: bytes,
    config: BrokerConfig,
    now: datetime,
) -> None:
    """Count one mail with a code, or refuse it.

    Three tries a code and so many codes an hour are what a guess has: 15 in a million for one address.

    Raises:
        TooManyCodesError: with the seconds until the oldest one leaves the window.
    """
    # two at once would both be the last one that is allowed
    key = advisory_key("identification_mail", email_digest.hex())
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    row = IdentificationMailRow
    for whose, limit in (
        (row.session_hash == session_hash, config.codes_per_session),
        (row.network_digest == network_digest, config.codes_per_network),
        (row.email_digest == email_digest, config.codes_per_email),
    ):
        wait_s = await seconds_to_wait(
            session, row.sent_at, whose, limit=limit, window_s=config.codes_window_s, now=now
        )
        if wait_s is not None:
            raise TooManyCodesError(wait_s)
    session.add(row(session_hash=session_hash, network_digest=network_digest, email_digest=email_digest, sent_at=now))
