"""A model of one target as a model of several, of which some rows may be missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

Array = NDArray[Any]


@final
@dataclass
class TargetByTarget:
    """An estimator of its own for each target, which learns from the rows that have it.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> X, Y = np.arange(4.0)[:, None], np.array([[0.0, 1.0], [2.0, np.nan], [4.0, 3.0], [6.0, 4.0]])
    >>> TargetByTarget(Ridge(1e-9)).fit(X, Y).predict([[5.0]]).round(6)
    array([[10.,  6.]])
    """

    model: Any
    fitted: list[Any] = field(default_factory=list)

    def fit(self, X: Array, Y: Array) -> TargetByTarget:
        """Learn each column of (m, k) targets."""
        seen = ~np.isnan(Y.T)
        self.fitted = [clone(self.model).fit(X[rows], y[rows]) for rows, y in zip(seen, Y.T, strict=True)]
        return self

    def predict(self, X: Any) -> Array:
        """Return predictions, (m, k)."""
        return np.stack([one.predict(X) for one in self.fitted], axis=1)
