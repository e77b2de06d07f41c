from __future__ import annotations

import gzip
import json

import pytest

from hassenet.errors import DataError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_column_lineages, write_edges, write_graphml, write_json
from hassenet.readers.formats import format_of

TEXTS = {
    "edges": "a,b\nb,c\n",
    "paths": "chr,layer0_node,layer0_name,layer1_node,layer1_name\n1,0,a,0,b\n",
    "ontology": "GO:1\tGO:2\tdefault\nGO:2\ta\tgene\n",
    "lineages": "a|b|c\na|d\n",
    "gmt": "set 1\turl\ta\tb\nset 2\turl\ta\n",
    "obo": "format-version: 1.2\n\n[Term]\nid: GO:1\n",
    "tree": json.dumps({"a": {"b": ["c"]}}),
    "json-graph": json.dumps({"nodes": [{"id": "a"}], "links": []}),
    "obographs": json.dumps({"graphs": [{"nodes": [], "edges": []}]}),
    "msigdb": json.dumps({"SET": {"geneSymbols": ["TP53"]}}),
    "newick": "((A:0.1,B:0.2)n1:0.3,C:0.4)root;\n",
    "topology": "ROOT: GO:1 1\nGENES: TP53\nTERMS:\n",
    "graphml": "<?xml version='1.0'?><graphml/>",
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("name", ["x", "x.txt", "x.txt.gz"])
def test_the_format_is_recognised_by_the_content(write, kind, name):
    data = TEXTS[kind].encode()
    assert format_of(write(gzip.compress(data) if name.endswith("gz") else data, name)) == kind


@pytest.mark.parametrize(("name", "kind"), [("a.obo", "obo"), ("a.GMT", "gmt"), ("a.graphml.gz", "graphml")])
def test_the_format_is_recognised_by_the_name_of_the_file(name, kind):
    assert format_of(name) == kind


def test_a_file_that_hassenet_wrote_is_recognised(tmp_path):
    H = Hierarchy.complete(2, 1)
    for write, name, kind in (
        (write_edges, "H.tsv", "edges"),
        (write_json, "H.json", "json"),
        (write_graphml, "H", "graphml"),
    ):
        write(H, tmp_path / name)
        assert format_of(tmp_path / name) == kind


def test_another_separator_makes_lineages(write):
    assert format_of(write("a;b\na;c\n"), sep=";") == "lineages"


def test_annotations_are_refused_as_a_hierarchy(write):
    with pytest.raises(DataError, match="give the file of the ontology, or of edges, before it"):
        format_of(write("!gaf-version: 2.2\n"))


def test_relations_of_reactome_are_refused_as_edges_since_they_stand_upside_down(write):
    with pytest.raises(
        DataError, match="the parent first; give ReactomePathways.gmt before it, or, .*--lower 1"
    ):
        format_of(write("R-HSA-1\tR-HSA-2\nR-MMU-1\tR-MMU-2\n"))


LINEAGES = {
    "commas inside names": "B|X|a, b\nB|X|c, d\n",
    "several commas": "B|X|a, b, c\nB|X|d,e,f\nB|Y\n",
    "commas in some": "B|X|a\nB|X|c, d\n",
    "one without levels": "B|X|a\nB|Y|b\nArchaea\n",
}


@pytest.mark.parametrize("text", LINEAGES.values(), ids=LINEAGES)
def test_commas_in_lineages_do_not_separate_columns(write, text):
    assert format_of(write(text)) == "lineages"


@pytest.mark.parametrize("text", ["A|x,A\nB|y,B\n", "A|x|1,A|x\nA|x,A\n", "A|x\tA\nB|y\tB\n", '"A|x, y",A\n'])
def test_lineages_may_be_elements_of_edges(write, text):
    assert format_of(write(text)) == "edges"


@pytest.mark.parametrize("kind", ["edges", "ontology", "paths", "lineages", "gmt"])
def test_comments_at_the_head_do_not_matter(write, kind):
    assert format_of(write("# a comment, with commas\n\n# another\n" + TEXTS[kind])) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a,b\nc,d\ne\n", "edges"),
        ("a,b\nc\n", "edges"),
        ("GO:1\ta\tgene\nGO:2\tb\tgene\nGO:3\tc\tge\n", "ontology"),
    ],
)
def test_a_line_that_is_cut_off_does_not_matter_for_the_format(write, text, kind):
    assert format_of(write(text)) == kind


def test_a_table_that_is_cut_off_is_not_taken_for_gene_sets(write):
    with pytest.raises(DataError, match="its lines have 3 to 4 column"):
        format_of(write("a\tb\tc\td\n" * 3 + "a\tb\tc"))


def test_semicolons_are_named_with_both_remedies(write):
    with pytest.raises(DataError, match="in place of ';', or, if these are lineages, give --sep ';'"):
        format_of(write("a;b\na;c\n"))


@pytest.mark.parametrize("text", ["a\nb\n", "a,b,c\n1,2,3\n", "# a\n", '"' + "a" * 200_000])
def test_a_file_of_unknown_format_is_refused_with_the_option_that_names_it(write, text):
    with pytest.raises(DataError, match="give --format"):
        format_of(write(text))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("sep", ["|", ";"])
def test_a_table_whose_columns_are_lineages_is_recognised(write, rows, sep):
    head = f"sample,k__B{sep}p__F,k__B{sep}p__G,age\n"
    path = write(head + "s,1,2,30\n" * rows)
    assert format_of(path) == "columns"
    assert read_column_lineages(path).hierarchy.ranks[1] == ("k__B",)
