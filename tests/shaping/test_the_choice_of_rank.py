"""rerank and rankings: other ranks for one order, and what they cost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given

from hassenet import shaping
from hassenet import testing as ht
from hassenet.errors import HierarchyError, ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy

sys.path.insert(0, str(Path(__file__).parent))  # whatever pytest's import mode
from shaping_tools import ANY, ORDERS, elements, looks, n_relays

CHOICES = pytest.mark.parametrize("rank", ["below", "above"])


@CHOICES
@given(H=ORDERS)
def test_rerank_gives_what_the_covers_give_with_these_ranks(rank, H):
    after = shaping.rerank(H, rank).hierarchy
    again = Hierarchy.from_covers(looks(H), rank=rank, elements=elements(H))
    assert after == (again.graded() if H.is_graded else again)


@CHOICES
@given(H=ANY)
def test_rerank_keeps_the_order_and_done_twice_is_done_once(rank, H):
    once = shaping.rerank(H, rank).hierarchy
    assert looks(once) == looks(H)
    assert once.is_graded >= H.is_graded
    assert shaping.rerank(once, rank).hierarchy == once


@given(H=ANY)
def test_to_give_the_ranks_that_there_are_changes_nothing_but_the_order_of_relays(H):
    again = shaping.rerank(H, {e: H.rank(e) for e in elements(H)}).hierarchy
    assert [set(rank) for rank in again.ranks] == [set(rank) for rank in H.ranks]
    assert looks(again) == looks(H)


@given(H=ANY)
def test_rankings_count_the_relays_that_grading_makes_and_the_shape_without_them(H):
    own = {e: 2 * H.rank(e) for e in elements(H)}  # leaves ranks empty, which are closed
    rows = {row.rank: row for row in shaping.rankings(H, own=own).rows}
    made = {name: shaping.rerank(H, name).hierarchy for name in ("below", "above")}
    for name, after in {**made, "as is": H, "own": H}.items():
        assert rows[name].relays == n_relays(after.graded())
        assert rows[name].depth == after.depth
        assert rows[name].shape == tuple(n - sum(after.relays(i)) for i, n in enumerate(after.shape))


@given(H=ht.skipping_hierarchies())
def test_rankings_as_a_dictionary_and_as_a_table_hold_the_same_numbers(H):
    table = shaping.rankings(H)
    lines = str(table).splitlines()
    assert len(lines) == 1 + len(table.rows)
    for line, (name, row) in zip(lines[1:], table.to_dict().items(), strict=True):
        assert line.startswith(name)
        assert line.endswith(f"{row['depth']:>5}  {row['relays']:>6,}  {tuple(row['shape'])}")


def test_invalid_ranks_are_refused():
    H = Hierarchy.from_covers([("a", "b"), ("b", "c")])
    with pytest.raises(ParameterError, match="rank must be 'below', 'above' or a mapping.*'middle'"):
        shaping.rerank(H, "middle")
    with pytest.raises(HierarchyError, match="ranks must grow along the order: 'a'.*'b'"):
        shaping.rerank(H, {"a": 1, "b": 1, "c": 2})
    with pytest.raises(UnknownElementError, match="none is given for 'c'"):
        shaping.rankings(H, mine={"a": 0, "b": 1})
