"""Studies of networks with covariates: chance keeps what these say of the target, and twins have them too."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet import Hierarchy, Network
from hassenet.data.examples import Examples
from hassenet.explain import ablation, deeplift, gradient_times_feature
from hassenet.hierarchy import Covariate
from hassenet.optimizers import Adam
from hassenet.penalties import L2, Separate
from hassenet.shaping import covariates
from hassenet.shaping.rewiring import rewired
from hassenet.stability import (
    NullScores,
    Recipe,
    Stability,
    magnitude,
    null_scores,
    permuted_labels,
    share,
    twins,
)
from hassenet.stability.completing import complete_twin
from hassenet.stability.covariates import Known
from hassenet.stability.nulls import GivenCovariates

RNG = np.random.default_rng(0)
M = 120
AGE = RNG.standard_normal(M)
FEATURES = RNG.standard_normal((M, 4))
FEATURES[:, 0] += 1.5 * AGE  # goes with age, and says nothing beyond it
X = np.column_stack([FEATURES, AGE, AGE > 0, AGE <= 0])
Y = 2 * AGE + 0.3 * RNG.standard_normal(M)
H0 = Hierarchy.from_covers(
    [("a", "p"), ("b", "p"), ("c", "q"), ("d", "q"), ("d", "r"), ("b", "s"), ("c", "s")]
)
H = covariates(H0.crown(["y"]), ["age", "old", "young"]).hierarchy
RECIPE = Recipe(options={"penalty": Separate(L2(0.01)), "optimizer": Adam(0.03), "epochs": 25})


def permuted_regardless(H, Y, seed):
    return permuted_labels(H, Y, seed)


def test_what_goes_with_a_covariate_alone_is_as_chance_has_it():
    """Where covariates are shrunk a feature that goes with one takes its place; to permute regardless is misled."""
    recipe = Recipe(options={"penalty": Separate(L2(0.01), 5.0), "optimizer": Adam(0.03), "epochs": 15})
    p = {}
    for null in (permuted_labels, permuted_regardless):
        found = null_scores(recipe, H, X, Y, null, statistic=magnitude, draws=9)
        p[null] = dict(zip(found.elements, found.table()["p"], strict=True))
    for element in ("a", "p"):
        assert p[permuted_labels][element] > 0.3
        assert p[permuted_regardless][element] == pytest.approx(0.1)


@pytest.mark.parametrize(
    "target", [Y, (Y > 0).astype(int), np.digitize(Y, [-1, 1]), np.column_stack([Y, -Y])]
)
def test_orders_of_chance_keep_the_targets_and_what_covariates_say_of_them(target):
    null = GivenCovariates.of(H, Examples.for_any_loss(H, X, target))
    H1, drawn = null(H, target, 1)
    first = target if target.ndim == 1 else target[:, 0]
    other = drawn if target.ndim == 1 else drawn[:, 0]
    assert H1 == H
    assert sorted(other.tolist()) == sorted(first.tolist())
    assert not np.array_equal(drawn, target)
    assert np.corrcoef(AGE, other)[0, 1] > 0.6 * np.corrcoef(AGE, first)[0, 1]


def test_covariates_that_follow_from_others_span_what_they_span():
    Z = Known.of(X[:, 4:], M).beside()
    assert Z.shape == (M, 3)
    known = np.column_stack([np.ones(M), AGE, AGE > 0])
    np.testing.assert_allclose(Z @ np.linalg.lstsq(Z, known, rcond=None)[0], known, atol=1e-10)
    assert Known.of(np.ones(M), M).beside().shape == (M, 1)


def test_outputs_alone_look_at_covariates_in_twins_too():
    complete = complete_twin(H)
    for twin in (complete, rewired(H, 1)):
        assert twin.ranks[0] == H.ranks[0]
        hidden = {e for e in twin.ranks[1] if not hasattr(e, "source")}
        assert not any(set(twin.above(c)) & hidden for c in twin.covariates)
    assert complete.restrict(H0.ranks[0])[0] == complete_twin(H0.crown(["y"]))
    found = twins(RECIPE, H, X, Y, runs=2)
    assert (np.concatenate([found.hierarchy, found.rewired, found.complete]) > 0.7).all()


def test_explanations_list_covariates_apart():
    net = RECIPE(H, X, Y, 0)
    for method in (deeplift, gradient_times_feature, ablation):
        found = method(net, X)
        assert {score.element for score in found.covariates} == set(H.covariates)
        assert found.covariates[0].absolute == max(score.absolute for score in found.covariates)
        assert not any(isinstance(score.element, Covariate) for score in found.top(99))
        table = found.table(0)
        assert np.flatnonzero(table["covariate"]).tolist() == [4, 5, 6]
        assert found.remainder is None or abs(found.remainder).max() < 1 or method is gradient_times_feature
    assert "covariate" not in deeplift(Network(H0.crown(["y"])), X[:, :4]).table()


def test_covariates_have_no_part_in_the_tests_of_elements():
    """Ranks, pooled draws and rates are those of the study without them; covariates themselves have none."""
    elements, ranks = ("a", Covariate("age"), "b", "c", "p"), np.array([0, 0, 0, 0, 1])
    scores, without = RNG.random((12, 5)), [0, 2, 3, 4]
    alone = tuple(elements[k] for k in without)
    null = NullScores(elements, ranks, scores[0], scores[1:])
    fewer = NullScores(alone, ranks[without], scores[0, without], scores[1:, without])
    runs = Stability(elements, ranks, scores, scores[:, 0])
    fewer_runs = Stability(alone, ranks[without], scores[:, without], scores[:, 0])
    for found, expected in ((null, fewer), (runs, fewer_runs)):
        table, of_elements = found.table(), expected.table()
        assert table.pop("covariate").tolist() == [False, True, False, False, False]
        assert table.keys() == of_elements.keys()
        names = table.pop("element")
        assert [names[k] for k in without] == of_elements.pop("element")
        for name, column in of_elements.items():
            np.testing.assert_allclose(table[name][without], column)
        assert str(found) == str(expected)
    assert np.isnan([null.p[1], null.excess[1], null.fdr[1], null.pooled_fdr[1], runs.top_share()[1]]).all()
    assert runs.agreement(0) == pytest.approx(fewer_runs.agreement(0))


def test_shares_are_of_the_elements_beside_which_a_covariate_is_measured():
    found = deeplift(RECIPE(H, X, Y, 0), X)
    shares, features = share(found), (found.ranks == 0) & ~found.is_covariate
    assert shares[features].sum() == pytest.approx(1)
    np.testing.assert_allclose(
        shares[found.is_covariate] * found.absolute[features].sum(), found.absolute[4:7]
    )
