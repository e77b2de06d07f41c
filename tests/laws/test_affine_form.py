"""Law 7: with identities N is affine; a ReLU network is affine near almost every x. And the example of the page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

import calls
import textbook
from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network

PIECEWISE = ["identity", "relu", "leaky_relu"]


def value(engine, net, X):
    return calls.value(engine, net, X)


@given(net=ht.networks(hidden=["identity"], output=["identity"]), seed=ht.seeds())
def test_with_identities_a_network_is_its_affine_map_everywhere(engine, net, seed):
    W, b = net.affine()
    X = 10 * ht.random_array(6, net.hierarchy.shape[0], seed=seed)
    np.testing.assert_allclose(value(engine, net, X), X @ W.T + b, rtol=1e-11, atol=1e-10)
    product = np.eye(net.hierarchy.shape[0])
    for V in textbook.full(net)[0]:
        product = V @ product
    np.testing.assert_allclose(W, product, rtol=1e-11, atol=1e-12)


@given(net=ht.networks(hidden=PIECEWISE, output=PIECEWISE), seed=ht.seeds())
def test_a_piecewise_linear_network_is_its_affine_map_at_x_and_near_it(engine, net, seed):
    x = ht.random_array(net.hierarchy.shape[0], seed=seed)
    assume(min(np.abs(s).min() for s in net.signals(x[None])) > 1e-6)
    W, b = net.affine(at=x)
    assert W.shape == (net.hierarchy.shape[-1], net.hierarchy.shape[0])
    near = x + 1e-9 * ht.random_array(5, len(x), seed=seed + 1)
    np.testing.assert_allclose(value(engine, net, x[None])[0], W @ x + b, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(value(engine, net, near), near @ W.T + b, rtol=1e-11, atol=1e-11)


@given(net=ht.networks(hidden=PIECEWISE, output=PIECEWISE), seed=ht.seeds())
def test_the_affine_map_at_x_is_the_derivative_of_the_network_there(net, seed):
    x = ht.random_array(net.hierarchy.shape[0], seed=seed)
    assume(min(np.abs(s).min() for s in net.signals(x[None])) > 1e-2)
    W, _ = net.affine(at=x)
    for j, e in enumerate(np.eye(len(x))):
        slope = (net((x + 1e-6 * e)[None]) - net((x - 1e-6 * e)[None]))[0] / 2e-6
        np.testing.assert_allclose(W[:, j], slope, rtol=1e-6, atol=1e-7)


def test_a_curved_network_has_no_affine_map_and_says_what_to_do():
    net = Network(Hierarchy.complete(2, 3, 1), hidden="tanh", output="identity")
    with pytest.raises(ParameterError, match="every activation is the identity.*tanh.*at=x"):
        net.affine()
    with pytest.raises(ParameterError, match=r"piecewise linear.*tanh"):
        net.affine(at=[0, 0])


def test_the_map_of_the_last_signal_is_had_without_the_output_activation():
    net = Network(Hierarchy.complete(2, 3, 1), hidden="relu", output="sigmoid", dtype="float64", seed=1)
    x = np.array([0.3, -0.4])
    with pytest.raises(ParameterError, match="with_activations"):
        net.affine(at=x)
    W, b = net.with_activations(output="identity").affine(at=x)
    np.testing.assert_allclose(W @ x + b, net.signals(x[None])[-1][0], rtol=1e-12)


# ------------------------------------------------------------------ the example to begin every text with


@pytest.fixture
def example():
    W = [[[1, -1, 0], [2, 0, 3], [0, -2, -3]], [[1, -2, 1]]]
    return Network(Hierarchy.subsets(3), hidden="relu", output="sigmoid", dtype="float64").with_parameters(
        W, [[1, 1, 1], [0]]
    )


def test_the_example_of_the_subsets_has_the_values_of_the_page(example, engine):
    x = np.array([[1.0, 1.0, 1.0]])
    s0, s1 = example.signals(x)
    np.testing.assert_allclose(s0, [[1, 6, -4]], atol=1e-12)
    np.testing.assert_allclose(example.hidden_features(x, 1), [[1, 6, 0]], atol=1e-12)
    np.testing.assert_allclose(s1, [[-11]], atol=1e-12)
    expected = 1 / (1 + np.exp(11.0))
    assert abs(value(engine, example, x)[0, 0] - expected) < 1e-12 * expected
    assert f"{value(engine, example, x)[0, 0]:.6e}" == "1.670142e-05"


def test_the_example_has_a_parameter_for_each_cover_and_each_bias(example):
    assert example.n_parameters == 6 + 3 + 3 + 1
    np.testing.assert_array_equal(example.theta, [1, -1, 2, 3, -2, -3, 1, 1, 1, 1, -2, 1, 0])


def test_the_example_is_an_affine_map_near_its_input(example):
    W, b = example.with_activations(output="identity").affine(at=[1, 1, 1])
    np.testing.assert_allclose(W, [[-3, -1, -6]], atol=1e-12)
    np.testing.assert_allclose(b, [-1], atol=1e-12)
