"""Settings are chosen on some rows of those on workers, and networks of them learn from all where these are."""

from __future__ import annotations

import pickle
import re
import warnings
from typing import Any

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from divided_rows import SEARCH, delayed, frame

import hassenet as hn
from hassenet.distributed import (
    DaskHierarchyClassifier,
    DaskHierarchyOrdinalClassifier,
    DaskHierarchyOutcomes,
    DaskHierarchyRegressor,
    DaskHierarchySurvival,
)
from hassenet.distributed.cluster import Cluster
from hassenet.errors import DataError, FeatureError, HassenetWarning, TargetError
from hassenet.estimators.chosen_elsewhere import first_in_turn
from hassenet.outcomes import Amount, Classes
from hassenet.penalties import Separate
from hassenet.schedules import OneCycle
from hassenet.selection import Setting

M, FEW = 200, 40
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, 3))
TABLE = pd.DataFrame(X, columns=["a", "b", "c"]).assign(
    town=RNG.choice(["Bonn", "Rome", None], M), a=np.where(RNG.random(M) < 0.1, np.nan, X[:, 0])
)
GRADES = np.digitize(X[:, 1], [-2.0, 0.5])  # of the lowest there are few
LABELS = np.array(["rare", "often", "seldom"])[GRADES]
WEIGHT = RNG.choice([0.0, 0.5, 2.0], M)
TIMES = pd.DataFrame({"time": RNG.exponential(np.exp(X[:, 1])) + 0.01, "event": RNG.random(M) < 0.7})
NUMBERS = pd.DataFrame({"h": X[:, 1], "k": np.where(RNG.random(M) < 0.4, np.nan, X[:, 2])})
KINDS = [
    DaskHierarchyClassifier,
    DaskHierarchyOrdinalClassifier,
    DaskHierarchyRegressor,
    DaskHierarchySurvival,
]
TARGETS: list[Any] = [LABELS, GRADES, NUMBERS, TIMES]


