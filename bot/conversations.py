"""What a visitor does: opens the chat, writes, presses a button. Each is one transaction."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.attention import Attention
from bot.config import BotConfig
from bot.handoff import CANCEL_WAITING, HAND_OVER, HANDED_OVER_BY_EDGE, Handoffs
from bot.news import Standing
from bot.package_purpose import wanted_reference
from bot.redaction import cleaned, is_blank, redact
from bot.refusals import Refusals
from bot.said_again import message_said_again
from bot.schemas import ConversationState, Message, NewMessage
from bot.store import ConversationStore, Draft, is_spent
from bot.tables import ButtonRow, ConversationRow, MessageRow, SessionRow
from bot.texts import Texts
from bot.waiting import Waiting
from foundation.clock import Clock
from foundation.database import Sessions, reading

if TYPE_CHECKING:
    from bot.packages import Packages

WELCOME: Final = "EXTERNAL_conversation_started"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser and the conversation that it holds."""

    conversation_id: str
    token_hash: bytes = field(repr=False)
    ends_at: datetime
    """When the browser loses its hold if it does nothing until then."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation that was opened: its visitor, and the new cookie if there was none that held."""

    visitor: Visitor
    new_token: str | None = field(repr=False)


class Conversations:
    """The visitor's side of conversations."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        store: ConversationStore,
        handoffs: Handoffs,
        waiting: Waiting,
        packages: Packages,
        texts: Texts,
        attention: Attention,
        refusals: Refusals,
        clock: Clock,
        config: BotConfig,
    ) -> None:
        self._sessions, self._store, self._handoffs, self._packages = sessions, store, handoffs, packages
        self._texts, self._refusals, self._clock, self._config = texts, refusals, clock, config
        self._attention, self._waiting = attention, waiting

    async def visitor(self, token: str | None) -> Visitor | None:
        """Return who holds the cookie ``token``, or None when it is unknown or too old."""
        if not token:
            return None
        now = self._clock()
        async with reading(self._sessions) as session:
            row = await self._store.browser_session(session, hash_of(token))
        if row is None or now > self._ends_at(row):
            return None
        if now - row.last_seen_at > self._config.session_idle / 100:  # not a write for each request
            row.last_seen_at = now
            async with self._sessions.begin() as session:
                await self._store.seen(session, row.token_hash, now=now)
        return Visitor(row.conversation_id, row.token_hash, self._ends_at(row))

    def seconds_left(self, visitor: Visitor) -> int:
        """Return how long the browser keeps its hold if it does nothing."""
        return max(0, int((visitor.ends_at - self._clock()).total_seconds()))

    def _ends_at(self, row: SessionRow) -> datetime:
        return min(row.last_seen_at + self._config.session_idle, row.created_at + self._config.session_lasts)

    async def begin(self) -> Opened:
        """Begin a conversation; the bot will greet."""
        token = secrets.token_urlsafe(32)
        async with self._sessions.begin() as session:
            now = self._clock()
            conversation = self._store.begin(session, token_hash=hash_of(token), now=now)
            await session.flush()
            await self._store.add_turn(session, conversation.id, event=WELCOME, now=now)
            return Opened(Visitor(conversation.id, hash_of(token), now + self._config.session_idle), token)

    async def state(self, session: AsyncSession, conversation: ConversationRow | Standing) -> ConversationState:
        """Return who holds the conversation, as the visitor is told."""
        waits, now = conversation.state == "waiting", self._clock()
        return ConversationState(
            state=conversation.state,
            queue_position=await self._store.queue_position(session, conversation),
            officer_name=conversation.officer_name if conversation.state == "human" else None,
            expected_wait_minutes=await self._waiting.expected_minutes(session, now) if waits else None,
            opens=self._waiting.opens(now) if waits else None,
        )

    async def receive(self, visitor: Visitor, given: NewMessage, *, notice: str | None = None) -> Message:
        """Store what the visitor says and give it to whoever holds the conversation.

        The same ``client_id`` again changes nothing and returns what it was stored as the first time.

        Args:
            notice: the key of what the visitor is told about their text.

        Raises:
            ProblemError: empty, too long, or a button that was not offered here or is spent; nothing was stored.
        """
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, visitor.conversation_id)
            if conversation is None:
                raise self._refusals.session_lost()
            row = await self._store.message_of_client(session, conversation.id, given.client_id)
            wanted = None
            if row is None:
                row = await self._take(session, conversation, given, notice=notice)
                wanted = await self._wanted_package(session, conversation.id, given)
            [message] = await self._store.shown(session, [row])
        if wanted is not None:  # the identification has transactions of its own, which wait for the conversation's
            await self._packages.begin(visitor.conversation_id, wanted, message_id=message.id)
        return message

    async def keep_unheard(self, visitor: Visitor, client_id: UUID, *, text: str) -> tuple[Message, bool]:
        """Store ``text`` in the place of what the visitor wrote, which nobody is given; tell whether it is new.

        Raises:
            ProblemError: the conversation is gone.
        """
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, visitor.conversation_id)
            if conversation is None:
                raise self._refusals.session_lost()
            row = await self._store.message_of_client(session, conversation.id, client_id)
            is_new = row is None
            if row is None:
                draft = Draft("visitor", text, client_id=client_id)
                row = await self._store.add_message(session, conversation, draft, now=self._clock())
            [message] = await self._store.shown(session, [row])
            return message, is_new

    async def _wanted_package(self, session: AsyncSession, conversation_id: str, given: NewMessage) -> str | None:
        """Return the case whose package the pressed button asks for."""
        button = await self._store.button(session, conversation_id, given.button) if given.button else None
        return wanted_reference(self._store.payload(button)) if button is not None else None

    async def _take(
        self, session: AsyncSession, conversation: ConversationRow, given: NewMessage, *, notice: str | None
    ) -> MessageRow:
        if given.button is not None:
            return await self._press(session, conversation, given)
        now = self._clock()
        text = self._checked(given.text or "")
        redacted = redact(text, self._texts, health=self._hides_health(conversation, text))
        draft = Draft("visitor", redacted.text, client_id=given.client_id)
        message = await self._store.add_message(session, conversation, draft, now=now)
        for key in [*redacted.notices(), *([notice] if notice else [])]:
            await self._store.add_message(session, conversation, Draft("system", self._texts(key)), now=now)
        turn = None
        if conversation.state in ("bot", "closed"):
            conversation.state = "bot"  # who writes after the end begins again with the bot
            turn = await self._store.add_turn(session, conversation.id, message=message, now=now)
        if conversation.state != "human":
            for urgent in self._attention.at_once(conversation, redacted.text):
                await self._store.add_message(session, conversation, urgent, now=now, turn=turn)
        if conversation.state == "waiting":
            await self._write_in_queue(session, conversation, redacted.text)
        return message

    def _hides_health(self, conversation: ConversationRow, text: str) -> bool:
        """Tell whether nobody asked: no question for the visitor's own words, no person, no life at stake."""
        asked = conversation.asks_own_words or conversation.state in ("waiting", "human")
        return not asked and not self._attention.is_grave(text)

    async def _write_in_queue(self, session: AsyncSession, conversation: ConversationRow, text: str) -> None:
        if self._texts.means_cancel_waiting(text):
            await self._handoffs.leave_queue(session, conversation)
            return
        since = conversation.waiting_since
        if since is not None and await self._store.visitor_messages_since(session, conversation.id, since) == 1:
            await self._handoffs.say_noted(session, conversation)

    async def _press(self, session: AsyncSession, conversation: ConversationRow, given: NewMessage) -> MessageRow:
        now = self._clock()
        token = given.button or ""
        button = await self._store.button(session, conversation.id, token) if token.isascii() else None
        if button is None:
            raise self._refusals.button_not_offered()
        if is_spent(button):
            raise self._refusals.button_spent()
        await self._store.use(session, button, now=now)
        draft = Draft("visitor", self._store.title(button), client_id=given.client_id)
        message = await self._store.add_message(session, conversation, draft, now=now)
        await self._obey(session, conversation, button, message)
        return message

    async def _obey(
        self, session: AsyncSession, conversation: ConversationRow, button: ButtonRow, message: MessageRow
    ) -> None:
        payload = self._store.payload(button)
        if payload == HAND_OVER:
            await self._handoffs.enter_queue(session, conversation, reason=HANDED_OVER_BY_EDGE, summary="")
            await self._handoffs.say_handed_over(session, conversation)
        elif payload == CANCEL_WAITING:
            if conversation.state == "waiting":
                await self._handoffs.leave_queue(session, conversation)
        elif wanted_reference(payload) is None and conversation.state != "human":
            if conversation.state == "closed":
                conversation.state = "bot"
            says_again = message_said_again(payload) is not None
            await self._store.add_turn(
                session, conversation.id, message=message, button=button, says_again=says_again, now=self._clock()
            )

    def _checked(self, text: str) -> str:
        text = cleaned(text)
        if is_blank(text):
            raise self._refusals.empty_message()
        if len(text) > self._config.limits.message_characters:
            raise self._refusals.message_too_long(self._config.limits.message_characters)
        return text


def hash_of(token: str) -> bytes:
    """Return what is stored of a session's cookie."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
