"""The same columns give the same features bit for bit, whatever library holds them and in whatever order."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

sys.path.insert(0, str(Path(__file__).parent))

from forms import FORMS

from hassenet.cli import main
from hassenet.data.features import as_features
from hassenet.data.scaling import Scaling
from hassenet.errors import DataError, FeatureError, NotFiniteError
from hassenet.estimators import NetworkClassifier
from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.storage import save
from hassenet.tables import Table, read_table, write_table

NAMES = ("age", "height", "weight")
EVERY_FORM = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
NET = Network(Hierarchy.complete(3, 4, 1, names=[NAMES, "pqrs", ["ill"]]), output="sigmoid", dtype="float64")
MODEL = Model(
    NET,
    NAMES,
    "classification",
    ("health",),
    ("healthy", "ill"),
    scaling=Scaling(np.array([0.5, -1.0, 2.0]), np.array([2.0, 0.3, 1.0])),
    log10=1e3,
)
matrices = arrays(np.float64, (5, 3), elements=st.floats(-999, 1e6, width=32))
orders = st.permutations(NAMES)


def columns(X: Any, order: Any = NAMES) -> dict[str, Any]:
    return {name: np.ascontiguousarray(X[:, NAMES.index(name)]) for name in order}


@EVERY_FORM
@given(X=matrices, order=orders, kind=st.sampled_from([np.float64, np.float32]))
@settings(max_examples=15, deadline=None)
def test_a_network_takes_the_same_features(form, X, order, kind):
    X = X.astype(kind)
    found = as_features(form(columns(X, order)), NAMES, np.dtype(float))
    np.testing.assert_array_equal(found, X)
    np.testing.assert_array_equal(NET(form(columns(X, order))), NET(found))


@EVERY_FORM
@given(X=matrices, order=orders)
@settings(max_examples=15, deadline=None)
def test_a_model_prepares_the_same_features_whatever_else_the_table_holds(form, X, order):
    table = form({"town": ["Bonn", "Bern", None, "Rome", "Oslo"], **columns(X, order)})
    np.testing.assert_array_equal(MODEL.prepare(table), MODEL.prepare(X))
    np.testing.assert_array_equal(MODEL.predict_proba(table), MODEL.predict_proba(X))


@EVERY_FORM
@pytest.mark.parametrize("order", [NAMES, NAMES[::-1], ("height", "age", "weight")])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_an_estimator_learns_the_same_network(form, order):
    X = np.random.default_rng(0).normal(size=(20, 3))
    H = Hierarchy.from_covers([("age", "size"), ("height", "size"), ("weight", "size")])
    few = {"hierarchy": H, "max_iter": 3, "random_state": 0}
    found, expected = (
        NetworkClassifier(**few).fit(make(columns(X, order)), X[:, 0] > 0) for make in (form, pd.DataFrame)
    )
    assert found.hierarchy_.ranks[0] == tuple(order)
    np.testing.assert_array_equal(found.network_.theta, expected.network_.theta)
    table = form(columns(X, order))
    np.testing.assert_array_equal(
        found.predict_proba(table), expected.predict_proba(pd.DataFrame(columns(X, order)))
    )


@pytest.mark.parametrize("suffix", [".csv", ".tsv.gz", ".parquet"])
@pytest.mark.parametrize("order", [NAMES, NAMES[::-1], ("height", "age", "weight")])
def test_the_command_line_predicts_the_same(suffix, order, tmp_path):
    X = np.random.default_rng(0).normal(size=(20, 3))
    save(MODEL, tmp_path / "model")
    write_table(Table(columns(X, order)), tmp_path / f"new{suffix}")
    np.testing.assert_array_equal(MODEL.prepare(read_table(tmp_path / f"new{suffix}")), MODEL.prepare(X))
    command = ["predict", tmp_path / "model", tmp_path / f"new{suffix}", "--out", tmp_path / "out.parquet"]
    assert CliRunner().invoke(main, list(map(str, command))).exit_code == 0
    np.testing.assert_array_equal(
        read_table(tmp_path / "out.parquet")["probability_ill"], MODEL.predict_proba(X)[:, 1]
    )


@EVERY_FORM
def test_whole_numbers_fractions_and_truth_values_stand_side_by_side(form):
    table = form({"weight": [True, False, True], "age": [1, 2, 3], "height": [0.5, 1.5, 2.5]})
    np.testing.assert_array_equal(
        as_features(table, NAMES, np.dtype(float)), [[1, 0.5, 1], [2, 1.5, 0], [3, 2.5, 1]]
    )


@EVERY_FORM
def test_a_table_without_rows_has_no_values(form):
    table = form(columns(np.ones((0, 3)), NAMES[::-1]))
    assert NET(table).shape == (0, 1)
    assert MODEL.predict_proba(table).shape == (0, 2)


@EVERY_FORM
def test_columns_in_single_precision_are_read_in_single_precision(form):
    table = form(columns(np.full((4, 3), 0.5, np.float32), NAMES[::-1]))
    assert as_features(table, NAMES, np.dtype("float32")).dtype.itemsize == 4


def test_a_frame_of_pandas_in_the_order_of_the_features_is_not_copied():
    frame = pd.DataFrame(np.ones((6, 3), np.float32), columns=list(NAMES))
    assert np.shares_memory(as_features(frame, NAMES, np.dtype("float32")), frame.to_numpy())


def test_names_that_are_numbers_are_not_taken_for_places():
    frame = pd.DataFrame([[1.0, 2.0, 3.0]], columns=[2, 0, 1])
    np.testing.assert_array_equal(as_features(frame, [0, 1, 2], np.dtype(float)), [[2, 3, 1]])


def test_numbers_held_as_objects_are_numbers():
    frame = pd.DataFrame({"age": pd.Series([1, 2.5], dtype=object), "height": [1, 2], "weight": [3, 4]})
    np.testing.assert_array_equal(NET(frame), NET([[1, 1, 3], [2.5, 2, 4]]))
    np.testing.assert_array_equal(MODEL.prepare(frame), MODEL.prepare([[1, 1, 3], [2.5, 2, 4]]))


def test_a_dict_is_refused_as_a_table():
    with pytest.raises(DataError):
        NET({"age": [1.0], "height": [1.0], "weight": [1.0]})


# ---------------------------------------------------------------- what is refused

USES = {"network": NET, "model": MODEL.predict}
EVERY_USE = pytest.mark.parametrize("use", USES.values(), ids=USES)
ONES = {name: [1.0, 1.0, 1.0] for name in NAMES}


@EVERY_FORM
@EVERY_USE
def test_features_that_are_missing_are_named(form, use):
    with pytest.raises(FeatureError, match=r"1 of .*3 .*'height'"):
        use(form({"age": [1.0], "weight": [1.0]}))


@EVERY_FORM
def test_columns_that_a_network_leaves_out_are_named(form):
    with pytest.raises(FeatureError, match="leaves out 1 of the table's 4 columns: 'town'"):
        NET(form({**ONES, "town": [1.0, 2.0, 3.0]}))


@EVERY_USE
@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(np.ones((2, 4)), columns=[*NAMES, "age"]),
        pa.Table.from_arrays([pa.array([1.0])] * 4, names=[*NAMES, "age"]),
        pa.RecordBatch.from_arrays([pa.array([1.0])] * 4, names=[*NAMES, "age"]),
    ],
    ids=["pandas", "pyarrow", "pyarrow, a batch"],
)
def test_features_that_stand_there_twice_are_named(table, use):
    with pytest.raises(FeatureError, match="a feature is one column; there are several 'age'; keep one"):
        use(table)


@EVERY_FORM
@EVERY_USE
@pytest.mark.parametrize("odd", [["tall", "small", None], ["1", "2", "3"]], ids=["words", "digits"])
def test_text_is_named_with_an_example_also_where_it_is_spelled_like_numbers(form, use, odd):
    with pytest.raises(FeatureError, match=f"numbers.*'height'.*for instance '{odd[0]}'.*encode"):
        use(form({**ONES, "height": odd}))


@EVERY_FORM
@EVERY_USE
def test_columns_of_dates_are_refused(form, use):
    with pytest.raises(FeatureError, match="numbers.*'height'.*encode"):
        use(form({**ONES, "height": np.array(["2020-01-01", "2021-01-01", "2022-01-01"], "M8[us]")}))


@EVERY_FORM
@EVERY_USE
@pytest.mark.parametrize("bad", [[1.0, np.nan, 2.0], [1.0, np.inf, 2.0]], ids=["nan", "infinity"])
def test_features_with_values_that_are_not_finite_are_named(form, use, bad):
    with pytest.raises(NotFiniteError, match="finite.*'height'.*fill"):
        use(form({**ONES, "height": bad}))


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({**ONES, "height": pd.array([1, None, 2], "Int64")}),
        pl.DataFrame({**ONES, "height": [1, None, 2]}),
        pl.DataFrame({**ONES, "height": [True, None, False]}),
        pa.table({**ONES, "height": [1, None, 2]}),
        pa.table({**ONES, "height": [True, None, False]}),
        pd.DataFrame({**ONES, "height": pd.Series([1, None, 2], dtype=object)}),
    ],
)
@EVERY_USE
def test_features_with_missing_values_are_named(table, use):
    with pytest.raises(NotFiniteError, match="finite.*'height'.*fill"):
        use(table)


@EVERY_FORM
def test_features_with_values_beyond_the_type_are_named(form):
    single = Network(NET.hierarchy, output="sigmoid")
    table = form({**ONES, "height": [1.0, 1e300, 1.0]})
    with pytest.raises(NotFiniteError, match=r"X holds 1e\+300 in 'height', beyond float32"):
        single(table)
    with pytest.raises(NotFiniteError, match="fit into float32; too large are 'height'"):
        Model(single, NAMES, "classification", ("health",), ("healthy", "ill")).predict(table)
