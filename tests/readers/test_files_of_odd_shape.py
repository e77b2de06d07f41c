"""Whatever stands in a file, it is read, or refused by an error of the library: never by a traceback of another one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pandas as pd
import polars as pl
import pytest

from hassenet import Hierarchy
from hassenet.errors import HassenetError, ParameterError
from hassenet.readers import (
    Reading,
    read_column_lineages,
    read_edges,
    read_gmt,
    read_graphml,
    read_json,
    read_json_graph,
    read_lineages,
    read_msigdb,
    read_names,
    read_newick,
    read_obo,
    read_obographs,
    read_ontology,
    read_paths,
    read_taxonomy,
    read_topology,
    read_tree,
    write_graphml,
)
from hassenet.readers.formats import format_of

AT = "http://purl.obolibrary.org/obo/"
ODD: tuple[Any, ...] = (None, True, 7, "x", [], ["x"], [None], {}, {"x": 1})
NODES = [{"id": "a", "name": "A"}, {"id": "b", "rank": 1}, {"id": "c"}]
EDGES = [{"source": "a", "target": "b"}, {"source": "c", "target": "b"}]
META = {"basicPropertyValues": [{"pred": f"{AT}x#hasOBONamespace", "val": "p"}], "deprecated": False}
OBO = {
    "nodes": [
        {"id": f"{AT}GO_1", "type": "CLASS", "lbl": "one", "meta": META},
        {"id": f"{AT}GO_2", "lbl": "two"},
        {"id": "part", "type": "PROPERTY", "lbl": "part of"},
    ],
    "edges": [{"sub": f"{AT}GO_2", "pred": "is_a", "obj": f"{AT}GO_1"}],
}
GOOD: dict[str, tuple[Any, Any]] = {
    "written": (
        read_json,
        {
            "elements": [
                {"name": "a", "rank": 0},
                {"name": "b", "rank": 1},
                {"name": "a ↑1", "rank": 1, "relay_of": "a"},
            ],
            "covers": [["a", "b"], ["a", "a ↑1"]],
        },
    ),
    "node-link": (
        read_json_graph,
        {"directed": True, "multigraph": False, "graph": {}, "nodes": NODES, "links": EDGES},
    ),
    "positions": (read_json_graph, {"nodes": ["a", "b"], "edges": [{"source": 0, "target": 1}]}),
    "adjacency": (read_json_graph, {"nodes": NODES[:2], "adjacency": [[{"id": "b"}], []]}),
    "vis.js": (read_json_graph, {"nodes": NODES, "edges": [{"from": "a", "to": "b"}]}),
    "cytoscape": (
        read_json_graph,
        {"elements": {"nodes": [{"data": node} for node in NODES], "edges": [{"data": EDGES[0]}]}},
    ),
    "cytoscape list": (
        read_json_graph,
        {"elements": [*({"data": node} for node in NODES), {"data": EDGES[0]}]},
    ),
    "obographs": (read_obographs, {"graphs": [OBO]}),
    "msigdb": (
        read_msigdb,
        {"S": {"systematicName": "M1", "geneSymbols": ["g", "h"]}, "T": {"geneSymbols": ["g"]}},
    ),
    "named tree": (
        read_tree,
        {
            "name": "r",
            "size": 1,
            "children": [{"name": "a", "children": ["x", {"name": "y"}]}, {"name": "z"}],
        },
    ),
    "tree by id": (read_tree, {"id": "r", "children": [{"id": "a", "children": [{"id": "x"}]}, {"id": "z"}]}),
    "mapping": (read_tree, {"r": {"a": ["x", "y"], "b": {"z": {}}, "c": None}}),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each value inside of one, its own first."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from places(below, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a value with another one at a place."""
    if not path:
        return new
    found = node = copy.deepcopy(value)
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = new
    return found


def without(value: Any, path: tuple[Any, ...]) -> Any:
    """Return a value without what stands at a place."""
    found = node = copy.deepcopy(value)
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return found


def check(read: Any, path: Any) -> bool:
    """Return whether a file is read, all of it, reports too; an error of another library is one of the test."""
    try:
        reading = read(path)
        if isinstance(reading, Reading):
            str(reading.report), repr(reading), reading.report.to_dict()
    except HassenetError:
        return False
    return True


@pytest.mark.parametrize("form", GOOD)
def test_a_value_of_another_kind_anywhere_in_json_is_read_or_refused(tmp_path, form):
    read, value = GOOD[form]
    file = tmp_path / "file.json"
    file.write_text(json.dumps(value))
    assert check(read, file)
    for path in places(value):
        others = [replaced(value, path, new) for new in ODD] + ([without(value, path)] if path else [])
        for other in others:
            file.write_text(json.dumps(other))
            check(read, file)
            check(read_names if form == "obographs" else format_of, file)


# ---------------------------------------------------------------- trees and graphs in text

