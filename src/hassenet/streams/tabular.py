"""Tables in memory as sources of blocks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from hassenet.data.source import Read, Rows, Source, cut
from hassenet.files.state import FileState
from hassenet.streams.rowwise import rows_of_a_block
from hassenet.tables.table import Table

_CELL = 8


@final
@dataclass(frozen=True, eq=False)
class Tabular(Source):
    """A table in memory.

    Parameters
    ----------
    name : str
    table : Table
    block : int, optional
        How many rows a block has; by default as many as have a megabyte.
    """

    name: str
    table: Table
    block: int | None = None

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The names of the columns."""
        return self.table.columns

    @cached_property
    def sizes(self) -> Rows:
        """How many rows each block has."""
        return cut(len(self.table), self.block or rows_of_a_block(self.row_bytes(self.columns)))

    @cached_property
    def runs(self) -> Rows:
        """Each block is a run of its own."""
        return np.arange(len(self.sizes))

    @property
    def states(self) -> tuple[FileState, ...]:
        """None: a table is in memory."""
        return ()

    @contextmanager
    def reading(self, columns: Sequence[Any]) -> Iterator[Read]:
        """As :meth:`Source.reading`."""
        some = self.table.select(columns)
        yield lambda block: some.take(np.arange(self.sizes[block]) + self.starts[block])

    @property
    def variables(self) -> tuple[Hashable, ...]:
        """Those of the block where the table has one, else all."""
        return self.table.variables

    @property
    def has_names(self) -> bool:
        """Columns of a table have names."""
        return True

    def row_bytes(self, columns: Sequence[Hashable]) -> float:
        """As :meth:`Source.row_bytes`."""
        return len(columns) * _CELL

    def place_of(self, block: int) -> tuple[str, int]:
        """As :meth:`Source.place_of`."""
        return self.name, int(self.starts[block])

    def check(self, columns: Sequence[Hashable]) -> None:
        """There is one type a column."""
