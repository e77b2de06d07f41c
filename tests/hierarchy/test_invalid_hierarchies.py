"""Pairs, ranks and names that make no hierarchy are refused with rule, culprit and remedy; density."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.errors import HierarchyError
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.covers import Covers

MAKERS = pytest.mark.parametrize("make", [Hierarchy.from_covers, Hierarchy.from_relation])
SKIPPING = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
MOSTLY_SKIPPING = Hierarchy.from_covers([("a", "b"), ("b", "c"), *((f"x{k}", "c") for k in range(9))])


@given(H=st.one_of(ht.hierarchies(), ht.skipping_hierarchies()))
@example(H=SKIPPING)
@example(H=MOSTLY_SKIPPING)
def test_density_counts_covers_of_neighbours_and_is_at_most_1(H):
    near = sum(H.rank(q) - H.rank(p) == 1 for rank in H.ranks for q in rank for p in H.below(q))
    pairs = sum(low * up for low, up in zip(H.shape, H.shape[1:], strict=False))
    assert H.density == pytest.approx(near / pairs)
    assert 0 <= H.density <= 1


@MAKERS
@pytest.mark.parametrize("rank", [0.5, 1.0, "1", None, np.float64(1.0), [1], 1j])
def test_a_rank_that_is_not_a_whole_number_is_refused(make, rank):
    with pytest.raises(HierarchyError, match="a rank is a whole number.*; give int"):
        make([("a", "b")], rank={"a": 0, "b": rank})


@MAKERS
@pytest.mark.parametrize("rank", [np.int64(1), np.uint8(1), 1])
def test_a_rank_may_be_a_whole_number_of_any_kind(make, rank):
    assert make([("a", "b")], rank={"a": 0, "b": rank}).ranks == (("a",), ("b",))


@MAKERS
@pytest.mark.parametrize("odd", [{"c", "d"}, frozenset("cd"), {"c": 1, "d": 2}, None, 3, "cd", iter("cd")])
def test_a_pair_without_two_items_in_order_is_refused(make, odd):
    with pytest.raises(HierarchyError, match=r"a pair is \(lower, upper\); got .*; give two names"):
        make([("a", "b"), odd])


@MAKERS
@pytest.mark.parametrize("form", [tuple, list, np.array])
def test_a_pair_may_be_any_sequence_of_two(make, form):
    assert make([form(["a", "b"]), form(["b", "c"])]).ranks == (("a",), ("b",), ("c",))


@MAKERS
def test_a_string_is_refused_as_a_list_of_elements(make):
    with pytest.raises(
        HierarchyError, match="elements is a sequence of names; got the string 'abc'; put it in a list"
    ):
        make([("abc", "b")], elements="abc")


@MAKERS
@pytest.mark.parametrize("hole", [None, float("nan"), np.nan, np.float32("nan"), pd.NaT, pd.NA], ids=repr)
def test_a_missing_value_is_refused_as_a_name(make, hole):
    for pairs, elements in (([("a", "b"), (hole, "b")], ()), ([("a", hole)], ()), ([("a", "b")], [hole])):
        with pytest.raises(
            HierarchyError, match="an element has a name; got .*missing value; drop its pairs or name it"
        ):
            make(pairs, elements=elements)


@MAKERS
@pytest.mark.parametrize("name", [["c"], {"c"}, np.array(["c", "d"])], ids=["list", "set", "array"])
def test_a_name_that_cannot_be_looked_up_is_refused(make, name):
    with pytest.raises(HierarchyError, match="name is hashable.*make it a tuple"):
        make([("a", "b"), (name, "b")])


@pytest.mark.parametrize(
    ("ranks", "layers"),
    [
        ((("a",), ("b",)), ()),
        ((("a",), ("b",)), (Covers((1, 2)),)),
        ((("a", "c"), ("b",)), (Covers((2, 1)),)),
        ((("a",), ("b",)), (Covers((1, 1)), Covers((1, 1)))),
        ((("a",),), (Covers((1, 1)),)),
    ],
)
def test_layers_that_do_not_fit_the_ranks_are_refused_with_both_shapes(ranks, layers):
    with pytest.raises(
        HierarchyError, match="there are layers of shapes .*; got .*; use one of the constructors"
    ):
        Hierarchy(ranks, layers)
