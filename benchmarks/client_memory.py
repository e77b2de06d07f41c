"""What a client of Dask holds while estimators are trained on rows that lie on workers: the peak of one fit.

    python benchmarks/client_memory.py [--rows 1000000]

Four features, labels of text, eight partitions that the worker makes; L-BFGS, and Adam in batches of an eighth of
the rows, two epochs each; and an estimator that chooses its settings, of two. Targets stay where they are, and for
comparison are brought, as those of few rows are.
"""

from __future__ import annotations

import argparse
import tracemalloc
import warnings
from typing import Any

import dask.array as da
import numpy as np
from distributed import Client, LocalCluster

from hassenet.distributed import DaskHierarchyClassifier, DaskNetworkClassifier
from hassenet.selection import Setting

_PARTITIONS = 8


def labels(block: Any) -> Any:
    """Return what is to be learned of some rows."""
    return np.where(block[:, 0] * block[:, 1] > 0, "ill", "well")


def network(client: Client, m: int, solver: str) -> Any:
    """Return an estimator of one network."""
    options = {"solver": solver, "max_iter": 2, "batch_size": m // _PARTITIONS, "random_state": 0}
    return DaskNetworkClassifier((4,), client=client, **options)


def search(client: Client) -> Any:
    """Return an estimator that chooses its settings."""
    settings = [Setting(0.1), Setting(0.01, neurons=1)]
    return DaskHierarchyClassifier(
        settings=settings, folds=2, members=2, steps=40, random_state=0, client=client
    )


def peak(estimator: Any, m: int) -> float:
    """Return the most megabytes that Python's objects and NumPy's arrays take here in a fit."""
    X = da.random.default_rng(0).normal(size=(m, 4), chunks=(-(-m // _PARTITIONS), 4))
    y = X.map_blocks(labels, dtype="U4", drop_axis=1)
    tracemalloc.start()
    estimator.fit(X, y)
    found = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    asked = options.parse_args()
    warnings.simplefilter("ignore")
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        peak(network(client, 1_000, "lbfgs"), 1_000)  # imports
        for where, most in (("stay", 0), ("are brought", np.inf)):
            DaskNetworkClassifier._most_here = DaskHierarchyClassifier._most_here = most
            each = {solver: network(client, asked.rows, solver) for solver in ("lbfgs", "adam")}
            for name, estimator in (each | {"search": search(client)}).items():
                held = peak(estimator, asked.rows)
                print(f"{asked.rows:,} rows, targets {where}, {name}: {held:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
