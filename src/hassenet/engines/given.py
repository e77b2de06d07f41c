"""Examples as they were given."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@final
class Given(NamedTuple):
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

    @property
    def m(self) -> int:
        """The number of examples."""
        return int(self.X.shape[0])

    def rows(self, rows: NDArray[np.int64] | slice) -> Given:
        """Return some of the examples."""
        return Given(*(None if part is None else part[rows] for part in self))
