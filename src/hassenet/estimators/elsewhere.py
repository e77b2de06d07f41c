"""scikit-learn's checks of targets whose features lie elsewhere; what is known of these comes with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import check_X_y

from hassenet.data.checks import where
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.encoding import check_none_missing
from hassenet.data.match import Match
from hassenet.errors import NotFiniteError, ShapeError, listing


def validated(
    estimator: Any,
    X: Elsewhere,
    y: Any,
    dtypes: Sequence[type],
    *,
    y_numeric: bool = False,
    gaps: bool = False,
    reset: bool = True,
) -> tuple[Elsewhere, Any]:
    """Return X, and y after scikit-learn's checks; the estimator learns the number and the names of the features.

    Parameters
    ----------
    estimator : estimator
    X : Elsewhere
    y : (m,) or (m, k) array
    dtypes : sequence of types
        That X is of one of these: as it is, or made of the first.
    y_numeric : bool
        Whether targets are numbers.
    gaps : bool
        Whether features may be missing.
    reset : bool
        Whether features are learned, and not those that were learned.

    Raises
    ------
    ValueError
        If y does not fit, or features are missing.
    """
    _, y = check_X_y(np.zeros((X.shape[0], 1)), y, multi_output=True, y_numeric=y_numeric)
    return validated_features(estimator, X, dtypes, gaps=gaps, reset=reset), y


def validated_features(
    estimator: Any, X: Elsewhere, dtypes: Sequence[type], *, gaps: bool = False, reset: bool = False
) -> Elsewhere:
    """Return features, which an estimator learns, or else those that it learned, by name where there are names.

    Raises
    ------
    ValueError
        If features are missing, or others than those learned.
    """
    if X.has_gaps.any() and not gaps:
        raise NotFiniteError(
            f"Input X contains NaN: features are there in each row; gaps are in {_listed(X)}; fill them, or take a "
            "HierarchyClassifier or HierarchyRegressor, which does"
        )
    if reset:
        _learn(estimator, X)
    else:
        X = _known(estimator, X)
    return X if X.dtype in dtypes else X.astype(dtypes[0])


def _learn(estimator: Any, X: Elsewhere) -> None:
    estimator.n_features_in_ = X.shape[1]
    if X.names is None:
        estimator.__dict__.pop("feature_names_in_", None)
    else:
        estimator.feature_names_in_ = np.array(X.names, dtype=object)


def _known(estimator: Any, X: Elsewhere) -> Elsewhere:
    """Return the features that an estimator has learned, in their order."""
    seen = getattr(estimator, "feature_names_in_", None)
    if seen is not None and X.names is not None:
        found = Match.of([str(name) for name in seen], X.names)
        check_none_missing(found)
        X = X[:, [X.names.index(found.column[name]) for name in found.names]] if X.names != tuple(seen) else X
    if X.shape[1] != estimator.n_features_in_:
        raise ShapeError(
            f"X has {X.shape[1]} features, but {type(estimator).__name__} is expecting {estimator.n_features_in_} "
            "features as input; give those that it was fitted on"
        )
    return X


def _listed(X: Elsewhere) -> str:
    return listing(where(X.has_gaps[None], X.names or ()))
