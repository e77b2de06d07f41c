"""How often a pathway that was planted is found again, by its power and by what else people take.

    python benchmarks/planted.py [--seeds 20] [--effects mean,signs,spread,pairs] [--jobs 2]

The hierarchy are Reactome's pathways of 10 to 300 genes. Each seed plants a pathway of 20 to 100 genes, drawn at
random, in 1,000 simulated people (hassenet.datasets.simulate_pathway), who are ill with the probability
1 / (1 + exp(−3 z)), z standardised, of the genes B of the pathway:

    mean    z = Σ tanh xⱼ
    signs   z = Σ sⱼ xⱼ, each s −1 or 1 at random
    spread  z = Σ |xⱼ|
    pairs   z = Σ xⱼ xₖ over pairs of genes, each in one pair, at random

All pathways of all ranks are put in order, and the place of the planted one is noted. Relevant are the planted pathway
and all above and below it; a pathway that shares its genes but lies beside it is not. The orders are those of

- power: hassenet.stability.element_power with its defaults;
- |t| of the mean of a pathway's genes, of its square, and of their mean absolute value, between ill and healthy: each
  is made for one of the effects;
- Goeman's global test (Goeman et al., Bioinformatics 20, 2004, 93–99): Q standardised by its moments under chance;
- Fisher's exact test of over-representation among the 500 genes with the highest |t|;
- GSEA of the genes ranked by t (gseapy's prerank, where it is installed), by |NES|;
- DeepLIFT's mean absolute score in a network with one output.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
from collections.abc import Callable, Hashable
from importlib.util import find_spec
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from scipy import special
from scipy.stats import hypergeom, ttest_ind

import hassenet as hn
from hassenet import shaping, stability

EXAMPLES, EXPLAINED, TOP, TOP_GENES = 1000, 200, 10, 500
SMALLEST, LARGEST = 20, 100
RECIPE = stability.Recipe(
    hidden="tanh",
    output="sigmoid",
    options={"optimizer": hn.Adam(0.01), "penalty": hn.L2(0.03), "batch_size": 64, "epochs": 10},
)
Activity = Callable[[Any, np.random.Generator], Any]


class Problem(NamedTuple):
    """People of whom one pathway makes some ill; the genes of each pathway are columns of X."""

    H: hn.Hierarchy
    genes: dict[Hashable, Any]
    X: Any
    ill: Any


class Row(NamedTuple):
    effect: str
    pathway: Hashable
    places: dict[str, int]
    relevant: dict[str, int]
    carrier: str
    seconds: float


def hierarchy() -> hn.Hierarchy:
    """Return the pathways of 10 to 300 genes and the genes in them."""
    H = shaping.prune(hn.datasets.load_reactome().hierarchy, 10, 300).hierarchy
    return shaping.restrict(H, [gene for gene in H.ranks[0] if H.above(gene)]).hierarchy


def related(H: hn.Hierarchy, pathway: Hashable) -> set[Hashable]:
    """Return a pathway with all that lie above and below it."""
    return {pathway, *closure(H.above, pathway), *(p for p in closure(H.below, pathway) if H.rank(p))}


def closure(step: Any, start: Hashable) -> set[Hashable]:
    found, new = set(), {start}
    while new:
        new = {q for p in new for q in step(p)} - found
        found |= new
    return found


def columns(H: hn.Hierarchy) -> dict[Hashable, Any]:
    """Return the columns of the genes below each pathway, rank by rank."""
    pathways = [p for rank in H.ranks[1:] for p in rank]
    return {p: np.array([H.position(g) for g in closure(H.below, p) if H.rank(g) == 0]) for p in pathways}


# ---------------------------------------------------------------- effects


def in_pairs(x: Any, rng: np.random.Generator) -> Any:
    first, second = np.array_split(rng.permutation(x.shape[1]), 2)
    return (x[:, first[: len(second)]] * x[:, second]).sum(axis=1)


EFFECTS: dict[str, Activity] = {
    "mean": lambda x, rng: np.tanh(x).sum(axis=1),
    "signs": lambda x, rng: x @ rng.choice([-1, 1], x.shape[1]),
    "spread": lambda x, rng: abs(x).sum(axis=1),
    "pairs": in_pairs,
}


def planted(H: hn.Hierarchy, genes: dict[Hashable, Any], effect: str, seed: int) -> tuple[Hashable, Problem]:
    middling = [p for p, which in genes.items() if SMALLEST <= len(which) <= LARGEST]
    pathway = middling[np.random.default_rng(seed).integers(len(middling))]
    X, rng = hn.datasets.simulate_pathway(H, pathway, EXAMPLES, seed).X, np.random.default_rng([seed, 1])
    activity = EFFECTS[effect](X[:, genes[pathway]], rng)
    z = (activity - activity.mean()) / activity.std()
    return pathway, Problem(H, genes, X.astype(np.float32), rng.random(EXAMPLES) < special.expit(3 * z))


# ---------------------------------------------------------------- orders


def by_t(of: Callable[[Any], Any], p: Problem) -> Any:
    """Return |t| of a number that is made of each pathway's genes."""
    values = np.stack([of(p.X[:, which]) for which in p.genes.values()], axis=1)
    return abs(ttest_ind(values[p.ill], values[~p.ill]).statistic)


def squared_mean(x: Any) -> Any:
    mean = x.mean(axis=1)
    return (mean - mean.mean()) ** 2


