"""Text tables of many columns and few rows, read row by row; most would be what a reader keeps for each column."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import BytesIO, TextIOWrapper
from typing import Any

import numpy as np

from hassenet.files.optional import pyarrow
from hassenet.tables.text import Text

_A_COLUMN = 9_000  # bytes that pyarrow 19 keeps for each while it reads
_LITTLE = 1 << 27
_LARGEST = 1 << 31  # pyarrow counts the letters of an array in 31 bits


def is_wide(n_columns: int, size: int) -> bool:
    """Return whether a text of a size has so many columns that they matter more than what they hold.

    >>> is_wide(300_000, 7_000_000), is_wide(20_000, 10**9), is_wide(1_000, 50_000)
    (True, False, False)
    """
    return max(size, _LITTLE) < n_columns * _A_COLUMN and size < _LARGEST


def cells_row_by_row(text: Text, wanted: Sequence[int]) -> Iterator[Any]:
    """Yield columns of a table as they are spelled, without the header.

    Raises
    ------
    DataError
        If a row has another length than the header.
    """
    rows = [pyarrow().array(row, "string") for row in _rows(text, wanted)]
    m, n = len(rows), len(wanted)
    cells = pyarrow().concat_arrays([pyarrow().array([], "string"), *rows])
    turned = cells.take(pyarrow().array(np.arange(m * n).reshape(m, n).T.ravel()))
    return (pyarrow().chunked_array([turned.slice(k * m, m)]) for k in range(n))


def _rows(text: Text, wanted: Sequence[int]) -> Iterator[list[str]]:
    """Yield the cells of each row below the header; a blank line is not a row."""
    lines = TextIOWrapper(BytesIO(text.data), "utf-8", newline="")
    rows = filter(None, csv.reader(lines, delimiter=text.dialect.mark))
    header = next(rows)
    for k, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise text.fault(f"Row #{k + 1}: Expected {len(header)} columns, got {len(row)}")
        yield [row[c] for c in wanted]
