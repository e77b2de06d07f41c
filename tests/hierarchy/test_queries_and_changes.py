"""What a hierarchy tells about itself, and the hierarchies made from it."""

from __future__ import annotations

import copy
import pickle
from itertools import chain, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.errors import (
    DuplicateElementError,
    FeatureError,
    HassenetWarning,
    NotGradedError,
    ParameterError,
    UnknownElementError,
)
from hassenet.hierarchy import Hierarchy, Relay

ANY = st.one_of(ht.hierarchies(), ht.skipping_hierarchies())


def cover_names(H):
    return {(p, q) for rank in H.ranks for q in rank for p in H.below(q)}


def real(H):
    """The order on the elements that are not relays: who reaches whom."""
    graph = nx.transitive_closure(H.to_networkx())
    return {(p, q) for p, q in graph.edges if not isinstance(p, Relay) and not isinstance(q, Relay)}


# ------------------------------------------------------------------ queries


@given(H=ANY)
def test_below_and_above_are_each_other_read_backwards(H):
    assert cover_names(H) == {(p, q) for rank in H.ranks for p in rank for q in H.above(p)}
    assert len(cover_names(H)) == H.n_covers


@given(H=ANY)
def test_rank_and_position_say_where_an_element_stands(H):
    for i, rank in enumerate(H.ranks):
        for k, element in enumerate(rank):
            assert (H.rank(element), H.position(element)) == (i, k)
            assert element in H
    assert len(H) == H.n_elements == sum(H.shape)
    assert "nobody" not in H


@given(H=ht.hierarchies())
def test_the_pattern_of_covers_agrees_with_below(H):
    for i in range(H.depth):
        pattern = H.covers(i)
        assert pattern.dtype == bool
        assert pattern.shape == (H.shape[i + 1], H.shape[i])
        for k, q in enumerate(H.ranks[i + 1]):
            assert tuple(np.array(H.ranks[i], object)[pattern.toarray()[k]]) == H.below(q) or not isinstance(
                q, str
            )
            assert {H.position(p) for p in H.below(q)} == set(np.flatnonzero(pattern.toarray()[k]))
        assert H.is_complete(i) == pattern.toarray().all()


@given(H=ht.hierarchies())
def test_density_is_the_share_of_neighbouring_pairs_that_cover(H):
    pairs = sum(a * b for a, b in pairwise(H.shape))
    assert H.density == H.n_covers / pairs


@given(H=ht.relayed_hierarchies())
def test_the_mask_of_relays_marks_the_relays_and_each_covers_its_source_or_an_earlier_relay_of_it(H):
    for i, rank in enumerate(H.ranks):
        assert H.relays(i).tolist() == [isinstance(e, Relay) for e in rank]
        for relay in filter(lambda e: isinstance(e, Relay), rank):
            assert relay.rank == i
            assert H.below(relay) == (
                (relay.source,) if H.rank(relay.source) == i - 1 else (Relay(relay.source, i - 1),)
            )


@pytest.mark.parametrize("query", ["rank", "position", "below", "above"])
def test_an_unknown_element_is_refused_by_name_and_some_known_ones_are_shown(query):
    with pytest.raises(UnknownElementError, match=r"no element 'nobody'.*'x0'") as caught:
        getattr(Hierarchy.complete(2, 1), query)("nobody")
    assert isinstance(caught.value, KeyError)
    with pytest.raises(UnknownElementError, match=r"no element \['x0'\]"):
        getattr(Hierarchy.complete(2, 1), query)(["x0"])


def test_a_hierarchy_that_skips_ranks_has_no_pattern_and_says_which_cover_skips():
    H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
    with pytest.raises(
        NotGradedError, match=r"'c' \(rank 2\) covers 'x' \(rank 0\) and 'b' \(rank 1\).*graded\(\)"
    ):
        H.covers(0)


# ------------------------------------------------------------------ equality, copies, looks


