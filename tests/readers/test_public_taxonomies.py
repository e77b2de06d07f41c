"""Small pieces of the files that GTDB, SILVA and QIIME 2 give out (tests/data/ORIGIN.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from hassenet.readers import format_of, read_taxonomy

from .reports import dropped, made

FOLDER = Path(__file__).parent.parent / "data" / "taxonomies"


@pytest.mark.parametrize(
    ("name", "features", "taxa", "root"),
    [
        ("gtdb.tsv", 4, 26, "d__Bacteria"),
        ("taxmap_slv_ssu.txt", 4, 19, "Bacteria"),
        ("taxonomy.tsv", 9, 38, "k__Bacteria"),
        ("tax_slv_ssu.txt", 3, 8, "Archaea"),
    ],
)
def test_a_public_taxonomy_is_read_by_one_line(name, features, taxa, root):
    assert format_of(FOLDER / name) == "taxonomy"
    H, report = read_taxonomy(FOLDER / name)
    assert made(report)["lineages"] == features == H.shape[0]
    assert made(report)["taxa above them"] == taxa
    assert root in H.ranks[-1]


def test_every_taxon_of_silva_is_an_element_called_by_its_path():
    H, report = read_taxonomy(FOLDER / "tax_slv_ssu.txt")
    lines = (FOLDER / "tax_slv_ssu.txt").read_text().splitlines()
    paths = {line.split("\t")[0].removesuffix(";") for line in lines}
    assert {e for rank in H.ranks for e in rank if isinstance(e, str)} == paths
    assert dropped(report) == {"columns beside taxa": 4}


def test_sequences_of_silva_are_called_as_in_its_alignments():
    H, _ = read_taxonomy(FOLDER / "taxmap_slv_ssu.txt")
    assert H.ranks[0][0] == "A16379.1.1485"


def test_a_lineage_of_unnamed_levels_is_counted_and_kept_apart():
    H, report = read_taxonomy(FOLDER / "taxonomy.tsv")
    assert dropped(report)["levels without a name"] == 20
    assert "SH3239536.08FU_UDB0655728_reps_singleton" in H.ranks[0]
    assert not any("unidentified" in str(e) for rank in H.ranks[1:] for e in rank)
