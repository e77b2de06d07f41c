from __future__ import annotations

import gzip
import json

import pytest

from hassenet.errors import DataError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import write_edges, write_graphml, write_json
from hassenet.readers.formats import format_of

TEXTS = {
    "edges": "a,b\nb,c\n",
    "paths": "chr,layer0_node,layer0_name,layer1_node,layer1_name\n1,0,a,0,b\n",
    "ontology": "GO:1\tGO:2\tdefault\nGO:2\ta\tgene\n",
    "lineages": "a|b|c\na|d\n",
    "gmt": "set 1\turl\ta\tb\nset 2\turl\ta\n",
    "obo": "format-version: 1.2\n\n[Term]\nid: GO:1\n",
    "tree": json.dumps({"a": {"b": ["c"]}}),
    "graphml": "<?xml version='1.0'?><graphml/>",
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("name", ["x", "x.txt", "x.txt.gz"])
def test_the_format_is_told_by_the_content(write, kind, name):
    data = TEXTS[kind].encode()
    assert format_of(write(gzip.compress(data) if name.endswith("gz") else data, name)) == kind


@pytest.mark.parametrize(("name", "kind"), [("a.obo", "obo"), ("a.GMT", "gmt"), ("a.graphml.gz", "graphml")])
def test_or_by_the_name(name, kind):
    assert format_of(name) == kind


def test_what_was_written_is_known(tmp_path):
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


def test_annotations_are_no_hierarchy(write):
    with pytest.raises(DataError, match="give the file of the ontology, or of edges, before it"):
        format_of(write("!gaf-version: 2.2\n"))


@pytest.mark.parametrize("text", ["a\nb\n", "a,b,c\n1,2,3\n", "a;b\na;c\n", "a,b\nc\n"])
def test_what_cannot_be_told_is_refused_with_the_option(write, text):
    with pytest.raises(DataError, match="give --format"):
        format_of(write(text))
