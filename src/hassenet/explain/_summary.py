"""From the scores of examples to their mean, size and spread, some examples at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet._data import as_features
from hassenet.errors import DataError, NotFiniteError, listing
from hassenet.explain._explained import Explained
from hassenet.explain._passes import Method, Scored
from hassenet.explain.relevance import Relevance
from hassenet.network import Network

Array = NDArray[Any]

# How many numbers of all ranks together are held at one time.
_NUMBERS_AT_ONCE = 1 << 22


@final
@dataclass
class Moments:
    """Mean, mean absolute value and Σ(score − mean)² of each element, over the examples seen so far.

    Parts are joined by the formula of T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample
    variance", The American Statistician 37 (1983), 242–247.
    """

    n: int
    mean: Array
    absolute: Array
    squares: Array

    @staticmethod
    def none(size: int) -> Moments:
        """Return those of no example."""
        return Moments(0, *np.zeros((3, size)))

    def add(self, scores: Array) -> None:
        """Take in the scores of further examples, (size, c)."""
        c = scores.shape[1]
        n, mean = self.n + c, scores.mean(axis=1)
        shift = mean - self.mean
        self.squares += ((scores - mean[:, None]) ** 2).sum(axis=1) + shift**2 * (self.n * c / n)
        self.mean += shift * (c / n)
        self.absolute += (np.abs(scores).mean(axis=1) - self.absolute) * (c / n)
        self.n = n

    def of(self, rows: NDArray[np.int64]) -> Moments:
        """Return those of some elements."""
        return Moments(self.n, self.mean[rows], self.absolute[rows], self.squares[rows])

    @property
    def spread(self) -> Array:
        """The standard deviation from example to example."""
        return np.sqrt(self.squares / max(self.n, 1))


def summary(name: str, net: Network, X: Any, target: Explained, method: Method) -> Relevance:
    """Return the scores of a method over the examples of X."""
    moments, tops = _gathered(net, X, method)
    starts = first_numbers(net)
    rows = np.concatenate([start + real for start, real in zip(starts, real_elements(net), strict=True)])
    value, reference = map(float, tops.mean)
    totals = np.add.reduceat(moments.mean, starts)
    return tabulated(name, net, target, rows, moments.of(rows), value, reference, totals)


def _gathered(net: Network, X: Any, method: Method) -> tuple[Moments, Moments]:
    """Return the moments of all elements below the outputs, and of t of the examples and of the baseline."""
    moments, tops = Moments.none(sum(net.hierarchy.shape[:-1])), Moments.none(2)
    for x in columns(net, checked(net, X)):
        found = quiet(method, x)
        with np.errstate(over="ignore", invalid="ignore"):
            moments.add(np.concatenate(found.scores).astype(float))
            tops.add(np.stack([found.value, found.reference]).astype(float))
    return moments, tops


def tabulated(
    name: str,
    net: Network,
    target: Explained,
    rows: NDArray[np.int64],
    moments: Moments,
    value: float,
    reference: float = 0.0,
    totals: Array | None = None,
) -> Relevance:
    """Return the scores of the elements with these numbers, or say that they overflowed."""
    names = tuple(chain(*net.hierarchy.ranks))
    relevance = Relevance(
        method=name,
        output=target.name,
        elements=tuple(names[k] for k in rows),
        ranks=np.searchsorted(first_numbers(net), rows, side="right") - 1,
        score=moments.mean,
        absolute=moments.absolute,
        spread=moments.spread,
        n_examples=moments.n,
        value=value,
        reference=reference,
        totals=totals,
    )
    return _finite(relevance)


def first_numbers(net: Network) -> NDArray[np.int64]:
    """Return the number of the first element of each rank 0,…,D−1, counted through the ranks."""
    return np.concatenate([[0], np.cumsum(net.hierarchy.shape[:-2], dtype=np.int64)]).astype(np.int64)


def checked(net: Network, X: Any) -> Any:
    """Return X as the network takes it; there has to be an example."""
    features = as_features(X, net.hierarchy.ranks[0], net.dtype)
    if not features.shape[0]:
        raise DataError("an explanation needs an example; X has no rows; give one at least")
    return features


def columns(net: Network, X: Any) -> Iterator[Array]:
    """Yield some examples at a time, as columns in the type of the network."""
    at_once = max(_NUMBERS_AT_ONCE // net.hierarchy.n_elements, 1)
    for start in range(0, X.shape[0], at_once):
        part = X[start : start + at_once]
        yield np.asarray((part.toarray() if issparse(part) else part).T, net.dtype)


def quiet(method: Method, x: Array) -> Scored:
    """Return the scores; what overflows is found afterwards, by :func:`tabulated`."""
    with np.errstate(over="ignore", invalid="ignore"):
        return method(x)


def real_elements(net: Network) -> Sequence[NDArray[np.int64]]:
    """Return for each rank 0,…,D−1 the positions of the elements that are no relays."""
    return [np.arange(net.plan.n_inputs), *(layer.free for layer in net.plan.layers[:-1])]


def _finite(relevance: Relevance) -> Relevance:
    """Return the relevance, or say that it overflowed."""
    bad = np.flatnonzero(~np.isfinite(relevance.score + relevance.absolute + relevance.spread))
    if bad.size or not np.isfinite(relevance.value + relevance.reference):
        names = listing((relevance.elements[k] for k in bad), 3) or "what is explained"
        raise NotFiniteError(
            f"scores are finite; {relevance.method} overflows at {names}; scale X, or take dtype='float64'"
        )
    return relevance
