"""Shares of relevance: nothing is lost on the way down, and the parts are DeepLIFT's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import ParameterError
from hassenet.explain import Explained, deeplift, explained
from hassenet.explain.contracting import contracted
from hassenet.explain.flow import contributions, relevance_flow
from hassenet.explain.sankey import OTHERS, PASSING, Sankey
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.network.elements import Elements
from hassenet.testing import relayed_hierarchies, sparse_hierarchies

LINEAGES = [f"A|B{k % 3}|C{k}" for k in range(12)] + ["D", "E|F"]
TAXONOMY = Hierarchy.from_lineages(LINEAGES).crown(["ill", "healthy"])


def network(H: Hierarchy, seed: int = 0) -> Network:
    return Network(H, hidden="tanh", output="identity", dtype="float64", seed=seed)


def data(net: Network, m: int = 7, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(m, net.plan.n_inputs))


@given(relayed_hierarchies() | sparse_hierarchies(), st.integers(0, 9))
def test_what_an_element_hands_to_all_its_readers_is_its_score(H: Hierarchy, seed: int) -> None:
    net = network(H, seed)
    X, target = data(net), explained(net, 0)
    mean, absolute = contributions(net, X, target)
    elements = Elements.of(net)
    handed_on = np.bincount(elements.links.lower, mean, minlength=len(elements))
    scores = deeplift(net, X, target)
    assert scores.elements == elements.names[: len(scores)]
    np.testing.assert_allclose(handed_on[: len(scores)], scores.score, atol=1e-9)
    assert (absolute >= np.abs(mean) - 1e-12).all()


@given(relayed_hierarchies() | sparse_hierarchies(), st.integers(0, 9))
def test_a_link_is_a_cover_with_its_weight_and_relays_are_looked_through(H: Hierarchy, seed: int) -> None:
    elements = Elements.of(network(H, seed))
    names = elements.names
    links = {(names[j], names[k]) for k, j in zip(elements.links.upper, elements.links.lower, strict=True)}
    sources = {(getattr(p, "source", p), q) for q in names for p in H.below(q)}
    assert links == sources


def test_no_share_is_lost_between_the_outputs_and_the_features() -> None:
    flow = relevance_flow(network(TAXONOMY), data(network(TAXONOMY)), "ill")
    features = slice(0, TAXONOMY.shape[0])
    assert flow.of_elements[features].sum() == pytest.approx(1)
    assert flow.of_elements[-2:].tolist() == [1, 0]
    arriving = np.bincount(flow.elements.links.lower, flow.of_links, minlength=len(flow.elements))
    np.testing.assert_allclose(arriving[:-2], flow.of_elements[:-2])


def test_a_share_goes_down_to_what_varies_only() -> None:
    net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    flow = relevance_flow(net, [[1.0, 5.0], [-1.0, 5.0]], baseline=[0.0, 5.0])
    assert flow.of_elements.tolist() == [1, 0, 1]


def test_the_flow_says_why_it_has_no_rule_for_a_hidden_softmax() -> None:
    net = Network(Hierarchy.complete(2, 3, 1), hidden="softmax")
    with pytest.raises(ParameterError, match="the flow of relevance has no rule"):
        relevance_flow(net, [[1.0, 2.0]])


@pytest.mark.parametrize("most", [1, 2, 5, 50])
def test_a_picture_keeps_every_share(most: int) -> None:
    flow = relevance_flow(network(TAXONOMY), data(network(TAXONOMY)), "ill")
    picture = Sankey.of(flow, most)
    for rank in range(TAXONOMY.depth + 1):
        assert sum(node.share for node in picture.nodes if node.rank == rank) == pytest.approx(1)
        shown = [node for node in picture.nodes if node.rank == rank and node.element >= 0]
        assert len(shown) <= most + 1
    for k, node in enumerate(picture.nodes):
        for side in ("lower", "upper"):
            parts = [r.share for r in picture.ribbons if getattr(r, side) == k]
            assert not parts or sum(parts) == pytest.approx(node.share)


def test_what_little_passes_ranks_on_its_way_to_many_elements_does_so_together() -> None:
    pairs = [(f"x{k}", f"h{k % 9}") for k in range(60)] + [(f"h{k}", "g") for k in range(9)]
    pairs += [("g", f"y{k}") for k in range(60)] + [(f"x{k + 60}", f"y{k}") for k in range(60)]
    net = network(Hierarchy.from_relation(pairs).graded())
    flow = relevance_flow(net, data(net), Explained("all", (1.0,) * 60))
    picture = Sankey.of(flow, 5)
    for rank in (1, 2):
        passing = [node for node in picture.nodes if node.rank == rank and node.element == PASSING]
        assert 1 <= len(passing) <= 1 + 50  # those with 2 % or more alone
        assert sum(node.share < 0.02 for node in passing) <= 1
    assert max(sum(node.rank == rank for node in picture.nodes) for rank in range(4)) < 20


def test_elements_of_hidden_ranks_with_next_to_no_share_are_not_named() -> None:
    net = network(Hierarchy.complete(2, 3, 1))
    weights = [np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 0.5]]), np.array([[1.0, 1e-5, 1.0]])]
    flow = relevance_flow(net.with_parameters(weights, [np.zeros(3), np.zeros(1)]), [[0.3, 0.1]])
    nodes = [node for node in Sankey.of(flow, 5).nodes if node.rank == 1]
    assert sorted(node.element for node in nodes) == [OTHERS, 2, 4]


def test_a_rank_that_nearly_all_passes_is_left_out_of_the_picture_and_no_share_with_it() -> None:
    H = Hierarchy.from_covers(
        [("a", "h"), ("h", "y"), ("b", "g"), ("g", "k"), ("k", "f"), ("f", "y")],
        rank={"a": 0, "b": 0, "h": 1, "g": 1, "k": 2, "f": 3, "y": 4},
    ).graded()
    net = network(H)
    nearly = {"y": {"h": 1.0, "f": 1e-6}}
    weights = []
    for i, W in enumerate(net.weights):
        ends = zip(H.ranks[i + 1], W.toarray() if hasattr(W, "toarray") else W, strict=True)
        below = [getattr(p, "source", p) for p in H.ranks[i]]
        weights.append(
            [
                [nearly.get(q, {}).get(p, 1.0) * (w != 0) for p, w in zip(below, row, strict=True)]
                for q, row in ends
            ]
        )
    flow = relevance_flow(net.with_parameters(weights, [0 * b for b in net.biases]), [[1.0, 1.0]])
    picture = Sankey.of(flow, 3)
    assert picture.ranks == (0, 1, 4)
    names = {flow.elements.names[node.element]: node.share for node in picture.nodes if node.element >= 0}
    assert set(names) == {"a", "b", "h", "y"}
    for rank in picture.ranks:
        assert sum(node.share for node in picture.nodes if node.rank == rank) == pytest.approx(1)


@given(relayed_hierarchies() | sparse_hierarchies(), st.integers(0, 9))
def test_what_is_handed_on_by_ranks_that_are_left_out_arrives(H: Hierarchy, seed: int) -> None:
    net = network(H, seed)
    flow = relevance_flow(net, data(net), 0)
    for left_out in ([], [1], list(range(1, H.depth))):
        short, kept = contracted(flow, [i for i in left_out if i < H.depth])
        assert short.elements.names == tuple(flow.elements.names[k] for k in kept)
        np.testing.assert_array_equal(short.of_elements, flow.of_elements[kept])
        handed = np.bincount(short.elements.links.lower, short.of_links, minlength=len(kept))
        whole = np.bincount(flow.elements.links.lower, flow.of_links, minlength=len(flow.elements))
        np.testing.assert_allclose(handed, whole[kept], atol=1e-9)


def test_a_link_over_ranks_that_are_left_out_has_the_sign_that_its_ways_agree_on() -> None:
    H = Hierarchy.from_covers([("a", "p"), ("a", "q"), ("b", "q"), ("p", "y"), ("q", "y")])
    net = Network(H, "tanh", dtype="float64", seed=0).with_parameters(
        [[[1.0, 0.0], [1.0, 2.0]], [[1.0, -1.0]]], [np.zeros(2), np.zeros(1)]
    )
    links = contracted(relevance_flow(net, [[1.0, 1.0]]), [1])[0].elements.links
    assert dict(zip(links.lower.tolist(), links.weight.tolist(), strict=True)) == {0: 0, 1: -1}


def test_ribbons_go_from_rank_to_rank_inside_their_nodes() -> None:
    picture = Sankey.of(relevance_flow(network(TAXONOMY), data(network(TAXONOMY)), "ill"), 4)
    for r in picture.ribbons:
        low, up = picture.nodes[r.lower], picture.nodes[r.upper]
        assert up.rank == low.rank + 1
        assert low.top - 1e-9 <= r.start <= low.top + low.height - r.height + 1e-9
        assert up.top - 1e-9 <= r.end <= up.top + up.height - r.height + 1e-9


def test_nodes_of_a_rank_do_not_overlap_and_have_room_for_a_label() -> None:
    picture = Sankey.of(relevance_flow(network(TAXONOMY), data(network(TAXONOMY)), "ill"), 5, room=0.05)
    for rank in range(TAXONOMY.depth + 1):
        column = [node for node in picture.nodes if node.rank == rank]
        middles = [node.top + node.height / 2 for node in column]
        assert all(b - a >= 0.05 - 1e-9 for a, b in itertools.pairwise(middles))
        assert column[0].top >= -1e-9
        assert column[-1].top + column[-1].height <= 1 + 1e-9


def test_the_largest_shares_are_shown_and_the_others_counted() -> None:
    flow = relevance_flow(network(TAXONOMY), data(network(TAXONOMY)), "ill")
    n = TAXONOMY.shape[0]
    features = [node for node in Sankey.of(flow, 4).nodes if node.rank == 0]
    shown = [node.element for node in features if node.element not in (OTHERS, PASSING)]
    assert set(shown) == set(np.argsort(-flow.of_elements[:n])[:4].tolist())
    assert [node.size for node in features if node.element == OTHERS] == [n - 4]


def test_a_sign_is_that_of_the_weight_where_a_ribbon_is_one_link() -> None:
    net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, -3.0, 1.0])
    picture = Sankey.of(relevance_flow(net, [[1.0, 1.0]]), 5)
    assert {picture.nodes[r.lower].element: r.sign for r in picture.ribbons} == {0: 1, 1: -1}


def test_a_picture_shows_one_element_at_least() -> None:
    flow = relevance_flow(network(TAXONOMY), data(network(TAXONOMY)), "ill")
    with pytest.raises(ParameterError, match="elements shown of a rank is a whole number ≥ 1; got 0"):
        Sankey.of(flow, 0)
