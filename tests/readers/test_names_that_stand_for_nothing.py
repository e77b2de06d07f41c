"""Words such as NA and "uncultured" do not become elements that join; names of two things are told apart or faults."""

from __future__ import annotations

import json

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import DataError
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.placeholders import is_placeholder
from hassenet.readers import (
    read_annotations,
    read_column_lineages,
    read_edges,
    read_gene_sets,
    read_gmt,
    read_lineages,
    read_msigdb,
    read_networkx,
    read_newick,
    read_ontology,
    read_paths,
    read_relation,
    read_tree,
)

from .reports import dropped, faults, made

NOTHING = ["NA", "-", ".", "NULL", "NaN", "None", "n/a", "nan", "---", "#N/A", "<NA>", "\\N"]
TAXA = [
    "g__",
    "__",
    "unclassified",
    "o__unidentified",
    "uncultured",
    "D_4__",
    "D_4__uncultured bacterium",
    "uncultured_rumen_bacterium",
    "Incertae Sedis",
    "f__Pleosporales_fam_Incertae_sedis",
    "sk__",
    "g__norank",
    "norank_f__Lachnospiraceae",
    "unclassified_o__Clostridiales",
    "no rank",
    "Ambiguous_taxa",
    "human gut metagenome",
    "Unknown Family",
    "D_5__NA",
]
NAMES = [
    "Na",
    "NANOG",
    "NAT1",
    "Other",
    "s__Dorea_unclassified",
    "uncultured Dorea sp.",
    "Incertae",
    "GO:1",
    "Unc5b",
]


@pytest.mark.parametrize("name", [*NOTHING, *TAXA])
def test_a_word_for_what_has_no_name_is_a_placeholder(name):
    assert is_placeholder(name)
    assert is_placeholder(f" {name} ")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_not_a_placeholder(name):
    assert not is_placeholder(name)


WORDS = [NOTHING[0], NOTHING[1], "uncultured", "D_4__"]


@pytest.mark.parametrize("word", WORDS)
def test_pairs_with_a_placeholder_are_left_out_and_counted_wherever_they_come_from(write_both, word):
    pairs = [("rs1", "BRCA2"), ("rs2", word), ("rs3", word), ("BRCA2", "repair"), (word, "repair")]
    table = pd.DataFrame(pairs, columns=["child", "parent"])
    path = write_both(table.to_csv(index=False))
    for source in (pairs, path, table, read_relation(path)):
        H, report = read_edges(source)
        assert H.ranks == (("rs1",), ("BRCA2",), ("repair",))
        assert dropped(report) == {"pairs with a placeholder for a name": 3}


def test_a_table_of_placeholders_alone_is_refused(write):
    with pytest.raises(DataError, match="a pair is of two names: in file 'NA' stand"):
        read_edges(write("rs1,NA\nrs2,NA\n"))


@given(st.lists(st.tuples(st.sampled_from(["a", "b", *WORDS]), st.sampled_from(["x", "y", *WORDS]))))
def test_no_placeholder_is_an_element_and_every_pair_is_kept_or_counted(pairs):
    relation = read_relation([*pairs, ("a", "x")])
    assert not any(map(is_placeholder, relation.names))
    assert len(relation) + sum(dropped(relation.report).values()) == len(pairs) + 1


def test_features_annotations_and_ontologies_are_without_placeholders(write):
    H, report = read_edges({"A": "top"}, features=[("x", "A"), ("y", "NA"), ("-", "A")])
    assert H.ranks[0] == ("x",)
    assert dropped(report)["pairs with a placeholder for a name (features)"] == 2
    line = "U\tP\t{}\t\tGO:2\tP:1\tIDA\t\tP\t\t\tprotein\ttaxon:9606\t20220701\tU\n"
    A = read_annotations(write("!gaf-version: 2.2\n" + line.format("XPA") + line.format("-")))
    assert A.pairs == (("XPA", "GO:2"),)
    assert dropped(A.report) == {"annotations with a placeholder for a name": 1}
    H, report = read_ontology(write("A\tXPA\tgene\nA\tNA\tgene\nB\tNA\tgene\n", "ontology"))
    assert H.ranks == (("XPA",), ("A",))
    assert dropped(report) == {"lines with a placeholder for a name": 2}


