"""The network as an object: activations of ranks and elements, parameters, initialisation, copies, errors."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import textbook
from hassenet import testing as ht
from hassenet.activations import ACTIVATIONS
from hassenet.errors import (
    HierarchyError,
    NotFiniteError,
    NotGradedError,
    ParameterError,
    ShapeError,
    UnknownElementError,
    UnreachedElementError,
)
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network

# ------------------------------------------------------------------ activations


@pytest.mark.parametrize("name", ht.OUTPUT)
@given(seed=ht.seeds())
def test_an_activation_has_the_value_of_its_formula(name, seed):
    s = 3 * ht.random_array(4, 5, seed=seed)
    np.testing.assert_allclose(
        ACTIVATIONS[name].value(s.T).T, textbook.ACTIVATIONS[name](s), rtol=1e-12, atol=1e-14
    )


def test_the_table_of_activations_is_the_one_of_the_mathematics():
    assert set(ACTIVATIONS) == set(ht.OUTPUT) == set(textbook.ACTIVATIONS)


@pytest.mark.parametrize("name", ht.OUTPUT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_activation_keeps_its_type_and_stays_finite_at_extreme_signals_unless_it_is_exp(name, dtype):
    s = np.array([[-1e4, -30.0, 0.0, 30.0, 1e4]], dtype).T @ np.ones((1, 2), dtype)
    with np.errstate(over="ignore"):
        x = ACTIVATIONS[name].value(s)
        slope = ACTIVATIONS[name].pullback(s, x, np.ones_like(s))
    assert x.dtype == slope.dtype == dtype
    assert not np.isnan(x).any()
    assert name == "exp" or (np.isfinite(x).all() and np.isfinite(slope).all())


def test_each_hidden_rank_may_have_its_own_activation_and_each_element():
    H = Hierarchy.complete(2, 2, 3, 1)
    net = Network(H, hidden=["tanh", ["relu", "silu", "identity"]], output="exp", dtype="float64")
    assert [repr(G) for G in net.activations] == ["tanh", "relu|silu|identity", "exp"]
    X = ht.random_array(4, 2, seed=0)
    expected = textbook.predict(*textbook.full(net), ["tanh", ["relu", "silu", "identity"], "exp"], X)
    np.testing.assert_allclose(net(X), expected, rtol=1e-12)


def test_outputs_may_have_activations_of_their_own():
    net = Network(Hierarchy.complete(2, 2), output=["sigmoid", "identity"], dtype="float64")
    X = ht.random_array(4, 2, seed=0)
    np.testing.assert_allclose(
        net(X), textbook.predict(*textbook.full(net), [["sigmoid", "identity"]], X), rtol=1e-12
    )


def test_a_mapping_names_activations_of_elements_and_relu_is_for_the_others():
    net = Network(Hierarchy.complete(2, 3, 1), hidden={"h1_1": "tanh"})
    assert net.activations[0].names == ("relu", "tanh", "relu")


def test_other_activations_keep_the_parameters():
    net = Network(Hierarchy.complete(2, 3, 1), hidden="tanh")
    other = net.with_activations(hidden="silu")
    assert [repr(G) for G in other.activations] == ["silu", "identity"]
    assert [repr(G) for G in net.with_activations(output="exp").activations] == ["tanh", "exp"]
    np.testing.assert_array_equal(other.theta, net.theta)


@pytest.mark.parametrize(
    ("hidden", "output", "message"),
    [
        ("rellu", "identity", "no activation 'rellu'.*relu"),
        ("relu", "softmaxx", "no activation 'softmaxx'.*softmax"),
        (["relu"], "identity", "each of the 2 hidden ranks; got 1"),
        (["relu", ["relu", "tanh"]], "identity", "rank 2 has 3 elements and got 2 activations"),
        ("relu", ["identity", "exp"], "rank 3 has 1 elements and got 2 activations"),
        (["relu", ["relu", "softmax", "relu"]], "identity", "softmax joins all elements"),
        ([[3, 3], "relu"], "identity", "no activation 3"),
    ],
)
def test_activations_that_do_not_exist_or_fit_are_refused(hidden, output, message):
    with pytest.raises(ParameterError, match=message):
        Network(Hierarchy.complete(2, 2, 3, 1), hidden=hidden, output=output)


def test_an_activation_for_an_unknown_element_is_refused_by_name():
    with pytest.raises(UnknownElementError, match="'nobody'"):
        Network(Hierarchy.complete(2, 2, 1), hidden={"nobody": "tanh"})


# ------------------------------------------------------------------ some of the outputs


@given(ht.networks(), st.data())
def test_with_outputs_are_those_columns_of_the_values(net, data):
    top = net.hierarchy.ranks[-1]
    net = net.with_activations(output="tanh")
    some = data.draw(st.lists(st.sampled_from(range(len(top))), min_size=1, unique=True))
    X = ht.random_array(5, net.hierarchy.shape[0], seed=0)
    part = net.with_outputs([top[k] for k in some])
    assert part.hierarchy.ranks == (*net.hierarchy.ranks[:-1], tuple(top[k] for k in some))
    np.testing.assert_allclose(part(X), net(X)[:, some], rtol=1e-6, atol=1e-9)


@given(ht.networks())
def test_with_all_outputs_it_is_the_network_itself(net):
    same = net.with_outputs(net.hierarchy.ranks[-1])
    assert same.hierarchy == net.hierarchy
    assert same.activations == net.activations
    np.testing.assert_array_equal(same.theta, net.theta)


def test_blocks_of_a_softmax_are_taken_whole():
    net = Network(Hierarchy.random((3, 4, 6), density=0.6, seed=1), output="softmax/3", dtype="float64")
    y, X = net.hierarchy.ranks[-1], ht.random_array(5, 3, seed=0)
    part = net.with_outputs([*y[4:], *y[:2]])
    assert part.activations[-1].uniform == "softmax/2"
    np.testing.assert_allclose(part(X), net(X)[:, [4, 5, 0, 1]], rtol=1e-12)
    assert net.with_outputs(y[2:4]).activations[-1].uniform == "softmax"
    turned = net.with_outputs([y[3], y[2], y[0], y[1]])
    np.testing.assert_allclose(turned(X), net(X)[:, [3, 2, 0, 1]], rtol=1e-12)
    for outputs in (y[:1], y[1:3], (y[0], y[2], y[1], y[3]), y[:3]):
        with pytest.raises(ParameterError, match="softmax/3 joins blocks of 2 elements.*give such"):
            net.with_outputs(outputs)


@pytest.mark.parametrize(
    ("outputs", "error", "message"),
    [
        ([], ParameterError, "each once, as"),
        ("y0", ParameterError, "each once, as"),
        (["y0", "y0"], ParameterError, "each once, as"),
        ([["y0"]], ParameterError, r"each once, as \['ill'\]; got \[\['y0'\]\]"),
        ([("y0", [])], ParameterError, "each once, as"),
        (["y0", "y7"], UnknownElementError, "elements of the last rank: 'y0', 'y1'; 'y7' is not among them"),
    ],
)
def test_invalid_outputs_are_refused(outputs, error, message):
    with pytest.raises(error, match=message):
        Network(Hierarchy.complete(2, 2)).with_outputs(outputs)


# ------------------------------------------------------------------ hierarchies that carry no network


def test_a_hierarchy_that_skips_ranks_is_refused_with_the_cover_and_the_remedy():
    H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
    with pytest.raises(NotGradedError, match=r"'c' \(rank 2\) covers 'x' \(rank 0\).*graded\(\)"):
        Network(H)


def test_an_element_that_no_feature_reaches_is_refused_by_name():
    H = Hierarchy.from_covers([("a", "b")], rank={"a": 0, "b": 1, "lonely": 1}, elements=["a", "b", "lonely"])
    with pytest.raises(UnreachedElementError, match="'lonely' at rank 1 is reached by no feature; restrict"):
        Network(H)


def test_an_empty_rank_is_refused():
    with pytest.raises(HierarchyError, match="rank"):
        Network(Hierarchy.from_covers([("a", "b")], rank={"a": 1, "b": 2}))


def test_a_single_rank_is_refused_and_outputs_are_offered():
    with pytest.raises(HierarchyError, match=r"two ranks.*crown"):
        Network(Hierarchy.complete(3))


# ------------------------------------------------------------------ parameters


@given(net=ht.networks(), seed=ht.seeds())
def test_the_parameters_are_those_that_were_set_and_cannot_be_changed(net, seed):
    theta = ht.random_array(net.n_parameters, seed=seed)
    other = net.with_theta(theta)
    np.testing.assert_array_equal(other.theta, theta)
    theta[0] += 1
    assert other.theta[0] != theta[0]
    with pytest.raises(ValueError, match="read-only"):
        other.theta[0] = 0
    with pytest.raises(AttributeError):
        other.theta = theta


@given(net=ht.networks())
def test_the_number_of_parameters_counts_covers_and_biases_without_those_of_relays(net):
    H = net.hierarchy
    n = sum(mask.sum() + (~H.relays(i + 1)).sum() for i, mask in enumerate(textbook.masks(H)))
    assert net.n_parameters == len(net.theta) == n


@pytest.mark.parametrize("bad", [np.zeros(3), np.zeros((9, 1)), 0.0])
def test_theta_of_another_length_is_refused_with_both(bad):
    with pytest.raises(ShapeError, match=r"θ has 9 entries.*\("):
        Network(Hierarchy.complete(2, 3)).with_theta(bad)


def test_theta_that_is_not_finite_is_refused():
    with pytest.raises(NotFiniteError, match="2 of its entries"):
        Network(Hierarchy.complete(1, 1)).with_theta([np.nan, np.inf])


def test_a_matrix_with_an_entry_off_the_covers_is_refused_with_the_entry():
    net = Network(Hierarchy.random((3, 2), covers=(3,), seed=0))
    k, j = np.argwhere(~net.hierarchy.covers(0).toarray())[0]
    W = np.zeros((2, 3))
    W[k, j] = 5
    with pytest.raises(ShapeError, match=rf"weights\[0\] is 0 off the covers; entry \({k}, {j}\) is 5"):
        net.with_parameters([W], [np.zeros(2)])


@pytest.mark.parametrize(
    ("weights", "biases"),
    [
        ([np.zeros((3, 2))], [np.zeros(2)]),
        ([np.zeros((2, 3))], [np.zeros(3)]),
        ([], []),
        ([np.zeros((2, 3))] * 2, [np.zeros(2)] * 2),
    ],
)
def test_matrices_and_vectors_of_other_shapes_are_refused(weights, biases):
    with pytest.raises(ShapeError):
        Network(Hierarchy.complete(3, 2)).with_parameters(weights, biases)


@pytest.mark.parametrize("dtype", ["float16", "int64", "complex128", "no type", None])
def test_a_type_other_than_the_two_floats_is_refused(dtype):
    if dtype is None:
        assert Network(Hierarchy.complete(1, 1), dtype=None).dtype == np.float64
        return
    with pytest.raises(ParameterError, match="'float32' or 'float64'; got"):
        Network(Hierarchy.complete(1, 1), dtype=dtype)


def test_the_default_type_is_single_precision():
    assert Network(Hierarchy.complete(1, 1)).dtype == np.float32


@pytest.mark.parametrize("rank", [3, -4])
def test_a_rank_that_does_not_exist_is_refused(rank):
    with pytest.raises(ParameterError, match=f"the ranks are 0 to 2; got {rank}"):
        Network(Hierarchy.complete(1, 1, 1)).hidden_features([[0.0]], rank)


# ------------------------------------------------------------------ copies


@given(net=ht.networks())
def test_a_pickled_network_is_the_same_network(net):
    for twin in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net), copy.copy(net)):
        X = ht.random_array(3, net.hierarchy.shape[0], seed=0)
        assert twin.hierarchy == net.hierarchy
        assert twin.theta.tobytes() == net.theta.tobytes()
        assert twin.dtype == net.dtype
        assert [G.names for G in twin.activations] == [G.names for G in net.activations]
        np.testing.assert_array_equal(twin(X), net(X))


def test_the_repr_tells_shape_activations_and_parameters():
    text = repr(Network(Hierarchy.complete(3, 4, 2), hidden="tanh", output="softmax"))
    for part in ("(3, 4, 2)", "tanh", "softmax", "26", "float32"):
        assert part in text


# ------------------------------------------------------------------ initialisation


def spread(H, hidden, i, seed=0):
    """The standard deviation of the initial weights of layer i."""
    W = Network(H, hidden=hidden, dtype="float64", seed=seed).weights[i]
    values = W.data if hasattr(W, "indptr") else np.asarray(W).ravel()
    assert abs(values.mean()) < 0.1 * values.std()
    return values.std()


@pytest.mark.parametrize("hidden", ["relu", "leaky_relu", "elu", "gelu", "silu"])
@pytest.mark.parametrize("d", [4, 25])
def test_relu_like_elements_start_with_hes_variance_over_the_covers_below_them_not_the_width(hidden, d):
    H = Hierarchy.random((400, 400, 1), covers=(400 * d, 400), seed=0)
    assert spread(H, hidden, 0) == pytest.approx(np.sqrt(2 / d), rel=0.12)


@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "identity"])
def test_other_elements_start_with_glorots_variance_over_covers(hidden):
    H = Hierarchy.complete(60, 40, 1)
    assert spread(H, hidden, 0) == pytest.approx(np.sqrt(2 / 100), rel=0.05)
    sparse = Hierarchy.random((400, 400, 1), covers=(400 * 9, 400), seed=0)
    assert spread(sparse, hidden, 0) == pytest.approx(np.sqrt(2 / 18), rel=0.12)


@given(H=ht.hierarchies(), seed=st.integers(0, 100))
def test_biases_start_at_0_and_weights_do_not(H, seed):
    net = Network(H, dtype="float64", seed=seed)
    for i, (W, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        assert not b.any()
        assert (textbook.dense(W) != 0).sum() == H.covers(i).nnz


def test_signals_keep_their_size_through_a_deep_sparse_network():
    H = Hierarchy.random((300,) * 8, density=0.05, seed=0)
    net = Network(H, hidden="relu", dtype="float64", seed=0)
    sizes = [np.sqrt((s**2).mean()) for s in net.signals(ht.random_array(200, 300, seed=0))[:-1]]
    assert max(sizes) < 4 * min(sizes)
