"""Times, counts, ordered classes and quantiles in studies: how they are judged, and dealt out by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet import Hierarchy, Network, survival
from hassenet.errors import TargetError
from hassenet.likelihoods import (
    BinaryCrossEntropy,
    CoxLoss,
    DiscreteTimeLoss,
    Joint,
    OrdinalLoss,
    PoissonLoss,
    SquaredError,
)
from hassenet.stability import (
    LogLikelihood,
    Recipe,
    concordance,
    element_power,
    null_scores,
    r_squared,
    stability,
    twins,
)
from hassenet.stability.scores import concordance_of_hazards, judge_for

M = 40
RNG = np.random.default_rng(0)
X = RNG.standard_normal((M, 4))
ETA = X[:, 0] + X[:, 1]
TIMES = np.column_stack([RNG.exponential(np.exp(-ETA)), RNG.random(M) < 0.7])
STRATA = np.column_stack([TIMES, np.arange(M) % 3])
COVERS = [("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")]
H = Hierarchy.from_covers(COVERS).crown(["y"])


def recipe(loss, output="identity"):
    return Recipe(output=output, options={"loss": loss, "epochs": 3, "batch_size": M})


def test_each_loss_is_judged_by_what_it_is_of():
    losses = {
        CoxLoss(): concordance,
        DiscreteTimeLoss(): concordance_of_hazards,
        PoissonLoss(): LogLikelihood(PoissonLoss()),
        OrdinalLoss(3): LogLikelihood(OrdinalLoss(3)),
        SquaredError(): r_squared,
    }
    net = Network(H)
    assert {loss: judge_for(recipe(loss), net) for loss in losses} == losses
    assert judge_for(recipe("poisson"), net) == LogLikelihood(PoissonLoss())
    assert judge_for(recipe(None), net) is r_squared


@pytest.mark.parametrize("Y", [TIMES, STRATA])
def test_times_are_judged_by_the_concordance_of_the_rows_held_out(Y):
    found = stability(recipe(CoxLoss()), H, X, Y, runs=2)
    by_hand = stability(
        recipe(CoxLoss()), H, X, Y, runs=2, judge=lambda net, x, y: survival.concordance(y, net(x))
    )
    np.testing.assert_array_equal(found.held_out, by_hand.held_out)
    assert twins(recipe(CoxLoss()), H, X, Y, runs=1).complete.shape == (1,)


def test_hazards_in_intervals_are_judged_by_the_number_of_the_interval():
    cuts = survival.quantile_cuts(TIMES, 3)
    net = Network(Hierarchy.complete(4, len(cuts)), output="sigmoid", seed=1)
    Y = survival.interval_targets(TIMES, cuts)
    risk = -np.log1p(-net(X).astype(float)).sum(axis=1)
    interval = np.column_stack([(~np.isnan(Y)).sum(axis=1) + 1.0, (Y == 1).any(axis=1)])
    assert concordance_of_hazards(net, X, Y) == survival.concordance(interval, risk)


def test_the_score_is_nan_where_nothing_can_be_compared_or_is_known():
    net = Network(H)
    assert np.isnan(concordance(net, X[:2], [[1, 0], [2, 0]]))
    assert np.isnan(LogLikelihood(SquaredError())(net, X[:2], [np.nan, np.nan]))


def test_the_likelihood_of_several_targets_is_that_of_those_that_are_there():
    G = Hierarchy.complete(4, 2)
    joint = Joint((SquaredError(), BinaryCrossEntropy()), names=("weight", "ill"))
    net = Network(G, output=joint.canonical, seed=1)
    Y = np.column_stack([ETA, ETA > 0])
    Y[:5, 0], Y[3:9, 1] = np.nan, np.nan
    known = ~np.isnan(Y).all(axis=1)
    expected = joint.likelihood.log_prob(net(X)[known], Y[known]).mean()
    assert LogLikelihood(joint)(net, X, Y) == pytest.approx(expected)
    assert known.sum() == M - 2


def tables_of_times():
    """A stratum that looks like an event, and an event of truth values and of text."""
    time, event, stratum = (STRATA % [np.inf, 2, 2]).T
    table = pd.DataFrame({"time": time, "stratum": stratum, "event": event})
    own = table[["time", "event", "stratum"]].set_axis(["days", "died", "centre"], axis=1)
    for seen in (event == 1, np.where(event == 1, "yes", "no")):
        yield table.assign(event=seen)
        yield own.assign(died=seen)


def test_columns_of_a_table_of_times_are_taken_as_the_estimators_take_them():
    Y, train = STRATA % [np.inf, 2, 2], recipe(CoxLoss())
    studies = (
        lambda y: stability(train, H, X, y, runs=2).held_out,
        lambda y: null_scores(train, H, X, y, draws=1).null,
        lambda y: twins(train, H, X, y, runs=1).complete,
    )
    for study in studies:
        expected = study(Y)
        for table in tables_of_times():
            np.testing.assert_array_equal(study(table), expected)


def test_strata_in_which_nothing_can_be_compared_are_refused_by_each_study():
    Y, train = np.column_stack([TIMES, np.arange(M)]), recipe(CoxLoss())
    studies = (
        lambda: stability(train, H, X, Y, runs=2),
        lambda: null_scores(train, H, X, Y, draws=1),
        lambda: twins(train, H, X, Y, runs=1),
        lambda: element_power(Hierarchy.from_covers(COVERS), X, Y, loss="cox"),
    )
    for study in studies:
        with pytest.raises(TargetError, match=f"in none of {M} strata is there such a pair"):
            study()


def test_a_resample_without_an_event_is_refused_as_one_of_the_study():
    Y = np.column_stack([np.arange(1.0, M + 1), np.arange(M) == 0])
    with pytest.raises(
        TargetError, match="ends with an event; .* .these are the rows that one training of the"
    ):
        stability(recipe(CoxLoss()), H, X, Y, runs=9)


def test_times_are_permuted_with_their_events_and_within_their_strata(monkeypatch):
    seen = []
    usual = Recipe.__call__
    monkeypatch.setattr(
        Recipe, "__call__", lambda self, H, X, Y, seed: seen.append(Y) or usual(self, H, X, Y, seed)
    )
    null_scores(recipe(CoxLoss()), H, X, STRATA, draws=2)
    for Y in seen[:2]:
        assert not np.array_equal(Y, STRATA)
        np.testing.assert_array_equal(Y[:, 2], STRATA[:, 2])
        assert sorted(map(tuple, Y)) == sorted(map(tuple, STRATA))
    np.testing.assert_array_equal(seen[2], STRATA)
