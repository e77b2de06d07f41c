"""Arrays in files of NumPy, of which rows are read: no page of a file is mapped, so that a short file is an error."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.data.compressed import check_ends, check_places
from hassenet.errors import DataError

_LOCAL_HEADER, _LENGTHS = 30, slice(26, 30)  # of a member of a zip file: name and extra field follow


@final
@dataclass(frozen=True)
class Stored:
    """An array that a file holds, row after row.

    Attributes
    ----------
    path : Path
    offset : int
        Where its numbers begin.
    dtype : dtype
    shape : tuple of int
    """

    path: Path
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def row_bytes(self) -> int:
        """How many bytes a row has."""
        return int(self.dtype.itemsize * np.prod(self.shape[1:], dtype=int))

    def rows(self, file: BinaryIO, start: int, end: int) -> NDArray[Any]:
        """Return rows of the open file.

        Raises
        ------
        DataError
            If the file is shorter.
        """
        end = min(end, self.shape[0])
        count = (end - start) * self.row_bytes // self.dtype.itemsize
        file.seek(self.offset + start * self.row_bytes)
        found = np.fromfile(file, self.dtype, count)
        if found.size < count:
            raise DataError(f"{self.path.name} is cut off: rows from {start:,} on are missing; copy it anew")
        return found.reshape(end - start, *self.shape[1:])


@final
@dataclass(frozen=True)
class StoredRows:
    """The rows of an open file, by slices."""

    array: Stored
    file: BinaryIO

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the array."""
        return self.array.shape

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        return self.array.rows(self.file, rows.start, rows.stop)


@final
@dataclass(frozen=True)
class SparseRows:
    """The rows of a sparse array, compressed row by row, of which only where they begin is in memory.

    Attributes
    ----------
    data, indices : anything that gives entries by slices
    indptr : (m + 1,) array
    n : int
        How many columns there are.
    name : str
        What messages call the file.

    Raises
    ------
    DataError
        If rows are not where the file says: scipy's own code would read and write beside them.

    Examples
    --------
    >>> X = SparseRows(np.ones(3), np.array([0, 1, 0]), np.array([0, 2, 3]), 2, "X.npz")
    >>> X[0:2].toarray()
    array([[1., 1.],
           [1., 0.]])
    """

    data: Any
    indices: Any
    indptr: NDArray[Any]
    n: int
    name: str

    def __post_init__(self) -> None:
        """Refuse rows that do not follow each other from the first entry to the last."""
        entries = min(self.data.shape[0], self.indices.shape[0])
        check_ends(self.name, self.indptr, max(self.indptr.size - 1, 0), entries)

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return len(self.indptr) - 1, self.n

    def __getitem__(self, rows: slice) -> Any:
        ends = self.indptr[rows.start : rows.stop + 1]
        entries = slice(int(ends[0]), int(ends[-1]))
        data, indices = self.data[entries], self.indices[entries]
        check_places(f"{self.name}, rows {rows.start:,} to {rows.stop - 1:,},", indices, self.n)
        return csr_array((data, indices, ends - ends[0]), shape=(len(ends) - 1, self.n))


@contextmanager
def opened(array: Stored) -> Iterator[StoredRows]:
    """Open a file for its rows."""
    with array.path.open("rb") as file:
        yield StoredRows(array, file)


@contextmanager
def opened_sparse(parts: Mapping[str, Stored], n: int) -> Iterator[SparseRows]:
    """Open the file of a sparse array for its rows."""
    with parts["data"].path.open("rb") as file:
        indptr = parts["indptr"].rows(file, 0, parts["indptr"].shape[0])
        entries = (StoredRows(parts["data"], file), StoredRows(parts["indices"], file))
        yield SparseRows(*entries, indptr, n, parts["data"].path.name)


def stored(path: Path) -> Stored:
    """Return the array of a .npy file, of which only the header is read.

    Raises
    ------
    DataError
        If it is not one, is cut off, or its numbers do not lie row after row.
    """
    with path.open("rb") as file:
        return _at(path, file)


def whole_array(path: Path) -> NDArray[Any]:
    """Return the array of a .npy file, of numbers or text, all of it.

    Raises
    ------
    DataError
        If there is none, or it is something else.
    """
    try:
        with path.open("rb") as file:
            return npy.read_array(file, allow_pickle=False)
    except OSError as error:
        raise DataError(f"an array is read from a file; {path}: {error.strerror}; check the path") from None
    except ValueError as error:
        raise DataError(
            f"{path.name} is not a .npy file of numbers or text: {error}; write it by numpy.save"
        ) from None


def _at(path: Path, file: BinaryIO) -> Stored:
    """Return the array that begins where a file stands."""
    try:
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        shape, by_columns, dtype = read[npy.read_magic(file)](file)
    except (ValueError, KeyError) as error:
        raise DataError(f"{path.name} is not a .npy file: {error}; write it by numpy.save") from None
    if dtype.hasobject:
        raise DataError(f"{path.name} holds objects of Python, not numbers; write numbers by numpy.save")
    if by_columns and len(shape) > 1:
        raise DataError(
            f"rows are read, and {path.name} lies column after column; write it anew: numpy.save(path, "
            "numpy.ascontiguousarray(X))"
        )
    found = Stored(path, file.tell(), dtype, shape)
    _check_whole(found, path.stat().st_size)
    return found


def _check_whole(array: Stored, size: int) -> None:
    """Refuse a file that is shorter than its header says."""
    there = (size - array.offset) // max(array.row_bytes, 1)
    if array.shape and array.row_bytes and there < array.shape[0]:
        raise DataError(f"{array.path.name} is cut off: rows from {there:,} on are missing; copy it anew")


def members(path: Path) -> dict[str, Stored]:
    """Return the arrays of a .npz file by their names.

    Raises
    ------
    DataError
        If it is not one, or is compressed.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            infos = archive.infolist()
            _check_plain(path, infos)
            return {info.filename.removesuffix(".npy"): _member(path, file, info) for info in infos}
    except zipfile.BadZipFile as error:
        raise DataError(f"{path.name} is not a whole .npz file: {error}; write it anew") from None


def _check_plain(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    if any(info.compress_type != zipfile.ZIP_STORED for info in infos):
        raise DataError(
            f"rows are read from where they lie, and {path.name} is compressed; write it anew: "
            "scipy.sparse.save_npz(path, X, compressed=False)"
        )


def _member(path: Path, file: BinaryIO, info: zipfile.ZipInfo) -> Stored:
    file.seek(info.header_offset)
    name, extra = np.frombuffer(file.read(_LOCAL_HEADER)[_LENGTHS], "<u2").tolist()
    file.seek(info.header_offset + _LOCAL_HEADER + name + extra)
    return _at(path, file)
