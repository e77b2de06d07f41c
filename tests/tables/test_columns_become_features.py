from __future__ import annotations

import datetime
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.tables.columns import LIBRARIES, people

from hassenet.data.categorical import Categorical
from hassenet.data.encoding import Encoding
from hassenet.data.found import CONSTANT, EMPTY, IDENTIFIER, RARE, LeftOut
from hassenet.data.marks import Marks, as_numbers, marks_of
from hassenet.data.numerical import Numerical
from hassenet.data.recognition import recognised
from hassenet.data.temporal import Temporal
from hassenet.errors import (
    DataError,
    FeatureError,
    HassenetWarning,
    NotFiniteError,
    ParameterError,
    ShapeError,
)
from hassenet.tables import Table, read_table


@pytest.fixture(scope="module")
def frame():
    return people()


@pytest.fixture(scope="module")
def found(frame):
    return recognised(frame, [name for name in frame.columns if name != "ill"])


def of(values, **more):
    """What one column is."""
    return recognised(Table({"x": np.array(values, object)}), ["x"], **more)


# ---------------------------------------------------------------- what columns are


def test_each_column_is_recognised_and_those_without_anything_to_learn_are_left_out_with_the_reason(found):
    assert found.encoding.columns == ("age", "bmi", "city", "sex", "smoker", "visit", "zip", "price")
    kinds = {v.name: v for v in found.encoding.variables}
    assert kinds["city"] == Categorical("city", ("Bonn", "Oslo", "Rome"), pooled=("Genf", "Kiel", "Lima"))
    assert kinds["sex"] == Categorical("sex", ("f", "m"), gaps=True)
    assert kinds["zip"].levels == ("00100", "01067", "53111")
    assert kinds["visit"] == Temporal("visit", "2019-01-03", ("year", "month", "day"))
    assert kinds["price"] == Numerical("price", marks=Marks(".", ","))
    assert kinds["age"] == Numerical("age", gaps=True)
    assert found.left_out == (
        LeftOut("patient_id", IDENTIFIER),
        LeftOut("name", IDENTIFIER),
        LeftOut("site", CONSTANT),
    )
    assert found.gaps == {"age": pytest.approx(23 / 200), "sex": pytest.approx(19 / 200)}


@pytest.mark.parametrize("library", LIBRARIES)
def test_features_are_the_same_from_every_library_and_from_a_file(frame, found, library, tmp_path):
    X = found.encoding(frame)
    np.testing.assert_array_equal(found.encoding(library(frame)), X)
    frame.to_csv(tmp_path / "people.csv", index=False)
    np.testing.assert_allclose(found.encoding(read_table(tmp_path / "people.csv")), X, rtol=1e-15)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_is_learned_is_the_same_from_every_library(frame, found, library):
    assert recognised(library(frame), [n for n in frame.columns if n != "ill"]).encoding == found.encoding


def test_only_the_rows_to_learn_from_count(frame):
    rows = np.arange(100, 200)
    learned = recognised(frame, ["age", "city", "visit"], rows).encoding
    alone = recognised(frame.iloc[rows], ["age", "city", "visit"]).encoding
    assert learned == alone
    assert "city, others" not in learned.features


def test_types_of_categories_truth_values_and_dates_are_what_they_say():
    table = pl.DataFrame(
        {
            "grade": pl.Series(["b", "a", "b", "a"], dtype=pl.Enum(["a", "b", "c"])),
            "kind": pl.Series(["1", "2", "2", "1"], dtype=pl.Categorical),
            "well": [True, None, False, True],
            "day": [datetime.date(2020, 1, 5), None, datetime.date(2020, 1, 7), datetime.date(2020, 1, 6)],
            "time": [datetime.datetime(2020, 1, 5, h) for h in (0, 6, 12, 18)],
            "cost": [Decimal("1.5"), Decimal("2"), None, Decimal("1")],
        }
    )
    encoding = recognised(table, table.columns).encoding
    assert encoding.features == (
        *("grade=a", "grade=b", "kind=1", "kind=2", "well", "well is missing", "day: day", "day is missing"),
        *("time: hour", "cost", "cost is missing"),  # of one day
    )
    assert encoding(table)[1].tolist() == [1, 0, 0, 1, 1, 1, 1, 1, 6, 2, 0]


