"""Files of a form that a reader is not for: they are read rightly, or refused with what they look like and a remedy."""

from __future__ import annotations

import json

import pytest

from hassenet.errors import CycleError, DataError
from hassenet.readers import (
    format_of,
    read_annotations,
    read_edges,
    read_gmt,
    read_graphml,
    read_json,
    read_lineages,
    read_obo,
    read_paths,
    read_relation,
    read_tree,
)

from .reports import dropped, faults, made

# ---------------------------------------------------------------- JSON that is not a tree

NODES = [{"id": "BRCA2"}, {"id": "repair"}]
EDGE = {"source": "BRCA2", "target": "repair"}
TREE = {"name": "cell", "children": [{"name": "repair", "children": [{"name": "XPA"}]}]}
OTHER_JSON = {
    "links": ({"nodes": NODES, "links": [EDGE]}, "a graph"),
    "edges": ({"directed": True, "graph": {}, "nodes": NODES, "edges": [EDGE]}, "a graph"),
    "names for nodes": ({"nodes": ["a", "b"], "edges": [{"from": "a", "to": "b"}]}, "a graph"),
    "adjacency": ({"nodes": NODES, "adjacency": [[{"id": "repair"}], []]}, "a graph"),
    "Cytoscape": ({"elements": {"nodes": [{"data": {"id": "a"}}], "edges": []}}, "a graph"),
    "Cytoscape, a list": ([{"data": {"id": "a"}}, {"data": {"id": "b"}}], "records"),
    "OBO Graphs": ({"graphs": [{"nodes": NODES, "edges": []}]}, "OBO Graphs"),
    "JSON-LD": ({"@context": {}, "@graph": [{"@id": "a"}]}, r"linked data"),
    "MSigDB": ({"SET": {"systematicName": "M1", "geneSymbols": ["TP53"]}}, "gene sets of MSigDB"),
    "some ids": ({"id": "cell", "children": [{"id": "repair"}, {}]}, "a tree whose objects lack their names"),
    "no name at the root": ({"children": [{"name": "a"}]}, "a tree whose objects lack their names"),
    "records": ([{"gene": "XPA", "set": "A"}, {"gene": "TP53", "set": "A"}], "records"),
    "records by number": ({"0": {"snp": "rs1", "at": 7}, "1": {"snp": "rs2", "at": 9}}, "records"),
    "columns": ({"snp": {"0": "rs1", "1": "rs2"}, "gene": {"0": "A", "1": "A"}}, "a table"),
    "lists of columns": ({"gene": ["XPA", "TP53"], "pathway": ["A", "A"]}, "a table"),
    "split": ({"columns": ["snp", "gene"], "index": [0], "data": [["rs1", "A"]]}, "a table"),
    "pairs": ([["XPA", "repair"], ["TP53", "repair"]], "pairs"),
    "parents": ([{"name": "a"}, {"name": "b", "parent": "a"}], "a list of objects with their parents"),
    "a wrapped tree": ({"version": "2", "tree": TREE}, "a tree that lies under a key"),
    "wrapped trees": ({"trees": [TREE]}, "a tree that lies under a key"),
    "hassenet's": ({"elements": [], "covers": []}, "what write_json writes"),
}


@pytest.mark.parametrize(("value", "kind"), OTHER_JSON.values(), ids=OTHER_JSON)
def test_json_that_is_not_a_tree_is_refused_with_what_it_looks_like(write_both, value, kind):
    with pytest.raises(DataError, match=f"looks like {kind}.*; .+"):
        read_tree(write_both(json.dumps(value), "file.json"))


@pytest.mark.parametrize(
    "tree",
    [
        {"liver": {"up": ["A"], "down": ["B"]}, "brain": {"up": ["C"], "down": ["A"]}},
        {"adults": ["A"], "children": ["B"]},
        {"id": ["A", "B"], "text": {"A": None}},
    ],
)
def test_names_that_are_keys_of_other_forms_are_names_still(write, tree):
    assert set(tree) <= {str(e) for e in read_tree(write(json.dumps(tree))).hierarchy.ranks[-1]}


def test_a_place_with_a_placeholder_for_a_name_joins_nothing(write):
    H, report = read_tree(write('{"A": ["XPA", "NA"], "B": ["TP53", "NA"], "uncultured": ["F8"]}'))
    assert H.ranks == (("F8", "XPA", "TP53"), ("A", "B"))
    assert dropped(report) == {
        "leaves with a placeholder for a name": 2,
        "inner places with a placeholder for a name": 1,
    }


# ---------------------------------------------------------------- whole files of another format

