"""A flat vector over covers and biases, read as matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from numpy.typing import NDArray

from hassenet.engines.plan import Matrix, Plan


@final
@dataclass(frozen=True, eq=False, repr=False)
class Parameters:
    """θ, or a gradient laid out like θ.

    Attributes
    ----------
    vector : (n_parameters,) array
        W⁽⁰⁾ on its covers, b⁽⁰⁾, W⁽¹⁾, b⁽¹⁾, …; relays have no part in it.
    """

    plan: Plan
    vector: NDArray[Any]
    relay_weight: float = 1.0

    @property
    def weights(self) -> tuple[Matrix, ...]:
        """W⁽ⁱ⁾, (nᵢ₊₁, nᵢ): an array for a complete layer, a csr_array for a sparse one; copies."""
        return tuple(layer.W(self.vector, self.relay_weight).copy() for layer in self.plan.layers)

    @property
    def biases(self) -> tuple[NDArray[Any], ...]:
        """b⁽ⁱ⁾, (nᵢ₊₁,); copies."""
        return tuple(layer.b(self.vector).copy() for layer in self.plan.layers)

    def __repr__(self) -> str:
        shapes = ", ".join("×".join(map(str, layer.covers.shape)) for layer in self.plan.layers)
        return f"Parameters({self.vector.size:,} numbers, weights {shapes})"
