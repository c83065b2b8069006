"""Work whose job is lost: a row that waits, and nothing in the queue that would do it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class JobKind:
    """Rows of a table, each of which has a job while it is ``pending``."""

    table: str
    task: str
    """The job's name in the queue."""

    argument: str
    """Of the job: the row's id."""

    defer: str
    """The database function that makes the job, as the trigger does when a row is inserted."""


DELIVERY: Final = JobKind("cases.webhook_delivery", "cases.deliver", "delivery_id", "cases.defer_delivery_job")
ORDER: Final = JobKind("cases.connector_order", "cases.run_connector", "order_id", "cases.defer_order_job")


async def adopt_orphans(session: AsyncSession, kind: JobKind, *, limit: int) -> int:
    """Make the jobs that are missing, of at most ``limit`` rows, and return how many there were."""
    # One adopter at a time: two would each find the same orphans.
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:kind))"), {"kind": f"adopt:{kind.task}"})
    orphans = (await session.scalars(_without_job(kind), {"task": kind.task, "limit": limit})).all()
    for row_id in orphans:
        await defer(session, kind, row_id)
    return len(orphans)


async def defer(session: AsyncSession, kind: JobKind, row_id: int) -> None:
    """Make the job of a row."""
    await session.execute(text(f"SELECT {kind.defer}(:id)"), {"id": row_id})


def _without_job(kind: JobKind) -> TextClause:
    return text(f"""
        SELECT r.id FROM {kind.table} r
         WHERE r.state = 'pending'
           AND NOT EXISTS (
                SELECT 1 FROM jobs.procrastinate_jobs j
                 WHERE j.task_name = :task AND j.status IN ('todo', 'doing')
                   AND (j.args ->> '{kind.argument}')::bigint = r.id)
         ORDER BY r.id LIMIT :limit
    """)  # noqa: S608 - the names are the constants above
