"""What is chosen of OBO, annotations, Reactome; headers, comments and unknown names in the other formats."""

from __future__ import annotations

import re
from itertools import product

import pytest

from hassenet.errors import DataError, FeatureError, ParameterError
from hassenet.readers import (
    read_annotations,
    read_column_lineages,
    read_edges,
    read_gmt,
    read_lineages,
    read_obo,
    read_ontology,
    read_paths,
    read_reactome,
    read_tree,
)

from .reports import dropped, faults, made

OBO = "ontology: x\n\n[Term]\nid: A:1\nnamespace: p\n\n[Term]\nid: A:2\nnamespace: p\nis_a: A:1\n"
GAF = "!gaf-version: 2.2\n" + "".join(
    f"U\tP{k}\tG{k}\t{said}\tA:2\tr\t{code}\t\tP\t\t\tp\tt\td\tx\n"
    for k, (said, code) in enumerate([("", "IEA"), ("", "IDA"), ("NOT", "ND")])
)
GPAD = "!gpad-version: 2.0\nMGI:MGI:2\t\tRO:1\tA:2\tPMID:1\tECO:1\t\t\t2020\tX\t\t\n"


# ------------------------------------------------------------------ annotations


def test_one_evidence_code_may_be_given_as_text(write):
    assert read_annotations(write(GAF), without_evidence="IEA").pairs == (("G1", "A:2"),)


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (["IEA", "iss"], r"1 \('iss'\); there is 'IDA', 'IEA', 'ND'"),
        ("IEA,ND", r"1 \('IEA,ND'\); there is"),
        ({"iea"}, r"1 \('iea'\); there is 'IEA', 'IDA', 'ND'"),
    ],
)
def test_a_code_that_no_annotation_has_is_a_fault_that_names_what_there_is(write, codes, message):
    report = read_annotations(write(GAF), without_evidence=codes).report
    with pytest.raises(DataError, match=f"evidence codes that no annotation has: {message}"):
        report.check()


def test_features_are_called_as_the_format_can(write):
    gpad, table = write(GPAD, "x.gpad"), write("g,A:2\n", "table.csv")
    assert (
        read_annotations(gpad).pairs
        == read_annotations(gpad, feature="identifier").pairs
        == (("MGI:2", "A:2"),)
    )
    with pytest.raises(ParameterError, match="x.gpad' has identifiers alone; leave feature='symbol' out"):
        read_annotations(gpad, feature="symbol")
    with pytest.raises(
        ParameterError, match="has two columns, the first of them the feature; leave feature="
    ):
        read_annotations(table, feature="identifier")


def test_the_message_says_where_all_annotations_were_left_out(write):
    obo, gaf = write(OBO, "x.obo"), write(GAF, "x.gaf")
    annotations = read_annotations(gaf, without_evidence=["IEA", "IDA"])
    message = (
        r"there is none in x.gaf, all that there was being left out \(annotations that say NOT: 1; .*: 2\)"
    )
    with pytest.raises(FeatureError, match=message):
        read_obo(obo, annotations=annotations)
    with pytest.raises(FeatureError, match="features belong to elements: there is none in pairs; give some"):
        read_edges([("a", "b")], features=[])


# ------------------------------------------------------------------ OBO


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"relations": ["is_a", "isa"]}, r"relations that no pair has: 1 \('isa'\); there is 'is_a'"),
        ({"namespace": ["p", "P"]}, r"namespaces that no term has: 1 \('P'\); there is 'p'"),
    ],
)
def test_each_choice_that_there_is_not_is_a_fault_that_names_what_there_is(write, options, message):
    reading = read_obo(write(OBO), **options)
    assert reading.hierarchy.shape == (1, 1)
    with pytest.raises(DataError, match=message):
        reading.strict()
    assert read_obo(write(OBO)).strict().hierarchy.shape == (1, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"relations": []}, r"relations are chosen by a name or several; got \[\]"),
        ({"namespace": ()}, r"namespaces are chosen by a name or several; got \(\)"),
        ({"namespace": [None]}, "namespaces are chosen by a name"),
    ],
)
def test_a_choice_of_nothing_is_refused(write, options, message):
    with pytest.raises(ParameterError, match=message):
        read_obo(write(OBO), **options)


def test_of_an_ontology_without_any_pair_no_relation_can_be_chosen(write):
    report = read_obo(write(OBO.replace("is_a: A:1\n", "")), relations="is_a").report
    assert str(report.faults[0]) == "relations that no pair has: 1 ('is_a'); there is none at all"


