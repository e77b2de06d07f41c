"""Trainings side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from hassenet._data import as_features, by_names
from hassenet._random import check_seed
from hassenet.engines.threads import limited
from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy import Hierarchy

R = TypeVar("R")
Array = NDArray[Any]


def side_by_side(
    function: Callable[..., R], tasks: Sequence[tuple[Any, ...]], n_jobs: int | None, *, progress: bool
) -> list[R]:
    """Return function(*task) of each task, in their order, by joblib: n_jobs, or the backend of its parallel_config.

    Each training computes with one thread, so that processes do not fight for the cores.
    """
    if n_jobs is not None and (
        isinstance(n_jobs, bool) or not isinstance(n_jobs, int | np.integer) or not n_jobs
    ):
        raise ParameterError(
            f"n_jobs is a number of processes, −1 for one a processor, or None for one or what a surrounding "
            f"joblib.parallel_config says; got {n_jobs!r}"
        )
    running = _parallel(n_jobs)(delayed(_with_one_thread)(function, task) for task in tasks)
    return list(tqdm(running, total=len(tasks), unit=" trainings", disable=not progress))


def _parallel(n_jobs: int | None) -> Any:
    """Return a Parallel that hands over each result as it comes; all at the end where its backend can do no other."""
    try:
        return Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:
        return Parallel(n_jobs=n_jobs)


def _with_one_thread(function: Callable[..., R], task: tuple[Any, ...]) -> R:
    with limited(1):
        return function(*task)


def seeds(seed: int, n: int) -> list[int]:
    """Return n seeds that have nothing to do with each other."""
    check_seed(seed)
    return [int(s) for s in np.random.SeedSequence(seed).generate_state(n)]


def examples(H: Hierarchy, X: Any, Y: Any) -> tuple[Any, Array]:
    """Return X and Y as arrays whose rows can be taken, X checked, Y with as many rows.

    The columns of a table Y are matched by name with all outputs, or with as many of the last head, as in a fit.
    """
    outputs = H.ranks[-1]
    features = as_features(X, H.ranks[0], np.dtype(float))
    targets = by_names(Y, outputs, outputs[-len(Y.columns) :] if hasattr(Y, "columns") else ())
    if not features.shape[0] or targets.shape[:1] != features.shape[:1]:
        raise DataError(
            f"each example has its target; X has {features.shape[0]} rows, Y the shape {targets.shape}; give as many"
        )
    return features, targets


def check_number(name: str, value: Any, least: int) -> None:
    """Raise ParameterError unless the value is a whole number from ``least`` on."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ParameterError(f"{name} is a whole number ≥ {least}; got {value!r}")
