from __future__ import annotations

import gzip

import networkx as nx
import pytest

from hassenet.errors import CycleError, DataError, DuplicateElementError, FeatureError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_gmt, read_reactome

from .reports import dropped, faults, made

FLAT = "repair\thttps://x\tBRCA2\tXPA\nexcision\tR2\tXPA\tERCC1\n"


def test_flat_sets_have_two_ranks(write_both):
    H, report = read_gmt(write_both(FLAT, "sets.gmt"))
    assert H.ranks == (("BRCA2", "XPA", "ERCC1"), ("repair", "excision"))
    assert made(report)["pairs of a gene and a set"] == 4
    assert not report.faults


@pytest.mark.parametrize(
    "text",
    [
        FLAT.replace("\n", "\r\n"),
        FLAT.replace("\tXPA\n", "\tXPA\t\t\n"),
        FLAT.replace("R2\tXPA", "R2\tXPA\tXPA"),
        f"\n{FLAT}\n",
    ],
)
def test_a_hierarchy_of_gene_sets_is_the_same_however_the_file_is_written(write, text):
    assert read_gmt(write(text)).hierarchy == read_gmt(write(FLAT, "other")).hierarchy


def test_sets_are_called_by_identifier_on_demand(write):
    assert read_gmt(write(FLAT), sets="identifier").hierarchy.ranks[1] == ("https://x", "R2")
    with pytest.raises(ParameterError, match="'name' or their 'identifier'; got 'url'"):
        read_gmt(write(FLAT), sets="url")


def test_propagated_sets_come_out_reduced(write):
    text = "top\t1\ta\tb\tc\nmiddle\t2\ta\tb\nlow\t3\ta\n"
    H, report = read_gmt(write(text), relations=[("low", "middle"), ("middle", "top")])
    assert H == Hierarchy.from_covers(
        [("a", "low"), ("b", "middle"), ("c", "top"), ("low", "middle"), ("middle", "top")],
        elements=["a", "b", "c"],
    )
    assert dropped(report) == {"pairs that others imply": 3}


