"""What an engine can know before data come: the layout of θ, the covers, the activations."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations.rank import RankActivation
from hassenet.errors import HierarchyError, UnreachedElementError, listing
from hassenet.hierarchy import Covariate, Hierarchy
from hassenet.hierarchy.covers import Covers
from hassenet.hierarchy.sources import sources
from hassenet.shaping.widening import Unit

Array = NDArray[Any]
Indices = NDArray[np.int64]
Matrix = Any  # an ndarray for a complete layer, a csr_array for a sparse one


# From this share of pairs, and so many covers, a matrix product with zeros was the faster one.
_MASKED_FROM, _MASKED_COVERS = 0.85, 100_000


@final
@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    """F⁽ⁱ⁾ and G⁽ⁱ⁺¹⁾: where the parameters stand in θ, and between which elements.

    Attributes
    ----------
    covers : Covers
        (nᵢ₊₁, nᵢ).
    free : array of int
        The rows with parameters: all but the relays.
    weight, bias : slice
        Their places in θ; weights in the order of the covers, row after row.
    G : RankActivation
        Activations of rank i + 1.
    """

    covers: Covers
    free: NDArray[np.int64]
    weight: slice
    bias: slice
    G: RankActivation

    @property
    def is_complete(self) -> bool:
        """Whether W is a full matrix of parameters."""
        return self.covers.is_complete and self.has_no_relays

    @property
    def has_no_relays(self) -> bool:
        """Whether every row has parameters."""
        return len(self.free) == self.covers.shape[0]

    @cached_property
    def density(self) -> float:
        """The share of covers among the pairs of its rows and of those elements below that any of them covers."""
        return len(self.pairs[1]) / (len(self.free) * len(np.unique(self.pairs[1])) or 1)

    @cached_property
    def kind(self) -> Literal["complete", "masked", "sparse"]:
        """How the compiled engine computes it, a rule from measurements (``benchmarks/masked.py``).

        "complete" is one matrix product; "sparse" goes through the covers; "masked" is a matrix product with zeros off
        the covers, faster for a layer that is nearly complete.
        """
        if self.is_complete:
            return "complete"
        return "masked" if self.density >= _MASKED_FROM and len(self.pairs[1]) >= _MASKED_COVERS else "sparse"

    def __repr__(self) -> str:
        upper, lower = self.covers.shape
        pairs = len(self.free) * lower
        share = "" if self.is_complete else f", {len(self.pairs[1]) / (pairs or 1):.2g} of pairs"
        relays = upper - len(self.free)
        return f"{lower}-{upper}: {self.kind}{share}" + (f", {relays} relays" if relays else "")

    @cached_property
    def entries(self) -> NDArray[np.int64]:
        """The covers, counted row after row, that carry parameters."""
        is_free = np.isin(np.arange(self.covers.shape[0]), self.free)
        return np.flatnonzero(np.repeat(is_free, self.covers.below_counts))

    @cached_property
    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The covers that carry parameters as arrays (upper, lower), in the order of θ."""
        upper, lower = self.covers.pairs()
        return (upper, lower) if self.has_no_relays else (upper[self.entries], lower[self.entries])

    def W(self, theta: Array, relay: float = 1.0) -> Matrix:
        """Return W⁽ⁱ⁾: a relay's row holds a single 1 (in a gradient, 0)."""
        w = theta[self.weight]
        if self.is_complete:
            return w.reshape(self.covers.shape)
        W = copy(self.covers.csr)  # shares the pattern, whose checks need not be made again at every step
        W.data = self._with_relays(w, self.entries, self.covers.n, relay)
        return W

    def b(self, theta: Array) -> Array:
        """Return b⁽ⁱ⁾: a relay's entry is 0."""
        return self._with_relays(theta[self.bias], self.free, self.covers.shape[0], 0)

    def _with_relays(self, values: Array, at: NDArray[np.int64], n: int, relay: float) -> Array:
        if self.has_no_relays:
            return values
        full = np.full(n, relay, values.dtype)
        full[at] = values
        return full