def test_a_term_is_itself_whatever_others_give_as_alternative(write):
    text = (
        OBO.replace("is_a:", "alt_id: A:1\nalt_id: A:9\nis_a:")
        + "\n[Term]\nid: A:3\nnamespace: p\nis_a: A:1\n"
    )
    H, report = read_obo(write(text), annotations={"g": "A:1", "h": "A:3", "i": "A:9"})
    assert set(H.below("A:1")) == {"g", "A:2", "A:3"}
    assert H.below("A:2") == ("i",)
    assert faults(report) == {"alternative identifiers that are terms of their own": 1}


# ------------------------------------------------------------------ Reactome, GMT


def test_a_species_that_is_not_three_letters_is_refused(write):
    gmt, relations = write("N\tR-HSA-1\tg\n", "r.gmt"), write("R-HSA-1\tR-HSA-2\n", "r.txt")
    for odd in (None, ["HSA", "MMU"], "human", "HSA,MMU"):
        with pytest.raises(ParameterError, match=f"three letters.*got {re.escape(repr(odd))}; give one"):
            read_reactome(gmt, relations, species=odd)
    report = read_reactome(gmt, relations).strict().report
    assert made(report)["pathways in relations that are no set (r.txt)"] == 1


def test_names_in_relations_without_a_gene_set_are_a_fault(write):
    reading = read_gmt(write("A\td\tg\nB\td\th\n"), relations=[("A", "B"), ("B", "Top"), ("X", "A")])
    assert faults(reading.report) == {"names in relations that are no set (relations)": 2}
    with pytest.raises(
        DataError, match=r"2 \('Top', 'X'\); give all sets, or correct the names; or read it without"
    ):
        reading.strict()


def test_comments_in_gene_sets_are_counted(write):
    H, report = read_gmt(write("# of\tsome\tday\nA\td\tg\n# more\nB\td\th\n")).strict()
    assert H.ranks == (("g", "h"), ("A", "B"))
    assert dropped(report) == {"lines that begin with #": 2}


# ------------------------------------------------------------------ lineages


@pytest.mark.parametrize(
    "header", ["Taxon", "taxonomy", "lineage", "clade_name", "OTU ID", "Feature ID", "#OTU ID"]
)
def test_the_usual_headers_of_lineages_are_recognised(write, header):
    H = read_lineages(write(f"{header}\nk|p\nk|q\n")).strict().hierarchy
    assert H.ranks == (("k|p", "k|q"), ("k",))


def test_comments_among_lineages_are_counted(write):
    H, report = read_lineages(write("# taxonomy, from a study\nk|p\n# gone|since\nk|q\n")).strict()
    assert H.ranks == (("k|p", "k|q"), ("k",))
    assert dropped(report) == {"lines that begin with #": 2}


def test_a_first_line_with_one_level_may_be_a_header_unless_it_is_a_root(write):
    with pytest.raises(
        DataError, match=r"one level that no other begins with: 1 \('Arten'\); if it is a header, begin"
    ):
        read_lineages(write("Arten\nk|p\nk|q\n")).strict()
    assert read_lineages(write("k\nk|p\nk|q\n")).strict().hierarchy.shape == (3, 1)


@pytest.mark.parametrize(
    ("read", "sep"),
    [*product((read_lineages, read_tree), (None, "", 3)), *product((read_column_lineages,), ("", 3))],
)
def test_a_separator_of_levels_that_is_not_text_is_refused(write, read, sep):
    with pytest.raises(ParameterError, match=f"sep is the text between two levels; got {sep!r}"):
        read(write("a|b\n"), sep=sep)


# ------------------------------------------------------------------ paths, ontologies


def test_a_header_of_paths_that_is_not_known_is_a_fault(write):
    path = write("gene,pathway,root\nBRCA2,repair,cell\nXPA,excision,cell\n")
    with pytest.raises(
        DataError, match=r"stand in no other: 1 .*; if it is a header, choose columns by its names"
    ):
        read_paths(path).strict()
    assert read_paths(path, columns=["gene", "pathway", "root"]).strict().hierarchy.shape == (2, 2, 1)
    assert read_paths(path, columns=[0, 1, 2]).strict().hierarchy.shape == (3, 3, 2)
    assert read_paths(write("a,b,top\nc,d,top\n")).strict().hierarchy.shape == (2, 2, 1)
    assert read_paths(write("a,b,top\n")).strict().hierarchy.shape == (1, 1, 1)


def test_comments_among_paths_and_in_ontologies_are_counted(write):
    report = read_paths(write("a,b\n# gone,since\nc,b\n")).strict().report
    assert dropped(report) == {"lines below the head that begin with #": 1}
    report = read_ontology(write("A\tB\tdefault\n#c\nB\tg\tgene\n")).strict().report
    assert dropped(report) == {"lines below the head that begin with #": 1}


def test_a_path_of_one_column_is_refused(write):
    with pytest.raises(ParameterError, match="a path has at least two columns, each once: got 1"):
        read_paths(write("species,phylum\na,P\n"), columns="species")
