"""The targets that stand side by side in Y, each as a regression on covariates takes it, gaps apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DataError, ParameterError, TargetError, listing
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
        return tuple(one for _, one in _of_joint(loss, Y, offset) if one is not None)
    Y, o = np.asarray(Y), Offsets(offset)
    if loss is None or not isinstance(loss, (*KINDS, DiscreteTimeLoss)):
        found = _as_it_looks(Y, o)
    else:
        found = _of_block(loss, Y if Y.ndim == 2 else Y[:, None], o)
    return tuple(one for one in found if one is not None)


def named_parts(loss: Joint, Y: Any, offset: Any = None) -> dict[str, Observed | None]:
    """Return the targets of a joint loss by their names, of a block of several with the number of each behind.

    None is a number that does not vary.

    Raises
    ------
    ParameterError
        If two have one name.

    Examples
    --------
    >>> both = Joint({"ill": "binary_cross_entropy", "visits": "poisson"}, sizes=(2, 1))
    >>> list(named_parts(both, [[0, 1, 3], [1, 0, 0], [1, 1, 2]]))
    ['ill 0', 'ill 1', 'visits']
    """
    found = list(_of_joint(loss, Y, offset))
    twice = [name for name, n in Counter(name for name, _ in found).items() if n > 1]
    if twice:
        raise ParameterError(
            f"a target has its own name; by the names {listing(loss.names)} there are two called {listing(twice)}; "
            "rename one"
        )
    return dict(found)


def _of_joint(loss: Joint, Y: Any, offset: Any) -> Iterator[tuple[str, Observed | None]]:
    Y, o = np.asarray(loss.encoded(Y), float), Offsets(offset)
    for block in loss.blocks:
        with of_target(block.name):
            own = tuple(_of_block(block.loss, Y[:, block.place], o.part(block.place)))
        names = [block.name] if len(own) == 1 else [f"{block.name} {j}" for j in range(len(own))]
        yield from zip(names, own, strict=True)


@contextmanager
def of_target(name: str) -> Iterator[None]:
    """Let an error inside say of which of several targets it is."""
    try:
        yield
    except (DataError, ParameterError) as error:
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


def is_one_hot(Y: Any) -> bool:
    """Return whether numbers (m, k) are the classes of one target, NaN throughout where it is missing.

    Examples
    --------
    >>> is_one_hot(np.array([[0, 1], [np.nan, np.nan], [1, 0]])), is_one_hot(np.array([[0, 1], [1, 1]]))
    (True, False)
    """
    there = Y[~np.isnan(Y).all(axis=1)]
    return bool(len(there) and np.isin(there, [0, 1]).all() and (there.sum(axis=1) == 1).all())


def one_hot_codes(Y: Any) -> Floats:
    """Return the number of the class of each row that is one-hot, (m,); NaN where it is missing.

    Examples
    --------
    >>> one_hot_codes(np.array([[0, 1], [np.nan, np.nan], [1, 0]]))
    array([ 1., nan,  0.])
    """
    return np.where(np.isnan(Y).any(axis=1), np.nan, np.nan_to_num(Y).argmax(axis=1))


def _as_it_looks(Y: Any, o: Offsets) -> Iterator[Observed | None]:
    if Y.ndim == 1 or Y.shape[1] == 1:
        yield _known(Y[:, None] if Y.ndim == 1 else Y, lambda y: Response.of(y[:, 0], len(y)), o.of(0))
        return
    yield from _of_block(CrossEntropy(), Y, o) if is_one_hot(Y) else _numbers(Y, o)


def _numbers(Y: Any, o: Offsets) -> Iterator[Observed | None]:
    """Yield each of some numbers; None for one that does not vary."""
    for j, column in enumerate(np.asarray(Y, float).T):
        values = column[~np.isnan(column)]
        varies = len(values) and (values != values[0]).any()
        yield _known(column[:, None], _number, o.of(j)) if varies else None


@singledispatch
def _of_block(loss: Loss, Y: Floats, o: Offsets) -> Iterator[Observed | None]:
    """Yield the targets of a loss, as they stand among others: here numbers, of several quantiles one."""
    is_one = np.array_equal(Y, np.broadcast_to(Y[:, :1], Y.shape), equal_nan=True)
    return _numbers(Y[:, :1] if is_one else Y, o)


@_of_block.register
def _(loss: CrossEntropy, Y: Floats, o: Offsets) -> Iterator[Observed]:
    yield _known(one_hot_codes(Y)[:, None], _classes, o.of(0))


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


def _number(y: Floats) -> Response:
    return Response.of(y[:, 0], len(y), "regression")


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
