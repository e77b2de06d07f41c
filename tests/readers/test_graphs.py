"""Graphs of networkx, and what GraphML may hold that is not one graph."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given

from hassenet import shaping
from hassenet import testing as ht
from hassenet.errors import (
    CycleError,
    DataError,
    DuplicateElementError,
    FeatureError,
    HierarchyError,
    ParameterError,
)
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_edges, read_graphml, read_networkx, write_graphml

from .reports import dropped, faults, made
from .test_every_pair_is_accounted_for import assert_accounted_for

PAIRS = [("XPA", "repair"), ("repair", "cell"), ("XPA", "cell")]
SPACE = 'xmlns="http://graphml.graphdrawing.org/xmlns"'


# ------------------------------------------------------------------ networkx


@given(H=ht.hierarchies())
def test_what_to_networkx_made_comes_back(H):
    assert read_networkx(H.to_networkx()).strict().hierarchy == H


@given(pairs=ht.relations())
def test_a_graph_is_read_as_its_edges_are(pairs):
    graph = nx.DiGraph(pairs)
    H, report = read_networkx(graph)
    assert H == Hierarchy.from_relation(pairs, elements=graph)
    assert read_networkx(graph.reverse(), arrows="down").hierarchy == Hierarchy.from_relation(
        pairs, elements=graph
    )
    assert_accounted_for(report)
    assert_accounted_for(read_networkx(nx.MultiDiGraph([*pairs, pairs[0]])).report)


@pytest.mark.parametrize("rank", ["below", "above"])
@given(H=ht.skipping_hierarchies())
def test_ranks_that_are_asked_for_are_given_whatever_relays_there_are(rank, H):
    for graph in (H.to_networkx(), H.graded().to_networkx()):
        read, report = read_networkx(graph, rank=rank)
        assert read.graded() == shaping.rerank(H, rank).hierarchy.graded()
        assert_accounted_for(report)


def test_a_relay_may_be_of_an_element_called_0():
    H = Hierarchy.from_relation([(0, 1), (1, 2), (3, 2), (0, 4)], rank="above")
    assert (
        read_networkx(H.graded().to_networkx(), rank="below").hierarchy
        == shaping.rerank(H, "below").hierarchy
    )


def test_pairs_that_others_imply_are_dropped_and_nodes_alone_are_elements():
    graph = nx.DiGraph(PAIRS)
    graph.add_node("alone")
    H, report = read_networkx(graph)
    assert H.ranks == (("XPA", "alone"), ("repair",), ("cell",))
    assert dropped(report) == {"pairs that others imply": 1}
    assert made(report)["features that nothing covers"] == 1
    assert report.step == "graph"


def test_an_attribute_chosen_as_label_names_the_nodes():
    graph = nx.DiGraph([("n1", "n2")])
    nx.set_node_attributes(graph, {"n1": "XPA", "n2": "repair"}, "symbol")
    assert read_networkx(graph, label="symbol").hierarchy.ranks == (("XPA",), ("repair",))
    with pytest.raises(DataError, match="has no 'name'; there is 'symbol'; choose one of these or none"):
        read_networkx(graph, label="name")
    nx.set_node_attributes(graph, "XPA", "symbol")
    with pytest.raises(DuplicateElementError, match="'XPA' in the graph name"):
        read_networkx(graph, label="symbol")


@pytest.mark.parametrize("graded", [False, True])
def test_features_come_below_and_lift_ranks(tmp_path, graded):
    H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
    graph = (H.graded() if graded else H).to_networkx()
    features = {"g": ["a", "c"], "h": "x"}
    expected = read_edges(
        [("a", "b"), ("b", "c"), ("x", "c")],
        features=features,
        rank={"g": 0, "h": 0, "a": 1, "x": 1, "b": 2, "c": 3},
    )
    read, report = read_networkx(graph, features=features)
    assert read == expected.hierarchy
    assert_accounted_for(report)
    assert read_networkx(nx.DiGraph(graph.edges), features={"g": "c"}, rank="below").hierarchy.ranks == (
        ("g",),
        ("c",),
    )
    write_graphml(H.graded() if graded else H, tmp_path / "H.graphml")
    assert read_graphml(tmp_path / "H.graphml", features=features).hierarchy == expected.hierarchy
    with pytest.raises(FeatureError, match="none of the 1 elements named in pairs is one of the hierarchy"):
        read_networkx(graph, features={"g": "nowhere"})


@pytest.mark.parametrize(
    ("graph", "options", "error", "message"),
    [
        (nx.Graph([("a", "b")]), {}, ParameterError, "a Graph has no directions; give a networkx.DiGraph"),
        ("abc", {}, ParameterError, "a graph is one of networkx; got 'abc'"),
        (nx.DiGraph(), {}, DataError, "the graph has no node"),
        (nx.DiGraph([("a", " ")]), {}, DataError, "a node has a name: ' ' in the graph is blank"),
        (nx.DiGraph([("a", "b"), ("b", "a")]), {}, CycleError, r"\(in graph\)"),
        (
            nx.DiGraph([("a", "b")]),
            {"arrows": "left"},
            ParameterError,
            "arrows lead 'up' or 'down'; got 'left'",
        ),
        (
            nx.DiGraph([("a", "b")]),
            {"rank": "middle"},
            ParameterError,
            "rank must be 'below', 'above' or a mapping",
        ),
    ],
)
def test_an_invalid_graph_is_refused(graph, options, error, message):
    with pytest.raises(error, match=message):
        read_networkx(graph, **options)


def test_attributes_that_mean_something_else_are_left_out():
    graph = nx.DiGraph([("a", "b")])
    graph.nodes["a"].update(rank="species", relay_of=3)
    _, report = read_networkx(graph)
    assert dropped(report) == {
        "attributes 'rank' that are no ranks of all nodes": 1,
        "attributes 'relay_of' that name no element": 1,
    }
    assert not faults(report)


def test_a_relay_that_hands_on_something_else_is_refused():
    graph = nx.DiGraph([("a", "r"), ("b", "r"), ("r", "c")])
    nx.set_node_attributes(graph, {"a": 0, "b": 0, "r": 1, "c": 2}, "rank")
    graph.nodes["r"]["relay_of"] = "a"
    with pytest.raises(HierarchyError, match="a relay covers its source, .*: 'r' in the graph does not"):
        read_networkx(graph)


# ------------------------------------------------------------------ GraphML


def graphml(inside, head=""):
    return f'{head}<graphml {SPACE}><graph edgedefault="directed">{inside}</graph></graphml>'


NESTED = '<node id="a"><graph edgedefault="directed"><node id="a::b"/></graph></node>'
SECOND = '</graph><graph edgedefault="directed"><edge source="x" target="y"/>'


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (
            f'<edge source="a" target="c"/>{SECOND}',
            "a hierarchy is one graph: .* holds 2; write each to a file",
        ),
        (f'{NESTED}<edge source="a" target="c"/>', "holds 1 more inside nodes; write it without groups"),
        (
            '<edge source="a" target="c"/><edge target="c"/>',
            "an edge has a source and a target: 1 in",
        ),
        ('<edge source="a"/>', "an edge has a source and a target: 1 in"),
        ('<node id="a"/><hyperedge/>', "must be GraphML: .*hyperedges"),
    ],
)
def test_what_would_be_left_out_of_a_file_is_refused(write, inside, message):
    with pytest.raises(DataError, match=message):
        read_graphml(write(graphml(inside), "x.graphml"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16"])
def test_a_file_is_read_in_the_encoding_that_it_declares(write, encoding):
    declared = encoding.removesuffix("-sig")
    text = graphml('<edge source="é" target="c"/>', f'<?xml version="1.0" encoding="{declared}"?>')
    assert read_graphml(write(text.encode(encoding), "x.graphml")).hierarchy.ranks == (("é",), ("c",))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (graphml('<edge source="é" target="c"/>').encode("latin-1"), "must be whole XML"),
        (graphml("", '<?xml version="1.0" encoding="klingon"?>'), "must be .*XML|must be GraphML"),
        (
            graphml("").replace(SPACE, "").replace("<graphml >", "<other>").replace("/graphml", "/other"),
            "XML of another kind, its root .other.",
        ),
        ("   ", "must hold something"),
    ],
)
def test_a_file_that_is_not_graphml_is_refused(write, content, message):
    with pytest.raises(DataError, match=message):
        read_graphml(write(content, "x.graphml"))


def test_a_file_without_the_namespace_is_read(write):
    text = graphml('<edge source="a" target="b"/>').replace(f" {SPACE}", "")
    assert read_graphml(write(text)).hierarchy.ranks == (("a",), ("b",))


def test_features_of_graphml_may_stand_in_a_file(write):
    path = write(graphml('<edge source="a" target="b"/>'))
    features = write("g,a\n", "features.csv")
    assert read_graphml(path, features=features).hierarchy.ranks == (("g",), ("a",), ("b",))


def test_ends_of_edges_that_a_file_does_not_name_as_nodes_are_a_fault(write):
    ends = (("a", "c"), ("b", "zz"))
    edges = "".join(f'<edge source="{low}" target="{up}"/>' for low, up in ends)
    graph = f'<graph edgedefault="directed"><node id="a"/><node id="b"/><node id="c"/>{edges}</graph>'
    text = f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{graph}</graphml>'
    _, report = read_graphml(write(text))
    assert faults(report)["ends of edges that are not nodes of the file (cut off?)"] == 1
    assert not read_graphml(write(text.replace("zz", "c"))).report.faults
