"""HierarchyClassifier and HierarchyRegressor."""

import pickle
import signal
from dataclasses import replace
from itertools import count
from threading import main_thread
from time import sleep

import numpy as np
import pandas as pd
import polars as pl
import pytest
from estimator_tools import pairs_of_neighbours
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

import hassenet as hn
from hassenet.errors import DataError, FeatureError, HassenetWarning, ParameterError, TargetError
from hassenet.estimators import HierarchyClassifier, HierarchyRegressor
from hassenet.estimators.calibration import best_temperature, log_loss
from hassenet.model.temperature import tempered
from hassenet.selection import Search, Setting, trainings
from hassenet.training.interrupt import Interrupt

SETTINGS = [Setting(0.1), Setting(0.01, neurons=2)]
SMALL = {"members": 2, "folds": 2, "settings": SETTINGS, "steps": 30, "random_state": 0, "n_jobs": 1}
NAMES = ["a", "b", "c", "d"]
H = hn.Hierarchy.from_covers([(name, "low") for name in NAMES[:2]] + [(name, "high") for name in NAMES[1:]])


def classifier(hierarchy=H, **options):
    return HierarchyClassifier(hierarchy, **{**SMALL, **options})


def regressor(hierarchy=H, **options):
    return HierarchyRegressor(hierarchy, **{**SMALL, **options})


def data(classes=2, m=60, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, 4))
    return X, (X[:, :classes] + 0.3 * rng.normal(size=(m, classes))).argmax(axis=1)


def numbers(targets=1, m=60):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(m, 4))
    Y = 1000 + 50 * (X[:, :targets] + 0.3 * rng.normal(size=(m, targets)))
    return X, Y[:, 0] if targets == 1 else Y


@pytest.mark.parametrize("classes", [2, 3])
def test_with_one_linear_setting_it_is_the_mean_of_textbook_models_of_the_folds(classes):
    X, y = data(classes)
    clf = classifier(settings=[Setting(0.1)], members=1).fit(X, y)
    Z = clf.model_.prepare(X)
    p = np.zeros((60, classes))
    for f in range(2):
        seen = clf.selection_.fold != f
        p += (
            LogisticRegression(C=1 / (0.1 * seen.sum()), tol=1e-10).fit(Z[seen], y[seen]).predict_proba(Z) / 2
        )
    np.testing.assert_allclose(replace(clf.model_, temperature=1.0).predict_proba(X), p, atol=1e-5)
    np.testing.assert_allclose(clf.predict_proba(X), tempered(p, clf.model_.temperature), atol=1e-4)


def test_targets_of_any_unit_are_those_of_ridge_regression_on_standardised_ones():
    X, y = numbers()
    reg = regressor(settings=[Setting(0.1)], members=1).fit(X, y)
    Z, t = reg.model_.prepare(X), StandardScaler().fit(y[:, None])
    expected = 0
    for f in range(2):
        seen = reg.selection_.fold != f
        ridge = Ridge(alpha=0.05 * seen.sum()).fit(Z[seen], t.transform(y[seen, None])[:, 0])
        expected = expected + t.inverse_transform(ridge.predict(Z)[:, None])[:, 0] / 2
    np.testing.assert_allclose(reg.predict(X), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "labels",
    [[False, True], ["ill", "well"], [3, 7], [1.0, 2.0], ["a", "b", "c"]],
    ids=str,
)
def test_classes_come_back_as_they_were_given(labels):
    X, y = data(len(labels))
    labels = np.array(labels)
    clf = classifier().fit(X, labels[y])
    assert clf.predict(X).dtype == labels.dtype
    assert clf.score(X, labels[y]) > 0.8
    np.testing.assert_array_equal(clf.classes_, labels)
    np.testing.assert_allclose(clf.predict_proba(X).sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(clf.predict_log_proba(X)), clf.predict_proba(X))


@pytest.mark.parametrize("estimator", [classifier(), regressor()], ids=["classifier", "regressor"])
def test_columns_are_found_by_name_and_tables_of_any_library_are_alike(estimator):
    X, y = data() if isinstance(estimator, HierarchyClassifier) else numbers()
    by_place = clone(estimator).fit(X, y)
    turned = pd.DataFrame(X, columns=NAMES)[["c", "a", "d", "b"]]
    of_pandas, of_polars = (clone(estimator).fit(t, y) for t in (turned, pl.from_pandas(turned)))
    np.testing.assert_array_equal(of_pandas.predict(turned), of_polars.predict(pl.from_pandas(turned)))
    assert of_pandas.model_.features == ("c", "a", "d", "b")
    assert of_pandas.hierarchy_.ranks[1] == by_place.hierarchy_.ranks[1]
    np.testing.assert_array_equal(
        of_pandas.model_.predict(pd.DataFrame(X, columns=NAMES)), of_pandas.predict(turned)
    )


@pytest.mark.parametrize("hierarchy", [None, pairs_of_neighbours], ids=["none", "callable"])
def test_a_hierarchy_may_be_made_of_the_columns_or_be_left_out(hierarchy):
    X, y = data()
    clf = classifier(hierarchy).fit(pd.DataFrame(X, columns=NAMES), y)
    assert clf.hierarchy_.ranks[0] == tuple(NAMES)
    assert clf.score(pd.DataFrame(X, columns=NAMES), y) > 0.8


