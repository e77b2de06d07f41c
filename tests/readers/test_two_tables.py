"""Edges and the features of their elements, from files, data frames, mappings and pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hassenet.errors import (
    CycleError,
    DataError,
    DuplicateElementError,
    FeatureError,
    HierarchyError,
    ParameterError,
)
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_annotations, read_edges, read_relation

from .reports import dropped, faults, made

EDGES = [("excision", "repair"), ("repair", "cell"), ("idle", "cell")]
FEATURES = [("XPA", "excision"), ("XPA", "repair"), ("TP53", "cell")]
EXPECTED = Hierarchy.from_relation([*FEATURES, *EDGES[:2]])


@pytest.mark.parametrize(
    "frame", [pd.DataFrame, lambda rows, columns: pl.DataFrame(rows, schema=columns, orient="row")]
)
def test_a_frame_says_what_a_file_says(frame, write):
    edges = frame(EDGES, columns=["child", "parent"])
    features = frame([(b, a) for a, b in FEATURES], columns=["element", "feature"])
    assert read_edges(edges, features=features).hierarchy == EXPECTED
    swapped = frame([(b, a, 1) for a, b in EDGES], columns=["up", "down", "weight"])
    assert read_edges(swapped, lower="down", upper="up", features=FEATURES).hierarchy == EXPECTED
    text = "\n".join(map(",".join, FEATURES))
    assert read_edges(edges, features=write(text + "\n")).hierarchy == EXPECTED


def test_mappings_pairs_and_what_a_reader_made_are_the_same_features():
    mapping = {"XPA": ["excision", "repair"], "TP53": "cell"}
    for features in (mapping, FEATURES, iter(FEATURES), read_relation(FEATURES)):
        H, report = read_edges(EDGES, features=features)
        assert H == EXPECTED
        assert made(report)["pairs (features)"] == 3


def test_what_no_feature_reaches_is_left_out_and_counted():
    H, report = read_edges(EDGES, features=FEATURES)
    assert "idle" not in H
    assert H.ranks[0] == ("XPA", "TP53")
    assert dropped(report) == {
        "elements that no feature reaches": 1,
        "pairs with elements that no feature reaches": 1,
        "pairs that others imply": 1,
    }
    assert not faults(report)


def test_features_of_unknown_elements_are_faults_and_strictness_refuses_them():
    reading = read_edges(EDGES, features=[*FEATURES, ("XPA", "nowhere"), ("AGE", "nowhere")])
    assert reading.hierarchy == EXPECTED
    assert faults(reading.report) == {
        "pairs of features with elements that are not there": 2,
        "features without an element that is there": 1,
    }
    with pytest.raises(DataError, match=r"2 \('nowhere'\); .*1 \('AGE'\); mend"):
        reading.strict()
    assert read_edges(EDGES, features=FEATURES).strict().hierarchy == EXPECTED


def test_if_no_element_fits_both_sides_are_shown():
    with pytest.raises(FeatureError, match=r"none of the 1 elements .*'GO:1'; in the hierarchy 'excision'"):
        read_edges(EDGES, features={"XPA": "GO:1"})


def test_a_feature_with_the_name_of_an_element_above_is_refused():
    with pytest.raises(DuplicateElementError, match="name of its own: 'repair'"):
        read_edges(EDGES, features={"repair": "cell"})


def test_rows_are_chosen_by_the_values_of_other_columns(write):
    path = write("a\tb\tisa\tBP\nb\tc\tpart of\tBP\na\tc\tregulates\tBP\nx\ty\tisa\tMF\n")
    H, report = read_edges(path, lower=0, upper=1, where={2: {"isa", "part of"}, 3: "BP"})
    assert H.ranks == (("a",), ("b",), ("c",))
    assert dropped(report) == {"pairs of other kinds": 2}
    with pytest.raises(ParameterError, match=r"has 'is_a' in column 2; there is, for instance, 'isa'"):
        read_edges(path, lower=0, upper=1, where={2: "is_a"})


def test_columns_are_chosen_from_tables_only():
    with pytest.raises(ParameterError, match="pairs have no columns"):
        read_relation(EDGES, lower=0, upper=1)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("a",)], r"got \('a',\)"),
        (["ab"], "got 'ab'"),
        ([3], "got 3"),
        ([("a", None)], "got None"),
        ([("a", ["b"])], "is hashable"),
    ],
)
def test_what_is_no_pair_is_refused(pairs, message):
    with pytest.raises(HierarchyError, match=message):
        read_edges(pairs)
    with pytest.raises(HierarchyError, match=message):
        read_edges(EDGES, features=pairs)


def test_pairs_may_be_lists_or_rows_of_an_array():
    assert read_edges([["a", "b"]]).hierarchy == Hierarchy.from_covers([("a", "b")])
    assert read_edges(np.array([[1, 2]])).hierarchy.shape == (1, 1)


def test_a_hole_in_a_frame_is_refused_with_its_row():
    with pytest.raises(DataError, match="row 1 of the table leaves the upper one empty"):
        read_edges(pd.DataFrame({"lower": ["a", "b"], "upper": ["c", None]}))


def test_a_cycle_is_shown_with_its_lines(write):
    path = write("a,b\nx,a\nb,c\nc,a\n", "edges.csv")
    with pytest.raises(CycleError, match=r"lines 1, 3, 4 of edges.csv") as caught:
        read_edges(path)
    assert set(caught.value.cycle) == {"a", "b", "c"}
    with pytest.raises(CycleError, match=r"lines 1, 3, 4 of edges.csv"):
        read_edges(path, features={"gene": "x"})


def test_a_self_loop_is_a_cycle(write):
    with pytest.raises(CycleError, match="'b' ⊏ 'b'.*line 2 of"):
        read_edges(write("a,b\nb,b\n"))


def test_pairs_given_twice_and_implied_are_counted():
    _, report = read_edges([("a", "b"), ("a", "b"), ("b", "c"), ("a", "c")])
    assert dropped(report) == {"pairs given twice": 1, "pairs that others imply": 1}


def test_a_file_that_may_be_cut_off_is_a_fault(write):
    reading = read_edges(write("a,b\nb,cell cyc"))
    assert faults(reading.report) == {"files whose last line has no end (cut off?)": 1}
    with pytest.raises(DataError, match="last line has no end"):
        reading.strict()


def test_the_excerpt_of_the_gene_ontology_reduces_to_what_networkx_finds(data):
    import networkx as nx

    chosen = {2: {"isa", "part of"}, 3: "BP"}
    edges = read_relation(data / "go_edges.tsv.gz", lower=0, upper=1, where=chosen)
    annotations = read_relation(data / "go_annotations.tsv.gz", lower=0, upper=1, where={3: "BP"})
    H, report = read_edges(edges, features=annotations)
    graph = nx.DiGraph([*edges, *annotations])
    genes = {gene for gene, _ in annotations}
    reach = set().union(*(nx.descendants(graph, gene) for gene in genes)) | genes
    assert set(H.to_networkx().edges) == set(nx.transitive_reduction(graph.subgraph(reach)).edges)
    assert set(H.ranks[0]) == genes
    assert made(report)["features"] == len(genes)


def test_annotations_are_features_of_edges(data, write):
    edges = read_relation(data / "go_edges.tsv.gz", lower=0, upper=1)
    cells = [
        "UniProtKB",
        "P1",
        "XPA",
        "",
        "GO:0006281",
        "PMID:1",
        "IDA",
        "",
        "P",
        "",
        "",
        "protein",
        "t",
        "d",
        "x",
    ]
    gaf = write("!gaf-version: 2.2\n" + "\t".join(cells) + "\n", "x.gaf")
    H, report = read_edges(edges, features=read_annotations(gaf))
    assert H.ranks[:2] == (("XPA",), ("GO:0006281",))
    assert made(report)["annotations (x.gaf)"] == 1
