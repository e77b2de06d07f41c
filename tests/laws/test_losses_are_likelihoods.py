"""Law 6: the short delta is the chain rule's, and −log-likelihood = J + constants."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import calls
import textbook
from hassenet import testing as ht
from hassenet.engines import Objective
from hassenet.errors import ParameterError, ShapeError, TargetError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import (
    LOSSES,
    AbsoluteError,
    AsymmetricLaplace,
    Bernoulli,
    BinaryCrossEntropy,
    Categorical,
    CrossEntropy,
    Gaussian,
    GaussianLoss,
    Heads,
    Laplace,
    NegativeBinomial,
    NegativeBinomialLoss,
    Poisson,
    PoissonLoss,
    QuantileLoss,
    SquaredError,
    StudentT,
    StudentTLoss,
    as_loss,
    canonical_loss,
)
from hassenet.likelihoods.top import ChainRule
from hassenet.network import Network
from hassenet.optimizers import Adam
from hassenet.training.fitting import fit
from hassenet.training.objective import cost, gradient

COVARIANCE = np.array([[2.0, 0.6, 0.1], [0.6, 0.5, -0.2], [0.1, -0.2, 1.0]])
PAIRS = [
    (SquaredError(), Gaussian(0.5)),
    (GaussianLoss(COVARIANCE), Gaussian(COVARIANCE)),
    (BinaryCrossEntropy(), Bernoulli()),
    (CrossEntropy(), Categorical()),
    (PoissonLoss(), Poisson()),
    (AbsoluteError(), Laplace()),
    (NegativeBinomialLoss(0.7), NegativeBinomial(0.7)),
    (NegativeBinomialLoss((0.2, 1.0, 3.0)), NegativeBinomial((0.2, 1.0, 3.0))),
    (QuantileLoss(0.3), AsymmetricLaplace(0.3)),
    (StudentTLoss(5.0, 0.6), StudentT(5.0, 0.6)),
]
CANONICAL_LOSSES = [loss for loss, _ in PAIRS]


def draw(loss, m, k, seed):
    """Signals and targets in the domain of the loss."""
    rng = np.random.default_rng(seed)
    s = rng.standard_normal((m, k))
    y = {
        "binary_cross_entropy": rng.integers(0, 2, (m, k)) * 1.0,
        "cross_entropy": np.eye(k)[rng.integers(0, k, m)],
        "poisson": rng.poisson(2, (m, k)) * 1.0,
        "negative_binomial": rng.poisson(2, (m, k)) * 1.0,
    }.get(loss.name, rng.standard_normal((m, k)))
    return s, y


def mean(loss, s):
    return textbook.ACTIVATIONS[loss.canonical](s)


def written(loss):
    of_its_own = {
        "gaussian": lambda: textbook.gaussian(COVARIANCE),
        "negative_binomial": lambda: textbook.negative_binomial(np.array(loss.dispersion)),
        "quantile": lambda: textbook.quantile(loss.quantiles),
        "student_t": lambda: textbook.student_t(loss.df, loss.scale),
    }
    return of_its_own.get(loss.name, lambda: textbook.LOSSES[loss.name])()


# ------------------------------------------------------------------ the table


@pytest.mark.parametrize(("loss", "model"), PAIRS)
def test_the_loss_and_the_model_give_each_other(loss, model):
    assert model.loss == loss
    assert loss.likelihood == model
    assert as_loss(model) == as_loss(loss) == loss


@pytest.mark.parametrize("loss", CANONICAL_LOSSES)
def test_the_canonical_output_is_that_of_the_table(loss):
    assert loss.canonical == textbook.CANONICAL[loss.name]


def test_the_names_are_those_of_the_table():
    for name in textbook.LOSSES:
        assert as_loss(name) == LOSSES[name]
        assert as_loss(name).name == name


@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax", "exp"])
def test_without_a_loss_the_one_is_taken_for_which_the_output_is_canonical(output):
    expected = {
        "identity": "squared_error",
        "sigmoid": "binary_cross_entropy",
        "softmax": "cross_entropy",
        "exp": "poisson",
    }
    assert canonical_loss(output).name == expected[output]
    net = Network(Hierarchy.complete(2, 3), output=output, dtype="float64")
    X, Y = ht.random_array(2, 2, seed=0), np.eye(3)[:2]
    assert cost(net, X, Y) == cost(net, X, Y, expected[output])


def test_an_output_without_a_loss_of_its_own_asks_for_one():
    net = Network(Hierarchy.complete(2, 1), output="tanh")
    with pytest.raises(ParameterError, match="no loss has tanh.*loss="):
        cost(net, [[0, 0]], [0])


def test_an_unknown_loss_is_refused_with_the_known_ones():
    with pytest.raises(ParameterError, match="no loss 'hinge'.*squared_error"):
        as_loss("hinge")


# ------------------------------------------------------------------ costs, deltas


@pytest.mark.parametrize("loss", CANONICAL_LOSSES)
@given(seed=ht.seeds())
def test_the_cost_of_an_example_is_the_formula_of_the_table(loss, seed):
    s, y = draw(loss, 4, 3, seed)
    p = mean(loss, s)
    np.testing.assert_allclose(loss.cost(p, y), written(loss)(p, y), rtol=1e-12)


@pytest.mark.parametrize("loss", CANONICAL_LOSSES)
@given(seed=ht.seeds())
def test_the_canonical_delta_is_that_of_the_chain_rule_and_of_the_table(loss, seed):
    s, y = draw(loss, 4, 3, seed)
    short = loss.delta(s.T, y.T).T
    by_autodiff = grad(lambda t: written(loss)(mean(loss, t), y).sum())(s)
    np.testing.assert_allclose(short, by_autodiff, rtol=1e-9, atol=1e-10)
    residual = mean(loss, s) - y
    table = {
        "squared_error": 2 * residual,
        "gaussian": residual @ np.linalg.inv(COVARIANCE),
        "absolute_error": np.sign(residual),
        "negative_binomial": residual / (1 + np.array(getattr(loss, "dispersion", 0)) * mean(loss, s)),
        "quantile": (residual > 0) - getattr(loss, "quantiles", 0),
        "student_t": 6 * residual / (5 * 0.6**2 + residual**2),
    }.get(loss.name, residual)
    np.testing.assert_allclose(short, table, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(loss.value_at_signal(s.T, y.T), loss.cost(mean(loss, s), y), rtol=1e-11)


@pytest.mark.parametrize("loss", CANONICAL_LOSSES)
@given(seed=ht.seeds())
def test_the_curvature_is_the_derivative_of_the_delta(loss, seed):
    s, y = draw(loss, 4, 3, seed)
    v = ht.random_array(4, 3, seed=seed + 1)
    h = 1e-5
    found = loss.curvature(s.T, y.T, v.T).T
    np.testing.assert_allclose(
        found, (loss.delta((s + h * v).T, y.T) - loss.delta((s - h * v).T, y.T)).T / (2 * h), atol=1e-7
    )


@pytest.mark.parametrize("loss", CANONICAL_LOSSES)
@given(data=st.data(), seed=ht.seeds())
def test_a_network_has_one_gradient_whether_its_pair_is_known_as_canonical_or_not(engine, loss, data, seed):
    """The short form from the signal, and δ = (∂G/∂s)ᵀ ∂L/∂ŷ as for a pair that is not canonical."""
    net = data.draw(ht.networks(ht.sparse_hierarchies(), hidden=["tanh", "silu"], output=[loss.canonical]))
    if net.hierarchy.shape[-1] != 3:  # for which these have their shape
        loss = {"gaussian": GaussianLoss(1.7), "negative_binomial": NegativeBinomialLoss(1.7)}.get(
            loss.name, loss
        )
    _, Y = draw(loss, 4, net.hierarchy.shape[-1], seed)
    X = ht.random_array(4, net.hierarchy.shape[0], seed=seed)
    net = net.with_theta(net.theta / 3)
    short = gradient(net, X, Y, loss, engine=engine)
    by_chain_rule = calls.Goal(net.plan, Objective(ChainRule(loss, net.plan.layers[-1].G)))
    J, vector = calls.gradient("reference", by_chain_rule, net.theta, X, Y)
    assert short.cost == pytest.approx(J, rel=1e-9)
    assert ht.relative_error(short.gradient.vector, vector) < 1e-9


# ------------------------------------------------------------------ likelihoods


def scipy_log_prob(loss, p, y):
    k = p.shape[1]
    return {
        "squared_error": lambda: sum(stats.norm(p[:, j], np.sqrt(0.5)).logpdf(y[:, j]) for j in range(k)),
        "gaussian": lambda: np.array(
            [stats.multivariate_normal(a, COVARIANCE).logpdf(b) for a, b in zip(p, y, strict=True)]
        ),
        "binary_cross_entropy": lambda: stats.bernoulli(p).logpmf(y).sum(axis=1),
        "cross_entropy": lambda: np.array(
            [stats.multinomial(1, a).logpmf(b) for a, b in zip(p, y, strict=True)]
        ),
        "poisson": lambda: stats.poisson(p).logpmf(y).sum(axis=1),
        "absolute_error": lambda: stats.laplace(p, 1).logpdf(y).sum(axis=1),
        "negative_binomial": lambda: (
            stats.nbinom(1 / np.array(loss.dispersion), 1 / (1 + np.array(loss.dispersion) * p))
            .logpmf(y)
            .sum(axis=1)
        ),
        "quantile": lambda: (
            stats.laplace_asymmetric(
                np.sqrt(loss.quantiles / (1 - loss.quantiles)),
                p,
                1 / np.sqrt(loss.quantiles * (1 - loss.quantiles)),
            )
            .logpdf(y)
            .sum(axis=1)
        ),
        "student_t": lambda: stats.t(loss.df, p, loss.scale).logpdf(y).sum(axis=1),
    }[loss.name]()


@pytest.mark.parametrize(("loss", "model"), PAIRS)
@given(seed=ht.seeds())
def test_log_prob_is_that_of_scipy(loss, model, seed):
    s, y = draw(loss, 5, 3, seed)
    p = mean(loss, s)
    np.testing.assert_allclose(model.log_prob(p, y), scipy_log_prob(loss, p, y), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("loss", "model"), PAIRS)
@given(seed=ht.seeds())
def test_minus_the_log_likelihood_of_a_network_is_its_cost_and_constants_that_know_no_parameter(
    loss, model, seed
):
    net = Network(Hierarchy.complete(2, 3, 3), hidden="tanh", output=loss.canonical, dtype="float64")
    X, (_, Y) = ht.random_array(5, 2, seed=seed), draw(loss, 5, 3, seed)
    constants = []
    for theta_seed in (1, 2):
        other = net.with_theta(ht.random_array(net.n_parameters, seed=theta_seed))
        log_likelihood = model.log_prob(other(X), Y).mean()
        assert log_likelihood == pytest.approx(scipy_log_prob(loss, other(X), Y).mean(), rel=1e-9)
        constants.append(-log_likelihood - cost(other, X, Y, model))
    assert constants[0] == pytest.approx(constants[1], rel=1e-8, abs=1e-10)


@pytest.mark.parametrize(("loss", "model"), PAIRS)
def test_samples_have_the_mean_of_the_model_or_its_quantile(loss, model):
    p = mean(loss, np.array([[0.3, -0.5, 0.1]]))
    samples = model.sample(np.repeat(p, 20_000, axis=0), np.random.default_rng(0))
    assert samples.shape == (20_000, 3)
    middle = np.quantile(samples, 0.3, axis=0) if loss.name == "quantile" else samples.mean(axis=0)
    np.testing.assert_allclose(middle, p[0], atol=0.08)


def test_gaussian_samples_have_the_covariance_of_the_model():
    samples = Gaussian(COVARIANCE).sample(np.zeros((50_000, 3)), np.random.default_rng(0))
    np.testing.assert_allclose(np.cov(samples.T), COVARIANCE, atol=0.05)


@given(seed=ht.seeds())
def test_a_full_covariance_is_half_the_squared_error_on_normalised_targets(engine, seed):
    """With Σ⁻¹ = LLᵀ, Gaussian(Σ) on y is squared error, halved, on Lᵀy."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((3, 3))
    covariance = A @ A.T + 0.3 * np.eye(3)
    L = np.linalg.cholesky(np.linalg.inv(covariance))
    p, y = rng.standard_normal((2, 5, 3))
    np.testing.assert_allclose(
        GaussianLoss(covariance).cost(p, y), SquaredError().cost(p @ L, y @ L) / 2, rtol=1e-9
    )
    np.testing.assert_allclose(GaussianLoss(covariance).whitening, L.T, rtol=1e-8, atol=1e-10)
    net = Network(Hierarchy.complete(2, 3, 3), hidden="tanh", dtype="float64", seed=1)
    (W0, W1), (b0, b1) = net.weights, net.biases
    turned = net.with_parameters([W0, L.T @ W1], [b0, L.T @ b1])
    X = rng.standard_normal((5, 2))
    full = gradient(net, X, y, Gaussian(covariance), engine=engine)
    plain = gradient(turned, X, y @ L, "squared_error", engine=engine)
    assert full.cost == pytest.approx(plain.cost / 2, rel=1e-9)
    np.testing.assert_allclose(full.gradient.weights[0], plain.gradient.weights[0] / 2, rtol=1e-7, atol=1e-9)


