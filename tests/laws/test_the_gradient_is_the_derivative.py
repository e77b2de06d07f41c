"""Law 1: ∂J/∂θ equals the central difference, and the derivative of an independent autodiff."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import textbook
from hassenet import testing as ht
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import GaussianLoss
from hassenet.network import Network
from hassenet.penalties import L1, L2, ElasticNet
from hassenet.training.objective import cost, gradient

COMPLETE = Hierarchy.complete(3, 4, 3, 2)
SPARSE = Hierarchy.random((3, 4, 3, 2), covers=(7, 7, 4), seed=3)
COVARIANCE = np.array([[2.0, 0.6], [0.6, 0.5]])

HIDDEN = [*ht.HIDDEN, "mixed"]
LOSSES = [*textbook.LOSSES, "gaussian"]
POSITIVE = {
    "binary_cross_entropy",
    "cross_entropy",
    "poisson",
    "negative_binomial",
}  # losses that need 0 < ŷ (and ŷ < 1)

# Last signals between which every output lies strictly inside (0, 1), so that any pair is defined.
INSIDE = {
    "tanh": (0.4, 0.8),
    "softplus": (-1.3, -0.3),
    "gelu": (0.5, 0.9),
    "silu": (0.5, 0.9),
    "exp": (-1.5, -0.4),
}
M = 3  # examples


def own_loss(name):
    """The loss as hassenet takes it, and as the textbook writes it."""
    if name == "gaussian":
        return GaussianLoss(COVARIANCE), textbook.gaussian(COVARIANCE)
    return name, textbook.LOSSES[name]


def hidden_names(H, hidden):
    if hidden != "mixed":
        return hidden
    inner = [e for i in range(1, H.depth) for e in H.ranks[i]]
    return {e: ht.HIDDEN[k % len(ht.HIDDEN)] for k, e in enumerate(inner)}


def targets(loss, prediction, rng):
    k = prediction.shape[1]
    if loss == "binary_cross_entropy":
        return rng.uniform(0, 1, (M, k))
    if loss == "cross_entropy":
        return rng.dirichlet(np.ones(k), M)
    if loss in ("poisson", "negative_binomial"):
        return rng.poisson(2.0, (M, k)).astype(float)
    return prediction + rng.choice([-1, 1], (M, k)) * rng.uniform(0.3, 1.5, (M, k))


def away_from_kinks(net, names, X):
    """Whether every signal of a bent activation is so far from 0 that no difference of parameters crosses it."""
    for s, G in zip(textbook.signals(*textbook.full(net), names, X), names, strict=True):
        bent = [g in textbook.BENT for g in ([G] * s.shape[1] if isinstance(G, str) else G)]
        if np.abs(s[:, bent]).min(initial=1) < 0.04:
            return False
    return True


def tamed(net, names, X, output, rng):
    """The network with a last layer whose outputs lie strictly between 0 and 1."""
    W, b = textbook.full(net)
    x = textbook.activate(names[-2], textbook.signals(W, b, names, X)[-2])
    W[-1] *= 0.15 / max(np.abs(x @ W[-1].T).max(), 1e-12)
    b[-1] = rng.uniform(*INSIDE.get(output, (0.3, 0.7)), b[-1].shape)
    return net.with_parameters(W, b)


def problem(H, loss, output, hidden):
    """A network, its activations' names, data and weights where the pair of loss and output is defined and smooth."""
    chosen = hidden_names(H, hidden)
    start = Network(H, hidden=chosen, output=output, dtype="float64")
    names = textbook.activation_names(H, chosen, output)
    tries = (attempt(H, start, names, loss, output, np.random.default_rng(seed)) for seed in count())
    return next(found for found in tries if away_from_kinks(found[0], names, found[2]))


def attempt(H, start, names, loss, output, rng):
    X = rng.standard_normal((M, H.shape[0]))
    net = start.with_theta(0.7 * rng.standard_normal(start.n_parameters))
    net = tamed(net, names, X, output, rng) if loss in POSITIVE else net
    return net, names, X, targets(loss, net(X), rng), rng.uniform(0.2, 3, M)


def assert_equals_autodiff(found, expected, H):
    """Compare a gradient in matrices with the textbook's, on the parameters; off them there must be 0."""
    for i, mask in enumerate(textbook.masks(H)):
        W, b = textbook.dense(found.weights[i]), found.biases[i]
        free = ~H.relays(i + 1)
        assert ht.relative_error(W[mask], expected[0][i][mask]) < 1e-10
        assert ht.relative_error(b[free], expected[1][i][free]) < 1e-10
        assert not W[~mask].any()
        assert not b[~free].any()


def assert_equals_difference(function, net, vector, seeds):
    for seed in seeds:
        direction = ht.random_array(net.n_parameters, seed=seed)
        direction /= np.linalg.norm(direction)
        slope = ht.central_difference(function, net.theta, direction)
        assert abs(vector @ direction - slope) <= 1e-7 * max(np.linalg.norm(vector), 1e-3)


CASES = [
    (loss, output, hidden)
    for loss in LOSSES
    for output in ht.OUTPUT
    for hidden in (["mixed"] if loss in ("negative_binomial", "quantile", "student_t") else HIDDEN)
]


