"""Signs of covers: what activates, what inhibits, through everything that makes one hierarchy of another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.errors import HierarchyError, ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.hierarchy.order import Order
from hassenet.hierarchy.signs import sign_of
from hassenet.shaping import Unit, collapse, head_per_rank, prune, widen, with_measurements
from hassenet.shaping.rewiring import rewired

PAIRS = [("a", "p"), ("b", "p"), ("p", "q"), ("c", "q"), ("q", "r")]
H = Hierarchy.from_covers(PAIRS, signs=["activates", "inhibits", -1, 1, None])


def test_signs_are_those_of_the_pairs_beside_them_or_by_name():
    expected = {("a", "p"): 1, ("b", "p"): -1, ("p", "q"): -1, ("c", "q"): 1}
    assert H.signs == Hierarchy.from_covers(PAIRS, signs=expected).signs == expected
    assert H != Hierarchy.from_covers(PAIRS)
    assert Hierarchy.from_covers(PAIRS).with_signs(expected) == H
    assert "signed=4" in repr(H)


@settings(max_examples=10)
@given(ht.signed_hierarchies(ht.skipping_hierarchies()))
def test_relays_carry_no_sign_and_their_readers_that_of_the_cover(base):
    graded = base.graded()
    assert {(getattr(low, "source", low), up): s for (low, up), s in graded.signs.items()} == base.signs
    assert Order.of(graded).hierarchy() == graded
    assert graded.rename(str).rename(lambda e: e).signs.keys() == graded.rename(str).signs.keys()


@settings(max_examples=10)
@given(ht.signed_hierarchies(), st.randoms(use_true_random=False))
def test_what_stays_keeps_its_sign(base, random):
    crowned = base.crown(["new"])
    assert {pair: s for pair, s in crowned.signs.items() if pair[1] != "new"} == base.signs
    assert (
        Hierarchy.from_networkx(base.to_networkx(), rank=dict(base.to_networkx().nodes(data="rank"))) == base
    )
    order = random.sample(base.ranks[0], len(base.ranks[0]))
    assert base.reorder(0, order).signs == base.signs
    kept, _ = base.restrict(order[: max(1, len(order) // 2)])
    assert kept.signs.items() <= base.signs.items()
    assert {pair for pair in base.signs if pair[0] in kept and pair[1] in kept} <= kept.signs.keys()


def ways(order, low, up, kept):
    """The products of the signs on all ways from low to up through elements that are not kept."""
    found = []
    for p, q, s in zip(order.lower, order.upper, order.signs, strict=True):
        if p == low and q == up:
            found.append(int(s))
        elif p == low and not kept[q]:
            found += [int(s) * one for one in ways(order, q, up, kept)]
    return found


@settings(max_examples=10)
@given(ht.signed_hierarchies(ht.skipping_hierarchies(10)), st.data())
def test_signs_multiply_on_the_way_through_what_is_dropped(base, data):
    order = Order.of(base)
    drop = (
        np.array(data.draw(st.lists(st.booleans(), min_size=order.n, max_size=order.n))) & ~order.is_feature
    )
    after = order.without(drop)
    number = {name: k for k, name in enumerate(order.names)}
    for low, up, sign in zip(after.lower, after.upper, after.signs, strict=True):
        products = ways(order, number[after.names[low]], number[after.names[up]], ~drop)
        assert sign == (products[0] if len(set(products)) == 1 else 0)


def test_a_chain_that_becomes_one_element_has_the_product():
    assert collapse(H).hierarchy.signs.keys() == {("a", "p"), ("b", "p")}  # q into r, whose cover is free
    chain = Hierarchy.from_covers([*pairwise("fghi"), ("e", "g")], signs=[-1, -1, -1, 1])
    assert collapse(chain).hierarchy.signs == {("f", "i"): -1, ("e", "i"): 1}


def test_each_neuron_of_an_element_has_the_signs_of_the_element():
    wide = widen(H.graded(), {"p": 2}).hierarchy
    assert [wide.signs["b", Unit("p", k)] for k in (1, 2)] == [-1, -1]
    assert [wide.signs[Unit("p", k), "q"] for k in (1, 2)] == [-1, -1]


def test_steps_that_add_elements_leave_their_covers_free():
    for after in (
        with_measurements(H, ["m"]).hierarchy,
        head_per_rank(H, ["y"]).hierarchy,
        prune(H, 1).hierarchy,
    ):
        assert {pair: s for pair, s in after.signs.items() if pair in H.signs} == {
            pair: s for pair, s in H.signs.items() if pair in after.signs
        }
        assert len(after.signs) == 4


def test_a_rewired_hierarchy_has_as_many_signs_of_each_kind_at_each_element():
    base = Hierarchy.random((12, 8, 3), density=0.4, seed=0)
    names = [(low, up) for up in base.ranks[1] for low in base.below(up)]
    base = base.with_signs(
        dict(zip(names, np.random.default_rng(1).integers(-1, 2, len(names)), strict=True))
    )
    again = rewired(base, seed=3)
    for up in base.ranks[1]:
        counts = [sorted(G.signs.get((low, up), 0) for low in G.below(up)) for G in (base, again)]
        assert counts[0] == counts[1]
    assert again.signs != base.signs


ACTIVATES = ["activates", "Activation", "+", "1", 1, 1.0, np.int8(1), "up-regulates quantity by expression"]
INHIBITS = ["inhibits", "REPRESSION", "-", "-1", -1, -1.0, np.int64(-1), "down-regulates activity", "⊣"]
FREE = [0, "", None, np.nan, "unknown", "0", "form complex", "dual"]


def test_words_of_signs():
    assert [set(map(sign_of, words)) for words in (ACTIVATES, INHIBITS, FREE)] == [{1}, {-1}, {0}]


def test_invalid_signs_are_refused():
    with pytest.raises(ParameterError, match="'phosphorylates'"):
        Hierarchy.from_covers(PAIRS[:1], signs=["phosphorylates"])
    with pytest.raises(ParameterError, match="one entry a pair"):
        Hierarchy.from_covers(PAIRS, signs=[1])
    with pytest.raises(UnknownElementError, match="not one of the pairs"):
        Hierarchy.from_covers(PAIRS, signs={("p", "a"): 1})
    with pytest.raises(UnknownElementError, match="not one of the pairs"):
        H.with_signs({("a", "q"): 1})
    with pytest.raises(HierarchyError, match="both activates and inhibits"):
        Hierarchy.from_covers([("a", "p"), ("a", "p")], signs=[1, -1])


def test_a_relay_with_a_sign_below_it_is_refused():
    relay = Relay("c", 1)
    with pytest.raises(HierarchyError, match="a relay hands on a value as it is"):
        Hierarchy.from_covers([("a", "p"), ("c", relay)], signs=[0, -1])
