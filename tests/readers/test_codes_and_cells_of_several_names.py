"""Codes whose beginnings lie above them; cells that hold several names."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import DataError, ParameterError
from hassenet.readers import read_codes, read_edges, read_relation

from .reports import dropped, faults, made

CHAINS = {
    "A10BA02": ("ATC", ["A10BA", "A10B", "A10", "A"]),
    "A10BA": ("ATC", ["A10B", "A10", "A"]),
    "E11.9": ("ICD-10", ["E11", "IV (E00–E90)"]),
    "E1165": ("ICD-10", ["E11.6", "E11", "IV (E00–E90)"]),
    "H60": ("ICD-10", ["VIII (H60–H95)"]),
    "H59.9": ("ICD-10", ["H59", "VII (H00–H59)"]),
    "D48": ("ICD-10", ["II (C00–D48)"]),
    "D50": ("ICD-10", ["III (D50–D89)"]),
    "T98": ("ICD-10", ["XIX (S00–T98)"]),
    "U07.1": ("ICD-10", ["U07", "XXII (U00–U85)"]),
    "V01": ("ICD-10", ["XX (V01–Y98)"]),
    "C04.557.337": ("MeSH", ["C04.557", "C04", "C"]),
}


@pytest.mark.parametrize("code", CHAINS)
@pytest.mark.parametrize("spell", [str, str.lower, lambda code: f" {code} "])
def test_above_a_code_lie_its_beginnings(code, spell):
    system, chain = CHAINS[code]
    H = read_codes([spell(code)], system).hierarchy
    assert H.ranks == ((spell(code),), *((level,) for level in chain))


ATC = st.from_regex(r"[A-C]0[1-2][A-B][A-B]0[1-2]", fullmatch=True)


@given(codes=st.lists(ATC, min_size=1, unique=True))
def test_an_element_of_atc_covers_what_begins_with_it(codes):
    H, report = read_codes(codes, "ATC")
    assert set(H.ranks[0]) == set(codes)
    for rank in H.ranks[1:]:
        for element in rank:
            assert all(below.startswith(element) for below in H.below(element))
    assert made(report)["codes"] == len(codes)


def test_a_feature_that_others_begin_with_lies_below_an_element_of_another_name():
    H = read_codes(["E11", "E11.9", "J45.9"], "ICD-10").hierarchy
    assert H.ranks[0] == ("E11", "E11.9", "J45.9")
    assert H.below("E11 …") == ("E11", "E11.9")


def test_features_are_given_with_their_codes_several_each():
    H = read_codes({"metformin": "A10BA02", "combination": ["A10BA02", "C07AB02"]}, "ATC").hierarchy
    assert H.ranks[0] == ("metformin", "combination")
    assert H.above("combination") == ("A10BA02", "C07AB02")


@pytest.mark.parametrize("text", ["E11.9\nJ45.9\n", "code\nE11.9\nJ45.9\n", "E11.9\nE11.9\nJ45.9\n"])
def test_a_column_of_codes_is_read_from_a_file(write_both, text):
    H, report = read_codes(write_both(text, "codes.txt"), "ICD-10")
    assert H.ranks[0] == ("E11.9", "J45.9")
    assert not report.faults


def test_a_table_of_features_and_codes_is_read_from_a_file(write):
    H = read_codes(write("drug,code\nmetformin,A10BA02\n"), "ATC").hierarchy
    assert H.ranks[:2] == (("metformin",), ("A10BA02",))


def test_what_is_not_a_code_is_a_fault_and_nothing_but_that_is_refused():
    assert faults(read_codes(["E11", "E12", "sugar"], "ICD-10").report) == {"codes that are not of ICD-10": 1}
    with pytest.raises(
        DataError, match=r"codes of ATC look like A10BA02: none of codes does: .* 'E11.9', 'J45.'"
    ):
        read_codes(["E11.9", "J45."], "ATC")
    with pytest.raises(ParameterError, match="codes are of 'ATC', 'ICD-10', 'MeSH'; got 'ICD'"):
        read_codes(["E11"], "ICD")


# ---------------------------------------------------------------- several names in a cell

ROWS = [("BRCA2", "GO:1; GO:2"), ("XPA", "GO:1"), ("TP53", "GO:2;GO:3;")]
PAIRS = (("BRCA2", "GO:1"), ("BRCA2", "GO:2"), ("XPA", "GO:1"), ("TP53", "GO:2"), ("TP53", "GO:3"))


def test_names_in_a_cell_are_set_apart_in_files_and_in_frames(write_both):
    path = write_both("".join(f"{low}\t{up}\n" for low, up in ROWS), "genes.tsv")
    assert read_relation(path, split=";").pairs == PAIRS
    assert read_relation(path, split=";").lines == (1, 1, 2, 3, 3)
    frame = pd.DataFrame(ROWS, columns=["gene", "term"])
    assert read_relation(frame, lower="gene", upper="term", split=";").pairs == PAIRS
    H, report = read_edges(path, split=";")
    assert H.above("TP53") == ("GO:2", "GO:3")
    assert made(report)["pairs"] == len(PAIRS)


@pytest.mark.parametrize("mark", [";", "|", ", "])
def test_identifiers_in_one_cell_are_a_fault_where_they_are_not_set_apart(write, mark):
    text = f"BRCA2\tGO:1{mark}GO:2\nXPA\tGO:1\n"
    found = read_edges(write(text)).report.faults
    assert [count.n for count in found if count.what == "upper elements that look like several"] == [1]
    assert not read_edges(write(text), split=mark.strip()).report.faults


@pytest.mark.parametrize("name", ["repair, excision", "2',3'-cyclic; AMP", "a|b"])
def test_names_with_marks_that_are_not_identifiers_are_names(write, name):
    kinds = {count.what for count in read_edges(write(f"XPA\t{name}\nBRCA2\tother\n")).report.faults}
    assert "upper elements that look like several" not in kinds


def test_what_splits_nothing_and_cells_of_marks_alone_are_refused(write):
    path = write("XPA\tGO:1\n")
    with pytest.raises(ParameterError, match="split is the text between two names in a cell; got ''"):
        read_relation(path, split="")
    with pytest.raises(ParameterError, match="lower, upper, where, split and sign are about a table"):
        read_relation([("a", "b")], split=";")
    with pytest.raises(DataError, match="a cell holds names: ';' holds none apart by ';'"):
        read_relation(write("XPA\t;\n"), split=";")


def test_a_first_line_that_is_not_a_code_is_counted_and_so_are_codes_given_twice(write):
    H, report = read_codes(write("diagnosis\nE11.9\nE11.9\nJ45\n"), "ICD-10")
    assert H.ranks[0] == ("E11.9", "J45")
    assert made(report)["codes"] == 3
    assert dropped(report)["first lines that are not a code (read as a header)"] == 1
    assert dropped(report)["codes given twice"] == 1


def test_several_codes_in_a_cell_are_not_a_feature_and_its_code(write):
    with pytest.raises(DataError, match="codes of ICD-10 look like E11.9: none of"):
        read_codes(write("E11.9;I10\nJ45;E11.9\n"), "ICD-10")
