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
from hassenet.readers import read_annotations, read_edges, read_gmt, read_obo, read_relation

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
    with pytest.raises(DataError, match=r"2 \('nowhere'\); .*1 \('AGE'\); correct"):
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
def test_items_that_are_not_pairs_are_refused(pairs, message):
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


def test_a_pair_of_an_element_with_itself_is_a_cycle(write):
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


def polars(rows, columns):
    return pl.DataFrame(rows, schema=columns, orient="row")


def pandas_of_arrow(rows, columns):
    return pd.DataFrame(rows, columns=columns).convert_dtypes(dtype_backend="pyarrow")


def categories(rows, columns):
    return pd.DataFrame(rows, columns=columns).astype("category")


def polars_categories(rows, columns):
    return polars(rows, columns).with_columns(pl.all().cast(pl.Categorical))


FRAMES = [pd.DataFrame, pandas_of_arrow, categories, polars, polars_categories]


@pytest.mark.parametrize("frame", FRAMES)
def test_frames_of_every_kind_are_edges_and_features(frame):
    edges = frame(EDGES, columns=["child", "parent"])
    features = frame([(b, a) for a, b in FEATURES], columns=["set", "gene"])
    assert read_edges(edges, features=features).strict().hierarchy == EXPECTED
    chosen = frame([(*pair, "isa") for pair in EDGES] + [("x", "y", "near")], columns=["a", "b", "c"])
    options = {"lower": "a", "upper": "b", "where": {"c": "isa"}}
    assert read_edges(chosen, **options, features=features).hierarchy == EXPECTED
    R = read_relation(
        frame([(*pair, "n") for pair in FEATURES], columns=["g", "s", "n"]), lower="g", upper="s"
    )
    assert read_edges(edges, features=R).hierarchy == EXPECTED


@pytest.mark.parametrize("frame", FRAMES)
def test_frames_are_annotations_of_ontologies_and_relations_of_sets(frame, write):
    obo = write("ontology: x\n\n[Term]\nid: GO:1\n\n[Term]\nid: GO:2\nis_a: GO:1\n", "x.obo")
    annotations = frame([("XPA", "GO:2")], columns=["gene", "go"])
    assert read_obo(obo, annotations=annotations).strict().hierarchy.ranks == (("XPA",), ("GO:2",), ("GO:1",))
    gmt = write("A\turl\tXPA\nB\turl\tTP53\n", "x.gmt")
    relations = frame([("A", "B")], columns=["child", "parent"])
    assert read_gmt(gmt, relations=relations).strict().hierarchy.below("B") == ("TP53", "A")


@pytest.mark.parametrize("frame", [pd.DataFrame, polars])
def test_numbers_of_a_frame_are_names_and_choose_rows(frame):
    numbers = frame([(1, 2, 7), (2, 3, 7), (1, 9, 8)], columns=["lower", "upper", "kind"])
    for kind in (7, [7], {7}):
        H, _ = read_edges(numbers, lower="lower", upper="upper", where={"kind": kind})
        assert H.ranks == ((1,), (2,), (3,))


@pytest.mark.parametrize("hole", [None, float("nan"), pd.NA, pd.NaT, "", "  "])
def test_every_hole_in_a_frame_is_refused(hole):
    with pytest.raises(DataError, match="row 0 of the table leaves the lower one empty"):
        read_edges(pd.DataFrame({"lower": pd.Series([hole], dtype=object), "upper": ["c"]}))


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (pd.DataFrame([("a", "b")], columns=["x", "x"]), DataError, "'x' heads columns 1 and 2 of the table"),
        (pd.DataFrame({"x": ["a"]}), DataError, "the table has 1; choose two by lower="),
        (pd.DataFrame({"lower": [], "upper": []}), DataError, "the table has a header and nothing below it"),
        (
            polars([("a", "b")], ["x", "y"]).lazy(),
            ParameterError,
            r"got LazyFrame; make it one, as by collect\(\)",
        ),
        (None, ParameterError, "got None; give one of these"),
        (3, ParameterError, "got 3; give one of these"),
    ],
)
def test_an_object_that_does_not_hold_pairs_is_refused(source, error, message):
    for read in (read_edges, lambda source: read_edges(EDGES, features=source)):
        if source is None and read is not read_edges:
            continue  # no features
        with pytest.raises(error, match=message):
            read(source)


def test_names_of_two_kinds_are_reported_with_examples_of_both():
    features = [(f"gene{k}", f"R-HSA-{k}") for k in range(30)] + [("XPA", "excision")]
    reading = read_edges(EDGES, features=features)
    told = (
        "only 1 of 31 names matched: elements in pairs are, for instance, 'R-HSA-0', 'R-HSA-1', 'R-HSA-2'; "
        "those of the hierarchy 'excision', 'repair', 'cell' and 1 more; give both the same kind of names"
    )
    assert told in faults(reading.report)
    with pytest.raises(DataError, match="only 1 of 31 names matched"):
        reading.strict()
    assert not any("matched" in what for what in faults(read_edges(EDGES, features=features[-20:]).report))


def test_every_annotation_to_an_unknown_or_obsolete_term_is_counted_and_listed(write):
    text = "ontology: x\n\n[Term]\nid: GO:1\n\n[Term]\nid: GO:2\nis_a: GO:1\n\n[Term]\nid: GO:3\nis_obsolete: true\n"
    genes = [
        ("a", "GO:2"),
        ("a", "GO:3"),
        ("e", "GO:3"),
        ("b", "GO:3"),
        ("b", "GO:8"),
        ("c", "GO:9"),
        ("d", "GO:9"),
    ]
    reading = read_obo(write(text, "x.obo"), annotations=genes)
    listed = {count.what: (count.n, count.names) for count in reading.report.faults}
    assert listed == {
        "annotations to obsolete terms (features)": (3, ("GO:3",)),
        "features of obsolete terms that have no other term here (features)": (1, ("e",)),
        "pairs of features with elements that are not there": (3, ("GO:8", "GO:9")),
        "features without an element that is there": (3, ("b", "c", "d")),
    }
    with pytest.raises(DataError, match="obsolete terms"):
        reading.strict()
