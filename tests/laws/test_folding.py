"""An affine map before or after a network, folded into its parameters, gives the same value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.errors import NotFiniteError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Network
from hassenet.network.folding import fold_features, fold_outputs

READ = st.one_of(ht.complete_hierarchies(), ht.sparse_hierarchies(), ht.relayed_hierarchies()).filter(
    lambda H: not H.relays(H.depth).any()
)
RELAY_ON_TOP = Hierarchy.from_covers(
    [("a", "y"), ("b", "y"), ("a", Relay("a", 1))], rank={"a": 0, "b": 0, "y": 1, Relay("a", 1): 1}
)


def affine(n, seed):
    scale, shift = ht.random_array(2, n, seed=seed)
    return scale, shift


@given(net=ht.networks(READ, output=["identity"]), seed=ht.seeds())
def test_a_network_with_a_folded_map_of_its_outputs_is_the_map_of_its_value(net, seed):
    X, (scale, shift) = ht.random_array(5, net.plan.n_inputs, seed=seed), affine(net.plan.n_outputs, seed)
    folded = fold_outputs(net, scale, shift)(X)
    assert ht.relative_error(folded, scale * net(X) + shift) < 1e-12


@given(net=ht.networks(READ), seed=ht.seeds())
def test_a_network_with_a_folded_map_of_its_features_is_its_value_at_the_map(net, seed):
    X, (scale, shift) = ht.random_array(5, net.plan.n_inputs, seed=seed), affine(net.plan.n_inputs, seed)
    folded = fold_features(net, scale, shift)(X)
    assert ht.relative_error(folded, net(scale * X + shift)) < 1e-12


@given(net=ht.networks(READ, output=["identity"]), seed=ht.seeds())
def test_what_is_folded_keeps_hierarchy_and_activations_and_is_of_float64(net, seed):
    for folded in (
        fold_outputs(net.with_dtype("float32"), *affine(net.plan.n_outputs, seed)),
        fold_features(net.with_dtype("float32"), *affine(net.plan.n_inputs, seed)),
    ):
        assert (folded.hierarchy, folded.activations) == (net.hierarchy, net.activations)
        assert folded.dtype == np.float64


def test_the_identity_folded_changes_nothing():
    net = Network(Hierarchy.subsets(3), dtype="float64", seed=1)
    for folded in (fold_outputs(net, [1.0], [0.0]), fold_features(net, np.ones(3), np.zeros(3))):
        np.testing.assert_array_equal(folded.theta, net.theta)


def test_an_output_that_hands_a_feature_on_has_no_parameters_to_fold_into():
    net = Network(RELAY_ON_TOP, dtype="float64", seed=0)
    with pytest.raises(ParameterError, match=r"the relay .* is an output and has none; crown\(\)"):
        fold_outputs(net, [2.0, 2.0], [0.0, 0.0])
    with pytest.raises(ParameterError, match=r"the relay .* is an output and has none; crown\(\)"):
        fold_features(net, [2.0, 2.0], [0.0, 0.0])


@pytest.mark.parametrize("output", ["sigmoid", "softmax", ["identity", "exp"]])
def test_a_map_of_outputs_with_another_activation_is_refused(output):
    with pytest.raises(ParameterError, match="where their activation is the identity; it is"):
        fold_outputs(Network(Hierarchy.complete(2, 2), output=output), [1.0, 2.0], [0.0, 0.0])


@pytest.mark.parametrize("fold", [fold_outputs, fold_features])
def test_a_map_has_a_finite_number_for_each(fold):
    net = Network(Hierarchy.complete(2, 2))
    with pytest.raises(ShapeError, match=r"scale has one number for each of the 2; got the shape \(3,\)"):
        fold(net, np.ones(3), np.zeros(2))
    with pytest.raises(NotFiniteError, match="shift holds finite numbers; 1 are not"):
        fold(net, np.ones(2), [np.nan, 0.0])
