"""Graphs in JSON, however they are written; OBO Graphs beside OBO."""

from __future__ import annotations

import json

import networkx as nx
import pytest
from hypothesis import given

from hassenet.errors import CycleError, DataError, DuplicateElementError, UnknownElementError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_json_graph, read_names, read_networkx, read_obo, read_obographs
from hassenet.testing import hierarchies

from .reports import dropped, faults, made

EDGES = [("XPA", "repair"), ("BRCA2", "repair"), ("repair", "cell")]
NAMES = ["XPA", "BRCA2", "repair", "cell"]
NODES = [{"id": name} for name in NAMES]
LINKS = [{"source": p, "target": q} for p, q in EDGES]
FORMS = {
    "links": {"nodes": NODES, "links": LINKS},
    "edges": {"directed": True, "multigraph": False, "graph": {}, "nodes": NODES, "edges": LINKS},
    "from and to": {"nodes": NODES, "edges": [{"from": p, "to": q} for p, q in EDGES]},
    "names alone": {"nodes": NAMES, "edges": LINKS},
    "named": {"nodes": [{"name": name} for name in NAMES], "links": LINKS},
    "counted": {
        "nodes": NODES,
        "links": [{"source": NAMES.index(p), "target": NAMES.index(q)} for p, q in EDGES],
    },
    "adjacency": nx.adjacency_data(nx.DiGraph(EDGES)),
    "Cytoscape": {"elements": {"nodes": [{"data": n} for n in NODES], "edges": [{"data": e} for e in LINKS]}},
    "Cytoscape, a list": {"elements": [{"data": part} for part in [*NODES, *LINKS]]},
    "Cytoscape of networkx": nx.cytoscape_data(nx.DiGraph(EDGES)),
}


@pytest.mark.parametrize("form", FORMS)
def test_however_a_graph_is_written_the_hierarchy_is_the_same(write_both, form):
    H, report = read_json_graph(write_both(json.dumps(FORMS[form]), "graph.json"))
    assert list(map(set, H.ranks)) == [{"XPA", "BRCA2"}, {"repair"}, {"cell"}]
    assert made(report)["edges"] == H.n_covers == 3


@given(H=hierarchies())
def test_node_link_data_of_networkx_old_and_new_are_read_as_the_graph(H, tmp_path_factory):
    graph = nx.relabel_nodes(H.to_networkx(), str)
    expected = read_networkx(graph).hierarchy
    for key in ("links", "edges"):
        path = tmp_path_factory.mktemp("graphs") / "graph.json"
        path.write_text(json.dumps(nx.node_link_data(graph, edges=key)))
        assert read_json_graph(path).hierarchy == expected


def test_arrows_labels_and_features_are_chosen_as_of_any_graph(write):
    nodes = [{"id": 1, "label": "cell"}, {"id": 2, "label": "repair"}]
    graph = {"nodes": nodes, "edges": [{"from": 1, "to": 2}]}
    path = write(json.dumps(graph))
    H = read_json_graph(path, arrows="down", label="label", features={"XPA": "repair"}).hierarchy
    assert H.ranks == (("XPA",), ("repair",), ("cell",))


BAD = {
    "a tree": ({"a": ["b"]}, DataError, 'a graph in JSON has "nodes" and "links"'),
    "no directions": ({"directed": False, "nodes": NODES, "links": LINKS}, DataError, "have directions"),
    "no name": ({"nodes": [{"size": 3}], "links": []}, DataError, 'a node has an "id" or a "name"'),
    "no end": (
        {"nodes": NODES, "links": [{"source": "XPA"}]},
        DataError,
        'an edge has a "source" and a "target"',
    ),
    "cut off": (
        {"nodes": NODES[:2], "links": LINKS},
        UnknownElementError,
        "'repair', 'cell' in .* is not one",
    ),
    "twice": (
        {"nodes": [*NODES, {"id": "XPA"}], "links": LINKS},
        DuplicateElementError,
        "'XPA' stand.s. twice",
    ),
    "a cycle": (
        {"nodes": NODES, "links": [*LINKS, {"source": "cell", "target": "XPA"}]},
        CycleError,
        "cycle",
    ),
    "short": ({"nodes": NODES, "adjacency": [[]]}, DataError, '"adjacency" has a list for each node'),
}


@pytest.mark.parametrize("name", BAD)
def test_json_that_is_not_a_whole_graph_is_refused_with_the_reason(write, name):
    value, error, message = BAD[name]
    with pytest.raises(error, match=message):
        read_json_graph(write(json.dumps(value), "graph.json"))


