"""What estimators have in common whose targets are outcomes: times, counts, ordered classes, several at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Container, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.step import Step
from hassenet.estimators.hierarchy_estimator import (
    HierarchyEstimator,
    Learnable,
    features_of,
    settings_of,
)
from hassenet.likelihoods import Loss
from hassenet.model import Model
from hassenet.outcomes import Outcomes
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection import Problem, Selection
from hassenet.selection.of_outcomes import check_folds, constant_signals, fold_strata, names_of

Array = NDArray[Any]


class OutcomeEstimator(HierarchyEstimator):
    """An ensemble for outcomes whose settings are chosen in ``fit``; what predicts something is concrete.

    Candidates are compared by the loss of the outcomes on rows that their networks have not seen: minus
    log-likelihood, of proportional hazards minus the partial one, its risk sets within the fold and the stratum. The
    ensemble is the mean of its networks' outputs: of probabilities, of the means of Poisson counts, and of signals
    where these are the outputs (log hazards, the logarithms of other means, what lies between thresholds). Baselines of
    hazards are those of the ensemble on all rows learned from.
    """

    _asked: Outcomes
    _begun: Outcomes

    @abstractmethod
    def _read(self, y: Any) -> OutcomeTarget:
        """Return what y says of each example."""

    # ---------------------------------------------------------------- what the base class asks

    def _checked(self, X: Any, y: Any) -> tuple[Array, Array]:
        target = self._read(y)
        X, _ = self._validated(X, np.zeros(len(target)))
        self._asked = target.outcomes
        return X, side_by_side(target)

    def _have_target(self, y: Array) -> NDArray[np.bool_]:
        target = apart(self._asked, y)
        known = target.is_known
        known[known] = target.begun(np.flatnonzero(known)).take(known).is_learnable
        return known

    def _admit(self, y: Array) -> None:
        target = apart(self._asked, y)
        check_folds(target, self.folds)
        self._begun = target.begun(slice(None)).outcomes

    def _encoded(self, y: Array, weight: Array | None) -> Learnable:
        target = apart(self._begun, y)
        biases = constant_signals(target, weight)
        return Learnable(target.encoded, fold_strata(target), target.offset, biases)

    def _outputs(self, y_names: Sequence[str] | None, taken: Container[Hashable]) -> Sequence[Hashable]:
        return names_of(self._begun.outputs, taken)

    def _loss(self) -> Loss:
        return self._begun.loss

    def _model(
        self, selection: Selection, steps: tuple[Step, ...], target: Sequence[str], problem: Problem, y: Array
    ) -> Model:
        outputs = selection.ensemble(problem.X, offset=problem.offset)
        of_rows = apart(self._begun, y)
        outcomes = of_rows.settled(slice(None), np.asarray(outputs, np.float64), problem.weight)
        return Model(
            selection.ensemble,
            features_of(problem),
            "outcomes",
            outcomes.names,
            steps=steps,
            settings=settings_of(selection),
            outcomes=outcomes,
        )


def side_by_side(target: OutcomeTarget) -> Array:
    """Return the values of all outcomes, and the offset where there is one, as one array, (m, w); NaN is a gap."""
    added = [] if target.added is None else [np.where(target.is_known, target.added, np.nan)[:, None]]
    return np.hstack([*target.values, *added]).astype(np.float64)


def apart(outcomes: Outcomes, values: Array) -> OutcomeTarget:
    """Return the target that such an array holds."""
    ends = np.cumsum([part.width for part in outcomes.parts])
    *of_parts, rest = np.split(values, ends, axis=1)
    return OutcomeTarget(outcomes, tuple(of_parts), rest[:, 0] if rest.shape[1] else None)
