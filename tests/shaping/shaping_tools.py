"""Hierarchies to shape, the order they stand for by networkx, and networks whose parameters follow names."""

from __future__ import annotations

from itertools import chain, pairwise

import networkx as nx
import numpy as np
from hypothesis import strategies as st

import textbook
from hassenet import testing as ht
from hassenet.hierarchy import Relay
from hassenet.network import Network

# Orders: no output looks through a relay at what lies below another element that it looks at.
ORDERS = st.one_of(
    ht.sparse_hierarchies(),
    ht.complete_hierarchies(),
    ht.skipping_hierarchies(max_elements=12),
    ht.skipping_hierarchies(max_elements=12).map(lambda H: H.graded()),
)
ANY = st.one_of(ORDERS, ht.relayed_hierarchies(max_elements=10))


def source(element):
    return element.source if isinstance(element, Relay) else element


def elements(H):
    """The elements that are not relays, in the order of the ranks."""
    return [e for e in chain(*H.ranks) if not isinstance(e, Relay)]


def looks(H):
    """Who looks at whom: the covers, read through relays."""
    return {(source(p), q) for q in elements(H) for p in H.below(q)}


def order(H):
    """The order on the elements that are not relays: p lies below q."""
    graph = nx.transitive_closure(H.to_networkx())
    return {(p, q) for p, q in graph.edges if not isinstance(p, Relay) and not isinstance(q, Relay)}


def covers_of(pairs):
    """The covers of an order given by all its pairs."""
    return set(nx.transitive_reduction(nx.DiGraph(list(pairs))).edges)


def n_features(H):
    """How many features reach each element."""
    pairs, features = order(H), set(H.ranks[0])
    return {e: (e in features) + sum((f, e) in pairs for f in features) for e in elements(H)}


def n_relays(H):
    return sum(isinstance(e, Relay) for e in chain(*H.ranks))


def parameters(net):
    """Weights by (source, reader) and biases by element."""
    H, weights, biases = net.hierarchy, {}, {}
    for (low, up), W, b in zip(pairwise(H.ranks), net.weights, net.biases, strict=True):
        dense = textbook.dense(W)
        for k, q in enumerate(up):
            if not isinstance(q, Relay):
                biases[q] = b[k]
                weights |= {(source(p), q): dense[k, low.index(p)] for p in H.below(q)}
    return weights, biases


def network(H, weight, bias, G):
    """The network on H with parameters and activations that are functions of names."""
    weights, biases = [], []
    for low, up in pairwise(H.ranks):
        W = np.zeros((len(up), len(low)))
        for k, q in enumerate(up):
            for p in H.below(q):
                W[k, low.index(p)] = 1 if isinstance(q, Relay) else weight(source(p), q)
        weights.append(W)
        biases.append(np.array([0.0 if isinstance(q, Relay) else bias(q) for q in up]))
    hidden = {e: G(e) for rank in H.ranks[1:-1] for e in rank if not isinstance(e, Relay)}
    return Network(H, hidden=hidden, dtype="float64").with_parameters(weights, biases)


def activations(net):
    """G of each hidden element, by name."""
    ranks = zip(net.hierarchy.ranks[1:-1], net.activations[:-1], strict=True)
    return {e: name for rank, G in ranks for e, name in zip(rank, G.names, strict=True)}
