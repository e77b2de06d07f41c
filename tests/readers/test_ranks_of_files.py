"""Ranks that a file gives follow each other, whatever numbers it holds; the report counts what is not a rank."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import DataError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.readers import (
    read_edges,
    read_graphml,
    read_json,
    read_paths,
    write_edges,
    write_graphml,
    write_json,
)
from hassenet.testing import sparse_hierarchies

from .reports import dropped

HUGE = 3_000_000
CLOSED = "ranks without elements (closed)"
WAYS = {
    "H.csv": (write_edges, read_edges),
    "H.json": (write_json, read_json),
    "H.graphml": (write_graphml, read_graphml),
}


@pytest.mark.parametrize("name", WAYS)
@given(H=sparse_hierarchies().map(lambda H: H.rename(str)), data=st.data())
def test_gaps_between_the_ranks_of_a_file_change_nothing_and_are_counted(name, H, data):
    write, read = WAYS[name]
    steps = data.draw(st.lists(st.integers(1, 4), min_size=H.depth, max_size=H.depth))
    spread = [sum(steps[:i]) for i in range(H.depth + 1)]
    pairs = [(low, up) for rank in H.ranks for up in rank for low in H.below(up)]
    ranks = {element: spread[i] for i, rank in enumerate(H.ranks) for element in rank}
    with TemporaryDirectory() as folder:
        write(Hierarchy.from_covers(pairs, rank=ranks, elements=ranks), Path(folder, name))
        reading = read(Path(folder, name))
    assert reading.hierarchy == H
    assert dropped(reading.report).get(CLOSED, 0) == spread[-1] - H.depth


def test_a_rank_of_millions_costs_nothing(write):
    text = f"lower,upper,rank,relay_of\na,,0,\nb,,1,\nc,,{HUGE},\na,b,,\nb,c,,\n"
    H, report = read_edges(write(text, "H.csv"))
    assert H.ranks == (("a",), ("b",), ("c",))
    assert dropped(report) == {CLOSED: HUGE - 2}
    elements = [{"name": "a", "rank": 0}, {"name": "b", "rank": 10**30}]
    H, report = read_json(write(json.dumps({"elements": elements, "covers": [["a", "b"]]}), "H.json"))
    assert H.shape == (1, 1)
    assert dropped(report) == {CLOSED: 10**30 - 1}


def test_a_relay_moves_with_its_rank(write):
    text = "lower,upper,rank,relay_of\na,,0,\na ↑5,,5,a\nb,,5,\nc,,9,\na,a ↑5,,\na,b,,\na ↑5,c,,\nb,c,,\n"
    H, _ = read_edges(write(text, "H.csv"))
    assert H.ranks == (("a",), (Relay("a", 1), "b"), ("c",))
    assert H.is_graded


def test_a_column_without_names_gives_no_rank(write):
    H, report = read_paths(write("rs1,,BRCA2\nrs2,,BRCA2\n", "paths.csv"))
    assert H.ranks == (("rs1", "rs2"), ("BRCA2",))
    assert dropped(report) == {CLOSED: 1}


def test_a_number_of_thousands_of_digits_is_refused(write):
    nines = "9" * 5000
    with pytest.raises(DataError, match="line 2 of"):
        read_edges(write(f"lower,upper,rank,relay_of\na,,{nines},\n", "H.csv"))
    text = '{"elements": [{"name": "a", "rank": ' + nines + '}], "covers": []}'
    with pytest.raises(DataError, match=r"numbers in JSON are not endless: .*H\.json"):
        read_json(write(text, "H.json"))


@pytest.mark.parametrize("ranks", [(0.5, 1.5), ("low", "high"), (False, True), (-1, 0), (0, None)])
def test_attributes_of_a_graph_that_are_not_ranks_are_left_out_and_counted(write, ranks):
    graph = nx.DiGraph([("a", "b"), ("b", "c"), ("a", "c")])
    for node, rank in zip("ab", ranks, strict=True):
        if rank is not None:
            graph.nodes[node]["rank"] = rank
    H, report = read_graphml(write("\n".join(nx.generate_graphml(graph)) + "\n", "x.graphml"))
    assert H.ranks == (("a",), ("b",), ("c",))
    n = sum(rank is not None for rank in ranks)
    assert dropped(report)["attributes 'rank' that are no ranks of all nodes"] == n


def test_attributes_of_a_graph_that_name_no_source_are_left_out_and_counted(write):
    graph = nx.DiGraph([("a", "b")])
    graph.nodes["b"]["relay_of"] = 7
    text = "\n".join(nx.generate_graphml(graph)) + "\n"
    H, report = read_graphml(write(text, "x.graphml"))
    assert H.ranks == (("a",), ("b",))
    assert dropped(report) == {"attributes 'relay_of' that name no element": 1}
