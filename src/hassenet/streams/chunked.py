"""Arrays of zarr as sources of blocks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, final

from hassenet.errors import DataError, HassenetWarning, ShapeError
from hassenet.files.optional import zarr
from hassenet.files.state import FileState
from hassenet.streams.rowwise import BLOCK, Rowwise, check_kind
from hassenet.tables.text import brief

_MARKS = ("zarr.json", ".zarray", ".zgroup")


def is_chunked(path: Path) -> bool:
    """Return whether a folder is one of zarr."""
    return any((path / name).is_file() for name in _MARKS)


@final
@dataclass(frozen=True)
class Chunks:
    """The rows of an array by slices, of which each chunk is there as it was when the array was opened.

    What is not there zarr reads as the value that the array is filled with, and says nothing.

    Attributes
    ----------
    name : str
        What messages call the array.
    array : zarr.Array
    states : mapping from tuple of int to FileState
        The files of the chunks that were there, by their places.
    """

    name: str
    array: Any
    states: Mapping[tuple[int, ...], FileState]

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the array."""
        return tuple(self.array.shape)

    def __getitem__(self, rows: slice) -> Any:
        some = range(rows.start // _stored(self.array)[0], -(-rows.stop // _stored(self.array)[0]))
        for place in product(some, range(_grid(self.array)[1])):
            if place in self.states:
                self.states[place].check()
        try:
            return self.array[rows]
        except (OSError, RuntimeError, ValueError) as error:
            raise DataError(
                f"{self.name}, rows {rows.start:,} to {rows.stop - 1:,}, is not whole: {brief(error)}; write it anew"
            ) from None


def chunked(path: Path, block: int | None) -> Rowwise:
    """Return the array in a folder of zarr; its blocks are whole chunks.

    Raises
    ------
    DataError, ShapeError
        If it is a group of arrays, or not a matrix.

    Warns
    -----
    HassenetWarning
        If chunks are not there, which stand for the value that the array is filled with.
    """
    with _opened(path) as X:
        if not hasattr(X, "chunks"):
            arrays = sorted(name for name, _ in X.arrays())
            raise DataError(
                f"a stream is one array; {path.name} is a group of {arrays[:5]}; name one: path / 'X'"
            )
        if X.ndim != 2 or not X.shape[0]:
            raise ShapeError(
                f"a stream has rows and columns; {path.name} has the shape {X.shape}; give a matrix"
            )
        check_kind(path.name, X.dtype)
        size, rows = X.dtype.itemsize * X.shape[1], _stored(X)[0]
        at_once = block or max(1, int(BLOCK // max(size * rows, 1))) * rows
        return Rowwise(path.name, X.shape, size, partial(_opened_rows, path, _states(path, X)), at_once)


@contextmanager
def _opened_rows(path: Path, states: Mapping[tuple[int, ...], FileState]) -> Iterator[Chunks]:
    with _opened(path) as X:
        yield Chunks(path.name, X, states)


def _stored(X: Any) -> tuple[int, ...]:
    """Return the shape of what is stored together: shards, where there are some, else chunks."""
    return tuple(X.shards or X.chunks)


def _grid(X: Any) -> tuple[int, ...]:
    """Return how many chunks there are in each direction."""
    return tuple(-(-n // size) for n, size in zip(X.shape, _stored(X), strict=True))


def _states(path: Path, X: Any) -> dict[tuple[int, ...], FileState]:
    """Return the states of the files of chunks; warn of those that are not there."""
    keys = {place: X.metadata.encode_chunk_key(place) for place in product(*map(range, _grid(X)))}
    there = {place: FileState.of(path / key) for place, key in keys.items() if (path / key).is_file()}
    if gone := [key for place, key in keys.items() if place not in there]:
        warnings.warn(
            f"{path.name} lacks {len(gone):,} of {len(keys):,} chunks, as {gone[0]!r}; zarr writes none where all "
            f"numbers are {X.fill_value}, and reads so what is lost; if the array was written with others there, copy "
            "it anew",
            HassenetWarning,
            stacklevel=5,
        )
    return there


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        found = zarr().open(path, mode="r")
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise DataError(f"{path.name} is not a whole array of zarr: {brief(error)}; write it anew") from None
    yield found
