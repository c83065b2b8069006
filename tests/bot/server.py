"""An ASGI app on a real socket, for what only a socket shows: streams, and what a server adds."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn


@contextlib.asynccontextmanager
async def served(app: Any, listener: socket.socket) -> AsyncIterator[str]:
    """Serve ``app`` on ``listener`` while the block runs, and give its address."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, proxy_headers=False, ws="none"
        )
    )
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
        if task.done():
            task.result()
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        await task


def free_port() -> socket.socket:
    """Return a socket that listens on loopback."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    return listener


def address(listener: socket.socket) -> str:
    """Return where ``listener`` is reached."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
