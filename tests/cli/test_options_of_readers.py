"""Every option of every reader can be given on the command line, to the formats that it is about and to no other."""

from __future__ import annotations

import inspect

import networkx as nx
import pytest

from hassenet import readers, shaping
from hassenet.cli.hierarchy.reading import FORMATS
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_edges, read_json, write_edges

READERS = {
    "edges": readers.read_edges,
    "gmt": readers.read_gmt,
    "reactome": readers.read_reactome,
    "obo": readers.read_obo,
    "graphml": readers.read_graphml,
    "json": readers.read_json,
    "tree": readers.read_tree,
    "lineages": readers.read_lineages,
    "taxonomy": readers.read_taxonomy,
    "clades": readers.read_clades,
    "snps": readers.read_snps,
    "columns": readers.read_column_lineages,
    "paths": readers.read_paths,
    "ontology": readers.read_ontology,
    "json-graph": readers.read_json_graph,
    "obographs": readers.read_obographs,
    "msigdb": readers.read_msigdb,
    "newick": readers.read_newick,
    "codes": readers.read_codes,
    "topology": readers.read_topology,
}
FILES = {"path", "source", "gmt", "names", "bim", "genes", "above"}
SECOND = {
    "edges": {"features"},
    "graphml": {"features"},
    "gmt": {"relations"},
    "reactome": {"relations"},
    "obo": {"annotations"},
    "json-graph": {"features"},
    "obographs": {"annotations"},
    "msigdb": {"relations"},
}
TEXTS = {
    "edges": "a,b\nb,c\n",
    "gmt": "S1\tR1\ta\tb\n",
    "reactome": "S1\tR-HSA-1\ta\tb\n",
    "obo": "ontology: go\n\n[Term]\nid: GO:1\n\n[Term]\nid: GO:2\nis_a: GO:1\n",
    "graphml": "\n".join(nx.generate_graphml(nx.DiGraph([("a", "b")]))),
    "json": '{"elements": [{"name": "a", "rank": 0}], "covers": []}',
    "tree": '{"a": ["b"]}',
    "lineages": "A|b\n",
    "taxonomy": "f\td__A;p__B\n",
    "clades": "x\ts\nA|b\t1\nA|c\t1\nA|d\t1\n",
    "snps": "1 rs1 0 5 A C\n",
    "columns": "x,A|b\n1,2\n",
    "paths": "a,b\n",
    "ontology": "GO:1\ta\tgene\n",
    "json-graph": '{"nodes": ["a"], "edges": []}',
    "obographs": '{"graphs": [{"nodes": [], "edges": []}]}',
    "msigdb": '{"S1": {"geneSymbols": ["a"]}}',
    "newick": "(a,b)c;\n",
    "codes": "A01\n",
    "topology": "ROOT: a 1\nGENES: b\nTERMS:\n",
}
VALUES = {
    "lower": "0",
    "upper": "1",
    "where": "0=a",
    "relation": "order",
    "feature_columns": "0,1",
    "feature_where": "0=a",
    "feature": "symbol",
    "without_evidence": "IEA",
    "aspect": "biological_process",
    "sep": "|",
    "columns": "0,1",
    "relations": "is_a",
    "namespace": "p",
    "sets": "name",
    "species": "HSA",
    "arrows": "up",
    "label": "name",
    "name": "id",
    "split": ";",
    "sign": "2",
    "feature_split": ";",
    "system": "ATC",
    "rank": "below",
}


def keywords(function):
    return set(inspect.signature(function).parameters) - FILES


@pytest.mark.parametrize("name", FORMATS)
def test_every_keyword_of_a_reader_is_an_option_of_its_format(name):
    assert keywords(READERS[name]) - SECOND.get(name, set()) <= set(FORMATS[name].options)


@pytest.mark.parametrize("name", ["edges", "obo"])
def test_every_keyword_of_the_readers_of_a_second_file_is_an_option_too(name):
    options = set(FORMATS[name].options)
    assert keywords(readers.read_annotations) <= options
    assert {f"feature_{key}" for key in ("columns", "where", "split")} <= options
    assert keywords(readers.read_relation) <= set(FORMATS["gmt"].options)


