"""Columns of Arrow to lines of text, as CSV has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hassenet.errors import DataError
from hassenet.files.optional import pyarrow


def lines_of(columns: Mapping[str, Any], delimiter: str) -> bytes:
    r"""Return a header and a line for each row; cells stand in quotation marks only where they have to.

    Raises
    ------
    DataError
        If a column holds what has no spelling in one cell, as lists or bytes that are not text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> lines_of({"code": pa.array(["007", "a,b", None]), "age": pa.array([31, 64, 9])}, ",")
    b'code,age\n007,31\n"a,b",64\n,9\n'
    """
    compute = pyarrow("compute")
    names = _quoted(pyarrow().array([*columns], "string"), delimiter).to_pylist()
    cells = [_quoted(_spelled(name, column), delimiter) for name, column in columns.items()]
    # A line without anything on it would be passed over.
    missing = '""' if len(cells) == 1 else ""
    rows = compute.binary_join_element_wise(
        *cells, delimiter, null_handling="replace", null_replacement=missing
    )
    return "\n".join([delimiter.join(names), *rows.to_pylist(), ""]).encode()


def _spelled(name: str, column: Any) -> Any:
    """Return a column as text; nothing stands for a missing value and for an empty text."""
    try:
        text = column.cast("string")
    except pyarrow().ArrowException:
        raise DataError(
            f"a cell of a text table holds a number, a time or text; {name!r} holds {column.type}; write Parquet, or "
            "leave that column out"
        ) from None
    compute = pyarrow("compute")
    return compute.if_else(compute.equal(text, ""), pyarrow().scalar(None, "string"), text)


def _quoted(text: Any, delimiter: str) -> Any:
    compute = pyarrow("compute")
    marked = compute.match_substring_regex(text, f'["\r\n{delimiter}]')
    if not compute.any(marked).as_py():
        return text
    inside = compute.replace_substring(text, '"', '""')
    return compute.if_else(marked, compute.binary_join_element_wise('"', inside, '"', ""), text)
