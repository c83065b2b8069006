"""One visitor who asks for a copy of their data and signs with BankID, over HTTP, the simulator being the phone."""

from __future__ import annotations

import time
from typing import Any

import httpx

from bot.client import AskClient
from insyn.settings import Settings


async def registration_ms(settings: Settings, persona: str) -> float:
    """Return the milliseconds from the visitor's signature to the receipt in the chat.

    ``persona``: who signs, as the simulator names them; a person with such a case open is asked about it instead.
    """
    async with AskClient(settings.chat_url, service_token=settings.service_token.get_secret_value()) as visitor:
        await visitor.ask(["jag vill ha en kopia av allt ni har om mig", "anna@example.se"])
        confirmed = await visitor.press("Stämmer")
        card = next(message["card"] for message in confirmed.messages if message["card"])
        await visitor.start_identification(card["identification_id"], mode="qr")
        await sign(settings, persona)
        signed_at = time.monotonic()
        await visitor.await_card("receipt")
        return (time.monotonic() - signed_at) * 1000


async def sign(settings: Settings, persona: str) -> None:
    """Sign the newest order of the simulator as ``persona``."""
    async with httpx.AsyncClient(base_url=settings.simulator_url, trust_env=False) as phone:
        order: dict[str, Any] = (await phone.get("/control/orders")).json()[0]
        scanned = await phone.post("/control/scan", json={"order_ref": order["order_ref"]})
        scanned.raise_for_status()
        approved = await phone.post(f"/control/orders/{order['order_ref']}/approve", json={"persona": persona})
        approved.raise_for_status()
