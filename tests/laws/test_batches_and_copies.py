"""Law 5: the engines agree, a batch is the mean of its examples; and a weight is a number of copies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import calls
from hassenet import testing as ht
from hassenet.engines import available, get_engine
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import as_loss
from hassenet.network import Network
from hassenet.optimizers import SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L1, L2, ElasticNet
from hassenet.training import fit
from hassenet.training.objective import cost, gradient

OUTPUTS = {
    "squared_error": "identity",
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "poisson": "exp",
}


def targets(loss, k, m, rng):
    return {
        "squared_error": rng.standard_normal((m, k)),
        "absolute_error": rng.standard_normal((m, k)),
        "binary_cross_entropy": rng.integers(0, 2, (m, k)) * 1.0,
        "cross_entropy": np.eye(k)[rng.integers(0, k, m)],
        "poisson": rng.poisson(1.0, (m, k)) * 1.0,
    }[loss]


@st.composite
def problems(draw):
    """A network with its canonical loss, and data."""
    loss = draw(st.sampled_from(sorted(OUTPUTS)))
    net = draw(ht.networks(output=[OUTPUTS[loss]]))
    net = net.with_theta(net.theta / 2)
    rng = np.random.default_rng(draw(ht.seeds()))
    m, (n, k) = draw(st.integers(1, 6)), (net.hierarchy.shape[0], net.hierarchy.shape[-1])
    return net, loss, rng.standard_normal((m, n)), targets(loss, k, m, rng)


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)


@given(problem=problems())
def test_the_engine_agrees_with_the_reference(engine, problem):
    net, loss, X, Y = problem
    goal = calls.goal(net, as_loss(loss), L2(0.1))
    close(calls.value(engine, net, X), calls.value("reference", net, X))
    for found, expected in zip(
        calls.gradient(engine, goal, net.theta, X, Y),
        calls.gradient("reference", goal, net.theta, X, Y),
        strict=True,
    ):
        close(found, expected)


@given(problem=problems())
def test_one_step_on_m_examples_is_the_mean_of_the_gradients_of_m_steps(engine, problem):
    net, loss, X, Y = problem
    J, g = gradient(net, X, Y, loss, engine=engine)
    alone = [gradient(net, x[None], y[None], loss, engine=engine) for x, y in zip(X, Y, strict=True)]
    close(J, np.mean([one.cost for one in alone]))
    close(g.vector, np.mean([one.gradient.vector for one in alone], axis=0))


@given(problem=problems(), data=st.data())
def test_a_weight_is_a_number_of_copies(engine, problem, data):
    net, loss, X, Y = problem
    copies = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(X), max_size=len(X)).filter(any)))
    weighted = gradient(net, X, Y, loss, penalty=L2(0.1), sample_weight=copies, engine=engine)
    copied = gradient(
        net, np.repeat(X, copies, axis=0), np.repeat(Y, copies, axis=0), loss, penalty=L2(0.1), engine=engine
    )
    close(weighted.cost, copied.cost)
    close(weighted.gradient.vector, copied.gradient.vector)


@given(problem=problems(), scale=st.floats(1e-3, 1e3))
def test_only_the_shares_of_weights_count(engine, problem, scale):
    net, loss, X, Y = problem
    w = 1.0 + np.arange(len(X))
    one, other = (gradient(net, X, Y, loss, sample_weight=v, engine=engine) for v in (w, scale * w))
    close(one.cost, other.cost)
    close(one.gradient.vector, other.gradient.vector)


@given(problem=problems())
def test_the_order_of_the_examples_does_not_matter(engine, problem):
    net, loss, X, Y = problem
    one, other = (
        gradient(net, X, Y, loss, engine=engine),
        gradient(net, X[::-1], Y[::-1], loss, engine=engine),
    )
    close(one.cost, other.cost)
    close(one.gradient.vector, other.gradient.vector)


@given(problem=problems())
def test_the_cost_alone_is_the_cost_beside_the_gradient(engine, problem):
    net, loss, X, Y = problem
    w = 1.0 + np.arange(len(X))
    close(
        cost(net, X, Y, loss, penalty=L2(0.2), sample_weight=w),
        gradient(net, X, Y, loss, penalty=L2(0.2), sample_weight=w, engine=engine).cost,
    )


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.05), Nesterov(0.05), Adam(0.01), AdamW(0.01)])
@pytest.mark.parametrize("penalty", [None, L2(0.1), L1(0.02), ElasticNet(0.02, 0.1)])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_training_run_is_the_same_on_every_engine(engine, optimizer, penalty, weighted):
    H = Hierarchy.random((4, 5, 3, 2), covers=(9, 8, 6), seed=0).crown(["y", "z"])
    net = Network(H, hidden="tanh", dtype="float64", seed=0)
    X, Y = ht.random_array(21, 4, seed=0), ht.random_array(21, 2, seed=1)
    w = 0.5 + np.arange(21) if weighted else None
    runs = [
        fit(
            net, X, Y, penalty=penalty, optimizer=optimizer, batch_size=5, epochs=3, sample_weight=w, engine=e
        )
        for e in (engine, "reference")
    ]
    close(runs[0].costs, runs[1].costs)
    close(runs[0].network.theta, runs[1].network.theta)


def test_the_engines_that_are_there_include_the_reference():
    assert "reference" in available()
    assert get_engine().name == available()[0]
