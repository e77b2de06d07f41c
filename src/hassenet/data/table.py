"""From a table of any library to one array."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import NUMBERS
from hassenet.data.columns import Columns
from hassenet.data.mapped import Mapped
from hassenet.data.objects import Other, first_other
from hassenet.errors import DataError

Array = NDArray[Any]


def is_table(X: Any) -> bool:
    """Return whether X is a table in memory: it has columns, which a dict and an array have not.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> [is_table(X) for X in (Table({"age": np.ones(2)}), {"age": [1, 1]}, np.ones((2, 1)))]
    [True, False, False]
    """
    return (hasattr(type(X), "columns") or hasattr(X, "columns")) and not hasattr(type(X), "reading")


def check_is_of_rows(X: Any) -> None:
    """Refuse what holds a table and is neither one nor an array of numbers, with the way to make it one.

    Raises
    ------
    DataError
        If X is a mapping of columns, a list of mappings, an array with fields or of text, a reader of Arrow's batches,
        or AnnData.

    Examples
    --------
    >>> check_is_of_rows({"age": [31, 64]})
    Traceback (most recent call last):
    hassenet.errors.DataError: X is a table or an array of numbers; got a dict of columns; make it one, as by ...
    """
    what = next((what for what, is_one in _OTHERS.items() if is_one(X)), None)
    if what is not None:
        remedy = _REMEDIES.get(what, "pandas.DataFrame(X)")
        raise DataError(f"X is a table or an array of numbers; got {what}; make it one, as by {remedy}")


def with_rows(X: Any) -> Any:
    """Return a lazy frame collected, anything else as it is.

    Examples
    --------
    >>> import polars as pl
    >>> len(with_rows(pl.LazyFrame({"age": [31, 64]})))
    2
    """
    if hasattr(type(X), "__len__") or not hasattr(type(X), "collect"):
        return X
    from hassenet.data.libraries import library_frame  # narwhals, which it needs, is slow to import

    return library_frame(X)


def _is_text(X: Any) -> bool:
    """Return whether an array of two dimensions holds text that is not a number."""
    if not isinstance(X, np.ndarray) or X.dtype.kind not in "OUS" or X.ndim != 2:
        return False
    other = first_other(X.astype(object))
    return other is not None and isinstance(other.value, str) and not _spells_number(other.value)


def _spells_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


_OTHERS: Mapping[str, Callable[[Any], bool]] = {
    "a dict of columns": lambda X: (
        isinstance(X, Mapping) and not issparse(X)
    ),  # as the keys of a sparse array
    "a list of dicts": lambda X: isinstance(X, list) and bool(X) and isinstance(X[0], Mapping),
    "an array with fields": lambda X: isinstance(X, np.ndarray) and X.dtype.names is not None,
    "an array of text": _is_text,
    "a reader of batches": lambda X: hasattr(type(X), "read_next_batch"),
    "an AnnData object": lambda X: all(hasattr(type(X), part) for part in ("X", "obs", "var")),
}
_REMEDIES = {
    "a reader of batches": "X.read_all()",
    "an AnnData object": (
        "cells = hassenet.tables.read_anndata(X), of which cells.select(cells.variables) are the genes"
    ),
}


def columns_of(table: Any) -> Columns:
    """Return the columns of a table of pandas, polars, pyarrow or another library that narwhals knows, or of ours.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> columns_of(Table({"age": np.array([31, 64]), "town": np.array(["Bonn", None], object)})).names
    ('age', 'town')
    """
    from hassenet.data.frame import Frame  # narwhals, which it needs, is slow to import

    frame = Frame.of(table)
    return Mapped(table) if frame is None else frame


def matrix(
    columns: Columns,
    names: Sequence[Hashable],
    not_numbers: Callable[[Mapping[Hashable, Other | None]], Exception],
) -> Any:
    """Return columns as one real array, sparse or not, in the order of the names and in the type they have together.

    Parameters
    ----------
    columns : Columns
    names : sequence of Hashable
        Each is that of one column.
    not_numbers : callable
        Makes an error of the columns that hold something else, each with a value that it is not.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> people = Table({"age": np.array([31, 64]), "tall": np.array([True, False])})
    >>> matrix(columns_of(people), ["tall", "age"], lambda others: TypeError(others))
    array([[ 1, 31],
           [ 0, 64]])
    """
    whole = columns.block(names) if names else np.empty((len(columns), 0))
    if whole.dtype.kind in NUMBERS:
        return whole
    # A column alone may have a type that the whole has not.
    each = [columns.column(name) for name in names]
    others = {n: first_other(c) for n, c in zip(names, each, strict=True) if c.dtype.kind not in NUMBERS}
    if others:
        raise not_numbers(others)
    return np.stack(each, axis=1)
