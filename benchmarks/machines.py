"""Seconds of a step on several processes, and what measured pieces say of more of them.

    python benchmarks/machines.py [--rows 200000] [--processes 1 2 4] [--out docs/images/machines.svg]

A step is one gradient of all rows. The pieces are measured first: the gradient of a row, an all-reduce of little and of
much, Dask's round trip and its time a task. For m rows, p processes on c cores and 2 p partitions the model is

    MPI    m t / min(p, c) + log2(p) (latency + bytes / bandwidth)
    Dask   m t / min(p, c) + round trip + 9/4 p (time a task) + bytes / bandwidth

Of what is measured c are the cores of this machine, and more processes than these are measured, too. The lines that are
drawn, for 1 to 1,000 processes, have a core for each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import warnings
from importlib.metadata import files
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

import hassenet as hn
from hassenet.distributed import rows_of_rank
from hassenet.likelihoods import BinaryCrossEntropy

_FEATURES, _STEPS, _MUCH = 10, 10, 4_000_000


def network() -> hn.Network:
    """Return the network of the figures: all subsets of ten features of at most three."""
    H = hn.Hierarchy.subsets(_FEATURES, 3).crown(["y"])
    return hn.Network(H, hidden="tanh", output="sigmoid", dtype="float64", seed=0)


def rows(m: int) -> tuple[Any, Any]:
    """Return rows and labels."""
    X = np.random.default_rng(0).normal(size=(m, _FEATURES))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


def best(call: Any, times: int = _STEPS) -> float:
    """Return the least seconds of some calls."""
    found = []
    for _ in range(times):
        began = perf_counter()
        call()
        found.append(perf_counter() - began)
    return min(found)


def step_of(X: Any, y: Any) -> Any:
    """Return a call that computes the gradient of all rows, which are put into the engine once."""
    from hassenet.engines import Objective
    from hassenet.engines.registry import engine_for

    net = network()
    engine, J = engine_for(X), Objective.of(net.plan, BinaryCrossEntropy())
    put = engine.put(X, y[:, None].astype(np.uint8))
    return lambda: engine.gradient(net.plan, J, net.theta, put)


# ---------------------------------------------------------------- by MPI


def as_rank(m: int) -> None:
    """Measure a step, and all-reduces of little and of much, as one of several ranks; rank 0 prints them."""
    from mpi4py import MPI

    from hassenet.distributed.ranks import RowsOnRanks
    from hassenet.engines.threads import limited

    comm, (X, y) = MPI.COMM_WORLD, rows(m)
    with limited(1):
        found = {"step": best(step_of(RowsOnRanks.of(comm, X[rows_of_rank(m)]), y))}
    for name, n in (("little", 1), ("much", _MUCH // 8)):
        own, total = np.ones(n), np.empty(n)
        found[name] = best(lambda own=own, total=total: comm.Allreduce(own, total))
    if comm.rank == 0:
        print(json.dumps(found))


def by_mpi(m: int, p: int) -> dict[str, float]:
    """Return what ranks measure."""
    own = {Path(str(f.locate())).name: Path(str(f.locate())).resolve() for f in files("mpich") or ()}
    environment = {**os.environ, "MPI4PY_LIBMPI": str(own["libmpi.so.12"])}
    command = [own["mpiexec"], "-n", str(p), sys.executable, __file__, "--rank", "--rows", str(m)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


# ---------------------------------------------------------------- by Dask


def by_dask(m: int, p: int) -> dict[str, float]:
    """Return the seconds of a step, of an empty task, and a task of many, on so many workers."""
    import dask.array as da
    from distributed import Client, LocalCluster

    from hassenet.distributed.cluster import Cluster
    from hassenet.distributed.collections import taken

    X, y = rows(m)
    with (
        LocalCluster(n_workers=p, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as local,
        Client(local) as client,
    ):
        cluster = Cluster.of(client)
        step = step_of(taken(cluster, da.from_array(X, chunks=(-(-m // (2 * p)), _FEATURES)), y, None).X, y)
        step()
        trip = best(lambda: cluster.result(cluster.kept(0)))
        many = best(lambda: cluster.results([cluster.kept(0) for _ in range(200)]), 3)
        return {"step": best(step), "round trip": trip, "a task": (many - trip) / 200}


# ---------------------------------------------------------------- the model


class Model(NamedTuple):
    """The pieces that were measured, in seconds and bytes a second, and what a step takes by MPI and by Dask."""

    rows: int
    a_row: float
    latency: float
    bandwidth: float
    trip: float
    a_task: float

    @staticmethod
    def of(m: int, ranks: Any, workers: Any) -> Model:
        """Return the model of what ranks and workers have measured, one and two of them at least."""
        two, there = ranks[2], workers[2]
        bandwidth = _MUCH / max(two["much"] - two["little"], 1e-9)
        return Model(m, ranks[1]["step"] / m, two["little"], bandwidth, there["round trip"], there["a task"])

    def __call__(self, p: float, cores: float = np.inf) -> tuple[float, float]:
        sent = 8 * (network().n_parameters + 2) / self.bandwidth
        computed = self.rows * self.a_row / min(p, cores)
        return (
            computed + np.log2(p) * (self.latency + sent),
            computed + self.trip + 9 / 8 * 2 * p * self.a_task + sent,
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    options.add_argument("--out", type=Path)
    options.add_argument("--rank", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    warnings.simplefilter("ignore")
    if asked.rank:
        as_rank(asked.rows)
        return
    m, ps, cores = asked.rows, asked.processes, len(os.sched_getaffinity(0))
    ranks, workers = {p: by_mpi(m, p) for p in ps}, {p: by_dask(m, p) for p in ps}
    model = Model.of(m, ranks, workers)
    a_row, latency, bandwidth, trip, a_task = model[1:]

    print(f"{m:,} rows, {network().n_parameters:,} parameters, {cores} cores, load {os.getloadavg()[0]:.1f}")
    print(
        f"a gradient {1e9 * a_row:.0f} ns a row; all-reduce {1e6 * latency:.0f} µs and {bandwidth / 1e9:.2f} GB/s;"
    )
    print(f"Dask {1e3 * trip:.1f} ms a round trip, {1e3 * a_task:.2f} ms a task")
    for p in ps:
        of_mpi, of_dask = (1e3 * x for x in model(p, cores))
        print(f"{p} processes: MPI {1e3 * ranks[p]['step']:.1f} ms (model {of_mpi:.1f}), Dask "
              f"{1e3 * workers[p]['step']:.1f} ms (model {of_dask:.1f})")  # fmt: skip
    for p in (10, 100, 1_000):
        of_mpi, of_dask = (1e3 * x for x in model(p))
        print(f"{p:,} processes, by the model: MPI {of_mpi:.2f} ms, Dask {of_dask:.1f} ms")
    if asked.out:
        draw(asked.out, model, cores, ranks, workers)


def draw(path: Path, model: Any, cores: int, ranks: Any, workers: Any) -> None:
    """Draw the model and what was measured."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    p = np.geomspace(1, 1_000, 60)
    for k, (name, measured) in enumerate((("MPI", ranks), ("Dask", workers))):
        axes.plot(p, [model(x)[k] for x in p], label=f"{name}, model, a core each", color=f"C{k}")
        axes.plot(
            [*measured],
            [one["step"] for one in measured.values()],
            "o",
            label=f"{name}, measured on {cores} cores",
            color=f"C{k}",
        )
        here = [model(x, cores)[k] for x in measured]
        axes.plot([*measured], here, "x", label=f"{name}, model of these", color=f"C{k}")
    axes.set(xscale="log", yscale="log", xlabel="processes", ylabel="seconds of a step")
    axes.legend()
    figure.savefig(path)


if __name__ == "__main__":
    main()
