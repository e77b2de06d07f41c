"""A call that fails leaves the estimator as it was; one that is interrupted leaves it usable."""

from __future__ import annotations

import os
import signal

import numpy as np
import pandas as pd
import pytest
from estimator_tools import fitted, iris_like, numbers
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from hassenet.engines import formulas
from hassenet.errors import DivergedError
from hassenet.estimators import NetworkClassifier, NetworkRegressor

X, LABELS = iris_like()
NUMBERS = numbers()[1]
TABLE = pd.DataFrame(X, columns=["a", "b", "c", "d"])
KINDS = {"classifier": (NetworkClassifier, LABELS), "regressor": (NetworkRegressor, NUMBERS)}


def small(kind, **options):
    return kind(**{"hidden_layer_sizes": (5,), "random_state": 0, "max_iter": 3, "batch_size": 20, **options})


def broken(epoch, network):
    raise RuntimeError("mine")


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def learned(estimator):
    """All that fitting has set, array by array."""
    return {
        name: np.copy(value) if isinstance(value, np.ndarray) else list(value) if isinstance(value, list) else value
        for name, value in vars(estimator).items()
        if name.endswith("_") or name.startswith("_")
    }  # fmt: skip


def assert_same(now, before):
    assert now.keys() == before.keys()
    for name, value in before.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(now[name], value)
        else:
            assert now[name] is value or now[name] == value, name


# What is wrong with a call: options of the estimator, X and a change of y.
WRONG = {
    "a callback that breaks": ({"callbacks": [broken]}, X[:, :3], lambda y: y),
    "a rate that diverges": (
        {"solver": "sgd", "learning_rate_init": 1e300, "activation": "identity"}, 1e150 * X[:, :3], lambda y: y
    ),
    "another number of examples": ({}, X[:, :3], lambda y: y[:5]),
    "no such engine": ({"engine": "steam"}, X[:, :3], lambda y: y),
    "validation data of another width": ({"validation_data": (X, LABELS)}, X[:, :2], lambda y: y),
    "a hierarchy that does not fit": ({"hierarchy": {"a": 1}}, X[:, :3], lambda y: y),
}  # fmt: skip
EVERY_KIND = pytest.mark.parametrize(("kind", "y"), KINDS.values(), ids=KINDS)


@EVERY_KIND
@pytest.mark.parametrize(("options", "bad_X", "bad_y"), WRONG.values(), ids=WRONG)
def test_a_failed_fit_leaves_a_fitted_estimator_as_it_was(kind, y, options, bad_X, bad_y):
    estimator = fitted(small(kind), TABLE, y)
    before, predicted, asked = learned(estimator), estimator.predict(TABLE), estimator.get_params()
    with pytest.raises((ValueError, RuntimeError, TypeError, ArithmeticError)):
        estimator.set_params(**options).fit(bad_X, bad_y(y))
    assert_same(learned(estimator), before)
    estimator.set_params(**asked)
    assert estimator.n_features_in_ == 4
    assert estimator.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(estimator.predict(TABLE), predicted)
    again = fitted(small(kind), TABLE, y)
    np.testing.assert_array_equal(again.predict(TABLE), fitted(estimator, TABLE, y).predict(TABLE))


@EVERY_KIND
@pytest.mark.parametrize(("options", "bad_X", "bad_y"), WRONG.values(), ids=WRONG)
def test_a_failed_first_fit_leaves_an_estimator_that_is_not_fitted(kind, y, options, bad_X, bad_y):
    estimator = small(kind, **options)
    with pytest.raises((ValueError, RuntimeError, TypeError, ArithmeticError)):
        estimator.fit(bad_X, bad_y(y))
    assert learned(estimator) == {}
    with pytest.raises(NotFittedError):
        estimator.predict(X)


@EVERY_KIND
@pytest.mark.parametrize(
    "options", [{"callbacks": [broken]}, {"engine": "steam"}], ids=["callback", "engine"]
)
def test_a_failed_partial_fit_goes_on_as_if_it_had_not_been(kind, y, options):
    classes = {"classes": [0, 1, 2]} if kind is NetworkClassifier else {}
    plain, failing = small(kind), small(kind)
    for estimator in (plain, failing):
        estimator.partial_fit(X, y, **classes)
    before = learned(failing)
    with pytest.raises((RuntimeError, ValueError)):
        failing.set_params(**options).partial_fit(X, y)
    assert_same(learned(failing), before)
    failing.set_params(callbacks=(), engine=None)
    for estimator in (plain, failing):
        estimator.partial_fit(X, y)
    np.testing.assert_array_equal(failing.network_.theta, plain.network_.theta)
    assert failing.loss_curve_ == plain.loss_curve_


def test_a_failed_first_partial_fit_does_not_remember_its_classes():
    clf = small(NetworkClassifier, callbacks=[broken])
    with pytest.raises(RuntimeError, match="mine"):
        clf.partial_fit(X, LABELS, classes=[0, 1, 2])
    assert not hasattr(clf, "classes_")
    clf.set_params(callbacks=()).partial_fit(X, LABELS + 4, classes=[4, 5, 6, 7])
    assert clf.classes_.tolist() == [4, 5, 6, 7]


