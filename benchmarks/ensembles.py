"""Seconds to train one network on one core, and ten on several; and how much memory each member takes.

python benchmarks/ensembles.py [--members 10] [--rounds 7] [--jobs 2]

One network and the ensemble take turns, and of each the best round counts; the machine has to be quiet. Memory is what
the process has grown by at its highest, in a process of its own for one member and for ten. How much of the processor's
time is spent without the GIL bounds what threads can gain; that can be seen on a busy machine too.
"""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

import hassenet as hn
from hassenet.engines.native import Native
from hassenet.hierarchy import Hierarchy
from hassenet.shaping import widen


class Task(NamedTuple):
    """Rows, features and a hierarchy with the sizes of its ranks, its covers and its neurons an element."""

    rows: int
    shape: tuple[int, ...]
    covers: tuple[int, ...]
    neurons: int
    epochs: int


TASKS = {
    "gut microbes": Task(232, (542, 174, 76, 40), (542, 174, 76), 1, 100),
    "gene deletions": Task(6_800, (124, 60, 20), (300, 80), 8, 10),
    "genes": Task(1_000, (10_000, 1_500, 300), (50_000, 3_000), 4, 5),
}


def problem(task: Task) -> tuple[hn.Network, Any, Any, dict[str, Any]]:
    """Return a network, features, targets and the options of a fit."""
    rng = np.random.default_rng(0)
    H = Hierarchy.random(task.shape, covers=task.covers, seed=0).crown(["y"], over="all")
    net = hn.Network(widen(H, task.neurons).hierarchy, hidden="silu", output="sigmoid")
    X = rng.standard_normal((task.rows, task.shape[0]), np.float32)
    y = (X[:, :5].sum(axis=1) > 0).astype(np.int64)
    options = {
        "optimizer": hn.Adam(0.01),
        "penalty": hn.L2(0.003),
        "batch_size": 64,
        "epochs": task.epochs,
    }
    return net, X, y, options


def seconds(task: Task, members: int, jobs: int, rounds: int) -> tuple[float, float]:
    """Return the best time of one member on one core, and of all on several."""
    net, X, y, options = problem(task)
    best = [np.inf, np.inf]
    for _ in range(rounds):
        for k, (n, n_jobs) in enumerate(((1, 1), (members, jobs))):
            began = perf_counter()
            hn.fit_ensemble(net, X, y, members=n, n_jobs=n_jobs, **options)
            best[k] = min(best[k], perf_counter() - began)
    return best[0], best[1]


def share_without_the_gil(task: Task) -> float:
    """Return the share of the processor's time that is spent in calls of the compiled engine, on one core."""
    net, X, y, options = problem(task)
    inside, train = 0.0, Native.train

    def timed(*call: Any) -> Any:
        nonlocal inside
        began = thread_time()
        costs = train(*call)
        inside += thread_time() - began
        return costs

    with patch.object(Native, "train", timed):
        began = process_time()
        hn.fit_ensemble(net, X, y, members=4, n_jobs=1, **options)
        return inside / (process_time() - began)


def peak() -> float:
    """Return the most memory that the process has had, in MB; not that of the process it was started from."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return float(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def grown(name: str, members: int, jobs: int) -> None:
    """Print by how many MB the peak of the process grows while members are trained."""
    net, X, y, options = problem(TASKS[name])
    hn.fit(net, X[:64], y[:64], **options | {"epochs": 1})  # what is made once
    before = peak()
    hn.fit_ensemble(net, X, y, members=members, n_jobs=jobs, **options)
    print(f"{peak() - before:.1f}")


def megabytes(name: str, members: int, jobs: int) -> float:
    """Return the same, of a process of its own."""
    call = [sys.executable, __file__, "--grown", name, "--members", str(members), "--jobs", str(jobs)]
    return float(subprocess.run(call, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--grown", choices=TASKS)
    o = parser.parse_args()
    if o.grown:
        grown(o.grown, o.members, o.jobs)
        return
    for name, task in TASKS.items():
        one, all_ = seconds(task, o.members, o.jobs, o.rounds)
        memory = [megabytes(name, n, o.jobs) for n in (1, o.members)]
        net, X, _, _ = problem(task)
        print(
            f"{name}: {task.rows:,} × {task.shape[0]:,}, {net.n_parameters:,} parameters: one {one:.3f} s, "
            f"{o.members} on {o.jobs} cores {all_:.3f} s = {all_ / (one * o.members):.2f} × {o.members} × one; "
            f"{share_without_the_gil(task):.0%} of the processor's time without the GIL; memory of one and of "
            f"{o.members}: {memory[0]:.0f} and {memory[1]:.0f} MB, beside data of {X.nbytes / 2**20:.0f} MB"
        )


if __name__ == "__main__":
    main()
