"""Where progress has ended: the formula over whole arrays is the loop that anybody would write."""

from __future__ import annotations

from math import inf, isfinite, nan
from warnings import catch_warnings, simplefilter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hassenet.errors import HassenetWarning
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import SGD
from hassenet.schedules import plateaus
from hassenet.training import fit
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.progress import Progress

NUMBERS = st.one_of(st.integers(-3, 3).map(float), st.floats(-2, 2), st.just(inf))
PATIENCE = st.one_of(st.integers(0, 6), st.floats(0, 6), st.floats(min_value=0), st.just(inf))
NET = Network(Hierarchy.complete(1, 1), dtype="float64")
DATA = [[1.0], [2.0]], [[1.0], [2.0]]


def written_out(values, patience, tol):
    best, waited, met = inf, 0, []
    for epoch, value in enumerate(values):
        waited = 0 if isfinite(value) and value <= best - tol else waited + 1
        best = min(best, value)
        if waited > patience:
            met.append(epoch)
            waited = 0
    return met


@settings(max_examples=300)
@given(values=st.lists(NUMBERS, max_size=25), patience=PATIENCE, tol=st.one_of(st.just(0.0), st.floats(0, 2)))
@example(values=[inf, inf, inf], patience=1, tol=0.0)
@example(values=[1.0] * 8, patience=1.5, tol=0.0)
@example(values=[1.0, 2.0, 2.0, 2.0], patience=0, tol=0.1)
@example(values=[1.0] * 4, patience=1e300, tol=0.0)
def test_plateaus_are_those_of_the_loop(values, patience, tol):
    assert list(plateaus(values, patience, tol)) == written_out(values, patience, tol)


@given(values=st.lists(NUMBERS, max_size=25), patience=PATIENCE, tol=st.one_of(st.just(0.0), st.floats(0, 2)))
@example(values=[inf, inf, inf], patience=1, tol=0.0)
@example(values=[1.0] * 8, patience=1.5, tol=0.0)
def test_early_stopping_is_over_where_the_plateaus_are_and_knows_the_best(values, patience, tol):
    stopping, progress, met = EarlyStopping("training_cost", patience, tol), Progress(), []
    for epoch, value in enumerate(values):
        progress, is_over = stopping.after(progress, value)
        met += [epoch] * is_over
    assert met == list(plateaus(values, patience, tol))
    assert progress.best == min(values, default=inf)
    assert progress == stopping.progress(values)


@settings(max_examples=60)
@given(
    scores=st.lists(st.one_of(st.sampled_from([nan, -inf, 0.0, 1.0, 2.0])), min_size=1, max_size=12),
    patience=st.one_of(st.integers(0, 3), st.just(1.5), st.just(inf)),
)
@example(scores=[nan] * 5, patience=1)
@example(scores=[nan, 1.0, nan, 0.0], patience=inf)
@example(scores=[1.0, nan, nan, nan], patience=1)
def test_a_training_stops_at_the_first_plateau_of_its_scores_and_nan_is_not_progress(scores, patience):
    told = iter(scores)
    with catch_warnings():
        simplefilter("ignore", HassenetWarning)  # of scores that are not finite in any epoch
        run = fit(
            NET,
            *DATA,
            optimizer=SGD(0.01),
            epochs=len(scores),
            validation_data=DATA,
            score=lambda Y, prediction: next(told),
            early_stopping=EarlyStopping("score", patience=patience, tol=0.0),
        )
    costs = [-score if isfinite(score) else inf for score in scores]
    met = written_out(costs, patience, 0.0)
    assert len(run.history) == (met[0] + 1 if met else len(scores))
    assert run.stopped == ("early" if met else "epochs")
