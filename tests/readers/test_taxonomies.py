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


OF_RANKS = {
    "counts beside": ("Kingdom,Phylum,Class,s1,s2\nB,F,C,1,2\nB,F,D,3,4\n", None, ()),
    "rows counted": (",Kingdom,Phylum,Class\n1,B,F,C\n2,B,F,D\n", None, ()),
    "shares": ("Kingdom,Phylum,Class,Identity\nB,F,C,98.5%\nB,F,D,NA\n", None, ()),
    "confidence": (
        "Kingdom,Phylum,Class,Confidence,ASV\nB,F,C,0.98,F1\nB,F,D,0.91,F2\n",
        ("F1", "F2"),
        ("Confidence",),
    ),
    "numbers": ("#OTU ID,Kingdom,Phylum,Class\n228054,B,F,C\n73627,B,F,D\n", ("228054", "73627"), ()),
    "rows and names": (",Kingdom,Phylum,Class,ASV\n1,B,F,C,F1\n2,B,F,D,F2\n", ("F1", "F2"), ("",)),
    "site": ("site,Kingdom,Phylum,Class,seq\ngut,B,F,C,F1\ngut,B,F,D,F2\n", ("F1", "F2"), ("site",)),
    "sizes and counts": (
        "OTU,Size,Kingdom,Phylum,Class\nF1;size=5,5,B,F,C\nF2;size=3,3,B,F,D\n",
        ("F1;size=5", "F2;size=3"),
        ("Size",),
    ),
    "sizes": ("OTU,Kingdom,Phylum,Class\nF1;size=5,B,F,C\nF2;size=3,B,F,D\n", ("F1;size=5", "F2;size=3"), ()),
}


@pytest.mark.parametrize("name", OF_RANKS)
def test_numbers_beside_ranks_are_names_where_their_head_says_so(write, name):
    text, features, beside = OF_RANKS[name]
    path = write(text, f"{name}.csv")
    if features is None:
        with pytest.raises(DataError, match="has a column of features beside its ranks"):
            read_taxonomy(path)
        return
    H, report = read_taxonomy(path)
    assert H.ranks[0] == features
    assert H.ranks[-1] == ("B",)
    assert [count.names for count in report.dropped if count.what.startswith("columns")] == (
        [beside] if beside else []
    )


def test_ranks_between_the_great_ones_are_levels(write):
    heads = "id,Order,Suborder,Superfamily,Family,Subfamily,Tribe,Genus,Subspecies"
    H, report = read_taxonomy(write(f"{heads}\nF1,O,o,s,F,f,t,G,g\nF2,O,o,s,F,f,u,H,h\n"))
    assert [len(rank) for rank in H.ranks] == [2, 2, 2, 2, 1, 1, 1, 1, 1]
    assert dropped(report) == {}


def test_names_that_hold_every_separator_make_no_level(write):
    H, _ = read_taxonomy(write("ASV,Kingdom,Phylum,Class\nF1,B;x,F|y,C>→z\nF2,B;x,F|y,D\n"))
    assert [len(rank) for rank in H.ranks] == [2, 2, 1, 1]
    assert H.ranks[-1] == ("B;x",)


def test_an_empty_lowest_level_is_counted(write):
    text = "ASV,Kingdom,Phylum,Class\nF1,B,F,\nF2,B,F,D\n"
    assert dropped(read_taxonomy(write(text)).report) == {"levels without a name": 1}


def test_counts_beside_ranks_are_not_the_features_of_paths(write):
    path = write("Kingdom,Phylum,Class,s1\nB,F,C,1\nB,F,D,3\n")
    assert not {"1", "3"} & set(read_paths(path).hierarchy.ranks[0])
