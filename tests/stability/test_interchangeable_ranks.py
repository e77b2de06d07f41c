"""Ranks whose elements nothing but chance tells apart are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from hassenet import shaping, stability
from hassenet import testing as ht
from hassenet.errors import NotGradedError, ParameterError
from hassenet.hierarchy import Hierarchy, Relay

TREE = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q"), ("p", "r"), ("q", "r")])


def below(H, q):
    return frozenset(H.below(q))


def readers(H, p):
    """Return what covers p, or covers a relay of it."""
    above = set(H.above(p))
    relays = {q for q in above if isinstance(q, Relay)}
    return frozenset(above - relays).union(*(readers(H, relay) for relay in relays))


@given(H=ht.relayed_hierarchies())
def test_a_rank_is_interchangeable_where_each_element_has_a_double(H):
    expected = []
    for i in range(1, H.depth):
        looks = [(below(H, e), readers(H, e)) for e in H.ranks[i] if not isinstance(e, Relay)]
        if looks and all(looks.count(look) > 1 for look in looks):
            expected.append(i)
    assert stability.interchangeable_ranks(H) == tuple(expected)


@given(shape=ht.shapes())
def test_hidden_ranks_of_a_complete_hierarchy_are_where_they_have_two_elements_or_more(shape):
    H = Hierarchy.complete(*shape)
    expected = tuple(i for i in range(1, H.depth) if H.shape[i] > 1)
    assert stability.interchangeable_ranks(H) == expected


def test_complete_ranks_on_top_of_named_ones_are_and_the_named_ones_are_not():
    H = shaping.dense_on_top(TREE, 4, 3, over="all").hierarchy.crown(["ill"], over="maximal")
    assert stability.interchangeable_ranks(H) == (3, 4)
    assert stability.interchangeable_ranks(TREE.crown(["ill"])) == ()


def test_neurons_of_one_element_are():
    wide = shaping.widen(TREE.crown(["ill"], over="maximal"), {"p": 2, "q": 3}).hierarchy
    assert stability.interchangeable_ranks(wide) == (1,)


def test_a_hierarchy_that_skips_ranks_is_refused():
    with pytest.raises(NotGradedError, match="call graded"):
        stability.interchangeable_ranks(Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]))


def test_scores_of_some_ranks_are_a_part_of_those_of_all():
    ranks, scores = np.array([0, 0, 1, 2]), ht.random_array(5, 4, seed=0)
    runs = stability.Stability(tuple("abcd"), ranks, scores, np.zeros(5))
    beside = stability.NullScores(tuple("abcd"), ranks, scores[0], scores[1:])
    for whole in (runs, beside):
        part = whole.of_ranks([0, 2, 7])
        assert part.elements == ("a", "b", "d")
        for name, column in part.table().items():
            assert list(column) == [whole.table()[name][k] for k in (0, 1, 3)]
        with pytest.raises(ParameterError, match=r"scores stand at the ranks \[0, 1, 2\]; got \[3, 4\]"):
            whole.of_ranks([3, 4])
