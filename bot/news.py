"""What is new in a conversation since a stream last looked: three statements in the caller's snapshot.

A stream looks twice a turn, and so does each tab. Written by hand and given to the driver, since an object for each row
costs five times what the statement costs (docs/adr/0095).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds a conversation, and what else a stream has to know of it."""

    id: str
    state: str
    officer_name: str | None
    waiting_since: datetime | None
    spent: frozenset[str]
    """Tokens of the buttons that do nothing any more."""

    was_offered_identification: bool


@dataclass(frozen=True, slots=True)
class ToldTurn:
    """A turn, as far as a visitor is told of it."""

    event: str | None
    message_id: int | None
    created_at: datetime
    available_at: datetime
    finished_at: datetime | None
    finish_order: int | None
    intent: str | None
    confidence: float | None
    answers: Sequence[int]
    """The ids of the messages that answer it."""


_STANDING: Final = """
SELECT id, state, officer_name, waiting_since,
  ARRAY(SELECT token FROM chat.button
        WHERE conversation_id = conversation.id AND (used_at IS NOT NULL OR withdrawn_at IS NOT NULL)),
  EXISTS (SELECT FROM chat.identification WHERE conversation_id = conversation.id)
FROM chat.conversation WHERE id = %s"""

_TURNS: Final = """
SELECT event, message_id, created_at, available_at, finished_at, finish_order, intent, confidence,
  ARRAY(SELECT id FROM chat.message WHERE turn_id = turn.id ORDER BY id)
FROM chat.turn
WHERE conversation_id = %s AND (finished_at IS NULL OR finish_order > %s)
ORDER BY finish_order, id"""


async def standing(connection: psycopg.AsyncConnection[Any], conversation_id: str) -> Standing | None:
    """Return how the conversation stands, None when it is gone."""
    row = await (await connection.execute(_STANDING, [conversation_id])).fetchone()
    if row is None:
        return None
    number, state, officer_name, waiting_since, spent, offered = row
    return Standing(number, state, officer_name, waiting_since, frozenset(spent), offered)


async def turns_since(
    connection: psycopg.AsyncConnection[Any], conversation_id: str, *, after: int
) -> tuple[Sequence[ToldTurn], Sequence[ToldTurn]]:
    """Return the unfinished turns; and those of the visitor that ended after the one with that finish order."""
    rows = await (await connection.execute(_TURNS, [conversation_id, after])).fetchall()
    turns = [ToldTurn(*row) for row in rows]
    return (
        [turn for turn in turns if turn.finished_at is None],
        [turn for turn in turns if turn.finished_at is not None and turn.message_id is not None],
    )
