"""How often chance alone has a small p by the pooled null: in networks that learned noise, over elements of all sizes.

40 elements cover 3, 8, 25 or 60 of 200 features of different variances. The classes of 120 examples are a coin's. A
network is trained on them, and 20 on permuted ones; p ≤ α should come in a share of α of all elements.

    python benchmarks/pooled_null.py             1,000 problems, 21,000 trainings (one core, 3 minutes)
"""

from __future__ import annotations

import argparse

import numpy as np

from hassenet import Adam, Hierarchy
from hassenet.stability import NullScores, Recipe, null_scores

ALPHAS = (0.01, 0.05, 0.1)
SIZES = np.repeat([3, 8, 25, 60], [20, 12, 6, 2])
RECIPE = Recipe("tanh", "sigmoid", options={"optimizer": Adam(0.02), "epochs": 15, "batch_size": 32})


def hierarchy() -> Hierarchy:
    """Return elements of very different sizes, over features drawn at random."""
    rng = np.random.default_rng(1)
    sets = [rng.choice(200, size, replace=False) for size in SIZES]
    return Hierarchy.from_covers([(f"x{j}", f"g{k}") for k, of_k in enumerate(sets) for j in of_k]).crown(
        ["y"]
    )


def scores_of_noise(H: Hierarchy, seed: int) -> NullScores:
    """Return scores and draws where nothing can be learned."""
    spread = np.exp(0.7 * np.random.default_rng(3).standard_normal(H.shape[0]))
    rng = np.random.default_rng([7, seed])
    X = spread * rng.standard_normal((120, H.shape[0]))
    return null_scores(RECIPE, H, X, rng.integers(2, size=120), draws=20, seed=seed)


def main() -> None:
    """Print for each α how often p ≤ α came, as a multiple of α."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--problems", type=int, default=1000)
    H, found = hierarchy(), []
    for seed in range(parser.parse_args().problems):
        scores = scores_of_noise(H, seed)
        found.append(scores.pooled_p)
    p = np.array(found)
    size = np.array([len(H.below(e)) for e in scores.elements])
    groups = {"features": scores.ranks == 0, "elements": scores.ranks == 1}
    groups |= {f"  of {n} features": (scores.ranks == 1) & (size == n) for n in np.unique(SIZES)}
    print(f"{'p ≤ α, times α':20}", *(f"α = {alpha:<6g}" for alpha in ALPHAS))
    for name, columns in groups.items():
        print(f"{name:20}", *(f"{(p[:, columns] <= alpha).mean() / alpha:<10.2f}" for alpha in ALPHAS))


if __name__ == "__main__":
    main()
