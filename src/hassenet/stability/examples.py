"""The examples that networks of a study learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.features import as_features, as_weights, by_names
from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.stability.recipe import Train

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Examples:
    """Features, targets and, where examples do not all count alike, weights; a row an example."""

    X: Any
    Y: Array
    weight: Array | None = None

    @staticmethod
    def of(H: Hierarchy, X: Any, Y: Any, sample_weight: Any = None) -> Examples:
        """Return arrays whose rows can be taken: X and the weights checked, Y with as many rows.

        The columns of a table Y are matched by name with all outputs, or with as many of the last head, as in a fit.
        """
        outputs = H.ranks[-1]
        features = as_features(X, H.ranks[0], np.dtype(float))
        targets = by_names(Y, outputs, outputs[-len(Y.columns) :] if hasattr(Y, "columns") else ())
        if not features.shape[0] or targets.shape[:1] != features.shape[:1]:
            raise DataError(
                f"each example has its target; X has {features.shape[0]} rows, Y the shape {targets.shape}; give as "
                "many"
            )
        return Examples(features, targets, as_weights(sample_weight, len(targets)))

    def __len__(self) -> int:
        return len(self.Y)

    def rows(self, rows: NDArray[np.int64]) -> Examples:
        """Return some of the examples, with their weights."""
        return Examples(self.X[rows], self.Y[rows], None if self.weight is None else self.weight[rows])


def trained(train: Train, H: Hierarchy, data: Examples, seed: int) -> Network:
    """Return the network that a training makes of the examples; it hears of weights where there are any."""
    weights = {} if data.weight is None else {"sample_weight": data.weight}
    net = train(H, data.X, data.Y, seed, **weights)
    if not isinstance(net, Network):
        raise ParameterError(
            f"a training returns a network; {train!r} returned {type(net).__name__}; of a fit return fit(…).network"
        )
    return net
