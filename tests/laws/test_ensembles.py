"""An ensemble is the weighted mean of networks that have their features and outputs in common."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import Ensemble, Hierarchy, Network
from hassenet import testing as ht
from hassenet.errors import NotFiniteError, ParameterError, ShapeError
from hassenet.likelihoods import PoissonLoss
from hassenet.shaping import widen

H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q")]).crown(["y"], over="maximal")
X = ht.random_array(6, 3, seed=0)


def nets(k, H=H, **options):
    return [Network(H, seed=seed, dtype="float64", **options) for seed in range(k)]


@given(net=ht.networks(), seed=st.integers(0, 99))
def test_an_ensemble_of_one_is_that_network(net, seed):
    X = ht.random_array(3, net.hierarchy.shape[0], seed=seed)
    np.testing.assert_array_equal(Ensemble([net])(X), net(X))
    assert Ensemble.of(net).networks == (net,)


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
def test_the_value_is_the_weighted_mean_of_the_outputs(output):
    members, w = nets(3, output=output), np.array([1.0, 2.0, 5.0])
    expected = sum(wi * net(X) for wi, net in zip(w / 8, members, strict=True))
    np.testing.assert_allclose(Ensemble(members, w)(X), expected, rtol=1e-14)
    np.testing.assert_allclose(Ensemble(members)(X), np.mean([net(X) for net in members], axis=0), rtol=1e-14)


def test_outputs_of_exp_have_the_mean_of_their_signals_so_that_one_network_does_not_decide():
    members, w = nets(3, output="exp"), np.array([1.0, 2.0, 5.0])
    signals = [net.with_activations(output="identity")(X) for net in members]
    expected = np.exp(np.tensordot(w / 8, signals, 1))
    np.testing.assert_allclose(Ensemble(members, w)(X), expected, rtol=1e-14)
    far = members[0].with_theta(4 * members[0].theta)
    assert Ensemble([far, *members[1:]])(X).max() < far(X).max() / 3
    y = np.arange(6.0)[:, None]
    costs = [PoissonLoss().cost(net(X), y).mean() for net in members]
    assert PoissonLoss().cost(Ensemble(members)(X), y).mean() <= np.mean(costs)


def test_the_order_of_the_members_and_copies_in_place_of_weights_change_nothing():
    one, other = nets(2)
    np.testing.assert_allclose(
        Ensemble([one, other], [1, 2])(X), Ensemble([other, other, one])(X), rtol=1e-14
    )


def test_members_of_other_widths_and_depths_are_averaged_too():
    linear = Hierarchy.complete(3, 1, names=[["a", "b", "c"], ["y"]])
    members = [Network(G, dtype="float64") for G in (H, widen(H, 3).hierarchy, linear)]
    np.testing.assert_allclose(Ensemble(members)(X), np.mean([net(X) for net in members], axis=0), rtol=1e-14)


def test_the_mean_costs_at_most_what_the_members_cost_on_average():
    y = ht.random_array(6, 1, seed=5)
    members = nets(4)
    costs = [((net(X) - y) ** 2).mean() for net in members]
    assert ((Ensemble(members)(X) - y) ** 2).mean() <= np.mean(costs)


def test_probabilities_of_a_softmax_add_up_to_one():
    members = nets(3, Hierarchy.complete(3, 4, 3), output="softmax")
    np.testing.assert_allclose(Ensemble(members, [0.2, 0.5, 0.1])(X).sum(axis=1), 1, rtol=1e-14)


def test_a_table_is_matched_by_name():
    E = Ensemble(nets(2))
    np.testing.assert_array_equal(E(pd.DataFrame(X, columns=list("abc"))[["c", "a", "b"]]), E(X))


@given(st.lists(st.floats(0, 1e308), min_size=1, max_size=5).filter(any))
def test_weights_add_up_to_one_and_keep_their_bits_from_then_on(weights):
    members = nets(len(weights))
    E = Ensemble(members, weights)
    assert E.weights.sum() == pytest.approx(1, rel=1e-14)
    np.testing.assert_array_equal(Ensemble(members, E.weights).weights, E.weights)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(E)).weights, E.weights)
    assert E.heaviest is members[int(np.argmax(weights))]


def test_a_member_without_weight_has_no_say():
    one, other = nets(2, output="exp")
    endless = other.with_theta(np.full(other.n_parameters, 500.0))
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(Ensemble([one, endless], [1, 0])(np.ones((2, 3))), one(np.ones((2, 3))))


def renamed(place, name):
    names = [list("abc"), ["p", "q"], ["y"]]
    names[place][-1] = name
    return Network(Hierarchy.complete(3, 2, 1, names=names), dtype="float64")


FAULTS = {
    "features": (renamed(0, "d"), "same features in the same order; number 1 has 'c', number 2 'd'"),
    "fewer features": (
        Network(Hierarchy.complete(2, 1, names=[["a", "b"], ["y"]]), dtype="float64"),
        "number 1 has 3, number 2 2",
    ),
    "outputs": (renamed(2, "z"), "same outputs in the same order; number 1 has 'y', number 2 'z'"),
    "activation": (Network(H, output="sigmoid", dtype="float64"), "same output activation"),
    "dtype": (Network(H), "same dtype; number 1 has float64, number 2 float32"),
    "something else": ("net", "str among them"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_members_that_cannot_be_averaged_are_refused(fault):
    other, words = FAULTS[fault]
    with pytest.raises(ParameterError, match=words):
        Ensemble([*nets(1), other])


@pytest.mark.parametrize("networks", [(), 3, "text"])
def test_an_ensemble_has_a_network_at_least(networks):
    with pytest.raises(ParameterError, match="one network or more"):
        Ensemble(networks)


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ([1.0], ShapeError),
        ([[1.0, 1.0]], ShapeError),
        ([1.0, np.nan], NotFiniteError),
        ([1.0, -0.5], ParameterError),
        ([0.0, 0.0], ParameterError),
    ],
)
def test_weights_that_are_not_those_of_a_mean_are_refused(weights, error):
    with pytest.raises(error, match="weight"):
        Ensemble(nets(2), weights)
