"""s = Wx + Cz + b: covariates z enter at the outputs, with a strength of their own, and are never dropped."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LinearRegression, LogisticRegression

from hassenet import Hierarchy, Network, fit, gradient, refit_output
from hassenet.engines import available
from hassenet.errors import ParameterError
from hassenet.likelihoods import CoxLoss
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L1, L2, ElasticNet, Elements, NoPenalty, Separate
from hassenet.shaping import covariates, head_per_element, widen
from hassenet.training.objective import cost

RNG = np.random.default_rng(0)
H0 = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("p", "top"), ("q", "top")])
WITH_HEADS = {
    "heads": covariates(head_per_element(H0, ["y"]).hierarchy, ["age", "sex"]).hierarchy,
    "wide": covariates(widen(H0.crown(["y"], over="maximal"), 2).hierarchy, ["age", "sex"]).hierarchy,
    "flat": covariates(Hierarchy.complete(3, 2), ["age", "sex"]).hierarchy,
}
RESTS = [
    NoPenalty(),
    L2(0.1),
    L1(0.05),
    ElasticNet(0.05, 0.1),
    Elements(0.05),
    Elements(0.05, side="above", l2=0.1),
]
RULES = [SGD(0.05), Momentum(0.02), Nesterov(0.02), Adam(0.02), AdamW(0.02)]
X = RNG.standard_normal((40, 5))
AGE, LOW = 2 * X[:, 3] - X[:, 4] + 3, LogisticRegression


@pytest.fixture(params=WITH_HEADS.values(), ids=WITH_HEADS.keys())
def net(request):
    return Network(request.param, hidden="tanh", dtype="float64", seed=1)


def targets(net):
    return AGE[:, None] + 0.1 * np.arange(net.hierarchy.shape[-1])


def weights_of_covariates(net):
    """C, (k, q): the last layer's weights at relays of covariates."""
    H, last = net.hierarchy, net.weights[-1]
    carried = [k for k, e in enumerate(H.ranks[-2]) if getattr(e, "source", e) in H.covariates]
    return np.asarray(last[:, carried].todense() if hasattr(last, "todense") else last[:, carried])


def test_the_penalty_is_that_of_the_rest_and_a_square_of_covariates(net, engine):
    C = weights_of_covariates(net)
    for R in RESTS[:4]:
        w = np.concatenate([net.theta[s] for s in net.plan.weights])
        of_all, of_these = R.value(w), R.value(C.ravel())
        expected = cost(net, X, targets(net), engine=engine) + of_all - of_these + 0.35 * (C**2).sum()
        assert cost(net, X, targets(net), penalty=Separate(R, 0.7), engine=engine) == pytest.approx(expected)


@pytest.mark.parametrize("rest", RESTS, ids=repr)
def test_the_gradient_with_covariates_is_the_central_difference(rest, net, engine):
    Y, R, h = targets(net), Separate(rest, 0.7), 1e-6
    slope = gradient(net, X, Y, penalty=R, engine=engine).gradient.vector
    for k in RNG.choice(net.n_parameters, 6, replace=False):
        step = h * (np.arange(net.n_parameters) == k)
        up, down = (
            cost(net.with_theta(net.theta + s), X, Y, penalty=R, engine=engine) for s in (step, -step)
        )
        assert slope[k] == pytest.approx((up - down) / (2 * h), abs=1e-5)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("other", [name for name in available() if name != "reference"])
def test_with_covariates_engines_take_the_same_steps(rule, other):
    given = [X, csr_array(X), X.astype("f4"), csr_array(X)]
    for rest, of_type, Z in zip(RESTS[1:5], ("f8", "f8", "f4", "f4"), given, strict=True):
        net = Network(WITH_HEADS["heads"], hidden="tanh", dtype=of_type, seed=1)
        options = {"penalty": Separate(rest, 0.2), "optimizer": rule, "epochs": 2, "batch_size": 20}
        one, two = (
            fit(net, Z, targets(net), engine=name, input_dropout=0.4, **options).network.theta
            for name in ("reference", other)
        )
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-10 if of_type == "f8" else 1e-4)


