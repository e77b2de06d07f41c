"""Parts of rows that hold as many events each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.task.dividing import folds

Rows = NDArray[np.int64]


@final
@dataclass(frozen=True)
class ByEvent:
    """A splitter of scikit-learn's kind, of times until an event.

    Parameters
    ----------
    number : int
        Of parts.

    Examples
    --------
    >>> y = np.column_stack([np.arange(6), [1, 1, 1, 0, 0, 0]])
    >>> [int(y[test, 1].sum()) for _, test in ByEvent(3).split(None, y)]
    [1, 1, 1]
    """

    number: int

    def split(self, X: Any, y: Any, groups: Any = None) -> Iterator[tuple[Rows, Rows]]:
        """Yield the rows to learn from and those held out."""
        fold = folds(np.asarray(y)[:, 1], self.number, seed=0)
        return ((np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(self.number))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return how many parts there are."""
        return self.number
