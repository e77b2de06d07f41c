"""Text tables as sources of blocks: whole rows, found where they end."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, final

import numpy as np

from hassenet.data.counted_cells import one_column
from hassenet.data.source import Read, Rows, Source
from hassenet.errors import DataError, HassenetWarning
from hassenet.files.gzipped import is_gzipped
from hassenet.files.optional import pyarrow
from hassenet.files.state import FileState
from hassenet.streams.row_ends import row_ends
from hassenet.tables.blanks import BLANKS, in_tabs
from hassenet.tables.cells import Cells
from hassenet.tables.clades import turned_if_of_clades
from hassenet.tables.content import kind_of
from hassenet.tables.dialect import Dialect
from hassenet.tables.doubts import Doubts
from hassenet.tables.encoding import decoded, decoded_part
from hassenet.tables.parsing import check_once, stripped
from hassenet.tables.people import gapped, has_gaps, note_gaps
from hassenet.tables.reading import first_lines
from hassenet.tables.stored import AsText, Stored
from hassenet.tables.table import Table
from hassenet.tables.text import brief, header_of, not_a_table, say_how_read, text_of

_BLOCK = 1 << 24  # bytes of a block, about
_MOST = 1 << 30  # of one row
_CELL = 8


class _Layout(NamedTuple):
    """How a text is written, what its columns are called, and where its rows begin."""

    dialect: Dialect
    names: tuple[str, ...]
    start: int


class _Counted(NamedTuple):
    """Where a block ends, how many rows it has, the encoding of what is not ASCII in it, and what is in doubt there."""

    end: int
    rows: int
    encoding: str | None
    doubts: Doubts


@final
@dataclass(frozen=True, eq=False)
class Delimited(Source):
    """A text table, of which some rows are in memory at a time, as they are spelled.

    Parameters
    ----------
    path : Path
    names : tuple of str
        What the columns are called.
    dialect : Dialect
        How it is written.
    ends : (b + 1,) array of int
        Where the blocks begin, and their end, in bytes.
    counts : (b,) array of int
        How many rows each has.
    state : FileState
        By which it is known that the file was changed.
    """

    path: Path
    names: tuple[str, ...]
    dialect: Dialect
    ends: Rows
    counts: Rows
    state: FileState

    @property
    def name(self) -> str:  # type: ignore[override]  # it is that of its file
        """That of the file."""
        return self.path.name

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The names in the header."""
        return self.names

    @property
    def variables(self) -> tuple[Hashable, ...]:
        """All columns."""
        return self.names

    @property
    def has_names(self) -> bool:
        """Columns of a table have names."""
        return True

    @property
    def sizes(self) -> Rows:
        """How many rows each block has."""
        return self.counts

    @cached_property
    def runs(self) -> Rows:
        """Each block is a run of its own."""
        return np.arange(len(self.counts))

    @property
    def states(self) -> tuple[FileState, ...]:
        """That of the file."""
        return (self.state,)

    @property
    def read_as(self) -> tuple[Any, ...]:
        """How the text is written."""
        return (self.dialect,)

    @cached_property
    def _place(self) -> dict[Hashable, int]:
        return {name: k for k, name in enumerate(self.names)}

    @contextmanager
    def reading(self, columns: Sequence[Hashable]) -> Iterator[Read]:
        """As :meth:`Source.reading`."""
        wanted = [self._place[name] for name in columns]
        self.state.check()
        with self.path.open("rb") as file:
            yield lambda block: self._rows(file, block, wanted)

    def _rows(self, file: BinaryIO, block: int, wanted: Sequence[int]) -> Table:
        decimal = self.dialect.decimal or "."
        spelled = self.spelled(file, block, wanted).items()
        return Table(
            Cells({name: AsText(name, gapped(self.path, name, cells), decimal) for name, cells in spelled})
        )

    def spelled(self, file: BinaryIO, block: int, wanted: Sequence[int]) -> dict[str, Any]:
        """Return columns of a block as they stand there."""
        self.state.check()
        start, end = self.ends[block : block + 2].tolist()
        file.seek(start)
        text, _ = self._text(file.read(end - start), start)
        cells = self._cells(text, int(self.starts[block]), wanted)
        return dict(zip((self.names[k] for k in wanted), cells.columns, strict=True))

    def _text(self, data: bytes, start: int) -> tuple[bytes, str]:
        """Return whole rows in UTF-8, their cells apart by one character, and the encoding that they have."""
        text, encoding = decoded_part(self.path, data, start, self.dialect.encoding)
        return in_tabs(self.path, text) if self.dialect.delimiter == BLANKS else text, encoding

    def _cells(self, text: bytes, before: int, wanted: Sequence[int]) -> Any:
        """Return columns of whole rows, as they are spelled.

        Raises
        ------
        DataError
            If a row has another length than the header, with its number below it.
        """
        try:
            return _parsed(text, len(self.names), wanted, self.dialect.mark)
        except (pyarrow().ArrowException, UnicodeDecodeError) as error:
            Doubts.of(text, self.dialect.mark).note(
                self.path, decimal_is_asked=True
            )  # it may be what is wrong
            raise not_a_table(self.path, brief(error), before) from None

    def row_bytes(self, columns: Sequence[Hashable]) -> float:
        """As :meth:`Source.row_bytes`."""
        return len(columns) * _CELL

    def place_of(self, block: int) -> tuple[str, int]:
        """As :meth:`Source.place_of`."""
        return self.name, int(self.starts[block])

    def check(self, columns: Sequence[Hashable]) -> None:
        """What a column holds, all of its rows say together."""

    def counted(self, file: BinaryIO, most: int | None) -> Iterator[_Counted]:
        """Yield the blocks of whole rows from where the first begins, each counted; every byte is read once."""
        start, before = int(self.ends[0]), 0
        for part, ends in self._whole_rows(file, start):
            places = [0, *(ends[most - 1 : -1 : most] if most else ()), ends[-1]]
            for begin, end in pairwise(places):
                found = self._counted(part[begin:end], start + begin, before)
                before += found.rows
                yield found
            start += ends[-1]

    def _counted(self, data: bytes, start: int, before: int) -> _Counted:
        text, encoding = self._text(data, start)
        rows = len(self._cells(text, before, [0])) if text.strip(b"\r\n") else 0
        doubts = Doubts.of(text, self.dialect.mark) if rows else Doubts()
        return _Counted(start + len(data), rows, None if data.isascii() else encoding, doubts)

    def _whole_rows(self, file: BinaryIO, start: int) -> Iterator[tuple[bytes, list[int]]]:
        """Yield whole rows of about as many bytes as a block has, with the places where they end."""
        file.seek(start)
        rest = b""
        while more := file.read(max(_BLOCK, len(rest))):
            data = rest + more
            ends = row_ends(data, self.dialect.mark).tolist()
            if ends:
                yield data[: ends[-1]], ends
            rest = data[ends[-1] :] if ends else data
            self._check_row(len(rest))
        if rest:
            yield rest, [len(rest)]

    def _check_row(self, size: int) -> None:
        if size > _MOST:
            raise DataError(
                f"{self.name} is not a table: a row has more than {_MOST >> 20:,} megabytes (a quotation mark that "
                "is not closed?); correct the file"
            )


