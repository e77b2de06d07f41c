"""Hypothesis strategies for hierarchies and networks, and the two measures that a test of a gradient needs.

Needs ``hypothesis`` (``pip install hassenet[test]``). The strategies shrink: what fails is shown on the smallest
hierarchy that still fails.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from hassenet.activations import ACTIVATIONS
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.hierarchy.hierarchy import Over
from hassenet.network import Network

__all__ = [
    "HIDDEN",
    "OUTPUT",
    "central_difference",
    "complete_hierarchies",
    "hierarchies",
    "networks",
    "random_array",
    "relations",
    "relative_error",
    "relayed_hierarchies",
    "seeds",
    "shapes",
    "signed_hierarchies",
    "skipping_hierarchies",
    "sparse_hierarchies",
]

Array = NDArray[np.float64]
Pairs = list[tuple[int, int]]

# exp of a hidden rank soon overflows.
HIDDEN = tuple(name for name, G in ACTIVATIONS.items() if G.pointwise and name != "exp")
"""Activations that hidden ranks are drawn with."""

OUTPUT = tuple(ACTIVATIONS)
"""Activations that the outputs are drawn with."""

# A central difference with four points: error h⁴ from the formula, 10⁻¹⁶ / h from rounding.
_STEP = 1e-3


def shapes(max_depth: int = 3, max_width: int = 4) -> st.SearchStrategy[tuple[int, ...]]:
    """Return a strategy for shapes (n₀,…,n_D) with 1 ≤ D ≤ ``max_depth`` and 1 ≤ nᵢ ≤ ``max_width``.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(shapes(), lambda shape: len(shape) == 3)
    (1, 1, 1)
    """
    return st.lists(st.integers(1, max_width), min_size=2, max_size=max_depth + 1).map(tuple)


def complete_hierarchies(max_depth: int = 3, max_width: int = 4) -> st.SearchStrategy[Hierarchy]:
    """Return a strategy for P(n₀,…,n_D).

    Examples
    --------
    >>> from hypothesis import find
    >>> find(complete_hierarchies(), lambda H: H.n_covers == 6).is_complete(0)
    True
    """
    return shapes(max_depth, max_width).map(lambda shape: Hierarchy.complete(*shape))


@st.composite
def sparse_hierarchies(draw: st.DrawFn, max_depth: int = 3, max_width: int = 4) -> Hierarchy:
    """Draw a graded hierarchy without relays in which every element above rank 0 covers at least one.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(sparse_hierarchies(), lambda H: H.density < 1).n_covers
    1
    """
    shape = draw(shapes(max_depth, max_width))
    ranks = [[f"r{i}_{k}" for k in range(n)] for i, n in enumerate(shape)]
    pairs = [
        (lower, upper)
        for low, up in pairwise(ranks)
        for upper in up
        for lower in draw(st.sets(st.sampled_from(low), min_size=1))
    ]
    phi = {element: i for i, rank in enumerate(ranks) for element in rank}
    return Hierarchy.from_covers(pairs, rank=phi, elements=phi)


@st.composite
def relations(draw: st.DrawFn, max_elements: int = 8) -> Pairs:
    """Draw the pairs (lower, upper) of an acyclic relation on 0, 1, …, in no particular order.

    It holds 0 ⊏ 1 ⊏ 2 and 3 ⊏ 2 with nothing below 3, so one cover at least skips a rank; other pairs may be implied.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(relations(), lambda pairs: True)
    [(0, 1), (1, 2), (3, 2)]
    """
    pairs = [(0, 1), (1, 2), (3, 2)]
    for upper in range(4, draw(st.integers(4, max_elements))):
        below = draw(st.sets(st.integers(0, upper - 1), max_size=3))
        pairs += [(lower, upper) for lower in sorted(below)]
    return draw(st.permutations(pairs))


def skipping_hierarchies(max_elements: int = 8) -> st.SearchStrategy[Hierarchy]:
    """Return a strategy for hierarchies of which some covers skip ranks.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(skipping_hierarchies(), lambda H: True)
    Hierarchy(shape=(2, 1, 1), covers=3, density=0.667, skipping ranks=1)
    """
    rank = st.sampled_from(("below", "above"))
    return st.builds(
        lambda pairs, rank: Hierarchy.from_relation(pairs, rank=rank), relations(max_elements), rank
    )


@st.composite
def relayed_hierarchies(draw: st.DrawFn, max_elements: int = 7) -> Hierarchy:
    """Draw a graded hierarchy with relays: a graded relation, or one with outputs that look at all or the top.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(relayed_hierarchies(), lambda H: True).relays(1)
    array([False,  True])
    """
    hierarchy = draw(skipping_hierarchies(max_elements))
    heads = [f"y{k}" for k in range(draw(st.integers(0, 3)))]
    over: Over = draw(st.sampled_from(["all", "features", "maximal"]))
    return hierarchy.crown(heads, over) if heads else hierarchy.graded()


def hierarchies(max_depth: int = 3, max_width: int = 4) -> st.SearchStrategy[Hierarchy]:
    """Return a strategy for graded hierarchies of every kind: complete, sparse, with relays.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(hierarchies(), lambda H: H.is_graded).shape
    (1, 1)
    """
    dense = complete_hierarchies(max_depth, max_width)
    sparse = sparse_hierarchies(max_depth, max_width)
    return st.one_of(relayed_hierarchies(), sparse, dense)


@st.composite
def signed_hierarchies(draw: st.DrawFn, hierarchy: st.SearchStrategy[Hierarchy] | None = None) -> Hierarchy:
    """Draw a hierarchy some of whose covers have signs; by default one of :func:`hierarchies`.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(signed_hierarchies(complete_hierarchies()), lambda H: H.is_signed).signs
    {('x0', 'y0'): 1}
    """
    H = draw(hierarchies() if hierarchy is None else hierarchy)
    pairs = [(low, up) for up in chain(*H.ranks) if not isinstance(up, Relay) for low in H.below(up)]
    signs = draw(st.lists(st.sampled_from([0, 1, -1]), min_size=len(pairs), max_size=len(pairs)))
    return H.with_signs(dict(zip(pairs, signs, strict=True)))


@st.composite
def networks(
    draw: st.DrawFn,
    hierarchy: st.SearchStrategy[Hierarchy] | None = None,
    hidden: Sequence[str] = HIDDEN,
    output: Sequence[str] = OUTPUT,
    dtype: str = "float64",
) -> Network:
    """Draw a network with parameters of a size near 1 and an activation of its own for every hidden element.

    Parameters
    ----------
    hierarchy : strategy for graded Hierarchy, optional
        By default :func:`hierarchies`.
    hidden, output : sequence of str
        The names of the activations to draw from.
    dtype : str
        "float32" or "float64".

    Examples
    --------
    >>> from hypothesis import find
    >>> find(networks(hidden=["tanh"], output=["exp"]), lambda net: True).activations[-1]
    exp
    """
    H = draw(hierarchies() if hierarchy is None else hierarchy)
    chosen: dict[Hashable, str] = {
        element: draw(st.sampled_from(hidden))
        for i in range(1, H.depth)
        for element, relay in zip(H.ranks[i], H.relays(i), strict=True)
        if not relay
    }
    net = Network(H, hidden=chosen, output=draw(st.sampled_from(output)), dtype=dtype)
    theta = random_array(net.n_parameters, seed=draw(seeds())).astype(dtype)
    signs = np.zeros(1) if net.plan.signs is None else net.plan.signs
    return net.with_theta(np.where(signs == 0, theta, signs * abs(theta)))


def seeds() -> st.SearchStrategy[int]:
    """Return a strategy for seeds of numpy's generator."""
    return st.integers(0, 2**32 - 1)


