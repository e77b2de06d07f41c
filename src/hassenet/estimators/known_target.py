"""The target of an estimator, of which none may be missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet.data.missing_targets import IN_MEMORY, check_has_rows, missing_in, without_target
from hassenet.errors import DataError
from hassenet.estimators.cells import as_labels

OF_A_STREAM = "stream[pandas.notna(stream.Y)]"


def known_target(y: Any, others: str = IN_MEMORY, *, y_numeric: bool = False) -> Any:
    """Return the target, whole numbers and truth values of pandas in NumPy's types; of one target each example has one.

    ``others`` says how the rows that have one are written, ``y_numeric`` that they are amounts, and not labels.

    Raises
    ------
    DataError
        If labels or numbers are missing (None, NaN, pandas.NA), values are masked, or labels are of no kind or several
        (:func:`hassenet.estimators.cells.as_labels`).

    Examples
    --------
    >>> known_target(["ill", None, "well"])
    Traceback (most recent call last):
    hassenet.errors.DataError: each example has its target; y has none in 1 row of 3, first in row 1; leave them out:
    X[y.notna()], y[y.notna()]
    """
    check_has_rows(y)
    missing = missing_in(y)
    if missing:
        numbers = "Input y contains NaN: " if np.asarray(y).dtype.kind == "f" else ""
        raise DataError(f"{numbers}{without_target(len(missing), len(y), f'row {missing[0]:,}', others)}")
    return _of_numpy(y) if y_numeric else as_labels(_of_numpy(y))


def _of_numpy(y: Any) -> Any:
    """Return whole numbers and truth values of pandas' types with gaps in NumPy's, not as floats."""
    kind = getattr(getattr(y, "dtype", None), "numpy_dtype", None)
    return y.to_numpy(dtype=kind) if kind is not None and kind.kind in "biu" else y
