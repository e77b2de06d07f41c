"""The frames of an AnnData file, obs and var, in the form of today and in that of before 0.7."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from hassenet.errors import DataError, HassenetError
from hassenet.files.optional import h5py, pyarrow
from hassenet.tables.annotated_parts import INDEX

_OF_DECODING = (TypeError, ValueError, AttributeError, IndexError, OSError)
"""What NumPy and h5py raise about nodes that are not as the format has them; Arrow has errors of its own."""


class Frame(ABC):
    """Named columns and an index; ``Grouped`` and ``Compound`` are concrete."""

    place: str
    """What messages call it, as "obs of cells.h5ad"."""

    @property
    @abstractmethod
    def index(self) -> str:
        """The name of the index."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The names of the others."""

    def cells(self, name: str) -> Any:
        """Return a column, or the index, as an array of Arrow.

        Raises
        ------
        DataError
            If it is missing, cut off, or encoded as nothing that is known.
        """
        try:
            return self._decoded(name)
        except HassenetError:
            raise
        except KeyError:
            raise self._broken(f"a part of {name!r} is missing") from None
        except (*_OF_DECODING, pyarrow().ArrowException):
            raise self._broken(f"{name!r} is not a row of values as the format has them") from None

    def check_lengths(self, columns: Mapping[str, Any], n: int) -> None:
        """Refuse columns that are longer or shorter than the index, of n rows."""
        for name, cells in columns.items():
            if len(cells) != n:
                raise self._broken(f"{name!r} has {len(cells):,} values, and the index {n:,}")

    def _broken(self, what: str) -> DataError:
        return DataError(
            f"a frame has a value in each row of each column; in {self.place} {what}; write the file anew"
        )

    @abstractmethod
    def _decoded(self, name: str) -> Any:
        """Return a column of a file that is whole."""


def frame_of(file: Any, path: str) -> Frame:
    """Return a frame of an open file.

    Raises
    ------
    DataError
        If it is something else.
    """
    node, place = file[path], f"{path} of {Path(file.filename).name}"
    if hasattr(node, "keys"):
        return Grouped(place, node)
    if node.dtype.names is None:
        raise DataError(
            f"a frame is a group of columns, or an array with fields; not so {place}; write the file anew"
        )
    return Compound(place, node, file.get("uns", {}))


@final
@dataclass(frozen=True)
class Grouped(Frame):
    """A frame that is a group, with a node for each column: anndata 0.7 and later.

    Parameters
    ----------
    place : str
    group : h5py.Group
    """

    place: str
    group: Any

    @property
    def index(self) -> str:
        """The name of the index."""
        return text(self.group.attrs.get(INDEX, INDEX))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the others."""
        return tuple(map(text, self.group.attrs.get("column-order", ())))

    def _decoded(self, name: str) -> Any:
        """Return a column, whatever it is encoded as."""
        node = self.group[name]
        if hasattr(node, "keys"):
            return _of_group(node, self.place)
        categories = self.group.get("__categories", {}).get(name)  # as 0.7 has them
        return _plain(node) if categories is None else _categorical(node[...], _plain(categories))


@final
@dataclass(frozen=True)
class Compound(Frame):
    """A frame that is one array of records: anndata before 0.7.

    Parameters
    ----------
    place : str
    records : h5py.Dataset
    categories : h5py.Group
        Where ``NAME_categories`` are those of a column of codes.
    """

    place: str
    records: Any
    categories: Any

    @property
    def index(self) -> str:
        """The name of the index, the first of a record."""
        return str(self.records.dtype.names[0])

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the others."""
        return tuple(self.records.dtype.names[1:])

    def _decoded(self, name: str) -> Any:
        """Return a column."""
        values, categories = self.records[name], self.categories.get(f"{name}_categories")
        if categories is not None:
            return _categorical(values, _plain(categories))
        return pyarrow().array([*map(text, values.tolist())] if values.dtype.kind in "SO" else values)


def _of_group(node: Any, place: str) -> Any:
    if "codes" in node:
        return _categorical(node["codes"][...], _plain(node["categories"]))
    if "values" in node and "mask" in node:
        return pyarrow().array(_plain(node["values"]).to_numpy(zero_copy_only=False), mask=node["mask"][...])
    raise DataError(
        f"a column of a frame is plain, categorical or nullable; {node.name} in {place} is "
        f"{text(node.attrs.get('encoding-type', 'a group'))!r}; leave it out, and write the file anew"
    )


def _plain(node: Any) -> Any:
    if node.dtype.kind == "S":
        return pyarrow().array([*map(text, node[...].tolist())])
    if h5py().check_string_dtype(node.dtype) is None:
        return pyarrow().array(node[...])
    return pyarrow().array(node.asstr()[...].tolist(), "string")


def _categorical(codes: Any, categories: Any) -> Any:
    codes = np.asarray(codes).astype(np.int64, casting="same_kind")
    known = pyarrow().array(np.maximum(codes, 0), mask=codes < 0)
    return pyarrow().DictionaryArray.from_arrays(known, categories)


def text(value: Any) -> str:
    """Return text, which a file may hold as bytes.

    >>> text(b"CD4"), text("CD8")
    ('CD4', 'CD8')
    """
    return value.decode() if isinstance(value, bytes) else str(value)
