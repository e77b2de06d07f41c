"""What cannot be trained on is refused before any training, by the partition or the worker that is at fault."""

from __future__ import annotations

import re
from typing import Any

import dask
import dask.array as da
import dask.bag as db
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster, Worker
from distributed.comm import CommClosedError
from scipy.sparse import csr_array

from hassenet.distributed import DaskNetworkClassifier, DaskNetworkRegressor, admission, cluster
from hassenet.distributed.collections import brought
from hassenet.distributed.predicting import lazily
from hassenet.errors import (
    DataError,
    FeatureError,
    HassenetError,
    HassenetWarning,
    NotFiniteError,
    ParameterError,
    ShapeError,
)

WHOLE = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 7.0]})
Y = np.arange(6.0)


def table(second: pd.DataFrame, first: pd.DataFrame = WHOLE) -> Any:
    """Return a table of two partitions, whatever they are."""
    parts = [dask.delayed(part) for part in (first, second)]
    return dd.from_delayed(parts, meta=WHOLE.iloc[:0], verify_meta=False)


def in_order(categories: list[int]) -> pd.DataFrame:
    """Return rows of categories that have an order."""
    return WHOLE.assign(a=pd.Categorical([1, 2, 3], categories, ordered=True))


@pytest.mark.parametrize(
    ("second", "kind", "message"),
    [
        (WHOLE.iloc[:0], ShapeError, "partition 1 of X has none"),
        (WHOLE[["b", "a"]], FeatureError, "partition 1 has ('b', 'a'), partition 0 ('a', 'b')"),
        (WHOLE.rename(columns={"b": "c"}), FeatureError, "partition 1 has also 'c', but not 'b'"),
        (WHOLE.astype({"b": "int64"}), DataError, "in partition 1 'b' is int64, in partition 0 float64"),
        (WHOLE.astype({"a": "str"}), DataError, "in partition 1 'a' is"),
        (in_order([2, 1, 3]), DataError, "'a' is category (2 < 1 < 3), in partition 0 category (1 < 2 < 3)"),
    ],
    ids=["no rows", "another order", "other columns", "whole numbers", "text", "another order of categories"],
)
def test_a_partition_that_is_not_like_the_first_is_named(
    client: Any, second: pd.DataFrame, kind: type[Exception], message: str
) -> None:
    first = in_order([1, 2, 3]) if second["a"].dtype == "category" else WHOLE
    with pytest.raises(kind, match=re.escape(message)):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(table(second, first), Y)


@pytest.mark.parametrize("what", ["X", "y", "sample_weight"])
def test_masked_values_on_workers_are_refused_and_no_data(client: Any, what: str) -> None:
    masked = np.ma.masked_greater(Y, 4)
    given = {"X": Y[:, None], "y": Y, "sample_weight": Y + 1}
    given[what] = masked[:, None] if what == "X" else masked
    parts = {name: [dask.delayed(values[:3]), dask.delayed(values[3:])] for name, values in given.items()}
    with pytest.raises(DataError, match=f"{what} has masked values, first in partition 1"):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(**parts)
    with pytest.raises(DataError, match=f"{what} has masked values"):
        brought(what, parts[what])


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (Y.tolist(), "partition 0 of {} is of the type builtins.list"),
        (pa.table({"a": Y}), "partition 0 of {} is of the type pyarrow.Table"),
        (None, "partition 0 of {} is of the type builtins.NoneType"),
        (Y.reshape(6, 1, 1), "{} has 3 axes; reshape it"),
    ],
    ids=["list", "Arrow", "nothing", "axes"],
)
@pytest.mark.parametrize("what", ["X", "y", "sample_weight"])
def test_a_partition_that_holds_no_rows_of_numbers_or_cells_is_refused_by_its_type(
    client: Any, part: Any, message: str, what: str
) -> None:
    given = {"X": Y[:, None], "y": Y, "sample_weight": Y + 1} | {what: part}
    parts = {name: [dask.delayed(values)] for name, values in given.items()}
    with pytest.raises(ShapeError, match=re.escape(message.format(what))):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(**parts)


def test_features_without_columns_mixed_blocks_and_bags_are_refused(client: Any) -> None:
    estimator = DaskNetworkRegressor(hidden_layer_sizes=(2,))
    with pytest.raises(ShapeError, match="features have a column each; X has none"):
        estimator.fit([dask.delayed(np.empty((6, 0)))], Y)
    mixed = [dask.delayed(csr_array(Y[:3, None])), dask.delayed(Y[3:, None])]
    with pytest.raises(DataError, match=re.escape("it is float64, in partition 0 Sparse[float64, 0]")):
        estimator.fit(mixed, Y)
    bag = db.from_sequence(Y.tolist(), npartitions=2)
    for call in (estimator.fit, lambda X, _y: lazily(estimator, "predict", X)):
        with pytest.raises(ParameterError, match="got a Bag, of objects; make it a DataFrame"):
            call(bag, Y)
    with pytest.raises(ParameterError, match="got a Bag, of objects"):
        estimator.fit([dask.delayed(Y[:, None])], bag)


