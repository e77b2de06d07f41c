"""The content of a file to its columns, as they stand there."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from csv import Error
from pathlib import Path
from typing import Any, NamedTuple

from hassenet.errors import DataError, HassenetWarning, counted, listing
from hassenet.files.optional import pyarrow
from hassenet.tables.comments import below_comments
from hassenet.tables.content import TableContent
from hassenet.tables.dialect import Dialect, beginning, rows_of
from hassenet.tables.encoding import decoded
from hassenet.tables.stored import AsText, Stored, Typed

# pyarrow counts the bytes of a block in 32 bits.
_LARGEST_BLOCK = 2**31 - 1


class Text(NamedTuple):
    """A text table in UTF-8, and how it is written."""

    path: Path
    data: bytes
    dialect: Dialect


def parsed(content: TableContent, asked: Dialect) -> dict[str, Stored]:
    """Return the columns of a file.

    Raises
    ------
    DataError
        If it is not a table.
    ParameterError
        If a dialect is asked for and the file is Parquet.
    """
    if content.kind.delimiter is None:
        check_no_dialect(content.path, asked, "Parquet")
        return _of_parquet(content)
    return _of_text(text_of(content, asked))


def check_no_dialect(path: Path, asked: Dialect, kind: str) -> None:
    """Refuse to read in a dialect what is not text."""
    if asked != Dialect():
        raise DataError(
            f"marks and encodings are those of text tables; {path.name} is {kind}; leave out sep, decimal and encoding"
        )


def text_of(content: TableContent, asked: Dialect) -> Text:
    """Return the text of a file in UTF-8 and how it is written; what was recognised and is unusual is a note."""
    expected = str(content.kind.delimiter)
    data, encoding = decoded(content.path, content.data, asked.encoding)
    begun = below_comments(data, expected)
    found = asked.of_text(beginning(begun.text).decode(), expected)
    data, comments = below_comments(data, str(found.delimiter))
    told = Dialect(
        None if asked.delimiter else found.delimiter,
        None if asked.decimal else found.decimal,
        None if asked.encoding else encoding,
    ).differences(expected)
    if comments:
        told.append(f"{counted(comments, 'line')} above the header left out, which begin with #")
    if told:
        warnings.warn(
            f"{content.path.name} is read with {', '.join(told)}; if that is wrong, give --sep, --decimal or "
            "--encoding",
            HassenetWarning,
            stacklevel=4,
        )
    return Text(content.path, data, found)


def _of_text(text: Text) -> dict[str, Stored]:
    rows = _cells(text)
    names = stripped([str(column[0].as_py()) for column in rows.columns])
    check_once(text.path, names)
    decimal = text.dialect.decimal or "."
    return {name: AsText(name, column[1:], decimal) for name, column in zip(names, rows.columns, strict=True)}


def _cells(text: Text) -> Any:
    """Return all rows of a text table, the header among them, as they are spelled."""
    csv = pyarrow("csv")
    # One block: a row may be longer than a megabyte.
    size = min(len(text.data) + 1, _LARGEST_BLOCK)
    read = csv.ReadOptions(block_size=size, use_threads=False, autogenerate_column_names=True)
    parse = csv.ParseOptions(delimiter=text.dialect.delimiter, newlines_in_values=True)
    as_text = {f"f{k}": "string" for k in range(len(header_of(text)))}
    convert = csv.ConvertOptions(strings_can_be_null=False, column_types=as_text, include_columns=[*as_text])
    try:
        return csv.read_csv(pyarrow().BufferReader(text.data), read, parse, convert)
    except (pyarrow().ArrowException, UnicodeDecodeError) as error:
        raise DataError(
            f"{text.path.name} is not a table: {brief(error)}; correct the row or the file{_hint(error)}"
        ) from None


def _hint(error: Exception) -> str:
    """Return what rows of another length often come from."""
    if "Expected" not in str(error):
        return ""
    return (
        " (a cell that holds the mark between columns stands in quotation marks; row names need a name, too; nothing "
        "stands above the header)"
    )


def header_of(text: Text) -> list[str]:
    """Return the cells of the first row that is not blank."""
    try:
        rows = rows_of(beginning(text.data).decode(), str(text.dialect.delimiter))
    except Error as error:
        raise DataError(f"{text.path.name} is not a table: {error}; correct the file") from None
    return rows[0] if rows else []


def _of_parquet(content: TableContent) -> dict[str, Stored]:
    table = of_parquet(content, lambda file: file.read())
    check_once(content.path, table.column_names)
    return {name: Typed(name, table.column(k)) for k, name in enumerate(table.column_names)}


def of_parquet(content: TableContent, wanted: Any) -> Any:
    """Return what is wanted of a Parquet file, or say that it is not one."""
    parquet = pyarrow("parquet")
    try:
        return wanted(parquet.ParquetFile(pyarrow().BufferReader(content.data)))
    except (pyarrow().ArrowException, OSError) as error:
        raise DataError(
            f"{content.path.name} is not a whole Parquet file: {brief(error)}; write it anew"
        ) from None


# ---------------------------------------------------------------- names


def stripped(names: Sequence[str]) -> list[str]:
    """Return names without blanks around them, which are noted."""
    blank = [name for name in names if name != name.strip()]
    if blank:
        warnings.warn(f"blanks around names are left out: {listing(blank)}", HassenetWarning, stacklevel=4)
    return [name.strip() for name in names]


def check_once(path: Path, names: Sequence[str]) -> None:
    """Refuse two columns of one name."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f"a column has its own name; {path.name} repeats {listing(twice)}; rename or merge them"
        )


def brief(error: Exception) -> str:
    """Return the text of an error in one line."""
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else f"{text[:160]}…"


def check_rows(path: Path, columns: Mapping[str, Stored]) -> None:
    """Refuse a table without columns or rows."""
    if not columns or not len(next(iter(columns.values())).cells):
        raise DataError(f"a table has columns and rows; {path.name} has no rows; give a file with data")