@pytest.mark.parametrize(
    ("name", "option"),
    [(name, option) for name in FORMATS for option in VALUES if option not in FORMATS[name].options],
)
def test_an_option_of_another_format_is_refused_by_its_name(run, tmp_path, name, option):
    (tmp_path / "file").write_text(TEXTS[name])
    spelled = f"--{option.replace('_', '-')}"
    result = run("hierarchy", "file", "--format", name, spelled, VALUES[option])
    assert result.exit_code == 2
    assert f"the format {name} has no {spelled}; leave it out" in " ".join(result.stderr.split())


def test_arrows_and_labels_of_graphs_can_be_chosen(run, tmp_path):
    graph = nx.DiGraph([("n1", "n0")])
    graph.nodes["n0"]["symbol"], graph.nodes["n1"]["symbol"] = "XPA", "repair"
    nx.write_graphml(graph, tmp_path / "g.graphml")
    assert (
        run("hierarchy", "g.graphml", "--arrows", "down", "--label", "symbol", "--out", "H.json").exit_code
        == 0
    )
    assert read_json("H.json").hierarchy.ranks == (("XPA",), ("repair",))


def test_pathways_of_reactome_are_chosen_by_species(run, tmp_path):
    (tmp_path / "sets.gmt").write_text("A\tR-MMU-1\tXpa\tTrp53\nB\tR-MMU-2\tXpa\n")
    (tmp_path / "relations.txt").write_text("R-MMU-1\tR-MMU-2\n")
    result = run("hierarchy", "sets.gmt", "relations.txt", "--species", "MMU", "--out", "H.json")
    assert result.exit_code == 0, result.output
    assert read_json("H.json").hierarchy.below("R-MMU-1") == ("Trp53", "R-MMU-2")


def test_annotations_are_chosen_by_aspect_and_evidence(run, tmp_path):
    lines = [
        f"U\tP{k}\t{gene}\t\tGO:2\tr\t{evidence}\t\t{aspect}\t\t\tp\tt\td\tx\n"
        for k, (gene, evidence, aspect) in enumerate(
            [("a", "IDA", "P"), ("b", "IEA", "P"), ("c", "IDA", "F")]
        )
    ]
    (tmp_path / "x.gaf").write_text("!gaf-version: 2.2\n" + "".join(lines))
    (tmp_path / "go.obo").write_text(TEXTS["obo"])
    (tmp_path / "edges.csv").write_text("child,parent\nGO:2,GO:1\n")
    choices = ("--feature", "identifier", "--without-evidence", "IEA", "--aspect", "biological_process")
    for first in ("go.obo", "edges.csv"):
        result = run("hierarchy", first, "x.gaf", *choices, "--out", "H.json", "--force")
        assert result.exit_code == 0, result.output
        assert read_json("H.json").hierarchy.ranks[0] == ("P0",)


def test_columns_of_paths_and_of_relations_of_sets(run, tmp_path):
    (tmp_path / "paths.csv").write_text("kingdom,id,species\nBacteria,1,E. coli\n")
    assert run("hierarchy", "paths.csv", "--columns", "species,kingdom", "--out", "P.json").exit_code == 0
    assert read_json("P.json").hierarchy.ranks == (("E. coli",), ("Bacteria",))
    (tmp_path / "sets.gmt").write_text("cell\tR1\tXPA\tTP53\nrepair\tR2\tXPA\n")
    (tmp_path / "relations.csv").write_text("cell,isa,repair\ncell,near,XPA\n")
    chosen = ("--lower", 2, "--upper", 0, "--where", "1=isa")
    assert run("hierarchy", "sets.gmt", "relations.csv", *chosen, "--out", "S.json").exit_code == 0
    assert read_json("S.json").hierarchy.below("cell") == ("TP53", "repair")


