"""Survival in discrete time: binary cross-entropy on the intervals reached, and the curves of hazards."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from autograd import grad
from autograd import numpy as anp
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parent))  # leukaemia.py, whatever pytest's import mode
import leukaemia

from hassenet import testing as ht
from hassenet.errors import ParameterError, ShapeError, TargetError
from hassenet.estimators import NetworkSurvival
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import DiscreteTime, DiscreteTimeLoss, as_loss
from hassenet.likelihoods.gaps import by_output, summed
from hassenet.network import Network
from hassenet.survival import (
    interval_targets,
    kaplan_meier,
    quantile_cuts,
    survival_of_hazards,
    survival_targets,
)
from hassenet.training.objective import cost, gradient
from hassenet.training.refit import refit_output

CUTS = np.array([4.0, 8.0, 12.0, 23.0])
TARGET = interval_targets(leukaemia.Y, CUTS)


def drawn(seed, m=6):
    rng = np.random.default_rng(seed)
    Y = survival_targets(rng.uniform(0, 30, m), rng.integers(0, 2, m))
    return Y, interval_targets(Y, CUTS), 2 * rng.standard_normal((4, m))


@settings(max_examples=8)
@given(seed=ht.seeds())
def test_the_loss_is_minus_the_log_of_what_is_known_of_the_time(seed):
    Y, target, s = drawn(seed)
    h = 1 / (1 + np.exp(-s.T))
    S = np.column_stack([np.ones(len(Y)), np.cumprod(1 - h, axis=1)])
    event, place = (Y[:, 1] == 1) & (Y[:, 0] <= 23), np.searchsorted(CUTS, Y[:, 0])
    survived = np.where(Y[:, 1] == 1, place, np.searchsorted(CUTS, Y[:, 0], side="right"))
    rows = np.arange(len(Y))
    p = S[rows, survived] * np.where(event, h[rows, np.minimum(place, 3)], 1)
    np.testing.assert_allclose(DiscreteTimeLoss().cost(h, target), -np.log(p), rtol=1e-10)
    np.testing.assert_allclose(DiscreteTime().log_prob(h, target), np.log(p), rtol=1e-10)


@settings(max_examples=8)
@given(seed=ht.seeds())
def test_slopes_and_curvature_of_hazards_are_derivatives_and_0_where_nothing_is_known(seed):
    _, target, s = drawn(seed)
    loss, y = DiscreteTimeLoss(), target.T
    known = ~np.isnan(y)

    def written(t):
        return anp.sum(anp.where(known, anp.logaddexp(0, t) - np.nan_to_num(y) * t, 0.0))

    def delta(t):
        return by_output(lambda L: L.delta, loss, t, y)

    found = summed(lambda L: L.value_at_signal, loss, s, y)
    np.testing.assert_allclose(found.sum(), written(s), rtol=1e-10)
    np.testing.assert_allclose(delta(s), grad(written)(s), atol=1e-12)
    p = 1 / (1 + np.exp(-s))
    slope = by_output(lambda L: L.slope, loss, p, y)
    np.testing.assert_allclose(slope * p * (1 - p), delta(s), atol=1e-9)
    v, h = np.ones_like(s), 1e-6
    change = (delta(s + h) - delta(s - h)) / (2 * h)
    np.testing.assert_allclose(by_output(lambda L: L.curvature, loss, s, y, v), change, atol=1e-8)
    assert not delta(s)[~known].any()


def test_the_cost_of_a_network_is_the_mean_of_the_rows_on_each_engine(engine):
    net = Network(Hierarchy.complete(2, 3, 4), hidden="tanh", output="sigmoid", dtype="float64", seed=1)
    found = gradient(net, leukaemia.X, TARGET, "discrete_time", engine=engine)
    assert found.cost == pytest.approx(DiscreteTimeLoss().cost(net(leukaemia.X), TARGET).mean(), rel=1e-12)
    v, h = ht.random_array(net.n_parameters, seed=0), 1e-6
    ahead, back = (
        cost(net.with_theta(net.theta + h * t * v), leukaemia.X, TARGET, DiscreteTime()) for t in (1, -1)
    )
    assert found.gradient.vector @ v == pytest.approx((ahead - back) / (2 * h), rel=1e-6)


def test_without_features_that_vary_the_curve_is_that_of_all():
    """Hazards are then events over those at risk, as in Kaplan and Meier's; nobody is lost within an interval."""
    Y = survival_targets([1, 1, 2, 2, 2, 3, 3, 3, 3], [1, 0, 1, 1, 0, 1, 0, 0, 0])
    cuts = [1, 2, 3]
    net = Network(Hierarchy.complete(1, 3), output="sigmoid", dtype="float64")
    X = np.zeros((9, 1))
    fitted = refit_output(net, X, interval_targets(Y, cuts), DiscreteTimeLoss())
    curves = survival_of_hazards(fitted(X), cuts)
    np.testing.assert_allclose(curves.at(cuts)[0], kaplan_meier(Y).at(cuts), rtol=1e-6)