def _parsed(text: bytes, n: int, wanted: Sequence[int], delimiter: str) -> Any:
    """Return columns of rows without a header, each of n cells."""
    csv, names = pyarrow("csv"), [f"f{k}" for k in range(n)]
    some = [names[k] for k in wanted]
    read = csv.ReadOptions(block_size=max(len(text) + 1, 2), use_threads=False, column_names=names)
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    convert = csv.ConvertOptions(
        strings_can_be_null=False, column_types=dict.fromkeys(some, "string"), include_columns=some
    )
    return csv.read_csv(pyarrow().BufferReader(text), read, parse, convert)


def delimited(path: Path, block: int | None, asked: Dialect, *, are_examples: bool = False) -> Delimited:
    """Return a text table, of which the rows are counted, block by block.

    ``are_examples`` says that they are examples, also where they begin with lineages.

    Raises
    ------
    DataError
        If it is not a table, has no rows, or is written so that rows cannot be read alone.
    """
    _check_not_compressed(path)
    state, layout = FileState.of(path), _layout_of(path, asked, are_examples=are_examples)
    found = Delimited(
        path, layout.names, layout.dialect, np.array([layout.start]), np.empty(0, np.int64), state
    )
    with path.open("rb") as file:
        blocks = [one for one in found.counted(file, block) if one.rows]
    if not blocks:
        raise DataError(f"a table has columns and rows; {path.name} has no rows; give a file with data")
    encoding = asked.encoding or _encoding_of(path, {one.encoding for one in blocks})
    doubts = reduce(Doubts.beside, (one.doubts for one in blocks))
    doubts.note(path, decimal_is_asked=asked.decimal is not None)
    source = replace(
        found,
        dialect=replace(_to_the_end(layout.dialect, asked, path, doubts), encoding=encoding),
        ends=np.array([layout.start, *(one.end for one in blocks)]),
        counts=np.array([one.rows for one in blocks]),
    )
    _note_gaps(source)
    return source


