"""Examples as they were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Given:
    """Examples, a row each.

    Attributes
    ----------
    X : (m, n₀) array or scipy sparse array
    Y : (m, k) array, optional
        Not needed for values.
    weight : (m,) array, optional
        None: all are equal.
    """

    X: Any
    Y: Any = None
    weight: Array | None = None

    def __len__(self) -> int:
        return int(self.X.shape[0])

    def rows(self, rows: NDArray[np.int64] | slice) -> Given:
        """Return some of the examples."""
        X, Y, weight = (None if part is None else part[rows] for part in (self.X, self.Y, self.weight))
        return Given(X, Y, weight)
