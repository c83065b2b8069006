"""How fast a worker empties the outbox into one receiver on loopback."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sqlalchemy import text

from cases.config import CasesConfig, WebhookEndpoint
from cases.jobs import run_worker
from cases.storage.outbox import register_endpoints
from foundation.clock import system_clock
from foundation.database import create_engine, session_factory
from insyn.settings import Settings

SECRET = "whsec_YmVuY2htYXJrIHNlY3JldCBiZW5jaG1hcms="
ADD = """
    WITH message AS (
        INSERT INTO cases.outbox_message (message_id, ordering_key, kind, occurred_at, payload)
        SELECT gen_random_uuid(), 'AR-' || n, 'case.registered', now(), '{"reference": "AR"}'
          FROM generate_series(1, :number) n RETURNING id)
    INSERT INTO cases.webhook_delivery (outbox_message_id, endpoint_name) SELECT id, 'bench' FROM message
"""


async def deliveries_per_second(url: str, number: int) -> float:
    """Return the rate at which one worker delivers messages of different cases."""
    with _receiver() as (receiver_url, received):
        endpoint = WebhookEndpoint("bench", receiver_url, secrets=(SECRET,))
        config = CasesConfig(url, Settings(_env_file=None).key_ring(), ("token",), webhooks=(endpoint,))
        engine = create_engine(url)
        async with session_factory(engine).begin() as session:
            await register_endpoints(session, ["bench"], now=system_clock())
            await session.execute(text(ADD), {"number": number})
        await engine.dispose()
        worker = asyncio.create_task(run_worker(config))
        while not received:
            await asyncio.sleep(0.001)
        began, first = time.monotonic(), len(received)
        while len(received) < number:
            await asyncio.sleep(0.005)
        rate = (number - first) / (time.monotonic() - began)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        return rate


@contextmanager
def _receiver() -> Iterator[tuple[str, list[int]]]:
    received: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            received.append(1)
            self.send_response(204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", received
    finally:
        server.shutdown()
        thread.join()
