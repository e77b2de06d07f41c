"""A network as the sweeps of the methods go through it: relays are looked through, and no work is done for them.

The elements below the outputs, relays left out, are numbered through the ranks; an array of a sweep has a row for each.
An element reads what it covers, or the sources of the relays that it covers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.activations.rank import RankActivation
from hassenet.engines.plan import Layer, Matrix
from hassenet.network.network import Network

Array = NDArray[Any]
Indices = NDArray[np.int64]
Rows = slice | Indices


class Readers(NamedTuple):
    """The elements of a rank above 0, all that the outputs are: s = W x_read + b.

    Attributes
    ----------
    rows : slice
        Their numbers; those of the outputs begin where the elements below end.
    read : slice or array of int
        The numbers of the elements that they read, each once.
    ranks : array of int
        The ranks of these.
    W : (k, r) array or csr_array
        The weights, in the order of θ.
    b : (k, 1) array
    G : RankActivation
    """

    rows: slice
    read: Rows
    ranks: Indices
    W: Matrix
    b: Array
    G: RankActivation


@final
@dataclass(frozen=True, eq=False)
class Direct:
    """The elements below the outputs by number, and who reads whom.

    Attributes
    ----------
    starts : (D + 1,) array of int
        The first number of each rank 0,…,D−1, and how many elements there are.
    readers : tuple of D Readers
        Of the ranks 1,…,D.
    dtype : dtype
    """

    starts: Indices
    readers: tuple[Readers, ...]
    dtype: np.dtype[Any]

    @staticmethod
    def of(net: Network) -> Direct:
        """Look through the relays of a network."""
        starts, numbers = net.plan.starts, net.plan.places
        inner = [
            _readers(layer, net.theta, starts, numbers[i], starts[i + 1], layer.free)
            for i, layer in enumerate(net.plan.layers[:-1])
        ]
        last = net.plan.layers[-1]
        outputs = _readers(last, net.theta, starts, numbers[-2], starts[-2], np.arange(net.plan.n_outputs))
        return Direct(starts[:-1], (*inner, outputs), net.dtype)

    @property
    def n(self) -> int:
        """How many elements there are below the outputs."""
        return int(self.starts[-1])

    @property
    def depth(self) -> int:
        """D."""
        return len(self.readers)

    def rank(self, i: int) -> slice:
        """Return the numbers of the elements of rank i < D."""
        return slice(int(self.starts[i]), int(self.starts[i + 1]))


def _readers(
    layer: Layer, theta: Array, starts: Indices, below: Indices, first: int, positions: Indices
) -> Readers:
    W, read = _compact(layer.W(theta), below, positions)
    ranks = np.searchsorted(starts, read, side="right") - 1
    b = layer.b(theta)[positions, None]
    rows = slice(int(first), int(first) + len(positions))
    return Readers(rows, _as_slice(read), ranks, W, b, layer.G.of_rows(positions))


def _compact(W: Matrix, below: Indices, positions: Indices) -> tuple[Matrix, Indices]:
    """Return some rows of W with a column for each element that they read, and the numbers of these."""
    if isinstance(W, np.ndarray) and len(np.unique(below)) == len(below):
        return W, below
    rows = csr_array(W)[positions]
    # Two relays of one element may stand in a rank: it is read once, and two of its weights stand in a row.
    read, columns = np.unique(below[rows.indices], return_inverse=True)
    return csr_array((rows.data, columns.ravel(), rows.indptr), shape=(len(positions), len(read))), read


def _as_slice(numbers: Indices) -> Rows:
    """Return a slice where the numbers follow one another: with it, rows are a view."""
    first, n = int(numbers[0]) if len(numbers) else 0, len(numbers)  # a rank of relays alone reads nothing
    return slice(first, first + n) if np.array_equal(numbers, np.arange(first, first + n)) else numbers
