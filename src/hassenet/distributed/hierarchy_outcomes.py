"""Targets of any kinds, several at once, on several machines, for those who have a hierarchy."""

from __future__ import annotations

from functools import partial, reduce
from typing import Any, ClassVar, final

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
from hassenet.outcomes.target import OutcomeTarget
from hassenet.tallies.mean import Mean


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
        outcomes = local.outcomes_
        looks_at_others = outcomes.loss.looks_at_others
        is_here = looks_at_others or not is_collection(y)
        if is_here:  # strata, and the order of times, are those of all
            y = AsOutcomes.side_by_side(local._target(_with_names(brought("y", y))))
        judged = partial(made_or_refused, _of_numbers if is_here else _of_table)
        beside = given(y=y, sample_weight=weight)
        parts = dask("base").compute(*of_each_partition(judged, local, partitions_of(X), beside))
        if refused := {p: part for p, part in enumerate(parts) if isinstance(part, DataError)}:
            raise refusal_of(refused)
        said, found = zip(*parts, strict=True)
        if not is_here:
            outcomes.check(said)
        return less_mean_of(Judged.joined(found).mean if looks_at_others else reduce(Mean.joined, found))


def _with_names(y: Any) -> Any:
    return named(y, names_of_targets(None, y))


def _of_numbers(_names: Any, local: Any, _p: int, X: Any, y: Any, weight: Any = None) -> Any:
    """Return of a partition, the targets of which were read here, nothing to check, and what is judged."""
    return None, _judged(local, X, AsOutcomes(local.outcomes_).target(y), weight)


def _of_table(_names: Any, local: Any, _p: int, X: Any, y: Any, weight: Any = None) -> Any:
    """Return of a partition what has to be known to check the targets of all rows, and what is judged."""
    said, target = local._said(_with_names(y))
    return said, _judged(local, X, target, weight)


def _judged(local: Any, X: Any, target: OutcomeTarget, weight: Any) -> Any:
    """Return the mean loss, or where examples look at each other their rows."""
    with a_part_of_all():
        found = local._judged(X, target, None if weight is None else weights_of_a_part(weight, len(target)))
    return found if target.outcomes.loss.looks_at_others else found.mean
