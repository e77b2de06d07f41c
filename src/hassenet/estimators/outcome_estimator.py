"""What estimators have in common whose targets are outcomes: times, ordered classes, several of any kinds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.elsewhere import Elsewhere
from hassenet.data.stream import is_stream
from hassenet.data.table import columns_of, is_table
from hassenet.errors import FeatureError, listing
from hassenet.estimators.as_outcomes import AsOutcomes
from hassenet.estimators.hierarchy_estimator import HierarchyEstimator
from hassenet.outcomes import Outcomes
from hassenet.outcomes.target import OutcomeTarget
from hassenet.task.encoded import Encoded

Array = NDArray[Any]


class OutcomeEstimator(HierarchyEstimator):
    """An ensemble for outcomes whose settings are chosen in ``fit``; what predicts something is concrete.

    Candidates are compared by the loss of the outcomes on rows that their networks have not seen: minus
    log-likelihood, of proportional hazards minus the partial one, its risk sets within the fold and the stratum. The
    ensemble is the mean of its networks' outputs: of probabilities, and of signals where these are the outputs (log
    hazards, the logarithms of means of counts, what lies between thresholds). Baselines of hazards are those of the
    ensemble on all rows learned from.
    """

    _learned_as: AsOutcomes

    @abstractmethod
    def _read(self, y: Any, names: Sequence[str] | None) -> OutcomeTarget:
        """Return what y, whose columns have these names, says of each example."""

    # ---------------------------------------------------------------- what the base class asks

    def _checked(self, X: Any, y: Any, names: Sequence[str] | None) -> tuple[Array, Array]:
        target = self._read(y, names)
        if names is not None:
            _check_apart(X.table if isinstance(X, Encoded) else X, target.outcomes)
        X, _ = self._validated(X, np.zeros(len(target)))
        if not isinstance(y, OutcomeTarget):  # which was noted where it was read
            target.note()
        self._learned_as = AsOutcomes(target.outcomes)
        return X, AsOutcomes.side_by_side(target)

    def _check_beside(self, X: Any) -> None:
        _check_apart(X, self._learned_as.outcomes)


def _check_apart(X: Any, outcomes: Outcomes) -> None:
    """Refuse features among which the targets themselves are, by name.

    Raises
    ------
    FeatureError
    """
    own = {name for part in outcomes.parts for name in part.columns}
    both = [str(name) for name in _names_of(X) if str(name) in own]
    if both:
        raise FeatureError(
            f"a target cannot be a feature, as it would predict itself; X also has {listing(both)}; leave these "
            "columns out of X"
        )


def _names_of(X: Any) -> Sequence[Hashable]:
    if is_stream(X):
        return X.features if X.source.has_names else ()
    if isinstance(X, Elsewhere):
        return X.names or ()
    return columns_of(X).names if is_table(X) else ()
