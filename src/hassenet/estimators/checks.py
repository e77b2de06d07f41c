"""Checks of data that scikit-learn makes too, by its public functions and with its messages."""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.validation import check_non_negative

from hassenet.data.checks import NUMBERS, check_no_times, unmasked
from hassenet.data.libraries import as_frame
from hassenet.data.missing_targets import check_has_rows, missing_in
from hassenet.data.offsets import as_offsets
from hassenet.data.table import is_table
from hassenet.errors import DataError, FeatureError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy


def sample_weights(weight: Any, m: int) -> NDArray[np.float64]:
    """Return a weight for each of m examples, one number standing for all of them.

    Raises
    ------
    ValueError
        If there are not m finite numbers of 0 or more, all are 0, or some are masked.

    Examples
    --------
    >>> sample_weights([1, 2], 2), sample_weights(3, 2)
    (array([1., 2.]), array([3., 3.]))
    """
    w = weights_of_a_part(weight, m)
    if not w.any():
        raise DataError("Sample weights must contain at least one non-zero number.")
    return w


def number_of_targets(y: Any) -> int:
    """Return for how many examples there are targets.

    Raises
    ------
    DataError
        If they are in no order, as those of a set or an iterator, or one value.

    Examples
    --------
    >>> number_of_targets(["ill", "well"])
    2
    >>> number_of_targets(3)
    Traceback (most recent call last):
    hassenet.errors.DataError: y has a target for each example, in their order; got 3; give a list or an array
    """
    check_has_rows(y)
    shape = getattr(y, "shape", None)
    if shape == () or not (shape or hasattr(y, "__len__")) or isinstance(y, str):
        raise DataError(
            f"y has a target for each example, in their order; got {y!r}; give a list or an array"
        )
    return int(shape[0] if shape else len(y))


def weights_of_a_part(weight: Any, m: int) -> NDArray[np.float64]:
    """Return a weight for each of m examples that are a part of all: theirs may all be 0, or none be there.

    Raises
    ------
    ValueError
        If there are not m finite numbers of 0 or more, or some are masked.

    Examples
    --------
    >>> weights_of_a_part([0.0, 0.0], 2), weights_of_a_part(3.0, 0)
    (array([0., 0.]), array([], dtype=float64))
    """
    w = _vector(np.full(m, weight) if isinstance(weight, Number) else weight, m)
    if w.shape != (m,):
        raise ShapeError(f"sample_weight.shape == {w.shape}, expected {(m,)}!")
    if m:
        check_non_negative(w, "`sample_weight`")
    return w


def _vector(weight: Any, m: int) -> NDArray[np.float64]:
    weight = weight if hasattr(weight, "shape") else np.asarray(weight)
    axes = len(weight.shape)
    if axes != 1:
        raise ShapeError(
            f"Sample weights must be 1D array or scalar, got {axes}D array. Expected either a scalar value "
            f"or a 1D array of length {m}."
        )
    check_no_times("sample_weight", weight)
    try:
        w: NDArray[np.float64] = check_array(
            unmasked("sample_weight", weight),
            ensure_2d=False,
            dtype=np.float64,
            order="C",
            input_name="sample_weight",
            ensure_min_samples=min(m, 1),
        )
    except (TypeError, ValueError) as error:
        if np.asarray(weight).dtype.kind in NUMBERS or missing_in(weight):
            raise  # gaps and infinity, in scikit-learn's words
        raise DataError(f"a weight is a number; sample_weight holds others: {error}; give numbers") from error
    return w


def present(X: Any, y: Any, weight: Any) -> tuple[Any, Any, NDArray[np.float64] | None]:
    """Return features, targets and weights, checked, of the rows that count: weight 0 is absence.

    Raises
    ------
    ValueError
        As :func:`sample_weights`.

    Examples
    --------
    >>> present(np.eye(2), np.array(["ill", "well"]), [0, 2])
    (array([[0., 1.]]), array(['well'], dtype='<U4'), array([2.]))
    """
    if weight is None:
        return X, y, None
    w = sample_weights(weight, X.shape[0])
    if w.all():
        return X, y, w
    rows = np.flatnonzero(w)
    return X[rows], y[rows], w[rows]


def present_offsets(offset: Any, m: int, weight: Any, k: int) -> NDArray[np.float64] | None:
    """Return the offsets of the rows that count, checked, of m rows and k outputs.

    Examples
    --------
    >>> present_offsets([0.5, 1.0], 2, [0, 2], k=1)
    array([[1.]])
    """
    o = as_offsets(offset, m, k, np.dtype(np.float64))
    return o if o is None or weight is None else o[np.flatnonzero(sample_weights(weight, m))]


def check_enough(aside: int, least: int) -> None:
    """Refuse so few examples to validate with.

    Raises
    ------
    ParameterError
        If there are fewer than the least number.
    """
    if aside < least:
        raise ParameterError(
            "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
        )


def check_features(estimator: Any, features: Any) -> None:
    """Refuse names of features that are not those seen in ``fit``, or not as many; None stands for those.

    Raises
    ------
    FeatureError
        If they differ.
    """
    if features is None:
        return
    names = np.asarray(features, dtype=object)
    seen = getattr(estimator, "feature_names_in_", None)
    if seen is not None and not np.array_equal(seen, names):
        raise FeatureError("input_features is not equal to feature_names_in_")
    if len(names) != estimator.n_features_in_:
        raise FeatureError(
            "input_features should have length equal to number of "
            f"features ({estimator.n_features_in_}), got {len(names)}"
        )


def one_column(y: NDArray[Any]) -> NDArray[Any]:
    """Return targets that are one column as a vector, with scikit-learn's warning; others as they are.

    Examples
    --------
    >>> one_column(np.zeros((3, 2))).shape
    (3, 2)
    """
    return column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y


def readable(X: Any, hierarchy: Any) -> Any:
    """Return X as it is, but a table as one that scikit-learn knows, with columns that are named by text.

    Raises
    ------
    DataError
        If values of an array are masked: scikit-learn would take what lies under the mask.
    """
    elements = hierarchy.ranks[0] if isinstance(hierarchy, Hierarchy) else ()
    return as_frame(X, elements) if is_table(X) else unmasked("X", X)
