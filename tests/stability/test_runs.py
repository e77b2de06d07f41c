"""Scores over runs, and networks beside their twins."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib.parallel import ThreadingBackend
from scipy.stats import spearmanr

from hassenet import explain, shaping, stability
from hassenet import testing as ht
from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Heads, SquaredError
from hassenet.network import Network
from hassenet.optimizers import Adam
from hassenet.stability.twins import Size

sys.path.insert(0, str(Path(__file__).parent))

from problems import PLANTED, RECIPE, groups, least_squares, planted

SIZES = (Size((2, 1), 3),) * 3


@pytest.fixture(scope="module")
def found():
    H = groups()
    X, y = planted(H)
    return stability.stability(RECIPE, H, X, y, runs=6)


def test_a_planted_element_is_on_top_in_every_run(found):
    table = found.table(top=1)
    k = table["element"].index(PLANTED)
    assert table["top"][k] == 1
    assert (
        table["low"][k] > np.delete(table["high"][found.ranks == 1], k - int((found.ranks == 0).sum())).max()
    )
    assert found.held_out.mean() > 0.7
    assert "rank 1: mean rank correlation of two runs" in str(found)
    assert f"agreement {found.agreement():.2f}" in repr(found)


def test_shares_of_a_rank_add_up_to_one(found):
    for rank in (0, 1):
        np.testing.assert_allclose(found.scores[:, found.ranks == rank].sum(axis=1), 1, rtol=1e-9)


def test_mean_deviation_and_interval_are_those_of_the_runs(found):
    table = found.table(level=0.5)
    np.testing.assert_allclose(table["mean"], found.scores.mean(axis=0))
    np.testing.assert_allclose(table["sd"], found.scores.std(axis=0))
    np.testing.assert_allclose(table["low"], np.percentile(found.scores, 25, axis=0))
    np.testing.assert_allclose(table["high"], np.percentile(found.scores, 75, axis=0))


@given(runs=st.integers(2, 4), sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4), seed=ht.seeds())
def test_agreement_of_all_ranks_is_the_mean_of_that_within_each_by_their_elements(runs, sizes, seed):
    ranks = np.repeat(np.arange(len(sizes)), sizes)
    scores = (
        ht.random_array(runs, len(ranks), seed=seed) + 100 * ranks
    )  # ranks that lie apart would seem to agree
    result = stability.Stability(tuple(range(len(ranks))), ranks, scores, np.zeros(runs))
    within = np.array([result.agreement(i) for i in range(len(sizes))])
    several = np.array(sizes) > 1
    assert (np.isnan(within) == ~several).all()
    if several.any():
        expected = within[several] @ np.array(sizes)[several] / np.sum(np.array(sizes)[several])
        assert result.agreement() == pytest.approx(expected)
        assert result.rank_correlations().diagonal() == pytest.approx(1)
    else:
        assert np.isnan(result.agreement())
        assert "agreement –" in repr(result)
    for i in np.flatnonzero(~several):
        assert f"rank {i}: mean rank correlation of two runs –" in str(result)


def test_a_score_of_zero_is_not_among_the_highest():
    scores = np.array([[0.5, 0.0, 0.0, 0.5], [0.0, 0.9, 0.0, 0.1]])
    result = stability.Stability(tuple("abcd"), np.zeros(4, int), scores, np.zeros(2))
    np.testing.assert_array_equal(result.top_share(3), [0.5, 0.5, 0, 1])
    np.testing.assert_array_equal(result.top_share(1), [0.5, 0.5, 0, 0])


@given(runs=st.integers(2, 5), n=st.integers(3, 8), seed=ht.seeds())
def test_agreement_is_the_mean_correlation_of_spearman(runs, n, seed):
    scores = ht.random_array(runs, n, seed=seed).round(1)  # with ties
    result = stability.Stability(tuple(range(n)), np.zeros(n, int), scores, np.full(runs, np.nan))
    pairs = [
        spearmanr(scores[a], scores[b]).statistic
        for a in range(runs)
        for b in range(a)
        if np.ptp(scores[a]) and np.ptp(scores[b])
    ]
    if len(pairs) == runs * (runs - 1) // 2:
        np.testing.assert_allclose(result.agreement(), np.mean(pairs), atol=1e-12)
    highest = [np.sort(row)[::-1][:2] for row in scores]
    np.testing.assert_allclose(result.top_share(2).sum(), np.count_nonzero(highest) / runs)
    assert "held out: no run could be judged" in str(result)


def test_runs_do_not_depend_on_how_many_processes_there_are(found):
    H = groups()
    X, y = planted(H)
    two = stability.stability(RECIPE, H, X, y, runs=6, n_jobs=2)
    np.testing.assert_array_equal(two.scores, found.scores)
    np.testing.assert_array_equal(two.held_out, found.held_out)


def test_with_the_same_examples_a_training_without_chance_gives_the_same_scores_every_time():
    H, rng = Hierarchy.complete(4, 1), np.random.default_rng(0)
    X = rng.standard_normal((30, 4))
    y = X @ [1.0, 2.0, 3.0, 4.0]
    found = stability.stability(least_squares, H, X, y, runs=3, resampling=stability.Whole())
    assert found.agreement() == pytest.approx(1)
    assert np.ptp(found.scores, axis=0).max() == 0
    assert np.isnan(found.held_out).all()
    folds = stability.stability(least_squares, H, X, y, runs=3, resampling=stability.Folds(3))
    np.testing.assert_allclose(folds.held_out, 1)


def test_a_network_whose_groups_mean_something_does_better_than_its_rewired_twins():
    """The target is a sum of curves of the groups' sums, which elements over other features cannot form."""
    H = groups(6, 3)
    X = np.random.default_rng(1).standard_normal((200, 18))
    y = sum(np.tanh(2 * X[:, [H.position(p) for p in H.below(f"g{k}")]].sum(axis=1)) for k in range(6))
    recipe = stability.Recipe("tanh", options={"optimizer": Adam(0.02), "epochs": 60, "batch_size": 32})
    found = stability.twins(recipe, H, X, y, runs=2)
    assert (found.hierarchy > found.rewired + 0.1).all()
    table = found.table()
    np.testing.assert_allclose(table["behind"], table["mean"][0] - table["mean"])
    assert f"rewired: {found.rewired.mean():.3f} ± {found.rewired.std():.3f} (18-6-1, 31 parameters)" in str(
        found
    )
    assert table["shape"] == ["18-6-1", "18-6-1", "18-1-1"]
    np.testing.assert_array_equal(table["parameters"], [31, 31, 21])
    assert "2 runs" in repr(found)


