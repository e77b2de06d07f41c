"""Arrays of zarr as sources of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from hassenet.errors import DataError, ShapeError
from hassenet.files.optional import zarr
from hassenet.streams.rowwise import BLOCK, Rowwise

_MARKS = ("zarr.json", ".zarray", ".zgroup")


def is_chunked(path: Path) -> bool:
    """Return whether a folder is one of zarr."""
    return any((path / name).is_file() for name in _MARKS)


def chunked(path: Path, block: int | None) -> Rowwise:
    """Return the array in a folder of zarr; its blocks are whole chunks.

    Raises
    ------
    DataError, ShapeError
        If it is a group of arrays, or not a matrix.
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
        size, rows = X.dtype.itemsize * X.shape[1], X.chunks[0]
        at_once = block or max(1, int(BLOCK // max(size * rows, 1))) * rows
        return Rowwise(path.name, X.shape, size, partial(_opened, path), at_once)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        yield zarr().open(path, mode="r")
    except (OSError, RuntimeError, KeyError) as error:
        raise DataError(f"{path.name} is not a whole array of zarr: {error}; write it anew") from None