def test_a_warm_start_on_labels_of_one_class_does_not_change_the_classes():
    clf = fitted(small(NetworkClassifier, warm_start=True), X, LABELS)
    with pytest.raises(ValueError, match="the same classes"):
        clf.fit(X, np.zeros(len(X), int))
    assert clf.classes_.tolist() == [0, 1, 2]
    assert clf.n_features_in_ == 4
    assert clf.predict(X).shape == (60,)


# ------------------------------------------------------------------ Ctrl-C before the first epoch is over


def pressing_at(monkeypatch, step, how=press_ctrl_c):
    """Let Ctrl-C be pressed in the given step, counted from 0."""
    plain, steps = formulas.gradient, iter(range(10**9))

    def pressing(*args):
        if next(steps) == step:
            how()
        return plain(*args)

    monkeypatch.setattr(formulas, "gradient", pressing)


@EVERY_KIND
@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize("options", [{}, {"early_stopping": True}], ids=["plain", "early stopping"])
def test_ctrl_c_in_the_first_epoch_leaves_a_usable_estimator_without_a_loss(
    kind, y, step, options, monkeypatch
):
    estimator = small(kind, engine="reference", batch_size=10, **options)
    pressing_at(monkeypatch, step)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        estimator.fit(X, y)
    assert np.isnan(estimator.loss_)
    assert estimator.loss_curve_ == []
    assert (estimator.n_iter_, estimator.n_features_in_, estimator.n_layers_) == (0, 4, 3)
    assert np.isfinite(np.asarray(estimator.predict(X), float)).all()
    assert np.isfinite(estimator.transform(X)).all()


@EVERY_KIND
def test_after_ctrl_c_in_an_epoch_partial_fit_takes_fewer_examples_too(kind, y, monkeypatch):
    estimator = small(kind, engine="reference", batch_size=10)
    with monkeypatch.context() as patch:
        pressing_at(patch, 1)
        with pytest.warns(UserWarning, match="Training interrupted by user"):
            estimator.fit(X, y)
    estimator.partial_fit(X[:10], y[:10])
    assert len(estimator.loss_curve_) == 1
    assert np.isfinite(estimator.loss_)


# -------------------------------------------------------------------- a cost that is no longer finite

DIVERGING = {
    "solver": "sgd",
    "activation": "identity",
    "learning_rate_init": 0.5,
    "max_iter": 60,
    "batch_size": "auto",
}


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_where_training_diverges_early_stopping_keeps_the_best_network_and_says_where(dtype, engine):
    kept, options = [], {**DIVERGING, "early_stopping": True, "dtype": dtype, "engine": engine}
    model = small(NetworkRegressor, **options, callbacks=[lambda epoch, net: kept.append(net)])
    where = r"Training has diverged at epoch \d+, step \d+: the signal of layer \d or the loss on it is not finite"
    with pytest.warns(ConvergenceWarning, match=where):
        model.fit(X, 100 * NUMBERS)
    best = int(np.nanargmax(model.validation_scores_))
    assert 0 < len(kept) < 60
    np.testing.assert_array_equal(model.network_.theta, kept[best].theta)
    assert model.best_validation_score_ == model.validation_scores_[best]
    assert str(model.validation_scores_[-1]) == str(model.loss_) == "nan"
    assert model.n_iter_ == len(model.validation_scores_) == len(model.loss_curve_) == len(kept) + 1
    assert np.isfinite(model.predict(X)).all()


def test_where_the_first_epoch_diverges_early_stopping_keeps_the_start():
    model = small(
        NetworkRegressor, **{**DIVERGING, "learning_rate_init": 1e300, "batch_size": 20}, early_stopping=True
    )
    with pytest.warns(ConvergenceWarning, match="that training started from, as no epoch was over"):
        model.fit(X, NUMBERS)
    assert model.n_iter_ == 1
    assert np.isfinite(model.predict(X)).all()


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_without_early_stopping_the_error_has_the_words_of_scikit_learn_too(solver):
    big = 1e200 * X
    message = "a cost must be finite: .* Solver produced non-finite parameter weights. The input data may contain large"
    with pytest.raises(DivergedError, match=message) as error:
        small(NetworkRegressor, solver=solver).fit(big, NUMBERS)
    assert error.value.network.n_parameters > 0


def test_predictions_that_are_not_finite_are_never_the_best_of_early_stopping():
    X, y = np.random.default_rng(0).standard_normal((120, 4)), np.arange(120) % 3
    model = NetworkClassifier(
        (3,), solver="sgd", learning_rate_init=1e19, early_stopping=True, dtype="float32", random_state=0
    )
    with pytest.warns(ConvergenceWarning, match="best"):
        model.fit(X, y)
    assert np.isfinite(model.predict_proba(X)).all()
