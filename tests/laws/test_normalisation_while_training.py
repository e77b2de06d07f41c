"""Signals standardised over the batch while training: the gradient, the folded network, and going on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import calls
from hassenet import testing as ht
from hassenet.data.examples import Examples
from hassenet.engines import get_engine, normalisation
from hassenet.engines.dropout import Dropout, Masks
from hassenet.engines.given import Given
from hassenet.engines.normalisation import Normalisation
from hassenet.errors import DataError, DivergedError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import as_loss
from hassenet.network import Network
from hassenet.network.folding import fold_standardisation
from hassenet.optimizers import LBFGS, SGD, Adam
from hassenet.penalties import L2
from hassenet.training import EarlyStopping, fit
from hassenet.training.normalising import Folding, Moments

H = Hierarchy.random((5, 6, 4, 2), covers=(14, 12, 6), seed=2).crown(["y", "z"])  # with relays
M = 13
X, Y, WEIGHT = ht.random_array(M, 5, seed=0), ht.random_array(M, 2, seed=1), np.arange(M) % 4
NET = Network(H, hidden="tanh", dtype="float64", seed=0)
NET = NET.with_theta(NET.theta + 0.1 * ht.random_array(1, NET.n_parameters, seed=2)[0])
PLAIN = Normalisation()
KINDS = {"all alike": None, "weighted": WEIGHT}
each_weight = pytest.mark.parametrize("weight", KINDS.values(), ids=KINDS)


def normalised(net, data):
    """The value of the normalised network on the rows, each its own batch of all."""
    last = normalisation.signals(PLAIN, net.plan, net.theta, data)[-1]
    return net.plan.layers[-1].G.value(last.T).T


@each_weight
@pytest.mark.parametrize("dropped", [False, True])
def test_the_gradient_goes_through_the_statistics_as_the_central_difference_does(weight, dropped):
    J = calls.goal(NET, as_loss("squared_error"), L2(0.1)).objective
    masks = Masks(Dropout.of(0.3, 0.2, H.depth, 5), np.arange(M)) if dropped else None

    def cost(theta):
        return normalisation.gradient(PLAIN, NET.plan, J, theta, Given(X, Y, weight), masks)[0]

    found = normalisation.gradient(PLAIN, NET.plan, J, NET.theta, Given(X, Y, weight), masks)[1]
    steps = np.eye(NET.n_parameters)[::2] * 1e-6
    expected = [(cost(NET.theta + e) - cost(NET.theta - e)) / 2e-6 for e in steps]
    np.testing.assert_allclose(found[::2], expected, rtol=1e-6, atol=1e-8)


@each_weight
def test_signals_have_mean_0_and_variance_1_beside_their_biases_and_relays_hand_on_as_ever(weight):
    p = np.ones(M) / M if weight is None else weight / weight.sum()
    *hidden, _ = normalisation.signals(PLAIN, NET.plan, NET.theta, Given(X, Y, weight))
    x = X
    for layer, s in zip(NET.plan.layers, hidden, strict=False):
        t = (s - layer.b(NET.theta))[:, layer.free]
        np.testing.assert_allclose(p @ t, 0, atol=1e-12)
        np.testing.assert_allclose(p @ t**2, 1, atol=0.01)
        relays = np.setdiff1d(np.arange(s.shape[1]), layer.free)
        np.testing.assert_array_equal(s[:, relays], (x @ layer.W(NET.theta).T)[:, relays])
        x = layer.G.value(s.T).T


@given(net=ht.networks(), seed=ht.seeds(), weighted=st.booleans())
def test_the_folded_network_is_the_normalised_one_on_the_rows_it_was_measured_on(net, seed, weighted):
    rows = ht.random_array(9, net.plan.n_inputs, seed=seed)
    data = Given(rows, None, np.arange(9.0) if weighted else None)
    folded = Folding(get_engine(), Examples(*data), PLAIN)(net)
    expected = normalised(net, data)
    assert ht.relative_error(folded(rows), expected) < 1e-12
    assert (folded.hierarchy, folded.activations) == (net.hierarchy, net.activations)


@given(seed=ht.seeds(), cut=st.integers(0, 20))
def test_moments_of_parts_add_up_to_those_of_all(seed, cut):
    z, w = ht.random_array(3, 20, seed=seed), abs(ht.random_array(1, 20, seed=seed + 1)[0])
    parts = Moments.of(z[:, :cut], w[:cut]) + Moments.of(z[:, cut:], w[cut:])
    whole = Moments.of(z, w)
    for name in ("weight", "mean", "squares"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-12, atol=1e-12)


def options(**more):
    return {"loss": "squared_error", "normalise": True, "batch_size": 4, "optimizer": Adam(0.02), **more}


def test_what_comes_back_is_a_network_as_ever_and_it_has_learned(engine):
    target = np.tanh(X[:, :2] - X[:, 2:4])
    run = fit(NET, X, target, epochs=30, engine=engine, **options())
    assert run.network.hierarchy is NET.hierarchy
    error = ((run.network(X) - target) ** 2).mean()
    assert error < 0.5 * target.var()
    at = fit(NET.with_activations(hidden="relu"), X, target, epochs=5, engine=engine, **options()).network
    for x in X[:3]:
        W, b = at.affine(at=x)
        np.testing.assert_allclose(W @ x + b, at(x[None])[0], rtol=1e-10, atol=1e-12)


def test_both_engines_train_the_same_network(engine):
    found, expected = (
        fit(NET, X, Y, epochs=3, sample_weight=WEIGHT + 1, engine=e, **options())
        for e in (engine, "reference")
    )
    np.testing.assert_allclose(found.network.theta, expected.network.theta, rtol=1e-10)
    np.testing.assert_array_equal(found.costs, expected.costs)


def test_without_an_epoch_the_network_is_the_start_normalised(engine):
    found = fit(NET, X, Y, epochs=0, engine=engine, **options()).network
    assert ht.relative_error(found(X), normalised(NET, Given(X))) < 1e-12


def test_validation_callbacks_and_the_best_epoch_see_the_network_that_would_come_back():
    seen, held = [], (ht.random_array(6, 5, seed=7), ht.random_array(6, 2, seed=8))
    run = fit(
        NET, X, Y, epochs=6, validation_data=held, score=lambda y, p: -float(((p - y) ** 2).sum(1).mean()),
        callbacks=[lambda _, net: seen.append(net)], early_stopping=EarlyStopping(patience=100), **options(),
    )  # fmt: skip
    for k, net in enumerate(seen):
        alone = fit(NET, X, Y, epochs=k + 1, **options()).network
        np.testing.assert_array_equal(net.theta, alone.theta)
        cost = ((net(held[0]) - held[1]) ** 2).sum(1).mean()
        np.testing.assert_allclose(run.history[k].validation_cost, cost, rtol=1e-12)
        np.testing.assert_allclose(run.history[k].validation_score, -cost, rtol=1e-12)
    np.testing.assert_array_equal(run.network.theta, seen[run.best_epoch].theta)


@pytest.mark.parametrize("stopping", [None, EarlyStopping(patience=100)], ids=["last", "best"])
def test_three_epochs_and_three_more_are_six(engine, stopping):
    held = ht.random_array(6, 5, seed=7), ht.random_array(6, 2, seed=8)
    more = options(engine=engine, early_stopping=stopping, validation_data=held)
    first = fit(NET, X, Y, epochs=3, **more)
    second = fit(first.network, X, Y, epochs=3, state=first.state, **more)
    whole = fit(NET, X, Y, epochs=6, **more)
    np.testing.assert_array_equal(second.network.theta, whole.network.theta)
    np.testing.assert_array_equal([*first.costs, *second.costs], whole.costs)


@pytest.mark.parametrize("before", [False, True])
def test_a_training_goes_on_normalised_as_it_began_or_is_refused(before):
    first = fit(NET, X, Y, epochs=1, **options(normalise=before))
    with pytest.raises(ParameterError, match=f"state is that of a training with normalise={before}"):
        fit(first.network, X, Y, epochs=1, state=first.state, **options(normalise=not before))


def test_signals_that_do_not_vary_become_the_bias_and_do_no_harm(engine):
    constant = np.tile(X[:1], (M, 1))
    run = fit(NET, constant, Y, epochs=5, engine=engine, **options())
    assert np.isfinite(run.costs).all()
    dead = NET.with_theta(np.zeros(NET.n_parameters))
    assert np.isfinite(fit(dead, X, Y, epochs=5, engine=engine, **options()).network.theta).all()
    np.testing.assert_allclose(run.network(constant)[0], run.network(constant)[-1], rtol=1e-12)


def test_a_last_batch_of_one_takes_the_first_example_of_the_epoch_too(engine):
    assert M % 4 == 1
    run = fit(NET, X, Y, epochs=1, shuffle=False, engine=engine, **options(optimizer=SGD(0.01)))
    again = np.append(np.arange(M), 0)
    padded = fit(
        NET, X[again], Y[again], epochs=1, shuffle=False, engine=engine, **options(optimizer=SGD(0.01))
    )
    np.testing.assert_array_equal(run.costs, padded.costs)


def test_what_cannot_be_normalised_is_refused_before_any_training():
    with pytest.raises(
        ParameterError, match="a single example has no deviation; give a batch_size of 2 or more"
    ):
        fit(NET, X, Y, **options(batch_size=1))
    with pytest.raises(DataError, match="no deviation; give two examples or more"):
        fit(NET, X[:1], Y[:1], **options())
    with pytest.raises(ParameterError, match="normalise is for steps on batches; choose another"):
        fit(NET, X, Y, **options(optimizer=LBFGS()))
    with pytest.raises(ParameterError, match="normalise is True or False; got 'batch'"):
        fit(NET, X, Y, **options(normalise="batch"))
    with pytest.raises(ShapeError, match="mean has one number for each of the 6"):
        fold_standardisation(NET, 0, [0.0], np.ones(len(H.ranks[1])))


def test_where_it_diverges_the_error_has_the_folded_network_before():
    with pytest.raises(DivergedError, match="a cost must be finite") as info:
        fit(NET, 1e3 * X, 1e200 * Y, epochs=50, **options(optimizer=SGD(1e150)))
    assert np.isfinite(info.value.network(X)).all()
