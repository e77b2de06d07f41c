"""Plain numbers that a hierarchy's estimator learns, and the model of them."""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.scaling import Scaling
from hassenet.data.step import Step
from hassenet.data.target_notes import note_each
from hassenet.data.targets import have_target
from hassenet.estimators.learned_as import Learnable, LearnedAs, features_of, settings_of
from hassenet.likelihoods import SquaredError
from hassenet.model import Model
from hassenet.selection import Problem, Selection
from hassenet.task.names import distinct

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class AsNumbers(LearnedAs):
    """Numbers by their squared error, which are standardised before they are learned."""

    names: tuple[str, ...]
    scaling: Scaling | None = None

    def note(self, y: Array) -> None:
        """Warn of what may be meant otherwise than it is learned."""
        note_each(y, self.names)

    def have_target(self, y: Array) -> NDArray[np.bool_]:
        """Return which rows have a target, (m,)."""
        return have_target(y)

    def begun(self, y: Array, folds: int) -> AsNumbers:
        """Return them with the scaling of targets; every fold can hold some."""
        return AsNumbers(self.names, Scaling.of_observed(y))

    def keys(self, y: Array) -> Array:
        """Return which targets each row has."""
        return np.isnan(y)

    def encoded(self, y: Array) -> Learnable:
        """Return what is learned from."""
        Y = self._scaling(y)
        _, pattern = np.unique(np.isnan(Y), axis=0, return_inverse=True)  # so that each fold has each target
        return Learnable(Y, np.ravel(pattern))

    def outputs(self, taken: Container[Hashable]) -> Sequence[Hashable]:
        """Return the names of the outputs."""
        return distinct(self.names, taken)

    @property
    def loss(self) -> SquaredError:
        """L."""
        return SquaredError()

    @property
    def _scaling(self) -> Scaling:
        assert self.scaling is not None
        return self.scaling

    def model(self, selection: Selection, steps: tuple[Step, ...], problem: Problem, y: Array) -> Model:
        """Return the model of an ensemble, with the residuals of rows that its networks had not seen."""
        rows = selection.is_predicted
        residuals = np.abs(np.asarray(problem.Y) - selection.out_of_fold)[rows] * self._scaling.scale
        return Model(
            selection.ensemble,
            features_of(problem),
            "regression",
            self.names,
            steps=steps,
            target_scaling=self.scaling,
            residuals=residuals,
            settings=settings_of(selection),
        )

    def in_units(self, out_of_fold: Array) -> Array:
        """Return predictions as the estimator gives them."""
        Y = self._scaling.inverse(out_of_fold)
        return Y[:, 0] if Y.shape[1] == 1 else Y