def test_a_number_as_covariance_is_a_multiple_of_the_identity():
    p, y = ht.random_array(4, 3, seed=0), ht.random_array(4, 3, seed=1)
    np.testing.assert_allclose(GaussianLoss(0.7).cost(p, y), GaussianLoss(0.7 * np.eye(3)).cost(p, y))
    np.testing.assert_allclose(Gaussian(0.7).log_prob(p, y), Gaussian(0.7 * np.eye(3)).log_prob(p, y))


@pytest.mark.parametrize(
    ("covariance", "rule"),
    [
        ([[1.0, 2.0], [2.0, 1.0]], "positive definite.*-1"),
        (-1.0, "positive definite"),
        (0.0, "positive definite"),
        ([[1.0, 0.5], [0.0, 1.0]], "symmetric"),
        ([[1.0, 0.0]], r"k × k.*\(1, 2\)"),
        ([[np.nan]], "finite"),
    ],
)
@pytest.mark.parametrize("kind", [Gaussian, GaussianLoss])
def test_a_covariance_that_is_not_symmetric_and_positive_definite_is_refused(kind, covariance, rule):
    with pytest.raises(ParameterError, match=rule):
        kind(covariance)


def test_a_covariance_for_another_number_of_outputs_is_refused():
    net = Network(Hierarchy.complete(2, 2))
    with pytest.raises(
        ShapeError, match="Σ has a row and a column for each output: it is 3 × 3 and there are 2"
    ):
        cost(net, np.zeros((1, 2)), np.zeros((1, 2)), GaussianLoss(COVARIANCE))


