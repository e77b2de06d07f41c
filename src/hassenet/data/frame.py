"""Columns of a data frame that narwhals knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import narwhals.stable.v2 as nw
import numpy as np
from narwhals.exceptions import DuplicateError
from numpy.typing import NDArray

from hassenet.data.arrow import as_cells, is_extended, trimmed, unified
from hassenet.data.checks import NUMBERS
from hassenet.data.columns import Columns
from hassenet.data.libraries import library_frame
from hassenet.data.objects import as_numbers, of_one_type
from hassenet.data.plain import as_one_array, is_plain

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Frame(Columns):
    """The columns of a pandas, polars or pyarrow table, or of another that narwhals knows.

    Parameters
    ----------
    frame : narwhals.DataFrame
        The columns whose name no other has.
    doubled : tuple of Hashable
        The names of the others.
    """

    frame: Any  # narwhals expects names that are text; those of pandas may be anything
    doubled: tuple[Hashable, ...] = ()

    @staticmethod
    def of(table: Any) -> Frame | None:
        """Return the columns of a table, None where narwhals does not know its kind."""
        frame = library_frame(table)
        if frame is None:
            return None
        try:
            return Frame(nw.from_native(frame, eager_only=True))
        except DuplicateError:
            return _without_doubled(frame)

    @property
    def names(self) -> tuple[Hashable, ...]:
        """The frame's columns, those of one name last."""
        return (*self.frame.columns, *self.doubled)

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: Hashable) -> Array:
        """Return a column."""
        series = self.frame.get_column(name)
        values = np.asarray(_decoded(series).to_numpy())
        if values.dtype != object:
            return values
        return as_numbers(np.where(series.is_null().to_numpy(), np.array(None, object), values))

    @property
    def are_one_block(self) -> bool:
        """Whether all are numbers that their library hands over at once."""
        native = self.frame.to_native()
        return is_plain(native) or _is_block_of_numbers(native)

    def numbers(self, name: Hashable) -> Array | None:
        """Return a column of numbers."""
        series = self.frame.get_column(name)
        if series.null_count() == len(series):
            return np.full(len(series), np.nan)
        if not (series.dtype.is_numeric() or series.dtype in (nw.Boolean, nw.Object, nw.Unknown)):
            return None
        if is_extended(series.to_native()):
            return None
        values = self.column(name)
        return values if values.dtype.kind in NUMBERS else None

    def are_codes(self, name: Hashable) -> bool:
        """Numbers of a frame have no spelling."""
        return False

    def cells(self, name: Hashable) -> Any:
        """Return a column as Arrow has it."""
        series = self.frame.get_column(name)
        native: Any = series.to_native()
        if hasattr(native, "combine_chunks"):
            return trimmed(unified(native).combine_chunks())
        native = native if series.dtype in (nw.Object, nw.Unknown) else series.to_arrow()
        return trimmed(as_cells(native) if native is not None and not hasattr(native, "type") else native)

    def block(self, names: Sequence[Hashable]) -> Array:
        """Return columns side by side, as the library holds them where that is one block of numbers."""
        part = self._selected(names)
        native = part.to_native()
        if is_plain(native):
            return as_one_array(native)
        return part.to_numpy() if _is_block_of_numbers(native) else self._side_by_side(names)

    def _side_by_side(self, names: Sequence[Hashable]) -> Array:
        return np.stack(of_one_type([self.column(name) for name in names])).T

    def _selected(self, names: Sequence[Hashable]) -> Any:
        """Return columns by their places: a name that is a number would be taken for one."""
        place = {name: k for k, name in enumerate(self.frame.columns)}
        places = [place[name] for name in names]
        return self.frame if places == list(range(len(place))) else self.frame[:, places]


def _is_block_of_numbers(native: Any) -> bool:
    """Return whether a library hands its columns over as numbers at once.

    Anything else it would box, number by number (pandas, of types that NumPy has not), make numbers of (polars, of
    dates) or go through row by row (pyarrow, which has no ``dtypes``).
    """
    kinds = set(getattr(native, "dtypes", ()))
    return bool(kinds) and (kinds == {np.dtype(bool)} or all(map(_is_number_type, kinds)))


def _is_number_type(kind: Any) -> bool:
    return kind.kind in "iuf" if isinstance(kind, np.dtype) else getattr(kind, "is_numeric", bool)()


def _without_doubled(table: Any) -> Frame:
    """Return the columns of a table of pandas or pyarrow, where names may be doubled."""
    arrow = hasattr(type(table), "column_names")
    names = list(table.column_names if arrow else table.columns)
    counts = Counter(names)
    once = [name for name, n in counts.items() if n == 1]
    doubled = tuple(name for name in names if counts[name] > 1)
    part = table.select(once) if arrow else table[once]
    return Frame(nw.from_native(part, eager_only=True), doubled)


def _decoded(series: Any) -> Any:
    """Return categories of Arrow as their values, also where none is there, which Arrow itself does not hand over."""
    native = series.to_native()
    kind: Any = getattr(native, "type", None)
    return native.cast(kind.value_type) if hasattr(kind, "index_type") else series
