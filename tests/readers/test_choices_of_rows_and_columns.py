"""Values chosen that there are not, columns by label and by number, and the order of a header."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from hassenet.errors import DataError, HierarchyError, ParameterError, UnknownElementError
from hassenet.readers import read_edges, read_relation

from .reports import faults

ROWS = "low,up,kind\na,b,is_a\nb,c,part_of\na,c,near\n"


# ------------------------------------------------------------------ values


def test_each_value_that_no_row_has_is_a_fault_that_names_what_there_is(write):
    chosen = {"lower": "low", "upper": "up", "where": {"kind": ["is_a", "partof"]}}
    reading = read_edges(write(ROWS), **chosen)
    assert faults(reading.report) == {"values of column 'kind' that no row has": 1}
    message = r"no row has: 1 \('partof'\); there is 'part_of', 'is_a', 'near'; or read it without strict"
    with pytest.raises(DataError, match=message):
        reading.strict()


def test_a_choice_given_as_text_is_one_value(write):
    H = read_edges(write(ROWS), lower="low", upper="up", where={"kind": "is_a"}).strict().hierarchy
    assert H.ranks == (("a",), ("b",))


@pytest.mark.parametrize("where", [["kind"], "kind", 3])
def test_a_choice_of_rows_that_is_not_a_mapping_is_refused(write, where):
    with pytest.raises(ParameterError, match="where is a mapping from columns to the values wanted; got"):
        read_edges(write(ROWS), lower="low", upper="up", where=where)


@pytest.mark.parametrize("values", [[], None, [None], [["is_a"]]])
def test_a_choice_of_rows_without_values_is_refused(write, values):
    with pytest.raises(ParameterError, match="rows by column 'kind' are chosen by a name or several; got"):
        read_edges(write(ROWS), lower="low", upper="up", where={"kind": values})


def test_rows_cannot_be_chosen_by_a_column_of_lists():
    frame = pd.DataFrame({"low": ["a"], "up": ["b"], "kind": [["is_a"]]})
    with pytest.raises(DataError, match=r"chosen by text or numbers: row 0 of the table has \['is_a'\]"):
        read_edges(frame, lower="low", upper="up", where={"kind": "is_a"})


def test_rows_whose_value_is_missing_are_of_other_kinds():
    kinds = pd.array(["is_a", None], dtype="string")
    frame = pd.DataFrame({"low": ["a", "b"], "up": ["b", "c"], "kind": kinds})
    H = read_edges(frame, lower="low", upper="up", where={"kind": ["is_a", "part_of"]}).hierarchy
    assert H.ranks == (("a",), ("b",))


# ------------------------------------------------------------------ columns


def test_where_labels_are_numbers_columns_are_chosen_by_label():
    frame = pd.DataFrame({2: ["c"], 0: ["a"], 1: ["b"]})
    assert read_relation(frame, lower=0, upper=1).pairs == (("a", "b"),)
    assert read_relation(frame, lower=2, upper=0, where={1: "b"}).pairs == (("c", "a"),)
    with pytest.raises(ParameterError, match=r"has the header 2, 0, 1, and no 7; choose one of these"):
        read_relation(frame, lower=7, upper=0)


def test_where_labels_are_text_columns_may_be_chosen_by_number():
    frame = pd.DataFrame({"x": ["a"], "y": ["b"]})
    assert read_relation(frame, lower=1, upper=0).pairs == (("b", "a"),)


def test_numbers_of_numpy_choose_columns(write):
    path = write("a,1,b\nb,1,c\n")
    assert read_edges(path, lower=np.int64(0), upper=np.int32(2)).hierarchy.ranks == (("a",), ("b",), ("c",))


def test_blanks_around_names_are_taken_off_in_a_frame_as_in_a_file(write):
    rows = [("a ", "b"), ("a", " b")]
    frame = pd.DataFrame(rows, columns=["child", "parent"])
    of_file = read_edges(write("".join(f"{a},{b}\n" for a, b in rows)))
    assert read_edges(frame).hierarchy == of_file.hierarchy


def test_a_name_that_heads_two_of_very_many_columns_is_found(write):
    names = [f"c{k}" for k in range(20_000)]
    path = write(",".join([*names, "c7"]) + "\n" + ",".join("a" for _ in range(20_001)) + "\n")
    with pytest.raises(DataError, match="'c7' heads columns 8 and 20001"):
        read_edges(path, lower="c1", upper="c2")


# ------------------------------------------------------------------ the order of a header


@pytest.mark.parametrize(
    "header",
    [
        "# parent, child",
        "#parent,child",
        "# Parent node, Child node",
        "parent, child",
        "# Parent ID,Child ID",
        "# first the parent, then its child",
    ],
)
def test_a_header_says_the_order_with_blanks_after_commas_or_without(write, header):
    H = read_edges(write(f"{header}\nroot,leaf1\nroot,leaf2\n")).strict().hierarchy
    assert H.ranks == (("leaf1", "leaf2"), ("root",))


def test_a_sentence_with_a_comma_is_not_taken_for_a_header_and_the_header_below_it_is(write):
    for comment in ("# made by hand, see the supplement", "# supplement, 3"):
        H = read_edges(write(f"{comment}\nparent,child\nroot,leaf\n")).hierarchy
        assert H.ranks == (("leaf",), ("root",))
        assert read_edges(write("# made by hand, see there\na,b\n")).hierarchy.ranks == (("a",), ("b",))


# ------------------------------------------------------------------ what is not pairs


def test_ranks_that_are_given_are_those_of_all_elements_even_where_there_is_none():
    for features in (None, {"g": "a"}):
        with pytest.raises(UnknownElementError, match="every element needs a rank: none is given for"):
            read_edges([("a", "b")], features=features, rank={})


def test_the_edges_of_a_graph_of_networkx_are_read_as_pairs():
    graph = nx.DiGraph([("a", "b"), ("b", "c")])
    for edges in (graph.edges, graph.edges(), list(graph.edges)):
        assert read_edges(edges).hierarchy.ranks == (("a",), ("b",), ("c",))


@pytest.mark.parametrize("graph", [nx.DiGraph([((0, 0), (0, 1))]), nx.Graph([("ab", "cd")])])
def test_a_graph_is_not_taken_for_pairs_even_where_its_nodes_are_pairs(graph):
    with pytest.raises(ParameterError, match=r"a graph is read by read_networkx; got a (Di)?Graph"):
        read_edges(graph)


def test_a_mapping_leads_to_names_or_lists_of_them():
    with pytest.raises(ParameterError, match="several in a list; got a generator; make it a list"):
        read_edges({"a": (name for name in "bc")})
    with pytest.raises(HierarchyError, match="is hashable"):
        read_edges({"a": {"b": 1}})
