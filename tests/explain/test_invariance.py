"""What a network is, and not how it is written down, decides the scores: relays, the order of a rank, batches."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from hassenet import explain
from hassenet import testing as ht
from hassenet.explain import ablating, summary
from hassenet.explain.passes import feed
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Network
from hassenet.network.direct import Direct

sys.path.insert(0, str(Path(__file__).parent))

from methods import METHODS, SWEEPS, networks

every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def network_of(H, weight, bias, G):
    """The network of a relation, its parameters given by pairs of elements."""

    def source(e):
        return e.source if isinstance(e, Relay) else e

    weights, biases = [], []
    for low, up in zip(H.ranks, H.ranks[1:], strict=False):
        W, at = np.zeros((len(up), len(low))), {e: j for j, e in enumerate(low)}
        for k, q in enumerate(up):
            for p in H.below(q):
                W[k, at[p]] = 1 if isinstance(q, Relay) else weight[source(p), source(q)]
        weights.append(W)
        biases.append(np.array([0.0 if isinstance(q, Relay) else bias[q] for q in up]))
    hidden = {e: G[e] for rank in H.ranks[1:-1] for e in rank if not isinstance(e, Relay)}
    return Network(H, hidden=hidden, dtype="float64").with_parameters(weights, biases)


@every_method
@given(pairs=ht.relations(), data=st.data(), seed=ht.seeds())
def test_where_elements_stand_and_how_long_the_chains_of_relays_are_changes_no_score(
    method, pairs, data, seed
):
    """The same relation ranked from below and from above needs other relays and is the same function."""
    rng = np.random.default_rng(seed)
    below, above = (
        Hierarchy.from_relation(pairs, rank=rank).crown(["y"], over="maximal") for rank in ("below", "above")
    )
    elements = [e for rank in below.ranks for e in rank if not isinstance(e, Relay)]
    weight = {(p, q): rng.standard_normal() for p in elements for q in elements}
    bias = {q: rng.standard_normal() for q in elements}
    G = {q: data.draw(st.sampled_from(["relu", "tanh", "gelu", "identity"])) for q in elements}
    one, other = (network_of(H, weight, bias, G) for H in (below, above))
    X = rng.standard_normal((3, below.shape[0]))
    other_X = X[:, [below.position(e) for e in other.hierarchy.ranks[0]]]
    a, b = method(one, X), method(other, other_X)
    assert {*a.elements} == {*b.elements} == {*elements} - {"y"}
    scale = 1 + a.absolute.max()
    for score in a:
        found = b[score.element]
        np.testing.assert_allclose(found[2:], score[2:], rtol=1e-8, atol=1e-8 * scale)
    assert abs(a.value - b.value) < 1e-9 * (1 + abs(a.value))


@given(H=ht.relayed_hierarchies(), seed=ht.seeds())
def test_a_sweep_has_a_row_for_each_element_that_is_not_a_relay_and_its_features_are_the_networks(H, seed):
    net = Network(H, hidden="tanh", dtype="float64", seed=1)
    X = ht.random_array(3, net.plan.n_inputs, seed=seed)
    direct = Direct.of(net)
    at = feed(direct, X.T)
    assert direct.n == sum(int((~H.relays(i)).sum()) for i in range(H.depth))
    for i in range(H.depth):
        expected = net.hidden_features(X, i)[:, ~H.relays(i)]
        np.testing.assert_allclose(at.x[direct.rank(i)].T, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(at.s[-1].T, net.signals(X)[-1], rtol=1e-12, atol=1e-12)


@every_method
def test_a_rank_of_relays_alone_changes_nothing(method):
    far, near = (
        Hierarchy.from_covers(
            [("a", "h"), ("b", "h"), ("h", "y")], rank={"a": 0, "b": 0, "h": 1, "y": y}
        ).graded()
        for y in (3, 2)
    )
    X, theta = ht.random_array(4, 2, seed=0), np.array([1.0, -2.0, 0.3, 0.7, 0.1])
    one, other = (method(Network(H, hidden="tanh", dtype="float64", theta=theta), X) for H in (far, near))
    assert one.elements == other.elements == ("a", "b", "h")
    np.testing.assert_allclose(one.score, other.score, rtol=1e-12)
    if one.totals is not None:
        np.testing.assert_allclose(one.totals, other.totals[[0, 1, 1]], rtol=1e-12)


@every_method
@pytest.mark.parametrize("more", [[], ["x2"]])
def test_an_element_has_the_scores_of_all_its_relays(method, more):
    """Relays are told apart by name; two of one source may stand in a rank, over a complete layer too."""
    one, other = Relay("x", 1), Relay("w", 1)
    covers = [("x", one), ("x", other), (one, "y"), (other, "y")]
    covers += [(p, "h") for p in more] + [("h", "y") for _ in more]
    net = Network(Hierarchy.from_covers(covers), hidden="tanh", dtype="float64", seed=1)
    X = ht.random_array(4, 1 + len(more), seed=0)
    W = net.weights[1].toarray() if hasattr(net.weights[1], "toarray") else net.weights[1]
    at = [net.hierarchy.position(e) for e in (one, other)]
    centred = X[:, 0] - (X[:, 0].mean() if method is explain.ablation else 0)
    if method is SWEEPS["layerwise"]:
        s = net.signals(X)[-1][:, 0]
        centred = centred * s / (s + np.where(s < 0, -0.01, 0.01))
    expected = W[0, at].sum() * centred
    if method is explain.ablation:  # one relay after the other is followed, whose changes add up at y
        np.testing.assert_allclose(method(net, X)["x"].absolute, np.abs(expected).mean(), rtol=1e-9)
    else:
        np.testing.assert_allclose(method(net, X)["x"].score, expected.mean(), rtol=1e-9)


@given(H=ht.relayed_hierarchies(), seed=ht.seeds())
def test_features_of_all_ranks_are_those_of_each(H, seed):
    net = Network(H, hidden="tanh", output="sigmoid", dtype="float64", seed=1)
    X = ht.random_array(3, net.plan.n_inputs, seed=seed)
    for i, x in enumerate(explain.features_of_ranks(net, X)):
        expected = net.hidden_features(X, i)[:, ~H.relays(i)]
        np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-12)
    assert [x.shape[0] for x in explain.features_of_ranks(net, X[:0])] == [0] * (H.depth + 1)


@every_method
@given(net=networks(), data=st.data(), seed=ht.seeds())
def test_the_order_of_a_rank_changes_nothing(method, net, data, seed):
    H, D = net.hierarchy, net.plan.depth
    i = data.draw(st.integers(0, D - 1))
    order = data.draw(st.permutations(range(H.shape[i])))
    H2 = H.reorder(i, [H.ranks[i][k] for k in order])
    weights, biases = (
        [W.toarray() if hasattr(W, "toarray") else W for W in net.weights],
        list(net.biases),
    )
    weights[i] = weights[i][:, order]
    names = [list(G.names) for G in net.activations]
    if i:
        weights[i - 1], biases[i - 1] = weights[i - 1][order], biases[i - 1][order]
        names[i - 1] = [names[i - 1][k] for k in order]
    other = Network(H2, names[:-1], names[-1], dtype="float64").with_parameters(weights, biases)
    X = ht.random_array(3, H.shape[0], seed=seed)
    a, b = method(net, X, 0), method(other, X[:, order] if i == 0 else X, 0)
    assert {*a.elements} == {*b.elements}
    scale = 1 + a.absolute.max()
    for score in a:
        np.testing.assert_allclose(b[score.element][2:], score[2:], rtol=1e-8, atol=1e-8 * scale)


@every_method
def test_examples_in_parts_sparse_or_in_a_table_have_the_scores_of_a_whole_array(method, monkeypatch):
    H = Hierarchy.random((12, 9, 5, 2), density=0.4, seed=1)
    net = Network(H, hidden="tanh", dtype="float64", seed=2)
    X = ht.random_array(23, 12, seed=3) * (ht.random_array(23, 12, seed=4) > 0)
    whole = method(net, X, "y1")
    monkeypatch.setattr(summary, "_NUMBERS_AT_ONCE", 5 * H.n_elements)
    monkeypatch.setattr(ablating, "_NUMBERS_AT_ONCE", 30)
    monkeypatch.setattr(ablating, "_ELEMENTS_AT_ONCE", 4)
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=list(H.ranks[0])).iloc[:, ::-1]
    for form in (X, csr_array(X), table):
        found = method(net, form, "y1")
        assert found.n_examples == 23
        for column in ("score", "absolute", "spread"):
            np.testing.assert_allclose(getattr(found, column), getattr(whole, column), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("method", SWEEPS.values(), ids=SWEEPS)
@given(net=networks(), seed=ht.seeds(), data=st.data())
def test_the_scores_are_mean_size_and_deviation_of_those_of_the_examples(method, net, seed, data):
    X = ht.random_array(4, net.plan.n_inputs, seed=seed)
    rank = data.draw(st.integers(0, net.plan.depth - 1))
    function, options = getattr(method, "func", method), getattr(method, "keywords", {})
    each = explain.per_example(function, net, X, rank, 0, **options)
    found = method(net, X, 0).table(rank)
    scale = 1 + np.abs(each).max(initial=0)
    np.testing.assert_allclose(found["score"], each.mean(axis=0), atol=1e-11 * scale)
    np.testing.assert_allclose(found["absolute"], np.abs(each).mean(axis=0), atol=1e-11 * scale)
    np.testing.assert_allclose(found["spread"], each.std(axis=0), atol=1e-10 * scale)
    assert len(found["element"]) == (~net.hierarchy.relays(rank)).sum() == each.shape[1]


@every_method
@given(net=networks(ht.sparse_hierarchies(), output=["sigmoid"]), seed=ht.seeds())
def test_the_class_that_shares_an_output_has_the_scores_of_the_other_with_their_signs_turned(
    method, net, seed
):
    if net.plan.n_outputs > 1:
        return
    X = ht.random_array(3, net.plan.n_inputs, seed=seed)
    ill, healthy = (method(net, X, explain.of_class(net, ("healthy", "ill"), c)) for c in ("ill", "healthy"))
    np.testing.assert_allclose(healthy.score, -ill.score, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(healthy.absolute, ill.absolute, rtol=1e-12, atol=1e-14)
    assert (ill.output, healthy.output) == ("ill", "healthy")
