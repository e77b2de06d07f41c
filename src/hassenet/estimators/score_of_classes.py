"""The score of classes."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score

from hassenet.estimators.gaps import targets_with_gaps
from hassenet.estimators.known_target import known_target
from hassenet.estimators.streams import known_labels
from hassenet.estimators.unmasked_score import UnmaskedScore
from hassenet.tallies.mean import Mean

Array = NDArray[Any]


class ScoreOfClasses(UnmaskedScore):
    """The accuracy: the share of rows that are right, in every label that is there."""

    @final
    def _as_scored(self, y: Any) -> Any:
        return known_target(y)

    @final
    def _targets(self, y: Any) -> Array:
        return known_labels(y)

    @final
    @property
    def _like(self) -> Array:
        return np.asarray(self.classes_)  # type: ignore[attr-defined]  # of the class that has it

    @final
    def _tally(self, y: Array, prediction: Array, weight: Array | None) -> Mean:
        total = float(len(y) if weight is None else weight.sum())
        if not total:
            return Mean(0.0, 0.0)
        if targets_with_gaps(y) is not None:
            return Mean(total * self._score_with_gaps(y, prediction, weight), total)
        return Mean(float(accuracy_score(y, prediction, normalize=False, sample_weight=weight)), total)

    @final
    def _of_tally(self, tally: Mean) -> float:
        return tally.value
