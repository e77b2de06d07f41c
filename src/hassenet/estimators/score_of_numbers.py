"""The score of numbers."""

from __future__ import annotations

import warnings
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.missing_targets import IN_MEMORY
from hassenet.errors import HassenetWarning
from hassenet.estimators.cells import check_are_numbers
from hassenet.estimators.streams import known_numbers
from hassenet.estimators.unmasked_score import UnmaskedScore
from hassenet.tallies.mean import Mean
from hassenet.tallies.of_numbers import OfNumbers

Array = NDArray[Any]
_NUMBERS = np.zeros(0)
_TOO_FEW = (
    "R² is that of two rows or more with a target and a weight above 0; the stream has fewer: give more"
)
_TOO_LARGE = (
    "R² is that of numbers whose squares are finite; those of the stream are too large: use another unit"
)


class ScoreOfNumbers(UnmaskedScore):
    """R², or minus a mean loss."""

    @final
    def _as_scored(self, y: Any) -> Any:
        check_are_numbers(y)
        return y

    @final
    def _apart(self, y: Any) -> Array:
        return known_numbers(y, IN_MEMORY)

    @final
    @property
    def _like(self) -> Array:
        return _NUMBERS

    @final
    def _of_tally(self, tally: OfNumbers | Mean) -> float:
        if isinstance(tally, Mean):
            return -tally.value
        if np.isnan(tally.r2):
            why = _TOO_LARGE if tally.has_two_rows else _TOO_FEW
            warnings.warn(f"{why}, and the score is NaN", HassenetWarning, stacklevel=4)
        return tally.r2
