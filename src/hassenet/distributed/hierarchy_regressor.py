"""The regressor on several machines, for those who have a hierarchy."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.data.checks import unmasked
from hassenet.distributed.estimator import FEW, DaskEstimator
from hassenet.distributed.predicting import Beside
from hassenet.estimators import HierarchyRegressor
from hassenet.estimators.gaps import r2
from hassenet.estimators.known_target import known_target
from hassenet.estimators.scoring import less_quantile_loss


@final
class DaskHierarchyRegressor(DaskEstimator):
    """:class:`hassenet.HierarchyRegressor` whose rows lie on the workers of a Dask cluster.

    It is trained as :class:`DaskHierarchyClassifier` is.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.HierarchyRegressor`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``candidates_``.
    """

    _kind: ClassVar[Any] = HierarchyRegressor
    _most_here: ClassVar[float] = FEW

    def _score(self, X: Any, y: Any, weight: Any, added: Beside) -> float:
        prediction, y, weight = self._with_targets(X, y, weight, added)
        local = self._local()
        Y = local._targets(known_target(local._as_scored(unmasked("y", y)), y_numeric=True))
        if self._unfitted.quantiles is None:
            return r2(Y, prediction, weight)
        return less_quantile_loss(Y, prediction, local._shares, weight)
