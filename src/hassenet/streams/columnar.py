"""Files of typed columns as a source of blocks: groups of rows, and parts of those that are large."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast, final

import numpy as np

from hassenet.checkpoints import digest
from hassenet.data.arrow import as_floats, bytes_of, usual
from hassenet.data.row_labels import row_labels_of
from hassenet.data.source import Read, Rows, Source, below_all, cut
from hassenet.errors import DataError, FeatureError, HassenetWarning, listing
from hassenet.files.optional import pyarrow
from hassenet.files.state import FileState
from hassenet.streams.rowwise import rows_of_a_block
from hassenet.streams.types import common
from hassenet.tables.column_file import ColumnFile
from hassenet.tables.column_files import not_whole, opened
from hassenet.tables.footers import Bounds, bounds_joined
from hassenet.tables.formats import PARQUET, TYPED, kind_of_bytes

_BLOCK = 1 << 24  # bytes of a block at most
_START = 8
_KEPT = 1 << 23  # bytes of the ends of files
_LARGE = 1 << 28  # bytes of rows that are decoded together, of which a note warns


@final
@dataclass(frozen=True, eq=False)
class File:
    """A file, and what of its end is kept in memory.

    Attributes
    ----------
    path : Path
    name : str
        What messages call it.
    schema : pyarrow.Schema
    groups : tuple of int
        The rows of each group: a row group of Parquet, a record batch of Arrow.
    state : FileState
        By which a file that was changed is known.
    size : int
        The bytes of what was read to know the groups.
    end : object, optional
        That itself; where it is not kept, it is read each time that the file is opened.
    keys : mapping from str to pyarrow.Scalar
        The columns of the schema that stand in the names of its folders, and what they hold.
    """

    path: Path
    name: str
    schema: Any
    groups: tuple[int, ...]
    state: FileState
    size: int
    end: Any = None
    keys: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(path: Path, name: str) -> File:
        """Return a file that has rows, and what messages call it.

        Raises
        ------
        DataError
            If it is neither Parquet nor Arrow, is cut off, or has no rows.
        """
        state = FileState.of(path)
        if not path.is_file():
            raise DataError(f"the files of a stream are files; {path} is not; leave it out, or write it anew")
        with whole(path, name), closing(opened_at(path)) as file:
            found = File(path, name, file.schema, file.groups, state, file.end_bytes, file.end)
            at_once = file.at_once
        if not sum(found.groups):
            raise DataError(
                f"each file of a stream has rows; {name} has none; leave it out, or write it anew"
            )
        _tell_of_large_batches(found, at_once)
        return found

    def bounds(self, names: Sequence[str]) -> Bounds:
        """Return the least and the largest number of columns, as far as the file says them.

        Raises
        ------
        DataError
            If the file is gone, was changed or is cut off.
        """
        self.state.check()
        with whole(self.path, self.name), closing(opened_at(self.path, self.end)) as file:
            return file.bounds(names)


def opened_at(path: Path, end: Any = None) -> ColumnFile:
    """Return a file that is open; it is to be closed.

    Raises
    ------
    pyarrow.ArrowException, OSError
        If it is neither Parquet nor Arrow, or is cut off.
    """
    source = pyarrow().OSFile(str(path))
    try:
        return opened(source, _kind_of(path), end)
    except BaseException:
        source.close()
        raise


def _kind_of(path: Path) -> str:
    """Return what a file begins as, or else what its name stands for."""
    return begins_as(path) or TYPED.get(path.suffix.lower(), PARQUET)


def begins_as(path: Path) -> str:
    """Return the kind of typed columns that a file begins as; "" where it begins otherwise, or cannot be read."""
    with suppress(OSError), path.open("rb") as file:
        return kind_of_bytes(file.read(_START))
    return ""


def _tell_of_large_batches(file: File, at_once: int) -> None:
    size = at_once * sum(map(bytes_of, file.schema.types))
    if at_once > 1 and size > _LARGE:
        warnings.warn(
            f"rows that were written together are read together; {file.name} has {at_once:,} in a record batch, about "
            f"{size / 1e6:,.0f} MB of all columns; write it with smaller ones (pyarrow.feather.write_feather(table, "
            "path, chunksize=65536))",
            HassenetWarning,
            stacklevel=2,
        )


def files_at(paths: Sequence[Path], folder: Path | None = None) -> tuple[File, ...]:
    """Return files, of which the ends are kept as far as they are small: in memory each is ten times as large.

    They are called by their names below the folder, or the one that holds all.

    Raises
    ------
    DataError
        As :meth:`File.of`.
    """
    files: list[File] = []
    kept = 0
    names = below_all(paths) if folder is None else [path.relative_to(folder).as_posix() for path in paths]
    for path, name in zip(paths, names, strict=True):
        file = File.of(path, name)
        kept += file.size
        files.append(file if kept <= _KEPT else replace(file, end=None))
    return tuple(files)


@contextmanager
def whole(path: Path, name: str, rows: str = "") -> Iterator[None]:
    """Say of a file, or of some of its rows, that cannot be read that it is gone, closed to the user, or not whole."""
    try:
        yield
    except FileNotFoundError:
        raise gone(path) from None
    except PermissionError:
        raise DataError(f"{path} may not be read; change its permissions, or leave it out") from None
    except (pyarrow().ArrowException, OSError) as error:
        what = f"{rows} cannot be read: it" if rows else name
        raise not_whole(what, _kind_of(path), error) from None


def gone(path: Path) -> DataError:
    """Return the error about a file that is no longer there."""
    return DataError(f"the files of a stream stay while it is read; {path} is gone; put it back, and go on")


class Place(NamedTuple):
    """Where a block lies: its file, its group, and the rows of the group before it."""

    file: int
    group: int
    before: int


@final
@dataclass(frozen=True, eq=False)
class Columnar(Source):
    """Groups of rows of files, those larger than a block in parts.

    Parameters
    ----------
    name : str
    files : tuple of File
        The columns are those of the first, and matched by name in the others.
    block : int, optional
        How many rows a block has at most; by default as many as have 16 megabytes.
    """

    name: str
    files: tuple[File, ...]
    block: int | None = None

    def __post_init__(self) -> None:
        """Refuse a file that lacks a column of the first, or has one twice; say which more there are."""
        first = self.files[0]
        for file in self.files:
            names, there = file.schema.names, set(file.schema.names)
            if twice := [name for name, n in Counter(names).items() if n > 1]:
                raise FeatureError(
                    f"a column of a stream has a name of its own; {file.name} has {listing(twice, 3)} more than "
                    "once; rename them"
                )
            lacking = [name for name in first.schema.names if name not in there]
            if lacking:
                raise FeatureError(
                    f"the files of a stream have the same columns, in any order; {file.name} lacks "
                    f"{listing(lacking, 3)}, which {first.name} has; write it anew with all columns"
                )
        self._tell_of_more()

    def _tell_of_more(self) -> None:
        known = set(self.columns)
        more = {name: file.name for file in self.files for name in file.schema.names if name not in known}
        if more:
            warnings.warn(
                f"the columns of a stream are those of its first file, {self.files[0].name}; left out are "
                f"{listing(sorted(more), 3)}, which others have, as {next(iter(more.values()))}",
                HassenetWarning,
                stacklevel=2,
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the first file."""
        return tuple(self.files[0].schema.names)

    @property
    def variables(self) -> tuple[str, ...]:
        """All columns but the rows' labels, as pandas and dask write them."""
        labels = row_labels_of(self.files[0].schema)
        return tuple(name for name in self.columns if name not in labels)

    @property
    def has_names(self) -> bool:
        """Columns of a table have names."""
        return True

    @cached_property
    def most_rows(self) -> int:
        """How many rows a block has at most."""
        return self.block or rows_of_a_block(self.row_bytes(self.columns), _BLOCK)

    @cached_property
    def _blocks(self) -> tuple[list[Place], list[int], list[int]]:
        """Where each block lies, how many rows it has, and its run."""
        places, sizes, runs = [], [], []
        run = 0
        for f, file in enumerate(self.files):
            for g, rows in enumerate(file.groups):
                parts = cut(rows, self.most_rows)
                places += [Place(f, g, int(before)) for before in np.cumsum(parts) - parts]
                sizes += parts.tolist()
                runs += [run] * len(parts)
                run += 1
        return places, sizes, runs

    @cached_property
    def sizes(self) -> Rows:
        """How many rows each block has."""
        return np.array(self._blocks[1], np.int64)

    @cached_property
    def runs(self) -> Rows:
        """The parts of a group are a run."""
        return np.array(self._blocks[2], np.int64)

    @property
    def told_apart_by(self) -> str:
        """A digest of what the names of folders say."""
        each = [{name: cell.as_py() for name, cell in file.keys.items()} for file in self.files]
        return digest(each) if any(each) else ""

    @property
    def states(self) -> tuple[FileState, ...]:
        """Those of the files."""
        return tuple(file.state for file in self.files)

    def bounds(self, columns: Sequence[Hashable]) -> dict[str, tuple[float, float]]:
        """As :meth:`Source.bounds`."""
        names = [str(name) for name in columns]
        return bounds_joined([file.bounds(names) for file in self.files])

    @contextmanager
    def reading(self, columns: Sequence[Hashable]) -> Iterator[Read]:
        """As :meth:`Source.reading`."""
        reader = _Reader(self, list(columns))
        try:
            yield reader.read
        finally:
            reader.close()

    @cached_property
    def _various(self) -> tuple[File, ...]:
        """A file for each way in which the columns have types."""
        found: list[File] = []
        for file in self.files:
            if not any(file.schema.equals(other.schema) for other in found):
                found.append(file)
        return tuple(found)

    @cached_property
    def _kinds(self) -> dict[str, Any]:
        return {name: common(file.schema.field(name).type for file in self._various) for name in self.columns}

    def kind_of(self, name: str) -> Any:
        """Return the type of Arrow that a column has in all files; None where there is none for all."""
        return self._kinds[name]

    def row_bytes(self, columns: Sequence[Hashable]) -> float:
        """As :meth:`Source.row_bytes`."""
        kinds = (self.kind_of(str(name)) for name in columns)
        return sum(bytes_of(pyarrow().string() if kind is None else kind) for kind in kinds)

    def place_of(self, block: int) -> tuple[str, int]:
        """As :meth:`Source.place_of`."""
        place = self._blocks[0][block]
        start = place.before + sum(self.files[place.file].groups[: place.group])
        return self.files[place.file].name, int(start)

    def place(self, block: int) -> Place:
        """Return where a block lies."""
        return self._blocks[0][block]

    def check(self, columns: Sequence[Hashable]) -> None:
        """As :meth:`Source.check`."""
        for name in columns:
            if self.kind_of(str(name)) is None:
                raise self._of_two_types(str(name))

    def _of_two_types(self, name: str) -> DataError:
        """Return the error about a column of which two files have types that go not together."""
        kinds = [file.schema.field(name).type for file in self._various]
        k = next(k for k in range(len(kinds)) if common(kinds[: k + 1]) is None)
        j = next((j for j in range(k) if common((kinds[j], kinds[k])) is None), 0)
        one, other = (f"{kinds[n]} in {self._various[n].name}" for n in (j, k))
        return DataError(
            f"a column is of one type in all files; {name!r} is {one} and {other}; write one of them anew"
        )


