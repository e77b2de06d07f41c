"""partial_fit, warm starts, early stopping, validation data, callbacks, what is printed and warned of."""

import warnings

import numpy as np
import pytest
from estimator_tools import fitted, iris_like, numbers, several_labels
from sklearn.exceptions import ConvergenceWarning

from hassenet.errors import DataError, ParameterError, TargetError
from hassenet.estimators import NetworkClassifier, NetworkRegressor


def small(**options):
    return NetworkClassifier(**{"hidden_layer_sizes": (6,), "random_state": 0, "max_iter": 5, **options})


# -------------------------------------------------------------------- partial_fit


def test_partial_fit_needs_the_classes_once():
    X, y = iris_like()
    clf = small()
    with pytest.raises(ValueError, match=r"classes must be passed on the first call to partial_fit\."):
        clf.partial_fit(X, y)
    clf.partial_fit(X[y < 2], y[y < 2], classes=[0, 1, 2])
    clf.partial_fit(X, y)
    assert clf.n_outputs_ == 3
    with pytest.raises(ValueError, match="is not the same as on last call to partial_fit"):
        clf.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(TargetError, match="`y` has classes not in"):
        clf.partial_fit(X, y + 1)


def test_partial_fit_goes_on_with_the_optimisers_state():
    X, y = iris_like()
    pieces, whole = small(shuffle=True), small(max_iter=6, n_iter_no_change=np.inf)
    for _ in range(6):
        pieces.partial_fit(X, y, classes=[0, 1, 2])
    fitted(whole, X, y)
    np.testing.assert_array_equal(pieces.network_.theta, whole.network_.theta)
    assert pieces.loss_curve_ == whole.loss_curve_
    assert (pieces.t_, whole.t_) == (6 * 60, 6 * 60)
    assert (pieces.n_iter_, whole.n_iter_) == (1, 6)


def test_partial_fit_takes_labels_of_which_several_hold():
    X, Y = several_labels()
    clf = small().partial_fit(X, Y, classes=[0, 1, 2])
    assert clf.predict(X).shape == Y.shape


def test_repeated_partial_fit_raises_the_score_of_a_regressor():
    X, y = numbers()
    reg = NetworkRegressor(hidden_layer_sizes=(), learning_rate_init=0.1, random_state=0)
    scores = [reg.partial_fit(X, y).score(X, y) for _ in range(60)]
    assert scores[-1] > 0.9 > scores[0]


def test_a_cosine_rate_goes_over_the_epochs_of_all_calls():
    X, y = numbers()
    reg = NetworkRegressor(learning_rate="cosine", max_iter=5, random_state=0)
    rates = [reg.partial_fit(X, y).history_[-1].rate for _ in range(5)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == 0.001
    assert rates[-1] > 0


def test_partial_fit_goes_on_from_what_lbfgs_found():
    X, y = iris_like()
    clf = fitted(small(solver="lbfgs"), X, y)
    found = clf.loss_
    clf.set_params(solver="adam").partial_fit(X, y)
    assert clf.loss_curve_ == [pytest.approx(found)]


# -------------------------------------------------------------------- warm_start


def test_a_warm_start_goes_on_from_the_network():
    X, y = iris_like()
    clf = fitted(small(warm_start=True), X, y)
    first = clf.loss_
    fitted(clf, X, y)
    assert clf.loss_ < first
    assert len(clf.loss_curve_) == 10
    assert clf.n_iter_ == 5
    assert clf.t_ == 600
    fitted(clf.set_params(warm_start=False), X, y)
    assert len(clf.loss_curve_) == 5
    assert clf.loss_curve_[-1] == first


def test_a_warm_start_wants_the_same_classes():
    X, y = iris_like()
    clf = fitted(small(warm_start=True), X, y)
    with pytest.raises(ValueError, match="warm_start can only be used where `y` has the same classes"):
        clf.fit(X, np.minimum(y, 1))


def test_weights_of_a_fitted_estimator_can_be_set():
    X, y = iris_like()
    clf = fitted(small(), X, y)
    clf.coefs_ = [np.zeros_like(W) for W in clf.coefs_]
    clf.intercepts_ = [np.zeros(6), np.array([0.0, 9.0, 0.0])]
    assert set(clf.predict(X)) == {1}


def test_a_failed_fit_leaves_the_fitted_estimator_as_it_was():
    X, y = iris_like()
    clf = fitted(small(), X, y)
    before = clf.predict_proba(X)
    with pytest.raises(ParameterError):
        clf.set_params(engine="abacus").fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)


