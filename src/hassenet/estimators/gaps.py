"""Several targets with gaps, beside checks and scores of scikit-learn's, which know none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.metrics import r2_score
from sklearn.utils import check_consistent_length

from hassenet.data.checks import check_as_many
from hassenet.data.table import columns_of, is_table
from hassenet.estimators.cells import check_are_numbers

Array = NDArray[Any]
_FEWEST = 2


def checked_with_gaps(check: Callable[[Any, Any], tuple[Any, Any]], X: Any, y: Any) -> tuple[Any, Any]:
    """Return X and y after a check that takes numbers alone; NaN among several targets are gaps, and stay.

    Examples
    --------
    >>> checked_with_gaps(lambda X, y: (X, y + 1), None, [[1.0, np.nan], [3.0, 4.0]])[1]
    array([[ 2., nan],
           [ 4.,  5.]])
    """
    Y = targets_with_gaps(y)
    if Y is None:
        return check(X, y)
    gaps = np.isnan(Y)
    X, checked = check(X, np.where(gaps, 0.0, Y))
    return X, np.where(gaps, np.nan, checked)


def checked_numbers(check: Callable[..., tuple[Any, Any]], X: Any, y: Any) -> tuple[Any, Any]:
    """Return the same of targets that are numbers, and nothing that others would make numbers of.

    Raises
    ------
    DataError
        As :func:`hassenet.estimators.cells.check_are_numbers`.
    """
    check_are_numbers(y)
    return checked_with_gaps(partial(check, y_numeric=True), X, y)


def targets_with_gaps(y: Any) -> Array | None:
    """Return several targets as floats where a part of them is missing; None where they are anything else.

    >>> targets_with_gaps([[1.0, np.nan]]), targets_with_gaps([1.0, np.nan])
    (array([[ 1., nan]]), None)
    """
    if issparse(y) or np.ma.isMaskedArray(y):
        return None
    try:
        Y = columns_of(y).block(columns_of(y).names) if is_table(y) else np.asarray(y)
    except ValueError:  # rows of several lengths
        return None
    several = Y.ndim == _FEWEST and Y.shape[1] > 1 and Y.dtype.kind == "f"
    return Y if several and np.isnan(Y).any() else None


def r2(Y: Array, prediction: Array, weight: Array | None = None) -> float:
    """Return R², weighted; of several targets the mean, each over the rows that have it and a weight above 0.

    Raises
    ------
    ValueError
        If there is not a prediction for each number.

    Examples
    --------
    >>> Y = np.array([[1.0, 5.0], [2.0, np.nan], [3.0, 7.0]])
    >>> r2(Y, np.array([[1.0, 6.0], [2.0, 0.0], [3.0, 6.0]]))
    0.5
    """
    check_consistent_length(Y, prediction, weight)
    check_as_many(Y, prediction)
    if weight is not None and not weight.all():  # a row of weight 0 is absent
        Y, prediction, weight = (values[weight > 0] for values in (Y, prediction, weight))
    if Y.size == len(Y) or not np.isnan(Y).any():
        return float(r2_score(Y, prediction, sample_weight=weight))
    return float(np.mean(list(_of_each(Y, prediction, weight))))


def _of_each(Y: Array, prediction: Array, weight: Array | None) -> Any:
    """Yield the R² of each target that two rows or more have."""
    for seen, y, guess in zip(~np.isnan(Y.T), Y.T, prediction.T, strict=True):
        if seen.sum() >= _FEWEST:
            w = None if weight is None else weight[seen]
            yield r2_score(y[seen], guess[seen], sample_weight=w)