@given(H=ANY)
def test_equal_hierarchies_have_equal_hashes_and_survive_pickling(H):
    twin = pickle.loads(pickle.dumps(H))
    assert twin == H
    assert hash(twin) == hash(H)
    assert copy.deepcopy(H) == H
    assert twin.ranks == H.ranks
    assert cover_names(twin) == cover_names(H)


def test_hierarchies_differ_by_a_cover_a_name_an_order_or_a_skip():
    base = Hierarchy.from_covers([("a", "x"), ("b", "y")])
    assert base == Hierarchy.from_covers([("a", "x"), ("b", "y")])
    assert base != Hierarchy.from_covers([("a", "x"), ("b", "y"), ("a", "y")])
    assert base != Hierarchy.from_covers([("a", "x"), ("a", "y")], elements=["a", "b"])
    assert base != Hierarchy.from_covers([("a", "x"), ("c", "y")])
    assert base != Hierarchy.from_covers([("b", "y"), ("a", "x")])
    assert base != "a hierarchy"
    three = [("a", "b"), ("b", "c")]
    elements = ["a", "d", "x"]
    assert Hierarchy.from_covers([*three, ("d", "c")], elements=elements) != Hierarchy.from_covers(
        [*three, ("x", "c")], elements=elements
    )


def test_a_complete_layer_made_of_single_covers_is_the_complete_hierarchy():
    names = [["a", "b"], ["c"]]
    assert Hierarchy.from_covers([("a", "c"), ("b", "c")]) == Hierarchy.complete(2, 1, names=names)


@given(H=ANY)
def test_a_hierarchy_cannot_be_changed(H):
    with pytest.raises(AttributeError):
        H.ranks = ()


def test_the_repr_gives_shape_covers_and_density():
    assert repr(Hierarchy.random((20, 10, 5), covers=(50, 25), seed=0)) == (
        "Hierarchy(shape=(20, 10, 5), covers=75, density=0.3)"
    )
    assert "skipping ranks=1" in repr(Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]))


def test_the_html_shows_ranks_sizes_covers_density_and_names_safely():
    H = Hierarchy.from_covers([("<b>", "h"), ("a", "h"), ("h", "y"), ("b", "h2"), ("h2", "y")]).crown(["out"])
    page = H._repr_html_()
    assert page.count("<tr>") == 1 + len(H.ranks)
    for text in ("rank", "covers", "density", "&lt;b&gt;", "out", f"{H.covers(0).nnz}"):
        assert text in page
    assert "<b>" not in page


# ------------------------------------------------------------------ grading


@given(H=ht.skipping_hierarchies(max_elements=10))
def test_grading_puts_one_chain_of_relays_on_each_source_that_is_read_further_up_and_no_other(H):
    graded = H.graded()
    reach = {p: max((H.rank(q) for q in H.above(p)), default=0) for rank in H.ranks for p in rank}
    expected = {Relay(p, r) for p, top in reach.items() for r in range(H.rank(p) + 1, top)}
    assert set(chain(*graded.ranks)) == set(chain(*H.ranks)) | expected
    assert graded.is_graded
    assert all(graded.rank(e) == H.rank(e) for rank in H.ranks for e in rank)


@given(H=ht.skipping_hierarchies(max_elements=10))
def test_grading_keeps_which_elements_read_which(H):
    graded = H.graded()

    def sources(q):
        return {p.source if isinstance(p, Relay) else p for p in graded.below(q)}

    assert {(p, q) for rank in H.ranks for q in rank for p in sources(q)} == cover_names(H)
    assert real(graded) == real(H)


@given(H=ht.hierarchies())
def test_a_graded_hierarchy_is_its_own_grading(H):
    assert H.graded() == H


def test_grading_uses_a_relay_that_is_there_already():
    H = Hierarchy.from_covers(
        [
            ("a", "h"),
            ("h", "y"),
            ("a", Relay("a", 1)),
            (Relay("a", 1), "y"),
            ("b", "k"),
            ("k", "z"),
            ("a", "z"),
        ]
    )
    assert not H.is_graded
    graded = H.graded()
    assert graded.n_elements == H.n_elements
    assert set(graded.below("z")) == {"k", Relay("a", 1)}


