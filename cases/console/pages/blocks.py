"""The marketing blocks: who must not be sent advertising, with addresses masked."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.order_lines import block_states
from cases.console.responses import led_on, page
from cases.errors import InvalidCursorError, MarketingBlockNotFoundError

router = APIRouter(prefix="/marketing-blocks")

PAGE_SIZE: Final = 50


@router.post("/{reference}/lift")
async def lift(console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str) -> Response:
    """Take a block back because its owner wishes it, which the officer says that they have made sure of."""
    if not form.text("own_wish"):
        return led_on(f"{PREFIX}/marketing-blocks")  # the page demands it; whoever sends without has not seen the page
    try:
        await console.service.lift_marketing_block(reference, actor=officer.actor)
    except MarketingBlockNotFoundError:
        return led_on(f"{PREFIX}/marketing-blocks")
    return led_on(f"{PREFIX}/marketing-blocks", done="block-lifted")


@router.get("")
async def list_blocks(request: Request, console: ConsoleDep, _officer: OfficerDep, efter: str = "") -> Response:
    """Show the blocks, newest first."""
    try:
        found = await console.service.list_marketing_blocks(limit=PAGE_SIZE, cursor=efter or None)
    except InvalidCursorError:
        return led_on(f"{PREFIX}/marketing-blocks")
    next_address = f"{PREFIX}/marketing-blocks?efter={found.next_cursor}" if found.next_cursor else None
    systems = console.marketing_systems
    orders = await console.orders.of_receipts([block.reference for block in found.items])
    blocks = [
        (block, block_states(orders.get(block.reference, ()), channel=block.channel, systems=systems))
        for block in found.items
    ]
    return page(
        request,
        console,
        "blocks.html",
        blocks=blocks,
        has_systems=bool(systems),
        is_first=not efter,
        next_address=next_address,
    )
