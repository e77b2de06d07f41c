"""A small piece of a public file of each kind is read by one line, and all that is in it is accounted for.

Where the files are from stands in tests/data/ORIGIN.md.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import run  # noqa: F401 - a fixture

from hassenet.errors import HassenetWarning, HierarchyError
from hassenet.readers import (
    format_of,
    read_annotations,
    read_clades,
    read_codes,
    read_edges,
    read_json_graph,
    read_msigdb,
    read_newick,
    read_obographs,
)
from hassenet.tables import read_table

from .reports import dropped, faults, made

FOLDER = Path(__file__).parents[1] / "data" / "public"


def cells(name, separator="\t"):
    return [line.split(separator) for line in (FOLDER / name).read_text().splitlines()]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hallmark.json", "msigdb"),
        ("halobacteria.nwk", "newick"),
        ("metals.json", "json-graph"),
        ("metaphlan_profiles.tsv", "clades"),
        ("nucleus.json.gz", "obographs"),
    ],
)
def test_the_format_of_a_public_file_is_recognised(name, kind):
    assert format_of(FOLDER / name) == kind


def test_regulators_of_trrust_keep_the_signs_that_all_their_lines_agree_on():
    H, report = read_edges(
        FOLDER / "trrust_human.tsv", lower="Gene1", upper="Gene2", sign="Mode_of_Regulation"
    )
    _, *lines = cells("trrust_human.tsv")
    modes = {}
    for regulator, gene, mode, _ in lines:
        modes.setdefault((regulator, gene), set()).add(mode)
    signs = {"Activation": 1, "Repression": -1, "Unknown": 0}
    said = {pair: {signs[mode] for mode in found} - {0} for pair, found in modes.items()}
    assert made(report)["pairs"] == len(lines)
    assert dropped(report)["pairs given twice"] == len(lines) - len(modes)
    assert faults(report)["pairs that both activate and inhibit (free)"] == sum(
        s == {1, -1} for s in said.values()
    )
    assert made(report)["covers that activate"] == sum(s == {1} for s in said.values())
    assert made(report)["covers that inhibit"] == sum(s == {-1} for s in said.values())
    assert {*H.ranks[0]} == {regulator for regulator, _ in modes} - {gene for _, gene in modes}


def test_every_heading_of_mesh_lies_below_the_numbers_that_its_own_begins_with():
    H, report = read_codes(FOLDER / "mtrees.bin", "MeSH")
    lines = cells("mtrees.bin", ";")
    assert made(report)["pairs"] == len(lines)
    assert set(H.ranks[0]) <= {name for name, _ in lines}
    assert not faults(report)
    twice = {name for name, _ in lines if sum(name == other for other, _ in lines) > 1}
    assert "Papillary Muscles" in twice
    assert {*H.above("Papillary Muscles")} == {"A07.541.510.619", "A07.541.704.750"}
    assert "Heart Septum" in {name for name, _ in lines}
    assert any("," in name for name in H.ranks[0])  # "Myocytes, Cardiac" is one heading


def test_every_code_of_icd_10_cm_is_a_feature_below_its_chapter():
    H, report = read_codes(FOLDER / "icd10cm_codes.txt", "ICD-10")
    codes = (FOLDER / "icd10cm_codes.txt").read_text().split()
    assert made(report)["codes"] == len(codes) == H.shape[0]
    assert set(H.ranks[0]) == set(codes)
    assert not faults(report)
    assert {*H.ranks[-1], *H.ranks[-2]} >= {"IV (E00–E90)", "X (J00–J99)"}


def test_terms_of_obo_graphs_are_classes_and_subsets_are_not():
    H, report = read_obographs(FOLDER / "nucleus.json.gz")
    (graph,) = json.loads(gzip.decompress((FOLDER / "nucleus.json.gz").read_bytes()))["graphs"]
    classes = [node for node in graph["nodes"] if node.get("type") == "CLASS"]
    obsolete = sum(bool(node.get("meta", {}).get("deprecated")) for node in classes)
    assert made(report)["elements"] == len(classes) - obsolete == sum(H.shape)
    assert dropped(report)["terms that are obsolete"] == obsolete
    assert made(report)["pairs"] == len(graph["edges"])
    assert H.ranks[0], H.ranks[-1] == (("GO:0005634",), ("GO:0005575",))


def test_hallmark_sets_have_the_genes_that_stand_in_them():
    H, report = read_msigdb(FOLDER / "hallmark.json")
    sets = json.loads((FOLDER / "hallmark.json").read_text())
    for name, of_set in sets.items():
        assert {*H.below(name)} == {*of_set["geneSymbols"]}
    assert made(report)["pairs of a gene and a set"] == sum(len(s["geneSymbols"]) for s in sets.values())
    assert dropped(report)["attributes of sets"] == sum(
        len(s.keys() - {"geneSymbols", "systematicName"}) for s in sets.values()
    )


def test_the_leaves_of_a_phylogeny_are_its_genomes():
    H, report = read_newick(FOLDER / "halobacteria.nwk")
    text = (FOLDER / "halobacteria.nwk").read_text()
    leaves = re.findall(r"GCA_[^:,()]+", text)
    assert {*H.ranks[0]} == {*leaves}
    assert made(report)["leaves"] == len(leaves)
    assert made(report)["inner nodes"] == text.count("(")
    assert dropped(report)["lengths of branches"] == text.count(":")


def test_profiles_of_metaphlan_are_samples_whose_species_are_the_features():
    H, report = read_clades(FOLDER / "metaphlan_profiles.tsv")
    (_, *samples), *rows = cells("metaphlan_profiles.tsv")
    above = {r[0] for r in rows if any(other[0].startswith(f"{r[0]}|") for other in rows)}
    assert {*H.ranks[0]} == {clade for clade, *_ in rows} - above
    assert made(report)["samples"] == len(samples)
    assert sum(dropped(report).values()) == len(above)
    with pytest.warns(HassenetWarning, match="it is turned"):
        table = read_table(FOLDER / "metaphlan_profiles.tsv")
    assert table["sample"].tolist() == samples
    given = np.array([row[1:] for row in rows], float)
    np.testing.assert_array_equal(table.numbers([row[0] for row in rows]).T, given)


def test_a_graph_of_nodes_and_links_that_runs_downwards_is_turned_when_asked_and_else_refused():
    H, report = read_json_graph(FOLDER / "metals.json", arrows="down")
    graph = json.loads((FOLDER / "metals.json").read_text())
    assert made(report)["edges"] == len(graph["edges"])
    assert {*H.ranks[0]} == {"platinum", "palladium", "gold", "silver", "copper"}
    assert H.ranks[-1] == ("metal",)
    with pytest.raises(HierarchyError, match="arrows='down'"):
        read_json_graph(FOLDER / "metals.json")


def test_every_line_of_annotations_of_yeast_is_a_pair():
    relation = read_annotations(FOLDER / "goa_yeast.gaf")
    lines = [row for row in cells("goa_yeast.gaf") if not row[0].startswith("!")]
    assert {*relation.pairs} == {(row[2], row[4]) for row in lines}
    assert made(relation.report)["annotations"] == len(lines)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("trrust_human.tsv", ["--lower", "Gene1", "--upper", "Gene2", "--sign", "Mode_of_Regulation"]),
        ("mtrees.bin", ["--format", "codes", "--system", "MeSH"]),
        ("icd10cm_codes.txt", ["--format", "codes", "--system", "ICD-10"]),
        ("nucleus.json.gz", []),
        ("hallmark.json", []),
        ("halobacteria.nwk", []),
        ("metaphlan_profiles.tsv", []),
        ("metals.json", ["--arrows", "down"]),
    ],
)
def test_a_public_file_is_described_by_one_command(run, name, options):  # noqa: F811 - the fixture
    result = run("hierarchy", FOLDER / name, *options)
    assert result.exit_code == 0, result.stderr
    assert name in result.stdout
