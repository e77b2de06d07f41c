"""Among numbers and dates "-" and "unknown" are gaps: counted, alike in training and prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from hassenet.data.categorical import Categorical
from hassenet.data.numerical import Numerical
from hassenet.data.recognition import recognised
from hassenet.data.temporal import Temporal
from hassenet.errors import FeatureError, HassenetWarning
from hassenet.tables import Table, read_table

AGES = [str(age) for age in range(20, 40)]
WORDS = ["-", "Unknown", "--", "none", "."]
LIBRARIES = {
    "ours": lambda c: Table({name: np.array(values, object) for name, values in c.items()}),
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
}


def csv(columns, tmp_path):
    pd.DataFrame(columns).to_csv(tmp_path / "people.csv", index=False)
    return read_table(tmp_path / "people.csv")


@pytest.fixture(params=[*LIBRARIES, "csv"])
def made(request, tmp_path):
    if request.param == "csv":
        return lambda columns: csv(columns, tmp_path)
    return LIBRARIES[request.param]


def test_among_numbers_a_word_for_nothing_is_a_gap_and_is_reported(made):
    table = made({"age": [*AGES, *WORDS]})
    with pytest.warns(HassenetWarning, match="count as missing among numbers and dates: 'age' '-' in 1 row"):
        found = recognised(table, ["age"])
    assert found.encoding.variables == (Numerical("age", gaps=True),)
    assert found.gaps == {"age": 0.2}
    X = found.encoding.read(table)
    np.testing.assert_array_equal(X[:20, 0], np.arange(20.0, 40))
    np.testing.assert_array_equal(X[:, 1], np.arange(25) >= 20)
    assert np.isnan(X[20:, 0]).all()
    assert found.encoding(table)[20:, 0].tolist() == [29.5] * 5


OF_PROGRAMS = [
    "#DIV/0!",
    "#VALUE!",
    "Not available",
    "not applicable",
    "n.a.",
    "(null)",
    "...",
    "NaT",
    "no data",
]


def test_what_programs_and_forms_write_for_nothing_is_a_gap_too():
    table = pd.DataFrame({"age": [*AGES, *OF_PROGRAMS]})
    with pytest.warns(HassenetWarning, match="'age' '#DIV/0!' in 1 row, '#VALUE!' in 1 row"):
        assert recognised(table, ["age"]).encoding.features == ("age", "age is missing")


def test_in_prediction_a_word_for_nothing_is_a_gap_also_where_there_were_none(made):
    encoding = recognised(made({"age": AGES}), ["age"]).encoding
    new = made({"age": ["31", "unknown", "-"]})
    with pytest.warns(HassenetWarning, match="are filled: 'age' in 2 rows"):
        assert encoding(new)[:, 0].tolist() == [31.0, 29.5, 29.5]
    with pytest.raises(FeatureError, match="'age'"):
        encoding(made({"age": ["31", "young"]}))


def test_among_dates_a_word_for_nothing_is_a_gap(made):
    days = [f"2019-01-{k:02}" for k in range(1, 29)]
    with pytest.warns(HassenetWarning, match="'seen' 'unknown' in 1 row"):
        found = recognised(made({"seen": [*days, "unknown"]}), ["seen"])
    assert found.encoding.variables == (Temporal("seen", "2019-01-01", ("day",), gaps=True),)


def test_among_few_codes_and_words_it_is_a_level_as_any_other(made):
    found = recognised(
        made({"stage": ["1", "2", "unknown"] * 5, "side": ["left", "-", "right"] * 5}), ["stage", "side"]
    )
    assert found.encoding.variables == (
        Categorical("stage", ("1", "2", "unknown")),
        Categorical("side", ("-", "left", "right")),
    )


def test_other_words_among_numbers_are_refused_as_before(made):
    with pytest.raises(
        FeatureError, match="'games' .*'Indef.*--categorical games, or leave out: --drop games"
    ):
        recognised(made({"games": [*AGES, "-", "Indef."]}), ["games"])
