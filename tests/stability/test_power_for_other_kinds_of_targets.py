"""Power by the likelihood of times, counts and ordered classes; chance deals such targets out given covariates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet import Hierarchy, Network, fit
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, TargetError
from hassenet.likelihoods import (
    AbsoluteError,
    BinaryCrossEntropy,
    CoxLoss,
    CrossEntropy,
    DiscreteTimeLoss,
    Joint,
    LearnedDispersionLoss,
    NegativeBinomialLoss,
    OrdinalLoss,
    PoissonLoss,
    SquaredError,
    ZeroInflatedLoss,
)
from hassenet.optimizers import LBFGS, Adam
from hassenet.shaping import covariates
from hassenet.stability import Recipe, element_power, null_scores
from hassenet.stability.covariates import Known, Observed, order_of_chance
from hassenet.stability.nuisance import Constants, Hazards
from hassenet.stability.parts import parts_of
from hassenet.stability.regressions import signals
from hassenet.stability.response import Response
from hassenet.survival import interval_targets, quantile_cuts

M = 120
RNG = np.random.default_rng(0)
H = Hierarchy.from_covers([(f"g{k}", f"p{k // 3}") for k in range(9)])
X = RNG.standard_normal((M, 9))
AGE = RNG.standard_normal(M)
ETA = X[:, 3:6].sum(axis=1) + AGE
LOST = RNG.exponential(2, M)
TIME = RNG.exponential(np.exp(-ETA))
TIMES = np.column_stack([np.minimum(TIME, LOST), TIME <= LOST])
STRATA = np.column_stack([TIMES, np.arange(M) % 2])
COUNTS = RNG.poisson(np.exp(ETA / 2))
STAGES = np.digitize(ETA + RNG.logistic(size=M), [-1, 1])
TARGETS = {
    CoxLoss(): TIMES,
    LearnedDispersionLoss(): COUNTS,
    NegativeBinomialLoss(0.5): COUNTS,
    OrdinalLoss(3): STAGES,
}
QUICK = Recipe(options={"optimizer": Adam(0.02), "epochs": 2, "batch_size": 32})


@pytest.mark.parametrize(
    ("loss", "engine"),
    [
        (CoxLoss(), "reference"),
        (CoxLoss(), "native"),
        (LearnedDispersionLoss(), "native"),
        (OrdinalLoss(3), "native"),
    ],
)
def test_the_element_that_carries_a_target_of_another_kind_has_power(loss, engine):
    recipe = Recipe(options={"optimizer": Adam(0.02), "epochs": 1, "batch_size": 32, "engine": engine})
    found = element_power(H, X, TARGETS[loss], loss=loss, recipe=recipe, folds=3, covariates=AGE)
    power = dict(zip(found.elements, found.power, strict=True))
    assert power["p1"] > 0.05 > 0.02 > max(power["p0"], power["p2"])
    assert found.t[found.elements.index("p1")] == 1


def test_times_are_taken_as_the_estimators_take_them():
    records = np.array([(e, t) for t, e in TIMES], [("died", bool), ("days", float)])
    table = pd.DataFrame({"days": TIMES[:, 0], "died": np.where(TIMES[:, 1] == 1, "yes", "no")})
    for Y in (records, table, TIMES.astype(np.float32).astype(float)):
        np.testing.assert_allclose(Response.of_loss(CoxLoss(), Y, M).Y, TIMES, rtol=1e-6)


def test_strata_change_what_times_are_compared_with_and_chance_stays_within_them():
    found, without = (
        element_power(H, X, Y, loss=CoxLoss(), recipe=QUICK, folds=3, draws=1) for Y in (STRATA, TIMES)
    )
    assert found.power[1] > 0.05
    assert not np.array_equal(found.power, without.power)


def test_the_hazards_beside_covariates_are_those_of_a_linear_cox_model():
    Z = Known.of(AGE, M).beside()
    settled = Hazards().settled(TIMES, Z, slice(None))
    of_age = np.polyfit(Z[:, 1], signals(settled.loss, Z, settled.Y, settled.added)[:, 0], 1)[0]
    net = Network(Hierarchy.complete(1, 1), dtype="float64", theta=[0.0, 0.0])
    cox = fit(net, Z[:, 1:], TIMES, loss=CoxLoss("breslow"), optimizer=LBFGS(), epochs=50).network
    assert of_age == pytest.approx(cox.theta[0], abs=0.02)


@pytest.mark.parametrize("loss", [LearnedDispersionLoss(), OrdinalLoss(3), PoissonLoss()])
def test_constants_beside_a_signal_are_those_of_the_highest_likelihood(loss):
    y = (STAGES if isinstance(loss, OrdinalLoss) else COUNTS)[:, None].astype(float)
    one, Y, added = Constants(loss).settled(y, np.ones((M, 1)), slice(None))
    signal = added[None]
    assert one.delta(signal, Y.T).mean() == pytest.approx(0, abs=1e-4)
    if isinstance(loss, OrdinalLoss):
        shares = np.diff([0, *(1 / (1 + np.exp(added[0] - t)) for t in (0, np.exp(one.constants[0]))), 1])
        np.testing.assert_allclose(shares, np.bincount(STAGES) / M, atol=1e-3)
    if isinstance(loss, PoissonLoss):
        assert np.exp(added[0]) == pytest.approx(COUNTS.mean(), rel=1e-4)


def test_rows_held_out_change_no_bit_of_what_is_beside_a_signal():
    learned, Z = np.arange(M) % 3 > 0, Known.of(AGE, M).beside(np.arange(M) % 3 > 0)
    for loss, target in TARGETS.items():
        Y = target if target.ndim == 2 else target[:, None].astype(float)
        other = Y.copy()
        other[~learned] = other[~learned][::-1]
        one, two = (Response.of_loss(loss, y, M).settled(Z, learned) for y in (Y, other))
        assert one.loss == two.loss
        assert one.added[learned].tobytes() == two.added[learned].tobytes()


# ---------------------------------------------------------------- by chance

MIXED = Joint(
    {
        "time": CoxLoss(),
        "kind": CrossEntropy(),
        "ill": BinaryCrossEntropy(),
        "visits": ZeroInflatedLoss(),
        "stage": OrdinalLoss(3),
        "weight": SquaredError(),
    },
    sizes=(1, 3, 1, 2, 2, 1),
)


def mixed():
    """A time, a class of three, one of two, a count, a stage and a number, each with gaps."""
    signed = np.where(TIMES[:, 1] == 1, TIMES[:, 0], -TIMES[:, 0])
    of_visits, of_stages = np.tile(COUNTS, (2, 1)), np.tile(STAGES, (2, 1))
    Y = np.column_stack([signed, np.eye(3)[STAGES], ETA > 0, of_visits.T, of_stages.T, ETA]).astype(float)
    for k, place in enumerate([[0], [1, 2, 3], [4], [5, 6], [7, 8], [9]]):
        Y[k :: 7 + k, place] = np.nan
    return Y


def test_several_targets_are_told_apart_each_with_its_gaps():
    Y = mixed()
    found = parts_of(MIXED, Y)
    losses = [type(one.response.loss) for one in found]
    assert [loss.__name__ for loss in losses[:2]] == ["CoxLoss", "CrossEntropy"]
    assert [loss.__name__ for loss in losses[2:]] == [
        *("BinaryCrossEntropy", "ZeroInflatedLoss", "OrdinalLoss", "GaussianLoss")
    ]
    first = [0, 1, 4, 5, 7, 9]
    for one, place in zip(found, first, strict=True):
        np.testing.assert_array_equal(one.known, ~np.isnan(Y[:, place]))


def intervals():
    return interval_targets(TIMES, quantile_cuts(TIMES, 3))


@pytest.mark.parametrize(
    ("loss", "Y"),
    [
        (MIXED, mixed()),
        (CoxLoss(), TIMES),
        (DiscreteTimeLoss(), intervals()),
        (None, np.column_stack([np.where(np.arange(M) % 5, -ETA, np.nan), ETA])),
        (OrdinalLoss(3), STAGES),
    ],
)
def test_orders_of_chance_given_covariates_keep_what_these_say_of_targets_with_gaps(loss, Y):
    Z = Known.of(AGE, M).beside()
    targets = parts_of(loss, Y)
    shown = targets[-1].response.plain[:, 0]
    order, free = (order_of_chance(targets, z, 0, 1) for z in (Z, Z[:, :1]))
    of_age, given, regardless = (np.corrcoef(AGE, shown[rows])[0, 1] for rows in (slice(None), order, free))
    assert sorted(order) == list(range(M))
    assert given > 0.5 * of_age > 0.1
    assert abs(regardless) < 0.25 < of_age


def test_times_given_covariates_stay_in_their_stratum():
    target = Observed(Response.of_loss(CoxLoss(), STRATA, M))
    order = order_of_chance((target,), Known.of(AGE, M).beside(), 0, 1)
    np.testing.assert_array_equal(STRATA[order, 2], STRATA[:, 2])
    assert sorted(order) == list(range(M))
    assert not np.array_equal(order, np.arange(M))


def test_null_scores_of_times_keep_covariates_with_their_rows():
    G = covariates(H.crown(["y"]), ["age"]).hierarchy
    recipe = Recipe(options={"loss": CoxLoss(), "epochs": 2, "batch_size": M})
    gaps = np.column_stack([X, AGE])
    gaps[::9, [0, -1]] = np.nan
    found = null_scores(recipe, G, gaps, STRATA, draws=2)
    assert np.isfinite(found.null).all()


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("loss", "Y", "error", "part"),
    [
        (AbsoluteError(), ETA, ParameterError, "got AbsoluteError"),
        (PoissonLoss(), np.ones((M, 2)), ShapeError, "rows of 1 numbers"),
        (CoxLoss(), np.where(np.arange(M)[:, None] == 5, np.inf, TIMES), TargetError, "row 5"),
        (PoissonLoss(), np.where(np.arange(M) == 5, np.inf, 1.0), NotFiniteError, "row 5"),
        (CoxLoss(), TIMES * [1, 0] + [0, 1] * (np.arange(M) < 2)[:, None], TargetError, "there are 2"),
        (PoissonLoss(), np.ones(M), TargetError, "a target varies"),
        (PoissonLoss(), ETA, TargetError, "take another loss"),
        (OrdinalLoss(3), np.where(np.arange(M) < 2, 2, STAGES % 2), TargetError, "rows of every class"),
    ],
)
def test_targets_that_do_not_suit_a_loss_are_refused_before_any_training(loss, Y, error, part):
    with pytest.raises(error, match=part):
        element_power(H, X, Y, loss=loss, folds=3)
