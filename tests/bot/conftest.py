"""An edge on a real PostgreSQL, with a Rasa that answers by script."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.app import create_app
from bot.config import BotConfig, TurnTimes
from foundation.encryption import KeyRing
from tests.bot.fake_rasa import TOKEN, FakeRasa
from tests.bot.visitor import Edge

PUBLIC_URL = "http://chat.test"

IMPATIENT = TurnTimes(
    answer_within_s=5, unreachable_patience_s=0, repeat_after_s=0, attempts=3, sweep_interval_s=0.1, sweep_grace_s=0
)
"""Times of a test: nothing is waited for."""


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def bot_config(database_url: str, key_ring: KeyRing) -> BotConfig:
    return BotConfig(
        database_url=database_url,
        public_url=PUBLIC_URL,
        rasa_url="http://rasa.test",
        service_tokens=(TOKEN,),
        key_ring=key_ring,
        allowed_origins=("https://www.example.se",),
        turns=IMPATIENT,
    )


@pytest.fixture
async def edge(bot_config: BotConfig, rasa: FakeRasa) -> AsyncIterator[Edge]:
    """A running edge; ``edge.visitor()`` opens a browser."""
    async with running_edge(bot_config, rasa) as edge:
        yield edge


@contextlib.asynccontextmanager
async def running_edge(config: BotConfig, rasa: FakeRasa, **changed: Any) -> AsyncIterator[Edge]:
    """Run a replica of the edge for as long as the block does."""
    app: FastAPI = create_app(replace(config, **changed), rasa_transport=rasa.transport())
    async with app.router.lifespan_context(app):
        yield Edge(app, origin=PUBLIC_URL)


@pytest.fixture
async def internal(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """Our own services' way to the edge."""
    async with edge.service() as client:
        yield client
