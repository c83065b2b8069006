"""What a case of a given type takes: a list of tasks, made from the register of systems by rules alone.

What each right demands in which system, what the law keeps from erasure and why, and whom to tell afterwards. Whether a
task is done is not known here; see :mod:`cases.checklists`.

Source: GDPR art. 7(3), 12, 15-21; art. 19 (recipients); bokföringslagen 7 kap. 2 §; penningtvättslagen
5 kap. 3-4 and 7 §§.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from privacy.case_states import Resolution
from privacy.checklist_texts import ACTION_LABELS, KEPT_REASONS, NO_SUPPLIERS, TASKS, TITLES, WHY
from privacy.request_types import RequestType
from privacy.systems import Ground, Handling, Role, System, SystemRegister


class TaskAction(StrEnum):
    """What a task is about."""

    FETCH = "fetch"
    ERASE = "erase"
    RESTRICT = "restrict"
    CORRECT = "correct"
    STOP = "stop"
    KEEP = "keep"
    """Decide and write down what law requires to be kept."""

    NOTIFY = "notify"
    """Tell recipients of a rectification, erasure or restriction (art. 19)."""

    FORWARD = "forward"
    """Pass the request on to a client who is the controller."""

    REVIEW = "review"
    """Weigh or check something before the answer."""

    INFORM = "inform"
    """Tell the person something that the right demands."""

    @property
    def label(self) -> str:
        """What an officer reads, in Swedish."""
        return ACTION_LABELS[self]


class TaskState(StrEnum):
    """How far a task has come."""

    OPEN = "open"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    """There is nothing to do; the note says why."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be done."""
        return self is not TaskState.OPEN


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do for a case."""

    key: str
    """Stable within a case: ``erase:mailchimp``, ``review:secrecy``."""

    action: TaskAction
    system_id: str | None
    """The system it is done in; None for what concerns the whole case."""

    title: str
    instruction: str
    why: str
    """The provision that demands it, in Swedish."""

    is_mandatory: bool
    """Whether the case cannot end as granted before it is settled."""


def checklist(request_type: RequestType, register: SystemRegister) -> tuple[Task, ...]:
    """Return what a case of that type takes, in the order in which it is best done.

    An empty register gives an empty list: a company that has entered no systems works without checklists.
    """
    if not register.systems:
        return ()
    return tuple(_RULES[request_type](register))


def open_mandatory(states: Mapping[str, TaskState], tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Return the mandatory tasks that are not settled; one whose state is not given is open."""
    return tuple(task for task in tasks if task.is_mandatory and not states.get(task.key, TaskState.OPEN).is_settled)


def needs_finished_checklist(resolution: Resolution | None) -> bool:
    """Tell whether a case may end so only when its mandatory tasks are settled: whoever grants must have done it."""
    return resolution in {Resolution.GRANTED, Resolution.PARTLY_GRANTED}


def note_is_needed(state: TaskState) -> bool:
    """Tell whether a task may get that state only with a reason in words."""
    return state is TaskState.NOT_APPLICABLE


def _access(register: SystemRegister) -> Iterator[Task]:
    for system in _ours(register):
        yield _handle(Handling.FETCH, system, "access")
    yield _review("secrecy", "access")
    yield _review("others", "access")
    yield from _forwards(register)


def _portability(register: SystemRegister) -> Iterator[Task]:
    for system in _ours(register):
        if {Ground.CONSENT, Ground.CONTRACT} & set(system.grounds):
            yield _handle(Handling.FETCH, system, "portability")
    yield _review("provided", "portability")
    yield _review("others", "portability")
    yield from _forwards(register)


def _rectification(register: SystemRegister) -> Iterator[Task]:
    yield _review("correct", "rectification")
    for system in _ours(register):
        yield _handle(Handling.CORRECT, system, "rectification")
    yield from _notices(register)
    yield from _forwards(register)


def _erasure(register: SystemRegister) -> Iterator[Task]:
    for system in _ours(register):
        if system.kept_by:
            yield _keep(system)
    for system in _ours(register):
        if system.is_erasable:
            yield _handle(Handling.ERASE, system, "erasure")
    yield from _notices(register)
    yield from _forwards(register)


def _restriction(register: SystemRegister) -> Iterator[Task]:
    yield _review("restriction_ground", "restriction")
    for system in _ours(register):
        yield _handle(Handling.RESTRICT, system, "restriction")
    yield from _notices(register)
    yield _inform("before_lifting", "restriction", mandatory=False)
    yield from _forwards(register)


