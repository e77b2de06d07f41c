"""Several targets of kinds of their own are learned from, predicted and scored where rows lie as they are here."""

from __future__ import annotations

import re
from typing import Any

import dask
import numpy as np
import pandas as pd
import pytest
from divided_rows import NETWORK, SEARCH, WEIGHT, M, X, array, delayed, frame

import hassenet as hn
from hassenet.distributed import DaskHierarchyOutcomes, DaskHierarchyRegressor, DaskNetworkRegressor
from hassenet.errors import (
    DataError,
    FeatureError,
    HassenetWarning,
    NotFiniteError,
    ParameterError,
    ShapeError,
    TargetError,
)
from hassenet.estimators import HierarchyOutcomes
from hassenet.likelihoods import CoxLoss, Joint
from hassenet.outcomes import (
    Amount,
    Classes,
    Count,
    HazardRatio,
    IntervalHazards,
    OffsetColumn,
    OrderedClasses,
    Outcomes,
)
from hassenet.penalties import Separate
from hassenet.schedules import OneCycle

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame(X, columns=["a", "b", "c"])
YEARS = RNG.uniform(0.5, 5, M)
TARGETS = pd.DataFrame(
    {
        "ill": np.where(RNG.random(M) < 0.2, None, np.where(X[:, 0] > 0, "yes", "no")).astype(object),
        "kg": np.where(RNG.random(M) < 0.3, np.nan, 70 + 5 * X[:, 1]),
        "visits": RNG.poisson(YEARS * np.exp(X[:, 2])).astype(float),
        "years": YEARS,
        "grade": np.digitize(X[:, 0], [-0.5, 0.5]),
        "months": RNG.exponential(np.exp(X[:, 1])) + 0.01,
        "died": np.where(np.arange(M) < 20, "alive", RNG.choice(["alive", "dead"], M)),
        "ward": np.repeat(["north", "south"], M // 2),
    }
)
EXPOSURE = OffsetColumn("years", is_exposure=True)
COUNTS = Outcomes((Classes("ill", ("no", "yes")), Amount("kg"), Count("visits", "poisson")), EXPOSURE)
INTERVALS = [IntervalHazards("months", "died", "dead", intervals=2), OrderedClasses("grade", (0, 1, 2))]
TIMES = [HazardRatio("months", "died", "dead"), Amount("kg")]
STRATA = [HazardRatio("months", "died", "dead", "ward", ("north", "south"))]
WITH_YEARS = TABLE.assign(years=YEARS)


def fitted(outcomes: Any, X: Any, y: Any, weight: Any = None, **further: Any) -> Any:
    return DaskHierarchyOutcomes(outcomes=outcomes, **{**SEARCH, **further}).fit(X, y, weight)


def counted_anew(table: pd.DataFrame) -> Any:
    """Return three partitions, the rows of each of which are counted from 0."""
    return delayed(*(table[start : start + 20].reset_index(drop=True) for start in (0, 20, 40)))


@pytest.fixture(scope="module")
def counts(client: Any) -> Any:
    """An estimator of a class, a number, and a count with an exposure, of rows on workers."""
    return fitted(COUNTS, frame(TABLE), frame(TARGETS))


@pytest.mark.parametrize(
    "outcomes", [COUNTS, INTERVALS, TIMES, STRATA], ids=["counts", "hazards", "times", "strata"]
)
def test_outcomes_of_few_rows_on_workers_are_those_of_a_fit_here_and_so_is_their_score(
    client: Any, targets_stay: None, outcomes: Any
) -> None:
    here = HierarchyOutcomes(outcomes=outcomes, **SEARCH).fit(TABLE, TARGETS, WEIGHT)
    there = fitted(outcomes, counted_anew(TABLE), counted_anew(TARGETS), frame(WEIGHT))
    for one, other in zip(here.ensemble_.networks, there.ensemble_.networks, strict=True):
        np.testing.assert_array_equal(one.theta, other.theta)
    assert repr(there.outcomes_) == repr(here.outcomes_)
    score = here.score(TABLE, TARGETS, WEIGHT)
    assert there.score(frame(TABLE), frame(TARGETS), frame(WEIGHT)) == pytest.approx(score)
    assert there.score(frame(TABLE), TARGETS, WEIGHT) == pytest.approx(score)
    assert there.score(TABLE, frame(TARGETS), WEIGHT) == score


def test_networks_of_outcomes_go_on_over_targets_gaps_and_exposures_that_stay(client: Any, many: int) -> None:
    there = fitted(COUNTS, frame(TABLE), frame(TARGETS), members=1)
    rows = there.chosen_on_
    here = HierarchyOutcomes(outcomes=COUNTS, **{**SEARCH, "members": 1}).fit(
        TABLE.iloc[rows], TARGETS.iloc[rows]
    )
    target = here._target(TARGETS)
    fit = hn.fit(
        here.ensemble_.networks[0],
        here.model_.prepare(X),
        target.encoded,
        loss=COUNTS.loss,
        offset=target.offset,
        penalty=Separate(hn.L2(0.1 * np.sqrt(len(rows) / M)), 0.001),
        optimizer=hn.Adam(OneCycle(0.01)),
        batch_size=M,
        epochs=3,
    )
    assert there.outcomes_ == here.outcomes_
    assert many <= len(rows) < M
    np.testing.assert_allclose(there.ensemble_.networks[0].theta, fit.network.theta, atol=1e-5)
    assert {len(column) for column in there.out_of_fold_.values()} == {len(rows)}


def test_predictions_of_several_targets_are_collections_by_their_names(counts: Any) -> None:
    expected = counts.to_local().predict(WITH_YEARS)
    for years in (YEARS, YEARS.astype(str)):
        found = counts.predict(frame(WITH_YEARS.assign(years=years)))
        assert {name: column.dtype for name, column in found.items()} == {
            name: column.dtype for name, column in expected.items()
        }
        (there,) = dask.compute(found)
        for name, column in expected.items():
            np.testing.assert_array_equal(there[name], column)
    empty, whole = counts.predict(delayed(WITH_YEARS[:9], WITH_YEARS[:0])), counts.predict(WITH_YEARS)
    np.testing.assert_array_equal(empty["kg"].compute(), expected["kg"][:9])
    np.testing.assert_array_equal(whole["kg"], expected["kg"])


@pytest.mark.parametrize(
    ("y", "weight", "message"),
    [
        (delayed(TARGETS), None, "X and y have the same partitions; X has 3, y has 1"),
        (TARGETS[:9], None, "there is one y an example, 60 of them; got the shape (9,)"),
        (
            delayed(TARGETS[:20], TARGETS[20:41], TARGETS[41:]),
            None,
            "those of partition 1 and 1 more do not: there is one target an example, 20",
        ),
        (
            frame(TARGETS.assign(visits=-1.0)),
            None,
            "those of partition 0 and 2 more do not: a count is a whole number",
        ),
        (frame(TARGETS), frame(-WEIGHT), "more do not: Negative values"),
        (frame(TARGETS), 0 * WEIGHT, "none of y has one that counts"),
        (array(X, 20), None, "the targets are columns of a table"),
    ],
    ids=["partitions", "few rows", "other rows", "no counts", "negative weights", "no weights", "no names"],
)
def test_what_cannot_be_scored_where_it_lies_is_refused(
    counts: Any, y: Any, weight: Any, message: str
) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        counts.score(frame(TABLE), y, weight)


def with_none_in_the_first_part(dtype: Any) -> Any:
    """Return weights of 1, that are missing in all of the first partition."""
    return made_there([None] * 20, [1.0] * 20, [1.0] * 20, dtype=dtype)


def made_there(*columns: list[Any], dtype: Any) -> Any:
    """Return columns that are made where they are asked for; of objects arrays, as Dask draws the size of a Series."""
    make = dask.delayed(np.array if dtype == "object" else pd.Series)
    return [make(column, dtype=dtype) for column in columns]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (
            with_none_in_the_first_part("float64"),
            "those of partition 0 do not: Input sample_weight contains NaN",
        ),
        (
            with_none_in_the_first_part("Float64"),
            "those of partition 0 do not: Input sample_weight contains NaN",
        ),
        (
            with_none_in_the_first_part("object"),
            "those of partition 0 do not: Input sample_weight contains NaN",
        ),
        (
            frame(np.full(M, np.nan)),
            "those of partition 0 and 2 more do not: Input sample_weight contains NaN",
        ),
        (
            delayed(np.zeros(7), np.ones(20), np.ones(20)),
            "0 do not: sample_weight.shape == (7,), expected (20,)",
        ),
        (frame(["two"] * M), "could not convert string to float: 'two'"),
        (np.array(2.0), "there is one sample_weight an example, 60 of them; got the shape ()"),
        (
            made_there(*[[frozenset()] * 20] * 3, dtype="object"),
            "a weight is a number; sample_weight holds others",
        ),
    ],
    ids=["NaN", "NA", "None", "nowhere", "another length", "text", "no axis", "objects"],
)
def test_weights_that_are_missing_or_others_than_numbers_on_workers_are_refused_and_no_absence(
    counts: Any, weight: Any, message: str
) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        counts.score(frame(TABLE), frame(TARGETS), weight)