def test_a_crown_on_a_crown_makes_the_chains_longer():
    twice = Hierarchy.subsets(3).crown(["ill"]).crown(["dead"])
    assert twice.below(Relay((1, 2), 3)) == (Relay((1, 2), 2),)
    assert sum(twice.relays(i).sum() for i in range(twice.depth)) == 3 + 4
    assert len(twice.below("dead")) == 3 + 1 + 1


@pytest.mark.parametrize("i", [2, -1])
def test_covers_between_ranks_that_do_not_exist_are_refused(i):
    with pytest.raises(ParameterError, match=f"up to 1; got {i}"):
        Hierarchy.subsets(3).covers(i)


# ------------------------------------------------------------------ crown


@given(H=ANY, k=st.integers(1, 3))
def test_a_crown_over_all_looks_at_every_element_above_the_inputs_and_at_features_that_nothing_covers(H, k):
    outputs = [f"out{i}" for i in range(k)]
    crowned = H.crown(outputs)
    wanted = {e for i in range(1, H.depth + 1) for e in H.ranks[i] if not isinstance(e, Relay)}
    wanted |= {p for p in H.ranks[0] if not H.above(p)} | {
        e for rank in H.ranks for e in rank if not H.above(e)
    }
    assert crowned.ranks[-1] == tuple(outputs)
    assert crowned.is_graded
    for output in outputs:
        seen = {p.source if isinstance(p, Relay) and p not in H else p for p in crowned.below(output)}
        assert {p for p in seen if not isinstance(p, Relay)} == {
            p for p in wanted if not isinstance(p, Relay)
        }
    assert all(
        crowned.below(q) == H.graded().below(q) for rank in H.ranks for q in rank if not isinstance(q, Relay)
    )


@given(H=ANY)
def test_a_crown_over_the_features_looks_at_every_feature_beside_all_that_a_crown_over_all_does(H):
    def seen(over):
        return {getattr(p, "source", p) for p in H.crown(["ill"], over=over).below("ill")}

    assert seen("features") == seen("all") | {getattr(p, "source", p) for p in H.ranks[0]}


@given(H=ANY, k=st.integers(1, 3))
def test_a_crown_over_the_maximal_looks_only_at_what_nothing_covers(H, k):
    outputs = [f"out{i}" for i in range(k)]
    crowned = H.crown(outputs, over="maximal")
    maximal = {e for rank in H.ranks for e in rank if not H.above(e)}
    assert crowned.is_graded
    assert crowned.shape[-1] == k
    for output in outputs:
        found = crowned.below(output)
        assert {p if p in H else p.source for p in found} == maximal
        assert len(found) == len(maximal)


def test_two_outputs_share_the_relays_they_look_through():
    crowned = Hierarchy.subsets(3).crown(["healthy", "ill"])
    assert crowned.shape == (3, 3, 4, 2)
    assert crowned.n_covers == 6 + 3 + 3 + 8


@pytest.mark.parametrize("outputs", ["ill", []])
def test_outputs_that_are_not_a_list_of_names_are_refused(outputs):
    with pytest.raises(ParameterError, match="sequence of at least one name"):
        Hierarchy.subsets(3).crown(outputs)


def test_an_output_with_a_name_that_is_taken_is_refused_by_name():
    with pytest.raises(DuplicateElementError, match="'x1'.*choose others"):
        Hierarchy.complete(2, 2).crown(["ill", "x1"])
    with pytest.raises(DuplicateElementError, match="'ill'"):
        Hierarchy.complete(2, 2).crown(["ill", "ill"])


def test_an_unknown_crown_is_refused_with_the_known_ones():
    with pytest.raises(ParameterError, match="'all', 'features' or 'maximal'; got 'some'"):
        Hierarchy.complete(2, 2).crown(["ill"], over="some")


# ------------------------------------------------------------------ restriction


