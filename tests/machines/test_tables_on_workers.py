"""Tables of any columns, and sparse blocks, whose rows lie on workers are learned from as they are here."""

from __future__ import annotations

from typing import Any

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

import hassenet as hn
from hassenet.data.known import Known
from hassenet.distributed import DaskHierarchyClassifier, DaskNetworkClassifier
from hassenet.distributed.cluster import Cluster
from hassenet.distributed.collections import taken
from hassenet.selection import Setting

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings(
        "ignore:columns from which nothing is learned:hassenet.errors.HassenetWarning"
    ),
]

M = 60
RNG = np.random.default_rng(0)
PEOPLE = pd.DataFrame(
    {
        "age": RNG.normal(50, 10, M),
        "town": RNG.choice(["Bonn", "Rome", "Oslo", None], M),
        "visits": RNG.integers(0, 5, M),
        "seen": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 700, M), "D"),
        "smokes": RNG.random(M) < 0.4,
        "bmi": np.where(RNG.random(M) < 0.2, np.nan, RNG.normal(25, 3, M)),
        "grade": pd.Categorical(RNG.choice(list("abc"), M), categories=list("abcd")),
        "site": 1.0,
        "id": np.arange(M),
        "mixed": np.array(["x"] * 20 + [7] * 40, object),
    }
)
PEOPLE.loc[:20, "grade"] = np.nan  # in the first partition there is none
LABELS = np.where(np.nan_to_num(PEOPLE["bmi"]) + 5 * PEOPLE["visits"] > 30, "ill", "well")
WEIGHT = RNG.choice([0.0, 0.5, 2.0], M)
SPARSE = csr_matrix(np.where(RNG.random((M, 4)) < [0.9, 0.3, 0.2, 0.1], RNG.normal(size=(M, 4)), 0.0))


def difference(one: Any, other: Any) -> float:
    return float(np.abs(one.network_.theta - other.network_.theta).max())


def test_columns_of_a_table_on_workers_are_recognised_and_encoded_as_they_are_here(client: Any) -> None:
    options = {"hidden_layer_sizes": (2,), "max_iter": 2, "random_state": 0, "early_stopping": True}
    options |= {"covariates": ["age"], "column_kinds": {"visits": "category"}}
    here = hn.NetworkClassifier(**options).fit(PEOPLE, LABELS, WEIGHT)
    people = dd.from_pandas(PEOPLE, npartitions=3)
    there = DaskNetworkClassifier(**options).fit(people, LABELS, WEIGHT)
    assert here.encoding_ == there.encoding_
    assert {"bmi is missing", "grade=c", "town=Oslo", "seen: month", "smokes"} <= set(here.encoding_.features)
    assert {"site", "id"}.isdisjoint(here.encoding_.features)
    assert difference(here, there) < 1e-12
    assert there.predict(people).compute().tolist() == there.to_local().predict(PEOPLE).tolist()


def test_dates_and_truths_and_numbers_that_are_spelled_are_predicted_on_workers_as_here(client: Any) -> None:
    spelled = PEOPLE[["age"]].assign(
        day=PEOPLE["seen"].dt.strftime("%Y-%m-%d"),
        truth=np.where(PEOPLE["smokes"], "yes", "no"),
        code=[f"00{k % 3}" for k in range(M)],
        own=np.array([True, None, False] * (M // 3), object),
    )
    people = dd.from_pandas(spelled, npartitions=3)
    there = DaskNetworkClassifier((2,), max_iter=2, random_state=0).fit(people, LABELS)
    expected = there.to_local().predict_proba(spelled)
    np.testing.assert_array_equal(there.predict_proba(people).compute(), expected)


def test_gaps_among_numbers_on_workers_are_features_as_they_are_here(client: Any) -> None:
    options = {"folds": 2, "members": 2, "settings": [Setting(0.1)], "steps": 3, "random_state": 0}
    numbers = PEOPLE[["age", "bmi"]]
    here = hn.HierarchyClassifier(**options).fit(numbers, LABELS)
    there = DaskHierarchyClassifier(**options).fit(dd.from_pandas(numbers, npartitions=2), LABELS)
    assert here.encoding_ == there.encoding_
    np.testing.assert_array_equal(here.out_of_fold_, there.out_of_fold_)


def test_sparse_blocks_stay_sparse_on_workers_and_are_learned_from_as_they_are_here(client: Any) -> None:
    blocks = da.from_array(SPARSE.toarray(), chunks=(25, 4)).map_blocks(csr_matrix)
    rows = taken(Cluster.of(), blocks, LABELS, None).X
    some = rows[np.array([50, 3])][:, [2, 0]]
    assert {type(future.result()).__name__ for future in rows.futures} == {"csr_array"}
    assert (some.brought().toarray() == SPARSE[[50, 3]][:, [2, 0]].toarray()).all()
    np.testing.assert_array_equal(rows.bounds, [SPARSE.toarray().min(axis=0), SPARSE.toarray().max(axis=0)])
    options = {"hidden_layer_sizes": (2,), "max_iter": 2, "random_state": 0}
    here, there = hn.NetworkClassifier(**options), DaskNetworkClassifier(**options)
    assert difference(here.fit(SPARSE, LABELS, WEIGHT), there.fit(blocks, LABELS, WEIGHT)) < 1e-12


def test_sparse_columns_are_filled_and_scaled_on_workers_as_they_are_here(client: Any) -> None:
    gaps = SPARSE.copy()
    gaps.data[[0, 9]] = np.nan
    options = {"folds": 2, "members": 2, "settings": [Setting(0.1)], "steps": 3, "random_state": 0}
    frame = pd.DataFrame.sparse.from_spmatrix(gaps, columns=list("abcd"))
    here = hn.HierarchyClassifier(**options).fit(gaps, LABELS)
    there = DaskHierarchyClassifier(**options).fit(dd.from_pandas(frame, npartitions=2), LABELS)
    assert here.model_.steps[0] == there.model_.steps[0]
    np.testing.assert_array_equal(here.out_of_fold_, there.out_of_fold_)


def test_columns_that_are_sparse_beside_gaps_are_read_as_columns_with_gaps(client: Any) -> None:
    gaps = PEOPLE[["age", "bmi"]]
    sparse = dd.from_pandas(gaps.astype(pd.SparseDtype("float64", np.nan)), npartitions=2)
    options = {"hidden_layer_sizes": (2,), "max_iter": 2, "random_state": 0}
    options |= {"column_kinds": {"age": "number"}}
    there, here = DaskNetworkClassifier(**options), hn.NetworkClassifier(**options)
    assert there.fit(sparse, LABELS).encoding_ == here.fit(gaps, LABELS).encoding_


def test_an_array_of_text_is_refused(client: Any) -> None:
    with pytest.raises(hn.errors.FeatureError, match="X is one of object; make a table of it"):
        DaskNetworkClassifier((2,)).fit(
            da.from_array(np.array([["a"], ["b"]], object), chunks=1), ["ill", "well"]
        )


def test_what_is_known_of_columns_does_not_depend_on_how_rows_are_divided() -> None:
    names, rows = ["age", "bmi", "smokes"], np.arange(0, M, 2)
    whole = Known.of(PEOPLE, names, rows)
    parts = Known.joined(
        [Known.of(PEOPLE[:20], names, rows[:10]), Known.of(PEOPLE[20:], names, rows[10:] - 20)]
    )
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)
