"""Reactome and all of GO biological process: reading, each choice of rank, an epoch on 10,000 examples, an explanation.

    python benchmarks/ontologies.py FOLDER [--threads 2] [--examples 10000]

FOLDER is as for benchmarks/readers.py, whose figures come first. The network is the hierarchy with one output that
looks at all ranks, tanh and a sigmoid, trained by Adam in float32 by the compiled engine on random numbers; an epoch is
the best of three. DeepLIFT explains 1,000 examples. Every hierarchy is trained in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

import hassenet as hn
import readers
from hassenet import shaping
from hassenet.engines.threads import limited

BATCHES, EPOCHS, EXPLAINED = (64, 128), 3, 1000


def measure(name: str, files: Sequence[Path], examples: int, threads: int) -> dict[str, Any]:
    """Train and explain; called in a process of its own."""
    H, _ = readers.WORKLOADS[name][0](files, "below")
    began = perf_counter()
    crowned = H.crown(["ill"])
    net = hn.Network(crowned, hidden="tanh", output="sigmoid", seed=0, dtype="float32")
    built = perf_counter() - began
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((examples, crowned.shape[0]), np.float32), rng.integers(0, 2, examples)
    before = megabytes()
    epochs = {}
    for batch in BATCHES:
        fit = hn.fit(
            net, X, y, optimizer=hn.Adam(0.001), batch_size=batch, epochs=EPOCHS, engine="native", n_threads=threads
        )  # fmt: skip
        epochs[batch] = min(fit.column("seconds"))
    peak = megabytes()
    began = perf_counter()
    with limited(threads):
        hn.explain.deeplift(net, X[:EXPLAINED])
    return {
        "rankings": str(shaping.rankings(H)),
        "network": repr(crowned),
        "relays": sum(int(crowned.relays(i).sum()) for i in range(1, crowned.depth)),
        "parameters": net.n_parameters,
        "built": built,
        "data": X.nbytes / 2**20,
        "before": before,
        "peak": peak,
        "epochs": epochs,
        "deeplift": perf_counter() - began,
    }


def megabytes() -> float:
    """Return the most memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def shown(name: str, row: dict[str, Any], examples: int, threads: int) -> str:
    epochs = ", ".join(f"{seconds:.2f} s with batches of {batch}" for batch, seconds in row["epochs"].items())
    return (
        f"{name}, ranks\n{row['rankings']}\n\n"
        f"{name}, training with {threads} threads\n"
        f"  {row['network']}, {row['relays']:,} of them relays; built in {row['built']:.2f} s\n"
        f"  {row['parameters']:,} parameters\n"
        f"  an epoch of {examples:,} examples: {epochs}\n"
        f"  memory: {row['peak']:,.0f} MB at the peak, {row['before']:,.0f} MB before training, "
        f"{row['data']:,.0f} MB of them data\n"
        f"  DeepLIFT of {EXPLAINED:,} examples: {row['deeplift']:.2f} s\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    o = parser.parse_args()
    if o.one:
        name, *files = o.one
        print(json.dumps(measure(name, [Path(file) for file in files], o.examples, o.threads)))
        return
    for name, (_, names) in readers.WORKLOADS.items():
        files = readers.found(o.folder, names)
        if not files:
            continue
        readers.print_rows(name, files)
        numbers = ("--threads", str(o.threads), "--examples", str(o.examples))
        command = [sys.executable, __file__, str(o.folder), *numbers, "--one", name, *map(str, files)]
        row = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        print(shown(name, row, o.examples, o.threads), flush=True)


if __name__ == "__main__":
    main()
