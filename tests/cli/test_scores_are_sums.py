"""Scores of parts of the rows, joined, are the scores of all rows, for each kind of target."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    log_loss,
    mean_absolute_error,
    mean_pinball_loss,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from hassenet.cli.fit.scores import difference, scores_and_losses
from hassenet.outcomes import (
    Amount,
    Classes,
    Count,
    HazardRatio,
    IntervalHazards,
    OrderedClasses,
    Outcomes,
    Quantiles,
)
from hassenet.outcomes.count import LOSSES as OF_COUNTS
from hassenet.outcomes.target import OutcomeTarget
from hassenet.survival import concordance, concordance_ipcw, integrated_brier
from hassenet.tallies import of_times
from hassenet.tallies.of_target import OfTarget
from hassenet.tallies.tally import in_pairs
from hassenet.task.target import Target

RNG = np.random.default_rng(0)
M = 60
Y = RNG.normal(7, 2, (M, 2))
GAPS = np.where(RNG.random((M, 2)) < 0.3, np.nan, Y)
GUESS = Y + RNG.normal(0, 1, (M, 2))
CODES = RNG.integers(0, 3, M)
P = RNG.dirichlet(np.ones(3), M)
COUNTS = RNG.poisson(3, (M, 1)).astype(float)
TIMES = np.column_stack([RNG.exponential(5, M).round(1), RNG.random(M) < 0.7, RNG.integers(0, 2, M)]).astype(
    float
)
ETA = RNG.normal(size=(M, 1))


def of(part, values, outputs):
    return OutcomeTarget(Outcomes((part,)), (values,)), outputs


def of_counts(name):
    part = Count("visits", name)
    return of(part, COUNTS, np.exp(RNG.normal(1, 0.5, (M, len(part.outputs)))) / 4)


HAZARDS = HazardRatio("months", "died", stratum="site", labels=("a", "b")).settled(TIMES, ETA)
INTERVALS = IntervalHazards("months", "died", cuts=(2.0, 5.0, 20.0))
KINDS = {
    "numbers": (Target("regression", ("y", "z"), Y), GUESS),
    "numbers with gaps": (Target("regression", ("y", "z"), GAPS), GUESS),
    "two classes": (
        Target("classification", ("y",), CODES % 2, ("no", "yes")),
        P[:, :2] / P[:, :2].sum(1, keepdims=True),
    ),
    "three classes": (Target("classification", ("y",), CODES, ("a", "b", "c")), P),
    "an amount": of(Amount("y", mean=1.0, scale=2.0), GAPS[:, :1], GUESS[:, :1]),
    "a class": of(Classes("y", ("a", "b", "c")), CODES[:, None].astype(float), P),
    "classes in order": of(
        OrderedClasses("y", (1, 2, 3)), CODES[:, None].astype(float), np.array([[0.2, 0.5]]) + ETA * [1, 0]
    ),
    **{f"counts, {name}": of_counts(name) for name in OF_COUNTS},
    "quantiles": of(Quantiles("y", (0.1, 0.5, 0.9)), Y[:, :1], Y[:, :1] + RNG.normal(0, 2, (M, 3))),
    "times in strata": of(HAZARDS, TIMES, ETA),
    "times in intervals": of(INTERVALS, TIMES[:, :2], RNG.uniform(0.05, 0.5, (M, 3))),
}
OF_SUMS = {name for name in KINDS if not name.startswith(("two", "three", "a class", "classes", "times"))}


def scores(target, prediction, cuts=()):
    """Return the scores of each part between these rows, joined."""
    edges = [0, *sorted(cuts), len(prediction)]
    rows = [np.arange(start, end) for start, end in itertools.pairwise(edges) if start < end]
    found = in_pairs(OfTarget.of(target.take(some), prediction[some]) for some in rows)
    return [{} if tally is None else tally.scores() for tally in found.each]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cuts", [{1}, {20, 41, 42}, set(range(1, M))], ids=["two", "four", "one a row"])
def test_scores_of_parts_of_the_rows_joined_are_those_of_all(kind, cuts):
    whole, (joined,) = scores(*KINDS[kind]), scores(*KINDS[kind], cuts)
    assert joined == pytest.approx(whole[0], rel=1e-10, abs=1e-12)
    assert len(joined) >= 2


@pytest.mark.parametrize("kind", sorted(OF_SUMS))
def test_what_scores_that_are_sums_need_does_not_grow_with_the_rows(kind):
    target, prediction = KINDS[kind]
    few, many = (
        len(pickle.dumps(list(OfTarget.of(target.take(rows), prediction[rows]).each)))
        for rows in (np.arange(20), np.tile(np.arange(M), 20))
    )
    assert many <= few + 10


@pytest.mark.parametrize(
    ("kind", "most"), [("two classes", 5), ("three classes", 13), ("times in intervals", 40)]
)
def test_what_scores_that_compare_rows_keep_is_a_few_bytes_a_row(kind, most):
    target, prediction = KINDS[kind]
    sizes = [
        len(pickle.dumps(OfTarget.of(target.take(rows), prediction[rows]).each))
        for rows in (np.arange(M), np.tile(np.arange(M), 11))
    ]
    assert sizes[1] - sizes[0] <= 10 * M * most + 10


@pytest.mark.parametrize("kind", ["numbers", "numbers with gaps"])
def test_scores_of_numbers_are_the_mean_over_targets_of_those_of_each(kind):
    target, prediction = KINDS[kind]
    seen = ~np.isnan(target.values)
    pairs = [
        (y[there], guess[there])
        for y, guess, there in zip(target.values.T, prediction.T, seen.T, strict=True)
    ]
    measures = {"R²": r2_score, "MAE": mean_absolute_error, "RMSE": root_mean_squared_error}
    expected = {name: np.mean([measure(*pair) for pair in pairs]) for name, measure in measures.items()}
    assert scores(target, prediction)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", ["two classes", "three classes"])
def test_scores_of_classes_are_those_of_scikit_learn(kind):
    target, p = KINDS[kind]
    labels = np.arange(p.shape[1])
    expected = {
        "accuracy": accuracy_score(target.values, p.argmax(1)),
        "ROC AUC": roc_auc_score(
            target.values, p[:, 1] if len(labels) == 2 else p, multi_class="ovr", labels=labels
        ),
        "log loss": log_loss(target.values, p, labels=labels),
    }
    assert scores(target, p)[0] == pytest.approx(expected, rel=1e-10)


def test_the_loss_of_quantiles_is_the_mean_of_that_of_each():
    target, outputs = KINDS["quantiles"]
    found, y = np.sort(outputs, axis=1), target.values[0][:, 0]
    each = [mean_pinball_loss(y, own, alpha=q) for q, own in zip((0.1, 0.5, 0.9), found.T, strict=True)]
    assert scores(target, outputs)[0]["quantile loss"] == pytest.approx(np.mean(each))


def test_scores_of_times_are_those_of_all_rows_together():
    found = scores(*KINDS["times in strata"], {20, 40})[0]
    events = np.unique(TIMES[TIMES[:, 1] == 1, 0])
    times = events[events <= np.quantile(TIMES[TIMES[:, 1] == 1, 0], 0.9)]
    curves = HAZARDS.curves(ETA, np.array(["a", "b"])[TIMES[:, 2].astype(int)])
    assert found == pytest.approx(
        {
            "Harrell's C": concordance(TIMES, ETA),
            "Uno's C": concordance_ipcw(TIMES, ETA, tau=times[-1], train=TIMES[:, :2]),
            "integrated Brier": integrated_brier(TIMES[:, :2], curves, times, train=TIMES[:, :2]),
        }
    )


def test_curves_are_compared_with_times_of_some_rows_after_others(monkeypatch):
    whole = scores(*KINDS["times in strata"])[0]
    monkeypatch.setattr("hassenet.tallies.of_times._NUMBERS", 100)
    assert scores(*KINDS["times in strata"])[0] == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("kind", ["times in strata", "times in intervals"])
def test_curves_are_compared_at_so_many_times_at_most_and_the_first_and_last_are_among_them(
    monkeypatch, kind
):
    seen, genuine = [], of_times.brier_under
    monkeypatch.setattr(of_times, "brier_under", lambda *call: seen.append(call[-1]) or genuine(*call))
    whole = scores(*KINDS[kind])[0]
    monkeypatch.setattr(of_times, "_TIMES", 9)
    few = scores(*KINDS[kind])[0]
    every, some = seen
    assert len(some) == 9 < len(every)
    assert (some[0], some[-1]) == (every[0], every[-1])
    assert set(some) < set(every)
    assert few["integrated Brier"] == pytest.approx(whole["integrated Brier"], rel=0.1)
    assert few["Uno's C"] == whole["Uno's C"]


def test_the_censoring_is_learned_once_whatever_the_parts(monkeypatch):
    learned, genuine = [], of_times.of_censoring
    monkeypatch.setattr(of_times, "of_censoring", lambda data: learned.append(1) or genuine(data))
    monkeypatch.setattr(of_times, "_NUMBERS", 1)
    scores(*KINDS["times in strata"])
    assert len(learned) == 1


@pytest.mark.parametrize("size", [1e9, 1e-9])
def test_r2_of_numbers_far_from_zero_loses_no_digits_in_parts(size):
    far = Target("regression", ("y",), size + 1e-8 * size * Y[:, :1])
    guess = size + 1e-8 * size * GUESS[:, :1]
    expected = r2_score(far.values - size, guess - size)
    assert scores(far, guess, set(range(1, M)))[0]["R²"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("guess", "r2"), [(3.0, 1.0), (4.0, 0.0)])
def test_r2_of_numbers_that_are_all_the_same_is_1_where_these_are_predicted_else_0(guess, r2):
    constant = Target("regression", ("y",), np.full((M, 1), 3.0))
    assert scores(constant, np.full((M, 1), guess), {7, 30})[0]["R²"] == r2


@pytest.mark.parametrize("sure", [1e-9, 1e-12])
def test_the_area_under_the_curve_tells_apart_what_in_four_bytes_is_1(sure):
    others = sure * np.arange(1, 5)
    p = np.column_stack([others, 1 - others])
    target = Target("classification", ("y",), np.array([1, 1, 0, 0]), ("no", "yes"))
    assert scores(target, p, {2})[0]["ROC AUC"] == 1.0


def test_a_class_that_no_row_has_leaves_the_area_under_the_curve_out():
    target, p = KINDS["three classes"]
    rows = np.flatnonzero(CODES != 1)
    assert list(scores(target.take(rows), p[rows])[0]) == ["accuracy", "log loss"]


@pytest.mark.parametrize("cuts", [(), (7, 30), tuple(range(1, M))])
def test_predictions_whose_squared_errors_overflow_have_the_scores_that_are_finite(cuts):
    target = Target("regression", ("y",), Y[:, :1])
    far = np.where(np.arange(M)[:, None] == 7, 1e200, GUESS[:, :1])
    assert list(scores(target, far, set(cuts))[0]) == ["MAE"]
    found, losses = scores_and_losses([(target, far)])
    assert list(found) == ["MAE"]
    own = scores_and_losses([(target, GUESS[:, :1])])[1]
    assert difference(target, losses, own) == difference(target, own, losses) == {}
    assert difference(target, own, own)["squared error"] == 0.0
