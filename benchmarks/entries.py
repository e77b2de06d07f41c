"""Microseconds of a training step on compressed rows, beside the same step on the same data written out.

    python benchmarks/entries.py

The rule in ``native/entries.hpp`` (``is_faster_by_entries``) was fitted to these figures: where few features are there,
the first layer goes through their entries; where many are, the batch is written out, and both columns agree.
"""

from __future__ import annotations

import os

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)

from time import perf_counter
from typing import Any

import numpy as np
from scipy.sparse import csr_array, random_array

import hassenet as hn
from hassenet.engines import Objective, get_engine
from hassenet.engines.steps import Steps
from hassenet.likelihoods import as_loss

EXAMPLES, ROUNDS = 1024, 5
LAYERS = {
    "20000-100, complete": lambda: hn.Hierarchy.complete(20_000, 100, 1),
    "2000-100, complete": lambda: hn.Hierarchy.complete(2_000, 100, 1),
    "20000-2000, 40,000 covers": lambda: hn.Hierarchy.random(
        (20_000, 2_000, 1), covers=(40_000, 2_000), seed=0
    ),
    "2000-2000, 80,000 covers": lambda: hn.Hierarchy.random(
        (2_000, 2_000, 1), covers=(80_000, 2_000), seed=0
    ),
}


def microseconds(net: hn.Network, X: Any, Y: Any, batch_size: int) -> float:
    """Return the least time of a step over some rounds."""
    objective, engine = Objective.of(net.plan, as_loss("squared_error")), get_engine("native")
    data = engine.put(X, Y)
    steps, times = EXAMPLES // batch_size, []
    for _ in range(ROUNDS):
        theta, began = net.theta.copy(), perf_counter()
        asked = Steps(hn.SGD(0.1), np.arange(EXAMPLES), np.full(steps, 1e-4), batch_size)
        engine.train(net.plan, objective, theta, (), data, asked)
        times.append((perf_counter() - began) / steps)
    return min(times) * 1e6


def main() -> None:
    """Print a table."""
    rng = np.random.default_rng(0)
    Y = rng.normal(size=(EXAMPLES, 1)).astype(np.float32)
    print(f"{'first layer':28}{'batch':>6}{'share':>8}{'CSR':>10}{'dense':>10}{'dense/CSR':>11}")
    for name, hierarchy in LAYERS.items():
        net = hn.Network(hierarchy(), seed=0)
        for batch_size in (64, 512):
            for share in (0.001, 0.01, 0.05, 0.1, 0.2):
                shape = (EXAMPLES, net.hierarchy.shape[0])
                X = csr_array(random_array(shape, density=share, rng=rng, dtype=np.float32, format="csr"))
                one, other = (
                    microseconds(net, X, Y, batch_size),
                    microseconds(net, X.toarray(), Y, batch_size),
                )
                print(f"{name:28}{batch_size:6}{share:8}{one:10,.0f}{other:10,.0f}{other / one:11.2f}")


if __name__ == "__main__":
    main()
