"""The activation of a whole rank: it may differ from element to element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations import Activation, activation
from hassenet.errors import ParameterError

Array = NDArray[Any]
Rows = NDArray[np.int64]


@final
@dataclass(frozen=True)
class RankActivation:
    """G⁽ⁱ⁾, given by one name an element.

    Examples
    --------
    >>> RankActivation.of(["relu", "tanh", "relu"])
    relu|tanh|relu
    >>> RankActivation.of(["relu", "relu"])
    relu
    """

    names: tuple[str, ...]
    parts: tuple[tuple[Activation, Rows], ...]

    @staticmethod
    def of(names: Sequence[str]) -> RankActivation:
        """Return the activation of a rank from its elements' activations."""
        distinct = list(dict.fromkeys(names))
        parts = [(activation(name), np.flatnonzero(np.array(names) == name)) for name in distinct]
        mixed = [G.name for G, _ in parts if not G.pointwise]
        if mixed and len(parts) > 1:
            raise ParameterError(
                f"{mixed[0]} joins all elements of its rank, so it cannot stand beside {distinct}; give one name to all"
            )
        return RankActivation(tuple(names), tuple(parts))

    def value(self, s: Array) -> Array:
        """Return G(s), rows the elements, columns the examples."""
        return self._by_parts(lambda G, rows: G.value(s[rows]), s, lambda G: G.value(s))

    def pullback(self, s: Array, x: Array, g: Array) -> Array:
        """Return (∂G/∂s)ᵀ g at s, where x = G(s)."""
        return self._by_parts(
            lambda G, rows: G.pullback(s[rows], x[rows], g[rows]), s, lambda G: G.pullback(s, x, g)
        )

    def _by_parts(
        self, of_rows: Callable[[Activation, Rows], Array], s: Array, of_all: Callable[[Activation], Array]
    ) -> Array:
        if len(self.parts) == 1:
            return of_all(self.parts[0][0])
        result = np.empty_like(s)
        for G, rows in self.parts:
            result[rows] = of_rows(G, rows)
        return result

    @property
    def uniform(self) -> str | None:
        """The name that all elements share, or None."""
        return self.parts[0][0].name if len(self.parts) == 1 else None

    @property
    def piecewise_linear(self) -> bool:
        """Whether every element's activation is."""
        return all(G.piecewise_linear for G, _ in self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RankActivation) and self.names == other.names

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        if self.uniform:
            return self.uniform
        short = len(self.names) <= 4
        return "|".join(self.names) if short else ", ".join(f"{G}×{len(rows)}" for G, rows in self.parts)
