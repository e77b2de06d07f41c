"""A worker that is lost in the middle changes no bit of a training."""

from __future__ import annotations

import os
import signal
import warnings
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np
import pytest
from distributed import Client, LocalCluster

import hassenet as hn
from hassenet.distributed import DaskNetworkClassifier

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] * X[:, 1] > 0, "ill", "well")


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
    return model.fit(da.from_array(X, chunks=(20, 3)), Y).network_.theta


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # sockets of the process that is killed
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_worker_killed_in_the_middle_changes_no_bit() -> None:
    with (
        warnings.catch_warnings(),
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),  # imports once
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

        for solver in ("lbfgs", "adam"):
            np.testing.assert_array_equal(trained(client, solver), trained(client, solver, killing))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_training_on_workers_goes_on_from_its_folder_to_the_same_bits(client: Any, tmp_path: Path) -> None:
    def stop(epoch: Any, _network: Any) -> None:
        if epoch.epoch == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        trained(client, "adam", stop, checkpoint=tmp_path / "run")
    again = trained(client, "adam", nothing, checkpoint=tmp_path / "run")
    np.testing.assert_array_equal(again, trained(client, "adam"))


def nothing(_epoch: Any, _network: Any) -> None:
    """Stand for the callback that stopped the training."""
