"""Serves an ASGI application on a free port of this machine, for as long as a block runs."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


def free_socket() -> socket.socket:
    """Return a socket on a free port of this machine."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


@contextmanager
def served(app: Any, *, listening: socket.socket | None = None) -> Iterator[str]:
    """Give the base address of ``app``; ``listening`` if the address had to be known before."""
    listening = listening or free_socket()
    config = uvicorn.Config(app, log_level="warning", lifespan="on", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        assert time.monotonic() < deadline, "the server does not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
