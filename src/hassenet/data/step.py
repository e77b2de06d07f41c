"""A step of a preparation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Step(ABC):
    """A map of features; ``Complete``, ``Fill``, ``Logarithm``, ``Scaling`` and ``SoftClip`` are concrete."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What it does to features, in a word or two; nothing where they stay as they are."""

    @abstractmethod
    def check_fits(self, n: int) -> None:
        """Raise ShapeError if the step is not one for n features."""

    @abstractmethod
    def of_some(self, places: Sequence[int] | NDArray[np.int64]) -> Step:
        """Return the step of some of the features, by their places."""

    @abstractmethod
    def __call__(self, X: Array, names: Sequence[Hashable] = ()) -> Array:
        """Return what the step makes of features, (m, n); messages call them by their names, else by their numbers."""
