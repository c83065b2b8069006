"""A Rasa for the edge's tests: answers by script, and behaves like the real channel where the edge relies on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Answer = list[dict[str, Any]]
TOKEN = "the service token of the tests, long enough"


def says(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, **more}


@dataclass
class Told:
    """One call as it came."""

    sender: str
    kind: str
    text: str
    turn: int
    repeated: bool
    received_at: str | None


@dataclass
class FakeRasa:
    """Knows what to say to which text, and keeps what it was told.

    ``answers`` maps a text (or an event, or a payload) to what is said; ``default`` is said to all else. Like the real
    channel it does a turn once: the number again is answered as the first time, and not in ``done``.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    default: Answer | None = None
    told: list[Told] = field(default_factory=list)
    done: list[Told] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What happens to the next: ``refused``, ``error``, ``timeout``, ``garbage``, ``dies_after`` (it is done)."""

    before: Callable[[Told], Any] | None = None
    """Awaited ahead of each answer; an action's place to call the edge, or a test's to look around."""

    incomplete: bool = False
    busy: dict[str, int] = field(default_factory=dict)
    most_at_once: int = 0
    _said: dict[int, dict[str, Any]] = field(default_factory=dict)

    def transport(self) -> httpx.AsyncBaseTransport:
        return _Network(self)

    def texts(self) -> list[str]:
        return [told.text for told in self.done]

    def answered_with(self, text: str) -> list[int]:
        """Return the numbers of the turns that were answered so."""
        return [number for number, said in self._said.items() if says(text) in said["messages"]]

    async def turn(self, request: Request) -> JSONResponse:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({}, 401)
        body = await request.json()
        metadata = body["metadata"]
        about = {"turn": metadata["turn"], "repeated": metadata["repeated"], "received_at": metadata["received_at"]}
        told = Told(body["sender"], body["kind"], body["text"], **about)
        self.told.append(told)
        self.busy[told.sender] = self.busy.get(told.sender, 0) + 1
        self.most_at_once = max(self.most_at_once, self.busy[told.sender])
        try:
            await asyncio.sleep(0)
            if told.turn not in self._said:
                if self.before is not None:
                    await self.before(told)
                self.done.append(told)
                self._said[told.turn] = {
                    "messages": self._answer(told),
                    "intent": {"name": _intent(told), "confidence": 0.93},
                    "incomplete": self.incomplete,
                }
            return JSONResponse(self._said[told.turn])
        finally:
            self.busy[told.sender] -= 1

    def _answer(self, told: Told) -> Answer:
        if told.text in self.answers:
            return self.answers[told.text]
        if told.kind == "event":
            return [says(f"event {told.text}")]
        return self.default if self.default is not None else [says(f"svar på {told.text}")]


def _intent(told: Told) -> str:
    return told.text.lstrip("/") if told.kind != "text" else "policy_test"


class _Network(httpx.AsyncBaseTransport):
    """The way to the fake, on which things break."""

    def __init__(self, rasa: FakeRasa) -> None:
        self._rasa = rasa
        app = Starlette(routes=[Route("/webhooks/edge/turn", rasa.turn, methods=["POST"])])
        self._inner = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        failure = self._rasa.failures.pop(0) if self._rasa.failures else None
        match failure:
            case "refused":
                raise httpx.ConnectError("refused", request=request)
            case "timeout":
                raise httpx.ReadTimeout("slow", request=request)
            case "error":
                return httpx.Response(500, request=request)
            case "garbage":
                return httpx.Response(200, content=b"<html>", request=request)
            case "dies_after":
                await self._inner.handle_async_request(request)
                raise httpx.RemoteProtocolError("died", request=request)
        return await self._inner.handle_async_request(request)
