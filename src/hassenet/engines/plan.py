"""What an engine can know before data come: the layout of θ, the covers, the activations, the objective."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations.rank import RankActivation
from hassenet.errors import HierarchyError, UnreachedElementError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.covers import Covers
from hassenet.likelihoods import Loss
from hassenet.likelihoods.top import Top, top
from hassenet.penalties import NoPenalty, Penalty

Array = NDArray[Any]
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
    """A network without its parameters, and the objective they are trained for.

    Attributes
    ----------
    layers : tuple of Layer
    top : Top or None
        The loss on the output activation; None until an objective is given.
    penalty : Penalty

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> Network(Hierarchy.random((8, 4, 2), covers=(16, 8), seed=0)).plan
    Plan(8-4: sparse, 0.5 of pairs; 4-2: complete)
    """

    layers: tuple[Layer, ...]
    top: Top | None = None
    penalty: Penalty = NoPenalty()

    @staticmethod
    def of(H: Hierarchy, activations: Sequence[RankActivation]) -> Plan:
        """Lay out θ: W⁽⁰⁾, b⁽⁰⁾, W⁽¹⁾, b⁽¹⁾, …, relays left out."""
        H.check_graded()
        _check_reached(H)
        layers, start = [], 0
        for i, (covers, G) in enumerate(zip(H.layers, activations, strict=True)):
            _check_relays(H, i + 1)
            free = np.flatnonzero(~H.relays(i + 1))
            end = start + int(covers.below_counts[free].sum())
            layers.append(Layer(covers, free, slice(start, end), slice(end, end + len(free)), G))
            start = end + len(free)
        return Plan(tuple(layers))

    def with_objective(self, loss: Loss, penalty: Penalty | None = None) -> Plan:
        """Return the plan for J of a loss and a penalty."""
        return replace(self, top=top(loss, self.layers[-1].G), penalty=penalty or NoPenalty())

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
    def heads(self) -> int:
        """Into how many blocks the loss divides the outputs."""
        return 1 if self.top is None else self.top.loss.heads

    @property
    def n_parameters(self) -> int:
        """The length of θ."""
        return int(self.layers[-1].bias.stop)

    @cached_property
    def neurons(self) -> tuple[NDArray[np.int64], ...]:
        """The number of each element of each rank that is no relay, counted through all ranks, features first."""
        sizes = [self.n_inputs, *(len(layer.free) for layer in self.layers)]
        ends = np.cumsum(sizes)
        return tuple(np.arange(end - n, end) for n, end in zip(sizes, ends, strict=True))

    @cached_property
    def weights(self) -> tuple[slice, ...]:
        """The slices of θ that hold weights."""
        return tuple(layer.weight for layer in self.layers)


def _check_relays(H: Hierarchy, i: int) -> None:
    """Refuse a relay that has not exactly one element below."""
    odd = np.flatnonzero(H.relays(i) & (H.layers[i - 1].below_counts != 1))
    if odd.size:
        names = listing(H.ranks[i][k] for k in odd)
        raise HierarchyError(
            f"a relay hands on one value: {names} covers another number of elements; rename() it"
        )


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