@final
@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """A network without its parameters. Its elements are numbered through the ranks, features first, relays left out.

    Attributes
    ----------
    layers : tuple of D Layer
    starts : (D + 2,) array of int
        The first number of each rank, and how many elements there are.
    places : tuple of D + 1 arrays of int
        For each rank the number of each of its elements; a relay has that of its source.
    elements : (n,) array of int
        For each number the first one of the same element: of the neurons of a widened element that of the first.
    covariates : (q,) array of int
        The numbers of the covariates: their positions in rank 0.

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> Network(Hierarchy.random((8, 4, 2), covers=(16, 8), seed=0)).plan
    Plan(8-4: sparse, 0.5 of pairs; 4-2: complete)
    >>> plan = Network(Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()).plan
    >>> plan.starts, plan.places
    (array([0, 2, 3, 4]), (array([0, 1]), array([2, 1]), array([3])))
    """

    layers: tuple[Layer, ...]
    starts: Indices
    places: tuple[Indices, ...]
    elements: Indices
    covariates: Indices

    @staticmethod
    def of(H: Hierarchy, activations: Sequence[RankActivation]) -> Plan:
        """Lay out θ: W⁽⁰⁾, b⁽⁰⁾, W⁽¹⁾, b⁽¹⁾, …, relays left out.

        Raises
        ------
        NotGradedError, UnreachedElementError, HierarchyError
            If H is not graded, has one rank only, an element above rank 0 covers nothing, or a relay covers several.
        """
        H.check_graded()
        _check_reached(H)
        is_real, places = _numbered(H)
        layers, start = [], 0
        for covers, real, G in zip(H.layers, is_real[1:], activations, strict=True):
            free = np.flatnonzero(real)
            end = start + int(covers.below_counts[free].sum())
            layers.append(Layer(covers, free, slice(start, end), slice(end, end + len(free)), G))
            start = end + len(free)
        starts = np.cumsum([0, *map(np.count_nonzero, is_real)])
        return Plan(tuple(layers), starts, places, _elements(H, is_real), _covariates(H))

    def __repr__(self) -> str:
        return f"Plan({'; '.join(map(repr, self.layers))})"

    @property
    def depth(self) -> int:
        """D."""
        return len(self.layers)

    @property
    def n_inputs(self) -> int:
        """n₀."""
        return self.layers[0].covers.shape[1]

    @property
    def n_outputs(self) -> int:
        """n_D."""
        return self.layers[-1].covers.shape[0]

    @property
    def n_parameters(self) -> int:
        """The length of θ."""
        return int(self.layers[-1].bias.stop)

    @property
    def links(self) -> tuple[Indices, Indices, Indices]:
        """The weights as arrays (upper, lower, place): the numbers they join, relays looked through, and where in θ."""
        pairs = [layer.pairs for layer in self.layers]
        upper = [place[up] for place, (up, _) in zip(self.places[1:], pairs, strict=True)]
        lower = [place[low] for place, (_, low) in zip(self.places, pairs, strict=False)]
        places = [np.arange(w.start, w.stop) for w in self.weights]
        return np.concatenate(upper), np.concatenate(lower), np.concatenate(places)

    def spared(self, rank: int) -> Indices:
        """Return the elements of a rank that are never dropped: its covariates."""
        return self.covariates if rank == 0 else self.covariates[:0]

    @cached_property
    def weights(self) -> tuple[slice, ...]:
        """The slices of θ that hold weights."""
        return tuple(layer.weight for layer in self.layers)


def _numbered(H: Hierarchy) -> tuple[list[NDArray[np.bool_]], tuple[Indices, ...]]:
    """Return for each rank which elements are not relays, and the numbers of all; a feature never is a relay."""
    is_relay = np.concatenate([np.zeros(H.shape[0], bool), *(H.relays(i) for i in range(1, H.depth + 1))])
    numbers = (np.cumsum(~is_relay) - 1)[sources(H, is_relay)]
    ends = np.cumsum(H.shape)[:-1]
    return np.split(~is_relay, ends), tuple(np.split(numbers, ends))


def _elements(H: Hierarchy, is_real: Sequence[NDArray[np.bool_]]) -> Indices:
    """Return for each number the first one of the same element."""
    names = [e for rank, real in zip(H.ranks, is_real, strict=True) for e in compress(rank, real)]
    if not any(isinstance(e, Unit) for e in names):
        return np.arange(len(names))
    first: dict[Hashable, int] = {}
    numbered = (first.setdefault(e.element if isinstance(e, Unit) else e, k) for k, e in enumerate(names))
    return np.fromiter(numbered, np.int64, len(names))


def _covariates(H: Hierarchy) -> Indices:
    return np.flatnonzero([isinstance(e, Covariate) for e in H.ranks[0]])


def _check_reached(H: Hierarchy) -> None:
    if H.depth < 1:
        raise HierarchyError(
            "a network needs two ranks or more; this hierarchy has one: add outputs with crown([...])"
        )
    for i, covers in enumerate(H.layers):
        lonely = np.flatnonzero(covers.below_counts == 0)
        if lonely.size or not all(covers.shape):
            names = listing(H.ranks[i + 1][k] for k in lonely) or f"rank {i + 1} is empty and"
            raise UnreachedElementError(
                f"every element above rank 0 covers one below: {names} at rank {i + 1} "
                "is reached by no feature; restrict() to the features you have, or take rank='below'"
            )
