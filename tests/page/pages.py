"""A small model with a name that must not be trusted, and rows for it."""

from __future__ import annotations

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.model import Model
from hassenet.network import Network
from hassenet.tables import Table

HOSTILE = "</script><img src=x onerror=document.title='taken'>\u2028&amp;\"'`${1}"
LINEAGES = ["k__A|p__B|g__C c", "k__A|p__B|g__D", "k__A|p__E", "k__F|p__G|g__H", HOSTILE]


def model(classes: tuple[str, ...] = ("healthy", "ill"), outputs: int = 1) -> Model:
    """A taxonomy with an element of a hostile name, and heads on all ranks."""
    H = Hierarchy.from_lineages(LINEAGES).crown([f"health={c}" for c in classes[-outputs:]])
    net = Network(H, hidden="tanh", output="sigmoid" if outputs == 1 else "softmax", seed=3)
    metrics = {
        "rows": {"training": 30.0, "held out": 10.0},
        "training": {"epochs": 5.0, "steps": 20.0},
        "network": {"accuracy": 0.9},
    }
    return Model(net, tuple(H.ranks[0]), "classification", ("health",), classes, metrics=metrics)


def table(m: int = 40, classes: tuple[str, ...] = ("healthy", "ill")) -> Table:
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=m) for name in model().features}
    return Table({**columns, "health": np.array([classes[k % len(classes)] for k in range(m)], object)})