def test_another_solver_forgets_the_curves_of_the_first():
    X, y = iris_like()
    clf = fitted(small(), X, y)
    fitted(clf.set_params(solver="lbfgs"), X, y)
    assert not hasattr(clf, "loss_curve_")
    assert clf.t_ == 0
    assert clf.loss_ > 0


# -------------------------------------------------------------------- early stopping and validation


def test_early_stopping_returns_to_the_best_network():
    X, y = iris_like(m=200)
    kept = []
    clf = small(
        early_stopping=True, max_iter=80, learning_rate_init=0.3, callbacks=[lambda e, net: kept.append(net)]
    )
    fitted(clf, X, y)
    best = int(np.argmax(clf.validation_scores_))
    np.testing.assert_array_equal(clf.network_.theta, kept[best].theta)
    assert clf.best_validation_score_ == clf.validation_scores_[best]
    assert clf.best_loss_ is None
    assert clf.n_iter_ == len(clf.validation_scores_) < 80


def test_given_validation_data_serve_early_stopping():
    X, y = iris_like(m=90)
    held = X[60:], y[60:]
    clf = fitted(small(early_stopping=True, validation_data=held, max_iter=60), X[:60], y[:60])
    assert clf.best_validation_score_ == clf.score(*held)
    assert clf.t_ == 60 * clf.n_iter_


def test_validation_data_alone_are_only_watched():
    X, y = iris_like(m=90)
    w = np.linspace(0, 1, 30)
    clf = fitted(small(validation_data=(X[60:], y[60:], w)), X[:60], y[:60])
    plain = fitted(small(), X[:60], y[:60])
    np.testing.assert_array_equal(clf.network_.theta, plain.network_.theta)
    assert clf.validation_scores_[-1] == pytest.approx(clf.score(X[60:], y[60:], sample_weight=w))
    assert clf.best_loss_ == plain.best_loss_
    assert plain.validation_scores_ is None
    assert plain.best_validation_score_ is None
    assert np.isfinite(clf.history_[-1].validation_cost)


def test_validation_data_are_checked_like_any_other():
    X, y = iris_like()
    with pytest.raises(ValueError, match="features"):
        small(validation_data=(X[:, :2], y)).fit(X, y)
    with pytest.raises(TargetError, match="`y` has classes not in"):
        small(validation_data=(X, y + 5)).fit(X, y)


def test_an_adaptive_rate_may_look_at_the_validation_score():
    X, y = iris_like(m=200)
    options = {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.1, "n_iter_no_change": 1}
    clf = fitted(small(early_stopping=True, tol=0.01, max_iter=100, **options), X, y)
    assert clf.history_[-1].rate < 1e-5
    assert clf.n_iter_ < 100


# -------------------------------------------------------------------- callbacks, words


def test_a_callback_sees_each_epoch_and_can_end_training():
    X, y = iris_like()
    seen = []
    clf = small(
        max_iter=50,
        callbacks=[lambda epoch, net: seen.append(epoch.cost), lambda epoch, net: epoch.epoch == 3],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf.fit(X, y)
    assert clf.n_iter_ == 4
    assert seen == clf.loss_curve_


def test_running_out_of_epochs_is_warned_of():
    X, y = iris_like()
    message = (
        r"Stochastic Optimizer: Maximum iterations \(5\) reached and the optimization hasn't converged yet."
    )
    with pytest.warns(ConvergenceWarning, match=message):
        small().fit(X, y)
    with pytest.warns(
        ConvergenceWarning, match=r"lbfgs failed to converge after 5 iteration\(s\); raise max_iter=5"
    ):
        small(solver="lbfgs").fit(X, y)
    with pytest.warns(ConvergenceWarning, match="raise max_fun"):
        small(solver="lbfgs", max_iter=50, max_fun=5).fit(X, y)


def test_a_batch_larger_than_the_sample_is_clipped_with_a_warning():
    X, y = iris_like()
    message = "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped"
    with pytest.warns(UserWarning, match=message):
        clf = fitted(small(batch_size=61), X, y)
    assert clf.t_ == 300


def test_ctrl_c_leaves_a_usable_estimator():
    X, y = iris_like()

    def interrupt(epoch, net):
        if epoch.epoch == 2:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match=r"Training interrupted by user\."):
        clf = small(callbacks=[interrupt]).fit(X, y)
    assert clf.n_iter_ == 3
    assert clf.predict(X).shape == y.shape


