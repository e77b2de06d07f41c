"""Numbers that runs are compared by: of an element, and of a network on examples held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import is_real
from hassenet.activations import activation
from hassenet.data.examples import Examples
from hassenet.errors import DataError, ParameterError, ShapeError
from hassenet.explain import Relevance
from hassenet.likelihoods import (
    CoxLoss,
    DiscreteTimeLoss,
    Joint,
    LearnedDispersionLoss,
    Loss,
    NegativeBinomialLoss,
    OrdinalLoss,
    PoissonLoss,
    QuantileLoss,
    ZeroInflatedLoss,
)
from hassenet.network import Network
from hassenet.stability.recipe import named_loss
from hassenet.survival import concordance as harrell
from hassenet.survival.intervals import cumulative_hazard, interval_and_event
from hassenet.task.heads import OutputHeads

Array = NDArray[np.float64]
Statistic = Callable[[Relevance], Array]
Judge = Callable[..., float]
"""(network, X, Y) ↦ how good it is on the examples held out; NaN where these cannot tell.

Where the study has offsets or exposures it is called with ``offset=`` too, (m, 1) or (m, k).
"""


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


def accuracy(net: Network, X: Any, Y: Any, offset: Any = None) -> float:
    """Return the share of right classes: of a softmax the greatest output's, else of outputs that are 1 from ½ on.

    Parameters
    ----------
    net : Network
        Of several heads the last, the main one, is judged.
    X : (m, n₀) array, sparse array or table
    Y : (m,) or (m, k) array
        Of a softmax the numbers of the classes, or a column a class; else a column an output of the last head. NaN
        where a target is missing: it does not count.
    offset : (m, 1) or (m, k) array, optional
        What is added to the signals of the outputs.

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
    prediction, y = _of_last_head(net, X, Y, offset)
    seen = ~np.isnan(y)
    if not net.activations[-1].pointwise:
        known = seen.all(axis=1)
        return float(np.mean(prediction[known].argmax(axis=1) == _numbers(y[known])))
    return float(np.mean(((prediction >= 0.5) == (y >= 0.5))[seen]))


def r_squared(net: Network, X: Any, Y: Any, offset: Any = None) -> float:
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
    prediction, y = _of_last_head(net, X, Y, offset)
    if not (np.fmin.reduce(y) != np.fmax.reduce(y)).any():
        return np.nan
    return float(1 - np.nansum((y - prediction) ** 2) / np.nansum((y - np.nanmean(y, axis=0)) ** 2))


def concordance(net: Network, X: Any, Y: Any, offset: Any = None) -> float:
    """Return Harrell's C of the output, the logarithm of a hazard ratio; NaN where no two examples can be compared.

    Parameters
    ----------
    net : Network
        Of one output.
    X : (m, n₀) array, sparse array or table
    Y : (m, 2) or (m, 3) array
        Time, event and stratum, as :func:`hassenet.survival.concordance` takes them.
    offset : (m, 1) array, optional
        What is added to the output.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), theta=[1.0, 0.0])
    >>> concordance(net, [[3.0], [1.0], [2.0]], [[1, 1], [2, 1], [3, 0]])  # two of three pairs
    0.6666666666666666
    """
    return _harrell(Y, np.asarray(net(X, offset=offset), float)[:, 0])


def concordance_of_hazards(net: Network, X: Any, Y: Any, offset: Any = None) -> float:
    """Return Harrell's C of hazards in intervals, (m, k): a time is the number of its interval.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 2), output="sigmoid", theta=[1.0, 1.0, 0.0, 0.0])
    >>> concordance_of_hazards(net, [[3.0], [1.0]], [[1.0, np.nan], [0.0, 0.0]])
    1.0
    """
    hazard = np.asarray(net(X, offset=offset), float)
    return _harrell(interval_and_event(Y), cumulative_hazard(hazard))


def _harrell(Y: Any, risk: Array) -> float:
    try:
        return harrell(Y, risk)
    except DataError:  # nothing that can be compared
        return np.nan


@final
@dataclass(frozen=True)
class LogLikelihood:
    """(network, X, Y) ↦ the mean of log p(y|x) over the examples of which something is known, NaN if there is none.

    Parameters
    ----------
    loss : Loss
        Whose model p is; targets are as it takes them, outputs those of its canonical activation.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.likelihoods import PoissonLoss
    >>> net = Network(Hierarchy.complete(1, 1), output="exp", theta=[0.0, 0.0])
    >>> LogLikelihood(PoissonLoss())(net, [[0.0], [0.0]], [0, 1])
    -1.0
    """

    loss: Loss

    def __call__(self, net: Network, X: Any, Y: Any, offset: Any = None) -> float:
        """Return the mean."""
        y, prediction = np.asarray(Y, float), np.asarray(net(X, offset=offset), float)
        y = y[:, None] if y.ndim == 1 else y
        known = ~np.isnan(y).all(axis=1)
        if not known.any():
            return np.nan
        return float(self.loss.likelihood.log_prob(prediction[known], y[known]).mean())


def judge_of(net: Network) -> Judge:
    """Return the usual measure for a network's outputs: the accuracy of classes, else R²."""
    name = net.activations[-1].uniform
    return accuracy if name is not None and activation(name).probability else r_squared


def judge_for(train: Any, net: Network) -> Judge:
    """Return the usual measure for what a training minimises: that of its loss, else of the network's outputs."""
    loss = named_loss(train)
    return (None if loss is None else judge_of_loss(loss)) or judge_of(net)


def judge_of_loss(loss: Loss) -> Judge | None:
    """Return the measure of targets of another kind than classes and numbers; of these None."""
    if isinstance(loss, CoxLoss):
        return concordance
    if isinstance(loss, DiscreteTimeLoss):
        return concordance_of_hazards
    return LogLikelihood(loss) if isinstance(loss, _BY_LIKELIHOOD) else None


_BY_LIKELIHOOD = (
    Joint,
    LearnedDispersionLoss,
    NegativeBinomialLoss,
    OrdinalLoss,
    PoissonLoss,
    QuantileLoss,
    ZeroInflatedLoss,
)


def judged(judge: Judge, net: Network, data: Examples) -> float:
    """Return how good a network is on some examples."""
    beside = {} if data.offset is None else {"offset": data.offset}
    value = judge(net, data.X, data.Y, **beside)
    if not is_real(value):
        raise ParameterError(f"a judge gives a number; got {value!r}; give one as accuracy() or r_squared()")
    return float(value)


def _of_last_head(net: Network, X: Any, Y: Any, offset: Any) -> tuple[Array, Array]:
    """Return the predictions of the last head and its targets, (m, k) each; of a softmax y may hold class numbers."""
    prediction, y = np.asarray(net(X, offset=offset), float), np.asarray(Y)
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
