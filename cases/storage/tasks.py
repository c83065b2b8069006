"""Statements on the tasks of cases."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.storage.task_rows import CaseTaskRow
from privacy.checklist import Task, TaskState


async def insert_tasks(session: AsyncSession, case_id: int, tasks: Sequence[Task]) -> int:
    """Store a case's tasks, and return how many were new."""
    values = [
        {
            "case_id": case_id,
            "key": task.key,
            "position": position,
            "action": task.action,
            "system_id": task.system_id,
            "title": task.title,
            "why": task.why,
            "is_mandatory": task.is_mandatory,
            "state": TaskState.OPEN,
        }
        for position, task in enumerate(tasks)
    ]
    statement = insert(CaseTaskRow).values(values).on_conflict_do_nothing(index_elements=["case_id", "key"])
    return len((await session.scalars(statement.returning(CaseTaskRow.key))).all())


async def tasks_of(session: AsyncSession, case_id: int) -> Sequence[CaseTaskRow]:
    """Return a case's tasks, in order."""
    statement = select(CaseTaskRow).where(CaseTaskRow.case_id == case_id).order_by(CaseTaskRow.position)
    return (await session.scalars(statement)).all()


async def task_of(session: AsyncSession, case_id: int, key: str) -> CaseTaskRow | None:
    """Return one task of a case."""
    return await session.get(CaseTaskRow, (case_id, key), populate_existing=True)
