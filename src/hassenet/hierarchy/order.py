"""The order that a hierarchy stands for: its elements without the relays, and who looks at whom."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError
from hassenet.hierarchy import poset
from hassenet.hierarchy import signs as signing
from hassenet.hierarchy.hierarchy import Hierarchy
from hassenet.hierarchy.sources import sources

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Signs = NDArray[np.int8]


@final
@dataclass(frozen=True, eq=False)
class Order:
    """Numbered elements, the pairs (lower, upper) that look at each other with their signs, and φ.

    A reader of a relay looks at the relay's source here, so that ranks and elements may change. Pairs that an order
    would swallow stay if the hierarchy had them (an output that looks at all ranks). What was graded becomes so again.
    """

    names: Sequence[Hashable]
    lower: Indices
    upper: Indices
    rank: Indices
    is_graded: bool
    signs: Signs

    @staticmethod
    def of(H: Hierarchy) -> Order:
        """Read a hierarchy, graded or not."""
        H = require_hierarchy(H)
        names, (lower, upper) = list(chain(*H.ranks)), H.pairs()
        rank = np.repeat(np.arange(len(H.ranks)), H.shape)
        is_relay = H._is_relay
        source = sources(H, is_relay)
        read = ~is_relay[upper]
        looks = Order(names, source[lower[read]], upper[read], rank, H.is_graded, H.pair_signs()[read])
        return looks.only(~is_relay) if is_relay.any() else looks

    def hierarchy(self) -> Hierarchy:
        """Return the hierarchy; ranks that hold nothing are closed."""
        H = Hierarchy._assemble(self.names, self.lower, self.upper, self.closed().rank, self.signs)
        return H.graded() if self.is_graded else H

    def closed(self) -> Order:
        """Return the order with ranks that follow each other; features stay at rank 0."""
        return replace(self, rank=np.unique(np.append(self.rank, 0), return_inverse=True)[1][:-1])

    def only(self, kept: Mask) -> Order:
        """Return what some of the elements and the pairs between them are."""
        number = np.cumsum(kept) - 1
        inside = kept[self.lower] & kept[self.upper]
        lower, upper = number[self.lower[inside]], number[self.upper[inside]]
        return replace(
            self,
            names=self.named(kept),
            lower=lower,
            upper=upper,
            rank=self.rank[kept],
            signs=self.signs[inside],
        )

    def without(self, dropped: Mask) -> Order:
        """Return the order that stays when elements go: what they covered is connected to what covered them.

        The sign of such a pair is the product of the signs on the way; it is free where two ways differ.
        """
        bridges = poset.bridges(self.n, self.lower, self.upper, self.rank, ~dropped)
        lower, upper = (np.concatenate(both) for both in zip((self.lower, self.upper), bridges, strict=True))
        lower, upper = np.divmod(np.unique(lower * self.n + upper), self.n)
        signs = signing.through(self.n, self.lower, self.upper, self.signs, ~dropped, (lower, upper))
        return replace(self, lower=lower, upper=upper, signs=signs).only(~dropped)

    @property
    def n(self) -> int:
        """The number of elements."""
        return len(self.names)

    @cached_property
    def is_feature(self) -> Mask:
        """Which elements stand at rank 0."""
        return self.rank == 0

    @cached_property
    def n_below(self) -> Indices:
        """How many elements each looks at."""
        return np.bincount(self.upper, minlength=self.n)

    @cached_property
    def n_above(self) -> Indices:
        """How many elements look at each."""
        return np.bincount(self.lower, minlength=self.n)

    @cached_property
    def n_features(self) -> Indices:
        """How many features reach each element."""
        features = np.flatnonzero(self.is_feature)
        return poset.reach_counts(self.n, self.lower, self.upper, self.rank, features)

    @property
    def n_relays(self) -> int:
        """How many relays grading needs: Σ over the elements of max φ(those that look at it) − φ − 1."""
        return int(poset.chain_lengths(self.lower, self.rank[self.upper] - 1, self.rank)[1].sum())

    def named(self, which: Mask) -> list[Hashable]:
        """Return the names of some elements."""
        return [self.names[k] for k in np.flatnonzero(which).tolist()]


def require_hierarchy(H: object) -> Hierarchy:
    """Return a hierarchy, or refuse what is not one.

    >>> require_hierarchy([("a", "b")])
    Traceback (most recent call last):
    hassenet.errors.ParameterError: a step of shaping takes a Hierarchy; got list; make one, as by Hierarchy.from_covers
    """
    if isinstance(H, Hierarchy):
        return H
    remedy = "give its .hierarchy" if hasattr(H, "hierarchy") else "make one, as by Hierarchy.from_covers"
    raise ParameterError(f"a step of shaping takes a Hierarchy; got {type(H).__name__}; {remedy}")
