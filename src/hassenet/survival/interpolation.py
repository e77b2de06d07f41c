"""What a survival curve is between two of its times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Interpolation(ABC):
    """How S falls in an interval, at whose ends it is known. A concrete one is final."""

    @abstractmethod
    def value(self, start: Floats, end: Floats, share: Floats) -> Floats:
        """Return S after a share of the interval, 0 ≤ share < 1, that begins at S = start and ends at S = end."""

    @abstractmethod
    def share(self, start: Floats, end: Floats, value: float) -> Floats:
        """Return after which share of the interval S is this value for the first time; start > value ≥ end."""


@final
@dataclass(frozen=True)
class Steps(Interpolation):
    """S falls at the end of the interval, as where events are known by their times.

    Examples
    --------
    >>> Steps().value(np.array([1.0]), np.array([0.25]), np.array([0.5]))
    array([1.])
    """

    def value(self, start: Floats, end: Floats, share: Floats) -> Floats:
        """Return S at the start."""
        return start

    def share(self, start: Floats, end: Floats, value: float) -> Floats:
        """Return 1."""
        return np.ones_like(start)


@final
@dataclass(frozen=True)
class ConstantHazard(Interpolation):
    """The hazard is the same throughout the interval: log S falls on a straight line, S = start (end/start)^share.

    Where S is 0 at the end, it is so from just behind the start.

    References
    ----------
    Kvamme and Borgan, Continuous and discrete-time survival prediction with neural networks, Lifetime Data Analysis 27
    (2021) 710–736: interpolation by a constant hazard.

    Examples
    --------
    >>> start, end = np.array([1.0]), np.array([0.25])
    >>> ConstantHazard().value(start, end, np.array([0.5])), ConstantHazard().share(start, end, 0.5)
    (array([0.5]), array([0.5]))
    """

    def value(self, start: Floats, end: Floats, share: Floats) -> Floats:
        """Return start (end/start)^share."""
        return np.asarray(start * np.divide(end, start, out=np.zeros_like(start), where=start > 0) ** share)

    def share(self, start: Floats, end: Floats, value: float) -> Floats:
        """Return log(value/start) / log(end/start)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(np.log(value / start) / np.log(end / start), 0, 1)
