"""Gene sets as mappings, in MSigDB's JSON and in DCell's topology."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from hassenet.errors import DataError, DuplicateElementError, HierarchyError, ParameterError
from hassenet.readers import read_gene_sets, read_gmt, read_msigdb, read_topology

from .reports import dropped, faults, made

SETS = {"REPAIR": ["BRCA2", "XPA", "XPA"], "EXCISION": ["XPA", "-"], "EMPTY": []}
RELATIONS = [("EXCISION", "REPAIR")]


def gmt(write):
    return write("".join("\t".join([name, f"M{len(name)}", *genes]) + "\n" for name, genes in SETS.items()))


def msigdb(write, **more):
    data = {
        name: {"systematicName": f"M{len(name)}", "pmid": "1", "geneSymbols": genes, **more}
        for name, genes in SETS.items()
    }
    return write(json.dumps(data), "sets.json")


@pytest.mark.parametrize("sets", ["name", "identifier"])
def test_sets_in_msigdbs_json_are_read_as_in_gmt(write, sets):
    H, report = read_msigdb(msigdb(write), sets=sets)
    expected, of_gmt = read_gmt(gmt(write), sets=sets)
    assert H == expected
    assert dropped(report) == {**dropped(of_gmt), "attributes of sets": 3}
    assert faults(report) == faults(of_gmt) == {"sets without genes": 1}


def test_a_mapping_is_read_as_in_gmt_with_relations_too(write):
    H, report = read_gene_sets(SETS, relations=RELATIONS)
    expected, of_gmt = read_gmt(gmt(write), relations=RELATIONS)
    assert H == expected
    assert dropped(report) == dropped(of_gmt)


@pytest.mark.parametrize("kind", [list, tuple, dict.fromkeys, np.array, pd.Series, pd.Index])
def test_the_genes_of_a_set_stand_in_anything_that_lists_them(kind):
    genes = kind(["BRCA2", "XPA"])
    sets = {"REPAIR": genes.keys() if isinstance(genes, dict) else genes}
    assert read_gene_sets(sets).hierarchy.ranks == (("BRCA2", "XPA"), ("REPAIR",))


BAD_MAPPINGS = {
    "pairs": (
        [("REPAIR", "XPA")],
        ParameterError,
        "gene sets are a mapping from a set to its genes; got a list",
    ),
    "text": ({"REPAIR": "XPA"}, ParameterError, "those of 'REPAIR' are a str"),
    "once": ({"REPAIR": iter(["XPA"])}, ParameterError, "those of 'REPAIR' are a list_iterator"),
    "number": ({"REPAIR": 5}, ParameterError, "those of 'REPAIR' are a int"),
    "none": ({"REPAIR": []}, DataError, "a gene set has genes: no set of sets has any"),
    "missing": ({"REPAIR": [float("nan")]}, HierarchyError, "nan"),
}


@pytest.mark.parametrize("name", BAD_MAPPINGS)
def test_a_mapping_that_is_not_one_of_sets_is_refused(name):
    sets, error, message = BAD_MAPPINGS[name]
    with pytest.raises(error, match=message):
        read_gene_sets(sets)


def test_sets_of_msigdb_need_genes_and_names_of_their_own(write):
    with pytest.raises(DataError, match='gene sets of MSigDB are objects with "geneSymbols"'):
        read_msigdb(write(json.dumps({"a": ["b"]})))
    with pytest.raises(DataError, match="'A' in .* has no systematicName; call sets by the other"):
        read_msigdb(write(json.dumps({"A": {"geneSymbols": ["XPA"]}})), sets="identifier")
    with pytest.raises(DuplicateElementError, match="'M1' in .* name.s. several"):
        read_msigdb(msigdb(write, systematicName="M1"), sets="identifier")
    with pytest.raises(ParameterError, match="'name' or their 'identifier'; got 'id'"):
        read_msigdb(msigdb(write), sets="id")


# ---------------------------------------------------------------- DCell's topology


def test_the_chromatin_of_dcell_is_read(data):
    H, report = read_topology(data / "dcell_chromatin.txt.gz")
    assert (H.shape[0], H.ranks[-1]) == (124, ("GO:0000790",))
    assert made(report) == {
        "pairs of terms": 10,
        "pairs of a term and a gene": 140,
        "features": 124,
        "elements": 135,
        "covers": 150,
    }
    assert not report.faults


BLOCKS = "ROOT: T1 2\nGENES: a\nTERMS: T2\nROOT: T2 1\nGENES: b\nTERMS:\n"


def test_sizes_and_blocks_that_do_not_fit_are_faults(write_both):
    assert not read_topology(write_both(BLOCKS)).report.faults
    report = read_topology(write_both(BLOCKS.replace("T1 2", "T1 9"))).report
    assert faults(report) == {"terms whose size is not the number of their genes": 1}
    report = read_topology(write_both(BLOCKS.replace("TERMS:\n", "TERMS: T3\n"))).report
    assert faults(report)["terms without a block of their own (cut off?)"] == 1


BAD_TOPOLOGIES = {
    "cut off": (BLOCKS[:-8], DataError, "ends after line 5; was it cut off"),
    "a word": (
        BLOCKS.replace("GENES: b", "SNPS: b"),
        DataError,
        "line 5 .* reads 'SNPS: b' where GENES: is expected",
    ),
    "no size": (BLOCKS.replace("T2 1", "T2"), DataError, "line 4 .* where ROOT: is expected"),
    "twice": (BLOCKS * 2, DuplicateElementError, "'T1' has one on line 1 and one on line 7"),
    "no genes": (BLOCKS.replace("a\n", "\n").replace("b\n", "\n"), DataError, "a topology has genes"),
}


@pytest.mark.parametrize("name", BAD_TOPOLOGIES)
def test_a_topology_that_is_not_whole_is_refused_with_the_line(write, name):
    text, error, message = BAD_TOPOLOGIES[name]
    with pytest.raises(error, match=message):
        read_topology(write(text))
