"""Targets as tables spell them: numbers with marks, words for nothing, units, dates, blanks and capitals."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from hassenet.data.amounts import amounts_in
from hassenet.data.table import columns_of
from hassenet.errors import DataError, HassenetWarning, NotFiniteError, TargetError
from hassenet.outcomes import Amount, Classes, Count, HazardRatio, OffsetColumn, Outcomes
from hassenet.outcomes.given import as_own_table
from hassenet.tables import Table, read_table
from hassenet.task.label import codes_of
from hassenet.task.spelled import with_amounts, with_numbers
from hassenet.task.target import Target

NUMBERS = np.array([1234.5, -2.25, 0.5, 17.0] * 3) + np.arange(12.0)
SPELLED = {
    "commas between thousands": [f"{x:,.2f}" for x in NUMBERS],
    "decimal commas": [f"{x:.2f}".replace(".", ",") for x in NUMBERS],
    "blanks between thousands": [f"{x:,.2f}".replace(",", " ") for x in NUMBERS],
}


def table_of(cells, how, tmp_path):
    """A column y as each kind of table holds it."""
    if how == "file":
        pd.DataFrame({"y": cells, "z": 1.5}).to_csv(tmp_path / "t.csv", index=False)
        return read_table(tmp_path / "t.csv")
    if how == "parquet":
        pd.DataFrame({"y": pd.array(cells, "string")}).to_parquet(tmp_path / "t.parquet")
        return read_table(tmp_path / "t.parquet")
    library = {"pandas": pd.DataFrame, "arrow": pa.table}[how]
    return as_own_table(library({"y": cells}))


@pytest.mark.parametrize("how", ["file", "parquet", "pandas", "arrow"])
@pytest.mark.parametrize("words", SPELLED)
def test_a_number_is_the_target_that_its_text_spells_and_that_is_noted(words, how, tmp_path):
    table = table_of(SPELLED[words], how, tmp_path)
    with pytest.warns(HassenetWarning, match=f"the numbers of 'y' are read with {words}"):
        np.testing.assert_array_equal(with_amounts(table, ["y"])["y"], NUMBERS)
    with pytest.warns(HassenetWarning, match=words):
        np.testing.assert_array_equal(Amount("y").read(table)[:, 0], NUMBERS)
    with pytest.warns(HassenetWarning, match=words):
        read = OffsetColumn("y").read(table)
    np.testing.assert_array_equal(read, NUMBERS)


def test_words_for_nothing_among_many_numbers_are_gaps_of_a_target_and_are_counted():
    cells = np.array([*map(str, range(12)), "-", "unknown"], object)
    with pytest.warns(
        HassenetWarning, match="count as missing among numbers: 'y' '-' in 1 row, 'unknown' in 1 row"
    ):
        found = Count("y").read(Table({"y": cells}))[:, 0]
    np.testing.assert_array_equal(found, [*range(12), np.nan, np.nan])


@pytest.mark.parametrize(
    "cells",
    [["007", "1,5"], ["ill", "well"], ["1", "-", "2"], ["1 mg", "2 mg"], ["2020-01-31", "2020-02-01"]],
)
def test_codes_and_classes_and_units_and_dates_are_not_numbers_of_a_target(cells):
    table = Table({"y": np.array(cells, object)})
    assert amounts_in(columns_of(table), "y") is None
    assert with_numbers(table, ["y", "not there"]) is table


def test_a_few_whole_numbers_stay_classes_as_they_are_spelled():
    table = Table({"y": np.array(["1,000", "2,000"] * 3, object)})
    assert with_amounts(table, ["y"]) is table
    with pytest.warns(HassenetWarning, match="commas between thousands"):
        assert with_numbers(table, ["y"])["y"].tolist() == [1000, 2000] * 3


REFUSED = {
    "unit": ([f"{x}%" for x in range(12)], "write the unit, '%', into the column's name"),
    "currency": ([f"${x},000.50" for x in range(1, 13)], "write the unit, '\\$', into the column's name"),
    "date": (
        [f"2020-01-{x + 10}" for x in range(12)],
        "give a number in place of a date, as days since the first",
    ),
    "limit": (["<0.5", *map(str, range(12))], "correct it"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_target_that_is_not_a_number_is_refused_with_what_to_do_about_it(kind):
    cells, remedy = REFUSED[kind]
    table = Table({"y": np.array(cells, object)})
    for read in (lambda: Target.of(table, ("y",), "regression"), lambda: Amount("y").read(table)):
        with pytest.raises((TargetError, DataError), match=f"there is text in 'y'.*{remedy}"):
            read()
    if kind != "limit":
        with pytest.raises(TargetError, match=f"two rows or more.*{remedy}"):
            Target.of(table, ("y",), "auto")


@pytest.mark.parametrize("kind", REFUSED)
def test_an_exposure_that_is_not_a_number_is_refused_with_what_to_do_about_it(kind):
    cells, remedy = REFUSED[kind]
    table = Table({"years": np.array(cells, object)})
    with pytest.raises(DataError, match=f"an exposure is a number in each row; not so in 'years'.*{remedy}"):
        OffsetColumn("years", is_exposure=True).read(table)


def test_the_words_for_outcomes_name_what_is_added():
    assert str(Outcomes((Count("visits"),), OffsetColumn("years", is_exposure=True))).endswith(
        "exposure 'years'"
    )
    assert str(Outcomes((Amount("weight"),), OffsetColumn("start"))).endswith("offset 'start'")


def test_durations_are_not_a_target_and_an_infinite_time_is_one_of_a_target(tmp_path):
    pd.DataFrame({"y": pd.to_timedelta(range(3), "h")}).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DataError, match="holds duration"):
        Target.of(read_table(tmp_path / "t.parquet"), ("y",), "auto")
    times = Table({"days": np.array([1.0, np.inf]), "died": np.array([1, 0])})
    with pytest.raises(
        NotFiniteError, match="a target that is a number is finite; 'days' is infinite in row 2"
    ):
        HazardRatio("days", "died").read(times)


@pytest.mark.parametrize("how", ["file", "parquet", "pandas", "arrow"])
def test_blanks_around_a_class_do_not_belong_to_it(how, tmp_path):
    table = table_of(["ill ", " ill", "well", "ill"], how, tmp_path)
    with pytest.raises(TargetError, match="only one of 'well'"):
        Target.of(table, ("y",), "auto")
    assert Classes("y", ("ill", "well")).read(table).ravel().tolist() == [0, 0, 1, 0]
    assert codes_of([" ill", "well\t", " 1.0", "ill x"], ("ill", "well", 1)).tolist() == [0, 1, 2, -1]


def test_classes_and_levels_that_differ_in_capitals_alone_are_apart_and_noted():
    from hassenet.model import recognised

    table = Table({"y": np.array(["Yes", "yes", "no"] * 2, object), "dose": np.array(["a", "A"] * 3, object)})
    with pytest.warns(HassenetWarning, match="classes are told apart.*'Yes' and 'yes' of 'y'"):
        assert Target.of(table, ("y",), "auto").classes == ("Yes", "no", "yes")
    with pytest.warns(HassenetWarning, match="levels are told apart.*'A' and 'a' of 'dose'"):
        assert recognised(table, ["dose"]).encoding.features == ("dose=A", "dose=a")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recognised(Table({"dose": np.array(["a", "b"] * 3, object)}), ["dose"])


@pytest.mark.parametrize("how", ["file", "parquet", "pandas", "arrow"])
def test_numbers_in_parentheses_are_negative_and_that_is_noted_of_a_target_an_offset_and_a_feature(
    how, tmp_path
):
    from hassenet.model import recognised

    table = table_of([*(f"{x}.5" for x in range(12)), "(81.5)", "(1.25)"], how, tmp_path)
    reads = (
        lambda: with_amounts(table, ["y"])["y"],
        lambda: Amount("y").read(table)[:, 0],
        lambda: OffsetColumn("y").read(table),
    )
    for read in reads:
        with pytest.warns(
            HassenetWarning, match="in parentheses count as negative: 'y' in 2 rows; if that is wrong"
        ):
            assert read()[-2:].tolist() == [-81.5, -1.25]
    with pytest.warns(HassenetWarning, match="in parentheses count as negative: 'y' in 2 rows"):
        assert recognised(table, ["y"]).encoding.features == ("y",)


TRUTHS = [("True", "1", "yes"), ("T", "TRUE"), ("yes", "y")]


@pytest.mark.parametrize("same", TRUTHS)
def test_classes_and_levels_that_are_words_for_one_truth_value_are_apart_and_noted(same):
    from hassenet.estimators.labels import Labels
    from hassenet.model import recognised

    cells = np.array([*same, "no"] * 3, object)
    words, table = " and ".join(map(repr, sorted(same))), Table({"y": cells})
    with pytest.warns(HassenetWarning, match=f"classes are told apart.*one truth value: {words} of 'y'"):
        assert len(Target.of(table, ("y",), "auto").classes) == len(same) + 1
    with pytest.warns(HassenetWarning, match=f"levels are told apart.*one truth value: {words} of 'y'"):
        assert len(recognised(table, ["y"]).encoding.features) == len(same) + 1
    with pytest.warns(HassenetWarning, match=f"classes are told apart.*one truth value: {words} of 'y'"):
        assert len(Labels(cells.astype(str)).classes) == len(same) + 1


@pytest.mark.parametrize("classes", [("1", "2", "-"), ("a", "b", "unknown")])
def test_a_word_for_nothing_that_is_a_class_is_noted(classes):
    from hassenet.estimators.labels import Labels

    cells = np.array(classes * 3, object)
    for read in (
        lambda: Target.of(with_amounts(Table({"y": cells}), ["y"]), ("y",), "auto"),
        lambda: Labels(cells.astype(str)),
    ):
        with pytest.warns(HassenetWarning, match=f"are classes of 'y' as others are: '{classes[-1]}'; if"):
            assert set(read().classes) == set(classes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Target.of(Table({"y": np.array(["none", "mild"] * 3, object)}), ("y",), "auto")
