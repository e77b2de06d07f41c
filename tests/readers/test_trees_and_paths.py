"""Nested trees, tables of paths, ontologies in three columns, and graphs."""

from __future__ import annotations

import gzip
import json
import sys

import networkx as nx
import pytest

from hassenet.errors import (
    CycleError,
    DataError,
    DuplicateElementError,
    HassenetError,
    HierarchyError,
    ParameterError,
)
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_graphml, read_ontology, read_paths, read_tree, write_graphml

from .reports import dropped, faults, made

# ---------------------------------------------------------------- trees

D3 = {
    "name": "cell",
    "children": [
        {"name": "repair", "children": [{"name": "BRCA2", "size": 3}, {"name": "XPA"}]},
        {"name": "growth", "children": [{"name": "XPA"}]},
    ],
}
TREES = [
    D3,
    [D3],
    {"cell": {"repair": ["BRCA2", "XPA"], "growth": ["XPA"]}},
    {"cell": {"repair": {"BRCA2": {}, "XPA": None}, "growth": "XPA"}},
    {"cell": [{"repair": ["BRCA2", {"XPA": []}]}, {"growth": ["XPA"]}]},
]


@pytest.mark.parametrize("tree", TREES)
def test_however_a_tree_is_written_the_hierarchy_is_the_same(write_both, tree):
    H, report = read_tree(write_both(json.dumps(tree), "tree.json"))
    assert H.ranks == (("BRCA2", "XPA"), ("repair", "growth"), ("cell",))
    assert H.above("XPA") == ("repair", "growth")
    assert made(report)["leaves"] == 2


def test_inner_names_in_several_places_are_called_by_their_paths(write):
    tree = {"a": {"other": ["x"]}, "b": {"other": ["y"]}, "c": {"x": ["z"]}}
    H, report = read_tree(write(json.dumps(tree)), sep=" > ")
    assert H.ranks == (("x", "y", "z"), ("a > other", "b > other", "c > x"), ("a", "b", "c"))
    assert made(report)["inner names in several places (called by their paths)"] == 2


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", DataError, "is empty"),
        (json.dumps(D3)[:60], DataError, "whole JSON: line 1 of"),
        ('{"a": ["x"], "a": ["y"]}', DuplicateElementError, "'a' stands twice"),
        ('{"a": 3}', DataError, "below a .* holds 3"),
        ('{"a": [3.5]}', DataError, r"below a .*holds 3.5"),
        ("7", DataError, "below the root .* holds 7"),
        ('{"name": "a", "children": [{"size": 1}]}', DataError, "those of a in .* hold \"{'size': 1}\""),
        (
            '{"name": "a", "children": "XPA"}',
            DataError,
            "\"children\" are a list .* those of a in .* hold 'XPA'",
        ),
        ('{"name": "a", "children": {"name": "b"}}', DataError, '"children" are a list'),
        ('{"name": "a", "children": [{"nam": "b"}]}', DataError, "hold \"{'nam': 'b'}\""),
        ('{"name": "a", "children": 3}', DataError, "hold '3'"),
        ("[" * 100_000, DataError, "some hundred levels"),
        ('{"a": {"a": ["x"]}, "b": ["a/a"]}', DuplicateElementError, "'a/a' is both"),
    ],
)
def test_a_bad_tree_is_refused_with_the_reason(write, text, error, message):
    with pytest.raises(error, match=message):
        read_tree(write(text, "tree.json"))


def test_what_objects_hold_beside_their_children_is_counted(write):
    tree = {"name": "cell", "size": 3, "childs": [{"name": "lost"}], "children": [{"name": "XPA", "size": 1}]}
    H, report = reading = read_tree(write(json.dumps(tree), "tree.json"))
    assert H.ranks == (("XPA",), ("cell",))
    assert dropped(report) == {"attributes of objects": 2}
    assert faults(report) == {"keys beside name and children that hold more": 1}
    with pytest.raises(DataError, match=r"hold more: 1 \('childs'\)"):
        reading.strict()


def test_an_object_that_seems_to_lack_its_name_is_refused(write):
    tree = {"id": "cell", "children": [{"name": "XPA"}]}
    with pytest.raises(DataError, match="choose the key that names its objects by name="):
        read_tree(write(json.dumps(tree), "tree.json"))


def renamed(tree, key):
    return {key: tree["name"], "children": [renamed(child, key) for child in tree.get("children", ())]}


@pytest.mark.parametrize("key", ["id", "text", "label", "title", "key", "value"])
def test_objects_named_by_another_key_alone_are_read_by_it_and_the_report_says_so(write_both, key):
    path = write_both(json.dumps(renamed(D3, key)), "tree.json")
    H, report = read_tree(path)
    assert H == read_tree(write_both(json.dumps(D3), "d3.json")).hierarchy
    assert made(report)[f"objects named by their '{key}'"] == 6
    assert read_tree(path, name=key).hierarchy == H


