"""The targets that stand side by side in Y, each as a regression on covariates takes it, gaps apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial, singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.likelihoods import (
    BinaryCrossEntropy,
    CoxLoss,
    CrossEntropy,
    DiscreteTimeLoss,
    Joint,
    LearnedDispersionLoss,
    Loss,
    NegativeBinomialLoss,
    OrdinalLoss,
    PoissonLoss,
    ZeroInflatedLoss,
)
from hassenet.stability.covariates import Observed
from hassenet.stability.response import KINDS, Response

Floats = NDArray[np.float64]


def parts_of(loss: Loss | None, Y: Any) -> tuple[Observed, ...]:
    """Return the targets of a loss, (m,) or (m, k); where it is not named as they look, a number for each column.

    Examples
    --------
    >>> first, second = parts_of(Joint(("poisson", "squared_error")), [[1, 0.5], [2, np.nan], [0, 0.1]])
    >>> first.response.loss, second.response.loss, second.known
    (PoissonLoss(), GaussianLoss(covariance=1.0), array([ True, False,  True]))
    """
    Y = np.asarray(Y)
    if isinstance(loss, Joint):
        Y = np.asarray(loss.encoded(Y), float)
        return tuple(one for block in loss.blocks for one in _of_block(block.loss, Y[:, block.place]))
    if loss is None or not isinstance(loss, (*KINDS, DiscreteTimeLoss, ZeroInflatedLoss)):
        return tuple(_as_it_looks(Y))
    return tuple(_of_block(loss, Y if Y.ndim == 2 else Y[:, None]))


def _as_it_looks(Y: Any) -> Iterator[Observed]:
    if Y.ndim == 1 or Y.shape[1] == 1:
        yield _known(Y[:, None] if Y.ndim == 1 else Y, lambda y: Response.of(y[:, 0], len(y)))
        return
    if bool(np.isin(Y, [0, 1]).all() and (Y.sum(axis=1) == 1).all()):
        yield Observed(Response.of(Y.argmax(axis=1), len(Y), "classification"))
        return
    yield from _numbers(Y)


def _numbers(Y: Any) -> Iterator[Observed]:
    for column in np.asarray(Y, float).T:
        values = column[~np.isnan(column)]
        if len(values) and (values != values[0]).any():
            yield _known(column[:, None], lambda y: Response.of(y[:, 0], len(y), "regression"))


@singledispatch
def _of_block(loss: Loss, Y: Floats) -> Iterator[Observed]:
    """Yield the targets of a loss, as they stand among others: here numbers, of several quantiles one."""
    return _numbers(Y[:, :1] if (Y == Y[:, :1]).all() else Y)


@_of_block.register
def _(loss: CrossEntropy, Y: Floats) -> Iterator[Observed]:
    codes = np.where(np.isnan(Y).any(axis=1), np.nan, np.nan_to_num(Y).argmax(axis=1))
    yield _known(codes[:, None], _classes)


@_of_block.register
def _(loss: BinaryCrossEntropy, Y: Floats) -> Iterator[Observed]:
    return (_known(column[:, None], _classes) for column in Y.T)


@_of_block.register
def _(loss: DiscreteTimeLoss, Y: Floats) -> Iterator[Observed]:
    yield _known(_by_interval(Y), partial(_of_kind, CoxLoss()))


@_of_block.register
def _(loss: CoxLoss, Y: Floats) -> Iterator[Observed]:
    yield _known(Y, partial(_of_kind, CoxLoss()))


@_of_block.register
def _(loss: ZeroInflatedLoss, Y: Floats) -> Iterator[Observed]:
    return _of_block(loss.count, Y)


@_of_block.register(PoissonLoss)
@_of_block.register(NegativeBinomialLoss)
@_of_block.register(LearnedDispersionLoss)
@_of_block.register(OrdinalLoss)
def _(loss: Loss, Y: Floats) -> Iterator[Observed]:
    yield _known(Y[:, :1], partial(_of_kind, loss))


def _of_kind(loss: Loss, y: Floats) -> Response:
    return Response.of_loss(loss, y, len(y))


def _classes(y: Floats) -> Response:
    return Response.of(y[:, 0], len(y), "classification")


def _by_interval(Y: Floats) -> Floats:
    """Return the number of the interval and the event; NaN where nothing is known."""
    times = np.column_stack([(~np.isnan(Y)).sum(axis=1) + 1.0, (Y == 1).any(axis=1)])
    return np.where(np.isnan(Y).all(axis=1, keepdims=True), np.nan, times)


def _known(Y: Any, response: Any) -> Observed:
    """Return a target and where it is there; a gap holds the first that is known, and counts for nothing."""
    gaps = np.isnan(Y).any(axis=1) if Y.dtype.kind == "f" else np.zeros(len(Y), bool)
    if not gaps.any():
        return Observed(response(Y))
    filled = np.where(gaps[:, None], Y[~gaps][:1], Y)
    return Observed(response(filled), ~gaps)