@pytest.mark.parametrize(("loss", "output", "hidden"), CASES)
def test_backpropagation_is_the_derivative_for_every_loss_output_and_activation(loss, output, hidden, engine):
    own, written = own_loss(loss)
    for H in (COMPLETE, SPARSE):
        net, names, X, Y, w = problem(H, loss, output, hidden)
        for weight in (None, w):
            J, g = gradient(net, X, Y, own, sample_weight=weight, engine=engine)
            assert J == pytest.approx(
                textbook.cost(written, names, textbook.full(net), X, Y, weight), rel=1e-12
            )
            assert_equals_autodiff(
                g, textbook.cost_gradient(written, names, textbook.full(net), X, Y, weight), H
            )

            def at(theta, net=net, X=X, Y=Y, weight=weight):
                return cost(net.with_theta(theta), X, Y, own, sample_weight=weight)

            assert_equals_difference(at, net, g.vector, seeds=(0, 1))


@given(data=st.data(), net=ht.networks(output=["identity", "tanh"]), seed=ht.seeds())
def test_backpropagation_is_the_derivative_on_any_hierarchy_with_any_mixture_of_activations(
    engine, data, net, seed
):
    rng = np.random.default_rng(seed)
    H, X = net.hierarchy, rng.standard_normal((M, net.hierarchy.shape[0]))
    names = [list(G.names) for G in net.activations]
    assume(away_from_kinks(net, names, X))
    loss = data.draw(st.sampled_from(["squared_error", "absolute_error"]))
    Y = targets(loss, net(X), rng)
    w = rng.uniform(0, 2, M)
    l2 = data.draw(st.sampled_from([0.0, 0.3]))
    _, g = gradient(net, X, Y, loss, penalty=L2(l2), sample_weight=w, engine=engine)
    expected = textbook.cost_gradient(
        textbook.LOSSES[loss], names, textbook.full(net), X, Y, w, l2=l2, free=textbook.masks(H)
    )
    assert_equals_autodiff(g, expected, H)


@given(
    net=ht.networks(hidden=["tanh", "gelu", "silu", "softplus", "sigmoid"], output=["softmax"]),
    seed=ht.seeds(),
)
def test_every_single_coordinate_of_the_gradient_is_the_central_difference(engine, net, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((M, net.hierarchy.shape[0]))
    Y = rng.dirichlet(np.ones(net.hierarchy.shape[-1]), M)
    _, g = gradient(net, X, Y, "cross_entropy", penalty=L2(0.1), engine=engine)

    def at(theta):
        return cost(net.with_theta(theta), X, Y, "cross_entropy", penalty=L2(0.1))

    found = [ht.central_difference(at, net.theta, e) for e in np.eye(net.n_parameters)]
    assert ht.relative_error(found, g.vector) <= 1e-7


@pytest.mark.parametrize("penalty", [L2(0.3), L1(0.3), ElasticNet(0.2, 0.3)])
@pytest.mark.parametrize("H", [COMPLETE, SPARSE, Hierarchy.subsets(3).crown(["a", "b"])])
def test_a_penalty_adds_its_derivative_on_weights_and_nothing_on_biases_or_relays(H, penalty, engine):
    net = Network(H, hidden="tanh", dtype="float64", seed=1)
    net = net.with_theta(net.theta + 0.1)
    X, Y = ht.random_array(M, H.shape[0], seed=1), ht.random_array(M, H.shape[-1], seed=2)
    plain, penalised = (
        gradient(net, X, Y, "squared_error", penalty=R, engine=engine) for R in (None, penalty)
    )
    l1, l2 = (
        getattr(penalty, "l1", 0.3 * isinstance(penalty, L1)),
        getattr(penalty, "l2", 0.3 * isinstance(penalty, L2)),
    )
    weights = [textbook.dense(W) * mask for W, mask in zip(net.weights, textbook.masks(H), strict=True)]
    R = sum(l1 * abs(W).sum() + l2 / 2 * (W**2).sum() for W in weights)
    assert penalised.cost - plain.cost == pytest.approx(R, rel=1e-12)
    for i, W in enumerate(weights):
        difference = textbook.dense(penalised.gradient.weights[i]) - textbook.dense(plain.gradient.weights[i])
        np.testing.assert_allclose(difference, l1 * np.sign(W) + l2 * W, atol=1e-12)
        np.testing.assert_array_equal(penalised.gradient.biases[i], plain.gradient.biases[i])


def test_the_gradient_and_theta_have_one_layout():
    """Reading the flat gradient as matrices is reading θ as matrices."""
    H = Hierarchy.subsets(3).crown(["a", "b"])
    net = Network(H, hidden="tanh", output="exp", dtype="float64")
    X, Y = ht.random_array(M, 3, seed=1), np.ones((M, 2))
    g = gradient(net, X, Y).gradient
    read = net.with_theta(g.vector)
    for i, mask in enumerate(textbook.masks(H)):
        np.testing.assert_array_equal(
            textbook.dense(read.weights[i])[mask], textbook.dense(g.weights[i])[mask]
        )
        np.testing.assert_array_equal(read.biases[i], g.biases[i])
    assert len(g.vector) == net.n_parameters == sum(m.sum() for m in textbook.masks(H)) + 3 + 1 + 2
