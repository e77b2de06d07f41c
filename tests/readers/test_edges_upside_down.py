"""Pairs that stand upside down are not read so: features tell which end is the lower one, or else the shape does."""

from __future__ import annotations

import json

import networkx as nx
import pandas as pd
import polars as pl
import pytest

from hassenet import Hierarchy
from hassenet.errors import DataError, HierarchyError
from hassenet.readers import (
    read_edges,
    read_gmt,
    read_graphml,
    read_json_graph,
    read_networkx,
    read_relation,
    read_tree,
    write_edges,
    write_graphml,
)

TREE = [("A", "root"), ("B", "root"), ("g1", "A"), ("g2", "A"), ("g3", "B")]
DAG = [*TREE, ("g2", "B"), ("g4", "A"), ("g4", "B"), ("g5", "B")]
SETS = [(f"g{k}", f"s{j}") for j in range(4) for k in range(30) if k % (j + 2) == 0 or k // 8 == j]
FEATURES = {"x1": "g1", "x2": "g2", "x3": "g3"}
ORDERS = {"tree": TREE, "order": DAG, "sets": SETS}
LOOKS = "looks as if the upper one stood first"


def lines(pairs, mark=","):
    return "".join(f"{mark.join(pair)}\n" for pair in pairs)


def turned(pairs):
    return [(up, low) for low, up in pairs]


def node_link(path, pairs, **_):
    nodes = [{"id": name} for name in dict.fromkeys(name for pair in pairs for name in pair)]
    path.write_text(json.dumps({"nodes": nodes, "links": [{"source": a, "target": b} for a, b in pairs]}))
    return read_json_graph, path, {"arrows": "down"}


def vis(path, pairs):
    nodes = [{"id": name} for name in dict.fromkeys(name for pair in pairs for name in pair)]
    path.write_text(json.dumps({"nodes": nodes, "edges": [{"from": a, "to": b} for a, b in pairs]}))
    return read_json_graph, path, {"arrows": "down"}


def graphml(path, pairs):
    nx.write_graphml(nx.DiGraph(pairs), path)
    return read_graphml, path, {"arrows": "down"}


def table(header="", mark=","):
    choice = dict(zip(("upper", "lower"), header.strip().split(mark) if header else (0, 1), strict=True))

    def written(path, pairs):
        path.write_text(header + lines(pairs, mark))
        return read_edges, path, choice

    return written


def frame(library):
    def made(path, pairs):
        names = ["source", "target"]
        columns = dict(zip(names, map(list, zip(*pairs, strict=True)), strict=True))
        return read_edges, library.DataFrame(columns), {"lower": "target", "upper": "source"}

    return made


FORMS = {
    "csv": table(),
    "tsv": table(mark="\t"),
    "source,target": table("source,target\n"),
    "From,To": table("From,To\n"),
    "pandas": frame(pd),
    "polars": frame(pl),
    "node-link": node_link,
    "vis.js": vis,
    "graphml": graphml,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("order", ORDERS)
def test_pairs_with_the_upper_one_first_are_refused_unless_the_direction_is_chosen(tmp_path, form, order):
    right = Hierarchy.from_relation(ORDERS[order])
    read, source, chosen = FORMS[form](tmp_path / "file", turned(ORDERS[order]))
    with pytest.raises(
        HierarchyError, match=rf"{LOOKS}, since it would have .* at the bottom .*; .*(lower=1|'down')"
    ):
        read(source)
    assert {*read(source, **chosen).hierarchy.ranks[0]} == {*right.ranks[0]}
    read, source, _ = FORMS[form](tmp_path / "file", ORDERS[order])
    assert {*read(source).hierarchy.ranks[0]} == {*right.ranks[0]}


@pytest.mark.parametrize("form", FORMS)
def test_features_tell_which_end_is_the_lower_one_whatever_the_shape(tmp_path, form):
    read, source, chosen = FORMS[form](tmp_path / "file", turned(TREE))
    with pytest.raises(HierarchyError, match=rf"{LOOKS}, since features belong to what stands last"):
        read(source, features=FEATURES)
    assert read(source, features=FEATURES, **chosen).hierarchy.ranks[0] == ("x1", "x2", "x3")
    few = [("x", "root")]  # of a few elements that lead to many
    read, source, _ = FORMS[form](tmp_path / "file", turned(TREE))
    assert read(source, features=few).hierarchy.ranks[0] == ("x",)


@pytest.mark.parametrize(
    "header", ["lower,upper", "Child,Parent", "gene_symbol,pathway", "subclass,superclass"]
)
def test_heads_that_say_which_column_is_the_lower_one_are_believed(tmp_path, header):
    (tmp_path / "e.csv").write_text(f"{header}\n{lines(turned(TREE))}")
    assert read_edges(tmp_path / "e.csv").hierarchy.ranks[0] == ("root",)
    other = ",".join(reversed(header.split(",")))
    (tmp_path / "e.csv").write_text(f"{other}\n{lines(turned(TREE))}")
    assert {*read_edges(tmp_path / "e.csv").hierarchy.ranks[0]} == {"g1", "g2", "g3"}


def test_pairs_mappings_and_graphs_in_python_keep_their_order():
    assert read_edges(turned(TREE)).hierarchy.ranks[0] == ("root",)
    assert read_edges({"root": ["A", "B"]}).hierarchy.ranks[0] == ("root",)
    assert read_networkx(nx.DiGraph(turned(TREE))).hierarchy.ranks[0] == ("root",)
    assert read_relation(turned(TREE)).directed


def test_what_was_written_is_read_again_whatever_its_shape(tmp_path):
    H = Hierarchy.from_relation(turned(TREE))
    write_edges(H, tmp_path / "H.csv")
    write_graphml(H, tmp_path / "H.graphml")
    assert read_edges(tmp_path / "H.csv").hierarchy == H == read_graphml(tmp_path / "H.graphml").hierarchy


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "b")],
        [("a", "b"), ("b", "c")],
        [("a", "s1"), ("b", "s2")],
        [(f"x{k}", f"s{j}") for k in range(3) for j in range(8)],
        [("a", "s1"), ("b", "s1"), ("a", "s2"), ("b", "s3"), ("c", "s3"), ("c", "s2")],
    ],
    ids=["pair", "chain", "one to one", "few features of many sets", "overlap"],
)
def test_shapes_that_tell_nothing_are_read_as_documented(tmp_path, pairs):
    (tmp_path / "e.csv").write_text(lines(pairs))
    assert {*read_edges(tmp_path / "e.csv").hierarchy.ranks[0]} == {*Hierarchy.from_relation(pairs).ranks[0]}


