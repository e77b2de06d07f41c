"""Targets of large tables stay on the workers: what comes to the client does not grow with the rows."""

from __future__ import annotations

import pickle
import re
import warnings
from typing import Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest
from divided_rows import NETWORK, SEARCH, WEIGHT, M, X, array, frame

import hassenet as hn
from hassenet.distributed import DaskNetworkClassifier, DaskNetworkRegressor
from hassenet.distributed.cluster import Cluster
from hassenet.distributed.drawn import Drawn, evenly, in_turn
from hassenet.errors import DataError, HassenetWarning, ParameterError, TargetError, TargetWarning
from hassenet.estimators.learned_elsewhere import shared_out

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.usefixtures("targets_stay"),
]

RNG = np.random.default_rng(0)
LABELS = np.array(["blue", "green", "red"])[np.digitize(X @ [1.0, -1.0, 0.5], [-0.5, 0.5])]
GAPS = np.where(RNG.random((M, 2)) < 0.3, np.nan, X[:, :2])
SIZES = np.array([25, 25, 10])


def options(**further: Any) -> Any:
    return {**NETWORK, **further}


def difference(one: Any, other: Any) -> float:
    return float(np.abs(one.network_.theta - other.network_.theta).max())


def test_a_network_does_not_begin_anew_in_silence_where_it_was_to_go_on(client: Any) -> None:
    there = DaskNetworkClassifier(**options(warm_start=True)).fit(array(X), array(LABELS))
    with pytest.raises(ParameterError, match="fit with warm_start=False"):
        there.fit(array(X), array(LABELS))


@pytest.mark.parametrize(
    ("y", "weight", "further"),
    [
        (LABELS, WEIGHT, {"class_weight": "balanced", "engine": "reference"}),
        (X[:, 0] > 0, None, {"class_weight": {False: 3.0}}),
        ((X > 0).astype(int), None, {"class_weight": "balanced"}),
        (np.where(X < -1, np.nan, X > 0), WEIGHT, {}),
    ],
    ids=["text", "truths", "several labels", "labels with gaps"],
)
def test_labels_that_stay_train_the_network_that_labels_here_do(
    client: Any, y: Any, weight: Any, further: Any
) -> None:
    further = options(**further)
    here = hn.NetworkClassifier(**further).fit(X, y, weight)
    there = DaskNetworkClassifier(**further).fit(
        array(X), array(y), None if weight is None else array(weight)
    )
    assert difference(here, there) < 1e-12
    assert there.loss_ == pytest.approx(here.loss_, abs=1e-12)
    assert there.classes_.tolist() == here.classes_.tolist()


@pytest.mark.filterwarnings("ignore:NaN in Y:hassenet.errors.HassenetWarning")
def test_tables_of_numbers_that_stay_train_the_network_that_tables_here_do(client: Any) -> None:
    table, numbers = pd.DataFrame(X, columns=list("abc")), pd.DataFrame(GAPS, columns=["height", "weight"])
    here = hn.NetworkRegressor(**options()).fit(table, numbers, WEIGHT)
    there = DaskNetworkRegressor(**options()).fit(*map(frame, (table, numbers)), WEIGHT)
    assert difference(here, there) < 1e-12
    assert there.hierarchy_.ranks[-1] == here.hierarchy_.ranks[-1] == ("height", "weight")
    assert there.feature_names_in_.tolist() == ["a", "b", "c"]


def test_steps_take_batches_of_which_each_partition_has_its_share(client: Any) -> None:
    further = options(solver="adam", max_iter=1, batch_size=20)
    order = Drawn(SIZES, evenly, (int(np.random.RandomState(0).randint(2**31 - 1)), 0), 0, M)
    batches = np.concatenate([np.asarray(order[k : k + 20]) for k in range(0, M, 20)])
    here = hn.NetworkClassifier(**further, shuffle=False).fit(X[batches], LABELS[batches])
    there = DaskNetworkClassifier(**further).fit(array(X), array(LABELS))
    assert difference(here, there) < 1e-12


def test_examples_that_are_taken_in_turn_are_dropped_out_as_they_are_here(client: Any) -> None:
    further = options(solver="sgd", batch_size=20, shuffle=False, dropout=0.2)
    here = hn.NetworkClassifier(**further).fit(X, LABELS)
    assert difference(here, DaskNetworkClassifier(**further).fit(array(X), array(LABELS))) < 1e-12


