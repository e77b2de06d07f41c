"""The rows that an estimator over settings is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Rows = NDArray[np.intp]


@final
@dataclass(frozen=True, eq=False)
class GivenRows:
    """Features, targets and weights of rows, after checks, and which of all they are.

    Attributes
    ----------
    X : array, Elsewhere, Encoded or stream
        The features.
    y : array
    weight : (m,) array, optional
    places : (m,) array of int
        Their numbers among all rows that were given.
    table : Stream, table or rows elsewhere, optional
        What the features are made of, all rows of it, where these are not in memory.
    """

    X: Any
    y: Array
    weight: Array | None
    places: Rows
    table: Any = None

    def __len__(self) -> int:
        return len(self.places)

    def some(self, rows: Rows) -> GivenRows:
        """Return some of them."""
        if len(rows) == len(self.places):
            return self
        return replace(self.of(rows, self.X[rows]), table=self.table)

    def of(self, rows: Rows, X: Any) -> GivenRows:
        """Return some of them, whose features are in memory."""
        return GivenRows(
            X, self.y[rows], None if self.weight is None else self.weight[rows], self.places[rows]
        )
