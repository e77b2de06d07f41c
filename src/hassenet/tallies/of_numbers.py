"""Numbers beside what was predicted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from hassenet.data.checks import check_as_many
from hassenet.data.moments import Moments
from hassenet.tallies.tally import Array, Scores, Tally, both

_ROUNDING = 1e-12


@final
@dataclass(frozen=True)
class OfNumbers(Tally):
    """The moments of y, |y − ŷ| and (y − ŷ)² of each target, over the rows that have it; None where none has.

    R² is 1 − Σw(y − ŷ)²/Σw(y − ȳ)²; of several targets each score is the mean over those that some row has.

    Examples
    --------
    >>> true, value = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [2.0], [3.0]])
    >>> parts = [OfNumbers.of(true[:1], value[:1]), OfNumbers.of(true[1:], value[1:])]
    >>> {name: round(score, 3) for name, score in parts[0].joined(parts[1]).scores().items()}
    {'R²': 0.786, 'MAE': 0.333, 'RMSE': 0.577}
    """

    each: tuple[Moments | None, ...]

    @staticmethod
    def of(true: Array, value: Array, weight: Array | None = None) -> OfNumbers:
        """Return that of numbers and their predictions, (m,) or (m, k) each, NaN where a number is missing.

        Rows count once, or by weights, (m,), of which one of 0 leaves its row out.

        Raises
        ------
        ShapeError
            If there is not a prediction for each number.
        """
        check_as_many(true, value)
        pairs = zip(true.reshape(len(true), -1).T, value.reshape(len(value), -1).T, strict=True)
        return OfNumbers(tuple(_moments(y, guess, weight) for y, guess in pairs))

    def joined(self, other: OfNumbers) -> OfNumbers:
        """Return that of the rows of both."""
        return OfNumbers(tuple(both(*pair) for pair in zip(self.each, other.each, strict=True)))

    def found(self, censored: Array | None = None) -> Scores:
        """Return R², of two rows or more, the mean absolute error, and the root of the mean squared one."""
        found = {} if np.isnan(self.r2) else {"R²": self.r2}
        if not self._known:
            return found
        return found | {
            "MAE": float(np.mean([moments.mean[1] for moments in self._known])),
            "RMSE": float(np.mean([np.sqrt(moments.mean[2]) for moments in self._known])),
        }

    @property
    def r2(self) -> float:
        """R², the mean over targets that two rows or more have; NaN where there is none."""
        each = [_r2(moments) for moments in self._known if moments.n > 1]
        return _but_for_rounding(float(np.mean(each))) if each else np.nan

    @property
    def has_two_rows(self) -> bool:
        """Whether there is a target that two rows or more have, of which there is an R² where squares are finite."""
        return any(moments.n > 1 for moments in self._known)

    @property
    def _known(self) -> list[Moments]:
        return [moments for moments in self.each if moments is not None]


def _moments(y: Array, guess: Array, weight: Array | None) -> Moments | None:
    there = ~np.isnan(y) if weight is None else ~np.isnan(y) & (weight > 0)
    if not there.any():
        return None
    with np.errstate(over="ignore"):  # a score that is not finite is left out
        off = y[there] - guess[there]
        of_rows = np.column_stack([y[there], np.abs(off), off**2])
        return Moments.of(of_rows, None if weight is None else weight[there])


def _r2(moments: Moments) -> float:
    """Return R²; of numbers that are all the same 1 where the prediction is these, else 0."""
    left, all_of_it = moments.weight * moments.mean[2], moments.squares[0]
    if all_of_it == 0:
        return float(left == 0)
    with np.errstate(over="ignore"):
        return float(1 - left / all_of_it)


def _but_for_rounding(r2: float) -> float:
    """Return R², and 0 where it is that of the mean but for the last digits."""
    return 0.0 if abs(r2) <= _ROUNDING else r2
