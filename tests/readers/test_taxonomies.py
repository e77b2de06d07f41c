"""Tables with a feature and its lineage a line: GTDB, QIIME2, mothur, and counts with a lineage at the end."""

from __future__ import annotations

import pytest

from hassenet.errors import DataError, DuplicateElementError, ParameterError
from hassenet.hierarchy.relay import Relay
from hassenet.readers import format_of, read_edges, read_lineages, read_paths, read_taxonomy

from .reports import dropped, faults, made

FEATURES = ("F1", "F2", "F3")
TAXA = (("d__B;p__X", "d__A;p__Z"), ("d__B", "d__A"))
GTDB = "F1\td__B;p__X\nF2\td__B;p__X\nF3\td__A;p__Z\n"
TABLES = {
    "GTDB": GTDB,
    "QIIME2": "Feature ID\tTaxon\tConfidence\n" + "".join(f"{line}\t0.9\n" for line in GTDB.splitlines()),
    "QIIME2, types": "Feature ID\tTaxon\n#q2:types\tcategorical\n" + GTDB.replace(";", "; "),
    "counts": "#OTU ID\tS1\ttaxonomy\n"
    + "".join(line.replace("\t", "\t7\t") + "\n" for line in GTDB.splitlines()),
    "commas": "otu,taxonomy\n" + GTDB.replace("\t", ","),
    "quoted": '"asv","Taxon"\n"F1","d__B;p__X"\n"F2","d__B;p__X"\n"F3","d__A;p__Z"\n',
    "mothur": "OTU\tSize\tTaxonomy\nF1\t9\td__B(100);p__X(98);\nF2\t8\td__B(99);p__X(9);\nF3\t7\td__A(7);p__Z(6);\n",
    "bars": GTDB.replace(";", "|"),
}


def plain(element):
    return element.replace("|", ";") if isinstance(element, str) else element


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_of_features_and_lineages_gives_their_taxonomy(write_both, text):
    path = write_both(text, "taxonomy.tsv")
    assert format_of(path) == "taxonomy"
    H, report = read_taxonomy(path)
    assert tuple(tuple(map(plain, rank)) for rank in H.ranks) == (FEATURES, *TAXA)
    assert not report.faults
    assert made(report) == {"lineages": 3, "taxa above them": 4}


def test_no_confidence_makes_two_taxa_of_one(write):
    text = "a\tBacteria(100);Firmicutes(98);\nb\tBacteria(97);Firmicutes(51);\n"
    H, _ = read_taxonomy(write(text), sep=";")
    assert H.ranks[1:] == (("Bacteria;Firmicutes",), ("Bacteria",))


def test_a_level_without_a_name_is_passed_over_by_relays_of_the_feature(write):
    H, report = read_taxonomy(write("a\td__B;p__X;c__Y\nb\td__B;p__;c__uncultured\n"))
    assert H.ranks[1] == ("d__B;p__X;c__Y", Relay("b", 1))
    assert dropped(report) == {"levels without a name": 2}


def test_a_feature_may_hold_the_separator_and_is_named_as_it_stands(write):
    assert read_taxonomy(write("gi|1\tk__B|p__X\ngi|2\tk__B|p__X\n")).hierarchy.ranks[0] == ("gi|1", "gi|2")


def test_a_feature_without_a_name_is_left_out_and_columns_beside_are_counted(write):
    H, report = read_taxonomy(write("a\td__B;p__X\t1\nNA\td__B;p__X\t1\n"))
    assert H.ranks[0] == ("a",)
    assert dropped(report) == {
        "columns beside features and lineages": 1,
        "features with a placeholder for a name": 1,
    }


def test_a_first_line_that_may_be_a_header_is_a_fault(write):
    assert "first lines with one level that no other begins with" in faults(
        read_taxonomy(write("Name\tGruppe\n" + GTDB)).report
    )


@pytest.mark.parametrize(
    ("text", "options", "error", "message"),
    [
        (GTDB + "F1\td__B;p__X\n", {}, DuplicateElementError, "'F1' stands on lines 1 and 4"),
        ("a\tb\nc\td\n", {}, DataError, "has none of lineages, whose levels are set apart by ; or |"),
        (GTDB, {"sep": "/"}, DataError, "set apart by /"),
        (GTDB, {"sep": ""}, ParameterError, "sep is the text between two levels"),
        ("d__B;p__X\nd__A;p__Y\n", {}, DataError, "a column of features and one of lineages"),
    ],
)
def test_a_table_that_is_not_a_taxonomy_is_refused(write, text, options, error, message):
    with pytest.raises(error, match=message):
        read_taxonomy(write(text), **options)


