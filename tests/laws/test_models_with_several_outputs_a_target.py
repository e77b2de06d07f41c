"""Counts with more zeros, learned dispersion and scale, classes in order: formulas, other software, networks."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from autograd import grad
from autograd import numpy as anp
from autograd.scipy.special import gammaln
from hypothesis import given, settings
from scipy import stats

from hassenet import testing as ht
from hassenet.errors import (
    DuplicateElementError,
    HierarchyError,
    ParameterError,
    ShapeError,
    TargetError,
    UnreachedElementError,
)
from hassenet.hierarchy import Constant, Hierarchy, with_constants
from hassenet.likelihoods import (
    LearnedDispersion,
    LearnedDispersionLoss,
    LearnedScale,
    LearnedScaleLoss,
    NegativeBinomial,
    NegativeBinomialLoss,
    Ordinal,
    OrdinalLoss,
    Poisson,
    PoissonLoss,
    SquaredError,
    ZeroInflated,
    ZeroInflatedLoss,
    as_loss,
)
from hassenet.likelihoods.heads import Heads
from hassenet.network import Network
from hassenet.optimizers import LBFGS, Adam
from hassenet.storage import load, save
from hassenet.training.fitting import fit
from hassenet.training.objective import cost, gradient

MODELS = [
    (LearnedDispersionLoss(), LearnedDispersion()),
    (LearnedScaleLoss(), LearnedScale()),
    (ZeroInflatedLoss(), ZeroInflated(Poisson())),
    (ZeroInflatedLoss(NegativeBinomialLoss(0.6)), ZeroInflated(NegativeBinomial(0.6))),
    (ZeroInflatedLoss(LearnedDispersionLoss()), ZeroInflated(LearnedDispersion())),
    (OrdinalLoss(2), Ordinal(2)),
    (OrdinalLoss(4), Ordinal(4)),
]
EACH = pytest.mark.parametrize(("loss", "model"), MODELS, ids=[repr(loss) for loss, _ in MODELS])


def drawn(loss, seed, m=5, k=2):
    """Outputs and targets, a row an example; classes in order have one target."""
    rng = np.random.default_rng(seed)
    if isinstance(loss, OrdinalLoss):
        return rng.standard_normal((m, loss.outputs)), rng.integers(0, loss.classes, (m, 1)) * 1.0
    counts = rng.poisson(2, (m, k)) * rng.integers(0, 2, (m, k)) * 1.0
    Y = rng.standard_normal((m, k)) if isinstance(loss, LearnedScaleLoss) else counts
    return rng.standard_normal((m, k * loss.heads)), Y


# ------------------------------------------------------------------ the densities, written for autograd


def log_negative_binomial(y, log_mean, log_alpha):
    r, mean = anp.exp(-log_alpha), anp.exp(log_mean)
    return (
        gammaln(y + r) - gammaln(r) - gammaln(y + 1) - r * anp.log(1 + mean / r) - y * anp.log(1 + r / mean)
    )


def log_density(loss, s, y):
    """log p of each target, from outputs, a row an example."""
    k = y.shape[1]
    block = [s[:, j * k : (j + 1) * k] for j in range(s.shape[1] // k)]
    if isinstance(loss, OrdinalLoss):
        return log_ordinal(loss.classes, s, y[:, 0].astype(int))[:, None]
    if isinstance(loss, LearnedScaleLoss):
        return -(((y - block[0]) / anp.exp(block[1])) ** 2) / 2 - block[1] - np.log(2 * np.pi) / 2
    if isinstance(loss, LearnedDispersionLoss):
        return log_negative_binomial(y, *block)
    if isinstance(loss, PoissonLoss):
        return y * block[0] - anp.exp(block[0]) - gammaln(y + 1)
    if isinstance(loss, NegativeBinomialLoss):
        return log_negative_binomial(y, block[0], np.log(loss.dispersion))
    pi, p = 1 / (1 + anp.exp(-block[-1])), anp.exp(log_density(loss.count, s[:, :-k], y))
    return anp.log(pi * (y == 0) + (1 - pi) * p)


def log_ordinal(classes, s, y):
    eta, theta = s[:, :1], [0 * s[:, 0]]
    for j in range(1, classes - 1):
        theta.append(theta[-1] + anp.exp(s[:, j]))
    below = 1 / (1 + anp.exp(-(anp.stack(theta, axis=1) - eta)))
    edges = anp.concatenate([0 * eta, below, 0 * eta + 1], axis=1)
    rows = np.arange(len(y))
    return anp.log(edges[rows, y + 1] - edges[rows, y])


@EACH
@settings(max_examples=4)
@given(seed=ht.seeds())
def test_log_prob_and_slopes_are_those_of_the_written_density(loss, model, seed):
    s, y = drawn(loss, seed)
    np.testing.assert_allclose(model.log_prob(s, y), log_density(loss, s, y).sum(axis=1), rtol=1e-9)
    slope = grad(lambda t: -anp.sum(log_density(loss, t, y)))(s)
    np.testing.assert_allclose(loss.slope(s.T, y.T).T, slope, rtol=1e-6, atol=1e-8)
    constants = loss.cost(s, y) + model.log_prob(s, y)
    again = s + 0.3
    np.testing.assert_allclose(loss.cost(again, y) + model.log_prob(again, y), constants, atol=1e-9)


@EACH
@settings(max_examples=4)
@given(seed=ht.seeds())
def test_curvature_of_several_outputs_is_the_derivative_of_their_slopes(loss, model, seed):
    s, y = drawn(loss, seed)
    v, h = np.random.default_rng(seed).standard_normal(s.shape), 1e-5
    change = (loss.delta((s + h * v).T, y.T) - loss.delta((s - h * v).T, y.T)) / (2 * h)
    np.testing.assert_allclose(loss.curvature(s.T, y.T, v.T), change, rtol=1e-5, atol=1e-5)


@EACH
def test_a_loss_of_several_outputs_and_its_model_give_each_other(loss, model):
    assert model.loss == loss
    assert loss.likelihood == model
    assert as_loss(model) == loss


# ------------------------------------------------------------------ scipy


def test_log_prob_of_counts_and_amounts_is_that_of_scipy():
    rng = np.random.default_rng(0)
    a, d, z = rng.standard_normal((3, 50, 1))
    mu, alpha, pi = np.exp(a), np.exp(d), 1 / (1 + np.exp(-z))
    y = rng.poisson(3, (50, 1)) * rng.integers(0, 2, (50, 1)) * 1.0
    learned = stats.nbinom(1 / alpha, 1 / (1 + alpha * mu)).logpmf(y)
    np.testing.assert_allclose(LearnedDispersion().log_prob(np.hstack([a, d]), y), learned[:, 0], rtol=1e-10)
    for model, p, s in [
        (Poisson(), stats.poisson(mu).pmf(y), [a, z]),
        (NegativeBinomial(0.6), stats.nbinom(1 / 0.6, 1 / (1 + 0.6 * mu)).pmf(y), [a, z]),
        (LearnedDispersion(), np.exp(learned), [a, d, z]),
    ]:
        expected = np.log(pi * (y == 0) + (1 - pi) * p)[:, 0]
        np.testing.assert_allclose(ZeroInflated(model).log_prob(np.hstack(s), y), expected, rtol=1e-10)
    normal = stats.norm(a, np.exp(d)).logpdf(y)[:, 0]
    np.testing.assert_allclose(LearnedScale().log_prob(np.hstack([a, d]), y), normal, rtol=1e-10)


@pytest.mark.parametrize("log_alpha", [-27.0, -20.0, -3.5, -3.3, 3.0, 20.0])
def test_a_learned_dispersion_keeps_its_digits_where_it_is_small_or_large(log_alpha):
    """Against 60 digits; the series for r ≥ 30 meets the functions there."""
    y, a = np.array([0.0, 1.0, 30.0, 200.0]), 1.7
    with mpmath.workdps(60):

        def minus_log_p(d, count):
            r, mean = mpmath.exp(-d), mpmath.exp(a)
            rising = mpmath.loggamma(count + r) - mpmath.loggamma(r) - mpmath.loggamma(count + 1)
            return -rising + r * mpmath.log1p(mean / r) + count * mpmath.log1p(r / mean)

        exact = [float(minus_log_p(mpmath.mpf(log_alpha), int(c))) for c in y]
        slope = [float(mpmath.diff(lambda d, c=c: minus_log_p(d, int(c)), log_alpha)) for c in y]
    s = np.repeat([[a], [log_alpha]], 4, axis=1)
    np.testing.assert_allclose(LearnedDispersionLoss().value(s, y[None]), exact, rtol=1e-9)
    np.testing.assert_allclose(LearnedDispersionLoss().slope(s, y[None])[1], slope, rtol=1e-6, atol=1e-9)


# ------------------------------------------------------------------ other software

# statsmodels 0.15 on these data, by BFGS; C is X with a column of ones, .params and .llf:
#   NegativeBinomial(COUNTS, C), ZeroInflatedPoisson(COUNTS, C, exog_infl=C)
#   ZeroInflatedNegativeBinomialP(COUNTS, C, exog_infl=ones)
#   OrderedModel(CLASSES, X, distr="logit")
PLACE = np.arange(60)
X = np.column_stack([np.sin(PLACE), np.cos(3 * PLACE)])
COUNTS = ((7 * PLACE**2 + 3 * PLACE) % 11) * ((PLACE * 5) % 3 > 0) * (PLACE % 2 + 1) // 2
CLASSES = np.minimum(COUNTS // 2 + (X[:, 0] > 0.3), 3)


def fitted(outputs, constants, loss, y):
    H = Hierarchy.complete(2, outputs)
    net = Network(with_constants(H, constants) if constants else H, dtype="float64")
    run = fit(net, X, y.astype(float), loss, optimizer=LBFGS(max_iter=500, tol=1e-7))
    return run.network, -60 * cost(run.network, X, y.astype(float), loss)


def test_a_negative_binomial_regression_is_that_of_other_software():
    net, log_likelihood = fitted(1, ["log dispersion"], LearnedDispersion(), COUNTS)
    np.testing.assert_allclose(net.weights[0].toarray()[0], [-0.0632161522, -0.0583651434], atol=1e-5)
    np.testing.assert_allclose(net.biases[0], [0.6775442264, np.log(2.3514522326)], atol=1e-5)
    assert log_likelihood == pytest.approx(-109.54523118248, abs=1e-8)


def test_zero_inflated_regressions_are_those_of_other_software():
    net, log_likelihood = fitted(2, [], ZeroInflated(Poisson()), COUNTS)
    rest = np.sum(np.vectorize(mpmath.loggamma, otypes=[float])(COUNTS + 1.0))
    found = np.column_stack([net.biases[0], net.weights[0]])
    zeros, counts = [-0.05375882, 0.10556703, 0.31123824], [1.35056344, 0.00892625, 0.10195690]
    np.testing.assert_allclose(found, [counts, zeros], atol=1e-5)
    assert log_likelihood - rest == pytest.approx(-115.01098532959, abs=1e-8)
    model = ZeroInflated(LearnedDispersion())
    net, log_likelihood = fitted(1, ["log dispersion", "logit of zeros"], model, COUNTS)
    assert log_likelihood == pytest.approx(-108.24737742431, abs=1e-7)
    np.testing.assert_allclose(net.biases[0], [1.19308, np.log(0.60415), -0.39350], atol=1e-3)


def test_an_ordinal_regression_is_that_of_other_software():
    net, log_likelihood = fitted(1, ["gap 1", "gap 2"], Ordinal(4), CLASSES)
    np.testing.assert_allclose(net.weights[0].toarray()[0], [1.25578482, -0.20008532], atol=1e-6)
    found = Ordinal(4).thresholds(net(X))[0] - net.biases[0][0]
    np.testing.assert_allclose(found, [-0.57314563, 1.38035292, 1.99424787], atol=1e-6)
    assert log_likelihood == pytest.approx(-69.62352629857, abs=1e-9)


# ------------------------------------------------------------------ networks, on every engine


@EACH
@settings(max_examples=4)
@given(seed=ht.seeds())
def test_networks_with_several_outputs_a_target_have_the_gradient_of_their_cost(engine, loss, model, seed):
    s, Y = drawn(loss, seed)
    net = Network(Hierarchy.complete(3, 4, s.shape[1]), hidden="tanh", dtype="float64", seed=seed % 100)
    features, w = ht.random_array(5, 3, seed=seed), np.arange(1.0, 6)
    found = gradient(net, features, Y, loss, sample_weight=w, engine=engine)
    assert found.cost == pytest.approx(np.average(loss.cost(net(features), Y), weights=w), rel=1e-10)
    v, h = ht.random_array(net.n_parameters, seed=seed), 1e-6
    ahead, back = (
        cost(net.with_theta(net.theta + h * t * v), features, Y, loss, sample_weight=w) for t in (1, -1)
    )
    assert found.gradient.vector @ v == pytest.approx((ahead - back) / (2 * h), rel=1e-4, abs=1e-6)


@EACH
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_signals_of_ten_thousand_have_finite_costs_and_slopes_of_several_outputs(loss, model, size):
    """Where a scale is e^−10000 no more can be asked than a number."""
    s, y = drawn(loss, 0)
    for kind in (np.float32, np.float64):
        large = np.full_like(s.T, size, dtype=kind)
        value, slope = loss.value(large, y.T.astype(kind)), loss.slope(large, y.T.astype(kind))
        assert value.dtype == slope.dtype == kind
        assert np.isfinite(value).all()
        assert np.isfinite(slope).all()


@EACH
def test_samples_have_the_likelihood_of_the_model(loss, model):
    """The mean of ∂ log p/∂s over samples is 0 at the outputs that they came from."""
    s, _ = drawn(loss, 3, m=1)
    s = np.repeat(s / 2, 40_000, axis=0)
    y = model.sample(s, np.random.default_rng(0))
    slope = loss.slope(s.T, y.T)
    np.testing.assert_array_less(abs(slope.mean(axis=1)), 5 * slope.std(axis=1) / 200 + 1e-12)


def test_means_and_probabilities_are_those_of_samples():
    model, s = ZeroInflated(Poisson()), np.repeat([[0.5, -0.4]], 40_000, axis=0)
    samples = model.sample(s, np.random.default_rng(0))
    assert samples.mean() == pytest.approx(model.mean(s[:1])[0, 0], rel=0.03)
    assert (samples == 0).mean() == pytest.approx(np.exp(model.log_prob(s[:1], [[0.0]]))[0], rel=0.03)
    ordinal, t = Ordinal(4), np.repeat([[0.4, -0.3, 0.2]], 40_000, axis=0)
    shares = np.bincount(ordinal.sample(t, np.random.default_rng(0))[:, 0].astype(int), minlength=4) / 40_000
    np.testing.assert_allclose(shares, ordinal.probabilities(t[:1])[0], atol=0.01)
    assert ordinal.probabilities(t[:1]).sum() == pytest.approx(1, rel=1e-12)


def test_two_classes_in_order_are_binary_cross_entropy():
    s, y = np.array([[0.3], [-2.0], [1.0]]), np.array([1, 0, 0])
    p = 1 / (1 + np.exp(-s))
    np.testing.assert_allclose(
        OrdinalLoss(2).cost(s, y), as_loss("binary_cross_entropy").cost(p, y), rtol=1e-12
    )


def test_thresholds_stay_in_order_while_a_network_learns(engine):
    H = with_constants(Hierarchy.complete(2, 4, 1), ["gap 1", "gap 2"])
    start = Network(H, hidden="tanh", dtype="float32", seed=1)
    run = fit(start, X, CLASSES, Ordinal(4), optimizer=Adam(0.05), batch_size=20, epochs=30, engine=engine)
    thresholds = Ordinal(4).thresholds(run.network(X))
    assert (np.diff(thresholds, axis=1) > 0).all()
    assert (thresholds == thresholds[0]).all()
    assert run.history[-1].cost < run.history[0].cost


# ------------------------------------------------------------------ constants


def test_a_constant_is_its_bias_on_every_engine_and_on_disk(engine, tmp_path):
    H = with_constants(Hierarchy.complete(2, 3, 2), ["a", "b"])
    assert [str(e) for e in H.ranks[-1]] == ["y0", "y1", "a of y0", "a of y1", "b of y0", "b of y1"]
    net = Network(H, hidden="tanh", dtype="float64", seed=1)
    net = net.with_theta(np.append(net.theta[:-4], [1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(net(X)[:, 2:], np.tile([1.0, 2, 3, 4], (60, 1)))
    Y = np.ones((60, 6))
    found = gradient(net, X, Y, "squared_error", engine=engine).gradient
    np.testing.assert_allclose(found.biases[-1][2:], [0, 2, 4, 6], atol=1e-12)
    save(net, tmp_path / "net")
    again = load(tmp_path / "net")
    assert again.hierarchy == H
    np.testing.assert_array_equal(again.theta, net.theta)


def test_an_output_that_covers_nothing_by_mistake_is_still_refused():
    ranks = {"a": 0, "y": 1, "z": 1}
    with pytest.raises(UnreachedElementError, match="'z' at rank 1 is reached by no feature"):
        Network(Hierarchy.from_covers([("a", "y")], rank=ranks, elements=list(ranks)))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: with_constants(Hierarchy.complete(2, 1), "gap"), ParameterError, "parameters are a sequence of names"),
        (lambda: with_constants(Hierarchy.complete(2, 1), ["a", "a"]), DuplicateElementError, "a of y0' stands twice"),
        (lambda: with_constants(Hierarchy.complete(2), ["a"]), HierarchyError, "this hierarchy has one rank"),
        (lambda: OrdinalLoss(1), ParameterError, "the number of classes is a whole number ≥ 2"),
        (lambda: OrdinalLoss(4).cost([[1.0]], [[1]]), ShapeError, "4 classes in order have 3 outputs"),
        (lambda: ZeroInflatedLoss(SquaredError()), ParameterError, "zeros are added to counts"),
        (lambda: ZeroInflatedLoss(NegativeBinomialLoss((1.0, 2.0))), ParameterError, "zeros are added to counts"),
        (lambda: ZeroInflated("poisson"), ParameterError, "zeros are added to a model of counts"),
        (lambda: Heads(LearnedScaleLoss(), (1.0, 1.0)), ParameterError, "heads share one plain loss"),
        (lambda: LearnedScaleLoss().cost([[1.0, 2.0, 3.0]], [[1.0]]), ShapeError, "one shape"),
    ],
)  # fmt: skip
def test_what_does_not_make_a_model_of_several_outputs_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("loss", "outputs", "Y", "error", "message"),
    [
        (OrdinalLoss(3), 2, [[3]], TargetError, r"classes in order are numbered 0, …, 2; row 0 of the target is \[3\]"),
        (OrdinalLoss(3), 2, [[0.5]], TargetError, "classes in order are numbered"),
        (OrdinalLoss(3), 3, [[1]], ShapeError, r"OrdinalLoss\(classes=3\) is of 2 outputs; the network has 3"),
        (LearnedDispersionLoss(), 2, [[-1]], TargetError, "a negative binomial target is a count ≥ 0"),
        (ZeroInflatedLoss(), 2, [[-1]], TargetError, "a Poisson target is a count"),
        (ZeroInflatedLoss(), 3, [[1]], ShapeError, "3 outputs do not make 2 heads"),
    ],
)  # fmt: skip
def test_a_target_outside_the_model_of_several_outputs_is_refused(loss, outputs, Y, error, message):
    with pytest.raises(error, match=message):
        cost(Network(Hierarchy.complete(1, outputs)), [[1.0]], Y, loss)


def test_constants_have_readable_names():
    assert str(Constant("gap 1", "y")) == "gap 1 of y"
