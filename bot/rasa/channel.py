"""The channel by which the chat edge, and nobody else, speaks to the bot: one turn a call.

A turn has a number. Should it come again (the connection broke, the edge was restarted), it is not done again: a turn
that runs is waited for, and one that was done is answered with what was said then. So a confirmation acts once.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.rasa import composition, logs
from bot.rasa.action_endpoint import WatchedActionEndpoint, noting_failures
from bot.rasa.action_results import read_the_schema_once
from bot.rasa.event_kinds import look_up_kinds_once
from bot.rasa.neutral_text import neutral
from bot.rasa.output import TurnOutput, as_utterance
from bot.rasa.tracker_store import reading_once

log = logging.getLogger(__name__)

KINDS: Final = ("text", "payload", "event")
LONGEST_TEXT: Final = 10_000
REMEMBERED_TURNS: Final = 500
"""Answers kept for a repetition; older ones are read from the tracker, which does not know of failed actions."""


@dataclass(frozen=True)
class Call:
    """One turn, as the edge asks for it."""

    sender: str
    kind: str
    text: str
    number: str
    repeated: bool
    received_at: str | None = None
    """When the edge got it, in ISO 8601; part of the message for the actions."""

    @classmethod
    def read(cls, body: Any) -> Call:
        """Return the call in ``body``.

        Raises:
            ValueError: it is none.
        """
        if not isinstance(body, dict) or body.get("kind") not in KINDS:
            raise ValueError("no turn")
        sender, text, metadata = body.get("sender"), body.get("text"), body.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        number = metadata.get("turn")
        if not (isinstance(sender, str) and isinstance(text, str) and isinstance(number, int)):
            raise ValueError("no turn")  # noqa: TRY004 - of what came over the network
        if not sender or not text or len(text) > LONGEST_TEXT:
            raise ValueError("no sender, no text, or too much")
        received_at = metadata.get("received_at")
        if received_at is not None:
            received_at = datetime.fromisoformat(str(received_at)).isoformat()
        return cls(sender, body["kind"], text, f"turn-{number}", bool(metadata.get("repeated")), received_at)

    @property
    def words(self) -> str:
        """What Rasa is given: a text as text; a button's payload or an event as the intent that it names."""
        if self.kind == "text":
            return neutral(self.text)
        return "/" + self.text.lstrip("/")


class EdgeInput(InputChannel):
    """``POST /webhooks/edge/turn``.

    Args:
        token: what the caller must show; None refuses everybody, so that nothing is open where nothing was set.
    """

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._turns: dict[tuple[str, str], asyncio.Task[dict[str, Any]]] = {}

    @classmethod
    def name(cls) -> str:
        return "edge"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> EdgeInput:
        """Return the channel; its token comes from the environment, not from a file in the repository."""
        del credentials
        return cls(composition.service_token())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes. ``on_new_message`` is not used: it tells neither the intent nor a failure."""
        del on_new_message
        routes = Blueprint("edge", "edge")

        @routes.listener("after_server_start")
        async def started(app: Any, _loop: Any) -> None:
            prepare(app.ctx.agent)
            logs.say_no_more()

        @routes.listener("before_server_stop")
        async def stopping(app: Any, _loop: Any) -> None:
            endpoint = app.ctx.agent.action_endpoint if app.ctx.agent else None
            if isinstance(endpoint, WatchedActionEndpoint):
                await endpoint.close()

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            if not self._may(request):
                return response.json({"error": "unauthorized"}, 401)
            agent: Agent = request.app.ctx.agent
            if not agent.is_ready():
                return response.json({"error": "no model"}, 503)
            try:
                call = Call.read(request.json)
            except ValueError:
                return response.json({"error": "not a turn"}, 422)
            return response.json(await self._once(agent, call))

        return routes

    def _may(self, request: Request) -> bool:
        given = (request.headers.get("authorization") or "").encode()
        return self._token is not None and hmac.compare_digest(given, f"Bearer {self._token}".encode())

    async def _once(self, agent: Agent, call: Call) -> dict[str, Any]:
        """Do the turn, or wait for the one of that number; it goes on when the caller hangs up."""
        key = (call.sender, call.number)
        task = self._turns.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._turns[key] = asyncio.create_task(take_turn(agent, call))
            self._forget_oldest()
        return await asyncio.shield(task)

    def _forget_oldest(self) -> None:
        done = [key for key, task in self._turns.items() if task.done()]
        for key in done[: max(0, len(self._turns) - REMEMBERED_TURNS)]:
            del self._turns[key]


async def take_turn(agent: Agent, call: Call) -> dict[str, Any]:
    """Let the bot take a turn and return what the edge is told; of a turn that was done, what was said then.

    All of it under the conversation's lock, which is what ``Agent.handle_message`` does around the processor's half:
    the tracker that the message was understood with is the one that it is added to, so it is read only once.
    """
    async with agent.lock_store.lock(call.sender):
        with reading_once():
            return await _take_turn(agent, call)


async def _take_turn(agent: Agent, call: Call) -> dict[str, Any]:
    tracker = await agent.tracker_store.retrieve(call.sender)
    if call.repeated and (said := said_in_turn(tracker, call.number)) is not None:
        return said
    output = TurnOutput()
    message = UserMessage(
        call.words,
        output,
        call.sender,
        input_channel="edge",
        message_id=call.number,
        metadata={"received_at": call.received_at} if call.received_at else None,
    )
    message.parse_data = await agent.processor.parse_message(message, tracker)  # what it leans on is in the tracker
    with noting_failures() as failures:
        await agent.processor.handle_message(message)
    if failures:
        log.error("an action failed in %s: %s", call.number, ", ".join(failures))
    return _answer(output.messages, message.parse_data.get("intent") or {}, incomplete=bool(failures))


def said_in_turn(tracker: DialogueStateTracker | None, number: str) -> dict[str, Any] | None:
    """Return the answer of a turn that the tracker has, None when it has it not."""
    messages: list[dict[str, Any]] | None = None
    intent: dict[str, Any] = {}
    for event in tracker.events if tracker else ():
        if isinstance(event, UserUttered):
            if messages is not None:
                break
            if event.message_id == number:
                messages, intent = [], event.intent or {}
        elif isinstance(event, BotUttered) and messages is not None:
            utterance = as_utterance(event.message())
            messages += [utterance] if utterance else []
    return None if messages is None else _answer(messages, intent, incomplete=False)


def prepare(agent: Agent | None) -> None:
    """Let failures show that Rasa would hide: of the database, and of the action server.

    When its database fails, Rasa goes on with an empty tracker in memory, and a visitor who answers a question would
    begin anew. Better that the turn fails: the edge asks again, or says so.
    """
    if agent is None or agent.processor is None:
        return
    read_the_schema_once()
    look_up_kinds_once()
    if isinstance(agent.tracker_store, FailSafeTrackerStore):
        agent.tracker_store = agent.processor.tracker_store = agent.tracker_store._tracker_store
    if agent.processor.action_endpoint is None:
        return
    watched = WatchedActionEndpoint.watching(agent.processor.action_endpoint, url=composition.actions_url())
    agent.processor.action_endpoint = agent.action_endpoint = watched


def _answer(messages: list[dict[str, Any]], intent: dict[str, Any], *, incomplete: bool) -> dict[str, Any]:
    named = {"name": intent.get("name"), "confidence": float(intent.get("confidence") or 0.0)}
    return {"messages": messages, "intent": named, "incomplete": incomplete}
