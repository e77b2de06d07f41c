"""Tables in the form that other libraries know."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import narwhals.stable.v2 as nw
from scipy.sparse import issparse

from hassenet.data.arrow import usual
from hassenet.data.columns import held_as_one
from hassenet.data.match import check_own_names
from hassenet.data.row_labels import row_labels
from hassenet.files.optional import pandas, pyarrow
from hassenet.hierarchy.labels import as_text

_WIDE = ("Int128", "UInt128")


def library_frame(table: Any) -> Any | None:
    """Return a data frame as it is, a lazy one collected, other tables of Arrow as pyarrow's; None for other kinds.

    Sparse columns of pandas of which something else than 0 is left out, as gaps are by default, are dense columns;
    numbers of polars that NumPy has no type for are floats.

    Examples
    --------
    >>> import pandas as pd
    >>> library_frame(pd.DataFrame({"age": pd.arrays.SparseArray([31.0, None])})).dtypes["age"]
    dtype('float64')
    """
    if nw.dependencies.is_into_dataframe(table):
        return _without_row_labels(_without_runs(_within_64_bits(_with_zeros_left_out(table))))
    frame = nw.from_native(table, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        return _without_row_labels(_within_64_bits(frame.collect().to_native()))
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return _without_row_labels(_without_runs(pyarrow().table(table)))
    return None


def _with_zeros_left_out(frame: Any) -> Any:
    """Return a frame whose sparse columns are those of scikit-learn and SciPy, which leave out zeros."""
    kinds = frame.dtypes.items() if hasattr(frame, "iloc") else ()
    dense = {name: kind.subtype for name, kind in kinds if getattr(kind, "fill_value", 0) != 0}
    return frame.astype(dense) if dense else frame


def _within_64_bits(frame: Any) -> Any:
    """Return a frame of polars whose whole numbers of 128 bits, a type that NumPy has not, are floats."""
    kinds = getattr(frame, "schema", {})
    wide = [name for name, kind in kinds.items() if str(kind) in _WIDE] if isinstance(kinds, Mapping) else ()
    return frame.with_columns(*(frame[name].cast(float) for name in wide)) if wide else frame


def _without_runs(frame: Any) -> Any:
    """Return a table of Arrow whose runs, of which a value stands once, are columns as others; others as they are."""
    for k, name in enumerate(getattr(frame, "column_names", ())):
        if pyarrow("types").is_run_end_encoded(frame.schema.field(k).type):
            frame = frame.set_column(k, name, usual(frame.column(k)))
    return frame


def row_labels_in(frame: Any) -> tuple[Hashable, ...]:
    """Return the columns of a library's table that are the index of a frame of pandas, written by it as columns.

    Examples
    --------
    >>> import pandas as pd
    >>> import pyarrow as pa
    >>> row_labels_in(pa.table(pd.DataFrame({"age": [31, 64]}, index=["ann", "bob"])))
    ('__index_level_0__',)
    """
    if hasattr(frame, "collect_schema"):  # of polars, whose lazy frames look up their columns anew
        return row_labels(frame.collect_schema().names())
    schema: Any = getattr(frame, "schema", None)
    if hasattr(schema, "metadata"):
        return row_labels(schema.names, schema.metadata)
    return row_labels(list(getattr(frame, "columns", ())))


def _without_row_labels(frame: Any) -> Any:
    """Return a table without the columns that are the index of a frame of pandas."""
    labels = row_labels_in(frame)
    if not labels:
        return frame
    return nw.from_native(frame, eager_only=True).drop(*map(str, labels)).to_native()


def as_frame(table: Any, elements: Iterable[Hashable] = ()) -> Any:
    """Return a table as a data frame that narwhals knows, and scikit-learn with it; names of columns are text.

    Columns that were counted from 0 have names only where these are the elements that they are to be matched with.

    Raises
    ------
    FeatureError
        If two columns have one name.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet.tables import Table
    >>> as_frame(Table({"age": np.array([31, 64])})).column_names
    ['age']
    """
    frame = library_frame(table)
    if frame is None:
        return _of_columns(table)
    check_own_names("X", getattr(frame, "column_names", frame.columns))
    if not hasattr(frame, "iloc") or not (has_names(frame.columns) or _are_elements(frame.columns, elements)):
        return frame
    return _named_by_text(frame)


def _of_columns(table: Any) -> Any:
    """Return a table of ours as a frame: a sparse one as pandas has sparse columns, which scikit-learn keeps so."""
    held = held_as_one(table, table.columns)
    if issparse(held):
        return pandas().DataFrame.sparse.from_spmatrix(held, columns=list(table.columns))
    return pyarrow().table({name: table[name] for name in table.columns})


def has_names(columns: Any) -> bool:
    """Return whether the labels of columns are names; a frame of pandas that was given none counts them from 0.

    Examples
    --------
    >>> import pandas as pd
    >>> (
    ...     has_names(pd.DataFrame([[1, 2]]).columns),
    ...     has_names(pd.DataFrame([[1, 2]], columns=[472, 7157]).columns),
    ... )
    (False, True)
    """
    counted = getattr(columns, "start", None) == 0 and getattr(columns, "step", None) == 1
    return not (counted and hasattr(columns, "stop"))


def _are_elements(columns: Iterable[Hashable], elements: Iterable[Hashable]) -> bool:
    return set(map(as_text, columns)) == set(map(as_text, elements))


def _named_by_text(frame: Any) -> Any:
    """Return a frame of pandas whose columns are named by text: scikit-learn would pass over numbers and tuples."""
    if all(isinstance(name, str) for name in frame.columns):
        return frame
    named = frame.copy(deep=False)
    named.columns = [as_text(label) for label in frame.columns]
    return named
