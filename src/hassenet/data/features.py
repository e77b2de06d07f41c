"""Features as a network takes them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import check_finite, check_not_infinite, check_numbers, check_range, unmasked
from hassenet.data.columns import Columns
from hassenet.data.compressed import check_sparse
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.match import Match, check_each_once
from hassenet.data.objects import Other, shown_others
from hassenet.data.rows_of import RowsOf
from hassenet.data.stream import Stream, is_stream
from hassenet.data.table import check_is_of_rows, columns_of, is_table, matrix
from hassenet.errors import FeatureError, ShapeError, listing

Array = NDArray[Any]


def as_features(X: Any, names: Sequence[Hashable], dtype: np.dtype[Any], what: str = "X") -> Any:
    """Return X as a real (m, n₀) array or csr_array, in the type it has; a table's columns are matched by name.

    Names are compared as text: a column 7157 is the element "7157". A hierarchy that was given no names takes the
    columns in their order.

    Parameters
    ----------
    X : (m, n₀) array, sparse array, table or stream
        A stream stays one, whose blocks are checked where they are read.
    names : sequence of n₀ Hashable
        The elements of rank 0: all of a table's columns, in any order.
    dtype : numpy.dtype
        The type that the network computes in.
    what : str
        What a message calls the data.

    Raises
    ------
    FeatureError
        If a table lacks a feature, has one twice, or has one that the hierarchy leaves out, or a column holds others
        than numbers.
    ShapeError, NotFiniteError, DataError
        If the columns are not n₀ many, hold NaN or infinity, are beyond ``dtype``, or are not numbers.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> people = Table({"height": np.array([1.7, 1.8]), "age": np.array([31, 64])})
    >>> as_features(people, ["age", "height"], np.dtype("float32"))
    array([[31. ,  1.7],
           [64. ,  1.8]])
    """
    if is_stream(X):
        return _of_stream(X, names, dtype)
    if isinstance(X, RowsOf):
        return replace(X, whole=as_features(X.whole, names, dtype, what))
    if isinstance(X, Elsewhere):
        return X.checked(what, names, dtype)
    X = _matched(X, names, what)
    if isinstance(X, Elsewhere):
        return X.checked(what, names, dtype)
    check_finite(what, X, names)
    check_range(what, X, dtype, names)
    return X


def as_features_with_gaps(X: Any, names: Sequence[Hashable], dtype: np.dtype[Any], what: str = "X") -> Any:
    """Return X as :func:`as_features` does, with NaN where a value is missing."""
    X = _matched(X, names, what)
    check_not_infinite(what, X.data if issparse(X) else X)
    check_range(what, X, dtype, names)
    return X


def _matched(X: Any, names: Sequence[Hashable], what: str) -> Any:
    """Return numbers, a column for each name."""
    check_is_of_rows(X)
    if is_table(X):
        X = _by_name(what, X, names)
    if isinstance(X, Elsewhere):
        return X
    check_sparse(what, X)
    X = X.tocsr() if issparse(X) else np.asarray(unmasked(what, X))
    if X.ndim != 2 or X.shape[1] != len(names):
        raise ShapeError(
            f"{what} has a row an example and a column for each of the {len(names):,} elements of rank 0; "
            f"its shape is {X.shape}; select or reshape its columns"
        )
    check_numbers(what, X.data if issparse(X) else X)
    return X


def _of_stream(stream: Stream, names: Sequence[Hashable], dtype: np.dtype[Any]) -> Stream:
    """Return a stream whose blocks are features, checked where they are read."""
    if stream.source.has_names and not stream.steps and not are_default(names):
        stream = stream.matched(names)
    if stream.shape[1] != len(names):
        raise ShapeError(
            f"a stream has a feature for each of the {len(names):,} elements of rank 0; it has {stream.shape[1]:,}; "
            "select others: stream.select(…)"
        )
    return stream.through(partial(_of_block, names=names, dtype=dtype), names).kept_once


def _of_block(block: Any, what: str, *, names: Sequence[Hashable], dtype: np.dtype[Any]) -> Any:
    """Return features of a block, of the network's type where theirs is wider: windows are half as large then."""
    X = as_features(block, names, dtype, what)
    is_wider = isinstance(X, np.ndarray) and X.dtype.kind == "f" and X.dtype.itemsize > dtype.itemsize
    return X.astype(dtype) if is_wider else X


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
    if is_table(x):
        return as_features(_one_row(what, x), names, dtype, what)
    row = np.asarray(unmasked(what, x.toarray() if issparse(x) else x))
    if row.shape not in ((len(names),), (1, len(names))):
        raise ShapeError(
            f"{what} has a number for each of the {len(names):,} features; its shape is {row.shape}; give one example"
        )
    return as_features(row.reshape(1, -1), names, dtype, what)


def _one_row(what: str, table: Any) -> Any:
    m = len(columns_of(table))
    if m != 1:
        raise ShapeError(f"{what} is one example; the table has {m:,} rows; give one of them")
    return table


def _by_name(what: str, table: Any, names: Sequence[Hashable]) -> Array:
    """Return the features of a table that has these columns and no others."""
    columns = columns_of(table)
    found = Match.of(names, columns.names)
    if not found.column and are_default(names):
        return _in_order(what, columns, len(names))
    _check_none_missing(found)
    _check_none_left_out(found)
    check_each_once(found)
    return matrix(columns, [found.column[name] for name in names], lambda others: _not_numbers(what, others))


def are_default(names: Sequence[Hashable]) -> bool:
    """Return whether these are the names of features that were given none: x0, x1, …."""
    return tuple(names) == tuple(f"x{i}" for i in range(len(names)))


def _in_order(what: str, columns: Columns, n: int) -> Array:
    """Return all columns as they stand, of which there are n with different names."""
    if len(columns.names) != n:
        raise FeatureError(
            f"the features of a hierarchy without names are the columns in their order; it has {n:,}, {what} has "
            f"{len(columns.names):,} columns: {listing(columns.names, 3)}; select as many"
        )
    check_each_once(Match.of(columns.names, columns.names))
    return matrix(columns, columns.names, lambda others: _not_numbers(what, others))


def _check_none_missing(found: Match) -> None:
    if found.missing:
        raise FeatureError(
            f"the table lacks {len(found.missing):,} of the hierarchy's {len(found.names):,} features: "
            f"{listing(found.missing, 3)}; add them, or restrict() the hierarchy to the table's columns"
        )


def _check_none_left_out(found: Match) -> None:
    if found.left_out:
        raise FeatureError(
            f"the hierarchy leaves out {len(found.left_out):,} of the table's {len(found.columns):,} columns: "
            f"{listing(found.left_out, 3)}; select the columns list(H.ranks[0])"
        )


def _not_numbers(what: str, others: Mapping[Hashable, Other | None]) -> FeatureError:
    return FeatureError(
        f"{what} holds real numbers; the columns {listing(others)} do not{shown_others(others)}; "
        "encode or drop them"
    )
