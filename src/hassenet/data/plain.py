"""Columns of Arrow that are numbers without gaps, as one array.

Of many columns each costs more by itself than its numbers do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.files.optional import pyarrow

Array = NDArray[Any]
_APART = 16


def is_plain(native: Any) -> bool:
    """Return whether a table is one of Arrow whose columns are numbers or truth values, of which none is missing.

    Examples
    --------
    >>> arrow = pyarrow()
    >>> is_plain(arrow.table({"age": [31, 64]})), is_plain(arrow.table({"age": [31, None]}))
    (True, False)
    """
    if not hasattr(type(native), "column_names"):
        return False
    types = pyarrow("types")
    plain = (types.is_integer, types.is_floating, types.is_boolean)
    kinds = set(native.schema.types)
    of_numbers = bool(kinds) and all(any(test(kind) for test in plain) for kind in kinds)
    return of_numbers and not any(column.null_count for column in native.columns)


def as_one_array(native: Any) -> Array:
    """Return the columns of a table that is plain side by side, in the type that they have together.

    Examples
    --------
    >>> as_one_array(pyarrow().table({"age": [31, 64], "height": [1.7, 1.8]}))
    array([[31. ,  1.7],
           [64. ,  1.8]])
    """
    return _below_each_other([column.to_numpy() for column in native.columns]).T


def _below_each_other(columns: Sequence[Array]) -> Array:
    """Return columns as the rows of an array, a little apart.

    Rows of a power of two, as row groups often have, would have all numbers of an example share one place of the cache.
    """
    m = len(columns[0])
    X = np.empty((len(columns), m + _APART), np.result_type(*{column.dtype for column in columns}))
    return np.stack(columns, out=X[:, :m])