def test_a_key_of_any_name_may_be_chosen_and_numbers_name_too(write):
    tree = [{"code": 10, "children": [{"code": 101}, {"code": 102}]}]
    assert read_tree(write(json.dumps(tree)), name="code").hierarchy.ranks == (("101", "102"), ("10",))


def test_which_of_two_keys_names_the_objects_is_not_guessed(write):
    tree = {"id": "1", "text": "cell", "children": [{"id": "2", "text": "XPA"}]}
    with pytest.raises(DataError, match=r"in .* 'id' and 'text' may; choose by name="):
        read_tree(write(json.dumps(tree)))
    assert read_tree(write(json.dumps(tree)), name="text").hierarchy.ranks == (("XPA",), ("cell",))
    with pytest.raises(DataError, match="none in .* has one under 'code'; give another key"):
        read_tree(write(json.dumps(tree)), name="code")
    with pytest.raises(ParameterError, match="name is the key that names the objects of a tree; got 5"):
        read_tree(write(json.dumps(tree)), name=5)


# ---------------------------------------------------------------- paths

GENNET = (
    "chr,layer0_node,layer0_name,layer1_node,layer1_name,layer2_node,layer2_name\n"
    "1,0,rs1,0,BRCA2,0,repair\n1,1,rs2,0,BRCA2,0,repair\n2,2,rs3,,,0,repair\n2,3,rs4,1,XPA,,\n"
)


def test_a_topology_of_gennet_gives_its_layers_as_ranks(write_both):
    H, report = read_paths(write_both(GENNET, "topology.csv"))
    assert H.ranks == (("rs1", "rs2", "rs3", "rs4"), ("BRCA2", "XPA"), ("repair",))
    assert H.below("repair") == ("rs3", "BRCA2")
    assert made(report)["levels without a name (passed over)"] == 2
    assert not report.faults


def test_plain_paths_need_no_header(write):
    H, _ = read_paths(write("rs1\tBRCA2\trepair\nrs2\tBRCA2\trepair\n"))
    assert H.ranks == (("rs1", "rs2"), ("BRCA2",), ("repair",))


def test_columns_are_chosen_and_put_in_order(write):
    text = "kingdom,sample,species\nBacteria,1,E. coli\nArchaea,2,M. smithii\n"
    H, _ = read_paths(write(text), columns=["species", "kingdom"])
    assert H.ranks == (("E. coli", "M. smithii"), ("Bacteria", "Archaea"))
    assert read_paths(write(text.partition("\n")[2]), columns=[2, 0]).hierarchy == H


def test_a_name_that_is_repeated_up_its_line_is_one_element(write):
    H, _ = read_paths(write("rs1,BRCA2,BRCA2,top\nrs2,XPA,repair,top\n"))
    assert H.rank("BRCA2") == 1
    assert H.above("BRCA2") == ("top",)


def test_paths_without_a_feature_or_a_name_above_are_faults(write):
    report = read_paths(write("rs1,BRCA2\nrs3,BRCA2\n,XPA\nrs2,\n")).report
    assert faults(report) == {"paths without a feature": 1, "features without a name above": 1}


@pytest.mark.parametrize(
    ("text", "options", "error", "message"),
    [
        (
            "a,b\nb,c\n",
            {},
            DuplicateElementError,
            "'b' stands in the column of rank 1 on line 1 .* on line 2",
        ),
        ("a\nb\n", {}, ParameterError, "at least two columns"),
        ("a,b\n", {"columns": [0, 0]}, ParameterError, "at least two columns"),
        ("a,b\n", {"columns": [0, 2]}, ParameterError, "the columns 0 to 1, and no 2"),
        ("a,\n,b\n", {}, DataError, "two names at least"),
        ("a,b\na\n", {}, DataError, "line 2 of"),
        ("", {}, DataError, "is empty"),
    ],
)
def test_bad_paths_are_refused_with_the_reason(write, text, options, error, message):
    with pytest.raises(error, match=message):
        read_paths(write(text), **options)


# ---------------------------------------------------------------- ontologies in three columns

ONTOLOGY = "GO:1\tGO:2\tdefault\nGO:1\tGO:3\tdefault\nGO:2\tTP53\tgene\nGO:1\tTP53\tgene\n"


def test_terms_and_genes_make_the_hierarchy(write_both):
    H, report = read_ontology(write_both(ONTOLOGY, "drugcell_ont.txt"))
    assert H.ranks == (("TP53",), ("GO:2",), ("GO:1",))
    assert dropped(report) == {
        "elements that no feature reaches": 1,
        "pairs with elements that no feature reaches": 1,
        "pairs that others imply": 1,
    }


