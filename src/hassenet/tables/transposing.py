"""Tables whose rows are variables and whose columns are examples, turned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hassenet.errors import DataError
from hassenet.files.optional import pyarrow
from hassenet.tables.limits import Limits
from hassenet.tables.parsing import check_once
from hassenet.tables.stored import Stored

EXAMPLE = "sample"
"""What the column of the examples' names is called."""


def transposed(path: Path, columns: Mapping[str, Stored], limits: Limits) -> dict[str, Stored]:
    """Return a row for each column but the first, which names the new columns; the old names are the first new column.

    Raises
    ------
    DataError
        If there is one column only, a variable without a name or with that of another, or more than there may be.
    """
    first, *others = columns.values()
    if not others:
        raise DataError(
            f"a table that is turned has names in its first column and an example in each other; {path.name} has one "
            "column; leave out --transpose"
        )
    limits.check_columns(path, len(first) + 1)
    names = [str(name or "").strip() for name in first.cells.cast("string").to_pylist()]
    check_once(path, [EXAMPLE, *names])
    examples = pyarrow().chunked_array([pyarrow().array([*columns][1:], "string")])
    return {EXAMPLE: first.like(EXAMPLE, examples)} | _turned(names, others)


def _turned(names: list[str], columns: list[Stored]) -> dict[str, Stored]:
    """Return a column for each name, of what stands beside it."""
    cells = _of_one_type([column.cells for column in columns])
    m, n = len(cells), len(names)
    together = pyarrow().chunked_array([chunk for column in cells for chunk in column.chunks], cells[0].type)
    turned = together.take(pyarrow().array(np.arange(m * n).reshape(m, n).T.ravel()))
    return {name: columns[0].like(name, turned.slice(k * m, m)) for k, name in enumerate(names)}


def _of_one_type(cells: list[Any]) -> list[Any]:
    """Return columns of one type: their own, or floating point for numbers, else text."""
    kinds = {column.type for column in cells}
    if len(kinds) == 1:
        return cells
    types = pyarrow("types")
    numbers = all(types.is_integer(kind) or types.is_floating(kind) for kind in kinds)
    return [column.cast("float64" if numbers else "string") for column in cells]
