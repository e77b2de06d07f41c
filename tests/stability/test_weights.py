"""Weights of examples go with their rows into every training."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet import explain, stability
from hassenet import testing as ht
from hassenet.errors import DataError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network

H = Hierarchy.complete(3, 1)
X = ht.random_array(30, 3, seed=0)
Y = X @ [1.0, -2.0, 0.0] + ht.random_array(30, seed=1)
W = np.random.default_rng(0).integers(0, 4, 30)
# rows of weight 0 are absent: of a study that is given W these are the rows
X1, Y1, W1 = X[W > 0], Y[W > 0], W[W > 0]


def weighted_least_squares(H, X, Y, seed, sample_weight=None):
    """The linear network with the least sum of weighted squares."""
    root = np.sqrt(np.ones(len(Y)) if sample_weight is None else sample_weight)[:, None]
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.lstsq(root * A, root[:, 0] * Y, rcond=None)[0]
    return Network(H, dtype="float64", theta=theta)


def scores(net):
    return stability.share(explain.deeplift(net, X1))


def test_in_each_run_weights_are_those_of_its_rows():
    for resampling in (stability.Bootstrap(), stability.Folds(3)):
        found = stability.stability(
            weighted_least_squares, H, X, Y, sample_weight=W, resampling=resampling, runs=3
        )
        beside = stability.twins(
            weighted_least_squares, H, X, Y, sample_weight=W, resampling=resampling, runs=3
        )
        for run in range(3):
            rows, rest = resampling.rows(len(W1), run, 0)
            net = weighted_least_squares(H, X1[rows], Y1[rows], 0, W1[rows])
            np.testing.assert_allclose(found.scores[run], scores(net))
            assert found.held_out[run] == pytest.approx(stability.r_squared(net, X1[rest], Y1[rest]))
        np.testing.assert_allclose(beside.hierarchy, found.held_out)


def test_a_weight_is_as_many_copies_of_a_row_in_the_network_itself():
    """Scores are means over the examples there are, so that only learning tells of copies."""
    copies = np.repeat(np.arange(30), W)
    found = stability.null_scores(weighted_least_squares, H, X, Y, sample_weight=W, draws=1)
    np.testing.assert_allclose(found.observed, scores(weighted_least_squares(H, X[copies], Y[copies], 0)))


def test_permuted_targets_leave_weights_with_the_rows_of_x():
    def reversed_targets(H, Y, seed):
        return H, Y[::-1]

    found = stability.null_scores(weighted_least_squares, H, X, Y, reversed_targets, sample_weight=W, draws=1)
    np.testing.assert_allclose(found.null[0], scores(weighted_least_squares(H, X1, Y1[::-1], 0, W1)))


def test_a_recipe_learns_with_weights_as_a_fit_does():
    recipe = stability.Recipe(options={"epochs": 3})
    one, other = recipe(H, X, Y, 0, sample_weight=W), recipe(H, X, Y, 0)
    assert (one.theta != other.theta).any()
    found = stability.null_scores(recipe, H, X, Y, sample_weight=np.ones(30), draws=1)
    np.testing.assert_array_equal(found.null, stability.null_scores(recipe, H, X, Y, draws=1).null)


@pytest.mark.parametrize("study", [stability.stability, stability.null_scores, stability.twins])
def test_weights_that_do_not_fit_are_refused(study):
    with pytest.raises(ShapeError, match="one sample weight an example, 30 of them; got shape"):
        study(weighted_least_squares, H, X, Y, sample_weight=W[:-1])
    with pytest.raises(DataError, match="sample weights are ≥ 0"):
        study(weighted_least_squares, H, X, Y, sample_weight=-W)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"sample_weight": W},
            r"cannot share 'sample_weight'; weights go with their rows; give sample_weight=…",
        ),
        ({"seed": 1}, "cannot share 'seed'; each has its own; give seed=…"),
        ({"validation_data": (X, Y)}, "cannot share 'validation_data'.*take validation_fraction"),
        ([("epochs", 3)], "options are a mapping from names to values"),
    ],
)
def test_options_that_trainings_cannot_share_are_refused_when_the_recipe_is_made(options, message):
    with pytest.raises(ParameterError, match=message):
        stability.Recipe(options=options)