def test_covariates_are_not_dropped(net, engine):
    """Where features are 0 a dropout of features leaves nothing out."""
    Z = X * [0, 0, 0, 1, 1]
    runs = [fit(net, Z, targets(net), input_dropout=p, epochs=2, engine=engine).network for p in (0.0, 0.7)]
    np.testing.assert_allclose(runs[0].theta, runs[1].theta, rtol=0, atol=1e-12)


def test_weights_of_covariates_do_not_vanish_with_the_rest(net, engine):
    for rest in (L1(9.0), Elements(9.0, side="above")):
        run = fit(net, X, targets(net), penalty=Separate(rest), optimizer=Adam(0.1), epochs=30, engine=engine)
        C = weights_of_covariates(run.network)
        assert (abs(C) > 0.1).all()
        assert np.count_nonzero(np.concatenate([run.network.theta[s] for s in net.plan.weights])) == C.size


def test_without_a_penalty_of_their_own_it_is_the_linear_regression_on_them(net):
    Y, Z = targets(net), X[:, 3:]
    refitted = refit_output(net, X, Y, penalty=Separate(L2(1e9)))
    oracle = LinearRegression().fit(Z, Y)
    np.testing.assert_allclose(weights_of_covariates(refitted), oracle.coef_, atol=1e-6)
    np.testing.assert_allclose(refitted(X), oracle.predict(Z), atol=1e-6)
    main, y = net.with_outputs(net.hierarchy.ranks[-1][-1:]), Y[:, [0]] + X[:, [0]] ** 2
    free = refit_output(main, X, y, penalty=Separate(NoPenalty()))
    both = np.hstack([main.hidden_features(X, -2), Z])
    np.testing.assert_allclose(free(X), LinearRegression().fit(both, y).predict(both), atol=1e-5)


def test_of_classes_it_is_the_logistic_regression_on_them():
    y = (AGE + RNG.standard_normal(40) * 3 > AGE.mean()).astype(float)
    net = Network(WITH_HEADS["flat"], output="sigmoid", dtype="float64", seed=1).with_outputs(["y0"])
    ours = fit(
        net, X, y, penalty=Separate(L2(1e9)), optimizer=LBFGS(tol=1e-10, cost_tol=0.0), epochs=500
    ).network
    oracle = LOW(C=np.inf, tol=1e-10).fit(X[:, 3:], y)
    np.testing.assert_allclose(weights_of_covariates(ours), oracle.coef_, atol=1e-4)
    np.testing.assert_allclose(
        refit_output(ours, X, y, penalty=Separate(L2(1e9)))(X)[:, 0],
        oracle.predict_proba(X[:, 3:])[:, 1],
        atol=1e-5,
    )


def test_without_covariates_the_penalty_is_that_of_the_rest(engine):
    net = Network(H0.crown(["y"]), hidden="tanh", seed=1)
    runs = [
        fit(net, X[:, :3], AGE, penalty=R, epochs=2, engine=engine).network
        for R in (Separate(L2(0.1), 9.0), L2(0.1))
    ]
    np.testing.assert_array_equal(runs[0].theta, runs[1].theta)


def test_a_penalty_of_covariates_that_cannot_be_is_refused():
    for wrong in ({"rest": 0.1}, {"rest": Separate(L2(0.1))}, {"rest": L2(0.1), "covariates": -1.0}):
        with pytest.raises(ParameterError):
            Separate(**wrong)
    net = Network(WITH_HEADS["flat"])
    with pytest.raises(ParameterError, match="Elements lets weights vanish"):
        fit(net, X, targets(net), penalty=Separate(Elements(0.1)), optimizer=LBFGS())
    with pytest.raises(ParameterError, match="refit_output needs a smooth penalty"):
        refit_output(net, X, targets(net), penalty=Separate(L1(0.1)))


def test_a_loss_that_an_engine_does_not_know_has_the_same_gradient(engine):
    H = covariates(Hierarchy.complete(3, 2, 1), ["age", "sex"]).hierarchy
    net, Y = Network(H, "tanh", dtype="float64", seed=1), np.c_[abs(AGE) + 1, AGE > 3]
    for R in RESTS:
        found = gradient(net, X, Y, CoxLoss(), Separate(R, 0.7), engine=engine).gradient.vector
        expected = gradient(net, X, Y, CoxLoss(), Separate(R, 0.7), engine="reference").gradient.vector
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
