"""Intervals of a regression, from how far off it was on rows that its training had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet._checks import BETWEEN_0_AND_1, require_number
from hassenet.data.checks import unmasked
from hassenet.errors import ParameterError, counted

Array = NDArray[np.float64]

_ROUNDING = 1e-9  # 0.55 · 20 is a little more than 11 in floating point


@final
class Interval(NamedTuple):
    """Predictions with the interval around each; arrays of one shape, (m,), or (m, k) for k > 1 targets."""

    prediction: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Residuals:
    """|y − ŷ| of rows that were not among those that ŷ was learned from, target by target.

    Parameters
    ----------
    values : array (r,) or (r, k)
        A row an example, a column a target, NaN where the example has not that target; signs are dropped.

    Raises
    ------
    ParameterError
        If they are infinite, a target has none, or an example has none.

    Examples
    --------
    >>> Residuals([0.5, -1.0, 2.0]).radius(0.75)
    array([2.])
    """

    values: Array

    def __post_init__(self) -> None:
        """Keep a read-only copy, (r, k)."""
        values = np.abs(np.array(unmasked("an array of residuals", self.values), np.float64))
        values = values[:, None] if values.ndim == 1 else values
        if values.ndim != 2 or not values.size or _lack_numbers(values):
            raise ParameterError(
                f"residuals are finite numbers, a row an example and a column a target; got the shape "
                f"{np.shape(self.values)}; leave out rows without a prediction"
            )
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    @staticmethod
    def of(values: Residuals | ArrayLike) -> Residuals:
        """Return residuals as they are, and those of an array."""
        return values if isinstance(values, Residuals) else Residuals(np.asanyarray(values, np.float64))

    @property
    def n_targets(self) -> int:
        """The number of columns."""
        return int(self.values.shape[1])

    def __len__(self) -> int:
        return len(self.values)

    def radius(self, level: float) -> Array:
        """Return for each target the ⌈level · (r + 1)⌉-th smallest of its r residuals, shape (k,).

        Raises
        ------
        ParameterError
            If the level does not lie between 0 and 1, or residuals are so few that the interval would be infinite.
        """
        require_number("the level of an interval", level, BETWEEN_0_AND_1, ", as 0.9")
        return np.array([_smallest(column[~np.isnan(column)], level) for column in self.values.T])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Residuals):
            return NotImplemented
        return np.array_equal(self.values, other.values, equal_nan=True)

    def __hash__(self) -> int:
        return hash(self.values.tobytes())

    def __repr__(self) -> str:
        return f"Residuals({counted(len(self), 'row')}, {counted(self.n_targets, 'target')})"


def _lack_numbers(values: Array) -> bool:
    """Return whether a residual is infinite, a target has none, or an example has none."""
    gaps = np.isnan(values)
    return bool(np.isinf(values).any() or gaps.all(axis=0).any() or gaps.all(axis=1).any())


def _smallest(residuals: Array, level: float) -> float:
    """Return the ⌈level · (r + 1)⌉-th smallest of r residuals."""
    r = len(residuals)
    place = ceil(level * (r + 1) - _ROUNDING)
    if place > r:
        least = ceil(level / (1 - level) - _ROUNDING)
        raise ParameterError(
            f"an interval of level {level:g} needs {least:,} residuals; the model has "
            f"{counted(r, 'residual')}; take a lower level, or learn from more rows"
        )
    return float(np.sort(residuals)[max(place, 1) - 1])