NEWICK = "((A:0.1,B:0.2)n1:0.3,C:0.4)root;\n"
OTHER_TEXTS = {
    "Newick": (NEWICK, "a tree in Newick"),
    "Newick of two": ("(A:0.1,B:0.2)root;\n", "a tree in Newick"),
    "NEXUS": ("#NEXUS\nbegin trees;\ntree a = (A,B);\nend;\n", "a tree in NEXUS"),
    "JSON": ('{"a": ["b"]}\n', "JSON"),
    "OWL": ('<?xml version="1.0"?>\n<!-- by hand -->\n<rdf:RDF xmlns:rdf="r"/>\n', "OWL or other RDF"),
    "Turtle": ("@prefix owl: <http://www.w3.org/2002/07/owl#> .\n", "OWL or other RDF"),
    "XML": ('<?xml version="1.0"?><graphml/>\n', "XML"),
    "OBO": ("format-version: 1.2\n\n[Term]\nid: A,1\n", "OBO"),
}
TABLES = [read_edges, read_gmt, read_lineages, read_paths, read_relation]


@pytest.mark.parametrize("read", TABLES, ids=lambda read: read.__name__)
@pytest.mark.parametrize(("text", "kind"), OTHER_TEXTS.values(), ids=OTHER_TEXTS)
def test_a_table_of_another_format_is_refused_with_what_it_looks_like(write_both, read, text, kind):
    with pytest.raises(DataError, match=f"looks like {kind}; "):
        read(write_both(text))


def test_an_ontology_in_owl_is_called_so_by_the_reader_of_obo(write_both):
    with pytest.raises(DataError, match="looks like OWL or other RDF; take the ontology in OBO"):
        read_obo(write_both(OTHER_TEXTS["OWL"][0], "go.owl"))


@pytest.mark.parametrize("read", [read_tree, read_json, read_obo])
def test_newick_is_called_by_its_name(write_both, read):
    with pytest.raises(DataError, match="looks like a tree in Newick; read it by read_newick"):
        read(write_both(NEWICK, "tree.nwk"))


def test_a_name_in_brackets_begins_a_table(write):
    assert read_edges(write("[Ruminococcus] gnavus,Blautia\n")).hierarchy.ranks[1] == ("Blautia",)


# ---------------------------------------------------------------- GraphML

GRAPH = '<graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph>'


