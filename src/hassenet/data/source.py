"""Where rows lie that are read a block at a time."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from hassenet.files.glimpse import glimpse
from hassenet.files.state import FileState

Rows = NDArray[np.int64]
Read = Callable[[int], Any]
"""From the number of a block to its rows: a table, or an array where columns have no names."""

_LOOKED_AT = 1 << 28  # bytes of all files together
_OF_A_FILE = 1 << 20  # of each at least
_NAMED = 256  # files, or groups of them, that have a digest of their own


class Source(ABC):
    """Rows in blocks, in files or in memory; a concrete one stands in ``streams`` for each format.

    Attributes
    ----------
    name : str
        What messages call it.
    is_compact : bool
        Whether features that are made of its columns take no more bytes than these.
    """

    name: str
    is_compact: ClassVar[bool] = False

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

    @property
    @abstractmethod
    def states(self) -> tuple[FileState, ...]:
        """Its files as they were when it was opened; none where it is in memory."""

    @property
    def read_as(self) -> tuple[Any, ...]:
        """What tells its cells from those of the same files that are read in another way; nothing by default."""
        return ()

    @property
    def told_apart_by(self) -> str:
        """A digest of cells that do not stand in its files, as those of a second table; nothing by default."""
        return ""

    def bounds(self, columns: Sequence[Hashable]) -> dict[str, tuple[float, float]]:
        """Return the least and the largest number of columns, where that is known without reading them; here of none.

        Raises
        ------
        DataError
            If a file is gone, was changed or is cut off.
        """
        return {}

    @cached_property
    def contents(self) -> dict[str, str]:
        """Digests of what is seen of the files, by their names below the folder that holds all; of many, of groups.

        Of at most 256 megabytes all bytes are looked at, of more so many, and of each file a megabyte.

        Raises
        ------
        DataError
            If a file is gone, or was changed.
        """
        names, size = below_all([state.path for state in self.states]), -(-len(self.states) // _NAMED) or 1
        most = max(_OF_A_FILE, _LOOKED_AT // max(len(names), 1))
        groups = [slice(k, k + size) for k in range(0, len(names), size)]
        return {
            _of_group(names[g]): " ".join(_looked_at(state, most) for state in self.states[g]) for g in groups
        }

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
    def place_of(self, block: int) -> tuple[str, int]:
        """Return what messages call the file of a block, and the first row in it, from 0."""

    def block_name(self, block: int) -> str:
        """Return what messages call a block: its file, and the rows of it."""
        name, start = self.place_of(block)
        return f"{name}, rows {start:,} to {start + int(self.sizes[block]) - 1:,},"

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


def below_all(paths: Sequence[Path]) -> list[str]:
    """Return the names of files below the folder that holds all.

    Examples
    --------
    >>> below_all([Path("people/site=A/0.parquet"), Path("people/site=B/0.parquet")])
    ['site=A/0.parquet', 'site=B/0.parquet']
    """
    if len(paths) < 2:
        return [path.name for path in paths]
    folder = os.path.commonpath([path.absolute().parent for path in paths])
    return [path.absolute().relative_to(folder).as_posix() for path in paths]


def _of_group(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _looked_at(state: FileState, most: int) -> str:
    state.check()
    return glimpse(state.path, most)
