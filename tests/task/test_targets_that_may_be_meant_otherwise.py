"""What of targets and features may be meant otherwise is noted, by every estimator and command: nothing is changed."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_linnerud,
    load_wine,
)

import hassenet as hn
from hassenet.data.dates_of_digits import are_dates_of_digits
from hassenet.data.doubts import Doubt, doubts_in, in_doubt
from hassenet.data.sentinels import Ends, sentinels_in
from hassenet.errors import HassenetWarning, TargetWarning
from hassenet.estimators import (
    HierarchyClassifier,
    HierarchyOrdinalClassifier,
    HierarchyOutcomes,
    HierarchyRegressor,
    HierarchySurvival,
    NetworkClassifier,
    NetworkRegressor,
    NetworkSurvival,
)
from hassenet.model import recognised
from hassenet.outcomes import Amount, Classes, Count, OrderedClasses, Quantiles
from hassenet.storage.encodings import encoding_from, record_of
from hassenet.tables import Table
from hassenet.task.table_columns import encoding_of, encoding_of_gaps
from hassenet.task.target import Target

M = 24
X = np.random.default_rng(0).normal(size=(M, 4))
H = hn.Hierarchy.from_covers([("x0", "a"), ("x1", "a"), ("x2", "b"), ("x3", "b")])
ODD = np.arange(M) % 2
NUMBERS = {
    "all dates, as 20240101": 20240101 + np.arange(M),
    "look like missing values.*: -999 in 2 rows": np.where(np.arange(M) < 2, -999, np.arange(M)),
    "look like missing values.*: 9999 in 1 row": np.where(np.arange(M) < 1, 9999, np.arange(M)),
}
CLASSES = {
    "differ in capitals alone: 'Ill' and 'ill'": ("Ill", "ill", "well"),
    "differ in blanks alone: ' ill' and 'ill '": (" ill", "ill ", "well"),
    "are one truth value: '1' and 'yes'": ("1", "yes", "no"),
    "are one number: '01' and '1'": ("01", "1", "2"),
    "words that stand for nothing are classes.*: 'unknown'": ("ill", "unknown", "well"),
    "look like missing values.*: -9 in 8 rows": (1, 2, -9),
}


def of_classes(classes):
    return np.array(classes)[np.arange(M) % len(classes)]


OF_NUMBERS = {
    "NetworkRegressor": lambda y: NetworkRegressor(random_state=0).fit(X, y),
    "HierarchyRegressor": lambda y: HierarchyRegressor(H, random_state=0).fit(X, y),
    "of another likelihood": lambda y: HierarchyRegressor(H, likelihood="student_t", random_state=0).fit(X, y),
    "of quantiles": lambda y: HierarchyRegressor(H, quantiles=(0.1, 0.9), random_state=0).fit(X, y),
    "of several": lambda y: NetworkRegressor(random_state=0).fit(X, np.column_stack([X[:, 0], y])),
    "with gaps": lambda y: HierarchyRegressor(H, random_state=0).fit(
        X, np.column_stack([np.where(ODD, np.nan, X[:, 0]), y])
    ),
    "HierarchyOutcomes": lambda y: HierarchyOutcomes(H, outcomes=[Amount("y")], random_state=0).fit(
        X, pd.DataFrame({"y": y})
    ),
    "quantiles among outcomes": lambda y: HierarchyOutcomes(H, outcomes=[Quantiles("y", (0.5,))], random_state=0).fit(
        X, pl.DataFrame({"y": y})
    ),
    "compare": lambda y: hn.compare(H, X, y),
    "the command": lambda y: Target.of(Table({"y": y}), ("y",), "regression"),
}  # fmt: skip

OF_CLASSES = {
    "NetworkClassifier": lambda y, _: NetworkClassifier(random_state=0).fit(X, y),
    "HierarchyClassifier": lambda y, _: HierarchyClassifier(H, random_state=0).fit(X, y),
    "HierarchyOrdinalClassifier": lambda y, c: HierarchyOrdinalClassifier(H, order=c, random_state=0).fit(X, y),
    "compare": lambda y, _: hn.compare(H, X, y),
    "compare in order": lambda y, c: hn.compare(H, X, pd.Categorical(y, list(c), ordered=True), task="ordinal"),
    "the command": lambda y, _: Target.of(Table({"y": y.astype(object) if y.dtype.kind == "U" else y}), ("y",), "auto"),
}  # fmt: skip


@pytest.mark.parametrize("where", OF_NUMBERS)
def test_numbers_that_may_be_meant_otherwise_are_noted_wherever_they_are_learned(where):
    for words, y in NUMBERS.items():
        with pytest.raises(TargetWarning, match=words):  # warnings are errors here, and nothing is trained
            OF_NUMBERS[where](y)


@pytest.mark.parametrize("where", OF_CLASSES)
def test_classes_that_may_be_meant_otherwise_are_noted_wherever_they_are_learned(where):
    for words, classes in CLASSES.items():
        if where == "the command" and "blanks" in words:
            continue  # which a table's cells have not around them
        with pytest.raises(TargetWarning, match=words):
            OF_CLASSES[where](of_classes(classes), classes)


@pytest.mark.parametrize(
    "fit",
    [
        lambda t: HierarchySurvival(H, random_state=0).fit(X, np.column_stack([t, ODD])),
        lambda t: NetworkSurvival(random_state=0).fit(X, pd.DataFrame({"time": t, "event": ODD})),
        lambda t: hn.compare(H, X, np.column_stack([t, ODD]), task="survival"),
        lambda t: HierarchyOutcomes(H, outcomes=[Count("t")], random_state=0).fit(X, pd.DataFrame({"t": t})),
        lambda t: HierarchyRegressor(H, likelihood="poisson", random_state=0).fit(X, t),
        lambda t: hn.compare(H, X, t, task="count"),
    ],
)
def test_times_and_counts_that_look_like_missing_values_are_noted(fit):
    with pytest.raises(TargetWarning, match="look like missing values.*: 9999 in 2 rows of '(time|y|t)'"):
        fit(np.where(np.arange(M) < 2, 9999, 1 + np.arange(M)))


def test_classes_among_outcomes_are_noted_by_their_names():
    y = pd.DataFrame({"ill": of_classes(("Yes", "yes", "no")), "stage": of_classes((1, 2, -9))})
    with pytest.raises(TargetWarning, match="'Yes' and 'yes' of 'ill'"):
        HierarchyOutcomes(H, outcomes=[Classes("ill", ("Yes", "yes", "no"))], random_state=0).fit(X, y)
    with pytest.raises(TargetWarning, match="-9 in 8 rows of 'stage'"):
        HierarchyOutcomes(H, outcomes=[OrderedClasses("stage", (-9, 1, 2))], random_state=0).fit(X, y)


LEARN_NUMBERS = (
    NetworkRegressor(random_state=0).fit,
    HierarchyRegressor(H, random_state=0).fit,
    lambda X, y: hn.compare(H, X, y),
)
LEARN_CLASSES = (
    NetworkClassifier(random_state=0).fit,
    HierarchyClassifier(H, random_state=0).fit,
    lambda X, y: hn.compare(H, X, y),
)


@pytest.mark.filterwarnings("ignore:A column-vector y was passed")
@pytest.mark.parametrize("name", ["of a series", "of a frame", "without"])
def test_a_note_on_numbers_names_their_column(name):
    y = pd.Series(NUMBERS["all dates, as 20240101"], name="seen")
    given = {"of a series": y, "of a frame": y.to_frame(), "without": y.to_numpy()}[name]
    for fit in LEARN_NUMBERS:
        with pytest.raises(TargetWarning, match=f"numbers of {'y' if name == 'without' else 'seen'!r} are"):
            fit(X, given)


@pytest.mark.parametrize("name", ["of a series", "of polars", "without"])
def test_a_note_on_classes_names_their_series(name):
    y = of_classes(("Yes", "yes", "no"))
    given = {"of a series": pd.Series(y, name="stage"), "of polars": pl.Series("stage", y), "without": y}[
        name
    ]
    for fit in LEARN_CLASSES:
        with pytest.raises(TargetWarning, match=f"of {'y' if name == 'without' else 'stage'!r}"):
            fit(X, given)


KNOWN = np.array([31, 64, 50, 28, 45, 39, 70, 52, 61, 33, 40, 58], float)


@pytest.mark.parametrize("code", [-9, -99, -999, -9999, 999, 9999, 99999, -99.9, 999.9, -999.25, 32767, 1e20])
@pytest.mark.parametrize("times", [2, 3])
def test_a_number_that_is_usual_for_a_missing_value_and_stands_apart_is_seen(code, times):
    given = np.append(KNOWN, times * [code])
    for values in (given, np.append(given, np.nan), given.astype(np.float32), given[::-1]):
        found = sentinels_in(values)
        assert found.rows == times
        assert found.values == pytest.approx([code])


def test_several_numbers_for_missing_values_are_seen_together_and_those_of_classes_too():
    surveyed = np.append(np.tile([0.0, 1, 2, 3], 5), [98, 99, 97, 99])
    assert str(sentinels_in(surveyed)) == "97 and 98 and 99 in 4 rows"
    assert str(sentinels_in(np.tile([1, 2, -9], 5))) == "-9 in 5 rows"


@pytest.mark.parametrize(
    "values",
    [
        np.arange(100),
        np.arange(-99, 100),
        np.append(KNOWN, [99]),
        np.append(KNOWN, [-9]),
        np.append(KNOWN - 80, [-99, -99]),
        np.append(KNOWN, [777.5, 1000]),
        np.tile([0, 1, 9], 9),
        np.tile([-1, 1], 9),
        np.tile([0, 99], 9),
        np.tile([92, 95, 99], 9),
        np.append(np.arange(99), 200 * [99]),
        np.append(np.resize(np.arange(99, 800, 100), 80), 9 * [999]),
        np.repeat([100, 250, 500, 750, 999], 20),
        np.repeat([30, 60, 90, 99], 20),
        np.append(np.resize(np.linspace(0, 990, 120).round(), 240), 240 * [999]),
        np.append(KNOWN[:3], [-999, -999]),
        np.full(20, np.nan),
        np.full(20, -9.0),
        np.array([True, False] * 9),
    ],
    ids=str,
)
def test_of_numbers_that_do_not_stand_apart_nothing_is_noted(values):
    assert sentinels_in(values) is None


@pytest.mark.parametrize(
    "load", [load_iris, load_diabetes, load_wine, load_breast_cancer, load_linnerud, load_digits]
)
def test_public_tables_without_missing_values_have_no_such_note(load):
    frame = load(as_frame=True).frame
    assert not in_doubt(doubts_in(frame))
    with warnings.catch_warnings():
        warnings.simplefilter("error", TargetWarning)
        Target.of(Table({"y": frame.iloc[:, -1].to_numpy()}), ("y",), "auto")


def columns():
    frame = pd.DataFrame(X, columns=["x0", "x1", "x2", "x3"])
    frame.loc[:1, "x1"] = -999
    return frame


FRAMES = {
    "pandas": lambda f: f,
    "polars": pl.from_pandas,
    "arrow": pa.Table.from_pandas,
    "of two types": lambda f: f.astype({"x0": np.float32}),
    "with a gap": lambda f: f.assign(x3=f.x3.where(f.x3 < f.x3.max())),
    "nullable": lambda f: f.convert_dtypes(),
    "beside text": lambda f: f.assign(x0=of_classes(("f", "m"))),
    "as text": lambda f: f.astype(str),
}


@pytest.mark.parametrize("library", FRAMES)
def test_a_feature_that_looks_like_a_missing_value_is_noted_in_tables_of_every_library(library):
    frame = FRAMES[library](columns())
    for fit in LEARN_CLASSES:
        with pytest.raises(
            HassenetWarning, match="-999 in 2 rows of 'x1'; if they are missing, empty these cells"
        ):
            fit(frame, ODD)
    with pytest.raises(HassenetWarning, match="-999 in 2 rows of 'x1'"):
        recognised(frame, ["x0", "x1", "x2", "x3"])


DAYS = 20190101 + np.arange(M)
OF_COLUMNS = {
    "dates alone": lambda f: f.assign(x1=DAYS),
    "dates beside text": lambda f: f.assign(x1=DAYS, x0=of_classes(("f", "m"))),
    "a code": lambda f: f,
    "a code beside text": lambda f: f.assign(x0=of_classes(("f", "m"))),
    "both": lambda f: f.assign(x2=DAYS),
}
LEARNERS = {
    "network": lambda X: encoding_of(X, None, None),
    "settings": lambda X: encoding_of_gaps(X, None, None),
    "some rows": lambda X: encoding_of_gaps(X, None, np.where(np.arange(M) == 5, 0.0, 1.0)),
}


def noted(fit, X):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(X)
    return sorted(str(one.message) for one in caught if issubclass(one.category, HassenetWarning))


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("of", OF_COLUMNS)
def test_what_is_noted_of_columns_is_the_same_in_memory_and_of_streams(of, learner, tmp_path):
    frame = OF_COLUMNS[of](columns())
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    frame.to_csv(tmp_path / "t.csv", index=False)
    here = noted(LEARNERS[learner], frame)
    assert len(here) == 1 + (of == "both")
    for name in ("t.parquet", "t.csv"):
        assert noted(LEARNERS[learner], hn.data.open(tmp_path / name, block=7)) == here


def test_of_a_stream_of_many_rows_what_some_put_in_doubt_is_counted_in_all(tmp_path):
    dose = np.where(np.arange(12_000) % 100, np.arange(12_000) % 60, -999)
    pd.DataFrame({"dose": dose, "age": np.arange(12_000) % 80}).to_parquet(tmp_path / "t.parquet")
    stream = hn.data.open(tmp_path / "t.parquet", block=1000)
    assert len(stream.sample()) < len(stream)
    with pytest.raises(HassenetWarning, match="-999 in 120 rows of 'dose'; if"):
        NetworkRegressor().fit(stream, np.arange(12_000.0))


@pytest.mark.parametrize("seed", range(20))
def test_what_is_known_of_the_parts_of_a_column_is_joined_to_what_is_known_of_all_rows(seed):
    rng = np.random.default_rng(seed)
    drawn = rng.choice(
        [-999.0, -99, -9, -1, 0, 1, 2, 3, 50, 98, 99, 999, np.nan], 40, p=rng.dirichlet(np.ones(13))
    )
    for values in (
        drawn,
        np.nan_to_num(drawn).astype(int),
        DAYS,
        np.append(DAYS, 20190199),
        np.append(DAYS, -9),
    ):
        whole, cuts = Doubt.of(values), np.sort(rng.integers(0, len(values) + 1, 3))
        joined = Doubt.joined([Doubt.of(part) for part in np.split(values, cuts)])
        assert joined.ends.sentinels == whole.ends.sentinels == sentinels_in(values)
        assert joined.are_dates == whole.are_dates == are_dates_of_digits(values)
        u, counts = np.unique(values, return_counts=True)
        assert Ends.of(u, counts).sentinels == whole.ends.sentinels


SCORES = Table({"score": np.array(["1.5", "2.5", "3.5", "4.5"], object)})
IN_PARENTHESES = Table({"score": np.array(["(1.5)", "2.5", "(3.5)", "4.5"], object)})


def test_numbers_in_parentheses_of_a_new_table_are_noted_where_training_had_none():
    plain = recognised(SCORES, ["score"]).encoding
    with pytest.raises(HassenetWarning, match="in parentheses count as negative: 'score' in 2 rows"):
        plain(IN_PARENTHESES)
    with pytest.warns(HassenetWarning, match="in parentheses count as negative: 'score' in 2 rows"):
        noted = recognised(IN_PARENTHESES, ["score"]).encoding
    kept = encoding_from(record_of(noted), {"encoding.values": noted.values}, noted.features)
    assert kept == noted
    assert kept(IN_PARENTHESES).ravel().tolist() == [-1.5, 2.5, -3.5, 4.5]


@pytest.mark.parametrize("dtype", ["int16", "uint16", "uint64", "float32"])
def test_numbers_that_look_missing_are_found_in_every_type(dtype):
    found = sentinels_in(np.append(np.arange(30), 9999).astype(dtype))
    assert str(found) == "9999 in 1 row"


def test_a_number_of_32_bits_has_the_digits_of_its_file():
    assert str(sentinels_in(np.append(np.arange(30), -999.9).astype(np.float32))) == "-999.9 in 1 row"
