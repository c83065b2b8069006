"""Several processes on one port: each has part of the callers, and nobody else's port is taken."""

import pickle
import socket

import pytest

from insyn.errors import InsynError
from insyn.serving import SocketOfEachProcess, refuse_a_taken_port

LOOPBACK = "127.0.0.1"
CALLERS = 64


@pytest.fixture
def own() -> SocketOfEachProcess:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return SocketOfEachProcess(LOOPBACK, free.getsockname()[1])


def handed_over(own: SocketOfEachProcess) -> socket.socket:
    """Return what the process gets that it is handed to."""
    return pickle.loads(pickle.dumps(own))  # noqa: S301 - what we have just written


def accepted(listening: socket.socket) -> int:
    """Take whoever waits, and return how many there were."""
    taken = 0
    listening.settimeout(0.05)
    try:
        while True:
            listening.accept()[0].close()
            taken += 1
    except TimeoutError:
        return taken


def test_each_process_has_a_socket_of_its_own_and_part_of_the_callers(own: SocketOfEachProcess):
    refuse_a_taken_port(own.host, own.port)
    with handed_over(own) as first, handed_over(own) as second:
        for listening in (first, second):
            listening.listen(CALLERS)
        callers = [socket.create_connection((LOOPBACK, own.port), timeout=5) for _ in range(CALLERS)]
        shares = accepted(first), accepted(second)
        for caller in callers:
            caller.close()

    assert sum(shares) == CALLERS
    assert min(shares) > CALLERS // 8


def test_a_port_on_which_somebody_listens_is_refused_even_if_they_share_it(own: SocketOfEachProcess):
    with handed_over(own) as somebody:
        somebody.listen()
        with pytest.raises(InsynError, match=str(own.port)):
            refuse_a_taken_port(own.host, own.port)
