"""A rewired hierarchy has the numbers of the first and none of its meaning."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given

from hassenet import shaping, stability
from hassenet import testing as ht
from hassenet.errors import NotGradedError, ParameterError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Network


@given(H=ht.hierarchies(), seed=ht.seeds())
def test_every_element_keeps_how_many_it_covers_and_how_many_cover_it(H, seed):
    R = stability.rewired(H, seed)
    assert R.ranks == H.ranks
    for old, new in zip(H.layers, R.layers, strict=True):
        np.testing.assert_array_equal(new.below_counts, old.below_counts)
        np.testing.assert_array_equal(new.above_counts, old.above_counts)


@given(H=ht.relayed_hierarchies(), seed=ht.seeds())
def test_a_relay_stays_on_its_source_so_that_a_network_can_be_built(H, seed):
    R = stability.rewired(H, seed)
    for rank in R.ranks:
        for e in rank:
            if isinstance(e, Relay):
                assert R.below(e) == H.below(e)
    assert Network(R).n_parameters == Network(H).n_parameters


@pytest.mark.parametrize("of_heads", [shaping.head_per_rank, shaping.head_per_element])
def test_an_auxiliary_head_looks_at_what_its_name_says_and_the_elements_are_rewired(of_heads):
    H, _ = of_heads(Hierarchy.random((40, 12, 6), density=0.3, seed=0), ["ill", "older"])
    R = stability.rewired(H, seed=1)
    assert H.ranks[-1] == R.ranks[-1]
    for head in R.ranks[-1]:
        assert R.below(head) == H.below(head)
    for i, (old, new) in enumerate(zip(H.layers, R.layers, strict=True)):
        assert (old == new) == (i == H.depth - 1)
        np.testing.assert_array_equal(new.above_counts, old.above_counts)


def test_a_rewired_layer_is_each_of_the_possible_ones_as_often():
    """Two uppers with two each of four lowers covered once: six ways to deal them out."""
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")])
    found = Counter(stability.rewired(H, seed).below("p") for seed in range(1200))
    assert len(found) == 6
    expected = 200
    chi_squared = sum((n - expected) ** 2 / expected for n in found.values())
    assert chi_squared < 20.5  # the 0.999 quantile with 5 degrees of freedom


def test_covers_of_a_great_hierarchy_are_where_chance_has_them():
    H = Hierarchy.random((3000, 2000, 500), covers=(12000, 4000), seed=0)
    R = stability.rewired(H, seed=1)
    for i, layer in enumerate(H.layers):
        both = H.covers(i).multiply(R.covers(i)).nnz
        upper, lower = layer.pairs()
        by_chance = layer.below_counts[upper] @ layer.above_counts[lower] / layer.n
        assert abs(both - by_chance) < 5 * np.sqrt(by_chance)
    assert R == stability.rewired(H, seed=1)
    assert R != stability.rewired(H, seed=2)


def test_a_complete_layer_stays_complete():
    H = Hierarchy.complete(4, 3, 2)
    assert stability.rewired(H, seed=0) == H


def test_a_hierarchy_that_is_not_graded_is_refused():
    skipping = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
    with pytest.raises(NotGradedError, match="call graded"):
        stability.rewired(skipping, 0)
    with pytest.raises(ParameterError, match="a seed is a whole number"):
        stability.rewired(Hierarchy.complete(2, 1), -1)
