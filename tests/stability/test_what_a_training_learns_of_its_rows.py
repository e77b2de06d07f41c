"""What fills gaps, scales and encodes is learned by each training of a study, of its rows, in Python and by command."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from hassenet import Hierarchy
from hassenet.data.examples import Examples
from hassenet.errors import ParameterError
from hassenet.stability import (
    Folds,
    Recipe,
    Subsample,
    fill_gaps,
    null_scores,
    stability,
    standardise,
    twins,
)
from hassenet.stability.preparing import prepared

M, SEED = 40, 3
H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")]).crown(["y"])
RNG = np.random.default_rng(0)
X = RNG.standard_normal((M, 4)) * [1, 5, 1, 1] + 3
X[::5, 0], X[1::6, 3] = np.nan, np.nan
Y = (RNG.random(M) > 0.5).astype(int)


@dataclass
class Witness:
    """A recipe that remembers each network."""

    recipe: Recipe
    seen: list[bytes] = field(default_factory=list)

    def __call__(self, H, X, Y, seed):
        net = self.recipe(H, X, Y, seed)
        self.seen.append(net.theta.tobytes())
        return net


def with_others(rows, dtype=float):
    """X with other values in some rows."""
    other = X.copy()
    other[rows] = RNG.uniform(50, 99, (len(rows), 4))
    return other.astype(dtype)


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("prepare", [None, standardise, fill_gaps])
def test_values_of_rows_outside_a_draw_change_no_bit_of_its_network(engine, prepare):
    dtype = np.float32 if prepare is standardise else float
    recipe = Recipe(output="sigmoid", options={"epochs": 2, "engine": engine}, dtype=np.dtype(dtype).name)
    for run in range(2):
        held_out = Subsample().rows(M, run, SEED)[1]
        found = []
        for x in (X.astype(dtype), with_others(held_out, dtype)):
            train = Witness(recipe)
            stability(train, H, x, Y, resampling=Subsample(), runs=2, seed=SEED, prepare=prepare)
            found.append(train.seen[run])
        assert found[0] == found[1]


def test_twins_too_learn_of_their_own_rows_what_fills_gaps():
    held_out = Folds(5).rows(M, 0, SEED)[1]
    found = []
    for x in (X, with_others(held_out)):
        train = Witness(Recipe(output="sigmoid", options={"epochs": 2}))
        twins(train, H, x, Y, runs=1, seed=SEED)
        found.append(train.seen)
    assert len(found[0]) == 3
    assert found[0] == found[1]


def test_a_null_model_is_of_features_that_are_filled_as_those_of_the_network():
    recipe = Recipe(output="sigmoid", options={"epochs": 2})
    filled = fill_gaps(X, Y)(X, Y)[0]
    found, by_hand = (null_scores(recipe, H, x, Y, draws=2) for x in (X, filled))
    np.testing.assert_array_equal(found.null, by_hand.null)


def test_levels_of_a_category_are_filled_together_where_they_are_named():
    levels = np.array([[1.0, 0], [0, 1], [0, 1], [np.nan, np.nan]])
    filled = fill_gaps(levels, None, categories=[(0, 1)])(levels, None)[0]
    np.testing.assert_array_equal(filled[3], [0, 1])
    scaled = standardise(levels, None, categories=[(0, 1)])(levels, None)[0]
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(scaled.std(axis=0), 1)


def test_targets_too_may_be_learned_of_the_rows_of_a_draw():
    def centred(X, Y):
        return lambda x, y: (x, y - Y.mean())

    data = Examples(X, np.arange(M, dtype=float))
    rows = np.arange(10)
    found = prepared(centred, data, rows)
    assert found.Y[rows].mean() == 0
    assert found.X is data.X


def test_a_preparation_that_is_not_a_function_is_refused():
    with pytest.raises(ParameterError, match="prepare is"):
        stability(Recipe(), H, X, Y, prepare="standardise")
