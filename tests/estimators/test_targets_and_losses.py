"""Labels of every kind, numbers of every kind, losses, and targets that are refused."""

import numpy as np
import pandas as pd
import pytest
from estimator_tools import fitted, iris_like, numbers, several_labels, start_alike
from scipy.sparse import csr_array, issparse
from sklearn.exceptions import DataConversionWarning
from sklearn.neural_network import MLPClassifier

from hassenet import likelihoods
from hassenet.data.examples import Examples
from hassenet.errors import NotFiniteError, ShapeError, TargetError
from hassenet.estimators import HierarchyClassifier, NetworkClassifier, NetworkRegressor
from hassenet.estimators.scoring import r2_or_cost
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import SquaredError
from hassenet.selection import Setting

QUICK = {"solver": "lbfgs", "max_iter": 50, "random_state": 0}


@pytest.mark.parametrize(
    "words",
    [
        ["ill", "well", "old"], [3, 1, 7], [True, False, True], [0.0, 2.0, 1.0],
        np.array(["a", "b", "c"], dtype=object),
    ],
)  # fmt: skip
def test_labels_may_be_anything_that_scikit_learn_takes(words):
    X, y = iris_like()
    labels = np.asarray(words)[y]
    clf = fitted(NetworkClassifier((9,), **QUICK), X, labels)
    assert clf.predict(X).dtype.kind == np.unique(labels.tolist()).dtype.kind
    assert clf.score(X, labels) > 0.9
    np.testing.assert_array_equal(clf.classes_, np.unique(labels))


def test_categories_of_pandas_are_labels():
    X, y = iris_like()
    labels = pd.Series(np.array(["ill", "well", "old"])[y], dtype="category")
    assert fitted(NetworkClassifier((9,), **QUICK), X, labels).score(X, labels) > 0.9


@pytest.mark.parametrize("container", [np.asarray, csr_array, pd.DataFrame])
def test_several_labels_may_hold_at_once(container):
    X, Y = several_labels()
    clf = fitted(NetworkClassifier((9,), activation="tanh", **QUICK), X, container(Y))
    prediction = clf.predict(X)
    assert issparse(prediction) == (container is csr_array)
    prediction = prediction.toarray() if issparse(prediction) else prediction
    assert (prediction == Y).all(axis=1).mean() > 0.9
    p = clf.predict_proba(X)
    assert p.shape == Y.shape
    assert not np.allclose(p.sum(axis=1), 1)
    assert clf.out_activation_ == "logistic"
    np.testing.assert_allclose(clf.predict_log_proba(X), np.log(p), atol=1e-12)


def test_probabilities_sum_to_one_and_their_logs_are_finite_far_away():
    for classes in (2, 3):
        X, y = iris_like(classes)
        clf = fitted(NetworkClassifier((9,), **QUICK), X, y)
        np.testing.assert_allclose(clf.predict_proba(1000 * X).sum(axis=1), 1)
        assert np.isfinite(clf.predict_log_proba(1000 * X)).all()
        assert clf.predict_log_proba(1000 * X).min() < -750  # whose exponential is 0


@pytest.mark.parametrize("label", ["ill", 1, 0, True, 2.0])
@pytest.mark.parametrize(
    "options", [{}, {"early_stopping": True}, {"class_weight": "balanced"}, {"solver": "lbfgs"}], ids=str
)
def test_one_class_only_is_learned_and_predicted(label, options):
    X, y = iris_like()[0], [label] * 60
    clf = fitted(NetworkClassifier((3,), max_iter=3, **options, random_state=0), X, y)
    assert clf.classes_.tolist() == [label]
    assert clf.predict(X).tolist() == y
    assert clf.score(X, y) == 1
    np.testing.assert_array_equal(clf.predict_proba(X), np.ones((60, 1)))
    np.testing.assert_array_equal(clf.predict_log_proba(X), np.zeros((60, 1)))
    assert clf.hierarchy_.ranks[-1] == (f"not {label}",)