@pytest.mark.parametrize("dtype", ["float64", "Float64", "object"])
@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (DaskHierarchyOutcomes(outcomes=[Amount("kg")], **SEARCH), TARGETS),
        (DaskHierarchyRegressor(**SEARCH), TARGETS["years"]),
        (DaskNetworkRegressor(**NETWORK), TARGETS["years"]),
    ],
    ids=["outcomes", "regressor", "network"],
)
def test_rows_whose_weights_are_missing_beside_targets_that_stay_are_refused_and_no_absence(
    client: Any, targets_stay: None, estimator: Any, y: Any, dtype: str
) -> None:
    weight = with_none_in_the_first_part(dtype)
    with pytest.raises(DataError, match="those of partition 0 do not: Input sample_weight contains NaN"):
        estimator.fit(frame(TABLE), frame(y), weight)


def test_an_event_that_ends_no_time_of_all_rows_is_refused_and_one_that_a_partition_has_suffices(
    client: Any, targets_stay: None
) -> None:
    there = fitted(INTERVALS, frame(TABLE), frame(TARGETS))
    here = there.to_local()
    for died in ("DEDD", np.where(np.arange(M) == 30, "dead", "DEDD")):
        months = TARGETS["months"].where(np.arange(M) != 30)
        y = TARGETS.assign(died=died, months=months)
        with pytest.raises(TargetError) as refused:
            here.score(TABLE, y)
        message = f"^{re.escape(str(refused.value))}$"
        for targets in (y, frame(y)):
            with pytest.raises(TargetError, match=message):
                there.score(frame(TABLE), targets)
        with pytest.raises(TargetError, match=message):
            fitted(INTERVALS, frame(TABLE), frame(y))
    some = TARGETS.assign(died=np.where(np.arange(M) < 50, "alive", "dead"))
    assert there.score(frame(TABLE), frame(some)) == pytest.approx(here.score(TABLE, some))


