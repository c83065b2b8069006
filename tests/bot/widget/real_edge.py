"""The edge's own process, as it is run, with a scripted Rasa behind it: what can be killed under a visitor."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from insyn.settings import ROOT
from tests.bot.fake_rasa import TOKEN, FakeRasa
from tests.bot.server import address, free_port, served


@dataclass
class RealEdge:
    """``insyn serve chat`` on a port and a database of its own."""

    rasa: FakeRasa
    url: str
    environment: dict[str, str]
    _process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "insyn", "serve", "chat", cwd=ROOT, env=os.environ | self.environment
        )
        async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
            while not await _answers(client, f"{self.url}/health"):
                assert self._process.returncode is None, "the edge ended by itself"
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


@asynccontextmanager
async def real_edge(database_url: str, directory: Path) -> AsyncIterator[RealEdge]:
    """Give an edge that runs, and end it after the block."""
    rasa, listener, reserved = FakeRasa(), free_port(), free_port()
    chat_url = address(reserved)
    reserved.close()
    app = Starlette(routes=[Route("/webhooks/edge/turn", rasa.turn, methods=["POST"])])
    environment = {
        "INSYN_DATABASE_URL": database_url,
        "INSYN_DATA_DIR": str(directory),
        "INSYN_SERVICE_TOKEN": TOKEN,
        "INSYN_CHAT_PORT": chat_url.rsplit(":", 1)[1],
        "INSYN_RASA_PORT": str(listener.getsockname()[1]),
    }
    edge = RealEdge(rasa, chat_url, environment)
    async with served(app, listener):
        try:
            await edge.start()
            yield edge
        finally:
            await edge.kill()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