# ---------------------------------------------------------------- OBO Graphs

AT = "http://purl.obolibrary.org/obo/"
OBO = """format-version: 1.2
ontology: x

[Term]
id: GO:1
name: root
namespace: process

[Term]
id: GO:2
name: repair
namespace: process
alt_id: GO:9
is_a: GO:1

[Term]
id: GO:3
name: excision
namespace: process
relationship: part_of GO:2

[Term]
id: GO:4
name: excision
namespace: function
relationship: regulates GO:2

[Term]
id: GO:5
name: old
is_obsolete: true

[Typedef]
id: part_of

[Typedef]
id: regulates
"""


def node(number, name, namespace, **meta):
    values = [{"pred": "http://www.geneontology.org/formats/oboInOwl#hasOBONamespace", "val": namespace}]
    return {
        "id": f"{AT}GO_{number}",
        "type": "CLASS",
        "lbl": name,
        "meta": {"basicPropertyValues": [*values, *meta.pop("values", [])], **meta},
    }


def edge(lower, relation, upper):
    return {"sub": f"{AT}GO_{lower}", "pred": relation, "obj": f"{AT}GO_{upper}"}


ALTERNATIVE = {"pred": "http://www.geneontology.org/formats/oboInOwl#hasAlternativeId", "val": "GO:9"}
GRAPHS = {
    "graphs": [
        {
            "nodes": [
                node(1, "root", "process"),
                node(2, "repair", "process", values=[ALTERNATIVE]),
                node(3, "excision", "process"),
                node(4, "excision", "function"),
                node(5, "old", "process", deprecated=True),
                {"id": f"{AT}BFO_0000050", "type": "PROPERTY", "lbl": "part of"},
                {"id": f"{AT}RO_0002211", "type": "PROPERTY", "lbl": "regulates"},
            ],
            "edges": [
                edge(2, "is_a", 1),
                edge(3, f"{AT}BFO_0000050", 2),
                edge(4, f"{AT}RO_0002211", 2),
                {"sub": f"{AT}RO_0002211", "pred": "subPropertyOf", "obj": f"{AT}BFO_0000050"},
            ],
        }
    ]
}
CHOICES = [
    {},
    {"relations": "is_a"},
    {"relations": ["is_a", "part_of", "regulates"]},
    {"namespace": "process"},
    {"annotations": {"XPA": "GO:3", "BRCA2": "GO:9", "lost": "GO:5"}},
    {"annotations": {"XPA": "GO:4"}, "relations": ["regulates", "is_a"]},
]


@pytest.mark.parametrize("choice", CHOICES)
def test_obo_graphs_are_read_as_the_same_ontology_in_obo(write, choice):
    H, report = read_obographs(write(json.dumps(GRAPHS), "x.json"), **choice)
    expected, of_obo = read_obo(write(OBO, "x.obo"), **choice)
    assert H == expected
    assert dropped(report) == {**dropped(of_obo), "pairs of properties and individuals": 1}
    assert faults(report) == faults(of_obo)


def test_names_of_terms_are_the_same_from_both_files(write):
    names = read_names(write(json.dumps(GRAPHS), "x.json"))
    assert names == read_names(write(OBO, "x.obo"))
    assert names["GO:3"] == "excision (GO:3)"


BAD_GRAPHS = {
    "a tree": ({"a": ["b"]}, DataError, 'OBO Graphs are an object with "graphs"'),
    "no terms": ({"graphs": [{"nodes": []}]}, DataError, "an ontology has terms"),
    "no id": ({"graphs": [{"nodes": [{"lbl": "a"}]}]}, DataError, "nodes of OBO Graphs have id"),
    "no end": (
        {"graphs": [{"nodes": GRAPHS["graphs"][0]["nodes"], "edges": [{"sub": "a"}]}]},
        DataError,
        "edges of OBO",
    ),
    "twice": ({"graphs": [GRAPHS["graphs"][0]] * 2}, DuplicateElementError, "a term is one node"),
}


@pytest.mark.parametrize("name", BAD_GRAPHS)
def test_obo_graphs_that_are_not_whole_are_refused_with_the_reason(write, name):
    value, error, message = BAD_GRAPHS[name]
    with pytest.raises(error, match=message):
        read_obographs(write(json.dumps(value), "x.json"))


def test_a_hierarchy_of_hassenet_is_not_taken_for_a_graph(write):
    with pytest.raises(DataError, match="a graph in JSON"):
        read_json_graph(write(json.dumps({"elements": [{"name": "a", "rank": 0}], "covers": []})))
    assert Hierarchy.from_covers(EDGES).depth == 2
