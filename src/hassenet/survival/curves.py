"""Survival curves: steps, one curve a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet._checks import BETWEEN_0_AND_1, require_number
from hassenet.errors import ParameterError, ShapeError

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class SurvivalCurves:
    """S(t|x) = P(T > t|x) of m examples: from each time on the value that stands there, 1 before the first.

    Parameters
    ----------
    times : (q,) array
        Rising.
    values : (m, q) array
        S at these times, falling along a row; NaN along one of which nothing is known.

    Raises
    ------
    ShapeError
        If there is not a value for each time, or times do not rise.

    Examples
    --------
    >>> curves = SurvivalCurves([1.0, 2.0, 5.0], [[0.9, 0.5, 0.2], [0.99, 0.9, 0.8]])
    >>> curves.at([0.5, 2.0, 4.0])
    array([[1. , 0.5, 0.5],
           [1. , 0.9, 0.9]])
    >>> curves.median
    array([ 2., inf])
    """

    times: Floats
    values: Floats

    def __post_init__(self) -> None:
        """Check the shapes."""
        times, values = np.asarray(self.times, float), np.atleast_2d(np.asarray(self.values, float))
        if times.ndim != 1 or values.shape[-1:] != times.shape or (np.diff(times) <= 0).any():
            raise ShapeError(
                f"curves have a value for each of their rising times; got {times.shape} times and values of the shape "
                f"{values.shape}; give as many"
            )
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", values)

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"SurvivalCurves({len(self)} at {len(self.times)} times)"

    def at(self, times: ArrayLike) -> Floats:
        """Return S at these times, (m, r).

        Raises
        ------
        ParameterError
            If one is missing.
        """
        at = np.atleast_1d(np.asarray(times, float))
        if np.isnan(at).any():
            raise ParameterError("a curve is read at times; one of them is NaN; leave it out")
        place = np.searchsorted(self.times, at, side="right")
        before = np.where(self._is_known, 1.0, np.nan)
        from_one: Floats = np.column_stack([before, self.values])[:, place]
        return from_one

    @property
    def _is_known(self) -> NDArray[np.bool_]:
        """Of which examples a curve is known, (m,)."""
        return np.asarray(~np.isnan(self.values).any(axis=1))

    @property
    def median(self) -> Floats:
        """The first time at which S ≤ ½ of each example, (m,); infinity where it stays above, NaN without a curve."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Floats:
        """Return the first time by which the event has come with this probability, S ≤ 1 − share, (m,).

        Raises
        ------
        ParameterError
            If the share is not between 0 and 1.
        """
        require_number("share", share, BETWEEN_0_AND_1)
        # S is a product of many factors: what is 1 − share but for rounding counts
        low = self.values <= 1 - share + 4 * np.finfo(float).eps
        found: Floats = np.where(low.any(axis=1), np.append(self.times, np.inf)[low.argmax(axis=1)], np.inf)
        return np.where(self._is_known, found, np.nan)
