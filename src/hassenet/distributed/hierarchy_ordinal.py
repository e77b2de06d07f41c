"""Classes in order on several machines, for those who have a hierarchy."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.distributed.classifier import DaskClassifier
from hassenet.distributed.estimator import FEW
from hassenet.estimators import HierarchyOrdinalClassifier


@final
class DaskHierarchyOrdinalClassifier(DaskClassifier):
    """:class:`hassenet.HierarchyOrdinalClassifier` whose rows lie on the workers of a Dask cluster.

    Settings are chosen as by :class:`DaskHierarchyClassifier`.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.HierarchyOrdinalClassifier`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``classes_``.
    """

    _kind: ClassVar[Any] = HierarchyOrdinalClassifier
    _most_here: ClassVar[float] = FEW
