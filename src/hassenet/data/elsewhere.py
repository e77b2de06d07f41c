"""Features whose rows lie in other processes, as on the machines of a cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import where
from hassenet.errors import NotFiniteError, ShapeError, listing

Array = NDArray[Any]


class Elsewhere(ABC):
    """An (m, n) array of features that stays where it is: what a training may ask of it.

    Targets, weights and orders of the examples are here, a few numbers a row; the engine computes where the rows are,
    and what comes back are sums.

    Attributes
    ----------
    shape : (int, int)
    dtype : numpy.dtype
    names : tuple of str or None
        The columns, where they have names.
    """

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Return m and n."""

    @property
    @abstractmethod
    def dtype(self) -> np.dtype[Any]:
        """Return the type of the numbers."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...] | None:
        """Return the names of the columns, None where they have none."""

    @property
    @abstractmethod
    def is_sparse(self) -> bool:
        """Return whether the rows are held sparse."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[Array, Array]:
        """Return the least and the largest number of each column, gaps aside, (n,) each; NaN where it has none."""

    @property
    @abstractmethod
    def has_gaps(self) -> NDArray[np.bool_]:
        """Return which columns have a NaN."""

    @property
    @abstractmethod
    def digest(self) -> Array:
        """Return numbers by which other rows are told from these."""

    @abstractmethod
    def __getitem__(self, places: Any) -> Self:
        """Return some of the rows, ``X[rows]``, or some of the columns, ``X[:, columns]``, where they are."""

    @abstractmethod
    def mapped(self, function: Callable[[Any], Any]) -> Self:
        """Return what a function of rows makes of them, computed where they are."""

    @abstractmethod
    def medians(self) -> Array:
        """Return the median of each column, gaps aside; NaN where it has no value."""

    @abstractmethod
    def summed(self, function: Callable[[Any], Array]) -> Array:
        """Return the sum of what a function makes of the rows, computed where they are and added in a fixed order."""

    def moments(self) -> tuple[Array, Array]:
        """Return the mean and the standard deviation of each column, of rows that are held dense."""
        m = self.shape[0]
        mean = self.summed(_Powers(np.zeros(self.shape[1]), 1)) / m
        return mean, np.sqrt(self.summed(_Powers(mean, 2)) / m)

    @abstractmethod
    def computed_by(self, engine: Any) -> Any:
        """Return an engine that has the given one compute where the rows are."""

    @abstractmethod
    def brought(self) -> Any:
        """Return the rows themselves, an array or a sparse one: for few of them."""

    @final
    def astype(self, dtype: Any) -> Self:
        """Return the numbers in another type."""
        return self if self.dtype == np.dtype(dtype) else self.mapped(AsType(np.dtype(dtype)))

    @final
    @property
    def size(self) -> int:
        """Return m n."""
        return self.shape[0] * self.shape[1]

    @final
    @property
    def T(self) -> Any:
        """Return the rows as columns, brought here: for the few of a batch."""
        return self.brought().T

    @final
    def checked(self, what: str, names: Sequence[Hashable], dtype: np.dtype[Any]) -> Self:
        """Return the same; refuse what :func:`hassenet.data.features.as_features` would refuse.

        Raises
        ------
        ShapeError, NotFiniteError
            If there are not as many columns as names, or numbers are missing, infinite or beyond a type.
        """
        if self.shape[1] != len(names):
            raise ShapeError(
                f"{what} has a row an example and a column for each of the {len(names):,} elements of rank 0; "
                f"its shape is {self.shape}; select or reshape its columns"
            )
        low, high = self.bounds
        most = np.finfo(dtype).max
        beyond = self.has_gaps | (low < -most) | (high > most)
        if beyond.any():
            raise NotFiniteError(
                f"{what} holds finite numbers within {dtype}; others are in {listing(where(beyond[None], names))}; "
                "fill gaps, correct them, or leave out such rows"
            )
        return self


@final
class AsType:
    """x ↦ x in a type; an object, so that another process can be handed it."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype

    def __call__(self, X: Any) -> Any:
        """Return X in the type."""
        return X.astype(self.dtype)


@final
class _Powers:
    """X ↦ Σ (x − mean)^power of each column."""

    def __init__(self, mean: Array, power: int) -> None:
        self.mean, self.power = mean, power

    def __call__(self, X: Any) -> Array:
        total: Array = ((X.astype(np.float64) - self.mean) ** self.power).sum(axis=0)
        return total
