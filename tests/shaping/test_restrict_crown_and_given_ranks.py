"""restrict and crown with reports, given ranks whose lowest is not 0, and what is not a hierarchy."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import shaping
from hassenet import testing as ht
from hassenet.errors import ParameterError, UnreachedElementError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.readers import read_edges

sys.path.insert(0, str(Path(__file__).parent))  # whatever pytest's import mode
from shaping_tools import ANY, elements, looks, n_relays, order

PLAIN = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])


def some(H, data):
    """Some features of a hierarchy, in any order."""
    return data.draw(st.lists(st.sampled_from(H.ranks[0]), min_size=1, unique=True))


@given(H=ht.skipping_hierarchies(max_elements=12), data=st.data())
def test_to_restrict_and_to_grade_may_be_exchanged(H, data):
    features = some(H, data)
    after = shaping.restrict(H, features).hierarchy
    assert shaping.restrict(H.graded(), features).hierarchy == after.graded()


@given(H=ANY, data=st.data())
def test_restrict_keeps_what_the_features_reach_in_its_order_and_no_empty_rank(H, data):
    features = some(H, data)
    after = shaping.restrict(H, features).hierarchy
    pairs = order(H)
    assert after.ranks[0] == tuple(features)
    reached = {q for p, q in pairs if p in features} | set(features)
    assert set(elements(after)) == reached
    assert looks(after) == {(p, q) for p, q in looks(H) if {p, q} <= reached}
    assert all(len(rank) > n for rank, n in zip(after.ranks, _relays(after), strict=True))
    assert after.is_graded >= H.is_graded


def _relays(H):
    return [int(H.relays(i).sum()) for i in range(H.depth + 1)]


@given(H=ANY, data=st.data())
def test_the_report_of_restrict_counts_elements_covers_and_relays(H, data):
    after, report = shaping.restrict(H, some(H, data))
    sizes = {change.what: (change.before, change.after) for change in report.changed}
    both = (H, after)
    assert sizes["elements"] == tuple(len(elements(G)) for G in both)
    assert sizes["covers"] == tuple(len(looks(G)) for G in both)
    assert sizes["relays"] == tuple(n_relays(G.graded()) for G in both)
    gone = [e for count in report.dropped for e in count.names]
    assert sorted(gone, key=str) == sorted(set(elements(H)) - set(elements(after)), key=str)


def test_a_rank_that_is_left_with_relays_alone_is_closed():
    for H in (PLAIN, PLAIN.graded()):
        after, report = shaping.restrict(H, ["x"])
        assert after.ranks == (("x",), ("c",))
        assert "relays: 1 → 0" in str(report)


@pytest.mark.parametrize("over", ["all", "maximal"])
@given(H=ANY)
def test_crown_is_the_method_with_a_report(over, H):
    after, report = shaping.crown(H, ["y", "z"], over)
    sizes = {change.what: (change.before, change.after) for change in report.changed}
    assert after == H.crown(["y", "z"], over=over)
    assert sizes["shape"] == (H.shape, after.shape)
    assert sizes["elements"] == (len(elements(H)), len(elements(H)) + 2)
    assert sizes["relays"] == (n_relays(H.graded()), n_relays(after))
    assert report.made[0].n == 2


def test_the_lowest_rank_that_is_given_is_that_of_the_features():
    after = shaping.rerank(PLAIN, {"a": 1, "x": 1, "b": 2, "c": 5}).hierarchy
    assert after.ranks == (("a", "x"), ("b",), ("c",))
    Network(after.crown(["y"]))


@given(H=ANY, step=st.integers(0, 3))
def test_ranks_that_are_all_raised_are_the_same_ranks(H, step):
    own, raised = ({e: H.rank(e) + k for e in elements(H)} for k in (0, step))
    assert shaping.rerank(H, raised).hierarchy == shaping.rerank(H, own).hierarchy


@pytest.mark.parametrize(
    "rerank", [shaping.rerank, lambda H, rank: shaping.rankings(H, mine=rank)], ids=["rerank", "rankings"]
)
def test_a_feature_above_rank_0_that_covers_nothing_is_refused(rerank):
    message = (
        r"covers something: 'x' cover\(s\) nothing, and the rank given is 2; give the lowest rank, 1, that of"
    )
    with pytest.raises(UnreachedElementError, match=message):
        rerank(PLAIN, {"a": 1, "x": 2, "b": 2, "c": 3})


STEPS = {
    "restrict": lambda H: shaping.restrict(H, ["a"]),
    "prune": lambda H: shaping.prune(H, 2),
    "between": lambda H: shaping.between(H, 1, 1),
    "collapse": shaping.collapse,
    "thin": shaping.thin,
    "rerank": lambda H: shaping.rerank(H, "below"),
    "rankings": shaping.rankings,
    "features_below": shaping.features_below,
    "with_measurements": lambda H: shaping.with_measurements(H, ["mutation"]),
    "widen": lambda H: shaping.widen(H, 2),
    "dense_on_top": lambda H: shaping.dense_on_top(H, 2),
    "covariates": lambda H: shaping.covariates(H, ["age"]),
    "crown": lambda H: shaping.crown(H, ["y"]),
    "head_per_rank": lambda H: shaping.head_per_rank(H, ["y"]),
    "head_per_element": lambda H: shaping.head_per_element(H, ["y"]),
}


@pytest.mark.parametrize("step", STEPS)
def test_an_object_that_is_not_a_hierarchy_is_refused_by_every_step(step):
    with pytest.raises(
        ParameterError, match=r"takes a Hierarchy; got list; make one, as by Hierarchy\.from_"
    ):
        STEPS[step]([("a", "b")])
    with pytest.raises(ParameterError, match=r"takes a Hierarchy; got Reading; give its \.hierarchy"):
        STEPS[step](read_edges([("a", "b")]))


def test_every_step_of_shaping_is_among_those_tested():
    functions = {name for name in shaping.__all__ if name[0].islower()}
    assert functions - {"column"} == set(STEPS)
