"""What no study can be made of is refused, with the run and the remedy."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from threading import Lock

import joblib
import numpy as np
import pytest

from hassenet import explain, stability
from hassenet import testing as ht
from hassenet.errors import DataError, NotFiniteError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy

sys.path.insert(0, str(Path(__file__).parent))

from problems import RECIPE, groups, least_squares

H, X = Hierarchy.complete(3, 1), ht.random_array(30, 3, seed=0)
Y = X @ [1.0, -2.0, 0.0]
STUDIES = [stability.stability, stability.null_scores, stability.twins]
OF_SCORES = STUDIES[:2]


def never(*_, **__):
    raise AssertionError


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_not_finite_names_the_element_and_the_run(bad):
    calls = []

    def statistic(relevance):
        calls.append(1)
        return np.where(np.arange(3) == 1, bad if len(calls) == 2 else 1.0, 1.0)

    with pytest.raises(NotFiniteError, match="in run 2 they are not, at 'x1'; correct the statistic"):
        stability.stability(least_squares, H, X, Y, statistic=statistic, runs=3)
    calls.clear()
    with pytest.raises(NotFiniteError, match="in draw 2 of the null model they are not, at 'x1'"):
        stability.null_scores(least_squares, H, X, Y, statistic=statistic, draws=3)
    calls[:] = [1]
    with pytest.raises(NotFiniteError, match="in draw 1 of the null model"):
        stability.null_scores(least_squares, H, X, Y, statistic=statistic, draws=1)


@pytest.mark.parametrize("study", OF_SCORES)
@pytest.mark.parametrize(
    ("statistic", "got"),
    [
        (lambda relevance: relevance.absolute[:-1], r"shape \(2,\) and type float64"),
        (lambda relevance: relevance.absolute[None], r"shape \(1, 3\)"),
        (lambda relevance: 1.0, r"shape \(\)"),
        (lambda relevance: None, r"shape \(\) and type object"),
        (lambda relevance: ["a", "b", "c"], r"shape \(3,\) and type <U1"),
    ],
)
def test_a_statistic_that_is_not_one_number_an_element_is_refused(study, statistic, got):
    with pytest.raises(ShapeError, match=f"one number an element, 3 of them; it gave an array of {got}"):
        study(least_squares, H, X, Y, statistic=statistic)


@pytest.mark.parametrize("study", OF_SCORES)
def test_networks_with_other_elements_than_the_first_are_refused(study):
    trees = [groups(3, 2), groups(3, 2).reorder(1, ["g2", "g1", "g0"])]
    made = []

    def train(H, X, Y, seed):
        made.append(trees[len(made) % 2])
        return RECIPE(made[-1], X, Y, seed)

    with pytest.raises(
        ParameterError, match=r"the same elements.*\('g2', 1\) where the first has \('g0', 1\)"
    ):
        study(train, trees[0], ht.random_array(20, 6, seed=0), np.arange(20) % 2)


@pytest.mark.parametrize("study", OF_SCORES)
def test_elements_in_other_ranks_than_in_the_first_network_are_refused(study):
    def elsewhere(net, X, moved=[]):  # noqa: B006 - remembers that it was called
        moved.append(1)
        relevance = explain.deeplift(net, X)
        return explain.Relevance(
            **{**vars(relevance), "ranks": relevance.ranks + (len(moved) > 1), "totals": None}
        )

    with pytest.raises(ParameterError, match=r"\('x0', 1\) where the first has \('x0', 0\)"):
        study(least_squares, H, X, Y, explain=elsewhere)


@pytest.mark.parametrize("study", [stability.stability, stability.twins])
@pytest.mark.parametrize("wrong", [5, stability.Bootstrap, "bootstrap", None])
def test_an_invalid_resampling_is_refused(study, wrong):
    with pytest.raises(ParameterError, match=r"resampling is one of Bootstrap\(\), Subsample\(\).*give one"):
        study(never, H, X, Y, resampling=wrong)


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("wrong", [None, "Recipe", Hierarchy.complete(2, 1)])
def test_a_training_that_cannot_be_called_is_refused(study, wrong):
    with pytest.raises(ParameterError, match=r"train is a function; got .*; give a Recipe\(\), or"):
        study(wrong, H, X, Y)


def test_other_arguments_that_cannot_be_called_are_refused():
    for study in OF_SCORES:
        with pytest.raises(
            ParameterError, match="explain is a function; got 'deeplift'; give explain.deeplift"
        ):
            study(never, H, X, Y, explain="deeplift")
        with pytest.raises(ParameterError, match="statistic is a function; got 'share'; give share or"):
            study(never, H, X, Y, statistic="share")
    with pytest.raises(ParameterError, match="null is a function; got 'permuted'; give permuted_labels or"):
        stability.null_scores(never, H, X, Y, "permuted")
    for study in (stability.stability, stability.twins):
        with pytest.raises(ParameterError, match="judge is a function; got 'accuracy'; give accuracy or"):
            study(never, H, X, Y, judge="accuracy")
        with pytest.raises(ParameterError, match="a judge gives a number; got 'good'; give one as accuracy"):
            study(least_squares, H, X, Y, judge=lambda *_: "good")


@pytest.mark.parametrize("study", STUDIES)
def test_a_training_that_returns_no_network_is_refused(study):
    with pytest.raises(
        ParameterError, match=r"a training returns a network; .* returned int; of a fit return fit"
    ):
        study(lambda *_: 3, H, X, Y)


@pytest.mark.parametrize("study", OF_SCORES)
def test_an_object_that_is_not_an_explanation_is_refused(study):
    with pytest.raises(
        ParameterError, match=r"explain is \(network, X\) ↦ Relevance.*returned ndarray; give such"
    ):
        study(least_squares, H, X, Y, explain=lambda net, X: net(X))


@pytest.mark.parametrize("study", STUDIES)
def test_what_another_process_cannot_be_handed_is_refused_with_a_remedy(study):
    locked = partial(least_squares_with, Lock())
    with pytest.raises(ParameterError, match="can be pickled; .*lock.*; define functions at the top level"):
        study(locked, H, X, Y, n_jobs=2)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        study(locked, H, X, Y)


def least_squares_with(lock, H, X, Y, seed):
    with lock:
        return least_squares(H, X, Y, seed)


def test_a_bootstrap_with_validation_is_refused_and_a_subsample_is_not():
    tree, x, y = groups(2, 2), ht.random_array(30, 4, seed=0), np.arange(30) % 2
    recipe = stability.Recipe("tanh", "sigmoid", options={"epochs": 2, "validation_fraction": 0.2})
    for study in (stability.stability, stability.twins):
        with pytest.raises(
            ParameterError, match=r"validate a training.*take resampling=Subsample\(\) or Folds"
        ):
            study(recipe, tree, x, y, resampling=stability.Bootstrap())
        study(recipe, tree, x, y, runs=2, resampling=stability.Subsample())
    with pytest.raises(ParameterError, match="a share lies between 0 and 1, as 0.632; got 1.0"):
        stability.Subsample(1.0)
    with pytest.raises(ParameterError, match="a share lies between 0 and 1, as 0.632; got '½'"):
        stability.Subsample("½")
    with pytest.raises(DataError, match="a subsample leaves an example out; there is 1; give more"):
        stability.Subsample().rows(1, 0, 0)


def test_an_activation_for_each_rank_does_not_fit_a_complete_twin_with_fewer():
    tree = Hierarchy.from_covers(
        [(f"x{k}", f"p{k % 4}") for k in range(60)] + [(f"p{k}", "q") for k in range(4)]
    )
    recipe = stability.Recipe(["tanh", "relu"], "sigmoid", options={"epochs": 1})
    with pytest.raises(
        ParameterError, match="has 1 hidden ranks, as narrow ones are left out, and the hierarchy 2"
    ):
        stability.twins(
            recipe, tree.crown(["y"], over="maximal"), ht.random_array(20, 60, seed=0), np.arange(20) % 2
        )