def test_numbers_that_pandas_has_as_categories_or_objects_are_read_as_meant():
    table = pd.DataFrame(
        {"code": pd.Categorical([3, 5, 3, 5]), "n": pd.Series([1, 2, None, 4], dtype=object)}
    )
    assert recognised(table, ["code", "n"]).encoding.features == ("code=3", "code=5", "n", "n is missing")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([None] * 4, EMPTY),
        (["", " ", None, ""], EMPTY),
        (["a"] * 4, CONSTANT),
        ([2.5] * 4, CONSTANT),
        (["a", "b", "c", "d"], IDENTIFIER),
        (["2020-01-01"] * 4, CONSTANT),
        ([f"t{k // 2}" for k in range(1000)], RARE),
    ],
)
def test_a_column_from_which_nothing_is_learned_is_left_out(values, why):
    assert of(values).left_out == (LeftOut("x", why),)


def test_numbers_that_a_hierarchy_names_are_kept_whatever_they_hold():
    table = Table({"gene_id": np.arange(4), "flat": np.ones(4)})
    assert recognised(table, ["gene_id", "flat"]).encoding.features == ()
    assert recognised(table, ["gene_id", "flat"], kept={"gene_id", "flat"}).encoding.features == (
        "gene_id",
        "flat",
    )


# ---------------------------------------------------------------- how text is read


@pytest.mark.parametrize(
    ("texts", "marks", "numbers"),
    [
        (["1,234", "56", "1,234,567"], Marks(".", ","), [1234, 56, 1234567]),
        (["1.234,5", "56"], Marks(",", "."), [1234.5, 56]),
        (["1,5", "-56", "2e3"], Marks(",", ""), [1.5, -56, 2000]),
        (["1 234", "5\u202f678.5"], Marks(".", " "), [1234, 5678.5]),
        (["1'234.5", "6"], Marks(".", "'"), [1234.5, 6]),
        (["0,567", "1,234"], Marks(",", ""), [0.567, 1.234]),
        (["\u22121.5", "2.5e\u22121", "-3"], Marks(".", ""), [-1.5, 0.25, -3]),
        (["\u22121 234,5", "7"], Marks(",", " "), [-1234.5, 7]),
    ],
)
def test_numbers_are_read_as_they_are_spelled(texts, marks, numbers):
    assert marks_of(pa.array(texts)) == marks
    assert as_numbers(pa.array(texts), marks).tolist() == numbers


@pytest.mark.parametrize("text", ["12 mg", "1,23,456", "1.2.3", "", "-", "1,234.5,6", "0,123,456"])
def test_text_that_is_not_a_number_in_any_spelling_has_no_marks(text):
    assert marks_of(pa.array([text, "1"])) is None


@pytest.mark.parametrize(
    ("texts", "form", "first"),
    [
        (["2019-02-03", "2019-02-01T10:30:00Z", "2019-02-04 01:02"], "iso", "2019-02-01"),
        (["31.01.2019", "1.2.2019"], "%d.%m.%Y", "2019-01-31"),
        (["31/01/2019", "01/02/2019"], "%d/%m/%Y", "2019-01-31"),
        (["01/31/2019", "02/01/2019"], "%m/%d/%Y", "2019-01-31"),
        (["2019/01/31", "2019/2/1"], "%Y/%m/%d", "2019-01-31"),
        (["2019-01", "2018-12"], "%Y-%m", "2018-12-01"),
        (["2019/01/31 10:30:00", "2019/2/1 00:00:00"], "%Y/%m/%d %H:%M:%S", "2019-01-31"),
        (["Jan 31 2019", "Feb 1 2019"], "%b %d %Y", "2019-01-31"),
        (["31-Jan-2019", "1-Feb-2019"], "%d-%b-%Y", "2019-01-31"),
    ],
)
def test_dates_are_read_as_they_are_spelled(texts, form, first):
    (variable,) = of(texts).encoding.variables
    assert (variable.form, variable.first) == (form, first)


