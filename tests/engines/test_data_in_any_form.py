"""The same numbers give the same results, whatever holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp

import calls
from hassenet import testing as ht
from hassenet.errors import DataError, FeatureError, NotFiniteError, ShapeError, TargetError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import SGD
from hassenet.training import fit
from hassenet.training.objective import cost, gradient
from hassenet.training.refit import refit_output

WHOLE = np.random.default_rng(0).integers(0, 4, (12, 3))  # small whole numbers: exact in every type
Y = ht.random_array(12, 2, seed=1)
NAMES = ["age", "height", "weight"]


@pytest.fixture(params=["complete", "sparse"])
def net(request):
    covers = {"complete": (12, 8), "sparse": (7, 5)}[request.param]
    H = Hierarchy.random((3, 4, 2), covers=covers, seed=0)
    return Network(
        H.rename(dict(zip(H.ranks[0], NAMES, strict=True))), hidden="tanh", dtype="float64", seed=0
    )


FORMS = {
    "float64": lambda X: X.astype(np.float64),
    "float32": lambda X: X.astype(np.float32),
    "float16": lambda X: X.astype(np.float16),
    "uint8": lambda X: X.astype(np.uint8),
    "int64": lambda X: X.astype(np.int64),
    "list": lambda X: X.tolist(),
    "fortran order": lambda X: np.asfortranarray(X, float),
    "not contiguous": lambda X: np.repeat(X, 2, axis=1)[:, ::2].astype(float),
    "reversed": lambda X: X[::-1].copy()[::-1],
    "csr_array": lambda X: sp.csr_array(X.astype(float)),
    "csr_matrix": lambda X: sp.csr_matrix(X.astype(float)),
    "csc_array": lambda X: sp.csc_array(X.astype(float)),
    "coo_array": lambda X: sp.coo_array(X.astype(float)),
    "csr of uint8": lambda X: sp.csr_array(X.astype(np.uint8)),
    "csr of float32": lambda X: sp.csr_array(X.astype(np.float32)),
    "pandas": lambda X: pd.DataFrame(X, columns=NAMES),
    "pandas, columns in another order": lambda X: pd.DataFrame(X, columns=NAMES)[["weight", "age", "height"]],
    "pandas, an index of its own": lambda X: pd.DataFrame(X, columns=NAMES, index=range(100, 112)),
    "polars": lambda X: pl.DataFrame(X, schema=NAMES, orient="row"),
    "polars, columns in another order": lambda X: pl.DataFrame(X, schema=NAMES, orient="row")[
        ["height", "weight", "age"]
    ],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_x_gives_the_same_value_gradient_and_training(net, form, engine):
    X, plain = FORMS[form](WHOLE), WHOLE.astype(float)
    np.testing.assert_array_equal(net(X), net(plain))
    found, expected = (gradient(net, A, Y, engine=engine) for A in (X, plain))
    np.testing.assert_allclose(found.gradient.vector, expected.gradient.vector, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(cost(net, X, Y), cost(net, plain, Y), rtol=1e-13)
    runs = [fit(net, A, Y, optimizer=SGD(0.01), batch_size=5, epochs=2, engine=engine) for A in (X, plain)]
    np.testing.assert_allclose(runs[0].network.theta, runs[1].network.theta, rtol=1e-11)
    np.testing.assert_allclose(refit_output(net, X, Y).theta, refit_output(net, plain, Y).theta, atol=1e-7)
    for s, t in zip(net.signals(X), net.signals(plain), strict=True):
        np.testing.assert_allclose(s, t, rtol=1e-13)


def test_images_of_bytes_are_not_reckoned_in_bytes(net, engine):
    bright = np.full((2, 3), 255, np.uint8)
    np.testing.assert_array_equal(net(bright), net(np.full((2, 3), 255.0)))
    assert cost(net, bright, np.zeros((2, 2), np.uint8)) == cost(net, bright * 1.0, np.zeros((2, 2)))
    y = np.array([[250, 3], [0, 255]], np.uint8)
    np.testing.assert_array_equal(
        gradient(net, bright, y, engine=engine).gradient.vector,
        gradient(net, bright, y.astype(float), engine=engine).gradient.vector,
    )


def test_a_table_may_mix_whole_numbers_fractions_and_booleans(net):
    mixed = pd.DataFrame({"age": [1, 2], "height": [0.5, 1.5], "weight": [True, False]})
    np.testing.assert_array_equal(net(mixed), net([[1, 0.5, 1], [2, 1.5, 0]]))
    np.testing.assert_array_equal(net(pl.from_pandas(mixed)), net(mixed))


def test_booleans_count_as_0_and_1(net):
    np.testing.assert_array_equal(net(WHOLE > 1), net((WHOLE > 1) * 1.0))


def test_validation_data_come_in_any_form_too(net):
    frame = pd.DataFrame(WHOLE, columns=NAMES)[::-1]
    runs = [
        fit(net, WHOLE, Y, epochs=1, validation_data=(A, Y[::-1]))
        for A in (frame, WHOLE[::-1], sp.csr_array(WHOLE[::-1]))
    ]
    costs = [run.history[0].validation_cost for run in runs]
    np.testing.assert_allclose(costs, costs[0], rtol=1e-12)


def test_a_read_only_array_is_enough(net):
    X = WHOLE.astype(float)
    X.flags.writeable = False
    fit(net, X, Y, epochs=1)


def test_a_column_of_targets_may_be_a_vector_when_there_is_one_output(engine):
    one = Network(Hierarchy.complete(3, 1), dtype="float64")
    flat, column = (gradient(one, WHOLE, y, engine=engine) for y in (Y[:, 0], Y[:, :1]))
    np.testing.assert_array_equal(flat.gradient.vector, column.gradient.vector)


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.int32])
def test_class_numbers_are_one_hot_rows(kind, engine):
    net = Network(Hierarchy.complete(3, 4), output="softmax", dtype="float64")
    classes = np.arange(12) % 4
    numbers, rows = (
        gradient(net, WHOLE, y, engine=engine) for y in (classes.astype(kind), np.eye(4)[classes])
    )
    assert numbers.cost == rows.cost
    np.testing.assert_array_equal(numbers.gradient.vector, rows.gradient.vector)


def test_without_examples_there_are_no_values(net, engine):
    assert calls.value(engine, net, np.zeros((0, 3))).shape == (0, 2)
    assert net(np.zeros((0, 3))).shape == (0, 2)


# ------------------------------------------------------------------ bad data


def frame(**columns):
    return pd.DataFrame({name: columns.get(name, np.zeros(2)) for name in [*NAMES, *columns]})


def test_a_table_that_lacks_a_feature_names_it_and_the_remedy(net):
    with pytest.raises(FeatureError, match="lacks 1 of the hierarchy's 3 features: 'height'.*restrict"):
        net(frame().drop(columns="height"))


def test_a_table_with_a_feature_the_hierarchy_leaves_out_names_it_and_the_remedy(net):
    with pytest.raises(
        FeatureError, match="leaves out 1 of the table's 4 columns: 'shoe size'.*select the columns"
    ):
        net(frame(**{"shoe size": np.zeros(2)}))


def test_a_column_that_comes_twice_is_refused(net):
    with pytest.raises(DataError):
        net(pd.DataFrame(np.zeros((2, 4)), columns=[*NAMES, "age"]))


def test_a_table_with_a_column_of_text_is_refused(net):
    with pytest.raises(DataError, match="holds real numbers.*'height'.*encode"):
        net(frame(height=["tall", "small"]))


@pytest.mark.parametrize(
    "X", [np.zeros((2, 4)), np.zeros((2, 2)), np.zeros(3), np.zeros((1, 2, 3)), 5.0, sp.csr_array((2, 4))]
)
def test_x_of_another_width_is_refused_with_its_shape(net, X):
    with pytest.raises(ShapeError, match=r"each of the 3 elements of rank 0; its shape is \("):
        net(X)


@pytest.mark.parametrize("X", [[["a", "b", "c"]], [[1j, 0, 0]], [[None, 0, 0]], np.zeros((1, 3), "M8[s]")])
def test_x_that_holds_no_real_numbers_is_refused_with_its_type(net, X):
    with pytest.raises(DataError, match="X holds real numbers; its type is"):
        net(X)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("form", ["array", "float32", "sparse", "pandas"])
def test_a_value_that_is_not_finite_is_refused_where_it_stands(net, bad, form):
    X = WHOLE.astype(float)
    X[4, 1] = bad
    held = {
        "array": X,
        "float32": X.astype(np.float32),
        "sparse": sp.csr_array(X),
        "pandas": pd.DataFrame(X, columns=NAMES),
    }[form]
    where = "" if form == "sparse" else r".*\(4, 1\)"
    for use in (net, lambda A: gradient(net, A, Y), lambda A: fit(net, A, Y, epochs=1)):
        with pytest.raises(
            NotFiniteError, match=f"X is finite; it holds 1 NaN or infinite{where}.*fill or drop"
        ):
            use(held)


def test_infinities_of_both_signs_are_refused_without_a_warning(net):
    X = WHOLE.astype(float)
    X[0, 0], X[1, 1] = np.inf, -np.inf
    with pytest.raises(NotFiniteError, match="holds 2"):
        net(X)


def test_large_finite_numbers_are_not_taken_for_infinities(net):
    assert np.isfinite(net(np.full((2, 3), 1.7e308) * [1, 0, 0])).all()
    net(np.full((4, 3), 1.7e308))


def test_a_target_that_is_not_finite_is_refused(net):
    bad = Y.copy()
    bad[3, 1] = np.inf
    with pytest.raises(NotFiniteError, match=r"Y is finite.*\(3, 1\)"):
        cost(net, WHOLE, bad)


@pytest.mark.parametrize("bad", [Y[:5], Y[:, :1], Y[:, 0], np.zeros((12, 3)), np.zeros((12, 2, 1))])
def test_targets_of_another_shape_are_refused_with_both_shapes(net, bad):
    with pytest.raises(
        ShapeError, match=r"each of the 12 examples and a column for each of the 2 outputs; its shape is \("
    ):
        cost(net, WHOLE, bad)


def test_targets_that_are_text_are_refused(net):
    with pytest.raises(DataError, match="Y holds real numbers"):
        cost(net, WHOLE, np.full((12, 2), "ill"))


@pytest.mark.parametrize(
    ("w", "message"),
    [
        (-np.ones(12), "≥ 0.*smallest is -1"),
        (np.zeros(12), "not all 0"),
        (np.r_[-1e-9, np.ones(11)], "≥ 0"),
        (np.r_[np.nan, np.ones(11)], "sample_weight is finite"),
        (np.r_[np.inf, np.ones(11)], "sample_weight is finite"),
        (np.ones(11), r"one sample weight an example, 12"),
        (np.ones((12, 1)), r"one sample weight an example, 12"),
    ],
)
def test_invalid_sample_weights_are_refused(net, w, message):
    for use in (cost, gradient, fit, refit_output):
        with pytest.raises(DataError, match=message):
            use(net, WHOLE, Y, sample_weight=w)


@pytest.mark.parametrize(
    ("output", "bad", "rule", "remedy"),
    [
        ("exp", [2.0, -1.0], "Poisson target is a count or a rate ≥ 0", "another loss"),
        ("sigmoid", [0.0, 1.5], r"binary cross-entropy lies in \[0, 1\]", "as 0 and 1"),
        ("sigmoid", [-1.0, 1.0], r"binary cross-entropy lies in \[0, 1\]", "as 0 and 1"),
        ("softmax", [0.5, 0.4], "cross-entropy is a distribution: entries ≥ 0 that sum to 1", "one-hot rows"),
        ("softmax", [1.0, 1.0], "cross-entropy is a distribution", "class numbers"),
        ("softmax", [1.5, -0.5], "cross-entropy is a distribution", "one-hot rows"),
    ],
)
def test_a_target_outside_its_model_is_refused_with_its_row(output, bad, rule, remedy):
    net = Network(Hierarchy.complete(3, 2), output=output)
    targets = np.tile([1.0, 0.0], (12, 1))
    targets[7] = bad
    for use in (cost, gradient, fit, refit_output):
        with pytest.raises(TargetError, match=rf"{rule}.*; row 7 .*{remedy}"):
            use(net, WHOLE, targets)


@pytest.mark.parametrize("bad", [4, -1, 0.5])
def test_class_numbers_outside_the_outputs_are_refused(bad):
    net = Network(Hierarchy.complete(3, 4), output="softmax")
    classes = np.zeros(12) if isinstance(bad, float) else np.zeros(12, int)
    classes[3] = bad
    with pytest.raises(DataError, match="class numbers are whole numbers"):
        cost(net, WHOLE, classes)


def test_bad_validation_data_are_refused_before_training(net):
    calls = []
    with pytest.raises(ShapeError):
        fit(net, WHOLE, Y, validation_data=(WHOLE[:, :2], Y), callbacks=[lambda row, n: calls.append(row)])
    assert calls == []


def test_training_without_examples_is_refused(net):
    with pytest.raises(ShapeError, match="at least one example"):
        fit(net, np.zeros((0, 3)), np.zeros((0, 2)))
