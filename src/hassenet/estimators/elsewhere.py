"""scikit-learn's checks of targets whose features lie elsewhere; what is known of these comes with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import check_X_y

from hassenet.data.checks import where
from hassenet.data.elsewhere import Elsewhere
from hassenet.errors import NotFiniteError, listing


def validated(
    estimator: Any,
    X: Elsewhere,
    y: Any,
    dtypes: Sequence[type],
    *,
    y_numeric: bool = False,
    gaps: bool = False,
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

    Raises
    ------
    ValueError
        If y does not fit, or features are missing.
    """
    names, n = X.names, X.shape[1]
    if X.has_gaps.any() and not gaps:
        raise NotFiniteError(
            f"Input X contains NaN: features are there in each row; gaps are in {_listed(X)}; fill them, or take a "
            "HierarchyClassifier or HierarchyRegressor, which does"
        )
    _, y = check_X_y(np.zeros((X.shape[0], 1)), y, multi_output=True, y_numeric=y_numeric)
    estimator.n_features_in_ = n
    if names is None:
        estimator.__dict__.pop("feature_names_in_", None)
    else:
        estimator.feature_names_in_ = np.array(names, dtype=object)
    return X if X.dtype in dtypes else X.astype(dtypes[0]), y


def _listed(X: Elsewhere) -> str:
    return listing(where(X.has_gaps[None], X.names or ()))
