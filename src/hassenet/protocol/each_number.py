"""Several numbers by a model of each."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone


@final
class EachNumber(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A copy of an estimator for each of several numbers, fitted to the rows that have it.

    Parameters
    ----------
    model : estimator

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> EachNumber(DummyRegressor()).fit(np.zeros((2, 1)), np.array([[1.0, 5.0], [3.0, np.nan]])).predict(
    ...     [[0.0]]
    ... )
    array([[2., 5.]])
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, X: Any, y: Any) -> EachNumber:
        """Fit a copy to each column of y."""
        X, known = np.asarray(X), ~np.isnan(y)
        self.models_ = [
            clone(self.model).fit(X[rows], own[rows]) for rows, own in zip(known.T, y.T, strict=True)
        ]
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the numbers, (m, k)."""
        return np.column_stack([np.ravel(one.predict(X)) for one in self.models_])
