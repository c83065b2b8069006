"""The live stream of a conversation (Server-Sent Events), made from what stands in the database.

A notification only says that something changed. The stream then reads what is new in one snapshot, and tells it. So it
does not matter which replica made the change, nor whether a notification was missed: the next look tells everything.
Only messages carry an id; a browser that comes back names the last one it saw (WHATWG HTML, 9.2).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sse_starlette import ServerSentEvent

from bot.conversations import Conversations
from bot.news import ToldTurn, standing, turns_since
from bot.schemas import IdentificationView, SpentButtons, TurnEvent, Typing
from bot.store import ConversationStore
from foundation.clock import Clock
from foundation.database import Sessions, driver, reading
from foundation.notify import Listener

CurrentIdentification = Callable[[str], Awaitable[IdentificationView | None]]
"""Returns a conversation's latest identification."""


@dataclass(slots=True)
class _Seen:
    """How far a stream has told."""

    message_id: int
    finish_order: int
    spent: frozenset[str] = frozenset()
    gone: bool = False
    state: dict[str, Any] | None = None
    typing: bool | None = None
    identification: dict[str, Any] | None = None


class Streams:
    """Makes streams."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        store: ConversationStore,
        conversations: Conversations,
        listener: Listener,
        current_identification: CurrentIdentification,
        clock: Clock,
    ) -> None:
        self._sessions, self._store, self._conversations = sessions, store, conversations
        self._listener, self._current_identification = listener, current_identification
        self._clock = clock

    async def events(self, conversation_id: str, *, after: int) -> AsyncIterator[ServerSentEvent]:
        """Yield the conversation's events from the message after ``after`` on, for as long as there is one."""
        with self._listener.subscribe(conversation_id) as changed:
            async with reading(self._sessions) as session:
                finish_order = await self._store.finish_order_at(session, conversation_id, message_id=after)
            seen = _Seen(message_id=after, finish_order=finish_order)
            while True:
                changed.clear()
                async for event in self._news(conversation_id, seen):
                    yield event
                if seen.gone:
                    return
                await changed.wait()

    async def _news(self, conversation_id: str, seen: _Seen) -> AsyncIterator[ServerSentEvent]:
        """Yield what has changed since the last look: messages first, then the turns that they end, then the rest."""
        async with self._sessions.begin() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            connection = await driver(session)
            found = await standing(connection, conversation_id)
            if found is None:
                seen.gone = True
                return
            messages = await self._store.messages(session, conversation_id, after=seen.message_id)
            unfinished, turns = await turns_since(connection, conversation_id, after=seen.finish_order)
            state = await self._conversations.state(session, found)
        for message in messages:
            seen.message_id = message.id
            yield _event("message", message, message_id=message.id)
        if found.spent - seen.spent:
            yield _event("buttons", SpentButtons(tokens=sorted(found.spent - seen.spent)))
            seen.spent = found.spent
        for turn in turns:
            seen.finish_order = turn.finish_order or seen.finish_order
            yield _event("turn", _turn_event(turn))
        now = self._clock()
        typing = any(turn.available_at <= now or turn.event is None for turn in unfinished)
        identification = None
        if found.was_offered_identification:
            identification = await self._current_identification(conversation_id)
        for event in _changes(seen, state=state, typing=typing, identification=identification):
            yield event


def _changes(
    seen: _Seen, *, state: BaseModel, typing: bool, identification: IdentificationView | None
) -> list[ServerSentEvent]:
    events = []
    if (as_json := state.model_dump(mode="json")) != seen.state:
        seen.state = as_json
        events.append(_event("state", state))
    told = None if identification is None else identification.model_dump(mode="json", exclude={"ends_in_s"})
    if identification is not None and told != seen.identification:
        seen.identification = told
        events.append(_event("identification", identification))
    if typing != seen.typing:
        seen.typing = typing
        events.append(_event("typing", Typing(active=typing)))
    return events


def _event(name: str, data: BaseModel, *, message_id: int | None = None) -> ServerSentEvent:
    number = None if message_id is None else str(message_id)
    return ServerSentEvent(data.model_dump_json(), event=name, id=number, sep="\n")


def _turn_event(turn: ToldTurn) -> TurnEvent:
    latency = (turn.finished_at - turn.created_at).total_seconds() if turn.finished_at else 0.0
    return TurnEvent(
        message_id=turn.message_id or 0,
        intent=turn.intent,
        confidence=turn.confidence,
        latency_ms=round(1000 * latency, 1),
        messages=list(turn.answers),
    )
