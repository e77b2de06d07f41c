"""Targets are matched with the outputs; what cannot be read as it is meant is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp

from hassenet import testing as ht
from hassenet.errors import DataError, NotFiniteError, ParameterError, ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.training import fit
from hassenet.training.objective import cost, gradient
from hassenet.training.refit import refit_output

NAMES = ["ill", "old", "tall"]
X = ht.random_array(12, 2, seed=0)
Y = ht.random_array(12, 3, seed=1)
CLASSES = np.arange(12) % 3
NET = Network(Hierarchy.complete(2, 3, names=[["a", "b"], NAMES]), dtype="float64")
SOFTMAX = NET.with_activations(output="softmax")
USES = {
    "cost": lambda net, X, Y, **options: cost(net, X, Y, **options),
    "gradient": lambda net, X, Y, **options: gradient(net, X, Y, **options).gradient.vector,
    "fit": lambda net, X, Y, **options: fit(net, X, Y, batch_size=5, epochs=2, **options).network.theta,
    "validation": lambda net, X, Y, **options: fit(net, X, Y, epochs=1, validation_data=(X, Y), **options).column(
        "validation_cost"
    ),
    "refit": lambda net, X, Y, **options: refit_output(net, X, Y, **options).theta,
}  # fmt: skip
EVERY_USE = pytest.mark.parametrize("use", USES.values(), ids=USES)


@EVERY_USE
@pytest.mark.parametrize(
    "table",
    [
        lambda: pd.DataFrame(Y, columns=NAMES),
        lambda: pd.DataFrame(Y, columns=NAMES)[["tall", "ill", "old"]],
        lambda: pd.DataFrame(Y, columns=NAMES, index=range(50, 62))[["old", "tall", "ill"]],
        lambda: pl.DataFrame(Y, schema=NAMES, orient="row")[["tall", "ill", "old"]],
    ],
    ids=["pandas", "pandas, another order", "pandas, an index of its own", "polars, another order"],
)
def test_a_table_of_targets_is_matched_with_the_outputs_by_name(use, table):
    np.testing.assert_array_equal(use(NET, X, table()), use(NET, X, Y))


def test_a_table_of_targets_with_other_names_is_taken_in_its_order():
    other = pd.DataFrame(Y, columns=["p", "q", "r"])
    assert cost(NET, X, other) == cost(NET, X, Y)


@EVERY_USE
@pytest.mark.parametrize("form", [sp.csr_array, sp.csc_array, sp.coo_array])
def test_sparse_targets_are_the_same_targets(use, form):
    rows = np.where(Y > 0.5, Y, 0)
    np.testing.assert_array_equal(use(NET, X, form(rows)), use(NET, X, rows))


@EVERY_USE
@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, list, pd.Series])
def test_class_numbers_are_one_hot_rows_wherever_targets_are_read(use, kind):
    numbers = kind(CLASSES.tolist()) if kind in (list, pd.Series) else CLASSES.astype(kind)
    np.testing.assert_array_equal(use(SOFTMAX, X, numbers), use(SOFTMAX, X, np.eye(3)[CLASSES]))


# ------------------------------------------------------------------ what is refused


def masked(array):
    return np.ma.masked_array(array, mask=np.arange(array.size).reshape(array.shape) == 1)


@EVERY_USE
def test_masked_values_are_refused_and_not_taken_for_what_lies_below_the_mask(use):
    with pytest.raises(DataError, match="X has masked values.*fill or drop"):
        use(NET, masked(X), Y)
    with pytest.raises(DataError, match="Y has masked values.*fill or drop"):
        use(NET, X, masked(Y))


@EVERY_USE
def test_masked_sample_weights_are_refused_too(use):
    with pytest.raises(DataError, match="masked values.*fill or drop"):
        use(NET, X, Y, sample_weight=masked(np.ones(12)))


def test_a_masked_array_that_masks_nothing_is_an_array():
    assert cost(NET, np.ma.masked_array(X), np.ma.masked_array(Y)) == cost(NET, X, Y)


@pytest.mark.parametrize("form", [np.array, sp.csr_array, lambda A: pd.DataFrame(A, columns=["a", "b"])])
@pytest.mark.parametrize("large", [1e39, -1e300])
def test_features_beyond_single_precision_are_refused_by_a_network_of_single_precision(form, large):
    beyond = X.copy()
    beyond[3, 1] = large
    single = Network(NET.hierarchy, dtype="float32")
    for use in (*USES.values(), lambda net, A, Y: net(A), lambda net, A, Y: net.signals(A)):
        with pytest.raises(NotFiniteError, match="beyond float32; scale it, or .*float64"):
            use(single, form(beyond), Y)
    assert np.isfinite(NET(form(beyond))).all()


@EVERY_USE
@pytest.mark.parametrize("penalty", [0.1, "l2", 1])
def test_a_penalty_that_is_a_number_or_a_name_is_refused_and_the_right_ones_are_named(use, penalty):
    with pytest.raises(
        ParameterError, match=r"L1\(…\), ElasticNet\(…\), Elements\(…\), Separate\(…\) or None; got"
    ):
        use(NET, X, Y, penalty=penalty)


@EVERY_USE
@pytest.mark.parametrize("form", [np.array, sp.csr_array])
def test_no_examples_have_no_cost_and_are_refused(use, form):
    with pytest.raises(ShapeError, match="at least one example; X has no rows"):
        use(NET, form(np.zeros((0, 2))), np.zeros((0, 3)))


# ------------------------------------------------------------------ activations


def test_changing_the_activation_of_one_element_keeps_those_of_the_others():
    H = Hierarchy.from_covers([("x", "p"), ("x", "q"), ("x", "r"), ("p", "s"), ("q", "s")]).crown(["y"])
    hidden = {"p": "tanh", "q": "sigmoid", "r": "softplus", "s": "silu"}
    net = Network(H, hidden=hidden, output="exp", dtype="float64")
    for element in hidden:
        changed, asked = net.with_activations(hidden={element: "elu"}), {**hidden, element: "elu"}
        expected = Network(H, hidden=asked, output="exp", dtype="float64", theta=net.theta)
        assert changed.activations == expected.activations
        np.testing.assert_array_equal(changed([[0.3]]), expected([[0.3]]))
    assert net.with_activations(hidden={}).activations == net.activations