def _objection(register: SystemRegister) -> Iterator[Task]:
    interested = [system for system in _ours(register) if Ground.LEGITIMATE_INTEREST in system.grounds]
    for system in interested:
        yield _handle(Handling.RESTRICT, system, "objection_meanwhile", mandatory=False)
    yield _review("compelling_grounds", "objection")
    for system in interested:
        yield _handle(Handling.STOP, system, "objection")
    yield from _forwards(register)


def _marketing_optout(register: SystemRegister) -> Iterator[Task]:
    yield _review("block", "marketing_optout")
    for system in register.marketing:
        yield _handle(Handling.STOP, system, "marketing_optout")


def _consent_withdrawal(register: SystemRegister) -> Iterator[Task]:
    consented = [system for system in _ours(register) if Ground.CONSENT in system.grounds]
    for system in consented:
        yield _handle(Handling.STOP, system, "consent_withdrawal")
    for system in consented:
        if system.is_erasable:
            yield _handle(Handling.ERASE, system, "consent_withdrawal_erase", mandatory=False)
    yield from _notices(register, mandatory=False)


def _processor_list(_register: SystemRegister) -> Iterator[Task]:
    yield _inform("processor_list", "processor_list")


def _complaint(_register: SystemRegister) -> Iterator[Task]:
    yield _review("complaint", "complaint")
    yield _inform("authority", "complaint")


_RULES: Final[Mapping[RequestType, Callable[[SystemRegister], Iterator[Task]]]] = MappingProxyType(
    {
        RequestType.ACCESS: _access,
        RequestType.RECTIFICATION: _rectification,
        RequestType.ERASURE: _erasure,
        RequestType.RESTRICTION: _restriction,
        RequestType.PORTABILITY: _portability,
        RequestType.OBJECTION: _objection,
        RequestType.MARKETING_OPTOUT: _marketing_optout,
        RequestType.CONSENT_WITHDRAWAL: _consent_withdrawal,
        RequestType.PROCESSOR_LIST: _processor_list,
        RequestType.COMPLAINT: _complaint,
    }
)


def _ours(register: SystemRegister) -> Iterator[System]:
    return (system for system in register.systems if system.role is Role.CONTROLLER)


def _handle(handling: Handling, system: System, why: str, *, mandatory: bool = True) -> Task:
    return Task(
        key=f"{handling}:{system.id}",
        action=TaskAction(handling),
        system_id=system.id,
        title=TITLES[handling].format(system=system.name),
        instruction=system.instructions[handling],
        why=WHY[why],
        is_mandatory=mandatory,
    )


def _keep(system: System) -> Task:
    text = TASKS["keep"]
    return Task(
        key=f"keep:{system.id}",
        action=TaskAction.KEEP,
        system_id=system.id,
        title=text.title.format(system=system.name),
        instruction=text.instruction,
        why=" ".join(KEPT_REASONS[kept_by] for kept_by in system.kept_by),
        is_mandatory=True,
    )


def _notices(register: SystemRegister, *, mandatory: bool = True) -> Iterator[Task]:
    task = _whole_case(TaskAction.NOTIFY, "notify", "recipients", "recipients", mandatory=mandatory)
    suppliers = ", ".join(system.name for system in _ours(register) if system.recipients)
    yield replace(task, instruction=task.instruction.format(suppliers=suppliers or NO_SUPPLIERS))


def _forwards(register: SystemRegister) -> Iterator[Task]:
    for system in register.systems:
        if system.role is Role.PROCESSOR:
            text = TASKS["forward"]
            yield Task(
                key=f"forward:{system.id}",
                action=TaskAction.FORWARD,
                system_id=system.id,
                title=text.title.format(system=system.name),
                instruction=text.instruction,
                why=WHY["forward"],
                is_mandatory=False,
            )


def _review(what: str, why: str) -> Task:
    return _whole_case(TaskAction.REVIEW, "review", what, why, mandatory=True)


def _inform(what: str, why: str, *, mandatory: bool = True) -> Task:
    return _whole_case(TaskAction.INFORM, "inform", what, why, mandatory=mandatory)


def _whole_case(action: TaskAction, prefix: str, what: str, why: str, *, mandatory: bool) -> Task:
    text = TASKS[what]
    return Task(
        key=f"{prefix}:{what}",
        action=action,
        system_id=None,
        title=text.title,
        instruction=text.instruction,
        why=text.why or WHY[why],
        is_mandatory=mandatory,
    )
