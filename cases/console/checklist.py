"""A case's checklist as its page shows it: what is open first to see, each task with its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cases.checklists import TaskView
from cases.connectors.orders import OrderView
from cases.console import texts
from cases.console.order_lines import Connected, OrderForm, OrderLine, order_form, order_line
from cases.own_conversations import TASK as ERASE_CONVERSATIONS
from privacy.checklist import TaskState
from privacy.systems import NO_SYSTEMS, SystemRegister

NOTHING_CONNECTED: Final[Connected] = {}


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """What somebody had chosen and written for a task before it was refused."""

    key: str
    state: TaskState
    note: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task with what its form shows."""

    key: str
    element_id: str
    title: str
    instruction: str
    why: str
    system_id: str | None
    action: str
    is_mandatory: bool
    state: TaskState
    chosen: TaskState
    """What the form has chosen: the state, or what was sent and came back."""

    note: str
    who: str | None
    changed_at: datetime | None
    is_unfolded: bool
    order_form: OrderForm | None
    """What its system can be ordered to do, if it is connected and the case is open."""

    orders: Sequence[OrderLine]
    """What was ordered for it, oldest first."""

    conversations: int | None = None
    """How many conversations of the person's this task erases; None for every other task, and once it is settled."""

    @property
    def state_label(self) -> str:
        """The state in Swedish."""
        return texts.TASK_STATES[self.state]


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """All tasks of a case, and how far it has come."""

    lines: Sequence[TaskLine]
    settled: int
    mandatory_open: int

    @property
    def states(self) -> Sequence[tuple[TaskState, str]]:
        """What a task can be set to, with its words."""
        return [(state, texts.TASK_STATES[state]) for state in TaskState]


def checklist_of(
    tasks: Sequence[TaskView],
    *,
    names: Mapping[str, str],
    draft: TaskDraft | None = None,
    orders: Sequence[OrderView] = (),
    register: SystemRegister = NO_SYSTEMS,
    connected: Connected = NOTHING_CONNECTED,
    conversations: int | None = None,
) -> ChecklistView:
    """Return what the page shows.

    Args:
        tasks: in their order.
        names: display names of officers, by account id.
        draft: a form that was refused; it stands unfolded with what was written.
        orders: what connected systems were ordered to do for the case.
        register: the company's systems.
        connected: which of them can be ordered to do what; nothing for a case that has ended.
        conversations: how many the person had with the assistant; None for a case that has ended.
    """
    lines = []
    for number, task in enumerate(tasks):
        form = order_form(task.action, task.system_id, register=register, connected=connected)
        of_task = [order_line(order) for order in orders if order.task_key == task.key]
        of_this = draft if draft and draft.key == task.key else None
        line = _line(task, number, names, of_this, form, of_task)
        if task.key == ERASE_CONVERSATIONS and not task.state.is_settled:
            line = replace(line, conversations=conversations)
        lines.append(line)
    return ChecklistView(
        lines=lines,
        settled=sum(line.state.is_settled for line in lines),
        mandatory_open=sum(line.is_mandatory and not line.state.is_settled for line in lines),
    )


def _line(
    task: TaskView,
    number: int,
    names: Mapping[str, str],
    draft: TaskDraft | None,
    form: OrderForm | None,
    orders: Sequence[OrderLine],
) -> TaskLine:
    who = None
    if task.actor_id is not None:
        who = texts.SYSTEM_PARTS.get(task.actor_id) or names.get(task.actor_id, texts.SOMEBODY_ELSE)
    return TaskLine(
        key=task.key,
        element_id=f"task-{number}",
        title=task.title,
        instruction=task.instruction,
        why=task.why,
        system_id=task.system_id,
        action=task.action,
        is_mandatory=task.is_mandatory,
        state=task.state,
        chosen=draft.state if draft else task.state,
        note=draft.note if draft else (task.note or ""),
        who=who,
        changed_at=task.changed_at,
        is_unfolded=draft is not None,
        order_form=form,
        orders=orders,
    )
