"""Whatever rows can be cut out of, as a source of blocks: arrays in memory and in files, dense or sparse."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
from scipy.sparse import issparse

from hassenet.data.source import Read, Rows, Source, cut
from hassenet.errors import DataError
from hassenet.files.state import FileState

BLOCK = 1 << 20
"""Bytes of a block where nothing else divides the rows."""


@final
@dataclass(frozen=True, eq=False)
class Rowwise(Source):
    """An array of which rows are read.

    Parameters
    ----------
    name : str
    shape : tuple of int
        (m, n).
    row_size : float
        How many bytes a row has in memory, about.
    opened : callable
        Opens the array: inside, ``X[start:end]`` are rows, an array or a csr_array.
    block : int
        How many rows a block has.
    states : tuple of FileState
        Those of its files.
    """

    name: str
    shape: tuple[int, int]
    row_size: float
    opened: Callable[[], AbstractContextManager[Any]]
    block: int
    states: tuple[FileState, ...] = ()

    @cached_property
    def columns(self) -> tuple[Hashable, ...]:
        """The numbers of the columns."""
        return tuple(range(self.shape[1]))

    @property
    def variables(self) -> tuple[Hashable, ...]:
        """All columns."""
        return self.columns

    @property
    def has_names(self) -> bool:
        """Columns of an array have none."""
        return False

    @cached_property
    def sizes(self) -> Rows:
        """How many rows each block has."""
        return cut(self.shape[0], self.block)

    @cached_property
    def runs(self) -> Rows:
        """Each block is a run of its own."""
        return np.arange(len(self.sizes))

    @property
    def read_as(self) -> tuple[Any, ...]:
        """How the array is opened: of which part of a file, or of which files."""
        return (self.opened,)

    @contextmanager
    def reading(self, columns: Sequence[Hashable]) -> Iterator[Read]:
        """As :meth:`Source.reading`."""
        some = None if tuple(columns) == self.columns else list(columns)
        self._check_files()
        with self.opened() as X:
            yield lambda block: self._rows(X, block, some)

    def _check_files(self) -> None:
        for state in self.states:
            state.check()

    def _rows(self, X: Any, block: int, columns: Any) -> Any:
        self._check_files()
        start = int(self.starts[block])
        rows = X[start : start + int(self.sizes[block])]
        rows = rows if issparse(rows) else np.asarray(rows)
        return rows if columns is None else rows[:, columns]

    def row_bytes(self, columns: Sequence[Hashable]) -> float:
        """As :meth:`Source.row_bytes`."""
        return self.row_size * len(columns) / max(self.shape[1], 1)

    def place_of(self, block: int) -> tuple[str, int]:
        """As :meth:`Source.place_of`."""
        return self.name, int(self.starts[block])

    def check(self, columns: Sequence[Hashable]) -> None:
        """There is one type."""


def check_kind(name: str, kind: np.dtype[Any]) -> None:
    """Refuse an array that does not hold numbers.

    Raises
    ------
    DataError
        If it holds text, times or complex numbers.
    """
    if kind.kind not in "biuf":
        raise DataError(
            f"an array of a stream holds real numbers; {name} holds {kind}; write it anew as numbers, or as a table "
            "of Parquet"
        )


def rows_of_a_block(row_bytes: float, most: int = BLOCK) -> int:
    """Return how many rows of a size have a number of bytes.

    >>> rows_of_a_block(1024)
    1024
    """
    return max(1, int(most // max(row_bytes, 1)))
