"""Conversations in PostgreSQL: every query of the edge, each in the transaction of its caller.

Whoever changes a conversation locks its row first (:meth:`ConversationStore.locked`). That gives messages ids that
become visible in order, which is what lets a stream resume after the last one that it saw.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from sqlalchemy import func, select, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from bot.news import Standing
from bot.schemas import Button, Citation, Message
from bot.tables import CHANNEL, ButtonRow, ConversationRow, MessageRow, SessionRow, TurnRow
from foundation.database import driver
from foundation.encryption import KeyRing
from foundation.notify import notify

_TEXT: Final = "chat.message.text"
_TITLE: Final = "chat.button.title"
_PAYLOAD: Final = "chat.button.payload"
_SUMMARY: Final = "chat.conversation.handoff_summary"

LASTING_PAYLOADS: Final = (
    "/policy_",
    "/request_",
    "/ask_",
    "/make_complaint",
    "/greet",
    "edge:hand_over",
    "edge:fetch_package:",
)
"""Payloads that open something of their own. Any other answers the question under which it stands."""


ADD_MESSAGE: Final = """
WITH message AS (
  INSERT INTO chat.message
    (conversation_id, client_id, sender, sender_name, text, citations, card, turn_id, created_at)
  VALUES (%(conversation_id)s, %(client_id)s, %(sender)s, %(sender_name)s, %(text)s, %(citations)s, %(card)s,
    %(turn_id)s, %(created_at)s)
  RETURNING id
), button AS (
  INSERT INTO chat.button (token, conversation_id, message_id, position, title, payload, lasting)
  SELECT offered.token, %(conversation_id)s, message.id, offered.position - 1, title, payload, lasting
  FROM message, unnest(%(tokens)s::varchar[], %(titles)s::bytea[], %(payloads)s::bytea[], %(lasting)s::boolean[])
    WITH ORDINALITY AS offered (token, title, payload, lasting, position)
), conversation AS (
  UPDATE chat.conversation SET last_message_at = %(created_at)s WHERE id = %(conversation_id)s
)
SELECT id, pg_notify(%(channel)s, %(conversation_id)s) FROM message"""
"""Stores a message with its buttons and wakes the streams, in one statement."""

MESSAGES: Final = """
SELECT message.id, client_id, sender, sender_name, text, citations, card, created_at, tokens, titles, spent
FROM chat.message LEFT JOIN LATERAL (
  SELECT array_agg(token ORDER BY position) AS tokens, array_agg(title ORDER BY position) AS titles,
    array_agg(used_at IS NOT NULL OR withdrawn_at IS NOT NULL ORDER BY position) AS spent
  FROM chat.button WHERE message_id = message.id
) AS offered ON true
WHERE conversation_id = %s AND message.id > %s ORDER BY message.id"""
"""Messages with their buttons, oldest first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A button to be shown."""

    title: str = field(repr=False)
    payload: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be stored."""

    sender: str
    text: str = field(repr=False)
    sender_name: str | None = None
    client_id: UUID | None = None
    citations: Sequence[dict[str, Any]] = ()
    card: dict[str, Any] | None = field(default=None, repr=False)
    buttons: Sequence[Offer] = ()


