"""A visitor's browser, as far as the edge can tell."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from bot.services import Services
from tests.bot.fake_rasa import TOKEN


class Edge:
    """A replica of the edge."""

    def __init__(self, app: FastAPI, *, origin: str) -> None:
        self.app, self.origin = app, origin

    @property
    def parts(self) -> Services:
        found: Services = self.app.state.services
        return found

    async def settle(self) -> None:
        """Wait until the bot has had its say."""
        await self.parts.turns.settle()

    def client(self, **more: Any) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("203.0.113.7", 5000))
        return httpx.AsyncClient(transport=transport, base_url=self.origin, **more)

    def service(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.AsyncClient(transport=transport, base_url=f"{self.origin}/internal/v1", headers=headers)

    @contextlib.asynccontextmanager
    async def visitor(self, *, origin: str | None = None) -> AsyncIterator[Visitor]:
        async with self.client(headers={"Origin": origin or self.origin}) as client:
            yield Visitor(self, client)


class Visitor:
    """One browser with its cookie."""

    def __init__(self, edge: Edge, client: httpx.AsyncClient) -> None:
        self._edge, self.client = edge, client

    async def open(self) -> dict[str, Any]:
        """Open the chat, and wait for what the bot says."""
        response = await self.client.post("/chat/session")
        assert response.status_code == 200, response.text
        await self._edge.settle()
        return await self.session()

    async def session(self) -> dict[str, Any]:
        response = await self.client.post("/chat/session")
        assert response.status_code == 200, response.text
        session: dict[str, Any] = response.json()
        return session

    async def post(self, *, client_id: str | None = None, **what: Any) -> httpx.Response:
        return await self.client.post("/chat/messages", json={"client_id": client_id or str(uuid4()), **what})

    async def say(self, text: str, *, client_id: str | None = None) -> list[dict[str, Any]]:
        """Write, wait until the bot has had its say, and return the messages that came after."""
        return await self._after(await self.post(text=text, client_id=client_id))

    async def press(self, token: str) -> list[dict[str, Any]]:
        return await self._after(await self.post(button=token))

    async def messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (await self.session())["messages"]
        return messages

    async def texts(self) -> list[str]:
        return [message["text"] for message in await self.messages()]

    async def state(self) -> str:
        state: str = (await self.session())["conversation"]["state"]
        return state

    async def _after(self, response: httpx.Response) -> list[dict[str, Any]]:
        assert response.status_code == 202, response.text
        await self._edge.settle()
        own = response.json()["message"]["id"]
        return [message for message in await self.messages() if message["id"] > own]

    async def conversation_id(self) -> str:
        """Return what only our services know."""
        visitor = await self._edge.parts.conversations.visitor(self.client.cookies["insyn_session"])
        assert visitor is not None
        return visitor.conversation_id


NOTHING_MORE = {"officer_name": None, "expected_wait_minutes": None, "opens": None}
"""The rest of a conversation's state where nobody has it and nothing is known of waiting."""


def button(message: dict[str, Any], title: str) -> str:
    """Return the token of the button with that title."""
    [token] = [button["token"] for button in message["buttons"] if button["title"] == title]
    return str(token)


async def until(condition: Callable[[], bool], *, within_s: float = 20) -> None:
    """Wait until something outside has come about."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - nobody tells a test
            await asyncio.sleep(0.01)