def test_rows_are_made_once_for_a_score_and_once_more_to_be_counted_beside_what_is_here(counts: Any) -> None:
    made: list[int] = []

    def part(p: int) -> pd.DataFrame:
        made.append(p)
        return TABLE[20 * p : 20 * p + 20]

    for y, weight, times in ((frame(TARGETS), None, 1), (TARGETS, None, 2), (TARGETS, WEIGHT, 2)):
        made.clear()
        with dask.config.set(scheduler="synchronous"):
            counts.score([dask.delayed(part, pure=False)(p) for p in range(3)], y, weight)
        assert sorted(made) == sorted([0, 1, 2] * times)


def test_a_row_that_cannot_be_predicted_is_named_with_its_partition(counts: Any) -> None:
    gap = WITH_YEARS.assign(years=np.where(np.arange(M) == 45, np.nan, YEARS))
    message = "those of partition 2 do not: an exposure is .* 'years' is missing in row 6"
    with pytest.raises(NotFiniteError, match=message):
        counts.predict(frame(gap))["kg"].compute(scheduler="synchronous")
    with pytest.raises(NotFiniteError, match=message):
        counts.score(frame(TABLE), frame(TARGETS.assign(years=gap["years"])))


def test_a_score_on_workers_takes_features_with_the_column_of_the_exposure_and_without(counts: Any) -> None:
    expected = counts.to_local().score(TABLE, TARGETS)
    for table in (TABLE, WITH_YEARS, WITH_YEARS.assign(years=1.0)):
        assert counts.score(frame(table), frame(TARGETS)) == pytest.approx(expected)
    with pytest.raises(
        DataError, match=r"partition 0 and 2 more do not: The feature names should match [^\n]*$"
    ):
        counts.score(frame(TABLE[["c", "a", "b"]]), frame(TARGETS))


def test_a_score_on_workers_without_targets_is_refused(counts: Any) -> None:
    with pytest.raises(ShapeError, match="a score compares predictions with targets; y is None"):
        counts.score(frame(TABLE), None)


def test_partitions_without_a_row_or_a_target_that_counts_have_no_part_in_a_score(counts: Any) -> None:
    y = TARGETS.copy()
    y.loc[:19, ["ill", "kg", "visits"]] = None
    rows, targets = delayed(TABLE[:0], TABLE[:20], TABLE[20:]), delayed(y[:0], y[:20], y[20:])
    for weight in (None, 2.0):
        assert counts.score(rows, targets, weight) == pytest.approx(
            counts.to_local().score(TABLE[20:], y[20:])
        )


