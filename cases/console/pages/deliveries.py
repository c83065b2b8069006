"""Messages to other systems that never arrived, for administrators: seen, and sent again."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console.context import Console
from cases.console.guard import PREFIX, AdministratorDep, ConsoleDep, FormDep
from cases.console.responses import led_on, page
from cases.deliveries import Deliveries
from cases.history import MESSAGE_LABELS
from cases.webhooks import WebhookSender

router = APIRouter(prefix="/deliveries")

SHOWN: Final = 100


@router.get("")
async def show_deliveries(request: Request, console: ConsoleDep, _administrator: AdministratorDep) -> Response:
    """Show what failed for good, oldest first."""
    letters = await _deliveries(console).dead_letters(limit=SHOWN)
    return page(request, console, "deliveries.html", letters=letters, labels=MESSAGE_LABELS, shown=SHOWN)


@router.post("/{delivery_id}/replay")
async def replay(console: ConsoleDep, _administrator: AdministratorDep, _form: FormDep, delivery_id: int) -> Response:
    """Send one again, with attempts over some days as at first; one that somebody else sent already is left alone."""
    await _deliveries(console).replay(delivery_id)
    return led_on(f"{PREFIX}/deliveries", done="resent")


def _deliveries(console: Console) -> Deliveries:
    # Nothing is sent from here: the worker does it.
    sender = WebhookSender(public_only=True)
    return Deliveries(console.sessions, console.config.webhooks, sender=sender, clock=console.clock)
