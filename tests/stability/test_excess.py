"""What a score has beyond that of chance, in deviations: the order in which elements are read."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import stability
from hassenet import testing as ht

sys.path.insert(0, str(Path(__file__).parent))

from problems import PLANTED, RECIPE, groups, planted


def null_scores(scores, ranks=None):
    """Take the first row as observed, the others as draws."""
    n = scores.shape[1]
    return stability.NullScores(
        tuple(range(n)), np.zeros(n, int) if ranks is None else ranks, scores[0], scores[1:]
    )


@given(k=st.integers(2, 9), n=st.integers(1, 6), seed=ht.seeds())
def test_the_excess_is_the_distance_from_the_mean_in_deviations_and_their_median(k, n, seed):
    scores = ht.random_array(k + 1, n, seed=seed)
    mean, deviation = scores[1:].mean(axis=0), scores[1:].std(axis=0, ddof=1)
    expected = (scores[0] - mean) / (deviation + np.median(deviation))
    np.testing.assert_allclose(null_scores(scores).excess, expected)


@given(seed=ht.seeds())
def test_what_chance_gives_an_element_and_the_unit_of_scores_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    scores = rng.standard_normal((11, 6))
    moved = 3.0 * (scores + rng.integers(-9, 9, 6))
    np.testing.assert_allclose(null_scores(moved).excess, null_scores(scores).excess, atol=1e-12)


@given(seed=ht.seeds())
def test_the_excess_is_t_with_a_smaller_weight_for_elements_that_chance_hardly_moves(seed):
    scores = ht.random_array(12, 7, seed=seed)
    deviation = scores[1:].std(axis=0, ddof=1)
    t = (scores[0] - scores[1:].mean(axis=0)) / deviation
    weight = null_scores(scores).excess / t
    order = np.argsort(deviation)
    assert (np.diff(weight[order]) >= -1e-12).all()
    assert weight[order[3]] == pytest.approx(0.5)  # the median


def test_the_excess_of_a_rank_does_not_depend_on_other_ranks():
    scores, ranks = np.random.default_rng(0).standard_normal((9, 7)), np.array([0, 0, 0, 0, 1, 1, 1])
    apart = [null_scores(scores[:, ranks == i]).excess for i in (0, 1)]
    np.testing.assert_array_equal(null_scores(scores, ranks).excess, np.concatenate(apart))


def test_scores_that_nothing_changes_have_none_and_one_that_differs_from_them_has_no_bound():
    scores = np.full((5, 3), 0.1)
    np.testing.assert_array_equal(null_scores(scores).excess, np.zeros(3))
    scores[0] = [0.1, 0.2, 0.0]
    np.testing.assert_array_equal(null_scores(scores).excess, [0, np.inf, -np.inf])


def test_one_draw_of_a_null_model_has_no_deviation():
    assert np.isnan(null_scores(np.ones((2, 3))).excess).all()


def test_a_planted_element_has_the_highest_of_its_rank():
    H = groups()
    X, y = planted(H)
    table = stability.null_scores(RECIPE, H, X, y, draws=9).table()
    of_rank = table["rank"] == 1
    assert table["excess"][table["element"].index(PLANTED)] == table["excess"][of_rank].max()


@given(k=st.integers(2, 9), constant=st.integers(1, 9), seed=ht.seeds())
def test_elements_whose_draws_never_vary_do_not_change_the_scale_and_are_measured_by_it(k, constant, seed):
    moving, still = ht.random_array(k + 1, 3, seed=seed), np.zeros((k + 1, constant))
    still[0] = 0.5
    found = null_scores(np.hstack([moving, still])).excess
    np.testing.assert_allclose(found[:3], null_scores(moving).excess)
    np.testing.assert_allclose(found[3:], 0.5 / np.median(moving[1:].std(axis=0, ddof=1)))