@pytest.mark.parametrize("shared", [evenly, in_turn])
@pytest.mark.parametrize("sizes", [[25, 25, 10], [1, 40, 3, 3], [7]])
def test_batches_are_all_examples_each_once_whatever_their_size(shared: Any, sizes: Any) -> None:
    order = Drawn(np.array(sizes), shared, (0, 0), 0, sum(sizes))
    for size in (1, 4, 100):
        batches = [order[k : k + size] for k in range(0, len(order), size)]
        assert [sum(own.stop - own.start for own in batch) for batch in batches] == list(map(len, batches))
        assert sorted(np.concatenate([np.asarray(batch) for batch in batches])) == list(range(sum(sizes)))


def test_a_share_of_each_class_is_set_aside_where_the_rows_are(
    client: Any,
) -> None:
    further = options(solver="adam", early_stopping=True, validation_fraction=0.2, batch_size=30)
    one = DaskNetworkClassifier(**further).fit(array(X), array(LABELS))
    aside = sum(round(0.2 * n) for n in np.unique(LABELS, return_counts=True)[1])
    scores = np.array(one.validation_scores_) * aside
    np.testing.assert_allclose(scores, np.round(scores), atol=1e-9)
    assert one.t_ == 2 * (M - aside)


def test_what_is_set_aside_of_each_class_is_spread_over_the_partitions() -> None:
    counts = RNG.integers(0, 9, (5, 3))
    wanted = counts.sum(axis=0) // 3
    each = shared_out(counts, wanted)
    assert each.sum(axis=0).tolist() == wanted.tolist()
    assert ((each >= 0) & (each <= counts)).all()


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the bytes of all that comes to the client."""
    found: list[int] = []
    result, results = Cluster.result, Cluster.results

    def noted(value: Any) -> Any:
        found.append(len(pickle.dumps(value)))
        return value

    monkeypatch.setattr(Cluster, "result", lambda *each: noted(result(*each)))
    monkeypatch.setattr(Cluster, "results", lambda *each: noted(results(*each)))
    return found


@pytest.mark.parametrize("solver", ["lbfgs", "adam"])
def test_what_comes_to_the_client_does_not_grow_with_the_rows(
    client: Any, brought: list[int], solver: str
) -> None:
    each = []
    for m in (1_000, 10_000):
        rows = da.from_array(np.resize(X, (m, 3)), chunks=(m // 2, 3))
        labels = da.from_array(np.resize(LABELS, m), chunks=m // 2)
        brought.clear()
        DaskNetworkClassifier(**options(solver=solver, batch_size=m // 2)).fit(rows, labels)
        each.append(max(brought))
    assert each[1] < each[0] + 100


def test_a_class_that_partitions_do_not_have_and_one_of_no_rows_that_count_are_learned(client: Any) -> None:
    y = np.array(["a"] * 25 + ["bb"] * 35)
    blocks = da.from_array(np.arange(M), chunks=25).map_blocks(
        lambda rows: np.array(y[rows].tolist()), dtype="U2"
    )
    weight = np.r_[np.ones(50), np.zeros(10)]
    there = DaskNetworkClassifier(**options()).fit(array(X), blocks, weight)
    assert there.classes_.tolist() == ["a", "bb"]
    assert difference(hn.NetworkClassifier(**options()).fit(X[:50], y[:50]), there) < 1e-12


def test_gaps_are_filled_as_the_rows_that_are_learned_from_say(client: Any) -> None:
    table = pd.DataFrame(
        {"age": np.where(np.arange(M) % 4, X[:, 0], np.nan), "town": RNG.choice(["Bonn", "Rome"], M)}
    )
    further = options(solver="adam", early_stopping=True, validation_fraction=0.5)
    there = DaskNetworkClassifier(**further).fit(frame(table), frame(LABELS))
    place = there.encoding_.features.index("age")
    assert there.encoding_.values[place] in table["age"].to_numpy()
    assert there.predict(table).shape == (M,)


def test_targets_that_stay_are_refused_by_their_partition(client: Any) -> None:
    labels = LABELS.astype(object)
    labels[[40, 55]] = None
    with pytest.raises(
        DataError,
        match="each example has its target; y has none in 2 rows of 60, first in row 15 of partition 1",
    ):
        DaskNetworkClassifier(**options()).fit(array(X), array(labels))
    with pytest.raises(
        DataError, match=re.escape("partition 0 and 2 more do not: Unknown label type: continuous")
    ):
        DaskNetworkClassifier(**options()).fit(array(X), array(X[:, 0]))
    with pytest.raises(DataError, match="partition 0 and 2 more do not: Negative values"):
        DaskNetworkRegressor(**options()).fit(array(X), array(X[:, 0]), array(-WEIGHT))
    with pytest.raises(TargetError, match="of no row of X both are so"):
        DaskNetworkRegressor(**options()).fit(array(X), array(X[:, 0]), array(0 * WEIGHT))
    with pytest.raises(TargetError, match="partition 0 and 2 more do not: a Poisson target"):
        DaskNetworkRegressor("poisson", **options()).fit(array(X), array(X[:, 0]))


@pytest.mark.parametrize("few", [False, True], ids=["many", "few"])
@pytest.mark.parametrize(("first", "last"), [("a", 1), ("1", 1), (1, "a")], ids=repr)
def test_labels_that_are_text_in_one_partition_and_numbers_in_another_are_refused(
    client: Any, first: Any, last: Any, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    y = array(np.array([first, "b" if isinstance(first, str) else 2] * 20 + [last] * 20, object), 20)
    message = f"y holds {first!r} elsewhere, and here {last!r}; make text of them"
    if few:
        monkeypatch.setattr(DaskNetworkClassifier, "_most_here", 100)
        message = f"y holds {first!r} in row 0 and {last!r} in row 40; make text of them"
    else:
        with pytest.raises(DataError, match=f"those of partition 2 do not: .* {re.escape(message)}"):
            hn.distributed.DaskHierarchyClassifier(**SEARCH).fit(array(X, 20), y)
    with pytest.raises(DataError, match=re.escape(message)):
        DaskNetworkClassifier(**options()).fit(array(X, 20), y)


def test_targets_that_stay_and_are_missing_are_counted(client: Any) -> None:
    with pytest.warns(HassenetWarning, match=f"{np.isnan(GAPS).all(axis=1).sum()} of 60 examples have none"):
        DaskNetworkRegressor(**options()).fit(array(X), array(GAPS))


def test_too_few_rows_to_set_aside_of_a_class_are_refused(client: Any) -> None:
    further = options(solver="adam", early_stopping=True)
    with pytest.raises(TargetError, match=r"only 1 member: 'red'"):
        DaskNetworkClassifier(**further).fit(array(X), array(np.r_[["red"], ["blue"] * 59]))
    with pytest.raises(ParameterError, match="validation set is too small"):
        DaskNetworkRegressor(**further, validation_fraction=0.001).fit(array(X), array(X[:, 0]))


CODED = np.where(np.arange(M) % 20 < 2, -999.0, X[:, 0])  # in each of three partitions
CLASSES = np.where(np.arange(M) % 20 < 2, -9, np.arange(M) % 2 + 1)


@pytest.mark.parametrize(
    ("kind", "y", "further"),
    [
        ("NetworkRegressor", pd.DataFrame({"dose": CODED, "seen": 20190101 + np.arange(M) % 28}), options()),
        ("NetworkClassifier", pd.Series(CLASSES), options()),
        ("NetworkClassifier", pd.Series(np.where(CLASSES < 0, "Red", LABELS)), options()),
        ("HierarchyRegressor", pd.Series(CODED, name="dose"), SEARCH),
        ("HierarchyClassifier", pd.Series(CLASSES), SEARCH),
        ("HierarchyOrdinalClassifier", pd.Series(CLASSES, name="grade"), {**SEARCH, "order": [-9, 1, 2]}),
    ],
)
def test_targets_that_stay_are_noted_once_and_by_all_rows(
    client: Any, kind: str, y: Any, further: Any
) -> None:
    here, there = getattr(hn, kind), getattr(hn.distributed, f"Dask{kind}")
    found = []
    for one, given in (
        (here, (X, y)),
        (there, (array(X, 20), frame(y))),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            one(**further).fit(*given)
        found.append([str(note.message) for note in caught if note.category is TargetWarning])
    assert found[0] == found[1]
    assert any(words in found[0][0] for words in ("in 6 rows", "in capitals alone: 'Red' and 'red'"))
