"""How often a pathway that was planted is found again: by its score, and by what the score has beyond chance.

    python benchmarks/planted.py [--seeds 20] [--draws 19] [--jobs 2]

The hierarchy are Reactome's pathways of 10 to 300 genes, outputs looking at all ranks. Each seed plants a pathway of
20 to 100 genes, drawn at random, in 1,000 simulated people (hassenet.datasets.simulate_pathway), trains a network,
and orders the pathways by DeepLIFT's mean absolute score over 200 of the people. The null model are networks trained
in the same way on permuted labels; the excess is the score beyond theirs, in their deviations. Pathways are ordered
over all ranks, and once more within the planted one's rank. Relevant are the planted pathway and all pathways above
and below it, in the hierarchy as it was trained; a pathway that shares its genes but lies beside it is not. Beside
them stands what needs no network: |t| between ill and healthy of the mean expression of each pathway's genes, which
is close to how people were made ill. With k draws p is 1/(1 + k) at least, so that a false discovery rate of 0.1 over
the pathways of a rank can be reached where 1/(1 + k) · #rank ≤ 0.1 · (how many have that p): with 19 draws in ranks
of two.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
from collections.abc import Hashable, Sequence
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import ttest_ind

import hassenet as hn
from hassenet import shaping, stability

EXAMPLES, EXPLAINED, TOP = 1000, 200, 10
SMALLEST, LARGEST = 20, 100
# Chosen, with the score, on a few trials of the same kind; one planted a pathway that is among the twenty.
RECIPE = stability.Recipe(
    hidden="tanh",
    output="sigmoid",
    options={"optimizer": hn.Adam(0.01), "penalty": hn.L2(0.03), "batch_size": 64, "epochs": 10},
)


class Found(NamedTuple):
    """Where the planted pathway stands (0: not among the chosen ones), how many are chosen, and of the first ten how
    many are relevant, of how many."""

    place: int
    chosen: int
    relevant: int
    of: int


class Row(NamedTuple):
    pathway: Hashable
    genes: int
    relevant: int
    pathways: int
    found: dict[str, Found]
    seconds: float


def hierarchy() -> hn.Hierarchy:
    """Return the pathways of 10 to 300 genes and the genes in them."""
    H = shaping.prune(hn.datasets.load_reactome().hierarchy, 10, 300).hierarchy
    return shaping.restrict(H, [gene for gene in H.ranks[0] if H.above(gene)]).hierarchy


def explained(net: hn.Network, X: Any) -> hn.explain.Relevance:
    return hn.explain.deeplift(net, X[:EXPLAINED])


def related(H: hn.Hierarchy, pathway: Hashable) -> set[Hashable]:
    """Return a pathway with all that lie above and below it."""
    return {pathway, *closure(H.above, pathway), *(p for p in closure(H.below, pathway) if H.rank(p))}


def closure(step: Any, start: Hashable) -> set[Hashable]:
    found, new = set(), {start}
    while new:
        new = {q for p in new for q in step(p)} - found
        found |= new
    return found


def place(pathway: Hashable, names: Sequence[Hashable], relevant: set[Hashable]) -> Found:
    """Judge pathways that stand in their order, best first."""
    first = names[:TOP]
    position = names.index(pathway) + 1 if pathway in names else 0
    return Found(position, len(names), sum(p in relevant for p in first), len(first))


def plant(H: hn.Hierarchy, seed: int, draws: int) -> Row:
    began = perf_counter()
    n = shaping.features_below(H)
    pathways = [p for rank in H.ranks[1:] for p in rank]
    middling = [p for p in pathways if SMALLEST <= n[p] <= LARGEST]
    pathway = middling[np.random.default_rng(seed).integers(len(middling))]
    data = hn.datasets.simulate_pathway(H, pathway, EXAMPLES, seed)
    X, ill = data.X.astype(np.float32), data.y == "ill"
    scores = stability.null_scores(
        RECIPE, H.crown(["ill"]), X, ill.astype(int),
        explain=explained, statistic=stability.magnitude, draws=draws, seed=seed,
    )  # fmt: skip
    relevant = related(H, pathway)
    order = [k for k in np.argsort(-scores.observed, kind="stable") if scores.ranks[k]]
    beyond = [k for k in np.argsort(-scores.excess, kind="stable") if scores.ranks[k]]
    rank = H.rank(pathway)
    chosen = {
        "score alone": order,
        "score, p ≤ 0.05": [k for k in order if scores.p[k] <= 0.05],
        "score, false discovery rate ≤ 0.1": [k for k in order if scores.fdr[k] <= 0.1],
        "score, pooled rate ≤ 0.1": [k for k in order if scores.pooled_fdr[k] <= 0.1],
        "excess": beyond,
        "score, within its rank": [k for k in order if scores.ranks[k] == rank],
        "excess, within its rank": [k for k in beyond if scores.ranks[k] == rank],
    }
    found = {
        name: place(pathway, [scores.elements[k] for k in rows], relevant) for name, rows in chosen.items()
    }
    found["|t| of the mean, no network"] = place(pathway, by_means(H, pathways, X, ill), relevant)
    return Row(pathway, n[pathway], len(relevant), len(pathways), found, perf_counter() - began)


def by_means(H: hn.Hierarchy, pathways: Sequence[Hashable], X: Any, ill: Any) -> list[Hashable]:
    """Return the pathways in the order of |t| of the mean of their genes."""
    genes = {p: [H.position(g) for g in closure(H.below, p) if H.rank(g) == 0] for p in pathways}
    means = np.stack([X[:, genes[p]].mean(axis=1) for p in pathways], axis=1)
    t = np.abs(ttest_ind(means[ill], means[~ill]).statistic)
    return [pathways[k] for k in np.argsort(-t, kind="stable")]


def shown(rows: Sequence[Row], name: str) -> str:
    found = [row.found[name] for row in rows]
    places = np.array([f.place or np.inf for f in found])
    of = sum(f.of for f in found)
    precision = f"{sum(f.relevant for f in found) / of:.2f}" if of else "none chosen"
    return (
        f"{name:33} first {int((places == 1).sum()):2}, among ten {int((places <= TOP).sum()):2}, "
        f"not chosen {int(np.isinf(places).sum()):2} of {len(rows)}; median place {np.median(places):g} of "
        f"{np.median([f.chosen for f in found]):,.0f} chosen; precision of the first ten {precision}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--draws", type=int, default=19)
    parser.add_argument("--jobs", type=int, default=2)
    o = parser.parse_args()
    began, H = perf_counter(), hierarchy()
    print(f"{H!r}; with outputs: {H.crown(['ill'])!r}", flush=True)
    running = Parallel(n_jobs=o.jobs, return_as="generator")(
        delayed(plant)(H, seed, o.draws) for seed in range(o.seeds)
    )
    rows = []
    for seed, row in enumerate(running):
        places = ", ".join(f"{name}: {f.place or '-'} ({f.relevant}/{f.of})" for name, f in row.found.items())
        print(f"{seed:2} {str(row.pathway)[:48]:48} {row.genes:3} genes  {places}", flush=True)
        rows.append(row)
    print()
    for name in rows[0].found:
        print(shown(rows, name))
    by_chance = np.mean([row.relevant / row.pathways for row in rows])
    most = np.mean([min(row.relevant, TOP) / TOP for row in rows])
    print(
        f"precision of ten pathways at random {by_chance:.3f}, with all that are relevant among them {most:.2f}"
    )
    print(f"{len(rows)} seeds, {o.draws} draws each: {perf_counter() - began:.0f} s, {o.jobs} at a time")


if __name__ == "__main__":
    main()
