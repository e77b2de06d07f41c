"""From a table of any library to one array."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import NUMBERS
from hassenet.data.columns import Columns
from hassenet.data.mapped import Mapped
from hassenet.data.objects import Other, first_other

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
