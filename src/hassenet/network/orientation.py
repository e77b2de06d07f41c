"""Hidden neurons turned so that each rises with its parts: the sign of a neuron means nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final, overload

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from hassenet.engines.plan import Matrix, Plan
from hassenet.errors import counted
from hassenet.network.ensemble import Ensemble
from hassenet.network.network import Network

Floats = NDArray[np.float64]

_ROUNDING = 64 * np.finfo(np.float64).eps


@final
@dataclass(frozen=True, eq=False)
class Orientation:
    """Which hidden neurons fall where their parts rise, and are shown the other way round.

    How far a neuron rises with its parts is the sum, over all ways from the features up to it, of the products of the
    weights on the way: what its signal gains when all features below it rise together by one unit, of standardised
    features by one deviation, every activation having the slope 1,

        d⁽⁰⁾ = 1,    d⁽ⁱ⁺¹⁾ = W⁽ⁱ⁾ d⁽ⁱ⁾,    σₖ = sign dₖ

    Where the sum is 0 but for rounding, as in a neuron that sets two parts against each other, it is turned to rise
    with the part of the largest |W|, of several the first; one whose weights are all 0 stays. Features and outputs
    have σ = 1, and a relay that of its source. So has a neuron below or above a cover with a sign, which says already
    what its rising means. So σ is a function of the network alone, the same in every picture and
    for every table, and a network whose tanh neurons are turned in any way has the same weights when they are shown.

    Attributes
    ----------
    signs : tuple of D + 1 arrays
        σ, 1 or −1 for each element of each rank, relays included.
    exact : tuple of D + 1 arrays
        The same, 1 where the activation is not odd: what can be turned in the network itself.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "y")])
    >>> net = Network(H, "tanh", dtype="float64", theta=[-2.0, 1.0, 0.5, -3.0, 0.0])
    >>> [sigma.tolist() for sigma in Orientation.of(net).signs]
    [[1.0, 1.0], [-1.0], [1.0]]
    """

    signs: tuple[Floats, ...]
    exact: tuple[Floats, ...]

    @staticmethod
    def of(net: Network) -> Orientation:
        """Return which neurons of a network are turned."""
        signs, exact = [np.ones(net.plan.n_inputs)], [np.ones(net.plan.n_inputs)]
        rise = np.ones(net.plan.n_inputs)
        named = _named_by_signs(net.plan)
        for layer, places in zip(net.plan.layers[:-1], net.plan.places[1:], strict=False):
            W = layer.W(net.theta)
            rise, sigma = _rise(W, rise, signs[-1])
            sigma[named[places]] = 1.0
            signs.append(sigma)
            exact.append(_turned_exactly(layer, W, sigma, exact[-1]))
        outputs = np.ones(net.plan.n_outputs)
        return Orientation((*signs, outputs), (*exact, outputs))

    def weights(self, net: Network) -> tuple[Matrix, ...]:
        """Return W⁽ⁱ⁾ between neurons as they are shown, σ⁽ⁱ⁺¹⁾ W⁽ⁱ⁾ σ⁽ⁱ⁾."""
        return _between(net, self.signs)

    def of_elements(self, net: Network) -> Floats:
        """Return the sign of each element, relays left out, numbered through the ranks as in ``Elements``."""
        parts = [sigma[layer.free] for sigma, layer in zip(self.signs[1:], net.plan.layers, strict=True)]
        return np.concatenate([self.signs[0], *parts])

    def only_shown(self, net: Network) -> tuple[int, ...]:
        """Return how many neurons of each rank above 0 are only shown turned: a relu then lies below 0."""
        for_show = (s != e for s, e in zip(self.signs[1:], self.exact[1:], strict=True))
        return tuple(
            int(turned[layer.free].sum()) for turned, layer in zip(for_show, net.plan.layers, strict=True)
        )

    def note(self, net: Network) -> str:
        """Return what a reader of a picture has to know of neurons that are only shown turned; "" of none."""
        n = sum(self.only_shown(net))
        if not n:
            return ""
        return f"shown as −x, as they fall with what lies below: {counted(n, 'hidden neuron')}"


@overload
def oriented(net: Network) -> Network: ...


@overload
def oriented(net: Ensemble) -> Ensemble: ...


def oriented(net: Network | Ensemble) -> Network | Ensemble:
    """Return the same function with every hidden neuron of an odd activation rising with its parts.

    The sign of a tanh neuron is arbitrary: with G(−s) = −G(s), to turn its weights and bias and the weights with which
    it is read, W⁽ⁱ⁾ → σ⁽ⁱ⁺¹⁾ W⁽ⁱ⁾ σ⁽ⁱ⁾ and b⁽ⁱ⁾ → σ⁽ⁱ⁺¹⁾ b⁽ⁱ⁾, changes nothing of N, to the last bit.
    Which neurons are turned says :class:`Orientation`. After it a weight above 0 speaks for more of what lies below.
    Neurons of other activations, as relu, stay as they are; pictures and pages show those that fall as −x, and say so.

    Parameters
    ----------
    net : Network or Ensemble
        Of an ensemble every member is turned.

    Returns
    -------
    Network or Ensemble

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "y")])
    >>> net = Network(H, "tanh", dtype="float64", theta=[-2.0, 1.0, 0.5, -3.0, 0.0])
    >>> oriented(net).theta.tolist()
    [2.0, -1.0, -0.5, 3.0, 0.0]
    """
    if isinstance(net, Ensemble):
        return Ensemble([oriented(member) for member in net], net.weights)
    sigma = Orientation.of(net).exact
    biases = [s * b for s, b in zip(sigma[1:], net.biases, strict=True)]
    return net.with_parameters(_between(net, sigma), biases)


def _between(net: Network, sigma: tuple[Floats, ...]) -> tuple[Matrix, ...]:
    parts = zip(net.weights, sigma, sigma[1:], strict=False)
    return tuple(_signed(W, low.astype(net.dtype), up.astype(net.dtype)) for W, low, up in parts)


def _signed(W: Matrix, low: NDArray[Any], up: NDArray[Any]) -> Matrix:
    if isinstance(W, np.ndarray):
        return up[:, None] * W * low
    return csr_array(diags_array(up) @ W @ diags_array(low))


def _named_by_signs(plan: Plan) -> NDArray[np.bool_]:
    """Return by number which elements stand below or above a cover with a sign."""
    named = np.zeros(plan.starts[-1], bool)
    if plan.signs is not None:
        upper, lower, places = plan.links
        signed = plan.signs[places] != 0
        named[upper[signed]] = named[lower[signed]] = True
    return named


def _rise(W: Matrix, rise: Floats, signs: Floats) -> tuple[Floats, Floats]:
    """Return how far each neuron of the next rank rises, in parts of the largest, and its sign."""
    part = rise / max(len(rise), 1)  # so that no sum overflows
    total = np.asarray(W @ part, np.float64)
    total[np.abs(total) <= _ROUNDING * (abs(W) @ np.abs(part))] = 0
    sigma = np.sign(total)
    tied = np.flatnonzero(sigma == 0)
    if tied.size:
        sigma[tied] = _of_largest(csr_array(W)[tied], signs)
    most = np.abs(total).max(initial=0.0)
    return total / (most or 1.0), sigma


def _of_largest(W: csr_array, signs: Floats) -> Floats:
    """Return for each row the sign with which its largest |W| reads a part that rises; 1 where there is none."""
    sigma = np.ones(W.shape[0])
    rows = np.repeat(np.arange(W.shape[0]), np.diff(W.indptr))
    order = np.lexsort((W.indices, -np.abs(W.data), rows))
    found, first = np.unique(rows[order], return_index=True)
    largest = order[first]
    read = np.sign(W.data[largest]) * signs[W.indices[largest]]
    sigma[found] = np.where(read < 0, -1.0, 1.0)
    return sigma


def _turned_exactly(layer: Any, W: Matrix, sigma: Floats, below: Floats) -> Floats:
    """Return σ where the activation is odd, 1 elsewhere; of a relay that of its source."""
    found = np.ones(len(sigma))
    for G, rows in layer.G.parts:
        found[rows] = sigma[rows] if G.odd else 1.0
    relays = np.setdiff1d(np.arange(len(sigma)), layer.free)
    found[relays] = np.sign(csr_array(W)[relays] @ below)
    return found