def test_a_notebook_shows_parameters_and_fitted_attributes():
    X, y = iris_like()
    assert "NetworkClassifier" in fitted(small(), X, y)._repr_html_()
    assert "NetworkClassifier" in small()._repr_html_()


def test_verbose_prints_as_scikit_learn_does(capsys):
    X, y = iris_like()
    clf = fitted(small(verbose=True, max_iter=3), X, y)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"Iteration {k}, loss = {loss:.8f}" for k, loss in enumerate(clf.loss_curve_, start=1)]
    fitted(small(verbose=True, early_stopping=True, tol=1.0, n_iter_no_change=1, max_iter=9), X, y)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("Validation score: 0.")
    assert (
        lines[-1]
        == "Validation score did not improve more than tol=1.000000 for 1 consecutive epochs. Stopping."
    )
    options = {"solver": "sgd", "learning_rate": "adaptive", "tol": 1.0, "n_iter_no_change": 1}
    fitted(small(verbose=True, max_iter=5, **options), X, y)
    assert "for 1 consecutive epochs. Lowering the learning rate." in capsys.readouterr().out


def test_with_progress_a_bar_is_shown_on_standard_error(capsys):
    fitted(small(progress=True), *iris_like())
    assert "step" in capsys.readouterr().err


# -------------------------------------------------------------------- weights


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_weight_is_a_number_of_copies(solver):
    X, y = iris_like()
    w = np.random.default_rng(0).integers(0, 4, len(y))
    options = {"solver": solver, "alpha": 1.0, "max_iter": 10}
    weighted = fitted(small(**options), X, y, sample_weight=w)
    copied = fitted(small(**options), np.repeat(X, w, axis=0), np.repeat(y, w))
    np.testing.assert_allclose(weighted.network_.theta, copied.network_.theta, atol=1e-8)


def test_invalid_sample_weights_are_refused_by_fit():
    X, y = iris_like()
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        small().fit(X, y, sample_weight=np.where(y == 0, -1.0, 1.0))
    with pytest.raises(ValueError, match="Sample weights must contain at least one non-zero number"):
        small().fit(X, y, sample_weight=np.zeros(len(y)))
    with pytest.raises(DataError, match="no example that counts"):
        small(class_weight={0: 0, 1: 0, 2: 0}).fit(X, y)


def test_a_class_weight_is_a_sample_weight():
    X, y = iris_like()
    given = {0: 1.0, 1: 2.0, 2: 0.5}
    by_class = fitted(small(class_weight=given), X, y)
    by_example = fitted(small(), X, y, sample_weight=[given[label] for label in y])
    np.testing.assert_allclose(by_class.network_.theta, by_example.network_.theta, atol=1e-12)


def test_balanced_classes_count_the_same():
    X, y = iris_like(2, m=200)
    few = np.flatnonzero((y == 0) | (np.arange(200) % 10 == 0))
    X, y = X[few], np.where(y[few] == 0, "many", "few")
    plain, balanced = (fitted(small(class_weight=w, max_iter=30), X, y) for w in (None, "balanced"))
    assert balanced.predict_proba(X)[:, 0].mean() > plain.predict_proba(X)[:, 0].mean()
    with pytest.raises(ValueError, match="partial_fit sees a part of them"):
        small(class_weight="balanced").partial_fit(X, y, classes=["many", "few"])


def test_several_labels_have_a_class_weight_each():
    X, Y = several_labels()
    clf = fitted(small(class_weight=[{0: 1, 1: 2}, {0: 1, 1: 1}, {0: 3, 1: 1}]), X, Y)
    assert clf.predict(X).shape == Y.shape
