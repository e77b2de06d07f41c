"""Targets of any kinds, several at once, on several machines, for those who have a hierarchy."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, final

import numpy as np

from hassenet.data.part_of_all import a_part_of_all
from hassenet.distributed.collections import brought, is_collection, partitions_of
from hassenet.distributed.estimator import FEW, DaskEstimator, given
from hassenet.distributed.predicting import Beside, of_each_partition
from hassenet.distributed.refused import made_or_refused, refusal_of
from hassenet.errors import DataError
from hassenet.estimators import HierarchyOutcomes
from hassenet.estimators.as_outcomes import AsOutcomes
from hassenet.estimators.checks import weights_of_a_part
from hassenet.estimators.judged import Judged, less_mean_of
from hassenet.estimators.streams import named, names_of_targets
from hassenet.files.optional import dask


@final
class DaskHierarchyOutcomes(DaskEstimator):
    """:class:`hassenet.estimators.HierarchyOutcomes` whose rows lie on the workers of a Dask cluster.

    Settings are chosen as by :class:`DaskHierarchyClassifier`. The targets are columns of a DataFrame, an offset or an
    exposure among them, which stay beside the features where there are more than 100,000 rows. Times until an event by
    hazard ratios come here, as a partial likelihood looks at all of them, and with them what else is predicted; hazards
    in intervals stay. The score is computed where the rows are.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.estimators.HierarchyOutcomes`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``outcomes_``.
    """

    _kind: ClassVar[Any] = HierarchyOutcomes
    _most_here: ClassVar[float] = FEW

    @property
    def _looks_at_others(self) -> bool:
        return any(part.loss.looks_at_others for part in self._unfitted._asked.parts)

    def _score(self, X: Any, y: Any, weight: Any, added: Beside) -> float:
        local = self._local()
        if not is_collection(X):
            return float(local.score(X, brought("y", y), brought("sample_weight", weight)))
        looks_at_others = local.outcomes_.loss.looks_at_others
        if looks_at_others:  # strata, and the order of times, are those of all
            y = AsOutcomes.side_by_side(local._target(_with_names(brought("y", y))))
        beside = given(y=y if is_collection(y) else _with_names(y), sample_weight=weight)
        judged = partial(made_or_refused, _judged)
        parts = dask("base").compute(*of_each_partition(judged, local, partitions_of(X), beside))
        if refused := {p: part for p, part in enumerate(parts) if isinstance(part, DataError)}:
            raise refusal_of(refused)
        return less_mean_of(Judged.joined(parts).sums if looks_at_others else np.sum(parts, axis=0))


def _with_names(y: Any) -> Any:
    return named(y, names_of_targets(None, y))


def _judged(_names: Any, local: Any, X: Any, y: Any, weight: Any = None) -> Any:
    """Return of a partition [Σw L, Σw], or where examples look at each other its rows."""
    outcomes = local.outcomes_
    with a_part_of_all():
        is_of_numbers = outcomes.loss.looks_at_others
        target = AsOutcomes(outcomes).target(y) if is_of_numbers else local._target(_with_names(y))
        found = local._judged(X, target, None if weight is None else weights_of_a_part(weight, len(target)))
    return found if is_of_numbers else found.sums
