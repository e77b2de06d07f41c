from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.model_selection import cross_val_score, train_test_split
from tests.tables.columns import LIBRARIES

from hassenet.cli import main
from hassenet.data.categorical import Categorical
from hassenet.data.found import CONSTANT, IDENTIFIER, LeftOut
from hassenet.data.marks import PLAIN, Marks, marks_of
from hassenet.data.numerical import Numerical
from hassenet.data.recognition import recognised
from hassenet.data.temporal import Temporal
from hassenet.errors import FeatureError, ParameterError
from hassenet.estimators import HierarchyClassifier, NetworkClassifier
from hassenet.storage import load, save
from hassenet.tables import Table, read_table

FRAME = pd.DataFrame(
    {
        "zip": [1067, 53111, 1067, 53111] * 3,
        "patient_id": range(12),
        "plate": ["007", "012", "012", "100"] * 3,
        "seen": [20190131, 20190201, 20200101, 20190131] * 3,
        "day": ["20190131", "20190201", "20200101", "20190131"] * 3,
        "smoker": [True, False, False, True] * 3,
        "word": ["a", "b", "b", "a"] * 3,
    }
)
ASKED = {
    "zip": "category",
    "patient_id": "number",
    "plate": "number",
    "seen": "date",
    "day": "date",
    "smoker": "category",
}
FEATURES = (
    *("zip=1067", "zip=53111", "patient_id", "plate", "seen: year", "seen: month", "seen: day"),
    *("day: year", "day: month", "day: day", "smoker=False", "smoker=True", "word=a", "word=b"),
)


def of(values, kind, **more):
    """What one column is that is asked for as a kind."""
    return recognised(Table({"x": np.array(values, object)}), ["x"], kinds={"x": kind}, **more)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_column_is_what_is_asked_for_with_the_same_features_from_every_library_and_file(library, tmp_path):
    found = recognised(library(FRAME), list(FRAME), kinds=ASKED)
    assert found.encoding.features == FEATURES
    assert found.asked == ASKED
    X = found.encoding(library(FRAME))
    assert X[1].tolist() == [0, 1, 1, 12, 2019, 2, 1, 2019, 2, 1, 1, 0, 0, 1]
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    FRAME.to_parquet(tmp_path / "t.parquet")
    for name in ("t.csv", "t.parquet"):
        table = read_table(tmp_path / name)
        np.testing.assert_array_equal(found.encoding(table), X)
        assert recognised(table, table.columns, kinds=ASKED).encoding == found.encoding


def test_gaps_in_a_column_that_is_asked_for_are_gaps():
    assert of([1.0, 2.0, np.nan, 1.0, 2.0], "category").encoding.variables == (
        Categorical("x", ("1", "2"), gaps=True),
    )
    assert of(["007", None, "010"], "number").encoding.variables == (Numerical("x", gaps=True),)
    assert of([20190131, None, 20190203], "date").encoding.variables == (
        Temporal("x", "2019-01-31", ("month", "day"), "%Y%m%d", gaps=True),
    )


@pytest.mark.parametrize(
    ("values", "kind", "why"),
    [
        (["a", "b", "7"], "number", "'a' in row 1"),
        (["12 mg", "3 mg"], "number", "'12 mg' in row 1"),
        ([datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)], "number", "2020-01-01"),
        (["0.5", "1"], "date", "'0.5' in row 1"),
        (["20191331", "20190101"], "date", "'20191331' in row 1"),
        (["03/04/2019", "05/06/2019"], "date", "one order"),
        (["a", "b", "c"], "category", IDENTIFIER),
        ([f"t{k // 2}" for k in range(1000)], "category", "no value is frequent"),
    ],
)
def test_a_column_that_cannot_be_what_is_asked_for_is_refused_with_the_reason(values, kind, why):
    with pytest.raises(FeatureError, match="'x'") as error:
        of(values, kind)
    assert why in str(error.value)


def test_a_column_without_anything_to_learn_is_left_out_though_it_is_asked_for():
    for kind, value in (("number", "1"), ("category", "a"), ("date", "20190131")):
        assert of([value] * 4, kind).left_out == (LeftOut("x", CONSTANT),)


def test_kinds_that_are_not_kinds_and_columns_that_are_not_there_are_refused():
    with pytest.raises(ParameterError, match="'number', 'category', 'date'; got 'text' for 'zip'"):
        recognised(FRAME, list(FRAME), kinds={"zip": "text"})
    with pytest.raises(ParameterError, match="by names"):
        recognised(FRAME, list(FRAME), kinds=["zip"])
    with pytest.raises(FeatureError, match="there is no 'zipp'; did you mean 'zip'"):
        recognised(FRAME, list(FRAME), kinds={"zipp": "category"})


def test_estimators_ask_for_kinds_and_a_model_keeps_them(tmp_path):
    y = np.array([0, 1, 0, 1] * 3)
    numbers = FRAME[["zip", "patient_id"]]
    model = NetworkClassifier(max_iter=2, random_state=0, column_kinds={"zip": "category"})
    with pytest.warns(match=r"left out|Maximum iterations"):
        fitted = model.fit(numbers.assign(smoker=FRAME.smoker), y)
    assert fitted.encoding_.features == ("zip=1067", "zip=53111", "smoker")
    save(fitted.as_model(), tmp_path / "m")
    assert load(tmp_path / "m").encoding == fitted.encoding_
    chosen = HierarchyClassifier(
        folds=2, members=1, steps=2, random_state=0, column_kinds={"zip": "category", "patient_id": "number"}
    ).fit(numbers, y)
    assert chosen.encoding_.features == ("zip=1067", "zip=53111", "patient_id")
    with pytest.raises(ParameterError, match="leave out column_kinds"):
        model.fit(numbers.to_numpy(), y)


