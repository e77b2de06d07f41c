"""A worker that is lost in the middle changes no bit of a training."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from distributed.utils import get_mp_context

import hassenet as hn
from hassenet.distributed import DaskHierarchyOutcomes, DaskNetworkClassifier
from hassenet.distributed.mapped import Mapped
from hassenet.outcomes import Classes, Count, OffsetColumn, Outcomes
from hassenet.selection import Setting, some_rows

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] * X[:, 1] > 0, "ill", "well")
VISITS = pd.DataFrame(
    {
        "visits": np.where(np.arange(60) % 20, np.arange(60) % 4, np.nan),
        "years": 1 + X[:, 0] ** 2,
        "state": Y,
    }
)
COUNTS = Outcomes(
    (Count("visits"), Classes("state", ("ill", "well"))), OffsetColumn("years", is_exposure=True)
)


def trained(client: Any, solver: str, *callbacks: Any, **further: Any) -> Any:
    options = {
        "solver": solver,
        "max_iter": 3,
        "batch_size": 40,
        "random_state": 0,
        "callbacks": callbacks,
        **further,
    }
    model = DaskNetworkClassifier(hierarchy=hn.Hierarchy.subsets(3), client=client, **options)
    return model.fit(da.from_array(X, chunks=(20, 3)), da.from_array(Y, chunks=20)).network_.theta


def searched(client: Client, monkeypatch: pytest.MonkeyPatch, pids: Iterator[int]) -> Any:
    """Return the network of a setting chosen on some rows, of targets that stay; a worker dies at its third step."""
    steps, step = count(), Mapped._of_batch

    def killing(*batch: Any) -> Any:
        if next(steps) == 2 and (pid := next(pids, None)):
            os.kill(pid, signal.SIGKILL)
        return step(*batch)

    with monkeypatch.context() as patch:
        patch.setattr(DaskHierarchyOutcomes, "_most_here", 0)
        patch.setattr(some_rows, "_MOST_ROWS", 40)
        patch.setattr(some_rows, "_FEWEST_ROWS", 1)
        patch.setattr(Mapped, "_of_batch", killing)
        options = {"settings": [Setting(0.1)], "folds": 2, "members": 2, "steps": 4, "random_state": 0}
        model = DaskHierarchyOutcomes(hn.Hierarchy.subsets(3), outcomes=COUNTS, client=client, **options)
        model.fit(da.from_array(X, chunks=(20, 3)), dd.from_pandas(VISITS, npartitions=3))
    return model.ensemble_.networks[0].theta


@contextmanager
def imported_once() -> Iterator[None]:
    """Let workers be forks of a process that has imported what they need."""
    get_mp_context().set_forkserver_preload(
        ["distributed", "pandas", "hassenet.distributed.hierarchy_outcomes"]
    )
    yield


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets of the process that is killed
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_worker_killed_in_the_middle_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        warnings.catch_warnings(),
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        imported_once(),
        LocalCluster(
            n_workers=3, threads_per_worker=1, dashboard_address=":0", silence_logs=False
        ) as cluster,
        Client(cluster) as client,
    ):
        for nanny in cluster.workers.values():
            nanny.close_gracefully()  # to start again takes longer than the test, and closing waits for it
        pids = iter(sorted(client.run(os.getpid).values()))  # one more than are killed

        def killing(epoch: Any, _network: Any) -> None:
            if epoch.epoch == 1:
                os.kill(next(pids), signal.SIGKILL)

        np.testing.assert_array_equal(trained(client, "lbfgs"), trained(client, "lbfgs", killing))
        whole = searched(client, monkeypatch, iter(()))
        np.testing.assert_array_equal(whole, searched(client, monkeypatch, pids))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("most", [0, np.inf], ids=["targets stay", "targets come"])
def test_a_training_on_workers_goes_on_from_its_folder_to_the_same_bits(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: float
) -> None:
    monkeypatch.setattr(DaskNetworkClassifier, "_most_here", most)

    def stop(epoch: Any, _network: Any) -> None:
        if epoch.epoch == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        trained(client, "adam", stop, checkpoint=tmp_path / "run")
    again = trained(client, "adam", nothing, checkpoint=tmp_path / "run")
    np.testing.assert_array_equal(again, trained(client, "adam"))


def nothing(_epoch: Any, _network: Any) -> None:
    """Stand for the callback that stopped the training."""