@given(H=ANY, data=st.data())
def test_a_restriction_keeps_what_the_features_reach_and_reports_every_other_element_once(H, data):
    features = data.draw(st.lists(st.sampled_from(H.ranks[0]), min_size=1, unique=True))
    small, report = H.restrict([*features, "stranger"])
    graph = H.to_networkx()
    reached = set(features).union(*(nx.descendants(graph, f) for f in features))
    kept = set(chain(*small.ranks))
    everything = set(chain(*H.ranks))
    assert small.ranks[0] == tuple(features) == report.features
    assert {e for e in kept if not isinstance(e, Relay)} == {e for e in reached if not isinstance(e, Relay)}
    assert all(small.rank(e) == H.rank(e) for e in kept)
    assert report.unknown == ("stranger",)
    assert set(report.left_out) == set(H.ranks[0]) - set(features)
    dropped = [*report.left_out, *report.unreached, *report.relays]
    assert len(dropped) == len(set(dropped))
    assert set(dropped) == everything - kept
    assert not any(isinstance(e, Relay) for e in report.unreached)
    assert {(p, q) for p, q in cover_names(small)} == {(p, q) for p, q in cover_names(H) if {p, q} <= kept}


@given(H=ht.hierarchies())
def test_restricting_to_all_features_in_their_order_changes_nothing_unless_relays_lead_nowhere(H):
    assume(not any(H.relays(i).any() for i in range(H.depth + 1)))
    small, report = H.restrict(H.ranks[0])
    assert small == H
    assert (report.unknown, report.left_out, report.unreached, report.relays) == ((), (), (), ())


@pytest.mark.parametrize("given", ["Ame\u0301", "AM\xc9", "Am\xe9\u200b", " Am\xe9\xa0"])
def test_features_that_look_like_others_of_the_hierarchy_are_named(given):
    H = Hierarchy.from_covers([("Am\xe9", "P"), ("B", "P"), ("C", "P")])
    _, restriction = H.restrict(["B", given, "D"])
    (fault,) = restriction.report.faults
    assert fault.names == restriction.alike == (given,)
    assert not H.restrict(["B", "Am\xe9", "D", "b"])[1].alike


@pytest.mark.parametrize(
    ("one", "other"), [("\u03bcg", "\xb5g"), ("x2", "x\xb2"), ("\ufb01b", "fib"), ("ss", "\xdf")]
)
def test_features_that_differ_in_more_than_capitals_blanks_and_accents_are_not_named_as_if_not(one, other):
    H = Hierarchy.from_covers([(one, "P"), ("B", "P")])
    assert not H.restrict(["B", other])[1].alike


def test_the_report_of_a_restriction_can_be_read():
    H = Hierarchy.from_covers([("a", "p"), ("b", "q"), ("p", "t"), ("q", "t")])
    _, report = H.restrict(["a", "age"])
    assert (
        str(report)
        == """restrict
  features kept, of 2 given: 1
  dropped, features given that are no element: 1 ('age')
  dropped, features of the hierarchy that were not given: 1 ('b')
  dropped, elements that no feature reaches: 1 ('q')"""
    )


def test_a_relay_that_nothing_reads_any_more_is_dropped_and_reported():
    H = Hierarchy.from_covers([("a", "p"), ("p", "t"), ("x", "t"), ("x", "u"), ("b", "v"), ("v", "u")])
    small, report = H.graded().restrict(["a", "b"])
    assert report.relays == (Relay("x", 1),)
    assert Relay("x", 1) not in small


def test_features_that_are_all_unknown_are_refused_with_examples_of_both_sides():
    with pytest.raises(FeatureError, match="'gene'.*'x0'.*same names"):
        Hierarchy.complete(2, 1).restrict(["gene"])


def test_an_element_above_rank_0_is_refused_as_a_feature():
    with pytest.raises(FeatureError, match="rank 0"):
        Hierarchy.complete(2, 1).restrict(["y0"])


def test_a_feature_given_twice_is_refused_by_name():
    with pytest.raises(DuplicateElementError, match="'x0' came twice"):
        Hierarchy.complete(2, 1).restrict(["x0", "x1", "x0"])


# ------------------------------------------------------------------ order and names


