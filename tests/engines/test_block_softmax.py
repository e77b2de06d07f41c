""" "softmax/h": a softmax in each of h blocks of consecutive elements, on any rank, in both engines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

import calls
from hassenet import testing as ht
from hassenet.activations import ACTIVATIONS, activation
from hassenet.engines import available
from hassenet.errors import ParameterError, StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.storage import load, save
from hassenet.storage.seal import sealed
from hassenet.training import fit
from hassenet.training.objective import cost, gradient

X = ht.random_array(7, 5, seed=0)


def network(hidden="tanh", output="softmax/3", dtype="float64", shape=(5, 8, 6)):
    return Network(Hierarchy.complete(*shape), hidden=hidden, output=output, dtype=dtype, seed=1)


def value(net, X, engine):
    return calls.value(engine, net, X)


def by_blocks(s, h):
    return np.hstack([softmax(block, axis=1) for block in np.split(s, h, axis=1)])


@given(h=st.integers(1, 5), k=st.integers(1, 4), seed=ht.seeds())
def test_a_block_softmax_is_the_softmax_of_each_block(engine, h, k, seed):
    net = network(output=f"softmax/{h}", shape=(5, 3, h * k))
    x = ht.random_array(7, 5, seed=seed)
    np.testing.assert_allclose(value(net, x, engine), by_blocks(net.signals(x)[-1], h), rtol=1e-12)


@pytest.mark.parametrize("h", [1, 2, 4, 8])
def test_on_a_hidden_rank_value_and_gradient_are_those_of_the_blocks(engine, h):
    net, Y = network(hidden=f"softmax/{h}", output="identity"), ht.random_array(7, 6, seed=1)
    W, b = net.weights, net.biases
    expected = by_blocks(X @ W[0].T + b[0], h) @ W[1].T + b[1]
    np.testing.assert_allclose(value(net, X, engine), expected, rtol=1e-12)
    _, g = gradient(net, X, Y, engine=engine)
    found = [
        ht.central_difference(lambda t: cost(net.with_theta(t), X, Y), net.theta, e) for e in np.eye(102)
    ]
    assert ht.relative_error(found, g.vector) < 1e-7


def test_a_block_softmax_of_one_block_is_the_softmax(engine):
    one = network(output="softmax/1")
    assert one.activations[-1].uniform == "softmax"
    assert activation("softmax/1") is ACTIVATIONS["softmax"]
    np.testing.assert_array_equal(value(one, X, engine), value(network(output="softmax"), X, engine))


def test_a_softmax_over_blocks_of_one_element_is_1(engine):
    np.testing.assert_array_equal(value(network(output="softmax/6"), X, engine), 1)


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_signals_of_ten_thousand_are_exact_in_single_precision(engine, size):
    net = network(output="softmax/2", dtype="float32", shape=(1, 4))
    net = net.with_parameters([np.array([[size], [size], [size], [0.0]])], [np.zeros(4)])
    last = [1, 0] if size > 0 else [0, 1]
    np.testing.assert_array_equal(value(net, np.ones((1, 1)), engine), [[0.5, 0.5, *last]])


def test_relays_in_the_rank_of_a_block_softmax_stand_outside_of_the_blocks(engine):
    H = Hierarchy.random((5, 4, 4), covers=(12, 10), seed=0).crown(["p", "q"], over="all")
    assert H.relays(2).any()
    net = Network(H, hidden=["tanh", "softmax/2"], output="identity", dtype="float64", seed=1)
    Y = ht.random_array(7, 2, seed=1)
    free = ~H.relays(2)
    features = net.hidden_features(X, 2)
    np.testing.assert_allclose(features[:, free], by_blocks(net.signals(X)[1][:, free], 2), rtol=1e-12)
    _, g = gradient(net, X, Y, engine=engine)
    direction = ht.random_array(net.n_parameters, seed=2)
    slope = ht.central_difference(lambda t: cost(net.with_theta(t), X, Y), net.theta, direction)
    assert g.vector @ direction == pytest.approx(slope, rel=1e-7)


def test_a_block_softmax_is_saved_loaded_copied_and_shown(tmp_path):
    H = Hierarchy.random((5, 4, 4), covers=(12, 10), seed=0).crown(list("pqrstu"), over="all")
    net = Network(H, hidden=["tanh", "softmax/2"], output="softmax/3", dtype="float64")
    assert repr(net.activations) == "(tanh, softmax/2, softmax/3)"
    save(net, tmp_path / "net")
    for other in (
        load(tmp_path / "net"),
        net.with_activations(output="tanh").with_activations(output="softmax/3"),
    ):
        assert other.activations == net.activations
        np.testing.assert_array_equal(other(X), net(X))


def test_a_saved_number_of_blocks_that_does_not_divide_its_rank_is_refused(tmp_path):
    save(network(), tmp_path / "net")
    document = tmp_path / "net" / "model.json"
    changed = document.read_bytes().replace(b"softmax/3", b"softmax/4")
    document.write_bytes(sealed(changed[: changed.rindex(b',"seal"')] + b"}"))
    with pytest.raises(StorageError, match="softmax/4 falls into 4 blocks of one size; 6 elements do not"):
        load(tmp_path / "net")


@pytest.mark.parametrize("h", [4, 5, 7, 12, 999_999_999])
def test_blocks_that_do_not_divide_the_rank_are_refused(h):
    with pytest.raises(ParameterError, match=f"falls into {h} blocks of one size; 6 elements do not"):
        network(output=f"softmax/{h}")


NO_NUMBERS = ["", "0", "-2", "2.0", " 2", "02", "9" * 5000]


@pytest.mark.parametrize("name", [*(f"softmax/{h}" for h in NO_NUMBERS), "relu/2", "/2"])
def test_names_that_say_no_number_of_blocks_are_refused(name):
    with pytest.raises(ParameterError, match="no activation .*or softmax/h, in h blocks"):
        activation(name)


def test_a_block_softmax_cannot_stand_beside_other_activations_in_a_rank():
    with pytest.raises(ParameterError, match="softmax/2 joins all elements of its rank"):
        network(output=["softmax/2"] * 5 + ["tanh"])


def test_dropout_on_a_rank_with_a_block_softmax_is_the_same_in_every_engine():
    net, Y = network(hidden="softmax/4", output="identity"), ht.random_array(7, 6, seed=1)
    runs = [fit(net, X, Y, batch_size=3, dropout=0.3, engine=e).network.theta for e in available()]
    for theta in runs[1:]:
        np.testing.assert_allclose(theta, runs[0], rtol=1e-10)
