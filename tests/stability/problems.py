"""Small problems, one with a planted element, and a training that a test can afford many times."""

from __future__ import annotations

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import Adam
from hassenet.stability import Recipe

RECIPE = Recipe("tanh", "sigmoid", options={"optimizer": Adam(0.02), "epochs": 40, "batch_size": 32})
PLANTED = "g3"


def groups(n: int = 8, size: int = 4) -> Hierarchy:
    """n groups of features, under one output."""
    return Hierarchy.from_covers([(f"x{k}_{j}", f"g{k}") for k in range(n) for j in range(size)]).crown(["y"])


def planted(H: Hierarchy, m: int = 160, seed: int = 0):
    """Examples whose class depends on the sum of the features below the planted element."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((m, H.shape[0]))
    below = [H.position(p) for p in H.below(PLANTED)]
    return X, (X[:, below].sum(axis=1) + 0.3 * rng.standard_normal(m) > 0).astype(int)


def least_squares(H: Hierarchy, X, Y, seed: int) -> Network:
    """The linear network with the least squares: exact, the same for every seed."""
    A = np.column_stack([X, np.ones(len(X))])
    w = np.linalg.lstsq(A, np.asarray(Y, float), rcond=None)[0]
    return Network(H, dtype="float64", theta=w)
