"""Targets that a hierarchy's estimator learns as outcomes, and the model of them."""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.step import Step
from hassenet.estimators.learned_as import Learnable, LearnedAs, features_of, settings_of
from hassenet.likelihoods import Loss
from hassenet.model import Model
from hassenet.outcomes import Outcomes
from hassenet.outcomes.lost import note_lost
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection import Problem, Selection
from hassenet.selection.of_outcomes import check_folds, fold_codes, fold_strata, names_of, signals_of

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class AsOutcomes(LearnedAs):
    """Outcomes, whose values stand side by side in one array, (m, w), behind them the offset where there is one."""

    outcomes: Outcomes

    @staticmethod
    def side_by_side(target: OutcomeTarget) -> Array:
        """Return a target as such an array; NaN is a gap."""
        added = [] if target.added is None else [np.where(target.is_known, target.added, np.nan)[:, None]]
        return np.hstack([*target.values, *added]).astype(np.float64)

    def target(self, y: Array) -> OutcomeTarget:
        """Return the target that such an array holds."""
        k = sum(part.width for part in self.outcomes.parts)
        return OutcomeTarget(
            self.outcomes, self.outcomes.apart(y[:, :k]), y[:, k] if y.shape[1] > k else None
        )

    def note(self, y: Array) -> None:
        """Warn of what may be meant otherwise than it is learned."""
        self.target(y).note()

    def have_target(self, y: Array) -> NDArray[np.bool_]:
        """Return which rows have a target, (m,)."""
        return self.target(y).is_known

    def learnable(self, y: Array, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return those of some rows whose target says something to the loss; a warning counts others."""
        return self.target(y).begun(rows).learnable(rows) if len(rows) else rows

    def note_lost(self, n: int, m: int) -> None:
        """Warn that n of m rows were lost before the end of the first interval."""
        note_lost(self.outcomes.parts, n, m)

    def begun(self, y: Array, folds: int) -> AsOutcomes:
        """Return them with what they learn of values before training.

        Raises
        ------
        TargetError
            If not every fold could hold each class, and an event of times, or a number is the same in every row.
        """
        target = self.target(y)
        target.check_varies()
        check_folds(target, folds)
        return AsOutcomes(target.begun(slice(None)).outcomes)

    def keys(self, y: Array) -> Array:
        """Return which targets each row has, and its classes and ends of times."""
        return fold_codes(self.target(y))

    def encoded(self, y: Array) -> Learnable:
        """Return what is learned from."""
        target = self.target(y)
        return Learnable(target.encoded, fold_strata(target), target.offset)

    def biases(self, y: Array, weight: Array | None) -> Array:
        """Return the biases of the outputs to start from, (k,)."""
        return signals_of(self.target(y), weight)

    def outputs(self, taken: Container[Hashable]) -> Sequence[Hashable]:
        """Return the names of the outputs."""
        return names_of(self.outcomes.outputs, taken)

    @property
    def loss(self) -> Loss:
        """L."""
        return self.outcomes.loss

    def in_units(self, out_of_fold: Array) -> Array:
        """Return predictions of numbers as the estimator gives them."""
        found = self.outcomes.answer(out_of_fold)
        return np.column_stack(list(found.values())) if isinstance(found, dict) else found

    def model(self, selection: Selection, steps: tuple[Step, ...], problem: Problem, y: Array) -> Model:
        """Return the model of an ensemble, with what its outputs for all rows learned from say."""
        outputs = np.asarray(selection.ensemble(problem.X, offset=problem.offset), np.float64)
        outcomes = self.target(y).settled(slice(None), outputs, problem.weight)
        return Model(
            selection.ensemble,
            features_of(problem),
            "outcomes",
            outcomes.names,
            steps=steps,
            settings=settings_of(selection),
            outcomes=outcomes,
        )
