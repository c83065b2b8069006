"""What every request to the edge passes first: size, origin, and the headers that every answer carries.

Plain ASGI, so that the event stream is not buffered on its way.
"""

from __future__ import annotations

import hmac
import logging
import time
import traceback
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.config import BotConfig
from bot.refusals import Refusals

log = logging.getLogger("bot.access")

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
INTERNAL: Final = "/internal/"
CHAT: Final = "/chat/"
INTERNAL_BODY_BYTES: Final = 256 * 1024
ASSETS: Final = ("/widget/", "/static/")

CONTENT_SECURITY_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
"""Nothing inline, nothing from elsewhere, in nobody's frame (a framed page could be clicked through; BankID rule 3)."""

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_CORS_METHODS: Final = "GET, POST, DELETE"
_CORS_HEADERS: Final = "Content-Type, Last-Event-ID"
_PREFLIGHT_LASTS_S: Final = "600"


class Gate:
    """Wraps the application.

    A request that changes something with a visitor's cookie must come from a page of an origin that we know: the
    browser says which (Fetch standard, ``Origin``), and a page cannot make it say another. Our own services carry a
    token and no cookie, so ``/internal`` is not concerned; nor is who shows the token elsewhere (``insyn ask``).
    """

    def __init__(self, app: ASGIApp, *, config: BotConfig, refusals: Refusals) -> None:
        self._app, self._config, self._refusals = app, config, refusals
        self._tokens = [token.encode() for token in config.service_tokens]
        self._headers = dict(_HEADERS)
        if config.secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        started_at, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(MutableHeaders(scope=message), path=path, origin=headers.get("origin"))
            await send(message)

        try:
            await self._pass(scope, receive, sending, headers=headers, path=path)
        finally:
            # the route, not the path: a path holds ids, a query string may hold a nonce
            route = getattr(scope.get("route"), "path", "-")
            duration_ms = 1000 * (time.monotonic() - started_at)
            log.info("%s %s %d %.0f ms", scope["method"], route, status, duration_ms)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, *, headers: Headers, path: str) -> None:
        origin = headers.get("origin")
        if path.startswith(CHAT) and scope["method"] == "OPTIONS":
            await self._preflight(origin)(scope, receive, send)
            return
        is_service = self._shows_token(headers)
        scope.setdefault("state", {})["is_service"] = is_service
        if scope["method"] not in SAFE_METHODS:
            if not (path.startswith(INTERNAL) or is_service or origin in self._config.origins):
                await self._refusals.origin_refused().response()(scope, receive, send)
                return
            limit = INTERNAL_BODY_BYTES if path.startswith(INTERNAL) else self._config.limits.body_bytes
            body = await _body(receive, limit)
            if body is None:
                await self._refusals.body_too_large().response()(scope, receive, send)
                return
            receive = _replayed(body, receive)
        await self._answered(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer; what it did not expect is said in the log by its kind and place alone.

        Otherwise the server would print the error with its message, and the message of a database error repeats values.
        """
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the last one who can keep its message out of the log
            frames = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-8:]))
            log.error("unexpected %s at %s", type(error).__name__, where)  # noqa: TRY400 - see above
            if not begun:
                await self._refusals.internal_error().response()(scope, receive, send)

    def _shows_token(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        matches = [hmac.compare_digest(given.strip().encode(), token) for token in self._tokens]
        return scheme.lower() == "bearer" and any(matches)

    def _preflight(self, origin: str | None) -> Response:
        if origin not in self._config.origins:
            return Response(status_code=403)
        return Response(
            status_code=204,
            headers={
                "Access-Control-Allow-Methods": _CORS_METHODS,
                "Access-Control-Allow-Headers": _CORS_HEADERS,
                "Access-Control-Max-Age": _PREFLIGHT_LASTS_S,
            },
        )

    def _dress(self, headers: MutableHeaders, *, path: str, origin: str | None) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if path.startswith(ASSETS):
            # any page may include the widget; nothing here depends on who asks
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            headers.setdefault("Cache-Control", "no-cache")
            return
        headers.setdefault("Cache-Control", "no-store")
        if not path.startswith(CHAT):
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            return
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if self._config.allowed_origins else "same-origin"
        headers.add_vary_header("Origin")
        if origin in self._config.origins:
            headers["Access-Control-Allow-Origin"] = origin or ""
            headers["Access-Control-Allow-Credentials"] = "true"
            headers["Access-Control-Expose-Headers"] = "Retry-After"


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Return the request's body, or None when there is more of it than ``limit``, whatever its headers say."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            return None
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
