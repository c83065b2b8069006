"""Orders to other systems as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.connectors.interface import Operation
from cases.connectors.orders import OrderView
from cases.console import connector_texts
from cases.number_tasks import NumberTask
from privacy.checklist import TaskAction
from privacy.systems import SystemRegister

Connected = Mapping[str, frozenset[Operation]]
"""Connected systems, with what each can do."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in words."""

    id: int
    system: str
    operation: str
    state: str
    tone: str
    """The badge's colour: ``calm``, ``soon`` or ``overdue``."""

    at: datetime
    records: Sequence[str]
    """The receipt: the system's own names for what it worked."""


@dataclass(frozen=True, slots=True)
class OrderForm:
    """What can be ordered for a task."""

    button: str
    system: str
    needs_confirmation: bool


def order_line(order: OrderView) -> OrderLine:
    """Return an order in words."""
    tone = {"done": "calm", "pending": "soon"}.get(order.state, "overdue")
    return OrderLine(
        id=order.id,
        system=connector_texts.system_name(order.system),
        operation=connector_texts.OPERATIONS[order.operation],
        state=connector_texts.order_state(
            order.state, order.outcome, attempts=order.attempts, failure=order.last_outcome
        ),
        tone=tone,
        at=order.done_at or order.last_attempt_at or order.ordered_at,
        records=[f"{record['where']}: {record['id']} {record['status']}".strip() for record in order.records],
    )


def connector_of(system_id: str | None, register: SystemRegister) -> str | None:
    """Return the name of the connector by which a system of the register is worked."""
    system = register.system(system_id) if system_id is not None else None
    return None if system is None else system.connector


def order_form(
    action: TaskAction, system_id: str | None, *, register: SystemRegister, connected: Connected
) -> OrderForm | None:
    """Return what can be ordered for a task; None when its system is not connected or cannot do it."""
    operation, connector = connector_texts.OPERATION_OF.get(action), connector_of(system_id, register)
    if operation is None or connector is None or operation not in connected.get(connector, frozenset()):
        return None
    return OrderForm(
        button=connector_texts.ORDER_BUTTONS[operation],
        system=connector_texts.system_name(connector),
        needs_confirmation=operation is Operation.ERASE,
    )


def number_states(tasks: Iterable[NumberTask], register: SystemRegister) -> Sequence[tuple[str, str, str]]:
    """Return system, state and tone for one no to calls, for every system in which it is done by hand."""
    return sorted(
        (
            name_in(register, task.system),
            connector_texts.BY_HAND[task.state],
            "calm" if task.state.is_settled else "soon",
        )
        for task in tasks
    )


def name_in(register: SystemRegister, system_id: str) -> str:
    """Return what the register calls a system."""
    system = register.system(system_id)
    return connector_texts.system_name(system_id) if system is None else system.name


def block_states(orders: Iterable[OrderView], *, systems: Sequence[str]) -> Sequence[tuple[str, str, str]]:
    """Return system, state and tone for one no to mail, for every marketing system that is connected."""
    lines = {order.system: order_line(order) for order in orders}
    shown = [(line.system, line.state, line.tone) for line in lines.values()]
    shown += [
        (connector_texts.system_name(system), connector_texts.NOT_ORDERED, "calm")
        for system in systems
        if system not in lines
    ]
    return sorted(shown)