DAYS = [f"2019-{1 + k % 12:02}-{1 + k // 12:02}" for k in range(60)]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("texts", "other"),
    [
        ([*DAYS, "later"], "'later' in row 61"),
        (["0000-00-00", *DAYS], "'0000-00-00' in row 1"),
        ([*DAYS[:9], "31.01.2019", *DAYS[9:]], "'31.01.2019' in row 10"),
        (["2019-02-30", "2019-02-30", "2019-01-01", "2019-01-01"], "'2019-02-30' in row 1"),
        (["31.01.19", "1.2.19", "31.01.19"], "'31.01.19' in row 1"),
        (["31-Jan-19", "1-Feb-19"], "'31-Jan-19' in row 1"),
        (["31-01-19", "01-02-19", None], "'31-01-19' in row 1"),
        (["2019-01", "2019-02", "2019-02", "later"], "'later' in row 4"),
    ],
)
def test_what_is_not_a_date_among_dates_and_dates_of_no_known_form_are_refused_with_the_row(
    library, texts, other
):
    with pytest.raises(FeatureError, match=f"'x'.*{other}.*--drop x"):
        recognised(library(pd.DataFrame({"x": texts})), ["x"])


@pytest.mark.parametrize(
    "texts", [["50-78-2", "64-17-5"], ["1.2.3", "1.2.10"], ["May", "June"], ["G 2019-1", "x"]]
)
def test_codes_and_words_that_are_not_dates_are_levels(texts):
    assert [v.words for v in of([*texts, *texts]).encoding.variables] == ["categories"]


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (["12 mg", "3 mg", "5 mg"], "without a unit"),
        (["03/04/2019", "05/06/2019"], "one order"),
        ([*map(str, range(20)), "<0.5"], "'<0.5' in row 21"),
        (
            ["12 mg", "3 g", "5 mg"],
            "'x' has 'mg', 'g' beside some (for instance '12 mg'); convert all to one unit",
        ),
        (["\u221212 mg", "3", "5 mg"], "'x' has 'mg' beside some"),
        (["$12", "€3", "$5"], "'x' has '$', '€' beside some"),
    ],
)
def test_what_nobody_can_be_sure_of_is_refused_with_the_column(values, rule):
    with pytest.raises(FeatureError, match="'x'") as error:
        of(values)
    assert rule in str(error.value)


@pytest.mark.parametrize(
    "texts",
    [
        ["1 low", "2 middle", "3 high"],
        ["1. low", "2. high", "2. higher"],
        ["1st", "2nd", "3rd"],
        ["1A", "2A"],
        ["12", "12B", "3 B"],
    ],
)
def test_a_number_that_is_a_part_of_a_level_is_not_taken_for_one_with_a_unit(texts):
    assert [v.words for v in of([*texts, *texts]).encoding.variables] == ["categories"]


@pytest.mark.parametrize("same", ["12 mg", "2. Middle Atlantic", "26:40:00", "$3"])
def test_one_amount_everywhere_is_constant_whatever_its_unit(same):
    assert of([same] * 5).left_out[0].why == "constant"
    assert of([same, None] * 5).encoding.features == (f"x={same}", "x is missing")


@pytest.mark.parametrize("name", ["rownames", "row.names", "Row_Number", "obs", "", "Unnamed: 0"])
def test_whole_numbers_that_are_called_row_names_are_identifiers_where_none_comes_twice(name):
    table = pd.DataFrame({name: range(1, 21), "dose": range(20)})
    assert [one.name for one in recognised(table, [name, "dose"]).left_out] == [name]
    assert not recognised(table.assign(**{name: [1, 2] * 10}), [name]).left_out


def test_what_is_neither_number_nor_text_and_what_is_infinite_is_refused():
    with pytest.raises(DataError, match="'x' holds"):
        recognised(pl.DataFrame({"x": [[1], [2]]}), ["x"])
    with pytest.raises(NotFiniteError, match="'x 1'"):
        of([1.0, np.inf, 2.0])


