"""Spreads the work of training over the processor's cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def spread(work: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    """Return ``work`` of each job, in order; in processes of their own where there are several jobs and cores."""
    cores = min(len(os.sched_getaffinity(0)), len(jobs))
    if cores < 2:
        return [work(job) for job in jobs]
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as pool:
        return list(pool.map(work, jobs))
