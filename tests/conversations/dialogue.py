"""Drives a conversation in process: the trained model, the real actions, fake services behind them."""

from __future__ import annotations

import inspect
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import UserUttered
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection
from rasa_sdk.utils import all_subclasses

import actions
from actions.base import InsynAction
from actions.services import Services
from bot.rasa.neutral_text import neutral
from tests.actions.fakes import Fakes


class InProcessActions(EndpointConfig):
    """Stands where Rasa calls the action server, and runs the actions here."""

    def __init__(self) -> None:
        super().__init__(url="http://in-process.invalid")
        self._executor = ActionExecutor()
        self._executor._import_submodules(actions)
        self.failures: list[Exception] = []

    def use(self, services: Services) -> None:
        """Construct every action anew, on these services."""
        for action in all_subclasses(InsynAction):
            if not inspect.isabstract(action):
                self._executor.register_action(action(services))

    async def request(self, *_args: Any, json: Any = None, **_kwargs: Any) -> Any:
        try:
            return await self._executor.run(json)
        except ActionExecutionRejection as error:
            raise ClientResponseError(400, str(error), "{}") from error
        except Exception as error:
            self.failures.append(error)  # Rasa swallows it and goes on; the test must not
            raise


class WholeMessages(CollectingOutputChannel):
    """Keeps text, buttons and custom part of one utterance together, as our channel does."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)


@dataclass(frozen=True)
class Turn:
    """What the assistant answered."""

    intent: str
    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(message.get("text") or "" for message in self.messages)

    @property
    def said(self) -> list[str]:
        """The names of the responses used; a policy answer has none."""
        return [message.get("utter_action") or "" for message in self.messages]

    @property
    def buttons(self) -> dict[str, str]:
        """Payload by title, of all messages."""
        buttons = [button for message in self.messages for button in message.get("buttons") or []]
        return {button["title"]: button["payload"] for button in buttons}

    @property
    def citations(self) -> list[dict[str, str]]:
        customs = [message.get("custom") or {} for message in self.messages]
        return [citation for custom in customs for citation in custom.get("citations", [])]

    @property
    def card(self) -> dict[str, Any]:
        cards = [message["custom"]["card"] for message in self.messages if "card" in (message.get("custom") or {})]
        assert len(cards) == 1, f"{len(cards)} cards in: {self.text}"
        return cards[0]

    def says(self, fact: str) -> bool:
        """Tell whether the answer carries a fact, in whatever case and line breaks."""
        return fact.casefold() in re.sub(r"\s+", " ", self.text).casefold()


@dataclass
class Dialogue:
    """One conversation. ``say`` is the visitor typing, ``press`` a button, ``happens`` the edge reporting."""

    agent: Agent
    fakes: Fakes
    sender_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    last: Turn | None = None

    async def say(self, text: str) -> Turn:
        return await self._send(neutral(text))  # as our channel does with what is typed

    async def press(self, title: str) -> Turn:
        assert self.last is not None
        assert title in self.last.buttons, f"no button {title!r} among {list(self.last.buttons)}"
        return await self._send(self.last.buttons[title])

    async def send_payload(self, payload: str) -> Turn:
        """Press a button known by its payload."""
        return await self._send(payload)

    async def happens(self, event: str) -> Turn:
        return await self._send(f"/EXTERNAL_{event}")

    async def mumble(self, text: str, nearest: list[str]) -> Turn:
        """Type what the model does not understand; ``nearest`` is what it thinks of, whatever the present one would."""
        ranking = [{"name": name, "confidence": 0.2} for name in nearest]
        understood = {
            "text": text,
            "intent": {"name": "nlu_fallback", "confidence": 0.3},
            "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.3}, *ranking],
            "entities": [],
        }
        return await self._send(text, understood)

    async def taken_for(self, intent: str, text: str) -> Turn:
        """Type what the model takes for ``intent``, whatever the present one would."""
        reading = {"name": intent, "confidence": 0.9}
        return await self._send(text, {"text": text, "intent": reading, "intent_ranking": [reading], "entities": []})

    async def _send(self, text: str, understood: dict[str, Any] | None = None) -> Turn:
        channel = WholeMessages()
        message = UserMessage(text, channel, self.sender_id, parse_data=understood, message_id=uuid.uuid4().hex)
        await self.agent.handle_message(message)
        tracker = await self.agent.tracker_store.retrieve(self.sender_id)
        # not tracker.latest_message: replayed, a tracker forgets what was said inside a form
        latest = next(event for event in reversed(tracker.events) if isinstance(event, UserUttered))
        self.last = Turn(latest.intent_name or "", channel.messages)
        return self.last

    async def slot(self, name: str) -> Any:
        tracker = await self.agent.tracker_store.retrieve(self.sender_id)
        return tracker.get_slot(name)

    async def everything_rasa_keeps(self) -> str:
        """Return the tracker as text: what must not be in it is looked for here."""
        tracker = await self.agent.tracker_store.retrieve(self.sender_id)
        return str([event.as_dict() for event in tracker.events])
