"""The targets that stand side by side in Y, each as a regression on covariates takes it, gaps apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError, TargetError
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
from hassenet.survival.intervals import interval_and_event

Floats = NDArray[np.float64]


def parts_of(loss: Loss | None, Y: Any, offset: Any = None) -> tuple[Observed, ...]:
    """Return the targets of a loss, (m,) or (m, k); where it is not named as they look, a number for each column.

    Parameters
    ----------
    loss : Loss or None
    Y : (m,) or (m, k) array
        As a training takes it.
    offset : (m, 1) or (m, k) array, optional
        What is added to the signals of the outputs: part of the targets.

    Examples
    --------
    >>> first, second = parts_of(Joint(("poisson", "squared_error")), [[1, 0.5], [2, np.nan], [0, 0.1]])
    >>> first.response.loss, second.response.loss, second.known
    (PoissonLoss(), GaussianLoss(covariance=1.0), array([ True, False,  True]))
    """
    if isinstance(loss, Joint):
        return tuple(named_parts(loss, Y, offset).values())
    Y, o = np.asarray(Y), Offsets(offset)
    if loss is None or not isinstance(loss, (*KINDS, DiscreteTimeLoss)):
        return tuple(_as_it_looks(Y, o))
    return tuple(_of_block(loss, Y if Y.ndim == 2 else Y[:, None], o))


def named_parts(loss: Joint, Y: Any, offset: Any = None) -> dict[str, Observed]:
    """Return the targets of a joint loss by their names, of a block of several with the number of each behind.

    Examples
    --------
    >>> both = Joint({"ill": "binary_cross_entropy", "visits": "poisson"}, sizes=(2, 1))
    >>> list(named_parts(both, [[0, 1, 3], [1, 0, 0], [1, 1, 2]]))
    ['ill 0', 'ill 1', 'visits']
    """
    Y, o = np.asarray(loss.encoded(Y), float), Offsets(offset)
    found: dict[str, Observed] = {}
    for block in loss.blocks:
        with of_target(block.name):
            own = tuple(_of_block(block.loss, Y[:, block.place], o.part(block.place)))
        names = [block.name] if len(own) == 1 else [f"{block.name} {j}" for j in range(len(own))]
        found |= dict(zip(names, own, strict=True))
    return found


@contextmanager
def of_target(name: str) -> Iterator[None]:
    """Let an error inside say of which of several targets it is."""
    try:
        yield
    except (TargetError, ParameterError) as error:
        raise type(error)(f"{error} (of the target {name!r})" if name else str(error)) from None


@final
@dataclass(frozen=True, eq=False)
class Offsets:
    """What is added to the signals of some outputs, (m, 1) or (m, k); None for nothing."""

    values: Any

    def part(self, place: slice) -> Offsets:
        """Return those of a block of outputs."""
        is_one = self.values is None or self.values.shape[1] == 1
        return self if is_one else Offsets(self.values[:, place])

    def of(self, j: int) -> Floats | None:
        """Return those of one output, (m,); None where nothing is added to it."""
        found = None if self.values is None else self.values[:, min(j, self.values.shape[1] - 1)]
        return found if found is not None and found.any() else None


def _as_it_looks(Y: Any, o: Offsets) -> Iterator[Observed]:
    if Y.ndim == 1 or Y.shape[1] == 1:
        yield _known(Y[:, None] if Y.ndim == 1 else Y, lambda y: Response.of(y[:, 0], len(y)), o.of(0))
        return
    if bool(np.isin(Y, [0, 1]).all() and (Y.sum(axis=1) == 1).all()):
        yield Observed(Response.of(Y.argmax(axis=1), len(Y), "classification").beside(o.of(0)))
        return
    yield from _numbers(Y, o)


def _numbers(Y: Any, o: Offsets) -> Iterator[Observed]:
    for j, column in enumerate(np.asarray(Y, float).T):
        values = column[~np.isnan(column)]
        if len(values) and (values != values[0]).any():
            yield _known(column[:, None], lambda y: Response.of(y[:, 0], len(y), "regression"), o.of(j))


@singledispatch
def _of_block(loss: Loss, Y: Floats, o: Offsets) -> Iterator[Observed]:
    """Yield the targets of a loss, as they stand among others: here numbers, of several quantiles one."""
    return _numbers(Y[:, :1] if (Y == Y[:, :1]).all() else Y, o)


@_of_block.register
def _(loss: CrossEntropy, Y: Floats, o: Offsets) -> Iterator[Observed]:
    codes = np.where(np.isnan(Y).any(axis=1), np.nan, np.nan_to_num(Y).argmax(axis=1))
    yield _known(codes[:, None], _classes, o.of(0))


@_of_block.register
def _(loss: BinaryCrossEntropy, Y: Floats, o: Offsets) -> Iterator[Observed]:
    return (_known(column[:, None], _classes, o.of(j)) for j, column in enumerate(Y.T))


@_of_block.register
def _(loss: DiscreteTimeLoss, Y: Floats, o: Offsets) -> Iterator[Observed]:
    yield _known(interval_and_event(Y), partial(_of_kind, CoxLoss()), o.of(0))


@_of_block.register
def _(loss: CoxLoss, Y: Floats, o: Offsets) -> Iterator[Observed]:
    yield _known(Y, partial(_of_kind, CoxLoss()), o.of(0))


@_of_block.register(PoissonLoss)
@_of_block.register(NegativeBinomialLoss)
@_of_block.register(LearnedDispersionLoss)
@_of_block.register(ZeroInflatedLoss)
@_of_block.register(OrdinalLoss)
def _(loss: Loss, Y: Floats, o: Offsets) -> Iterator[Observed]:
    yield _known(Y[:, :1], partial(_of_kind, loss), o.of(0))


def _of_kind(loss: Loss, y: Floats) -> Response:
    return Response.of_loss(loss, y, len(y))


def _classes(y: Floats) -> Response:
    return Response.of(y[:, 0], len(y), "classification")


def _known(Y: Any, response: Any, offset: Floats | None) -> Observed:
    """Return a target and where it is there."""
    gaps = np.isnan(Y).any(axis=1) if Y.dtype.kind == "f" else np.zeros(len(Y), bool)
    return observed_where_known(Y, gaps, response, offset)


def observed_where_known(Y: Any, gaps: Any, response: Any, offset: Floats | None) -> Observed:
    """Return a target and where it is there; a gap holds the first that is known, and counts for nothing.

    Raises
    ------
    TargetError
        If it is there in no row.
    """
    if gaps.all():
        raise TargetError("a target has values; this one is missing in every row; leave it out")
    if not gaps.any():
        return Observed(response(Y).beside(offset))
    filled = Y.copy()
    filled[gaps] = Y[~gaps][:1]
    return Observed(response(filled).beside(offset), ~gaps)
