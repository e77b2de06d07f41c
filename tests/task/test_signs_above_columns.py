"""Signs of covers where the columns of the hierarchy are made into features: levels, parts of dates, gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import issparse

from hassenet import Hierarchy, NetworkRegressor
from hassenet.data.recognition import recognised
from hassenet.task.columns import with_levels

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame(
    {
        "age": np.where(np.arange(60) % 7, RNG.standard_normal(60), np.nan),
        "sex": np.tile(["f", "m"], 30),
        "dose": RNG.standard_normal(60),
    }
)
PAIRS = [
    ("age", "person"),
    ("sex", "person"),
    ("dose", "drug"),
    ("person", "all"),
    ("drug", "all"),
    ("sex", "odd"),
]
SIGNS = {("age", "person"): -1, ("sex", "person"): 1, ("dose", "drug"): -1, ("drug", "all"): 1}
H = Hierarchy.from_covers(PAIRS, signs=SIGNS)


def named(signs):
    return {(getattr(low, "source", low), up): sign for (low, up), sign in signs.items()}


@pytest.mark.parametrize("columns", [["age", "dose"], ["age", "sex", "dose"], ["sex", "dose"], ["dose"]])
def test_covers_of_columns_that_are_read_keep_their_signs_and_what_is_made_of_them_is_free(columns):
    made = with_levels(H, recognised(TABLE, columns, kept=frozenset(columns)).encoding)
    gone = {e for e in ("age", "sex", "dose", "person") if e not in made}
    assert named(made.signs) == {pair: sign for pair, sign in SIGNS.items() if not gone.intersection(pair)}
    assert all("=" not in str(low) and "missing" not in str(low) for low, _ in made.signs)


def test_weights_of_a_network_keep_signs_above_levels_and_beside_gaps():
    y = 2 * TABLE["age"].fillna(0) + 3 * TABLE["dose"]  # against what the signs allow
    net = NetworkRegressor(hierarchy=H, solver="lbfgs", tol=0.1, random_state=0).fit(TABLE, y).network_
    H1 = net.hierarchy
    for (low, up), sign in H1.signs.items():
        i = H1.rank(up)
        W = np.asarray(net.weights[i - 1].todense() if issparse(net.weights[i - 1]) else net.weights[i - 1])
        assert sign * W[H1.ranks[i].index(up), H1.ranks[i - 1].index(low)] >= 0
    assert named(H1.signs) == SIGNS
