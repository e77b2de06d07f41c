"""Whether p-values of powers are what they say: uniform without an effect, false discoveries as rare as their rate.

    python benchmarks/null_power.py [--sets 100] [--people 200] [--genes 600] [--draws 10] [--jobs 2]

The hierarchy are Reactome's pathways of 10 genes or more among some of its genes, drawn at random. In each of the data
sets people are simulated once with no pathway that makes ill, and once with one, in one of the four ways of planted.py
by turns. Without one, all elements of all sets together have p ≤ α as often as the table says. With one, a discovery (a
false discovery rate ≤ 0.1) is false where the pathway shares no gene with the planted one; the realised rate is the
mean over data sets of their share among the discoveries, 0 where there are none.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from planted import EFFECTS, columns
from scipy import special

import hassenet as hn
from hassenet import shaping, stability

LEVELS, RATE, LEAST = (0.01, 0.05, 0.1, 0.5), 0.1, 10


class Found(NamedTuple):
    p: Any
    pooled_p: Any
    genes: Any
    by_chance: int
    discoveries: int
    false: int
    is_found: bool


def hierarchy(n: int) -> hn.Hierarchy:
    """Return the pathways of ten genes or more, of n genes."""
    H = hn.datasets.load_reactome().hierarchy
    some = np.random.default_rng(0).permutation(len(H.ranks[0]))[:n]
    H = shaping.prune(shaping.restrict(H, [H.ranks[0][k] for k in some]).hierarchy, LEAST, n // 4).hierarchy
    return shaping.restrict(H, [gene for gene in H.ranks[0] if H.above(gene)]).hierarchy


def examined(H: hn.Hierarchy, seed: int, people: int, draws: int) -> Found:
    rng, genes = np.random.default_rng(seed), columns(H)
    pathway = list(genes)[rng.integers(len(genes))]
    X = hn.datasets.simulate_pathway(H, pathway, people, seed).X
    nothing = stability.element_power(H, X, rng.random(people) < 0.5, draws=draws, seed=seed)
    activity = list(EFFECTS.values())[seed % len(EFFECTS)](X[:, genes[pathway]], rng)
    ill = rng.random(people) < special.expit(3 * (activity - activity.mean()) / activity.std())
    found = stability.element_power(H, X, ill, draws=draws, seed=seed)
    names = [found.elements[k] for k in np.flatnonzero(found.fdr <= RATE)]
    apart = [not np.isin(genes[p], genes[pathway]).any() for p in names]
    return Found(
        nothing.p,
        nothing.pooled_p,
        np.array([len(genes[p]) for p in nothing.elements]),
        int((nothing.fdr <= RATE).sum()),
        len(names),
        sum(apart),
        pathway in names,
    )


def often(p: Any) -> str:
    return ", ".join(f"{np.mean(p <= level):.3f}" for level in LEVELS)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, value in (("sets", 100), ("people", 200), ("genes", 600), ("draws", 10), ("jobs", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    o = parser.parse_args()
    began, H = perf_counter(), hierarchy(o.genes)
    print(repr(H), flush=True)
    tasks = (delayed(examined)(H, seed, o.people, o.draws) for seed in range(o.sets))
    found = []
    for one in Parallel(n_jobs=o.jobs, return_as="generator")(tasks):
        found.append(one)
        print(len(found), one.by_chance, one.discoveries, one.false, one.is_found, flush=True)
    p, pooled = (np.concatenate([getattr(one, name) for one in found]) for name in ("p", "pooled_p"))
    genes = np.concatenate([one.genes for one in found])
    small = genes <= np.median(genes)
    print(f"\nwithout an effect, how often p ≤ {', '.join(map(str, LEVELS))}:")
    print(f"  each by its own draws: {often(p)}\n  pooled: {often(pooled)}")
    print(f"  pooled, the half with fewer genes: {often(pooled[small])}; with more: {often(pooled[~small])}")
    print(f"  sets with a discovery: {np.mean([one.by_chance > 0 for one in found]):.2f}")
    share = [one.false / max(1, one.discoveries) for one in found]
    print(
        f"with one: discoveries a set {np.mean([one.discoveries for one in found]):.1f}, the planted pathway among "
        f"them in {sum(one.is_found for one in found)} of {len(found)}, "
        f"realised false discovery rate {np.mean(share):.3f}"
    )
    print(f"{o.sets} sets: {perf_counter() - began:.0f} s, {o.jobs} at a time")


if __name__ == "__main__":
    main()