def test_columns_of_one_name_on_workers_are_refused(client: Any) -> None:
    twice = [dask.delayed(WHOLE.rename(columns={"b": "a"})) for _ in range(2)]
    with pytest.raises(FeatureError, match="a column has its own name; X repeats 'a'"):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(twice, Y)
    with pytest.raises(FeatureError, match="a column has its own name; y repeats 'a'"):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(table(WHOLE), twice)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (da.from_array(Y, chunks=2), "X has 2, y has 3"),
        (da.from_array(Y, chunks=(4, 2)), "in partition 0 X has 3 rows, y 4"),
    ],
    ids=["three partitions", "other rows"],
)
def test_targets_have_the_partitions_of_the_features(client: Any, y: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=re.escape(message)):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(table(WHOLE), y)


def test_labels_of_text_that_are_missing_are_counted(client: Any) -> None:
    y = dd.from_pandas(pd.Series(["ill", "well", "ill", "well", None, "ill"], dtype="string"), npartitions=2)
    with pytest.raises(DataError, match="y has none in 1 row of 6, first in row 4"):
        DaskNetworkClassifier(hidden_layer_sizes=(2,)).fit(table(WHOLE), y)


def test_gaps_and_infinite_numbers_on_workers_are_refused_by_their_column(client: Any) -> None:
    with pytest.raises(NotFiniteError, match="gaps are in 'b'"):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(table(WHOLE.assign(b=[1.0, np.nan, 2.0])), Y)
    with pytest.raises(NotFiniteError, match="others are in 'b'"):
        DaskNetworkRegressor(hidden_layer_sizes=(2,), random_state=0).fit(
            table(WHOLE.assign(b=[1.0, np.inf, 2.0])), Y
        )


def test_what_is_here_and_clients_that_are_not_clients_are_refused(client: Any) -> None:
    with pytest.raises(ParameterError, match="take the estimator without Dask"):
        DaskNetworkRegressor(hidden_layer_sizes=(2,)).fit(WHOLE, Y[:3])
    with pytest.raises(ParameterError, match="client is a distributed.Client or None"):
        DaskNetworkRegressor(hidden_layer_sizes=(2,), client="scheduler:8786").fit(table(WHOLE), Y)


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (
            ("0.0.9", ("reference",), "none"),
            "has 0.0.9 with the engines reference (instruction level none); install",
        ),
        (
            ("0.1.0", ("native", "reference"), "avx2"),
            "reference (instruction level avx2); set HASSENET_LEVEL to one",
        ),
        (ImportError("no hassenet"), "has none that can be imported (no hassenet); install the same there"),
    ],
    ids=["version", "level", "none"],
)
def test_a_worker_that_would_compute_other_bits_is_named(
    client: Any, monkeypatch: pytest.MonkeyPatch, there: Any, message: str
) -> None:
    monkeypatch.setattr(cluster, "versions", lambda: ("0.1.0", ("native", "reference"), "avx512"))
    monkeypatch.setattr(client, "run", lambda *_, **__: {"tcp://10.0.0.7:1": there})
    with pytest.raises(HassenetError, match=re.escape(message)) as caught:
        cluster.Cluster.of(client)
    assert "tcp://10.0.0.7:1 has" in str(caught.value)


def test_a_worker_that_is_lost_while_it_is_asked_is_passed_over(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = CommClosedError("Address removed.")
    monkeypatch.setattr(client, "run", lambda *_, **__: {"tcp://10.0.0.7:1": lost, "b": cluster.versions()})
    assert cluster.Cluster.of(client).client is client


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_client_without_workers_is_refused() -> None:
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as nobody,
        Client(nobody, set_as_default=False) as alone,
        pytest.raises(ParameterError, match="has none; start some"),
    ):
        cluster.Cluster.of(alone)


def test_workers_are_those_of_the_scheduler_and_not_those_that_the_client_was_told_of_last(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told_of_none(**_: Any) -> None:
        client._scheduler_identity = {"workers": {}}  # as it is told every two seconds

    monkeypatch.setattr(client, "_update_scheduler_info", told_of_none)
    assert cluster.Cluster.of(client).client is client


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_worker_of_another_version_that_joins_later_computes_nothing(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = []

    async def started() -> Any:
        return await Worker(client.scheduler.address, nthreads=1, name="later")

    def join(epoch: Any, _network: Any) -> None:
        if epoch.epoch == 1:
            monkeypatch.setattr(admission, "versions", lambda: ("0.0.9", ("reference",), "none"))
            joined.append(client.sync(started))

    estimator = DaskNetworkRegressor(
        hidden_layer_sizes=(2,), solver="lbfgs", max_iter=9, callbacks=[join], random_state=0
    )
    with pytest.warns(
        HassenetWarning, match="has 0.0.9 with the engines reference .*; they computed nothing"
    ):
        estimator.fit(da.from_array(np.stack([Y, Y**2], axis=1), chunks=(2, 2)), Y)
    (later,) = joined
    computed = later.state.executed_count
    client.sync(later.close)
    assert computed == 0


def test_a_training_that_nobody_computes_says_so(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    there = cluster.Cluster.of(client)
    answers = iter([False, True])
    monkeypatch.setattr(cluster.Cluster, "_are_done", lambda *_: next(answers))
    monkeypatch.setattr(cluster.Cluster, "_workers", {"a": {"resources": {}}})
    with pytest.warns(HassenetWarning, match="of 1 none has it; start some"):
        assert there.result(there.submit(sum, (1, 2))) == 3
