"""The scores of an ensemble are the weighted means of its members', element by element."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from hassenet import Ensemble, Hierarchy, Network, explain
from hassenet import testing as ht
from hassenet.errors import ParameterError, UnknownElementError
from hassenet.network.common import Common
from hassenet.network.elements import Elements
from hassenet.shaping import widen

sys.path.insert(0, str(Path(__file__).parent))
from methods import METHODS, SWEEPS, networks

H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("p", "r"), ("q", "r")]).crown(
    ["y"], over="all"
)
WIDE = widen(H, 3).hierarchy
LINEAR = Hierarchy.complete(3, 1, names=[["a", "b", "c"], ["y"]])
X = ht.random_array(5, 3, seed=0)
W = np.array([1.0, 2.0, 5.0]) / 8


def nets(*hierarchies, **options):
    options = {"hidden": "tanh", "dtype": "float64", **options}
    return [Network(G, seed=seed, **options) for seed, G in enumerate(hierarchies)]


MIXED = Ensemble(nets(LINEAR, WIDE, H), W)
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
every_sweep = pytest.mark.parametrize("method", SWEEPS.values(), ids=SWEEPS)


@every_method
@settings(max_examples=10)
@given(net=networks(), seed=ht.seeds())
def test_an_ensemble_of_one_has_the_scores_of_that_network(method, net, seed):
    x, y = ht.random_array(3, net.plan.n_inputs, seed=seed), net.hierarchy.ranks[-1][0]
    try:
        one = method(net, x, y)
    except ParameterError:  # a hidden softmax has no rule
        return
    other = method(Ensemble([net]), x, y)
    assert (one.elements, one.method, one.output) == (other.elements, other.method, other.output)
    for name in ("ranks", "score", "absolute", "spread", "value", "reference", "totals", "against"):
        here, there = getattr(one, name), getattr(other, name)
        assert (here is None) == (there is None)
        if here is not None:
            np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(other.member_spread, 0)
    assert len(other.members) == 1


@every_method
def test_scores_are_the_weighted_means_of_the_members_and_spread_is_their_deviation(method):
    members = nets(H, H, H)
    found, alone = method(Ensemble(members, W), X), [method(net, X) for net in members]
    scores = np.array([one.score for one in alone])
    mean = W @ scores
    np.testing.assert_allclose(found.score, mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.member_spread, np.sqrt(W @ (scores - mean) ** 2), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.value, W @ [one.value for one in alone])
    for one, other in zip(found.members, alone, strict=True):
        assert one.elements == other.elements
        np.testing.assert_allclose(one.score, other.score, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(one.absolute, other.absolute, rtol=1e-9, atol=1e-12)


@every_method
def test_two_equal_members_have_no_spread(method):
    one = nets(H)[0]
    found = method(Ensemble([one, one]), X)
    np.testing.assert_allclose(found.member_spread, 0, atol=1e-15)
    np.testing.assert_allclose(found.score, method(one, X).score, rtol=1e-12)


@every_sweep
def test_the_elements_are_those_of_all_members_without_their_units(method):
    found = method(MIXED, X)
    assert found.elements == ("a", "b", "c", "p", "q", "r")
    assert found.ranks.tolist() == [0, 0, 0, 1, 1, 2]
    wide = explain.of_elements(
        getattr(method, "func", method), MIXED.networks[1], X, **getattr(method, "keywords", {})
    )
    np.testing.assert_allclose(found.members[1].score, wide.score, rtol=1e-9, atol=1e-12)


@every_method
def test_what_a_linear_member_lacks_has_the_score_0_there(method):
    found = method(MIXED, X)
    np.testing.assert_array_equal(found.members[0].score[3:], 0)
    np.testing.assert_allclose(
        found.score[:3], sum(w * one.score[:3] for w, one in zip(W, found.members, strict=True))
    )


@pytest.mark.parametrize("method", [explain.deeplift, partial(explain.integrated_gradients, steps=64)])
def test_every_rank_adds_up_to_the_value_of_the_ensemble(method):
    baseline = np.array([0.3, -0.2, 0.1])
    found = method(MIXED, X, baseline=baseline)
    np.testing.assert_allclose(found.value, MIXED(X).mean(), rtol=1e-12)
    np.testing.assert_allclose(found.reference, MIXED(baseline[None])[0, 0], rtol=1e-12)
    np.testing.assert_allclose(found.totals, found.value - found.reference, atol=1e-7)
    assert found.table(0)["score"].sum() == pytest.approx(found.value - found.reference, abs=1e-7)


@every_sweep
def test_scores_of_single_examples_have_the_mean_of_the_ensemble(method):
    function, options = getattr(method, "func", method), getattr(method, "keywords", {})
    found = method(MIXED, X)
    for rank in range(3):
        single = explain.per_example(function, MIXED, X, rank, **options)
        table = found.table(rank)
        np.testing.assert_allclose(single.mean(axis=0), table["score"], atol=1e-12)
        np.testing.assert_allclose(np.abs(single).mean(axis=0), table["absolute"], atol=1e-12)
        np.testing.assert_allclose(single.std(axis=0), table["spread"], atol=1e-12)


def test_scores_of_elements_of_an_ensemble_are_its_scores():
    one, other = explain.of_elements(explain.deeplift, MIXED, X), explain.deeplift(MIXED, X)
    np.testing.assert_array_equal(one.score, other.score)
    with pytest.raises(ParameterError, match="got 'steps'"):
        explain.of_elements(explain.deeplift, MIXED, X, steps=3)


def test_to_ablate_an_element_of_several_neurons_is_to_hold_them_all_at_their_means():
    net = MIXED.networks[1]
    units = [k for k, unit in enumerate(net.hierarchy.ranks[1]) if getattr(unit, "element", None) == "p"]
    hidden = net.hidden_features(X, 1)
    held = hidden.copy()
    held[:, units] = hidden[:, units].mean(axis=0)
    upper = [np.tanh(x @ net.weights[1].T + net.biases[1]) for x in (hidden, held)]
    relays = net.hierarchy.relays(2)
    for before, after in zip((hidden, held), upper, strict=True):
        after[:, relays] = (before @ net.weights[1].T)[:, relays]
    values = [x @ net.weights[2].T + net.biases[2] for x in upper]
    found = explain.ablation(Ensemble([net]), X)
    assert found["p"].score == pytest.approx((values[0] - values[1]).mean())


def test_some_elements_are_ablated_in_the_members_that_have_them():
    some, all_ = explain.ablation(MIXED, X, elements=["q", "a"]), explain.ablation(MIXED, X)
    assert some.elements == ("a", "q")
    np.testing.assert_allclose(some.score, [all_["a"].score, all_["q"].score], rtol=1e-12)


@pytest.mark.parametrize(
    ("elements", "error"), [(["z"], UnknownElementError), (["y"], ParameterError), ("pq", ParameterError)]
)
def test_what_cannot_be_ablated_in_an_ensemble_is_named(elements, error):
    with pytest.raises(error, match="ablated|several"):
        explain.ablation(MIXED, X, elements=elements)


def test_a_class_of_an_ensemble_is_that_of_its_members():
    classes = Ensemble(nets(LINEAR, output="sigmoid"))
    assert explain.of_class(classes, ["well", "ill"], "well").weights == (-1.0,)
    found = explain.deeplift(classes, X, explain.of_class(classes, ["well", "ill"], "ill"))
    assert found.value == pytest.approx(classes.networks[0].signals(X)[-1].mean())


def test_the_exact_map_of_an_ensemble_is_the_mean_of_those_of_its_members():
    members = nets(H, WIDE, hidden="relu")
    found = explain.local_affine(Ensemble(members), X[0])
    expected = np.mean([net.affine(at=X[0]).W[0] * X[0] for net in members], axis=0)
    np.testing.assert_allclose(found.table(0)["score"], expected, rtol=1e-9)
    with pytest.raises(ParameterError, match="a rank has tanh"):
        explain.local_affine(Ensemble(nets(H, H)), X[0])


def test_a_table_of_an_ensemble_says_how_far_its_members_differ():
    found = explain.deeplift(MIXED, X)
    np.testing.assert_array_equal(found.table(1)["member_spread"], found.member_spread[3:5])
    assert "member_spread" not in explain.deeplift(MIXED.networks[0], X).table()
    assert "3 members" in repr(found)


# ------------------------------------------------------------------ links


def test_the_links_of_an_ensemble_of_one_network_are_those_of_the_network():
    net = nets(H)[0]
    one, other = Elements.oriented(net), Common.of(Ensemble([net])).elements
    assert one.names == other.names
    np.testing.assert_array_equal(one.starts, other.starts)
    order = np.lexsort((one.links.lower, one.links.upper))
    np.testing.assert_array_equal(one.links.upper[order], other.links.upper)
    np.testing.assert_array_equal(one.links.lower[order], other.links.lower)
    np.testing.assert_allclose(one.links.weight[order], other.links.weight, rtol=1e-12)


def test_the_flow_of_an_ensemble_is_the_mean_of_its_members():
    members = nets(H, H)
    flow = explain.relevance_flow(Ensemble(members), X)
    alone = [explain.relevance_flow(net, X) for net in members]
    np.testing.assert_allclose(
        flow.of_elements, np.mean([one.of_elements for one in alone], axis=0), atol=1e-12
    )
    assert flow.elements.names == alone[0].elements.names


def test_what_flows_into_an_element_of_an_ensemble_flows_out_of_it():
    flow = explain.relevance_flow(MIXED, X)
    upper, lower, _ = flow.elements.links
    n = len(flow.elements)
    into, out = np.bincount(upper, flow.of_links, n), np.bincount(lower, flow.of_links, n)
    np.testing.assert_allclose(into[3:], flow.of_elements[3:], atol=1e-12)
    np.testing.assert_allclose(out[:-1], flow.of_elements[:-1], atol=1e-12)
    assert flow.of_elements[-1] == pytest.approx(1)


def test_a_link_of_a_flow_has_a_sign_where_all_members_agree():
    theta = np.abs(nets(LINEAR)[0].theta) + 0.1
    plus, minus = nets(LINEAR)[0].with_theta(theta), nets(LINEAR)[0].with_theta(theta * [1, -1, -1, 1])
    flow = explain.relevance_flow(Ensemble([plus, minus]), X)
    assert np.sign(flow.elements.links.weight).tolist() == [1, 0, 0]


def test_what_is_of_one_network_asks_for_a_member():
    from hassenet.plots import plot_activations, plot_hierarchy

    for call in (explain.features_of_ranks, plot_activations):
        with pytest.raises(ParameterError, match=r"an ensemble of 3; give ensemble\.networks\[0\]"):
            call(MIXED, X)
    with pytest.raises(ParameterError, match=r"an ensemble of 3; give ensemble\.networks\[0\]"):
        plot_hierarchy(MIXED)