DAY = datetime.timedelta(1)
OTHERS = {
    "periods": pd.period_range("2019-01", periods=4, freq="M"),
    "intervals": pd.arrays.IntervalArray.from_breaks(range(5)),
    "bins": pd.cut([1, 2, 3, 4], 2),
    "durations": pd.to_timedelta([1, 2, 1, 2], "D"),
    "durations as objects": np.array([DAY, 2 * DAY, None, DAY], object),
    "categories of durations": pd.Categorical(pd.to_timedelta([1, 2, 1, 2], "D")),
    "complex": np.array([1j, 2, 3, 1j]),
    "complex objects": np.array([1j, None, "a", 1j], object),
}
THEIRS = [
    pl.DataFrame({"x": [DAY, None, DAY]}),
    pa.table({"x": pd.arrays.IntervalArray.from_breaks(range(5))}),
    pa.table({"x": pa.array(pd.period_range("2019-01", periods=4, freq="M"))}),
    pa.table({"x": [b"a", b"b"]}),
    Table({"x": np.array([1j, 2, 1j])}),
    Table({"x": np.array([1, 2, 1], "m8[s]")}),
]


@pytest.mark.parametrize("table", [*(pd.DataFrame({"x": x}) for x in OTHERS.values()), *THEIRS])
def test_a_type_that_is_neither_of_numbers_nor_of_levels_is_refused_in_training_and_later(table):
    with pytest.raises(FeatureError, match="'x' holds .*; convert it, or leave it out: --drop x"):
        recognised(table, ["x"])
    with pytest.raises(FeatureError, match="'x' holds"):
        of(["a", "b", "a", "b"]).encoding(table)


@pytest.mark.parametrize("kind", ["periods", "intervals", "durations"])
def test_a_type_that_is_neither_of_numbers_nor_of_levels_is_refused_from_a_file_too(kind, tmp_path):
    pd.DataFrame({"x": OTHERS[kind]}).to_parquet(tmp_path / "people.parquet")
    with pytest.raises(FeatureError, match="'x' holds .*; convert it, or leave it out: --drop x"):
        recognised(read_table(tmp_path / "people.parquet"), ["x"])


# ---------------------------------------------------------------- another table


def test_the_order_of_columns_and_others_do_not_matter_and_those_that_are_not_there_are_named(frame, found):
    other = frame[frame.columns[::-1]].assign(extra="?")
    np.testing.assert_array_equal(found.encoding(other), found.encoding(frame))
    with pytest.raises(FeatureError, match="2 of 8 are not: 'city', 'visit'"):
        found.encoding(frame.drop(columns=["city", "visit"]))


def test_new_levels_count_as_rare_ones_or_as_none_and_their_rows_are_counted(frame, found):
    new = frame.assign(city=["Paris", *frame["city"][1:]], sex=["x", "x", *frame["sex"][2:]])
    with pytest.warns(HassenetWarning, match="'city' 'Paris' in 1 row, 'sex' 'x' in 2 rows"):
        X = dict(zip(found.encoding.features, found.encoding(new)[0], strict=True))
    assert (X["city, others"], X["city=Bonn"], X["sex=f"], X["sex=m"], X["sex is missing"]) == (1, 0, 0, 0, 0)


def test_whole_numbers_as_categories_are_the_same_levels_from_a_file_that_spells_their_decimals(tmp_path):
    frame = pd.DataFrame({"grade": pd.Categorical([1.0, 2.0, None, 1.0, 2.0])})
    encoding = recognised(frame, ["grade"]).encoding
    assert encoding.features == ("grade=1", "grade=2", "grade is missing")
    frame.to_csv(tmp_path / "grades.csv", index=False)
    frame.to_parquet(tmp_path / "grades.parquet")
    for name in ("grades.csv", "grades.parquet"):
        np.testing.assert_array_equal(encoding(read_table(tmp_path / name)), encoding(frame))


