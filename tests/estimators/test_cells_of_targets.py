"""What targets and weights may hold: numbers, or labels of one kind; nothing else is made one of these in silence."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone

import hassenet as hn
from hassenet.errors import DataError, FeatureError, TargetError
from hassenet.estimators import (
    HierarchyClassifier,
    HierarchyOrdinalClassifier,
    HierarchyRegressor,
    HierarchySurvival,
    NetworkClassifier,
    NetworkRegressor,
    NetworkSurvival,
)

M = 12
X = np.random.default_rng(0).normal(size=(M, 2))
H = hn.Hierarchy.from_covers([("x0", "p"), ("x1", "p")])
CLASSIFIERS = [HierarchyClassifier(H, random_state=0), NetworkClassifier(random_state=0, max_iter=1)]
REGRESSORS = [
    HierarchyRegressor(H, members=1, folds=2, steps=5, random_state=0),
    NetworkRegressor(random_state=0, max_iter=1),
]
SURVIVAL = [HierarchySurvival(H, random_state=0), NetworkSurvival(random_state=0)]

pytestmark = pytest.mark.filterwarnings("ignore:.*Maximum iterations")


class Town(Enum):
    BONN = 1
    ROME = 2


OTHERS = {
    "an enum": [Town.BONN, Town.ROME],
    "bytes": [b"ill", b"well"],
    "dates": [date(2020, 1, 1), date(2020, 1, 2)],
    "decimals": [Decimal(1), Decimal(2)],
    "intervals": [pd.Interval(0, 1), pd.Interval(1, 2)],
    "periods": list(pd.period_range("2020-01", periods=2, freq="M")),
    "text and numbers": ["ill", 1],
    "text and truth values": [True, "well"],
}


@pytest.mark.parametrize(
    "estimator", [*CLASSIFIERS, HierarchyOrdinalClassifier(H, random_state=0)], ids=lambda e: type(e).__name__
)
@pytest.mark.parametrize("two", OTHERS.values(), ids=OTHERS)
def test_labels_that_are_neither_text_nor_numbers_are_refused_in_lists_arrays_and_series(estimator, two):
    y = two * (M // 2)
    for given in (y, tuple(y), np.array(y, object), pd.Series(y, dtype=object)):
        with pytest.raises(
            DataError, match=r"classes are text.*; make text of them: \[str\(label\) for label in y\]"
        ):
            estimator.fit(X, given)


def test_the_text_of_such_labels_is_learned():
    y = [str(label) for label in OTHERS["text and numbers"] * (M // 2)]
    assert NetworkClassifier(random_state=0, max_iter=1).fit(X, y).classes_.tolist() == ["1", "ill"]


@pytest.mark.parametrize(
    "y", [np.arange(M) % 3, np.arange(M) % 2 == 0, np.arange(M) % 2 + 0.0], ids=["whole", "truth", "floats"]
)
def test_labels_that_are_numbers_held_as_objects_are_those_of_numpy(y):
    plain, held = (NetworkClassifier(random_state=0, max_iter=1) for _ in "ab")
    plain.fit(X, y)
    held.fit(X, y.astype(object))
    assert held.classes_.dtype == plain.classes_.dtype
    np.testing.assert_array_equal(held.predict(X), plain.predict(X))
    assert held.score(X, y.astype(object)) == plain.score(X, y)


NO_NUMBERS = {
    "durations": (pd.Series(pd.to_timedelta(range(M), "D")), "these are durations"),
    "times of day": ([time(hour) for hour in range(M)], "these are times of day"),
    "periods": (pd.Series(pd.period_range("2020-01", periods=M, freq="D")), "these are dates"),
    "decimal commas": ([f"{k},5" for k in range(M)], "row 0 has '0,5'; write numbers with a decimal point"),
    "thousands": (
        pl.Series([f"{k + 1},000" for k in range(M)]),
        "row 0 has '1,000'; write numbers with a decimal",
    ),
    "words": (["1.5", "tall"] * (M // 2), "row 1 has 'tall'; correct it"),
    "intervals": (
        pd.Series(pd.cut(np.arange(M), 3)),
        r"row 0 has Interval\(.*; of classes take a classifier",
    ),
    "a table": (pd.DataFrame({"a": 1.0, "b": [f"{k},5" for k in range(M)]}), "row 0 has '0,5'"),
}


@pytest.mark.parametrize("estimator", REGRESSORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(("y", "says"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_amounts_that_do_not_spell_numbers_are_refused_in_fits_and_scores(estimator, y, says):
    learned = clone(estimator).fit(X, np.arange(M) * 1.0)
    for use in (estimator.fit, learned.score):
        with pytest.raises(DataError, match=f"holds real numbers; .*{says}"):
            use(X, y)


@pytest.mark.parametrize(
    "y", [[str(k) for k in range(M)], [Decimal(k) for k in range(M)]], ids=["text", "decimals"]
)
def test_amounts_that_spell_numbers_are_these_numbers(y):
    learned = [NetworkRegressor(random_state=0, max_iter=1).fit(X, given) for given in (y, np.arange(M))]
    np.testing.assert_array_equal(learned[0].predict(X), learned[1].predict(X))


@pytest.mark.parametrize("estimator", [*CLASSIFIERS, *REGRESSORS], ids=lambda e: type(e).__name__)
def test_weights_that_do_not_spell_numbers_are_refused(estimator):
    y = np.arange(M) % 2
    for weight in ([timedelta(1)] * M, np.full(M, 1, "m8[D]"), np.full(M, 1, "M8[D]")):
        with pytest.raises(DataError, match="sample_weight holds real numbers; these are"):
            estimator.fit(X, y, sample_weight=weight)
    with pytest.raises(DataError, match="a weight is a number; sample_weight holds others"):
        estimator.fit(X, y, sample_weight=["0,5"] * M)


@pytest.mark.parametrize("estimator", [*CLASSIFIERS, *REGRESSORS, *SURVIVAL], ids=lambda e: type(e).__name__)
def test_targets_without_an_order_are_refused_by_their_kind(estimator):
    for y in ({0, 1}, dict.fromkeys(range(M), 1), (k for k in range(M))):
        with pytest.raises(
            DataError, match=f"in their order; got a {type(y).__name__}; give a list or an array"
        ):
            estimator.fit(X, y)


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=lambda e: type(e).__name__)
def test_several_classes_a_row_are_refused_with_the_estimator_that_takes_them(estimator):
    y = pd.DataFrame({"a": ["ill", "well"] * (M // 2), "b": ["old", "young", "young"] * (M // 3)})
    for given in (y, y.to_numpy(), pl.from_pandas(y)):
        with pytest.raises(TargetError, match=r"hassenet\.estimators\.HierarchyOutcomes"):
            estimator.fit(X, given)


def test_features_without_a_name_are_refused_and_those_of_128_bits_are_numbers():
    y = np.arange(M) % 2
    for name in (None, np.nan, pd.NA):
        with pytest.raises(FeatureError, match="X has none for column 2; name it"):
            NetworkClassifier(random_state=0).fit(
                pd.DataFrame(X).set_axis(pd.Index(["a", name], dtype=object), axis=1), y
            )
    for others in ({}, {"town": ["Bonn", "Rome"] * (M // 2)}):
        tables = [
            pl.DataFrame({"n": pl.Series(range(M), dtype=kind), **others})
            for kind in (pl.Int64, pl.Int128, pl.UInt128)
        ]
        found = [
            NetworkClassifier(random_state=0, max_iter=1).fit(table, y).predict_proba(table)
            for table in tables
        ]
        np.testing.assert_array_equal(found[1], found[0])
        np.testing.assert_array_equal(found[2], found[0])


def test_a_reader_of_batches_is_refused_with_the_way_to_read_it():
    reader = pa.table({"a": X[:, 0]}).to_reader()
    with pytest.raises(DataError, match=r"got a reader of batches; make it one, as by X\.read_all\(\)"):
        NetworkClassifier(random_state=0).fit(reader, np.arange(M) % 2)
