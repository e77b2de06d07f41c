"""Every rank adds up, its relays included: to t(x), or to t(x) − t(x̄), or to what the result calls left over."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textbook
from hassenet import explain
from hassenet import testing as ht
from hassenet.explain import integrated
from hassenet.explain.rescale import chord
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network

sys.path.insert(0, str(Path(__file__).parent))

from methods import networks

SMOOTH = ["identity", "tanh", "softplus", "sigmoid", "gelu", "silu"]
KINKED = ["identity", "relu", "leaky_relu", "elu"]


def examples(net, seed, m=3):
    return ht.random_array(m, net.plan.n_inputs, seed=seed)


def t(net, X, output=0):
    return net.signals(X)[-1] @ np.array(explain.explained(net, output).weights)


@given(net=networks(), seed=ht.seeds())
def test_deeplift_adds_up_to_the_difference_of_outputs_at_every_rank(net, seed):
    X, baseline = examples(net, seed), examples(net, seed + 1, 1)
    found = explain.deeplift(net, X, 0, baseline[0])
    scale = 1 + max(np.abs(s).max() for s in net.signals(np.vstack([X, baseline])))
    np.testing.assert_allclose(found.value, t(net, X).mean(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.reference, t(net, baseline)[0], rtol=1e-12, atol=1e-12)
    assert np.abs(found.totals - (t(net, X).mean() - t(net, baseline)[0])).max() < 1e-6 * scale


@given(net=networks(), seed=ht.seeds())
def test_deeplift_adds_up_where_examples_nearly_or_wholly_are_the_baseline(net, seed):
    baseline = examples(net, seed, 1)
    X = baseline + np.array([0.0, 1e-14, 1e-9, 1e-7, 1e-3])[:, None] * examples(net, seed + 1, 1)
    found = explain.deeplift(net, X, 0, baseline[0])
    assert np.abs(found.remainder).max() < 1e-6
    assert np.isfinite(found.score).all()


@given(seed=ht.seeds(), gap=st.sampled_from([0.0, 1e-15, 1e-12, 1e-9]), hidden=st.sampled_from(SMOOTH))
def test_where_features_differ_and_signals_hardly_do_deeplift_is_gradient_times_difference(seed, gap, hidden):
    """The chord of two points as near as rounding has no slope that could be trusted; the tangent has."""
    net = Network(Hierarchy.complete(2, 3, 1), hidden=hidden, dtype="float64")
    V, b, w = (
        ht.random_array(3, 1, seed=seed),
        ht.random_array(3, seed=seed + 1),
        ht.random_array(1, 3, seed=seed),
    )
    net = net.with_parameters([np.hstack([V, -V]), w], [b, np.zeros(1)])  # reads x0 − x1 alone
    x, baseline = np.array([[0.7 + gap, 0.4]]), np.array([0.3, 0.0])
    g = explain.gradient_times_feature(net, x, 0).table(0)["score"] / x[0]
    found = explain.deeplift(net, x, 0, baseline).table(0)["score"]
    np.testing.assert_allclose(found, g * (x[0] - baseline), rtol=1e-6, atol=1e-9)


@settings(max_examples=20)
@given(net=networks(hidden=SMOOTH), seed=ht.seeds())
def test_integrated_gradients_of_a_smooth_network_add_up_at_every_rank(net, seed):
    X, baseline = examples(net, seed), examples(net, seed + 1, 1)
    found = explain.integrated_gradients(net, X, 0, baseline[0], steps=200)
    assert np.abs(found.totals - (t(net, X).mean() - t(net, baseline)[0])).max() < 1e-6


@pytest.mark.parametrize("steps", [1, 2, 63, 64, 65, 100, 129, 1000])
def test_a_sum_in_panels_has_as_many_steps_and_is_exact_for_polynomials(steps):
    places, weights = map(np.array, zip(*integrated.gauss(steps), strict=True))
    assert len(places) == steps
    assert (np.diff(places) > 0).all()
    assert (weights > 0).all()
    for degree in range(min(2 * steps, 30)):
        np.testing.assert_allclose(weights @ places**degree, 1 / (degree + 1), rtol=1e-13)


@settings(max_examples=10)
@given(net=networks(hidden=SMOOTH), seed=ht.seeds(), steps=st.sampled_from([65, 100, 130]))
def test_integrated_gradients_in_panels_are_those_of_one_rule(net, seed, steps):
    X = examples(net, seed)
    found = explain.integrated_gradients(net, X, 0, steps=steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrated, "_NODES_OF_A_PANEL", steps)
        expected = explain.integrated_gradients(net, X, 0, steps=steps)
    scale = 1 + expected.absolute.max()
    np.testing.assert_allclose(found.score, expected.score, atol=1e-9 * scale)
    np.testing.assert_allclose(found.totals, expected.totals, atol=1e-9 * scale)


@settings(max_examples=10)
@given(net=networks(hidden=KINKED), seed=ht.seeds())
def test_what_kinks_leave_over_of_integrated_gradients_is_the_same_at_every_rank_and_shrinks(net, seed):
    X = examples(net, seed)
    few, many = (explain.integrated_gradients(net, X, 0, steps=n) for n in (10, 300))
    scale = 1 + np.abs(few.score).sum()
    for found in (few, many):
        np.testing.assert_allclose(found.remainder, found.remainder[0], atol=1e-11 * scale)
    assert np.abs(many.remainder).max() < 1e-2 * scale


def lrp(net, x, v, epsilon):
    """Shares written out for one example: relevance of each rank, and what biases and ε keep on the way to it."""
    weights, biases = textbook.full(net)
    features, signals = [x], []
    for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
        signals.append(W @ features[-1] + b)
        if k < len(weights) - 1:
            features.append(textbook.activate(list(net.activations[k].names), signals[-1][None])[0])
    R, kept, found = v * signals[-1], 0.0, []
    for i in range(len(weights) - 1, -1, -1):
        below = np.zeros(len(features[i]))
        relays = net.hierarchy.relays(i + 1)
        for k, s in enumerate(signals[i]):
            z = s if relays[k] else s + (epsilon if s >= 0 else -epsilon)
            share = R[k] if relays[k] else R[k] / z
            parts = weights[i][k] * (np.where(weights[i][k] != 0, 1, 0) if relays[k] else features[i])
            below += parts * share
            kept += 0 if relays[k] else (biases[i][k] + (z - s)) * share
        R = below
        found.append((R, kept))
    return found[::-1]


@given(net=networks(hidden=["relu", "tanh", "identity", "gelu"]), seed=ht.seeds())
def test_layerwise_relevance_is_the_rule_written_out_and_the_remainder_the_share_of_biases(net, seed):
    x, epsilon = examples(net, seed, 1), 0.01
    found = explain.layerwise_relevance(net, x, 0, epsilon)
    expected = lrp(net, x[0], np.array(explain.explained(net, 0).weights), epsilon)
    for i, (R, kept) in enumerate(expected):
        real = ~net.hierarchy.relays(i)
        scale = 1 + np.abs(R).max()
        np.testing.assert_allclose(found.table(i)["score"], R[real], rtol=1e-9, atol=1e-10 * scale)
        np.testing.assert_allclose(found.totals[i] + kept, t(net, x)[0], rtol=1e-9, atol=1e-9 * scale)
        np.testing.assert_allclose(found.remainder[i], kept, rtol=1e-9, atol=1e-9 * scale)


def without_biases(net):
    return net.with_parameters(net.weights, [0 * b for b in net.biases])


@given(net=networks(hidden=["relu", "leaky_relu", "identity"]), seed=ht.seeds())
def test_without_biases_layerwise_relevance_of_a_relu_network_is_gradient_times_feature(net, seed):
    net, X = without_biases(net), examples(net, seed)
    found = explain.layerwise_relevance(net, X, 0, epsilon=1e-13)
    expected = explain.gradient_times_feature(net, X, 0)
    scale = 1 + np.abs(expected.score).max()
    np.testing.assert_allclose(found.score, expected.score, atol=1e-6 * scale)
    assert np.abs(found.remainder).max() < 1e-6 * scale


@given(net=networks(hidden=["identity"]), seed=ht.seeds())
def test_without_biases_all_methods_agree_on_a_linear_network_with_Wx(net, seed):
    net, X = without_biases(net), examples(net, seed)
    W = net.with_activations(output="identity").affine().W
    expected = (X * (np.array(explain.explained(net, 0).weights) @ W)).mean(axis=0)
    methods = (
        explain.gradient_times_feature(net, X, 0),
        explain.integrated_gradients(net, X, 0, steps=1),
        explain.layerwise_relevance(net, X, 0, epsilon=1e-13),
        explain.deeplift(net, X, 0),
        explain.ablation(net, X, 0, background=np.zeros((1, net.plan.n_inputs))),
    )
    for found in methods:
        scale = 1 + np.abs(found.score).max()
        np.testing.assert_allclose(found.table(0)["score"], expected, atol=1e-9 * scale)
        np.testing.assert_allclose(found.score, methods[0].score, atol=1e-6 * scale)


@given(net=networks(hidden=["relu", "leaky_relu", "identity"]), seed=ht.seeds())
def test_the_local_affine_map_gives_exact_contributions_and_its_bias(net, seed):
    x = examples(net, seed, 1)[0]
    found = explain.local_affine(net, x, 0)
    W, b = net.with_activations(output="identity").affine(at=x)
    v = np.array(explain.explained(net, 0).weights)
    np.testing.assert_allclose(found.table(0)["score"], (v @ W) * x, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found.remainder[0], v @ b, rtol=1e-9, atol=1e-10)


@given(net=networks(hidden=["tanh", "softplus", "gelu"]), seed=ht.seeds(), data=st.data())
def test_gradient_times_feature_is_the_slope_of_t_as_the_feature_grows(net, seed, data):
    x = examples(net, seed, 1)
    j = data.draw(st.integers(0, net.plan.n_inputs - 1))
    direction = np.eye(len(x[0]))[j] * x[0, j]
    slope = ht.central_difference(lambda at: t(net, at[None])[0], x[0], direction)
    found = explain.gradient_times_feature(net, x, 0).table(0)["score"][j]
    assert ht.relative_error(found, slope) < 1e-7


@given(
    net=networks(hidden=["relu", "leaky_relu", "identity"]),
    seed=ht.seeds(),
    unit=st.sampled_from([1e-13, 1e13]),
)
def test_in_another_unit_of_signals_deeplift_has_the_same_multipliers(net, seed, unit):
    """These activations know no unit: inputs and biases times c make every signal and feature c times as large."""
    X, baseline = examples(net, seed), examples(net, seed + 1, 1)[0]
    scaled = net.with_parameters(net.weights, [unit * b for b in net.biases])
    one, other = explain.deeplift(net, X, 0, baseline), explain.deeplift(scaled, unit * X, 0, unit * baseline)
    scale = 1 + one.absolute.max()
    np.testing.assert_allclose(other.score / unit, one.score, atol=1e-6 * scale)
    np.testing.assert_allclose(other.totals / unit, one.totals, atol=1e-6 * scale)


@given(net=networks(hidden=["tanh", "gelu", "sigmoid", "softplus"]), seed=ht.seeds())
def test_deeplift_of_signals_as_small_as_rounding_is_the_gradient_times_the_difference(net, seed):
    start, step = examples(net, seed, 1)[0], examples(net, seed + 1, 1)[0]
    x = start + 1e-13 * step
    found = explain.deeplift(net, [x], 0, start).table(0)["score"]
    g = explain.gradient_times_feature(net, [np.ones_like(start)], 0)
    assert np.isfinite(found).all()
    slope = [
        ht.central_difference(lambda at: t(net, at[None])[0], start, direction)
        for direction in np.eye(len(start))
    ]
    np.testing.assert_allclose(found, slope * (x - start), rtol=1e-5, atol=1e-18 * (1 + g.absolute.max()))


@pytest.mark.parametrize("method", [explain.gradient_times_feature, explain.integrated_gradients])
def test_a_hidden_softmax_is_followed_by_gradients(method):
    net = Network(Hierarchy.complete(3, 4, 3, 2), hidden="softmax", dtype="float64", seed=1)
    X = ht.random_array(4, 3, seed=0)
    found = method(net, X, 1)
    if found.method == "integrated gradients":
        assert np.abs(found.remainder).max() < 1e-12
    else:
        slope = ht.central_difference(lambda at: t(net, at[None], 1)[0], X[0], X[0])
        np.testing.assert_allclose(method(net, X[:1], 1).totals[0], slope, rtol=1e-8)


def test_what_is_explained_of_a_softmax_is_the_logarithm_of_its_probability_centred():
    net = Network(Hierarchy.complete(3, 4, 3), output="softmax", dtype="float64", seed=1)
    X = ht.random_array(5, 3, seed=0)
    logs = np.log(net(X))
    found = explain.deeplift(net, X, "y2")
    np.testing.assert_allclose(found.value, (logs[:, 2] - logs.mean(axis=1)).mean(), rtol=1e-12)


def test_in_float32_deeplift_adds_up_to_its_rounding():
    H = Hierarchy.random((30, 40, 20, 1), density=0.3, seed=0)
    net = Network(H, hidden="gelu", output="sigmoid", seed=1)
    found = explain.deeplift(net, ht.random_array(50, 30, seed=2))
    assert np.abs(found.remainder).max() < 1e-4


# Not gelu: far below 0 its feature is rounded as its signal is, which is larger by far, and no chord can repair that.
CURVED = ["tanh", "softplus", "sigmoid", "silu", "elu", "exp"]


@settings(max_examples=200)
@given(
    hidden=st.sampled_from([*SMOOTH, *KINKED, "exp"]),
    size=st.sampled_from([1.0, 10.0, 30.0, 100.0]),
    gap=st.sampled_from([0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.05, 1.0]),
    seed=ht.seeds(),
)
def test_deeplift_adds_up_also_where_signals_are_large(hidden, size, gap, seed):
    """The error is measured by all that is added up: beside it, rounding is all that may be left over."""
    net = Network(Hierarchy.complete(2, 3, 1), hidden=hidden, dtype="float64")
    V, b, w = (ht.random_array(*shape, seed=seed + k) for k, shape in enumerate(((3, 2), (3,), (1, 3))))
    net = net.with_parameters([size * V, w], [size * b, np.zeros(1)])
    baseline = ht.random_array(1, 2, seed=seed + 3)[0]
    X = baseline + gap * ht.random_array(1, 2, seed=seed + 4)
    found = explain.deeplift(net, X, 0, baseline)
    added = sum((np.abs(w) @ np.abs(net.hidden_features(x, 1)).T)[0, 0] for x in (X, baseline[None]))
    assert np.abs(found.remainder).max() <= 1e-6 * added * min(1, gap * size) + 1e-14 * added


def test_deeplift_of_an_exponential_is_the_whole_difference_however_large_its_feature_is():
    net = Network(Hierarchy.complete(1, 1, 1), hidden="exp", dtype="float64", theta=[1.0, 0.0, 1.0, 0.0])
    for x, start in [(24.0, 0.0), (20.0, 19.0), (100.0, 99.95), (-40.0, -41.0), (30.0, 30.0 - 1e-7)]:
        found = explain.deeplift(net, [[x]], baseline=[start])
        np.testing.assert_allclose(found.score, np.exp(start) * np.expm1(x - start), rtol=1e-7)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("hidden", CURVED)
def test_a_chord_is_the_mean_of_the_slope_between_its_ends(hidden, dtype):
    """The mean is a Gauss–Legendre sum of the derivative in float64; the bound is that of the chord's docstring."""
    G = Network(Hierarchy.complete(1, 1, 1), hidden=hidden, dtype="float64").plan.layers[0].G
    sizes = np.logspace(-9, 1.5, 60)
    ends = np.concatenate([-sizes[::-1], sizes])
    nodes, weights = np.polynomial.legendre.leggauss(30)
    for gap in (1e-16, 1e-12, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 0.3):
        s, s0 = (at[None].astype(dtype) for at in (ends * (1 + gap) + gap, ends))
        s, s0 = s[:, (s * s0)[0] > 0], s0[:, (s * s0)[0] > 0]  # elu is not a polynomial across 0
        x, x0 = G.value(s), G.value(s0)
        a, b = s0.astype(float), s.astype(float)
        on_the_way = [(a + b) / 2 + z * (b - a) / 2 for z in nodes]
        slopes = sum(
            w / 2 * G.pullback(at, G.value(at), np.ones_like(at))
            for w, at in zip(weights, on_the_way, strict=True)
        )
        size = np.abs(slopes) + (np.abs(x) + np.abs(x0)) / (1 + np.abs(s) + np.abs(s0))
        error = np.abs(chord(G, s, s0, x, x0) - slopes)
        assert (error <= 4 * np.sqrt(np.finfo(dtype).eps) * size).all()
