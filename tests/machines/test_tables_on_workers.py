"""Tables of any columns, and sparse blocks, whose rows lie on workers are learned from as they are here."""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import Any

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

import hassenet as hn
from hassenet.data.known import Known
from hassenet.data.recognition import recognised
from hassenet.distributed import DaskHierarchyClassifier, DaskNetworkClassifier
from hassenet.distributed.cluster import Cluster
from hassenet.distributed.collections import taken
from hassenet.distributed.spread import Spread
from hassenet.distributed.tables import TableOnWorkers
from hassenet.distributed.tree import summed
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


@pytest.mark.parametrize(
    "beside", [{}, {"town": RNG.choice(["Bonn", "Rome"], M)}], ids=["alone", "beside text"]
)
def test_what_is_noted_of_columns_on_workers_is_what_is_noted_of_them_here(client: Any, beside: Any) -> None:
    dose = np.where(np.arange(M) < 2, -999.0, RNG.normal(50, 10, M))
    table = pd.DataFrame(
        {"dose": dose, "seen": 20190101 + np.arange(M) % 28, "age": RNG.normal(size=M), **beside}
    )
    found = []
    for kind, X in (
        (hn.NetworkClassifier, table),
        (DaskNetworkClassifier, dd.from_pandas(table, npartitions=3)),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            kind((), max_iter=1, random_state=0).fit(X, LABELS)
        found.append(
            [str(one.message) for one in caught if "dates" in str(one.message) or "-999" in str(one.message)]
        )
    assert found[0] == found[1]
    assert ["-999 in 2 rows of 'dose'" in note for note in found[0]] == [False, True]


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


KINDS = pd.DataFrame(
    {
        "town": RNG.choice([" Bonn", "Bonn ", "Rome", None, ""], M),
        "grade": pd.Categorical(RNG.choice(list("abc"), M), categories=list("abcd")),
        "code": RNG.choice(["001", "02", "7"], M),
        "spelled": RNG.choice(["1.5", "2", "-", "3,5"], M),
        "loss": RNG.choice(["(8.5)", "3", "4"], M),
        "seen": np.where(
            RNG.random(M) < 0.2, None, RNG.choice(["2020-01-31", "2021-05-01", "2021-05-02"], M)
        ),
        "at": pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 700, M), "D")).mask(
            RNG.random(M) < 0.2
        ),
        "truth": np.array([True, None, False] * (M // 3), object),
        "late": np.array([None] * 30 + [*"xyz"] * 10, object),
        "later": np.array([None] * 30 + [1.5, 2.5, 3.5] * 10, object),
        "mixed": np.array(["x", 7] * (M // 2), object),
        "parts": np.array(["x"] * 30 + [7] * 30, object),
        "word": [f"w{k}" for k in range(M)],
        "rare": [f"w{k // 2}" for k in range(M)],
        "same": "x",
        "empty": np.array([None] * M, object),
    }
)


@pytest.mark.filterwarnings("ignore:words that stand for nothing:hassenet.errors.HassenetWarning")
@pytest.mark.filterwarnings("ignore:numbers in parentheses:hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("rows", [None, np.arange(0, M, 3)], ids=["all", "some"])
def test_cells_that_are_counted_where_they_lie_tell_what_a_column_is_as_the_cells_do(rows: Any) -> None:
    there = divided(KINDS)
    for name in KINDS:
        for kinds in ({}, {name: "category"}):
            seen = [told(table, name, rows, kinds) for table in (KINDS[[name]], there)]
            assert seen[0] == seen[1], name


class Here:
    """A cluster whose calls are made at once."""

    def submit(self, function: Any, *arguments: Any) -> Any:
        return function(*arguments)

    def each(self, function: Any, items: Any, *rest: Any) -> Any:
        return [function(item, *rest) for item in items]

    def results(self, found: Any) -> Any:
        return found

    def total(self, found: Any, add: Any) -> Any:
        return summed(found, add)


def divided(table: pd.DataFrame) -> Any:
    """Return a table whose rows lie in three partitions, one of them short."""
    starts = np.array([0, 25, 31, M])
    parts = [table[start:end] for start, end in pairwise(starts)]
    types = tuple(map(str, table.dtypes))
    return TableOnWorkers(Here(), tuple(parts), Spread(starts), tuple(table.columns), types)


def told(table: Any, name: str, rows: Any, kinds: Any) -> Any:
    """Return what a column is, or why it is refused."""
    try:
        found = recognised(table, [name], rows, (), kinds)
        shares = {column: round(share, 12) for column, share in found.gaps.items()}
        return found._replace(gaps=shares, asked={})
    except hn.errors.FeatureError as error:
        return str(error)


def test_a_value_among_others_is_named_by_its_row_of_all() -> None:
    people = pd.DataFrame({"height": [f"1.{k}" for k in range(M - 1)] + ["tall"]})
    there = divided(people)
    told_here, told_there = (told(table, "height", None, {}) for table in (people, there))
    assert told_here == told_there
    assert "tall" in told_there
    assert f"row {M}" in told_there


def test_text_that_comes_from_the_workers_is_each_once() -> None:
    (towns,) = divided(pd.DataFrame({"town": ["a", "b"] * (M // 2)})).counted(["town"], np.arange(9))
    assert towns.cells.to_pylist() == ["a", "b"]
    assert (towns.times.tolist(), towns.learned.tolist()) == ([M // 2, M // 2], [5, 4])


def test_what_is_known_of_columns_does_not_depend_on_how_rows_are_divided() -> None:
    names, rows = ["age", "bmi", "smokes"], np.arange(0, M, 2)
    whole = Known.of(PEOPLE, names, rows)
    parts = Known.joined(
        [Known.of(PEOPLE[:20], names, rows[:10]), Known.of(PEOPLE[20:], names, rows[10:] - 20)]
    )
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)
