"""A network that goes on: what belongs to earlier examples begins anew, changed parameters take effect."""

import numpy as np
import pytest
from estimator_tools import fitted
from sklearn.neural_network import MLPClassifier

from hassenet import Hierarchy
from hassenet.errors import ParameterError, TargetError
from hassenet.estimators import NetworkClassifier, NetworkRegressor
from hassenet.shaping import widen

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 4))
H = Hierarchy.from_covers([("x0", "a"), ("x1", "a"), ("x2", "b"), ("x3", "b"), ("a", "top")])
KINDS = {
    NetworkClassifier: (X[:, 0] > 0, X[:, 0] < 0),
    NetworkRegressor: (X[:, 0], -X[:, 0]),
}
ENGINES = pytest.mark.parametrize("engine", ["native", "reference"])
EVERY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def warm(kind=NetworkRegressor, **options):
    common = {"hidden_layer_sizes": (6,), "warm_start": True, "max_iter": 50, "learning_rate_init": 0.02}
    return kind(**{"random_state": 0, **common, **options})


# -------------------------------------------------------------------- other examples


@ENGINES
@EVERY_KIND
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_warm_start_learns_from_examples_that_say_the_opposite(kind, early_stopping, dtype, engine):
    y, opposite = KINDS[kind]
    options = {"early_stopping": early_stopping, "n_iter_no_change": 25, "dtype": dtype, "engine": engine}
    model = fitted(warm(kind, **options), X, y)
    before, epochs = model.score(X, opposite), len(model.loss_curve_)
    fitted(model, X, opposite)
    assert model.score(X, opposite) > 0.6 > 0.2 > before
    assert len(model.loss_curve_) == epochs + model.n_iter_


def test_the_best_loss_and_score_after_a_warm_start_are_those_on_its_own_examples():
    y = X[:, 0]
    easy, hard = (y, X), (RNG.normal(size=120), X)
    model = fitted(warm(), easy[1], easy[0])
    fitted(model, hard[1], hard[0])
    assert model.best_loss_ == min(model.loss_curve_[-model.n_iter_ :]) > min(model.loss_curve_)
    model = fitted(warm(early_stopping=True), easy[1], easy[0])
    fitted(model, hard[1], hard[0])
    assert model.best_validation_score_ == max(model.validation_scores_[-model.n_iter_ :])
    assert model.best_validation_score_ < max(model.validation_scores_)


def test_a_warm_start_counts_all_examples_in_inverse_scaling():
    model = fitted(warm(solver="sgd", learning_rate="invscaling", power_t=0.25, max_iter=1), X[:8], X[:8, 0])
    fitted(model, X[:20], X[:20, 0])
    assert model.history_[-1].rate == pytest.approx(0.02 / (1 + 8) ** 0.25)
    assert model.t_ == 28


# -------------------------------------------------------------------- changed parameters


