"""The scores of an ensemble: those of its members, averaged element by element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Explained
from hassenet.explain.passes import Array, Method, Scored, Shares
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import ElementRows, Sums, checked, columns, scored_without_warning
from hassenet.explain.units import Merged, added
from hassenet.network import Ensemble

Floats = NDArray[np.float64]


@final
class Member(NamedTuple):
    """A method bound to a member of an ensemble, and which element each of its rows is of."""

    method: Method
    rows: ElementRows


@final
class Together(NamedTuple):
    """The members of an ensemble, each with the elements of all as its rows.

    Attributes
    ----------
    weights : (k,) array
    methods : tuple of k Method
    rows : ElementRows
    depth : int
        That of the deepest member.
    """

    weights: Floats
    methods: tuple[Method, ...]
    rows: ElementRows
    depth: int

    @staticmethod
    def of(ensemble: Ensemble, members: Sequence[Member]) -> Together:
        """Bring together the rows of elements of several neurons, and those of the members."""
        merged = Merged.of([member.rows for member in members])
        pairs = zip(members, merged.together, strict=True)
        methods = tuple(added(member.method, together) for member, together in pairs)
        return Together(
            ensemble.weights, methods, merged.rows, max(net.plan.depth for net in ensemble.networks)
        )

    def each(self, x: Array) -> list[Scored]:
        """Return the scores of every member; what passes the last rank of one passes all that it does not have."""
        found = [scored_without_warning(method, x) for method in self.methods]
        return [one._replace(shares=_as_deep(one.shares, self.depth)) for one in found]

    def mean(self, found: Sequence[Scored]) -> Scored:
        """Return the weighted mean of what the members have."""
        scores = self._mean([one.shares.scores for one in found])
        totals = self._mean([one.shares.totals for one in found])
        value = self._mean([one.value for one in found])
        return Scored(Shares(scores, totals), value, self._mean([one.reference for one in found]))

    def _mean(self, values: Sequence[Array]) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(sum(w * value for w, value in zip(self.weights, values, strict=True)))


def of_members(
    kind: Kind,
    ensemble: Ensemble,
    X: Any,
    target: Explained,
    members: Sequence[Member],
    against: Array | None = None,
) -> Relevance:
    """Return the scores of an ensemble over the examples of X, with those of its members."""
    together, first = Together.of(ensemble, members), ensemble.networks[0]
    n = len(together.rows.elements)
    mean, each = Sums(n, together.depth), [Sums(n, together.depth) for _ in members]
    size = sum(net.hierarchy.n_elements for net in ensemble.networks)
    for x in columns(checked(first, X), first.dtype, size):
        found = together.each(x)
        mean.add(together.mean(found))
        for sums, one in zip(each, found, strict=True):
            sums.add(one)
    relevances = tuple(sums.relevance(kind, target, together.rows, against) for sums in each)
    whole = mean.relevance(kind, target, together.rows, against)
    return replace(whole, members=relevances, member_spread=_deviation(whole, relevances, ensemble.weights))


def _deviation(mean: Relevance, members: Sequence[Relevance], weights: Floats) -> Floats:
    """Return √Σᵢ wᵢ (scoreᵢ − score)² of every element."""
    squares = [(one.score - mean.score) ** 2 for one in members]
    return np.sqrt(np.tensordot(weights, squares, axes=1))


def _as_deep(shares: Shares, depth: int) -> Shares:
    return shares._replace(totals=np.pad(shares.totals, (0, depth - len(shares.totals)), mode="edge"))