def test_each_run_learns_from_its_rows_explains_all_and_is_judged_on_those_held_out():
    H, X = Hierarchy.complete(3, 1), ht.random_array(30, 3, seed=0)
    y = X @ [1.0, 0.0, 2.0] + ht.random_array(30, seed=1)
    bootstrap = stability.Bootstrap()
    found = stability.stability(least_squares, H, X, y, runs=3, seed=5)
    for run in range(3):
        learned, held_out = bootstrap.rows(30, run, 5)
        net = least_squares(H, X[learned], y[learned], 0)
        np.testing.assert_allclose(found.scores[run], stability.share(explain.deeplift(net, X)))
        assert found.held_out[run] == stability.r_squared(net, X[held_out], y[held_out])
    beside = stability.twins(least_squares, H, X, y, resampling=bootstrap, runs=3, seed=5)
    np.testing.assert_array_equal(beside.hierarchy, found.held_out)


class AllAtTheEnd(ThreadingBackend):
    """A backend that cannot hand over results as they come, as those of Ray and multiprocessing."""

    supports_return_generator = False


joblib.register_parallel_backend("all at the end", AllAtTheEnd)


@pytest.mark.parametrize("backend", ["loky", "threading", "all at the end"])
def test_trainings_run_where_joblib_sends_them_and_results_are_the_same_to_the_last_bit(backend):
    def study():
        H = groups(3, 2)
        X, y = ht.random_array(40, 6, seed=0), np.arange(40) % 2
        runs = stability.stability(RECIPE, H, X, y, runs=3)
        null = stability.null_scores(RECIPE, H, X, y, draws=2)
        beside = stability.twins(RECIPE, H, X, y, runs=1)
        return [runs.scores, runs.held_out, null.observed, null.null, *beside.table().values()]

    with joblib.parallel_config(backend=backend, n_jobs=2):
        elsewhere = study()
    for there, here in zip(elsewhere, study(), strict=True):
        np.testing.assert_array_equal(there, here)


