"""The marketing blocks: who must not be sent advertising, with addresses masked."""

import re
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import connector_texts, texts
from cases.console.context import Console
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.order_lines import block_states, name_in, number_states
from cases.console.responses import led_on, page
from cases.drafts import MarketingChannel
from cases.errors import InvalidCursorError, MarketingBlockNotFoundError, StaleTaskError, TaskNotFoundError
from cases.number_tasks import NumberTask
from privacy.checklist import TaskState
from privacy.systems import Handling, SystemRegister

router = APIRouter(prefix="/marketing-blocks")

PAGE_SIZE: Final = 50
_VERSION: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


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


@router.post("/numbers/{block_id}/show")
async def show_number(
    request: Request, console: ConsoleDep, officer: OfficerDep, _form: FormDep, block_id: int
) -> Response:
    """Show a whole number to whoever is to block it somewhere; the register's log remembers that."""
    if block_id.bit_length() > 63:
        return led_on(f"{PREFIX}/marketing-blocks")
    await console.number_tasks.note_shown(block_id, actor=officer.actor)
    return await _page(request, console, shown=block_id)


@router.post("/numbers/{block_id}/{system}")
async def settle(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, block_id: int, system: str
) -> Response:
    """Say that a number is blocked in a system, or is not there."""
    to, seen = form.text("state"), form.text("seen")
    if to not in {*TaskState} or not _VERSION.fullmatch(seen) or block_id.bit_length() > 63:
        return await _page(request, console, problem=texts.FORBIDDEN_FORM, status=400)
    try:
        await console.number_tasks.settle(block_id, system, to=TaskState(to), seen=int(seen), actor=officer.actor)
    except TaskNotFoundError:
        return await _page(request, console, problem=connector_texts.NO_SUCH_TASK, status=404)
    except StaleTaskError:
        return await _page(request, console, problem=connector_texts.STALE_NUMBER_TASK, status=409)
    return led_on(f"{PREFIX}/marketing-blocks", done="number-task")


@router.get("")
async def list_blocks(request: Request, console: ConsoleDep, _officer: OfficerDep, efter: str = "") -> Response:
    """Show the blocks, newest first, below what is to be done by hand."""
    try:
        return await _page(request, console, after=efter)
    except InvalidCursorError:
        return led_on(f"{PREFIX}/marketing-blocks")


async def _page(
    request: Request,
    console: Console,
    *,
    after: str = "",
    shown: int | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    found = await console.service.list_marketing_blocks(limit=PAGE_SIZE, cursor=after or None)
    next_address = f"{PREFIX}/marketing-blocks?efter={found.next_cursor}" if found.next_cursor else None
    systems, register = console.marketing_systems, console.config.systems
    references = [block.reference for block in found.items]
    orders = await console.orders.of_receipts(references)
    tasks = await console.number_tasks.of_receipts(references)
    blocks = [
        (block, block_states(orders.get(block.reference, ()), systems=systems))
        if block.channel is MarketingChannel.EMAIL
        else (block, number_states(tasks.get(block.reference, ()), register))
        for block in found.items
    ]
    waiting = [
        (number, number.block_id == shown, [_line(task, register) for task in number.tasks])
        for number in await console.number_tasks.waiting(shown=shown)
    ]
    return page(
        request,
        console,
        "blocks.html",
        blocks=blocks,
        waiting=waiting,
        has_systems=any(states for _, states in blocks),
        is_first=not after,
        next_address=next_address,
        problem=problem,
        status=status,
    )


def _line(task: NumberTask, register: SystemRegister) -> tuple[NumberTask, str, str]:
    """Return a task with the name of its system and how it is done there."""
    system = register.system(task.system)
    instructions = {} if system is None else system.instructions
    how = instructions.get(Handling.STOP_CALLS) or instructions.get(Handling.STOP, "")
    return task, name_in(register, task.system), how
