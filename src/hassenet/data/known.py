"""What is known of columns of numbers whose rows are looked at a part at a time."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.match import Match
from hassenet.data.table import columns_of
from hassenet.data.truths import are_truths

Array = NDArray[Any]


@final
class Known(NamedTuple):
    """What is known of some columns of numbers.

    Attributes
    ----------
    low, high : (n,) array
        The least and the largest number of the rows to learn from; ∞ and −∞ where there is none.
    there : (n,) array of int
        How many of these rows have a number.
    infinite : (n,) array of int
        How many numbers of all rows are infinite.
    of_truths : (n,) array of bool
        Whether all rows hold truth values.
    rows : int
        How many rows there are to learn from.
    """

    low: Array
    high: Array
    there: Array
    infinite: Array
    of_truths: Array
    rows: int

    @staticmethod
    def of(table: Any, names: Sequence[Hashable], rows: Array | None = None) -> Known:
        """Return what is known of columns of a table, from some rows.

        >>> from hassenet.tables import Table
        >>> Known.of(Table({"age": np.array([31.0, np.nan, 64.0])}), ["age"]).there
        array([2])
        """
        columns = columns_of(table)
        column = Match.of(names, columns.names).column
        whole = [np.asarray(columns.numbers(column[name])) for name in names]
        X = np.stack([np.asarray(x if rows is None else x[rows], np.float64) for x in whole])
        gaps = np.isnan(X)
        return Known(
            np.where(gaps, np.inf, X).min(axis=1, initial=np.inf),
            np.where(gaps, -np.inf, X).max(axis=1, initial=-np.inf),
            (~gaps).sum(axis=1),
            np.array([np.isinf(x).sum() for x in whole]),
            np.array([are_truths(x) for x in whole]),
            X.shape[1],
        )

    @staticmethod
    def joined(some: Sequence[Known]) -> Known:
        """Return what is known of the rows of all."""
        low, high, there, infinite, of_truths = (np.stack(part) for part in list(zip(*some, strict=True))[:5])
        rows = sum(one.rows for one in some)
        return Known(
            low.min(0), high.max(0), there.sum(0), infinite.sum(0), np.logical_and.reduce(of_truths), rows
        )

    @property
    def gaps(self) -> Array:
        """The share of rows in which each column has no number."""
        return 1 - self.there / self.rows if self.rows else np.zeros(len(self.there))

    @property
    def is_constant(self) -> NDArray[np.bool_]:
        """Which columns hold one number in all rows."""
        return (self.there == self.rows) & (self.low == self.high)
