"""Microseconds of a training step of sparse layers that are dense: by their covers, and as products with zeros.

    python benchmarks/masked.py

The rule of ``hassenet.engines.plan.Layer.kind`` (from which share of pairs a layer is "masked") was read off
this table.
"""

from __future__ import annotations

import os

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)

from time import perf_counter
from unittest.mock import patch

import numpy as np

import hassenet as hn
from hassenet.engines import Objective, get_engine, plan
from hassenet.engines.steps import Steps
from hassenet.likelihoods import as_loss

STEPS, ROUNDS = 10, 5


def microseconds(n: int, density: float, batch_size: int, masked_from: float) -> float:
    """Return the least time of a step of n-n-n-10 over some rounds."""
    with patch.object(plan, "_MASKED_FROM", masked_from):
        net = hn.Network(hn.Hierarchy.random((n, n, n, 10), density=density, seed=0), seed=0)
        engine, rng, times = get_engine("native"), np.random.default_rng(0), []
        X, Y = (rng.normal(size=(STEPS * batch_size, k)).astype(np.float32) for k in (n, 10))
        objective, data = Objective.of(net.plan, as_loss("squared_error")), engine.put(X, Y)
        for _ in range(ROUNDS):
            theta, began = net.theta.copy(), perf_counter()
            steps = Steps(hn.SGD(0.1), np.arange(len(X)), np.full(STEPS, 1e-4), batch_size)
            engine.train(net.plan, objective, theta, (), data, steps)
            times.append((perf_counter() - began) / STEPS)
    return min(times) * 1e6


def main() -> None:
    """Print a table."""
    print(f"{'width':>6}{'batch':>6}{'pairs':>7}{'covers':>10}{'product':>10}{'covers/product':>16}")
    for n in (200, 500, 1000, 2000):
        for batch_size in (32, 256):
            for density in (0.4, 0.55, 0.7, 0.9):
                one, other = (microseconds(n, density, batch_size, limit) for limit in (2.0, 0.0))
                print(f"{n:6}{batch_size:6}{density:7}{one:10,.0f}{other:10,.0f}{one / other:16.2f}")


if __name__ == "__main__":
    main()
