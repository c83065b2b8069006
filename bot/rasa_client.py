"""The edge's call of Rasa: one turn of a conversation, over the channel ``bot.rasa.channel``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import RasaUncertainError, RasaUnreachableError

CONNECT_TIMEOUT_S: Final = 2.0
PATH: Final = "/webhooks/edge/turn"


@dataclass(frozen=True, slots=True)
class Turn:
    """What the bot is told."""

    number: int
    """Rasa does a number once, and answers it again with what it said then."""

    conversation_id: str
    kind: str
    """``text``, ``payload`` or ``event``."""

    text: str = field(repr=False)
    repeated: bool = False
    """Whether it may have been sent before, so that Rasa looks whether it has done it."""

    received_at: datetime | None = None
    """When the message or event came in: the same however often the turn is sent, so that a request that the bot
    registers twice is the same request."""


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class RasaButton(_Reply):
    """A quick reply."""

    title: str
    payload: str = Field(repr=False)


class RasaMessage(_Reply):
    """One utterance."""

    text: str = Field(default="", repr=False)
    buttons: list[RasaButton] = []
    custom: dict[str, Any] = Field(default={}, repr=False)


class RasaIntent(_Reply):
    """What the bot acted on."""

    name: str | None = None
    confidence: float = 0.0


class RasaAnswer(_Reply):
    """All that the bot said in a turn."""

    messages: list[RasaMessage] = []
    intent: RasaIntent = RasaIntent()
    incomplete: bool = False
    """Whether an action failed on the way, so that the turn did less than it should."""


class RasaClient:
    """Calls Rasa.

    Args:
        base_url: such as ``http://127.0.0.1:8702``.
        token: the service token.
        answer_within_s: how long a turn may take.
        transport: another way to Rasa than the network, for tests.
    """

    def __init__(
        self, base_url: str, *, token: str, answer_within_s: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(answer_within_s, connect=CONNECT_TIMEOUT_S),
            transport=transport,
            trust_env=False,  # a proxy of the environment has no business between our own services
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def take_turn(self, turn: Turn) -> RasaAnswer:
        """Tell the bot, and return what it says.

        Raises:
            RasaUnreachableError: nobody listened; nothing happened.
            RasaUncertainError: it broke off, took too long, or answered what cannot be read.
        """
        body: dict[str, Any] = {
            "sender": turn.conversation_id,
            "kind": turn.kind,
            "text": turn.text,
            "metadata": {"turn": turn.number, "repeated": turn.repeated},
        }
        if turn.received_at is not None:
            body["metadata"] |= {"received_at": turn.received_at.isoformat()}
        try:
            response = await self._client.post(PATH, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise RasaUnreachableError(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise RasaUncertainError(type(error).__name__) from None
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise RasaUnreachableError("Rasa has no model yet")
        if response.status_code != httpx.codes.OK:
            raise RasaUncertainError(f"Rasa answered {response.status_code}")
        try:
            return RasaAnswer.model_validate_json(response.content)
        except ValidationError:
            raise RasaUncertainError("Rasa's answer is not as agreed") from None
