"""Weights that vanish together: R(θ) = Σ_g λ_g ‖θ_g‖₂, its value, its slope and its proximal step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Plan
from hassenet.penalties import Elements

Array = NDArray[Any]
Indices = NDArray[np.int64]

Mask = NDArray[np.bool_]

_NOWHERE: Indices = np.zeros(0, np.int64)
_STEPS, _TINY = 50, np.finfo(float).tiny


@final
@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of places in θ, each with its strength λ_g; a weight stands in one group at most.

    Attributes
    ----------
    places : (k,) array of int
        Group after group.
    starts : (g + 1,) array of int
        Where each begins among the places, and k.
    strength : (g,) array
        λ√k_g, with k_g the weights of the group.
    """

    places: Indices
    starts: Indices
    strength: NDArray[np.float64]

    @staticmethod
    def of(plan: Plan, penalty: Elements, apart: Indices = _NOWHERE) -> Groups:
        """Return the group of each element: all weights of its neurons on one side, but for those at places apart.

        Examples
        --------
        >>> from hassenet import Hierarchy, Network
        >>> plan = Network(Hierarchy.complete(3, 2, 1)).plan  # θ = (W⁽⁰⁾, b⁽⁰⁾, W⁽¹⁾, b⁽¹⁾)
        >>> groups = Groups.of(plan, Elements(0.1))
        >>> np.split(groups.places, groups.starts[1:-1])
        [array([0, 1, 2, 8]), array([3, 4, 5, 9])]
        """
        upper, lower, places = plan.links
        owner = np.where(np.isin(places, apart), -1, _owners(plan, upper, lower, penalty.side))
        order = np.argsort(owner, kind="stable")
        order = order[np.searchsorted(owner[order], 0) :]
        first = np.flatnonzero(np.diff(owner[order], prepend=-1))
        starts = np.append(first, len(order))
        return Groups(places[order], starts, penalty.strength * np.sqrt(np.diff(starts)))

    def value(self, theta: Array) -> float:
        """Return R(θ)."""
        return float(self.strength @ np.sqrt(self._sums(self._weights(theta) ** 2)))

    def slope(self, theta: Array) -> Array:
        """Return ∂R/∂θ, λ_g θ_g/‖θ_g‖ in each group and 0 where the group is 0."""
        w, grad = self._weights(theta), np.zeros_like(theta)
        norm = np.sqrt(self._sums(w**2))
        factor = np.divide(self.strength, norm, out=np.zeros_like(norm), where=norm > 0)
        grad[self.places] = w * self._spread(factor)
        return grad

    def shrunk(self, theta: Array, reach: Array) -> Array:
        """Return the proximal step of R in the measure of an optimiser: argmin_v Σ (v − θ)²/(2 reach) + R(v).

        In a group either v = 0, where Σ (θ/(λ_g reach))² ≤ 1, or v = tθ/(t + λ_g reach) with t = ‖v‖, the root of
        Σ (θ/(t + λ_g reach))² = 1. Newton's method for 1/‖θ/(t + λ_g reach)‖ = 1 comes to it from below, and in one
        step where the reach is the same for all: v = (1 − λ_g reach/‖θ‖) θ.

        Parameters
        ----------
        theta, reach : (n,) arrays
            θ, and how far a gradient of 1 would have moved each parameter.
        """
        w = self._weights(theta)
        size = np.maximum(self._spread(self.strength) * self._weights(reach), _TINY)
        with np.errstate(over="ignore", invalid="ignore"):
            stays = self._sums((w / size) ** 2) > 1
            t = self._spread(self._norms(w, size, stays))
        new = theta.copy()
        new[self.places] = np.where(self._spread(stays), w * (t / (t + size)), 0)
        return new

    def _norms(self, w: Array, size: Array, stays: Mask) -> Array:
        """Return t of each group, by Newton's method; where the group is to be 0 it is 1."""
        t = np.where(stays, np.maximum(np.sqrt(self._sums(w**2)) - self._largest(size), 0), 1.0)
        for _ in range(_STEPS):
            reached = self._spread(t) + size
            q = (w / reached) ** 2
            norm2 = self._sums(q)
            step = np.where(stays, (np.sqrt(norm2) - 1) * norm2 / self._sums(q / reached), 0)
            t = t + step
            if (abs(step) <= 1e-15 * t).all():
                break
        return t

    def _weights(self, values: Array) -> NDArray[np.float64]:
        return values[self.places].astype(np.float64)

    def _sums(self, values: Array) -> Array:
        return np.add.reduceat(values, self.starts[:-1]) if len(values) else np.zeros(0)

    def _largest(self, values: Array) -> Array:
        return np.maximum.reduceat(values, self.starts[:-1]) if len(values) else np.zeros(0)

    def _spread(self, of_groups: Array) -> Array:
        return np.repeat(of_groups, np.diff(self.starts))


def _owners(plan: Plan, upper: Indices, lower: Indices, side: str) -> Indices:
    """Return for each weight the element whose group it stands in, −1 without one."""
    if side == "above":
        return plan.elements[lower]
    first_hidden, first_output = plan.starts[1], plan.starts[-2]
    of_output = np.where(lower >= first_hidden, plan.elements[lower], -1)
    return np.where(upper < first_output, plan.elements[upper], of_output)
