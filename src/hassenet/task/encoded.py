"""Features of a table's columns that are made when they are asked for: all together, or some columns at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.encoding import Encoding
from hassenet.tables import Table

Array = NDArray[Any]
_AT_ONCE = 1 << 21  # numbers


@final
@dataclass(frozen=True, eq=False)
class Encoded:
    """The features of a table by an encoding: numbers none of which is missing, whose columns have names.

    scikit-learn's checks of a table would hold them several times; of these they need the names alone.

    Parameters
    ----------
    encoding : Encoding
    table : table
    rows : array of int, optional
        Those that are taken; by default all.

    Examples
    --------
    >>> people = Table({"age": np.array([31.0, 64.0]), "height": np.array([1.7, 1.8])})
    >>> encoded = Encoded(Encoding(("height", "age"), (), [1.75, 40.0]), people)
    >>> encoded.shape, encoded.features(np.float32).tolist()
    ((2, 2), [[1.7000000476837158, 31.0], [1.7999999523162842, 64.0]])
    """

    encoding: Encoding
    table: Any
    rows: Array | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and of features."""
        return len(self.table) if self.rows is None else len(self.rows), len(self.encoding.features)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Array) -> Self:
        """Return those of some rows."""
        return replace(self, rows=rows if self.rows is None else self.rows[rows])

    def check(self, check: Callable[[Any], Any]) -> None:
        """Check the names of the features."""
        check(Table({name: np.zeros(1) for name in self.encoding.features}))

    def features(self, dtype: Any = np.float64) -> Array:
        """Return all features."""
        return self._of_rows(np.asarray(self.encoding(self.table, dtype), dtype))

    def parts(self) -> Iterator[tuple[list[int], Array]]:
        """Yield the features of some columns after the other: their places, and themselves, of float64."""
        for places in self.encoding.parted(_AT_ONCE // max(len(self), 1)):
            yield places, self._of_rows(np.asarray(self.encoding.part(places)(self.table), np.float64))

    def _of_rows(self, X: Array) -> Array:
        return X if self.rows is None or len(self.rows) == len(X) else X[self.rows]
