"""Tables with a clade a row and a sample a column: MetaPhlAn, Kraken, Bracken and QIIME2, read as hierarchies."""

from __future__ import annotations

import pytest

from hassenet.errors import DataError, DuplicateElementError
from hassenet.hierarchy.relay import Relay
from hassenet.readers import format_of, read_clades, read_taxonomy

from .reports import dropped, made

ROWS = "k__B\t9\t8\nk__B|p__F\t5\t5\nk__B|p__F|c__X\t5\t5\nk__B|p__P\t4\t3\n"
TABLES = {
    "MetaPhlAn 4": "#mpa_vJan21\nclade_name\tS1\tS2\nUNCLASSIFIED\t0\t1\n" + ROWS,
    "MetaPhlAn 3": "#mpa_v30\nclade_name\tNCBI_tax_id\tS1\tS2\n"
    + ROWS.replace("\t9", "\t2|1239\t9", 1).replace("\t5\t5", "\t2\t5\t5").replace("\t4\t", "\t2\t4\t"),
    "MetaPhlAn 2": "ID\tS1\tS2\n#SampleID\tMetaphlan2_Analysis\tMetaphlan2_Analysis\n" + ROWS,
    "one profile": "#mpa_v30\n#clade_name\tNCBI_tax_id\trelative_abundance\tadditional_species\n"
    + "".join(f"{line.split()[0]}\t2\t1.5\t\n" for line in ROWS.splitlines()),
    "Bracken": "#Classification\tS1\tS2\n" + ROWS,
    "Kraken": ROWS,
    "commas": "clade_name,S1,S2\n" + ROWS.replace("\t", ","),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_the_features_of_a_table_of_clades_are_those_that_no_other_continues(write_both, text):
    path = write_both(text, "merged.txt")
    assert format_of(path) == "clades"
    H, report = read_clades(path)
    assert H.ranks[0] == ("k__B|p__F|c__X", "k__B|p__P")
    assert H.ranks[1:] == (("k__B|p__F", Relay("k__B|p__P", 1)), ("k__B",))
    assert dropped(report)["clades above others, whose numbers hold those below"] == 2
    assert not report.faults


def test_every_row_of_a_table_of_clades_is_counted_once(write):
    _, report = read_clades(write(TABLES["MetaPhlAn 4"]))
    assert made(report)["samples"] == 2
    lost = dropped(report)
    lost.pop("lines at the head that begin with #")
    assert made(report)["lineages"] + sum(lost.values()) == 5


def test_tables_collapsed_at_a_level_are_tables_of_clades_and_features_are_called_as_they_stand(write):
    path = write("# Constructed from biom file\n#OTU ID\tS1\nd__B; p__F\t1\nd__B; __\t3\nUnassigned;__\t1\n")
    assert format_of(path) == "clades"
    H, report = read_clades(path)
    assert H.ranks == (("d__B; p__F", "d__B; __"), ("d__B",))
    assert dropped(report)["clades with a placeholder for a name"] == 1


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (ROWS + "k__B\t1\t1\n", DuplicateElementError, "'k__B' stands on lines 1 and 5"),
        ("a\t1\nb\t2\n", DataError, "has 'b' there; give what stands between levels as sep"),
    ],
)
def test_a_table_without_clades_of_their_own_is_refused(write, text, error, message):
    with pytest.raises(error, match=message):
        read_clades(write(text))


def test_lineages_among_words_that_stand_for_nothing_are_still_known(write):
    text = "Feature ID\tTaxon\tConfidence\na\td__B; p__F\t0.9\nb\tUnassigned\t0.5\nc\td__B\t0.9\nd\tUnassigned\t0.4\n"
    path = write(text)
    assert format_of(path) == "taxonomy"
    H, report = read_taxonomy(path)
    assert H.ranks[0] == ("a", "b", "c", "d")
    assert next(c.names for c in report.made if c.what == "features that nothing covers") == ("b", "d")


def test_sequences_of_silva_are_called_by_accession_and_place(write):
    rows = [("Eukaryota;Archaeplastida;", "AY846380"), ("Bacteria;Proteobacteria;", "AB001445")]
    text = "primaryAccession\tstart\tstop\tpath\torganism_name\ttaxid\n"
    text += "".join(f"{name}\t1\t{stop}\t{path}\tsp.\t9\n" for stop in (700, 900) for path, name in rows)
    path = write(text, "taxmap_slv_ssu_ref.txt")
    assert format_of(path) == "taxonomy"
    H, _ = read_taxonomy(path)
    assert H.ranks[0][:2] == ("AY846380.1.700", "AB001445.1.700")
    assert H.ranks[-1] == ("Eukaryota", "Bacteria")


def test_one_name_under_different_parents_is_two_taxa(write):
    H, _ = read_taxonomy(write("a\tk__Animalia;g__Morganella\nb\tk__Bacteria;g__Morganella\n"))
    assert H.ranks[1] == ("k__Animalia;g__Morganella", "k__Bacteria;g__Morganella")
