"""Cox's partial likelihood: the formula on all pairs, other software on real data, and its laws on networks."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # leukaemia.py, whatever pytest's import mode
import leukaemia

from hassenet import testing as ht
from hassenet.engines import formulas
from hassenet.errors import HassenetWarning, ParameterError, ShapeError, TargetError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Cox, CoxLoss, Heads, Joint, as_loss
from hassenet.network import Network
from hassenet.optimizers import LBFGS, Adam
from hassenet.survival import concordance, survival_targets
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.ensemble import fit_ensemble
from hassenet.training.fitting import fit
from hassenet.training.objective import cost, gradient

TIES = pytest.mark.parametrize("ties", ["efron", "breslow"])


def drawn(seed, m=12, strata=2):
    """Times of which many are equal, events, strata, weights of which some are 0, and log hazards."""
    rng = np.random.default_rng(seed)
    time, event, stratum = rng.integers(1, 6, m), rng.integers(0, 2, m), rng.integers(0, strata, m)
    weight = rng.integers(0, 4, m) * rng.choice([1.0, 0.7], m)
    return np.array([time, event, stratum], float), weight, 2 * rng.standard_normal(m)


def minus_log_likelihood(s, y, w, ties):
    """The sum over every event and all at risk with it, as the papers have it."""
    total = 0.0
    for stratum, t in {(stratum, t) for t, event, stratum in y.T if event}:
        same = (y[2] == stratum) & (w > 0)
        tied, at_risk = same & (y[0] == t) & (y[1] == 1), same & (y[0] >= t)
        d = int(tied.sum())
        R, D = (w * np.exp(s))[at_risk].sum(), (w * np.exp(s))[tied].sum()
        total -= (w * s)[tied].sum()
        for l in range(d):  # noqa: E741
            total += w[tied].mean() * np.log(R - (l / d if ties == "efron" else 0) * D)
    return total


@TIES
@settings(max_examples=8)
@given(seed=ht.seeds())
def test_value_slope_and_curvature_are_those_of_the_sum_over_all_events(ties, seed):
    y, w, s = drawn(seed)
    loss, h = CoxLoss(ties).among(w), 1e-5
    assert w @ loss.value(s[None], y) == pytest.approx(minus_log_likelihood(s, y, w, ties), rel=1e-12)
    ahead = [minus_log_likelihood(s + h * e, y, w, ties) for e in np.eye(len(s))]
    back = [minus_log_likelihood(s - h * e, y, w, ties) for e in np.eye(len(s))]
    slope = np.subtract(ahead, back) / (2 * h)
    np.testing.assert_allclose(w * loss.slope(s[None], y)[0], slope, atol=1e-7)
    v = np.random.default_rng(seed).standard_normal(len(s))
    change = (loss.slope((s + h * v)[None], y) - loss.slope((s - h * v)[None], y)) / (2 * h)
    np.testing.assert_allclose(loss.curvature(s[None], y, v[None]), change, atol=1e-7)


# Other software on the same data, with gradients below 1e-12:
#   statsmodels 0.15: PHReg(TIME, X, status=EVENT, ties=ties, strata=SEX or None).fit(gtol=1e-14), .params and .llf
#   lifelines 0.30: CoxPHFitter().fit(table, "time", "event", strata=["sex"], weights_col="w"), with weights
FOUND = [
    ("efron", None, None, (1.3860755306, 1.6908903888), -69.82810106073),
    ("efron", leukaemia.SEX, None, (0.9981037724, 1.4536542542), -55.73481503116),
    ("breslow", None, None, (1.2940672169, 1.6043432333), -72.27925975742),
    ("breslow", leukaemia.SEX, None, (0.9309646155, 1.3902390344), -57.55975139339),
    ("efron", leukaemia.SEX, 1.0 + np.arange(42) % 3, (0.7416735128, 1.6497254456), -156.73396948463),
]


@pytest.mark.parametrize(("ties", "stratum", "weight", "coefficients", "log_likelihood"), FOUND)
def test_a_network_without_hidden_ranks_is_coxs_regression_of_other_software(
    ties, stratum, weight, coefficients, log_likelihood
):
    Y = survival_targets(leukaemia.TIME, leukaemia.EVENT, stratum)
    net = Network(Hierarchy.complete(2, 1), dtype="float64")
    options = {"sample_weight": weight, "optimizer": LBFGS(max_iter=200, tol=1e-8, cost_tol=0)}
    found = fit(net, leukaemia.X, Y, Cox(ties), **options).network
    np.testing.assert_allclose(found.weights[0][0], coefficients, rtol=1e-6)
    total = 42 if weight is None else weight.sum()
    J = cost(found, leukaemia.X, Y, Cox(ties), sample_weight=weight)
    assert -total * J == pytest.approx(log_likelihood, rel=1e-10)
    np.testing.assert_allclose(found.biases[0], net.biases[0], atol=1e-9)  # of which nothing is known


@TIES
@settings(max_examples=8)
@given(data=st.data(), seed=ht.seeds())
def test_the_gradient_of_a_network_is_the_difference_of_its_costs(engine, ties, data, seed):
    output = data.draw(st.sampled_from(["identity", "tanh"]))
    H = data.draw(ht.sparse_hierarchies(max_depth=2)).crown(["risk"])
    net = Network(H, hidden="tanh", output=output, dtype="float64", seed=seed % 1000)
    (y, w, _), v = drawn(seed), ht.random_array(net.n_parameters, seed=seed)
    X, w, h = ht.random_array(y.shape[1], net.hierarchy.shape[0], seed=seed), w + 0.1, 1e-6
    y[1, 0] = 1

    def J(theta):
        return cost(net.with_theta(theta), X, y.T, CoxLoss(ties), sample_weight=w, engine=engine)

    found = gradient(net, X, y.T, CoxLoss(ties), sample_weight=w, engine=engine)
    expected = (J(net.theta + h * v) - J(net.theta - h * v)) / (2 * h)
    assert found.gradient.vector @ v == pytest.approx(expected, rel=1e-5, abs=1e-7)
    assert found.cost == pytest.approx(J(net.theta), rel=1e-12)


@TIES
@settings(max_examples=8)
@given(seed=ht.seeds())
def test_order_a_constant_and_the_units_of_time_and_weights_change_nothing(ties, seed):
    y, w, s = drawn(seed)
    loss = CoxLoss(ties)
    order = np.random.default_rng(seed).permutation(len(s))
    expected = loss.among(w).slope(s[None], y)
    for other, again in [
        (loss.among(w[order]).slope(s[None, order], y[:, order]), expected[:, order]),
        (loss.among(w).slope(s[None] + 5, y), expected),
        (loss.among(w).slope(s[None], y * [[7.5], [1], [3]]), expected),
        (loss.among(3 * w).slope(s[None], y), expected),
    ]:
        np.testing.assert_allclose(other, again, rtol=1e-9, atol=1e-12)


def test_a_weight_is_as_many_copies_with_breslows_ties():
    y, _, s = drawn(3)
    copies = np.random.default_rng(0).integers(1, 4, len(s))
    many = CoxLoss("breslow").value(np.repeat(s, copies)[None], np.repeat(y, copies, axis=1)).sum()
    assert copies @ CoxLoss("breslow").among(copies).value(s[None], y) == pytest.approx(many, rel=1e-12)


@TIES
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_log_hazards_of_ten_thousand_have_finite_costs_and_slopes(ties, kind):
    y, w, _ = drawn(1, m=40)
    s = np.where(np.arange(40) % 3 == 0, 1e4, -1e4).astype(kind)[None]
    loss = CoxLoss(ties).among(w)
    assert loss.value(s, y).dtype == loss.slope(s, y).dtype == kind
    assert np.isfinite(loss.value(s, y)).all()
    assert np.isfinite(loss.slope(s, y)).all()
    np.testing.assert_array_equal(
        CoxLoss(ties).value(np.array([[-1e4, 1e4]], kind), np.array([[1, 2], [1, 0.0]])), [2e4, 0]
    )


def test_all_examples_are_one_batch_however_many_are_held_at_a_time(engine, monkeypatch):
    net = Network(Hierarchy.complete(2, 5, 1), hidden="tanh", dtype="float64", seed=1)
    given = net, leukaemia.X, leukaemia.Y, "cox"
    whole = gradient(*given, engine=engine)
    monkeypatch.setattr(formulas, "_NUMBERS_AT_ONCE", 35)  # seven examples
    parts = gradient(*given, engine=engine)
    assert cost(*given, engine=engine) == pytest.approx(whole.cost, rel=1e-14)
    np.testing.assert_allclose(parts.gradient.vector, whole.gradient.vector, rtol=1e-12, atol=1e-15)


def test_a_batch_has_the_risk_sets_of_its_own_examples(engine):
    net = Network(Hierarchy.complete(2, 3, 1), hidden="tanh", dtype="float64", seed=1)
    options = {"optimizer": Adam(1e-12), "batch_size": 20, "epochs": 1, "shuffle": False}
    run = fit(net, leukaemia.X, leukaemia.Y, "cox", engine=engine, **options)
    rows = [slice(0, 20), slice(20, 40), slice(40, 42)]
    each = [cost(net, leukaemia.X[r], leukaemia.Y[r], "cox") for r in rows]
    np.testing.assert_allclose(run.costs, each, rtol=1e-9)


def test_a_batch_without_an_event_teaches_nothing(engine):
    net = Network(Hierarchy.complete(2, 1), dtype="float64", seed=1)
    Y = np.array([[1.0, 1], [2, 1], [3, 0], [4, 0]])
    run = fit(net, leukaemia.X[:4], Y, "cox", batch_size=2, epochs=1, shuffle=False, engine=engine)
    assert run.costs[1] == 0


ALONE = np.column_stack([np.arange(1.0, 7), np.ones(6), np.arange(6)])  # each in a stratum of its own
JOINT = Joint({"relapse": Cox(), "cells": "squared_error"})


@pytest.mark.parametrize("train", [fit, fit_ensemble])
@pytest.mark.parametrize(
    ("Y", "loss", "weight", "message"),
    [
        (ALONE, "cox", None, "in none of 6 strata is there such a pair"),
        (ALONE[:, :2], "cox", np.arange(6) > 4, "there is no such pair"),
        (np.column_stack([[-1.0, -2, -3, 4], np.arange(4)]), JOINT, None, "there is no such pair"),
    ],
)
def test_nothing_is_learned_of_times_of_which_none_can_be_compared(train, Y, loss, weight, message):
    net = Network(Hierarchy.complete(2, 2 if loss is JOINT else 1), dtype="float64")
    with pytest.raises(TargetError, match=message):
        train(net, leukaemia.X[: len(Y)], Y, loss, sample_weight=weight, epochs=1)
    assert np.isfinite(cost(net, leukaemia.X[: len(Y)], Y, loss))  # where nothing is learned they have a cost


def test_a_batch_of_one_in_which_nothing_can_be_compared_is_refused(engine):
    net = Network(Hierarchy.complete(2, 1), dtype="float64")
    with pytest.raises(ParameterError, match="compared with the others of their batch.*batch_size=2 or more"):
        fit(net, leukaemia.X, leukaemia.Y, "cox", batch_size=1, epochs=1, engine=engine)


@pytest.mark.parametrize("options", [{"normalise": True}, {"dropout": 0.3}, {"dtype": "float32"}])
def test_a_deep_network_learns_who_relapses_first_and_stops_early(options):
    dtype = options.pop("dtype", "float64")
    net = Network(Hierarchy.complete(2, 6, 1), hidden="tanh", dtype=dtype, seed=2)
    stopping = EarlyStopping("score", patience=20)
    options |= {"optimizer": Adam(0.02), "batch_size": 42, "epochs": 60, "early_stopping": stopping}
    found = fit(net, leukaemia.X, leukaemia.Y, Cox(), validation_fraction=0.25, score=concordance, **options)
    assert concordance(leukaemia.Y, found.network(leukaemia.X)) > 0.8
    assert all(0 <= row.validation_score <= 1 for row in found.history)


def test_with_dropout_the_compiled_engine_says_that_the_readable_one_computes():
    net = Network(Hierarchy.complete(2, 3, 1), hidden="tanh", dtype="float64")
    options = {"dropout": 0.5, "epochs": 1, "batch_size": 42}
    with pytest.warns(HassenetWarning, match="engine='native' does not know the loss 'cox'"):
        one = fit(net, leukaemia.X, leukaemia.Y, "cox", engine="native", **options)
    other = fit(net, leukaemia.X, leukaemia.Y, "cox", **options)
    np.testing.assert_array_equal(one.network.theta, other.network.theta)


def test_events_are_on_both_sides_of_a_split():
    seen = []
    Y = np.array([[t, t in (3, 9)] for t in range(1, 21)], float)
    net = Network(Hierarchy.complete(1, 1), dtype="float64")
    options = {"validation_fraction": 0.25, "score": lambda Y, p: seen.append(Y) or 0.0, "epochs": 1}
    fit(net, Y[:, :1], Y, "cox", **options)
    assert seen[0].shape == (5, 2)
    assert seen[0][:, 1].sum() == 1


@pytest.mark.parametrize("names", [["event", "time"], ["stratum", "event", "time"]])
def test_the_columns_of_a_table_are_found_by_their_names(names):
    columns = {"time": leukaemia.TIME, "event": leukaemia.EVENT.astype(bool), "stratum": leukaemia.SEX}
    net = Network(Hierarchy.complete(2, 1), dtype="float64", seed=1)
    plain = np.column_stack([columns[name] for name in ("time", "event", "stratum") if name in names])
    table = pd.DataFrame({name: columns[name] for name in names})
    assert cost(net, leukaemia.X, table, "cox") == cost(net, leukaemia.X, plain, "cox")
    assert concordance(table, leukaemia.RISK) == concordance(plain, leukaemia.RISK)
    of_others = pd.DataFrame(plain).rename(columns={0: "weeks", 1: "relapse", 2: "sex"})
    by_place = of_others.assign(relapse=of_others["relapse"].astype(bool))
    assert cost(net, leukaemia.X, by_place, "cox") == cost(net, leukaemia.X, plain, "cox")


def test_records_of_an_event_and_a_time_are_taken_as_they_are():
    records = np.empty(42, [("cens", "?"), ("time", "f8")])  # as scikit-survival has them
    records["cens"], records["time"] = leukaemia.EVENT == 1, leukaemia.TIME
    net = Network(Hierarchy.complete(2, 1), dtype="float64", seed=1)
    assert cost(net, leukaemia.X, records, "cox") == cost(net, leukaemia.X, leukaemia.Y, "cox")
    assert concordance(records, leukaemia.RISK) == concordance(leukaemia.Y, leukaemia.RISK)


def test_an_offset_is_a_part_of_the_log_hazard(engine):
    net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[0.5, 1.0, 0.0])
    less = net.with_theta([0.5, 0.0, 0.0])
    offset = leukaemia.CELLS
    whole = gradient(net, leukaemia.X, leukaemia.Y, "cox", engine=engine)
    found = gradient(less, leukaemia.X, leukaemia.Y, "cox", engine=engine, offset=offset)
    assert found.cost == pytest.approx(whole.cost, rel=1e-12)
    np.testing.assert_allclose(found.gradient.vector, whole.gradient.vector, rtol=1e-10, atol=1e-14)


def test_times_are_compared_as_they_are_given_whatever_the_type_of_the_network():
    Y = np.array([[1e9, 1], [1e9 + 1, 1], [1e9 + 2, 0]])
    net = Network(Hierarchy.complete(1, 1), dtype="float32", theta=[0, 0])
    assert cost(net, [[1.0], [2.0], [3.0]], Y, "cox") == pytest.approx(np.log(6) / 3, rel=1e-6)


def test_the_model_and_the_loss_give_each_other_and_are_found_by_name():
    assert as_loss("cox") == as_loss(Cox()) == CoxLoss()
    assert CoxLoss("breslow").likelihood == Cox("breslow")
    y, _, s = drawn(5)
    np.testing.assert_array_equal(Cox().log_prob(s, y.T), -CoxLoss().cost(s, y.T))


def test_a_sample_of_the_model_comes_from_its_hazards():
    samples = Cox().sample(np.repeat([[0.0], [1.5]], 20_000, axis=0), np.random.default_rng(0))
    assert samples.shape == (40_000, 2)
    assert samples[:, 1].all()
    np.testing.assert_allclose(
        samples[:20_000, 0].mean() / samples[20_000:, 0].mean(), np.exp(1.5), rtol=0.03
    )


@pytest.mark.parametrize(
    ("Y", "error", "message"),
    [
        ([[1, 1], [-2, 1]], TargetError, "a time until an event is ≥ 0; row 1"),
        ([[1, 1], [2, 2]], TargetError, "whether an event was seen, 1, or none until then, 0; row 1"),
        ([[1, 1], [np.nan, 1]], TargetError, "has its event and its stratum beside it, or NaN in all"),
        ([[1, 0], [2, 0]], TargetError, "of survival times one at least ends with an event"),
        (
            [[1], [2]],
            ShapeError,
            r"columns \(time, event\) or \(time, event, stratum\); its shape is \(2, 1\)",
        ),
        ([1, 2], ShapeError, r"its shape is \(2, 1\)"),
        ([[1, 1]], ShapeError, "a row for each of the 2 examples"),
    ],
)
def test_a_target_that_is_not_a_survival_time_is_refused(Y, error, message):
    with pytest.raises(error, match=message):
        cost(Network(Hierarchy.complete(1, 1)), [[1.0], [2.0]], Y, "cox")


def test_an_event_of_weight_0_is_none():
    Y = [[1, 1], [2, 0], [3, 0]]
    with pytest.raises(TargetError, match="of survival times one at least ends with an event"):
        cost(Network(Hierarchy.complete(1, 1)), [[1.0], [2.0], [3.0]], Y, "cox", sample_weight=[0, 1, 1])


def test_a_part_held_out_without_an_event_judges_nothing_and_is_refused():
    X, Y = np.arange(20.0)[:, None], np.column_stack([1.0 + np.arange(20), np.arange(20) == 3])
    net = Network(Hierarchy.complete(1, 1))
    with pytest.raises(ParameterError, match="both parts have an event.*; there is 1; give validation_data"):
        fit(net, X, Y, CoxLoss(), validation_fraction=0.2)
    Y[7, 1] = 1
    assert fit(net, X, Y, CoxLoss(), validation_fraction=0.2, epochs=1).history[0].validation_cost > 0


def test_several_outputs_heads_and_other_ties_are_refused():
    with pytest.raises(ShapeError, match="is of 1 output; the network has 2"):
        cost(Network(Hierarchy.complete(1, 2)), [[1.0]], [[1, 1]], "cox")
    with pytest.raises(ShapeError, match="a hazard ratio is one output; the network has 2"):
        CoxLoss().cost([[1.0, 2.0]], [[1, 1]])
    with pytest.raises(ParameterError, match="heads share one plain loss"):
        Heads(CoxLoss(), (1.0, 1.0))
    for kind in (CoxLoss, Cox):
        with pytest.raises(ParameterError, match="'efron' or 'breslow' do; got 'exact'"):
            kind("exact")