# ---------------------------------------------------------------- truth values, accountants, units

TRUTHS = {
    "of a type": [True, False, True, False],
    "capitals": ["TRUE", "FALSE", "TRUE", "FALSE"],
    "of Python": ["True", "False", "True", "False"],
    "small": ["true", "false", "true", "false"],
    "objects": np.array([True, False, True, False], object),
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", TRUTHS)
def test_truth_values_are_the_same_features_however_they_are_held_and_spelled(library, name, tmp_path):
    frame = pd.DataFrame({"ill": TRUTHS[name]})
    plain = recognised(pd.DataFrame({"ill": TRUTHS["of a type"]}), ["ill"])
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    for table in (library(frame), *(read_table(tmp_path / f"t.{kind}") for kind in ("csv", "parquet"))):
        found = recognised(table, ["ill"])
        assert (found.encoding, found.amounts) == (plain.encoding, plain.amounts)
        assert plain.encoding(table).ravel().tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("library", LIBRARIES)
def test_numbers_in_text_are_the_numbers_they_spell_in_training_and_later(library):
    numbers, text = pd.DataFrame({"x": [1.5, 2.0, -3.0]}), pd.DataFrame({"x": ["1.5", "2.0", "-3"]})
    learned = recognised(library(text), ["x"]).encoding
    assert learned == recognised(library(numbers), ["x"]).encoding
    np.testing.assert_array_equal(learned(library(text)), learned(library(numbers)))


@pytest.mark.filterwarnings("ignore:numbers in parentheses")
def test_brackets_of_accountants_are_a_minus_beside_numbers_without_and_else_a_label():
    assert of_one(["(1.20)", "3", "(1,250.00)"]).encoding(
        table_of(["(1.20)", "3", "(1,250.00)"])
    ).ravel().tolist() == [
        -1.2,
        3,
        -1250,
    ]
    assert [v.words for v in of_one(["(1)", "(2)", "(1)", "(2)"]).encoding.variables] == ["categories"]
    assert marks_of(Table({"x": np.array(["(1.2)", "0.5"], object)}).levels_of("x").values) == PLAIN
    (read,) = of_one(["(1,200)", "3,400"]).encoding.variables
    assert read == Numerical("x", marks=Marks(".", ","), negated=True)


def test_numbers_with_a_unit_are_refused_unless_they_are_asked_for_as_categories():
    rooms = table_of(["1 bedroom", "2 bedrooms", "3 bedrooms"] * 3)
    asked = recognised(rooms, ["x"], kinds={"x": "category"})
    assert asked.encoding.features == ("x=1 bedroom", "x=2 bedrooms", "x=3 bedrooms")
    with pytest.raises(FeatureError, match="say that these are categories: --categorical x"):
        recognised(rooms, ["x"])


def table_of(values):
    return Table({"x": np.array(values, object)})


def of_one(values):
    return recognised(table_of(values), ["x"])


# ---------------------------------------------------------------- the command line, and scikit-learn


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run hassenet in a folder with the table, which has a target."""
    monkeypatch.chdir(tmp_path)
    FRAME.assign(ill=[0, 1] * 6).to_csv("t.csv", index=False)
    quick = ("--epochs", "1", "--no-plots", "--test-size", "0", "--force", "--out", "model")
    return lambda *options: CliRunner().invoke(main, ["fit", "t.csv", "--target", "ill", *quick, *options])


def test_the_command_line_asks_for_kinds_tells_them_and_refuses_what_cannot_be(run):
    asked = (
        "--categorical",
        "zip,smoker",
        "--numerical",
        "patient_id",
        "--numerical",
        "plate",
        "--date",
        "seen,day",
    )
    done = run(*asked)
    assert done.exit_code == 0, done.output
    assert (
        "as asked: 'zip' (category), 'smoker' (category), 'patient_id' (number), 'plate' (number)"
        in done.output
    )
    assert load("model").encoding.features == FEATURES
    for options, what in (
        (("--date", "zip"), "'zip' is asked for as a date, and cannot be one"),
        (("--numerical", "word"), "'a' in row 1"),
        (("--categorical", "zipp"), "did you mean 'zip'"),
        (("--categorical", "ill"), "there is no 'ill'"),
        (("--categorical", "zip", "--date", "zip"), "'zip' is asked for as a category and as a date"),
    ):
        refused = run(*options)
        assert refused.exit_code == 1
        assert what in refused.output


def test_scikit_learn_divides_a_table_by_its_rows_as_it_does_a_data_frame():
    table = Table({name: FRAME[name].to_numpy() for name in ("zip", "word")})
    first, second = train_test_split(table, test_size=5, shuffle=False)
    assert (len(first), second["word"].tolist()) == (7, FRAME["word"].tolist()[7:])
    assert table.iloc[np.arange(12) > 9]["zip"].tolist() == [1067, 53111]
    y, model = np.array([0, 1] * 6), NetworkClassifier(max_iter=1, random_state=0)
    with pytest.warns(match="Maximum iterations"):
        ours, theirs = (cross_val_score(model, X, y, cv=2) for X in (table, FRAME[["zip", "word"]]))
    np.testing.assert_array_equal(ours, theirs)
