"""Means and deviations of columns whose rows come a block at a time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import unmasked_numbers
from hassenet.data.table import columns_of, is_table

Array = NDArray[np.float64]


@final
class Moments(NamedTuple):
    """What is known of some rows: how many, and of each column the mean, Σw(x − mean)² and the largest |x|.

    The last is Σw, their number where each counts once.

    Those of two parts are joined by the formula of T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing
    the sample variance", The American Statistician 37 (1983), 242–247.

    Examples
    --------
    >>> found = Moments.of_blocks([np.array([[1.0], [3.0]]), np.array([[5.0]])])
    >>> found.n, found.mean, found.deviation.round(3)
    (3, array([3.]), array([1.633]))
    """

    n: int
    mean: Array
    squares: Array
    largest: Array
    weight: float

    @staticmethod
    def of_blocks(blocks: Iterable[Any]) -> Moments:
        """Return those of all rows of blocks, of which there is one at least."""
        return reduce(Moments.joined, map(Moments.of, blocks))

    @staticmethod
    def of(block: Any, weight: Array | None = None) -> Moments:
        """Return those of the rows of an array or a table, which count once, or by weights above 0, (m,)."""
        X = columns_of(block).block(columns_of(block).names) if is_table(block) else block
        x = unmasked_numbers(X)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by its name
            from_first = x - x[:1]  # of a constant column nothing but 0 is left, to the bit
            shift = np.average(from_first, 0, weight)
            from_mean = (from_first - shift) ** 2
            squares = from_mean.sum(axis=0) if weight is None else weight @ from_mean
            total = float(len(x) if weight is None else weight.sum())
            return Moments(len(x), x[0] + shift, squares, np.abs(x).max(axis=0), total)

    def joined(self, other: Moments) -> Moments:
        """Return those of the rows of both."""
        weight = self.weight + other.weight
        with np.errstate(over="ignore", invalid="ignore"):  # as of the rows of one part
            shift = other.mean - self.mean
            return Moments(
                self.n + other.n,
                self.mean + shift * (other.weight / weight),
                self.squares + other.squares + shift**2 * (self.weight * other.weight / weight),
                np.maximum(self.largest, other.largest),
                weight,
            )

    @property
    def deviation(self) -> Array:
        """The standard deviation of each column."""
        return np.sqrt(self.squares / self.weight)
