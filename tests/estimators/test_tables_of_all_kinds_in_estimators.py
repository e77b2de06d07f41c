"""The estimators take a table with text, categories, dates and gaps, as the command line does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from tests.tables.columns import LIBRARIES, people

from hassenet import HierarchyClassifier, NetworkClassifier, NetworkRegressor, load, save
from hassenet.cli import main
from hassenet.errors import HassenetWarning
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model, recognised
from hassenet.selection import Setting

FRAME = people(80)
X, Y = FRAME[["age", "city", "sex", "smoker", "visit", "bmi"]], FRAME["ill"]
QUICK = {
    "members": 2,
    "folds": 2,
    "settings": [Setting(neurons=1, penalty=0.1)],
    "steps": 30,
    "n_jobs": 1,
    "random_state": 0,
}


@pytest.fixture(scope="module")
def network():
    return NetworkClassifier((4,), max_iter=200, tol=1e-2, random_state=0).fit(X, Y)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_network_predicts_the_same_of_the_table_from_every_library(network, library):
    other = X[X.columns[::-1]].assign(extra="?")
    np.testing.assert_array_equal(network.predict_proba(library(other)), network.predict_proba(X))


def test_the_features_of_a_network_are_those_that_the_columns_are_made_of(network):
    assert list(network.feature_names_in_) == list(network.encoding_.features)
    assert "age is missing" in network.encoding_.features
    assert network.encoding_.columns == tuple(X.columns)
    assert network.predict(X).shape == (80,)


def test_a_model_of_an_estimator_takes_the_table_itself(network, tmp_path):
    save(network, tmp_path / "model")
    model = load(tmp_path / "model")
    assert model.columns == tuple(X.columns)
    np.testing.assert_allclose(model.predict_proba(FRAME), network.predict_proba(X), rtol=1e-6)


def test_an_ensemble_has_levels_below_the_columns_of_its_hierarchy():
    parts = {"person": ("age", "sex", "bmi"), "rest": ("city", "visit", "smoker")}
    H = Hierarchy.from_covers([(c, whole) for whole, columns in parts.items() for c in columns])
    model = HierarchyClassifier(H, **QUICK).fit(X, Y)
    assert model.hierarchy_.below("sex") == ("sex=f", "sex=m", "sex is missing")
    assert {str(e) for e in model.hierarchy_.below("person")} == {
        "age ↑1",
        "age is missing ↑1",
        "bmi ↑1",
        "sex",
    }
    np.testing.assert_allclose(Model.of(model).predict_proba(FRAME), model.predict_proba(X), rtol=1e-6)
    assert HierarchyClassifier(**QUICK).fit(X, Y).hierarchy_.below("city")[0] == "city=Bonn"


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("columns", [["age", "bmi"], ["age", "bmi", "sex"]])
def test_gaps_of_numbers_have_a_feature_with_and_without_other_columns_beside_them(library, columns):
    H = Hierarchy.from_covers([(column, "person") for column in columns])
    model = HierarchyClassifier(H, **QUICK).fit(library(X[columns]), Y)
    assert model.hierarchy_.ranks[0][:3] == ("age", "age is missing", "bmi")
    assert model.encoding_ == recognised(X, columns).encoding
    proba = model.predict_proba(X[columns])
    np.testing.assert_array_equal(model.predict_proba(library(X[columns])), proba)
    np.testing.assert_allclose(Model.of(model).predict_proba(FRAME), proba, rtol=1e-6)


def test_the_command_line_and_an_estimator_have_the_same_features_of_numbers_with_gaps(tmp_path):
    numbers = FRAME[["age", "bmi", "ill"]]
    numbers.to_csv(tmp_path / "people.csv", index=False)
    options = ["--target", "ill", "--single", "--epochs", "5", "--no-plots", "--out", str(tmp_path / "model")]
    result = CliRunner().invoke(main, ["fit", str(tmp_path / "people.csv"), *options])
    assert result.exit_code == 0, result.output
    of_estimator = HierarchyClassifier(**QUICK).fit(numbers[["age", "bmi"]], Y).encoding_
    assert load(tmp_path / "model").encoding.features == of_estimator.features


def test_gaps_of_arrays_and_of_columns_without_names_are_filled_alone_and_networks_refuse_them():
    numbers = X[["age", "bmi"]]
    for Z in (numbers.to_numpy(), pd.DataFrame(numbers.to_numpy())):
        assert HierarchyClassifier(**QUICK).fit(Z, Y).n_features_in_ == 2
    with pytest.raises(ValueError, match="NaN"):
        NetworkClassifier((2,)).fit(numbers, Y)


def test_columns_without_anything_to_learn_are_left_out_with_a_warning():
    with pytest.warns(HassenetWarning, match="identifiers, another value in each row: 'name'"):
        found = NetworkClassifier((2,), max_iter=200, tol=1e-1, random_state=0).fit(
            FRAME[["name", "sex", "bmi"]], Y
        )
    assert found.encoding_.columns == ("sex", "bmi")


def test_rows_of_weight_0_are_absent_from_what_columns_are():
    weight = np.ones(80)
    weight[:3] = 0  # the rare cities
    net = NetworkClassifier((2,), max_iter=200, tol=1e-1, random_state=0)
    with pytest.warns(HassenetWarning, match="'Genf', 'Kiel', 'Lima' in 3 rows"):
        assert "city, others" not in net.fit(X, Y, weight).encoding_.features
    assert "city, others" in net.fit(X, Y).encoding_.features


def test_a_stream_keeps_what_its_first_part_has_learned():
    numbers = FRAME["bmi"].to_numpy()
    net = NetworkRegressor(hidden_layer_sizes=(2,), random_state=0).partial_fit(X, numbers)
    first = net.encoding_
    assert net.partial_fit(X.iloc[:20], numbers[:20]).encoding_ is first


def test_tables_of_numbers_and_arrays_are_taken_as_they_were():
    numbers = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20) % 3})
    net = NetworkRegressor(hidden_layer_sizes=(2,), max_iter=300, tol=1e3, random_state=0).fit(
        numbers, np.arange(20.0)
    )
    assert net.encoding_ is None
    with pytest.raises(ValueError, match="NaN"):
        net.fit(numbers.assign(a=np.nan), np.arange(20.0))


def test_a_column_transformer_may_stand_before_an_estimator():
    encode = ColumnTransformer(
        [("levels", OneHotEncoder(sparse_output=False), ["city", "smoker"])], remainder="drop"
    )
    net = make_pipeline(encode, NetworkClassifier((2,), max_iter=200, tol=1e-1, random_state=0)).fit(X, Y)
    assert net.predict(X).shape == (80,)


def test_sparse_columns_that_leave_out_gaps_are_those_columns():
    frame = pd.DataFrame(np.where(np.eye(12, 3), np.nan, np.arange(36.0).reshape(12, 3)), columns=list("abc"))
    y = np.where(np.arange(12) % 2, "ill", "well")
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q")])
    one, other = (
        HierarchyClassifier(H, **QUICK).fit(table, y).predict_proba(table)
        for table in (frame, frame.astype("Sparse[float64]"))
    )
    np.testing.assert_array_equal(one, other)
