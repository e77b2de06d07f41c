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

    Complex numbers, which Arrow has not, are pairs.

    Examples
    --------
    >>> as_cells(np.array(["Bonn", None, 7.0], object)).to_pylist()
    ['Bonn', None, '7']
    """
    arrow = pyarrow()
    try:
        return arrow.array(values, from_pandas=True)
    except (arrow.ArrowException, TypeError, ValueError):
        cells = [None if _is_missing(v) else v for v in np.asarray(values, object)]
    if any(isinstance(cell, complex) for cell in cells):
        return arrow.array([_pair(cell) for cell in cells])
    return arrow.array([None if cell is None else as_text(cell) for cell in cells], "string")


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
    cells = usual(cells)
    bare = compute.utf8_trim_whitespace(cells)
    return compute.if_else(compute.equal(bare, ""), arrow.scalar(None, bare.type), bare)


def usual(cells: Any) -> Any:
    """Return text that is held as views, for which Arrow has few functions, as other text is; others as they are.

    Examples
    --------
    >>> usual(pyarrow().array(["a"], "string_view")).type, usual(pyarrow().array([1])).type
    (DataType(large_string), DataType(int64))
    """
    return cells.cast(usual_kind(cells.type))


def usual_kind(kind: Any) -> Any:
    """Return the type that :func:`usual` gives."""
    return pyarrow().large_string() if pyarrow("types").is_string_view(kind) else kind


def as_floats(cells: Any) -> Any:
    """Return numbers as those of float64 that are nearest to them; text as the numbers that it spells.

    Arrow's own way divides decimal numbers by a power of ten that is rounded already.

    Raises
    ------
    pyarrow.ArrowInvalid
        If a whole number has more digits than float64, or text spells something else.

    Examples
    --------
    >>> from decimal import Decimal
    >>> as_floats(pyarrow().array([Decimal("1.90"), None])).to_pylist()
    [1.9, None]
    """
    is_decimal = pyarrow("types").is_decimal(cells.type)
    return (cells.cast("string") if is_decimal else cells).cast("float64")


def _pair(number: Any) -> dict[str, float] | None:
    """Return the parts of a complex number, None for something else."""
    return {"real": number.real, "imag": number.imag} if isinstance(number, complex) else None


def is_text(kind: Any) -> bool:
    """Return whether a type of Arrow is text."""
    types = pyarrow("types")
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def may_be_levels(kind: Any) -> bool:
    """Return whether a type of Arrow is text, categories, dates, numbers or truth values, or of nothing.

    Examples
    --------
    >>> [may_be_levels(kind) for kind in (pyarrow().string(), pyarrow().duration("s"))]
    [True, False]
    """
    types = pyarrow("types")
    if types.is_dictionary(kind):
        return may_be_levels(kind.value_type)
    of_one_value = (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_null)
    return is_text(kind) or is_of_times(kind) or any(is_such(kind) for is_such in of_one_value)


def is_of_times(kind: Any) -> bool:
    """Return whether a type of Arrow is of dates or of times of a day."""
    types = pyarrow("types")
    return bool(types.is_date(kind) or types.is_timestamp(kind) or types.is_time(kind))


def is_extended(native: Any) -> bool:
    """Return whether a column of pyarrow or polars is of a type made of another, as periods and intervals."""
    kind = getattr(native, "type", None) or getattr(native, "dtype", None)
    return hasattr(kind, "storage_type") or hasattr(kind, "ext_storage")


def _is_missing(value: Any) -> bool:
    return value is None or value != value
