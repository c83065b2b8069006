"""The worker: deliveries of the outbox, reminders, and the housekeeping of the queue itself (schema ``jobs``)."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from cases.checklists import Checklists
from cases.config import CasesConfig
from cases.connectors.jobs import add_connector_jobs
from cases.connectors.orders import Orders
from cases.connectors.reconciliation import Reconciliation
from cases.connectors.registry import connectors_of
from cases.deliveries import Deliveries, DeliveryFailedError
from cases.drafts import JOBS
from cases.files.service import CaseFiles
from cases.number_tasks import NumberTasks
from cases.packages.ending import PackageExpiry
from cases.register_log import note_retention
from cases.reminders import Reminders
from cases.storage.outbox import register_endpoints
from cases.webhooks import WebhookSender
from foundation.clock import Clock, system_clock
from foundation.database import Sessions, create_engine, libpq_url, session_factory
from foundation.retention import Retention

log = logging.getLogger(__name__)

DELIVER: Final = "cases.deliver"
"""Also written in the migration: the trigger on deliveries makes these jobs."""

CONCURRENCY: Final = 10
KEEP_JOBS_HOURS: Final = 72
STALLED_AFTER_S: Final = 30
RETENTION_CRON: Final = "17 3 * * *"
"""In UTC. What a missed night leaves is taken by the next."""


class Workload:
    """What the jobs do, on a database engine that :meth:`open` holds."""

    def __init__(self, config: CasesConfig, *, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._engine = create_engine(config.database_url, application_name="insyn worker")
        self.sessions = session_factory(self._engine)
        self.sender = WebhookSender(public_only=config.production and not config.private_webhooks_allowed)
        self.deliveries = Deliveries(self.sessions, config.webhooks, sender=self.sender, clock=clock)
        self.files = CaseFiles(self.sessions, key_ring=config.key_ring, clock=clock)
        self.packages = PackageExpiry(self.sessions, key_ring=config.key_ring, clock=clock)
        connectors = connectors_of(config.connectors)
        self.orders = Orders(
            self.sessions,
            connectors,
            key_ring=config.key_ring,
            clock=clock,
            files=self.files,
            checklists=Checklists(self.sessions, key_ring=config.key_ring, clock=clock, register=config.systems),
        )
        self.reconciliation = Reconciliation(self.sessions, connectors, key_ring=config.key_ring, clock=clock)
        self.number_tasks = NumberTasks(self.sessions, key_ring=config.key_ring, clock=clock, register=config.systems)
        self.reminders = Reminders(
            self.sessions, clock=clock, due_soon_days=config.due_soon_days, long_pause_days=config.long_pause_days
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Make the configured receivers known, and end the connections afterwards."""
        async with self.sessions.begin() as session:
            names = [endpoint.name for endpoint in self._config.webhooks]
            await register_endpoints(session, names, now=self._clock())
        try:
            yield
        finally:
            await self._engine.dispose()


class UntilDead(BaseRetryStrategy):
    """Retry a delivery when it says so."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to attempt again; a failure of our own is attempted again soon, for ever."""
        if isinstance(exception, DeliveryFailedError):
            return RetryDecision(retry_in={"seconds": int(exception.retry_in.total_seconds())})
        log.error("job %s failed on our side: %s", job.id, type(exception).__name__)
        return RetryDecision(retry_in={"seconds": 60})


def build_app(
    config: CasesConfig,
    *,
    clock: Clock = system_clock,
    workload: Workload | None = None,
    retention: Retention | None = None,
) -> App:
    """Return the worker's application; run it with :func:`run_worker`.

    Args:
        config: as the API has it.
        clock: the present instant.
        workload: what the jobs do, if the caller opens it.
        retention: erases what has expired, of every schema; only the composition root knows them all.
    """
    work = workload or Workload(config, clock=clock)
    connector = PsycopgConnector(
        conninfo=libpq_url(config.database_url),
        kwargs={"options": "-c search_path=jobs -c timezone=UTC", "application_name": "insyn worker queue"},
        min_size=2,
        max_size=CONCURRENCY,
    )
    app = App(connector=connector)

    @app.task(name=DELIVER, queue="webhooks", retry=UntilDead())
    async def deliver(delivery_id: int) -> None:
        await work.deliveries.attempt(delivery_id)

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="cases.remind", queue="periodic", queueing_lock="cases.remind", lock="cases.remind")
    async def remind(timestamp: int) -> None:
        del timestamp
        await work.reminders.flag()

    @app.periodic(cron="* * * * *")
    @app.task(name="cases.keep_queue", queue="periodic", queueing_lock="cases.keep_queue", pass_context=True)
    async def keep_queue(context: JobContext, timestamp: int) -> None:
        del timestamp
        await retry_stalled(context.app)
        await work.deliveries.adopt_orphans()
        await work.files.sweep()
        await work.packages.expire()
        await context.app.job_manager.delete_old_jobs(
            nb_hours=KEEP_JOBS_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    add_connector_jobs(app, work.orders, work.reconciliation, number_tasks=work.number_tasks)
    if retention is not None:
        _erase_nightly(app, retention, work.sessions, clock)
    return app


def _erase_nightly(app: App, retention: Retention, sessions: Sessions, clock: Clock) -> None:
    @app.periodic(cron=RETENTION_CRON)
    @app.task(name="retention.run", queue="periodic", queueing_lock="retention.run", lock="retention.run")
    async def erase_expired(timestamp: int) -> None:
        del timestamp
        erased = await retention.run()
        async with sessions.begin() as session:
            await note_retention(session, erased, actor=JOBS, now=clock())


async def retry_stalled(app: App, *, stalled_after_s: float = STALLED_AFTER_S) -> int:
    """Give the jobs of workers that died back to the queue, and return how many there were."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after_s))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)


async def run_worker(
    config: CasesConfig,
    *,
    clock: Clock = system_clock,
    retention: Callable[[Sessions], Retention] | None = None,
) -> None:
    """Work until told to stop (SIGINT, SIGTERM, cancellation).

    Args:
        config: as the API has it.
        clock: the present instant.
        retention: makes what erases, every night, what has expired.
    """
    workload = Workload(config, clock=clock)
    nightly = None if retention is None else retention(workload.sessions)
    app = build_app(config, workload=workload, retention=nightly)
    async with workload.open(), app.open_async():
        await workload.reminders.flag()  # what a night without a worker left behind need not wait for the next beat
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            shutdown_graceful_timeout=15,
            # New jobs are notified; a job that waited for another of its case is only found by looking.
            fetch_job_polling_interval=0.5,
        )
