"""Serves an application on loopback, in one process or several (docs/adr/0067)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from insyn.errors import InsynError
from insyn.processes import LOOPBACK


def serve(app: Any, port: int, *, proxies: Sequence[str] = (), workers: int = 1) -> None:
    """Listen on loopback; with several ``workers``, ``app`` names the function that makes the application.

    Raises:
        InsynError: something else listens on the port (of several processes; one says so itself and exits).
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        app,
        factory=workers > 1,
        workers=workers,
        host=LOOPBACK,
        port=port,
        log_level="warning",
        access_log=False,
        proxy_headers=bool(proxies),  # the chat edge decides itself whose X-Forwarded-For it believes
        forwarded_allow_ips=list(proxies),
        ws="none",  # we have none, and Rasa holds the websockets library back
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_worker_healthcheck=30,  # a machine that is busy is no reason to end a process that is starting
    )
    if workers > 1:
        refuse_a_taken_port(LOOPBACK, port)
        own = SocketOfEachProcess(LOOPBACK, port)
        Multiprocess(config, sockets=[cast("socket.socket", own)]).run()
    else:
        uvicorn.Server(config).run()


@dataclass(frozen=True, slots=True)
class SocketOfEachProcess:
    """What becomes a listening socket of its own in each process that it is handed to.

    Processes that share one socket do not share the work: whoever is awake first takes every connection that waits, and
    ten of ten were seen to end in one process. Of several sockets on one port the kernel chooses by the caller.
    """

    host: str
    port: int

    def __reduce__(self) -> tuple[Callable[[str, int], socket.socket], tuple[str, int]]:
        """Be handed over as the socket."""
        return _shared_port, (self.host, self.port)


def refuse_a_taken_port(host: str, port: int) -> None:
    """Find out whether somebody else listens, which the kernel lets pass between sockets that share a port.

    Raises:
        InsynError: somebody does.
    """
    with socket.socket() as alone:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            alone.bind((host, port))
        except OSError as error:
            raise InsynError(f"port {port} cannot be listened on: {error.strerror}") from None


def _shared_port(host: str, port: int) -> socket.socket:
    shared = socket.socket()
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared.bind((host, port))
    return shared
