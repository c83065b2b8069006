"""The way from the bot to a person and back. Each public method that takes a conversation's id is one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.circumstances import gravest
from bot.redaction import cleaned, is_blank, redact
from bot.refusals import Refusals
from bot.schemas import Handoff, Message, Officer, QueuePosition, StaffConversation
from bot.store import ConversationStore, Draft, Offer
from bot.tables import ConversationRow
from bot.texts import Texts
from bot.waiting import Waiting
from foundation.clock import Clock
from foundation.database import Sessions

RETURNED: Final = "EXTERNAL_returned_to_bot"
HANDED_OVER_BY_EDGE: Final = "assistant_unavailable"
"""The reason when the visitor asked for a person while the bot could not answer."""

HAND_OVER: Final = "edge:hand_over"
CANCEL_WAITING: Final = "edge:cancel_waiting"
"""Payloads that the edge itself obeys: they must work when Rasa does not."""

PERSON: Final = frozenset({HAND_OVER, "/ask_human"})
"""Payloads that lead to a person: the edge's, and the bot's own."""

OFFICER_MESSAGE_CHARACTERS: Final = 4_000


class Handoffs:
    """The queue, and the conversations that people have."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        store: ConversationStore,
        waiting: Waiting,
        texts: Texts,
        refusals: Refusals,
        clock: Clock,
    ) -> None:
        self._sessions, self._store, self._waiting = sessions, store, waiting
        self._texts, self._refusals, self._clock = texts, refusals, clock

    # For the actions

    async def ask_for_person(self, conversation_id: str, *, reason: str, summary: str) -> QueuePosition:
        """Put the conversation in the queue and return its place; asked again, the place that it has.

        With a person already there the place is 0.

        Raises:
            ProblemError: there is no such conversation.
        """
        async with self._changing(conversation_id) as (session, conversation):
            await self.enter_queue(session, conversation, reason=reason, summary=summary)
            return await self._place(session, conversation)

    async def change_mind(self, conversation_id: str) -> None:
        """Take the conversation out of the queue; nothing happens when it is not there.

        Raises:
            ProblemError: there is no such conversation, or a person has it already.
        """
        async with self._changing(conversation_id) as (session, conversation):
            if conversation.state == "human":
                raise self._refusals.not_waiting()
            if conversation.state == "waiting":
                await self._release(session, conversation)

    # For both, within the transaction of a caller who has locked the conversation

    async def enter_queue(
        self, session: AsyncSession, conversation: ConversationRow, *, reason: str, summary: str
    ) -> None:
        """Let the conversation wait for a person."""
        if conversation.state in ("waiting", "human"):
            return
        conversation.state, conversation.waiting_since = "waiting", self._clock()
        reason = gravest(conversation.circumstances) or reason
        self._store.set_handoff(conversation, reason=reason, summary=redact(cleaned(summary), self._texts).text)
        await session.flush()
        await self._store.tell(session, conversation.id)

    async def leave_queue(self, session: AsyncSession, conversation: ConversationRow) -> None:
        """The visitor does not want to wait any longer, and is told that the bot is back."""
        await self._release(session, conversation)
        cancelled = Draft("system", self._texts("waiting_cancelled"))
        await self._store.add_message(session, conversation, cancelled, now=self._clock())

    async def say_handed_over(self, session: AsyncSession, conversation: ConversationRow) -> None:
        """Tell the visitor the place in the queue and what is known of the time, and how to leave it."""
        place = await self._place(session, conversation)
        if not place.queue_position:
            return
        if place.opens is not None:
            text = self._texts("handed_over_closed", opens=place.opens)
        elif place.expected_wait_minutes is not None:
            minutes = place.expected_wait_minutes
            text = self._texts("handed_over_expected", position=place.queue_position, minutes=minutes)
        else:
            text = self._texts("handed_over", position=place.queue_position)
        cancel = Offer(self._texts("button_cancel_waiting"), CANCEL_WAITING)
        await self._store.add_message(session, conversation, Draft("system", text, buttons=[cancel]), now=self._clock())

    async def say_noted(self, session: AsyncSession, conversation: ConversationRow) -> None:
        """Tell the visitor in the queue that what they wrote is kept, and when it is read."""
        place = await self._place(session, conversation)
        if place.opens is not None:
            text = self._texts("waiting_noted_closed", opens=place.opens)
        else:
            text = self._texts("waiting_noted", position=place.queue_position)
        await self._store.add_message(session, conversation, Draft("system", text), now=self._clock())

    async def _place(self, session: AsyncSession, conversation: ConversationRow) -> QueuePosition:
        now = self._clock()
        return QueuePosition(
            queue_position=await self._store.queue_position(session, conversation) or 0,
            expected_wait_minutes=await self._waiting.expected_minutes(session, now),
            opens=self._waiting.opens(now),
        )

    async def _release(self, session: AsyncSession, conversation: ConversationRow) -> None:
        conversation.state, conversation.waiting_since = "bot", None
        await session.flush()
        await self._store.tell(session, conversation.id)
        await self._store.tell_queue(session)

    # For staff

    async def handed_off(self) -> list[Handoff]:
        """Return the queue, longest waiting first, and then what people have."""
        async with self._sessions() as session:
            rows = await self._store.handed_off(session)
            waiting = [row for row in rows if row.state == "waiting"]
            return [
                Handoff(
                    conversation_id=row.id,
                    state=row.state,
                    waiting_since=row.waiting_since,
                    reason=row.handoff_reason,
                    summary=self._store.summary(row),
                    identity_level=row.identity_level,
                    officer=_officer(row),
                    last_message_at=row.last_message_at,
                    queue_position=waiting.index(row) + 1 if row in waiting else None,
                    out_of_hours=row.waiting_since is not None and not self._waiting.is_staffed(row.waiting_since),
                )
                for row in rows
            ]

    async def conversation(self, conversation_id: str) -> StaffConversation:
        """Return a conversation with all its messages.

        Raises:
            ProblemError: there is no such conversation.
        """
        async with self._sessions() as session:
            conversation = await self._store.conversation(session, conversation_id)
            if conversation is None:
                raise self._refusals.conversation_not_found()
            return StaffConversation(
                state=conversation.state,
                queue_position=await self._store.queue_position(session, conversation),
                officer=_officer(conversation),
                reason=conversation.handoff_reason,
                summary=self._store.summary(conversation),
                identity_level=conversation.identity_level,
                messages=await self._store.messages(session, conversation_id),
            )

    async def check_exists(self, conversation_id: str) -> None:
        """Check that there is such a conversation.

        Raises:
            ProblemError: there is none.
        """
        async with self._sessions() as session:
            if await self._store.conversation(session, conversation_id) is None:
                raise self._refusals.conversation_not_found()

    async def claim(self, conversation_id: str, officer: Officer) -> None:
        """Give a waiting conversation to an officer; again to the same one changes nothing.

        Raises:
            ProblemError: there is no such conversation, it does not wait, or another officer has it.
        """
        async with self._changing(conversation_id) as (session, conversation):
            if conversation.state == "human":
                if conversation.officer_id != officer.id:
                    raise self._refusals.held_by_another()
                return
            if conversation.state != "waiting":
                raise self._refusals.not_waiting()
            if conversation.waiting_since is not None:
                self._waiting.note(session, since=conversation.waiting_since, now=self._clock())
            conversation.state, conversation.waiting_since = "human", None
            conversation.officer_id, conversation.officer_name = officer.id, officer.name
            await self._say(session, conversation, "officer_joined")
            await self._store.tell_queue(session)

    async def answer(self, conversation_id: str, officer: Officer, *, text: str, client_id: UUID) -> Message:
        """Store what an officer says; the same ``client_id`` again changes nothing.

        Raises:
            ProblemError: no such conversation, this officer does not have it, or the text is empty or too long.
        """
        async with self._changing(conversation_id) as (session, conversation):
            row = await self._store.message_of_client(session, conversation_id, client_id)
            if row is None:
                self._check_held(conversation, officer.id)
                text = cleaned(text)
                if is_blank(text):
                    raise self._refusals.empty_message()
                if len(text) > OFFICER_MESSAGE_CHARACTERS:
                    raise self._refusals.message_too_long(OFFICER_MESSAGE_CHARACTERS)
                draft = Draft("officer", redact(text, self._texts).text, sender_name=officer.name, client_id=client_id)
                row = await self._store.add_message(session, conversation, draft, now=self._clock())
            [message] = await self._store.shown(session, [row])
            return message

    async def give_letter(self, conversation_id: str, officer_name: str, *, text: str, client_id: UUID) -> Message:
        """Store a letter of the visitor's case as a message; the same ``client_id`` again changes nothing.

        Nobody need hold the conversation: a letter is not talk, and changes nothing about whose turn it is.

        Raises:
            ProblemError: no such conversation, or the text is empty.
        """
        async with self._changing(conversation_id) as (session, conversation):
            row = await self._store.message_of_client(session, conversation_id, client_id)
            if row is None:
                text = cleaned(text)
                if is_blank(text):
                    raise self._refusals.empty_message()
                draft = Draft("officer", redact(text, self._texts).text, sender_name=officer_name, client_id=client_id)
                row = await self._store.add_message(session, conversation, draft, now=self._clock())
            [message] = await self._store.shown(session, [row])
            return message

    async def give_back(self, conversation_id: str, officer_id: str) -> None:
        """Give the conversation back to the bot, who says so; given back already, nothing happens.

        Raises:
            ProblemError: there is no such conversation, or this officer does not have it.
        """
        async with self._changing(conversation_id) as (session, conversation):
            if conversation.state == "bot" and conversation.officer_id == officer_id:
                return
            self._check_held(conversation, officer_id)
            await self._say(session, conversation, "officer_left")
            conversation.state = "bot"
            await self._store.add_turn(session, conversation_id, event=RETURNED, now=self._clock())

    async def close(self, conversation_id: str, officer_id: str) -> None:
        """End the conversation; the visitor reads so. Ended already, nothing happens.

        Raises:
            ProblemError: there is no such conversation, or this officer does not have it.
        """
        async with self._changing(conversation_id) as (session, conversation):
            if conversation.state == "closed" and conversation.officer_id == officer_id:
                return
            self._check_held(conversation, officer_id)
            conversation.state = "closed"
            await self._say(session, conversation, "closed")

    async def _say(self, session: AsyncSession, conversation: ConversationRow, key: str) -> None:
        draft = Draft("system", self._texts(key, name=conversation.officer_name))
        await self._store.add_message(session, conversation, draft, now=self._clock())

    def _check_held(self, conversation: ConversationRow, officer_id: str) -> None:
        if conversation.state != "human" or conversation.officer_id != officer_id:
            raise self._refusals.not_held()

    @asynccontextmanager
    async def _changing(self, conversation_id: str) -> AsyncIterator[tuple[AsyncSession, ConversationRow]]:
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, conversation_id)
            if conversation is None:
                raise self._refusals.conversation_not_found()
            yield session, conversation


def _officer(conversation: ConversationRow) -> Officer | None:
    if conversation.state != "human" or conversation.officer_id is None:
        return None
    return Officer(id=conversation.officer_id, name=conversation.officer_name or "")
