"""The pooled null: p by the draws of all elements of a rank together."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import stability
from hassenet import testing as ht
from hassenet.hierarchy import Hierarchy

sys.path.insert(0, str(Path(__file__).parent))

from problems import PLANTED, RECIPE, groups, least_squares, planted


def null_scores(scores, ranks=None):
    """Take the first row as observed, the others as draws."""
    n = scores.shape[1]
    ranks = np.zeros(n, int) if ranks is None else ranks
    return stability.NullScores(tuple(range(n)), ranks, scores[0], scores[1:])


@given(k=st.integers(3, 7), n=st.integers(1, 6), seed=ht.seeds())
def test_p_is_the_count_over_all_draws_of_the_rank_each_measured_by_the_others(k, n, seed):
    scores = ht.random_array(k + 1, n, seed=seed)
    observed, null = scores[0], scores[1:]

    def t(value, others):
        return (value - others.mean()) / (others.std(ddof=1) * np.sqrt(1 + 1 / len(others)))

    pool = [t(null[i, j], np.delete(null[:, j], i)) for i in range(k) for j in range(n)]
    expected = [(1 + sum(u >= t(observed[j], null[:, j]) for u in pool)) / (1 + k * n) for j in range(n)]
    np.testing.assert_allclose(null_scores(scores).pooled_p, expected)


@given(seed=ht.seeds())
def test_the_place_and_the_scale_of_an_elements_scores_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    scores = rng.standard_normal((11, 6))
    moved = scores * 2.0 ** rng.integers(-8, 8, 6) + rng.integers(-9, 9, 6)
    np.testing.assert_allclose(null_scores(scores).pooled_p, null_scores(moved).pooled_p)


def test_each_rank_has_a_pool_of_its_own():
    scores, ranks = np.random.default_rng(0).standard_normal((9, 7)), np.array([0, 0, 0, 0, 1, 1, 1])
    apart = [null_scores(scores[:, ranks == i]).pooled_p for i in (0, 1)]
    np.testing.assert_array_equal(null_scores(scores, ranks).pooled_p, np.concatenate(apart))


@pytest.mark.parametrize("draws", [5, 20])
def test_over_a_rank_p_is_as_often_below_alpha_as_alpha_says_or_less(draws):
    """Scores of chance: skewed, of all sizes, and shares of one sum, in 200 ranks of 200 elements."""
    p = []
    for seed in range(200):
        rng = np.random.default_rng([draws, seed])
        scores = np.exp(rng.standard_normal((1 + draws, 200))) * np.exp(rng.standard_normal(200))
        p.append(null_scores(scores / scores.sum(axis=1, keepdims=True)).pooled_p)
    p = np.concatenate(p)
    for alpha in (0.01, 0.05, 0.1):
        assert (p <= alpha).mean() < 1.2 * alpha
        assert (p <= alpha).mean() > (0.3 if draws == 5 else 0.8) * alpha


def test_over_the_elements_of_networks_that_learned_noise_p_is_uniform():
    """60 problems of noise, 20 features: 1,200 values of p that hang together a little."""
    H, p = Hierarchy.complete(20, 1), []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((60, 20)) * np.arange(1, 21), rng.standard_normal(60)
        p.append(stability.null_scores(least_squares, H, X, y, draws=19, seed=seed).pooled_p)
    p = np.concatenate(p)
    for alpha in (0.01, 0.05, 0.1, 0.5):
        assert abs((p <= alpha).mean() - alpha) < 4 * np.sqrt(alpha * (1 - alpha) / 1200)


def test_twenty_draws_discover_a_planted_element_that_they_could_not_by_its_own_draws():
    H = groups()
    X, y = planted(H)
    found = stability.null_scores(RECIPE, H, X, y, draws=20)
    k = found.elements.index(PLANTED)
    assert found.fdr[k] > 0.1 >= found.pooled_fdr[k]
    of_rank = found.ranks == 1
    assert (found.pooled_fdr[of_rank] <= 0.1).sum() == 1
    np.testing.assert_array_equal(found.table()["pooled_fdr"], found.pooled_fdr)


def test_scores_that_never_change_stand_out_by_nothing_and_one_that_does_by_all():
    constant = np.full((10, 3), [0.0, 0.1, 1 / 3])
    np.testing.assert_array_equal(null_scores(constant).pooled_p, 1)
    constant[0, 1] = 0.2
    np.testing.assert_allclose(null_scores(constant).pooled_p, [1, 1 / 28, 1])


def test_fewer_than_three_draws_say_nothing():
    for draws in (1, 2):
        found = null_scores(np.eye(1 + draws, 4))
        np.testing.assert_array_equal(found.pooled_p, 1)
        np.testing.assert_array_equal(found.pooled_fdr, 1)


@pytest.mark.parametrize("value", [0.1, 0.3, 1 / 3, 0.123, 0.7, 1e-9])
def test_a_draw_that_alone_differs_stands_out_without_bound_whichever_it_is(value):
    """19 draws alike and one not: its t is infinite, and no score that differs less than without bound reaches it."""
    scores = np.zeros((21, 2))
    scores[:, 1] = np.random.default_rng(0).standard_normal(21)
    scores[0, 1] = 1e30
    p = []
    for place in range(1, 21):
        differs = scores.copy()
        differs[place, 0] = value
        differs[1:, 0] += 0.1
        p.append(null_scores(differs).pooled_p[1])
    np.testing.assert_array_equal(p, 2 / 41)
