"""A rule of scores applied to a network, or to every member of an ensemble."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hassenet.explain.kind import Kind
from hassenet.explain.members import Member, of_members
from hassenet.explain.outputs import Explained
from hassenet.explain.passes import Array, Method
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import real_rows, summed
from hassenet.network import Ensemble, Network


def summary(
    kind: Kind,
    net: Network | Ensemble,
    X: Any,
    target: Explained,
    rule: Callable[[Network], Method],
    against: Array | None = None,
) -> Relevance:
    """Return the scores of a method over the examples of X; ``rule`` binds it to a network."""
    if isinstance(net, Ensemble):
        return of_members(kind, net, X, target, bound(net, rule), against)
    return summed(kind, net, X, target, rule(net), real_rows(net), against)


def bound(ensemble: Ensemble, rule: Callable[[Network], Method]) -> list[Member]:
    """Return the method of each member."""
    return [Member(rule(net), real_rows(net)) for net in ensemble.networks]
