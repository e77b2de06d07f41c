"""Streams beside checks of scikit-learn's, which hold all rows: some rows stand for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils import check_X_y

from hassenet.data.elsewhere import Elsewhere
from hassenet.data.stream import Stream, is_stream
from hassenet.data.streamed import taken_apart
from hassenet.data.table import columns_of, is_table
from hassenet.data.whole import Whole
from hassenet.estimators.known_target import IN_MEMORY, known_target

_SHOWN = 100


def apart(X: Any, y: Any, weight: Any, offset: Any) -> tuple[Any, Any, Any, Any]:
    """Return the features by themselves, and what was given beside them or comes with a stream."""
    given = taken_apart(X, y, weight, offset)
    return X.alone if is_stream(X) else X, given.Y, given.weight, given.offset


def checked_features(check: Callable[[Any], Any], stream: Stream, dtypes: Sequence[Any]) -> Stream:
    """Return a stream after a check of its first rows, in its type or else in the first of those that may be."""
    check(_named(stream.head(_SHOWN), stream))
    return replace(stream, kind=np.dtype(stream.dtype if stream.dtype in dtypes else dtypes[0]))


def checked_targets(y: Any, m: int, others: str = IN_MEMORY, **options: Any) -> Any:
    """Return the targets of m examples as scikit-learn checks them; ``others`` as for :func:`known_target`."""
    return check_X_y(np.zeros((m, 1), np.int8), known_target(y, others), multi_output=True, **options)[1]


def _named(rows: Any, stream: Stream) -> Any:
    """Return rows with the names of their features, where these have names."""
    if not stream.source.has_names or isinstance(rows, Elsewhere):
        return rows
    if not is_table(rows):
        return Whole(dict(zip(stream.names, rows.T, strict=True)))
    columns = columns_of(rows)
    return Whole({name: columns.column(name) for name in stream.names})
