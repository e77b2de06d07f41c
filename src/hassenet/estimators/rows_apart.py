"""Examples that are set aside, without a second array of the features of all the others where that can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.examples import Examples

Array = NDArray[Any]
Both = tuple[Examples, Examples]
_AT_ONCE = 1 << 20  # numbers


@contextmanager
def copied_apart(examples: Examples, aside: NDArray[np.bool_]) -> Iterator[Both]:
    """Yield the examples that are not set aside, and those that are."""
    yield examples.by_number(np.flatnonzero(~aside)), examples.take(np.flatnonzero(aside))


@contextmanager
def moved_apart(examples: Examples, aside: NDArray[np.bool_]) -> Iterator[Both]:
    """Yield the same of examples whose features are an array of the caller's own: in it rows are moved together.

    In the end all rows are where they were.
    """
    targets = replace(examples, X=np.empty((len(aside), 0)))
    with rows_apart(examples.X, aside) as features, copied_apart(targets, aside) as both:
        yield replace(both[0], X=features[0]), replace(both[1], X=features[1])


@contextmanager
def rows_apart(X: Array, aside: NDArray[np.bool_]) -> Iterator[tuple[Array, Array]]:
    """Yield the rows of an array that are not set aside, moved together in it, and a copy of those that are.

    >>> X = np.arange(8.0).reshape(4, 2)
    >>> with rows_apart(X, np.array([False, True, False, False])) as (others, held):
    ...     others.tolist(), held.tolist(), np.shares_memory(others, X)
    ([[0.0, 1.0], [4.0, 5.0], [6.0, 7.0]], [[2.0, 3.0]], True)
    >>> X.tolist()
    [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]]
    """
    held, rows = X[aside], np.flatnonzero(~aside)
    parts = _parts(len(rows), X.shape[1])
    for part in parts:  # no row moves behind its place: what is written over has been read
        X[part] = X[rows[part]]
    try:
        yield X[: len(rows)], held
    finally:
        for part in reversed(parts):
            X[rows[part]] = X[part].copy()
        X[aside] = held


def _parts(m: int, n: int) -> list[slice]:
    at_once = max(1, _AT_ONCE // max(1, n))
    return [slice(start, min(start + at_once, m)) for start in range(0, m, at_once)]
