"""Streams beside checks of scikit-learn's, which hold all rows: some rows stand for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import check_X_y

from hassenet.data.elsewhere import Elsewhere
from hassenet.data.in_memory import in_memory
from hassenet.data.stream import Stream, is_stream
from hassenet.data.streamed import taken_apart
from hassenet.data.table import columns_of, is_table
from hassenet.data.whole import Whole
from hassenet.estimators.known_target import IN_MEMORY, known_target
from hassenet.tables import Table
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.task.names import of_columns

_SHOWN = 100


def apart(X: Any, y: Any, weight: Any, offset: Any) -> tuple[Any, Any, Any, Any]:
    """Return the features by themselves, and what was given beside them or comes with a stream."""
    given = taken_apart(X, y, weight, offset)
    return X.alone if is_stream(X) else X, given.Y, given.weight, given.offset


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


def checked_features(check: Callable[[Any], Any], stream: Stream, dtypes: Sequence[Any]) -> Stream:
    """Return a stream after a check of its first rows, in its type or else in the first of those that may be."""
    check(_named(stream.head(_SHOWN), stream))
    return replace(stream, kind=np.dtype(stream.dtype if stream.dtype in dtypes else dtypes[0]))


def checked_targets(y: Any, m: int, others: str = IN_MEMORY, **options: Any) -> Any:
    """Return the targets of m examples as scikit-learn checks them; ``others`` as for :func:`known_target`."""
    return check_X_y(np.zeros((m, 1), np.int8), known_target(y, others), multi_output=True, **options)[1]


def rows_in_memory(stream: Stream) -> Any:
    """Return the examples of a stream as X is that was never one, with the names of its features."""
    rows = in_memory(stream)
    return rows if is_table(rows) else _named(rows, stream)


def _named(rows: Any, stream: Stream) -> Any:
    """Return rows with the names of their features, where these have names."""
    if not stream.source.has_names or isinstance(rows, Elsewhere):
        return rows
    if issparse(rows):
        return Table(Block(rows, tuple(map(str, stream.names)), Cells({})))
    if not is_table(rows):
        return Whole(dict(zip(stream.names, rows.T, strict=True)))
    columns = columns_of(rows)
    return Whole({name: columns.column(name) for name in stream.names})