def test_relations_between_sets_are_refused_with_the_parent_first(tmp_path):
    (tmp_path / "sets.gmt").write_text("".join(f"{name}\t-\t{name}1\t{name}2\n" for name in "ABCDr"))
    (tmp_path / "above.tsv").write_text(lines([("r", name) for name in "ABCD"], "\t"))
    with pytest.raises(HierarchyError, match=LOOKS):
        read_gmt(tmp_path / "sets.gmt", relations=tmp_path / "above.tsv")
    above = read_relation(tmp_path / "above.tsv", lower=1, upper=0)
    assert read_gmt(tmp_path / "sets.gmt", relations=above).hierarchy.ranks[-1] == ("r",)


@pytest.mark.parametrize("value", [{"A": "S", "B": "S"}, {"A": ["S"], "B": ["S"], "S": "T"}, dict(DAG)])
def test_a_mapping_from_children_to_parents_is_not_a_tree(tmp_path, value):
    (tmp_path / "t.json").write_text(json.dumps(value))
    with pytest.raises(
        DataError, match="mapping from each element to what stands above it; read it by read_edges"
    ):
        read_tree(tmp_path / "t.json")
    assert read_edges(value).hierarchy.ranks[-1] in [("S",), ("T",), ("root",)]


@pytest.mark.parametrize(
    "value", [{"A": "g1", "B": "g2"}, {"S": ["g1", "g2"], "T": ["g2"]}, {"S": {"A": "x", "B": "x"}}]
)
def test_a_tree_of_names_is_still_one(tmp_path, value):
    (tmp_path / "t.json").write_text(json.dumps(value))
    assert set(read_tree(tmp_path / "t.json").hierarchy.ranks[0]) <= {"g1", "g2", "x"}
