"""Which officer was shown which conversation, in the register's own log.

A conversation belongs to no case, and may be erased at any time; so the log holds a keyed digest of its id, which names
nothing by itself but is found by whoever knows the id (docs/adr/0104).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from cases.drafts import Actor
from cases.register_log import RegisterEventKind, note
from cases.storage.register_rows import RegisterEventRow
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing

_CONVERSATION: Final = "cases.register_event.conversation"
_FACT: Final = "conversation"


@dataclass(frozen=True, slots=True)
class Showing:
    """One time that an officer was shown a conversation."""

    actor_id: str
    at: datetime
    is_live: bool
    """Whether they went on reading while it was written."""


class ShownConversations:
    """Writes down who is shown a conversation, and tells it."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock) -> None:
        self._sessions, self._key_ring, self._clock = sessions, key_ring, clock

    async def note(self, conversation_id: UUID, *, actor: Actor, is_live: bool = False) -> None:
        """Write down that somebody is about to be shown a conversation."""
        facts: dict[str, Any] = {_FACT: self._digest(conversation_id), "live": is_live}
        async with self._sessions.begin() as session:
            await note(session, RegisterEventKind.CONVERSATION_SHOWN, actor=actor, now=self._clock(), facts=facts)

    async def of(self, conversation_id: UUID) -> Sequence[Showing]:
        """Return who was shown a conversation, oldest first; also one that is gone."""
        statement = (
            select(RegisterEventRow)
            .where(RegisterEventRow.kind == RegisterEventKind.CONVERSATION_SHOWN)
            .where(RegisterEventRow.facts[_FACT].astext == self._digest(conversation_id))
            .order_by(RegisterEventRow.sequence)
        )
        async with self._sessions() as session:
            rows = await session.scalars(statement)
            return [Showing(row.actor_id, row.occurred_at, is_live=bool(row.facts["live"])) for row in rows]

    def _digest(self, conversation_id: UUID) -> str:
        return self._key_ring.lookup_digest(str(conversation_id), context=_CONVERSATION).hex()
