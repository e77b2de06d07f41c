from __future__ import annotations

import gzip
import sys

import pytest

from hassenet.errors import (
    CycleError,
    DataError,
    DuplicateElementError,
    FeatureError,
    HassenetError,
    ParameterError,
)
from hassenet.readers import read_edges, read_names, read_obo, read_relation

from .reports import dropped, faults, made

OBO = """format-version: 1.2
data-version: releases/2022-07-01
default-namespace: process
ontology: go

[Term]
id: GO:1 ! the root
name: process
def: "A [thing] with \\"quotes\\"." [GOC:x]

[Term]
id: GO:2
name: repair
alt_id: GO:20
alt_id: GO:21
is_a: GO:1 ! process
relationship: part_of GO:3 {source="x"} ! cell cycle

[Term]
id: GO:3
name: cell cycle
is_a: GO:1 {xref="y"} ! process
relationship: regulates GO:2 ! repair

[Term]
id: GO:4
name: obsolete thing
is_obsolete: true
replaced_by: GO:2

[Term]
id: GO:5
name: binding
namespace: function
relationship: part_of GO:2 ! repair

[Typedef]
id: part_of
name: part of

[Typedef]
id: regulates
name: regulates
""".replace("id: GO:1 ! the root", "id: GO:1")


def test_chosen_relations_make_the_order_and_obsolete_terms_are_left_out(write_both):
    H, report = read_obo(write_both(OBO, "go.obo"))
    assert H.ranks == (("GO:5",), ("GO:2",), ("GO:3",), ("GO:1",))
    assert dropped(report) == {
        "terms that are obsolete": 1,
        "pairs of other relations": 1,
        "pairs that others imply": 1,
    }
    assert not report.faults


def test_one_relation_and_one_namespace_may_be_chosen(write):
    path = write(OBO, "go.obo")
    assert read_obo(path, relations="is_a", namespace="process").hierarchy.ranks == (
        ("GO:2", "GO:3"),
        ("GO:1",),
    )
    report = read_obo(path, namespace=["process"]).report
    assert dropped(report)["terms of other namespaces"] == 1
    assert dropped(report)["pairs with terms of other namespaces"] == 1
    assert faults(read_obo(path, relations=("is_a", "partof")).report)["relations that no pair has"] == 1


def test_annotations_are_resolved_counted_and_listed(write):
    annotations = [("A", "GO:20"), ("B", "GO:4"), ("C", "GO:9"), ("A", "GO:3"), ("D", "GO:5")]
    reading = read_obo(write(OBO, "go.obo"), namespace="process", annotations=annotations)
    H, report = reading
    assert H.ranks == (("A",), ("GO:2",), ("GO:3",), ("GO:1",))
    assert made(report)["annotations to alternative identifiers (features)"] == 1
    assert dropped(report)["annotations to terms of other namespaces (features)"] == 1
    assert faults(report) == {
        "annotations to obsolete terms (features)": 1,
        "features of obsolete terms that have no other term here (features)": 1,
        "pairs of features with elements that are not there": 1,
        "features without an element that is there": 1,
    }
    with pytest.raises(DataError, match=r"1 \('GO:4'\); .*1 \('GO:9'\)"):
        reading.strict()


def test_annotation_files_are_read_as_such(write):
    gaf = "!gaf-version: 2.2\n" + "\t".join(
        ["UniProtKB", "P1", "XPA", "", "GO:2", "r", "IDA", "", "P", "", "", "p", "t", "d", "x"]
    )
    assert "XPA" in read_obo(write(OBO, "go.obo"), annotations=write(gaf + "\n", "x.gaf")).hierarchy
    assert "XPA" in read_obo(write(OBO, "go.obo"), annotations=write("XPA,GO:2\n", "x.csv")).hierarchy


def test_if_no_annotation_fits_both_sides_are_shown(write):
    with pytest.raises(FeatureError, match="'HP:1'; in the hierarchy 'GO:1'"):
        read_obo(write(OBO, "go.obo"), annotations={"A": "HP:1"})


def test_names_are_for_renaming_and_one_that_two_have_gets_the_identifier(write):
    path = write(OBO.replace("name: cell cycle", "name: repair"), "go.obo")
    names = read_names(path)
    assert names == {"GO:1": "process", "GO:2": "repair (GO:2)", "GO:3": "repair (GO:3)", "GO:5": "binding"}
    assert "binding" in read_obo(path).hierarchy.rename(names)


def test_a_cycle_is_shown_as_a_path_with_the_lines_of_its_terms(write):
    text = OBO.replace("relationship: regulates GO:2", "is_a: GO:2")
    with pytest.raises(CycleError, match=r"'GO:\d' ⊏ 'GO:\d' ⊏ 'GO:\d'.*lines 12, 20 of go.obo"):
        read_obo(write(text, "go.obo"))


