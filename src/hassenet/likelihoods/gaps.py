"""Targets of which a part is missing, marked by NaN: what was not observed has no part in a loss.

−log of the density of what was observed is the loss of that alone: of outputs that are independent the sum over those
that have their target, of a Gaussian the one with Σ of those. Nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Seen = NDArray[np.bool_]
Formula = Callable[[Any], Callable[..., Array]]


class Loss(Protocol):
    """What is to be known of a loss to take it apart."""

    @property
    def heads(self) -> int: ...

    @property
    def sees_gaps(self) -> bool: ...

    @property
    def has_like_outputs(self) -> bool: ...

    def alone(self, j: int, k: int) -> Any: ...

    def observed_parts(self, seen: Seen) -> Iterator[Part]: ...


@final
class Part(NamedTuple):
    """Outputs and examples whose targets are all there, and the loss of these outputs alone.

    Attributes
    ----------
    loss : Loss
    outputs : array of int or slice
    examples : array of int
    """

    loss: Any
    outputs: Any
    examples: NDArray[np.intp]

    def of(self, a: Array) -> Array:
        """Return the part of an array with a row an output and a column an example."""
        part: Array = a[:, self.examples][self.outputs]
        return part


def summed(formula: Formula, loss: Loss, a: Array, y: Array) -> Array:
    """Return what a formula of a loss gives for each example, (m,), as L does, of the targets that are there.

    Parameters
    ----------
    formula : callable
        From a loss to its formula, as ``lambda L: L.value``.
    loss : Loss
    a, y : (k, m) array
        Predictions or signals, and targets, NaN where one is missing.

    Examples
    --------
    >>> from hassenet.likelihoods import SquaredError
    >>> summed(lambda L: L.value, SquaredError(), np.array([[1.0], [2.0]]), np.array([[0.0], [np.nan]]))
    array([1.])
    """
    if loss.has_like_outputs and np.isnan(y).any():
        seen = ~np.isnan(y)
        each = formula(loss)(a[seen][None], y[seen][None])
        return np.bincount(np.nonzero(seen)[1], each, a.shape[1]).astype(a.dtype)
    y, parts = _parts(loss, a, y)
    if parts is None:
        return formula(loss)(a, y)
    total = np.zeros(a.shape[1], a.dtype)
    for part in parts:
        total[part.examples] += formula(part.loss)(part.of(a), part.of(y))
    return total


def by_output(formula: Formula, loss: Loss, a: Array, y: Array, *others: Array) -> Array:
    """Return what a formula of a loss gives for each output and example, (k, m), as δ; 0 where the target is missing.

    Examples
    --------
    >>> from hassenet.likelihoods import SquaredError
    >>> by_output(lambda L: L.delta, SquaredError(), np.array([[1.0], [2.0]]), np.array([[0.0], [np.nan]]))
    array([[2.],
           [0.]])
    """
    if loss.has_like_outputs and np.isnan(y).any():
        seen, result = ~np.isnan(y), np.zeros_like(a)
        result[seen] = formula(loss)(a[seen][None], y[seen][None], *(one[seen][None] for one in others))[0]
        return result
    y, parts = _parts(loss, a, y)
    if parts is None:
        return formula(loss)(a, y, *others)
    result = np.zeros_like(a)
    for part in parts:
        rows = np.arange(len(a))[part.outputs]
        result[np.ix_(rows, part.examples)] = formula(part.loss)(
            part.of(a), part.of(y), *map(part.of, others)
        )
    return result


def _parts(loss: Loss, a: Array, y: Array) -> tuple[Array, Iterator[Part] | None]:
    """Return y for all outputs, and the parts that were observed; None where nothing is missing or the loss sees it."""
    if loss.sees_gaps or not np.isnan(y).any():
        return y, None
    y = np.tile(y, (loss.heads, 1)) if loss.heads * len(y) == len(a) else y
    return y, loss.observed_parts(~np.isnan(y))


# ---------------------------------------------------------------- which parts there are


def output_by_output(loss: Loss, seen: Seen) -> Iterator[Part]:
    """Yield each output by itself, with the examples that have its target: of a loss that is a sum over outputs.

    >>> from hassenet.likelihoods import SquaredError
    >>> [
    ...     part.examples.tolist()
    ...     for part in output_by_output(SquaredError(), np.array([[True, False], [True, True]]))
    ... ]
    [[0], [0, 1]]
    """
    k = len(seen)
    return (Part(loss.alone(j, k), [j], np.flatnonzero(seen[j])) for j in range(k) if seen[j].any())


def all_or_none(loss: Loss, seen: Seen) -> Iterator[Part]:
    """Yield all outputs with the examples that have every target: of a loss that looks at outputs together.

    >>> from hassenet.likelihoods import CrossEntropy
    >>> [
    ...     part.examples.tolist()
    ...     for part in all_or_none(CrossEntropy(), np.array([[True, False], [True, False]]))
    ... ]
    [[0]]
    """
    yield Part(loss, slice(None), np.flatnonzero(seen.all(axis=0)))


def by_pattern(of_outputs: Callable[[NDArray[np.intp]], Loss], seen: Seen) -> Iterator[Part]:
    """Yield the outputs of each pattern of what is there, with the examples that have it, and their common loss.

    >>> from hassenet.likelihoods import GaussianLoss
    >>> seen = np.array([[True, False, True], [True, True, True]])
    >>> [part.outputs.tolist() for part in by_pattern(lambda _: GaussianLoss(), seen)]
    [[1], [0, 1]]
    """
    patterns, which = np.unique(seen.T, axis=0, return_inverse=True)
    for p, pattern in enumerate(patterns):
        outputs = np.flatnonzero(pattern)
        if len(outputs):
            yield Part(of_outputs(outputs), outputs, np.flatnonzero(which.ravel() == p))