def test_gaussians_are_equal_when_their_covariances_are():
    for kind in (Gaussian, GaussianLoss):
        assert kind(COVARIANCE) == kind(COVARIANCE.tolist())
        assert hash(kind(COVARIANCE)) == hash(kind(COVARIANCE.tolist()))
        assert kind(COVARIANCE) != kind(2 * COVARIANCE)
    assert Gaussian(COVARIANCE) != GaussianLoss(COVARIANCE)


# ------------------------------------------------------------------ no log of a rounded number


def at_extreme_signals(loss, Y, engine):
    """The cost of each example and the delta, of a float32 network whose signals are +10⁴ and −10⁴."""
    net = Network(Hierarchy.complete(1, Y.shape[1]), output=loss.canonical, dtype="float32")
    signs = np.resize([1.0, -1.0], Y.shape[1])
    net = net.with_parameters([1e4 * signs[:, None]], [np.zeros(Y.shape[1])])
    results = [gradient(net, [[1.0]], y[None], loss, engine=engine) for y in Y]
    return [r.cost for r in results], [r.gradient.biases[0] for r in results]


@pytest.mark.parametrize(
    ("loss", "Y", "costs", "deltas"),
    [
        (SquaredError(), [[0, 0]], [2e8], [[2e4, -2e4]]),
        (SquaredError(), [[1e4, 1e4]], [4e8], [[0, -4e4]]),
        (GaussianLoss(2.0), [[0, 0]], [5e7], [[5e3, -5e3]]),
        (AbsoluteError(), [[0, 0]], [2e4], [[1, -1]]),
        (
            BinaryCrossEntropy(),
            [[1, 0], [0, 1], [1, 1], [0.5, 0.25]],
            [0, 2e4, 1e4, 7500],
            [[0, 0], [1, -1], [0, -1], [0.5, -0.25]],
        ),
        (CrossEntropy(), [[1, 0], [0, 1], [0.75, 0.25]], [0, 2e4, 5e3], [[0, 0], [1, -1], [0.25, -0.25]]),
    ],
)
def test_signals_of_ten_thousand_give_the_exact_cost_and_delta_in_single_precision(
    loss, Y, costs, deltas, engine
):
    found_costs, found_deltas = at_extreme_signals(loss, np.array(Y, float), engine)
    np.testing.assert_allclose(found_costs, costs, rtol=1e-6)
    np.testing.assert_allclose(found_deltas, deltas, rtol=1e-6)


