"""The content of a file to its columns, as they stand there."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from sys import getrefcount
from time import monotonic, sleep
from typing import Any, NamedTuple

from hassenet.data.threads import each, usable
from hassenet.errors import DataError, HassenetWarning, listing
from hassenet.files.optional import pyarrow
from hassenet.tables.column_files import columns_of, names_of, row_labels_in
from hassenet.tables.content import TableContent
from hassenet.tables.dialect import Dialect
from hassenet.tables.limits import USUAL, Limits
from hassenet.tables.people import gapped, note_gaps
from hassenet.tables.repeated import as_it_repeats
from hassenet.tables.stored import AsText, Stored, Typed
from hassenet.tables.text import Text, brief, header_of, text_of
from hassenet.tables.wide import cells_row_by_row, is_wide

# pyarrow counts the bytes of a block in 32 bits.
_LARGEST_BLOCK = 2**31 - 1
_BLOCK = 1 << 24
_LITTLE = 1 << 20  # bytes that threads do not read sooner
_PATIENCE, _LOOK = 60.0, 1e-4  # seconds


class Parsed(NamedTuple):
    """The columns that were read, the names of those that were not asked for, and those that label the rows."""

    columns: Mapping[str, Stored]
    unread: tuple[str, ...] = ()
    row_labels: tuple[str, ...] = ()


def parsed(
    content: TableContent, asked: Dialect, only: Collection[str] | None = None, limits: Limits = USUAL
) -> Parsed:
    """Return the columns of a file: those that are called so, all by default.

    Raises
    ------
    DataError
        If it is not a table, or larger than the limits.
    ParameterError
        If a dialect is asked for and the file has typed columns.
    """
    if content.kind.delimiter is None:
        check_no_dialect(content.path, asked, content.kind.typed)
        return _of_typed_columns(content, only, limits)
    text = text_of(content, asked)
    text.doubts.note(content.path, decimal_is_asked=asked.decimal is not None)
    return _of_text(text, only, limits)


def check_no_dialect(path: Path, asked: Dialect, kind: str) -> None:
    """Refuse to read in a dialect what is not text."""
    if asked != Dialect():
        raise DataError(
            f"marks and encodings are those of text tables; {path.name} is {kind}; leave out sep, decimal and encoding"
        )


def _of_text(text: Text, only: Collection[str] | None, limits: Limits) -> Parsed:
    names = stripped(header_of(text))
    check_once(text.path, names)
    wanted = _wanted(text.path, names, only, limits)
    decimal = text.dialect.decimal or "."
    spelled = {names[k]: cells for k, cells in zip(wanted, _cells(text, wanted), strict=True)}
    note_gaps(text.path, spelled)
    as_text = [AsText(name, gapped(text.path, name, cells), decimal) for name, cells in spelled.items()]
    found = each(as_it_repeats, as_text, sum(map(len, as_text)))
    columns = {column.name: column for column in found}
    return Parsed(columns, _others(names, columns))


def _wanted(path: Path, names: Sequence[str], only: Collection[str] | None, limits: Limits) -> list[int]:
    """Return which columns are read: those asked for, or the first where there are none of them, or else all."""
    wanted = [k for k, name in enumerate(names) if only is None or name in only]
    wanted = wanted or [*range(len(names))][:1]
    limits.check_columns(path, len(wanted))
    return wanted


def _others(names: Sequence[str], columns: Collection[str]) -> tuple[str, ...]:
    return () if len(names) == len(columns) else tuple(name for name in names if name not in columns)


def _cells(text: Text, wanted: Sequence[int]) -> Iterable[Any]:
    """Return columns of a text table as they are spelled, without the header."""
    if is_wide(len(wanted), len(text.data)):
        return cells_row_by_row(text, wanted)
    return [column[1:] for column in _cells_by_arrow(text, wanted).columns]


def _cells_by_arrow(text: Text, wanted: Sequence[int]) -> Any:
    """Return columns, the header on top of each: of many blocks side by side, if none of them is too short for a row.

    What is wrong with a text is found in one block, which counts its rows.
    """
    try:
        return _read(text, wanted, _BLOCK, threads=usable() > 1 and len(text.data) > _LITTLE)
    except (pyarrow().ArrowException, UnicodeDecodeError):
        return _in_one_block(text, wanted)


def _in_one_block(text: Text, wanted: Sequence[int]) -> Any:
    try:
        return _read(text, wanted, min(len(text.data) + 1, _LARGEST_BLOCK), threads=False)
    except (pyarrow().ArrowException, UnicodeDecodeError) as error:
        raise text.fault(brief(error)) from None


def _read(text: Text, wanted: Sequence[int], size: int, *, threads: bool) -> Any:
    csv = pyarrow("csv")
    read = csv.ReadOptions(block_size=size, use_threads=threads, autogenerate_column_names=True)
    parse = csv.ParseOptions(delimiter=text.dialect.mark, newlines_in_values=True)
    as_text = {f"f{k}": "string" for k in wanted}
    convert = csv.ConvertOptions(strings_can_be_null=False, column_types=as_text, include_columns=[*as_text])
    data = text.data
    held = getrefcount(data)
    try:
        return csv.read_csv(pyarrow().BufferReader(data), read, parse, convert)
    finally:
        _wait_until(lambda: getrefcount(data) <= held)


def _wait_until(is_returned: Callable[[], bool]) -> None:
    """Wait until Arrow's threads have let go of bytes, which they may do after a table is there.

    A thread that lets go of an object of Python while the interpreter ends would end the process with it.
    """
    until = monotonic() + _PATIENCE
    while not is_returned() and monotonic() < until:
        sleep(_LOOK)


def _of_typed_columns(content: TableContent, only: Collection[str] | None, limits: Limits) -> Parsed:
    names = names_of(content)
    check_once(content.path, names)
    wanted = [names[k] for k in _wanted(content.path, names, only, limits)]
    table = columns_of(content, wanted, limits)
    columns = {name: Typed(name, table.column(name)) for name in wanted}
    labels = tuple(row_labels_in(content)) if only is None else ()
    _tell_of_labels(content.path, labels)
    return Parsed(columns, _others(names, columns), labels)


def _tell_of_labels(path: Path, labels: Sequence[str]) -> None:
    if labels:
        warnings.warn(
            f"{path.name} has labels of rows, the index of a frame of pandas, which are not among the columns and are "
            f"there by name: {listing(labels)}",
            HassenetWarning,
            stacklevel=5,
        )


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


def check_rows(path: Path, columns: Mapping[str, Stored]) -> None:
    """Refuse a table without columns or rows."""
    lacking = "columns" if not columns else "rows"
    if not columns or not len(next(iter(columns.values()))):
        raise DataError(f"a table has columns and rows; {path.name} has no {lacking}; give a file with data")
