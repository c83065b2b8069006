"""Every table of the database and what it holds about people, in the order in which retention goes through them."""

from collections.abc import Sequence
from typing import Final

from bot import holdings as chat
from cases import holdings as cases
from foundation.holdings import Holding

SCHEMAS: Final = ("chat", "cases", "rasa", "jobs")

_JOBS: Final = "numbers of deliveries and times; the queue deletes what is done after three days (cases.jobs)"

QUEUE: Final[Sequence[Holding]] = tuple(
    Holding(f"jobs.procrastinate_{name}", ("id",), kept_because=_JOBS)
    for name in ("jobs", "events", "periodic_defers", "workers")
)

HOLDINGS: Final[Sequence[Holding]] = (*cases.HOLDINGS, *chat.HOLDINGS, *QUEUE)
