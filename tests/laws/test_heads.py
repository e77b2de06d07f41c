"""Heads: L(ŷ, y) = Σ_h v_h L₀(ŷ⁽ʰ⁾, y), in the cost, its gradient, training, and as a likelihood."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import calls
from hassenet import testing as ht
from hassenet.engines import Objective
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, TargetError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import (
    LOSSES,
    AbsoluteError,
    Bernoulli,
    BinaryCrossEntropy,
    Composite,
    CrossEntropy,
    Gaussian,
    GaussianLoss,
    Heads,
    PoissonLoss,
    SquaredError,
    as_loss,
    canonical_loss,
)
from hassenet.likelihoods.top import ChainRule
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Adam
from hassenet.penalties import L2
from hassenet.training import fit
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.objective import cost, gradient
from hassenet.training.refit import refit_output

M, K = 8, 2  # examples, outputs of a head
V = (0.3, 0.0, 2.0, 1.0)
H = Hierarchy.random((5, 6, 5, K * len(V)), covers=(14, 13, 17), seed=3)
LAYER = [f"out{i}" for i in range(K * len(V))]
RELAYED = Hierarchy.random((5, 4, 3), covers=(9, 7), seed=1).crown(LAYER, over="all")
COVARIANCE = np.array([[2.0, 0.6], [0.6, 0.5]])
PLAIN = [*LOSSES.values(), GaussianLoss(COVARIANCE)]
# losses on outputs where they are finite, the canonical one first
PAIRS = [
    (SquaredError(), "identity"),
    (SquaredError(), "softmax/4"),
    (SquaredError(), "softmax"),
    (GaussianLoss(COVARIANCE), "identity"),
    (GaussianLoss(0.7), "tanh"),
    (BinaryCrossEntropy(), "sigmoid"),
    (BinaryCrossEntropy(), "softmax/2"),
    (CrossEntropy(), "softmax/4"),
    (CrossEntropy(), "softmax/2"),
    (CrossEntropy(), "softmax"),
    (CrossEntropy(), "sigmoid"),
    (PoissonLoss(), "exp"),
    (PoissonLoss(), "softplus"),
    (AbsoluteError(), "identity"),
]


def targets(loss, m, k, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "binary_cross_entropy": lambda: rng.integers(0, 2, (m, k)) * 1.0,
        "cross_entropy": lambda: np.eye(k)[rng.integers(0, k, m)],
        "poisson": lambda: rng.poisson(1.0, (m, k)) * 1.0,
        "negative_binomial": lambda: rng.poisson(1.0, (m, k)) * 1.0,
    }.get(loss.name, lambda: rng.standard_normal((m, k)))()


def own_targets(loss, m, k, heads):
    return np.hstack([targets(loss, m, k, seed) for seed in range(heads)])


X = ht.random_array(M, 5, seed=1)
WEIGHT = np.random.default_rng(2).uniform(0.2, 2, M)


def network(output, hierarchy=H, hidden="tanh"):
    return Network(hierarchy, hidden=hidden, output=output, dtype="float64", seed=4)


# ------------------------------------------------------------------ the sum over the heads


@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("own", [False, True], ids=["one target for all", "a target a head"])
def test_the_cost_is_the_weighted_sum_of_the_costs_of_the_heads_predictions(loss, output, own, engine):
    net = network(output)
    Y = own_targets(loss, M, K, len(V)) if own else targets(loss, M, K)
    blocks = np.split(Y, len(V), axis=1) if own else [Y] * len(V)
    each = [loss.cost(p, y) for p, y in zip(np.split(net(X), len(V), axis=1), blocks, strict=True)]
    expected = np.average(np.dot(V, each), weights=WEIGHT)
    found = cost(net, X, Y, Heads(loss, V), sample_weight=WEIGHT, engine=engine)
    assert found == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(Heads(loss, V).cost(net(X), Y), np.dot(V, each), rtol=1e-12)


@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize(
    "hierarchy", [H, RELAYED, Hierarchy.complete(5, 4, 8)], ids=["sparse", "relays", "complete"]
)
@pytest.mark.parametrize("own", [False, True], ids=["one target for all", "a target a head"])
def test_the_gradient_is_the_central_difference(loss, output, hierarchy, own, engine):
    net, heads = network(output, hierarchy), Heads(loss, V)
    Y = own_targets(loss, M, K, len(V)) if own else targets(loss, M, K)
    _, g = gradient(net, X, Y, heads, penalty=L2(0.1), sample_weight=WEIGHT, engine=engine)

    def at(theta):
        return cost(net.with_theta(theta), X, Y, heads, penalty=L2(0.1), sample_weight=WEIGHT, engine=engine)

    for seed in (0, 1):
        direction = ht.random_array(net.n_parameters, seed=seed)
        direction /= np.linalg.norm(direction)
        slope = ht.central_difference(at, net.theta, direction)
        assert abs(g.vector @ direction - slope) <= 1e-7 * max(np.linalg.norm(g.vector), 1e-3)


@pytest.mark.parametrize("loss", PLAIN, ids=repr)
@pytest.mark.parametrize("short", [True, False], ids=["canonical", "by the chain rule"])
def test_with_a_weight_for_one_head_alone_the_cost_is_that_of_a_network_with_that_head_alone(
    loss, short, engine
):
    output = Heads(loss, V).canonical if short else {"cross_entropy": "sigmoid"}.get(loss.name, "softmax/4")
    net = network(output, Hierarchy.complete(5, 4, 8))
    Y = targets(loss, M, K)
    for h in range(4):
        rows = slice(h * K, (h + 1) * K)
        one = Network(Hierarchy.complete(5, 4, K), "tanh", output.partition("/")[0], dtype="float64")
        one = one.with_parameters(
            [net.weights[0], net.weights[1][rows]], [net.biases[0], net.biases[1][rows]]
        )
        expected = gradient(one, X, Y, loss, engine=engine)
        found = gradient(net, X, Y, Heads(loss, np.eye(4)[h]), engine=engine)
        assert found.cost == pytest.approx(expected.cost, rel=1e-12)
        np.testing.assert_allclose(
            found.gradient.weights[0], expected.gradient.weights[0], rtol=1e-10, atol=1e-13
        )
        padded = np.zeros_like(net.weights[1])
        padded[rows] = expected.gradient.weights[1]
        np.testing.assert_allclose(found.gradient.weights[1], padded, rtol=1e-10, atol=1e-13)


@given(h=st.integers(1, 5), seed=ht.seeds())
@pytest.mark.parametrize("loss", PLAIN, ids=repr)
def test_copies_of_one_head_cost_as_often_as_there_are_copies(loss, engine, h, seed):
    one = Network(Hierarchy.complete(3, 2, K), "tanh", loss.canonical, seed, "float64")
    many = Network(
        Hierarchy.complete(3, 2, h * K), "tanh", Heads(loss, (1.0,) * h).canonical, dtype="float64"
    )
    many = many.with_parameters(
        [one.weights[0], np.tile(one.weights[1], (h, 1))], [one.biases[0], np.tile(one.biases[1], h)]
    )
    Y, x = targets(loss, M, K, seed), ht.random_array(M, 3, seed=seed)
    once = gradient(one, x, Y, loss, engine=engine)
    often = gradient(many, x, Y, Heads(loss, (1.0,) * h), engine=engine)
    assert often.cost == pytest.approx(h * once.cost, rel=1e-12)
    np.testing.assert_allclose(often.gradient.weights[0], h * once.gradient.weights[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("loss", "output"), [*PAIRS, (SquaredError(), "exp")])
def test_a_head_of_weight_0_is_not_there_even_where_its_loss_is_infinite(loss, output, engine):
    net = network(output)
    b = net.biases[-1].copy()
    b[K : 2 * K] = [-1e4, 1e4]
    net = net.with_parameters(net.weights, [*net.biases[:-1], b])
    if output not in ("softmax", "softmax/2"):  # there the second head takes from the others
        J, g = gradient(net, X, targets(loss, M, K), Heads(loss, V), engine=engine)
        assert np.isfinite(J)
        assert np.isfinite(g.vector).all()
        assert not g.biases[-1][K : 2 * K].any() or output.startswith("softmax")


@pytest.mark.parametrize(("loss", "output"), PAIRS)
@pytest.mark.parametrize("optimizer", [SGD(0.01), Adam(0.01), LBFGS()], ids=repr)
def test_one_target_for_all_heads_is_the_same_target_written_once_a_head(loss, output, optimizer, engine):
    net, Y = network(output), targets(loss, M, K)
    runs = [
        fit(
            net, X, given, Heads(loss, V), optimizer=optimizer, batch_size=3, epochs=3,
            validation_data=(X, given), engine=engine,
        )
        for given in (Y, np.tile(Y, len(V)))
    ]  # fmt: skip
    np.testing.assert_array_equal(runs[0].network.theta, runs[1].network.theta)
    np.testing.assert_array_equal(runs[0].column("validation_cost"), runs[1].column("validation_cost"))


def test_one_head_of_weight_1_is_the_loss_itself(engine):
    net, y = network("softmax", Hierarchy.complete(5, 4, 3)), np.arange(M) % 3
    one, plain = (
        gradient(net, X, y, L, engine=engine) for L in (Heads(CrossEntropy(), [1]), "cross_entropy")
    )
    assert one.cost == plain.cost
    np.testing.assert_array_equal(one.gradient.vector, plain.gradient.vector)


# ------------------------------------------------------------------ canonical outputs


@pytest.mark.parametrize("loss", PLAIN, ids=repr)
def test_the_short_delta_is_that_of_the_chain_rule(loss, engine):
    heads = Heads(loss, V)
    net = network(heads.canonical)
    net, Y = net.with_theta(net.theta / 3), own_targets(loss, M, K, len(V))
    short = gradient(net, X, Y, heads, engine=engine)
    by_chain_rule = calls.Goal(net.plan, Objective(ChainRule(heads, net.plan.layers[-1].G)))
    J, vector = calls.gradient("reference", by_chain_rule, net.theta, X, Y)
    assert short.cost == pytest.approx(J, rel=1e-9)
    assert ht.relative_error(short.gradient.vector, vector) < 1e-9


@pytest.mark.parametrize("loss", PLAIN, ids=repr)
def test_the_curvature_is_the_derivative_of_the_delta(loss):
    s, v, y = ht.random_array(8, M, seed=1), ht.random_array(8, M, seed=2), targets(loss, M, K).T
    heads, step = Heads(loss, V), 1e-5
    difference = (heads.delta(s + step * v, y) - heads.delta(s - step * v, y)) / (2 * step)
    np.testing.assert_allclose(heads.curvature(s, y, v), difference, atol=1e-7)


def test_the_canonical_output_is_that_of_a_head_and_a_softmax_falls_into_blocks():
    assert [Heads(loss, V).canonical for loss in (SquaredError(), BinaryCrossEntropy(), PoissonLoss())] == [
        "identity", "sigmoid", "exp",
    ]  # fmt: skip
    assert Heads(CrossEntropy(), V).canonical == "softmax/4"
    assert Heads(CrossEntropy(), [2]).canonical == "softmax"


def test_without_a_loss_blocks_of_a_softmax_are_heads_of_equal_weights(engine):
    net, y = network("softmax/4"), np.arange(M) % 2
    assert canonical_loss("softmax/4") == Heads(CrossEntropy(), (1, 1, 1, 1))
    assert cost(net, X, y, engine=engine) == cost(net, X, y, Heads(CrossEntropy(), np.ones(4)), engine=engine)


@pytest.mark.parametrize("size", [1e4, -1e4])
@pytest.mark.parametrize(
    ("loss", "costs"),  # of the heads, whose targets are (1, 0): their signals are (±10⁴, 0)
    [
        (CrossEntropy(), {1e4: 0.0, -1e4: 1e4}),
        (BinaryCrossEntropy(), {1e4: np.log(2), -1e4: 1e4 + np.log(2)}),
    ],
    ids=repr,
)
def test_signals_of_ten_thousand_give_the_exact_cost_in_single_precision(loss, costs, size, engine):
    heads = Heads(loss, (0.5, 0.25, 2.0))
    net = Network(Hierarchy.complete(1, 6), output=heads.canonical, dtype="float32")
    net = net.with_parameters([np.resize([size, 0], 6)[:, None]], [np.zeros(6)])
    J, g = gradient(net, [[1.0]], [[1.0, 0.0]], heads, engine=engine)
    assert J == pytest.approx(2.75 * costs[size], rel=1e-6)
    first = np.repeat([0.5, 0.25, 2.0], 2) * np.resize([0.0 if size > 0 else -1.0, 0.5], 6)
    second = first + np.repeat([0.5, 0.25, 2.0], 2) * np.resize([0, (size < 0) - 0.5], 6)
    expected = first if loss.name == "binary_cross_entropy" else second
    np.testing.assert_allclose(g.biases[0], expected, rtol=1e-6)


# ------------------------------------------------------------------ likelihoods


@pytest.mark.parametrize("loss", PLAIN, ids=repr)
def test_minus_the_log_likelihood_is_the_cost_and_constants_that_know_no_parameter(loss):
    heads, Y = Heads(loss, V), targets(loss, M, K)
    net, constants = network(heads.canonical), []
    for seed in (1, 2):
        other = net.with_theta(ht.random_array(net.n_parameters, seed=seed))
        constants.append(-heads.likelihood.log_prob(other(X), Y).mean() - cost(other, X, Y, heads))
    assert constants[0] == pytest.approx(constants[1], rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("loss", PLAIN, ids=repr)
def test_with_equal_weights_the_likelihood_is_the_product_of_independent_models(loss):
    p, Y = network(Heads(loss, V).canonical)(X), own_targets(loss, M, K, 4)
    model = Heads(loss, (1, 1, 1, 1)).likelihood
    each = [
        loss.likelihood.log_prob(a, b)
        for a, b in zip(np.split(p, 4, axis=1), np.split(Y, 4, axis=1), strict=True)
    ]
    np.testing.assert_allclose(model.log_prob(p, Y), np.sum(each, axis=0), rtol=1e-12)


@pytest.mark.parametrize("loss", PLAIN, ids=repr)
def test_the_loss_and_the_model_give_each_other(loss):
    assert Heads(loss, V).likelihood.loss == as_loss(Heads(loss, V).likelihood) == Heads(loss, V)
    assert Composite(loss.likelihood, V).loss.likelihood == Composite(loss.likelihood, V)


def test_samples_are_of_each_heads_own_model():
    p = np.repeat([[0.2, 0.8, 0.5, 0.5]], 20_000, axis=0)
    drawn = Heads(CrossEntropy(), (0.1, 1)).likelihood.sample(p, np.random.default_rng(0))
    np.testing.assert_allclose(drawn.mean(axis=0), p[0], atol=0.02)
    np.testing.assert_array_equal(drawn.reshape(-1, 2).sum(axis=1), 1)


# ------------------------------------------------------------------ training


@pytest.mark.parametrize("early", [None, EarlyStopping("score")])
def test_the_validation_score_is_that_of_the_last_head(early, engine):
    seen = []

    def score(y, prediction):
        seen.append((y, prediction))
        return float(len(seen))

    net, y = network("softmax/4"), np.arange(M) % 2
    for target in (y, np.tile(np.eye(2)[y], 4)):
        fitted = fit(
            net, X, target, Heads(CrossEntropy(), V), epochs=3, score=score, early_stopping=early,
            validation_data=(X, target), engine=engine,
        )  # fmt: skip
        np.testing.assert_array_equal(seen[-1][0], np.eye(2)[y])
        np.testing.assert_allclose(seen[-1][1], fitted.network(X)[:, -2:], rtol=1e-12)
        assert fitted.column("validation_score")[-1] == len(seen)


@pytest.mark.parametrize("loss", [loss for loss in PLAIN if loss.is_curved], ids=repr)
def test_the_refitted_output_layer_is_that_of_each_head_by_itself(loss):
    x = ht.random_array(200, 3, seed=0)
    net = Network(Hierarchy.complete(3, 2, 6), "tanh", Heads(loss, (1,) * 3).canonical, dtype="float64")
    Y = targets(loss, 200, 2)
    both = refit_output(net, x, Y, Heads(loss, (0.3, 0.0, 1.0)))
    one = Network(Hierarchy.complete(3, 2, 2), "tanh", loss.canonical, dtype="float64")
    one = refit_output(
        one.with_parameters([net.weights[0], np.zeros((2, 2))], [net.biases[0], np.zeros(2)]), x, Y, loss
    )
    for h in (0, 2):
        np.testing.assert_allclose(both(x)[:, 2 * h : 2 * h + 2], one(x), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(both.weights[1][2:4], net.weights[1][2:4])


def test_a_table_of_targets_is_matched_with_the_names_of_the_last_head(engine):
    names = ["a1", "a2", "ill", "old"]
    net = Network(Hierarchy.complete(5, 4, names=[list("abcde"), names]), dtype="float64")
    Y, loss = ht.random_array(M, 4, seed=3), Heads(SquaredError(), (0.5, 1))
    last = pd.DataFrame(Y[:, 2:], columns=["ill", "old"])[["old", "ill"]]
    assert cost(net, X, last, loss, engine=engine) == cost(net, X, Y[:, 2:], loss, engine=engine)
    every = pd.DataFrame(Y, columns=names)[["old", "a2", "ill", "a1"]]
    assert cost(net, X, every, loss, engine=engine) == cost(net, X, Y, loss, engine=engine)


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "weights",
    [
        (),
        (0, 0),
        (-0.1, 1),
        (np.nan, 1),
        (np.inf, 1),
        ("1",),
        "11",
        1.0,
        np.array(1.0),
        [[1.0], [2.0, 3.0]],
        None,
    ],
)
def test_invalid_weights_of_heads_are_refused(weights):
    with pytest.raises(
        ParameterError, match=r"weights of heads are finite numbers ≥ 0, one a head and not all 0"
    ):
        Heads(SquaredError(), weights)
    with pytest.raises(ParameterError, match="weights of heads"):
        Composite(Gaussian(), weights)


@pytest.mark.parametrize("loss", ["squared_error", Gaussian(), None, Heads(SquaredError(), (1,))])
def test_heads_share_one_plain_loss(loss):
    with pytest.raises(ParameterError, match="heads share one plain loss"):
        Heads(loss, (1, 1))


@pytest.mark.parametrize("use", [cost, gradient, fit, refit_output])
def test_a_number_of_heads_that_does_not_divide_the_outputs_is_refused(use):
    with pytest.raises(ShapeError, match="8 outputs do not make 3 heads; give a weight for each head"):
        use(network("identity"), X, np.zeros((M, 2)), Heads(SquaredError(), (1, 1, 1)))


@pytest.mark.parametrize("columns", [1, 3, 4, 16])
def test_targets_of_another_width_are_refused(columns):
    with pytest.raises(ShapeError, match=r"each of the 8 outputs \(or of the 2 of one head\)"):
        cost(network("identity"), X, np.zeros((M, columns)), Heads(SquaredError(), V))
    with pytest.raises(ShapeError, match="multiple of the 4 heads"):
        Heads(SquaredError(), V).cost(np.zeros((M, 8)), np.zeros((M, columns)))


def test_targets_outside_the_domain_of_any_head_are_refused():
    Y = np.tile([0.0, 1.0], (M, 4))
    Y[3, 5] = 0.5
    with pytest.raises(TargetError, match="row 3"):
        cost(network("softmax/4"), X, Y, Heads(CrossEntropy(), V))
    Y[3, 5] = np.nan
    with pytest.raises(TargetError, match="NaN in every entry where there is none"):
        cost(network("softmax/4"), X, Y, Heads(CrossEntropy(), V))
    Y[3, 5] = np.inf
    with pytest.raises(NotFiniteError, match="Y is finite"):
        cost(network("softmax/4"), X, Y, Heads(CrossEntropy(), V))
    with pytest.raises(TargetError, match="sum to 1"):
        cost(network("softmax/4"), X, np.ones((M, 2)), Heads(CrossEntropy(), V))


def test_a_covariance_is_that_of_one_head():
    with pytest.raises(ShapeError, match="it is 3 × 3 and there are 2 outputs"):
        cost(network("identity"), X, np.zeros((M, 2)), Heads(GaussianLoss(np.eye(3)), V))


def test_refitting_heads_without_curvature_or_on_another_output_is_refused():
    with pytest.raises(ParameterError, match="absolute_error has none"):
        refit_output(network("identity"), X, np.zeros((M, 2)), Heads(AbsoluteError(), V))
    with pytest.raises(ParameterError, match="canonical output of heads, softmax/4; the network has softmax"):
        refit_output(network("softmax"), X, np.arange(M) % 2, Heads(CrossEntropy(), V))


@pytest.mark.parametrize("odd", ["x", BinaryCrossEntropy(), Composite(Bernoulli(), (1.0,))])
def test_a_composite_is_of_a_plain_model(odd):
    with pytest.raises(ParameterError, match=r"heads share one plain model, as Bernoulli\(\); got"):
        Composite(odd, (1.0,))


@pytest.mark.parametrize("shape", [(4, 3), (4,), (2, 2, 2)])
def test_targets_and_predictions_of_heads_are_blocks(shape):
    with pytest.raises(ShapeError, match=r"an \(m, h·k\) array; the shape .* makes no 2 blocks"):
        Heads(SquaredError(), (0.3, 1.0)).check(np.ones(shape))
    if len(shape) == 2:
        with pytest.raises(ShapeError, match="makes no 2 blocks"):
            Composite(Bernoulli(), (1.0, 1.0)).sample(np.full(shape, 0.5), np.random.default_rng(0))
