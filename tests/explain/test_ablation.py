"""Ablation is what one gets by setting a feature by hand and feeding forward the whole network."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

import textbook
from hassenet import explain
from hassenet import testing as ht
from hassenet.errors import ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Network

sys.path.insert(0, str(Path(__file__).parent))

from methods import networks


def by_hand(net, X, v, rank, k, mean):
    """t(x) − t(x with feature k of the rank at its mean), with full matrices."""
    weights, biases = textbook.full(net)

    def t(x, rank):
        for i in range(rank, net.plan.depth):
            s = x @ weights[i].T + biases[i]
            x = s if i == net.plan.depth - 1 else textbook.activate(list(net.activations[i].names), s)
        return x @ v

    x = net.hidden_features(X, rank)
    changed = x.copy()
    changed[:, k] = mean
    return t(x, rank) - t(changed, rank)


@given(net=networks(), seed=ht.seeds())
def test_ablation_is_the_change_when_a_feature_is_set_to_its_mean(net, seed):
    X, background = (ht.random_array(m, net.plan.n_inputs, seed=seed + m) for m in (3, 5))
    v = np.array(explain.explained(net, 0).weights)
    found = explain.ablation(net, X, 0, background=background)
    for score in found:
        k = net.hierarchy.position(score.element)
        mean = net.hidden_features(background, score.rank)[:, k].mean()
        change = by_hand(net, X, v, score.rank, k, mean)
        expected = (change.mean(), np.abs(change).mean(), change.std())
        np.testing.assert_allclose(score[2:], expected, rtol=1e-8, atol=1e-9 * (1 + np.abs(change).max()))


@given(net=networks(), seed=ht.seeds())
def test_some_elements_have_the_scores_that_they_have_among_all(net, seed):
    X = ht.random_array(3, net.plan.n_inputs, seed=seed)
    whole = explain.ablation(net, X, 0)
    some = explain.ablation(net, X, 0, elements=whole.elements[::-2])
    assert {*some.elements} == {*whole.elements[::-2]}
    for score in some:
        np.testing.assert_allclose(score[2:], whole[score.element][2:], rtol=1e-10, atol=1e-12)


def test_an_element_that_nothing_reads_changes_nothing():
    H = Hierarchy.from_covers(
        [("a", "h"), ("b", "h"), ("b", "k"), ("h", "y")],
        rank={"a": 0, "b": 0, "c": 0, "h": 1, "k": 1, "y": 2},
        elements=["a", "b", "c", "h", "k", "y"],
    )
    found = explain.ablation(
        Network(H, hidden="tanh", dtype="float64", seed=1), ht.random_array(5, 3, seed=0)
    )
    assert found["c"].absolute == found["k"].absolute == 0
    assert found["a"].absolute > 0
    assert found["h"].absolute > 0


def test_thousands_of_elements_of_a_sparse_hierarchy_are_ablated_one_by_one():
    H = Hierarchy.random((3000, 1000, 200), covers=(6000, 2000), seed=0).crown(["y"], over="all")
    net = Network(H, hidden="tanh", dtype="float64", seed=1)
    X = ht.random_array(4, 3000, seed=2)
    found = explain.ablation(net, X)
    assert len(found) == 4200
    for element in ("x17", "h1_400", "y7"):
        rank, k = H.rank(element), H.position(element)
        mean = net.hidden_features(X, rank)[:, k].mean()
        change = by_hand(net, X, np.ones(1), rank, k, mean)
        np.testing.assert_allclose(found[element].absolute, np.abs(change).mean(), rtol=1e-8, atol=1e-12)


def test_elements_that_cannot_be_ablated_are_refused():
    H = Hierarchy.from_covers([("a", "h"), ("b", "h"), ("h", "k"), ("a", "m"), ("m", "k")]).crown(["y"])
    net = Network(H, hidden="tanh")
    X = np.zeros((2, 2))
    with pytest.raises(
        ParameterError, match="relays with their sources; Relay.*is an output or a relay; leave it out"
    ):
        explain.ablation(net, X, elements=[Relay("h", 2)])
    with pytest.raises(ParameterError, match="below the outputs are ablated.*'y' is an output or a relay"):
        explain.ablation(net, X, elements=["y"])
    with pytest.raises(UnknownElementError, match="no element 'q'"):
        explain.ablation(net, X, elements=["q"])
