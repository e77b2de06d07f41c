"""Laws 2 and 3: complete is the textbook's dense network, sparse the same with zeros, and order is only a name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, issparse

import calls
import textbook
from hassenet import testing as ht
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.training.objective import gradient

SMOOTH_OUTPUT = ("identity", "tanh", "sigmoid", "softmax", "exp")


def features(net, m=4, seed=0):
    return ht.random_array(m, net.hierarchy.shape[0], seed=seed)


def names_of(net):
    return ["softmax" if G.uniform == "softmax" else list(G.names) for G in net.activations]


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-11)


@given(net=ht.networks(ht.complete_hierarchies(), output=SMOOTH_OUTPUT), seed=ht.seeds())
def test_a_complete_network_is_the_dense_formula_of_the_textbook(engine, net, seed):
    X = features(net, seed=seed)
    found = calls.value(engine, net, X)
    close(found, textbook.predict(*textbook.full(net), names_of(net), X))
    assert not any(issparse(W) for W in net.weights)


@given(net=ht.networks(output=SMOOTH_OUTPUT), seed=ht.seeds())
def test_a_sparse_network_is_the_dense_formula_with_zeros_off_the_covers(engine, net, seed):
    X, H = features(net, seed=seed), net.hierarchy
    W, b = textbook.full(net)
    for i in range(H.depth):
        covers = H.covers(i).toarray().astype(bool)
        assert not W[i][~covers].any()
        assert (W[i][H.relays(i + 1)] == covers[H.relays(i + 1)]).all()
        assert not b[i][H.relays(i + 1)].any()
    close(calls.value(engine, net, X), textbook.predict(W, b, names_of(net), X))


@given(
    net=ht.networks(ht.sparse_hierarchies(), hidden=["tanh", "silu"], output=SMOOTH_OUTPUT), seed=ht.seeds()
)
def test_a_sparse_network_and_the_complete_one_with_zeros_have_the_same_value_cost_and_gradient_on_covers(
    engine, net, seed
):
    H = net.hierarchy
    dense = Network(
        Hierarchy.complete(*H.shape, names=H.ranks),
        hidden=[list(G.names) for G in net.activations[:-1]],
        output=net.activations[-1].uniform,
        dtype="float64",
    ).with_parameters(*textbook.full(net))
    X, Y = features(net, seed=seed), abs(ht.random_array(4, H.shape[-1], seed=seed))
    close(net(X), dense(X))
    sparse_J, sparse_g = gradient(net, X, Y, "squared_error", engine=engine)
    dense_J, dense_g = gradient(dense, X, Y, "squared_error", engine=engine)
    close(sparse_J, dense_J)
    for i in range(H.depth):
        mask = H.covers(i).toarray()
        found = textbook.dense(sparse_g.weights[i])
        close(found[mask], dense_g.weights[i][mask])
        assert not found[~mask].any()
        close(sparse_g.biases[i], dense_g.biases[i])


@given(net=ht.networks(output=SMOOTH_OUTPUT), seed=ht.seeds())
def test_signals_and_hidden_features_are_those_of_the_textbook_at_every_rank(engine, net, seed):
    X, D = features(net, seed=seed), net.hierarchy.depth
    written = textbook.signals(*textbook.full(net), names_of(net), X)
    for i, (s, G) in enumerate(zip(written, names_of(net), strict=True)):
        close(net.signals(X)[i], s)
        close(net.hidden_features(X, i + 1), textbook.activate(G, s))
        close(calls.value(engine, net, X, i + 1), textbook.activate(G, s))
    close(net.hidden_features(X, 0), X)
    close(net.hidden_features(X, -1), net(X))
    close(net.hidden_features(X, -D - 1), X)
    assert len(net.signals(X)) == D


@given(net=ht.networks(), seed=ht.seeds())
def test_parameters_read_as_matrices_make_the_same_network(net, seed):
    again = net.with_parameters(net.weights, net.biases)
    np.testing.assert_array_equal(again.theta, net.theta)
    full = net.with_parameters(*textbook.full(net))
    np.testing.assert_array_equal(full.theta, net.theta)
    sparse = net.with_parameters([csr_array(W) for W in textbook.full(net)[0]], net.biases)
    np.testing.assert_array_equal(sparse.theta, net.theta)


@given(net=ht.networks(ht.sparse_hierarchies()))
def test_a_sparse_layer_stores_its_covers_and_nothing_else(net):
    H = net.hierarchy
    for i, W in enumerate(net.weights):
        assert issparse(W) == (not H.is_complete(i))
        assert W.shape == (H.shape[i + 1], H.shape[i])
        if issparse(W):
            assert W.nnz == H.covers(i).nnz
    assert net.n_parameters == len(net.theta) == H.n_covers + sum(H.shape[1:])


@given(net=ht.networks(ht.relayed_hierarchies(), output=SMOOTH_OUTPUT), data=st.data())
def test_reordering_a_rank_with_the_parameters_carried_along_changes_nothing(engine, net, data):
    check_reordered(engine, net, data)


@given(net=ht.networks(output=SMOOTH_OUTPUT), data=st.data())
def test_reordering_changes_nothing_on_any_hierarchy(engine, net, data):
    check_reordered(engine, net, data)


def check_reordered(engine, net, data):
    H = net.hierarchy
    i = data.draw(st.integers(0, H.depth))
    order = data.draw(st.permutations(range(H.shape[i])))
    other = H.reorder(i, [H.ranks[i][k] for k in order])
    W, b = textbook.full(net)
    if i > 0:
        W[i - 1], b[i - 1] = W[i - 1][order], b[i - 1][order]
    if i < H.depth:
        W[i] = W[i][:, order]
    names = {
        e: g
        for rank, G in zip(H.ranks[1:-1], net.activations, strict=False)
        for e, g in zip(rank, G.names, strict=True)
    }
    carried = Network(
        other, hidden=names, output=net.activations[-1].uniform, dtype="float64"
    ).with_parameters(W, b)
    X, Y = features(net), abs(ht.random_array(4, H.shape[-1], seed=1))
    X_there = X[:, order] if i == 0 else X
    Y_there = Y[:, order] if i == H.depth else Y
    value = calls.value(engine, net, X)
    close(
        calls.value(engine, carried, X_there),
        value[:, order] if i == H.depth else value,
    )
    here, there = (
        gradient(N, A, B, "squared_error", engine=engine)
        for N, A, B in ((net, X, Y), (carried, X_there, Y_there))
    )
    close(there.cost, here.cost)
    close(np.sort(there.gradient.vector), np.sort(here.gradient.vector))
    for k in range(H.depth):
        here_W, there_W = (textbook.dense(g.gradient.weights[k]) for g in (here, there))
        here_W = here_W[order] if k == i - 1 else here_W[:, order] if k == i else here_W
        close(there_W, here_W)


@pytest.mark.parametrize(
    "H", [Hierarchy.complete(3, 4, 2), Hierarchy.random((3, 4, 2), covers=(6, 4), seed=0)]
)
def test_single_precision_agrees_with_double_to_single_precision(H, engine):
    wide = Network(H, hidden="tanh", output="softmax", dtype="float64", seed=4)
    narrow = Network(H, hidden="tanh", output="softmax", dtype="float32", seed=4)
    X, Y = ht.random_array(5, 3, seed=1), np.eye(2)[[0, 1, 1, 0, 1]]
    assert narrow.theta.dtype == narrow(X).dtype == np.float32
    assert wide.theta.dtype == wide(X).dtype == np.float64
    np.testing.assert_allclose(narrow.theta, wide.theta, rtol=1e-6)
    np.testing.assert_allclose(narrow(X), wide(X), rtol=1e-5)
    found, expected = (gradient(net, X, Y, engine=engine) for net in (narrow, wide))
    np.testing.assert_allclose(found.cost, expected.cost, rtol=1e-6)
    np.testing.assert_allclose(found.gradient.vector, expected.gradient.vector, atol=1e-6)
    assert found.gradient.vector.dtype == np.float32


def test_many_examples_give_what_each_gives_alone(engine):
    """More examples than an engine holds at one time."""
    net = Network(Hierarchy.random((3, 5, 2), covers=(7, 6), seed=0), hidden="tanh", dtype="float64")
    X = ht.random_array(9001, 3, seed=0)
    value = calls.value(engine, net, X)
    close(value, textbook.predict(*textbook.full(net), ["tanh", "identity"], X))
    Y = ht.random_array(9001, 2, seed=1)
    expected = textbook.cost(textbook.LOSSES["squared_error"], ["tanh", "identity"], textbook.full(net), X, Y)
    assert gradient(net, X, Y, engine=engine).cost == pytest.approx(expected, rel=1e-11)
