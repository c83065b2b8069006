"""A chat edge that speaks the public API and remembers in memory: for developing the widget and for its tests.

Run it alone to work on the widget: ``python -m tests.bot.widget.fake_edge 8700``. It answers by keyword: ``scenes.py``.
"""

from __future__ import annotations

import asyncio
import copy
import io
import itertools
import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import segno
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from bot.assets import Assets
from tests.bot.widget import pages, scenes

COOKIE = "insyn_session"
LIMIT = 2000


@dataclass
class Conversation:
    """What one cookie sees."""

    state: str = "bot"
    queue_position: int | None = None
    officer_name: str | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    identification: dict[str, Any] | None = None
    identification_told_at: float = 0.0
    """When ``ends_in_s`` of it was so many seconds away."""

    @property
    def identification_now(self) -> dict[str, Any] | None:
        shown = self.identification
        if shown is None or shown.get("ends_in_s") is None:
            return shown
        gone_s = int(time.monotonic() - self.identification_told_at)
        return shown | {"ends_in_s": max(0, shown["ends_in_s"] - gone_s)}

    streams: list[asyncio.Queue[ServerSentEvent]] = field(default_factory=list)


class FakeEdge:
    """The server, and the hands with which a test moves it."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.down = False
        """Answer 503 to everything of the chat."""
        self.only_messages_work = False
        self.lose_answers = 0
        """So many messages are taken, but their answers never arrive."""
        self.refuse: tuple[int, str] | None = None
        """Answer the next message with this status and detail."""
        self.delay_s = 0.0
        self.received: list[dict[str, Any]] = []
        self.judged: list[dict[str, Any]] = []
        self.ends_in_s = 24 * 3600
        self.qr_frames = 0
        self.starts = 0
        self.delay_of_start_s = 0.0
        """So long after the stream has told of a start its own answer comes."""
        self.allowed_origins: list[str] = []
        self._ids = itertools.count(1)

    # -- what a test does ------------------------------------------------------------------------------------------

    @property
    def only(self) -> Conversation:
        """The conversation, where there is one."""
        [conversation] = self.conversations.values()
        return conversation

    def say(self, conversation: Conversation, sender: str, text: str = "", **more: Any) -> dict[str, Any]:
        """Put a message into a conversation and on its streams."""
        message = {
            "id": next(self._ids),
            "client_id": None,
            "sender": sender,
            "sender_name": None,
            "text": text,
            "citations": [],
            "buttons": [],
            "card": None,
            "created_at": datetime.now(UTC).isoformat(),
            **copy.deepcopy(more),
        }
        conversation.messages.append(message)
        self.push(conversation, "message", message, event_id=message["id"])
        return message

    def push(self, conversation: Conversation, event: str, data: Any, *, event_id: int | None = None) -> None:
        sent = ServerSentEvent(json.dumps(data), event=event, id=None if event_id is None else str(event_id))
        for stream in conversation.streams:
            stream.put_nowait(sent)

    def spend(self, conversation: Conversation, *titles: str) -> None:
        """Withdraw buttons, as when the conversation has moved on."""
        spent = [b for m in conversation.messages for b in m["buttons"] if b["title"] in titles]
        for button in spent:
            button["used"] = True
        self.push(conversation, "buttons", {"tokens": [button["token"] for button in spent]})

    def change_state(
        self,
        conversation: Conversation,
        state: str,
        *,
        queue: int | None = None,
        officer: str | None = None,
        **of_waiting: Any,
    ) -> None:
        conversation.state, conversation.queue_position, conversation.officer_name = state, queue, officer
        self.push(
            conversation, "state", {"state": state, "queue_position": queue, "officer_name": officer, **of_waiting}
        )

    def identify(self, conversation: Conversation, **change: Any) -> dict[str, Any]:
        """Offer an identification, or change the one there is."""
        conversation.identification = (conversation.identification or scenes.offered_identification()) | change
        if "ends_in_s" in change:
            conversation.identification_told_at = time.monotonic()
        self.push(conversation, "identification", conversation.identification)
        return conversation.identification

    def drop_streams(self) -> None:
        """End every stream, as a restarted server does."""
        for conversation in self.conversations.values():
            for stream in conversation.streams:
                stream.put_nowait(ServerSentEvent(event="end"))

    # -- the public API ---------------------------------------------------------------------------------------------

    def app(self) -> Starlette:
        chat = [
            Route("/session", self._session, methods=["POST"]),
            Route("/messages", self._messages, methods=["POST"]),
            Route("/feedback", self._feedback, methods=["POST"]),
            Route("/conversation", self._erase, methods=["DELETE"]),
            Route("/stream", self._stream),
            Route("/identifications/{id}", self._identification),
            Route("/identifications/{id}/start", self._start, methods=["POST"]),
            Route("/identifications/{id}/code", self._send_code, methods=["POST"]),
            Route("/identifications/{id}/code/enter", self._enter_code, methods=["POST"]),
            Route("/identifications/{id}/cancel", self._cancel, methods=["POST"]),
            Route("/identifications/{id}/qr.svg", self._qr),
            Route("/bankid/return", self._returned),
        ]
        return Starlette(
            routes=[
                Route("/", self._demo),
                Route("/policy", self._policy),
                Route("/integritet", self._privacy),
                Mount("/widget", FilesForAll(pages.STATIC)),
                Mount("/static", FilesForAll(pages.STATIC)),
                Mount("/chat", routes=chat),
            ],
            middleware=[
                Middleware(
                    CORSMiddleware,
                    allow_origins=self.allowed_origins,
                    allow_credentials=True,
                    allow_methods=["GET", "POST", "DELETE"],
                    allow_headers=["Content-Type"],
                )
            ],
        )

    async def _demo(self, _request: Request) -> Response:
        return own(pages.OWN.demo())

    async def _privacy(self, _request: Request) -> Response:
        return own(pages.OWN.privacy())

    async def _policy(self, request: Request) -> Response:
        return own(pages.OWN.policy(asked_for=request.query_params.get("version")))

    async def _session(self, request: Request) -> Response:
        if self.down or self.only_messages_work:
            return problem(503)
        token = request.cookies.get(COOKIE, "")
        conversation = self.conversations.get(token)
        if conversation is None:
            token, conversation = secrets.token_urlsafe(), Conversation()
            self.conversations[token] = conversation
            self.say(conversation, "bot", **scenes.WELCOME)
        response = JSONResponse(
            {
                "conversation": {
                    "state": conversation.state,
                    "queue_position": conversation.queue_position,
                    "officer_name": conversation.officer_name,
                },
                "messages": conversation.messages,
                "last_event_id": conversation.messages[-1]["id"],
                "identification": conversation.identification_now,
                "ends_in_s": self.ends_in_s,
            }
        )
        response.set_cookie(COOKIE, token, httponly=True, samesite="lax", path="/")
        return response

    async def _messages(self, request: Request) -> Response:
        body = await request.json()
        await asyncio.sleep(self.delay_s)
        conversation = self._conversation(request)
        if self.down:
            return problem(503)
        if conversation is None:
            return problem(401)
        if self.refuse is not None:
            (status, detail), self.refuse = self.refuse, None
            return problem(status, detail)
        self.received.append(body)
        message = next((m for m in conversation.messages if m["client_id"] == body["client_id"]), None)
        if message is None:
            text = body.get("text") or self._press(conversation, body["button"])
            if text is None:
                return problem(409, "Det valet är redan gjort.")
            message = self.say(conversation, "visitor", text, client_id=body["client_id"])
            if conversation.state == "bot":
                asyncio.get_running_loop().create_task(scenes.answer(self, conversation, text))
        if self.lose_answers:
            self.lose_answers -= 1
            await asyncio.sleep(0.05)
            return problem(504)
        return JSONResponse({"message": message}, 202)

    async def _feedback(self, request: Request) -> Response:
        if self.refuse is not None:
            (status, detail), self.refuse = self.refuse, None
            return problem(status, detail)
        self.judged.append(await request.json())
        return Response(status_code=204)

    async def _erase(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if self.down or conversation is None:
            return problem(503)
        self.drop_streams()
        del self.conversations[request.cookies[COOKIE]]
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, path="/")
        return response

    def _press(self, conversation: Conversation, token: str) -> str | None:
        for message in conversation.messages:
            for button in message["buttons"]:
                if button["token"] == token and not button["used"]:
                    button["used"] = True
                    return str(button["title"])
        return None

    async def _stream(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if self.down or self.only_messages_work:
            return problem(503)
        if conversation is None:
            return problem(401)
        after = int(request.headers.get("last-event-id") or request.query_params.get("after") or 0)
        stream: asyncio.Queue[ServerSentEvent] = asyncio.Queue()
        for message in conversation.messages:
            if message["id"] > after:
                stream.put_nowait(ServerSentEvent(json.dumps(message), event="message", id=str(message["id"])))
        conversation.streams.append(stream)

        async def events() -> AsyncIterator[ServerSentEvent]:
            try:
                while (event := await stream.get()).event != "end":
                    yield event
            finally:
                conversation.streams.remove(stream)

        return EventSourceResponse(events(), ping=15)

    async def _identification(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation is None or conversation.identification is None:
            return problem(404)
        return JSONResponse(conversation.identification_now)

    async def _start(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation is None or conversation.identification is None:
            return problem(404)
        mode = (await request.json())["mode"]
        self.starts += 1
        started = self.identify(conversation, **scenes.started_identification(mode))
        await asyncio.sleep(self.delay_of_start_s)
        return JSONResponse(started)

    async def _send_code(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation is None or conversation.identification is None:
            return problem(404)
        email = (await request.json())["email"]
        if "@" not in email:
            return problem(422, "Det där är ingen e-postadress.")
        return JSONResponse(self.identify(conversation, **scenes.sent_code(email)))

    async def _enter_code(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation is None or conversation.identification is None:
            return problem(404)
        if (await request.json())["code"] == scenes.CODE:
            return JSONResponse(self.identify(conversation, state="complete", message="Du har bekräftat adressen."))
        return JSONResponse(self.identify(conversation, message="Koden stämmer inte. Du har två försök kvar."))

    async def _cancel(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation is None or conversation.identification is None:
            return problem(404)
        return JSONResponse(self.identify(conversation, **scenes.ended_identification("cancelled", "Du avbröt.")))

    async def _qr(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation is None or not (conversation.identification or {}).get("qr"):
            return problem(404)
        self.qr_frames += 1
        code = segno.make(
            f"bankid.67df3917-fa0d-44e5-b327-edcc928297f8.{self.qr_frames}.{secrets.token_hex(32)}", micro=False
        )
        drawn = io.BytesIO()
        code.save(drawn, kind="svg", scale=4, border=4)
        return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    async def _returned(self, request: Request) -> Response:
        return own(pages.OWN.returned(accepted=request.query_params.get("accepted") != "0"))

    def _conversation(self, request: Request) -> Conversation | None:
        return self.conversations.get(request.cookies.get(COOKIE, ""))


class FilesForAll(Assets):
    """Files that any site may load: module scripts are fetched with CORS."""

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def own(page: Response) -> Response:
    page.headers.update(pages.HEADERS)
    return page


def problem(status: int, detail: str | None = None) -> JSONResponse:
    body: dict[str, Any] = {"type": f"urn:insyn:problem:{status}", "title": "Problem", "status": status}
    return JSONResponse(body | ({"detail": detail} if detail else {}), status, media_type="application/problem+json")


if __name__ == "__main__":
    import sys

    import uvicorn

    uvicorn.run(FakeEdge().app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", ws="none")