@given(H=ht.hierarchies(), data=st.data())
def test_reordering_a_rank_changes_positions_and_nothing_else(H, data):
    i = data.draw(st.integers(0, H.depth))
    order = data.draw(st.permutations(H.ranks[i]))
    other = H.reorder(i, order)
    assert other.ranks == (*H.ranks[:i], tuple(order), *H.ranks[i + 1 :])
    assert cover_names(other) == cover_names(H)
    assert other.reorder(i, H.ranks[i]) == H


@pytest.mark.parametrize("order", [["x0"], ["x0", "x0"], ["x0", "y0"], ["x0", "x1", "x1"]])
def test_an_order_that_is_not_the_whole_rank_once_is_refused(order):
    with pytest.raises(ParameterError, match="rank 0 lists its 2 elements once"):
        Hierarchy.complete(2, 1).reorder(0, order)


@given(H=ANY)
def test_new_names_change_nothing_else_and_relays_follow_their_sources(H):
    other = H.rename(lambda e: ("new", e))

    def new(e):
        return Relay(new(e.source), e.rank) if isinstance(e, Relay) else ("new", e)

    assert other.ranks == tuple(tuple(map(new, rank)) for rank in H.ranks)
    assert cover_names(other) == {(new(p), new(q)) for p, q in cover_names(H)}


def test_a_mapping_renames_only_the_elements_it_holds():
    assert Hierarchy.complete(2, 1).rename({"x1": "age"}).ranks == (("x0", "age"), ("y0",))


def test_two_elements_renamed_to_one_name_are_refused():
    with pytest.raises(DuplicateElementError, match="'x0'"):
        Hierarchy.complete(2, 1).rename({"x1": "x0"})


def test_a_relay_prints_its_source_and_rank():
    assert str(Relay("BRCA2", 2)) == "BRCA2 ↑2"


# ------------------------------------------------------------------ scale


def test_fifty_thousand_elements_and_two_hundred_thousand_covers_are_handled():
    rng = np.random.default_rng(0)
    n, sizes = 50_000, (25_000, 15_000, 8_000, 2_000)
    H = Hierarchy.random(sizes, covers=(110_000, 70_000, 20_000), seed=0)
    assert (H.n_elements, H.n_covers) == (n, 200_000)
    crowned = H.crown(["out"])
    assert crowned.below("out")[-1] in crowned
    assert len(crowned.below("out")) >= sum(sizes[1:])
    small, report = crowned.restrict(H.ranks[0][::2])
    assert len(small) + len(report.left_out) + len(report.unreached) + len(report.relays) == len(crowned)
    lower = rng.integers(0, n - 1, 200_000)
    upper = np.minimum(lower + 1 + rng.integers(0, 5_000, 200_000), n - 1)
    pairs = np.unique(np.stack([lower, upper], 1), axis=0)
    related = Hierarchy.from_relation(pairs.tolist(), elements=range(n))
    assert len(related) == n
    assert related.n_covers <= len(pairs)
    assert len(pickle.dumps(H)) < 20_000_000


def test_a_feature_that_is_an_element_above_rank_0_is_reported_as_such():
    H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "t")])
    _, report = H.restrict(["a", "p", "age"])
    assert (report.features, report.unknown, report.above) == (("a",), ("age",), ("p",))
    for text in (
        "features kept, of 3 given: 1",
        "features given that are no element: 1 ('age')",
        "features given that are elements above rank 0: 1 ('p')",
    ):
        assert text in str(report)


def test_a_match_of_few_names_warns_with_examples_of_both_sides():
    H = Hierarchy.from_covers([("XPA", "repair"), ("BRCA2", "repair")])
    strangers = [f"ENSG{k}" for k in range(20)]
    with pytest.warns(
        HassenetWarning, match=r"only 1 of 21 names matched: .*'ENSG0'.* elements of rank 0 'BRCA2'"
    ):
        _, restriction = H.restrict(["XPA", *strangers])
    assert restriction.doubt.startswith("only 1 of 21")
    _, restriction = H.restrict(["XPA", *strangers[:19]])
    assert restriction.doubt == ""