def _note_gaps(source: Delimited) -> None:
    """Say how many phenotypes are missing, where a file may have some that are spelled as numbers."""
    own = [k for k, name in enumerate(source.names) if has_gaps(source.path, name)]
    if own:
        with source.path.open("rb") as file:
            blocks = [source.spelled(file, block, own) for block in range(len(source.counts))]
        note_gaps(source.path, {name: one_column([block[name] for block in blocks]) for name in blocks[0]})


def _to_the_end(found: Dialect, asked: Dialect, path: Path, doubts: Doubts) -> Dialect:
    """Return a dialect whose decimal mark is that of all rows; what the first ones did not show is a note."""
    if asked.decimal is not None or found.decimal == ",":
        return found
    mark = doubts.decimals.mark(found.mark)
    say_how_read(path, Dialect(decimal=mark).differences(str(found.delimiter)))
    return replace(found, decimal=mark)


def _check_not_compressed(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(2)
    if is_gzipped(start) or path.suffix.lower() == ".gz":
        way = (
            f"gunzip {path.name}" if path.suffix.lower() == ".gz" else f"gunzip < {path.name} > unpacked.csv"
        )
        raise DataError(
            f"a stream has blocks that can be read alone, and {path.name} is compressed as a whole; unpack it: {way}"
        )


def _layout_of(path: Path, asked: Dialect, *, are_examples: bool) -> _Layout:
    """Return what the first lines of a text say."""
    content = first_lines(path, kind_of(path))
    encoding = decoded(path, content.data, asked.encoding).encoding
    if ',"\r\n'.encode(encoding) != b',"\r\n':
        raise DataError(
            f"rows are read from where they lie, and {path.name} is in {encoding}; save it as UTF-8"
        )
    text = text_of(content, asked)
    names = tuple(stripped(header_of(text)))
    if not names:
        raise DataError(
            f"a table has a header; in the first {len(content.data):,} bytes of {path.name} there is none; give a file "
            "with data"
        )
    check_once(path, names)
    if not are_examples:
        _check_not_turned(path, text.data, names, text.dialect)
    body = text.data.decode().encode(encoding)
    rows = body[_header(body, text.dialect.mark) :]
    return _Layout(text.dialect, names, _start_of(rows, content.data, text.dialect))


def _start_of(rows: bytes, data: bytes, dialect: Dialect) -> int:
    """Return where rows begin in the data that end with them, where blanks may be more than in these."""
    if dialect.delimiter != BLANKS:
        return len(data) - len(rows)
    ends = [0, *row_ends(data, dialect.mark).tolist()]
    n = len(row_ends(rows, dialect.mark))
    return int(ends[len(ends) - 1 - n])


def _header(body: bytes, delimiter: str) -> int:
    """Return where the first row ends that is not blank."""
    ends = [0, *row_ends(body, delimiter).tolist(), len(body)]
    return next(end for start, end in pairwise(ends) if body[start:end].strip())


def _check_not_turned(path: Path, text: bytes, names: tuple[str, ...], dialect: Dialect) -> None:
    """Refuse a table of clades, whose rows are variables."""
    delimiter = dialect.mark
    rows = text[_header(text, delimiter) :]
    whole = rows[: (row_ends(rows, delimiter)[-1:].tolist() or [len(rows)])[0]]
    try:
        cells = _parsed(whole, len(names), range(len(names)), delimiter)
    except (pyarrow().ArrowException, UnicodeDecodeError):
        return  # its row is named where rows are counted
    columns: dict[str, Stored] = {
        name: AsText(name, column) for name, column in zip(names, cells.columns, strict=True)
    }
    if _is_turned(path, columns):
        raise DataError(
            f"rows of a stream are examples, and those of {path.name} are clades; turn it: "
            "hassenet.tables.read_table turns it, and write_table writes it anew; if they are examples, give "
            "transpose=False (--no-transpose)"
        )


def _is_turned(path: Path, columns: Mapping[str, Stored]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HassenetWarning)
        try:
            return turned_if_of_clades(path, columns) is not columns
        except DataError:  # clades that stand there twice: the remedy is that of all that would be turned
            return True


def _encoding_of(path: Path, found: set[str | None]) -> str:
    """Return the encoding that all blocks have."""
    others = sorted(one for one in found if one is not None)
    if len(others) > 1:
        raise DataError(
            f"{path.name} is not UTF-8 text: parts of it are {others[0]}; save it as UTF-8, or name its encoding "
            "(--encoding)"
        )
    return others[0] if others else "utf-8"