@pytest.mark.parametrize(
    "root",
    [
        "graphml",
        'graphml xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
        'graphml xmlns="http://graphml.graphdrawing.org/xmlns/graphml"',
        'graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://y"',
        'graphml version="1"',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_graphml_is_read_whatever_namespace_its_root_declares(write, root, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><{root}>{GRAPH}</graphml>'
    assert read_graphml(write(text.encode(encoding))).hierarchy.ranks == (("a",), ("b",))


@pytest.mark.parametrize(
    ("root", "message"),
    [
        ('<rdf:RDF xmlns:rdf="r"/>', "this is OWL or other RDF; take the ontology in OBO"),
        ('<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "this is OWL"),
        ("<gexf><graph/></gexf>", "this is GEXF; read it by networkx.read_gexf"),
        ("<html></html>", "this is a web page; download the file itself"),
        ("<sbml/>", "XML of another kind, its root 'sbml'"),
        ("<graphml/>", "its root holds no <graph>"),
    ],
)
def test_xml_of_another_kind_is_called_by_its_name(write, root, message):
    with pytest.raises(DataError, match=f"{message}.*file.xml"):
        read_graphml(write(root, "file.xml"))


# ---------------------------------------------------------------- OBO

HEAD = "format-version: 1.2\n\n[Term]\nid: A:1\n\n[Term]\nid: A:2\nname: unit\n"


@pytest.mark.parametrize(
    "value",
    [
        "part_of A:1",
        "part_of A:1! root",
        "part_of  A:1",
        "part_of\tA:1 ! root",
        'part_of A:1 {source="PMID:1 ! x", minCardinality="1"} ! root',
        'part_of A:1{source="{x}"}! root',
    ],
)
def test_a_relationship_is_read_however_its_words_are_set_apart(write_both, value):
    assert read_obo(write_both(f"{HEAD}relationship: {value}\n")).hierarchy.ranks == (("A:2",), ("A:1",))


@pytest.mark.parametrize("tag", ["relationship: part_of", "is_a:"])
@pytest.mark.parametrize("tail", ["| F", "A:1", "root"])
def test_further_words_behind_a_term_are_refused_with_their_line(write, tag, tail):
    with pytest.raises(DataError, match=r"line 9 of .*put '!' before them"):
        read_obo(write(f"{HEAD}{tag} A:1 {tail}\n"))


@pytest.mark.parametrize("tag", ["relationship: part_of", "is_a:"])
def test_a_pair_that_holds_in_a_context_alone_is_left_out_and_counted(write_both, tag):
    qualified = f'{tag} A:1 {{gci_filler="NCBITaxon:7954", gci_relation="part_of"}} ! root\n'
    H, report = read_obo(write_both(HEAD + qualified))
    assert H.ranks == (("A:1", "A:2"),)
    assert dropped(report) == {"pairs that hold in a context alone (gci_relation, gci_filler)": 1}
    assert read_obo(write_both(f"{HEAD}{qualified}is_a: A:1\n")).hierarchy.depth == 1


def test_a_cycle_of_pairs_without_a_context_stays_one(write):
    with pytest.raises(CycleError):
        read_obo(write(HEAD.replace("id: A:1\n", "id: A:1\nis_a: A:2\n") + "is_a: A:1\n"))


# ---------------------------------------------------------------- annotations without their first line

GO = "format-version: 1.2\n\n[Term]\nid: GO:1\n\n[Term]\nid: GO:2\nis_a: GO:1\n"
GAF = "U\tP\t{}\t{}\tGO:2\tP:1\tIDA\t\tP\t\t\tprotein\ttaxon:9606\t20220701\tU\t\t\n"
GPAD_1 = "U\t{}\t{}\tGO:2\tP:1\tECO:0000314\t\t\t20220701\tU\n"
GPAD_2 = "U:{}\t{}\tRO:0002331\tGO:2\tP:1\tECO:0000314\t\t\t20220701\tU\n"
WITHOUT_HEADERS = [(GAF, "involved_in"), (GPAD_1, "involved_in"), (GPAD_2, "")]


@pytest.mark.parametrize(("line", "qualifier"), WITHOUT_HEADERS)
def test_annotations_are_known_by_their_columns_and_not_is_not_a_membership(write_both, line, qualifier):
    negated = f"NOT|{qualifier}".rstrip("|")
    path = write_both(line.format("yes", qualifier) + line.format("no", negated), "h.gaf")
    assert read_annotations(path).pairs == (("yes", "GO:2"),)
    assert read_obo(write_both(GO, "go.obo"), annotations=path).hierarchy.ranks[0] == ("yes",)
    with pytest.raises(DataError, match="annotations are the features of a hierarchy"):
        format_of(path)


def test_annotations_that_are_read_as_pairs_say_that_not_is_passed_over(write):
    path = write(GAF.format("yes", "involved_in") + GAF.format("no", "NOT|involved_in"))
    reading = read_obo(write(GO, "go.obo"), annotations=read_relation(path, lower=2, upper=4))
    assert faults(reading.report) == {"annotations that say NOT, read as pairs like the others (file)": 1}
    with pytest.raises(DataError, match="read them as annotations"):
        reading.strict()
    with pytest.raises(DataError, match="looks like annotations .GAF or GPAD., some of which may say NOT"):
        read_relation(path)
    left = read_relation(path, lower=2, upper=4, where={3: "involved_in"})
    assert not left.report.faults


# ---------------------------------------------------------------- gene sets

SETS = {"S one": ["TP53", "MDM2"], "S two": ["ATM", "TP53"]}


def test_quotation_marks_around_cells_are_not_part_of_names(write_both):
    quoted = "".join("\t".join(f'"{c}"' for c in (name, "d", *genes)) + "\n" for name, genes in SETS.items())
    plain = "".join("\t".join((name, "d", *genes)) + "\n" for name, genes in SETS.items())
    assert read_gmt(write_both(quoted)).hierarchy == read_gmt(write_both(plain, "other")).hierarchy


def test_genes_in_the_column_of_descriptions_are_a_fault(write_both):
    text = "".join("\t".join((name, *genes)) + "\n" for name, genes in SETS.items())
    reading = read_gmt(write_both(text + "S three\tMDM2\tATM\n"))
    assert faults(reading.report) == {"second cells that are genes of sets, not read as genes": 3}
    with pytest.raises(DataError, match="put a second column of NA into it"):
        reading.strict()
    whole = text.replace("S one\t", "S one\tNA\t").replace("S two\t", "S two\tNA\t")
    assert not read_gmt(write_both(whole, "whole")).report.faults


def test_a_placeholder_is_not_a_gene_of_any_set(write):
    H, report = read_gmt(write("A\td\tTP53\tN/A\t---\nB\td\tATM\tN/A\n"))
    assert H.ranks[0] == ("TP53", "ATM")
    assert dropped(report) == {"genes with a placeholder for a name": 3}


def test_the_symbol_of_neuraminidase_is_a_gene_and_is_counted(write):
    H, report = read_gmt(write("Budding\tNA\tHA\tNA\nRelease\tNA\tNA\tNP\n"))
    assert not report.faults
    assert H.above("NA") == ("Budding", "Release")
    assert made(report)["genes that are called as what is missing (kept: a symbol of some)"] == 2


# ---------------------------------------------------------------- edges

RELATIONS = "R-HSA-1\tR-HSA-2\nR-HSA-1\tR-HSA-3\n"


def test_relations_with_the_parent_first_are_not_read_upside_down(write):
    path = write(RELATIONS)
    gmt = write("A\tR-HSA-2\tTP53\n", "sets.gmt")
    for read in (
        lambda: read_edges(path),
        lambda: read_relation(path),
        lambda: read_gmt(gmt, relations=path, sets="identifier"),
    ):
        with pytest.raises(DataError, match="relations of Reactome have the parent first.*lower=1, upper=0"):
            read()
    assert read_edges(path, lower=1, upper=0).hierarchy.ranks[1] == ("R-HSA-1",)


def test_features_in_the_column_of_elements_are_called_so(write):
    with pytest.raises(DataError, match="choose the two columns the other way round"):
        read_edges(write("a,b\n"), features=[("a", "XPA"), ("b", "TP53")])
