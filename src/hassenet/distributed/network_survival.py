"""The network of times until an event on several machines."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.distributed.times import DaskTimes
from hassenet.estimators import NetworkSurvival


@final
class DaskNetworkSurvival(DaskTimes):
    """:class:`hassenet.NetworkSurvival` whose rows lie on the workers of a Dask cluster.

    Times and events are here. Each cost of Cox's partial likelihood looks at all rows: their log hazards come here, the
    derivative by each goes back, two numbers a row and step; take ``solver="lbfgs"``. By ``loss="discrete_time"`` there
    are sums alone.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.NetworkSurvival`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``outcome_``.
    """

    _kind: ClassVar[Any] = NetworkSurvival
