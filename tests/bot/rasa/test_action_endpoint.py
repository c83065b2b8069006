"""How an action is called: over a connection that is kept, and without the domain."""

from __future__ import annotations

import asyncio
import contextlib

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from actions.server import KEEP_ALIVE_S as KEPT_BY_THE_SERVER_S
from bot.rasa.action_endpoint import KEEP_ALIVE_S, WatchedActionEndpoint
from tests.bot.rasa.small_bot import ROOT

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


async def test_calls_share_a_connection():
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError):  # the caller hung up
            while await reader.readuntil(b"{}"):
                writer.write(ANSWER)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        endpoint = WatchedActionEndpoint.watching(EndpointConfig(f"http://127.0.0.1:{port}/webhook"))
        for _ in range(3):
            assert await endpoint.request(json={}) == {}
        await endpoint.close()

    assert connections == 1


def test_the_caller_closes_a_resting_connection_before_the_server_does():
    """Otherwise a call may be written to a connection that is being closed, and an action fails for nothing."""
    assert KEEP_ALIVE_S < KEPT_BY_THE_SERVER_S / 2


def test_the_domain_does_not_travel_with_a_call():
    configured = read_endpoint_config(str(ROOT / "endpoints.yml"), "action_endpoint")
    assert configured is not None
    action = RemoteAction("action_answer_policy", WatchedActionEndpoint.watching(configured))

    call = action._action_call_format(DialogueStateTracker("visitor", []), Domain.empty())

    assert set(call) == {"next_action", "sender_id", "tracker", "version"}
