"""Dropout: masks that depend on seed, step, neuron and example only, and the gradient of what they leave."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

import calls
import hassenet as hn
from hassenet import testing as ht
from hassenet.engines import available
from hassenet.engines.dropout import Dropout
from hassenet.errors import ParameterError
from hassenet.likelihoods import as_loss

KINDS = {
    "dense": lambda: hn.Hierarchy.complete(5, 7, 6, 3),
    "sparse": lambda: hn.Hierarchy.random((9, 8, 7, 3), covers=(20, 18, 9), seed=0),
    "relays": lambda: hn.Hierarchy.random((9, 8, 7, 5), covers=(20, 15, 9), seed=2).crown(
        ["a", "b", "c"], over="all"
    ),
}
BOUNDED = sorted(set(ht.HIDDEN) - {"exp"})  # 100 steps from any start stay finite
M = 23


def network(kind, dtype="float64"):
    H = KINDS[kind]()
    rng = np.random.default_rng(1)
    hidden = {e: str(rng.choice(BOUNDED)) for i in range(1, H.depth) for e in H.ranks[i]}
    net = hn.Network(H, hidden=hidden, output="identity", seed=3, dtype=dtype)
    return net.with_theta(net.theta + rng.normal(scale=0.1, size=len(net.theta)))  # no signal at a kink


def data(net, m=M):
    rng = np.random.default_rng(2)
    H = net.hierarchy
    return rng.normal(size=(m, H.shape[0])), rng.normal(size=(m, H.shape[-1]))


def trained(net, engine, dropout, *, steps=12, batch_size=5, X=None, rates=None, theta=None, optimizer=None):
    goal = calls.goal(net, as_loss("squared_error"))
    given, Y = data(net)
    order = np.tile(np.random.default_rng(4).permutation(M), 25)[: steps * batch_size]
    optimizer = optimizer or hn.SGD(0.05)
    theta = np.array(net.theta if theta is None else theta)
    costs = calls.train(
        engine, goal, theta, optimizer.init(theta), given if X is None else X, Y, None, order,
        optimizer=optimizer, rates=np.full(steps, 0.005) if rates is None else rates, batch_size=batch_size,
        dropout=dropout,
    )  # fmt: skip
    return theta, costs


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", [hn.SGD(0.05), hn.Adam(0.01), hn.Nesterov(0.02)], ids=repr)
def test_the_engines_drop_the_same_neurons(engine, kind, optimizer):
    net = network(kind)
    dropout = Dropout.of(0.4, 0.2, net.hierarchy.depth, seed=7)
    theta, costs = trained(net, engine, dropout, steps=100, optimizer=optimizer)
    expected, expected_costs = trained(net, "reference", dropout, steps=100, optimizer=optimizer)
    np.testing.assert_allclose(theta, expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(costs, expected_costs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_goes_down_the_gradient_of_the_network_that_is_left(engine, kind):
    net = network(kind)
    dropout = Dropout.of(0.4, 0.3, net.hierarchy.depth, seed=5)
    one = {"steps": 1, "batch_size": M}
    moved, _ = trained(net, engine, dropout, **one, rates=np.array([1.0]))
    gradient, h = net.theta - moved, 1e-6

    def J(theta):
        return trained(net, engine, dropout, **one, rates=np.array([0.0]), theta=theta)[1][0]

    for k in range(0, len(net.theta), 5):
        e = np.eye(len(net.theta))[k] * h
        slope = (J(net.theta + e) - J(net.theta - e)) / (2 * h)
        np.testing.assert_allclose(gradient[k], slope, rtol=1e-5, atol=1e-7)


def test_batches_of_another_size_drop_the_same_neurons(engine):
    net, whole = network("relays"), {"rates": np.zeros(1), "steps": 1}
    dropout = Dropout.of(0.5, 0.5, net.hierarchy.depth, seed=0)
    X, Y = data(net)
    goal = calls.goal(net, as_loss("squared_error"))
    _, together = trained(net, engine, dropout, batch_size=M, **whole)
    apart = [
        calls.train(
            engine, goal, net.theta.copy(), (), X, Y, None, np.array([i]),
            optimizer=hn.SGD(0.1), rates=np.zeros(1), batch_size=1, dropout=dropout,
        )[0]
        for i in range(M)
    ]  # fmt: skip
    np.testing.assert_allclose(np.mean(apart), together[0], rtol=1e-12)


@pytest.mark.parametrize(
    "form", [np.float32, np.float16, np.asfortranarray, csr_array], ids=lambda f: f.__name__
)
def test_the_form_of_the_data_does_not_matter(engine, form):
    net = network("dense")
    dropout = Dropout.of(0.3, 0.3, net.hierarchy.depth, seed=1)
    X = data(net)[0].astype(np.float16).astype(float)  # numbers that every form can hold
    of_form = form(X) if form in (np.float32, np.float16, np.asfortranarray) else csr_array(X)
    theta, _ = trained(net, engine, dropout, X=of_form)
    np.testing.assert_allclose(theta, trained(net, engine, dropout, X=X)[0], rtol=1e-10, atol=1e-12)


@pytest.mark.skipif("native" not in available(), reason="only the compiled engine has threads")
def test_the_bits_are_the_same_for_every_number_of_threads():
    from hassenet.engines import native

    H = hn.Hierarchy.random((900, 800, 700, 3), covers=(20_000, 18_000, 900), seed=0)
    net = hn.Network(H, seed=1)
    X, Y = data(net, 300)
    before, results = native.threads(), []
    try:
        for n in (1, 2, 3):
            native.set_threads(n)
            results.append(
                hn.fit(
                    net,
                    X,
                    Y,
                    dropout=0.4,
                    input_dropout=0.1,
                    batch_size=100,
                    epochs=2,
                    optimizer=hn.SGD(0.001),
                )
            )
    finally:
        native.set_threads(before)
    assert len({result.network.theta.tobytes() for result in results}) == 1


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_a_neuron_is_dropped_with_probability_p_and_keeps_its_mean(p):
    factor = Dropout((p,), key=3).factor(0, np.arange(500), np.arange(2_000), 0)
    assert set(np.unique(factor)) == {0.0, 1 / (1 - p)}
    sd = np.sqrt(p / (1 - p) / factor.size)
    assert abs(factor.mean() - 1) < 4 * sd
    assert np.abs(factor.mean(axis=1) - 1).max() < 5 * sd * np.sqrt(500)  # no neuron is special
    assert np.abs(np.corrcoef(factor[:8])[np.triu_indices(8, 1)]).max() < 5 / np.sqrt(2_000)


def test_masks_differ_from_step_to_step_and_from_seed_to_seed():
    at = [
        Dropout.of(0.5, 0, 3, seed).at(s).factor(1, np.arange(40), np.arange(40), 0)
        for s in (0, 1)
        for seed in (0, 1)
    ]
    agreement = [(a == b).mean() for k, a in enumerate(at) for b in at[:k]]
    assert all(0.4 < share < 0.6 for share in agreement)
    two_steps_on = Dropout.of(0.5, 0, 3, 0).factor(1, np.arange(40), np.arange(40), 2)
    assert (Dropout.of(0.5, 0, 3, 0).at(2).factor(1, np.arange(40), np.arange(40), 0) == two_steps_on).all()


def test_of_a_linear_model_the_mean_cost_is_a_ridge_penalty(engine):
    """E J = J + p/(1 − p) Σⱼ wⱼ² mean(xⱼ²): Wager, Wang, Liang, "Dropout training as adaptive regularization", 2013."""
    net = hn.Network(hn.Hierarchy.complete(4, 1), theta=[1.0, -2.0, 0.5, 3.0, 0.2], dtype="float64")
    rng, p, steps = np.random.default_rng(0), 0.3, 4_000
    X, Y = rng.normal(size=(10, 4)), rng.normal(size=(10, 1))
    costs = calls.train(
        engine, calls.goal(net, as_loss("squared_error")), net.theta.copy(), (), X, Y, None,
        np.tile(np.arange(10), steps), optimizer=hn.SGD(0.1), rates=np.zeros(steps), batch_size=10,
        dropout=Dropout.of(0.0, p, 1, seed=0),
    )  # fmt: skip
    ridge = p / (1 - p) * (net.weights[0][0] ** 2 @ (X**2).mean(axis=0))
    expected = hn.cost(net, X, Y) + ridge
    assert abs(costs.mean() - expected) < 4 * costs.std() / np.sqrt(steps)


def test_a_rate_of_zero_drops_nothing(engine):
    net = network("relays")
    X, Y = data(net)
    options = {"engine": engine, "epochs": 2, "batch_size": 5, "optimizer": hn.SGD(0.005)}
    plain = hn.fit(net, X, Y, **options)
    assert (
        hn.fit(net, X, Y, dropout=[0.0] * (net.hierarchy.depth - 1), **options).network.theta
        == plain.network.theta
    ).all()


def test_a_continued_training_drops_what_one_run_would_have(engine):
    net = network("relays", "float32")
    X, Y = data(net)
    options = {
        "engine": engine,
        "batch_size": 5,
        "dropout": 0.3,
        "input_dropout": 0.1,
        "optimizer": hn.Adam(0.01),
    }
    whole = hn.fit(net, X, Y, epochs=4, **options)
    half = hn.fit(net, X, Y, epochs=2, **options)
    rest = hn.fit(half.network, X, Y, epochs=2, state=half.state, **options)
    assert (rest.network.theta == whole.network.theta).all()


def test_values_and_validation_are_those_of_the_whole_network(engine):
    net = network("sparse")
    X, Y = data(net)
    result = hn.fit(net, X, Y, dropout=0.5, epochs=1, validation_data=(X, Y), engine=engine)
    assert result.history[-1].validation_cost == pytest.approx(hn.cost(result.network, X, Y), rel=1e-12)


def test_a_softmax_in_the_middle_is_dropped_too(engine):
    net = hn.Network(
        hn.Hierarchy.complete(4, 5, 2), hidden="softmax", output="identity", seed=0, dtype="float64"
    )
    X, Y = data(net)
    one, other = (
        hn.fit(net, X, Y, dropout=0.4, epochs=3, engine=e, batch_size=4).network.theta
        for e in (engine, "reference")
    )
    np.testing.assert_allclose(one, other, rtol=1e-10)


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"dropout": 1.0}, r"dropout is a probability in \[0, 1\)"),
        ({"dropout": -0.1}, "probability"),
        ({"dropout": float("nan")}, "probability"),
        ({"dropout": "0.5"}, "probability"),
        ({"dropout": [0.1]}, "one a hidden rank: the network has 2"),
        ({"input_dropout": 1.5}, "input_dropout is a probability"),
        ({"dropout": 0.5, "optimizer": hn.LBFGS()}, "L-BFGS"),
    ],
)
def test_an_invalid_rate_of_dropout_is_refused(options, rule):
    net = network("dense")
    X, Y = data(net)
    with pytest.raises(ParameterError, match=rule):
        hn.fit(net, X, Y, **options)
