"""How long an identification still waits for the visitor: told before it runs out, so that more can be asked for.

What is told is never too long: BankID's own limits are counted from when we asked, and the pieces of a renewed QR code
are added up. Source: BankID's lifetimes (30 s to begin, about three minutes in all); WCAG 2.2, 2.2.1.
"""

from __future__ import annotations

from datetime import datetime

from identity.config import BrokerConfig
from identity.tables import IdentificationCodeRow, IdentificationOrderRow, IdentificationRow
from identity.transitions import OUTSTANDING
from identity.views import EMAIL, State


def seconds_left(
    identification: IdentificationRow,
    order: IdentificationOrderRow | None,
    code: IdentificationCodeRow | None,
    config: BrokerConfig,
    *,
    now: datetime,
) -> int | None:
    """Return the seconds until it ends if the visitor does nothing more; None when nothing is waited for."""
    if identification.state != State.PENDING:
        return None
    if identification.mode == EMAIL:
        return _left(code.made_at, config.code_s, now) if code is not None else None
    if order is None:
        return None
    if order.state == "approved" and order.approved_at is not None:
        return _left(order.approved_at, config.return_s, now)
    begun_at = order.received_at or order.started_at
    if order.hint_code not in (None, OUTSTANDING):
        return _left(begun_at, config.signing_s, now)
    left = _left(begun_at, config.begin_s, now)
    if order.mode == "qr":
        left += int((config.max_renewals - identification.renewals) * config.begin_s)
    return left


def _left(since: datetime, seconds: float, now: datetime) -> int:
    return max(0, int(seconds - (now - since).total_seconds()))