@pytest.mark.parametrize("y", [0.0, 3.0])
def test_a_poisson_signal_of_minus_ten_thousand_is_exact_and_one_of_ten_thousand_stays_finite(y, engine):
    """e^10000 is beyond every float: all that can be asked there is a finite cost that still pushes down."""
    costs, deltas = at_extreme_signals(PoissonLoss(), np.array([[y, y]]), engine)
    low = Network(Hierarchy.complete(1, 1), output="exp", dtype="float32").with_parameters([[[-1e4]]], [[0]])
    exact = gradient(low, [[1.0]], [[y]], engine=engine)
    assert exact.cost == y * 1e4
    assert exact.gradient.biases[0][0] == -y
    assert np.isfinite(costs).all()
    assert np.isfinite(deltas).all()
    assert deltas[0][0] > 1e30
    assert deltas[0][1] == -y


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), CrossEntropy()])
def test_between_the_extremes_the_cost_is_accurate_to_the_last_digits(loss, engine):
    """For s = 20 the probability rounds to 1 in single precision, its log-loss e⁻²⁰ must not round to 0."""
    net = Network(Hierarchy.complete(1, 2), output=loss.canonical, dtype="float32")
    net = net.with_parameters([[[20.0], [-20.0]] if loss.name.startswith("b") else [[20.0], [0.0]]], [[0, 0]])
    found = gradient(net, [[1.0]], [[1.0, 0.0]], loss, engine=engine)
    expected = np.log1p(np.exp(-20.0)) * (2 if loss.name.startswith("b") else 1)
    assert found.cost == pytest.approx(expected, rel=2e-2)


