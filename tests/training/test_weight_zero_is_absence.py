"""An example of weight 0 is absent: the bits are those of a training without it, with the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.metrics import r2_score

import hassenet as hn
from hassenet.errors import DataError, HassenetWarning, ParameterError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
TARGETS = {
    "sigmoid": (X[:, 0] > 0).astype(int),
    "softmax": np.digitize(X[:, 0], [-0.5, 0.5]),
    "identity": X[:, :2] @ [[1.0, 0.0], [2.0, 1.0]],
}
OUTPUTS = {"sigmoid": 1, "softmax": 3, "identity": 2}
COUNTS = np.where(RNG.random(60) < 0.5, 0, RNG.integers(1, 4, 60))
KEPT = COUNTS > 0
WAYS = {
    "a part held out": {"validation_fraction": 0.3, "early_stopping": hn.EarlyStopping()},
    "neurons dropped": {"dropout": 0.3, "input_dropout": 0.1},
    "Adam, in order": {"optimizer": hn.Adam(0.01), "shuffle": False},
    "L-BFGS": {"optimizer": hn.LBFGS()},
    "standardised signals": {"normalise": True},
}


def network(output="sigmoid", dtype="float32"):
    return hn.Network(hn.Hierarchy.complete(4, 3, OUTPUTS[output]), output=output, dtype=dtype, seed=0)


def same(one, other):
    np.testing.assert_array_equal(one.network.theta, other.network.theta)
    np.testing.assert_array_equal(one.costs, other.costs)
    for column in ("cost", "validation_cost"):
        np.testing.assert_array_equal(one.column(column), other.column(column))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("way", WAYS)
def test_examples_of_weight_0_leave_no_bit_in_a_training(way, dtype, engine):
    net, y = network(dtype=dtype), TARGETS["sigmoid"]
    options = {"batch_size": 8, "epochs": 4, "seed": 3, "engine": engine, **WAYS[way]}
    weighted = hn.fit(net, X, y, sample_weight=COUNTS, **options)
    same(weighted, hn.fit(net, X[KEPT], y[KEPT], sample_weight=COUNTS[KEPT], **options))
    present = hn.fit(net, X, y, sample_weight=KEPT.astype(int), **options)
    same(present, hn.fit(net, X[KEPT], y[KEPT], **options))


@pytest.mark.parametrize("output", TARGETS)
@pytest.mark.parametrize("form", [np.asarray, csr_array])
def test_examples_of_weight_0_leave_no_bit_for_any_target_dense_or_sparse(output, form, engine):
    net, Y = network(output), TARGETS[output]
    options = {"validation_fraction": 0.3, "epochs": 3, "engine": engine}
    weighted = hn.fit(net, form(X), Y, sample_weight=COUNTS, **options)
    same(weighted, hn.fit(net, form(X[KEPT]), Y[KEPT], sample_weight=COUNTS[KEPT], **options))


def test_members_of_an_ensemble_do_not_see_examples_of_weight_0():
    net, y = network(), TARGETS["sigmoid"]
    options = {"members": 2, "validation_fraction": 0.2, "epochs": 3}
    weighted = hn.fit_ensemble(net, X, y, sample_weight=COUNTS, **options)
    without = hn.fit_ensemble(net, X[KEPT], y[KEPT], sample_weight=COUNTS[KEPT], **options)
    for one, other in zip(weighted.fits, without.fits, strict=True):
        same(one, other)


@pytest.mark.parametrize("output", TARGETS)
def test_cost_gradient_and_refit_are_those_without_examples_of_weight_0(output, engine):
    net, Y, w = network(output, "float64"), TARGETS[output], COUNTS
    cost, slope = hn.gradient(net, X, Y, sample_weight=w, engine=engine)
    fewer_cost, fewer_slope = hn.gradient(net, X[KEPT], Y[KEPT], sample_weight=w[KEPT], engine=engine)
    assert cost == fewer_cost == hn.cost(net, X, Y, sample_weight=w, engine=engine)
    np.testing.assert_array_equal(slope.vector, fewer_slope.vector)
    refitted, fewer = (
        hn.refit_output(net, X[rows], Y[rows], penalty=hn.L2(0.01), sample_weight=w[rows])
        for rows in (slice(None), KEPT)
    )
    np.testing.assert_array_equal(refitted.theta, fewer.theta)


def test_an_example_of_weight_0_is_not_judged_either():
    """Whatever its target: with weight 0 it has no part in the score or in the cost of a validation."""
    seen, held = [], (X[:6], np.array([0, 1, 0, 1, 1, 1]), [1, 2, 1, 1, 0, 0])
    fit = hn.fit(
        network(), X, TARGETS["sigmoid"], validation_data=held, score=lambda Y, p: seen.append(len(Y)) or 0.0
    )
    assert set(seen) == {4}
    assert fit.history[-1].validation_cost == pytest.approx(
        hn.cost(fit.network, *held[:2], sample_weight=held[2])
    )


@pytest.mark.parametrize(
    "weights",
    [np.zeros(60), -COUNTS, np.where(KEPT, np.nan, 1.0), np.full(60, np.inf)],
    ids=["all 0", "below 0", "NaN", "infinite"],
)
def test_invalid_weights_are_refused_before_training(weights):
    called = []
    with pytest.raises(DataError, match="sample"):
        hn.fit(
            network(), X, TARGETS["sigmoid"], sample_weight=weights, callbacks=[lambda *_: called.append(1)]
        )
    with pytest.raises(DataError, match="sample"):
        hn.fit(network(), X, TARGETS["sigmoid"], validation_data=(X, TARGETS["sigmoid"], weights))
    assert not called


def test_a_part_that_would_hold_out_no_weight_is_refused():
    one = np.eye(60)[0]
    with pytest.raises(ParameterError, match="holds out 0 of 1 examples"):
        hn.fit(network(), X, TARGETS["sigmoid"], sample_weight=one, validation_fraction=0.3)


def test_a_score_that_is_nan_in_every_epoch_gives_a_warning():
    """R² of one example does not exist: nothing could be watched."""
    with (
        pytest.warns(HassenetWarning, match="in every epoch it was not finite, and the last parameters stay"),
        pytest.warns(UserWarning, match="not well-defined with less than two"),
    ):
        hn.fit(
            network("identity"),
            X,
            TARGETS["identity"],
            validation_data=(X[:2], TARGETS["identity"][:2], [1.0, 0.0]),
            score=r2_score,
            early_stopping=hn.EarlyStopping("score"),
            epochs=2,
        )
