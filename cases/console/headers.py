"""Response headers of every page: what a browser must not do with it."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cases.console.guard import PREFIX

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_ALWAYS: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    # not "no-referrer": it would also blank the Origin of our own forms, which the guard looks at
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "x-robots-tag": "noindex",
}
_TLS_ONLY: Final = "max-age=31536000"
_KEEP: Final = "public, max-age=31536000, immutable"
"""For static files: their address changes with their content."""


class SecurityHeaders:
    """Adds the headers, to error pages and streams as well (pure ASGI, so that streams are not held up)."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self._app = app
        self._is_secure = is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's head."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)  # a download's own policy is stricter still
                if self._is_secure:
                    headers["strict-transport-security"] = _TLS_ONLY
                is_static = scope["path"].startswith(f"{PREFIX}/static/") and message["status"] == 200
                headers["cache-control"] = _KEEP if is_static else "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)
