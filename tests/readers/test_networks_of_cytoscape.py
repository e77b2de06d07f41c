"""SIF is read as it is specified: several targets a line, tabs or blanks, nodes alone."""

from __future__ import annotations

import gzip

import pytest

from hassenet.errors import DataError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_edges, write_edges
from hassenet.readers.formats import format_of

LINES = ["TP53\tpp\tMDM2\tCDKN1A", "XPA\tpp\tMDM2", "lonely"]
FORMS = {
    "tabs.sif": "\n".join(LINES),
    "blanks.sif": "\n".join(LINES).replace("\t", "  "),
    "dirt.sif": "\ufeff# made by hand\r\n\r\n" + "\t\r\n".join(LINES),
    "packed.sif.gz": "\n".join(LINES),
}


@pytest.fixture(params=FORMS)
def path(request, tmp_path):
    file, text = tmp_path / request.param, FORMS[request.param] + "\n"
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
    return file


def test_a_line_of_sif_has_an_edge_to_each_of_its_targets_and_never_is_a_gene_set(path):
    assert format_of(path) == "edges"
    H, report = read_edges(path)
    assert H.ranks == (("TP53", "XPA"), ("MDM2", "CDKN1A"))
    assert [count.n for count in report.dropped if "alone" in count.what] == [1]
    assert read_edges(path, lower=2, upper=0).hierarchy.ranks[0] == ("MDM2", "CDKN1A")
    assert read_edges(path, lower=0, upper=2, where={1: "pp"}).hierarchy == H


def test_relations_of_sif_that_are_signs_are_kept_with_several_targets_too(tmp_path):
    (tmp_path / "net.sif").write_text("IL6 activates CRP SAA1\nIL10 inhibits CRP\n")
    assert read_edges(tmp_path / "net.sif").hierarchy.signs == {
        ("IL6", "CRP"): 1,
        ("IL6", "SAA1"): 1,
        ("IL10", "CRP"): -1,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [("A pp B\nA pp\n", "line 2 of .* has 2 cells; complete it"), ("A\nB\n", "a network has edges")],
)
def test_a_line_of_sif_without_targets_is_refused(text, words, tmp_path):
    (tmp_path / "net.sif").write_text(text)
    with pytest.raises(DataError, match=words):
        read_edges(tmp_path / "net.sif")


@pytest.mark.parametrize("text", ["A\tB\nC\tB\n", "A,B\nC,B\n", "child\tparent\nA\tB\nC\tB\n"])
def test_pairs_in_a_file_that_is_called_sif_are_read_as_in_any_other(text, tmp_path):
    (tmp_path / "net.sif").write_text(text)
    assert read_edges(tmp_path / "net.sif").hierarchy.ranks == (("A", "C"), ("B",))


def test_what_was_written_is_read_under_that_name_too(tmp_path):
    H = Hierarchy.from_covers([("A", "B"), ("C", "B")])
    write_edges(H, tmp_path / "net.sif")
    assert read_edges(tmp_path / "net.sif").hierarchy == H
