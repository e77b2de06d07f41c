"""Networks, gradients, hierarchies and losses are frozen: changing an array beside them does not change them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import issparse

from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Gaussian, GaussianLoss
from hassenet.network import Network
from hassenet.training.objective import gradient

SIGMA = np.array([[2.0, 0.5], [0.5, 1.0]])
PREDICTION, TARGET = ht.random_array(4, 2, seed=0), ht.random_array(4, 2, seed=1)


def spoil(array):
    """Set every number of a dense or sparse array to 0."""
    for part in (array.data, array.indices, array.indptr) if issparse(array) else (array,):
        part[...] = 0


@given(net=ht.networks())
def test_changing_the_weights_and_biases_a_network_gave_out_does_not_change_it(net):
    X = ht.random_array(3, net.hierarchy.shape[0], seed=0)
    value, theta, covers = (
        net(X),
        net.theta.copy(),
        [net.hierarchy.covers(i).toarray() for i in range(net.plan.depth)],
    )
    for array in (*net.weights, *net.biases):
        spoil(array)
    np.testing.assert_array_equal(net.theta, theta)
    np.testing.assert_array_equal(net(X), value)
    for i, before in enumerate(covers):
        np.testing.assert_array_equal(net.hierarchy.covers(i).toarray(), before)


@given(net=ht.networks(output=["identity"]))
def test_changing_the_matrices_a_gradient_gave_out_does_not_change_it(net):
    n, k = net.hierarchy.shape[0], net.hierarchy.shape[-1]
    found = gradient(net, ht.random_array(3, n, seed=0), ht.random_array(3, k, seed=1)).gradient
    before = found.vector.copy()
    for array in (*found.weights, *found.biases):
        spoil(array)
    np.testing.assert_array_equal(found.vector, before)


@given(H=ht.hierarchies())
def test_changing_the_covers_a_hierarchy_gave_out_does_not_change_it(H):
    below, net = {q: H.below(q) for rank in H.ranks for q in rank}, Network(H)
    for i in range(H.depth):
        spoil(H.covers(i))
        H.relays(i)[:] = True
    assert {q: H.below(q) for rank in H.ranks for q in rank} == below
    np.testing.assert_array_equal(Network(H).theta, net.theta)


@given(net=ht.networks())
def test_changing_hidden_features_and_signals_does_not_change_the_data_or_the_network(net):
    X = ht.random_array(3, net.hierarchy.shape[0], seed=0)
    before, value = X.copy(), net(X)
    for array in (*(net.hidden_features(X, i) for i in range(net.plan.depth + 1)), *net.signals(X)):
        spoil(array)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(net(X), value)


def test_changing_the_parameters_a_network_was_made_of_does_not_change_it():
    H = Hierarchy.complete(2, 1)
    theta, W, b = np.ones(3), np.ones((1, 2)), np.ones(1)
    made = [Network(H, theta=theta, dtype="float64"), Network(H, dtype="float64").with_theta(theta)]
    made.append(made[0].with_parameters([W], [b]))
    for array in (theta, W, b):
        array[...] = 7
    for net in made:
        np.testing.assert_array_equal(net.theta, np.ones(3))


@pytest.mark.parametrize("kind", [Gaussian, GaussianLoss])
def test_changing_a_covariance_that_was_given_does_not_change_the_model(kind):
    sigma = SIGMA.copy()
    model, other = kind(sigma), kind(SIGMA)
    sigma[...] = [[9.0, 0.0], [0.0, 9.0]]
    np.testing.assert_array_equal(model.covariance, SIGMA)
    assert model == other
    assert hash(model) == hash(other)
    loss = model if kind is GaussianLoss else model.loss
    np.testing.assert_array_equal(loss.cost(PREDICTION, TARGET), GaussianLoss(SIGMA).cost(PREDICTION, TARGET))


@pytest.mark.parametrize("kind", [Gaussian, GaussianLoss])
def test_the_covariance_of_a_model_cannot_be_written_to(kind):
    with pytest.raises(ValueError, match="read-only"):
        kind(SIGMA).covariance[0, 0] = 9


def test_a_covariance_that_became_impossible_later_does_no_harm():
    sigma = SIGMA.copy()
    model = Gaussian(sigma)
    sigma[...] = np.nan
    assert np.isfinite(model.log_prob(PREDICTION, TARGET)).all()
    with pytest.raises(ParameterError):
        Gaussian(sigma)
