"""NaN among targets is what was not observed: it has no part in J, in its gradient, or in what is learned."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import multivariate_normal

from hassenet import Adam, EarlyStopping, Hierarchy, Network, cost, fit, gradient, refit_output
from hassenet.errors import HassenetWarning, NotFiniteError, TargetError
from hassenet.likelihoods import (
    AbsoluteError,
    AsymmetricLaplace,
    Bernoulli,
    BinaryCrossEntropy,
    Categorical,
    CoxLoss,
    CrossEntropy,
    Gaussian,
    GaussianLoss,
    Heads,
    Laplace,
    LearnedDispersionLoss,
    LearnedScaleLoss,
    NegativeBinomial,
    NegativeBinomialLoss,
    OrdinalLoss,
    Poisson,
    PoissonLoss,
    QuantileLoss,
    SquaredError,
    StudentT,
    StudentTLoss,
    ZeroInflatedLoss,
)

SIGMA = np.array([[2.0, 0.5, 0.3], [0.5, 1.0, 0.2], [0.3, 0.2, 1.5]])
M, K = 9, 3
SEPARATE = [
    SquaredError(),
    AbsoluteError(),
    GaussianLoss(2.0),
    BinaryCrossEntropy(),
    PoissonLoss(),
    NegativeBinomialLoss((0.5, 1.0, 2.0)),
    QuantileLoss(0.8),
    StudentTLoss(),
]
# An output activation that is not canonical, within the domain of each loss
OTHER = {"identity": "tanh", "sigmoid": "softmax", "exp": "softplus", "softmax": "sigmoid"}


def targets(loss, rng):
    if loss.name == "binary_cross_entropy":
        Y = rng.uniform(0.1, 0.9, (M, K))
    elif loss.canonical == "exp":
        Y = rng.poisson(2.0, (M, K)).astype(float)
    else:
        Y = rng.normal(size=(M, K))
    Y[rng.random((M, K)) < 0.4] = np.nan
    Y[:, 0] = np.where(np.isnan(Y).all(axis=1), 0.5, Y[:, 0])
    return Y


def problem(loss, output, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    H = Hierarchy.random((4, 5, K * loss.heads), covers=(12, 4 * K * loss.heads), seed=1)
    net = Network(H, hidden="tanh", output=output, dtype=dtype, seed=3)
    return net, rng.normal(size=(M, 4)), targets(loss, rng), rng.uniform(0.5, 2, M)


def each_alone(loss, prediction, y, j):
    """L of one output and example, from the loss of a single one."""
    one = loss.alone(j, prediction.shape[1])
    return one.cost([[prediction[0, j]]], [[y]])[0]


@pytest.mark.parametrize("loss", SEPARATE, ids=lambda loss: loss.name)
@pytest.mark.parametrize("is_canonical", [True, False])
def test_j_is_the_mean_over_examples_of_the_losses_that_were_observed(engine, loss, is_canonical):
    net, X, Y, w = problem(loss, loss.canonical if is_canonical else OTHER[loss.canonical])
    of_examples = [
        sum(each_alone(loss, net(x[None]), y[j], j) for j in np.flatnonzero(~np.isnan(y)))
        for x, y in zip(X, Y, strict=True)
    ]
    assert cost(net, X, Y, loss, sample_weight=w, engine=engine) == pytest.approx(
        np.average(of_examples, weights=w)
    )


@pytest.mark.parametrize(
    "loss", [*SEPARATE, GaussianLoss(SIGMA), Heads(SquaredError(), (0.3, 1.0)), QuantileLoss((0.2, 0.7))],
    ids=lambda loss: f"{loss.name} {loss.heads}",
)  # fmt: skip
@pytest.mark.parametrize("is_canonical", [True, False])
def test_the_gradient_with_gaps_is_the_derivative_on_every_engine(engine, loss, is_canonical):
    net, X, Y, w = problem(loss, loss.canonical if is_canonical else OTHER[loss.canonical])
    J = lambda theta: cost(net.with_theta(theta), X, Y, loss, sample_weight=w, engine="reference")  # noqa: E731
    found, h = gradient(net, X, Y, loss, sample_weight=w, engine=engine), 1e-5
    unit = np.eye(net.n_parameters)[::3]
    slope = [(J(net.theta + h * e) - J(net.theta - h * e)) / (2 * h) for e in unit]
    assert found.gradient.vector[::3] == pytest.approx(slope, rel=2e-5, abs=2e-7)
    assert found.cost == pytest.approx(J(net.theta), rel=1e-12)


@pytest.mark.parametrize(
    "loss", [SquaredError(), BinaryCrossEntropy(), PoissonLoss()], ids=lambda loss: loss.name
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_example_without_any_target_is_absent_to_the_bit(engine, loss, dtype):
    net, X, Y, w = problem(loss, loss.canonical, dtype=dtype)
    Y[[2, 5]] = np.nan
    some = np.delete(np.arange(M), [2, 5])
    options = {"optimizer": Adam(0.01), "epochs": 3, "batch_size": 4, "engine": engine}
    for features in (X, csr_array(X)):
        with pytest.warns(HassenetWarning, match="2 of 9 examples have none at all"):
            one = fit(net, features, Y, loss, sample_weight=w, **options)
        other = fit(net, features[some], Y[some], loss, sample_weight=w[some], **options)
        assert np.array_equal(one.network.theta, other.network.theta)
        assert one.costs.tolist() == other.costs.tolist()


SEVERAL = [
    (ZeroInflatedLoss(), 2),
    (ZeroInflatedLoss(NegativeBinomialLoss(0.5)), 2),
    (LearnedDispersionLoss(), 2),
    (LearnedScaleLoss(), 2),
]


@pytest.mark.parametrize(("loss", "n"), SEVERAL, ids=lambda loss: getattr(loss, "name", ""))
def test_of_models_with_several_outputs_a_target_each_target_counts_where_it_is_there(engine, loss, n):
    rng = np.random.default_rng(0)
    Y = rng.poisson(1.0, (M, 2)).astype(float)
    Y[rng.random((M, 2)) < 0.4] = np.nan
    Y[np.isnan(Y).all(axis=1), 0] = 1.0
    net = Network(Hierarchy.complete(4, 5, 2 * n), hidden="tanh", dtype="float64", seed=1)
    X = rng.normal(size=(M, 4))
    s = net(X)
    alone = [
        np.where(np.isnan(Y[:, j]), 0, loss.cost(s[:, j::2], np.nan_to_num(Y[:, [j]]))) for j in range(2)
    ]
    assert cost(net, X, Y, loss, engine=engine) == pytest.approx(np.sum(alone, axis=0).mean())
    log_p = [
        loss.likelihood.log_prob(s[:, j::2], np.nan_to_num(Y[:, [j]])) * ~np.isnan(Y[:, j]) for j in range(2)
    ]
    assert loss.likelihood.log_prob(s, Y) == pytest.approx(np.sum(log_p, axis=0))
    one, other = (gradient(net, X, Y, loss, engine=e).gradient.vector for e in (engine, "reference"))
    assert one == pytest.approx(other, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("loss", "k"), [(CoxLoss(), 1), (OrdinalLoss(3), 2)], ids=["cox", "ordinal"])
def test_targets_with_columns_of_their_own_are_there_or_not(engine, loss, k):
    rng = np.random.default_rng(0)
    net, X = Network(Hierarchy.complete(4, 5, k), hidden="tanh", dtype="float64"), rng.normal(size=(M, 4))
    Y = np.column_stack([np.arange(M) % 3, np.ones(M)])[:, : len(loss.target_columns[0])].astype(float)
    gaps = Y.copy()
    gaps[:2] = np.nan
    with pytest.warns(HassenetWarning, match="2 of 9 examples"):
        assert cost(net, X, gaps, loss, engine=engine) == cost(net, X[2:], Y[2:], loss, engine=engine)


def test_class_numbers_that_are_missing_are_absent(engine):
    net, X, _, _ = problem(CrossEntropy(), "softmax")
    y = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2])
    gaps = np.where(np.arange(M) % 4 == 1, np.nan, y)
    some = np.flatnonzero(~np.isnan(gaps))
    with pytest.warns(HassenetWarning, match="2 of 9 examples have none"):
        found = gradient(net, X, gaps, engine=engine)
    assert found.cost == gradient(net, X[some], y[some], engine=engine).cost
    one_hot = np.where(np.isnan(gaps)[:, None], np.nan, np.eye(3)[y])
    with pytest.warns(HassenetWarning):
        assert found.cost == gradient(net, X, one_hot, engine=engine).cost


def test_heads_with_targets_of_their_own_may_lack_some_of_them(engine):
    H = Hierarchy.complete(4, 5, 6)
    net = Network(H, hidden="tanh", output="softmax/2", dtype="float64")
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(M, 4)), np.eye(3)[rng.integers(0, 3, (M, 2))].reshape(M, 6)
    Y[[1, 4], :3], Y[[2, 5], 3:] = np.nan, np.nan
    loss = Heads(CrossEntropy(), (0.5, 1.0))
    p = net(X)
    blocks = [(0.5, slice(0, 3)), (1.0, slice(3, 6))]
    expected = [v * -np.nansum(Y[:, b] * np.log(p[:, b]), axis=1) for v, b in blocks]
    found = gradient(net, X, Y, loss, engine=engine)
    assert found.cost == pytest.approx(np.mean(np.sum(expected, axis=0)))
    other = gradient(net, X, Y, loss, engine="reference").gradient.vector
    assert found.gradient.vector == pytest.approx(other, abs=1e-14)


def test_a_target_that_is_all_there_is_learned_as_if_it_were_alone(engine):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    Y[rng.random(20) < 0.5, 1] = np.nan
    both, alone = (Network(Hierarchy.complete(3, k), dtype="float64", theta=np.zeros(4 * k)) for k in (2, 1))
    options = {"epochs": 4, "batch_size": 5, "engine": engine}
    one, other = fit(both, X, Y, **options).network, fit(alone, X, Y[:, 0], **options).network
    assert one.weights[0][0] == pytest.approx(other.weights[0][0], rel=1e-14)
    assert one.biases[0][0] == pytest.approx(other.biases[0][0], rel=1e-14)


def test_the_best_output_layer_is_that_of_each_target_on_the_rows_that_have_it():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    Y[rng.random((40, 2)) < 0.4] = np.nan
    Y[np.isnan(Y).all(axis=1), 0] = 1.0
    net = refit_output(Network(Hierarchy.complete(3, 2), dtype="float64"), X, Y)
    by_lbfgs = fit(net.with_theta(np.zeros(8)), X, Y, optimizer=__import__("hassenet").LBFGS(200, tol=1e-10))
    for j, y in enumerate(Y.T):
        seen = ~np.isnan(y)
        A = np.column_stack([X[seen], np.ones(seen.sum())])
        best = np.linalg.lstsq(A, y[seen], rcond=None)[0]
        assert [*net.weights[0][j], net.biases[0][j]] == pytest.approx(best)
        assert [*by_lbfgs.network.weights[0][j], by_lbfgs.network.biases[0][j]] == pytest.approx(
            best, abs=1e-6
        )


MODELS = [
    Bernoulli(),
    Poisson(),
    NegativeBinomial((0.5, 1.0, 2.0)),
    Laplace(),
    StudentT(),
    AsymmetricLaplace(0.3),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_the_density_with_gaps_is_that_of_the_targets_that_are_there(model):
    y = model.sample(np.full((M, K), 0.4), np.random.default_rng(0))
    prediction = np.random.default_rng(1).uniform(0.2, 0.8, (M, K))
    gaps = np.random.default_rng(2).random((M, K)) < 0.4
    alone = [
        model.loss.alone(j, K).likelihood.log_prob(prediction[:, [j]], y[:, [j]]) * ~gaps[:, j]
        for j in range(K)
    ]
    assert model.log_prob(prediction, np.where(gaps, np.nan, y)) == pytest.approx(np.sum(alone, axis=0))


def test_the_density_of_a_gaussian_with_gaps_is_its_marginal():
    y, prediction = np.array([[1.0, np.nan, 2.0], [np.nan] * 3]), np.array([[0.5, 0.0, 1.0], [0.0] * 3])
    there = [0, 2]
    marginal = multivariate_normal(prediction[0, there], SIGMA[np.ix_(there, there)])
    assert Gaussian(SIGMA).log_prob(prediction, y) == pytest.approx([marginal.logpdf(y[0, there]), 0.0])


def test_of_classes_all_or_nothing_is_missing():
    assert Categorical().log_prob([[0.5, 0.5]], [[np.nan, np.nan]]) == [0.0]
    net = Network(Hierarchy.complete(2, 2), output="softmax")
    with pytest.raises(TargetError, match="NaN in every entry where there is none"):
        fit(net, np.eye(2), [[1.0, np.nan], [0.0, 1.0]])


def test_infinite_targets_and_targets_that_are_all_missing_are_refused():
    net = Network(Hierarchy.complete(2, 1))
    with pytest.raises(NotFiniteError, match="NaN where a value is missing"):
        fit(net, np.eye(2), [np.inf, 1.0])
    with pytest.raises(TargetError, match="all of Y is NaN"):
        fit(net, np.eye(2), [np.nan, np.nan])


def test_each_target_stays_on_both_sides_of_a_split():
    X, Y = np.random.default_rng(0).normal(size=(40, 2)), np.ones((40, 2))
    Y[2:, 1] = np.nan
    held = []
    fit(
        Network(Hierarchy.complete(2, 2)), X, Y, epochs=1, validation_fraction=0.1,
        score=lambda Y, _: held.append(Y) or 0.0, early_stopping=EarlyStopping("score"),
    )  # fmt: skip
    assert (~np.isnan(held[0])).sum(axis=0).tolist() == [4, 1]
