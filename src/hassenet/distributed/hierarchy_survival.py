"""Times until an event on several machines, for those who have a hierarchy."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.distributed.estimator import FEW
from hassenet.distributed.times import DaskTimes
from hassenet.estimators import HierarchySurvival


@final
class DaskHierarchySurvival(DaskTimes):
    """:class:`hassenet.HierarchySurvival` whose rows lie on the workers of a Dask cluster.

    Settings are chosen as by :class:`DaskHierarchyClassifier`, and Cox's partial likelihood is computed as by
    :class:`DaskNetworkSurvival`.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.HierarchySurvival`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``outcome_``.
    """

    _kind: ClassVar[Any] = HierarchySurvival
    _most_here: ClassVar[float] = FEW

    @property
    def _looks_at_others(self) -> bool:
        return bool(self._unfitted.loss == "cox")
