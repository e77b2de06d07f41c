"""The target of an estimator, of which none may be missing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import issparse

from hassenet.data.checks import unmasked
from hassenet.errors import DataError, counted

OF_A_STREAM = "stream[pandas.notna(stream.Y)]"
IN_MEMORY = "X[y.notna()], y[y.notna()]"


def known_target(y: Any, others: str = IN_MEMORY) -> Any:
    """Return the target as it is; of one target each example has its own.

    ``others`` says how the rows that have one are written.

    Raises
    ------
    DataError
        If labels or numbers are missing (None, NaN, pandas.NA), or values are masked.

    Examples
    --------
    >>> known_target(["ill", None, "well"])
    Traceback (most recent call last):
    hassenet.errors.DataError: each example has its target; y has none in 1 row of 3, first in row 1; leave them out:
    X[y.notna()], y[y.notna()]
    """
    missing = missing_in(y)
    if missing:
        numbers = "Input y contains NaN: " if np.asarray(y).dtype.kind == "f" else ""
        raise DataError(f"{numbers}{without_target(len(missing), len(y), f'row {missing[0]:,}', others)}")
    return y


def without_target(n: int, m: int, first: str, others: str = IN_MEMORY) -> str:
    """Return the refusal of n of m rows, the first of which is here, that have no target."""
    return (
        f"each example has its target; y has none in {counted(n, 'row')} of {m:,}, first in {first}; leave them out: "
        f"{others}"
    )


def missing_in(y: Any) -> list[int]:
    """Return which rows have no target, of one target."""
    return _missing(unmasked("y", y))


def _missing(y: Any) -> list[int]:
    """Return the rows without a target; of several targets scikit-learn tells them."""
    try:
        values = np.zeros(0) if issparse(y) else np.asarray(y)
    except ValueError:  # rows of several lengths
        return []
    if values.ndim == 0 or values.size != len(values):
        return []
    if values.dtype.kind == "f":
        return np.flatnonzero(np.isnan(values.ravel())).tolist()
    if values.dtype != object:
        return []
    return [row for row, value in enumerate(values.flat) if _is_missing(value)]


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType" or (isinstance(value, float) and np.isnan(value))
