"""Concordance, Brier score, calibration and Kaplan and Meier's curve: by their sums, and as other software has them."""

from __future__ import annotations

import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parent))  # leukaemia.py, whatever pytest's import mode
import leukaemia

from hassenet import testing as ht
from hassenet.errors import DataError, NotFiniteError, ParameterError, ShapeError, TargetError
from hassenet.survival import (
    Baseline,
    SurvivalCurves,
    brier,
    calibration,
    concordance,
    concordance_ipcw,
    integrated_brier,
    interval_targets,
    kaplan_meier,
    survival_targets,
)

TIMES = np.array([5.0, 10.0, 15.0, 20.0])
CURVES = np.exp(-np.outer(np.exp(leukaemia.RISK - 3), TIMES / 10))

# scikit-survival 0.27 on the same data, with S = Surv.from_arrays(EVENT == 1, TIME):
#   concordance_index_censored(EVENT == 1, TIME, RISK), concordance_index_ipcw(S, S, RISK, tau)
#   brier_score(S, S, CURVES, TIMES), integrated_brier_score(S, S, CURVES, TIMES)
#   BreslowEstimator().fit(RISK, EVENT == 1, TIME).cum_baseline_hazard_([5, 10, 20])
# lifelines 0.30 has the same concordance; statsmodels 0.15: SurvfuncRight(TIME, EVENT).surv_prob, .surv_prob_se


def test_concordances_are_those_of_other_software():
    Y, risk = leukaemia.Y, leukaemia.RISK
    assert concordance(Y, risk) == pytest.approx(0.85273492286115, abs=1e-12)
    assert concordance(Y, risk[:, None]) == concordance(Y, risk)
    assert concordance_ipcw(Y, risk) == pytest.approx(0.8495967528200409, abs=1e-12)
    assert concordance_ipcw(Y, risk, Y, tau=15) == pytest.approx(0.8447539666302877, abs=1e-12)


def test_brier_scores_are_those_of_other_software():
    found = brier(leukaemia.Y, CURVES, TIMES)
    expected = [0.5890067747944501, 0.4604264072718368, 0.33248299812511234, 0.2911397164494619]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert integrated_brier(leukaemia.Y, CURVES, TIMES) == pytest.approx(0.41099421700630173, rel=1e-12)
    np.testing.assert_array_equal(
        brier(leukaemia.Y, SurvivalCurves(TIMES, CURVES), TIMES, leukaemia.Y), found
    )


def test_the_curve_of_all_and_its_error_are_those_of_other_software():
    curve = kaplan_meier(leukaemia.Y)
    np.testing.assert_allclose(
        curve.at([5, 10, 23]), [0.7857142857142857, 0.5654315699293211, 0.1894744237858395]
    )
    errors = [0.06331466145913701, 0.07728852288821711, 0.0709867389406851]
    np.testing.assert_allclose(curve.standard_error([5, 10, 23]), errors, rtol=1e-12)
    assert curve.median == 12
    np.testing.assert_array_equal(curve.at([0.5]), [1])


def test_the_baseline_is_that_of_other_software():
    found = Baseline.of(leukaemia.Y, leukaemia.RISK)
    expected = [0.00031041490875824624, 0.0013334432190404372, 0.004489199141905563]
    at = np.searchsorted(found.times, [5, 10, 20], side="right") - 1
    np.testing.assert_allclose(found.hazard[at], expected, rtol=1e-12)


def drawn(seed, m=14):
    rng = np.random.default_rng(seed)
    Y = np.column_stack([rng.integers(1, 7, m), rng.integers(0, 2, m), rng.integers(0, 2, m)]).astype(float)
    Y[0], Y[1] = (1, 1, 0), (7, 0, 0)  # a pair at least
    return Y, rng.integers(0, 5, m).astype(float)


