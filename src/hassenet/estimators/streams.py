"""Streams beside checks of scikit-learn's, which hold all rows: some rows stand for them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils import check_X_y

from hassenet.data.compact import is_compact
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.in_memory import in_memory
from hassenet.data.missing_targets import IN_MEMORY
from hassenet.data.stream import Stream, is_stream
from hassenet.data.streamed import taken_apart
from hassenet.data.table import columns_of, is_table, with_rows
from hassenet.data.table_elsewhere import TableElsewhere
from hassenet.data.whole import Whole
from hassenet.estimators.checks import number_of_targets
from hassenet.estimators.gaps import checked_numbers, checked_with_gaps
from hassenet.estimators.known_target import OF_A_STREAM, known_target
from hassenet.tables import Table
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.task.names import of_columns

Array = NDArray[Any]
_SHOWN = 100


def apart(X: Any, y: Any, weight: Any, offset: Any) -> tuple[Any, Any, Any, Any]:
    """Return the features by themselves, and what was given beside them or comes with a stream."""
    given = taken_apart(X, y, weight, offset)
    return X.alone if is_stream(X) else with_rows(X), given.Y, given.weight, given.offset


def names_of_targets(X: Any, y: Any) -> Sequence[str] | None:
    """Return the names of the columns of y, or else of those that are the target of a stream; None without names."""
    own = X.target if y is None and is_stream(X) else None
    return own if isinstance(own, tuple) else of_columns(y)


def named(y: Any, names: Sequence[str] | None) -> Any:
    """Return columns of targets, whose names are known beside them, as a table; anything else as it is.

    Examples
    --------
    >>> named(np.array([1.0, 2.0]), ["dose"]).columns
    ('dose',)
    """
    if names is None or is_table(y):
        return y
    columns = np.asarray(y).reshape(len(y), -1).T
    return Whole(dict(zip(names, columns, strict=True))) if len(columns) == len(names) else y


def without_column(X: Any, name: str) -> Any:
    """Return a table or stream without a column of this name; anything else, and one that has none, as it is.

    >>> without_column(Table({"age": np.ones(1), "years": np.ones(1)}), "years").columns
    ('age',)
    """
    if is_stream(X):
        return X.select([one for one in X.features if one != name]) if X.source.has_names else X
    names = columns_of(X).names if is_table(X) else ()
    kept = [one for one in names if one != name]
    return X if len(kept) == len(names) else Whole({one: columns_of(X).column(one) for one in kept})


def checked_features(check: Callable[[Any], Any], stream: Stream, dtypes: Sequence[Any]) -> Stream:
    """Return a stream after a check of its first rows, in its type or else in the first of those that may be."""
    check(_named(stream.head(_SHOWN), stream))
    return replace(stream, kind=np.dtype(stream.dtype if stream.dtype in dtypes else dtypes[0]))


def checked_targets(y: Any, m: int, others: str = IN_MEMORY, **options: Any) -> Any:
    """Return the targets of m examples as scikit-learn checks them; ``others`` as for :func:`known_target`."""
    known = known_target(y, others, y_numeric=options.get("y_numeric", False))
    return check_X_y(np.zeros((m, 1), np.int8), known, multi_output=True, **options)[1]


def known_labels(y: Any) -> Any:
    """Return the labels of rows of a stream after checks; NaN among several are gaps."""
    return checked_with_gaps(_known, None, y)[1]


def known_numbers(y: Any, others: str = OF_A_STREAM) -> Array:
    """Return numbers of rows, of a stream or of others, after checks, as floats; NaN among several targets are gaps.

    >>> known_numbers(Whole({"a": np.array([1, 2]), "b": np.array([0.5, np.nan])}))
    array([[1. , 0.5],
           [2. , nan]])
    """
    dense = y.toarray() if issparse(y) else y
    return np.asarray(checked_numbers(partial(_known, others=others), None, dense)[1], np.float64)


def _known(X: None, y: Any, others: str = OF_A_STREAM, **options: Any) -> tuple[None, Any]:
    return X, checked_targets(y, number_of_targets(y), others, **options)


def is_far(X: Any) -> bool:
    """Return whether rows are not in the memory of this process: those of a stream, or of others that have them."""
    return is_stream(X) or isinstance(X, TableElsewhere) or (isinstance(X, Elsewhere) and not is_compact(X))


def width(X: Any) -> int:
    """Return how many columns are read of rows that are not in memory."""
    if isinstance(X, Elsewhere):
        return X.shape[1]
    return len(X.names if isinstance(X, TableElsewhere) else X.features)


def rows_in_memory(X: Any, rows: Any) -> Any:
    """Return some rows of a stream, or of what lies elsewhere, as X is that was never one, with the names it has."""
    if isinstance(X, TableElsewhere):
        return X.brought(rows)
    if isinstance(X, Elsewhere):
        return with_names(X[rows].brought(), X.names)
    found = in_memory(X[rows])
    return found if is_table(found) else _named(found, X)


def _named(rows: Any, stream: Stream) -> Any:
    """Return rows with the names of their features, where these have names."""
    return with_names(rows, stream.names if stream.source.has_names else None)


def with_names(rows: Any, names: Sequence[Hashable] | None) -> Any:
    """Return rows as a table whose columns have these names; as they are without any."""
    if names is None or isinstance(rows, Elsewhere):
        return rows
    if issparse(rows):
        return Table(Block(rows, tuple(map(str, names)), Cells({})))
    if not is_table(rows):
        return Whole(dict(zip(names, rows.T, strict=True)))
    columns = columns_of(rows)
    return Whole({name: columns.column(name) for name in names})


def prepared_by(X: Any, prepare: Callable[[Any], Any], names: Sequence[str]) -> Any:
    """Return what becomes of features that are not in memory, of these names, where they are."""
    if isinstance(X, Elsewhere):
        return X.mapped(prepare).astype(np.float32)
    whole = replace(X, kept_after=None)  # the same for all networks, so that blocks are kept behind it
    return whole.through(partial(_of_block, prepare), names)


def _of_block(prepare: Callable[[Any], Any], block: Any, _: str) -> Any:
    return prepare(block)
