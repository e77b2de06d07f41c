"""Dates and durations as targets in Python: none of them is taken for a number of microseconds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import hassenet as hn
from hassenet.data.dates_of_digits import are_dates_of_digits
from hassenet.errors import DataError, FeatureError, HassenetWarning, NotFiniteError
from hassenet.estimators import HierarchyRegressor, HierarchySurvival, NetworkRegressor, NetworkSurvival
from hassenet.model import Scaling
from hassenet.outcomes import Amount, Outcomes
from hassenet.survival import concordance, kaplan_meier, survival_targets
from hassenet.tables import Table
from hassenet.task.target import Target

X = np.zeros((4, 2))
H = hn.Hierarchy.from_covers([("x0", "p"), ("x1", "p")])
DAYS = pd.Series(pd.to_timedelta([3, 5, 8, 9], "D"))
DATES = pd.Series(pd.date_range("2020-01-01", periods=4))
TIMES = {"durations": DAYS, "dates": DATES, "dates of a zone": DATES.dt.tz_localize("Europe/Berlin")}


@pytest.mark.parametrize("kind", TIMES)
@pytest.mark.parametrize(
    "estimator", [HierarchyRegressor(H, random_state=0), NetworkRegressor(random_state=0)]
)
def test_a_date_or_a_duration_is_not_a_number_to_an_estimator(estimator, kind):
    y = TIMES[kind]
    for given in (
        y,
        y.to_numpy(),
        y.tolist(),
        pd.DataFrame({"y": y, "z": 1.0}),
        pl.from_pandas(y.to_frame("y")),
    ):
        with pytest.raises(DataError, match=f"these are {kind.split()[0]}; give numbers of a unit"):
            estimator.fit(X, given)


@pytest.mark.parametrize("estimator", [HierarchySurvival(H, random_state=0), NetworkSurvival(random_state=0)])
def test_a_time_until_an_event_is_a_number_of_a_unit(estimator):
    for library in (pd.DataFrame, pl.DataFrame):
        with pytest.raises(DataError, match="the target 'time' holds real numbers; these are durations"):
            estimator.fit(
                X,
                library(
                    {"time": pl.Series(DAYS) if library is pl.DataFrame else DAYS, "event": [1, 0, 1, 1]}
                ),
            )
    for use in (survival_targets, lambda t, e: kaplan_meier(np.column_stack([t, e.astype("m8[D]")]))):
        with pytest.raises(DataError, match="these are durations"):
            use(DAYS.to_numpy(), np.array([1, 0, 1, 1]))
    assert concordance(survival_targets(DAYS.dt.days, [1, 0, 1, 1]), [4, 3, 2, 1]) == 1
    with pytest.raises(DataError, match="'y' holds real numbers; these are dates"):
        Outcomes((Amount("y"),)).read(hn.outcomes.given.as_own_table(pd.DataFrame({"y": DATES})))


@pytest.mark.parametrize(
    "estimator", [HierarchyRegressor(H, random_state=0), NetworkRegressor(random_state=0)]
)
def test_two_columns_of_one_name_are_refused_by_it(estimator):
    table = pd.DataFrame(X, columns=["x0", "x0"])
    with pytest.raises(FeatureError, match="a column has its own name; X repeats 'x0'"):
        estimator.fit(table, [1.0, 2, 3, 4])


def test_numbers_whose_squares_are_not_finite_are_not_scaled():
    with pytest.raises(NotFiniteError, match=r"too large in column 1, up to 1e[+]300; use another unit"):
        Scaling.of([[1.0, 1e300], [2.0, -1e300]])


OF_DIGITS = np.array([20190131, 20190201, 20200229, 20191231])


def test_whole_numbers_that_are_all_dates_are_noted_where_they_are_learned():
    """And no others: of one that is no day of its month, of amounts, of months alone, nothing is said."""
    Y = np.column_stack([np.arange(4.0), OF_DIGITS])
    for y, name in ((OF_DIGITS, "y"), (OF_DIGITS.astype(float), "y"), (Y, "y1")):
        with pytest.warns(
            HassenetWarning, match=f"numbers of {name!r} are all dates, as 20190131, and are learned"
        ):
            NetworkRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0).fit(X, y)
    table = Table({"seen": np.tile(OF_DIGITS, 3), "x": np.arange(12.0)})
    with pytest.warns(HassenetWarning, match="numbers of 'seen' are all dates, as 20190131, and are learned"):
        Target.of(table, ("seen",), "regression")
    for other in (20190229, 20191301, 20190100, 18990101, 21000101, 20190131.5, 201901):
        amounts = np.append(OF_DIGITS, other)
        assert not are_dates_of_digits(amounts)
    assert not are_dates_of_digits(OF_DIGITS[:2])
    assert are_dates_of_digits(np.append(OF_DIGITS, np.nan))
    assert not are_dates_of_digits(np.array([np.nan]))