@settings(max_examples=8)
@given(seed=ht.seeds())
def test_concordance_is_the_share_of_all_pairs_in_a_stratum_that_can_be_compared(seed):
    Y, risk = drawn(seed)
    scores = [
        0.5 + np.sign(risk[i] - risk[j]) / 2
        for i, j in permutations(range(len(Y)), 2)
        if Y[i, 2] == Y[j, 2] and Y[i, 1] and (Y[j, 0] > Y[i, 0] or (Y[j, 0] == Y[i, 0] and not Y[j, 1]))
    ]
    assert concordance(Y, risk) == pytest.approx(np.mean(scores), rel=1e-12)
    assert concordance(Y, -risk) == pytest.approx(1 - np.mean(scores), rel=1e-12)
    assert concordance(Y, np.exp(risk)) == concordance(Y, risk)


@settings(max_examples=8)
@given(seed=ht.seeds())
def test_where_nobody_is_lost_weights_are_one_and_scores_are_plain_means(seed):
    Y, risk = drawn(seed)
    Y = np.column_stack([Y[:, 0], np.ones(len(Y))])
    S = 1 / (1 + np.exp(risk))[:, None]
    assert concordance_ipcw(Y, risk) == pytest.approx(concordance(Y, risk), rel=1e-12)
    np.testing.assert_allclose(brier(Y, S, [3.0]), np.mean((S[:, 0] - (Y[:, 0] > 3)) ** 2), rtol=1e-12)
    curve = kaplan_meier(Y)
    np.testing.assert_allclose(curve.survival, [np.mean(Y[:, 0] > t) for t in curve.times], atol=1e-12)
    copies = np.random.default_rng(seed).integers(1, 4, len(Y))
    np.testing.assert_allclose(
        kaplan_meier(Y, copies).survival, kaplan_meier(np.repeat(Y, copies, axis=0)).survival, atol=1e-12
    )


@settings(max_examples=8)
@given(seed=ht.seeds())
def test_the_baseline_of_equal_hazards_is_that_of_events_over_those_at_risk_in_each_stratum(seed):
    Y, _ = drawn(seed)
    found = Baseline.of(Y, np.full(len(Y), 2.0))
    for stratum in found.strata:
        t, own = Y[Y[:, 2] == stratum], found.stratum == stratum
        rise = [np.sum((t[:, 0] == u) & (t[:, 1] == 1)) / np.sum(t[:, 0] >= u) for u in found.times[own]]
        np.testing.assert_allclose(found.hazard[own] * np.exp(2), np.cumsum(rise), rtol=1e-12)


