"""Erases a conversation: what was written, what the bot noted of it, who was asked to identify themselves.

Cases that came of it stay: they hold what they need themselves, and have a retention of their own.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import ConversationStore
from bot.turn_queue import LOCK_NAMESPACE
from foundation.database import Sessions, advisory_lock

_ERASE_TRACKER: Final = text("DELETE FROM rasa.events WHERE sender_id = :id")
_ERASE_IDENTIFICATIONS: Final = text("""
    DELETE FROM chat.identification
     WHERE conversation_id = :id AND (consumed_at IS NULL OR completion IS NULL)
""")
"""One that was used for a case just now can be read again until the case is certain; retention takes it afterwards."""


class ConversationEraser:
    """Deletes conversations, whole."""

    def __init__(self, *, engine: AsyncEngine, sessions: Sessions, store: ConversationStore) -> None:
        self._engine, self._sessions, self._store = engine, sessions, store

    async def erase_conversation(self, conversation_id: str) -> bool:
        """Delete messages, buttons, turns, the browser's session, Rasa's tracker and identifications.

        Waits for a turn that the bot is just answering: its tracker would otherwise be stored after ours was deleted.

        Returns:
            Whether there was such a conversation.
        """
        async with (
            advisory_lock(self._engine, LOCK_NAMESPACE, conversation_id),
            self._sessions.begin() as session,
        ):
            conversation = await self._store.locked(session, conversation_id)
            await session.execute(_ERASE_IDENTIFICATIONS, {"id": conversation_id})
            await session.execute(_ERASE_TRACKER, {"id": conversation_id})
            if conversation is None:
                return False
            await session.delete(conversation)  # the database takes along what hangs on it
            await self._store.tell(session, conversation_id)
        return True
