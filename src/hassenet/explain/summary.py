"""From the scores of examples to their mean, size and spread, some examples at a time."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.features import as_features
from hassenet.data.stream import is_stream
from hassenet.engines import formulas
from hassenet.errors import DataError, NotFiniteError, listing
from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Explained
from hassenet.explain.passes import Method, Scored
from hassenet.explain.relevance import Relevance
from hassenet.network import Network
from hassenet.network.elements import real_elements

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
        scores = np.asarray(
            scores, float
        )  # squares of large and of small numbers overflow in single precision
        c = scores.shape[1]
        n, mean = self.n + c, scores.mean(axis=1)
        shift = mean - self.mean
        self.squares += ((scores - mean[:, None]) ** 2).sum(axis=1) + shift**2 * (self.n * c / n)
        self.mean += shift * (c / n)
        self.absolute += (np.abs(scores).mean(axis=1) - self.absolute) * (c / n)
        self.n = n

    @property
    def size(self) -> int:
        """How many elements there are."""
        return len(self.mean)

    @property
    def spread(self) -> Array:
        """The standard deviation from example to example."""
        return np.sqrt(self.squares / max(self.n, 1))


@final
class ElementRows(NamedTuple):
    """Which element each row of scores is of.

    Attributes
    ----------
    elements : tuple of n Hashable
    ranks : (n,) array of int
    """

    elements: tuple[Hashable, ...]
    ranks: NDArray[np.int64]

    @staticmethod
    def of(net: Network, chosen: Sequence[NDArray[np.int64]]) -> ElementRows:
        """Return those of the elements at some positions of the ranks 0,…,D−1."""
        ranks = zip(net.hierarchy.ranks, chosen, strict=False)
        elements = tuple(rank[k] for rank, positions in ranks for k in positions)
        return ElementRows(
            elements, np.repeat(np.arange(len(chosen)), [len(positions) for positions in chosen])
        )


@final
class Sums:
    """What is known of the scores of some elements, over the examples seen so far."""

    def __init__(self, n: int, depth: int) -> None:
        self.moments, self.tops, self.totals = Moments.none(n), Moments.none(2), np.zeros(depth)

    def add(self, found: Scored) -> None:
        """Take in further examples."""
        with np.errstate(over="ignore", invalid="ignore"):
            self.moments.add(found.shares.scores)
            self.tops.add(np.stack([found.value, found.reference]))
            self.totals += found.shares.totals

    def relevance(self, kind: Kind, target: Explained, rows: ElementRows, against: Array | None) -> Relevance:
        """Return the scores, or say that they overflowed."""
        value, reference = map(float, self.tops.mean)
        totals = self.totals / self.moments.n if kind.adds_up else None
        return tabulated(kind, target, rows, self.moments, value, reference, totals, against)


def real_rows(net: Network) -> ElementRows:
    """Return the elements below the outputs, relays left out, as rows."""
    return ElementRows.of(net, real_elements(net.plan)[:-1])


def summed(
    kind: Kind,
    net: Network,
    X: Any,
    target: Explained,
    method: Method,
    rows: ElementRows,
    against: Array | None = None,
) -> Relevance:
    """Return the scores of a method, a row for each element, over the examples of X."""
    sums = Sums(len(rows.elements), net.plan.depth)
    for x in columns(checked(net, X), net.dtype, net.hierarchy.n_elements):
        sums.add(scored_without_warning(method, x))
    return sums.relevance(kind, target, rows, against)


def tabulated(
    kind: Kind,
    target: Explained,
    rows: ElementRows,
    moments: Moments,
    value: float,
    reference: float = 0.0,
    totals: Array | None = None,
    against: Array | None = None,
) -> Relevance:
    """Return the scores of some elements, or say that they overflowed."""
    relevance = Relevance(
        method=kind.name,
        output=target.name,
        elements=rows.elements,
        ranks=rows.ranks,
        score=moments.mean,
        absolute=moments.absolute,
        spread=moments.spread,
        n_examples=moments.n,
        value=value,
        reference=reference,
        totals=totals,
        against=against,
    )
    return _finite(relevance, kind)


def checked(net: Network, X: Any) -> Any:
    """Return X as the network takes it; there has to be an example."""
    features = as_features(X, net.hierarchy.ranks[0], net.dtype)
    if not features.shape[0]:
        raise DataError("an explanation needs an example; X has no rows; give one at least")
    return features


def columns(X: Any, dtype: np.dtype[Any], size: int) -> Iterator[Array]:
    """Yield some examples at a time, as columns; ``size`` numbers of each are going to be held."""
    at_once = max(_NUMBERS_AT_ONCE // size, 1)
    for part in in_blocks(X):
        for start in range(0, part.shape[0], at_once):
            yield formulas.columns(part, slice(start, start + at_once), dtype)


def in_blocks(X: Any) -> Iterator[Any]:
    """Yield the examples in parts that are in memory: all, or the blocks of a stream."""
    yield from X.blocks() if is_stream(X) else (X,)


def scored_without_warning(method: Method, x: Array) -> Scored:
    """Return the scores; what overflows is found afterwards, by :func:`tabulated`."""
    with np.errstate(over="ignore", invalid="ignore"):
        return method(x)


def _finite(relevance: Relevance, kind: Kind) -> Relevance:
    """Return the relevance, or say that it overflowed."""
    bad = np.flatnonzero(~np.isfinite(relevance.score + relevance.absolute + relevance.spread))
    if bad.size or not np.isfinite(relevance.value + relevance.reference):
        names = listing((relevance.elements[k] for k in bad), 3) or "what is explained"
        remedies = ", or ".join(filter(None, ("scale X", "take dtype='float64'", kind.if_scores_overflow)))
        raise NotFiniteError(f"scores are finite; {kind.name} overflows at {names}; {remedies}")
    return relevance