def test_certain_targets_cost_nothing_where_the_prediction_is_certain_too():
    assert BinaryCrossEntropy().cost([[1.0, 0.0]], [[1.0, 0.0]]) == [0.0]
    assert CrossEntropy().cost([[1.0, 0.0]], [[1.0, 0.0]]) == [0.0]
    assert PoissonLoss().cost([[0.0]], [[0.0]]) == [0.0]


@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_a_loss_with_its_offset_is_0_at_a_perfect_prediction_of_a_target_without_doubt(loss):
    y = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    np.testing.assert_array_equal(loss.value(y, y) + loss.deviance_offset(y), 0)
    heads = Heads(loss, (0.5, 2.0))
    np.testing.assert_array_equal(heads.deviance_offset(np.tile(y, (2, 1))), 2.5 * loss.deviance_offset(y))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_a_loss_is_curved_where_its_curvature_is_above_0_everywhere(loss):
    s, v = np.array([[0.3, 9.0], [-0.2, -9.0]]), np.array([[1.0, 1.0], [-1.0, -1.0]])
    for some in (loss, Heads(loss, (1.0,))):
        assert some.is_curved == bool((np.sum(v * some.curvature(s, np.zeros_like(s), v), axis=0) > 0).all())


@pytest.mark.parametrize(
    ("loss", "Y", "costs", "deltas"),
    [
        (QuantileLoss(0.25), [[0, 0]], [0.75e4 + 0.25e4], [[0.75, -0.25]]),
        (StudentTLoss(1.0), [[0, 0]], [2 * np.log(1e8 + 1)], [[2e-4, -2e-4]]),
        (NegativeBinomialLoss(1.0), [[0, 0], [3, 3]], [1e4, 4e4], [[1, 0], [1, -3]]),
    ],
)
def test_signals_of_ten_thousand_are_exact_in_single_precision_for_losses_with_a_shape_too(
    loss, Y, costs, deltas, engine
):
    found_costs, found_deltas = at_extreme_signals(loss, np.array(Y, float), engine)
    np.testing.assert_allclose(found_costs, costs, rtol=1e-6)
    np.testing.assert_allclose(found_deltas, deltas, rtol=1e-6, atol=1e-30)