class ConversationStore:
    """What stands in schema ``chat``, but for identifications.

    Args:
        key_ring: opens and closes what people wrote.
    """

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    # Conversations

    def begin(self, session: AsyncSession, *, token_hash: bytes, now: datetime) -> ConversationRow:
        """Add a conversation that is held by the bot, and the browser's hold on it."""
        conversation = ConversationRow(
            id=str(uuid4()), state="bot", identity_level=0, created_at=now, last_message_at=now
        )
        session.add(conversation)
        session.add(
            SessionRow(token_hash=token_hash, conversation_id=conversation.id, created_at=now, last_seen_at=now)
        )
        return conversation

    async def browser_session(self, session: AsyncSession, token_hash: bytes) -> SessionRow | None:
        """Return the browser's session, or None."""
        return await session.get(SessionRow, token_hash)

    async def seen(self, session: AsyncSession, token_hash: bytes, *, now: datetime) -> None:
        """Note that the browser of the session is still there."""
        await session.execute(update(SessionRow).where(SessionRow.token_hash == token_hash).values(last_seen_at=now))

    async def session_hash(self, session: AsyncSession, conversation_id: str) -> bytes | None:
        """Return the hash of the session that holds the conversation, the latest if there were several."""
        query = select(SessionRow.token_hash).where(SessionRow.conversation_id == conversation_id)
        return await session.scalar(query.order_by(SessionRow.created_at.desc()).limit(1))

    async def conversation(self, session: AsyncSession, conversation_id: str) -> ConversationRow | None:
        """Return the conversation, or None."""
        return await session.get(ConversationRow, conversation_id)

    async def locked(self, session: AsyncSession, conversation_id: str) -> ConversationRow | None:
        """Return the conversation with its row locked until the transaction ends, or None."""
        return await session.get(ConversationRow, conversation_id, with_for_update=True, populate_existing=True)

    async def tell(self, session: AsyncSession, conversation_id: str) -> None:
        """Wake the streams of the conversation when the transaction commits; once is enough for a session."""
        told: set[str] = session.info.setdefault("told", set())
        if conversation_id not in told:
            told.add(conversation_id)
            await notify(session, CHANNEL, conversation_id)

    # The queue

    async def queue_position(self, session: AsyncSession, conversation: ConversationRow | Standing) -> int | None:
        """Return the place in the queue, 1 being next; None when it does not wait."""
        if conversation.waiting_since is None:
            return None
        earlier = (
            select(func.count())
            .select_from(ConversationRow)
            .where(
                ConversationRow.state == "waiting",
                (ConversationRow.waiting_since < conversation.waiting_since)
                | (
                    (ConversationRow.waiting_since == conversation.waiting_since)
                    & (ConversationRow.id < conversation.id)
                ),
            )
        )
        return 1 + (await session.scalar(earlier) or 0)

    async def handed_off(self, session: AsyncSession) -> Sequence[ConversationRow]:
        """Return what waits, longest first, and then what a person has."""
        query = select(ConversationRow).where(ConversationRow.state.in_(["waiting", "human"]))
        first_come = (ConversationRow.waiting_since, ConversationRow.last_message_at, ConversationRow.id)
        return (await session.scalars(query.order_by(ConversationRow.state.desc(), *first_come))).all()

    async def tell_queue(self, session: AsyncSession) -> None:
        """Wake everybody who waits: somebody left the queue, so their places changed."""
        waiting = sql("SELECT pg_notify(:channel, id) FROM chat.conversation WHERE state = 'waiting'")
        await session.execute(waiting, {"channel": CHANNEL})

    def set_handoff(self, conversation: ConversationRow, *, reason: str, summary: str) -> None:
        """Note why a person was asked for."""
        conversation.handoff_reason = reason
        conversation.handoff_summary = self._key_ring.encrypt_text(summary, context=_SUMMARY)

    def summary(self, conversation: ConversationRow) -> str | None:
        """Return the line for whoever takes over."""
        if conversation.handoff_summary is None:
            return None
        return self._key_ring.decrypt_text(conversation.handoff_summary, context=_SUMMARY)

    # Messages

    async def add_message(
        self,
        session: AsyncSession,
        conversation: ConversationRow,
        draft: Draft,
        *,
        now: datetime,
        turn: int | None = None,
    ) -> MessageRow:
        """Store a message with its buttons in a conversation whose row is locked, and wake its streams."""
        row = {
            "conversation_id": conversation.id,
            "client_id": draft.client_id,
            "sender": draft.sender,
            "sender_name": draft.sender_name,
            "text": self._key_ring.encrypt_text(draft.text, context=_TEXT),
            "citations": list(draft.citations),
            "card": draft.card,
            "turn_id": turn,
            "created_at": now,
        }
        connection = await driver(session)
        stored = await connection.execute(ADD_MESSAGE, self._parameters(row, draft.buttons))
        [[message_id, _]] = await stored.fetchall()
        set_committed_value(conversation, "last_message_at", now)  # the statement wrote it
        session.info.setdefault("told", set()).add(conversation.id)  # and told the streams
        return MessageRow(id=message_id, **row)

    def _parameters(self, row: dict[str, Any], offers: Sequence[Offer]) -> dict[str, Any]:
        """Return what the statement is given that adds a message."""
        return row | {
            "citations": Jsonb(row["citations"]),
            "card": None if row["card"] is None else Jsonb(row["card"]),
            "tokens": [secrets.token_hex(16) for _ in offers],
            "titles": [self._key_ring.encrypt_text(offer.title, context=_TITLE) for offer in offers],
            "payloads": [self._key_ring.encrypt_text(offer.payload, context=_PAYLOAD) for offer in offers],
            "lasting": [offer.payload.startswith(LASTING_PAYLOADS) for offer in offers],
            "channel": CHANNEL,
        }

    async def message_of_client(
        self, session: AsyncSession, conversation_id: str, client_id: UUID
    ) -> MessageRow | None:
        """Return the message that came under ``client_id`` before, or None."""
        query = "SELECT id FROM chat.message WHERE conversation_id = %s AND client_id = %s"
        found = await (await (await driver(session)).execute(query, [conversation_id, client_id])).fetchone()
        return None if found is None else await session.get(MessageRow, found[0])

    async def messages(self, session: AsyncSession, conversation_id: str, *, after: int = 0) -> list[Message]:
        """Return the messages after the one numbered ``after``, oldest first, as they are shown."""
        rows = await (await (await driver(session)).execute(MESSAGES, [conversation_id, after])).fetchall()
        return [
            Message(
                id=number,
                client_id=client_id,
                sender=sender,
                sender_name=sender_name,
                text=self._key_ring.decrypt_text(text, context=_TEXT),
                citations=[Citation(**citation) for citation in citations],
                buttons=[
                    Button(token=token, title=self._key_ring.decrypt_text(title, context=_TITLE), used=used)
                    for token, title, used in zip(tokens or (), titles or (), spent or (), strict=True)
                ],
                card=card,
                created_at=created_at,
            )
            for number, client_id, sender, sender_name, text, citations, card, created_at, tokens, titles, spent in rows
        ]

    async def shown(self, session: AsyncSession, rows: Sequence[MessageRow]) -> list[Message]:
        """Return stored messages as people see them."""
        buttons: dict[int, list[Button]] = {row.id: [] for row in rows}
        offering = [row.id for row in rows if row.sender != "visitor"]  # a visitor offers nothing
        if offering:
            query = select(ButtonRow).where(ButtonRow.message_id.in_(offering)).order_by(ButtonRow.position)
            for button in await session.scalars(query):
                buttons[button.message_id].append(
                    Button(token=button.token, title=self.title(button), used=is_spent(button))
                )
        return [
            Message(
                id=row.id,
                client_id=row.client_id,
                sender=row.sender,
                sender_name=row.sender_name,
                text=self.text(row),
                citations=[Citation(**citation) for citation in row.citations],
                buttons=buttons[row.id],
                card=row.card,
                created_at=row.created_at,
            )
            for row in rows
        ]

    async def last_message_id(self, session: AsyncSession, conversation_id: str) -> int:
        """Return the number of the newest message, 0 when there is none."""
        query = select(func.max(MessageRow.id)).where(MessageRow.conversation_id == conversation_id)
        return await session.scalar(query) or 0

    async def visitor_messages_since(self, session: AsyncSession, conversation_id: str, since: datetime) -> int:
        """Return how many messages the visitor wrote since that instant."""
        query = (
            select(func.count())
            .select_from(MessageRow)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.sender == "visitor",
                MessageRow.created_at > since,
            )
        )
        return await session.scalar(query) or 0

    def text(self, row: MessageRow) -> str:
        """Return what the message says."""
        return self._key_ring.decrypt_text(row.text, context=_TEXT)

    def opened(self, sealed: bytes | None) -> str:
        """Return what a message's sealed text says, nothing when there is no message."""
        return "" if sealed is None else self._key_ring.decrypt_text(sealed, context=_TEXT)

    # Buttons

    async def button(self, session: AsyncSession, conversation_id: str, token: str) -> ButtonRow | None:
        """Return the button that we offered in this conversation under ``token``, or None."""
        query = select(ButtonRow).where(ButtonRow.token == token, ButtonRow.conversation_id == conversation_id)
        return await session.scalar(query)

    async def use(self, session: AsyncSession, button: ButtonRow, *, now: datetime) -> None:
        """Spend the button; the other answers to the same question go with it."""
        button.used_at = now
        if not button.lasting:
            await self._withdraw(session, ButtonRow.message_id == button.message_id, now=now)

    async def withdraw_answers(self, session: AsyncSession, conversation_id: str, *, now: datetime) -> None:
        """Spend every button that answers a question from which the conversation has moved on."""
        query = """
        UPDATE chat.button SET withdrawn_at = %s
        WHERE conversation_id = %s AND used_at IS NULL AND withdrawn_at IS NULL AND NOT lasting"""
        await (await driver(session)).execute(query, [now, conversation_id])

    def title(self, button: ButtonRow) -> str:
        """Return what the button says."""
        return self._key_ring.decrypt_text(button.title, context=_TITLE)

    def payload(self, button: ButtonRow) -> str:
        """Return what the bot is told when the button is pressed."""
        return self._key_ring.decrypt_text(button.payload, context=_PAYLOAD)

    async def _withdraw(self, session: AsyncSession, which: Any, *, now: datetime) -> None:
        unspent = (ButtonRow.used_at.is_(None), ButtonRow.withdrawn_at.is_(None), ButtonRow.lasting.is_(False))
        await session.execute(update(ButtonRow).where(which, *unspent).values(withdrawn_at=now))

    # Turns

    async def add_turn(
        self,
        session: AsyncSession,
        conversation_id: str,
        *,
        now: datetime,
        message: MessageRow | None = None,
        button: ButtonRow | None = None,
        event: str | None = None,
        says_again: bool = False,
    ) -> int:
        """Note that the bot has to be told of a message, of a pressed button, or of an event; return the turn's id.

        ``says_again``: the button repeats what the visitor wrote before, so that text is told, and no payload.
        """
        kind = "event" if event is not None else "text" if button is None or says_again else "payload"
        query = """
        INSERT INTO chat.turn
          (conversation_id, kind, event, message_id, button_token, created_at, available_at, attempts)
        VALUES (%s, %s, %s, %s, %s, %s, %s, 0) RETURNING id"""
        of_what = (event, message.id if message else None, button.token if button else None)
        stored = await (await driver(session)).execute(query, [conversation_id, kind, *of_what, now, now])
        [[turn_id]] = await stored.fetchall()
        await self.tell(session, conversation_id)
        return int(turn_id)

    async def unfinished_turns(self, session: AsyncSession, conversation_id: str) -> Sequence[TurnRow]:
        """Return what the bot has not been told yet, oldest first."""
        query = select(TurnRow).where(TurnRow.conversation_id == conversation_id, TurnRow.finished_at.is_(None))
        return (await session.scalars(query.order_by(TurnRow.id))).all()

    async def hasten_events(self, session: AsyncSession, conversation_id: str, *, now: datetime) -> None:
        """Let the events that wait for a better time be told now."""
        waiting = (TurnRow.event.is_not(None), TurnRow.finished_at.is_(None), TurnRow.available_at > now)
        which = (TurnRow.conversation_id == conversation_id, *waiting)
        await session.execute(update(TurnRow).where(*which).values(available_at=now))

    async def left_behind(self, session: AsyncSession, *, before: datetime) -> Sequence[str]:
        """Return the conversations with a turn that could have run before that instant and has not ended."""
        query = select(TurnRow.conversation_id).where(TurnRow.finished_at.is_(None), TurnRow.available_at <= before)
        return (await session.scalars(query.distinct())).all()

    async def turn(self, session: AsyncSession, turn_id: int) -> TurnRow | None:
        """Return the turn, or None."""
        return await session.get(TurnRow, turn_id, populate_existing=True)

    async def finish(
        self,
        session: AsyncSession,
        conversation_id: str,
        turn_id: int,
        *,
        outcome: str,
        now: datetime,
        intent: str | None = None,
        confidence: float | None = None,
    ) -> None:
        """Note how the turn ended; the conversation's row is locked, so the order is the one that streams see."""
        query = """
        UPDATE chat.turn SET finished_at = %s, outcome = %s, intent = %s, confidence = %s,
          finish_order = nextval('chat.turn_finish_order')
        WHERE id = %s"""
        await (await driver(session)).execute(query, [now, outcome, intent, confidence, turn_id])
        await self.tell(session, conversation_id)

    async def finish_order_at(self, session: AsyncSession, conversation_id: str, *, message_id: int) -> int:
        """Return the finish order up to which a stream that has seen ``message_id`` has seen turns end."""
        if not message_id:
            return 0
        query = select(func.max(TurnRow.finish_order)).where(
            TurnRow.conversation_id == conversation_id, TurnRow.message_id <= message_id
        )
        seen = select(func.max(MessageRow.turn_id)).where(
            MessageRow.conversation_id == conversation_id, MessageRow.id <= message_id
        )
        answered = await session.scalar(query.where(TurnRow.id <= seen.scalar_subquery()))
        return answered or 0


def is_spent(button: ButtonRow) -> bool:
    """Tell whether pressing the button does nothing any more."""
    return button.used_at is not None or button.withdrawn_at is not None