@pytest.mark.parametrize("study", [stability.stability, stability.null_scores, stability.twins])
def test_ctrl_c_in_one_training_ends_the_study_and_leaves_no_half_trained_network_in_it(study):
    seen = []

    def press_in_the_third_epoch(row, net):
        seen.append(row.epoch)
        if row.epoch == 2:
            raise KeyboardInterrupt

    H = groups(2, 2)
    X, y = ht.random_array(20, 4, seed=0), np.arange(20) % 2
    options = {"epochs": 100, "callbacks": [press_in_the_third_epoch]}
    with pytest.raises(KeyboardInterrupt):
        study(stability.Recipe("tanh", "sigmoid", options=options), H, X, y)
    assert seen == [0, 1, 2]


def test_twins_learn_from_and_are_judged_on_the_same_examples():
    H, X = Hierarchy.complete(3, 1), ht.random_array(20, 3, seed=0)
    found = stability.twins(least_squares, H, X, X @ [1.0, 0.0, 2.0], runs=2)
    np.testing.assert_array_equal(
        found.hierarchy, found.rewired
    )  # complete layers: all three are one network
    np.testing.assert_array_equal(found.hierarchy, found.complete)


@given(m=st.integers(2, 40), run=st.integers(0, 12), seed=ht.seeds())
def test_no_example_is_learned_from_and_held_out(m, run, seed):
    for resampling in (
        stability.Bootstrap(),
        stability.Subsample(),
        stability.Subsample(0.01),
        stability.Folds(2),
        stability.Whole(),
    ):
        learned, held_out = resampling.rows(m, run, seed)
        assert not np.intersect1d(learned, held_out).size
        np.testing.assert_array_equal(np.union1d(learned, held_out), np.arange(m))


@given(m=st.integers(2, 60), share=st.floats(0.01, 0.99), run=st.integers(0, 3), seed=ht.seeds())
def test_a_subsample_has_its_share_no_example_twice_and_some_on_both_sides(m, share, run, seed):
    learned, held_out = stability.Subsample(share).rows(m, run, seed)
    assert len(set(learned)) == len(learned) >= 1 <= len(held_out)
    assert abs(len(learned) - share * m) <= 1


def test_folds_hold_out_each_example_once_in_k_runs():
    held_out = [stability.Folds(4).rows(22, run, seed=1)[1] for run in range(8)]
    for four in (held_out[:4], held_out[4:]):
        np.testing.assert_array_equal(np.sort(np.concatenate(four)), np.arange(22))
    assert {*held_out[0]} != {*held_out[4]}


def test_accuracy_is_the_share_of_right_classes():
    net = Network(Hierarchy.complete(2, 2), output="softmax", dtype="float64", theta=[1, 0, 0, 1, 0, 0])
    X = np.array([[2.0, 1.0], [0.0, 1.0], [3.0, 0.0]])
    assert stability.accuracy(net, X, [0, 1, 1]) == pytest.approx(2 / 3)
    assert stability.accuracy(net, X, np.eye(2)[[0, 1, 1]]) == pytest.approx(2 / 3)


def test_held_out_targets_that_do_not_vary_leave_a_run_without_judgement_and_no_study_without_result():
    """0.1 in most rows, whose mean is not 0.1 to the last bit: some of the parts hold nothing else."""
    H, X = Hierarchy.complete(3, 1), ht.random_array(30, 3, seed=0)
    y = np.where(np.arange(30) < 4, np.arange(30), 0.1)
    folds = stability.Folds(10)
    constant = [len(set(y[folds.rows(30, run, 0)[1]])) == 1 for run in range(10)]
    assert 0 < sum(constant) < 10
    found = stability.stability(least_squares, H, X, y, resampling=folds, runs=10)
    np.testing.assert_array_equal(np.isnan(found.held_out), constant)
    judged = found.held_out[~np.isnan(found.held_out)]
    assert f"held out: {judged.mean():.3f} ± {judged.std():.3f} ({sum(constant)} of 10 runs could not" in str(
        found
    )
    beside = stability.twins(least_squares, H, X, y, resampling=folds, runs=10)
    np.testing.assert_allclose(beside.table()["mean"], judged.mean())
    np.testing.assert_allclose(beside.table()["behind"], 0)
    assert str(beside).startswith(f"held out, 10 runs, of which {sum(constant)} could not be judged")


