"""The regressor on several machines, a single network."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.data.checks import unmasked
from hassenet.distributed.estimator import FEW, DaskEstimator
from hassenet.distributed.predicting import Beside
from hassenet.estimators import NetworkRegressor
from hassenet.estimators.known_target import known_target


@final
class DaskNetworkRegressor(DaskEstimator):
    """:class:`hassenet.NetworkRegressor` whose rows lie on the workers of a Dask cluster.

    It is trained as :class:`DaskNetworkClassifier` is.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.NetworkRegressor`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``network_``.
    """

    _kind: ClassVar[Any] = NetworkRegressor
    _most_here: ClassVar[float] = FEW

    @property
    def _looks_at_others(self) -> bool:
        return bool(self._unfitted._loss().looks_at_others)

    def _score(self, X: Any, y: Any, weight: Any, added: Beside) -> float:
        prediction, y, weight = self._with_targets(X, y, weight, added)
        local = self._local()
        Y = local._targets(known_target(local._as_scored(unmasked("y", y)), y_numeric=True))
        return float(local._r2_or_less_cost(Y, prediction, local._loss(), weight))
