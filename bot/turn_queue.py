"""The turns of a conversation as whoever runs them sees them: few statements, given to the driver as they stand.

Each turn passes through here, so nothing is built that is not needed (docs/adr/0095).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from foundation.database import advisory_key

LOCK_NAMESPACE: Final = "conversation"

Connection = psycopg.AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn that has not ended."""

    id: int
    kind: str
    event: str | None
    button_token: str | None
    created_at: datetime
    available_at: datetime


async def try_lock(connection: Connection, conversation_id: str) -> bool:
    """Take the conversation's lock, or tell that somebody has it. It goes with the connection if we die."""
    key = advisory_key(LOCK_NAMESPACE, conversation_id)
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [key])).fetchone()
    return bool(row and row[0])


async def unlock(connection: Connection, conversation_id: str) -> None:
    """Let the conversation's lock go."""
    key = advisory_key(LOCK_NAMESPACE, conversation_id)
    await connection.execute("SELECT pg_advisory_unlock(%s)", [key])


async def hold(connection: Connection, conversation_id: str) -> str | None:
    """Lock the conversation's row until the transaction ends, and return its state; None when it is gone."""
    query = "SELECT state FROM chat.conversation WHERE id = %s FOR UPDATE"
    row = await (await connection.execute(query, [conversation_id])).fetchone()
    return None if row is None else str(row[0])


async def open_turns(connection: Connection, conversation_id: str) -> Sequence[OpenTurn]:
    """Return what the bot has not been told yet, oldest first."""
    query = """
    SELECT id, kind, event, button_token, created_at, available_at FROM chat.turn
    WHERE conversation_id = %s AND finished_at IS NULL ORDER BY id"""
    return [OpenTurn(*row) for row in await (await connection.execute(query, [conversation_id])).fetchall()]


async def count_attempt(connection: Connection, turn_id: int) -> tuple[int, bytes | None]:
    """Note that the turn is about to be given; return how often it was, and the visitor's message, sealed."""
    query = """
    UPDATE chat.turn SET attempts = attempts + 1 WHERE id = %s
    RETURNING attempts, (SELECT text FROM chat.message WHERE message.id = turn.message_id)"""
    [[attempts, sealed]] = await (await connection.execute(query, [turn_id])).fetchall()
    return attempts, sealed
