"""Classes as targets: their numbers in place of rows of 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class ClassNumbers:
    """The one-hot rows y ∈ {0, 1}ᵐˣᵏ of m class numbers, made where they are looked at: of a batch, not of all.

    Parameters
    ----------
    numbers : (m,) array of int
        From 0 to k − 1.
    k : int
        How many classes there are.

    Examples
    --------
    >>> Y = ClassNumbers(np.array([2, 0, 1]), 3)
    >>> Y.shape, np.asarray(Y[:2])
    ((3, 3), array([[0, 0, 1],
           [1, 0, 0]], dtype=uint8))
    """

    numbers: Array
    k: int

    @property
    def shape(self) -> tuple[int, int]:
        """(m, k)."""
        return len(self.numbers), self.k

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rows: Any) -> ClassNumbers:
        """Return the targets of some of the examples."""
        return ClassNumbers(self.numbers[rows], self.k)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the rows themselves."""
        Y = np.zeros(self.shape, np.uint8 if dtype is None else dtype)
        Y[np.arange(len(self)), self.numbers] = 1
        return Y

    @property
    def T(self) -> Array:
        """The columns: a column an example."""
        return np.asarray(self).T
