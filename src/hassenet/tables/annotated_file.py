"""AnnData in a file: HDF5, laid out as its specification says, of which only what is asked for is read.

Source: the on-disk format of AnnData, https://anndata.readthedocs.io/en/stable/fileformat-prose.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
from scipy.sparse import csc_array, csr_array

from hassenet.data.checks import check_numbers
from hassenet.data.compressed import broken, check_ends, check_sparse
from hassenet.errors import DataError
from hassenet.files.optional import h5py
from hassenet.files.paths import path_of_file
from hassenet.tables.annotated_frame import frame_of, text
from hassenet.tables.annotated_parts import RAW, Index, Parts, is_index, no_x


@contextmanager
def opened(path: str | PathLike[str]) -> Iterator[H5ad]:
    """Open a file for reading.

    Raises
    ------
    DataError
        If there is none, it is not HDF5, or not AnnData.
    """
    path = path_of_file(path)
    if not path.is_file():
        raise DataError(f"a table is a file; there is none at {path}; check the path")
    try:
        file = h5py().File(path, "r")
    except OSError as error:
        raise DataError(f"{path.name} is not a whole HDF5 file: {_brief(error)}; write it anew") from None
    with file:
        _check_annotated(path, file)
        yield H5ad(path.name, file)


def _brief(error: Exception) -> str:
    return str(error).partition("(")[2].rstrip(")") or str(error)


def _check_annotated(path: Path, file: Any) -> None:
    lacking = [part for part in ("obs", "var") if part not in file]
    if lacking:
        raise DataError(
            f"AnnData has X, obs and var; {path.name} has no {lacking[0]}, but {sorted(file)[:5]}; write it by anndata"
        )


@final
class SparseParts(NamedTuple):
    """A sparse matrix in a file: "csr" or "csc", its shape, and the data sets that it is made of."""

    kind: str
    shape: tuple[int, int]
    data: Any
    indices: Any
    indptr: Any


def sparse_parts(name: str, node: Any) -> SparseParts:
    """Return the parts of a sparse matrix, as a group of a file has them.

    Raises
    ------
    DataError
        If it is of another kind, or lacks a part.
    """
    kind = text(node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", "")))
    if kind[:3] not in ("csr", "csc"):
        raise DataError(
            f"a matrix is dense, csr or csc; {node.name} of {name} is {kind or 'a group'!r}; write it as one of these"
        )
    shape = np.ravel(node.attrs.get("shape", node.attrs.get("h5sparse_shape", ())))
    parts = [node.get(part) for part in ("data", "indices", "indptr")]
    if len(shape) != 2 or any(getattr(part, "ndim", 0) != 1 for part in parts):
        raise DataError(
            f"a sparse matrix has a shape, data, indices and indptr; {node.name} of {name} lacks one; write it anew"
        )
    check_numbers(f"the matrix of {name}", parts[0])
    if any(part.dtype.kind not in "iu" for part in parts[1:]):
        raise broken(name, "an index is not a whole number")
    return SparseParts(kind[:3], (int(shape[0]), int(shape[1])), *parts)


@final
@dataclass(frozen=True)
class H5ad(Parts):
    """An open file.

    Parameters
    ----------
    name : str
    file : h5py.File
    """

    name: str
    file: Any

    def matrix(self, layer: str | None) -> Any:
        """As :meth:`Parts.matrix`."""
        return self._decoded(self.node(layer))

    def node(self, layer: str | None) -> Any:
        """Return a layer, or X, as the file has it: a data set, or a group of those of a sparse array."""
        self.require_layer(layer)
        if self.is_raw(layer):
            return self.file[f"{self._raw}X"]
        if not self.is_x(layer):
            return self.file["layers"][layer]
        if "X" not in self.file:
            raise no_x(self.name, self.layers)
        return self.file["X"]

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers."""
        return tuple(self.file.get("layers", ()))

    @property
    def has_raw(self) -> bool:
        """Whether there is a raw matrix with its variables."""
        return f"{self._raw}X" in self.file and f"{self._raw}var" in self.file

    @property
    def _raw(self) -> str:
        """What the names of the raw parts begin with: before 0.7 they were not in a group."""
        return f"{RAW}/" if RAW in self.file else f"{RAW}."

    def _decoded(self, node: Any) -> Any:
        if not hasattr(node, "keys"):
            return node[...]
        kind, shape, *parts = sparse_parts(self.name, node)
        n = min(len(part) for part in parts[:2])  # what is behind the last row is unused
        data, indices, indptr = parts[0][:n], parts[1][:n], parts[2][...]
        check_ends(self.name, indptr, shape[0 if kind == "csr" else 1], n)
        X = (csr_array if kind == "csr" else csc_array)((data, indices, indptr), shape=shape)
        check_sparse(self.name, X)
        return X.tocsr()

    def variables(self, layer: str | None, column: str | None) -> Sequence[Any]:
        """As :meth:`Parts.variables`."""
        frame = frame_of(self.file, f"{self._raw}var" if self.is_raw(layer) else "var")
        by_index = is_index(self.name, column, frame.index, frame.columns)
        return frame.cells(frame.index if by_index else str(column)).cast("string").to_pylist()

    @property
    def of_variables(self) -> tuple[str, ...]:
        """The columns of var."""
        return frame_of(self.file, "var").columns

    def observations(self) -> tuple[Index, Mapping[str, Any]]:
        """As :meth:`Parts.observations`."""
        frame = frame_of(self.file, "obs")
        index = Index(frame.index, frame.cells(frame.index).cast("string"))
        columns = {name: frame.cells(name) for name in frame.columns}
        frame.check_lengths(columns, len(index.cells))
        return index, columns
