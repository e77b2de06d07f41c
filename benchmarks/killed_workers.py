"""Trainings on Dask of which a worker is killed (SIGKILL) at a random moment: how many end with other bits.

    python benchmarks/killed_workers.py [--runs 50] [--rows 4000]

Two workers on this machine, eight partitions, on which the targets stay; L-BFGS and Adam in turn. Each run has a worker
killed at a random moment of its training, which Dask starts again. The script ends with 1 if a bit differs
from the run of which none was killed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import threading
import time
import warnings
from typing import Any

import dask
import dask.array as da
import numpy as np
from distributed import Client, LocalCluster

import hassenet as hn
from hassenet.distributed import DaskNetworkClassifier

_SOLVERS = ("lbfgs", "adam")


def trained(client: Client, X: Any, y: Any, solver: str) -> tuple[Any, float]:
    """Return the parameters and the seconds of a training."""
    began = time.perf_counter()
    options = {"solver": solver, "activation": "tanh", "max_iter": 20, "batch_size": 2_000, "random_state": 0}
    model = DaskNetworkClassifier(hierarchy=hn.Hierarchy.subsets(4), client=client, **options).fit(X, y)
    return model.network_.theta, time.perf_counter() - began


def killing(client: Client, after: float, killed: list[int]) -> threading.Timer:
    """Return a timer that kills a worker after some seconds."""

    def kill() -> None:
        pid = random.choice(sorted(client.run(os.getpid, on_error="ignore").values()))
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    return threading.Timer(after, kill)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--runs", type=int, default=50)
    options.add_argument("--rows", type=int, default=4_000)
    asked = options.parse_args()
    rng = np.random.default_rng(0)
    values = rng.normal(size=(asked.rows, 4))
    X = da.from_array(values, chunks=(-(-asked.rows // 8), 4))
    y = da.from_array(
        np.where(values[:, 0] * values[:, 1] + values[:, 2] > 0, "ill", "well"), chunks=X.chunks[0]
    )
    DaskNetworkClassifier._most_here = 0  # so few targets would come here
    random.seed(0)
    warnings.simplefilter("ignore")
    same = others = 0
    with (
        dask.config.set(
            {"distributed.worker.multiprocessing-method": "forkserver"}
        ),  # there again in a second
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        whole = {solver: trained(client, X, y, solver) for solver in _SOLVERS}
        for run in range(asked.runs):
            solver, killed = _SOLVERS[run % 2], list[int]()
            theta, seconds = whole[solver]
            timer = killing(client, random.uniform(0.1, 0.8) * seconds, killed)
            timer.start()
            found, took = trained(client, X, y, solver)
            timer.cancel()
            timer.join()
            if len(client.nthreads()) < 2:
                cluster.scale(len(cluster.workers) + 1)
                client.wait_for_workers(2)
            is_same = bool((found == theta).all())
            same, others = same + (is_same and bool(killed)), others + (not is_same)
            told = "the same bits" if is_same else "OTHER BITS"
            print(f"run {run + 1}: {solver}, {len(killed)} killed, {took:.1f} s, {told}", flush=True)
        print(
            f"{same} of {asked.runs} runs with a killed worker ended with the same bits, {others} with others",
            flush=True,
        )
    return int(others > 0)


if __name__ == "__main__":
    raise SystemExit(main())
