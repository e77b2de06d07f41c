"""hassenet fit divides rows so that rare classes are on both sides, and keeps the digits of what lies far from 0."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hassenet.protocol.holding_out import held_out
from hassenet.storage import load

SHORT = ("--quiet", "--no-plots", "--single", "--epochs", "1", "--test-size", "0")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_rows_to_learn_from_and_rows_held_out_have_every_class(seed, share):
    codes = np.random.default_rng(seed).permutation(np.repeat([0, 1, 2], [40, 30, 2]))
    learned, held = held_out(len(codes), codes, share, seed)
    assert sorted([*learned, *held]) == list(range(len(codes)))
    assert set(codes[learned]) == set(codes[held]) == {0, 1, 2}
    assert abs(len(held) - share * len(codes)) <= 3


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e12])
def test_predicted_targets_far_from_0_differ_as_those_near_it(run, frame, offset):
    near, far = (
        predictions_of_a_fit(run, frame.assign(weight=frame["weight"] + shift)) for shift in (0.0, offset)
    )
    np.testing.assert_allclose(far - offset, near, atol=1e-3)


def predictions_of_a_fit(run, table):
    table.to_csv("far.csv", index=False)
    run(
        "fit",
        "far.csv",
        "--target",
        "weight",
        "--drop",
        "health",
        "--drop",
        "sample",
        *SHORT,
        "--out",
        "far",
        "--force",
    )
    run("predict", "far", "far.csv", "--out", "predicted.csv", "--force")
    return pd.read_csv("predicted.csv")["predicted_weight"].to_numpy()


def test_features_that_are_not_standardised_and_far_from_0_are_learned_in_float64(run, frame):
    for age, kind in ((frame["age"], "float32"), (frame["age"] + 1e7, "float64")):
        frame.assign(age=age).to_csv("far.csv", index=False)
        rest = ("--drop", "sample", "--drop", "weight", "--no-standardize", "--learning-rate", "1e-20")
        run("fit", "far.csv", "--target", "health", *rest, *SHORT, "--out", "far", "--force")
        assert load("far").network.dtype == kind
