"""Relays as a folder may name them: each hands on what it says, from where it says."""

from __future__ import annotations

from collections.abc import Hashable

from hassenet.errors import StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.relay import Relay


def check_relays(H: Hierarchy) -> None:
    """Refuse a relay that stands at another rank than its own, or covers other than its source or a relay of that.

    Raises
    ------
    StorageError
        Naming the relay and what it covers.
    """
    for i in range(1, H.depth + 1):
        for element in H.ranks[i]:
            if isinstance(element, Relay):
                _check(element, i, H.below(element))


def _check(relay: Relay, rank: int, below: tuple[Hashable, ...]) -> None:
    if relay.rank != rank:
        raise StorageError(f"a relay stands at its rank; {relay} stands at rank {rank}")
    if len(below) != 1:
        raise StorageError(f"a relay covers one element; {relay} covers {len(below):,}")
    if below[0] not in (relay.source, Relay(relay.source, rank - 1)):
        raise StorageError(
            f"a relay covers its source, or that source's relay; {relay} covers {str(below[0])[:60]!r}"
        )