@final
class _Reader:
    """The file and the group that are being read: the next part of a group goes on from the one before."""

    def __init__(self, source: Columnar, columns: list[Any]) -> None:
        self.source, self.columns, self.own = source, columns, columns
        self.file: ColumnFile | None = None
        self.number = -1
        self.next: Place | None = None
        self.others: list[tuple[int, str]] = []
        self.rest: Any = None
        self.parts: Iterator[Any] = iter(())

    def close(self) -> None:
        if self.file is not None:
            self.file.close()

    def read(self, block: int) -> Any:
        """Return the rows of a block, a table with the columns in their order."""
        place, size = self.source.place(block), int(self.source.sizes[block])
        file = self.source.files[place.file]
        file.state.check()
        with whole(file.path, file.name, self.source.block_name(block)):
            self._open(place.file)
            if place != self.next:
                self._begin(place)
            table = self._rows(size)
        self.next = place._replace(before=place.before + size)
        return self._of_one_type(self._with_keys(table, file), file)

    def _with_keys(self, table: Any, file: File) -> Any:
        """Return all columns, also those that stand in the names of folders."""
        for name in self.columns:
            if name in file.keys:
                table = table.append_column(name, pyarrow().repeat(file.keys[name], len(table)))
        return table.select(self.columns)

    def _of_one_type(self, table: Any, file: File) -> Any:
        """Return the columns in the types that they have in all files."""
        for k, name in self.others:
            table = table.set_column(k, name, self._widened(table.column(k), name, file))
        return table

    def _widened(self, column: Any, name: str, file: File) -> Any:
        kind, column = self.source.kind_of(name), usual(column)
        try:
            return as_floats(column) if kind == pyarrow().float64() else column.cast(kind)
        except pyarrow().ArrowInvalid as error:
            raise DataError(
                f"a column of several types is read as one that holds all; {name!r} is {column.type} in "
                f"{file.name}, with others {kind}, and that is not exact: {error}; write it anew in one type"
            ) from None

    def _open(self, number: int) -> None:
        if number == self.number:
            return
        self.close()
        file = self.source.files[number]
        self.file = opened_at(file.path, file.end)
        self.number, self.next = number, None
        own = [name for name in self.columns if name not in file.keys]
        self.own = own or file.schema.names[:1]  # rows without any column have no number
        self.others = [
            (k, name)
            for k, name in enumerate(self.columns)
            if not file.schema.field(name).type.equals(self.source.kind_of(name))
        ]

    def _begin(self, place: Place) -> None:
        """Begin with a group, and go by the rows before the block."""
        self.parts = cast(ColumnFile, self.file).batches(self.own, self.source.most_rows, place.group)
        self.rest = None
        if place.before:
            self._rows(place.before)

    def _rows(self, size: int) -> Any:
        """Return the next rows of the group, as far as there are so many."""
        tables = [] if self.rest is None else [self.rest]
        while sum(map(len, tables)) < size and (batch := next(self.parts, None)) is not None:
            tables.append(pyarrow().Table.from_batches([batch]))
        found = pyarrow().concat_tables(tables) if tables else None
        if found is None or len(found) < size:
            raise pyarrow().ArrowInvalid("rows are missing")
        self.rest = found.slice(size) if len(found) > size else None
        return found.slice(0, size).select(self.own)
