"""Gives the bot its turns: each once, in order, whatever dies in between.

A turn is a row (``chat.turn``) before anybody is told of it. Whichever replica holds the conversation's advisory lock
tells Rasa, and stores the answer and the turn's end in one transaction. A replica that dies leaves the row, and another
one finds it; Rasa recognises the turn's number and repeats what it said rather than doing it again (docs/adr/0031).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot import turn_queue
from bot.attention import Attention
from bot.config import TurnTimes
from bot.conversations import WELCOME
from bot.errors import RasaError, RasaUnreachableError
from bot.handoff import HAND_OVER, RETURNED
from bot.rasa_client import RasaAnswer, RasaClient, Turn
from bot.said_again import message_said_again, say_again
from bot.store import ConversationStore, Draft, Offer
from bot.tables import ConversationRow, MessageRow, TurnRow
from bot.texts import Texts
from bot.turn_queue import OpenTurn
from foundation.clock import Clock
from foundation.database import Sessions, autocommitting, driver, reading

log = logging.getLogger(__name__)

IDENTIFIED: Final = "EXTERNAL_identification_completed"
NOT_IDENTIFIED: Final = "EXTERNAL_identification_failed"

_WHEN_UNANSWERED: Final = {
    WELCOME: "welcome_unavailable",
    RETURNED: "returned_unavailable",
    IDENTIFIED: "identification_given_up",
}


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A turn that this replica is about to give."""

    turn: Turn
    event: str | None
    attempts: int
    created_at: datetime

    @property
    def said(self) -> str:
        """What the visitor typed; empty when they pressed a button or something happened."""
        return self.turn.text if self.turn.kind == "text" else ""


