"""A path that is also what its file holds: readers take it for a path, and the file is read once."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from hassenet import readers
from hassenet.errors import DataError
from hassenet.files.content import FileContent
from hassenet.readers.formats import format_of

READERS = {
    "gmt": (readers.read_gmt, "S1\tR1\ta\tb\nS2\tR2\ta\tb\tc\n"),
    "edges": (readers.read_edges, "a,b\nb,c\n"),
    "obo": (readers.read_obo, "format-version: 1.4\n\n[Term]\nid: GO:1\n\n[Term]\nid: GO:2\nis_a: GO:1\n"),
    "tree": (readers.read_tree, '{"a": ["b"]}'),
    "json": (readers.read_json, '{"elements": [{"name": "a", "rank": 0}], "covers": []}'),
    "lineages": (readers.read_lineages, "A|b\nA|c\n"),
    "paths": (readers.read_paths, "layer0_name,layer1_name\na,b\n"),
    "ontology": (readers.read_ontology, "GO:1\ta\tgene\n"),
}


@pytest.mark.parametrize("kind", READERS)
def test_a_file_is_not_read_again_after_its_format_was_recognised(write_both, kind):
    read, text = READERS[kind]
    path = write_both(text)
    expected = read(path)
    file = FileContent(path)
    assert format_of(file) == kind
    path.unlink()
    assert read(file) == expected


def test_annotations_in_two_columns_are_read_once(write):
    path = write("gene\tGO:1\n")
    file = FileContent(path)
    assert file.text
    path.unlink()
    assert readers.read_annotations(file).pairs == (("gene", "GO:1"),)


def test_the_content_of_a_file_can_be_given_in_place_of_its_path(write):
    path = write("a,b\n", "edges.csv")
    file = FileContent(path)
    assert (str(file), os.fspath(file), Path(file)) == (str(path), str(path), path)
    assert FileContent.of(file) is file
    assert FileContent.of(str(path)).text == "a,b\n"


def test_gzipped_bytes_are_recognised_by_how_they_begin_and_not_by_a_name(write):
    for name in ("edges.csv", "edges.csv.gz"):
        assert FileContent(write("a,b\n", name)).text == "a,b\n"
        assert FileContent(write(gzip.compress(b"a,b\n"), name)).text == "a,b\n"


def test_the_bytes_of_a_file_in_another_encoding_can_be_had_and_its_text_cannot(write):
    file = FileContent(write("größe\n".encode("latin-1")))
    assert file.content == "größe\n".encode("latin-1")
    with pytest.raises(DataError, match="must be text in UTF-8"):
        _ = file.text