@settings(max_examples=8)
@given(seed=ht.seeds())
def test_within_an_interval_the_hazard_is_constant_and_a_quantile_is_where_the_curve_has_that_share(seed):
    """S is e^(−∫λ) of λ = −log(1 − h)/width in each interval, as lifelines 0.30 has PiecewiseExponentialFitter."""
    h = np.random.default_rng(seed).uniform(0.05, 0.9, (5, 4))
    curves, widths = survival_of_hazards(h, CUTS), np.diff(CUTS, prepend=0)
    at = np.linspace(0, 23, 47)
    passed = np.clip(at - (CUTS - widths)[:, None], 0, widths[:, None])  # time in each interval, (4, 47)
    rate = -np.log1p(-h) / widths
    np.testing.assert_allclose(curves.at(at), np.exp(-rate @ passed), rtol=1e-12)
    np.testing.assert_array_equal(curves.at([0, 4, 8, 12, 23])[:, 1:], np.cumprod(1 - h, axis=1))
    for share in (0.1, 0.5):
        found = curves.quantile(share)
        reached = np.isfinite(found)
        at_found = np.diag(curves.at(np.where(reached, found, 0)))[reached]
        np.testing.assert_allclose(at_found, 1 - share, rtol=1e-9)
        assert (curves.values[~reached, -1] > 1 - share).all()


def test_curves_of_hazards_are_level_behind_the_last_interval_and_0_behind_a_certain_event():
    curves = survival_of_hazards([[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.5, 0.5], 4 * [np.nan]], CUTS)
    np.testing.assert_array_equal(
        curves.at([-1, 0, 4, 5, 23, np.inf]), [6 * [1], [1, 1, 1, 0, 0, 0], 6 * [np.nan]]
    )
    np.testing.assert_array_equal(curves.median, [np.inf, 4, np.nan])


def test_samples_of_hazards_are_targets_with_the_curve_of_the_model():
    hazards = np.array([[0.2, 0.5, 0.1]])
    samples = DiscreteTime().sample(np.repeat(hazards, 40_000, axis=0), np.random.default_rng(0))
    DiscreteTimeLoss().check(samples)
    survived = (np.nan_to_num(samples, nan=1).cumsum(axis=1) == 0).mean(axis=0)
    np.testing.assert_allclose(survived, survival_of_hazards(hazards, [1, 2, 3]).values[0], atol=0.01)


def test_an_event_at_a_cut_falls_before_it_and_who_is_lost_there_survived_until_then():
    found = interval_targets([[4, 1], [4, 0], [0, 1], [30, 0]], CUTS)
    n = np.nan
    np.testing.assert_array_equal(found, [[1, n, n, n], [0, n, n, n], [1, n, n, n], [0, 0, 0, 0]])


def test_cuts_at_quantiles_hold_about_equally_many_events():
    cuts = quantile_cuts(leukaemia.Y, 3)
    counts = np.diff(
        np.searchsorted(np.sort(leukaemia.TIME[leukaemia.EVENT == 1]), cuts, side="right"), prepend=0
    )
    assert counts.sum() == 30
    assert counts.max() - counts.min() <= 4


def test_the_discrete_model_and_the_loss_give_each_other_and_are_found_by_name():
    assert as_loss("discrete_time") == as_loss(DiscreteTime()) == DiscreteTimeLoss()
    assert DiscreteTimeLoss().likelihood == DiscreteTime()


@pytest.mark.parametrize("row", [[0, 1, 0, 0], [1, 1, 0, 0], [np.nan, 0, 0, 0], [0, 0.5, np.nan, np.nan]])
def test_a_row_that_is_not_a_time_in_intervals_is_refused(row):
    net = Network(Hierarchy.complete(2, 4), output="sigmoid")
    with pytest.raises(
        TargetError, match="0 for each survived, 1 for that of the event, and NaN from there on"
    ):
        cost(net, np.zeros((2, 2)), [[0, 0, 0, 0], row], "discrete_time")


def test_cuts_that_do_not_rise_and_hazards_of_other_intervals_are_refused():
    for cuts in ([2, 1], [0, 1], [], [np.inf]):
        with pytest.raises(ParameterError, match="cuts are finite numbers that rise from above 0"):
            interval_targets(leukaemia.Y, cuts)
    with pytest.raises(ShapeError, match="a hazard for each of the 2 intervals"):
        survival_of_hazards([[0.1, 0.2, 0.3]], [1, 2])
    with pytest.raises(ParameterError, match="intervals is a whole number ≥ 1"):
        quantile_cuts(leukaemia.Y, 0)


@pytest.mark.parametrize("loss", ["cox", "discrete_time"])
def test_times_without_an_event_are_refused_before_any_training_by_either_loss(loss):
    times, X = np.linspace(1, 2, 9), np.zeros((9, 2))
    for weight, event in ((None, np.zeros(9)), (np.arange(9) > 4.0, np.arange(9) < 4)):
        for estimator in (NetworkSurvival(loss), NetworkSurvival(loss, solver="adam")):
            with pytest.raises(TargetError, match="of survival times one at least ends with an event"):
                estimator.fit(X, np.column_stack([times, event]), weight)
            with pytest.raises(TargetError, match="of survival times one at least ends with an event"):
                estimator.partial_fit(X, np.column_stack([times, event]), weight)
    for values in ([[1, 0], [2, 0]], [[0, 1], [2, 0]]):
        with pytest.raises(TargetError, match="ends with an event, after time 0; none does"):
            quantile_cuts(values, 2)
