"""Writes history: the event, the case's new head, and the message to other systems, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import Actor
from cases.history import Event, EventKind
from cases.storage import outbox
from cases.storage.rows import CaseEventRow, CaseRow
from privacy.case_states import CaseStatus


async def record(
    session: AsyncSession,
    case: CaseRow,
    kind: EventKind,
    *,
    actor: Actor,
    occurred_at: datetime,
    status_before: CaseStatus,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append an event that says how the case stands now. The caller holds the case's row lock."""
    event = _follow(case, kind, actor=actor, occurred_at=occurred_at, status_before=status_before, facts=facts or {})
    await session.flush()
    await store(session, case.id, event)


async def record_alike(
    session: AsyncSession, cases: Sequence[CaseRow], kind: EventKind, *, actor: Actor, occurred_at: datetime
) -> None:
    """Append the same event to each of several cases, in no more round trips than one takes.

    For what other systems are not told of and what leaves the status as it is. The caller holds the cases' row locks.
    """
    rows = []
    for case in cases:
        event = _follow(case, kind, actor=actor, occurred_at=occurred_at, status_before=case.status, facts={})
        rows.append(CaseEventRow(case_id=case.id, **event_values(event)))
    await session.flush()
    session.add_all(rows)
    await session.flush()


def _follow(
    case: CaseRow,
    kind: EventKind,
    *,
    actor: Actor,
    occurred_at: datetime,
    status_before: CaseStatus,
    facts: dict[str, Any],
) -> Event:
    """Return the case's next event, which the case then has as its newest."""
    event = Event(
        reference=case.reference,
        sequence=case.last_sequence + 1,
        kind=kind,
        actor=actor,
        occurred_at=occurred_at,
        status_before=status_before,
        status_after=case.status,
        resolution_after=case.resolution,
        due_on_after=case.due_on,
        case_version=case.version,
        facts=facts,
        previous_hash=case.last_hash,
    )
    case.last_sequence, case.last_hash = event.sequence, event.hash
    return event


async def store(session: AsyncSession, case_id: int, event: Event) -> None:
    """Store an event, and tell other systems if it is any concern of theirs."""
    session.add(CaseEventRow(case_id=case_id, **event_values(event)))
    await session.flush()
    if event.kind.message_kind is not None:
        await outbox.add_message(session, message_values(event))


def event_values(event: Event) -> dict[str, Any]:
    """Return the columns of an event, its case's id apart."""
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "actor_kind": event.actor.kind,
        "actor_id": event.actor.id,
        "occurred_at": event.occurred_at,
        "status_before": event.status_before,
        "status_after": event.status_after,
        "resolution_after": event.resolution_after,
        "due_on_after": event.due_on_after,
        "case_version": event.case_version,
        "facts": event.facts,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def message_values(event: Event) -> dict[str, Any]:
    """Return the columns of the message that tells other systems of an event which has a name for them."""
    return {
        "message_id": uuid4(),
        "ordering_key": event.reference,
        "kind": event.kind.message_kind,
        "occurred_at": event.occurred_at,
        "payload": _payload(event),
    }


def _payload(event: Event) -> dict[str, Any]:
    return {
        "reference": event.reference,
        "sequence": event.sequence,
        "status": event.status_after,
        "resolution": event.resolution_after,
        "due_on": event.due_on_after.isoformat(),
        **event.facts,
    }
