"""A file whose format is not known is refused with the remedy that fits what is in it."""

from __future__ import annotations

import json

import pytest

from hassenet.errors import DataError
from hassenet.readers import read_lineages, read_tree
from hassenet.readers.formats import format_of

UNKNOWN = {
    "codes.txt": ("code\nE11.9\nJ459\n", "--format codes, and --system"),
    "mtrees.bin": ("Heart;A07.541\nHeart Atria;A07.541.358\n", "--format codes"),
    "links.txt": ("protein1 protein2 score\n9606.E1 9606.E2 155\n", "in place of the blanks"),
    "semicolons.csv": ("gene;set\nXPA;repair\n", "in place of ';'"),
    "report.txt": (" 12.50\t100\t100\tU\t0\tunclassified\n 87.50\t700\t10\tR\t1\troot\n", "kreport2mpa"),
    "taxa.csv": ("asv,kingdom,genus\nACGT,Bacteria,Blautia\n", "a column a rank --format paths"),
    "go.ttl": ("@prefix owl: <http://www.w3.org/2002/07/owl#> .\n", "in OBO"),
    "net.gml": ("graph [\n node [ id 0 ]\n]\n", "networkx.read_gml"),
    "words.txt": ("one\n", "; give --format$"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_format_that_is_not_recognised_is_refused_with_the_remedy_for_its_lines(name, tmp_path):
    text, words = UNKNOWN[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=words):
        format_of(tmp_path / name)


@pytest.mark.parametrize("name", ["t.nwk", "t.nex", "t.tre", "t.newick"])
def test_a_phylogeny_is_known_by_its_name_too_where_it_was_cut_off(name, tmp_path):
    (tmp_path / name).write_text("((A,B),(C")
    assert format_of(tmp_path / name) == "newick"


@pytest.mark.parametrize("key", ["nodes", "items", "subClasses"])
@pytest.mark.parametrize("naming", ["text", "id", "label"])
def test_a_tree_whose_children_have_another_key_is_refused_and_not_read_as_a_mapping(key, naming, tmp_path):
    tree = [{naming: "cell", key: [{naming: "repair", key: [{naming: "XPA"}]}]}]
    (tmp_path / "tree.json").write_text(json.dumps(tree))
    with pytest.raises(DataError, match='children under another key; call that key "children"'):
        read_tree(tmp_path / "tree.json")


def test_sets_of_numbers_in_json_are_sets_of_these_as_text(tmp_path):
    (tmp_path / "sets.json").write_text('{"repair": [7507, 675], "excision": [7507]}')
    assert read_tree(tmp_path / "sets.json").hierarchy.ranks[0] == ("7507", "675")


def test_lines_of_lineages_without_any_name_are_a_fault(tmp_path):
    (tmp_path / "lineages.txt").write_text("a|b|c\n||\n | \na|d\n")
    reading = read_lineages(tmp_path / "lineages.txt")
    assert "lines without any name: 2" in str(reading.report)
    with pytest.raises(DataError, match="lines without any name"):
        reading.strict()