def test_one_class_only_is_trained_as_scikit_learn_trains_it():
    X, y = iris_like()[0], ["ill"] * 60
    ours, theirs = (
        NetworkClassifier((3,), shuffle=False, max_iter=5, random_state=0),
        MLPClassifier((3,), shuffle=False, max_iter=5, random_state=0),
    )
    start_alike(ours, theirs, X, y)
    for a, b in zip(fitted(ours, X, y).coefs_, fitted(theirs, X, y).coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_one_class_comes_in_parts_too_and_makes_no_model():
    X, _ = iris_like()
    clf = NetworkClassifier((3,), random_state=0).partial_fit(X, ["ill"] * 60, classes=["ill"])
    assert set(clf.predict(X)) == {"ill"}
    with pytest.raises(TargetError, match=r"y holds one class only, \['ill'\]"):
        clf.as_model()


def test_the_log_of_a_probability_is_its_logarithm_also_where_it_rounds_to_1():
    X, Y = several_labels()
    for y in (Y, Y[:, 0], Y.sum(axis=1)):
        clf = fitted(NetworkClassifier((9,), **QUICK), X, y)
        for scale in (1, 30):
            p, log_p = clf.predict_proba(scale * X), clf.predict_log_proba(scale * X)
            np.testing.assert_allclose(log_p[p > 1e-300], np.log(p[p > 1e-300]), rtol=1e-9)
            np.testing.assert_array_equal(p.argmax(axis=1), log_p.argmax(axis=1))


def test_fractional_numbers_are_refused_as_classes():
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        NetworkClassifier().fit(*numbers())


def test_a_column_of_labels_is_taken_with_a_warning():
    X, y = iris_like()
    with pytest.warns(DataConversionWarning, match="column-vector y was passed"):
        clf = fitted(NetworkClassifier(max_iter=2, random_state=0), X, y[:, None])
    assert clf.predict(X).shape == y.shape


@pytest.mark.parametrize("targets", [1, 3])
@pytest.mark.parametrize(
    "loss", ["squared_error", "absolute_error", likelihoods.Laplace(), likelihoods.SquaredError()]
)
def test_regression_learns_by_every_loss(loss, targets):
    X, y = numbers(targets, m=100)
    reg = NetworkRegressor(
        loss, (), solver="adam", learning_rate="cosine", learning_rate_init=0.1, max_iter=150
    )
    assert fitted(reg.set_params(random_state=0, n_iter_no_change=np.inf), X, y).score(X, y) > 0.98
    assert reg.predict(X).shape == y.shape
    assert reg.out_activation_ == "identity"


def test_the_absolute_error_ignores_what_lies_far_off():
    X, y = numbers(m=100)
    wrong = y.copy()
    wrong[::10] += 100
    options = {
        "hidden_layer_sizes": (),
        "learning_rate": "cosine",
        "learning_rate_init": 0.1,
        "max_iter": 150,
    }
    scores = {
        loss: fitted(NetworkRegressor(loss, random_state=0, **options), X, wrong).score(X, y)
        for loss in ("squared_error", "absolute_error")
    }
    assert scores["absolute_error"] > 0.95 > scores["squared_error"]


def test_counts_are_predicted_by_a_positive_mean_and_negative_ones_refused():
    X, y = numbers()
    counts = np.round(np.exp(2 * y))
    reg = fitted(NetworkRegressor("poisson", (), **QUICK), X, counts)
    assert (reg.predict(X) > 0).all()
    assert reg.score(X, counts) > 0.9
    with pytest.raises(TargetError, match="a Poisson target is a count or a rate ≥ 0; row 3"):
        NetworkRegressor("poisson", random_state=0).fit(X, np.where(np.arange(60) == 3, -1, counts))


def test_a_full_covariance_is_squared_error_on_whitened_targets():
    """½ (y − ŷ)ᵀ Σ⁻¹ (y − ŷ) = ½ ‖Lᵀy − Lᵀŷ‖² with Σ⁻¹ = LLᵀ; without a penalty the fits are Lᵀ of each other."""
    X, Y = numbers(2)
    sigma = np.array([[2.0, 0.9], [0.9, 0.5]])
    options = {"hidden_layer_sizes": (), "solver": "lbfgs", "alpha": 0.0, "tol": 1e-10, "max_iter": 2000}
    model = likelihoods.Gaussian(sigma)
    correlated = fitted(NetworkRegressor(model, **options, random_state=0), X, Y)
    white = fitted(NetworkRegressor(**options, random_state=0), X, Y @ model.loss.whitening.T)
    np.testing.assert_allclose(correlated.predict(X) @ model.loss.whitening.T, white.predict(X), atol=1e-3)
    with pytest.raises(ShapeError, match="Σ has a row and a column for each output"):
        NetworkRegressor(likelihoods.Gaussian(np.eye(3)), random_state=0).fit(X, Y)


def test_another_number_of_targets_is_refused():
    X, Y = numbers(3)
    reg = NetworkRegressor(max_iter=2, random_state=0).partial_fit(X, Y)
    with pytest.raises(ShapeError, match="y has 2 columns and the network 3 outputs"):
        reg.partial_fit(X, Y[:, :2])


def test_missing_features_get_scikit_learns_message():
    X, y = iris_like()
    X[3, 2] = np.nan
    with pytest.raises(ValueError, match="Input X contains NaN"):
        NetworkClassifier().fit(X, y)


def test_a_training_that_diverges_says_where():
    X, y = numbers()
    with pytest.raises(ArithmeticError, match="a cost must be finite: at epoch") as error:
        NetworkRegressor(solver="sgd", learning_rate_init=1e6, max_iter=50, random_state=0).fit(X, y)
    assert np.isfinite(error.value.network.theta).all()


def test_weights_that_are_not_finite_never_reach_the_user():
    X, y = numbers()
    with pytest.raises((ArithmeticError, NotFiniteError)):
        NetworkRegressor(solver="sgd", learning_rate_init=1e300, max_iter=1, random_state=0).fit(X * 1e20, y)


def test_a_prediction_that_is_not_finite_has_no_score():
    validation = Examples(np.zeros((2, 1)), np.array([[1.0], [2.0]]))
    score = r2_or_cost(validation, SquaredError())
    assert np.isnan(score(validation.Y, np.array([[1.0], [np.inf]])))


NULLABLE = {
    "Int64": lambda y: pd.Series(y).astype("Int64"),
    "an array of Int64": lambda y: pd.array(y, dtype="Int64"),
    "Int8": lambda y: pd.Series(y).astype("Int8"),
    "boolean": lambda y: pd.Series(y > 0).astype("boolean"),
    "int64 of Arrow": lambda y: pd.Series(y).astype("int64[pyarrow]"),
    "bool of Arrow": lambda y: pd.Series(y > 0).astype("bool[pyarrow]"),
}


@pytest.mark.parametrize("name", NULLABLE)
def test_classes_of_a_type_that_has_gaps_are_whole_numbers_and_truth_values(name):
    X = np.linspace(-1, 1, 12)[:, None]
    y = NULLABLE[name](np.arange(12) // 4)
    plain = np.asarray(y.tolist())
    quick = {"folds": 2, "settings": [Setting(0.1)], "members": 1, "random_state": 0}
    H = Hierarchy.complete(1, 2)
    for one in (NetworkClassifier((), solver="lbfgs", random_state=0), HierarchyClassifier(H, **quick)):
        found = one.fit(X, y)
        assert found.classes_.tolist() == np.unique(plain).tolist()
        assert found.classes_.dtype.kind == plain.dtype.kind
        assert found.score(X, y) == found.score(X, plain)
