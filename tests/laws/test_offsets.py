"""An offset is added to the signal of an output: G(s + o), in cost, gradient, training, refits and predictions."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import r2_score

from hassenet import (
    LBFGS,
    Adam,
    EarlyStopping,
    Hierarchy,
    Network,
    NetworkClassifier,
    NetworkRegressor,
    cost,
    fit,
    gradient,
    refit_output,
)
from hassenet.data.offsets import numbers_given, offset_of
from hassenet.errors import DataError, HassenetWarning, NotFiniteError, ParameterError, ShapeError
from hassenet.likelihoods import (
    CrossEntropy,
    Heads,
    Joint,
    LearnedDispersionLoss,
    LearnedScaleLoss,
    NegativeBinomialLoss,
    OrdinalLoss,
    PoissonLoss,
    SquaredError,
    ZeroInflatedLoss,
)

M, K = 30, 2
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, 3))
EXPOSURE = RNG.uniform(0.5, 20, M)
LOG = np.log(EXPOSURE)
COUNTS = RNG.poisson(EXPOSURE * np.exp(0.3 * X[:, 0] - 0.2 * X[:, 1])).astype(float)
JOINT = Joint(("cross_entropy", "poisson"), sizes=(2, 1))
CASES = {
    "counts": (PoissonLoss(), "exp", RNG.poisson(2.0, (M, K)).astype(float)),
    "counts that vary more": (NegativeBinomialLoss((0.5, 2.0)), "exp", RNG.poisson(2.0, (M, K)).astype(float)),
    "not canonical": (SquaredError(), "tanh", RNG.normal(size=(M, K))),
    "class numbers": (CrossEntropy(), "softmax", RNG.integers(0, K, M)),
    "heads": (Heads(SquaredError(), (0.3, 1.0)), "identity", RNG.normal(size=M)),
    "gaps": (PoissonLoss(), "exp", np.where(RNG.random((M, K)) < 0.4, np.nan, 1.0)),
    "blocks": (JOINT, JOINT.canonical, np.column_stack([np.arange(M) % 2, np.arange(M) % 3]).astype(float)),
}  # fmt: skip


def network(output, k=K, dtype="float64"):
    return Network(Hierarchy.complete(3, 4, k), hidden="tanh", output=output, dtype=dtype, seed=1)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [1, 2])
def test_an_offset_is_a_bias_of_each_example(engine, case, width):
    """What is added to a signal is what an input of weight 1 adds: J of each example alone, with its bias moved."""
    loss, output, Y = CASES[case]
    k = 3 if case == "blocks" else K
    net = network(output, k)
    o = RNG.normal(size=(M, 1 if width == 1 and case != "blocks" else k))
    known = ~np.isnan(Y.astype(float).reshape(M, -1)).all(axis=1)
    each = []
    for i in np.flatnonzero(known):
        moved = net.with_parameters(net.weights, [net.biases[0], net.biases[1] + o[i]])
        each.append(gradient(moved, X[[i]], Y[[i]], loss, engine="reference"))
    some = {"sample_weight": known.astype(float), "offset": o}
    found = gradient(net, X, Y, loss, engine=engine, **some)
    assert found.cost == pytest.approx(np.mean([one.cost for one in each]), rel=1e-12)
    mean = np.mean([one.gradient.vector for one in each], axis=0)
    assert found.gradient.vector == pytest.approx(mean, rel=1e-10, abs=1e-13)
    assert cost(net, X, Y, loss, engine=engine, **some) == pytest.approx(found.cost, rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_engines_train_with_offsets_alike_and_validate_with_them(engine, dtype):
    scored = []
    options = {
        "optimizer": Adam(0.01), "epochs": 3, "batch_size": 8, "seed": 1, "offset": LOG, "validation_fraction": 0.3,
        "score": lambda Y, p: scored.append((Y, p)) or 0.0, "early_stopping": EarlyStopping("score"),
    }  # fmt: skip
    one, other = (
        fit(network("exp", 1, dtype), X, COUNTS, engine=e, **options) for e in (engine, "reference")
    )
    tolerance = 1e-4 if dtype == "float32" else 1e-9
    assert one.network.theta == pytest.approx(other.network.theta, rel=tolerance, abs=tolerance)
    Y, p = scored[2]
    rows = [np.flatnonzero(COUNTS == y) for y in Y[:, 0]]
    last = one.state.theta
    value = one.network.with_theta(last)(X, offset=LOG)[:, 0]
    assert all(np.isclose(value[found], guess).any() for found, guess in zip(rows, p[:, 0], strict=True))


def test_poissons_regression_with_an_exposure_is_that_of_rates_with_weights():
    """The identity by which programs without offsets fit them: rates y/e, each of weight e."""
    H = Hierarchy.complete(3, 1)
    oracle = PoissonRegressor(alpha=0, tol=1e-12, max_iter=1000).fit(
        X, COUNTS / EXPOSURE, sample_weight=EXPOSURE
    )
    start = Network(H, output="exp", dtype="float64", theta=np.zeros(4))
    for net in (
        refit_output(start, X, COUNTS, offset=LOG),
        fit(start, X, COUNTS, offset=LOG, optimizer=LBFGS(500, tol=1e-10)).network,
    ):
        assert [*net.weights[0][0], net.biases[0][0]] == pytest.approx(
            [*oracle.coef_, oracle.intercept_], abs=1e-6
        )
        assert net(X, offset=LOG)[:, 0] == pytest.approx(oracle.predict(X) * EXPOSURE, rel=1e-5)


def test_a_negative_binomial_regression_with_an_offset_is_that_of_the_density():
    alpha = 0.7
    start = Network(Hierarchy.complete(3, 1), output="exp", dtype="float64", theta=np.zeros(4))
    net = refit_output(start, X, COUNTS, NegativeBinomialLoss(alpha), offset=LOG)

    def cost_of(theta):
        mean = np.exp(X @ theta[:3] + theta[3] + LOG)
        return -nbinom.logpmf(COUNTS, 1 / alpha, 1 / (1 + alpha * mean)).mean()

    best = minimize(cost_of, np.zeros(4), method="BFGS", options={"gtol": 1e-9}).x
    assert [*net.weights[0][0], net.biases[0][0]] == pytest.approx(best, abs=1e-5)


def test_without_features_the_rate_is_the_counts_over_the_exposure():
    net = refit_output(
        Network(Hierarchy.complete(1, 1), output="exp", dtype="float64"), np.zeros((M, 1)), COUNTS, offset=LOG
    )
    assert np.exp(net.biases[0]) == pytest.approx(COUNTS.sum() / EXPOSURE.sum(), rel=1e-10)


def test_estimators_take_an_exposure_and_predict_with_one():
    options = {
        "loss": "poisson",
        "hidden_layer_sizes": (),
        "solver": "lbfgs",
        "alpha": 0,
        "tol": 1e-6,
        "random_state": 0,
    }
    w = np.r_[0.0, np.ones(M - 1)]
    one = NetworkRegressor(**options).fit(X, COUNTS, w, exposure=EXPOSURE)
    other = NetworkRegressor(**options).fit(X[1:], COUNTS[1:], offset=LOG[1:])
    np.testing.assert_allclose(one.coefs_[0], other.coefs_[0], atol=1e-6)
    oracle = PoissonRegressor(alpha=0, tol=1e-12, max_iter=1000)
    oracle.fit(X, COUNTS / EXPOSURE, sample_weight=EXPOSURE * w)
    np.testing.assert_allclose(one.coefs_[0][:, 0], oracle.coef_, atol=1e-5)
    np.testing.assert_allclose(one.predict(X, exposure=EXPOSURE), oracle.predict(X) * EXPOSURE, rtol=1e-4)
    np.testing.assert_allclose(one.predict(X), oracle.predict(X), rtol=1e-4)


@pytest.mark.parametrize("loss", ["poisson", NegativeBinomialLoss(0.5)], ids=repr)
def test_predictions_do_not_depend_on_the_unit_of_an_exposure(loss):
    def of_counts(unit):
        reg = NetworkRegressor(loss, (3,), solver="sgd", max_iter=5, tol=0, random_state=0)
        with pytest.warns(match="hasn't converged"):
            reg.fit(X.astype(float), COUNTS, exposure=unit * EXPOSURE)
        return reg.predict(X, exposure=unit * EXPOSURE)

    np.testing.assert_allclose(of_counts(1e6), of_counts(1.0), rtol=1e-6)


def test_a_score_and_a_stream_take_an_exposure():
    reg = small("poisson", alpha=0)
    reg.fit(X, COUNTS, exposure=EXPOSURE)
    expected = r2_score(COUNTS, reg.predict(X, exposure=EXPOSURE))
    assert reg.score(X, COUNTS, exposure=EXPOSURE) == pytest.approx(expected)
    each = [
        NetworkRegressor("poisson", hidden_layer_sizes=(), solver="sgd", random_state=0) for _ in range(3)
    ]
    by_exposure = each[0].partial_fit(X, COUNTS, exposure=EXPOSURE).network_
    by_offset = each[1].partial_fit(X, COUNTS, offset=LOG).network_
    np.testing.assert_array_equal(by_exposure.theta, by_offset.theta)
    assert (by_offset.theta != each[2].partial_fit(X, COUNTS).network_.theta).all()


@pytest.mark.parametrize("auxiliary", [None, "rank"])
def test_an_offset_of_each_target_counts_in_every_head_and_in_early_stopping(auxiliary):
    Y = np.column_stack([COUNTS, COUNTS])
    reg = NetworkRegressor(
        "poisson", hierarchy=Hierarchy.subsets(3), auxiliary=auxiliary, early_stopping=True, max_iter=60,
        learning_rate_init=0.02, random_state=0, n_iter_no_change=60,
    )  # fmt: skip
    with pytest.warns(match="hasn't converged"):
        reg.fit(X, Y, offset=np.column_stack([LOG, LOG]))
    both = reg.predict(X, offset=np.column_stack([LOG, LOG + np.log(2)]))
    assert both[:, 1] == pytest.approx(2 * reg.predict(X, offset=LOG)[:, 1], rel=1e-9)
    given = NetworkRegressor("poisson", max_iter=1, validation_data=(X, COUNTS, None, LOG), random_state=0)
    with pytest.warns(match="hasn't converged"):
        given.fit(X, COUNTS, offset=LOG)
    assert np.isfinite(given.validation_scores_[0])


def test_of_a_classifier_an_offset_is_added_to_the_log_odds():
    y = (X[:, 0] > 0).astype(int)
    y[::5] = 1 - y[::5]
    options = {
        "hidden_layer_sizes": (),
        "solver": "lbfgs",
        "alpha": 0,
        "tol": 1e-8,
        "max_iter": 1000,
        "random_state": 0,
    }
    plain = NetworkClassifier(**options).fit(X, y)
    moved = NetworkClassifier(**options).fit(X, y, offset=np.full(M, 0.8))
    np.testing.assert_allclose(moved.coefs_[0], plain.coefs_[0], atol=1e-4)
    np.testing.assert_allclose(moved.intercepts_[0] + 0.8, plain.intercepts_[0], atol=1e-4)


@pytest.mark.parametrize(
    "loss", [ZeroInflatedLoss(), LearnedDispersionLoss(), LearnedScaleLoss(), OrdinalLoss(3)]
)
def test_one_offset_for_several_parameters_of_a_model_is_refused(loss):
    of_signals = np.column_stack([LOG, 0 * LOG])
    for one in (loss, Joint((loss,), sizes=(2,))):
        with pytest.raises(ShapeError, match="several parameters of one model; give a column an output"):
            cost(network("identity"), X, COUNTS[:, None] % 3, one, offset=LOG)
        assert np.isfinite(cost(network("identity"), X, COUNTS[:, None] % 3, one, offset=of_signals))


SEVERAL = Joint({"ill": "binary_cross_entropy", "age": "squared_error", "visits": "poisson"})
TARGETS = np.column_stack([X[:, 0] > 0, X[:, 1], COUNTS])
OF_VISITS = np.column_stack([np.ones(M), np.ones(M), EXPOSURE])


def small(loss, **options):
    fixed = {"hidden_layer_sizes": (), "solver": "lbfgs", "tol": 1e-2, "max_iter": 500, "random_state": 0}
    return NetworkRegressor(loss, **fixed, **options)


def test_one_offset_for_several_losses_is_refused_in_training_and_in_predictions():
    reg = small(SEVERAL).fit(X, TARGETS, exposure=OF_VISITS)
    for call in (
        lambda: cost(reg.network_, X, TARGETS, SEVERAL, offset=LOG),
        lambda: small(SEVERAL).fit(X, TARGETS, offset=LOG),
        lambda: reg.predict(X, offset=LOG),
        lambda: reg.score(X, TARGETS, offset=LOG),
    ):
        with pytest.raises(
            ShapeError, match="of several losses, .*; give a column an output, 0 for those without"
        ):
            call()
    alike = Joint({"a": "poisson", "b": "poisson"})
    assert small(alike).fit(X, np.column_stack([COUNTS, COUNTS]), exposure=EXPOSURE).predict(X).shape == (
        M,
        2,
    )


def test_an_exposure_is_of_counts_alone():
    reg = small(SEVERAL).fit(X, TARGETS, exposure=OF_VISITS)
    moved = reg.predict(X, exposure=OF_VISITS) / reg.predict(X)
    np.testing.assert_allclose(moved, OF_VISITS, rtol=1e-6)
    numbers = small("squared_error").fit(X, COUNTS)
    for call in (
        lambda: small("squared_error").fit(X, COUNTS, exposure=EXPOSURE),
        lambda: NetworkRegressor(solver="sgd").partial_fit(X, COUNTS, exposure=EXPOSURE),
        lambda: numbers.predict(X, exposure=EXPOSURE),
        lambda: numbers.score(X, COUNTS, exposure=EXPOSURE),
        lambda: reg.predict(X, exposure=OF_VISITS[:, ::-1]),
        lambda: NetworkClassifier(random_state=0).fit(X, COUNTS > 1, exposure=EXPOSURE),
    ):
        with pytest.raises(ParameterError, match="an exposure is of counts"):
            call()


SPELLED = {
    "as text": (np.array(list(map(str, EXPOSURE))), None),
    "in a list": (list(map(str, EXPOSURE)), None),
    "as objects": (EXPOSURE.astype(object), None),
    "among numbers": (np.array([*EXPOSURE[:-1], str(EXPOSURE[-1])], object), None),
    "in a series": (pd.Series(EXPOSURE).astype(str), None),
    "in polars": (pl.Series(list(map(str, EXPOSURE))), None),
    "in a column": (EXPOSURE.astype(str)[:, None], None),
    "with commas": ([str(e).replace(".", ",") for e in EXPOSURE], "decimal commas"),
}


@pytest.mark.parametrize("spelled", SPELLED)
def test_an_exposure_is_the_number_that_its_text_spells(spelled):
    given, words = SPELLED[spelled]
    plain = small("poisson").set_params(random_state=0).fit(X, COUNTS, exposure=EXPOSURE)
    with pytest.warns(HassenetWarning, match=words) if words else nullcontext():
        found = small("poisson").set_params(random_state=0).fit(X, COUNTS, exposure=given)
        predicted = found.predict(X, exposure=given)
        np.testing.assert_array_equal(offset_of(None, given).ravel(), LOG)
        np.testing.assert_array_equal(numbers_given("offset", given).ravel(), EXPOSURE)
    np.testing.assert_array_equal(predicted, plain.predict(X, exposure=EXPOSURE))


def test_exposures_of_outputs_are_the_numbers_that_their_text_spells():
    joint = small(SEVERAL).set_params(random_state=0).fit(X, TARGETS, exposure=OF_VISITS)
    as_text = small(SEVERAL).set_params(random_state=0).fit(X, TARGETS, exposure=OF_VISITS.astype(str))
    np.testing.assert_array_equal(as_text.predict(X), joint.predict(X))


def test_an_offset_is_the_number_that_its_text_spells():
    net = network("exp", 1)
    np.testing.assert_array_equal(net(X, offset=LOG.astype(str)), net(X, offset=LOG))
    reg = small("poisson").fit(X, COUNTS, offset=LOG)
    np.testing.assert_array_equal(reg.predict(X, offset=LOG.astype(str)), reg.predict(X, offset=LOG))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([1, 2, -1, 0], r"above 0; that at \(2,\) is -1, the first of 2 such exposures; leave out examples"),
        ([1, 2, 3, -0.5], r"above 0; that at \(3,\) is -0.5; leave out examples"),
        ([[1, 2], [2, 0]], r"above 0; that at \(1, 1\) is 0; leave out examples"),
        (["1.5", "-1"], r"above 0; that at \(1,\) is -1; leave out examples"),
        ([1, 2, None, np.nan], r"exposure is finite; it holds 2 NaN or infinite values, the first at \(2,\)"),
        (["1.5", None], r"exposure is finite; it holds 1 NaN or infinite value.*, the first at \(1,\)"),
        (["1.5", "<0.5"], r"it holds text, '<0.5' at \(1,\); correct it"),
        ([f"{x} mg" for x in range(1, 4)], "write the unit, 'mg'"),
        (["2019-01-31", "2019-02-01"], "give a number in place of a date"),
        (["007", "1.5"], r"it holds text, '007' at \(0,\)"),
    ],
)
def test_an_invalid_exposure_is_shown_with_its_place(given, says):
    with pytest.raises((DataError, NotFiniteError), match=says):
        offset_of(None, given)


WRONG = {
    "of another shape": (
        ShapeError,
        lambda: cost(network("exp"), X, np.ones((M, K)), offset=np.ones((M, 3))),
    ),
    "not finite": (NotFiniteError, lambda: cost(network("exp", 1), X, COUNTS, offset=np.full(M, np.nan))),
    "beyond the type": (
        NotFiniteError,
        lambda: cost(network("exp", 1, "float32"), X, COUNTS, offset=np.full(M, 1e300)),
    ),
    "text": (DataError, lambda: cost(network("exp", 1), X, COUNTS, offset=np.full(M, "a"))),
    "an exposure of 0": (DataError, lambda: NetworkRegressor("poisson").fit(X, COUNTS, exposure=np.zeros(M))),
    "both": (
        ParameterError,
        lambda: NetworkRegressor("poisson").fit(X, COUNTS, offset=LOG, exposure=EXPOSURE),
    ),
    "not in validation": (
        ParameterError,
        lambda: fit(network("exp", 1), X, COUNTS, offset=LOG, validation_data=(X, COUNTS)),
    ),
    "a prediction": (ShapeError, lambda: network("exp", 1)(X, offset=np.ones(3))),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_offsets_that_do_not_fit_are_refused(wrong):
    error, call = WRONG[wrong]
    with pytest.raises(error):
        call()
