"""The jobs of the connectors: carrying out orders, and the nightly comparison."""

import logging
from typing import Final

from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from cases.connectors.orders import OrderFailedError, Orders
from cases.connectors.reconciliation import Reconciliation
from cases.number_tasks import NumberTasks

log = logging.getLogger(__name__)

RUN: Final = "cases.run_connector"
"""Also written in the migration: the trigger on orders makes these jobs."""


class UntilDone(BaseRetryStrategy):
    """Retry an order when it says so."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to attempt again; a failure of our own is attempted again soon, for ever."""
        if isinstance(exception, OrderFailedError):
            return RetryDecision(retry_in={"seconds": int(exception.retry_in.total_seconds())})
        log.error("job %s failed on our side: %s", job.id, type(exception).__name__)
        return RetryDecision(retry_in={"seconds": 60})


def add_connector_jobs(app: App, orders: Orders, reconciliation: Reconciliation, *, number_tasks: NumberTasks) -> None:
    """Make the worker carry out orders, and compare the suppression list with the marketing systems and the tasks."""

    @app.task(name=RUN, queue="connectors", retry=UntilDone())
    async def run_connector(order_id: int) -> None:
        await orders.attempt(order_id)

    @app.periodic(cron="17 * * * *")
    @app.task(name="cases.reconcile", queue="periodic", queueing_lock="cases.reconcile", lock="cases.reconcile")
    async def reconcile(timestamp: int) -> None:
        del timestamp
        await orders.adopt_orphans()
        await number_tasks.make_missing()
        await reconciliation.run_due()
