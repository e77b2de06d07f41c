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
from hassenet.selection import Setting

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


class Code(str, Enum):  # noqa: UP042  # str() of its members is not their text
    ILL = "i"
    WELL = "w"


OTHERS = {
    "an enum": [Town.BONN, Town.ROME],
    "bytes": [b"ill", b"well"],
    "dates": [date(2020, 1, 1), date(2020, 1, 2)],
    "decimals": [Decimal(1), Decimal(2)],
    "days of NumPy": [np.datetime64("2020-01-01"), np.datetime64("2020-01-02")],
    "durations": [timedelta(1), timedelta(2)],
    "durations of NumPy": [np.timedelta64(1, "D"), np.timedelta64(2, "D")],
    "numbers beyond 64 bits": [2**70, 1],
    "numbers that would be one": [2**60 + 1, 0.0],
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
            DataError,
            match=r"classes (are text|stay apart).*; make text of them: \[str\(label\) for label in y\]",
        ):
            estimator.fit(X, given)


LABELED = [
    HierarchyClassifier(H, members=1, folds=2, settings=[Setting(1e-2)], steps=2, random_state=0),
    HierarchyOrdinalClassifier(
        H, order=("a", "b"), members=1, folds=2, settings=[Setting(1e-2)], steps=2, random_state=0
    ),
    CLASSIFIERS[1],
]
DATES = np.datetime64("2020-01-01") + np.arange(M) % 2


@pytest.mark.parametrize("estimator", LABELED, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(
    "y",
    [
        DATES,
        DATES[:, None],
        DATES - DATES[0],
        pd.Series(DATES),
        pl.Series(DATES),
        pd.DataFrame({"a": DATES}),
        pd.DataFrame({"a": DATES, "b": np.arange(M) % 2}),
    ],
    ids=["array", "column", "durations", "series", "polars", "frame", "two columns"],
)
def test_dates_and_durations_as_labels_are_refused_in_fits_scores_and_streams(estimator, y):
    learned = clone(estimator).fit(X, ["a", "b"] * (M // 2))
    for use in (estimator.fit, learned.score, lambda X, y: learned.score(hn.data.open(X), y)):
        with pytest.raises(
            DataError, match=r"classes are text, numbers or truth values; y holds .* in row 0"
        ):
            use(X, y)


def test_dates_as_classes_of_a_partial_fit_are_refused():
    for y, classes in ((DATES, np.unique(DATES)), (np.arange(M) % 2, np.unique(DATES))):
        with pytest.raises(DataError, match="classes are text, numbers or truth values"):
            NetworkClassifier(random_state=0).partial_fit(X, y, classes=classes)


@pytest.mark.parametrize("estimator", LABELED, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("gap", [None, np.nan, pd.NA, pd.NaT, np.datetime64("NaT")], ids=str)
def test_labels_that_are_missing_are_counted_in_fits_and_scores(estimator, gap):
    y = [*(["a", "b"] * (M // 2))[:-1], gap]
    learned = clone(estimator).fit(X, ["a", "b"] * (M // 2))
    for given in (y, tuple(y), np.array(y, object), pd.Series(y, dtype=object)):
        for use in (estimator.fit, learned.score):
            with pytest.raises(DataError, match="y has none in 1 row of 12, first in row 11; leave them out"):
                use(X, given)


def test_numbers_and_categories_that_are_missing_are_counted_in_scores():
    learned = NetworkClassifier(random_state=0, max_iter=1).fit(X, np.arange(M) % 2)
    numbers = [*(np.arange(M - 1) % 2), None]
    for y in (
        pd.Series(numbers, dtype="Int64"),
        np.array(numbers, float),
        pd.Series(numbers, dtype="category"),
    ):
        with pytest.raises(DataError, match="y has none in 1 row of 12, first in row 11; leave them out"):
            learned.score(X, y)


@pytest.mark.parametrize(
    "held", [list, tuple, lambda y: np.array(y, object), pd.Series], ids=["list", "tuple", "array", "series"]
)
def test_members_of_an_enum_of_text_are_their_text(held):
    y = held([Code.ILL, Code.WELL] * (M // 2))
    learned = NetworkClassifier(random_state=0, max_iter=1).fit(X, y)
    assert learned.classes_.tolist() == ["i", "w"]
    assert {type(label) for label in learned.classes_.tolist()} == {str}
    assert learned.score(X, y) == learned.score(X, ["i", "w"] * (M // 2))


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


@pytest.mark.parametrize("held", [np.asarray, pd.DataFrame], ids=["array", "frame"])
def test_several_labels_held_as_objects_are_those_of_numpy(held):
    Y = np.column_stack([np.arange(M) % 2, np.arange(M) % 3 == 0]).astype(int)
    objects = held(Y.astype(object))
    plain, other, further = (NetworkClassifier(random_state=0, max_iter=1) for _ in "abc")
    plain.fit(X, Y)
    other.fit(X, objects)
    np.testing.assert_array_equal(other.predict_proba(X), plain.predict_proba(X))
    assert other.score(X, objects) == plain.score(X, Y)
    further.partial_fit(X, objects, classes=np.array([0, 1], object))
    assert further.n_outputs_ == 2


def test_classes_of_a_partial_fit_that_are_held_as_objects_are_those_of_numpy():
    learned = NetworkClassifier(random_state=0)
    for _ in "ab":
        learned.partial_fit(X, (np.arange(M) % 2).astype(object), classes=np.array([0, 1], object))
    assert learned.classes_.dtype == np.array([0, 1]).dtype


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