def test_a_baseline_has_no_more_times_than_there_are_events_and_strata_without_any():
    m = 400
    Y = np.column_stack([np.arange(1, m + 1), np.arange(m) % 40 != 0, np.arange(m) // 2])
    assert len(Baseline.of(Y, np.zeros(m)).times) == np.sum(Y[:, 1] == 1)
    alone = Baseline.of([[3, 0, 0], [1, 1, 1]], [0.0, 0.0])
    np.testing.assert_array_equal(alone.survival([0.0, 0.0], [0, 1]).at([5]), [[1], [np.exp(-1)]])


def test_curves_of_extreme_hazards_are_0_and_1_and_a_baseline_beyond_every_float_is_refused():
    curves = Baseline.of([[1, 1], [2, 1]], [-300, -299]).survival([-1e4, 1e4])
    np.testing.assert_array_equal(curves.values, [[1, 1], [0, 0]])
    with pytest.raises(DataError, match="a cumulative hazard is finite and does not fall"):
        Baseline.of([[1, 1], [2, 1]], [-5e3, -5e3 + 1])


def test_groups_of_a_calibration_hold_equal_predictions_together():
    S = np.array([0.2, 0.2, 0.2, 0.9, 0.9, 0.5])
    Y = survival_targets([1, 2, 3, 5, 6, 4], [1, 1, 0, 0, 1, 1])
    found = calibration(Y, S, 3.5, groups=3)
    assert found.size.tolist() == [3, 1, 2]
    np.testing.assert_allclose(found.predicted, [0.2, 0.5, 0.9])
    np.testing.assert_allclose(found.seen, [1 / 3, 1, 1])
    np.testing.assert_allclose(found.standard_error[1:], 0)
    assert found.error == pytest.approx((3 * (1 / 3 - 0.2) + 0.5 + 2 * 0.1) / 6)


def test_what_is_not_known_of_an_example_changes_no_score():
    Y, S = np.column_stack([leukaemia.TIME, leukaemia.EVENT])[:20], CURVES[:20]
    risk, weight = leukaemia.RISK[:20], np.arange(1.0, 21)
    more, twice = np.vstack([Y, np.full_like(Y, np.nan)]), lambda a: np.concatenate([a, a])
    assert concordance(more, twice(risk)) == concordance(Y, risk)
    assert concordance_ipcw(more, twice(risk), more, tau=20.0) == concordance_ipcw(Y, risk, tau=20.0)
    np.testing.assert_array_equal(brier(more, twice(S), TIMES, more), brier(Y, S, TIMES))
    np.testing.assert_array_equal(kaplan_meier(more).survival, kaplan_meier(Y).survival)
    found, expected = Baseline.of(more, twice(risk), twice(weight)), Baseline.of(Y, risk, weight)
    np.testing.assert_array_equal(found.hazard, expected.hazard)
    found, expected = calibration(more, twice(S[:, 1]), 10.0, 3), calibration(Y, S[:, 1], 10.0, 3)
    np.testing.assert_array_equal([found.predicted, found.seen], [expected.predicted, expected.seen])
    np.testing.assert_array_equal(interval_targets(more, TIMES)[20:], np.full((20, 4), np.nan))


def test_a_calibration_takes_the_columns_of_a_table_by_name():
    Y = pd.DataFrame({"time": leukaemia.TIME, "event": leukaemia.EVENT})
    found, expected = (
        calibration(Y[order], CURVES[:, 1], 10.0).seen for order in (["event", "time"], ["time", "event"])
    )
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: concordance([[1, 0], [2, 1]], [0, 1]), DataError, "there is no such pair"),
        (lambda: concordance([[1, 1], [2, 1]], [0, 1, 2]), ShapeError, "risk is a number for each of the 2"),
        (lambda: concordance_ipcw([[1, 1], [2, 0], [2, 1], [3, 1], [3, 1]], [1] * 5, [[1, 0]]), DataError, "is 0 at 1"),
        (lambda: concordance_ipcw([[1, 1], [2, 0]], [1, 2], tau=0), ParameterError, "tau is a finite number above 0"),
        (lambda: concordance([[1, 1], [2, 1]], [0, np.nan]), NotFiniteError, "risk is a number .* row 1 is NaN"),
        (lambda: brier([[1, 1], [2, 0]], [[0.5]], [1.0]), ShapeError, "a row for each of the 2 examples"),
        (lambda: brier([[1, 1], [9, 1]], [[0.5]] * 2, [5], [[1, 0]]), DataError, "give earlier times"),
        (lambda: integrated_brier([[1, 1]], [[0.5]], [1.0]), ShapeError, "two or more rising times"),
        (lambda: kaplan_meier([1, 2, 3]), ShapeError, "a survival target has the columns"),
        (lambda: kaplan_meier([[np.nan, 1]]), TargetError, "has its event and its stratum beside it"),
        (lambda: kaplan_meier([[1, 1]], [-1.0]), DataError, "weight"),
        (lambda: kaplan_meier([[1, 1]], [1.0, 2.0]), ShapeError, "weight"),
        (lambda: Baseline.of([[1, 1]], [0.0], [1.0, 2.0]), ShapeError, "weight"),
        (lambda: SurvivalCurves([1], [[0.5]]).quantile(1), ParameterError, "share lies between 0 and 1"),
        (lambda: survival_targets([1, 2], [1]), ShapeError, "vectors of one length"),
        (lambda: survival_targets([1, 2], [1, 3]), TargetError, "whether an event was seen"),
        (lambda: SurvivalCurves([2, 1], [[1, 1]]), ShapeError, "rising times"),
        (lambda: calibration([[1, 1]], [0.5], 1.0, groups=0), ParameterError, "groups is a whole number ≥ 1"),
        (lambda: Baseline([1.0], [-1.0], [0]), DataError, "does not fall"),
        (lambda: Baseline([1.0], [1.0, 2.0], [0]), ShapeError, "a cumulative hazard for each of the rising times"),
    ],
)  # fmt: skip
def test_what_cannot_be_scored_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
