"""Dates and times of day are read as programs spell them, of text and of a type alike."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hassenet as hn
from hassenet.data import dates
from hassenet.data.amounts import why_no_amounts
from hassenet.data.dates import parsed
from hassenet.data.recognition import recognised
from hassenet.data.table import columns_of
from hassenet.data.temporal import Temporal
from hassenet.errors import FeatureError, HassenetWarning, ParameterError
from hassenet.network import Network
from hassenet.storage import load, save

MOMENTS = pd.date_range("2019-01-03 07:05:00", periods=40, freq="37h")
CLOCKS = {
    "at the end of a day, of English": "%m/%d/%Y %I:%M:%S %p",
    "of a day and twelve hours": "%d.%m.%Y %I:%M %p",
    "days before hyphens": "%d-%m-%Y %H:%M",
    "months before hyphens": "%m-%d-%Y %H:%M:%S",
    "points behind years": "%Y.%m.%d %H:%M",
    "months in words": "%d %b %Y %H:%M",
    "whole names of months": "%B %d, %Y %H:%M:%S",
    "of a log": "%a %b %d %H:%M:%S %Y",
    "of a letter": "%a, %d %b %Y %H:%M:%S",
    "of a letter, with its zone": "%a, %d %b %Y %H:%M:%S GMT",
    "with a zone between": "%a %b %d %H:%M:%S +0000 %Y",
    "with the zone in words": "%Y-%m-%d %H:%M:%S UTC",
    "with both": "%Y-%m-%d %H:%M:%S +0000 UTC",
    "of PostgreSQL": "%Y-%m-%d %H:%M:%S.25+00",
    "with a decimal comma": "%Y-%m-%d %H:%M:%S,125",
    "of minutes, in its zone": "%Y-%m-%d %H:%M+02:00",
    "without seconds, in Greenwich": "%Y-%m-%dT%H:%MZ",
}


def read(values):
    table = pd.DataFrame({"seen": values})
    found = recognised(table, ["seen"])
    return found.encoding.features, found.encoding(table)


@pytest.mark.parametrize("form", CLOCKS.values(), ids=CLOCKS)
def test_a_time_says_the_same_however_it_is_spelled(form):
    features, X = read(MOMENTS.strftime(form))
    expected, Y = read(MOMENTS)
    assert features == expected == ("seen: month", "seen: day", "seen: hour")
    np.testing.assert_allclose(X, Y, atol=1.01 / 60)  # some spell no seconds, or parts of one


@pytest.mark.parametrize("form", ["%b %Y", "%B %Y", "%m/%Y", "%b-%Y", "%Y-%m"])
def test_a_month_is_its_first_day(form):
    features, X = read(MOMENTS.strftime(form))
    expected, Y = read(MOMENTS.strftime("%Y-%m-01"))
    assert features == expected
    np.testing.assert_array_equal(X, Y)


@pytest.mark.parametrize(
    "texts", [["May 2019", "May 2020", "May 2021"], ["Jan. 2019", "Sept 2019"], ["Jun 2019", "July 2020"]]
)
def test_the_name_of_a_month_is_short_or_long_whatever_others_are(texts):
    table = pd.DataFrame({"seen": texts * 4})
    found = recognised(table, ["seen"])
    assert found.encoding.variables[0].words == "dates"
    later = [
        found.encoding(pd.DataFrame({"seen": [text]})) for text in ("June 2022", "Jun 2022", "Jun. 2022")
    ]
    np.testing.assert_array_equal(later[0], later[1])
    np.testing.assert_array_equal(later[0], later[2])


@pytest.mark.parametrize(
    "texts", [["1/2000", "3/4000", "5/2000"], ["1/1000", "1/2000"], ["0199-01", "3000-02"]]
)
def test_ratios_and_scales_are_not_months(texts):
    assert recognised(pd.DataFrame({"x": texts * 3}), ["x"]).encoding.variables[0].words == "categories"


CLOCK = [datetime.time(k % 24, k % 60) for k in range(40)]
OF_A_DAY = {
    "24 hours": [one.strftime("%H:%M") for one in CLOCK],
    "seconds": [one.strftime("%H:%M:%S") for one in CLOCK],
    "12 hours": [one.strftime("%I:%M %p") for one in CLOCK],
    "objects": CLOCK,
}


OF_CLOCKS = pytest.mark.filterwarnings("ignore:text is read as times of day")


@OF_CLOCKS
@pytest.mark.parametrize("values", OF_A_DAY.values(), ids=OF_A_DAY)
@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_time_of_day_is_its_hour_in_tables_of_every_library(values, library):
    table = library({"at": values})
    found = recognised(table, ["at"])
    assert found.encoding.features == ("at: hour",)
    hours = [one.hour + one.minute / 60 for one in CLOCK]
    np.testing.assert_allclose(found.encoding(table)[:, 0], hours)


@OF_CLOCKS
def test_times_of_day_are_the_same_in_a_model_that_was_saved(tmp_path):
    table = pd.DataFrame({"at": OF_A_DAY["12 hours"]})
    found = recognised(table, ["at"])
    net = Network(hn.Hierarchy.from_covers([("at: hour", "y")]))
    model = hn.model.Model(net, found.encoding.features, "regression", ("y",), encoding=found.encoding)
    save(model, tmp_path / "m")
    np.testing.assert_array_equal(load(tmp_path / "m").predict(table), model.predict(table))


@pytest.mark.parametrize("texts", [["26:40:00", "3:05:10"] * 5, ["0:59:10.5", "1:02:30.25"] * 5])
def test_durations_in_text_are_refused_as_those_of_a_type(texts):
    with pytest.raises(FeatureError, match="a duration is a number of one unit; 'took' has .*--drop took"):
        recognised(pd.DataFrame({"took": texts}), ["took"])


@pytest.mark.parametrize(
    "texts",
    [
        ["3:1", "9:3", "1:1"],
        ["1:10", "1:20", "1:40"],
        ["1:20", "1:80", "1:160"],
        ["01:01", "02:01", "24:02"],
        ["01:01", "02:01", "03:01"],
        ["01:01", "03:02", "15:01", "14:54"],
        ["01:01:01", "02:01:02", "24:02:01"],
        ["01:01:01", "02:01:02"],
        ["3:12", "12:10", "1:45"],
        ["61:10", "9:59", "75:01"],
        [f"{k}:{7 * k % 60:02d}" for k in range(1, 12)],
        [f"{k}:{10 + k}" for k in range(24)],
        [f"{k}:{7 * k % 60:02d}" for k in range(40)],
        [f"{k}:{17 * k % 60:02d}" for k in range(24)],
        [f"{k}:{(5 + 37 * k) % 60:02d}" for k in range(3, 19)],
        ["24:00", "12:00", "13:30"],
        ["Genesis 1:10", "Exodus 2:11", "Luke 3:12"],
        ["2019-01-31-01", "2019-02-01-02", "2019-02-01-03"],
        ["2019-01-31.1", "2019-01-31.2", "2019-02-01.1"],
    ],
)
def test_ratios_titres_verses_alleles_and_numbers_behind_days_stay_categories(texts):
    assert recognised(pd.DataFrame({"x": texts * 3}), ["x"]).encoding.variables[0].words == "categories"


def test_the_end_of_a_day_is_refused_as_such():
    with pytest.raises(
        FeatureError, match="a time of day is before 24:00; .*'at' .'24:00:00'.; write 00:00:00"
    ):
        recognised(pd.DataFrame({"at": ["7:05:10", "24:00:00", "12:30:00"] * 4}), ["at"])


CLEAR = {
    "minutes": ["07:05", "14:30", "09:45"],
    "full hours": ["08:00", "12:00", "20:00"],
    "seconds": ["7:05:10", "14:30:00", "9:45:30"],
    "halves of a day": ["7:05 AM", "2:03 pm", "9:04 AM"],
    "zones": ["07:05Z", "14:03Z", "09:04Z"],
}


@pytest.mark.parametrize("values", CLEAR.values(), ids=CLEAR)
def test_a_column_that_is_read_as_times_of_day_is_noted_unless_it_was_asked_for(values):
    table = pd.DataFrame({"at": values * 4})
    with pytest.warns(HassenetWarning, match="text is read as times of day.* 'at'; .*--categorical at"):
        found = recognised(table, ["at"])
    assert found.encoding.features == ("at: hour",)
    assert recognised(table, ["at"], kinds={"at": "date"}).encoding.features == ("at: hour",)
    assert recognised(table, ["at"], kinds={"at": "category"}).encoding.variables[0].words == "categories"


def test_what_need_not_be_times_of_day_is_where_it_is_asked_for():
    table = pd.DataFrame({"at": ["7:05", "3:12", "12:10"] * 4})
    found = recognised(table, ["at"], kinds={"at": "date"})
    np.testing.assert_allclose(found.encoding(table)[:3, 0], [7 + 5 / 60, 3.2, 12 + 10 / 60])


def test_dates_of_eight_digits_are_noted_where_nobody_asked_for_numbers_or_dates():
    table = pd.DataFrame({"seen": [int(f"{t:%Y%m%d}") for t in MOMENTS], "n": np.arange(40.0) ** 2})
    with pytest.warns(HassenetWarning, match="all dates, as 20190131.* 'seen'; .*--date seen"):
        recognised(table, ["seen", "n"])
    for kind in ("date", "number"):
        recognised(table, ["seen", "n"], kinds={"seen": kind})


@pytest.mark.parametrize("zone", ["Z", " UTC", "+01:00"])
def test_a_day_may_have_a_zone(zone):
    assert read([f"{day:%Y-%m-%d}{zone}" for day in MOMENTS])[0] == ("seen: month", "seen: day")


@OF_CLOCKS
def test_a_message_about_times_of_day_speaks_of_these():
    table = pd.DataFrame({"at": OF_A_DAY["24 hours"]})
    found = recognised(table, ["at"])
    with pytest.raises(FeatureError, match=r"'at' holds times of day, as in training \(as 00:00\)"):
        found.encoding(pd.DataFrame({"at": ["07:05", "24:10"]}))
    assert why_no_amounts(columns_of(table), "at") == "give a number in place of a time, as hours"


ENDS = {
    "text": lambda days: days,
    "objects": lambda days: [datetime.date.fromisoformat(day) for day in days],
    "seconds": lambda days: np.array(days, "M8[s]"),
}


@pytest.mark.parametrize("as_column", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("end", ["9999-12-31", "2999-12-31", "0001-01-01", "1900-01-01"])
def test_a_date_that_is_written_where_there_is_none_is_noted(as_column, end):
    days = [f"{day:%Y-%m-%d}" for day in MOMENTS]
    table = pd.DataFrame({"until": as_column([*days, end, end])})
    with pytest.warns(
        HassenetWarning, match=f"dates look like missing values .*: {end} in 2 rows of 'until'; if"
    ):
        recognised(table, ["until"])
    recognised(table[:40], ["until"])


def test_a_first_day_that_is_near_to_others_is_a_date_as_they_are():
    recognised(pd.DataFrame({"born": [f"{year}-01-01" for year in range(1900, 1990, 5)]}), ["born"])


def test_of_many_texts_that_look_like_dates_a_few_tell_the_form(monkeypatch):
    tried = []
    monkeypatch.setattr(dates, "parsed", lambda texts, form: tried.append(len(texts)) or parsed(texts, form))
    texts = pa.array([*pd.date_range("2019-01-03", periods=500, freq="h").astype(str), "later"])
    assert dates.other_than_dates(texts, np.ones(501, np.int64)) == 500
    assert sum(n > 100 for n in tried) == 1


def test_a_spelling_that_is_not_known_is_refused():
    with pytest.raises(ParameterError, match="known form, as 'iso' .*'%y'"):
        Temporal("seen", "2019-01-03", ("day",), "%y")