def test_gaps_are_filled_by_what_is_usual_and_new_ones_are_counted(frame, found):
    new = frame.assign(bmi=[np.nan, *frame["bmi"][1:]], city=[None, *frame["city"][1:]], age=np.nan)
    with pytest.warns(HassenetWarning, match="'bmi' in 1 row, 'city' in 1 row"):
        X = dict(zip(found.encoding.features, found.encoding(new)[0], strict=True))
    assert X["bmi"] == pytest.approx(frame["bmi"].median())
    assert (X["age"], X["age is missing"]) == (frame["age"].median(), 1)
    most = frame["city"].mode()[0]
    assert [X[f"city={c}"] for c in ("Bonn", "Oslo", "Rome")] == [
        float(c == most) for c in ("Bonn", "Oslo", "Rome")
    ]


def test_known_levels_and_gaps_bring_no_warning(frame, found):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found.encoding(frame)


@pytest.mark.parametrize(
    ("column", "values"), [("age", "old"), ("bmi", "<20"), ("visit", "soon"), ("price", "12 mg")]
)
def test_a_column_that_holds_something_else_than_in_training_is_refused_with_the_row(
    frame, found, column, values
):
    texts = frame[column].astype(object)
    texts[4] = values
    with pytest.raises(FeatureError, match=f"'{column}'.*'{values}' in row 5"):
        found.encoding(frame.assign(**{column: texts}))


def test_an_encoding_whose_parts_do_not_fit_is_refused():
    sex = Categorical("sex", ("f", "m"))
    with pytest.raises(FeatureError, match="'sex' stands for two"):
        Encoding(("sex", "sex=f", "sex=m"), (sex,), np.zeros(3))
    with pytest.raises(FeatureError, match="'sex=m' is left out"):
        Encoding(("sex=f",), (sex,), np.zeros(1))
    with pytest.raises(ShapeError, match="one finite number a feature, 2"):
        Encoding(("sex=f", "sex=m"), (sex,), [0.0])
    with pytest.raises(ParameterError, match="stands there twice"):
        Categorical("sex", ("f", "m"), pooled=("m",))
    with pytest.raises(ParameterError, match="'2019'"):
        Temporal("day", "2019", ("day",))
    with pytest.raises(ParameterError, match="in this order"):
        Temporal("day", "2019-01-01", ("day", "year"))


DAYS = [f"2019-01-{day:02d}" for day in range(1, 29)] * 2


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ([*DAYS, "later"], "not so in 'a' .*'later' in row 57"),
        ([*DAYS, "0000-00-00"], "'0000-00-00' in row 57"),
        ([f"{day[8:]}.{day[5:7]}.19" for day in DAYS], "years of four digits.*'01.01.19'"),
    ],
)
def test_dates_beside_something_else_are_neither_levels_nor_identifiers(texts, why):
    with pytest.raises(FeatureError, match=why):
        recognised(pd.DataFrame({"a": texts}), ["a"])


def test_a_minus_of_typesetters_is_a_minus():
    texts = [f"{number:.2f}".replace("-", "\u2212") for number in np.linspace(-3, 2, 40)]
    found = recognised(pd.DataFrame({"a": texts}), ["a"])
    assert found.encoding(pd.DataFrame({"a": texts}))[:2].ravel().tolist() == [-3.0, -2.87]


@pytest.mark.parametrize(
    "values",
    [
        pd.period_range("2019-01", periods=20, freq="M"),
        pd.to_timedelta(np.arange(20) % 7, "h"),
    ],
    ids=["periods", "durations"],
)
def test_durations_and_periods_are_refused_by_name(values):
    with pytest.raises(FeatureError, match="numbers or text, categories or dates; 'a' holds"):
        recognised(pd.DataFrame({"a": values}), ["a"])


def test_numbers_with_several_units_are_refused_by_name():
    doses = [f"{k} {unit}" for k in range(20) for unit in ("mg", "g")]
    with pytest.raises(FeatureError, match="'dose' has .* beside some .*'0 mg'"):
        recognised(pd.DataFrame({"dose": doses}), ["dose"])
