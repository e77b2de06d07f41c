"""The networks and data of the benchmarks of training steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from hassenet import Hierarchy, Network

RATE = 0.01
Run = Callable[[np.ndarray], None]  # takes the order of the examples of some steps


class Workload(NamedTuple):
    name: str
    hierarchy: Hierarchy
    batch: int
    examples: int
    loss: str
    output: str

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        n, k = self.hierarchy.shape[0], self.hierarchy.shape[-1]
        X = rng.standard_normal((self.examples, n), np.float32)
        if self.loss == "cross_entropy":
            return X, np.eye(k, dtype=np.float32)[rng.integers(0, k, self.examples)]
        Y = rng.standard_normal((self.examples, k), np.float32)
        return X, (Y > 0).astype(np.float32) if self.loss == "binary_cross_entropy" else Y

    def network(self) -> Network:
        return Network(self.hierarchy, hidden="relu", output=self.output, seed=0)

    @property
    def is_complete(self) -> bool:
        return all(self.hierarchy.is_complete(i) for i in range(self.hierarchy.depth))

    @property
    def flops(self) -> int:
        """Of one step: three products a layer, the first without δ below."""
        covers = [
            self.hierarchy.covers(i).nnz if not self.is_complete else a * b
            for i, (a, b) in enumerate(zip(self.hierarchy.shape, self.hierarchy.shape[1:], strict=False))
        ]
        return 2 * self.batch * (3 * sum(covers) - covers[0])

    @property
    def bytes(self) -> int:
        """That a step has to move where no cache keeps any: θ read twice and written once, and the batch's X and Y."""
        k, n = self.hierarchy.shape[-1], self.hierarchy.shape[0]
        return 4 * (3 * self.network().n_parameters + self.batch * (n + k))


def workloads(names: list[str]) -> Iterator[Workload]:
    complete = Hierarchy.complete
    dense = {
        "tabular": ((20, 64, 64, 1), 32, 20_000, "squared_error", "identity"),
        "digits": ((784, 128, 64, 10), 64, 12_000, "cross_entropy", "softmax"),
        "middle": ((512, 512, 512, 10), 128, 12_800, "cross_entropy", "softmax"),
        "large": ((1024, 4096, 4096, 1000), 256, 2_560, "cross_entropy", "softmax"),
    }
    for name, (shape, *rest) in dense.items():
        if name in names:
            yield Workload(name, complete(*shape), *rest)
    if "sparse" in names:
        for density in (0.001, 0.01, 0.05, 0.1, 0.2):
            H = Hierarchy.random((784, 1000, 1000, 1000, 10), density=density, seed=0)
            yield Workload(f"sparse {density:.1%}", H, 128, 1_280, "cross_entropy", "softmax")
    if "pathway" in names:
        shape = (27687, 9229, 1387, 1066, 447, 147, 26, 1)
        H = Hierarchy.random(shape, covers=(27687, 25000, 2000, 1100, 450, 150, 26), seed=0)
        yield Workload("pathway", H, 64, 640, "binary_cross_entropy", "sigmoid")


def full(W) -> np.ndarray:
    """Return W as a dense array."""
    return np.asarray(W.toarray() if hasattr(W, "toarray") else W, np.float32)
