"""A column that is known to be added to the signals of outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from hassenet.data.checks import check_finite
from hassenet.data.not_numbers import not_numbers
from hassenet.data.offsets import offset_of
from hassenet.data.table import columns_of, matrix
from hassenet.errors import FeatureError
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
    >>> import numpy as np
    >>> from hassenet.tables import Table
    >>> OffsetColumn("years", is_exposure=True).read(Table({"years": np.array([1.0, 2.0])})).round(3)
    array([0.   , 0.693])
    """

    column: str
    is_exposure: bool = False

    def read(self, table: Any) -> Array:
        """Return the offset of each row, (m,).

        Raises
        ------
        FeatureError, NotFiniteError, DataError
            If there is no such column, or it holds something else than finite numbers, those of exposures above 0.
        """
        columns, what = columns_of(table), "an exposure" if self.is_exposure else "an offset"
        if columns.names.count(self.column) != 1:
            raise FeatureError(
                f"{what} is one column of the table, {self.column!r}; there are {columns.names.count(self.column)}; "
                "give a table that has it"
            )
        values: Array = matrix(columns, [self.column], not_numbers)[:, 0].astype(float)
        check_finite(f"{what} {self.column!r}", values)
        return self.of(values)

    def of(self, values: Any) -> Array:
        """Return the offset of values that such a column has."""
        found: Array = offset_of(None, values) if self.is_exposure else values
        return found
