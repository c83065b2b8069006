"""The handoff queue as the list shows it: who waits, for how long, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cases.console import texts
from cases.console.conversations import ConversationState, Handoff
from privacy.request_types import IdentityLevel

LONG_WAIT: Final = timedelta(minutes=10)
"""A visitor who has waited this long is marked, in colour and in words."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One conversation that waits for a person or is with one."""

    conversation_id: UUID
    is_waiting: bool
    is_mine: bool
    waits_long: bool
    state: str
    since: datetime | None
    waited: str
    reason: str
    summary: str
    identity: str
    officer: str | None
    is_task: bool = False
    """Left out of hours: a message to answer, behind which nobody sits and waits."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The whole list: those who wait first, the longest wait on top."""

    waiting: Sequence[QueueLine]
    with_somebody: Sequence[QueueLine]


def queue_of(handoffs: Sequence[Handoff], *, officer_id: str, now: datetime) -> Queue:
    """Return the list for one officer."""
    lines = [
        _line(handoff, officer_id=officer_id, now=now)
        for handoff in sorted(handoffs, key=lambda handoff: handoff.waiting_since or now)
        if handoff.state in {ConversationState.WAITING, ConversationState.HUMAN}
    ]
    return Queue(
        waiting=[line for line in lines if line.is_waiting],
        with_somebody=sorted((line for line in lines if not line.is_waiting), key=lambda line: not line.is_mine),
    )


def waiting_count(handoffs: Sequence[Handoff]) -> int:
    """Return how many visitors nobody answers yet."""
    return sum(handoff.is_waiting for handoff in handoffs)


def identity_text(level: int | None) -> str:
    """Return how surely the visitor is known, in Swedish."""
    if level is None or level not in {*IdentityLevel}:
        return texts.IDENTITY_LEVELS[IdentityLevel.NONE]
    return texts.IDENTITY_LEVELS[IdentityLevel(level)]


def reason_text(reason: str | None) -> str:
    """Return why a person was asked for: the words of a known reason, or the reason as the assistant gave it."""
    return texts.HANDOFF_REASONS.get(reason, reason) if reason else texts.NO_REASON


def _line(handoff: Handoff, *, officer_id: str, now: datetime) -> QueueLine:
    waited = now - handoff.waiting_since if handoff.waiting_since else timedelta(0)
    return QueueLine(
        conversation_id=handoff.conversation_id,
        is_waiting=handoff.is_waiting,
        is_mine=handoff.officer is not None and handoff.officer.id == officer_id,
        is_task=handoff.is_waiting and handoff.out_of_hours,
        waits_long=handoff.is_waiting and not handoff.out_of_hours and waited >= LONG_WAIT,
        state=texts.CONVERSATION_STATES[handoff.state],
        since=handoff.waiting_since,
        waited=texts.duration(waited),
        reason=reason_text(handoff.reason),
        summary=handoff.summary or texts.NO_SUMMARY,
        identity=identity_text(handoff.identity_level),
        officer=handoff.officer.name if handoff.officer else None,
    )
