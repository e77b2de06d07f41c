"""Survival curves, one a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet._checks import BETWEEN_0_AND_1, require_number
from hassenet.errors import ParameterError, ShapeError
from hassenet.survival.interpolation import Interpolation, Steps

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class SurvivalCurves:
    """S(t|x) = P(T > t|x) of m examples, by its values at some times: 1 before the first, level after the last.

    Parameters
    ----------
    times : (q,) array
        Rising.
    values : (m, q) array
        S at these times, falling along a row; NaN along one of which nothing is known.
    interpolation : Interpolation
        What S is between two times, and between 0 and the first: by default that of the earlier one.

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
    interpolation: Interpolation = field(default_factory=Steps)

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
        S, next_place = self._from_one, np.minimum(place + 1, len(self.times))
        return self.interpolation.value(S[:, place], S[:, next_place], self._share(at, place))

    def _share(self, at: Floats, place: NDArray[np.int64]) -> Floats:
        """Return which share of its interval has passed at each time, (r,); 0 before time 0 and after the last."""
        start, width = self._starts[place], np.append(self._widths, 0)[place]
        return np.clip(np.divide(at - start, width, out=np.zeros_like(at), where=width > 0), 0, 1)

    @property
    def _starts(self) -> Floats:
        """Where each interval begins, the last one that has no end, (q + 1,)."""
        return np.append(0.0, self.times)

    @property
    def _widths(self) -> Floats:
        """How long each interval is, but the last, (q,)."""
        return np.diff(self._starts)

    @property
    def _from_one(self) -> Floats:
        """S where each interval begins, (m, q + 1)."""
        before = np.where(self._is_known, 1.0, np.nan)
        return np.column_stack([before, self.values])

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
        interval = (low.cumsum(axis=1) == 0).sum(axis=1)  # how many values stand before the first that is low
        falls = np.flatnonzero(interval < len(self.times))
        found = np.full(len(self), np.inf)
        found[falls] = self._reached(falls, interval[falls], 1 - share)
        return np.where(self._is_known, found, np.nan)

    def _reached(self, rows: NDArray[np.int64], interval: NDArray[np.int64], value: float) -> Floats:
        """Return when S of some rows is a value, which it is in these intervals."""
        S = self._from_one
        share = self.interpolation.share(S[rows, interval], S[rows, interval + 1], value)
        rest = (1 - share) * self._widths[interval]
        return np.asarray(self.times[interval] - rest)
