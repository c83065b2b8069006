"""A chat edge that fits in a test: the internal API of the contract, over an ordinary dictionary."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

TOKEN = "the edge's service token"
CITATION = {
    "section": "Hur länge sparas uppgifterna?",
    "quote": "Inspelade samtal sparas i tre månader.",
    "policy_version": "2024-06-01",
    "anchor": "hur-lange-sparas-uppgifterna",
}


@dataclass
class FakeConversation:
    """What the edge knows of one conversation."""

    id: UUID
    waiting_since: datetime
    summary: str
    reason: str
    identity_level: int
    state: str = "waiting"
    officer: dict[str, str] | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)


class FakeEdge:
    """The edge: ``app`` is served, the rest is what a test does to it."""

    def __init__(self) -> None:
        self.conversations: dict[UUID, FakeConversation] = {}
        self.is_down = False
        self.feedback: dict[int, list[dict[str, Any]]] = {}
        """What is counted, by the days that are looked back."""

        self.open_streams = 0
        self.last_event_ids: list[str | None] = []
        self._next_id = 1
        self._generation = 1
        prefix = "/internal/v1"
        one = f"{prefix}/conversations/{{cid}}"
        self.app = Starlette(
            routes=[
                Route(f"{prefix}/handoffs", self._handoffs),
                Route(f"{prefix}/feedback", self._feedback),
                Route(one, self._conversation),
                Route(one, self._erase, methods=["DELETE"]),
                Route(f"{one}/stream", self._stream),
                Route(f"{one}/claim", self._claim, methods=["POST"]),
                Route(f"{one}/messages", self._messages, methods=["POST"]),
                Route(f"{one}/letters", self._letters, methods=["POST"]),
                Route(f"{one}/return", self._return, methods=["POST"]),
                Route(f"{one}/close", self._close, methods=["POST"]),
            ]
        )

    def visitor_waits(
        self,
        *,
        since: datetime,
        summary: str = "Vill prata med en person om en faktura",
        reason: str = "Bad om en person",
        identity_level: int = 0,
    ) -> FakeConversation:
        """Put a conversation in the queue, with a first exchange in it."""
        conversation = FakeConversation(uuid4(), since, summary, reason, identity_level)
        self.conversations[conversation.id] = conversation
        self.say(conversation, "visitor", "Hur länge sparas mitt samtal?", at=since)
        self.say(conversation, "bot", "Inspelade samtal sparas i tre månader.", at=since, citations=[CITATION])
        return conversation

    def say(self, conversation: FakeConversation, sender: str, text: str, *, at: datetime, **more: Any) -> dict:
        """Let somebody say something."""
        message = {
            "id": self._next_id,
            "client_id": None,
            "sender": sender,
            "sender_name": None,
            "text": text,
            "citations": [],
            "buttons": [],
            "card": None,
            "created_at": at.isoformat(),
        } | more
        self._next_id += 1
        conversation.messages.append(message)
        return message

    def hang_up(self) -> None:
        """End all streams; whoever wants may open new ones."""
        self._generation += 1

    async def _feedback(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        return JSONResponse(self.feedback.get(int(request.query_params["days"]), []))

    async def _handoffs(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        shown = [
            {
                "conversation_id": str(c.id),
                "state": c.state,
                "waiting_since": c.waiting_since.isoformat(),
                "reason": c.reason,
                "summary": c.summary,
                "identity_level": c.identity_level,
                "officer": c.officer,
                "last_message_at": c.messages[-1]["created_at"],
                "queue_position": None,
            }
            for c in self.conversations.values()
            if c.state in {"waiting", "human"}
        ]
        return JSONResponse(shown)

    async def _conversation(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        c = self._asked_for(request)
        if c is None:
            return JSONResponse({}, 404)
        shown = {name: getattr(c, name) for name in ("state", "officer", "reason", "summary", "identity_level")}
        return JSONResponse(shown | {"messages": c.messages, "queue_position": None})

    async def _erase(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        self.conversations.pop(UUID(request.path_params["cid"]), None)
        return Response(status_code=204)

    async def _claim(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        c, body = self._asked_for(request), await request.json()
        if c.state != "waiting":
            return JSONResponse({}, 409)
        c.state, c.officer = "human", {"id": body["officer_id"], "name": body["officer_name"]}
        return JSONResponse({})

    async def _messages(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        c, body = self._asked_for(request), await request.json()
        if body["client_id"] in c.sent:
            return JSONResponse(c.sent[body["client_id"]], 201)
        if not self._holds(c, body):
            return JSONResponse({}, 409)
        if "förbjudet" in body["text"]:
            return JSONResponse({"detail": "Det ordet går inte att skicka."}, 422)
        at = datetime.fromisoformat(c.messages[-1]["created_at"])
        message = self.say(c, "officer", body["text"], at=at, sender_name=body["officer_name"])
        c.sent[body["client_id"]] = message
        return JSONResponse(message, 201)

    async def _letters(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        c, body = self._asked_for(request), await request.json()
        if c is None:
            return JSONResponse({}, 404)
        if body["client_id"] not in c.sent:
            at = datetime.fromisoformat(c.messages[-1]["created_at"])
            c.sent[body["client_id"]] = self.say(c, "officer", body["text"], at=at, sender_name=body["officer_name"])
        return JSONResponse(c.sent[body["client_id"]], 201)

    async def _return(self, request: Request) -> Response:
        return await self._end(request, "bot")

    async def _close(self, request: Request) -> Response:
        return await self._end(request, "closed")

    async def _end(self, request: Request, state: str) -> Response:
        if refused := self._refused(request):
            return refused
        c, body = self._asked_for(request), await request.json()
        if not self._holds(c, body):
            return JSONResponse({}, 409)
        c.state, c.officer = state, None
        return JSONResponse({})

    async def _stream(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        c = self._asked_for(request)
        last_event_id = request.headers.get("last-event-id")
        self.last_event_ids.append(last_event_id)
        return StreamingResponse(self._events(c, int(last_event_id or 0)), media_type="text/event-stream")

    async def _events(self, c: FakeConversation, after: int) -> AsyncIterator[bytes]:
        state, generation = c.state, self._generation
        self.open_streams += 1
        try:
            yield b": open\n\n"
            while not self.is_down and generation == self._generation:
                for message in [m for m in c.messages if m["id"] > after]:
                    after = message["id"]
                    data = json.dumps(message, ensure_ascii=False)
                    yield f"id: {after}\nevent: message\ndata: {data}\n\n".encode()
                if c.state != state:
                    state = c.state
                    yield f"event: state\ndata: {json.dumps({'state': state})}\n\n".encode()
                yield b": heartbeat\n\n"
                await asyncio.sleep(0.05)
        finally:
            self.open_streams -= 1

    def _refused(self, request: Request) -> Response | None:
        if self.is_down:
            return JSONResponse({}, 503)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({}, 401)
        return None

    def _asked_for(self, request: Request) -> FakeConversation | None:
        return self.conversations.get(UUID(request.path_params["cid"]))

    @staticmethod
    def _holds(c: FakeConversation, body: dict[str, Any]) -> bool:
        return c.state == "human" and c.officer is not None and c.officer["id"] == body["officer_id"]
