"""The chat edge's internal API as the console uses it: the handoff queue and the conversations in it.

Each call that changes something names the officer who does it; the edge decides whether they may.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from cases.console.answers import AnswerCount
from cases.console.conversations import Conversation, Handoff, Message, Officer
from cases.console.errors import (
    ConversationNotFoundError,
    ConversationTakenError,
    EdgeUnavailableError,
    MessageRefusedError,
)
from cases.console.event_stream import ServerEvent, read_events

Model = TypeVar("Model", bound=BaseModel)

CALL_TIMEOUT_S: Final = 5.0
SILENCE_TIMEOUT_S: Final = 45.0
"""The edge sends a heartbeat every 15 s; three missed ones mean that the stream is dead."""

_REFUSED: Final = {
    httpx.codes.BAD_REQUEST,
    httpx.codes.REQUEST_ENTITY_TOO_LARGE,
    httpx.codes.UNPROCESSABLE_ENTITY,
}
_HANDOFFS: Final = TypeAdapter(list[Handoff])
_COUNTS: Final = TypeAdapter(list[AnswerCount])


class EdgeClient:
    """Typed calls of ``/internal/v1``.

    Args:
        base_url: the edge, such as ``http://127.0.0.1:8700``.
        token: the service token.
        transport: another way to the edge than the network, for tests.
    """

    def __init__(self, base_url: str, *, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/internal/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=CALL_TIMEOUT_S,
            transport=transport,
            trust_env=False,  # a proxy of the environment has no business between our own services
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def handoffs(self) -> list[Handoff]:
        """Return the conversations that wait for a person or are with one.

        Raises:
            EdgeUnavailableError: the edge does not answer.
        """
        response = await self._call("GET", "handoffs")
        try:
            return _HANDOFFS.validate_json(response.content)
        except ValidationError:
            raise EdgeUnavailableError("the list of handoffs is not as agreed") from None

    async def answer_counts(self, *, days: int) -> list[AnswerCount]:
        """Return how often the assistant's answers of the last ``days`` were judged so.

        Raises:
            EdgeUnavailableError: the edge does not answer.
        """
        response = await self._call("GET", f"feedback?days={days}")
        try:
            return _COUNTS.validate_json(response.content)
        except ValidationError:
            raise EdgeUnavailableError("the counts are not as agreed") from None

    async def conversation(self, conversation_id: UUID) -> Conversation:
        """Return a conversation with all its messages.

        Raises:
            ConversationNotFoundError: the edge knows no such conversation.
            EdgeUnavailableError: the edge does not answer.
        """
        response = await self._call("GET", f"conversations/{conversation_id}")
        return _parsed(Conversation, response.content)

    async def claim(self, conversation_id: UUID, *, officer: Officer) -> None:
        """Take a waiting conversation.

        Raises:
            ConversationTakenError: somebody else was first, or it no longer waits.
            ConversationNotFoundError: the edge knows no such conversation.
            EdgeUnavailableError: the edge does not answer.
        """
        body = {"officer_id": officer.id, "officer_name": officer.name}
        await self._call("POST", f"conversations/{conversation_id}/claim", body)

    async def send(self, conversation_id: UUID, text: str, *, officer: Officer, client_id: UUID) -> Message:
        """Answer the visitor. The same ``client_id`` again is the same message.

        Raises:
            ConversationTakenError: the officer does not hold the conversation (any more).
            MessageRefusedError: the text cannot be sent.
            ConversationNotFoundError: the edge knows no such conversation.
            EdgeUnavailableError: the edge does not answer.
        """
        body = {
            "officer_id": officer.id,
            "officer_name": officer.name,
            "text": text,
            "client_id": str(client_id),
        }
        response = await self._call("POST", f"conversations/{conversation_id}/messages", body)
        return _parsed(Message, response.content)

    async def post_letter(self, conversation_id: UUID, text: str, *, officer_name: str, client_id: UUID) -> None:
        """Show a letter in a conversation, whoever holds it. The same ``client_id`` again is the same message.

        Raises:
            MessageRefusedError: the text cannot be sent.
            ConversationNotFoundError: the edge knows no such conversation.
            EdgeUnavailableError: the edge does not answer.
        """
        body = {"officer_name": officer_name, "text": text, "client_id": str(client_id)}
        await self._call("POST", f"conversations/{conversation_id}/letters", body)

    async def return_to_bot(self, conversation_id: UUID, *, officer: Officer) -> None:
        """Give the conversation back to the assistant; errors as :meth:`send`."""
        await self._call("POST", f"conversations/{conversation_id}/return", {"officer_id": officer.id})

    async def close(self, conversation_id: UUID, *, officer: Officer) -> None:
        """End the conversation; errors as :meth:`send`."""
        await self._call("POST", f"conversations/{conversation_id}/close", {"officer_id": officer.id})

    async def erase(self, conversation_id: UUID) -> None:
        """Erase a conversation for good; one that is gone already is as good.

        Raises:
            EdgeUnavailableError: the edge does not answer.
        """
        await self._call("DELETE", f"conversations/{conversation_id}")

    @asynccontextmanager
    async def stream(self, conversation_id: UUID, *, after: str | None) -> AsyncIterator[AsyncIterator[ServerEvent]]:
        """Open a conversation's live events, those after the message with the id ``after``.

        Raises:
            ConversationNotFoundError: the edge knows no such conversation.
            EdgeUnavailableError: the edge does not answer, or stopped sending.
        """
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
        timeout = httpx.Timeout(CALL_TIMEOUT_S, read=SILENCE_TIMEOUT_S)
        path = f"conversations/{conversation_id}/stream"
        try:
            async with self._client.stream("GET", path, headers=headers, timeout=timeout) as response:
                if not response.is_success:
                    await response.aread()
                    _raise_for(response)
                yield read_events(response.aiter_bytes())
        except httpx.HTTPError as error:
            raise EdgeUnavailableError(type(error).__name__) from error

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            response = await self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise EdgeUnavailableError(type(error).__name__) from error
        _raise_for(response)
        return response


def _raise_for(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.NOT_FOUND:
        raise ConversationNotFoundError
    if response.status_code == httpx.codes.CONFLICT:
        raise ConversationTakenError
    if response.status_code in _REFUSED:
        raise MessageRefusedError(_detail(response))
    if not response.is_success:
        raise EdgeUnavailableError(f"the edge answered {response.status_code}")


def _detail(response: httpx.Response) -> str:
    """Return what the edge says to people, or nothing."""
    try:
        return str(response.json().get("detail") or "")
    except (ValueError, AttributeError):
        return ""


def _parsed(model: type[Model], content: bytes) -> Model:
    try:
        return model.model_validate_json(content)
    except ValidationError:
        # pydantic's own text repeats the input, which may not travel into a log
        raise EdgeUnavailableError(f"a {model.__name__} is not as agreed") from None