def global_test(p: Problem) -> Any:
    r = p.ill - p.ill.mean()
    X, variance = p.X - p.X.mean(axis=0), r.var()
    kurtosis = (r**4).mean() / variance**2 - 3
    return np.array([standardised(X[:, which], r, variance, kurtosis) for which in p.genes.values()])


def standardised(x: Any, r: Any, variance: float, kurtosis: float) -> float:
    """Return (Q − E Q) / √Var Q of Q = rᵀ x xᵀ r / (variance · genes)."""
    n, own = x.shape[1], (x**2).sum(axis=1) / x.shape[1]
    Q = ((x.T @ r) ** 2).sum() / (variance * n)
    spread = 2 * ((x.T @ x) ** 2).sum() / n**2 + kurtosis * (own**2).sum()
    return (Q - own.sum()) / np.sqrt(spread)


def gene_t(p: Problem) -> Any:
    return ttest_ind(p.X[p.ill], p.X[~p.ill]).statistic


def over_representation(p: Problem) -> Any:
    top = np.isin(np.arange(p.X.shape[1]), np.argsort(-abs(gene_t(p)))[:TOP_GENES])
    n = np.array([len(which) for which in p.genes.values()])
    hits = np.array([top[which].sum() for which in p.genes.values()])
    return -hypergeom.logsf(hits - 1, len(top), TOP_GENES, n)


def gsea(p: Problem) -> Any:
    import gseapy
    import pandas as pd

    names = [f"g{k}" for k in range(p.X.shape[1])]
    sets = {str(k): [names[j] for j in which] for k, which in enumerate(p.genes.values())}
    ranking = pd.Series(gene_t(p), names).sort_values(ascending=False)
    found = gseapy.prerank(
        ranking, sets, min_size=1, max_size=1000, permutation_num=100, threads=1, no_plot=True, outdir=None
    ).res2d
    score = dict(zip(found["Term"], found["NES"].astype(float).abs(), strict=True))
    return np.array([score.get(str(k), 0.0) for k in range(len(sets))])


def deeplift(p: Problem) -> Any:
    net = RECIPE(p.H.crown(["ill"]), p.X, p.ill.astype(int), 0)
    scores = hn.explain.deeplift(net, p.X[:EXPLAINED])
    of = dict(zip(scores.elements, scores.absolute, strict=True))
    return np.array([of[q] for q in p.genes])


RIVALS: dict[str, Callable[[Problem], Any]] = {
    "|t| of the mean": lambda p: by_t(lambda x: x.mean(axis=1), p),
    "|t| of the squared mean": lambda p: by_t(squared_mean, p),
    "|t| of the mean |x|": lambda p: by_t(lambda x: abs(x - x.mean(axis=0)).mean(axis=1), p),
    "global test": global_test,
    "over-representation": over_representation,
    **({"GSEA": gsea} if find_spec("gseapy") else {}),
    "DeepLIFT's score": deeplift,
}


def plant(H: hn.Hierarchy, genes: dict[Hashable, Any], effect: str, seed: int) -> Row:
    pathway, problem = planted(H, genes, effect, seed)
    began = perf_counter()
    power = stability.element_power(H, problem.X, problem.ill, seed=seed)
    seconds = perf_counter() - began
    scores = {"power": power.power, **{name: rival(problem) for name, rival in RIVALS.items()}}
    names, right = list(genes), related(H, pathway)
    at = names.index(pathway)
    return Row(
        effect,
        pathway,
        {name: 1 + int((s > s[at]).sum()) for name, s in scores.items()},
        {name: sum(names[k] in right for k in np.argsort(-s)[:TOP]) for name, s in scores.items()},
        power.carriers[at],
        seconds,
    )


def shown(name: str, rows: list[Row], effects: list[str]) -> str:
    of = {effect: [row for row in rows if row.effect == effect] for effect in [*effects]}
    cells = [cell(name, found) for found in (*of.values(), rows)]
    return f"| {name:24} | {' | '.join(cells)} |"


def cell(name: str, rows: list[Row]) -> str:
    """Return in how many rows the planted one is first, among ten, and the precision of the first ten."""
    places = np.array([row.places[name] for row in rows])
    precision = np.mean([row.relevant[name] for row in rows]) / TOP
    return f"{(places == 1).sum():2}, {(places <= TOP).sum():2}, {precision:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--effects", default=",".join(EFFECTS))
    parser.add_argument("--jobs", type=int, default=2)
    o = parser.parse_args()
    effects, began, H = o.effects.split(","), perf_counter(), hierarchy()
    genes, rows = columns(H), []
    running = Parallel(n_jobs=o.jobs, return_as="generator")(
        delayed(plant)(H, genes, effect, seed) for seed in range(o.seeds) for effect in effects
    )
    for row in running:
        places = ", ".join(f"{name} {k}" for name, k in row.places.items())
        print(
            f"{row.effect:6} {str(row.pathway)[:40]:40} by its {row.carrier}, {row.seconds:.0f} s: {places}",
            flush=True,
        )
        rows.append(row)
    print("\nplanted pathway first, among ten, precision of the first ten\n")
    print(f"| order by | {' | '.join(effects)} | all |\n|---|{'---|' * (len(effects) + 1)}")
    for name in rows[0].places:
        print(shown(name, rows, effects))
    print(f"\n{o.seeds} seeds: {perf_counter() - began:.0f} s, {o.jobs} at a time")


if __name__ == "__main__":
    main()
