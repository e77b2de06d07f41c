"""The scores of the elements of one network, and those of many side by side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import NotFiniteError, ParameterError, ShapeError, listing
from hassenet.explain import Relevance
from hassenet.network import Network
from hassenet.stability.scores import Statistic

Explain = Callable[[Network, Any], Relevance]
Floats = NDArray[np.float64]


class Scored(NamedTuple):
    """The elements that were explained, their ranks, and a number for each."""

    elements: tuple[Hashable, ...]
    ranks: NDArray[np.int64]
    scores: Floats


def scored(explain: Explain, statistic: Statistic, net: Network, X: Any, where: str) -> Scored:
    """Return the scores of a network; ``where`` says in messages which one it is."""
    relevance = explain(net, X)
    if not isinstance(relevance, Relevance):
        raise ParameterError(
            f"explain is (network, X) ↦ Relevance, as explain.deeplift; it returned {type(relevance).__name__}; give "
            "such a function"
        )
    scores = _numbers(statistic(relevance), len(relevance))
    bad = np.flatnonzero(~np.isfinite(scores))
    if bad.size:
        raise NotFiniteError(
            f"scores are finite; in {where} they are not, at {listing((relevance.elements[k] for k in bad), 3)}; "
            "correct the statistic, or the examples that it comes from"
        )
    return Scored(relevance.elements, relevance.ranks, scores)


def _numbers(scores: Any, n: int) -> Floats:
    try:
        found = np.asarray(scores, float)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.shape != (n,):
        raise ShapeError(
            f"a statistic gives one number an element, {n:,} of them; it gave an array of shape {np.shape(scores)} and "
            f"type {np.asarray(scores).dtype}; give one as share() or magnitude()"
        )
    return found


def together(found: Iterable[Scored]) -> Scored:
    """Return the scores of many networks as (r, n), if they are of the same elements; one after the other is held."""
    found = iter(found)
    first = next(found)
    rows = [first.scores]
    for run in found:
        _check_same(run, first)
        rows.append(run.scores)
    return Scored(first.elements, first.ranks, np.stack(rows))


def _check_same(run: Scored, first: Scored) -> None:
    one, other = (list(zip(of.elements, of.ranks.tolist(), strict=True)) for of in (run, first))
    differ = first_difference(one, other)
    if differ:
        raise ParameterError(
            f"all networks of a study have the same elements, in the same ranks and order; one has the (element, rank) "
            f"{differ[0]} where the first has {differ[1]}; let train() keep to the hierarchy that it is given"
        )


def first_difference(one: Sequence[Any], other: Sequence[Any]) -> tuple[Any, Any] | None:
    """Return the first two of two sequences that differ, None where none do."""
    if one == other:
        return None
    return next(pair for pair in zip_longest(one, other, fillvalue="nothing") if pair[0] != pair[1])
