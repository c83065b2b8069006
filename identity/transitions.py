"""How an identification and its order change: on rows that the caller holds locked, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from identity.tables import IdentificationOrderRow, IdentificationRow
from identity.views import State

OUTSTANDING: Final = "outstandingTransaction"
_STATE_OF_HINT: Final = {"userCancel": State.CANCELLED, "expiredTransaction": State.EXPIRED}
ENDED: Final = (State.FAILED, State.CANCELLED, State.EXPIRED)


def touch(identification: IdentificationRow, state: State, reason: str, *, now: datetime) -> None:
    """Put it in ``state`` for ``reason``; an announcement is owed from now on."""
    identification.state, identification.reason = state, reason
    identification.changed_at = now
    identification.revision += 1


def close(order: IdentificationOrderRow, state: str, *, now: datetime) -> None:
    """End the order; its secrets go."""
    order.state, order.ended_at = state, now
    order.secrets = order.nonce_hash = order.next_collect_at = order.lease_owner = order.lease_until = None


def end(
    identification: IdentificationRow, order: IdentificationOrderRow | None, state: State, reason: str, *, now: datetime
) -> None:
    """End both without an identity; what BankID may have said is forgotten."""
    if order is not None and order.ended_at is None:
        close(order, "cancelled" if state is State.CANCELLED else "failed", now=now)
    identification.completion = identification.completed_at = None
    touch(identification, state, reason, now=now)


def end_by_hint(
    identification: IdentificationRow, order: IdentificationOrderRow, hint: str | None, *, now: datetime
) -> None:
    """End both as BankID's ``failed`` says."""
    state = _STATE_OF_HINT.get(hint or "", State.FAILED)
    end(identification, order, state, f"hint:failed:{(hint or '')[:80]}", now=now)


def complete(
    identification: IdentificationRow,
    order: IdentificationOrderRow | None,
    reason: str = "broker:complete",
    *,
    now: datetime,
) -> None:
    """Let the stored completion count."""
    if order is not None:
        close(order, "complete", now=now)
    identification.completed_at = now
    touch(identification, State.COMPLETE, reason, now=now)


def await_return(identification: IdentificationRow, order: IdentificationOrderRow, *, now: datetime) -> None:
    """Approved, but not before the browser that began it comes back with the nonce."""
    order.state, order.approved_at, order.next_collect_at = "approved", now, None
    touch(identification, State.PENDING, "broker:awaiting_return", now=now)


def new_order(
    identification: IdentificationRow, mode: str, *, now: datetime, renewal: bool = False
) -> IdentificationOrderRow:
    """Return the order that from now on is the only one that counts; BankID has not heard of it yet."""
    identification.order_number += 1
    identification.renewals = identification.renewals + 1 if renewal else 0
    identification.mode = mode
    identification.completion = identification.completed_at = None
    return IdentificationOrderRow(
        identification_id=identification.id,
        number=identification.order_number,
        mode=mode,
        state="starting",
        started_at=now,
    )


def is_past(instant: datetime | None, seconds: float, *, now: datetime) -> bool:
    return instant is not None and now - instant > timedelta(seconds=seconds)
