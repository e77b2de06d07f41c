"""The network of a comparison, as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from joblib import effective_n_jobs

from hassenet.hierarchy import Hierarchy
from hassenet.protocol.contender import OnHierarchy, complete_of
from hassenet.protocol.kinds import Compared
from hassenet.training.memory import require_memory

_BYTES = 4  # of a weight


def as_it_comes(
    kind: Compared,
    H: Hierarchy,
    folds: int,
    n_jobs: int | None,
    covariates: Sequence[int] = (),
    shares: Sequence[float] = (),
    likelihood: str | None = None,
    *,
    is_exposed: bool = False,
) -> OnHierarchy:
    """Return (H, seed) ↦ the estimator for those who have a hierarchy; where classes are rare it has fewer folds.

    Covariates are columns behind the features. Its trainings go on side by side, unless models do already.

    Raises
    ------
    ParameterError
        If the networks of the complete twin of H could not be held.
    """
    weights = folds * complete_of(H).n_covers
    require_memory(
        "the networks of the complete twin", _BYTES * weights, "prune() or restrict() the hierarchy"
    )
    inside = 1 if effective_n_jobs(n_jobs) > 1 else None
    options = {"folds": folds, "n_jobs": inside, "covariates": list(covariates) or None}
    more = {"quantiles": list(shares) or None, "likelihood": likelihood}
    return partial(_exposed if is_exposed else _OF[kind], options | {k: v for k, v in more.items() if v})


def _classifier(options: Mapping[str, Any], H: Hierarchy, seed: int) -> Any:
    from hassenet.estimators import HierarchyClassifier

    return HierarchyClassifier(H, random_state=seed, **options)


def _regressor(options: Mapping[str, Any], H: Hierarchy, seed: int) -> Any:
    from hassenet.estimators import HierarchyRegressor

    return HierarchyRegressor(H, random_state=seed, **options)


def _ordinal(options: Mapping[str, Any], H: Hierarchy, seed: int) -> Any:
    from hassenet.estimators import HierarchyOrdinalClassifier

    return HierarchyOrdinalClassifier(H, random_state=seed, **options)


def _survival(options: Mapping[str, Any], H: Hierarchy, seed: int) -> Any:
    from hassenet.estimators import HierarchySurvival

    return HierarchySurvival(H, random_state=seed, **options)


def _count(options: Mapping[str, Any], H: Hierarchy, seed: int) -> Any:
    return _regressor({"likelihood": "negative_binomial", **options}, H, seed)


def _exposed(options: Mapping[str, Any], H: Hierarchy, seed: int) -> Any:
    """Return the estimator of a count that grows with an exposure."""
    from hassenet.estimators import HierarchyOutcomes
    from hassenet.outcomes import Count, OffsetColumn, Outcomes

    dispersion = options.get("likelihood", "negative_binomial")
    own = {name: value for name, value in options.items() if name != "likelihood"}
    outcomes = Outcomes((Count("count", dispersion),), OffsetColumn("exposure", is_exposure=True))
    return HierarchyOutcomes(H, outcomes=outcomes, random_state=seed, **own)


_OF: Mapping[Compared, Callable[[Mapping[str, Any], Hierarchy, int], Any]] = MappingProxyType(
    {
        "classification": _classifier,
        "regression": _regressor,
        "ordinal": _ordinal,
        "count": _count,
        "survival": _survival,
        "quantiles": _regressor,
    }
)