@pytest.mark.parametrize("most", [np.inf, 0], ids=["targets come", "targets stay"])
@pytest.mark.parametrize(
    ("outcomes", "y", "message"),
    [
        (None, TARGETS, "targets of any kinds are named by outcomes=…"),
        ([Amount("lb")], TARGETS, "there is no 'lb'"),
        ([Classes("ill", ("no", "maybe"))], TARGETS, "the table also has 'yes'"),
        ([Amount("a")], TARGETS.assign(a=1.0), "a target cannot be a feature"),
        (
            [Amount("kg"), Count("visits")],
            TARGETS.assign(kg=np.nan),
            "'kg' is empty in every row to learn from",
        ),
        ([Amount("kg")], TARGETS.assign(kg="5 mg"), "write the unit, 'mg', into the column's name"),
        (COUNTS, TARGETS.assign(years=np.r_[np.ones(59), 0]), "an exposure is a finite number above 0"),
        (
            INTERVALS,
            TARGETS.assign(died="alive"),
            "ends with an event|the event of 'died' is the cell 'dead'",
        ),
        ([Amount("kg")], pd.concat([TARGETS, TARGETS["kg"]], axis=1), "y repeats 'kg'"),
    ],
    ids=["none", "column", "class", "feature", "empty", "unit", "exposure", "events", "doubled"],
)
def test_outcomes_that_cannot_be_learned_are_refused_wherever_they_are(
    client: Any, monkeypatch: pytest.MonkeyPatch, most: float, outcomes: Any, y: Any, message: str
) -> None:
    monkeypatch.setattr(DaskHierarchyOutcomes, "_most_here", most)
    with pytest.raises(
        (DataError, FeatureError, ParameterError), match="|".join(map(re.escape, message.split("|")))
    ):
        fitted(outcomes, frame(TABLE), delayed(y[:20], y[20:40], y[40:]))


def test_numbers_in_text_are_learned_on_workers_if_no_partition_could_mean_others(
    client: Any, targets_stay: None
) -> None:
    plain = TARGETS.assign(kg=[f"{x:.2f}" for x in X[:, 1]])
    with_marks = TARGETS.assign(kg=["1,5"] * 20 + ["1,250"] * 40)
    here = HierarchyOutcomes(outcomes=[Amount("kg")], **SEARCH).fit(TABLE, plain)
    there = fitted([Amount("kg")], frame(TABLE), frame(plain))
    np.testing.assert_array_equal(there.to_local().predict(TABLE), here.predict(TABLE))
    with pytest.raises(DataError, match="how numbers are spelled all rows say"):
        fitted([Amount("kg")], frame(TABLE), frame(with_marks))
    for words in ("-", "(5.1)"):
        with pytest.raises(DataError, match="'kg' holds others, or words"):
            fitted([Amount("kg")], frame(TABLE), frame(plain.assign(kg=[words, *plain["kg"][1:]])))


def test_a_target_without_names_and_an_exposure_beside_targets_are_refused(client: Any, counts: Any) -> None:
    with pytest.raises(ShapeError, match="the targets are columns of a table"):
        fitted([Amount("kg")], array(X), array(X[:, 0]))
    with pytest.raises(
        ParameterError, match=re.escape("DaskHierarchyOutcomes(outcomes=Outcomes(…, OffsetColumn")
    ):
        counts.score(frame(TABLE), frame(TARGETS), exposure=frame(TARGETS)["years"])
    with pytest.raises(FeatureError, match="an exposure is one column of the table, 'years'"):
        counts.predict(frame(TABLE))


def test_rows_without_any_of_several_targets_are_counted_once(client: Any, many: int) -> None:
    gaps = TARGETS.copy()
    gaps.loc[::20, ["ill", "kg", "visits"]] = None
    with pytest.warns(HassenetWarning, match="3 of 60 examples have none at all"):
        there = fitted(COUNTS, frame(TABLE), frame(gaps))
    assert not set(there.chosen_on_) & {0, 20, 40}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_times_among_other_targets_come_to_the_client_and_networks_go_on_over_all_rows(
    client: Any, many: int
) -> None:
    chosen = fitted(TIMES, frame(TABLE), frame(TARGETS))
    assert (chosen.selection_.is_chosen_on.sum() < M, chosen.selection_.learned_from) == (True, M)
    order = np.where(RNG.random(M) < 0.6, 1.0, -1.0) * (np.arange(M) + 1)
    loss, Y = Joint({"months": CoxLoss(), "kg": "squared_error"}), np.column_stack([order, X[:, 1]])
    here = hn.NetworkRegressor(loss, dtype="float64", **NETWORK).fit(X, Y)
    there = DaskNetworkRegressor(loss, dtype="float64", **NETWORK).fit(array(X), array(Y))
    np.testing.assert_allclose(there.network_.theta, here.network_.theta, atol=1e-9)


def test_several_losses_of_one_network_stay_on_workers_with_their_targets(
    client: Any, targets_stay: None
) -> None:
    loss, Y = (
        Joint({"ill": "binary_cross_entropy", "kg": "squared_error"}),
        np.column_stack([X[:, 0] > 0, X[:, 1]]),
    )
    options = {**NETWORK, "max_iter": 50, "tol": 1.0, "dtype": "float64"}
    here = hn.NetworkRegressor(loss, **options).fit(X, Y)
    there = DaskNetworkRegressor(loss, **options).fit(array(X), array(Y))
    np.testing.assert_allclose(there.network_.theta, here.network_.theta, atol=1e-9)