def random_array(*shape: int, seed: int) -> Array:
    """Return standard normal numbers.

    Examples
    --------
    >>> random_array(2, 3, seed=0).shape
    (2, 3)
    """
    return np.random.default_rng(seed).standard_normal(shape)


def central_difference(function: Callable[[Array], float], theta: Array, direction: Array) -> float:
    """Return d/dt function(θ + t·direction) at t = 0 by a central difference with four points.

    Parameters
    ----------
    function : callable
        ℝⁿ → ℝ, five times differentiable along the direction.
    theta, direction : (n,) array of float64
        The point, and the direction; its length matters, as in every directional derivative.

    Examples
    --------
    >>> round(central_difference(lambda t: float(t @ t), np.array([1.0, 2.0]), np.array([1.0, 0.0])), 9)
    2.0
    """

    def difference(step: float) -> float:
        return function(theta + step * direction) - function(theta - step * direction)

    return (8 * difference(_STEP) - difference(2 * _STEP)) / (12 * _STEP)


def relative_error(found: Any, expected: Any) -> float:
    """Return ‖found − expected‖ / ‖expected‖, or ‖found − expected‖ where that norm is below 10⁻³.

    Examples
    --------
    >>> relative_error([1.0, 2.0], [1.0, 2.0])
    0.0
    """
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    size = float(np.linalg.norm(expected))
    return float(np.linalg.norm(found - expected)) / (size if size > 1e-3 else 1.0)
