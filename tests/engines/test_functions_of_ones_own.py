"""Activations and losses that a user makes go wherever the library's go."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

import hassenet as hn
from hassenet import Hierarchy, Network, activations, load, save
from hassenet import testing as ht
from hassenet.activations import own
from hassenet.engines import Objective, get_engine
from hassenet.engines.engine import Request
from hassenet.engines.given import Given
from hassenet.errors import HassenetWarning, ParameterError
from hassenet.estimators import NetworkRegressor
from hassenet.likelihoods import Heads, OwnLoss
from hassenet.optimizers import LBFGS, Adam
from hassenet.penalties import Elements
from hassenet.training import cost, fit, gradient

X, Y = ht.random_array(30, 3, seed=0), ht.random_array(30, 1, seed=1)
HIERARCHY = Hierarchy.complete(3, 4, 3, 1)


def _bell(s):
    return np.exp(-s * s)


def _slope_of_bell(s, x):
    return -2 * s * x


def _pinball(p, y):
    return np.maximum(0.9 * (y - p), 0.1 * (p - y))


def _slope_of_pinball(p, y):
    return np.where(p < y, -0.9, 0.1)


BELL = own("bell", _bell, _slope_of_bell)
NINTH = OwnLoss("pinball", _pinball, _slope_of_pinball)
TWICE = own("half_tanh", lambda s: np.tanh(s) / 2, lambda s, x: 0.5 - 2 * x * x)


def net(hidden=BELL, **options):
    return Network(HIERARCHY, hidden=hidden, **{"dtype": "float64", "seed": 1, **options})


@pytest.mark.parametrize(
    ("value", "slope"),
    [
        (lambda p, y: p - y * np.log(p), lambda p, y: 1 - y / p),
        (lambda p, y: y / p + np.log(p), lambda p, y: 1 / p - y / p**2),
        (lambda p, y: -y * np.log(p) - (1 - y) * np.log(1 - p), lambda p, y: (p - y) / (p * (1 - p))),
    ],
    ids=["counts", "gamma", "probabilities"],
)
def test_a_loss_may_live_on_positive_outputs_alone(value, slope):
    assert OwnLoss("mine", value, slope).cost([[0.5]], [[0.25]]) == value(np.float64(0.5), 0.25)
    with pytest.raises(ParameterError, match="the slope of mine is that of its value"):
        OwnLoss("mine", value, lambda p, y: 2 * slope(p, y))


def test_a_slope_has_the_shape_of_what_it_is_given():
    with pytest.raises(ParameterError, match=r"of the shape \(1, 6\) there is one of the shape \(\); return"):
        own("doubled", lambda s: 2 * s, lambda s, x: 2.0)
    with pytest.raises(ParameterError, match="and its value are given element by element"):
        OwnLoss("total", lambda p, y: np.sum(p - y), lambda p, y: np.ones_like(p))


@pytest.mark.parametrize(
    "hidden", [BELL, "bell", [BELL, "tanh"], {"h1_0": BELL}, [["tanh", BELL, "relu", TWICE], TWICE]], ids=str
)
@pytest.mark.parametrize("loss", ["squared_error", NINTH], ids=["squared_error", "pinball"])
def test_the_gradient_with_functions_of_ones_own_is_the_central_difference(hidden, loss):
    one = net(hidden)
    g, h = gradient(one, X, Y, loss).gradient.vector, 1e-6
    for k in range(0, one.n_parameters, 5):
        e = h * np.eye(one.n_parameters)[k]
        difference = cost(one.with_theta(one.theta + e), X, Y, loss) - cost(
            one.with_theta(one.theta - e), X, Y, loss
        )
        assert g[k] == pytest.approx(difference / (2 * h), abs=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_that_does_what_one_of_the_library_does_trains_as_that_one(dtype):
    mine = own("my_tanh", np.tanh, lambda s, x: 1 - x * x)
    squared = OwnLoss("squared", lambda p, y: (p - y) ** 2, lambda p, y: 2 * (p - y))
    for optimizer in (Adam(0.01), LBFGS(5)):
        options = {"optimizer": optimizer, "epochs": 3}
        one = fit(net(mine, dtype=dtype), X, Y, squared, **options)
        other = fit(net("tanh", dtype=dtype), X, Y, "squared_error", **options, engine="reference")
        np.testing.assert_allclose(
            one.network.theta, other.network.theta, rtol=1e-5 if dtype == "float32" else 1e-12
        )


def test_the_minimum_of_the_pinball_loss_is_a_quantile():
    y = np.arange(1.0, 101)[:, None]
    start = Network(Hierarchy.complete(1, 1), dtype="float64", theta=[0.0, 50.0])
    found = fit(start, np.zeros((100, 1)), y, NINTH, optimizer=hn.SGD(5.0), batch_size=100, epochs=200)
    assert found.network([[0.0]]).item() == pytest.approx(90, abs=1.5)


def test_a_loss_of_ones_own_goes_on_any_output_and_on_heads():
    assert gradient(net(output="exp"), X, abs(Y), NINTH).cost > 0
    two = Network(Hierarchy.complete(3, 2), dtype="float64")
    assert gradient(two, X, Y, Heads(NINTH, (0.3, 1.0))).cost > 0


@pytest.mark.parametrize("loss", [None, NINTH], ids=["squared_error", "pinball"])
def test_the_compiled_engine_asked_for_by_name_says_what_activation_it_does_not_know(loss):
    for call in (fit, gradient):
        with pytest.warns(HassenetWarning, match="engine='native' does not know the activation 'bell'"):
            call(net(BELL), X, Y, loss, engine="native")
        for engine in (None, "reference"):
            call(net(BELL), X, Y, loss, engine=engine)  # a warning would be an error here


@pytest.mark.parametrize("output", ["identity", "exp"])
@pytest.mark.parametrize("penalty", [hn.L2(0.1), hn.L1(0.05), Elements(0.1)], ids=repr)
def test_a_loss_of_ones_own_runs_on_the_compiled_engine_through_its_deltas(output, penalty):
    """What it costs and its gradient are those of the readable engine but for rounding, step by step."""
    options = {"penalty": penalty, "optimizer": Adam(0.01), "epochs": 2, "batch_size": 4}
    one, w = net("tanh", output=output), np.arange(1.0, len(X) + 1)
    runs = [fit(one, X, abs(Y), NINTH, sample_weight=w, **options, engine=e) for e in ("native", "reference")]
    np.testing.assert_allclose(runs[0].network.theta, runs[1].network.theta, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(runs[0].costs, runs[1].costs, rtol=1e-12)
    costs = [cost(one, X, abs(Y), NINTH, penalty, engine=e) for e in ("native", "reference")]
    assert costs[0] == pytest.approx(costs[1], rel=1e-12)
    request = Request(one.plan, one.theta.dtype, Given(X, Y), Objective.of(one.plan, NINTH, penalty))
    assert get_engine("native")._for(request).name == "native with deltas"


def test_estimators_take_functions_of_ones_own():
    model = NetworkRegressor(
        NINTH, (4, 3), [BELL, "logistic"], max_iter=3, tol=1e9, n_iter_no_change=1, random_state=0
    )
    copy = clone(model).fit(X, Y[:, 0])
    assert [str(G) for G in copy.network_.activations] == ["bell", "sigmoid", "identity"]
    np.testing.assert_array_equal(copy.predict(X), model.fit(X, Y[:, 0]).predict(X))


def test_a_network_with_one_is_pickled_and_saved_by_whoever_knows_it(tmp_path, monkeypatch):
    save(net(), tmp_path / "model")
    text = pickle.dumps(net())
    np.testing.assert_array_equal(load(tmp_path / "model")(X), net()(X).astype("f8"))
    monkeypatch.setattr(activations.table, "_OWN", {})
    with pytest.raises(
        ValueError, match=r"no activation 'bell'.*make one of your own known by activations.own"
    ):
        load(tmp_path / "model")
    np.testing.assert_array_equal(pickle.loads(text)(X), net(BELL)(X))


@pytest.mark.parametrize("name", ["tanh", "logistic", "softmax/2", "", "a b", None])
def test_a_name_that_an_activation_cannot_have_is_refused(name):
    with pytest.raises(
        ParameterError, match="an activation of one's own has a name that the library's have not"
    ):
        own(name, _bell, _slope_of_bell)


def test_a_slope_that_is_not_that_of_the_value_is_refused():
    with pytest.raises(ParameterError, match="the derivative of wrong is that of its value"):
        own("wrong", _bell, lambda s, x: 2 * s * x)
    with pytest.raises(ParameterError, match="the slope of pinball is that of its value"):
        OwnLoss("pinball", _pinball, lambda p, y: np.where(p < y, 0.9, 0.1))
    with pytest.raises(ParameterError, match="comes from no model that is known"):
        NINTH.likelihood.sample([[0.0]], np.random.default_rng(0))
