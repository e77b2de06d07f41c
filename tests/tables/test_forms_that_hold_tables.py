"""What holds a table without being one is refused; names and numbers of every type are read alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import hassenet as hn
from hassenet.data.recognition import recognised
from hassenet.errors import DataError, FeatureError, NotFiniteError
from hassenet.selection import Setting

N = 40
AGE = np.random.default_rng(0).normal(size=N)
COLUMNS = {"age": AGE.tolist(), "sex": ["f", "m"] * (N // 2)}
FRAME = pd.DataFrame(COLUMNS)
Y = np.where(AGE > 0, "a", "b")
OTHERS = {
    "a dict of columns": COLUMNS,
    "a list of dicts": FRAME.to_dict("records"),
    "an array with fields": np.rec.fromarrays([AGE, COLUMNS["sex"]], names="age,sex"),
    "an array of text": FRAME.to_numpy(),
}


def chosen():
    return hn.HierarchyClassifier(settings=[Setting(0.1)], folds=2, members=2, random_state=0)


@pytest.mark.parametrize("what", OTHERS)
def test_what_holds_a_table_without_being_one_is_refused_with_the_way_to_make_it_one(what):
    words = f"got {what}.*pandas.DataFrame"
    for estimator in (chosen(), hn.NetworkClassifier((2,), max_iter=2)):
        with pytest.raises(DataError, match=words):
            estimator.fit(OTHERS[what], Y)
    net = hn.Network(hn.Hierarchy.from_covers([("age", "y"), ("sex", "y")]))
    with pytest.raises(DataError, match=words):
        hn.fit(net, OTHERS[what], AGE, epochs=1)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("estimator", [chosen(), hn.NetworkClassifier((2,), max_iter=2, random_state=0)])
def test_a_lazy_frame_of_numbers_and_text_is_the_table_that_it_makes(estimator):
    expected = estimator.fit(FRAME, Y).predict_proba(FRAME)
    found = estimator.fit(pl.LazyFrame(COLUMNS), Y).predict_proba(pl.LazyFrame(COLUMNS))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", [7157, 7157.0, b"7157", np.int64(7157), "7157"])
def test_a_column_is_called_as_its_label_is_written_whatever_the_type(name):
    clf = chosen().fit(FRAME.rename(columns={"age": name}), Y)
    assert [str(e) for e in clf.hierarchy_.ranks[0]] == ["7157", "sex=f", "sex=m"]
    np.testing.assert_array_equal(
        clf.predict(FRAME.rename(columns={"age": "7157"})), clf.predict(FRAME.rename(columns={"age": name}))
    )


@pytest.mark.parametrize("dtype", ["float16", "uint8", "int16"])
def test_numbers_of_small_types_are_numbers(dtype):
    numbers = np.arange(N).astype(dtype)
    assert recognised(pd.DataFrame({"x": numbers}), ["x"]).encoding.features == ("x",)


def test_a_column_of_numbers_too_large_is_named():
    with pytest.raises(NotFiniteError, match="too large in 'dose', up to"):
        chosen().fit(FRAME.assign(dose=AGE * 1e300), Y)


def test_columns_that_are_called_otherwise_by_capitals_are_named_beside_those_that_lack():
    encoding = recognised(FRAME, ["age", "sex"]).encoding
    with pytest.raises(FeatureError, match="1 of 2 are not: 'sex'; add them, or rename .*: 'Sex'"):
        encoding(FRAME.rename(columns={"sex": "Sex"}))


def test_dates_as_iso_has_them_are_read_whatever_training_had():
    days = pd.Series(pd.date_range("2019-01-03", periods=N))
    encoding = recognised(pd.DataFrame({"seen": days.dt.strftime("%d.%m.%Y")}), ["seen"]).encoding
    found = [
        encoding(pd.DataFrame({"seen": seen}))
        for seen in (days, days.astype(str), days.dt.strftime("%d.%m.%Y"))
    ]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    with pytest.raises(FeatureError, match="something else"):
        encoding(pd.DataFrame({"seen": ["2019-01-03", "31.01.2019"]}))
