"""Settings are chosen by the loss of outcomes: times in risk sets, counts, ordered classes, several at once."""

from __future__ import annotations

import numpy as np
import pytest

import hassenet as hn
from hassenet import likelihoods as lk
from hassenet.hierarchy import Constant
from hassenet.outcomes import (
    Amount,
    Classes,
    Count,
    HazardRatio,
    IntervalHazards,
    OffsetColumn,
    OrderedClasses,
    Outcomes,
    Quantiles,
)
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection import Effort, Problem, Search, Setting
from hassenet.selection.linear import Basis, linear_fits
from hassenet.selection.of_outcomes import fold_strata, names_of, rare_in_folds, signals_of
from hassenet.selection.size import Size
from hassenet.task.task import Task

M = 60
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, 4)).astype(np.float32)
TIME = RNG.exponential(np.exp(-X[:, 0])).astype(float)
DIED = (RNG.random(M) < 0.7).astype(float)
H = hn.Hierarchy.from_covers([(0, "p"), (1, "p"), (2, "q"), (3, "q")])
ADDED = RNG.normal(size=M)
COUNTS = RNG.poisson(np.exp(2 + X[:, 0])).astype(float)[:, None]
GRADES = np.digitize(X[:, 0] + RNG.logistic(size=M), [-1.0, 1.0]).astype(float)[:, None]
VALUES = {
    "cox": (HazardRatio("days", "died"), np.column_stack([TIME, DIED])),
    "strata": (
        HazardRatio("days", "died", None, "centre", ("A", "B")),
        np.column_stack([TIME, DIED, np.arange(M) % 2]),
    ),
    "intervals": (IntervalHazards("days", "died", None, 3), np.column_stack([TIME, DIED])),
    "poisson": (Count("visits", "poisson"), COUNTS),
    "negative binomial": (Count("visits"), COUNTS),
    "zero-inflated": (Count("visits", "zero_inflated_poisson"), COUNTS),
    "ordered": (OrderedClasses("grade", ("low", "mid", "high")), GRADES),
    "quantiles": (Quantiles("weight", (0.1, 0.9)), 70 + 5 * X[:, :1]),
    "student": (Amount("weight", "student_t"), 70 + 5 * X[:, :1]),
    "class": (Classes("grade", ("low", "mid", "high")), GRADES),
}


def target_of(*kinds: str, offset: OffsetColumn | None = None) -> OutcomeTarget:
    parts, values = zip(*(VALUES[kind] for kind in kinds), strict=True)
    target = OutcomeTarget(Outcomes(parts, offset), values, None if offset is None else ADDED)
    target = target.begun(slice(None))
    return target.take(target.is_learnable)


def problem_of(target: OutcomeTarget, weight=None, rows=slice(None)) -> Problem:
    loss = target.outcomes.loss
    task = Task(names_of(target.outputs), loss)
    biases = signals_of(target, weight)
    Z = X[: len(target)]
    return Problem(
        H, task, Z, target.encoded, fold_strata(target), weight, offset=target.offset, biases=biases
    )


@pytest.mark.parametrize(
    "kinds", [(kind,) for kind in VALUES] + [("cox", "class", "negative binomial")], ids=" and ".join
)
def test_settings_are_chosen_for_each_kind_of_outcome_and_the_ensemble_is_a_model(kinds):
    problem = problem_of(target_of(*kinds))
    settings = [Setting(0.1), Setting(0.01, neurons=1, activation="tanh")]
    found = Search(settings=settings, folds=2, members=2, steps=3, n_jobs=1).run(problem)
    assert {c.setting for c in found.candidates} == set(settings)
    assert np.isfinite([c.loss for c in found.candidates]).all()
    assert np.isfinite(found.out_of_fold).all()
    made = hn.Model(found.ensemble, tuple("abcd"), "outcomes", target_of(*kinds).names,
                    outcomes=target_of(*kinds).outcomes)  # fmt: skip
    assert made.predict(X[:3]) is not None
    constants = [k for k, output in enumerate(problem.outputs) if isinstance(output, Constant)]
    assert np.ptp(found.ensemble(X)[:, constants], axis=0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["cox", "strata"])
def test_times_are_compared_within_the_fold_and_the_stratum_whatever_the_folds_differ_by(kind):
    target, weight = target_of(kind), RNG.uniform(0.5, 2, M)
    problem = problem_of(target, weight)
    prediction, fold = RNG.normal(size=(M, 1)), np.arange(M) % 3
    found = problem.losses(prediction, fold)
    for f in range(3):
        rows = fold == f
        own = lk.CoxLoss().among(weight[rows]).cost(prediction[rows], target.encoded[rows])
        np.testing.assert_allclose(found[rows], own, rtol=1e-12)
    np.testing.assert_allclose(problem.losses(prediction + 5.0 * fold[:, None], fold), found, rtol=1e-9)
    half = np.where(fold[:, None] == 0, np.nan, prediction)
    assert np.isnan(problem.losses(half, fold)).tolist() == (fold == 0).tolist()


