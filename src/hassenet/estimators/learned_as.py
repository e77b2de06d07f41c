"""An estimator over settings whose targets are learned as numbers or as outcomes, which y and parameters say."""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.step import Step
from hassenet.estimators.as_numbers import AsNumbers
from hassenet.estimators.as_outcomes import AsOutcomes
from hassenet.estimators.hierarchy_estimator import HierarchyEstimator, Learnable
from hassenet.likelihoods import Loss
from hassenet.model import Model
from hassenet.selection import Problem, Selection

Array = NDArray[Any]


class LearnedAs(HierarchyEstimator):
    """An ensemble whose settings are chosen for what targets are learned as; what says as what is concrete."""

    _learned_as: AsNumbers | AsOutcomes

    def _have_target(self, y: Array) -> NDArray[np.bool_]:
        return self._learned_as.have_target(y)

    def _admit(self, y: Array) -> None:
        self._learned_as = self._learned_as.begun(y, self.folds)

    def _encoded(self, y: Array) -> Learnable:
        return self._learned_as.encoded(y)

    def _biases(self, y: Array, weight: Array | None) -> Array | None:
        return self._learned_as.biases(y, weight)

    def _outputs(self, taken: Container[Hashable]) -> Sequence[Hashable]:
        return self._learned_as.outputs(taken)

    def _loss(self) -> Loss:
        return self._learned_as.loss

    def _model(
        self, selection: Selection, steps: tuple[Step, ...], target: Sequence[str], problem: Problem, y: Array
    ) -> Model:
        return self._learned_as.model(selection, steps, problem, y)