def test_residuals_whose_squares_are_not_finite_have_a_finite_cost_and_slope(engine):
    net = Network(Hierarchy.complete(1, 1), dtype="float32").with_parameters([[[1e30]]], [[0]])
    found = gradient(net, [[1.0]], [[0.0]], StudentTLoss(3.0), engine=engine)
    assert found.cost == pytest.approx(4 * (np.log(1e30) - np.log(3) / 2), rel=1e-6)
    assert found.gradient.biases[0][0] == pytest.approx(4e-30, rel=1e-6)


def test_quantiles_are_blocks_of_outputs_against_one_target(engine):
    quantiles = (0.05, 0.5, 0.95)
    net = Network(Hierarchy.complete(2, 6), dtype="float64", seed=1)
    X, Y = ht.random_array(5, 2, seed=0), ht.random_array(5, 2, seed=2)
    found = gradient(net, X, Y, QuantileLoss(quantiles), engine=engine)
    each = [QuantileLoss(q).cost(net(X)[:, 2 * k : 2 * k + 2], Y) for k, q in enumerate(quantiles)]
    assert found.cost == pytest.approx(np.sum(each) / 5, rel=1e-12)
    by_hand = np.concatenate(
        [np.mean((net(X)[:, 2 * k : 2 * k + 2] > Y) - q, axis=0) for k, q in enumerate(quantiles)]
    )
    np.testing.assert_allclose(found.gradient.biases[0], by_hand, rtol=1e-12, atol=1e-15)


def test_the_minimum_of_the_quantile_loss_is_the_quantile():
    y = np.random.default_rng(0).standard_normal(501)
    net = Network(Hierarchy.complete(1, 3), dtype="float64")
    run = fit(
        net,
        np.zeros((501, 1)),
        y,
        QuantileLoss((0.1, 0.5, 0.9)),
        epochs=400,
        optimizer=Adam(0.01),
        batch_size=501,
    )
    np.testing.assert_allclose(run.network.biases[0], np.quantile(y, [0.1, 0.5, 0.9]), atol=0.02)