@pytest.mark.parametrize("word", [*WORDS, "Incertae Sedis"])
def test_a_level_with_a_placeholder_is_passed_over_in_lineages_paths_and_columns(write_both, word):
    H, report = read_lineages(write_both(f"B;F;{word};s1\nB;P;{word};s2\n"), ";")
    assert [e for e in H.ranks[1] if isinstance(e, str)] == []
    assert dropped(report) == {"levels without a name": 2}
    H, report = read_column_lineages(write_both(f"B;F;{word};s1\n1\n", "c"), ";")
    assert dropped(report)["levels without a name"] == 1
    H, report = read_paths(write_both(f"s1,{word},F,B\ns2,{word},P,B\n", "paths"))
    assert H.ranks == (("s1", "s2"), ("F", "P"), ("B",))
    assert made(report)["levels without a name (passed over)"] == 2
    assert f"({word!r})" in str(report)


def test_a_feature_with_a_placeholder_for_a_name_is_a_fault_of_paths(write):
    H, report = read_paths(write("s1,G,F\nNA,G,F\nNA,H,F\n"))
    assert H.ranks[0] == ("s1",)
    assert faults(report)["paths without a feature"] == 2


def test_a_node_with_a_placeholder_for_a_name_is_a_fault_of_a_graph():
    reading = read_networkx(nx.DiGraph([("rs1", "BRCA2"), ("rs2", "NA")]))
    with pytest.raises(DataError, match="nodes with a placeholder for a name: 1 .'NA'"):
        reading.strict()


# ---------------------------------------------------------------- homonyms

HOMONYMS = "L. vulgaris,Linaria,Plantaginaceae,Plantae\nL. cannabina,Linaria,Fringillidae,Animalia\n"
REASON = "names with several names above (homonyms?)"


@pytest.mark.parametrize("head", ["", "species,genus,family,kingdom\n", "#species,genus,family,kingdom\n"])
def test_a_name_of_two_things_on_a_path_is_a_fault(write_both, head):
    columns = head.strip().split(",") if head[:1] == "s" else None
    reading = read_paths(write_both(head + HOMONYMS), columns=columns)
    assert faults(reading.report)[REASON] == 1
    with pytest.raises(DataError, match="'Linaria'.*give each thing a name of its own"):
        reading.strict()


def test_a_level_that_is_missing_on_one_path_does_not_make_two_things_of_a_name(write):
    assert not read_paths(write("s1,G,F,K\ns2,G,,K\n")).report.faults


def test_a_feature_of_several_things_is_a_fault_in_a_taxonomy_and_in_no_other_table(write):
    text = "s1,G1,F\ns1,G2,F\n"
    assert not read_paths(write(text)).report.faults
    path = write(f"species,genus,family\n{text}", "headed")
    assert faults(read_paths(path, columns=["species", "genus", "family"]).report) == {REASON: 1}


def test_genes_of_several_pathways_are_not_homonyms_in_a_topology_of_gennet(write):
    head = "layer0_name,layer1_name,layer2_name\n"
    assert not read_paths(write(f"{head}rs1,BRCA2,repair\nrs2,BRCA2,growth\n")).report.faults


# ---------------------------------------------------------------- what is shown


def test_the_repr_of_a_reading_and_of_its_parts_is_short_however_much_does_not_fit():
    features = [("g", "A"), *((f"g{k}", f"GO:{k}") for k in range(5000))]
    reading = read_edges({"A": "top"}, features=features)
    restriction = reading.hierarchy.restrict(["g", *map(str, range(10))])[1]
    shown = (reading, reading.report, *reading.report.faults, read_relation(features), restriction)
    assert max(len(repr(value)) for value in shown) < 2000
    assert repr(reading).startswith("Hierarchy(shape=(1, 1, 1)")
    assert "features without an element that is there: 5,000" in repr(reading)


