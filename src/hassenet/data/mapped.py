"""Columns of a table that gives each by its name."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import as_cells, trimmed
from hassenet.data.checks import NUMBERS
from hassenet.data.columns import Columns, compact_columns, held_as_one
from hassenet.data.levels import Levels
from hassenet.data.objects import as_numbers, of_one_type
from hassenet.data.packed import Packed, is_bytes

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

    def numbers(self, name: Hashable) -> Array | None:
        """Return a column of numbers."""
        numbers = getattr(self.table, "numbers_in", None)
        values = as_numbers(np.asarray(self.table[name])) if numbers is None else numbers(name)
        return values if values is not None and values.dtype.kind in NUMBERS else None

    def are_codes(self, name: Hashable) -> bool:
        """Return whether a column is of codes, of a table that knows how its numbers are spelled."""
        are_codes = getattr(self.table, "are_codes", None)
        return are_codes is not None and are_codes(name)

    def cells(self, name: Hashable) -> Any:
        """Return a column as Arrow has it."""
        cells = getattr(self.table, "cells", None)
        return trimmed(as_cells(self.table[name])) if cells is None else cells(name)

    def kind(self, name: Hashable) -> Any:
        """Return the type that Arrow has for a column."""
        kind = getattr(self.table, "kind_of", None)
        return super().kind(name) if kind is None else kind(name)

    def levels(self, name: Hashable) -> Levels:
        """Return the levels of a column, of a table that knows them."""
        levels = getattr(self.table, "levels_of", None)
        return super().levels(name) if levels is None else levels(name)

    def block(self, names: Sequence[Hashable]) -> Any:
        """Return columns side by side, a row after the other; those that the table holds so as they are."""
        held = held_as_one(self.table, names)
        if held is not None:
            return held
        own = compact_columns(self.table).intersection(names)
        if own and is_bytes(self.table.values.X):
            return self._beside(own, names)
        return np.stack(of_one_type([self.column(name) for name in names]), axis=1)

    def _beside(self, own: Collection[Hashable], names: Sequence[Hashable]) -> Any:
        """Return columns of a block of whole numbers of one byte as they are held, and others beside them."""
        places = [k for k, name in enumerate(names) if name not in own]
        others = np.stack(of_one_type([self.column(names[k]) for k in places]), axis=1)
        if others.dtype.kind not in NUMBERS:
            return others
        return Packed.of(self.table.values.part([n for n in names if n in own]), others, places, names)
