"""What no power can be measured of is refused before anything is trained."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet.errors import (
    FeatureError,
    HierarchyError,
    NotFiniteError,
    ParameterError,
    ShapeError,
    TargetError,
)
from hassenet.hierarchy import Hierarchy
from hassenet.stability import Recipe, element_power

H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("p", "r"), ("q", "r")])
X = np.random.default_rng(0).standard_normal((12, 3))
Y = np.arange(12) % 2


@pytest.fixture(autouse=True)
def _never_trained(monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(Recipe, "__call__", refuse)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("folds", 1, "the number of folds"),
        ("repeats", 0, "repeats"),
        ("neurons", 0, "neurons"),
        ("draws", -1, "draws"),
        ("draws", 2.5, "draws"),
        ("seed", -1, "seed"),
        ("n_jobs", 0, "n_jobs is a number of processes"),
        ("recipe", "tanh", "recipe is a Recipe"),
    ],
)
def test_an_option_of_powers_outside_its_domain_is_named(option, value, message):
    with pytest.raises(ParameterError, match=message):
        element_power(H, X, Y, **{option: value})


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.zeros(12), TargetError, "a target varies; here it is 0.0 in every row"),
        (["ill"] * 12, TargetError, "a target varies; here it is ill in every row"),
        (np.linspace(0, 1, 11), ShapeError, r"X has 12 rows, y the shape \(11,\)"),
        (np.zeros((12, 2)), TargetError, "0.0 in every row; .*of the target 'target0'"),
        (np.where(Y, np.inf, 0.5), NotFiniteError, "targets are finite; row 1 of y is inf"),
        (np.where(Y, np.nan, 0.5), TargetError, "a target varies; here it is 0.5 in every row"),
        ([None] * 12, TargetError, "missing in every row"),
        (
            [*"aaaaaaaaabbb"],
            TargetError,
            "each of 5 folds holds an example of every class at least; the smallest",
        ),
    ],
)
def test_targets_without_a_power_are_refused(y, error, message):
    with pytest.raises(error, match=message):
        element_power(H, X, y)


def test_numbers_have_a_row_for_each_fold():
    with pytest.raises(TargetError, match="each of 13 folds .* the target has 12; take fewer folds"):
        element_power(H, X, np.linspace(0, 1, 12), folds=13)


def test_features_and_covariates_fit_the_examples():
    with pytest.raises(ShapeError):
        element_power(H, X[:, :2], Y)
    with pytest.raises(ShapeError, match="covariates have a row an example; X has 12 rows, they have 11"):
        element_power(H, X, Y, covariates=np.ones(11))
    with pytest.raises(NotFiniteError, match="covariates"):
        element_power(H, X, Y, covariates=np.full(12, np.inf))
    for options in ({"X": X * [1, 1e200, 1]}, {"X": X, "covariates": np.where(Y, 1e200, np.nan)}):
        with pytest.raises(NotFiniteError, match="numbers are too large in ('b'|column 0), up to"):
            element_power(H, y=Y, **options)


def test_columns_outside_the_hierarchy_are_named():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(FeatureError, match="lacks 1 of the hierarchy's 3 features: 'c'"):
        element_power(H, pandas.DataFrame(X, columns=["a", "b", "d"]), Y)


def test_powers_are_those_of_a_hierarchy_without_outputs():
    with pytest.raises(HierarchyError, match="without outputs; 'ill' looks past what it covers"):
        element_power(H.crown(["ill"]), X, Y)
    with pytest.raises(HierarchyError, match="the hierarchy has one rank"):
        element_power(Hierarchy.complete(3), X, Y)
    with pytest.raises(ParameterError, match="takes a Hierarchy; got list"):
        element_power([("a", "p")], X, Y)
