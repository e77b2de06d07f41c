"""Which examples a run learns from, and on which it is judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import BETWEEN_0_AND_1, require_number, require_whole_number
from hassenet.errors import DataError, ParameterError
from hassenet.stability.recipe import Recipe

Rows = NDArray[np.int64]


class Resampling(ABC):
    """A rule that gives each run its examples, the same for the same seed."""

    @abstractmethod
    def rows(self, m: int, run: int, seed: int) -> tuple[Rows, Rows]:
        """Return the rows to learn from and those held out, of m examples, in the run of that number."""


@final
@dataclass(frozen=True)
class Bootstrap(Resampling):
    """m examples drawn with replacement; held out are those not drawn, about a third.

    Source: B. Efron, "Bootstrap methods: another look at the jackknife", The Annals of Statistics 7 (1979), 1–26.

    Examples
    --------
    >>> learned, held_out = Bootstrap().rows(100, run=0, seed=0)
    >>> len(learned), bool(np.intersect1d(learned, held_out).size)
    (100, False)
    """

    def rows(self, m: int, run: int, seed: int) -> tuple[Rows, Rows]:
        """Return the rows drawn and those not drawn."""
        drawn = np.sort(np.random.default_rng([seed, run]).integers(m, size=m))
        return drawn, np.setdiff1d(np.arange(m), drawn)


@final
@dataclass(frozen=True)
class Subsample(Resampling):
    """A share of the examples, drawn without replacement; the others are held out.

    The usual share is as many different examples as a bootstrap has, 1 − 1/e. None comes twice, so that what a training
    sets aside to validate is not among what it learns from: take this one with ``validation_fraction``.

    Parameters
    ----------
    share : float
        Between 0 and 1; at least one example is learned from, and one held out.

    Examples
    --------
    >>> [len(rows) for rows in Subsample().rows(100, run=0, seed=0)]
    [63, 37]
    """

    share: float = 0.632

    def __post_init__(self) -> None:
        """Refuse what is not a share."""
        require_number("a share", self.share, BETWEEN_0_AND_1, ", as 0.632")

    def rows(self, m: int, run: int, seed: int) -> tuple[Rows, Rows]:
        """Return the rows drawn and those not drawn."""
        if m < 2:
            raise DataError(f"a subsample leaves an example out; there is {m}; give more")
        k = min(max(round(m * self.share), 1), m - 1)
        order = np.random.default_rng([seed, run]).permutation(m)
        return np.sort(order[:k]), np.sort(order[k:])


@final
@dataclass(frozen=True)
class Folds(Resampling):
    """One of k parts held out, the parts drawn anew each k runs: repeated k-fold cross-validation.

    Parameters
    ----------
    k : int
        The number of parts, 2 or more.

    Examples
    --------
    >>> [len(Folds(5).rows(100, run, seed=0)[1]) for run in range(3)]
    [20, 20, 20]
    """

    k: int = 5

    def __post_init__(self) -> None:
        """Refuse fewer than two parts."""
        require_whole_number("the number of folds", self.k, 2)

    def rows(self, m: int, run: int, seed: int) -> tuple[Rows, Rows]:
        """Return the rows of the other parts and those of one part."""
        if m < self.k:
            raise DataError(
                f"{self.k} folds need {self.k} examples at least; there are {m}; take fewer folds"
            )
        order = np.random.default_rng([seed, run // self.k]).permutation(m)
        part = np.arange(m) % self.k == run % self.k
        return np.sort(order[~part]), np.sort(order[part])


@final
@dataclass(frozen=True)
class Whole(Resampling):
    """All examples in every run, none held out: runs differ by their seed alone.

    Examples
    --------
    >>> Whole().rows(3, run=0, seed=0)
    (array([0, 1, 2]), array([], dtype=int64))
    """

    def rows(self, m: int, run: int, seed: int) -> tuple[Rows, Rows]:
        """Return all rows and none."""
        return np.arange(m), np.arange(0)


def check_resampling(resampling: Any, train: Any) -> None:
    """Raise ParameterError unless it is a resampling, and one that a training with validation can do with."""
    if not isinstance(resampling, Resampling):
        raise ParameterError(
            f"resampling is one of Bootstrap(), Subsample(), Folds(5) and Whole(), or another Resampling; got "
            f"{resampling!r}; give one"
        )
    validates = isinstance(train, Recipe) and train.training.validation_fraction > 0
    if validates and isinstance(resampling, Bootstrap):
        raise ParameterError(
            "examples that validate a training are not learned from; of a bootstrap's, which come several times, some "
            "would be; with validation_fraction take resampling=Subsample() or Folds(5)"
        )
