"""Spreads the work of training over the processor's cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

Given = TypeVar("Given")
Job = TypeVar("Job")
Result = TypeVar("Result")

_kept: tuple[Callable[[Any, Any], Any], Any] | None = None
"""In a process of the pool: what it does, and with what. Inherited by the fork, so that nothing large is sent."""


def spread(work: Callable[[Given, Job], Result], given: Given, jobs: Sequence[Job]) -> list[Result]:
    """Return ``work`` of each job, in order; in processes of their own where there are several jobs and cores.

    Args:
        work: what is done with ``given`` and a job.
        given: what is the same for all jobs, and may be large.
        jobs: small; they and the results are sent from process to process.
    """
    cores = min(len(os.sched_getaffinity(0)), len(jobs))
    if cores < 2:
        return [work(given, job) for job in jobs]
    with ProcessPoolExecutor(cores, mp_context=get_context("fork"), initializer=_keep, initargs=(work, given)) as pool:
        return list(pool.map(_do, jobs))


def _keep(work: Callable[[Any, Any], Any], given: Any) -> None:
    global _kept  # a process of the pool lives for this one work
    _kept = work, given


def _do(job: Any) -> Any:
    assert _kept is not None  # noqa: S101
    work, given = _kept
    return work(given, job)
