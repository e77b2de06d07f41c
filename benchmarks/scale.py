"""Time and memory of training against covers, and against examples; writes the picture that the documents show.

    python benchmarks/scale.py [--covers 8] [--examples 7] [--out docs/images/scale.png]

Each point is a process of its own: networks n-n-10 with covers at random, batch 128, one step for the time and its peak
memory beside "the sum it should be": the data, θ, the covers' indices above and below as the engine holds them, and the
features and δ of one batch. The exponents are given as powers of ten.
"""

from __future__ import annotations

import os

for _variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(_variable, None)

import argparse
import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

BATCH, BESIDE = 128, 100  # examples a batch, covers an element


class Point(NamedTuple):
    covers: int
    examples: int
    build_seconds: float
    step_seconds: float
    megabytes: float
    should_be: float


def measure(covers: int, examples: int) -> Point:
    """Build and train; called in a process of its own."""
    import resource

    import numpy as np

    import hassenet as hn
    from hassenet.engines import Objective, get_engine
    from hassenet.engines.steps import Steps
    from hassenet.likelihoods import as_loss

    n = max(covers // BESIDE, 20)
    rng, start = np.random.default_rng(0), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = perf_counter()
    net = hn.Network(hn.Hierarchy.random((n, n, 10), covers=(covers, 10 * n), seed=0), seed=0)
    objective = Objective.of(net.plan, as_loss("squared_error"))
    build, engine = perf_counter() - began, get_engine("native")
    X, Y = rng.standard_normal((examples, n), np.float32), rng.standard_normal((examples, 10), np.float32)
    theta, steps = net.theta.copy(), max(examples // BATCH, 1)
    data, order = engine.put(X, Y), rng.permutation(examples)
    times = []
    for _ in range(3):
        began = perf_counter()
        asked = Steps(hn.SGD(0.1), order, np.full(steps, 1e-5), BATCH)
        engine.train(net.plan, objective, theta, (), data, asked)
        times.append((perf_counter() - began) / steps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    indices = (covers + 10 * n) * (
        4 + 4 + 4
    )  # lower element of each cover; upper one and its place in θ, for δ
    sum_ = X.nbytes + Y.nbytes + 2 * theta.nbytes + indices + 4 * BATCH * (3 * n + 20)
    return Point(covers, examples, build, min(times), peak / 1024, sum_ / 2**20)


def apart(covers: int, examples: int) -> Point:
    """Measure in another process."""
    call = [sys.executable, __file__, "--point", str(covers), str(examples)]
    run = subprocess.run(call, capture_output=True, text=True, check=True)
    point = Point(*json.loads(run.stdout))
    print(
        f"{point.covers:>12,} covers {point.examples:>11,} examples: built in {point.build_seconds:8.2f} s, "
        f"a step {point.step_seconds * 1e3:10.3f} ms, {point.megabytes:9,.0f} MB (the sum: {point.should_be:,.0f})",
        flush=True,
    )
    return point


def draw(by_covers: list[Point], by_examples: list[Point], path: Path) -> None:
    """Write the picture: time and memory, each against covers and against examples."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(8, 5.6), sharex="col", layout="constrained")
    columns = [
        ("covers", by_covers, [p.covers for p in by_covers]),
        ("examples", by_examples, [p.examples for p in by_examples]),
    ]
    for (name, points, x), (above, below) in zip(columns, axes.T, strict=True):
        steps = [max(p.examples // BATCH, 1) for p in points]
        seconds = [
            p.step_seconds * (1 if name == "covers" else s) for p, s in zip(points, steps, strict=True)
        ]
        above.plot(x, seconds, "o-", color="#1f5a94")
        above.set_title("a step" if name == "covers" else "an epoch", loc="left", fontsize=10)
        below.plot(x, [p.megabytes for p in points], "o-", color="#1f5a94", label="measured")
        below.plot(x, [p.should_be for p in points], "--", color="#8a8a8a", label="the sum it should be")
        above.set_ylabel("seconds")
        below.set(ylabel="megabytes", xlabel=name)
        below.legend(frameon=False, fontsize=8)
        for axis in (above, below):
            axis.set(xscale="log", yscale="log")
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(color="#e6e6e6", linewidth=0.6)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--point", nargs=2, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--covers", type=int, default=8)
    parser.add_argument("--examples", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("docs/images/scale.png"))
    options = parser.parse_args()
    if options.point:
        print(json.dumps(measure(*options.point)))
        return
    by_covers = [apart(10**k, 2 * BATCH) for k in range(4, options.covers + 1)]
    by_examples = [apart(10_000, 10**k) for k in range(3, options.examples + 1)]
    draw(by_covers, by_examples, options.out)


if __name__ == "__main__":
    main()
