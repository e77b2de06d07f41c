"""Ranks whose elements nothing but chance tells apart are known."""

from __future__ import annotations

from collections import Counter
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import shaping, stability
from hassenet import testing as ht
from hassenet.errors import NotGradedError, ParameterError
from hassenet.hierarchy import Hierarchy, Relay

TREE = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q"), ("p", "r"), ("q", "r")])


def readers(H, p):
    """Return what covers p, or covers a relay of it, one as often as it does."""
    above = Counter()
    for q in H.above(p):
        above += readers(H, q) if isinstance(q, Relay) else Counter([q])
    return above


def sources(H, q):
    """Return what q covers, relays looked through, one as often as it is covered."""
    return Counter(p.source if isinstance(p, Relay) else p for p in H.below(q))


def doubles(H, colour):
    """Return the hidden ranks where each element has another of its colour."""
    found = []
    for i in range(1, H.depth):
        colours = [colour[e] for e in H.ranks[i] if not isinstance(e, Relay)]
        if colours and all(colours.count(c) > 1 for c in colours):
            found.append(i)
    return tuple(found)


@given(H=st.one_of(ht.relayed_hierarchies(9), ht.hierarchies()))
def test_ranks_are_those_where_the_colours_that_neighbours_agree_with_come_twice(H):
    """Colours are nested tuples here, written out in full."""
    real = [[e for e in rank if not isinstance(e, Relay)] for rank in H.ranks]
    colour = {e: i for i, rank in enumerate(real) for e in rank}
    colour |= {e: ("of its own", e) for e in (*real[0], *real[-1])}
    for _ in range(len(colour)):
        kinds = {
            e: (colour[e], multiset(colour, sources(H, e)), multiset(colour, readers(H, e))) for e in colour
        }
        number = {kind: k for k, kind in enumerate(dict.fromkeys(kinds.values()))}
        colour = {e: number[kind] for e, kind in kinds.items()}
    assert stability.interchangeable_ranks(H) == doubles(H, colour)


def multiset(colour, elements):
    counts = Counter()
    for e, n in Counter(elements).items():
        counts[colour[e]] += n
    return frozenset(counts.items())


@given(H=ht.sparse_hierarchies(max_depth=3, max_width=3))
def test_what_a_symmetry_moves_in_a_rank_entirely_is_found(H):
    """All orders of the hidden ranks are tried: one that leaves all covers as they are is a symmetry."""
    moved = {i: set() for i in range(1, H.depth)}
    for orders in product(*(permutations(range(n)) for n in H.shape[1:-1])):
        order = [list(range(H.shape[0])), *map(list, orders), list(range(H.shape[-1]))]
        patterns = [H.covers(i).toarray() for i in range(H.depth)]
        if all((P[order[i + 1]][:, order[i]] == P).all() for i, P in enumerate(patterns)):
            for i in moved:
                moved[i] |= {k for k, new in enumerate(order[i]) if k != new}
    expected = {i for i, elements in moved.items() if len(elements) == H.shape[i]}
    assert expected <= set(stability.interchangeable_ranks(H))


def test_ranks_that_change_places_only_together_are_found():
    chains = [(x, f"p{k}") for k in (1, 2) for x in "ab"] + [("p1", "q1"), ("p2", "q2")]
    H = Hierarchy.from_covers(chains).crown(["ill"], over="maximal")
    assert stability.interchangeable_ranks(H) == (1, 2)
    wide = shaping.widen(TREE.crown(["ill"]), 2).hierarchy
    assert stability.interchangeable_ranks(wide) == (1, 2)
    told_apart = Hierarchy.from_covers([*chains, ("c", "q2")], rank="below").graded()
    assert stability.interchangeable_ranks(told_apart.crown(["ill"], over="maximal")) == ()


@given(shape=ht.shapes())
def test_hidden_ranks_of_a_complete_hierarchy_are_where_they_have_two_elements_or_more(shape):
    H = Hierarchy.complete(*shape)
    expected = tuple(i for i in range(1, H.depth) if H.shape[i] > 1)
    assert stability.interchangeable_ranks(H) == expected


def test_complete_ranks_on_top_of_named_ones_are_and_the_named_ones_are_not():
    H = shaping.dense_on_top(TREE, 4, 3, over="all").hierarchy.crown(["ill"], over="maximal")
    assert stability.interchangeable_ranks(H) == (3, 4)
    assert stability.interchangeable_ranks(TREE.crown(["ill"])) == ()


def test_neurons_of_one_element_are_interchangeable():
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
