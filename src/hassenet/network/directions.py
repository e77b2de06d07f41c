"""Features in which a network is monotone, by the signs of its covers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.activations import ACTIVATIONS
from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError, UnknownElementError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.signs import known_sign
from hassenet.network.elements import Elements
from hassenet.network.initialisation import signed_factors
from hassenet.network.network import Network

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Signs = NDArray[np.int8]

RISING = tuple(name for name, G in ACTIVATIONS.items() if G.rising)
"""The activations that never fall."""


def monotone(net: Network, directions: Mapping[Any, Any]) -> Network:
    r"""Return the network whose outputs never fall, or never rise, where some features rise and the others stay.

    Each element above such a feature gets a σ = ±1, outputs σ = 1, a feature with which they are to rise σ = 1, to fall
    σ = −1, and every cover p ⋖ q from there on the sign σ_p σ_q, which its weight keeps in training:

        ∂y/∂x = Σ over the ways x = p₀ ⋖ p₁ ⋖ … ⋖ p_k = y of ∏ w(pᵢ, pᵢ₊₁) G′(pᵢ₊₁) has the sign ∏ σ(pᵢ) σ(pᵢ₊₁) = σ_x

    since the signs between cancel. Where no derivative exists it holds too, by induction over the ranks: let σ_p x_p
    never fall, for all p below q that the feature reaches. Then σ_q s_q = Σ (σ_q w σ_p)(σ_p x_p) + what does not depend
    on the feature is a sum of these with factors that are not negative, so that it never falls; a G that never falls
    keeps the order of signals, so that σ_q G(s_q) never falls either. Elements that no such feature reaches, and covers
    that lead out of them, are as free as before. Signs that the hierarchy has stay, and the σ agree with them.

    Parameters
    ----------
    net : Network
        Weights take their new signs: w becomes |w| or −|w|, and smaller where many of one sign add up, so that of a
        network before training comes the one with the same seed on the new hierarchy
        (:func:`hassenet.network.initial_theta`).
    directions : mapping from feature to a direction
        1 or "increasing" for outputs that never fall as the feature rises, −1 or "decreasing" for such that never rise;
        0 leaves it free.

    Raises
    ------
    UnknownElementError
        If a name is not that of a feature.
    ParameterError
        If a direction is none of these; if an element above such a feature has an activation that falls somewhere
        (gelu, silu), joins outputs (softmax), or is a user's own; or if signs of the hierarchy forbid it.

    Notes
    -----
    That w ≥ 0 makes a network monotone is in Sill, Monotonic networks, NIPS 1997, and Daniels and Velikova, IEEE
    Transactions on Neural Networks 21, 2010, 906–917. That such σ exist where no cycle of covers has a product of −1 is
    Harary's theorem of balance (Michigan Mathematical Journal 2, 1953, 143–146).

    Examples
    --------
    >>> from hassenet import fit
    >>> X = np.random.default_rng(0).standard_normal((200, 2))
    >>> net = Network(Hierarchy.complete(2, 4, 1, names=[["dose", "age"], None, ["y"]]), "tanh", seed=0)
    >>> net = monotone(net, {"dose": "increasing"})
    >>> trained = fit(net, X, np.sin(3 * X[:, 0]) + X[:, 1], epochs=20).network
    >>> bool((np.diff(trained(np.c_[np.linspace(-3, 3), np.ones(50)]), axis=0) >= 0).all())
    True
    """
    wished = _checked(net.hierarchy, directions)
    if not wished:
        return net
    reach = _reach(net, wished)
    _check_activations(net, reach)
    sigma = _balanced(net, reach, wished)
    signs = np.zeros(net.n_parameters, np.int8) if net.plan.signs is None else net.plan.signs.copy()
    upper, lower, places = net.plan.links
    above = reach[lower]
    signs[places[above]] = sigma[lower[above]] * sigma[upper[above]]
    H = _with_signs(net.hierarchy, net.plan, signs)
    theta = np.where(signs == 0, net.theta, signs * abs(net.theta))
    *hidden, last = (G.portable for G in net.activations)
    start = Network(H, hidden, last, dtype=net.dtype)
    return start.with_theta(theta * (signed_factors(start.plan) / signed_factors(net.plan)))


def directions(net: Network) -> dict[Hashable, int]:
    """Return the features in which all outputs are monotone by the signs of covers: 1 where they rise with it, else −1.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "y")], signs=["activates", 0, "inhibits"])
    >>> directions(Network(H, "tanh"))
    {'a': -1}
    """
    plan, rises = net.plan, _rising(net)
    ways = np.zeros((plan.starts[-1], 2), bool)  # whether a way up may rise, whether one may fall
    ways[plan.starts[-2] :, 0] = True
    for layer, low, up, W in zip(
        plan.layers[::-1], plan.places[-2::-1], plan.places[:0:-1], plan.weights[::-1], strict=True
    ):
        signs = np.zeros(W.stop - W.start, np.int8) if plan.signs is None else plan.signs[W]
        upper, lower = up[layer.pairs[0]], low[layer.pairs[1]]
        above = ways[upper] | ~rises[upper, None]
        turned = np.where(signs[:, None] < 0, above[:, ::-1], above) | (signs == 0)[:, None]
        np.logical_or.at(ways, lower, turned)
    features = enumerate(net.hierarchy.ranks[0])
    return {e: 1 if ways[k, 0] else -1 for k, e in features if ways[k, 0] != ways[k, 1]}


def _checked(H: Hierarchy, given: Mapping[Any, Any]) -> dict[int, int]:
    """Return the directions by the numbers of their features."""
    if not isinstance(given, Mapping):
        raise ParameterError(f"directions are a mapping, as {{'age': 1}}; got {given!r}; name the features")
    number = {e: k for k, e in enumerate(H.ranks[0])}
    unknown = [e for e in given if e not in number]
    if unknown:
        raise UnknownElementError(
            f"directions are those of features: {listing(H.ranks[0], 5)}; {listing(unknown)} is not among them; drop it"
        )
    found = {number[e]: _direction(e, word) for e, word in given.items()}
    return {k: sign for k, sign in found.items() if sign}


def _direction(feature: Hashable, word: Any) -> int:
    words = {"increasing": 1, "decreasing": -1}
    found = words.get(word) if isinstance(word, str) else None
    found = known_sign(word) if found is None else found
    if found is None:
        raise ParameterError(
            f"a direction is 1 or 'increasing', -1 or 'decreasing', or 0; {feature!r} has {word!r}; give one of these"
        )
    return found


def _reach(net: Network, wished: Mapping[int, int]) -> Mask:
    """Return by number what the features reach, these included."""
    plan = net.plan
    reach = np.zeros(plan.starts[-1], bool)
    reach[list(wished)] = True
    for layer, low, up in zip(plan.layers, plan.places, plan.places[1:], strict=False):
        upper, lower = layer.pairs
        reach[up[upper[reach[low[lower]]]]] = True
    return reach


def _rising(net: Network) -> Mask:
    """Return by number which elements have an activation that never falls, and joins no elements; features have."""
    rising = [np.ones(net.plan.n_inputs, bool)]
    for layer in net.plan.layers:
        of_rank = np.zeros(layer.covers.shape[0], bool)
        for G, rows in layer.G.parts:
            of_rank[rows] = G.rising
        rising.append(of_rank[layer.free])
    return np.concatenate(rising)


def _check_activations(net: Network, reach: Mask) -> None:
    odd = np.flatnonzero(reach & ~_rising(net))
    if not len(odd):
        return
    name = Elements.of(net).names[odd[0]]
    i = net.hierarchy.rank(name)
    G = net.activations[i - 1].names[net.hierarchy.position(name)]
    is_output = i == net.plan.depth
    remedy = "one output with sigmoid, or several" if is_output else f"one of {', '.join(RISING[:-1])}"
    raise ParameterError(
        f"a network is monotone where activations never fall, each of its own signal: {name!s} has {G}; take {remedy}"
    )


def _balanced(net: Network, reach: Mask, wished: Mapping[int, int]) -> Signs:
    """Return σ of each element that the features reach, in agreement with the signs that covers have.

    Covers with signs are followed from outputs and features, whose σ is given, and then from any element that is left.
    """
    plan = net.plan
    sigma = np.zeros(plan.starts[-1], np.int8)
    sigma[list(wished)] = list(wished.values())
    sigma[plan.starts[-2] :] = 1
    links = _signed_links(plan, reach)
    for start in [*np.flatnonzero(sigma * reach).tolist(), *np.flatnonzero(reach).tolist()]:
        sigma[start] = sigma[start] or 1
        waiting = [start]
        while waiting:
            waiting += _spread(waiting.pop(), links, sigma)
    _check_agreement(net, links, sigma)
    return sigma


class _Links(NamedTuple):
    """Covers with signs among what the features reach."""

    upper: Indices
    lower: Indices
    signs: Signs
    of: dict[int, list[tuple[int, int]]]


def _signed_links(plan: Plan, reach: Mask) -> _Links:
    upper, lower, places = plan.links
    signs = np.zeros(len(places), np.int8) if plan.signs is None else plan.signs[places]
    some = (signs != 0) & reach[lower]
    of: dict[int, list[tuple[int, int]]] = {}
    for up, low, s in zip(upper[some].tolist(), lower[some].tolist(), signs[some].tolist(), strict=True):
        of.setdefault(up, []).append((low, s))
        of.setdefault(low, []).append((up, s))
    return _Links(upper[some], lower[some], signs[some], of)


def _spread(k: int, links: _Links, sigma: Signs) -> list[int]:
    """Give σ to the neighbours of an element that have none; return them."""
    new = [(other, s) for other, s in links.of.get(k, ()) if sigma[other] == 0]
    for other, s in new:
        sigma[other] = s * sigma[k]
    return [other for other, _ in new]


def _check_agreement(net: Network, links: _Links, sigma: Signs) -> None:
    wrong = np.flatnonzero(sigma[links.upper] * sigma[links.lower] != links.signs)
    if not len(wrong):
        return
    names, k = Elements.of(net).names, wrong[0]
    low, up = names[links.lower[k]], names[links.upper[k]]
    does = "activates" if links.signs[k] > 0 else "inhibits"
    raise ParameterError(
        f"signs of covers on the ways from a feature to the outputs have one product; that {low!s} {does} {up!s} "
        f"contradicts the others; free that cover by with_signs({{({low!r}, {up!r}): 0}}), or leave the direction out"
    )


def _with_signs(H: Hierarchy, plan: Plan, signs: Signs) -> Hierarchy:
    """Return the hierarchy with a sign for each parameter."""
    layers = []
    for layer in plan.layers:
        of_covers = np.zeros(layer.covers.n, np.int8)
        of_covers[layer.entries] = signs[layer.weight]
        layers.append(layer.covers.with_signs(of_covers))
    return Hierarchy(H.ranks, tuple(layers))
