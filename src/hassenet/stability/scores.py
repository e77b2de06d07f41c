"""Numbers that runs are compared by: of an element, and of a network on examples held out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError
from hassenet.explain import Relevance
from hassenet.network import Network

Array = NDArray[np.float64]
Statistic = Callable[[Relevance], Array]
Judge = Callable[[Network, Any, Any], float]


def magnitude(relevance: Relevance) -> Array:
    """Return the mean absolute score of each element."""
    return relevance.absolute


def share(relevance: Relevance) -> Array:
    """Return the share of each element in the mean absolute scores of its rank.

    Networks differ in the size of their signals, one that learned noise by heart not least: shares do not.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.explain import gradient_times_feature
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[1.0, 3.0, 1.0])
    >>> share(gradient_times_feature(net, [[1.0, 1.0]]))
    array([0.25, 0.75])
    """
    of_rank = np.bincount(relevance.ranks, weights=relevance.absolute)[relevance.ranks]
    return relevance.absolute / np.where(of_rank > 0, of_rank, 1)


def accuracy(net: Network, X: Any, Y: Any) -> float:
    """Return the share of right classes: of one output, or several that are each yes or no, 1 from ½ on.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), output="sigmoid", theta=[1.0, 0.0])
    >>> accuracy(net, [[-1.0], [2.0]], [0, 0])
    0.5
    """
    prediction, Y = net(X), np.asarray(Y)
    if net.activations[-1].uniform == "softmax" and prediction.shape[1] > 1:
        true = Y if Y.ndim == 1 else Y.argmax(axis=1)
        return float(np.mean(prediction.argmax(axis=1) == true))
    return float(np.mean((prediction >= 0.5) == (Y.reshape(prediction.shape) >= 0.5)))


def r_squared(net: Network, X: Any, Y: Any) -> float:
    """Return 1 − Σ(y − Nx)² / Σ(y − ȳ)², over all outputs together.

    Raises
    ------
    TargetError
        If the targets do not vary.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), theta=[1.0, 0.0])
    >>> r_squared(net, [[1.0], [2.0]], [1.0, 2.0])
    1.0
    """
    prediction = np.asarray(net(X), float)
    y = np.asarray(Y, float).reshape(prediction.shape)
    total = np.sum((y - y.mean(axis=0)) ** 2)
    if total == 0:
        raise TargetError(f"R² needs targets that vary; the {len(y)} held out do not; hold out more examples")
    return float(1 - np.sum((y - prediction) ** 2) / total)


def judge_of(net: Network) -> Judge:
    """Return the usual measure for a network's outputs: the accuracy of classes, else R²."""
    return accuracy if net.activations[-1].uniform in ("sigmoid", "softmax") else r_squared