def two(values: Any) -> Any:
    """Return two partitions."""
    return delayed(values[: M // 2], values[M // 2 :])


@pytest.mark.parametrize(("kind", "y"), list(zip(KINDS, TARGETS, strict=True)))
def test_settings_of_few_rows_on_workers_are_those_of_a_fit_here_to_the_bit(
    client: Any, kind: Any, y: Any
) -> None:
    here = kind._kind(**SEARCH).fit(
        TABLE, y if isinstance(y, pd.DataFrame) else pd.Series(y, name="y"), WEIGHT
    )
    there = kind(**SEARCH).fit(frame(TABLE), frame(y), frame(WEIGHT))
    assert here.encoding_ == there.encoding_
    np.testing.assert_array_equal(there.to_local().predict(TABLE), here.predict(TABLE))
    for one, other in zip(here.ensemble_.networks, there.ensemble_.networks, strict=True):
        np.testing.assert_array_equal(one.theta, other.theta)


def test_times_of_which_a_partition_has_no_event_are_learned_as_they_are_here(
    client: Any, targets_stay: None
) -> None:
    times, options = TIMES.assign(event=TIMES["event"] & (np.arange(M) >= M // 2)), {"loss": "discrete_time"}
    with pytest.warns(HassenetWarning, match="were lost before, say nothing, and are left out"):
        here = hn.HierarchySurvival(**SEARCH, **options).fit(X, times)
    with pytest.warns(HassenetWarning, match="were lost before, say nothing, and are left out"):
        there = DaskHierarchySurvival(**SEARCH, **options).fit(two(X), two(times))
    np.testing.assert_array_equal(there.to_local().predict(X), here.predict(X))


@pytest.mark.parametrize("stays", [True, False])
def test_networks_of_settings_chosen_on_some_rows_go_on_from_those_of_a_fold_over_all(
    client: Any, many: int, monkeypatch: pytest.MonkeyPatch, stays: bool
) -> None:
    y = X[:, 1] * X[:, 0] > 0
    there = DaskHierarchyClassifier(**{**SEARCH, "settings": [Setting(0.1, neurons=1)]})
    there.fit(da.from_array(X, chunks=(80, 3)), da.from_array(y, chunks=80) if stays else y)
    rows = there.chosen_on_ if stays else np.flatnonzero(there.selection_.is_chosen_on)
    here = hn.HierarchyClassifier(**{**SEARCH, "settings": [Setting(0.1, neurons=1)]}).fit(X[rows], y[rows])
    assert len(rows) == FEW
    assert there.candidates_ == here.candidates_
    (net,) = there.ensemble_.networks
    start = here.ensemble_.networks[0]
    fit = hn.fit(
        start,
        here.model_.preparation(X).astype(np.float32),
        y,
        loss="binary_cross_entropy",
        penalty=Separate(hn.L2(0.1 * np.sqrt(FEW / M)), 0.001),
        optimizer=hn.Adam(OneCycle(0.01)),
        batch_size=M,
        epochs=3,
    )
    np.testing.assert_allclose(net.theta, fit.network.theta, atol=1e-5)
    assert there.model_.settings["settings chosen on rows"] == FEW
    assert (there.out_of_fold_.shape[0] == FEW) == stays


@pytest.mark.parametrize(
    ("kind", "y", "further"),
    [
        (DaskHierarchyClassifier, LABELS, {}),
        (DaskHierarchyOrdinalClassifier, LABELS, {"order": ["rare", "often", "seldom"]}),
        (DaskHierarchyRegressor, NUMBERS, {}),
        (DaskHierarchyRegressor, np.round(np.exp(X[:, 1])), {"likelihood": "poisson"}),
        (DaskHierarchySurvival, TIMES, {"loss": "discrete_time"}),
    ],
)
def test_targets_of_any_kind_stay_where_settings_are_chosen_on_some_of_them(
    client: Any, many: int, kind: Any, y: Any, further: Any
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HassenetWarning)
        there = kind(**SEARCH, **further).fit(two(X), two(y), two(WEIGHT))
    lost = np.count_nonzero(WEIGHT) - there.selection_.learned_from
    assert [str(one.message) for one in caught if f"; {lost} of " in str(one.message)] or not lost
    chosen = there.chosen_on_
    assert FEW - 1 <= len(chosen) < FEW + 6
    assert (WEIGHT[chosen] > 0).all()
    assert len(there.out_of_fold_) == len(chosen)
    assert lost < 5
    assert len(there.to_local().predict(X)) == M
    if y is LABELS:
        assert np.count_nonzero(LABELS[chosen] == "rare") >= 2
        assert set(there.classes_) == {"rare", "often", "seldom"}


@pytest.mark.parametrize("several", [False, True], ids=["one target", "several"])
def test_what_comes_to_the_client_to_choose_settings_does_not_grow_with_the_rows(
    client: Any, many: int, monkeypatch: pytest.MonkeyPatch, several: bool
) -> None:
    most: list[int] = []
    results = Cluster.results

    def noted(*asked: Any) -> Any:
        found = results(*asked)
        most.append(len(pickle.dumps(found)))
        return found

    monkeypatch.setattr(Cluster, "results", noted)
    each = []
    for m in (1_000, 8_000):
        most.clear()
        rows = da.from_array(np.resize(X, (m, 3)), chunks=(m // 2, 3))
        labels = da.from_array(np.resize(X[:, 0] > 0, m), chunks=m // 2)
        if several:
            both = da.from_array(np.resize(np.c_[X[:, 0], X[:, 1] > 0], (m, 2)), chunks=(m // 2, 2))
            there = DaskHierarchyOutcomes(outcomes=[Amount("kg"), Classes("ill", (0, 1))], **SEARCH)
            there.fit(rows, dd.from_dask_array(both, columns=["kg", "ill"]))
        else:
            DaskHierarchyClassifier(**SEARCH).fit(rows, labels)
        each.append(max(most))
    assert each[1] < each[0] + 200


@pytest.mark.parametrize("most", [0, np.inf], ids=["targets stay", "targets come"])
def test_categories_in_order_keep_it_on_workers(
    client: Any, many: int, monkeypatch: pytest.MonkeyPatch, most: float
) -> None:
    monkeypatch.setattr(DaskHierarchyOrdinalClassifier, "_most_here", most)
    grades = pd.Series(pd.Categorical(LABELS, ["seldom", "rare", "often"], ordered=True))
    there = DaskHierarchyOrdinalClassifier(**SEARCH).fit(two(X), two(grades))
    assert there.classes_.tolist() == ["seldom", "rare", "often"]


def test_rare_strata_come_from_the_first_parts_that_have_them() -> None:
    counts = RNG.integers(0, 3, (5, 4))
    each = first_in_turn(counts, 3)
    assert (each.sum(axis=0) == np.minimum(counts.sum(axis=0), 3)).all()
    assert ((each >= 0) & (each <= counts)).all()


@pytest.mark.parametrize(
    ("kind", "X", "y", "message"),
    [
        (DaskHierarchyClassifier, TABLE, np.r_[["once"], LABELS[1:]], "'once' has only 1 row"),
        (
            DaskHierarchyClassifier,
            TABLE,
            pd.Series(LABELS, dtype=object).mask(np.arange(M) % 100 == 70),
            "y has none in 2 rows of 200, first in row 3 of partition 1",
        ),
        (
            DaskHierarchyRegressor,
            TABLE,
            X[:, 0] * np.nan,
            "y has none in 200 rows of 200, first in row 0 of partition 0",
        ),
        (
            DaskHierarchyClassifier,
            TABLE,
            X[:, 0],
            "partition 0 and 2 more do not: Unknown label type: continuous",
        ),
        (
            DaskHierarchyClassifier,
            TABLE,
            pd.DataFrame({"y": LABELS, "z": LABELS}),
            "a row has one label here",
        ),
        (
            DaskHierarchySurvival,
            TABLE.assign(time=1.0),
            TIMES,
            "a target cannot be a feature, as it would predict",
        ),
    ],
)
def test_targets_that_no_setting_could_be_chosen_by_are_refused_by_their_partition(
    client: Any, many: int, kind: Any, X: Any, y: Any, message: str
) -> None:
    further = {"loss": "discrete_time"} if kind is DaskHierarchySurvival else {}
    with pytest.raises((DataError, FeatureError), match=re.escape(message)):
        kind(**SEARCH, **further).fit(frame(X[["b", *X.columns[4:]]]), frame(y))


def test_a_value_that_a_loss_does_not_take_is_refused_before_settings_are_chosen(
    client: Any, many: int
) -> None:
    counts = np.r_[np.ones(M - 2), 7.0, -1.0]
    with pytest.raises(TargetError, match="partition 1 do not: a Poisson target is a count"):
        DaskHierarchyRegressor(**SEARCH, likelihood="poisson").fit(two(X), two(counts))


def test_rows_without_any_target_are_left_out_on_workers_and_counted(client: Any, many: int) -> None:
    gaps = NUMBERS.copy()
    gaps[::50] = np.nan
    with pytest.warns(HassenetWarning, match="4 of 200 examples have none at all"):
        there = DaskHierarchyRegressor(**SEARCH).fit(two(X), two(gaps))
    assert not set(there.chosen_on_) & {0, 50, 100, 150}
