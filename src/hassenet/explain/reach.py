"""What a change of single elements reaches: the elements above each, and nothing else.

For some elements p of a rank the pairs (p, q) with q above p are listed, rank after rank. A change is an array with a
row a pair and a column an example, so that the changes of many elements pass a layer in one sparse product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.activations.rank import RankActivation
from hassenet.engines.plan import Layer, Matrix
from hassenet.explain.ranked import Array, Ranked
from hassenet.network import Network

Indices = NDArray[np.int64]


class Pairs(NamedTuple):
    """Pairs (p, q), sorted: the number of p among the elements that change, the position of q in its rank."""

    changed: Indices
    reached: Indices

    def between(self, first: int, last: int) -> Pairs:
        """Return the pairs of the elements first,…,last−1, numbered from 0."""
        some = slice(*np.searchsorted(self.changed, [first, last]).tolist())
        return Pairs(self.changed[some] - first, self.reached[some])


class Step(NamedTuple):
    """A layer as changes see it: from the change of features below to that of the signals of the pairs above."""

    signals: Callable[[Array], Array]
    above: Pairs
    G: RankActivation


@final
@dataclass(frozen=True, eq=False)
class Reach:
    """The steps from n elements of a rank, each of one neuron or more, to the last features, and the pairs there."""

    rank: int
    n: int
    first: Pairs
    steps: tuple[Step, ...]
    last: Pairs

    def change(self, at: Ranked, new: Array, slope: Array) -> Array:
        """Return how t changes when each element by itself takes new features, (n, c).

        Parameters
        ----------
        at : Ranked
            Of the examples as they are.
        new : (k, 1) or (k, c) array
            A row for each of the first pairs.
        slope : (n_{D−1},) array
            ∂t/∂x⁽ᴰ⁻¹⁾, the same for every example.
        """
        delta = new - at.x[self.rank][self.first.reached]
        for i, step in enumerate(self.steps, self.rank):
            rows = step.above.reached
            delta = step.G.value(at.s[i][rows] + step.signals(delta)) - at.x[i + 1][rows]
        share = csr_array(
            (slope[self.last.reached], (self.last.changed, np.arange(len(delta)))),
            shape=(self.n, len(delta)),
        )
        return np.asarray(share @ delta)


def reaches(net: Network, W: list[Matrix], rank: int, elements: Pairs, n: int, most: int) -> Iterator[Reach]:
    """Yield what n elements reach, as many of them together as have at most so many pairs at a rank."""
    reach = _reach(net, W, rank, elements, n, most if n > 1 else np.inf)
    if reach is not None:
        yield reach
        return
    half = n // 2
    yield from reaches(net, W, rank, elements.between(0, half), half, most)
    yield from reaches(net, W, rank, elements.between(half, n), n - half, most)


def _reach(net: Network, W: list[Matrix], rank: int, elements: Pairs, n: int, most: float) -> Reach | None:
    pairs, steps = elements, []
    for i in range(rank, net.plan.depth - 1):
        layer = net.plan.layers[i]
        if _size(W[i], pairs) > most:
            return None
        steps.append(_complete(layer, W[i], pairs) if layer.is_complete else _sparse(layer, W[i], pairs))
        pairs = steps[-1].above
    return Reach(rank, n, elements, tuple(steps), pairs)


def _size(W: Matrix, pairs: Pairs) -> int:
    """Return how many numbers the step is going to hold for an example: its products, or its pairs above."""
    if isinstance(W, np.ndarray):
        return len(np.unique(pairs.changed)) * W.shape[0]
    return int(np.diff(W.indptr)[pairs.reached].sum())


def _sparse(layer: Layer, W: Any, pairs: Pairs) -> Step:
    """Follow the covers from each pair (p, q) to the pairs (p, r) with q ⋖ r; W is by columns."""
    counts = np.diff(W.indptr)[pairs.reached]
    source = np.repeat(np.arange(len(counts)), counts)
    entry = np.arange(len(source)) + np.repeat(W.indptr[pairs.reached] - np.cumsum(counts) + counts, counts)
    n = layer.covers.shape[0]
    keys, row = np.unique(pairs.changed[source] * n + W.indices[entry], return_inverse=True)
    join = csr_array((W.data[entry], (row, source)), shape=(len(keys), len(counts)))
    above = Pairs(*np.divmod(keys, n))
    return Step(lambda delta: np.asarray(join @ delta), above, _activation(layer, above))


def _complete(layer: Layer, W: Array, pairs: Pairs) -> Step:
    """Take the columns of W that each element reaches, one matrix product an element."""
    changed, starts = np.unique(pairs.changed, return_index=True)
    ends = np.append(starts, len(pairs.changed))[1:]
    parts = [slice(a, b) for a, b in zip(starts, ends, strict=True)]
    n = layer.covers.shape[0]
    above = Pairs(np.repeat(changed, n), np.tile(np.arange(n), len(changed)))

    def signals(delta: Array) -> Array:
        blocks = [W[:, pairs.reached[part]] @ delta[part] for part in parts]
        return np.concatenate([delta[:0], *blocks])

    return Step(signals, above, _activation(layer, above))


def _activation(layer: Layer, pairs: Pairs) -> RankActivation:
    return RankActivation.of(np.array(layer.G.names, object)[pairs.reached].tolist())
