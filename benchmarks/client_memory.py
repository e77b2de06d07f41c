"""What a client of Dask holds while estimators are trained on rows that lie on workers: the peak of one fit.

    python benchmarks/client_memory.py [--rows 1000000]

Four features, labels of text, eight partitions that the worker makes; L-BFGS, and Adam in batches of an eighth of
the rows, two epochs each. Targets stay where they are, and for comparison are brought, as those of few rows are.
"""

from __future__ import annotations

import argparse
import tracemalloc
import warnings
from typing import Any

import dask.array as da
import numpy as np
from distributed import Client, LocalCluster

from hassenet.distributed import DaskNetworkClassifier

_PARTITIONS = 8


def labels(block: Any) -> Any:
    """Return what is to be learned of some rows."""
    return np.where(block[:, 0] * block[:, 1] > 0, "ill", "well")


def peak(client: Client, m: int, solver: str) -> float:
    """Return the most megabytes that Python's objects and NumPy's arrays take here in a fit."""
    X = da.random.default_rng(0).normal(size=(m, 4), chunks=(-(-m // _PARTITIONS), 4))
    y = X.map_blocks(labels, dtype="U4", drop_axis=1)
    options = {"solver": solver, "max_iter": 2, "batch_size": m // _PARTITIONS, "random_state": 0}
    tracemalloc.start()
    DaskNetworkClassifier((4,), client=client, **options).fit(X, y)
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
        peak(client, 1_000, "lbfgs")  # imports
        for where, most in (("stay", 0), ("are brought", np.inf)):
            DaskNetworkClassifier._most_here = most
            for solver in ("lbfgs", "adam"):
                print(
                    f"{asked.rows:,} rows, targets {where}, {solver}: {peak(client, asked.rows, solver):.0f} MB"
                )


if __name__ == "__main__":
    main()