def test_sets_that_no_relation_names_stay_and_are_counted(write):
    H, report = read_gmt(write(FLAT + "alone\tR3\tTP53\n"), relations={"excision": "repair"})
    assert H.below("alone") == ("TP53",)
    assert made(report)["sets that no relation names"] == 1


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("repair\n", DataError, "line 1 of .* has 1 cell"),
        ("\tR1\tXPA\n", DataError, "no name"),
        ("repair\tR1\n", DataError, "third cell"),
        ("repair\tR1\tXPA\n\nrepair\tR2\tXPA\n", DuplicateElementError, "'repair' stands on lines 1 and 3"),
        ("repair\tR1\trepair\n", DuplicateElementError, "name of its own: 'repair'"),
        ("", DataError, "is empty"),
        (gzip.compress(FLAT.encode() * 9, mtime=0)[:-9], DataError, "middle of its gzip stream"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(write, text, error, message):
    with pytest.raises(error, match=message):
        read_gmt(write(text))


def test_sets_without_genes_and_a_cut_line_are_faults(write):
    report = read_gmt(write(FLAT + "empty\tR9\nlast\tR10\tBRC")).report
    assert faults(report) == {
        "sets without genes": 1,
        "files whose last line has no end (cut off?)": 1,
    }


def test_a_cycle_of_relations_is_shown_with_the_lines_of_their_file(write):
    relations = write("repair,excision\nexcision,repair\n", "relations.csv")
    with pytest.raises(CycleError, match="lines 1, 2 of relations.csv"):
        read_gmt(write(FLAT, "sets.gmt"), relations=relations)


# ---------------------------------------------------------------- Reactome


@pytest.fixture
def reactome(data):
    return [data / f"reactome_{name}.gz" for name in ("sets.gmt", "relations.txt", "names.txt")]


def test_reactome_keeps_its_sets_and_reduces_its_pairs(reactome):
    gmt, relations, _ = reactome
    H, report = read_reactome(gmt, relations)
    graph = H.to_networkx()
    sets = dict(_sets(gmt))
    for pathway, genes in sets.items():
        assert {e for e in nx.ancestors(graph, pathway) if e not in sets} == genes
    pairs = [(gene, pathway) for pathway, genes in sets.items() for gene in genes]
    lines = gzip.decompress(relations.read_bytes()).decode().splitlines()
    pairs += [tuple(reversed(line.split("\t"))) for line in lines]
    assert set(graph.edges) == set(nx.transitive_reduction(nx.DiGraph(pairs)).edges)
    assert not report.faults
    assert dropped(report)["pairs that others imply"] == len(pairs) - H.n_covers


def _sets(gmt):
    for line in gzip.decompress(gmt.read_bytes()).decode().splitlines():
        _, pathway, *genes = line.split("\t")
        yield pathway, set(genes)


def test_pathways_are_called_by_their_names(reactome):
    H, report = read_reactome(*reactome)
    identified = read_reactome(*reactome[:2]).hierarchy
    assert H.shape == identified.shape
    assert H.rank("DNA Repair") == identified.rank("R-HSA-73894")
    assert not report.faults


def test_pathways_that_share_a_name_keep_their_identifiers_and_one_without_is_a_fault(write):
    gmt = write("A\tR-HSA-1\tx\nA\tR-HSA-2\ty\nB\tR-HSA-3\tz\nx\tR-HSA-4\tz\n", "sets.gmt")
    relations = write("R-HSA-1\tR-HSA-2\nR-HSA-4\tR-HSA-3\n", "relations.txt")
    names = write(
        'R-HSA-1\tA\tHomo sapiens\nR-HSA-2\tA\tHomo sapiens\nR-HSA-2\tA\t\nR-HSA-5\tA "b\nR-HSA-4\tx\n',
        "names.txt",
    )
    H, report = read_reactome(gmt, relations, names)
    assert {"A (R-HSA-1)", "A (R-HSA-2)", "x (R-HSA-4)", "R-HSA-3", "x"} <= {
        e for rank in H.ranks for e in rank
    }
    assert faults(report) == {"pathways without a name (called by their identifiers)": 1}


def test_a_pathway_with_two_names_has_the_first_and_is_a_fault(write):
    gmt = write("A\tR-HSA-1\tx\nB\tR-HSA-2\ty\n", "sets.gmt")
    relations = write("R-HSA-1\tR-HSA-2\n", "relations.txt")
    names = write("R-HSA-1\tA\nR-HSA-2\tB\nR-HSA-1\tA\nR-HSA-2\tC\nR-MMU-1\tA\nR-MMU-1\tB\n", "names.txt")
    H, report = reading = read_reactome(gmt, relations, names)
    assert H.ranks[1:] == (("B",), ("A",))
    assert faults(report) == {"pathways with two names (called by the first)": 1}
    with pytest.raises(DataError, match="'R-HSA-2'"):
        reading.strict()


def test_other_species_are_left_out_and_counted(write):
    gmt = write("A\tR-HSA-1\tx\nA\tR-MMU-1\tx\n", "sets.gmt")
    relations = write("R-HSA-2\tR-HSA-1\nR-MMU-2\tR-MMU-1\n", "relations.txt")
    H, report = read_reactome(gmt, relations)
    assert H.ranks == (("x",), ("R-HSA-1",), ("R-HSA-2",))
    assert dropped(report) == {
        "sets of other species": 1,
        "pairs of a gene and a set of other species": 1,
        "pairs of other species (relations.txt)": 1,
    }
    assert "R-MMU-2" in read_reactome(gmt, relations, species="MMU").hierarchy
    with pytest.raises(DataError, match=r"such as R-BTA-73843: there is none in sets.gmt.*'R-HSA-1'"):
        read_reactome(gmt, relations, species="BTA")


def test_names_in_wrong_columns_are_refused(write):
    gmt, relations = write("A\tR-HSA-1\tx\n", "sets.gmt"), write("R-HSA-2\tR-HSA-1\n", "relations.txt")
    with pytest.raises(DataError, match="line 1 of .*names.txt.* has 1 cell"):
        read_reactome(gmt, relations, write("R-HSA-1,A\n", "names.txt"))


def test_relations_of_other_sets_only_reach_nothing_but_are_not_an_error(write):
    H, report = reading = read_gmt(write(FLAT), relations=[("p", "q")])
    assert H.shape == (3, 2)
    assert dropped(report)["elements that no feature reaches"] == 2
    with pytest.raises(
        DataError, match="name only 0: in pairs stand, for instance, 'p', 'q'; sets are 'repair'"
    ):
        reading.strict()


def test_gene_sets_without_any_gene_are_refused(write):
    with pytest.raises((FeatureError, DataError)):
        read_gmt(write("repair\tR1\t\t\n"))


def test_weights_of_enrichr_are_left_out_and_counted(write):
    H, report = read_gmt(write("repair\t\tTP53,1.0\tXPA,2\t\nexcision\turl\tXPA,1e-3\n"))
    assert H.ranks == (("TP53", "XPA"), ("repair", "excision"))
    assert dropped(report) == {"weights of genes": 3}


def test_a_number_after_a_comma_may_belong_to_a_name(write):
    H, report = read_gmt(write("sugars\turl\tfructose 1,6\tglucose\n"))
    assert H.ranks[0] == ("fructose 1,6", "glucose")
    assert not report.dropped


def test_a_gene_with_the_name_of_a_set_is_refused_with_the_file(write):
    with pytest.raises(
        DuplicateElementError,
        match=r"'A' in sets.gmt name\(s\) an element above features too \(in sets.gmt\)",
    ):
        read_gmt(write("A\turl\tA\tb\n", "sets.gmt"))
    relations = write("A,B\n", "relations.csv")
    with pytest.raises(DuplicateElementError, match=r"'A' in sets.gmt .* \(in relations.csv\)"):
        read_gmt(write("A\turl\tA\tb\n", "sets.gmt"), relations=relations)
