"""Weight 0 is absence and weight k is k copies, in every estimator."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from estimator_tools import fitted, iris_like, numbers, several_labels
from sklearn.ensemble import BaggingClassifier, BaggingRegressor
from sklearn.linear_model import LogisticRegression

from hassenet.data.examples import Examples
from hassenet.errors import HassenetWarning, NotFiniteError, TargetError
from hassenet.estimators import HierarchyClassifier, HierarchyRegressor, NetworkClassifier, NetworkRegressor
from hassenet.selection import Setting

M = 60
COUNTS = np.where(np.arange(M) % 3 == 0, 0, np.arange(M) % 4 + 1)
KEPT = COUNTS > 0
SMALL = {"hidden_layer_sizes": (3,), "max_iter": 5, "random_state": 0}
CHOSEN = {"folds": 2, "members": 2, "steps": 20, "random_state": 0, "n_jobs": 1}
BALANCED = {
    "solver": "lbfgs", "tol": 1e-8, "class_weight": "balanced", "max_iter": 1000, "random_state": 0,
}  # fmt: skip
SETTINGS = [Setting(0.1), Setting(0.01, neurons=1)]


def theta(estimator):
    if hasattr(estimator, "network_"):
        return estimator.network_.theta
    return np.concatenate([net.theta for net in estimator.ensemble_])


NETWORKS = {
    "classes": (NetworkClassifier, iris_like, {}),
    "two classes": (NetworkClassifier, lambda: iris_like(2), {"early_stopping": True}),
    "three classes": (NetworkClassifier, iris_like, {"early_stopping": True, "class_weight": "balanced"}),
    "labels": (NetworkClassifier, several_labels, {"early_stopping": True, "class_weight": "balanced"}),
    "numbers": (NetworkRegressor, lambda: numbers(2), {"early_stopping": True}),
    "by lbfgs": (NetworkRegressor, numbers, {"solver": "lbfgs"}),
}


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("case", NETWORKS)
def test_examples_of_weight_0_leave_no_bit_in_a_network(case, engine):
    kind, data, options = NETWORKS[case]
    X, y = data()
    estimator = kind(**SMALL, engine=engine, **options)
    weighted = theta(fitted(estimator, X, y, sample_weight=COUNTS))
    np.testing.assert_array_equal(
        weighted, theta(fitted(estimator, X[KEPT], y[KEPT], sample_weight=COUNTS[KEPT]))
    )


@pytest.mark.parametrize(("kind", "data"), [(HierarchyClassifier, iris_like), (HierarchyRegressor, numbers)])
def test_examples_of_weight_0_leave_no_bit_where_settings_are_chosen(kind, data):
    """Folds, medians for gaps, scaling, temperature and residuals are those of the other rows."""
    X, y = data()
    X[::7, 0] = np.nan
    X[~KEPT, 1] *= 1e6
    estimator = kind(**CHOSEN, settings=SETTINGS)
    weighted = estimator.fit(X, y, sample_weight=COUNTS)
    bits, model, out_of_fold = theta(weighted), weighted.model_, weighted.out_of_fold_
    fewer = estimator.fit(X[KEPT], y[KEPT], sample_weight=COUNTS[KEPT])
    np.testing.assert_array_equal(bits, theta(fewer))
    np.testing.assert_array_equal(out_of_fold[KEPT], fewer.out_of_fold_)
    assert np.isnan(out_of_fold[~KEPT]).all()
    assert (model.steps, model.temperature) == (fewer.model_.steps, fewer.model_.temperature)
    assert model.residuals == fewer.model_.residuals


def test_a_batch_takes_examples_of_weight_0_for_absent():
    (X, y), options = iris_like(), {**SMALL, "batch_size": 10}
    one = NetworkClassifier(**options).partial_fit(X, y, sample_weight=COUNTS, classes=[0, 1, 2])
    other = NetworkClassifier(**options).partial_fit(
        X[KEPT], y[KEPT], sample_weight=COUNTS[KEPT], classes=[0, 1, 2]
    )
    np.testing.assert_array_equal(one.network_.theta, other.network_.theta)
    assert one.t_ == other.t_ == KEPT.sum()


@pytest.mark.parametrize("kind", [NetworkClassifier, HierarchyClassifier])
def test_a_class_of_weight_0_is_not_learned(kind):
    X, y = iris_like()
    options = SMALL if kind is NetworkClassifier else {**CHOSEN, "settings": SETTINGS}
    assert fitted(kind(**options), X, y, sample_weight=(y != 1).astype(float)).classes_.tolist() == [0, 2]


def test_validation_examples_of_weight_0_are_absent():
    X, y = numbers()
    weight = np.where(np.arange(20) < 10, 1.0, 0.0)
    spoiled = np.where(weight > 0, y[:20], 1e6)
    scores = [
        fitted(NetworkRegressor(**SMALL, early_stopping=True, validation_data=held), X, y).validation_scores_
        for held in ((X[:20], spoiled, weight), (X[:10], y[:10]))
    ]
    np.testing.assert_array_equal(*scores)


@pytest.mark.parametrize("data", [iris_like, lambda: iris_like(2), several_labels])
def test_balanced_classes_count_weights_as_copies(data):
    X, y = data()
    copies = np.repeat(np.arange(M), COUNTS)
    clf = NetworkClassifier((), alpha=1.0, **BALANCED)
    weighted = fitted(clf, X, y, sample_weight=COUNTS).predict_proba(X)
    np.testing.assert_allclose(fitted(clf, X[copies], y[copies]).predict_proba(X), weighted, atol=1e-4)


def test_balanced_classes_are_those_of_logistic_regression():
    X, y = iris_like(2)
    ours = fitted(NetworkClassifier((), alpha=1.0, **BALANCED), X, y, sample_weight=COUNTS)
    theirs = LogisticRegression(C=1.0, **BALANCED).fit(X, y, sample_weight=COUNTS)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-4)


@pytest.mark.parametrize("kind", [NetworkClassifier, HierarchyClassifier])
@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.zeros(M), "at least one non-zero"),
        (-COUNTS, "Negative values"),
        (np.where(KEPT, np.nan, 1.0), "contains NaN"),
    ],
    ids=["all 0", "below 0", "NaN"],
)
def test_invalid_weights_are_refused_by_estimators(kind, weight, message):
    X, y = iris_like()
    with pytest.raises(ValueError, match=message):
        kind(random_state=0).fit(X, y, sample_weight=weight)


# ---------------------------------------------------------------- early stopping on what is there


@pytest.mark.parametrize("seed", range(3))
def test_every_class_is_on_both_sides_of_early_stopping(seed):
    y = np.array(["a"] * 29 + ["b"] * 29 + ["rare"] * 3)
    X = np.random.default_rng(0).normal(size=(61, 2))
    clf = NetworkClassifier(early_stopping=True, random_state=seed)
    clf._admit(y, reset=True)
    with clf._divided(Examples(X, clf._encoded(y)), np.random.RandomState(seed), None) as both:
        train, held = both
    assert [np.bincount(part.Y.numbers).tolist() for part in (train, held)] == [[26, 26, 2], [3, 3, 1]]


@pytest.mark.parametrize(
    ("y", "shown"),
    [
        (["a"] * 9 + ["rare"], "'rare'"),
        ([3] * 5 + [7] * 5 + [5], "5"),
        ([False] * 9 + [True], "True"),
        ([0] * 9 + [1], r"1;.*\['True'\]"),
    ],
    ids=["text", "number", "truth value", "0 and 1"],
)
def test_a_class_of_one_example_is_refused_by_early_stopping_by_its_label(y, shown):
    X, started = np.arange(len(y))[:, None] / len(y), []
    watched = {"early_stopping": True, "callbacks": [lambda *_: started.append(1)]}
    clf = NetworkClassifier((3,), **watched, random_state=0)
    with pytest.raises(TargetError, match=f"classes in y have only 1 member: {shown}"):
        clf.fit(X, y)
    assert not started


def test_a_class_of_which_weights_leave_one_example_is_learned_from():
    X, y = iris_like()
    weight = np.where(y == 1, 0.0, 1.0)
    weight[np.flatnonzero(y == 1)[0]] = 1.0
    clf = NetworkClassifier(**SMALL, early_stopping=True)
    with pytest.warns(HassenetWarning, match=r"left of the classes 1; it is learned from"):
        fitted(clf, X, y, sample_weight=weight)
    assert clf.classes_.tolist() == [0, 1, 2]


@pytest.mark.parametrize("rows", [1, 5])
def test_where_there_is_no_r2_the_score_is_minus_the_loss_and_a_warning_says_so(rows):
    X, y = numbers()
    held = (X[:rows], np.full(rows, y[0]))
    reg = NetworkRegressor(**{**SMALL, "max_iter": 30}, early_stopping=True, validation_data=held)
    with pytest.warns(HassenetWarning, match="the score is minus the mean loss instead"):
        fitted(reg, X, y)
    assert np.isfinite(reg.validation_scores_).all()
    best = reg.predict(X[:rows])
    assert reg.best_validation_score_ == pytest.approx(-0.5 * np.mean((best - y[0]) ** 2))


@pytest.mark.parametrize("m", [12, 30])
def test_bagging_with_early_stopping_goes_through(m):
    """It gives the counts of a random draw as weights, which may leave one example of a class or few in all."""
    rng = np.random.default_rng(0)
    X, options = rng.normal(size=(m, 3)), {**SMALL, "max_iter": 2, "early_stopping": True}
    for kind, network, y in (
        (BaggingClassifier, NetworkClassifier, np.arange(m) % 3),
        (BaggingRegressor, NetworkRegressor, X[:, 0]),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bag = kind(network(**options), n_estimators=6, random_state=0).fit(X, y)
            assert np.isfinite(bag.predict(X)).all()


def test_targets_beyond_float32_are_refused_by_the_name_of_the_type():
    X, y = numbers()
    with pytest.raises(NotFiniteError, match="Y holds 1e[+]39 in 'y0', beyond float32; scale it"):
        NetworkRegressor(**SMALL).fit(X.astype("f4"), 1e39 * y / y.max())