BITS = [
    "",
    *"(),;:'[]\"{} \n=&#<>/0",
    "-1",
    "1e999",
    "\0",
    "é",
    "END;",
    "<node/>",
    "<edge/>",
    "<graph/>",
    "xmlns=''",
]
TREES = [
    "((A:0.1,'B b':2)X:1[&&NHX:S=x],(C,D)0.98:3e-2)root;",
    "#NEXUS\nBEGIN TREES;\nTRANSLATE 1 A, 2 B, 3 C;\nTREE t = [&R] ((1,2)X,3)r;\nEND;\n",
]


def changed(text: str, rng: Random) -> str:
    """Return a text with something put in, taken out or doubled at up to three places."""
    for _ in range(rng.randint(1, 3)):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice([0, 1, 2, 5, 20, 60]))
        text = (
            text[:start]
            + rng.choice(["", rng.choice(BITS), text[end : end + rng.randrange(1, 30)]])
            + text[end:]
        )
    return text


@pytest.mark.parametrize("text", TREES)
def test_a_tree_with_anything_changed_is_read_or_refused(tmp_path, text):
    rng = Random(0)
    for _ in range(300):
        (tmp_path / "file").write_text(changed(text, rng))
        check(read_newick, tmp_path / "file")
        check(format_of, tmp_path / "file")


@pytest.mark.filterwarnings("ignore:No key type:UserWarning")
def test_graphml_with_anything_changed_is_read_or_refused(tmp_path):
    write_graphml(
        Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded(), tmp_path / "H.graphml"
    )
    text, rng = (tmp_path / "H.graphml").read_text(), Random(0)
    assert check(read_graphml, tmp_path / "H.graphml")
    for _ in range(300):
        (tmp_path / "file").write_text(changed(text, rng))
        check(read_graphml, tmp_path / "file")


# ---------------------------------------------------------------- the same rule in every reader

LISTED = {
    "gmt": (read_gmt, "S\t-\tNA\tTP53\nT\t-\tNA\t-\tXPA\n"),
    "msigdb": (
        read_msigdb,
        json.dumps({"S": {"geneSymbols": ["NA", "TP53"]}, "T": {"geneSymbols": ["NA", "-", "XPA"]}}),
    ),
    "topology": (read_topology, "ROOT: S 3\nGENES: NA TP53\nTERMS: T\nROOT: T 2\nGENES: NA - XPA\nTERMS:\n"),
}


@pytest.mark.parametrize("form", LISTED)
def test_na_is_a_gene_where_genes_are_listed_in_every_form(tmp_path, form):
    read, text = LISTED[form]
    (tmp_path / "file").write_text(text)
    H, report = read(tmp_path / "file")
    assert set(H.ranks[0]) == {"NA", "TP53", "XPA"}
    assert "(kept: a symbol of some)" in str(report)
    assert "with a placeholder for a name" in str(report)
    assert "()" not in str(report)


def test_na_in_the_cells_of_a_table_stands_for_nothing(tmp_path):
    (tmp_path / "file").write_text("gene,pathway\nNA,S\nTP53,S\nXPA,NA\n")
    assert read_edges(tmp_path / "file").hierarchy.ranks == (("TP53",), ("S",))


def test_leaves_of_one_name_are_counted_and_those_of_different_identifiers_a_fault(tmp_path):
    leaves = [{"id": 2, "name": "a"}, {"id": 3, "name": "a"}, {"id": 4, "name": "b"}]
    (tmp_path / "t.json").write_text(json.dumps({"id": 1, "name": "r", "children": leaves}))
    _, report = read_tree(tmp_path / "t.json")
    assert "leaves of one name with different identifiers (joined): 1 ('a')" in str(report)
    with pytest.raises(HassenetError, match="name='id'"):
        report.check()
    assert len(read_tree(tmp_path / "t.json", name="id").strict().hierarchy.ranks[0]) == 3
    (tmp_path / "t.json").write_text('{"P": ["x", "y"], "Q": ["x", "z"]}')
    assert "leaves in several places (one feature each): 1 ('x')" in str(
        read_tree(tmp_path / "t.json").strict().report
    )


@pytest.mark.parametrize("library", [pd, pl])
def test_columns_that_are_lineages_are_read_of_a_frame_too(library):
    H, report = read_column_lineages(library.DataFrame({"sample": ["s"], "B|a": [0.5], "B|c": [0.5]}))
    assert H.ranks == (("B|a", "B|c"), ("B",))
    assert "columns that are no lineages: 1 ('sample')" in str(report)


FILES = (
    read_tree,
    read_json,
    read_json_graph,
    read_obographs,
    read_msigdb,
    read_newick,
    read_graphml,
    read_lineages,
)


@pytest.mark.parametrize(
    "read", [*FILES, read_gmt, read_topology, read_paths, read_taxonomy, read_obo, read_ontology]
)
@pytest.mark.parametrize(
    "given", [{"a": "b"}, None, pd.DataFrame({"a": ["b"]}), 7], ids=["dict", "none", "frame", "7"]
)
def test_what_is_not_a_path_is_refused_by_readers_of_files(read, given):
    with pytest.raises(ParameterError, match="a file is named by its path; got a"):
        read(given)
