"""Estimators of several numbers learn from those that are there, and are scored on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import r2_score

from hassenet import HierarchyRegressor, NetworkClassifier, NetworkRegressor, load, save
from hassenet.errors import HassenetWarning, NotFiniteError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.selection import Setting

M = 60
X = np.random.default_rng(0).normal(size=(M, 3))
WHOLE = np.column_stack([X.sum(axis=1), X[:, 0] - X[:, 1]])
GAPS = np.random.default_rng(1).random((M, 2)) < 0.35
Y = np.where(GAPS, np.nan, WHOLE)
Y[0] = np.nan
KNOWN = ~np.isnan(Y)


def linear(**options):
    fixed = {"hidden_layer_sizes": (), "solver": "lbfgs", "alpha": 0, "tol": 1e-8, "max_iter": 500}
    return NetworkRegressor(**fixed, random_state=0, **options)


def of_each(true, prediction):
    return np.mean(
        [r2_score(y[~np.isnan(y)], p[~np.isnan(y)]) for y, p in zip(true.T, prediction.T, strict=True)]
    )


def test_a_regressor_learns_each_target_from_the_rows_that_have_it():
    with pytest.warns(HassenetWarning, match="of 60 examples have none at all"):
        both = linear().fit(X, Y)
    for j, known in enumerate(KNOWN.T):
        alone = linear().fit(X[known], Y[known, j])
        np.testing.assert_allclose(both.coefs_[0][:, j], alone.coefs_[0][:, 0], atol=1e-5)
    assert both.score(X, Y) == pytest.approx(of_each(Y, both.predict(X)))
    assert both.score(X, WHOLE) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["pandas", "nullable", "polars", "list"])
def test_targets_with_gaps_come_in_any_table(kind):
    some = Y[1:]
    frame = pd.DataFrame(some, columns=["height", "weight"])
    made = {
        "pandas": frame,
        "nullable": frame.convert_dtypes(),
        "polars": pl.DataFrame(frame.to_dict("list"), nan_to_null=True),
        "list": some.tolist(),
    }[kind]
    rows = KNOWN[1:].any(axis=1)
    made = made[rows] if kind in ("pandas", "nullable") else made
    if kind in ("polars", "list"):
        with pytest.warns(HassenetWarning):
            found = linear().fit(X[1:], made)
    else:
        found = linear().fit(X[1:][rows], made)
    assert found.score(X, WHOLE) == pytest.approx(1.0)
    if kind != "list":
        assert found.network_.hierarchy.ranks[-1] == ("height", "weight")


def test_early_stopping_scores_what_was_set_aside_target_by_target():
    some = KNOWN.any(axis=1)
    found = NetworkRegressor(
        hidden_layer_sizes=(4,), early_stopping=True, max_iter=3, random_state=0, n_iter_no_change=5, tol=0
    )
    with pytest.warns(match="hasn't converged"):
        found.fit(X[some], Y[some])
    assert np.isfinite(found.validation_scores_).all()
    given = NetworkRegressor(
        hidden_layer_sizes=(4,), max_iter=2, validation_data=(X[some], Y[some]), random_state=0, tol=0
    )
    with pytest.warns(match="hasn't converged"):
        given.fit(X[some], Y[some])
    assert given.validation_scores_[-1] == pytest.approx(of_each(Y[some], given.predict(X[some])))


def test_one_target_with_gaps_is_refused_as_scikit_learn_does_with_the_rows():
    for y in (Y[:, 0], Y[:, :1]):
        for kind in (NetworkRegressor(random_state=0), HierarchyRegressor(random_state=0)):
            with pytest.raises(
                ValueError, match=r"Input y contains NaN: .* none in \d+ rows of 60, first in row 0"
            ):
                kind.fit(X, y)
    with pytest.raises(ValueError, match="contains infinity"):
        NetworkRegressor().fit(X, np.where(np.isnan(Y), np.nan, np.inf))


@pytest.fixture(scope="module")
def chosen():
    with pytest.warns(HassenetWarning, match="examples have none at all"):
        return HierarchyRegressor(
            Hierarchy.subsets(3), folds=3, settings=[Setting(1e-6)], random_state=0
        ).fit(X, Y)


def test_an_ensemble_chosen_by_cross_validation_takes_gaps(chosen, tmp_path):
    assert chosen.score(X, WHOLE) > 0.99
    rows = KNOWN.any(axis=1)
    assert np.isnan(chosen.out_of_fold_).all(axis=1).tolist() == (~rows).tolist()
    residuals = np.abs(Y - chosen.out_of_fold_)
    prediction, low, _ = chosen.predict(X[:1], interval=0.9)
    for j in range(2):
        own = np.sort(residuals[KNOWN[:, j], j])
        place = int(np.ceil(0.9 * (len(own) + 1) - 1e-9))
        assert (prediction - low)[0, j] == pytest.approx(own[place - 1])
    save(chosen.as_model(), tmp_path / "model")
    again = load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(X, interval=0.9).low, chosen.predict(X, interval=0.9).low)


def test_a_target_whose_numbers_are_too_large_or_all_alike_is_named():
    alike = np.where(KNOWN, [1.0, 2.0], np.nan)
    with pytest.warns(HassenetWarning), pytest.raises(ValueError, match="column 0 of y is 1 in every row"):
        HierarchyRegressor(random_state=0).fit(X, alike)
    with pytest.warns(HassenetWarning), pytest.raises(NotFiniteError, match="finite deviation"):
        HierarchyRegressor(random_state=0).fit(X, Y * 1e200)


def test_labels_that_are_missing_do_not_count_in_training_or_in_the_score():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    Y = (X[:, :2] > 0).astype(float)
    Y[::4, 0] = np.nan
    Y[1::4, 1] = np.nan
    options = {"hidden_layer_sizes": (), "solver": "lbfgs", "alpha": 1.0, "random_state": 0}
    found = NetworkClassifier(**options).fit(X, Y)
    for k, known in enumerate(~np.isnan(Y.T)):
        alone = NetworkClassifier(**options).fit(X[known], Y[known, k])
        np.testing.assert_allclose(found.predict_proba(X)[:, k], alone.predict_proba(X)[:, 1], atol=1e-3)
    right = ((found.predict(X) == Y) | np.isnan(Y)).all(axis=1)
    assert found.score(X, Y) == right.mean() > 0.8
    with pytest.raises(ParameterError, match="some are missing"):
        NetworkClassifier(**options, class_weight="balanced").fit(X, Y)
