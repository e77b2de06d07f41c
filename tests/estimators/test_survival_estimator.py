"""NetworkSurvival: Cox's regression and hazards in intervals with scikit-learn's interface."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import hassenet as hn
from hassenet import likelihoods as lk
from hassenet.errors import ParameterError, ShapeError, TargetError
from hassenet.estimators import NetworkSurvival
from hassenet.survival import Baseline, SurvivalModel, concordance, survival_targets

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
M = 80
X = RNG.normal(size=(M, 3))
TIME = RNG.exponential(np.exp(-X[:, 0]))
EVENT = RNG.random(M) < 0.7
Y = survival_targets(TIME, EVENT)
LINEAR = {
    "hidden_layer_sizes": (),
    "solver": "lbfgs",
    "alpha": 0.0,
    "max_iter": 300,
    "tol": 1e-7,
    "random_state": 0,
}
COX = NetworkSurvival(**LINEAR).fit(X, Y)


def test_without_hidden_ranks_it_is_coxs_regression_as_hn_fit_has_it():
    net = hn.Network(hn.Hierarchy.complete(3, 1), dtype="float64")
    found = hn.fit(net, X, Y, lk.Cox(), optimizer=hn.LBFGS(300, tol=1e-9), epochs=300).network
    np.testing.assert_allclose(COX.coefs_[0].ravel(), found.weights[0].ravel(), atol=1e-4)
    model = SurvivalModel(COX.network_, Baseline.of(Y, COX.network_(X)))
    np.testing.assert_allclose(
        COX.predict_survival_function(X, times=[0.5, 1.0]), model.survival(X).at([0.5, 1.0]), rtol=1e-12
    )
    assert COX.score(X, Y) == concordance(Y, COX.predict(X)) > 0.65


@pytest.mark.parametrize(
    "target",
    [
        np.array(list(zip(EVENT, TIME, strict=True)), [("seen", "?"), ("days", "f8")]),
        pd.DataFrame({"event": EVENT, "time": TIME}),
        np.where(EVENT, TIME, -TIME)[:, None],
    ],
    ids=["records", "table", "signed"],
)
def test_each_way_to_give_times_is_the_same_fit(target):
    found = NetworkSurvival(**LINEAR).fit(X, target)
    np.testing.assert_array_equal(found.predict(X), COX.predict(X))
    assert found.score(X, target) == COX.score(X, Y)


def test_strata_have_baselines_of_their_own():
    stratified = survival_targets(TIME, EVENT, np.arange(M) % 2)
    found = NetworkSurvival(**LINEAR).fit(X, stratified)
    curves = found.predict_survival_function(X, stratum=np.arange(M) % 2)
    other = Baseline.of(stratified, found.predict(X)).survival(found.predict(X), np.arange(M) % 2)
    np.testing.assert_array_equal(curves.values, other.values)
    with pytest.raises(ParameterError, match="or stratum=… for each"):
        found.predict_survival_function(X)


def test_hazards_in_intervals_are_learned_on_a_hierarchy():
    H = hn.Hierarchy.from_covers([("x0", "p"), ("x1", "p"), ("x2", "q")])
    found = NetworkSurvival(
        "discrete_time",
        hierarchy=H,
        activation="tanh",
        solver="lbfgs",
        intervals=4,
        max_iter=50,
        random_state=0,
    )
    with pytest.warns(hn.errors.HassenetWarning, match="rows were lost before"):
        found.fit(pd.DataFrame(X, columns=["x0", "x1", "x2"]), Y)
    assert found.network_.hierarchy.shape[-1] == len(found.outcome_.cuts) == 4
    assert found.score(pd.DataFrame(X, columns=["x0", "x1", "x2"]), Y) > 0.65


def test_a_part_of_a_stream_whose_rows_were_all_lost_too_early_is_refused():
    found = NetworkSurvival("discrete_time", (), intervals=3, random_state=0)
    found.partial_fit(X, survival_targets(TIME + 1, np.ones(M)))
    with pytest.raises(TargetError, match="all rows were lost before"):
        found.partial_fit(X, survival_targets(np.full(M, 0.5), np.zeros(M)))


def test_a_saved_estimator_is_a_model_with_the_same_curves(tmp_path):
    pipeline = make_pipeline(StandardScaler(), clone(COX)).fit(X, Y)
    hn.save(pipeline, tmp_path / "model")
    model = hn.load(tmp_path / "model")
    np.testing.assert_allclose(model.predict(X), pipeline.predict(X), rtol=1e-9)
    found = pipeline[-1].predict_survival_function(pipeline[:-1].transform(X))
    np.testing.assert_allclose(model.survival(X).values, found.values, rtol=1e-9)


def test_times_are_cross_validated_and_training_stops_early_by_the_concordance():
    assert cross_val_score(clone(COX), X, Y, cv=3).mean() > 0.5
    early = NetworkSurvival("cox", (4,), early_stopping=True, max_iter=5, random_state=0).fit(X, Y)
    assert all(0 <= score <= 1 for score in early.validation_scores_)


def test_weight_0_is_absence_and_a_row_of_nan_says_nothing():
    weight = np.r_[np.zeros(10), np.ones(M - 10)]
    gaps = Y.copy()
    gaps[:10] = np.nan
    alone = NetworkSurvival(**LINEAR).fit(X[10:], Y[10:])
    np.testing.assert_allclose(
        NetworkSurvival(**LINEAR).fit(X, Y, weight).predict(X), alone.predict(X), atol=1e-4
    )
    with pytest.warns(hn.errors.HassenetWarning, match="10 of 80"):
        found = NetworkSurvival(**LINEAR).fit(X, gaps)
    np.testing.assert_allclose(found.predict(X), alone.predict(X), atol=1e-4)


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        (np.ones((M, 4)), ShapeError, r"\(time, event\)"),
        (np.column_stack([TIME, np.full(M, 3)]), TargetError, "whether an event was seen"),
        (np.column_stack([TIME, np.zeros(M)]), TargetError, "one at least ends with an event"),
        (np.column_stack([-TIME, EVENT]), TargetError, "≥ 0"),
    ],
)
def test_a_target_that_has_no_times_is_refused(target, error, message):
    with pytest.raises(error, match=message):
        NetworkSurvival(**LINEAR).fit(X, target)


def test_hazards_in_intervals_have_no_strata():
    Y = np.array([[1.0, 1.0, 0.0], [2.0, 1.0, 1.0], [3.0, 0.0, 1.0], [4.0, 1.0, 0.0]])
    with pytest.raises(TargetError, match="strata are those of the loss 'cox'"):
        NetworkSurvival("discrete_time", ()).fit(np.eye(4), Y)