@pytest.mark.parametrize("read", [read_edges, read_paths])
def test_lineages_that_are_read_as_names_are_a_fault(write_both, read):
    reading = read(write_both(GTDB))
    assert faults(reading.report)["upper elements whose names spell lineages"] == 2
    with pytest.raises(DataError, match="read the table by read_taxonomy"):
        reading.strict()


@pytest.mark.parametrize("text", [GTDB, GTDB.replace("\t", ","), "B;F\t100\nB;P\t3\n", "B;F,1.5e-3\nB;P,2\n"])
def test_a_table_is_not_a_list_of_lineages(write_both, text):
    with pytest.raises(DataError, match="have columns, .* between; read the table by read_taxonomy"):
        read_lineages(write_both(text), ";")


@pytest.mark.parametrize("cells", [("100", "3"), ("2|1239\t0.5", "2|99\t0.1")])
def test_numbers_behind_lineages_are_not_features(write_both, cells):
    text = "#clade_name\tNCBI_tax_id\n" if len(cells[0]) < 5 else "#clade_name\tNCBI_tax_id\tabundance\n"
    path = write_both(text + f"k__B|p__F\t{cells[0]}\nk__B|p__G\t{cells[1]}\n")
    with pytest.raises(DataError, match="numbers stand behind the lineages.*alone to read_lineages"):
        read_taxonomy(path)


def test_lineages_without_prefixes_are_known_by_their_few_roots(write):
    path = write("x\tBacteria;Firmicutes;Bacilli\ny\tBacteria;Firmicutes;Clostridia\n")
    assert format_of(path) == "taxonomy"
    assert read_taxonomy(path).hierarchy.ranks[-1] == ("Bacteria",)


def test_quotation_marks_around_lineages_are_not_part_of_their_names(write):
    H, _ = read_lineages(write('"B;F"\n"B;P"\n'), ";")
    assert H.ranks == (("B;F", "B;P"), ("B",))


@pytest.mark.parametrize(
    "text",
    ["k__B|p__X,k__B\nk__B|p__Y,k__B\n", "g1\tGO:1;GO:2;GO:3\ng2\tGO:1;GO:2;GO:4\n", "a,x|y\nb,x|z\n"],
)
def test_edges_between_lineages_and_lists_of_terms_are_not_taxonomies(write, text):
    assert format_of(write(text)) != "taxonomy"
    assert "upper elements whose names spell lineages" not in faults(read_edges(write(text)).report)


RANKS = {
    "of DADA2": '"","Kingdom","Phylum","Genus"\n"F1","B","P; a","X"\n"F2","B","P; a",NA\n"F3","A",NA,"X"\n',
    "from below": "OTU\tgenus\tphylum\tkingdom\nF1\tX\tP; a\tB\nF2\tNA\tP; a\tB\nF3\tX\t\tA\n",
    "beside others": "Kingdom,Phylum,Genus,OTU,Size\nB,P; a,X,F1,5\nB,P; a,g__,F2,6\nA,NA,X,F3,7\n",
}


@pytest.mark.parametrize("name", RANKS)
def test_columns_that_are_headed_by_ranks_are_lineages_in_whatever_order(write, name):
    path = write(RANKS[name])
    assert format_of(path) == "taxonomy"
    H, report = read_taxonomy(path)
    assert [[e for e in rank if not isinstance(e, Relay)] for rank in H.ranks[::2]] == [
        ["F1", "F2", "F3"],
        ["B|P; a"],
    ]
    assert H.ranks[-1] == ("B", "A")
    assert len([e for e in H.ranks[1] if not isinstance(e, Relay)]) == 2  # the genus X of two kingdoms
    assert dropped(report)["levels without a name"] == 2
    assert dropped(report).get("columns beside features and lineages", 0) == (name == "beside others")


def test_paths_in_columns_that_are_headed_by_ranks_lead_up(write):
    text = "OTU,Kingdom,Phylum,Genus\nF1,B,P,X\nF2,B,P,Y\n"
    assert read_paths(write(text)).hierarchy.ranks == (("F1", "F2"), ("X", "Y"), ("P",), ("B",))


def test_numbers_of_several_samples_behind_lineages_are_not_features(write):
    with pytest.raises(DataError, match="numbers stand behind the lineages"):
        read_taxonomy(write("\ts1\ts2\nk__B;p__F\t1\t3\nk__B;p__G\t2\t5\n"))
