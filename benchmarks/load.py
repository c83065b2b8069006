"""Clients that ask as fast as they are answered, as lean as Python can be.

``pgbench`` is C and takes almost nothing of the machine that it shares with the server; a full HTTP client in Python
takes more than the service it measures. These write ready-made bytes to a socket (a body is written as JSON once, as
pgbench has its script) and read no more of an answer than its status and its length, all in one process, as ``pgbench
--jobs 1`` does. They connect one after the other and not all in one instant, as a service's callers do.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

import uvloop

from insyn.settings import Settings

CONNECT_APART_S = 0.005


class Requests:
    """Writes requests to the case system, all with the service token."""

    def __init__(self, settings: Settings) -> None:
        token = settings.service_token.get_secret_value()
        self._rest = f" HTTP/1.1\r\nHost: {urlsplit(settings.cases_url).netloc}\r\nAuthorization: Bearer {token}\r\n"

    def without_body(self, method: str, path: str) -> bytes:
        """Return a request."""
        return f"{method} {path}{self._rest}\r\n".encode()

    def with_body(self, method: str, path: str, body: object) -> bytes:
        """Return a request with a JSON body."""
        return self.with_content(method, path, json.dumps(body).encode())

    def with_content(self, method: str, path: str, content: bytes) -> bytes:
        """Return a request with a body that is JSON already."""
        head = f"{method} {path}{self._rest}Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        return head.encode() + content


def drive(base_url: str, next_request: Callable[[], bytes], *, clients: int, seconds: float) -> list[float]:
    """Ask for some seconds, each client one after the other, and return what each answer took, in milliseconds.

    Raises:
        RuntimeError: an answer was no success.
    """
    return uvloop.run(_drive(base_url, next_request, clients, seconds))


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


async def _drive(base_url: str, next_request: Callable[[], bytes], clients: int, seconds: float) -> list[float]:
    address, took, until = urlsplit(base_url), list[float](), time.perf_counter() + seconds
    running = [_Client(next_request, until, took) for _ in range(clients)]
    loop = asyncio.get_running_loop()
    for client in running:
        await loop.create_connection(partial(_itself, client), address.hostname or "", address.port or 80)
        await asyncio.sleep(CONNECT_APART_S)
    await asyncio.gather(*(client.done for client in running))
    return took


def _itself(client: _Client) -> _Client:
    return client


class _Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the one before is whole."""

    def __init__(self, next_request: Callable[[], bytes], until: float, took: list[float]) -> None:
        self._next_request, self._until, self._took = next_request, until, took
        self._received, self._began = b"", 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return
        now = time.perf_counter()
        if not head.startswith(b"HTTP/1.1 2"):
            self._end(RuntimeError(self._received.decode()))
        elif now < self._until:
            self._took.append((now - self._began) * 1000)
            self._send()
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the service closed the connection"))

    def _send(self) -> None:
        request = self._next_request()
        self._received, self._began = b"", time.perf_counter()
        self._transport.write(request)

    def _end(self, error: Exception | None) -> None:
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
        self._transport.close()
