from __future__ import annotations

import gzip

import pytest

from hassenet.errors import DataError, ParameterError
from hassenet.readers import read_annotations

from .reports import dropped, faults, made


def gaf(symbol="XPA", qualifier="involved_in", term="GO:1", evidence="IDA", aspect="P", identifier="P1"):
    cells = [
        "UniProtKB",
        identifier,
        symbol,
        qualifier,
        term,
        "PMID:1",
        evidence,
        "",
        aspect,
        "",
        "",
        "protein",
    ]
    return "\t".join([*cells, "taxon:9606", "20220701", "UniProt", "", ""]) + "\n"


def gpad_1(qualifier="involved_in", term="GO:1", evidence="ECO:0000314"):
    return (
        "\t".join(
            ["UniProtKB", "P1", qualifier, term, "PMID:1", evidence, "", "", "20220701", "UniProt", "", ""]
        )
        + "\n"
    )


def gpad_2(negation="", term="GO:1", evidence="ECO:0000314"):
    cells = [
        "UniProtKB:P1",
        negation,
        "RO:0002331",
        term,
        "PMID:1",
        evidence,
        "",
        "",
        "2022-07-01",
        "UniProt",
        "",
        "",
    ]
    return "\t".join(cells) + "\n"


GAF = "!gaf-version: 2.2\n!\n! a comment\n"


def test_gaf_gives_symbols_or_identifiers(write_both):
    path = write_both(GAF + gaf(), "x.gaf")
    assert read_annotations(path).pairs == (("XPA", "GO:1"),)
    assert read_annotations(path, feature="identifier").pairs == (("P1", "GO:1"),)


@pytest.mark.parametrize("head", ["!gpa-version: 1.1\n", "!gpad-version: 1.2\n", "!\n!gpa-version: 1.1\n"])
def test_gpad_1_gives_identifiers(write_both, head):
    path = write_both(head + gpad_1() + gpad_1(qualifier="NOT|involved_in", term="GO:2"))
    A = read_annotations(path)
    assert A.pairs == (("P1", "GO:1"),)
    assert dropped(A.report) == {"annotations that say NOT": 1}


def test_gpad_2_gives_identifiers(write_both):
    path = write_both("!gpad-version: 2.0\n" + gpad_2() + gpad_2(negation="NOT", term="GO:2"))
    A = read_annotations(path, without_evidence=["ECO:1"])
    assert A.pairs == (("P1", "GO:1"),)
    assert dropped(A.report) == {"annotations that say NOT": 1}


def test_annotations_without_a_format_line_are_a_table_of_two_columns(write_both):
    assert read_annotations(write_both("XPA\tGO:1\n")).pairs == (("XPA", "GO:1"),)
    assert read_annotations(write_both("element,feature\nGO:1,XPA\n")).pairs == (("XPA", "GO:1"),)


def test_annotations_that_are_not_chosen_are_left_out_and_counted(write):
    lines = [
        gaf(),
        gaf(evidence="IEA"),
        gaf(qualifier="NOT|involved_in"),
        gaf(aspect="F", term="GO:2"),
        gaf(evidence="ND", aspect="C"),
    ]
    path = write(GAF + "".join(lines), "x.gaf")
    A = read_annotations(path, without_evidence={"IEA", "ND"}, aspect="biological_process")
    assert A.pairs == (("XPA", "GO:1"),)
    assert A.lines == (4,)
    assert made(A.report) == {"annotations": 5}
    assert dropped(A.report) == {
        "annotations that say NOT": 1,
        "annotations left out by their evidence": 2,
        "annotations of other aspects": 1,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (GAF, "a header alone"),
        ("!gaf-version: 1.0\n" + gaf(), "says gaf-version: 1.0"),
        ("!gpad-version: 3.0\n" + gpad_2(), "says gpad-version: 3.0"),
        ("! no version\n" + gaf(), "does not say its version"),
        (GAF + gaf() + gaf()[:40], r"line 5 of .* has 6; was the file cut off"),
        (GAF + gaf(symbol=""), "line 4 of .* has no feature"),
        (GAF + gaf(term=""), "line 4 of .* has no term"),
        ("!gpa-version: 1.1\n" + gaf(), "a line of GPAD 1 has 9 to 12 cells: line 2 .* has 17"),
        (gzip.compress((GAF + gaf()).encode(), mtime=0)[:-9], "middle of its gzip stream"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(write, text, message):
    with pytest.raises(DataError, match=message):
        read_annotations(write(text, "x.gaf"))


def test_a_last_line_without_an_end_is_a_fault(write):
    report = read_annotations(write(GAF + gaf().rstrip("\n"), "x.gaf")).report
    assert faults(report) == {"files whose last line has no end (cut off?)": 1}


@pytest.mark.parametrize(
    ("head", "line", "choice", "message"),
    [
        ("!gpa-version: 1.1\n", gpad_1(), {"aspect": "molecular_function"}, "only GAF files hold an aspect"),
        ("", "a,b\n", {"aspect": "molecular_function"}, "only GAF files hold an aspect"),
        ("", "a,b\n", {"without_evidence": ["IEA"]}, "two columns; choose by where"),
        (GAF, gaf(), {"aspect": "P"}, "'biological_process'"),
        (GAF, gaf(), {"feature": "name"}, "'symbol' or 'identifier'; got 'name'"),
    ],
)
def test_a_choice_that_the_format_does_not_know_is_refused(write, head, line, choice, message):
    with pytest.raises(ParameterError, match=message):
        read_annotations(write(head + line), **choice)


NEGATIONS = ("NOT", "NOT|involved_in", "not|involved_in", "NOT | involved_in", "involved_in|Not")


@pytest.mark.parametrize("qualifier", NEGATIONS)
def test_an_annotation_that_says_not_is_left_out_however_it_is_spelled(write, qualifier):
    line = "UniProtKB,P1,{},{},GO:1,PMID:1,IDA,,P,,,protein,taxon:9606,20220701,UniProt\n".replace(",", "\t")
    lines = line.format("A", "involved_in") + line.format("B", qualifier)
    for head in ("!gaf-version: 2.2\n", ""):
        annotations = read_annotations(write(head + lines, "a.gaf"))
        assert annotations.pairs == (("A", "GO:1"),)
        assert dropped(annotations.report) == {"annotations that say NOT": 1}
