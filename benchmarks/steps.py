"""Microseconds of a whole training step (gather, forward, backward, plain SGD) beside other libraries.

    python benchmarks/steps.py [--rounds 5] [--threads 2] [tabular digits middle large sparse pathway]

All contenders of a workload take turns; each has the best of its turns. One turn is one epoch or about a
second. Compile time is not counted. Peers that are not installed are named and left out. The table shows how
many times slower a peer is, the ratio to the best of them beside what was aimed at, and the shares of the rate
of a large matrix product of the BLAS and of the memory's bandwidth (what a step would move if no cache kept
any), both measured in the same run.
"""

from __future__ import annotations

import os

# where they are set, every figure of the BLAS is halved
for _variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(_variable, None)

import argparse
from importlib.util import find_spec
from time import perf_counter

import numpy as np
from peers import jax_scan, pytorch, sklearn_mlp
from workloads import RATE, Run, Workload, workloads

from hassenet import SGD
from hassenet.engines import Objective, available, get_engine
from hassenet.engines.steps import Steps
from hassenet.likelihoods import as_loss

# How many times faster than the best peer it was meant to be; "large" is aimed at 90 % of the BLAS.
AIMS = {
    "tabular": 4, "digits": 1.6, "middle": 1.25, "large": 1, "pathway": 4,
    "sparse 0.1%": 6, "sparse 1.0%": 12, "sparse 5.0%": 4.5, "sparse 10.0%": 4.5, "sparse 20.0%": 2,
}  # fmt: skip


def engine(name: str, work: Workload) -> Run:
    X, Y = work.data()
    net = work.network()
    one, objective, theta = get_engine(name), Objective.of(net.plan, as_loss(work.loss)), net.theta.copy()
    data = one.put(X, Y)

    def run(order: np.ndarray) -> None:
        rates = np.full(len(order) // work.batch, RATE)
        one.train(net.plan, objective, theta, (), data, Steps(SGD(RATE), order, rates, work.batch))

    return run


def contenders(work: Workload, threads: int) -> dict[str, Run]:
    found = {name: engine(name, work) for name in available()}
    small = work.name != "pathway"  # its first full matrix has 256 million entries
    if work.is_complete:
        found["scikit-learn"] = sklearn_mlp.mlp(work)
    if find_spec("torch"):
        for n in sorted({1, threads}) if small else ():
            found[f"torch {n}"] = pytorch.matrices(work, n)
        if not work.is_complete:
            found["torch gather"] = pytorch.gather(work, threads)
    if find_spec("sparseprop") and not work.is_complete and small:
        for n in sorted({1, threads}):
            found[f"SparseProp {n}"] = pytorch.sparseprop(work, n)
    if find_spec("jax"):
        layers = ["full"] if work.is_complete else ["gather", "masked"] if small else ["gather"]
        found |= {f"jax {layer}": jax_scan.jax_scan(work, layer) for layer in layers}
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


def bandwidth() -> float:
    """Return bytes a second of a copy of half a gigabyte, read and written, a thread a processor."""
    from concurrent.futures import ThreadPoolExecutor

    n = os.cpu_count() or 1
    source, target = (np.ones((n, (1 << 26) // n), np.float32) for _ in range(2))
    best = np.inf
    with ThreadPoolExecutor(n) as pool:
        for _ in range(6):
            began = perf_counter()
            list(pool.map(np.copyto, target, source))
            best = min(best, perf_counter() - began)
    return 2 * source.nbytes / best


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


def report(work: Workload, best: dict[str, float], rate: float, copied: float) -> str:
    ours = best[available()[0]]
    peers = {name: t for name, t in best.items() if name != available()[0]}
    fastest = min(peers, key=peers.get) if peers else None
    others = "  ".join(f"{name} {t:,.0f} ({t / ours:.1f}×)" for name, t in peers.items())
    lead = f"{peers[fastest] / ours:.2f}× {fastest}" if fastest else ""
    seconds = ours * 1e-6
    shares = f"{work.flops / seconds / rate:4.0%} of GEMM, {work.bytes / seconds / copied:4.0%} of bandwidth"
    return (
        f"{work.name:<13} {available()[0]} {ours:9,.1f} µs  {shares}  best: {lead} (aim {AIMS[work.name]}×)\n"
        f"{'':14}{others}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", default=["tabular", "digits", "middle", "large", "sparse", "pathway"]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if "native" in available():
        from hassenet.engines import native

        native.set_threads(options.threads)
        print(f"level {native.level}, {native.threads()} threads", flush=True)
    rate = gemm_rate()
    copied = bandwidth()
    print(f"GEMM of the BLAS: {rate / 1e9:.0f} GFLOP/s; memory: {copied / 1e9:.0f} GB/s", flush=True)
    for peer in ("torch", "sparseprop", "jax"):
        if not find_spec(peer):
            print(f"not installed, so left out: {peer} (make peers)", flush=True)
    for work in workloads(options.names):
        best = measured(work, contenders(work, options.threads), options.rounds)
        print(report(work, best, rate, copied), flush=True)


if __name__ == "__main__":
    main()
