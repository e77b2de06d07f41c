"""A model of a comparison, and those that stand in every one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, final

from hassenet.hierarchy import Hierarchy
from hassenet.protocol.kinds import Compared
from hassenet.protocol.models import USUAL, Rows
from hassenet.protocol.verdict import COMPLETE, NETWORK, REWIRED
from hassenet.shaping.rewiring import rewired

OnHierarchy = Callable[[Hierarchy, int], Any]
"""(H, seed) ↦ an estimator before fit, whose architecture is H, without outputs, and whose features are H's rank 0."""


@final
@dataclass(frozen=True)
class Contender:
    """A model by its name.

    Parameters
    ----------
    name : str
    make : callable
        seed ↦ an estimator before fit, which takes the features in the order of rank 0, with gaps.
    """

    name: str
    make: Callable[[int], Any]


def on_hierarchies(network: OnHierarchy, H: Hierarchy) -> list[Contender]:
    """Return the network and its twins; the rewired one is another for each seed."""
    return [
        Contender(NETWORK, partial(network, H)),
        Contender(COMPLETE, partial(network, complete_of(H))),
        Contender(REWIRED, partial(_rewired, network, H)),
    ]


def with_exposure(one: Contender) -> Contender:
    """Return a model that takes the logarithm of the exposure as the last column of X."""
    return Contender(one.name, partial(_exposed, one.make))


def _exposed(make: Callable[[int], Any], seed: int) -> Any:
    from hassenet.protocol.exposed import exposed

    return exposed(make(seed))


def usual(kind: Compared, rows: Rows) -> list[Contender]:
    """Return the usual models of a task."""
    return [Contender(name, partial(make, rows)) for name, make in USUAL[kind].items()]


def given(estimators: Mapping[str, Any]) -> list[Contender]:
    """Return scikit-learn's estimators as contenders."""
    return [Contender(name, partial(_copy, estimator)) for name, estimator in estimators.items()]


def complete_of(H: Hierarchy) -> Hierarchy:
    """Return the complete hierarchy with as many elements a rank, relays left out.

    Examples
    --------
    >>> complete_of(Hierarchy.from_covers([("a", "p"), ("b", "q"), ("p", "top"), ("q", "top")]))
    Hierarchy(shape=(2, 2, 1), covers=6, density=1)
    """
    sizes = [len(rank) - int(H.relays(i).sum()) for i, rank in enumerate(H.ranks)]
    above = [[("complete", i, k) for k in range(n)] for i, n in enumerate(sizes) if i and n]
    names = [H.ranks[0], *above]
    return Hierarchy.complete(*map(len, names), names=names)


def _rewired(network: OnHierarchy, H: Hierarchy, seed: int) -> Any:
    return network(rewired(H, seed), seed)


def _copy(estimator: Any, seed: int) -> Any:
    """Return a copy before fit; it keeps the random state that it was given."""
    from sklearn.base import clone

    return clone(estimator)
