"""Law 4: relays put in for covers that skip ranks change nothing."""

from __future__ import annotations

from itertools import pairwise

import autograd.numpy as anp
import numpy as np
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

import calls
import textbook
from hassenet import testing as ht
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Network
from hassenet.training.objective import gradient


def ungraded_value(H, weight, bias, G, X):
    """The outputs of the relation itself: each element reads the elements it covers, wherever they stand."""
    x = {p: X[:, k] for k, p in enumerate(H.ranks[0])}
    for i, rank in enumerate(H.ranks[1:], start=1):
        for q in rank:
            s = bias[q] + sum(weight[p, q] * x[p] for p in H.below(q))
            x[q] = s if i == H.depth else textbook.ACTIVATIONS[G[q]](s)
    return anp.stack([x[q] for q in H.ranks[-1]], axis=1)


def parameters(H, rng):
    elements = [q for rank in H.ranks[1:] for q in rank]
    weight = {(p, q): float(rng.standard_normal()) for q in elements for p in H.below(q)}
    return weight, {q: float(rng.standard_normal()) for q in elements}


def source(element):
    return element.source if isinstance(element, Relay) else element


def matrices(graded, weight, bias):
    """The ungraded parameters put where the graded network has them."""
    weights, biases = [], []
    for low, up in pairwise(graded.ranks):
        W = np.zeros((len(up), len(low)))
        for k, q in enumerate(up):
            for p in graded.below(q):
                W[k, low.index(p)] = 1 if isinstance(q, Relay) else weight[source(p), q]
        weights.append(W)
        biases.append(np.array([bias.get(q, 0.0) for q in up]))
    return weights, biases


def graded_network(H, weight, bias, G):
    graded = H.graded()
    hidden = {e: G[e] for rank in graded.ranks[1:-1] for e in rank if not isinstance(e, Relay)}
    return Network(graded, hidden=hidden, dtype="float64").with_parameters(*matrices(graded, weight, bias))


@given(H=ht.skipping_hierarchies(max_elements=10), data=st.data(), seed=ht.seeds())
def test_the_graded_network_has_the_value_of_the_ungraded_relation(engine, H, data, seed):
    rng = np.random.default_rng(seed)
    weight, bias = parameters(H, rng)
    G = {q: data.draw(st.sampled_from(ht.HIDDEN)) for rank in H.ranks[1:] for q in rank}
    net = graded_network(H, weight, bias, G)
    X = rng.standard_normal((4, H.shape[0]))
    found = calls.value(engine, net, X)
    np.testing.assert_allclose(found, ungraded_value(H, weight, bias, G, X), rtol=1e-12, atol=1e-12)
    assert net.n_parameters == len(weight) + len(bias)


@given(H=ht.skipping_hierarchies(max_elements=8), seed=ht.seeds())
def test_the_graded_network_has_the_gradient_of_the_ungraded_relation(engine, H, seed):
    rng = np.random.default_rng(seed)
    weight, bias = parameters(H, rng)
    G = {q: ("tanh", "silu", "sigmoid")[k % 3] for k, q in enumerate(bias)}
    net = graded_network(H, weight, bias, G)
    X, Y = rng.standard_normal((4, H.shape[0])), rng.standard_normal((4, H.shape[-1]))
    g = gradient(net, X, Y, "squared_error", engine=engine).gradient

    def J(P):
        return anp.mean(anp.sum((ungraded_value(H, *P, G, X) - Y) ** 2, axis=1))

    d_weight, d_bias = grad(J)((weight, bias))
    weights, biases = matrices(net.hierarchy, d_weight, d_bias)
    for i, mask in enumerate(textbook.masks(net.hierarchy)):
        assert ht.relative_error(textbook.dense(g.weights[i]), np.where(mask, weights[i], 0)) < 1e-10
        assert ht.relative_error(g.biases[i], biases[i]) < 1e-10


def test_an_output_sees_what_an_order_would_swallow_through_a_relay(engine):
    """With a below h below y, y reads a as well once a relay of a stands beside h."""
    H = Hierarchy.from_covers([("a", "h")]).crown(["y"])
    feature = Hierarchy.from_covers([("a", "h"), ("b", "k"), ("h", "m"), ("k", "m")]).crown(["y"])
    assert H.below("y") == ("h",)
    assert {str(p) for p in feature.below("y")} == {"h ↑2", "k ↑2", "m"}
    net = Network(feature, hidden="tanh", dtype="float64", seed=2)
    X = ht.random_array(3, 2, seed=1)
    h, k = net.hidden_features(X, 1).T
    m = net.hidden_features(X, 2)[:, net.hierarchy.position("m")]
    W, at = textbook.dense(net.weights[2])[0], {str(e): j for j, e in enumerate(feature.ranks[2])}
    expected = W[at["h ↑2"]] * h + W[at["k ↑2"]] * k + W[at["m"]] * m + net.biases[2]
    np.testing.assert_allclose(calls.value(engine, net, X)[:, 0], expected, rtol=1e-12)


def test_relays_ignore_the_activation_of_their_rank():
    H = Hierarchy.from_covers([("a", "h"), ("h", "y"), ("x", "y")]).graded()
    net = Network(H, hidden="sigmoid", dtype="float64")
    X = ht.random_array(5, 2, seed=0)
    features = net.hidden_features(X, 1)
    np.testing.assert_array_equal(features[:, H.position(Relay("x", 1))], X[:, H.position("x")])
    assert net.activations[0].names[H.position(Relay("x", 1))] == "identity"
