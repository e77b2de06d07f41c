"""The frames of an AnnData file, obs and var, in the form of today and in that of before 0.7."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from hassenet.errors import DataError
from hassenet.files.optional import h5py, pyarrow

_INDEX = "_index"


class Frame(ABC):
    """Named columns and an index; ``Grouped`` and ``Compound`` are concrete."""

    @property
    @abstractmethod
    def index(self) -> str:
        """The name of the index."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The names of the others."""

    @abstractmethod
    def cells(self, name: str) -> Any:
        """Return a column, or the index, as an array of Arrow."""


def frame_of(file: Any, path: str) -> Frame:
    """Return a frame of an open file."""
    node = file[path]
    return Grouped(node) if hasattr(node, "keys") else Compound(node, file.get("uns", {}))


@final
@dataclass(frozen=True)
class Grouped(Frame):
    """A frame that is a group, with a node for each column: anndata 0.7 and later.

    Parameters
    ----------
    group : h5py.Group
    """

    group: Any

    @property
    def index(self) -> str:
        """The name of the index."""
        return text(self.group.attrs.get(_INDEX, _INDEX))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the others."""
        return tuple(map(text, self.group.attrs.get("column-order", ())))

    def cells(self, name: str) -> Any:
        """Return a column, whatever it is encoded as.

        Raises
        ------
        DataError
            If it is encoded as nothing that is known.
        """
        node = self.group[name]
        if hasattr(node, "keys"):
            return _of_group(node)
        categories = self.group.get("__categories", {}).get(name)  # as 0.7 has them
        return _plain(node) if categories is None else _categorical(node[...], _plain(categories))


@final
@dataclass(frozen=True)
class Compound(Frame):
    """A frame that is one array of records: anndata before 0.7.

    Parameters
    ----------
    records : h5py.Dataset
    categories : h5py.Group
        Where ``NAME_categories`` are those of a column of codes.
    """

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

    def cells(self, name: str) -> Any:
        """Return a column."""
        values, categories = self.records[name], self.categories.get(f"{name}_categories")
        if categories is not None:
            return _categorical(values, _plain(categories))
        return pyarrow().array([*map(text, values.tolist())] if values.dtype.kind in "SO" else values)


def _of_group(node: Any) -> Any:
    if "codes" in node:
        return _categorical(node["codes"][...], _plain(node["categories"]))
    if "values" in node and "mask" in node:
        return pyarrow().array(_plain(node["values"]).to_numpy(zero_copy_only=False), mask=node["mask"][...])
    raise DataError(
        f"a column of a frame is plain, categorical or nullable; {node.name} is "
        f"{text(node.attrs.get('encoding-type', 'a group'))!r}; leave it out, and write the file anew"
    )


def _plain(node: Any) -> Any:
    if node.dtype.kind == "S":
        return pyarrow().array([*map(text, node[...].tolist())])
    if h5py().check_string_dtype(node.dtype) is None:
        return pyarrow().array(node[...])
    return pyarrow().array(node.asstr()[...].tolist(), "string")


def _categorical(codes: Any, categories: Any) -> Any:
    known = pyarrow().array(np.maximum(codes, 0).astype(np.int32), mask=codes < 0)
    return pyarrow().DictionaryArray.from_arrays(known, categories)


def text(value: Any) -> str:
    """Return text, which a file may hold as bytes.

    >>> text(b"CD4"), text("CD8")
    ('CD4', 'CD8')
    """
    return value.decode() if isinstance(value, bytes) else str(value)
