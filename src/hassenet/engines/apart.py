"""Weights with a penalty of their own: those on which outputs look at covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Plan
from hassenet.penalties import L2

Indices = NDArray[np.int64]
Places = slice | Indices


@final
@dataclass(frozen=True, eq=False)
class Apart:
    """The weights w_c of covariates and R_c(w_c) = (λ_c/2)‖w_c‖², beside the penalty of the rest.

    Attributes
    ----------
    places : (k,) array of int
        Where w_c stand in θ, in rising order.
    penalty : L2
        R_c.
    rest : tuple of slice and arrays of int
        The other weights, layer by layer.
    """

    places: Indices
    penalty: L2
    rest: tuple[Places, ...]

    @staticmethod
    def of(plan: Plan, strength: float) -> Apart:
        """Return the weights on covariates, which relays may hand on.

        Examples
        --------
        >>> from hassenet import Hierarchy, Network
        >>> from hassenet.shaping import covariates
        >>> H = covariates(Hierarchy.complete(2, 1, 1), ["age"]).hierarchy
        >>> apart = Apart.of(Network(H).plan, 0.5)  # θ = (W⁽⁰⁾, b⁽⁰⁾, W⁽¹⁾, b⁽¹⁾), W⁽¹⁾ of the neuron and age
        >>> apart.places, apart.rest
        (array([4]), (slice(0, 2, None), array([3])))
        """
        _, lower, places = plan.links
        own = places[np.isin(lower, plan.covariates)]
        return Apart(own, L2(strength), tuple(_without(w, own) for w in plan.weights))


def _without(weights: slice, places: Indices) -> Places:
    """Return the places of a layer's weights but for some, a slice where these lie elsewhere."""
    inside = places[(places >= weights.start) & (places < weights.stop)]
    return np.setdiff1d(np.arange(weights.start, weights.stop), inside) if len(inside) else weights
