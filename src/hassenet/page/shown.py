"""What of a network, or of an ensemble, a page shows: elements, and their features for the rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.explain import features_of_ranks
from hassenet.network import Ensemble, Network
from hassenet.network.common import Common
from hassenet.network.elements import Elements, real_elements
from hassenet.network.orientation import Orientation

Array = NDArray[Any]
Indices = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Shown:
    """Elements, relays not counted, and what there is of each rank.

    Attributes
    ----------
    elements : Elements
    features : tuple of D + 1 arrays
        (m, k), a row an example, a column an element.
    relays : tuple of int
    activations : tuple of str
        "" for rank 0.
    note : str
        What a reader has to know of them; "" where nothing.
    """

    elements: Elements
    features: tuple[Array, ...]
    relays: tuple[int, ...]
    activations: tuple[str, ...]
    note: str = ""

    @staticmethod
    def of(network: Network | Ensemble, X: Array) -> Shown:
        """Return what is shown of a network, or of all members of an ensemble together."""
        return _of_ensemble(network, X) if isinstance(network, Ensemble) else _of_network(network, X)

    @property
    def sizes(self) -> list[int]:
        """How many elements each rank has."""
        return np.diff(self.elements.starts).tolist()


def _of_network(net: Network, X: Array) -> Shown:
    note = Orientation.of(net).note(net)
    return Shown(Elements.oriented(net), _turned_features(net, X), _relays(net), _activations(net), note)


def _turned_features(net: Network, X: Array) -> tuple[Array, ...]:
    """Return the features of each rank, those of neurons that fall with their parts turned."""
    signs = np.split(Orientation.of(net).of_elements(net).astype(net.dtype), net.plan.starts[1:-1].tolist())
    return tuple(sigma * x for sigma, x in zip(signs, features_of_ranks(net, X), strict=True))


def _of_ensemble(ensemble: Ensemble, X: Array) -> Shown:
    """Show all elements; the features of the hidden ones are those of one member, those of the outputs the mean."""
    common = Common.of(ensemble)
    j = _fullest(ensemble, common)
    net, n = ensemble.networks[j], int(common.elements.starts[-2])
    parts = _turned_features(net, X)[:-1]
    numbers = common.numbers[j][: sum(part.shape[1] for part in parts)]
    below = _means(np.concatenate(parts, axis=1), numbers, n)
    ranks = np.split(below, common.elements.starts[1:-2].tolist(), axis=1)
    missing = len(common.elements.starts) - 2 - net.plan.depth  # ranks that only another member has
    return Shown(
        common.elements,
        (*ranks, ensemble(X)),
        (*_relays(net)[:-1], *[0] * missing, _relays(net)[-1]),
        (*_activations(net)[:-1], *[""] * missing, _activations(net)[-1]),
        _note_of(net, j),
    )


def _note_of(net: Network, j: int) -> str:
    turned = Orientation.of(net).note(net)
    features = f"hidden features of network {j + 1}, the mean over an element's neurons"
    weights = "weights are means over all networks and neurons"
    return "; ".join(filter(None, (features, weights, turned)))


def _fullest(ensemble: Ensemble, common: Common) -> int:
    """Return which member has the most elements, of several the one with the largest weight."""
    counts = [len(np.unique(numbers)) for numbers in common.numbers]
    return max(range(len(ensemble)), key=lambda j: (counts[j], ensemble.weights[j], -j))


def _means(features: Array, numbers: Indices, n: int) -> Array:
    """Return the mean of the columns of each element, 0 where there is none."""
    share = 1 / np.bincount(numbers, minlength=n)[numbers]
    together = csr_array((share, (numbers, np.arange(len(numbers)))), shape=(n, len(numbers)))
    return np.asarray((together @ features.T).T)


def _relays(net: Network) -> tuple[int, ...]:
    sizes = zip(net.hierarchy.shape, real_elements(net.plan), strict=True)
    return tuple(n - len(rows) for n, rows in sizes)


def _activations(net: Network) -> tuple[str, ...]:
    """Return what stands for the activation of each rank; where neurons are shown as −x, how many."""
    turned = Orientation.of(net).only_shown(net)
    return (
        "",
        *(
            f"{G!r}, {n:,} shown as −x" if n else repr(G)
            for G, n in zip(net.activations, turned, strict=True)
        ),
    )
