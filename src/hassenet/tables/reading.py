"""Files to tables."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from hassenet.errors import DataError, HassenetWarning, listing
from hassenet.files.gzipped import is_gzipped, opened, unzipped
from hassenet.files.optional import pyarrow
from hassenet.tables.formats import Format, format_of
from hassenet.tables.table import Column, Table

# pyarrow counts the bytes of a block in 32 bits.
_LARGEST_BLOCK = 2**31 - 1
# Beyond pyarrow's own list ("", NA, N/A, NaN, null, …): what the UCI repository writes.
_ALSO_MISSING = ["?"]


def read_table(path: str | PathLike[str]) -> Table:
    r"""Return the table in a CSV, TSV (both also gzipped) or Parquet file.

    The first row of a text file names the columns; blanks around a name are left out. A column is numeric if every
    value in it is; empty fields, NA, NaN, null and ? are missing.

    Parameters
    ----------
    path : path-like
        A file whose suffix names its format.

    Raises
    ------
    DataError
        If there is no such file, it is not a table, it has no rows, or two columns have the same name.
    HassenetError
        If pyarrow is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "people.csv"
    >>> _ = path.write_text("age,city\n31,Bonn\n64,\n")
    >>> read_table(path).numbers(["age"]).ravel()
    array([31., 64.])
    """
    path = Path(path)
    kind = _kind(path)
    columns = _parquet(path) if kind.delimiter is None else _text(path, kind)
    return _checked(path, columns)


def read_columns(path: str | PathLike[str]) -> tuple[str, ...]:
    r"""Return the names of a table's columns; what stands below them is not read.

    Parameters are those of :func:`read_table`.

    Raises
    ------
    DataError
        If there is no such file, it does not begin as a table, or two columns have the same name.
    HassenetError
        If the file is Parquet and pyarrow is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "people.csv"
    >>> _ = path.write_text("age,city\n31,Bonn\n64,\n")
    >>> read_columns(path)
    ('age', 'city')
    """
    path = Path(path)
    kind = _kind(path)
    names = _names_of_parquet(path) if kind.delimiter is None else _stripped(_first_row(path, kind))
    _check_once(path, names)
    return tuple(names)


def read_spelling(path: str | PathLike[str], k: int) -> Column | None:
    """Return column k of a text file as it is spelled, without blanks around it; None where nothing is spelled.

    Raises
    ------
    DataError
        If there is no such file, or it is not a table.
    """
    path = Path(path)
    kind = _kind(path)
    if kind.delimiter is None:
        return None
    column = _parsed(path, _content(path), kind, {f"f{k}": "string"}).column(0)
    return np.array([None if v is None else v.strip() for v in column.to_pylist()[1:]], object)


def read_names(path: str | PathLike[str], column: str) -> tuple[str, ...]:
    r"""Return a column of a table as it is spelled, where nothing stands for a number or for a missing value.

    Raises
    ------
    DataError
        If there is no such file, it is not a table, or it has no such column.
    HassenetError
        If pyarrow is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "genes.csv"
    >>> _ = path.write_text("gene,score\n007,1\nNA,2\n1e5,3\n")
    >>> read_names(path, "gene")
    ('007', 'NA', '1e5')
    """
    path = Path(path)
    kind, names = _kind(path), read_columns(path)
    if column not in names:
        raise DataError(f"{path.name} has no column {column!r}; its columns are {listing(names)}; name one")
    if kind.delimiter is None:
        return tuple(map(str, read_table(path)[column]))
    k = names.index(column)
    values = _parsed(path, _content(path), kind, {f"f{k}": "string"}, missing=()).column(0)
    return tuple(value.strip() for value in values.to_pylist()[1:])


def _kind(path: Path) -> Format:
    kind = format_of(path)
    if not path.is_file():
        raise DataError(f"a table is a file; there is none at {path}; check the path")
    if kind.gzip:
        _check_gzipped(path)
    return kind


def _check_gzipped(path: Path) -> None:
    """Refuse a table that is not gzipped although its name says so."""
    with path.open("rb") as file:
        start = file.read(2)
    if start and not is_gzipped(start):
        raise DataError(
            f"{path.name} is not a whole gzip file: it does not begin as one; copy or compress it anew"
        )


def _check_once(path: Path, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f"a column has its own name; {path.name} repeats {listing(twice)}; rename or merge them"
        )


def _checked(path: Path, columns: Any) -> Table:
    names = columns.column_names
    _check_once(path, names)
    if not names or not columns.num_rows:
        raise DataError(f"a table has columns and rows; {path.name} has no rows; give a file with data")
    return Table({name: _column(name, columns.column(k)) for k, name in enumerate(names)})


# ---------------------------------------------------------------- formats


def _parquet(path: Path) -> Any:
    return _of_parquet(path, lambda file: file.read())


def _names_of_parquet(path: Path) -> list[str]:
    return list(_of_parquet(path, lambda file: file.schema_arrow.names))


def _of_parquet(path: Path, wanted: Callable[[Any], Any]) -> Any:
    parquet = pyarrow("parquet")
    try:
        return wanted(parquet.ParquetFile(path))
    except (pyarrow().ArrowException, OSError) as error:
        raise DataError(f"{path.name} is not a whole Parquet file: {_brief(error)}; write it anew") from None


def _text(path: Path, kind: Format) -> Any:
    data = _content(path)
    _check_delimiter(path, data, kind)
    columns = _parsed(path, data, kind)
    return columns.rename_columns(_stripped(columns.column_names))


def _stripped(names: Sequence[str]) -> list[str]:
    blank = [name for name in names if name != name.strip()]
    if blank:
        warnings.warn(f"blanks around names are left out: {listing(blank)}", HassenetWarning, stacklevel=4)
    return [name.strip() for name in names]


def _first_row(path: Path, kind: Format) -> list[str]:
    """Return the first row of a text file that is not blank, and read no further."""
    delimiter = str(kind.delimiter)
    try:
        with opened(path) as file:
            lines = TextIOWrapper(file, encoding="utf-8-sig", newline="")
            names = next(filter(None, csv.reader(lines, delimiter=delimiter)), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is not a table in UTF-8: {_brief(error)}; correct the file") from None
    _decoded(path, delimiter.join(names).encode())
    _check_delimiter(path, delimiter.join(names).encode(), kind)
    return names


def _parsed(
    path: Path,
    data: bytes,
    kind: Format,
    only: dict[str, str] | None = None,
    missing: Sequence[str] | None = None,
) -> Any:
    """Return the columns; or ``only`` some as a type, called f0, f1, …, the header their first row.

    ``missing`` are the spellings of a missing value, by default the usual ones.
    """
    csv = pyarrow("csv")
    # One block: types are found from every row, not the first megabyte, and a row may be longer than a megabyte.
    size = min(len(data) + 1, _LARGEST_BLOCK)
    read = csv.ReadOptions(block_size=size, use_threads=False, autogenerate_column_names=only is not None)
    parse = csv.ParseOptions(delimiter=kind.delimiter, newlines_in_values=True)
    spellings = csv.ConvertOptions().null_values + _ALSO_MISSING if missing is None else [*missing]
    convert = csv.ConvertOptions(
        strings_can_be_null=True, null_values=spellings, column_types=only, include_columns=[*(only or ())]
    )
    try:
        return csv.read_csv(pyarrow().BufferReader(data), read, parse, convert)
    except (pyarrow().ArrowException, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is not a table: {_brief(error)}; correct the row or the file") from None


def _content(path: Path) -> bytes:
    return _decoded(path, unzipped(path.read_bytes(), path))


def _decoded(path: Path, data: bytes) -> bytes:
    """Return the data if they are text: whatever else is in a file, pyarrow would make columns of it."""
    if not data.strip():
        raise DataError(f"a table has columns and rows; {path.name} is empty; give a file with data")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    if b"\0" in data:
        raise DataError(f"{path.name} is not text: it holds zero bytes; save it as CSV, TSV or Parquet")
    return data


def _check_delimiter(path: Path, data: bytes, kind: Format) -> None:
    """Look at the header only: below it, a comma may belong to a number."""
    header = data.lstrip(b"\r\n").partition(b"\n")[0].decode()
    other = next((mark for mark in (";", "\t", ",", "|") if mark in header), None)
    if other is not None and str(kind.delimiter) not in header:
        raise DataError(
            f"a .csv file has commas between columns, a .tsv file tabs; {path.name} seems to have {other!r}; "
            "convert it (with points in decimal numbers), or give it the suffix it deserves"
        )


def _brief(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else f"{text[:160]}…"


# ---------------------------------------------------------------- columns


def _column(name: str, column: Any) -> Column:
    """Return a column as numbers (missing: NaN), truth values, or text (missing: None)."""
    types = pyarrow("types")
    kind = column.type
    if types.is_dictionary(kind):
        return _column(name, column.cast(kind.value_type))
    if types.is_null(kind):
        return np.full(len(column), np.nan)
    if types.is_boolean(kind) or types.is_integer(kind):
        return _whole_numbers(column)
    if types.is_floating(kind) or types.is_decimal(kind):
        return np.array(_cast(name, column, "float64").to_numpy(), np.float64)
    return np.array(_cast(name, column, "string").to_pylist(), object)


def _whole_numbers(column: Any) -> Column:
    if column.null_count:
        return np.array([np.nan if v is None else float(v) for v in column.to_pylist()])
    return np.array(column.to_numpy())


def _cast(name: str, column: Any, kind: str) -> Any:
    try:
        return column.cast(kind)
    except pyarrow().ArrowException:
        raise DataError(
            f"a column holds numbers or text; {name!r} holds {column.type}; convert or remove it"
        ) from None
