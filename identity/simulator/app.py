"""The simulator as an ASGI program, and how it is served with mutual TLS."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from identity.simulator.api import RpApi
from identity.simulator.authority import AuthorityFiles, ensure
from identity.simulator.clock import MovableClock
from identity.simulator.config import SimulatorConfig
from identity.simulator.control import Control
from identity.simulator.orders import OrderBook
from identity.simulator.outbox import Outbox
from identity.simulator.phone import Phone

# form-action is absent on purpose: browsers apply it to the redirect back to the relying party, wherever that is
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(config: SimulatorConfig, *, clock: MovableClock | None = None) -> Starlette:
    """Return the simulator; its authority is made in ``config.directory`` if it is not there yet."""
    clock = clock or MovableClock()
    book = OrderBook(ensure(config.directory), clock, relying_party=config.relying_party)
    api = RpApi(book)
    control = Control(book, clock, api).routes() if config.control else []
    phone = Phone(book, clock, shows_mail=config.outbox is not None)
    outbox = Outbox(config.outbox, phone.templates, relying_party=config.relying_party)
    return Starlette(
        routes=[Route("/health", _health), *api.routes(), *control, *phone.routes(), *outbox.routes()],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_with_headers)],
    )


def uvicorn_tls(directory: Path) -> dict[str, Any]:
    """Return uvicorn's options for mutual TLS with the certificates of ``directory``."""
    files: AuthorityFiles = ensure(directory).files
    return {
        "ssl_certfile": str(files.server_certificate),
        "ssl_keyfile": str(files.server_key),
        "ssl_ca_certs": str(files.tls_root),
        "ssl_cert_reqs": int(ssl.CERT_REQUIRED),
    }


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
