"""Grading: a cover that skips ranks becomes a chain of relays."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Container, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DuplicateElementError, HassenetWarning, ParameterError, listing
from hassenet.hierarchy.poset import chain_lengths
from hassenet.hierarchy.relation import check_names
from hassenet.hierarchy.relay import Relay

Indices = NDArray[np.int64]
Signs = NDArray[np.int8]
Numbered = tuple[list[Hashable], Indices, Indices, Indices, Signs]


def put_in_relays(
    names: list[Hashable], lower: Indices, upper: Indices, phi: Indices, signs: Signs
) -> Numbered:
    """Return names, pairs, ranks and signs in which every pair joins neighbouring ranks.

    One chain of relays serves all that look at a source; a chain that is there already is made longer.
    """
    skips = phi[upper] - phi[lower] > 1
    source, reader = lower[skips], upper[skips]
    chains = _Chains(names, phi)
    sources, lengths = chain_lengths(source, phi[reader] - 1, chains.top)
    new = np.arange(lengths.sum()) + len(names)
    first = np.zeros(len(names), np.int64)
    first[sources] = len(names) + np.cumsum(lengths) - lengths
    owner = np.repeat(sources, lengths)
    step = new - first[owner]  # 0, 1, … along each chain
    rank = chains.top[owner] + 1 + step
    below = np.where(step == 0, chains.end[owner], new - 1)
    carrier = chains.carriers(source, phi[reader] - 1, first)
    relays = [Relay(names[s], r) for s, r in zip(owner.tolist(), rank.tolist(), strict=True)]
    return (
        [*names, *relays],
        np.concatenate([lower[~skips], below, carrier]),
        np.concatenate([upper[~skips], new, reader]),
        np.concatenate([phi, rank]),
        np.concatenate([signs[~skips], np.zeros(len(below), np.int8), signs[skips]]),
    )


class _Chains:
    """The chains of relays that are there: for each element the last of its chain and that one's rank."""

    def __init__(self, names: list[Hashable], phi: Indices) -> None:
        self.end = np.arange(len(names))
        self.top = phi.copy()
        self._relay: dict[tuple[int, int], int] = {}
        relays = [(k, name) for k, name in enumerate(names) if isinstance(name, Relay)]
        number = {name: k for k, name in enumerate(names)} if relays else {}
        for k, relay in sorted(relays, key=lambda item: item[1].rank):
            s = number[relay.source]
            self.end[s], self.top[s] = k, relay.rank
            self._relay[s, relay.rank] = k

    def carriers(self, source: Indices, rank: Indices, first: Indices) -> Indices:
        """Return the element at ``rank`` that carries each source's value: a new relay, or one that is there."""
        carrier = first[source] + rank - self.top[source] - 1
        for k in np.flatnonzero(rank <= self.top[source]):
            carrier[k] = self._relay[int(source[k]), int(rank[k])]
        return carrier


def say_if_the_top_is_narrow(ranks: Sequence[Sequence[Hashable]]) -> None:
    """Warn of a highest rank of single neurons, on which outputs are put, above elements with several neurons each."""
    *below, top = ranks[1:] or ((),)
    narrow = [e for e in top if not isinstance(e, Relay)]
    if (
        narrow
        and not any(map(_is_one_of_several, top))
        and any(_is_one_of_several(e) for r in below for e in r)
    ):
        warnings.warn(
            f"outputs are put on elements of one neuron, {listing(narrow, 3)}, above others of several: widen() takes "
            "the highest rank for outputs; to widen it too give it ranks=range(1, H.depth + 1)",
            HassenetWarning,
            stacklevel=3,
        )


def _is_one_of_several(name: Hashable) -> bool:
    return getattr(name, "is_one_of_several", False)


def checked_outputs(outputs: Sequence[Hashable], taken: Container[Hashable]) -> tuple[Hashable, ...]:
    """Return the names of a crown, or say what is wrong with them."""
    if isinstance(outputs, str) or not isinstance(outputs, Collection) or not len(outputs):
        raise ParameterError(f"outputs are a sequence of at least one name, as ['ill']; got {outputs!r}")
    names = tuple(outputs)
    check_names(names)
    clash = [name for name in names if name in taken]
    if clash or len(set(names)) != len(names):
        raise DuplicateElementError(
            f"an output needs a name of its own: {listing(clash or names)} "
            + ("are in the hierarchy already; choose others" if clash else "hold one name twice")
        )
    return names