def test_where_no_run_is_judged_the_tables_say_so():
    unjudged = stability.Twins(np.full(2, np.nan), np.ones(2), np.ones(2), SIZES)
    assert np.isnan(unjudged.table()["mean"]).all()
    assert "2 runs, of which 2 could not be judged" in str(unjudged)


def test_targets_in_a_table_are_matched_by_the_names_of_the_outputs():
    pandas = pytest.importorskip("pandas")
    X, Y = ht.random_array(30, 3, seed=0), ht.random_array(30, 2, seed=1)
    plain = Hierarchy.complete(3, 2, names=[["a", "b", "c"], ["low", "high"]])
    in_heads, _ = shaping.head_per_rank(
        Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "p")]), ["low", "high"]
    )
    shuffled = pandas.DataFrame(Y, columns=["low", "high"])[["high", "low"]]
    for H, loss in ((plain, "squared_error"), (in_heads, Heads(SquaredError(), (1.0, 1.0)))):
        recipe = stability.Recipe(options={"epochs": 2, "loss": loss})
        explained = partial(explain.deeplift, output="high")
        for study in (
            lambda Y, r=recipe, H=H, e=explained: stability.stability(r, H, X, Y, explain=e, runs=2).scores,
            lambda Y, r=recipe, H=H, e=explained: (
                stability.null_scores(r, H, X, Y, explain=e, draws=1).observed
            ),
            lambda Y, r=recipe, H=H: stability.twins(r, H, X, Y, runs=1).hierarchy,
        ):
            np.testing.assert_array_equal(study(shuffled), study(Y))
    by_place = pandas.DataFrame(Y, columns=["x", "y"])
    np.testing.assert_array_equal(study(by_place), study(Y))


def test_invalid_arguments_of_a_study_are_refused(found):
    H, X, y = Hierarchy.complete(3, 1), ht.random_array(6, 3, seed=0), np.arange(6.0)
    with pytest.raises(ParameterError, match="runs is a whole number ≥ 2; got 1"):
        stability.stability(least_squares, H, X, y, runs=1)
    for wrong in (0, 1.5, True):
        with pytest.raises(ParameterError, match=f"n_jobs is a number of processes.*got {wrong!r}"):
            stability.stability(least_squares, H, X, y, runs=2, n_jobs=wrong)
    with pytest.raises(ParameterError, match="number of folds is a whole number ≥ 2; got 1"):
        stability.Folds(1)
    with pytest.raises(DataError, match="7 folds need 7 examples at least; there are 6"):
        stability.twins(least_squares, H, X, y, resampling=stability.Folds(7))
    with pytest.raises(ParameterError, match="examples held out; there are none; take Folds"):
        stability.twins(least_squares, H, X, y, resampling=stability.Whole())
    with pytest.raises(ParameterError, match="a level lies between 0 and 1"):
        found.interval(95)
    with pytest.raises(ParameterError, match="n is a whole number ≥ 1; got 0"):
        found.top_share(0)
    with pytest.raises(ParameterError, match=r"stand at the ranks \[0, 1\]; got 2; give some"):
        found.agreement(rank=2)


def test_tables_are_data_frames_when_asked(found):
    pytest.importorskip("pandas")
    assert list(found.to_pandas()) == ["element", "rank", "mean", "sd", "low", "high", "top"]
    null = stability.NullScores(("a",), np.array([0]), np.ones(1), np.zeros((3, 1)))
    assert list(null.to_pandas()) == [
        "element",
        "rank",
        "observed",
        "null",
        "null_sd",
        "excess",
        "p",
        "fdr",
        "pooled_p",
        "pooled_fdr",
    ]
    assert len(stability.Twins(np.ones(2), np.ones(2), np.ones(2), SIZES).to_pandas()) == 3