CHANGES = {
    "activation": ("tanh", lambda m: str(m.network_.activations[0]) == "tanh"),
    "activation by element": ({"h1_2": "tanh"}, lambda m: m.network_.activations[0].names[2] == "tanh"),
    "dtype": ("float32", lambda m: m.network_.dtype == np.float32),
    "loss": ("poisson", lambda m: str(m.network_.activations[-1]) == "exp"),
    "solver": ("sgd", lambda m: True),
    "momentum": (0.0, lambda m: True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_parameter_that_can_change_takes_effect_in_a_warm_start(name):
    value, holds = CHANGES[name]
    model = fitted(warm(), X, abs(X[:, 0]))
    fitted(model.set_params(**{name.split()[0]: value}), X, abs(X[:, 0]))
    assert holds(model)


@pytest.mark.parametrize("name", CHANGES)
def test_a_parameter_that_can_change_takes_effect_in_partial_fit(name):
    value, holds = CHANGES[name]
    model = warm(solver="sgd", loss="squared_error", learning_rate_init=1e-3).partial_fit(X, abs(X[:, 0]))
    before = model.network_.theta
    model.set_params(**{name.split()[0]: value}).partial_fit(X, abs(X[:, 0]))
    assert holds(model)
    np.testing.assert_allclose(model.network_.theta, before, atol=0.05)


def test_after_the_activation_was_changed_training_is_that_of_a_network_with_the_new_one():
    one, other = (warm(NetworkClassifier, activation=G, solver="sgd") for G in ("relu", "tanh"))
    for model in (one, other):
        model.partial_fit(X, X[:, 0] > 0, classes=[False, True])
    other.coefs_, other.intercepts_ = one.coefs_, one.intercepts_
    one.set_params(activation="tanh", early_stopping=False)
    theta = [fitted(model.set_params(max_iter=3), X, X[:, 0] > 0).network_.theta for model in (one, other)]
    np.testing.assert_array_equal(*theta)


@pytest.mark.parametrize(
    ("first", "change"),
    [
        ({}, {"hidden_layer_sizes": (9,)}),
        ({}, {"hidden_layer_sizes": 6, "hierarchy": H}),
        ({"hierarchy": H}, {"heads": "maximal"}),
        ({"hierarchy": H}, {"auxiliary": "rank"}),
        ({"hierarchy": H}, {"hierarchy": widen(H, 2, [1, 2]).hierarchy}),
        ({"hierarchy": lambda names: H}, {"hierarchy": lambda names: widen(H, 2, [1, 2]).hierarchy}),
    ],
    ids=lambda options: ", ".join(options),
)
@pytest.mark.parametrize("how", ["fit", "partial_fit"])
def test_a_parameter_that_makes_another_hierarchy_is_refused_by_name_and_nothing_is_lost(first, change, how):
    model = fitted(warm(**first), X, X[:, 0])
    before = model.network_.theta
    with pytest.raises(ParameterError, match=f"keeps its hierarchy; .*{list(change)[-1]}="):
        getattr(model.set_params(**change), how)(X, X[:, 0])
    np.testing.assert_array_equal(model.network_.theta, before)


def test_a_parameter_that_makes_the_same_hierarchy_may_change():
    model = fitted(warm(hidden_layer_sizes=(6,)), X, X[:, 0])
    fitted(model.set_params(hidden_layer_sizes=[6]), X, X[:, 0])
    model = fitted(warm(hierarchy=H), X, X[:, 0])
    fitted(model.set_params(hierarchy=lambda names: H, hidden_layer_sizes=(3, 3)), X, X[:, 0])
    assert model.get_params()["hidden_layer_sizes"] == (3, 3)


# -------------------------------------------------------------------- classes


@pytest.mark.parametrize("warm_start", [False, True])
def test_a_part_without_some_class_is_learned_from_whatever_warm_start_says(warm_start):
    y = np.arange(120) % 3
    model = warm(NetworkClassifier, warm_start=warm_start).partial_fit(X, y, classes=[0, 1, 2])
    model.partial_fit(X[y < 2], y[y < 2])
    assert model.predict_proba(X).shape == (120, 3)
    with pytest.raises(TargetError, match="`y` has classes not in"):
        model.partial_fit(X, y + 1)


# -------------------------------------------------------------------- schedules


def rates(model, sizes):
    """Return the rate of each call of partial_fit on so many examples."""
    y, found = (X[:, 0] > 0).astype(int), []
    for m in sizes:
        model.partial_fit(X[:m], y[:m], classes=[0, 1])
        found.append(
            model.history_[-1].rate if hasattr(model, "history_") else model._optimizer.learning_rate
        )
    return found


@pytest.mark.parametrize("batch_size", ["auto", 7])
def test_inverse_scaling_has_the_rates_of_scikit_learn_for_parts_of_any_size(batch_size):
    sizes, options = (
        (30, 7, 100, 1, 50),
        {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.1, "random_state": 0},
    )
    if batch_size != "auto":
        sizes = tuple(m + 7 for m in sizes)
    ours = rates(NetworkClassifier((3,), batch_size=batch_size, **options), sizes)
    theirs = rates(MLPClassifier((3,), batch_size=batch_size, **options), sizes)  # theirs is the next one
    np.testing.assert_allclose(ours[1:], theirs[:-1])
    assert ours[0] == 0.1
