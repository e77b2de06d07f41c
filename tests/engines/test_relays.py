"""A relay hands its value on, wherever it stands: also alone in its rank, also among the outputs."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.errors import HierarchyError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.likelihoods import LOSSES
from hassenet.network import Network
from hassenet.training.objective import cost, gradient

RELAYS_ALONE = Hierarchy.from_covers([("a", "y"), ("b", "y")], rank={"a": 0, "b": 0, "y": 3}).graded()
RELAY_ON_TOP = Hierarchy.from_covers(
    [("a", "y"), ("b", "y"), ("a", "z"), ("a", Relay("a", 1))], rank={"a": 0, "b": 0, "y": 1, "z": 1, Relay("a", 1): 1}
)  # fmt: skip
X = np.random.default_rng(0).uniform(0.1, 0.9, (6, 2))
Y = np.random.default_rng(1).uniform(0.1, 0.9, (6, 3))


def network(H, **options):
    net = Network(H, dtype="float64", **options)
    return net.with_theta(ht.random_array(net.n_parameters, seed=1))


def test_a_network_of_identities_with_ranks_of_relays_alone_is_one_affine_map():
    net = network(RELAYS_ALONE, hidden="identity")
    assert net.hierarchy.relays(1).all()
    assert net.hierarchy.relays(2).all()
    W, b = net.affine()
    np.testing.assert_allclose(net(X), X @ W.T + b, rtol=1e-12)


@pytest.mark.parametrize("hidden", ["identity", "relu", "tanh"])
def test_ranks_of_relays_alone_know_no_activation(hidden):
    """Whatever was asked for, N is the network without them."""
    net, plain = network(RELAYS_ALONE, hidden=hidden), network(Hierarchy.complete(2, 1))
    np.testing.assert_allclose(net(X), plain(X), rtol=1e-12)
    np.testing.assert_allclose(net.affine().W, plain.affine().W, rtol=1e-12)
    np.testing.assert_allclose(net.affine(at=X[0]).W, plain.affine().W, rtol=1e-12)
    assert "activations=(identity, identity, identity)" in repr(net)


def test_a_relay_among_the_outputs_is_its_source():
    net = network(RELAY_ON_TOP, output="sigmoid")
    k = net.hierarchy.position(Relay("a", 1))
    np.testing.assert_array_equal(net(X)[:, k], X[:, 0])


@pytest.mark.parametrize("loss", [name for name in LOSSES if name != "cross_entropy"])
@pytest.mark.parametrize("output", ["sigmoid", "exp", "identity"])
def test_with_a_relay_among_the_outputs_the_cost_is_the_loss_of_the_prediction(loss, output, engine):
    net = network(RELAY_ON_TOP, output=output)
    small = 0.1 + 0.05 * abs(net.theta)
    net = net.with_theta(
        -small if output == "exp" else small
    )  # predictions in (0, 1), the domain of every loss
    expected = LOSSES[loss].cost(net(X), Y).mean()
    found = gradient(net, X, Y, loss, engine=engine)
    assert cost(net, X, Y, loss, engine=engine) == pytest.approx(expected, rel=1e-12)
    assert found.cost == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", [name for name in LOSSES if name not in ("cross_entropy", "absolute_error")])
def test_with_a_relay_among_the_outputs_the_gradient_is_the_derivative(loss, engine):
    net = network(RELAY_ON_TOP, output="sigmoid")
    direction = ht.random_array(net.n_parameters, seed=2)
    slope = ht.central_difference(
        lambda theta: cost(net.with_theta(theta), X, Y, loss, engine=engine), net.theta, direction
    )
    found = gradient(net, X, Y, loss, engine=engine).gradient.vector @ direction
    assert found == pytest.approx(slope, rel=1e-7)


@pytest.mark.parametrize("below", [["a", "b"], ["a", "b", "c"]])
def test_a_relay_with_several_elements_below_is_refused_with_its_name(below):
    relay = Relay("a", 1)
    H = Hierarchy.from_covers([(p, relay) for p in below])
    with pytest.raises(HierarchyError, match=r"a relay hands on one value: Relay\(source='a', rank=1\).*; "):
        Network(H)
