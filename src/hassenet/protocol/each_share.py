"""Quantiles by an estimator for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator


@final
class EachShare(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """An estimator for each quantile, side by side; a sorted estimate is never further off.

    Parameters
    ----------
    make : callable
        share ↦ an estimator before fit.
    shares : sequence of float

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> each = EachShare(lambda share: DummyRegressor(strategy="quantile", quantile=share), (0.25, 0.75))
    >>> each.fit(np.zeros((5, 1)), np.arange(5)).predict([[0.0]])
    array([[1., 3.]])
    """

    def __init__(self, make: Callable[[float], Any], shares: Sequence[float]) -> None:
        self.make, self.shares = make, shares

    def fit(self, X: Any, y: Any) -> EachShare:
        """Fit an estimator for each quantile."""
        self.estimators_ = [self.make(share).fit(X, y) for share in self.shares]
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the quantiles, (m, q)."""
        return np.sort(np.column_stack([one.predict(X) for one in self.estimators_]), axis=1)
