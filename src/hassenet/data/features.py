"""Data as a network takes them: checked features, targets and sample weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.errors import DataError, FeatureError, NotFiniteError, ShapeError, listing
from hassenet.likelihoods import Loss
from hassenet.likelihoods.heads import of_a_head, outputs_of_a_head

Array = NDArray[Any]

_NUMBERS = "biuf"  # kinds of dtype: bool, int, unsigned, float


def as_features(X: Any, names: Sequence[Hashable], dtype: np.dtype[Any], what: str = "X") -> Any:
    """Return X as a real (m, n₀) array or csr_array, in the type it has; a table's columns are matched by name.

    Raises
    ------
    FeatureError
        If a table lacks a feature, has one twice, or has one that the hierarchy leaves out.
    ShapeError, NotFiniteError, DataError
        If the columns are not n₀ many, hold NaN or infinity, or are not numbers.
    """
    if hasattr(X, "columns"):
        X = _values(what, X, match_columns(list(X.columns), names))
    X = X.tocsr() if issparse(X) else np.asarray(_unmasked(what, X))
    if X.ndim != 2 or X.shape[1] != len(names):
        raise ShapeError(
            f"{what} has a row an example and a column for each of the {len(names):,} elements of rank 0; "
            f"its shape is {X.shape}; select or reshape its columns"
        )
    values = X.data if issparse(X) else X
    _check_numbers(what, values, X)
    _check_range(what, values, dtype)
    return X


def as_example(what: str, x: Any, names: Sequence[Hashable], dtype: np.dtype[Any]) -> Any:
    """Return one example as a real (1, n₀) array; a pandas Series or a table of one row is matched by name.

    Raises
    ------
    FeatureError
        If a Series or table lacks a feature, or has one that the hierarchy leaves out.
    ShapeError, NotFiniteError, DataError
        If it is not n₀ finite numbers.
    """
    if hasattr(x, "to_frame") and hasattr(x, "index"):  # a Series of pandas, whose index has the names
        x = x.to_frame().T.infer_objects()
    if hasattr(x, "columns"):
        return as_features(_one_row(what, x), names, dtype, what)
    row = np.asarray(_unmasked(what, x.toarray() if issparse(x) else x))
    if row.shape not in ((len(names),), (1, len(names))):
        raise ShapeError(
            f"{what} has a number for each of the {len(names):,} features; its shape is {row.shape}; give one example"
        )
    return as_features(row.reshape(1, -1), names, dtype, what)


def _one_row(what: str, table: Any) -> Any:
    if len(table) != 1:
        raise ShapeError(f"{what} is one example; the table has {len(table):,} rows; give one of them")
    return table


def _values(what: str, table: Any, names: Sequence[Hashable]) -> Array:
    """Return the table's columns as one array; a column alone may have a type that the whole has not."""
    values = np.asarray(table[list(names)])
    if values.dtype.kind in _NUMBERS:
        return values
    columns = [np.asarray(table[name]) for name in names]
    odd = [name for name, column in zip(names, columns, strict=True) if column.dtype.kind not in _NUMBERS]
    if odd:
        raise DataError(f"{what} holds real numbers; the columns {listing(odd)} do not; encode or drop them")
    return np.stack(columns, axis=1)


def match_columns(columns: Sequence[Hashable], names: Sequence[Hashable]) -> list[Hashable]:
    """Return the names in the order of rank 0, or say which are missing from either side, or there twice."""
    missing, left_out = (set(a) - set(b) for a, b in ((names, columns), (columns, names)))
    if missing:
        raise FeatureError(
            f"the table lacks {len(missing):,} of the hierarchy's {len(names):,} features: "
            f"{listing(sorted(missing, key=str), 3)}; add them, or restrict() the hierarchy to the table's columns"
        )
    if left_out:
        raise FeatureError(
            f"the hierarchy leaves out {len(left_out):,} of the table's {len(columns):,} columns: "
            f"{listing(sorted(left_out, key=str), 3)}; select the columns list(H.ranks[0])"
        )
    doubled = [name for name, n in Counter(columns).items() if n > 1]
    if doubled:
        raise FeatureError(
            f"a feature is one column; there are several {listing(doubled, 3)}; keep one of each"
        )
    return list(names)


def _unmasked(what: str, values: Any) -> Any:
    if np.ma.is_masked(values):
        raise DataError(f"{what} has masked values, which a network cannot leave out; fill or drop them")
    return values