def test_gaps_constant_columns_and_columns_without_values_are_taken():
    X, y = data()
    X[::3, 1], X[:, 2], X[:, 3] = np.nan, 7.0, np.nan
    p = classifier().fit(X, y).predict_proba(X)
    assert np.isfinite(p).all()
    assert (p.argmax(axis=1) == y).mean() > 0.7


@pytest.mark.parametrize("estimator", [classifier(), regressor()], ids=["classifier", "regressor"])
def test_a_row_of_weight_zero_is_absent(estimator):
    X, y = data() if isinstance(estimator, HierarchyClassifier) else numbers()
    w = np.random.default_rng(2).integers(0, 3, 60).astype(float)
    kept = w > 0
    one, other = clone(estimator).fit(X, y, w), clone(estimator).fit(X[kept], y[kept], w[kept])
    np.testing.assert_array_equal(one.predict(X), other.predict(X))
    assert np.isnan(one.out_of_fold_[~kept]).all()
    np.testing.assert_array_equal(one.out_of_fold_[kept], other.out_of_fold_)


def test_a_temperature_is_that_of_the_least_loss_out_of_fold():
    X, y = data(3)
    clf = classifier(settings=[Setting(1.0)]).fit(X, y)
    cold = tempered(clf.out_of_fold_, 1 / clf.model_.temperature)
    copies = np.tile(cold, (1000, 1)), np.tile(y, 1000)
    T = best_temperature(*copies)
    losses = [log_loss(tempered(cold, t), y) for t in (T, 1.0, 0.99 * T, 1.01 * T)]
    assert losses[0] == min(losses)
    assert T < clf.model_.temperature < 1  # so strong a penalty makes it too unsure; few rows are doubted


def test_few_rows_that_are_all_right_do_not_make_probabilities_sure():
    right = np.tile([[0.97, 0.03]], (40, 1))
    assert 0.5 < best_temperature(right, np.zeros(40, int)) < 1
    assert best_temperature(np.tile([[0.5, 0.5]], (40, 1)), np.zeros(40, int)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("targets", [1, 2])
def test_an_interval_holds_as_many_targets_out_of_fold_as_it_says(targets):
    X, Y = numbers(targets, m=99)
    reg = regressor().fit(X, Y)
    prediction, _, high = reg.predict(X, interval=0.8)
    np.testing.assert_array_equal(prediction, reg.predict(X))
    reach = (high - prediction)[0]
    np.testing.assert_allclose((np.abs(Y - reg.out_of_fold_) <= reach * (1 + 1e-9)).sum(axis=0), 80)
    assert reg.out_of_fold_.shape == Y.shape


def test_what_was_chosen_stands_in_the_model_and_the_model_predicts_the_same():
    X, y = data()
    clf = classifier().fit(X, pd.Series(y, name="health"))
    model = hn.Model.of(clf, target="state")
    assert model.targets == ("state",)
    assert clf.as_model().targets == ("health",)
    assert model.settings["setting 1"] == str(max(clf.chosen_, key=lambda c: c.weight))
    assert (model.settings["settings tried"], model.settings["networks"]) == (2, len(clf.ensemble_))
    np.testing.assert_array_equal(model.predict_proba(X), clf.predict_proba(X))
    assert len(clf.candidates_) == len(SETTINGS)


def test_a_pickled_estimator_predicts_the_same():
    X, y = numbers()
    reg = regressor().fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(reg)).predict(X), reg.predict(X))


def test_a_network_whose_cost_does_not_stay_finite_is_left_out(monkeypatch):
    X, y = data()
    monkeypatch.setattr(trainings, "_PEAK_RATE", 1e30)
    clf = classifier().fit(X, y)
    assert [c.setting for c in clf.chosen_] == [Setting(0.1)]


def test_a_search_whose_trainings_all_diverge_is_reported(monkeypatch):
    X, y = data()
    monkeypatch.setattr(trainings, "_PEAK_RATE", 1e30)
    with pytest.raises(DataError, match="of none of those tried"):
        classifier(settings=[s for s in SETTINGS if not s.is_linear]).fit(X, y)


def test_columns_that_are_numbers_are_found_by_name():
    X, y = data()
    H = hn.Hierarchy.from_covers([("2", "p"), ("1", "p"), ("0", "q"), ("3", "q")])
    settings = [Setting(0.1)]
    named = classifier(hierarchy=H, settings=settings).fit(pd.DataFrame(X, columns=list("0123")), y)
    numbered = classifier(hierarchy=H, settings=settings).fit(pd.DataFrame(X), y)
    assert numbered.model_.features == named.model_.features
    np.testing.assert_array_equal(
        numbered.predict_proba(pd.DataFrame(X)), named.model_.predict_proba(pd.DataFrame(X))
    )


# ---------------------------------------------------------------- Ctrl-C


