"""Columns as arrays of Arrow, which goes through text without making objects of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.files.optional import pyarrow
from hassenet.hierarchy.labels import as_text

Array = NDArray[Any]

_ROOM = 32  # bits of the number of a category
_TEXT = 32  # bytes of a cell of no fixed width, about


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
    """Return cells that are held as views or as runs, for which Arrow has few functions, as others are.

    Examples
    --------
    >>> usual(pyarrow().array(["a"], "string_view")).type, usual(pyarrow().array([1])).type
    (DataType(large_string), DataType(int64))
    >>> usual(pyarrow("compute").run_end_encode(pyarrow().array([1, 1, None]))).to_pylist()
    [1, 1, None]
    """
    if usual_kind(cells.type).equals(cells.type):
        return cells
    chunks = getattr(cells, "chunks", None)
    if chunks is None:
        return _as_usual(cells)
    return pyarrow().chunked_array([_as_usual(chunk) for chunk in chunks], usual_kind(cells.type))


def _as_usual(cells: Any) -> Any:
    """Return an array that is held as runs or as views, or whose categories are, as others are.

    A view where there is a gap may be anything, and Arrow follows it.
    """
    arrow, types = pyarrow(), pyarrow("types")
    if types.is_run_end_encoded(cells.type):
        rows = cells.offset + np.arange(len(cells))
        run = np.searchsorted(np.asarray(cells.run_ends), rows, side="right")
        return usual(cells.values).take(arrow.array(run))
    if types.is_dictionary(cells.type):
        return arrow.DictionaryArray.from_arrays(
            cells.indices, usual(cells.dictionary), ordered=cells.type.ordered
        )
    if cells.null_count:
        known, views, *texts = cells.buffers()
        own = np.frombuffer(views, np.int64).reshape(-1, 2)[: cells.offset + len(cells)].copy()
        own[cells.offset :][np.asarray(cells.is_null())] = 0
        buffers = [known, arrow.py_buffer(own), *texts]
        cells = arrow.Array.from_buffers(cells.type, len(cells), buffers, offset=cells.offset)
    return cells.cast(arrow.large_string())


def usual_kind(kind: Any) -> Any:
    """Return the type that :func:`usual` gives."""
    arrow, types = pyarrow(), pyarrow("types")
    if types.is_run_end_encoded(kind):
        return usual_kind(kind.value_type)
    if types.is_dictionary(kind):
        return arrow.dictionary(kind.index_type, usual_kind(kind.value_type), kind.ordered)
    return arrow.large_string() if types.is_string_view(kind) else kind


def unified(cells: Any) -> Any:
    """Return a column in chunks, or columns, whose categories are the same in all: of a wider type where they are many.

    Examples
    --------
    >>> parts = [pyarrow().array(range(k, k + 100)).dictionary_encode() for k in (0, 50)]
    >>> small = [part.cast(pyarrow().dictionary(pyarrow().int8(), pyarrow().int64())) for part in parts]
    >>> unified(pyarrow().chunked_array(small)).type.index_type
    DataType(int32)
    """
    arrow = pyarrow()
    try:
        return cells.unify_dictionaries()
    except arrow.ArrowInvalid:  # more than their numbers have room for
        kind = with_room(cells.schema) if hasattr(cells, "schema") else _kind_with_room(cells.type)
        return cells.cast(kind).unify_dictionaries()


def with_room(schema: Any) -> Any:
    """Return the types of columns in which there may be any number of categories."""
    return pyarrow().schema([field.with_type(_kind_with_room(field.type)) for field in schema])


def _kind_with_room(kind: Any) -> Any:
    arrow = pyarrow()
    is_small = arrow.types.is_dictionary(kind) and kind.index_type.bit_width < _ROOM
    return arrow.dictionary(arrow.int32(), kind.value_type, kind.ordered) if is_small else kind


def bytes_of(kind: Any) -> float:
    """Return how many bytes a cell of a type has, about.

    >>> bytes_of(pyarrow().float32()), bytes_of(pyarrow().string())
    (4.0, 32)
    """
    try:
        return max(kind.bit_width / 8, 1)
    except ValueError:  # of no fixed width
        return _TEXT


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
