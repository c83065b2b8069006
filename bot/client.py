"""A visitor without a browser: the public API, as ``insyn ask`` and the tests use it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from bot.errors import AskError

CALL_TIMEOUT_S: Final = 10.0
ANSWER_WITHIN_S: Final = 60.0
SILENCE_S: Final = 45.0
"""The stream has a heartbeat every 15 s; three missed ones mean that it is dead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to one text."""

    q: str
    intent: str
    """What the assistant acted on; empty when a person has the conversation."""

    confidence: float
    text: str
    """All bubbles, joined by newlines."""

    citations: Sequence[dict[str, str]]
    buttons: Sequence[str]
    """The titles of what may be pressed."""

    latency_ms: float
    """From the arrival of the text to the end of the turn, as the edge measured it."""

    messages: Sequence[dict[str, Any]] = field(default=(), repr=False)
    """The bubbles as the public API gives them."""


class AskClient:
    """One conversation.

    Args:
        base_url: the edge.
        origin: what the edge takes us for a page of; the edge itself if None.
        service_token: lets us pass the limits that hold for one visitor, if the edge knows it.
        transport: another way to the edge than the network.

    Use it as an asynchronous context manager; the conversation begins with it, and the greeting is awaited.
    """

    def __init__(
        self,
        base_url: str,
        *,
        origin: str | None = None,
        service_token: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {"Origin": origin or base_url.rstrip("/")}
        if service_token is not None:
            headers["Authorization"] = f"Bearer {service_token}"
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers=headers,
            timeout=CALL_TIMEOUT_S,
            transport=transport,
            trust_env=False,
            verify=_trusted_roots(),
        )
        self._exits = AsyncExitStack()
        self._messages: dict[int, dict[str, Any]] = {}
        self._events: AsyncGenerator[tuple[str, dict[str, Any]], None]
        self.greeting: Sequence[dict[str, Any]] = ()
        """What the bot said first."""

    async def __aenter__(self) -> Self:
        await self._exits.enter_async_context(self._http)
        try:
            session = await self._call("/chat/session", {})
            self._events = self._stream(session["last_event_id"])
            self._exits.push_async_callback(self._events.aclose)
            await self._await_greeting(session["messages"])
        except BaseException:
            await self._exits.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exits.aclose()

    async def ask(self, what: str | Sequence[str]) -> Answer:
        """Say a text, or several one after the other, and return the answer to the last.

        Raises:
            AskError: it was refused, or no answer came in time.
        """
        texts = [what] if isinstance(what, str) else list(what)
        for text in texts[:-1]:
            await self._say({"text": text}, text)
        return await self._say({"text": texts[-1]}, texts[-1])

    async def press(self, title: str) -> Answer:
        """Press the newest button with that title.

        Raises:
            AskError: there is none, it was refused, or no answer came in time.
        """
        for message in reversed(self._messages.values()):
            for offered in message["buttons"]:
                if offered["title"] == title and not offered["used"]:
                    return await self._say({"button": offered["token"]}, title)
        raise AskError("no button has that title")

    async def start_identification(self, identification_id: str, *, mode: str) -> dict[str, Any]:
        """Start the identification that a card offers, with ``qr`` or on the ``same_device``.

        Raises:
            AskError: it was refused.
        """
        return await self._call(f"/chat/identifications/{identification_id}/start", {"mode": mode})

    async def send_code(self, identification_id: str, *, email: str) -> dict[str, Any]:
        """Have a code mailed to the address that the visitor says is theirs.

        Raises:
            AskError: it was refused.
        """
        return await self._call(f"/chat/identifications/{identification_id}/code", {"email": email})

    async def enter_code(self, identification_id: str, code: str) -> dict[str, Any]:
        """Give the code that came by mail.

        Raises:
            AskError: it was refused; a wrong code is not, and the identification then says so.
        """
        return await self._call(f"/chat/identifications/{identification_id}/code/enter", {"code": code})

    async def await_card(self, kind: str) -> dict[str, Any]:
        """Wait for the next message with a card of that kind, and return the card.

        Raises:
            AskError: none came in time.
        """
        message = await self.await_message(lambda data: bool(data["card"]) and data["card"]["kind"] == kind)
        card: dict[str, Any] = message["card"]
        return card

    async def await_message(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for the next message that is wanted: what comes of itself, as after an identification.

        Raises:
            AskError: none came in time.
        """
        return await self._next("message", wanted)

    async def _say(self, what: dict[str, str], shown: str) -> Answer:
        accepted = await self._call("/chat/messages", {"client_id": str(uuid4()), **what})
        own = accepted["message"]["id"]
        turn = await self._next("turn", lambda data: data["message_id"] == own)
        messages = [self._messages[number] for number in turn["messages"]]
        return Answer(
            q=shown,
            intent=turn["intent"] or "",
            confidence=turn["confidence"] or 0.0,
            text="\n".join(message["text"] for message in messages if message["text"]),
            citations=[citation for message in messages for citation in message["citations"]],
            buttons=[button["title"] for message in messages for button in message["buttons"]],
            latency_ms=turn["latency_ms"],
            messages=messages,
        )

    async def _await_greeting(self, known: Sequence[dict[str, Any]]) -> None:
        self._messages.update((message["id"], message) for message in known)
        await self._next("typing", lambda data: not data["active"])
        self.greeting = tuple(self._messages.values())

    async def _next(self, name: str, wanted: Any) -> dict[str, Any]:
        """Read on to the event that is wanted, keeping the messages that come by."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                async for event, data in self._events:
                    if event == "message":
                        self._messages[data["id"]] = data
                    if event == name and wanted(data):
                        return data
        except TimeoutError:
            raise AskError(f"no answer within {ANSWER_WITHIN_S:.0f} s") from None
        except httpx.HTTPError as error:
            raise AskError(f"the stream broke: {type(error).__name__}") from None
        raise AskError("the stream ended")

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self._http.post(path, json=body)
        except httpx.HTTPError as error:
            raise AskError(f"the chat edge does not answer: {type(error).__name__}") from None
        if not response.is_success:
            raise AskError(f"the chat edge refused: {response.status_code} {_detail(response)}")
        answer: dict[str, Any] = response.json()
        return answer

    async def _stream(self, after: int) -> AsyncGenerator[tuple[str, dict[str, Any]], None]:
        timeout = httpx.Timeout(CALL_TIMEOUT_S, read=SILENCE_S)
        async with self._http.stream("GET", "/chat/stream", params={"after": after}, timeout=timeout) as response:
            if not response.is_success:
                raise AskError(f"the chat edge refused the stream: {response.status_code}")
            name = ""
            async for line in response.aiter_lines():
                kind, _, value = line.partition(": ")
                if kind == "event":
                    name = value
                elif kind == "data":
                    yield name, json.loads(value)


@lru_cache
def _trusted_roots() -> ssl.SSLContext:
    """Return the machine's roots, read once: reading them takes longer than an answer."""
    return ssl.create_default_context()


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json().get("detail", ""))
    except ValueError:
        return ""