def test_one_term_with_genes_is_an_ontology(write):
    assert read_ontology(write("NEST\tTP53\tgene\n")).hierarchy.ranks == (("TP53",), ("NEST",))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("GO:1\tGO:2\n", DataError, "line 1 of .* reads 'GO:1 GO:2'"),
        (ONTOLOGY + "GO:1\tx\tprotein\n", DataError, "line 5 of"),
        ("parent\tchild\ttype\n" + ONTOLOGY, DataError, "if it is a header"),
        ("GO:1\tGO:2\tdefault\n", DataError, "ends in 'gene'"),
        (ONTOLOGY + "GO:2\tGO:1\tdefault\n", CycleError, "lines 1, 5 of"),
        (ONTOLOGY + "GO:2\tGO:1\tgene\n", DuplicateElementError, "'GO:1'"),
        (gzip.compress(ONTOLOGY.encode(), mtime=0)[:-5], DataError, "gzip stream"),
    ],
)
def test_a_bad_ontology_is_refused_with_the_reason(write, text, error, message):
    with pytest.raises(error, match=message):
        read_ontology(write(text))


# ---------------------------------------------------------------- graphs


def graphml(graph):
    return "\n".join(nx.generate_graphml(graph)) + "\n"


def test_a_graph_of_networkx_is_read(write_both):
    H = Hierarchy.from_relation([("a", "b"), ("b", "c"), ("x", "c")], rank="above")
    assert read_graphml(write_both(graphml(H.to_networkx()))).hierarchy == H


def test_implied_edges_are_reduced_and_arrows_may_lead_down(write):
    graph = nx.DiGraph([("c", "b"), ("b", "a"), ("c", "a")])
    H, report = read_graphml(write(graphml(graph)), arrows="down")
    assert H.ranks == (("a",), ("b",), ("c",))
    assert dropped(report) == {"pairs that others imply": 1}
    with pytest.raises(ParameterError, match="'up' or 'down'; got 'left'"):
        read_graphml(write(graphml(graph)), arrows="left")


def test_labels_may_name_the_nodes(write):
    graph = nx.DiGraph([("n0", "n1")])
    graph.nodes["n0"]["label"], graph.nodes["n1"]["label"] = "XPA", "repair"
    assert read_graphml(write(graphml(graph)), label="label").hierarchy.ranks == (("XPA",), ("repair",))
    with pytest.raises(DataError, match=r"no 'name'; there is 'label'"):
        read_graphml(write(graphml(graph)), label="name")
    graph.nodes["n1"]["label"] = "XPA"
    with pytest.raises(DuplicateElementError, match="'XPA'"):
        read_graphml(write(graphml(graph)), label="label")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", DataError, "is empty"),
        (graphml(nx.DiGraph([("a", "b")]))[:-30], DataError, "whole XML.*line"),
        ("<svg/>", DataError, "must be GraphML"),
        ("a,b\n", DataError, "whole XML"),
        (graphml(nx.Graph([("a", "b")])), DataError, "has no directions"),
        (graphml(nx.DiGraph()), DataError, "no node"),
        (graphml(nx.DiGraph([("a", "b"), ("b", "a")])), CycleError, "'a' ⊏ 'b' ⊏ 'a'|'b' ⊏ 'a' ⊏ 'b'"),
    ],
)
def test_a_bad_graph_is_refused_with_the_reason(write, text, error, message):
    with pytest.raises(error, match=message):
        read_graphml(write(text, "x.graphml"))


def test_without_networkx_the_message_says_how_to_install_it(write, monkeypatch, tmp_path):
    path = write(graphml(nx.DiGraph([("a", "b")])))
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(HassenetError, match=r'pip install "hassenet\[graphs\]"'):
        read_graphml(path)
    with pytest.raises(HassenetError, match=r'pip install "hassenet\[graphs\]"'):
        write_graphml(Hierarchy.complete(1, 1), tmp_path / "x.graphml")


def test_ranks_that_do_not_grow_are_refused_with_the_file(write):
    graph = nx.DiGraph([("a", "b")])
    nx.set_node_attributes(graph, 0, "rank")
    with pytest.raises(HierarchyError, match="ranks must grow .*in x.graphml"):
        read_graphml(write(graphml(graph), "x.graphml"))


def test_objects_may_be_named_by_whole_numbers(write):
    value = {"name": 1, "children": [{"name": 2, "children": [{"name": 7157}]}, {"name": 3}]}
    H, report = read_tree(write(json.dumps(value), "tree.json"))
    assert H.ranks == (("3", "7157"), ("2",), ("1",))
    assert made(report)["places in the tree"] == 4


def test_names_that_are_numbers_give_way_to_a_key_that_names_all_objects(write):
    value = {"name": 1, "id": "r", "children": [{"name": 2, "id": "a"}, {"name": 3, "id": "b"}]}
    H, report = read_tree(write(json.dumps(value), "tree.json"))
    assert H.ranks == (("a", "b"), ("r",))
    assert made(report)["objects named by their 'id'"] == 3
    assert read_tree(write(json.dumps(value), "tree.json"), name="name").hierarchy.ranks == (
        ("2", "3"),
        ("1",),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "a hierarchy has elements: tree.json holds none"),
        (
            '{"child": "a", "parent": "b"}\n{"child": "b", "parent": "c"}\n',
            "holds one value: .* has more on line 2",
        ),
    ],
)
def test_json_of_no_value_and_of_several_is_refused_as_such(write, text, message):
    with pytest.raises(DataError, match=message):
        read_tree(write(text, "tree.json"))
