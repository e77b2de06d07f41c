"""The classifier on several machines, for those who have a hierarchy."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.distributed.classifier import DaskClassifier
from hassenet.distributed.estimator import FEW
from hassenet.estimators import HierarchyClassifier


@final
class DaskHierarchyClassifier(DaskClassifier):
    """:class:`hassenet.HierarchyClassifier` whose rows lie on the workers of a Dask cluster.

    Settings are chosen here on some rows, five million cells and 100,000 rows at most (or 1,000), with a few more of
    what is rare, as a class. Where these are all, the result is that of the estimator without Dask, to the bit. Else
    networks of the settings that count go on over all rows, where these are: a step has a batch sixteen times as large
    as without Dask, and there are an eighth as many, since each is a message to every worker. More than 100,000
    targets, of a collection, stay there too; then ``out_of_fold_`` has the rows that settings were chosen on,
    ``chosen_on_``.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.HierarchyClassifier`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``candidates_``.
    """

    _kind: ClassVar[Any] = HierarchyClassifier
    _most_here: ClassVar[float] = FEW
