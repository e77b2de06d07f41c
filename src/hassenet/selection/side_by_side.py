"""Trainings side by side, in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from hassenet._checks import is_whole_number
from hassenet.engines.threads import limited
from hassenet.errors import ParameterError
from hassenet.training.interrupt import Interrupt

R = TypeVar("R")


def side_by_side(
    jobs: Sequence[Callable[[Callable[[], bool]], list[R]]], n_jobs: int, interrupt: Interrupt, bar: Any
) -> list[R]:
    """Return the results of all jobs in their order, each with one thread of the engine; none of those not begun.

    A job is called with a function that says whether to stop. The compiled engine computes without the GIL, so that
    threads are as fast as processes, with one copy of the data. The threads of a BLAS would only wait for one another.
    """
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(n_jobs) as pool:
        running = [pool.submit(_alone, job, interrupt) for job in jobs]
        results: list[R] = []
        for job in running:
            results += job.result()
            bar.update()
    return results


def _alone(job: Callable[[Callable[[], bool]], list[R]], interrupt: Interrupt) -> list[R]:
    with limited(1):
        return [] if interrupt.requested else job(lambda: interrupt.requested)


def number_of_jobs(n_jobs: int | None) -> int:
    """Return how many trainings go on at a time: None and −1 are one for each processor that the process may use.

    >>> number_of_jobs(2)
    2
    """
    if n_jobs is None or (is_whole_number(n_jobs) and n_jobs == -1):
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not is_whole_number(n_jobs) or n_jobs < 1:
        raise ParameterError(
            f"n_jobs is a number of trainings at a time, or None or −1 for one a processor; got {n_jobs!r}"
        )
    return int(n_jobs)
