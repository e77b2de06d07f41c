"""The network of a comparison, as it comes."""

from __future__ import annotations

from functools import partial
from typing import Any

from hassenet.hierarchy import Hierarchy
from hassenet.protocol.contender import OnHierarchy
from hassenet.task.kind import Kind


def as_it_comes(kind: Kind, folds: int) -> OnHierarchy:
    """Return (H, seed) ↦ the estimator for people who have a hierarchy, choosing on so many folds inside."""
    return partial(_classifier if kind == "classification" else _regressor, folds)


def _classifier(folds: int, H: Hierarchy, seed: int) -> Any:
    from hassenet.estimators import NetworkClassifier
    from hassenet.protocol.models import ready

    return ready(NetworkClassifier(hierarchy=H, random_state=seed))


def _regressor(folds: int, H: Hierarchy, seed: int) -> Any:
    from hassenet.estimators import NetworkRegressor
    from hassenet.protocol.models import ready

    return ready(NetworkRegressor(hierarchy=H, random_state=seed))
