"""``monotonic_cst``: as scikit-learn's gradient boosting has it, in every estimator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hassenet as hn
from hassenet.errors import ParameterError
from hassenet.network import directions
from hassenet.selection import Setting

rng = np.random.default_rng(0)
X = pd.DataFrame(rng.standard_normal((90, 3)), columns=["age", "dose", "height"])
amount = X["age"] - X["dose"] + np.sin(3 * X["height"])
y = np.where(amount > 0, "ill", "healthy")
WISHED = {"age": -1, "dose": -1}  # the first against the data
QUICK = {
    "activation": "tanh",
    "hidden_layer_sizes": (4,),
    "max_iter": 15,
    "learning_rate_init": 0.05,
    "random_state": 0,
}
CHOSEN = {
    "folds": 2, "members": 2, "steps": 15, "random_state": 0, "n_jobs": 1,
    "settings": [Setting(0.01), Setting(0.01, neurons=2, activation="tanh")],
}  # fmt: skip
H = hn.Hierarchy.from_covers([("age", "p"), ("dose", "p"), ("height", "q"), ("dose", "q")])
ESTIMATORS = {
    "network classifier": lambda wished: hn.NetworkClassifier(**QUICK, monotonic_cst=wished),
    "network regressor": lambda wished: hn.NetworkRegressor(**QUICK, monotonic_cst=wished),
    "on a hierarchy, by L-BFGS": lambda wished: hn.NetworkClassifier(
        **QUICK, hierarchy=H, heads="features", solver="lbfgs", monotonic_cst=wished
    ),
    "hierarchy classifier": lambda wished: hn.HierarchyClassifier(H, **CHOSEN, monotonic_cst=wished),
    "hierarchy regressor": lambda wished: hn.HierarchyRegressor(H, **CHOSEN, monotonic_cst=wished),
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def is_monotone(estimator, column, direction):
    """Whether predictions never fall as the column goes in that direction."""
    grid = np.tile(direction * np.linspace(-4, 4, 30), 5)
    table = X[:5].loc[np.repeat(np.arange(5), 30)].assign(**{column: grid})
    table = table[list(estimator.feature_names_in_)]
    p = estimator.predict_proba(table)[:, 1] if hasattr(estimator, "classes_") else estimator.predict(table)
    return bool((np.diff(p.reshape(5, 30), axis=1) >= -1e-6).all())


@pytest.mark.parametrize("make", ESTIMATORS.values(), ids=ESTIMATORS)
def test_predictions_never_move_against_the_direction_of_a_column(make):
    target = amount if "regressor" in next(k for k, m in ESTIMATORS.items() if m is make) else y
    shuffled = X[["height", "age", "dose"]] if "hierarchy" in str(make(None).get_params()) else X
    free, bound = make(None).fit(shuffled, target), make(WISHED).fit(shuffled, target)
    assert not is_monotone(free, "age", -1)
    assert is_monotone(bound, "age", -1)
    assert is_monotone(bound, "dose", -1)
    assert not is_monotone(bound, "height", -1) or not is_monotone(bound, "height", 1)


def test_directions_stand_by_name_or_one_a_column():
    by_name = hn.NetworkRegressor(**QUICK, monotonic_cst=WISHED).fit(X, amount)
    in_order = hn.NetworkRegressor(**QUICK, monotonic_cst=np.array([-1, -1, 0])).fit(X, amount)
    np.testing.assert_array_equal(by_name.network_.theta, in_order.network_.theta)
    assert directions(by_name.network_) == WISHED


def test_what_is_tried_by_default_never_falls():
    search = hn.HierarchyRegressor(H, **{**CHOSEN, "settings": None}, monotonic_cst=WISHED).fit(X, amount)
    assert {c.setting.activation for c in search.candidates_ if not c.setting.is_linear} == {"tanh"}


def test_a_network_that_goes_on_keeps_its_directions():
    net = hn.NetworkRegressor(**QUICK, warm_start=True, monotonic_cst=WISHED).fit(X, amount).fit(X, amount)
    assert directions(net.set_params(alpha=0.1, activation="sigmoid").fit(X, amount).network_) == WISHED
    with pytest.raises(ParameterError, match="keeps the signs of its weights"):
        net.set_params(monotonic_cst=None).fit(X, amount)


@pytest.mark.parametrize(
    ("wished", "words"),
    [
        ({"weight": 1}, "'weight' is not among 'age'"),
        ([1, 0], "one entry a column of X, 3 of them; got 2"),
        ([1, 0, 2], "and 0 (free); got 2"),
        ({"age": "up"}, "and 0 (free); got 'up'"),
    ],
)
@pytest.mark.parametrize("make", [ESTIMATORS["network regressor"], ESTIMATORS["hierarchy regressor"]])
def test_invalid_directions_of_columns_are_refused(make, wished, words):
    with pytest.raises(ParameterError) as caught:
        make(wished).fit(X, amount)
    assert words in str(caught.value)


def test_activations_that_fall_and_outputs_that_are_joined_are_refused():
    with pytest.raises(ParameterError, match="has gelu"):
        hn.NetworkRegressor(**{**QUICK, "activation": "gelu"}, monotonic_cst=WISHED).fit(X, amount)
    silu = [Setting(0.01, neurons=2)]
    with pytest.raises(ParameterError, match="has silu"):
        hn.HierarchyRegressor(H, **{**CHOSEN, "settings": silu}, monotonic_cst=WISHED).fit(X, amount)
    three = np.arange(90) % 3
    for make in (ESTIMATORS["network classifier"], ESTIMATORS["hierarchy classifier"]):
        with pytest.raises(ParameterError, match="has softmax; take one output"):
            make(WISHED).fit(X, three)


@pytest.mark.parametrize("make", [ESTIMATORS["network regressor"], ESTIMATORS["hierarchy regressor"]])
@pytest.mark.filterwarnings("ignore::hassenet.errors.HassenetWarning")
def test_of_columns_that_are_not_all_numbers_directions_are_given_by_name(make):
    names = np.array([f"P{i:04d}" for i in range(len(X))])
    table = X.assign(dose=X["dose"].where(X["dose"] < 1)).assign(name=names)[
        ["name", "age", "dose", "height"]
    ]
    for places in ([0, -1, 0, 0], [0, -1, 0, 0, 0]):
        with pytest.raises(ParameterError, match="give a mapping of 'age', 'dose'"):
            make(places).set_params(hierarchy=None).fit(table, amount)
    bound = make({"age": -1}).set_params(hierarchy=None).fit(table, amount)
    assert directions(bound.network_ if hasattr(bound, "network_") else bound.ensemble_.networks[0]) == {
        "age": -1
    }