def _check_numbers(what: str, values: Array, X: Any) -> None:
    if values.dtype.kind not in _NUMBERS:
        raise DataError(f"{what} holds real numbers; its type is {values.dtype}; convert or encode it")
    if values.dtype.kind != "f" or _is_finite(values):
        return
    bad = ~np.isfinite(values)
    where = "" if issparse(X) else f", the first at {tuple(map(int, np.argwhere(bad)[0]))}"
    raise NotFiniteError(
        f"{what} is finite; it holds {bad.sum():,} NaN or infinite values{where}; fill or drop them"
    )


def _check_range(what: str, values: Array, dtype: np.dtype[Any]) -> None:
    """Refuse numbers that are finite, and no longer so in the type of the network."""
    if values.dtype.kind != "f" or values.dtype.itemsize <= dtype.itemsize or not values.size:
        return
    largest = max(abs(float(values.min())), abs(float(values.max())))
    if largest > float(np.finfo(dtype).max):
        raise NotFiniteError(
            f"{what} holds {largest:g}, beyond {dtype}; scale it, or take a network with dtype='float64'"
        )


def _is_finite(values: Array) -> bool:
    """Return whether all values are finite; a finite sum, which needs no second array, settles most cases."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(np.sum(values, dtype=float)) or np.isfinite(values).all())


def as_targets(Y: Any, loss: Loss, m: int, names: Sequence[Hashable]) -> Array:
    """Return Y as a checked (m, k) array; (m,) stands for one output, class numbers for one-hot rows.

    A table whose columns are named as the outputs is matched by name. Where the loss has heads, Y may have the columns
    of one head, in a table named as those of the last; it is not copied for the others.

    Raises
    ------
    ShapeError, NotFiniteError, TargetError, DataError
        If Y does not fit the outputs, is not finite, not a number, or outside the domain of the loss.
    """
    n, k = len(names), outputs_of_a_head(loss, len(names))
    Y = by_names(Y, names, names[n - k :])
    if loss.takes_class_numbers and Y.ndim == 1 and k > 1:
        Y = _one_hot(Y, k)
    Y = Y[:, None] if Y.ndim == 1 else Y
    if Y.shape not in ((m, n), (m, k)):
        either = "" if n == k else f" (or of the {k} of one head)"
        raise ShapeError(
            f"Y has a row for each of the {m:,} examples and a column for each of the {n} outputs{either}; "
            f"its shape is {Y.shape}; reshape it, or give the network as many outputs"
        )
    _check_numbers("Y", Y, Y)
    (loss if Y.shape[1] == n else of_a_head(loss)).check(Y)
    return Y


def by_names(Y: Any, *orders: Sequence[Hashable]) -> Array:
    """Return Y as an array, the columns of a table in the first of the orders that names them all, else as they stand.

    Raises
    ------
    DataError
        If values are masked, or columns that are named hold no numbers.
    """
    for names in orders:
        if hasattr(Y, "columns") and set(Y.columns) == set(names):
            Y = _values("Y", Y, names)
    return Y.toarray() if issparse(Y) else np.asarray(_unmasked("Y", Y))


def _one_hot(classes: Array, k: int) -> Array:
    if classes.dtype.kind not in "biu":
        raise DataError(
            f"class numbers are whole numbers; their type is {classes.dtype}; convert them: y.astype(int)"
        )
    if classes.min(initial=0) < 0 or classes.max(initial=0) >= k:
        raise DataError(
            f"class numbers are whole numbers from 0 to {k - 1}; got {listing(np.unique(classes).tolist(), 3)}; "
            "number the classes, or give one-hot rows"
        )
    Y = np.zeros((len(classes), k), np.uint8)
    Y[np.arange(len(classes)), classes.astype(int)] = 1
    return Y


def as_weights(weight: Any, m: int) -> Array | None:
    """Return sample weights as a checked (m,) array of float64, None for all equal.

    Raises
    ------
    ShapeError, NotFiniteError, DataError
        If they are not m finite numbers ≥ 0 with a sum above 0.
    """
    if weight is None:
        return None
    w = np.asarray(_unmasked("sample_weight", weight))
    _check_numbers("sample_weight", w, w)
    w = w.astype(float)
    if w.shape != (m,):
        raise ShapeError(f"there is one sample weight an example, {m:,} of them; got shape {w.shape}")
    if (w < 0).any() or not 0 < w.sum() < np.inf:
        raise DataError(
            f"sample weights are ≥ 0, not all 0 and of finite sum; the smallest is {w.min():g}, their sum {w.sum():g}; "
            "mend them"
        )
    return w
