"""Checklists of cases: made once from the register, worked by officers, and in the way of an end that claims too much.

The list is frozen when it is made (docs/adr/0051): what an officer was asked to do must not change behind a decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import Actor
from cases.errors import (
    CaseNotFoundError,
    StaleTaskError,
    TaskNoteMissingError,
    TaskNotFoundError,
    UnfinishedChecklistError,
)
from cases.history import EventKind
from cases.recording import record
from cases.storage import tasks as storage
from cases.storage.cases import case_by_reference
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from cases.storage.task_rows import CaseTaskRow
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.case_states import Resolution
from privacy.checklist import Task, TaskAction, TaskState, checklist, needs_finished_checklist, note_is_needed
from privacy.references import is_case_reference
from privacy.systems import SystemRegister

NOTE: Final = "case_task.note"


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task as an officer sees it."""

    key: str
    action: TaskAction
    system_id: str | None
    title: str
    instruction: str
    """How it is done now; empty when the register no longer knows the system."""

    why: str
    is_mandatory: bool
    state: TaskState
    version: int
    note: str | None = field(repr=False)
    changed_at: datetime | None
    actor_id: str | None


class Checklists:
    """Makes checklists and keeps how far each task has come."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, register: SystemRegister) -> None:
        self._sessions = sessions
        self._sealer = Sealer(key_ring)
        self._clock = clock
        self._register = register

    async def of_case(self, reference: str, *, actor: Actor) -> Sequence[TaskView]:
        """Return a case's tasks; an open case that has none yet gets them now, which its history remembers.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions.begin() as session:
            case = await locked_case(session, reference)
            rows = await storage.tasks_of(session, case.id)
            if not rows and case.status.is_open:
                rows = await self._make(session, case, actor)
            instructions = self._instructions(case)
            return [self._view(row, case, instructions.get(row.key, "")) for row in rows]

    async def set_state(
        self, reference: str, key: str, *, to: TaskState, seen: TaskState | int, note: str | None, actor: Actor
    ) -> TaskView:
        """Say how far a task has come.

        Args:
            reference: the case's.
            key: the task's.
            to: its new state.
            seen: the state that the officer saw, or the version that a program did; another one that stands by now is
                not overwritten.
            note: what there is to say about it; an empty one takes the earlier one away, None leaves it.
            actor: who says so.

        Raises:
            CaseNotFoundError: no case has that reference.
            TaskNotFoundError: the case has no such task.
            TaskNoteMissingError: what does not apply needs a reason.
            StaleTaskError: somebody changed it in between.
        """
        async with self._sessions.begin() as session:
            case = await locked_case(session, reference)
            row = await storage.task_of(session, case.id, key)
            if row is None:
                raise TaskNotFoundError(key)
            if seen not in (row.state, row.version):
                raise StaleTaskError(key, current=row.version)
            await self.settle(session, case, row, to=to, note=note, actor=actor)
            return self._view(row, case, self._instructions(case).get(row.key, ""))

    async def settle(
        self,
        session: AsyncSession,
        case: CaseRow,
        row: CaseTaskRow,
        *,
        to: TaskState,
        note: str | None,
        actor: Actor,
    ) -> None:
        """Change a task with its event, in the caller's transaction, which holds the case's row lock.

        Raises:
            TaskNoteMissingError: what does not apply needs a reason.
        """
        if note is not None:
            place = note_place(case.reference, row.key)
            row.note_sealed = self._sealer.seal(note.strip() or None, column=NOTE, reference=place)
        if note_is_needed(to) and row.note_sealed is None:
            raise TaskNoteMissingError(row.key)
        row.state, row.changed_at, row.actor_id, row.version = to, self._clock(), actor.id, row.version + 1
        await self._record(session, case, EventKind.TASK_CHANGED, actor, {"task": row.key, "state": to.value})

    async def _make(self, session: AsyncSession, case: CaseRow, actor: Actor) -> Sequence[CaseTaskRow]:
        tasks = checklist(case.request_type, self._register)
        if not tasks:
            return []
        made = await storage.insert_tasks(session, case.id, tasks)
        await self._record(session, case, EventKind.CHECKLIST_MADE, actor, {"tasks": made})
        return await storage.tasks_of(session, case.id)

    def _instructions(self, case: CaseRow) -> Mapping[str, str]:
        """Return how each task is done by what the register says now, by the task's key."""
        return {task.key: task.instruction for task in checklist(case.request_type, self._register)}

    async def _record(
        self, session: AsyncSession, case: CaseRow, kind: EventKind, actor: Actor, facts: dict[str, object]
    ) -> None:
        await record(
            session, case, kind, actor=actor, occurred_at=self._clock(), status_before=case.status, facts=facts
        )

    def _view(self, row: CaseTaskRow, case: CaseRow, instruction: str) -> TaskView:
        place = note_place(case.reference, row.key)
        return TaskView(
            key=row.key,
            action=row.action,
            system_id=row.system_id,
            title=row.title,
            instruction=instruction,
            why=row.why,
            is_mandatory=row.is_mandatory,
            state=row.state,
            version=row.version,
            note=self._sealer.unseal(row.note_sealed, column=NOTE, reference=place),
            changed_at=row.changed_at,
            actor_id=row.actor_id,
        )


async def require_finished(
    session: AsyncSession, case: CaseRow, resolution: Resolution | None, register: SystemRegister
) -> None:
    """Refuse an end that claims that everything was done while something mandatory is open.

    Raises:
        UnfinishedChecklistError: names what is open.
    """
    if not needs_finished_checklist(resolution):
        return
    rows = await storage.tasks_of(session, case.id)
    if rows:
        unfinished = [row.title for row in rows if row.is_mandatory and not row.state.is_settled]
    else:  # nobody has opened the case yet: everything that its list will hold is undone
        unfinished = [task.title for task in _mandatory(case, register)]
    if unfinished:
        raise UnfinishedChecklistError(unfinished)


def note_place(reference: str, key: str) -> str:
    """Return what a task's note is bound to: its case and the task."""
    return f"{reference}:{key}"


async def locked_case(session: AsyncSession, reference: str) -> CaseRow:
    """Return a case, locked until the transaction ends.

    Raises:
        CaseNotFoundError: no case has that reference.
    """
    case = await case_by_reference(session, reference, for_update=True) if is_case_reference(reference) else None
    if case is None:
        raise CaseNotFoundError(reference)
    return case


def _mandatory(case: CaseRow, register: SystemRegister) -> Sequence[Task]:
    return [task for task in checklist(case.request_type, register) if task.is_mandatory]
