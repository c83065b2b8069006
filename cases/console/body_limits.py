"""How much a request of the console may hold: forms are small, uploads are not."""

from typing import Final

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from cases.files.intake import MAX_BYTES

FORM_MAX_BYTES: Final = 64 * 1024
UPLOAD_MAX_BYTES: Final = 5 * MAX_BYTES
"""Several files in one form; each has its own limit besides."""

UPLOADS: Final = "/files"
"""How the addresses end to which files are sent."""


class BodyLimits:
    """Limits the body by what the address takes."""

    def __init__(self, app: ASGIApp) -> None:
        self._forms = RequestBodyLimitMiddleware(app, FORM_MAX_BYTES)
        self._uploads = RequestBodyLimitMiddleware(app, UPLOAD_MAX_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its limit."""
        limited = self._uploads if scope.get("path", "").endswith(UPLOADS) else self._forms
        await limited(scope, receive, send)
