"""Columns of a table that gives each by its name."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.columns import Columns, held_as_one
from hassenet.data.objects import as_numbers, of_one_type

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Mapped(Columns):
    """The columns of :class:`hassenet.tables.Table`, and of whatever has ``columns``, a length, and columns by name.

    Parameters
    ----------
    table : Table
    """

    table: Any

    @property
    def names(self) -> tuple[Hashable, ...]:
        """The table's columns."""
        return tuple(self.table.columns)

    def __len__(self) -> int:
        return len(self.table)

    def column(self, name: Hashable) -> Array:
        """Return a column."""
        return as_numbers(np.asarray(self.table[name]))

    def block(self, names: Sequence[Hashable]) -> Any:
        """Return columns side by side, a row after the other; those that the table holds so as they are."""
        held = held_as_one(self.table, names)
        if held is not None:
            return held
        return np.stack(of_one_type([self.column(name) for name in names]), axis=1)
