"""Microseconds of a whole training step (gather, forward, backward, plain SGD) beside other libraries.

    python benchmarks/steps.py [--rounds 5] [--threads 2] [tabular digits middle large sparse pathway]

All contenders of a workload take turns; each has the best of its turns. One turn is one epoch or about a second.
Compile time is not counted. Peers that are not installed are left out. The table shows how many times slower a peer is,
and the share of the rate of a large matrix product of the BLAS with all threads, measured in the same run.
"""

from __future__ import annotations

import os

for _variable in (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
):  # where they are set, every figure of the BLAS is halved
    os.environ.pop(_variable, None)

import argparse
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import perf_counter
from typing import NamedTuple

import numpy as np

from hassenet import SGD, Hierarchy, Network
from hassenet.engines import available, get_engine
from hassenet.likelihoods import as_loss

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


# ---------------------------------------------------------------- contenders: each returns a Run


def engine(name: str, work: Workload) -> Run:
    X, Y = work.data()
    net = work.network()
    plan, theta = net.plan.with_objective(as_loss(work.loss)), net.theta.copy()

    def run(order: np.ndarray) -> None:
        rates = np.full(len(order) // work.batch, RATE)
        get_engine(name).train(
            plan, theta, (), X, Y, None, order, optimizer=SGD(RATE), rates=rates, batch_size=work.batch
        )

    return run


def torch_eager(work: Workload, threads: int) -> Run:
    """nn.Linear layers; a sparse layer is a full one whose weight is multiplied by its mask."""
    import torch

    torch.set_num_threads(threads)
    X, Y = map(torch.from_numpy, work.data())
    net, H = work.network(), work.hierarchy
    W = [torch.tensor(_full(w), requires_grad=True) for w in net.weights]
    b = [torch.tensor(v, requires_grad=True) for v in net.biases]
    masks = [
        None if H.is_complete(i) else torch.tensor(H.covers(i).toarray(), dtype=torch.float32)
        for i in range(H.depth)
    ]
    optimizer = torch.optim.SGD([*W, *b], lr=RATE)
    functions = torch.nn.functional
    losses = {
        "squared_error": lambda s, y: functions.mse_loss(s, y, reduction="sum") / len(y),
        "cross_entropy": functions.cross_entropy,
        "binary_cross_entropy": functions.binary_cross_entropy_with_logits,
    }

    def run(order: np.ndarray) -> None:
        for batch in torch.from_numpy(order).split(work.batch):
            x = X[batch]
            for i, (w, c, mask) in enumerate(zip(W, b, masks, strict=True)):
                x = functions.linear(x, w if mask is None else w * mask, c)
                x = x if i == len(W) - 1 else torch.relu(x)
            optimizer.zero_grad()
            losses[work.loss](x, Y[batch]).backward()
            optimizer.step()

    return run


def jax_scan(work: Workload, layer: str) -> Run:
    """jit of a scan over the steps; sparse layers by a mask, or by gather and segment sum."""
    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, work.data())
    net, H = work.network(), work.hierarchy
    pairs = [H.covers(i).tocoo() for i in range(H.depth)] if layer == "gather" else []
    upper = [jnp.asarray(p.row) for p in pairs]
    lower = [jnp.asarray(p.col) for p in pairs]
    masks = (
        [jnp.asarray(H.covers(i).toarray(), jnp.float32) for i in range(H.depth)] if layer == "masked" else []
    )
    weights = [
        jnp.asarray(_full(w)[p.row, p.col] if layer == "gather" else _full(w))
        for w, p in _beside(net.weights, pairs)
    ]
    theta = (weights, [jnp.asarray(c) for c in net.biases])
    k = H.shape[-1]

    def signal(i, w, c, x):
        if layer == "gather":
            return jax.ops.segment_sum(w[:, None] * x.T[lower[i]], upper[i], num_segments=len(c)).T + c
        return x @ (w * masks[i] if layer == "masked" else w).T + c

    def cost(theta, x, y):
        for i, (w, c) in enumerate(zip(*theta, strict=True)):
            s = signal(i, w, c, x)
            x = jax.nn.relu(s)
        if work.loss == "cross_entropy":
            return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(s), axis=1))
        if work.loss == "squared_error":
            return jnp.mean(jnp.sum((s - y) ** 2, axis=1))
        return jnp.mean(jnp.sum(jax.nn.softplus(s) - y * s, axis=1)) / k

    @jax.jit
    def epoch(theta, batches):
        def step(theta, batch):
            value, g = jax.value_and_grad(cost)(theta, X[batch], Y[batch])
            return jax.tree.map(lambda t, d: t - RATE * d, theta, g), value

        return jax.lax.scan(step, theta, batches)

    def run(order: np.ndarray) -> None:
        nonlocal theta
        theta, costs = epoch(theta, order[: len(order) // work.batch * work.batch].reshape(-1, work.batch))
        costs.block_until_ready()

    return run


def _full(W) -> np.ndarray:
    return np.asarray(W.toarray() if hasattr(W, "toarray") else W, np.float32)


def _beside(weights, pairs):
    return zip(weights, pairs or [None] * len(weights), strict=True)


def contenders(work: Workload, threads: int) -> dict[str, Run]:
    found = {name: engine(name, work) for name in available()}
    small = work.name != "pathway"  # its first full matrix has 256 million entries
    if find_spec("torch") and small:
        found["torch"] = torch_eager(work, threads)
    if find_spec("jax"):
        if work.is_complete:
            found["jax"] = jax_scan(work, "full")
        else:
            found["jax gather"] = jax_scan(work, "gather")
            if small:
                found["jax masked"] = jax_scan(work, "masked")
    return found


# ---------------------------------------------------------------- measuring


def gemm_rate() -> float:
    """Return floating-point operations a second of a large single-precision product, with all threads of the BLAS."""
    a = np.ones((2048, 2048), np.float32)
    best = np.inf
    for _ in range(8):
        began = perf_counter()
        a @ a
        best = min(best, perf_counter() - began)
    return 2 * 2048**3 / best


def measured(work: Workload, runs: dict[str, Run], rounds: int) -> dict[str, float]:
    """Return microseconds a step, the best of some rounds in which all take turns."""
    order = np.random.default_rng(1).permutation(work.examples)[: work.examples // work.batch * work.batch]
    best, sizes = dict.fromkeys(runs, np.inf), {}
    for name, run in runs.items():
        began = perf_counter()
        run(order[: work.batch] if name in available() else order)
        per_step = (perf_counter() - began) / (1 if name in available() else len(order) / work.batch)
        whole = name.startswith("jax") or per_step * len(order) / work.batch < 1
        sizes[name] = len(order) if whole else work.batch * max(1, int(1 / per_step))
    for _ in range(rounds):
        for name, run in runs.items():
            part = order[: sizes[name]]
            began = perf_counter()
            run(part)
            best[name] = min(best[name], (perf_counter() - began) / (len(part) / work.batch) * 1e6)
    return best


def report(work: Workload, best: dict[str, float], rate: float) -> str:
    ours = best[available()[0]]
    peers = {name: t for name, t in best.items() if name != available()[0]}
    fastest = min(peers, key=peers.get) if peers else None
    others = "  ".join(f"{name} {t:,.0f} ({t / ours:.1f}×)" for name, t in peers.items())
    lead = f"{peers[fastest] / ours:.2f}× {fastest}" if fastest else ""
    share = work.flops / (ours * 1e-6) / rate
    return f"{work.name:<14} {available()[0]} {ours:9,.1f} µs   {share:4.0%} of GEMM   best peer: {lead:<22} {others}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", default=["tabular", "digits", "middle", "sparse", "pathway"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if "native" in available():
        from hassenet.engines import native

        native.set_threads(options.threads)
        print(f"level {native.level}, {native.threads()} threads", flush=True)
    rate = gemm_rate()
    print(f"GEMM of the BLAS: {rate / 1e9:.0f} GFLOP/s", flush=True)
    for work in workloads(options.names):
        print(
            report(work, measured(work, contenders(work, options.threads), options.rounds), rate), flush=True
        )


if __name__ == "__main__":
    main()
