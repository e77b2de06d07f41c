"""Rows without a target, of which each has one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
from scipy.sparse import issparse

from hassenet.data.checks import unmasked
from hassenet.data.table import is_table
from hassenet.errors import DataError, counted

IN_MEMORY = "X[y.notna()], y[y.notna()]"
_OF_PANDAS = ("NAType", "NaTType")


def without_target(n: int, m: int, first: str, others: str = IN_MEMORY) -> str:
    """Return the refusal of n of m rows, the first of which is here, that have no target."""
    return (
        f"each example has its target; y has none in {counted(n, 'row')} of {m:,}, first in {first}; leave them out: "
        f"{others}"
    )


def check_has_rows(y: Any) -> None:
    """Refuse a set, an iterator or a dict as targets: NumPy takes each for a single value.

    Raises
    ------
    DataError

    Examples
    --------
    >>> check_has_rows({"ill", "well"})
    Traceback (most recent call last):
    hassenet.errors.DataError: y has a target for each example, in their order; got a set; give a list or an array
    """
    is_in_order = isinstance(y, Sequence) or hasattr(y, "__array__") or issparse(y) or is_table(y)
    if isinstance(y, Collection | Iterator) and not is_in_order:
        raise DataError(
            f"y has a target for each example, in their order; got a {type(y).__name__}; give a list or an array"
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
    if values.dtype.kind == "U" and isinstance(y, list | tuple) and values.ndim == 1:
        return [row for row, value in enumerate(y) if is_missing(value)]  # NaN beside text is text to NumPy
    if values.dtype != object:
        return []
    return [row for row, value in enumerate(values.flat) if is_missing(value)]


def is_missing(value: Any) -> bool:
    """Return whether a value stands for one that is not there: None, NaN, and pandas' NA and NaT."""
    is_nan = isinstance(value, float | np.floating) and bool(np.isnan(value))
    is_nat = isinstance(value, np.datetime64 | np.timedelta64) and bool(np.isnat(value))
    return value is None or type(value).__name__ in _OF_PANDAS or is_nan or is_nat
