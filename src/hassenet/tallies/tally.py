"""What the scores of a target are made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import reduce
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Scores = dict[str, float]


class Tally(ABC):
    """What the scores of some rows are made of; two of them make that of the rows of both.

    Of a score that is a mean over rows it is the moments, else what the score needs of each row.
    """

    @abstractmethod
    def joined(self, other: Self) -> Self:
        """Return that of the rows of both."""

    @abstractmethod
    def found(self, censored: Array | None = None) -> Scores:
        """Return the scores; ``censored`` are the times from which it is known how such were, by default these."""

    def scores(self, censored: Array | None = None) -> Scores:
        """Return the scores that are finite."""
        found = {name: float(value) for name, value in self.found(censored).items()}
        return {name: value for name, value in found.items() if np.isfinite(value)}


T = TypeVar("T", bound=Any)


def both(one: T | None, other: T | None) -> T | None:
    """Return what is joined of two, of which one may be that of no rows, None."""
    return one.joined(other) if one is not None and other is not None else other if one is None else one


def in_pairs(parts: Iterable[T]) -> T | None:
    """Return what all parts make joined, two of the same size with each other; None of no parts.

    A sum of n parts is rounded log n times in place of n times, and rows that are kept are copied as often: T. F. Chan,
    G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", The American Statistician 37 (1983),
    242–247.

    Examples
    --------
    >>> from hassenet.data.moments import Moments
    >>> found = in_pairs(Moments.of(np.array([[x]])) for x in (1.0, 3.0, 5.0))
    >>> found.n, found.mean
    (3, array([3.]))
    """
    waiting: list[tuple[int, T]] = []
    for part in parts:
        size = 1
        while waiting and waiting[-1][0] == size:
            size, part = 2 * size, waiting.pop()[1].joined(part)
        waiting.append((size, part))
    parts_left = [part for _, part in reversed(waiting)]
    return reduce(lambda later, before: before.joined(later), parts_left) if parts_left else None