@pytest.mark.parametrize("kinds", [("strata",), ("poisson", "cox")], ids=" and ".join)
def test_log_hazards_are_0_in_the_mean_over_the_rows_that_a_network_learned_from(kinds):
    problem = problem_of(target_of(*kinds))
    found = Search(settings=[Setting(0.1)], folds=2, n_jobs=1).run(problem)
    for fold, net in enumerate(found.ensemble):
        mean = net(problem.X[found.fold != fold]).mean(axis=0)
        assert mean[-1] == pytest.approx(0, abs=1e-5)
        assert (abs(mean[:-1]) > 0.1).all()


def test_what_is_missing_of_a_target_does_not_count_in_a_comparison():
    values = tuple(VALUES[kind][1].astype(float).copy() for kind in ("student", "negative binomial"))
    values[0][:20] = np.nan
    values[1][30:] = np.nan
    parts = tuple(VALUES[kind][0] for kind in ("student", "negative binomial"))
    target = OutcomeTarget(Outcomes(parts), values).begun(slice(None))
    problem = problem_of(target)
    guess = RNG.normal(size=(M, 3))
    loss, fold = problem.losses(guess, np.zeros(M)), np.zeros(M)
    first = problem.losses(np.where([True, False, False], guess + 1, guess), fold)
    assert (loss[:20] == first[:20]).all()
    assert (loss[20:] != first[20:]).all()


@pytest.mark.parametrize("kind", ["poisson", "negative binomial", "ordered", "intervals", "cox"])
def test_networks_start_from_the_outputs_that_are_best_where_nothing_is_known(kind):
    target = target_of(kind)
    outputs = len(target.outputs)
    signals = np.tile(signals_of(target), (len(target), 1))
    loss = target.outcomes.loss
    top = lk.base.columns(signals, target.encoded, loss.heads, tuple(map(len, loss.target_columns)))
    slope = lk.gaps.by_output(lambda L: L.delta, loss, *top)
    np.testing.assert_allclose(slope.mean(axis=1), np.zeros(outputs), atol=1e-3)
    net = problem_of(target).started(problem_of(target).linear)
    np.testing.assert_allclose(net.biases[0], signals[0], rtol=1e-6)


@pytest.mark.parametrize("kind", ["poisson", "negative binomial", "cox"])
def test_a_linear_candidate_of_an_outcome_with_an_offset_is_the_fit_of_a_network_without_hidden_ranks(kind):
    added = OffsetColumn("added")
    target = target_of(kind, offset=added)
    problem = problem_of(target)
    (found,) = linear_fits(problem, Basis.of(problem.X), np.arange(M), [0.1])
    start = problem.linear.with_dtype("float64").with_theta(np.zeros(problem.linear.n_parameters))
    options = {
        "loss": problem.loss,
        "penalty": hn.L2(0.1),
        "optimizer": hn.LBFGS(300, tol=1e-9),
        "epochs": 300,
    }
    other = hn.fit(start, X.astype(float), target.encoded, offset=target.offset, **options).network
    W = found.network.weights[0]
    np.testing.assert_allclose(
        W.toarray() if hasattr(W, "toarray") else W,
        other.weights[0].toarray() if hasattr(other.weights[0], "toarray") else other.weights[0],
        atol=2e-3,
    )


def test_folds_spread_what_rows_have_their_classes_and_their_events():
    target = target_of("cox", "class")
    values = (target.values[0], np.where(np.arange(M)[:, None] < 10, np.nan, target.values[1]))
    strata = fold_strata(OutcomeTarget(target.outcomes, values))
    groups = {(event, None if np.isnan(c) else c) for event, c in zip(DIED, values[1][:, 0], strict=True)}
    assert len(np.unique(strata)) == len(groups)


def test_what_a_fold_would_lack_is_named():
    values = np.column_stack([TIME, np.r_[np.ones(3), np.zeros(M - 3)]])
    rare = rare_in_folds(OutcomeTarget(Outcomes((HazardRatio("days", "died"),)), (values,)), 5)
    assert rare == ("3 rows in which 'died' was seen",)
    assert rare_in_folds(target_of("ordered"), 2) == ()


def test_examples_that_look_at_each_other_are_learned_from_in_larger_batches_and_fewer_trainings():
    problem = problem_of(target_of("cox"))
    alone = problem_of(target_of("poisson"))
    assert Search().effort(problem).batch_size >= M // 2
    large = Effort.of(Size.of(H, 1), 2000, 5, 10)
    assert large.in_risk_sets(2000).batch_size == 256 > large.batch_size
    assert problem.size.seconds(Setting(0.1, 1), 32, 600) > 10 * alone.size.seconds(Setting(0.1, 1), 32, 600)