def test_terms_of_pairs_without_a_stanza_or_obsolete_are_faults(write):
    text = OBO.replace("is_a: GO:1 {", "is_a: GO:4 {").replace("part_of GO:2", "part_of GO:77")
    assert faults(read_obo(write(text, "go.obo")).report) == {
        "terms in pairs that are obsolete": 1,
        "terms in pairs that have no stanza": 1,
        "pairs with terms that are obsolete or have no stanza": 2,
    }


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        (OBO, "", DataError, "is empty"),
        (OBO, "ontology: go\n", DataError, "no .Term. stanza"),
        (OBO, "a,b\n", DataError, "line 1 of .* reads 'a,b'"),
        ("id: GO:3\n", "id: GO:2\n", DuplicateElementError, "'GO:2' has one on line 12 and one on line 20"),
        ("id: GO:3\n", "", DataError, r"\[Term\] on line 19 of .* has none"),
        ("is_a: GO:1 ! process", "is_a:", DataError, "line 16 of .* reads 'is_a:'"),
        ("part_of GO:2 ! repair", "part_of", DataError, "reads 'relationship: part_of'"),
        ("part_of GO:2 ! repair", "part_of GO:2 GO:3", DataError, r"line \d+ of .* reads"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(write, old, new, error, message):
    with pytest.raises(error, match=message):
        read_obo(write(OBO.replace(old, new, 1), "go.obo"))


@pytest.mark.parametrize("end", range(OBO.index("id: regulates"), OBO.index("id: GO:2"), -7))
def test_a_file_that_ends_in_the_middle_is_never_read_in_silence(write, end):
    try:
        report = read_obo(write(OBO[:end], "go.obo")).report
    except DataError:
        return
    assert faults(report)


def test_a_gzip_stream_that_ends_in_the_middle_is_refused(write):
    with pytest.raises(DataError, match="middle of its gzip stream"):
        read_obo(write(gzip.compress(OBO.encode(), mtime=0)[:-20], "go.obo.gz"))


def test_choices_that_leave_nothing_are_refused_with_what_there_is(write):
    path = write(OBO, "go.obo")
    with pytest.raises(ParameterError, match=r"none in 'component'; choose among 'process', 'function'"):
        read_obo(path, namespace="component")
    silent = write("ontology: go\n\n[Term]\nid: GO:1\n", "silent.obo")
    with pytest.raises(
        ParameterError, match="none in 'component'; its terms say none; leave the namespace out"
    ):
        read_obo(silent, namespace="component")
    with pytest.raises(ParameterError, match=r"none of 'isa'; its relations are"):
        read_obo(path, relations="isa")


def test_without_obonet_the_message_says_how_to_install_it(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "obonet", None)
    with pytest.raises(HassenetError, match=r'pip install "hassenet\[ontologies\]"'):
        read_obo(write(OBO, "go.obo"))


def test_the_gene_ontology_in_obo_and_as_edges_is_one_hierarchy(write, data):
    edges = read_relation(data / "go_edges.tsv.gz", lower=0, upper=1)
    kinds = gzip.decompress((data / "go_edges.tsv.gz").read_bytes()).decode().splitlines()
    lines: dict[str, list[str]] = {term: [] for term in edges.names}
    for (low, up), line in zip(edges, kinds, strict=True):
        kind = line.split("\t")[2].replace(" ", "_")
        lines[low].append(f"is_a: {up}" if kind == "isa" else f"relationship: {kind} {up}")
    stanzas = [f"[Term]\nid: {term}\n" + "".join(f"{x}\n" for x in of) for term, of in lines.items()]
    names = ("part_of", "regulates", "positively_regulates")
    typedefs = "\n".join(f"[Typedef]\nid: {name}\n" for name in names)
    obo = write("ontology: go\n\n" + "\n".join(stanzas) + "\n" + typedefs, "go.obo")
    annotations = read_relation(data / "go_annotations.tsv.gz", lower=0, upper=1, where={3: "BP"})
    chosen = {2: {"isa", "part of"}}
    expected = read_edges(
        data / "go_edges.tsv.gz", lower=0, upper=1, where=chosen, features=annotations
    ).hierarchy
    H = read_obo(obo, annotations=annotations).strict().hierarchy
    assert H.ranks[0] == expected.ranks[0]
    assert set(H.to_networkx().edges) == set(expected.to_networkx().edges)
    assert H.shape == expected.shape


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[Term]", "[Term] ! a term"),
        ("id: GO:1\n", "id: GO:1 ! the root\n"),
        ("id: GO:1\n", 'id: GO:1 {source="x"}\n'),
        ("is_obsolete: true", "is_obsolete: True ! replaced"),
        ("is_a: GO:1 ! process", "is_a: GO:10\nalt_id: GO:11"),
        ("part_of GO:3 ", "part_of GO:30 "),
    ],
)
def test_what_the_format_allows_around_names_changes_nothing(write, old, new):
    more = OBO.replace("id: GO:1\n", "id: GO:1\nalt_id: GO:10\n").replace(
        "id: GO:3\n", "id: GO:3\nalt_id: GO:30\n"
    )
    changed = more.replace(old, new)
    assert changed != more
    H, report = read_obo(write(changed, "go.obo"))
    assert H == read_obo(write(OBO, "plain.obo")).hierarchy
    assert not report.faults
    assert made(report).get("pairs with alternative identifiers", 0) == new.count(":10\n") + new.count(":30 ")


@pytest.mark.parametrize("pair", ["is_a: GO:9", "relationship: part_of GO:9 ! itself"])
def test_a_pair_of_a_term_with_its_own_alternative_identifier_is_a_fault_and_no_cycle(write, pair):
    text = OBO.replace("id: GO:3\n", f"id: GO:3\nalt_id: GO:9\n{pair}\n")
    H, report = read_obo(write(text, "go.obo"))
    assert H == read_obo(write(OBO, "plain.obo")).hierarchy
    assert faults(report) == {"pairs of a term with an alternative identifier of its own": 1}
    assert dropped(report) == dropped(read_obo(write(OBO, "plain.obo")).report)
    with pytest.raises(CycleError, match="a cycle 'GO:3' ⊏ 'GO:3'"):
        read_obo(write(OBO.replace("id: GO:3\n", "id: GO:3\nis_a: GO:3\n"), "go.obo"))
