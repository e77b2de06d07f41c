"""The examples an estimator trains on or validates with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DataError

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class Examples:
    """Inputs, encoded targets and weights, a row an example.

    Parameters
    ----------
    X : (m, n) array or sparse array
        The inputs.
    Y : (m, k) array
        The targets as the loss wants them.
    weight : (m,) array, optional
        The user's sample weights.
    class_weight : (m,) array, optional
        The weight of each example's class: it counts in training, not in a score.

    Examples
    --------
    >>> train = Examples(np.eye(3), np.ones((3, 1)), weight=np.array([1.0, 0.0, 2.0]))
    >>> len(train), len(train.with_weight()), train.with_weight().training_weight
    (3, 2, array([1., 2.]))
    """

    X: Any
    Y: Array
    weight: Array | None = None
    class_weight: Array | None = None

    def __len__(self) -> int:
        return int(self.Y.shape[0])

    @property
    def training_weight(self) -> Array | None:
        """The product of both weights, or None where every example counts the same."""
        given = [w for w in (self.weight, self.class_weight) if w is not None]
        return np.prod(given, axis=0) if given else None

    @property
    def mean_weight(self) -> float:
        """Σw/m; 1 without weights."""
        w = self.training_weight
        return 1.0 if w is None else float(w.mean())

    def take(self, rows: Array) -> Examples:
        """Return the examples of these rows, or of a mask."""
        weights = (None if w is None else w[rows] for w in (self.weight, self.class_weight))
        return Examples(self.X[rows], self.Y[rows], *weights)

    def with_weight(self) -> Examples:
        """Return the examples whose weight is not 0: weight 0 means absent, also when batches are counted.

        Raises
        ------
        DataError
            If none is left.
        """
        w = self.training_weight
        if w is None or (w > 0).all():
            return self
        if not w.any():
            raise DataError(
                "no example that counts: sample weight times class weight is zero for each; give some weight"
            )
        return self.take(np.flatnonzero(w))
