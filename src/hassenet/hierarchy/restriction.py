"""What a restriction dropped, and why."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import final

from hassenet.errors import listing
from hassenet.hierarchy.relay import Relay

Elements = tuple[Hashable, ...]

FEW = 0.05
"""The share of the given features below which a match looks like two kinds of names."""


@final
@dataclass(frozen=True)
class Restriction:
    """The report of ``Hierarchy.restrict``.

    Attributes
    ----------
    features : tuple
        The features kept, in the order of the new rank 0.
    unknown : tuple
        Features given that are no element.
    above : tuple
        Features given that are elements above rank 0.
    left_out : tuple
        Elements of rank 0 that were not given.
    unreached : tuple
        Elements above rank 0 that no kept feature reaches.
    relays : tuple of Relay
        Relays that nothing reads, or nothing feeds, any more.
    """

    features: Elements
    unknown: Elements
    above: Elements
    left_out: Elements
    unreached: Elements
    relays: tuple[Relay, ...]

    @staticmethod
    def of(
        elements: Container[Hashable],
        rank_0: Elements,
        given: Sequence[Hashable],
        known: Sequence[Hashable],
        dropped: Iterable[Hashable],
    ) -> Restriction:
        """Sort what was dropped of a hierarchy's elements, and of its rank 0, by its reason."""
        kept, features = set(known), set(rank_0)
        dropped = list(dropped)
        upper = [e for e in dropped if e not in features]
        return Restriction(
            features=tuple(known),
            unknown=tuple(f for f in given if f not in elements),
            above=tuple(f for f in given if f in elements and f not in kept),
            left_out=tuple(e for e in dropped if e in features),
            unreached=tuple(e for e in upper if not isinstance(e, Relay)),
            relays=tuple(e for e in upper if isinstance(e, Relay)),
        )

    @property
    def n_given(self) -> int:
        """How many features were given."""
        return len(self.features) + len(self.unknown) + len(self.above)

    @property
    def doubt(self) -> str:
        """What is odd about the match: fewer than 5 % of the features are elements; empty if nothing is."""
        if len(self.features) >= FEW * self.n_given:
            return ""
        there = self.left_out or self.features
        return (
            f"only {len(self.features):,} of {self.n_given:,} names matched: features are, for instance, "
            f"{listing(self.unknown + self.above, 3)}; elements of rank 0 {listing(there, 3)}; "
            "give both the same kind of names"
        )

    def __str__(self) -> str:
        parts = [f"{len(self.features):,} of {self.n_given:,} features kept"]
        reasons = {
            "not in the hierarchy": self.unknown,
            "in the hierarchy, but above rank 0": self.above,
            "of the hierarchy not given": self.left_out,
            "above that no feature reaches": self.unreached,
        }
        parts += [f"{len(e):,} {why}: {listing(e, 3)}" for why, e in reasons.items() if e]
        return "; ".join(parts + ([f"{len(self.relays):,} relays not needed"] if self.relays else []))
