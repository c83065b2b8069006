"""The connected systems: how the last comparison went, and orders that failed for good, to be placed afresh."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import connector_texts
from cases.console.context import Console
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.order_lines import order_line
from cases.console.responses import led_on, page

router = APIRouter(prefix="/connectors")


@router.get("")
async def show_connectors(request: Request, console: ConsoleDep, _officer: OfficerDep) -> Response:
    """Show the systems."""
    return await _page(request, console)


@router.post("/orders/{order_id}/replay")
async def replay(
    request: Request, console: ConsoleDep, _officer: OfficerDep, _form: FormDep, order_id: int
) -> Response:
    """Start a dead order afresh."""
    if order_id.bit_length() > 63 or not await console.orders.replay(order_id):
        return await _page(request, console, problem=connector_texts.NOTHING_TO_REPLAY, status=409)
    return led_on(f"{PREFIX}/connectors", done="replayed")


async def _page(request: Request, console: Console, *, problem: str | None = None, status: int = 200) -> Response:
    comparisons = {comparison.system: comparison for comparison in await console.reconciliation.latest()}
    systems = [
        (connector_texts.system_name(system), comparisons.get(system), system in console.marketing_systems)
        for system in console.connected
    ]
    dead = [order_line(order) for order in await console.orders.dead()]
    return page(request, console, "connectors.html", systems=systems, dead=dead, problem=problem, status=status)
