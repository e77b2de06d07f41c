"""A joint loss is the sum of the losses of its blocks: value, slope, density, gradient and training on every engine."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from hassenet import Adam, Hierarchy, Network, cost, fit, gradient, load, refit_output, save
from hassenet.errors import HassenetWarning, ParameterError, ShapeError, TargetError
from hassenet.explain import explained
from hassenet.likelihoods import (
    BinaryCrossEntropy,
    Categorical,
    Cox,
    CrossEntropy,
    GaussianLoss,
    Heads,
    Joint,
    LearnedScale,
    NegativeBinomialLoss,
    Ordinal,
    Poisson,
    PoissonLoss,
    Product,
    QuantileLoss,
    SquaredError,
    ZeroInflated,
)

M = 24
LOSS = Joint(
    {
        "stage": CrossEntropy(),
        "age": SquaredError(),
        "ill": BinaryCrossEntropy(),
        "dose": QuantileLoss((0.2, 0.8)),
        "kind": "cross_entropy",
        "visits": NegativeBinomialLoss((0.5, 2.0)),
    },
    sizes=(3, 1, 1, 2, 2, 2),
    weights=(1.0, 0.5, 1.0, 1.0, 2.0, 1.0),
)


def columns(seed=0):
    """A column a target, with class numbers: holes in each."""
    rng = np.random.default_rng(seed)
    classes = [rng.integers(0, 3, M), rng.normal(size=M), rng.integers(0, 2, M), rng.normal(size=M)]
    Y = np.column_stack([*classes, rng.integers(0, 2, M), rng.poisson(2, (M, 2))]).astype(float)
    Y[rng.random(Y.shape) < 0.3] = np.nan
    return Y


X = np.random.default_rng(1).normal(size=(M, 4))
Y = columns()


def network(dtype="float64", loss=LOSS, k=LOSS.n_outputs):
    H = Hierarchy.random((4, 6, k), covers=(14, 4 * k), seed=1)
    return Network(H, hidden="tanh", output=loss.canonical, dtype=dtype, seed=2)


def test_j_is_the_sum_over_blocks_of_j_alone(engine):
    net, E = network(), LOSS.encoded(Y)
    alone = []
    for block in LOSS.blocks:
        one = net.with_outputs(net.hierarchy.ranks[-1][block.place])
        one = one.with_activations(output=block.loss.canonical)
        known = ~np.isnan(E[:, block.place]).all(axis=1)
        J = cost(one, X[known], E[known, block.place], block.loss, engine=engine)
        alone.append(block.weight * J * known.mean())
    assert cost(net, X, Y, LOSS, engine=engine) == pytest.approx(np.sum(alone), rel=1e-12)
    p = net(X)
    assert cost(net, X, Y, LOSS, engine=engine) == pytest.approx(LOSS.cost(p, E).mean(), rel=1e-12)
    assert p[:, :3].sum(axis=1) == pytest.approx(np.ones(M))
    assert p[:, 7:9].sum(axis=1) == pytest.approx(np.ones(M))


@pytest.mark.parametrize("output", ["canonical", "other"])
def test_the_gradient_of_a_joint_loss_is_the_derivative(engine, output):
    net = network()
    if output == "other":
        net = net.with_activations(output="sigmoid")
    w = np.random.default_rng(3).uniform(0.5, 2, M)
    J = lambda theta: cost(net.with_theta(theta), X, Y, LOSS, sample_weight=w, engine="reference")  # noqa: E731
    found, h = gradient(net, X, Y, LOSS, sample_weight=w, engine=engine), 1e-5
    unit = np.eye(net.n_parameters)[::4]
    slope = [(J(net.theta + h * e) - J(net.theta - h * e)) / (2 * h) for e in unit]
    assert found.gradient.vector[::4] == pytest.approx(slope, rel=2e-5, abs=2e-7)
    assert found.cost == pytest.approx(J(net.theta), rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_engines_train_a_joint_loss_alike(engine, dtype):
    options = {"optimizer": Adam(0.02), "epochs": 4, "batch_size": 7, "validation_fraction": 0.25, "seed": 1}
    one, other = (fit(network(dtype), X, Y, LOSS, engine=e, **options) for e in (engine, "reference"))
    tolerance = 1e-4 if dtype == "float32" else 1e-9
    assert one.network.theta == pytest.approx(other.network.theta, rel=tolerance, abs=tolerance)
    assert one.history[-1].cost < one.history[0].cost
    assert one.network(X) == pytest.approx(other.network(X), rel=10 * tolerance, abs=tolerance)


def test_heads_of_a_joint_loss_are_compared_with_one_target_or_each_with_its_own(engine):
    small = Joint(("cross_entropy", "poisson"), sizes=(2, 1))
    loss = Heads(small, (0.3, 1.0))
    net = network(loss=loss, k=6)
    target = np.column_stack([np.arange(M) % 2, np.arange(M) % 5]).astype(float)
    p, E = net(X), small.encoded(target)
    expected = np.mean(0.3 * small.cost(p[:, :3], E) + small.cost(p[:, 3:], E))
    assert cost(net, X, target, loss, engine=engine) == pytest.approx(expected)
    both = np.hstack([E, E])
    assert cost(net, X, both, loss, engine=engine) == pytest.approx(expected)
    one, other = (gradient(net, X, target, loss, engine=e).gradient.vector for e in (engine, "reference"))
    assert one == pytest.approx(other, rel=1e-10, abs=1e-13)


def test_the_density_is_the_product_and_samples_lie_in_the_domains():
    model = Product((Categorical(), Poisson()), sizes=(3, 1))
    p = np.tile([0.2, 0.3, 0.5, 2.0], (4000, 1))
    y = model.sample(p, np.random.default_rng(0))
    model.loss.check(y)
    assert y.mean(axis=0) == pytest.approx(p[0], abs=0.07)
    each = Categorical().log_prob(p[:, :3], y[:, :3]) + Poisson().log_prob(p[:, 3:], y[:, 3:])
    np.testing.assert_allclose(model.log_prob(p, y), each)
    constants = model.log_prob(p, y) + model.loss.cost(p, y)
    np.testing.assert_allclose(
        constants, Poisson().log_prob(p[:, 3:], y[:, 3:]) + PoissonLoss().cost(p[:, 3:], y[:, 3:])
    )
    assert model.loss.likelihood == model
    assert model.loss == Joint((CrossEntropy(), PoissonLoss()), (3, 1))


def test_a_table_of_targets_is_matched_by_the_names_of_the_blocks():
    names = [*LOSS.names, "later visits"]
    wide = Joint(dict(zip(LOSS.names, LOSS.losses, strict=True)), LOSS.sizes, LOSS.weights)
    one = Joint(("squared_error", "poisson"), names=("age", "visits"))
    table = pd.DataFrame(Y, columns=names)[["visits", "age"]].fillna(1.0)
    net = network(loss=one, k=2)
    assert cost(net, X, table, one) == cost(net, X, table[["age", "visits"]].to_numpy(), one)
    assert wide == LOSS
    assert pickle.loads(pickle.dumps(LOSS)) == LOSS
    assert eval(repr(LOSS)) == LOSS


def test_the_best_output_layer_of_a_joint_loss_is_that_of_each_block():
    loss = Joint({"age": "squared_error", "kind": "cross_entropy"}, sizes=(1, 2))
    target = np.column_stack([X @ [1, 2, 0, 1], np.arange(M) % 2])
    net = refit_output(network(loss=loss, k=3), X, target, loss)
    hidden = net.hidden_features(X, 1)
    W = net.weights[1].toarray()[0]
    used = np.flatnonzero(W)
    A = np.column_stack([hidden[:, used], np.ones(M)])
    best = np.linalg.lstsq(A, target[:, 0], rcond=None)[0]
    assert [*W[used], net.biases[1][0]] == pytest.approx(best, rel=1e-5, abs=1e-6)
    assert np.abs(gradient(net, X, target, loss).gradient.vector[-3:]).max() < 1e-7


def test_a_network_with_a_joint_output_is_saved_explained_and_divided(tmp_path):
    net = network()
    save(net, tmp_path / "net")
    again = load(tmp_path / "net")
    assert again.activations == net.activations
    np.testing.assert_array_equal(again(X), net(X))
    assert explained(net, 0).weights[:3] == pytest.approx((2 / 3, -1 / 3, -1 / 3))
    assert explained(net, 3).weights == tuple(np.eye(LOSS.n_outputs)[3])
    with pytest.raises(ParameterError, match="softmax:3"):
        net.with_outputs(net.hierarchy.ranks[-1][1:4])
    with pytest.raises(ParameterError, match="stand in such blocks"):
        Network(Hierarchy.complete(1, 4), output=["softmax:3", "identity", "softmax:3", "softmax:3"])


def test_an_example_without_any_target_of_any_block_is_absent():
    gaps = Y.copy()
    gaps[:2] = np.nan
    with pytest.warns(HassenetWarning, match="2 of 24 examples"):
        found = cost(network(), X, gaps, LOSS)
    assert found == cost(network(), X[2:], Y[2:], LOSS)


WRONG = {
    "no losses": (ParameterError, lambda: Joint(())),
    "a name": (ParameterError, lambda: Joint("poisson")),
    "names that are not as many": (ParameterError, lambda: Joint(("poisson",), names=("a", "b"))),
    "sizes that are not as many": (ParameterError, lambda: Joint(("poisson",), sizes=(1, 2))),
    "a size of 0": (ParameterError, lambda: Joint(("poisson",), sizes=(0,))),
    "a weight of 0": (ParameterError, lambda: Joint(("poisson",), weights=(0.0,))),
    "one class": (ParameterError, lambda: Joint(("cross_entropy",))),
    "quantiles without outputs": (ParameterError, lambda: Joint((QuantileLoss((0.1, 0.9)),))),
    "a joint loss in another": (ParameterError, lambda: Joint((LOSS,), sizes=(11,))),
    "other sizes than the network's": (ShapeError, lambda: cost(network(), X, Y, Joint(("poisson",)))),
    "too few columns": (ShapeError, lambda: cost(network(), X, Y[:, :3], LOSS)),
    "a class that is not there": (TargetError, lambda: cost(network(), X, np.where(Y == 2, 3.0, Y), LOSS)),
    "a count below 0": (TargetError, lambda: Joint(("poisson",)).check(np.array([[-1.0]]))),
    "Σ of another size": (
        ShapeError,
        lambda: Joint((GaussianLoss(np.eye(2)),), sizes=(3,)).check(np.zeros((1, 3))),
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_blocks_that_do_not_fit_are_refused(wrong):
    error, call = WRONG[wrong]
    with pytest.raises(error):
        call()


def test_what_a_product_draws_is_a_target_of_its_own():
    models = (Ordinal(3), Cox(), ZeroInflated(Poisson()), LearnedScale(), Categorical())
    product = Product(models, sizes=(2, 1, 2, 2, 3))
    prediction = np.hstack([np.random.default_rng(0).normal(size=(20, 7)), np.full((20, 3), 1 / 3)])
    drawn = product.sample(prediction, np.random.default_rng(1))
    assert drawn.shape == prediction.shape
    parts = zip(product.loss.blocks, models, strict=True)
    expected = [m.log_prob(prediction[:, b.place], drawn[:, b.place]) for b, m in parts]
    np.testing.assert_allclose(product.log_prob(prediction, drawn), np.sum(expected, axis=0))
    assert np.isfinite(expected).all()


def test_the_cost_takes_class_numbers_and_a_vector_as_a_fit_does():
    joint = Joint({"kind": "cross_entropy", "age": "squared_error"}, sizes=(2, 1))
    p, numbers, rows = [[0.25, 0.75, 40.0]], [[1, 42.0]], [[0, 1, 42.0]]
    np.testing.assert_array_equal(joint.cost(p, numbers), joint.cost(p, rows))
    alone = Joint({"age": "squared_error"})
    np.testing.assert_array_equal(alone.cost([40.0, 41.0], [42.0, 42.0]), [4, 1])
