"""Relations as users give them: named pairs, numbered and ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from operator import index
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import (
    CycleError,
    DuplicateElementError,
    HierarchyError,
    ParameterError,
    UnknownElementError,
    listing,
)
from hassenet.hierarchy import poset

Indices = NDArray[np.int64]
Pair = tuple[Hashable, Hashable]
Ranking = Literal["below", "above"] | Mapping[Any, int]
"""φ by the longest chain from below, by D minus the longest above, or as a rank for each element."""

_SHOWN = 10  # of the elements of a cycle


def numbered(pairs: Iterable[Pair], elements: Iterable[Hashable]) -> tuple[list[Hashable], Indices, Indices]:
    """Return the distinct names in order of appearance, and the pairs as numbers."""
    if isinstance(elements, str):
        raise HierarchyError(
            f"elements is a sequence of names; got the string {elements!r}; put it in a list"
        )
    listed, together = list(elements), list(pairs)
    odd = [pair for pair in together if not (type(pair) is tuple and len(pair) == 2) and not _is_pair(pair)]
    if odd:
        raise HierarchyError(f"a pair is (lower, upper); got {odd[0]!r}; give two names")
    flat = list(chain.from_iterable(together))
    check_names(chain(listed, flat))
    number = {name: k for k, name in enumerate(dict.fromkeys(chain(listed, flat)))}
    ends = np.fromiter((number[name] for name in flat), np.int64, len(flat)).reshape(-1, 2)
    keys = np.unique(ends[:, 0] * len(number) + ends[:, 1])  # five times as fast as rows
    return list(number), *np.divmod(keys, max(len(number), 1))


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, Sequence | np.ndarray) and not isinstance(pair, str) and len(pair) == 2


def check_names(names: Iterable[Any]) -> None:
    """Raise HierarchyError where a name is not hashable, or stands for a missing value."""
    names = list(names)
    if set(map(type, names)) <= {str, int}:  # by the hundred thousand; what follows costs ten times as much
        return
    for name in names:
        try:
            hash(name)
        except TypeError:
            raise HierarchyError(
                f"an element's name is hashable, as a string or a tuple; got {name!r}; make it a tuple"
            ) from None
        if is_missing(name):
            raise HierarchyError(
                f"an element has a name; got {name!r}, a missing value; drop its pairs or name it"
            )


def is_missing(name: Any) -> bool:
    """Return whether a name is a hole in a table: None, NaN (not equal to itself), or pandas' NA (neither)."""
    try:
        return name is None or bool(name != name)
    except TypeError:
        return True


def ranks_of(names: Sequence[Hashable], lower: Indices, upper: Indices, rank: Ranking) -> Indices:
    """Return φ of each element, or say why the relation has none."""
    cycle = poset.find_cycle(len(names), lower, upper)
    if cycle:
        path = [names[k] for k in cycle]
        more = [f"… ({len(path) - _SHOWN:,} more)"] if len(path) > _SHOWN else []
        shown = " ⊏ ".join([*map(repr, path[:_SHOWN]), *more, repr(path[0])])
        raise CycleError(f"not an order: a cycle {shown}; take away one of its pairs", path)
    if isinstance(rank, Mapping):
        return _given_ranks(names, lower, upper, rank)
    if rank == "below":
        return poset.longest_chains(len(names), lower, upper)
    if rank == "above":
        return poset.ranks_from_above(len(names), lower, upper)
    raise ParameterError(f"rank must be 'below', 'above' or a mapping from element to int; got {rank!r}")


def _given_ranks(
    names: Sequence[Hashable], lower: Indices, upper: Indices, rank: Mapping[Any, int]
) -> Indices:
    missing = [name for name in names if name not in rank]
    if missing:
        raise UnknownElementError(
            f"every element needs a rank: none is given for {listing(missing)}; add them"
        )
    try:
        phi = np.fromiter((index(rank[name]) for name in names), np.int64, len(names))
    except TypeError as error:
        raise HierarchyError(f"a rank is a whole number: {error}; give int(…)") from None
    if (phi < 0).any():
        raise HierarchyError(f"a rank is 0 or more; {names[int(phi.argmin())]!r} has {phi.min()}")
    wrong = np.flatnonzero(phi[lower] >= phi[upper])
    if wrong.size:
        p, q = names[lower[wrong[0]]], names[upper[wrong[0]]]
        raise HierarchyError(
            f"ranks must grow along the order: {p!r} (rank {rank[p]}) lies below {q!r} (rank {rank[q]}); "
            "correct the ranks"
        )
    return phi


def checked_features(features: Iterable[Hashable]) -> list[Hashable]:
    """Return the features, each once."""
    if isinstance(features, str) or not isinstance(features, Iterable):
        raise ParameterError(
            f"features are a sequence of names, as a list; got {features!r}; put it into a list"
        )
    given = list(features)
    odd = [f for f in given if not isinstance(f, Hashable)]
    if odd:
        raise HierarchyError(
            f"a feature's name is hashable, as a string or a tuple; got {odd[0]!r}; make it a tuple"
        )
    if len(set(given)) != len(given):
        twice = [f for f, times in Counter(given).items() if times > 1]
        raise DuplicateElementError(f"a feature is given once: {listing(twice)} came twice; drop the repeats")
    return given


def check_directed(graph: Any) -> None:
    """Raise ParameterError where something is not a graph of networkx with directions."""
    if not all(hasattr(graph, name) for name in ("is_directed", "nodes", "edges")):
        raise ParameterError(f"a graph is one of networkx; got {graph!r}; give a networkx.DiGraph")
    if not graph.is_directed():
        raise ParameterError(
            f"edges lead from lower to upper: a {type(graph).__name__} has no directions; give a networkx.DiGraph"
        )