class TurnRunner:
    """Runs the turns of conversations; one a replica, any number of replicas."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        sessions: Sessions,
        store: ConversationStore,
        rasa: RasaClient,
        texts: Texts,
        attention: Attention,
        clock: Clock,
        times: TurnTimes,
    ) -> None:
        self._engine, self._sessions, self._store, self._rasa = engine, sessions, store, rasa
        self._texts, self._attention, self._clock, self._times = texts, attention, clock, times
        self._places = asyncio.Semaphore(times.at_a_time)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._woken_again: set[str] = set()
        self._stopped = False

    def wake(self, conversation_id: str) -> None:
        """See to it that this replica looks at the conversation's turns soon."""
        if self._stopped:
            return
        if conversation_id in self._running:
            self._woken_again.add(conversation_id)
            return
        task = asyncio.create_task(self._drain(conversation_id), name=f"turns of {conversation_id}")
        self._running[conversation_id] = task
        task.add_done_callback(lambda _: self._ended(conversation_id))

    async def run(self) -> None:
        """Look for turns that another replica, or this one before it was restarted, left behind; until cancelled."""
        while True:
            try:
                await self.sweep()
            except DBAPIError as error:
                log.warning("could not look for turns left behind: %s", type(error).__name__)
            await asyncio.sleep(self._times.sweep_interval_s)

    async def sweep(self) -> None:
        """Wake every conversation with a turn that should have run by now."""
        before = self._clock() - timedelta(seconds=self._times.sweep_grace_s)
        async with reading(self._sessions) as session:
            conversation_ids = await self._store.left_behind(session, before=before)
        for conversation_id in conversation_ids:
            self.wake(conversation_id)

    async def settle(self) -> None:
        """Wait until this replica runs no turn."""
        while self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Break off what runs; the rows stay, and whoever comes next takes them up."""
        self._stopped = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, conversation_id: str) -> None:
        task = self._running.pop(conversation_id)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("turns of %s broke off: %s", conversation_id, type(error).__name__)
        elif conversation_id in self._woken_again:
            self._woken_again.discard(conversation_id)
            self.wake(conversation_id)

    async def _drain(self, conversation_id: str) -> None:
        """Give the conversation's turns until none is left, or another replica gives them.

        After the lock is let go it is looked for more: whoever added a turn meanwhile found the lock taken and left.
        """
        while True:
            async with self._places, self._lock(conversation_id) as held:
                if not held:
                    return
                claimed = await self._claim(conversation_id)
                if claimed is not None:
                    await self._give(claimed)
            if not await self._has_ready_turn(conversation_id):
                return

    @asynccontextmanager
    async def _lock(self, conversation_id: str) -> AsyncIterator[bool]:
        async with autocommitting(self._engine) as connection:
            held = await turn_queue.try_lock(connection, conversation_id)
            try:
                yield held
            finally:
                if held:
                    await turn_queue.unlock(connection, conversation_id)

    async def _has_ready_turn(self, conversation_id: str) -> bool:
        async with autocommitting(self._engine) as connection:
            return self._ready(await turn_queue.open_turns(connection, conversation_id)) is not None

    def _ready(self, turns: Sequence[OpenTurn]) -> OpenTurn | None:
        """Return the oldest turn that may be given now.

        What the visitor says stays in order, so one that waits holds up the later ones; events hold up nothing.
        """
        now, held_up = self._clock(), False
        for turn in turns:
            ready = turn.available_at <= now
            if ready and (turn.event is not None or not held_up):
                return turn
            held_up = held_up or turn.event is None
        return None

    async def _claim(self, conversation_id: str) -> _Claimed | None:
        """Count an attempt at the next turn, in a transaction of its own: the attempt counts even if we die in it."""
        async with self._sessions.begin() as session:
            connection = await driver(session)
            state = await turn_queue.hold(connection, conversation_id)
            if state is None:
                return None
            while (row := self._ready(await turn_queue.open_turns(connection, conversation_id))) is not None:
                if not _is_held_back(state, row):
                    return await self._claimed(session, conversation_id, row)
                await self._store.finish(session, conversation_id, row.id, outcome="held", now=self._clock())
            return None

    async def _claimed(self, session: AsyncSession, conversation_id: str, row: OpenTurn) -> _Claimed:
        attempts, written = await turn_queue.count_attempt(await driver(session), row.id)
        turn = Turn(
            number=row.id,
            conversation_id=conversation_id,
            kind=row.kind,
            text=await self._words(session, conversation_id, row, written),
            repeated=attempts > 1,
            received_at=row.created_at,
        )
        return _Claimed(turn, event=row.event, attempts=attempts, created_at=row.created_at)

    async def _words(self, session: AsyncSession, conversation_id: str, row: OpenTurn, written: bytes | None) -> str:
        if row.event is not None:
            return row.event
        if row.button_token is not None:
            button = await self._store.button(session, conversation_id, row.button_token)
            payload = self._store.payload(button) if button else ""
            if (repeated := message_said_again(payload)) is not None:
                return self._store.text(await session.get_one(MessageRow, repeated))
            return payload
        return self._store.opened(written)

    async def _give(self, claimed: _Claimed) -> None:
        try:
            answer = await self._rasa.take_turn(claimed.turn)
        except RasaError as error:
            log.warning("turn %d was not answered: %s (%s)", claimed.turn.number, type(error).__name__, error)
            await self._after_failure(claimed, error)
        else:
            await self._store_answer(claimed, answer)

    # When it went well

    async def _store_answer(self, claimed: _Claimed, answer: RasaAnswer) -> None:
        async with self._finishing(claimed) as found:
            if found is None:
                return
            session, conversation, row = found
            now = self._clock()
            if self._came_to_nothing(claimed, answer):
                await self._tell_again_later(session, conversation, row, claimed)
                return
            if claimed.event is None and not answer.incomplete:
                await self._store.hasten_events(session, conversation.id, now=now)  # for the bot is well again
            if answer.messages:
                await self._store.withdraw_answers(session, conversation.id, now=now)
                conversation.asks_own_words = bool(answer.messages[-1].custom.get("own_words"))
            said = self._about_the_visitor(claimed, conversation, answer)
            heard = self._attention.speaks_for_itself(claimed.said, said)
            if heard:
                said = self._attention.with_readings(said, _given_way(answer))
            drafts = self._attention.beside(self._drafts(claimed, answer, row, heard=heard), said, claimed.said)
            for draft in drafts:
                await self._store.add_message(session, conversation, draft, now=now, turn=row.id)
            await self._store.finish(
                session,
                conversation.id,
                row.id,
                outcome="answered",
                now=now,
                intent=answer.intent.name,
                confidence=answer.intent.confidence,
            )

    def _drafts(self, claimed: _Claimed, answer: RasaAnswer, row: TurnRow, *, heard: bool) -> list[Draft]:
        drafts = [
            Draft(
                "bot",
                message.text.strip(),
                citations=message.custom.get("citations") or (),
                card=message.custom.get("card"),
                buttons=[Offer(button.title, button.payload) for button in message.buttons],
            )
            for message in answer.messages
            if (message.text.strip() or message.buttons or message.custom.get("card"))
            and not (heard and message.custom.get("gives_way"))
        ]
        offered = identification_card(row.offered_identification) if row.offered_identification else None
        if offered and all(draft.card != offered for draft in drafts):
            drafts.append(Draft("bot", "", card=offered))
        if answer.incomplete:
            nothing_said = _WHEN_UNANSWERED.get(claimed.event or "", "bot_uncertain")
            drafts.append(self._with_person("action_failed" if drafts else nothing_said))
        if not drafts and not heard and claimed.event is None:
            drafts.append(self._with_person("bot_had_no_answer"))
        return drafts

    def _about_the_visitor(
        self, claimed: _Claimed, conversation: ConversationRow, answer: RasaAnswer | None = None
    ) -> list[Draft]:
        messages = answer.messages if answer is not None else ()
        answered = {str(message.custom["circumstance"]) for message in messages if "circumstance" in message.custom}
        return self._attention.afterwards(conversation, claimed.said, answered=answered)

    # When it did not

    def _came_to_nothing(self, claimed: _Claimed, answer: RasaAnswer) -> bool:
        """Tell whether a completed identification was heard, but nothing could be done: the action server is down."""
        return (
            claimed.event == IDENTIFIED
            and answer.incomplete
            and not answer.messages
            and self._age_s(claimed) < self._times.event_given_up_after.total_seconds()
        )

    async def _tell_again_later(
        self, session: AsyncSession, conversation: ConversationRow, row: TurnRow, claimed: _Claimed
    ) -> None:
        """Let the event come again under a number of its own: what Rasa did under this one it does not do again."""
        now, pause_s = self._clock(), self._growing_pause_s(claimed.attempts)
        turn_id = await self._store.add_turn(session, conversation.id, event=claimed.event, now=now)
        again = await session.get_one(TurnRow, turn_id)
        again.created_at, again.available_at = row.created_at, now + timedelta(seconds=pause_s)
        again.attempts, again.delay_told_at = row.attempts, row.delay_told_at
        await self._tell_of_delay(session, conversation, again)
        await self._store.finish(session, conversation.id, row.id, outcome="unanswered", now=now)
        asyncio.get_running_loop().call_later(pause_s, self.wake, conversation.id)

    async def _tell_of_delay(self, session: AsyncSession, conversation: ConversationRow, row: TurnRow) -> None:
        """Say once that the identification is safe and that we go on by ourselves."""
        if row.delay_told_at is None:
            row.delay_told_at = now = self._clock()
            await self._store.add_message(session, conversation, self._with_person("identification_delayed"), now=now)

    def _age_s(self, claimed: _Claimed) -> float:
        return (self._clock() - claimed.created_at).total_seconds()

    async def _after_failure(self, claimed: _Claimed, error: RasaError) -> None:
        age = self._age_s(claimed)
        if claimed.event in (IDENTIFIED, NOT_IDENTIFIED):
            if age < self._times.event_given_up_after.total_seconds():
                await self._postpone(claimed, self._growing_pause_s(claimed.attempts))
                return
        elif isinstance(error, RasaUnreachableError):
            if age < self._times.unreachable_patience_s:
                await self._postpone(claimed, self._times.repeat_after_s)
                return
        elif claimed.attempts < self._times.attempts:
            await self._postpone(claimed, self._times.repeat_after_s)
            return
        await self._give_up(claimed, "bot_unreachable" if isinstance(error, RasaUnreachableError) else "bot_uncertain")

    def _growing_pause_s(self, attempts: int) -> float:
        return min(self._times.repeat_after_s * 2.0 ** min(attempts - 1, 16), self._times.event_repeat_at_most_s)

    async def _postpone(self, claimed: _Claimed, pause_s: float) -> None:
        async with self._finishing(claimed) as found:
            if found is None:
                return
            session, conversation, row = found
            row.available_at = self._clock() + timedelta(seconds=pause_s)
            if claimed.event == IDENTIFIED:
                await self._tell_of_delay(session, conversation, row)
            await self._store.tell(session, conversation.id)
        asyncio.get_running_loop().call_later(pause_s, self.wake, claimed.turn.conversation_id)

    async def _give_up(self, claimed: _Claimed, key: str) -> None:
        async with self._finishing(claimed) as found:
            if found is None:
                return
            session, conversation, row = found
            now = self._clock()
            if claimed.event != NOT_IDENTIFIED:  # the card says it already
                again = await self._once_more(session, row)
                draft = self._with_person(_WHEN_UNANSWERED.get(claimed.event or "", key), *again)
                for said in self._attention.beside(
                    [draft], self._about_the_visitor(claimed, conversation), claimed.said
                ):
                    await self._store.add_message(session, conversation, said, now=now, turn=row.id)
            await self._store.finish(session, conversation.id, row.id, outcome="unanswered", now=now)

    @asynccontextmanager
    async def _finishing(
        self, claimed: _Claimed
    ) -> AsyncIterator[tuple[AsyncSession, ConversationRow, TurnRow] | None]:
        """Give the rows, locked; None when the turn has ended elsewhere (our lock was lost with its connection)."""
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, claimed.turn.conversation_id)
            row = await self._store.turn(session, claimed.turn.number)
            if conversation is None or row is None or row.finished_at is not None:
                yield None
            else:
                yield session, conversation, row

    async def _once_more(self, session: AsyncSession, row: TurnRow) -> list[Offer]:
        """Return the button that was pressed in vain, or one that says once more what was written in vain."""
        if row.button_token is not None:
            button = await self._store.button(session, row.conversation_id, row.button_token)
            return [Offer(self._store.title(button), self._store.payload(button))] if button else []
        if row.message_id is not None:
            return [Offer(self._texts("button_try_again"), say_again(row.message_id))]
        return []

    def _with_person(self, key: str, *others: Offer) -> Draft:
        return Draft("bot", self._texts(key), buttons=[*others, Offer(self._texts("button_person"), HAND_OVER)])


def _given_way(answer: RasaAnswer) -> list[Offer]:
    """Return what was offered under what gives way to the words for the visitor's situation."""
    left_out = [message for message in answer.messages if message.custom.get("gives_way")]
    return [Offer(button.title, button.payload) for message in left_out for button in message.buttons]


def identification_card(identification_id: str) -> dict[str, str]:
    """Return the card on which the visitor carries out an identification."""
    return {"kind": "identification", "identification_id": identification_id}


def _is_held_back(state: str, turn: OpenTurn) -> bool:
    """Tell whether a person has the word: then the bot is not told what the visitor says.

    A button in the queue is an exception, being an answer to the bot; events are told always, or a completed
    identification would be lost.
    """
    return (turn.kind == "text" and state in ("waiting", "human")) or (turn.kind == "payload" and state == "human")
