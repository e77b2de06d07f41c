"""The message about a relation that returns to where it started."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import CycleError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_edges

ELEMENTS = st.integers(0, 7)


def cycle_of(pairs):
    with pytest.raises(CycleError) as caught:
        Hierarchy.from_relation(pairs)
    return caught.value


def ring(n, first=0):
    return [(first + k, first + (k + 1) % n) for k in range(n)]


@given(pairs=st.lists(st.tuples(ELEMENTS, ELEMENTS), min_size=1))
def test_a_cycle_is_shown_exactly_if_there_is_one_and_is_a_shortest_through_its_elements(
    pairs,
):
    graph = nx.DiGraph(pairs)
    if nx.is_directed_acyclic_graph(graph):
        Hierarchy.from_relation(pairs)
        return
    cycle = cycle_of(pairs).cycle
    assert len(set(cycle)) == len(cycle)
    assert set(pairwise([*cycle, cycle[0]])) <= set(pairs)
    through = [
        nx.shortest_path_length(graph, q, cycle[0]) + 1
        for q in graph.successors(cycle[0])
        if nx.has_path(graph, q, cycle[0])
    ]
    assert len(cycle) == min(through)


def test_of_a_long_cycle_and_a_short_one_the_short_one_is_shown():
    error = cycle_of([*ring(5_000), (5_001, 5_002), (5_002, 5_001)])
    assert error.cycle == (5_001, 5_002)
    assert "a cycle 5001 ⊏ 5002 ⊏ 5001;" in str(error)
    assert cycle_of([*ring(50), (4, 3)]).cycle in {(3, 4), (4, 3)}


def test_of_a_long_cycle_the_first_ten_elements_are_shown():
    error = cycle_of(ring(5_000))
    assert error.cycle == tuple(range(5_000))
    assert "⊏ 8 ⊏ 9 ⊏ … (4,990 more) ⊏ 0; take away" in str(error)
    assert "8 ⊏ 9 ⊏ 0; take away" in str(cycle_of(ring(10)))


def test_of_a_long_cycle_the_first_ten_lines_are_shown(tmp_path):
    (tmp_path / "ring.csv").write_text("".join(f"{p},{q}\n" for p, q in ring(5_000)))
    with pytest.raises(CycleError, match=r"\(lines 1, 2, .*, 10 and 4,990 more of ring.csv\)"):
        read_edges(tmp_path / "ring.csv")
