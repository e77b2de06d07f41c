"""Where rows lie that are read a block at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Read = Callable[[int], Any]
"""From the number of a block to its rows: a table, or an array where columns have no names."""


class Source(ABC):
    """Rows in blocks, in files or in memory; a concrete one stands in ``streams`` for each format.

    Attributes
    ----------
    name : str
        What messages call it.
    """

    name: str

    @property
    @abstractmethod
    def columns(self) -> tuple[Hashable, ...]:
        """The names of its columns, or their numbers where it has none."""

    @property
    @abstractmethod
    def variables(self) -> tuple[Hashable, ...]:
        """The columns that are features where none are named."""

    @property
    @abstractmethod
    def has_names(self) -> bool:
        """Whether columns are matched by name."""

    @property
    @abstractmethod
    def sizes(self) -> Rows:
        """How many rows each block has, (b,)."""

    @property
    @abstractmethod
    def runs(self) -> Rows:
        """The run of each block, rising, (b,): blocks of one run are decoded one after the other."""

    @abstractmethod
    def reading(self, columns: Sequence[Hashable]) -> AbstractContextManager[Read]:
        """Open what is to be opened; inside, the blocks can be read, of these columns and in their order.

        Raises
        ------
        DataError
            From a read, if a file is gone, was changed or is cut off; it names the file.
        """

    @abstractmethod
    def row_bytes(self, columns: Sequence[Hashable]) -> float:
        """Return how many bytes a row of these columns has in memory, about."""

    @abstractmethod
    def block_name(self, block: int) -> str:
        """Return what messages call a block: its file, and the rows of it."""

    @cached_property
    def starts(self) -> Rows:
        """The first row of each block, (b,)."""
        return np.cumsum(self.sizes) - self.sizes

    @abstractmethod
    def check(self, columns: Sequence[Hashable]) -> None:
        """Refuse columns whose type changes from file to file.

        Raises
        ------
        DataError
            If one does; it names both files.
        """


def cut(m: int, size: int) -> Rows:
    """Return the sizes of blocks that m rows are cut into.

    Examples
    --------
    >>> cut(7, 3)
    array([3, 3, 1])
    """
    return np.diff(np.append(np.arange(0, m, size), m))


def all_blocks(source: Source, columns: Sequence[Hashable]) -> Iterator[Any]:
    """Yield each block of a source, in their order."""
    with source.reading(columns) as read:
        for block in range(len(source.sizes)):
            yield read(block)
