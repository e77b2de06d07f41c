"""The regressor on several machines, a single network."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.distributed.estimator import FEW, DaskEstimator
from hassenet.estimators import NetworkRegressor
from hassenet.estimators.gaps import r2


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

    def _score(self, y: Any, prediction: Any, weight: Any) -> float:
        return r2(y, prediction, weight)
