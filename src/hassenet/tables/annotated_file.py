"""AnnData in a file: HDF5, laid out as its specification says, of which only what is asked for is read.

Source: the on-disk format of AnnData, https://anndata.readthedocs.io/en/stable/fileformat-prose.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, final

from scipy.sparse import csc_array, csr_array

from hassenet.data.compressed import check_ends, check_sparse
from hassenet.errors import DataError
from hassenet.files.optional import h5py
from hassenet.tables.annotated_frame import frame_of, text
from hassenet.tables.annotated_parts import RAW, Index, Parts, no_column, no_layer


@contextmanager
def opened(path: str | PathLike[str]) -> Iterator[H5ad]:
    """Open a file for reading.

    Raises
    ------
    DataError
        If there is none, it is not HDF5, or not AnnData.
    """
    path = Path(path)
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
        layers = self.file.get("layers", {})
        if layer is not None and layer in layers:
            return layers[layer]
        if layer is not None and not self._is_raw(layer):
            raise no_layer(self.name, layer, list(layers))
        place = "X" if layer is None else f"{self._raw}X"
        if place not in self.file:
            raise DataError(
                f"AnnData whose X is empty has its numbers in a layer; {self.name} has {sorted(layers)}; name one as "
                "layer=… (--layer)"
            )
        return self.file[place]

    def _is_raw(self, layer: str | None) -> bool:
        return layer == RAW and layer not in self.file.get("layers", {}) and f"{self._raw}X" in self.file

    @property
    def _raw(self) -> str:
        """What the names of the raw parts begin with: before 0.7 they were not in a group."""
        return f"{RAW}/" if RAW in self.file else f"{RAW}."

    def _decoded(self, node: Any) -> Any:
        if not hasattr(node, "keys"):
            return node[...]
        kind = text(node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", "")))
        make = {"csr": csr_array, "csc": csc_array}.get(kind[:3])
        if make is None:
            raise DataError(
                f"a matrix is dense, csr or csc; {node.name} of {self.name} is {kind or 'a group'!r}; write it as one "
                "of these"
            )
        shape = tuple(node.attrs["shape" if "shape" in node.attrs else "h5sparse_shape"])
        data, indices, indptr = (node[part][...] for part in ("data", "indices", "indptr"))
        check_ends(
            self.name, indptr, shape[0 if kind.startswith("csr") else -1], min(len(data), len(indices))
        )
        X = make((data, indices, indptr), shape=shape)
        check_sparse(self.name, X)
        return X.tocsr()

    def variables(self, layer: str | None, column: str | None) -> Sequence[Any]:
        """As :meth:`Parts.variables`."""
        frame = frame_of(self.file, f"{self._raw}var" if self._is_raw(layer) else "var")
        if column is not None and column not in frame.columns:
            raise no_column(self.name, column, frame.columns)
        return frame.cells(frame.index if column is None else column).cast("string").to_pylist()

    @property
    def of_variables(self) -> tuple[str, ...]:
        """The columns of var."""
        return frame_of(self.file, "var").columns

    def observations(self) -> tuple[Index, Mapping[str, Any]]:
        """As :meth:`Parts.observations`."""
        frame = frame_of(self.file, "obs")
        index = Index(frame.index, frame.cells(frame.index).cast("string"))
        return index, {name: frame.cells(name) for name in frame.columns}
