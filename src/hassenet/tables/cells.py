"""The columns of a file by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import usual
from hassenet.files.optional import pyarrow
from hassenet.tables.stored import AsText, Column, Stored, Typed


@final
@dataclass(frozen=True, eq=False)
class Cells(Mapping[str, Column]):
    """The columns of a file by their names: each is made an array of NumPy when it is first asked for.

    A column that nobody asks for may hold anything, and can be written into another file as it stands.

    Parameters
    ----------
    stored : mapping from str to Stored
        Columns of equal length.
    unread : tuple of str
        The names of further columns that the file has, which were not asked for.
    row_labels : tuple of str
        The columns that are the index of a frame of pandas: they are there by name, and not among the columns.
    """

    stored: Mapping[str, Stored]
    unread: tuple[str, ...] = ()
    row_labels: tuple[str, ...] = ()

    @staticmethod
    def typed(columns: Mapping[str, Any]) -> Cells:
        """Return columns of Arrow."""
        return Cells({name: Typed(name, usual(column)) for name, column in columns.items()})

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return next((len(column) for column in self.stored.values()), 0)

    def take(self, rows: NDArray[np.int64]) -> Cells:
        """Return some of the rows."""
        return Cells(
            {name: column.take(rows) for name, column in self.stored.items()}, self.unread, self.row_labels
        )

    def select(self, names: Iterable[str]) -> Cells:
        """Return some of the columns."""
        return Cells({name: self.stored[name] for name in names})

    @property
    def are_spelled(self) -> bool:
        """Whether the columns are those of a text file."""
        return all(isinstance(column, AsText) for column in self.stored.values())

    def above(self, others: Sequence[Cells]) -> Cells:
        """Return the columns with the cells of others below."""
        return Cells(
            {
                name: column.like(name, _stacked([column, *(other.stored[name] for other in others)]))
                for name, column in self.stored.items()
            }
        )

    def __getitem__(self, name: str) -> Column:
        return self.stored[name].values

    def __contains__(self, name: object) -> bool:
        return name in self.stored  # that of Mapping would convert the column

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.stored if name not in self.row_labels)

    def __len__(self) -> int:
        return len(self.stored) - len(self.row_labels)


def _stacked(columns: Sequence[Stored]) -> Any:
    """Return the cells of columns, one below the other."""
    return pyarrow().chunked_array([chunk for column in columns for chunk in _chunks(column.cells)])


def _chunks(cells: Any) -> Sequence[Any]:
    return getattr(cells, "chunks", None) or [cells]