def test_a_small_dispersion_is_poisson_and_many_degrees_of_freedom_are_gaussian():
    s, y = np.array([[0.3, -1.0]]), np.array([[2.0, 0.0]])
    np.testing.assert_allclose(NegativeBinomialLoss(1e-9).delta(s, y), PoissonLoss().delta(s, y), rtol=1e-8)
    np.testing.assert_allclose(StudentTLoss(1e9).delta(s, y), GaussianLoss(1.0).delta(s, y), rtol=1e-8)
    np.testing.assert_allclose(2 * QuantileLoss(0.5).value(s, y), AbsoluteError().value(s, y))


@pytest.mark.parametrize("a", [1e-12, 1e-9, 1e-3])
def test_log_prob_keeps_its_digits_where_the_dispersion_is_small(a):
    mean, y = np.array([[5.3], [5.3], [7.0], [200.0]]), np.array([[0.0], [1.0], [30.0], [190.0]])
    with mpmath.workdps(60):
        r = 1 / mpmath.mpf(a)
        exact = [
            float(
                mpmath.loggamma(v + r)
                - mpmath.loggamma(r)
                - mpmath.loggamma(v + 1)
                - r * mpmath.log1p(mpmath.mpf(m) * a)
                + v * mpmath.log(mpmath.mpf(m) * a / (1 + mpmath.mpf(m) * a))
            )
            for m, v in zip(mean[:, 0], map(int, y[:, 0]), strict=True)
        ]
    np.testing.assert_allclose(NegativeBinomial(a).log_prob(mean, y), exact, rtol=1e-9)
    assert StudentT(1e12).log_prob([[1.0]], [[0.0]])[0] == pytest.approx(stats.norm.logpdf(1.0), rel=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NegativeBinomialLoss(0.0), "a dispersion is a finite number above 0.*got 0.0; for none"),
        (lambda: NegativeBinomial((1.0, np.inf)), "a dispersion is a finite number above 0"),
        (lambda: NegativeBinomialLoss(1e-13), "from 1e-12 to 1e.12"),
        (lambda: NegativeBinomialLoss("1"), "a dispersion is a finite number above 0"),
        (lambda: NegativeBinomialLoss(()), "a dispersion is a finite number above 0"),
        (lambda: QuantileLoss(1.0), "quantiles lie between 0 and 1; got 1.0"),
        (lambda: QuantileLoss((0.1, np.nan)), "quantiles lie between 0 and 1"),
        (lambda: AsymmetricLaplace(()), "quantiles lie between 0 and 1"),
        (lambda: StudentTLoss(0.0), "got df=0.0, scale=1.0"),
        (lambda: StudentT(3.0, -1.0), "got df=3.0, scale=-1.0"),
        (lambda: Heads(QuantileLoss((0.1, 0.9)), (1.0, 1.0)), "heads share one plain loss"),
    ],
)
def test_a_shape_that_is_not_one_is_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_dispersions_for_another_number_of_outputs_and_negative_counts_are_refused():
    net = Network(Hierarchy.complete(2, 2), output="exp")
    with pytest.raises(ShapeError, match="one dispersion, or one an output: 3 are given, and Y has 2"):
        cost(net, np.zeros((1, 2)), np.zeros((1, 2)), NegativeBinomialLoss((1.0, 2.0, 3.0)))
    with pytest.raises(TargetError, match="a negative binomial target is a count ≥ 0; row 0"):
        cost(net, np.zeros((1, 2)), -np.ones((1, 2)), "negative_binomial")


def test_class_numbers_stand_for_rows_of_one_loss_alone():
    assert [name for name in LOSSES if LOSSES[name].takes_class_numbers] == ["cross_entropy"]
    assert Heads(LOSSES["cross_entropy"], (1.0, 1.0)).takes_class_numbers
