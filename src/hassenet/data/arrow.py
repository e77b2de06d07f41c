"""Columns as arrays of Arrow, which goes through text without making objects of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.files.optional import pyarrow
from hassenet.hierarchy.labels import as_text

Array = NDArray[Any]


def as_cells(values: Any) -> Any:
    """Return values as an array of Arrow, null where one is missing; those that have no type in common as text.

    Examples
    --------
    >>> as_cells(np.array(["Bonn", None, 7.0], object)).to_pylist()
    ['Bonn', None, '7']
    """
    arrow = pyarrow()
    try:
        return arrow.array(values, from_pandas=True)
    except (arrow.ArrowException, TypeError, ValueError):
        return arrow.array(
            [None if _is_missing(v) else as_text(v) for v in np.asarray(values, object)], "string"
        )


def trimmed(cells: Any) -> Any:
    """Return text without blanks around it, null where nothing is left; anything else as it is.

    Examples
    --------
    >>> trimmed(pyarrow().array([" a", "", None])).to_pylist()
    ['a', None, None]
    """
    arrow, compute = pyarrow(), pyarrow("compute")
    if not is_text(cells.type):
        return cells
    bare = compute.utf8_trim_whitespace(cells)
    return compute.if_else(compute.equal(bare, ""), arrow.scalar(None, bare.type), bare)


def is_text(kind: Any) -> bool:
    """Return whether a type of Arrow is text."""
    types = pyarrow("types")
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_missing(value: Any) -> bool:
    return value is None or value != value
