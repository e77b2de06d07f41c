"""A column that is known to be added to the signals of outputs."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.amounts import amounts_in, why_no_amounts
from hassenet.data.columns import Columns
from hassenet.data.objects import Other, shown_others
from hassenet.data.offsets import offset_of
from hassenet.data.rows_called import row_name
from hassenet.data.table import columns_of, matrix
from hassenet.errors import DataError, FeatureError, HassenetWarning, NotFiniteError, first_of
from hassenet.outcomes.outcome import Array


@final
@dataclass(frozen=True)
class OffsetColumn:
    """The column of an offset, or of an exposure, whose logarithm is one.

    Parameters
    ----------
    column : str
    is_exposure : bool
        Whether the column holds exposures.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> OffsetColumn("years", is_exposure=True).read(Table({"years": np.array([1.0, 2.0])})).round(3)
    array([0.   , 0.693])
    """

    column: str
    is_exposure: bool = False

    def __str__(self) -> str:
        return f"{'exposure' if self.is_exposure else 'offset'} {self.column!r}"

    def read(self, table: Any, counts: NDArray[np.bool_] | None = None) -> Array:
        """Return the offset of each row, (m,), NaN in rows that do not count, which are not looked at.

        Parameters
        ----------
        table : table of any library
        counts : (m,) array of bool, optional
            Which rows count; by default all.

        Raises
        ------
        FeatureError, NotFiniteError, DataError
            If there is no such column, or it holds something else than finite numbers, those of exposures above 0.
        """
        columns = columns_of(table)
        if columns.names.count(self.column) != 1:
            raise FeatureError(
                f"{self._what} is one column of the table, {self.column!r}; there are "
                f"{columns.names.count(self.column)}; give a table that has it"
            )
        values = self._numbers(columns)
        rows = np.arange(len(values)) if counts is None else np.flatnonzero(counts)
        self._check(values, rows)
        found = np.full(len(values), np.nan)
        found[rows] = self.of(values[rows])
        return found

    def _numbers(self, columns: Columns) -> Array:
        """Return the numbers of the column, which may be spelled as text."""
        spelled = amounts_in(columns, self.column)
        if spelled is None:
            return np.asarray(
                matrix(columns, [self.column], partial(self._not_numbers, columns))[:, 0], float
            )
        for note in spelled.notes(self.column):
            warnings.warn(note, HassenetWarning, stacklevel=4)
        return spelled.numbers

    def _not_numbers(self, columns: Columns, others: Mapping[Hashable, Other | None]) -> DataError:
        return DataError(
            f"{self._what} is a number in each row; not so in {self.column!r}{shown_others(others)}; "
            f"{why_no_amounts(columns, self.column)}"
        )

    @property
    def _what(self) -> str:
        return "an exposure" if self.is_exposure else "an offset"

    def _check(self, values: Array, rows: NDArray[np.intp]) -> None:
        """Refuse values that are missing, infinite or no exposures, by their rows, of which the first is 1."""
        suits = np.isfinite(values[rows]) & ((values[rows] > 0) | (not self.is_exposure))
        if suits.all():
            return
        first = int(rows[~suits][0])
        is_missing = np.isnan(values[first])
        raise (DataError if np.isfinite(values[first]) else NotFiniteError)(
            f"{self._what} is a finite number{' above 0' if self.is_exposure else ''} in each row; {self.column!r} "
            f"{'is missing' if is_missing else f'is {values[first]:g}'} in row {row_name(first)}"
            f"{first_of(int((~suits).sum()), 'row')}; fill it in, or leave these rows out"
        )

    def of(self, values: Any) -> Array:
        """Return the offset of values that such a column has."""
        found: Array = offset_of(None, values) if self.is_exposure else values
        return found