def test_edges_given_as_covers_are_checked_on_the_command_line(run, tmp_path):
    (tmp_path / "edges.csv").write_text("a,b\nb,c\n")
    assert run("hierarchy", "edges.csv", "--relation", "covers", "--out", "H.csv").exit_code == 0
    assert read_edges("H.csv").hierarchy.n_covers == 2
    (tmp_path / "more.csv").write_text("a,b\nb,c\na,c\n")
    result = run("hierarchy", "more.csv", "--relation", "covers")
    assert result.exit_code == 1
    assert "not a cover" in result.stderr


def test_a_written_hierarchy_takes_features_and_other_ranks(run, tmp_path):
    H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])
    write_edges(H.graded(), tmp_path / "H.tsv")
    (tmp_path / "features.tsv").write_text("g1\ta\ng2\tx\n")
    result = run("hierarchy", "H.tsv", "features.tsv", "--out", "G.json")
    assert result.exit_code == 0, result.output
    assert read_json("G.json").hierarchy.ranks == (("g1", "g2"), ("a", "x"), ("b",), ("c",))
    result = run("hierarchy", "H.tsv", "--rank", "above", "--out", "A.json")
    assert result.exit_code == 0, result.output
    assert read_json("A.json").hierarchy.graded() == shaping.rerank(H, "above").hierarchy.graded()


def test_choices_may_hold_commas_and_each_unknown_one_is_a_fault(run, tmp_path):
    (tmp_path / "edges.csv").write_text("low,up,kind\na,b,isa\nb,c,near\n")
    (tmp_path / "go.obo").write_text(TEXTS["obo"].replace("is_a", "namespace: p\nis_a"))
    (tmp_path / "x.gaf").write_text(
        "!gaf-version: 2.2\n"
        + "".join(f"U\tP{e}\tG{e}\t\tGO:2\tr\t{e}\t\tP\t\t\tp\tt\td\tx\n" for e in ("IDA", "IEA", "ND"))
    )
    result = run(
        "hierarchy", "go.obo", "x.gaf", "--without-evidence", "IEA,ND", "--strict", "--out", "H.json"
    )
    assert result.exit_code == 0, result.output
    assert read_json("H.json").hierarchy.ranks[0] == ("GIDA",)
    edges = ("edges.csv", "--lower", "low", "--upper", "up")
    for arguments, message in (
        (
            ("go.obo", "x.gaf", "--without-evidence", "IEA,nd"),
            "no annotation has (x.gaf): 1 ('nd'); there is 'ND',",
        ),
        (("go.obo", "--relations", "is_a,part_of"), "no pair has: 1 ('part_of'); there is 'is_a'"),
        (("go.obo", "--namespace", "p", "--namespace", "typo"), "no term has: 1 ('typo'); there is 'p'"),
        ((*edges, "--where", "kind=isa,partof"), "no row has: 1 ('partof'); there is 'isa', 'near'"),
    ):
        assert run("hierarchy", *arguments).exit_code == 0
        result = run("hierarchy", *arguments, "--strict")
        assert result.exit_code == 1
        assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["edges.csv", "--aspect", "biological_process"], "--aspect is about a second file; give it"),
        (["sets.gmt", "--lower", "0", "--upper", "1"], "--lower is about a second file; give it"),
        (
            ["edges.csv", "edges.csv", "--feature", "symbol", "--feature-columns", "0,1"],
            "--feature is about GAF and GPAD, --feature-columns about a table; leave one out",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(run, tmp_path, arguments, message):
    (tmp_path / "edges.csv").write_text(TEXTS["edges"])
    (tmp_path / "sets.gmt").write_text(TEXTS["gmt"])
    result = run("hierarchy", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_edges_that_stand_upside_down_are_turned_by_options(run, tmp_path):
    (tmp_path / "edges.csv").write_text("source,target\nroot,A\nroot,B\nA,g1\nA,g2\nB,g3\n")
    refused = run("hierarchy", "edges.csv")
    assert refused.exit_code == 1
    assert "edges.csv looks as if the upper one stood first" in refused.stderr
    assert "--lower 1 --upper 0" in refused.stderr
    turned = run("hierarchy", "edges.csv", "--lower", "target", "--upper", "source", "--out", "H.csv")
    assert read_edges(tmp_path / "H.csv").hierarchy.shape == (3, 2, 1), turned.output