# ---------------------------------------------------------------- upside down


def test_features_that_stand_above_rank_0_say_that_the_hierarchy_stands_upside_down():
    H = Hierarchy.from_covers([("Hypoxia", "VEGFA"), ("Hypoxia", "CA9"), ("TNFa", "NFKB1")])
    with pytest.raises(DataError, match="3 of higher ones, of rank 1 first.*stand upside down"):
        H.restrict(["VEGFA", "CA9", "NFKB1"])
    with pytest.warns(UserWarning, match="2 of 3 features are elements above rank 0.*upside down"):
        _, restriction = H.restrict(["VEGFA", "CA9", "Hypoxia"])
    assert restriction.report.faults


def test_a_tree_tells_names_of_two_things_apart(write):
    tree = {"plants": {"Linaria": ["L. vulgaris"]}, "birds": {"Linaria": ["L. cannabina"]}}
    assert read_tree(write(json.dumps(tree))).hierarchy.ranks[1] == ("plants/Linaria", "birds/Linaria")


@pytest.mark.parametrize("word", ["NA", "unknown", "-", "incertae sedis"])
def test_a_place_of_a_tree_with_a_placeholder_for_a_name_does_not_join_what_is_below_it(write, word):
    tree = {"Bacteria": {word: ["a", "b"], "Firmicutes": ["c"]}, "Archaea": {word: {"E": ["d"]}}}
    nested = [
        {"name": top, "children": [{"name": name, "children": _nested(below)} for name, below in of.items()]}
        for top, of in tree.items()
    ]
    for value in (tree, nested):
        H, report = read_tree(write(json.dumps(value)))
        assert (
            H
            == read_tree(
                write(
                    json.dumps({"Bacteria": {"a": {}, "b": {}, "Firmicutes": ["c"]}, "Archaea": {"E": ["d"]}})
                )
            ).hierarchy
        )
        assert dropped(report)["inner places with a placeholder for a name"] == 2


def _nested(below):
    if isinstance(below, list):
        return [{"name": leaf} for leaf in below]
    return [{"name": name, "children": _nested(of)} for name, of in below.items()]


def test_a_node_of_a_phylogeny_with_a_placeholder_for_a_name_is_called_by_its_leaves(write):
    H = read_newick(write("((a,b)NA,(c,d)Dorea,e)root;")).hierarchy
    assert H == read_newick(write("((a,b),(c,d)Dorea,e)root;")).hierarchy
    assert "NA" not in H.ranks[1]


@pytest.mark.parametrize("word", ["NA", "unknown", "-", "."])
def test_a_set_with_a_placeholder_for_a_name_is_left_out_and_counted(write, word):
    sets = {word: ["d", "e"], "REPAIR": ["a", "d"]}
    msigdb = {name: {"systematicName": f"M{len(name)}", "geneSymbols": genes} for name, genes in sets.items()}
    gmt = "".join("\t".join([name, "of nothing", *genes]) + "\n" for name, genes in sets.items())
    for H, report in (
        read_gene_sets(sets),
        read_msigdb(write(json.dumps(msigdb))),
        read_gmt(write(gmt)),
    ):
        assert H.ranks == (("a", "d"), ("REPAIR",))
        assert dropped(report)["sets with a placeholder for a name"] == 1


@pytest.mark.parametrize("value", ["hi", {"name": "left-pad", "version": "1.0", "dependencies": {"a": "1"}}])
def test_a_name_alone_is_not_a_tree(write, value):
    with pytest.raises(DataError, match="a tree has places below others: .* holds one name"):
        read_tree(write(json.dumps(value)))
