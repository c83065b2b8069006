"""Having a connected system do what a task asks for."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import connector_texts, texts
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.identity import identity_first
from cases.console.order_lines import connector_of, order_form
from cases.console.pages.cases import case_page, known
from cases.console.responses import led_on
from cases.errors import IdentityNotEstablishedError, NoSuchConnectorError
from privacy.errors import InvalidContactAddressError

router = APIRouter(prefix="/cases")


@router.post("/{reference}/orders")
async def place_order(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str
) -> Response:
    """Place an order for a task of the case; the same form twice is one order."""
    reference, key = known(reference), form.text("key")

    async def refused(problem: str, status: int) -> Response:
        return await case_page(request, console, officer, reference, problem=problem, status=status)

    if not (await console.service.read(reference)).status.is_open:
        return await refused(connector_texts.CASE_HAS_ENDED, 409)
    tasks = {task.key: task for task in await console.checklists.of_case(reference, actor=officer.actor)}
    task, form_id = tasks.get(key), form.text("form_id", max_length=40)
    if task is None or not form_id:
        return await refused(texts.FORBIDDEN_FORM, 400)
    register = console.config.systems
    offered = order_form(task.action, task.system_id, register=register, connected=console.connected)
    connector = connector_of(task.system_id, register)
    if offered is None or connector is None:
        return await refused(connector_texts.NOT_CONNECTED, 409)
    if offered.needs_confirmation and form.text("confirmed") != "yes":
        return await refused(connector_texts.CONFIRM_ERASURE, 422)
    try:
        await console.orders.place(
            reference,
            task_key=key,
            system=connector,
            operation=connector_texts.OPERATION_OF[task.action],
            address=form.text("address"),
            form_id=form_id,
            actor=officer.actor,
        )
    except InvalidContactAddressError:
        return await refused(connector_texts.BAD_ADDRESS, 422)
    except IdentityNotEstablishedError as error:
        return await refused(identity_first(error), 409)
    except NoSuchConnectorError:
        return await refused(connector_texts.NOT_CONNECTED, 409)
    return led_on(f"{PREFIX}/cases/{reference}", done="ordered")
