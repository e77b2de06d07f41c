"""A planted element is found; what chance does is told apart from it as often as it should be."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import explain, stability
from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.stability.comparison import least_draws
from hassenet.stability.jobs import seeds

sys.path.insert(0, str(Path(__file__).parent))

from problems import PLANTED, RECIPE, groups, least_squares, planted


@pytest.mark.parametrize("null", [stability.permuted_labels, stability.rewired_covers])
def test_a_planted_element_has_the_least_p_there_is(null):
    H = groups()
    X, y = planted(H)
    found = stability.null_scores(RECIPE, H, X, y, null, draws=19)
    table = found.table()
    k = table["element"].index(PLANTED)
    assert table["p"][k] == 1 / 20
    of_rank = found.ranks == 1
    assert found.observed[k] == found.observed[of_rank].max()
    assert table["fdr"][k] == table["fdr"][of_rank].min()
    assert table["null"][k] + 2 * table["null_sd"][k] < table["observed"][k]
    assert "rank 1:" in str(found)


def test_without_any_relation_p_is_as_often_below_alpha_as_alpha_says():
    """60 problems of noise, 5 features: 300 values of p, uniform on 1/20, 2/20, …, 1."""
    H, p = Hierarchy.complete(5, 1), []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
        p.append(stability.null_scores(least_squares, H, X, y, draws=19, seed=seed).p)
    p = np.concatenate(p)
    for alpha in (0.1, 0.25, 0.5, 0.75):
        # 300 values that hang together a little: four standard deviations of the share that is below
        assert abs((p <= alpha).mean() - alpha) < 4 * np.sqrt(alpha * (1 - alpha) / 300)


def test_text_says_what_the_draws_can_show_at_best_and_how_many_it_would_take():
    ranks = np.repeat([0, 1], [300, 2])
    none = stability.NullScores(tuple(range(302)), ranks, np.zeros(302), np.ones((20, 302)))
    assert "0 of 300 with p ≤ 0.05, 0 with a false discovery rate ≤ 0.1, 0 by the pooled null" in str(none)
    assert "one element alone comes to a rate of 1 at best; ≤ 0.1 takes 2,999 draws" in str(none)
    assert "one element alone comes to a rate of 0.095 at best; ≤ 0.1 takes 19 draws" in str(none)


@given(n=st.integers(1, 400))
def test_as_many_draws_as_the_text_says_and_no_fewer_show_one_element_alone(n):
    def least_fdr(draws):
        observed, null = np.eye(n)[0], np.full((draws, n), 0.5)
        return stability.NullScores(tuple(range(n)), np.zeros(n, int), observed, null).fdr[0]

    enough = least_draws(n)
    assert least_fdr(enough) <= 0.1 + 1e-12
    assert least_fdr(enough - 1) > 0.1 + 1e-12


def test_a_null_model_that_changes_the_elements_is_refused_before_anything_is_trained():
    def never(*_):
        raise AssertionError

    def renamed(H, Y, seed):
        return H.rename({"g1": "other"}), Y

    def without_one(H, Y, seed):
        return groups(2, 2), Y

    def reordered(H, Y, seed):
        return H.reorder(1, H.ranks[1][::-1]), Y

    H, X, y = groups(3, 2), np.zeros((4, 6)), np.zeros(4)
    for null, found in (
        (renamed, r"\('other', 1\) instead of \('g1', 1\)"),
        (without_one, r"\('g0', 1\) instead of \('x2_0', 0\)"),
        (reordered, r"\('g2', 1\) instead of \('g0', 1\)"),
    ):
        with pytest.raises(ParameterError, match=f"a null model keeps the elements.*{found}; change covers"):
            stability.null_scores(never, H, X, y, null, draws=2)


def test_a_null_model_may_put_its_relays_elsewhere():
    def graded(one, other):
        pairs = [(one, "p"), ("p", "q"), (other, "q")]
        rank = {"a": 0, "b": 0, "p": 1, "q": 2}
        return Hierarchy.from_covers(pairs, rank=rank, elements=rank).graded()

    def swapped(H, Y, seed):
        return graded("b", "a"), Y

    H, X = graded("a", "b"), np.random.default_rng(0).standard_normal((20, 2))
    assert H.ranks != swapped(H, None, 0)[0].ranks
    recipe = stability.Recipe(options={"epochs": 2})
    found = stability.null_scores(recipe, H, X, X[:, 0], swapped, draws=2)
    assert (found.elements, found.null.shape) == (("a", "b", "p"), (2, 3))


def test_p_counts_the_draws_that_reach_the_score():
    found = stability.NullScores(
        ("a", "b"), np.array([0, 0]), np.array([0.5, 0.2]), np.array([[0.5, 0.1], [0.4, 0.1], [0.6, 0.1]])
    )
    np.testing.assert_allclose(found.p, [3 / 4, 1 / 4])
    np.testing.assert_allclose(found.fdr, [3 / 4, 1 / 2])


def test_a_mean_over_repeats_is_the_mean_of_as_many_trainings():
    H = groups(3, 2)
    X, y = np.random.default_rng(0).standard_normal((40, 6)), np.arange(40) % 2
    once, twice = (
        stability.null_scores(RECIPE, H, X, y, draws=2, repeats=n, seed=3).observed for n in (1, 2)
    )
    (own,) = seeds("null_scores", 3, 1)
    each = [stability.share(explain.deeplift(RECIPE(H, X, y, s), X)) for s in seeds("training", own, 2)]
    np.testing.assert_allclose(once, each[0], rtol=1e-12)
    np.testing.assert_allclose(twice, np.mean(each, axis=0), rtol=1e-12)


def test_results_do_not_depend_on_how_many_processes_there_are():
    H = groups(3, 2)
    X, y = np.random.default_rng(0).standard_normal((40, 6)), np.arange(40) % 2
    one, two = (stability.null_scores(RECIPE, H, X, y, draws=3, n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(one.observed, two.observed)
    np.testing.assert_array_equal(one.null, two.null)


def test_of_several_outputs_the_one_explained_is_chosen_with_the_method():
    H = Hierarchy.complete(3, 2, 2)
    recipe = stability.Recipe(output="softmax", options={"epochs": 2})
    X, y = np.random.default_rng(0).standard_normal((20, 3)), np.arange(20) % 2
    with pytest.raises(ParameterError, match="one output is explained at a time"):
        stability.null_scores(recipe, H, X, y, draws=1)
    found = stability.null_scores(
        recipe,
        H,
        X,
        y,
        draws=1,
        explain=partial(explain.deeplift, output="y1"),
        statistic=stability.magnitude,
    )
    assert found.null.shape == (1, 5)


def test_bad_input_is_refused_before_anything_is_trained():
    def never(*_):
        raise AssertionError

    H, X, y = Hierarchy.complete(2, 1), np.zeros((4, 2)), np.zeros(4)
    with pytest.raises(ParameterError, match="draws is a whole number ≥ 1; got 0"):
        stability.null_scores(never, H, X, y, draws=0)
    with pytest.raises(ParameterError, match="repeats is a whole number ≥ 1; got 0"):
        stability.null_scores(never, H, X, y, repeats=0)
    with pytest.raises(DataError, match=r"X has 4 rows, Y the shape \(3,\)"):
        stability.null_scores(never, H, X, y[:3])
    with pytest.raises(DataError, match="each example has its target"):
        stability.null_scores(never, H, X[:0], y[:0])
    with pytest.raises(ParameterError, match="a seed is a whole number"):
        stability.null_scores(never, H, X, y, seed=-1)
