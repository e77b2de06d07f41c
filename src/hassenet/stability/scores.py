"""Numbers that runs are compared by: of an element, and of a network on examples held out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import is_real
from hassenet.activations import activation
from hassenet.data.examples import Examples
from hassenet.errors import ParameterError, ShapeError
from hassenet.explain import Relevance
from hassenet.network import Network
from hassenet.task.heads import OutputHeads

Array = NDArray[np.float64]
Statistic = Callable[[Relevance], Array]
Judge = Callable[[Network, Any, Any], float]
"""(network, X, Y) ↦ how good it is on the examples held out; NaN where these cannot tell."""


def magnitude(relevance: Relevance) -> Array:
    """Return the mean absolute score of each element."""
    return relevance.absolute


def share(relevance: Relevance) -> Array:
    """Return the share of each element in the mean absolute scores of its rank.

    Networks differ in the size of their signals, one that learned noise by heart not least: shares do not. Covariates
    have no part in the whole of rank 0; of one the number is its size beside that.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.explain import gradient_times_feature
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[1.0, 3.0, 1.0])
    >>> share(gradient_times_feature(net, [[1.0, 1.0]]))
    array([0.25, 0.75])
    """
    elements = np.where(relevance.is_covariate, 0.0, relevance.absolute)
    of_rank = np.bincount(relevance.ranks, weights=elements)[relevance.ranks]
    return relevance.absolute / np.where(of_rank > 0, of_rank, 1)


def accuracy(net: Network, X: Any, Y: Any) -> float:
    """Return the share of right classes: of a softmax the greatest output's, else of outputs that are 1 from ½ on.

    Parameters
    ----------
    net : Network
        Of several heads the last, the main one, is judged.
    X : (m, n₀) array, sparse array or table
    Y : (m,) or (m, k) array
        Of a softmax the numbers of the classes, or a column a class; else a column an output of the last head. NaN
        where a target is missing: it does not count.

    Raises
    ------
    ShapeError
        If Y does not fit the outputs.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), output="sigmoid", theta=[1.0, 0.0])
    >>> accuracy(net, [[-1.0], [2.0]], [0, 0])
    0.5
    """
    prediction, y = _of_last_head(net, X, Y)
    seen = ~np.isnan(y)
    if not net.activations[-1].pointwise:
        known = seen.all(axis=1)
        return float(np.mean(prediction[known].argmax(axis=1) == _numbers(y[known])))
    return float(np.mean(((prediction >= 0.5) == (y >= 0.5))[seen]))


def r_squared(net: Network, X: Any, Y: Any) -> float:
    """Return 1 − Σ(y − Nx)² / Σ(y − ȳ)², over all outputs together, of several heads over those of the last.

    Of targets that do not vary there is no R²: it is NaN, and the means over runs leave it out.

    Raises
    ------
    ShapeError
        If Y does not fit the outputs.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), theta=[1.0, 0.0])
    >>> r_squared(net, [[1.0], [2.0]], [1.0, 2.0])
    1.0
    """
    prediction, y = _of_last_head(net, X, Y)
    if not (np.fmin.reduce(y) != np.fmax.reduce(y)).any():
        return np.nan
    return float(1 - np.nansum((y - prediction) ** 2) / np.nansum((y - np.nanmean(y, axis=0)) ** 2))


def judge_of(net: Network) -> Judge:
    """Return the usual measure for a network's outputs: the accuracy of classes, else R²."""
    name = net.activations[-1].uniform
    return accuracy if name is not None and activation(name).probability else r_squared


def judged(judge: Judge | None, net: Network, data: Examples) -> float:
    """Return how good a network is on some examples."""
    value = (judge or judge_of(net))(net, data.X, data.Y)
    if not is_real(value):
        raise ParameterError(f"a judge gives a number; got {value!r}; give one as accuracy() or r_squared()")
    return float(value)


def _of_last_head(net: Network, X: Any, Y: Any) -> tuple[Array, Array]:
    """Return the predictions of the last head and its targets, (m, k) each; of a softmax y may hold class numbers."""
    prediction, y = np.asarray(net(X), float), np.asarray(Y)
    y = y[:, None] if y.ndim == 1 else y
    size = _size_of_head(net, y.shape[-1]) if y.ndim == 2 and len(y) == len(prediction) else 0
    if not size or y.dtype.kind not in "biuf":
        raise ShapeError(
            f"a network is judged by a number for each of the {len(prediction):,} examples and each output of its last "
            f"head, of a softmax also by class numbers; it has {prediction.shape[1]:,} outputs, and Y the shape "
            f"{y.shape} and the type {y.dtype}; give such numbers, or a judge=… of your own"
        )
    heads = OutputHeads.of_size(size, prediction.shape[1])
    return heads.main(prediction), heads.main(y).astype(float)


def _size_of_head(net: Network, columns: int) -> int:
    """Return how many outputs a head has, by a softmax's blocks or else the columns of Y; 0 if Y does not fit."""
    n = net.plan.n_outputs
    if not net.activations[-1].pointwise:
        size = n // net.activations[-1].parts[0][0].blocks
        return size if columns in (1, size, n) else 0
    return columns if columns and n % columns == 0 else 0


def _numbers(y: Array) -> Array:
    """Return the numbers of the classes, which one column holds already."""
    return y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)
