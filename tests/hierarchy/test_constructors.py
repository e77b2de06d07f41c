"""Every way to make a hierarchy makes the poset it says."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import comb

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.errors import DuplicateElementError, HierarchyError, ParameterError, UnknownElementError
from hassenet.hierarchy import Hierarchy, Relay


def cover_names(H):
    """All covers (lower, upper) read element by element."""
    return {(p, q) for rank in H.ranks for q in rank for p in H.below(q)}


def digraph(pairs):
    graph = nx.DiGraph()
    graph.add_edges_from(pairs)
    return graph


# ------------------------------------------------------------------ complete


@given(shape=ht.shapes())
def test_in_a_complete_hierarchy_every_element_covers_the_whole_rank_below(shape):
    H = Hierarchy.complete(*shape)
    assert H.shape == shape
    assert H.depth == len(shape) - 1
    assert H.n_elements == len(H) == sum(shape)
    assert H.n_covers == sum(a * b for a, b in pairwise(shape))
    assert H.density == 1
    assert H.is_graded
    for i in range(H.depth):
        assert H.is_complete(i)
        assert H.covers(i).shape == (shape[i + 1], shape[i])
        assert H.covers(i).toarray().all()
        assert all(H.below(q) == H.ranks[i] for q in H.ranks[i + 1])
        assert all(H.above(p) == H.ranks[i + 1] for p in H.ranks[i])


def test_the_elements_of_a_complete_hierarchy_are_named_by_rank_and_position():
    assert Hierarchy.complete(2, 1, 2, 1).ranks == (("x0", "x1"), ("h1_0",), ("h2_0", "h2_1"), ("y0",))


def test_a_complete_hierarchy_takes_names_of_any_hashable_kind():
    H = Hierarchy.complete(2, 1, names=[["age", ("x", 1)], [frozenset({1})]])
    assert H.below(frozenset({1})) == ("age", ("x", 1))


@pytest.mark.parametrize("shape", [(), (3, 0), (3, -1, 2), (2.5, 1), ("3", 1)])
def test_a_size_that_is_not_a_positive_whole_number_is_refused(shape):
    with pytest.raises(ParameterError, match="rank"):
        Hierarchy.complete(*shape)


def test_names_that_do_not_fit_the_shape_are_refused_with_both_counts():
    with pytest.raises(ParameterError, match=r"names.*\(2, 1\).*\(1, 1\)"):
        Hierarchy.complete(2, 1, names=[["a"], ["b"]])


def test_one_name_for_two_elements_is_refused_by_name():
    with pytest.raises(DuplicateElementError, match="'a'.*own name"):
        Hierarchy.complete(2, 1, names=[["a", "b"], ["a"]])


# ------------------------------------------------------------------ covers and relations


@given(pairs=ht.relations())
def test_the_covers_of_a_relation_are_its_transitive_reduction(pairs):
    H = Hierarchy.from_relation(pairs)
    assert cover_names(H) == set(nx.transitive_reduction(digraph(pairs)).edges)
    assert H.n_covers == len(cover_names(H))


@given(seed=st.integers(0, 10_000), density=st.floats(0.02, 0.5))
def test_the_covers_of_a_larger_relation_are_its_transitive_reduction(seed, density):
    rng = np.random.default_rng(seed)
    names = rng.permutation(30)
    pairs = [(int(names[a]), int(names[b])) for a, b in combinations(range(30), 2) if rng.random() < density]
    assume(pairs)
    H = Hierarchy.from_relation(pairs, elements=range(30))
    assert cover_names(H) == set(nx.transitive_reduction(digraph(pairs)).edges)
    assert len(H) == 30


@given(pairs=ht.relations())
def test_a_transitive_closure_has_the_covers_of_the_relation_it_closes(pairs):
    closure = list(nx.transitive_closure(digraph(pairs)).edges)
    elements = range(8)
    assert cover_names(Hierarchy.from_relation(closure, elements=elements)) == cover_names(
        Hierarchy.from_relation(pairs, elements=elements)
    )


@given(pairs=ht.relations())
def test_covers_given_as_such_are_kept_as_they_are(pairs):
    covers = list(nx.transitive_reduction(digraph(pairs)).edges)
    assert cover_names(Hierarchy.from_covers(covers)) == set(covers)


@given(pairs=ht.relations())
def test_a_pair_that_others_imply_is_refused_as_a_cover_and_from_relation_is_offered(pairs):
    implied = set(pairs) - set(nx.transitive_reduction(digraph(pairs)).edges)
    assume(implied)
    with pytest.raises(HierarchyError, match="not a cover: .*from_relation"):
        Hierarchy.from_covers(pairs)


def test_a_pair_given_twice_is_one_cover():
    assert Hierarchy.from_covers([("a", "b"), ("a", "b")]).n_covers == 1


def test_elements_come_in_order_of_appearance_and_listed_ones_first():
    pairs = [("b", "z"), ("a", "z"), ("c", "y")]
    assert Hierarchy.from_covers(pairs).ranks == (("b", "a", "c"), ("z", "y"))
    assert Hierarchy.from_covers(pairs, elements=["c", "d"]).ranks == (("c", "d", "b", "a"), ("z", "y"))


@pytest.mark.parametrize("make", [Hierarchy.from_covers, Hierarchy.from_relation])
@pytest.mark.parametrize("odd", ["ab", ("a",), ("a", "b", "c")])
def test_an_item_that_is_not_a_pair_is_refused(make, odd):
    with pytest.raises(HierarchyError, match=r"a pair is \(lower, upper\)"):
        make([("x", "y"), odd])


# ------------------------------------------------------------------ ranks


@given(pairs=ht.relations())
def test_the_rank_from_below_is_the_longest_chain_from_below(pairs):
    graph = digraph(pairs)
    H = Hierarchy.from_relation(pairs, rank="below")
    for q in graph:
        below = graph.subgraph(nx.ancestors(graph, q) | {q})
        assert H.rank(q) == nx.dag_longest_path_length(below)


@given(pairs=ht.relations())
def test_the_rank_from_above_is_the_depth_minus_the_longest_chain_above_and_inputs_stay_at_0(pairs):
    graph = digraph(pairs)
    H = Hierarchy.from_relation(pairs, rank="above")
    depth = nx.dag_longest_path_length(graph)
    assert H.depth == depth
    for p in graph:
        above = graph.subgraph(nx.descendants(graph, p) | {p})
        expected = depth - nx.dag_longest_path_length(above) if graph.in_degree(p) else 0
        assert H.rank(p) == expected


def test_a_mapping_from_elements_gives_the_ranks():
    H = Hierarchy.from_covers(
        [("a", "top"), ("b", "mid"), ("mid", "top")], rank={"a": 0, "b": 0, "mid": 1, "top": 3}
    )
    assert H.ranks == (("a", "b"), ("mid",), (), ("top",))
    assert not H.is_graded


def test_a_mapping_that_leaves_elements_out_is_refused_by_name():
    with pytest.raises(UnknownElementError, match="every element needs a rank.*'b'"):
        Hierarchy.from_covers([("a", "b")], rank={"a": 0})


@pytest.mark.parametrize("ranks", [{"a": 1, "b": 1}, {"a": 2, "b": 1}])
def test_ranks_that_do_not_grow_along_a_pair_are_refused_with_both_ranks(ranks):
    with pytest.raises(HierarchyError, match=rf"'a' \(rank {ranks['a']}\).*'b' \(rank 1\)"):
        Hierarchy.from_covers([("a", "b")], rank=ranks)


def test_a_negative_rank_is_refused():
    with pytest.raises(HierarchyError, match="'a' has -1"):
        Hierarchy.from_covers([("a", "b")], rank={"a": -1, "b": 1})


def test_an_unknown_way_to_rank_is_refused_with_the_known_ones():
    with pytest.raises(ParameterError, match="'below', 'above' or a mapping.*'sideways'"):
        Hierarchy.from_covers([("a", "b")], rank="sideways")


@pytest.mark.parametrize("make", [Hierarchy.from_covers, Hierarchy.from_relation])
def test_a_cycle_is_refused_and_named_in_its_order(make):
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "a"), ("c", "top")]
    with pytest.raises(HierarchyError, match="cycle") as caught:
        make(pairs)
    names = [name.strip("'") for name in str(caught.value).split("cycle ")[1].split(";")[0].split(" ⊏ ")]
    assert names[0] == names[-1]
    assert set(names) == {"a", "b", "c"}
    assert set(pairwise(names)) <= set(pairs)


def test_an_element_below_itself_is_a_cycle():
    with pytest.raises(HierarchyError, match="cycle 'a' ⊏ 'a'"):
        Hierarchy.from_covers([("a", "a")])


# ------------------------------------------------------------------ subsets


@given(n=st.integers(1, 6), data=st.data())
def test_the_subsets_form_the_lattice_of_inclusion(n, data):
    size = data.draw(st.integers(1, n))
    H = Hierarchy.subsets(n, size)
    assert H.shape == tuple(comb(n, k) for k in range(1, size + 1))
    assert H.n_covers == sum(k * comb(n, k) for k in range(2, size + 1))
    for rank in H.ranks:
        assert list(rank) == sorted(rank)
        for S in rank:
            assert {frozenset(T) for T in H.below(S)} == {frozenset(S) - {k} for k in S if len(S) > 1}


def test_the_subsets_of_three_are_the_example_of_the_mathematics():
    H = Hierarchy.subsets(3)
    assert H.shape == (3, 3, 1)
    assert H.ranks[1] == ((1, 2), (1, 3), (2, 3))
    assert (H.covers(0).toarray() == [[1, 1, 0], [1, 0, 1], [0, 1, 1]]).all()
    assert H.is_complete(1)


@pytest.mark.parametrize(("n", "size"), [(0, None), (3, 0), (3, 4), (-1, None)])
def test_subsets_of_impossible_sizes_are_refused(n, size):
    with pytest.raises(ParameterError, match="1 ≤ max_size ≤ n"):
        Hierarchy.subsets(n, size)


# ------------------------------------------------------------------ random


@st.composite
def shapes_and_counts(draw):
    shape = draw(ht.shapes(max_depth=3, max_width=12))
    sizes = pairwise(shape)
    return shape, tuple(draw(st.integers(up, low * up)) for low, up in sizes)


@given(problem=shapes_and_counts(), seed=ht.seeds())
def test_a_random_hierarchy_has_exactly_the_covers_asked_for_and_isolates_nothing_it_need_not(problem, seed):
    shape, counts = problem
    H = Hierarchy.random(shape, covers=counts, seed=seed)
    assert H.shape == shape
    for i, count in enumerate(counts):
        pattern = H.covers(i).toarray()
        assert pattern.sum() == count
        assert pattern.any(axis=1).all()
        assert pattern.any(axis=0).sum() >= min(count, shape[i])


@given(shape=ht.shapes(max_depth=2, max_width=12), density=st.floats(0.01, 1), seed=ht.seeds())
def test_a_density_sets_the_number_of_covers_raised_to_one_an_element(shape, density, seed):
    H = Hierarchy.random(shape, density=density, seed=seed)
    for i, (low, up) in enumerate(pairwise(shape)):
        assert H.covers(i).nnz == max(round(density * low * up), up)


def test_the_seed_alone_decides_a_random_hierarchy():
    first, again, other = (Hierarchy.random((30, 20, 5), density=0.2, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_random_covers_are_spread_evenly():
    pattern = sum(
        Hierarchy.random((10, 10), covers=[40], seed=seed).covers(0).toarray() * 1 for seed in range(400)
    )
    assert pattern.sum() == 400 * 40
    assert abs(pattern - 160).max() < 60  # mean 160, standard deviation about 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "density=… or covers=…"),
        ({"density": 0.5, "covers": [5]}, "density=… or covers=…"),
        ({"density": 0.0}, r"\(0, 1\].*0"),
        ({"density": 1.5}, r"\(0, 1\].*1.5"),
        ({"covers": [5, 5]}, "one number a layer, 1.*2"),
        ({"covers": [3]}, "from 4 .* to 20 covers; got 3"),
        ({"covers": [21]}, "from 4 .* to 20 covers; got 21"),
    ],
)
def test_numbers_of_covers_that_cannot_be_are_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        Hierarchy.random((5, 4), **options)


# ------------------------------------------------------------------ lineages


def test_lineages_make_a_taxonomy_with_their_prefixes_as_taxa():
    H = Hierarchy.from_lineages(["B|F|x", "B|F|y", "B|G|z", "A|E|w"])
    assert H.ranks == (("B|F|x", "B|F|y", "B|G|z", "A|E|w"), ("B|F", "B|G", "A|E"), ("B", "A"))
    assert H.below("B") == ("B|F", "B|G")
    assert H.below("B|F") == ("B|F|x", "B|F|y")


def test_a_lineage_that_ends_early_reaches_its_taxon_through_relays():
    H = Hierarchy.from_lineages(["B|F|C|s", "B|t"])
    assert H.rank("B|t") == 0
    assert H.rank("B") == 3
    assert Relay("B|t", 2) in H.below("B")
    assert H.below(Relay("B|t", 2)) == (Relay("B|t", 1),)
    assert H.below(Relay("B|t", 1)) == ("B|t",)
    assert H.is_graded


def test_a_level_left_empty_is_bridged_by_a_relay():
    H = Hierarchy.from_lineages(["B||s", "B|F|t"])
    assert H.shape == (2, 2, 1)
    assert set(H.below("B")) == {"B|F", Relay("B||s", 1)}


def test_a_taxon_with_the_name_of_a_feature_gets_a_star():
    H = Hierarchy.from_lineages(["B|F", "B|F|s"])
    assert H.ranks[0] == ("B|F", "B|F|s")
    assert H.below("B|F|*") == ("B|F|s",)
    assert H.rank("B|F|*") == 1


def test_a_taxon_below_two_parents_cannot_arise_since_names_spell_the_whole_path():
    H = Hierarchy.from_lineages(["A|same|x", "B|same|y"])
    assert set(H.ranks[1]) == {"A|same", "B|same"}


@pytest.mark.parametrize("sep", ["|", ";", "__", "."])
def test_the_separator_of_levels_can_be_chosen(sep):
    H = Hierarchy.from_lineages([sep.join("Bx"), sep.join("By")], sep=sep)
    assert H.ranks == ((f"B{sep}x", f"B{sep}y"), ("B",))


def test_a_lineage_that_comes_twice_is_refused_by_name():
    with pytest.raises(DuplicateElementError, match=r"'B\|x'"):
        Hierarchy.from_lineages(["B|x", "B|y", "B|x"])


@pytest.mark.parametrize(
    ("lineages", "sep"), [([], "|"), (["B|x", 3], "|"), (["", "B|x"], "|"), (["B|x"], "")]
)
def test_lineages_that_name_nothing_are_refused(lineages, sep):
    with pytest.raises(HierarchyError, match="level"):
        Hierarchy.from_lineages(lineages, sep=sep)


# ------------------------------------------------------------------ networkx


@given(H=st.one_of(ht.hierarchies(), ht.skipping_hierarchies()))
def test_there_and_back_through_networkx_is_the_same_hierarchy(H):
    graph = H.to_networkx()
    assert set(graph.edges) == cover_names(H)
    assert dict(graph.nodes(data="rank")) == {e: i for i, rank in enumerate(H.ranks) for e in rank}
    assert Hierarchy.from_networkx(graph) == H


def test_a_graph_without_ranks_is_ranked_from_below():
    assert Hierarchy.from_networkx(digraph([("a", "b"), ("b", "c")])).rank("c") == 2


def test_an_object_that_is_not_a_directed_graph_is_refused():
    with pytest.raises(
        ParameterError, match="a graph is one of networkx; got 'abc'; give a networkx.DiGraph"
    ):
        Hierarchy.from_networkx("abc")
    with pytest.raises(ParameterError, match="a Graph has no directions; give a networkx.DiGraph"):
        Hierarchy.from_networkx(nx.Graph([("a", "b")]))
