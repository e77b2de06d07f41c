"""prune, thin, collapse, between: elements go, and the order of those that stay is what it was."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import shaping
from hassenet import testing as ht
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network

sys.path.insert(0, str(Path(__file__).parent))  # whatever pytest's import mode
from shaping_tools import ANY, ORDERS, covers_of, elements, looks, n_features, n_relays, order

STEPS = {
    "prune": lambda H, n: shaping.prune(H, n % 4, n % 4 + n // 4),
    "thin": lambda H, n: shaping.thin(H),
    "collapse": lambda H, n: shaping.collapse(H),
    "between": lambda H, n: shaping.between(H, n % H.depth + 1, n % H.depth + 1 + n // 4),
}
each_step = pytest.mark.parametrize("step", STEPS)
numbers = st.integers(0, 15)


@each_step
@given(H=ANY, n=numbers)
def test_an_element_lies_below_another_exactly_if_it_did(step, H, n):
    after = STEPS[step](H, n).hierarchy
    stay = set(elements(after))
    assert order(after) == {(p, q) for p, q in order(H) if {p, q} <= stay}


@each_step
@given(H=ANY, n=numbers)
def test_covers_are_those_of_before_and_those_that_bridge_what_is_gone(step, H, n):
    after = STEPS[step](H, n).hierarchy
    stay = set(elements(after))
    induced = {(p, q) for p, q in order(H) if {p, q} <= stay}
    assert looks(after) == {(p, q) for p, q in looks(H) if {p, q} <= stay} | covers_of(induced)


@each_step
@given(H=ORDERS, n=numbers)
def test_the_result_is_what_its_covers_and_ranks_make(step, H, n):
    after = STEPS[step](H, n).hierarchy
    ranks = {e: after.rank(e) for e in elements(after)}
    for make in (Hierarchy.from_covers, Hierarchy.from_relation):
        again = make(looks(after), rank=ranks, elements=ranks)
        assert (again.graded() if H.is_graded else again) == after


@each_step
@given(H=ANY, n=numbers)
def test_features_stay_in_their_order_no_rank_is_empty_and_what_was_graded_is_graded(step, H, n):
    after = STEPS[step](H, n).hierarchy
    assert after.ranks[0] == H.ranks[0]
    assert all(after.shape)
    assert after.is_graded >= H.is_graded
    kept = set(elements(after))
    assert [e for e in elements(H) if e in kept] == elements(after)


@each_step
@given(H=ht.sparse_hierarchies(), n=numbers)
def test_a_network_can_be_built_on_what_is_left_and_outputs_on_top(step, H, n):
    after = STEPS[step](H, n).hierarchy
    Network(after.crown(["y"]))


@each_step
@given(H=ANY, n=numbers)
def test_the_report_counts_before_and_after_and_names_what_is_gone(step, H, n):
    after, report = STEPS[step](H, n)
    sizes = {change.what: (change.before, change.after) for change in report.changed}
    both = (H, after)
    assert sizes["elements"] == tuple(len(elements(G)) for G in both)
    assert sizes["covers"] == tuple(len(looks(G)) for G in both)
    assert sizes["shape"] == (H.shape, after.shape)
    assert sizes["relays"] == tuple(n_relays(G.graded()) for G in both)
    gone = [getattr(e, "element", e) for count in report.dropped for e in count.names]
    assert sorted(gone, key=str) == sorted(set(elements(H)) - set(elements(after)), key=str)
    lonely = {count.what: count.names for count in report.made}["features that nothing covers"]
    assert lonely == tuple(f for f in after.ranks[0] if not after.above(f))


# ------------------------------------------------------------------ which elements go


@given(H=ANY)
def test_features_below_counts_the_features_that_reach(H):
    assert shaping.features_below(H) == n_features(H)


@given(H=ANY, fewest=st.integers(0, 4), more=st.integers(0, 4))
def test_prune_keeps_the_features_and_what_has_neither_too_few_nor_too_many(H, fewest, more):
    once = shaping.prune(H, fewest, fewest + more).hierarchy
    counts, features = n_features(H), set(H.ranks[0])
    inside = {e for e, n in counts.items() if e in features or fewest <= n <= fewest + more}
    assert set(elements(once)) == inside
    assert shaping.prune(once, fewest, fewest + more).hierarchy == once


@given(H=ANY, fewest=st.integers(0, 9))
def test_elements_that_prune_is_to_keep_are_kept(H, fewest):
    top = H.ranks[-1]
    assert set(top) <= set(shaping.prune(H, fewest, keep=top).hierarchy.ranks[-1])


@given(H=ORDERS)
def test_between_the_lowest_and_the_highest_rank_lies_all(H):
    assert shaping.between(H, 1, H.depth).hierarchy == H


@given(H=ANY)
def test_after_thin_no_element_has_one_cover_below_and_one_above(H):
    once = shaping.thin(H).hierarchy
    pairs, features = looks(once), set(H.ranks[0])
    for e in set(elements(once)) - features:
        below, above = ({pair for pair in pairs if pair[k] == e} for k in (1, 0))
        assert not len(below) == len(above) == 1
    assert shaping.thin(once).hierarchy == once


@given(H=ANY)
def test_after_collapse_there_is_no_chain(H):
    once = shaping.collapse(H).hierarchy
    pairs, features = looks(once), set(H.ranks[0])
    for p, q in pairs:
        if p not in features:
            assert len({pair for pair in pairs if pair[0] == p or pair[1] == q}) > 1
    assert shaping.collapse(once).hierarchy == once


@given(H=ANY)
def test_what_is_merged_has_the_features_of_that_into_which_it_is_merged(H):
    after, report = shaping.collapse(H)
    counts, pairs = n_features(H), order(H)
    for element, into in (merged for count in report.dropped for merged in count.names):
        assert into in after
        assert counts[element] == counts[into]
        assert (element, into) in pairs or (into, element) in pairs


@given(H=ANY)
def test_collapse_keeps_every_element_that_nothing_covers(H):
    tops = {e for e in elements(H) if not H.above(e)}
    assert tops == {e for e in elements(shaping.collapse(H).hierarchy) if e in tops}


def test_of_a_chain_the_lowest_stays_and_where_it_ends_on_top_the_highest():
    pairs = [("a", "p"), ("b", "p"), ("p", "q"), ("q", "r"), ("r", "top"), ("c", "top")]
    assert shaping.collapse(Hierarchy.from_covers(pairs)).hierarchy.below("top") == ("c", "p")
    assert shaping.collapse(Hierarchy.from_covers(pairs[:-1])).hierarchy.ranks == (("a", "b"), ("top",))


def test_an_element_that_is_reached_in_two_ways_is_covered_once():
    """a below p and q, both below r: with p and q gone r covers a, and once."""
    H = Hierarchy.from_covers([("a", "p"), ("a", "q"), ("p", "r"), ("q", "r"), ("b", "r")])
    assert shaping.prune(H, 2).hierarchy == Hierarchy.from_covers([("a", "r"), ("b", "r")])


def test_no_cover_is_made_where_something_that_stays_lies_between():
    """a below small below root, and a below big below root: a reaches root through big already."""
    pairs = [("a", "small"), ("small", "root"), ("a", "big"), ("b", "big"), ("big", "root")]
    H = shaping.prune(Hierarchy.from_covers(pairs), 2).hierarchy
    assert H.below("root") == ("big",)


def test_a_feature_whose_last_path_goes_is_named():
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "p"), ("c", "q")])
    after, report = shaping.prune(H, most=2)
    assert after.ranks == (("a", "b", "c"), ("q",))
    assert "features that nothing covers: 2 ('a', 'b')" in str(report)


@pytest.mark.parametrize("n", [1_500, 3_000])
def test_more_elements_than_are_followed_at_once_are_bridged_too(n):
    pairs = [(f"x{k}", f"only{k}") for k in range(n)] + [(f"only{k}", f"top{k % 3}") for k in range(n)]
    H = Hierarchy.from_covers(pairs)
    counts = shaping.features_below(H)
    assert [counts[f"top{k}"] for k in range(3)] == [n / 3] * 3
    assert looks(shaping.prune(H, 2).hierarchy) == {(f"x{k}", f"top{k % 3}") for k in range(n)}