def pressed_in(monkeypatch, method):
    """Let Ctrl-C be pressed when a training begins."""
    usual = getattr(trainings.Trainings, method)

    def interrupted(*arguments):
        signal.pthread_kill(main_thread().ident, signal.SIGINT)
        while not Interrupt().requested:
            sleep(0.001)
        return usual(*arguments)

    monkeypatch.setattr(trainings.Trainings, method, interrupted)


def test_after_ctrl_c_complete_candidates_are_used_and_counted(monkeypatch):
    X, y = data()
    pressed_in(monkeypatch, "network")
    with pytest.warns(HassenetWarning, match="1 of 2 candidates were far enough"):
        clf = classifier().fit(X, y)
    assert [c.setting for c in clf.chosen_] == [Setting(0.1)]
    assert clf.selection_.stopped == "interrupted"
    assert clf.score(X, y) > 0.8


def test_after_ctrl_c_networks_that_have_been_through_the_first_folds_are_kept(monkeypatch):
    X, y = data()
    usual, calls = trainings.Trainings.network, count()

    def pressed(*arguments):
        if next(calls) == 2:  # two folds are the first ones
            signal.pthread_kill(main_thread().ident, signal.SIGINT)
            while not Interrupt().requested:
                sleep(0.001)
        return usual(*arguments)

    monkeypatch.setattr(trainings.Trainings, "network", pressed)
    network = [s for s in SETTINGS if not s.is_linear]
    with pytest.warns(HassenetWarning, match="1 of 1 candidates were far enough"):
        clf = classifier(settings=network, folds=3, members=3).fit(X, y)
    assert len(clf.ensemble_) == 2
    assert np.isnan(clf.out_of_fold_).any(axis=1).sum() == 20  # of the third fold
    assert clf.score(X, y) > 0.5


def test_ctrl_c_before_any_candidate_is_complete_goes_on(monkeypatch):
    X, y = data()
    pressed_in(monkeypatch, "linear")
    clf = classifier()
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert not hasattr(clf, "model_")


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("n", [2, 3])
def test_settings_are_chosen_where_folds_lack_a_rare_class_but_none_of_its_rows_is_alone(n):
    X, y = data(m=40)
    X[:n], y = X[:n] + 5, np.where(np.arange(40) < n, "rare", np.array(["x", "y"])[y])
    clf = classifier(settings=[Setting(0.1)], folds=5, members=5).fit(X, y)
    assert np.isfinite(clf.out_of_fold_).all()
    assert clf.predict_proba(X).shape == (40, 3)
    assert clf.classes_.tolist() == ["rare", "x", "y"]


def rare():
    X, y = data()
    return X, np.where(np.arange(60) == 0, "rare", np.array(["x", "y"])[y])


def infinite():
    X, y = data()
    X[3, 1] = np.inf
    return X, y


BAD = {
    "fewer rows than folds": (classifier(folds=5), lambda: data(m=4), DataError, "folds=5; X has 4 samples"),
    "a rare class": (classifier(), rare, TargetError, "'rare' has only 1 row"),
    "a rare class of a series": (
        classifier(),
        lambda: (rare()[0], pd.Series(rare()[1], dtype=object)),
        TargetError,
        "'rare' has only 1 row",
    ),
    "one class": (classifier(), lambda: (data()[0], np.ones(60)), TargetError, "one class only"),
    "two labels a row": (classifier(), lambda: (data()[0], np.eye(60, 2)), TargetError, "2 columns"),
    "a constant target": (
        regressor(),
        lambda: (data()[0], np.full(60, 3.5)),
        TargetError,
        "3.5 in every row",
    ),
    "a constant target of two": (
        regressor(),
        lambda: (data()[0], np.c_[np.arange(60.0), np.ones(60)]),
        TargetError,
        "column 1 of y is 1",
    ),
    "a column beyond the hierarchy": (
        classifier(),
        lambda: (pd.DataFrame(data()[0], columns=["a", "b", "c", "z"]), data()[1]),
        FeatureError,
        "'z'",
    ),
    "too few columns": (classifier(), lambda: (data()[0][:, :3], data()[1]), FeatureError, "3 columns"),
    "an infinite feature": (classifier(), infinite, ValueError, "infinity"),
    "a target that is not a number": (
        regressor(),
        lambda: (data()[0], np.r_[np.nan, np.ones(59)]),
        ValueError,
        "NaN",
    ),
    "no members": (classifier(members=0), data, ValueError, "members"),
    "settings that are numbers": (classifier(settings=[0.1, 1]), data, ParameterError, "settings are"),
    "no jobs": (classifier(n_jobs=0), data, ParameterError, "n_jobs"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_of_a_choice_is_refused_before_any_training(what, monkeypatch):
    estimator, bad, error, words = BAD[what]
    monkeypatch.setattr(Search, "run", lambda *_: pytest.fail("it was trained"))
    with pytest.raises(error, match=words):
        clone(estimator).fit(*bad())


def test_a_scaler_cannot_stand_before_a_model_that_has_its_own():
    X, y = data()
    clf = classifier().fit(X, y)
    with pytest.raises(ParameterError, match="leave the scaler out"):
        hn.Model.of(clf, StandardScaler().fit(X))
