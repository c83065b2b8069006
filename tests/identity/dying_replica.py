"""A replica of the broker that begins an order and dies of SIGKILL as soon as it is about to collect it.

Takes JSON on standard input, as ``main`` names it. Imports nothing of the tests, so that it starts quickly.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import httpx

from foundation.clock import system_clock
from foundation.database import create_engine, session_factory
from foundation.encryption import KeyRing
from identity.bankid import BankIdClient
from identity.broker import Broker, IdentificationChange
from identity.config import BrokerConfig, ClientConfig


class DyingTransport(httpx.AsyncHTTPTransport):
    """The way to BankID, at whose ``collect`` the process ends."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/collect"):
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().handle_async_request(request)


async def deaf(_change: IdentificationChange) -> None:
    """Nobody listens here."""


async def main(
    *,
    database_url: str,
    bankid_url: str,
    evidence_roots: str,
    secrets: list[str],
    conversation: str,
    reference: str,
    session: str,
) -> None:
    client = BankIdClient(ClientConfig(base_url=f"{bankid_url}/rp/v6.0/"), transport=DyingTransport())
    broker = Broker(
        session_factory(create_engine(database_url, application_name="dying")),
        client,
        KeyRing.from_secrets(secrets[0], lookup_secret=secrets[1]),
        system_clock,
        BrokerConfig(
            return_url="https://chat.example/chat/bankid/return",
            referring_domain="chat.example",
            evidence_roots=Path(evidence_roots),
            collect_interval_s=0.05,
            idle_interval_s=0.05,
        ),
    )
    mine = {"session_hash": bytes.fromhex(session)}
    order = await broker.offer(
        conversation, reference=reference, request_title="Radering", visible_text="Jag begär radering.", **mine
    )
    await broker.start(order.id, mode="qr", end_user_ip="192.0.2.17", user_agent="Firefox/127.0", **mine)
    await broker.run_collector(deaf)


if __name__ == "__main__":
    asyncio.run(main(**json.load(sys.stdin)))
