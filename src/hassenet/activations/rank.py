"""The activation of a whole rank: it may differ from element to element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations.table import Activation, activation, in_blocks
from hassenet.errors import ParameterError, listing

Array = NDArray[Any]
Rows = NDArray[np.int64]


def _spelled(names: Sequence[str | Activation]) -> NDArray[Any]:
    """Return the names as the activations themselves have them: "softmax/1" is "softmax"."""
    spelling = {name: activation(name).name for name in dict.fromkeys(names)}
    return np.array([spelling[name] for name in names], object)


def _check_blocks(parts: Sequence[tuple[Activation, Rows]]) -> None:
    for G, rows in parts:
        if len(rows) % G.blocks:
            raise ParameterError(
                f"{G} falls into {G.blocks} blocks of one size; {len(rows)} elements do not; "
                "give a number of blocks that divides them"
            )


@final
@dataclass(frozen=True)
class RankActivation:
    """G⁽ⁱ⁾, given by one name an element.

    Attributes
    ----------
    names : tuple of str
        The activation of each element; a relay's is the identity.
    parts : tuple of (Activation, rows)
        The same, sorted by activation; relays, which were not asked for, come apart.
    asked : tuple of str
        The distinct activations, relays left out.

    Examples
    --------
    >>> RankActivation.of(["relu", "tanh", "relu"])
    relu|tanh|relu
    >>> RankActivation.of(["relu", "relu"])
    relu
    """

    names: tuple[str, ...]
    parts: tuple[tuple[Activation, Rows], ...]
    asked: tuple[str, ...]

    @staticmethod
    def of(names: Sequence[str | Activation], relays: NDArray[np.bool_] | None = None) -> RankActivation:
        """Return the activation of a rank from its elements' activations and the mask of its relays."""
        is_relay = np.zeros(len(names), bool) if relays is None else relays
        of_element = np.where(is_relay, "identity", _spelled(names))
        asked = tuple(dict.fromkeys(of_element[~is_relay].tolist()))
        parts = [(activation(name), np.flatnonzero((of_element == name) & ~is_relay)) for name in asked]
        joint = [G.name for G, _ in parts if not G.pointwise]
        if joint and len(parts) > 1:
            raise ParameterError(
                f"{joint[0]} joins all elements of its rank, so it cannot stand beside others; {listing(asked)} were "
                "asked for; give one name to all"
            )
        _check_blocks(parts)
        carried = [(activation("identity"), np.flatnonzero(is_relay))] if is_relay.any() else []
        return RankActivation(tuple(of_element.tolist()), (*parts, *carried), asked)

    @property
    def asked_of_all(self) -> str | Activation:
        """The one activation of all elements but relays.

        Raises
        ------
        ParameterError
            If there are several.
        """
        if len(self.asked) > 1:
            raise ParameterError(
                f"one activation goes to all elements here; got {listing(self.asked)}; give a name, or one for each "
                "element"
            )
        return self.parts[0][0] if self.asked else "identity"

    @property
    def portable(self) -> tuple[str | Activation, ...]:
        """The names, and in place of those that only this process knows the activations themselves."""
        own = {G.name: G for G, _ in self.parts if G.is_own}
        return tuple(own.get(name, name) for name in self.names) if own else self.names

    def of_rows(self, rows: Sequence[int] | Rows) -> RankActivation:
        """Return the activation of some elements of the rank.

        Raises
        ------
        ParameterError
            If they are a part of what a softmax joins.
        """
        if self.uniform is None:
            return RankActivation.of([self.names[k] for k in rows])
        name = self.uniform if self.pointwise else self._of_blocks(rows)
        part = (activation(name), np.arange(len(rows)))
        return RankActivation((name,) * len(rows), (part,), (name,) if self.asked else ())

    def _of_blocks(self, rows: Sequence[int] | Rows) -> str:
        """Return the name of the same joint activation on some of its blocks, in any order within them."""
        G = self.parts[0][0]
        size = len(self.names) // G.blocks
        blocks = [sorted(rows[k : k + size]) for k in range(0, len(rows), size)]
        if any(block != list(range(block[0], block[0] + size)) or block[0] % size for block in blocks):
            raise ParameterError(
                f"{G.name} joins blocks of {size} elements; these are not whole blocks one after the other; give such "
                "blocks, or take another activation first"
            )
        return in_blocks(G.family, len(blocks))

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
    def pointwise(self) -> bool:
        """Whether no element's activation looks at the signals of others."""
        return all(G.pointwise for G, _ in self.parts)

    @property
    def piecewise_linear(self) -> bool:
        """Whether every element's activation is."""
        return all(G.piecewise_linear for G, _ in self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RankActivation) and self.names == other.names

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        if len(self.asked) <= 1:
            return self.asked[0] if self.asked else "identity"
        if len(self.names) <= 4:
            return "|".join(self.names)
        return ", ".join(f"{G}×{len(rows)}" for G, rows in self.parts[: len(self.asked)])
