"""The sign of a hidden neuron means nothing by itself: neurons are shown so that each rises with its parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import diags_array

import calls
from hassenet import testing as ht
from hassenet.explain import (
    ablation,
    deeplift,
    features_of_ranks,
    gradient_times_feature,
    layerwise_relevance,
)
from hassenet.hierarchy import Hierarchy
from hassenet.network import Ensemble, Network, oriented
from hassenet.network.common import Common
from hassenet.network.elements import Elements
from hassenet.network.orientation import Orientation
from hassenet.page.shown import Shown
from hassenet.plots import plot_hierarchy
from hassenet.shaping import widen

TAXA = Hierarchy.from_lineages(["A|B|C", "A|B|D", "A|E|F", "A|E", "G", "G|H|I"]).crown(["ill", "well"])
HIERARCHIES = {
    "a taxonomy whose relays have several readers": TAXA,
    "sparse": Hierarchy.random((8, 6, 5, 2), density=0.5, seed=1),
    "complete": Hierarchy.complete(4, 5, 3, 2),
}
DTYPES = ("float32", "float64")


@pytest.fixture(params=list(HIERARCHIES), name="H")
def hierarchy(request: pytest.FixtureRequest) -> Hierarchy:
    return HIERARCHIES[request.param]


def network(H: Hierarchy, seed: int, hidden: str = "tanh", dtype: str = "float64") -> Network:
    net = Network(H, hidden, "sigmoid", dtype=dtype)
    return net.with_theta(np.random.default_rng(seed).standard_normal(net.n_parameters))


def flipped(net: Network, seed: int) -> Network:
    """The same function with some of its tanh neurons the other way round."""
    n = int(net.plan.starts[-1])
    sign = np.random.default_rng(seed).choice([-1.0, 1.0], n)
    sign[: net.plan.n_inputs], sign[net.plan.starts[-2] :] = 1, 1
    sigma = [sign[place].astype(net.dtype) for place in net.plan.places]
    weights = [
        diags_array(up) @ W @ diags_array(low)
        for W, low, up in zip(net.weights, sigma, sigma[1:], strict=False)
    ]
    return net.with_parameters(weights, [s * b for s, b in zip(sigma[1:], net.biases, strict=True)])


def dense(W):
    return W.toarray() if hasattr(W, "toarray") else W


@pytest.mark.parametrize("dtype", DTYPES)
def test_to_turn_tanh_neurons_changes_no_output(H: Hierarchy, engine: str, dtype: str) -> None:
    X = ht.random_array(6, H.shape[0], seed=2).astype(dtype)
    for seed in range(5):
        net = network(H, seed, dtype=dtype)
        np.testing.assert_array_equal(calls.value(engine, oriented(net), X), calls.value(engine, net, X))


@settings(max_examples=8)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_however_tanh_neurons_are_turned_the_network_is_shown_the_same(seed: int, turns: int) -> None:
    for H in HIERARCHIES.values():
        net = network(H, seed)
        other = flipped(net, turns)
        np.testing.assert_array_equal(oriented(other).theta, oriented(net).theta)
        for W, V in zip(Orientation.of(net).weights(net), Orientation.of(other).weights(other), strict=True):
            np.testing.assert_array_equal(dense(W), dense(V))


@settings(max_examples=8)
@given(st.integers(0, 1000))
def test_turned_hidden_neurons_gain_where_all_features_rise_together(seed: int) -> None:
    for H in HIERARCHIES.values():
        straight = oriented(network(H, seed)).with_activations("identity", "identity")
        x = np.stack([np.zeros(H.shape[0]), np.ones(H.shape[0])])
        for low, high in (z for z in features_of_ranks(straight, x)[1:-1]):
            assert (high - low >= -1e-12).all()


def test_a_neuron_that_sets_its_parts_against_each_other_rises_with_the_largest_of_several_the_first() -> (
    None
):
    H = Hierarchy.from_covers(
        [("a", "p"), ("b", "p"), ("c", "q"), ("d", "q"), ("e", "q"), ("p", "y"), ("q", "y")]
    )
    net = Network(H, "tanh", dtype="float64").with_parameters(
        [[[-1, 1, 0, 0, 0], [0, 0, 0.25, -0.5, 0.25]], [[1, 1]]], [[0, 0], [0]]
    )
    assert [sigma.tolist() for sigma in Orientation.of(net).signs] == [[1] * 5, [-1, -1], [1]]
    for seed in range(8):
        np.testing.assert_array_equal(oriented(flipped(net, seed)).theta, oriented(net).theta)


def test_a_neuron_that_reads_nothing_stays_as_it_is() -> None:
    net = Network(Hierarchy.complete(2, 1, 1), "tanh", dtype="float64", theta=[0.0, 0.0, -0.5, -1.0, 0.0])
    assert oriented(net).theta.tolist() == net.theta.tolist()


def test_what_stands_on_a_tie_rises_with_it() -> None:
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "q"), ("q", "y")])
    net = Network(H, "tanh", dtype="float64", theta=[-1.0, 1.0, 0.0, -3.0, 0.0, 2.0, 0.0])
    assert oriented(net).theta.tolist() == [1.0, -1.0, 0.0, 3.0, 0.0, 2.0, 0.0]


@pytest.mark.parametrize(
    "hidden", ["relu", "leaky_relu", "sigmoid", "softplus", "elu", "gelu", "silu", "exp"]
)
def test_neurons_that_are_not_odd_stay_in_the_network_and_are_shown_turned(hidden: str) -> None:
    H = Hierarchy.complete(2, 2, 1)
    net = Network(H, hidden, dtype="float64", theta=[-1.0, -2.0, 3.0, 1.0, 0.5, 0.5, -4.0, 5.0, 0.1])
    assert oriented(net).theta.tolist() == net.theta.tolist()
    first, last = Orientation.of(net).weights(net)
    assert (first.tolist(), last.tolist()) == ([[1, 2], [3, 1]], [[4, 5]])
    shown = Shown.of(net, np.array([[1.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_allclose(shown.features[1], net.hidden_features(np.eye(2), 1) * [-1, 1], rtol=1e-12)
    assert "1 hidden neuron" in shown.note
    assert shown.note in plot_hierarchy(net).axes[0].get_xlabel().replace("\n", " ")


def test_of_mixed_activations_the_odd_ones_are_turned_in_the_network() -> None:
    H = Hierarchy.complete(1, 2, 1)
    net = Network(H, [["tanh", "relu"]], dtype="float64", theta=[-1.0, -1.0, 0.2, 0.2, 3.0, 3.0, 0.0])
    assert oriented(net).theta.tolist() == [1.0, -1.0, -0.2, 0.2, -3.0, 3.0, 0.0]
    assert Orientation.of(net).weights(net)[1].tolist() == [[-3.0, -3.0]]


def test_a_relay_hands_on_what_it_is_given_also_of_a_neuron_that_is_not_turned() -> None:
    for hidden in ("tanh", "relu"):
        net = network(TAXA, 3, hidden)
        for i, W in enumerate(Orientation.of(net).weights(net)):
            assert (dense(W)[TAXA.relays(i + 1)].sum(axis=1) == 1).all()
        X = ht.random_array(4, TAXA.shape[0], seed=0)
        np.testing.assert_array_equal(oriented(net)(X), net(X))


def test_signs_do_not_depend_on_the_size_of_weights_or_the_number_of_ranks() -> None:
    for size in (1e-300, 1e-3, 1e306):
        chain = Network(Hierarchy.complete(3, *[2] * 12, 1), "identity", dtype="float64", seed=3)
        scaled = chain.with_theta(np.sign(chain.theta) * size)
        one = chain.with_theta(np.sign(chain.theta))
        for sigma, expected in zip(Orientation.of(scaled).signs, Orientation.of(one).signs, strict=True):
            np.testing.assert_array_equal(sigma, expected)


def test_links_of_ensembles_are_means_of_weights_between_turned_neurons() -> None:
    H = HIERARCHIES["sparse"]
    net = network(H, 4)
    both = Ensemble([net, flipped(net, 1), flipped(net, 2)], [1, 2, 3])
    one, common = Elements.oriented(net).links, Common.of(both).elements.links
    order = np.lexsort((one.lower, one.upper))
    np.testing.assert_allclose(common.weight, one.weight[order], rtol=1e-12)
    assert all((member.theta == oriented(net).theta).all() for member in oriented(both))


def test_neurons_of_one_element_do_not_cancel_on_a_page() -> None:
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "y")])
    wide = Network(widen(H, 2).hierarchy, "tanh", dtype="float64", theta=[1, 1, -1, -1, 0, 0, 2, -2, 0])
    shown = Shown.of(Ensemble([wide]), np.eye(2))
    np.testing.assert_allclose(shown.features[1][:, 0], np.tanh([1.0, 1.0]))
    np.testing.assert_allclose(shown.elements.links.weight, [1, 1, 2])


@pytest.mark.parametrize("method", [deeplift, gradient_times_feature, layerwise_relevance, ablation])
def test_what_an_element_contributes_is_the_same_however_it_is_turned(H: Hierarchy, method) -> None:
    net, X = network(H, 5), ht.random_array(6, H.shape[0], seed=1)
    (one, other) = (method(N, X, H.ranks[-1][0]) for N in (net, oriented(net)))
    np.testing.assert_allclose(other.score, one.score, atol=1e-12)
    np.testing.assert_allclose(other.absolute, one.absolute, atol=1e-12)
