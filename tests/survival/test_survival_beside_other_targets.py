"""A time until an event beside a class and a number in one network, each with its own loss and its own gaps."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # leukaemia.py, whatever pytest's import mode
import leukaemia

from hassenet.errors import ParameterError, TargetError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import CoxLoss, DiscreteTimeLoss, Joint, LearnedScaleLoss, OrdinalLoss
from hassenet.network import Network
from hassenet.optimizers import LBFGS, Adam
from hassenet.survival import interval_targets, signed_times
from hassenet.training.fitting import fit
from hassenet.training.objective import cost, gradient

TIME = signed_times(leukaemia.Y)
GRADE = (np.arange(42) % 3)[:, None] * 1.0
AMOUNT = np.sin(np.arange(42.0))[:, None]
INTERVALS = interval_targets(leukaemia.Y, [4, 8, 12])
LOSS = Joint(
    {
        "time": CoxLoss(),
        "grade": OrdinalLoss(3),
        "amount": LearnedScaleLoss(),
        "interval": DiscreteTimeLoss(),
    },
    sizes=(1, 2, 2, 3),
)
Y = np.hstack([TIME, GRADE, AMOUNT, INTERVALS])


def net(**options):
    return Network(
        Hierarchy.complete(2, 4, 8), hidden="tanh", output=LOSS.canonical, dtype="float64", seed=1, **options
    )


def test_the_cost_and_the_gradient_are_those_of_each_target(engine):
    one, w = net(), 1.0 + np.arange(42) % 2
    found = gradient(one, leukaemia.X, Y, LOSS, sample_weight=w, engine=engine)
    parts = [("cox", ["y0"], leukaemia.Y), (OrdinalLoss(3), ["y1", "y2"], GRADE)]
    parts += [(LearnedScaleLoss(), ["y3", "y4"], AMOUNT), ("discrete_time", ["y5", "y6", "y7"], INTERVALS)]
    each = [cost(one.with_outputs(names), leukaemia.X, y, L, sample_weight=w) for L, names, y in parts]
    assert found.cost == pytest.approx(sum(each), rel=1e-12)
    v, h = np.cos(np.arange(one.n_parameters)), 1e-6
    ahead, back = (
        cost(one.with_theta(one.theta + h * t * v), leukaemia.X, Y, LOSS, sample_weight=w, engine=engine)
        for t in (1, -1)
    )
    assert found.gradient.vector @ v == pytest.approx((ahead - back) / (2 * h), rel=1e-6)


def test_a_time_that_is_missing_is_not_at_risk(engine):
    there = np.arange(42) % 4 > 0
    gaps = np.where(there[:, None], TIME, np.nan)
    one, loss = net().with_outputs(["y0"]), Joint({"time": CoxLoss()})
    w = 1.0 + np.arange(42) % 2
    alone = gradient(one, leukaemia.X[there], leukaemia.Y[there], "cox", sample_weight=w[there])
    both = Joint({"time": CoxLoss(), "amount": "squared_error"})
    two = net().with_outputs(["y0", "y3"])
    found = gradient(two, leukaemia.X, np.hstack([gaps, 0 * AMOUNT]), both, sample_weight=w, engine=engine)
    amount = cost(two.with_outputs(["y3"]), leukaemia.X, 0 * AMOUNT, sample_weight=w)
    assert (found.cost - amount) * w.sum() == pytest.approx(alone.cost * w[there].sum(), rel=1e-10)
    with pytest.warns(match="11 of 42 examples have none at all"):
        absent = gradient(one, leukaemia.X, gaps, loss, sample_weight=w, engine=engine)
    np.testing.assert_allclose(absent.gradient.vector, alone.gradient.vector, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("optimizer", [Adam(0.02), LBFGS(30)])
def test_all_targets_are_learned_together(engine, optimizer):
    run = fit(net(), leukaemia.X, Y, LOSS, optimizer=optimizer, batch_size=42, epochs=30, engine=engine)
    assert run.history[-1].cost < run.history[0].cost


def test_times_with_a_sign_are_times_and_events():
    np.testing.assert_array_equal(
        CoxLoss().cost(leukaemia.RISK, TIME), CoxLoss().cost(leukaemia.RISK, leukaemia.Y)
    )
    with pytest.raises(TargetError, match="a time with a sign, minus where no event was seen, is not 0"):
        signed_times([[0, 1], [1, 0]])
    with pytest.raises(ParameterError, match=r"OrdinalLoss\(classes=3\) is of 2 outputs; 'grade' has 1"):
        Joint({"grade": OrdinalLoss(3)})
