"""``hassenet hierarchy``: any format in, one hierarchy out, and a report of all that was dropped."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from threading import Thread

import networkx as nx
import pytest

from hassenet import shaping
from hassenet.cli.hierarchy.command import NAMES_OF_FORMATS
from hassenet.cli.hierarchy.reading import FORMATS
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_edges, read_graphml, read_json, read_reactome, read_relation
from hassenet.storage import load

DATA = Path(__file__).parents[1] / "data"
EDGES = "XPA\trepair\nBRCA2\trepair\nrepair\tcell\nXPA\tcell\n"
H = Hierarchy.from_relation([line.split("\t") for line in EDGES.splitlines()])
OBO = "ontology: go\n\n[Term]\nid: GO:1\nnamespace: p\n\n[Term]\nid: GO:2\nnamespace: p\nis_a: GO:1\n"
GAF = "!gaf-version: 2.2\nU\tP1\tXPA\t\tGO:2\tr\tIDA\t\tP\t\t\tp\tt\td\tx\n"


@pytest.fixture
def edges(tmp_path):
    (tmp_path / "edges.tsv").write_text(EDGES)
    return tmp_path / "edges.tsv"


@pytest.mark.parametrize(
    ("out", "read"),
    [("H.csv", read_edges), ("H.tsv.gz", read_edges), ("H.json", read_json), ("H.graphml.gz", read_graphml)],
)
def test_the_hierarchy_is_reported_and_written_and_read_again(run, edges, out, read):
    result = run("hierarchy", edges, "--out", out)
    assert result.exit_code == 0, result.output
    for part in (
        "pairs: 4",
        "dropped, pairs that others imply: 1",
        "elements: 4; covers: 3",
        f"written: {out}",
    ):
        assert part in result.stdout
    assert read(out).hierarchy == H
    again = run("hierarchy", out, "--strict", "--quiet")
    assert again.exit_code == 0, again.output
    assert again.stdout == ""


def test_without_an_output_the_hierarchy_is_only_reported(run, edges, tmp_path):
    assert "rank" in run("hierarchy", edges).stdout
    assert [p.name for p in tmp_path.iterdir()] == ["edges.tsv"]


def test_a_hierarchy_is_restricted_to_the_columns_of_a_table(run, edges, tmp_path):
    (tmp_path / "genes.csv").write_text("sample,XPA\na,1\n")
    result = run("hierarchy", edges, "--features", "genes.csv", "--out", "H.json", "--strict")
    assert result.exit_code == 0, result.output
    for part in (
        "features kept, of 2 given: 1",
        "features given that are no element: 1 ('sample')",
        "'BRCA2'",
    ):
        assert part in result.stdout
    assert read_json("H.json").hierarchy.ranks == (("XPA",), ("repair",), ("cell",))


@pytest.mark.filterwarnings("default::hassenet.errors.HassenetWarning")
def test_names_of_another_kind_are_reported_and_refused_with_strict(run, edges, tmp_path):
    names = ["XPA", *(f"ENSG{k:05}" for k in range(30))]
    (tmp_path / "genes.csv").write_text(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    told = run("hierarchy", edges, "--features", "genes.csv")
    assert told.exit_code == 0
    assert "note: only 1 of 31 names matched: features are, for instance, 'ENSG00000'" in told.stderr
    assert "fault, only 1 of 31 names matched" in told.stdout
    refused = run("hierarchy", edges, "--features", "genes.csv", "--strict", "--out", "H.csv")
    assert refused.exit_code == 1
    assert not Path("H.csv").exists()


def test_edges_take_features_columns_and_conditions(run, tmp_path):
    (tmp_path / "edges.tsv").write_text("t1\tt2\tisa\tBP\nt1\tt3\tregulates\tBP\nt1\tt4\tisa\tMF\n")
    (tmp_path / "genes.tsv").write_text("XPA\tt1\nTP53\tt9\n")
    columns = ("--lower", 0, "--upper", 1, "--where", "2=isa,part of", "--where", "3=BP")
    result = run("hierarchy", "edges.tsv", "genes.tsv", *columns, "--out", "H.csv")
    assert result.exit_code == 0, result.output
    assert "fault, pairs of features with elements that are not there: 1 ('t9')" in result.stdout
    assert read_edges("H.csv").hierarchy.ranks == (("XPA",), ("t1",), ("t2",))
    refused = run("hierarchy", "edges.tsv", "genes.tsv", *columns, "--strict")
    assert refused.exit_code == 1
    assert "'t9'" in refused.stderr


def test_columns_of_features_are_chosen_too(run):
    edges, genes = DATA / "go_edges.tsv.gz", DATA / "go_annotations.tsv.gz"
    columns = ("--lower", 0, "--upper", 1, "--where", "2=isa,part of")
    features = ("--feature-columns", "0,1", "--feature-where", "2=IDA,IMP")
    result = run("hierarchy", edges, genes, *columns, *features, "--out", "H.json", "--strict")
    assert result.exit_code == 0, result.output
    chosen = read_relation(genes, lower=0, upper=1, where={2: {"IDA", "IMP"}})
    assert set(read_json("H.json").hierarchy.ranks[0]) == {gene for gene, _ in chosen}


def test_three_files_of_reactome_are_known(run):
    files = [DATA / f"reactome_{name}.gz" for name in ("sets.gmt", "relations.txt", "names.txt")]
    result = run("hierarchy", *files, "--out", "H.tsv", "--rank", "above", "--strict")
    assert result.exit_code == 0, result.output
    assert read_edges("H.tsv").hierarchy == read_reactome(*files, rank="above").hierarchy
    alone = run("hierarchy", files[0], "--format", "reactome")
    assert alone.exit_code == 2
    assert "give two or three" in alone.stderr


def test_steps_of_shaping_are_taken_in_one_order_and_each_is_reported(run):
    files = [DATA / f"reactome_{name}.gz" for name in ("sets.gmt", "relations.txt", "names.txt")]
    steps = ("--rerank", "above", "--thin", "--collapse", "--prune", "5:200", "--between", "1:4")
    result = run("hierarchy", *files, *steps, "--out", "H.json")
    assert result.exit_code == 0, result.output
    told = [line for line in result.stdout.splitlines() if line and not line.startswith(" ")]
    assert told[1:6] == ["between", "prune", "collapse", "thin", "rerank"]
    expected = shaping.between(read_reactome(*files).hierarchy, 1, 4).hierarchy
    expected = shaping.prune(expected, 5, 200).hierarchy
    expected = shaping.rerank(shaping.thin(shaping.collapse(expected)[0])[0], "above").hierarchy
    assert read_json("H.json").hierarchy == expected


@pytest.mark.parametrize(
    ("given", "fewest", "most"), [("2", 2, None), ("2:", 2, None), (":2", None, 2), ("2:3", 2, 3)]
)
def test_one_of_two_bounds_may_be_left_out(run, edges, given, fewest, most):
    assert run("hierarchy", edges, "--prune", given, "--out", "H.json").exit_code == 0
    assert read_json("H.json").hierarchy == shaping.prune(H, fewest, most).hierarchy
    assert run("hierarchy", edges, "--between", "2:", "--out", "L.json").exit_code == 0
    assert read_json("L.json").hierarchy == shaping.between(H, 2, H.depth).hierarchy


def test_measurements_come_before_the_columns_of_a_table(run, edges, tmp_path):
    (tmp_path / "genes.csv").write_text("XPA mutation,XPA deletion,BRCA2 deletion\n1,0,1\n")
    options = ("--measurements", "mutation, deletion", "--features", "genes.csv", "--strict")
    result = run("hierarchy", edges, *options, "--out", "H.json")
    assert result.exit_code == 0, result.output
    ranks = read_json("H.json").hierarchy.ranks
    assert ranks[:2] == (("XPA mutation", "XPA deletion", "BRCA2 deletion"), ("XPA", "BRCA2"))


def test_the_choices_of_rank_are_printed_on_demand(run, edges):
    told = run("hierarchy", edges, "--prune", "1", "--rankings").stdout
    assert str(shaping.rankings(H)) in told


FILES = {
    "gmt": ("sets\turl\tXPA\tBRCA2\nothers\turl\tXPA\n", []),
    "obo": (OBO, ["--namespace", "p", "--relations", "is_a"]),
    "graphml": ("", []),
    "json": (json.dumps({"elements": [{"name": "XPA", "rank": 0}], "covers": []}), []),
    "tree": (json.dumps({"cell": ["XPA"]}), ["--rank", "above"]),
    "lineages": ("A;XPA\nA;B\n", ["--sep", ";"]),
    "taxonomy": ("Feature ID\tTaxon\nXPA\td__A; p__B\n", []),
    "columns": ("sample,A|XPA,A|B\ns,1,2\n", ["--format", "columns"]),
    "paths": ("layer0_name,layer1_name\nXPA,repair\n", []),
    "ontology": ("GO:1\tXPA\tgene\n", []),
}


def text_of(kind):
    return "\n".join(nx.generate_graphml(H.to_networkx())) if kind == "graphml" else FILES[kind][0]


@pytest.mark.parametrize("kind", FILES)
def test_every_format_of_a_hierarchy_is_read(run, tmp_path, kind):
    (tmp_path / "file.gz").write_bytes(gzip.compress(text_of(kind).encode()))
    result = run("hierarchy", "file.gz", *FILES[kind][1], "--out", "H.json")
    assert result.exit_code == 0, result.output
    assert read_json("H.json").hierarchy.n_elements >= 1
    assert result.stdout.startswith("file.gz\n")


@pytest.fixture
def through_a_pipe(tmp_path):
    """Return a function that makes a pipe through which a content comes, once."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("a system without named pipes")

    def _pipe(name, content):
        os.mkfifo(tmp_path / name)
        Thread(target=(tmp_path / name).write_bytes, args=(content,), daemon=True).start()

    return _pipe


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("kind", FILES)
def test_what_comes_through_a_pipe_is_read_as_a_file_is(run, tmp_path, through_a_pipe, kind, pack):
    content = pack(text_of(kind).encode())
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "same").write_bytes(content)
    through_a_pipe("same", content)
    one, other = (run("hierarchy", name, *FILES[kind][1]) for name in ("folder/same", "same"))
    assert (one.exit_code, one.output) == (0, other.output)


def test_several_files_may_come_through_pipes(run, tmp_path, through_a_pipe):
    names = [
        f"reactome_{part}.{end}.gz" for part, end in [("sets", "gmt"), ("relations", "txt"), ("names", "txt")]
    ]
    for name in names:
        through_a_pipe(name.split(".")[0], (DATA / name).read_bytes())
    piped = run("hierarchy", *(name.split(".")[0] for name in names), "--out", "piped.json")
    assert piped.exit_code == 0, piped.output
    assert read_json("piped.json").hierarchy == read_reactome(*(DATA / name for name in names)).hierarchy


def test_an_ontology_takes_annotations(run, tmp_path):
    (tmp_path / "go.obo").write_text(OBO)
    (tmp_path / "x.gaf").write_text(GAF)
    assert run("hierarchy", "go.obo", "x.gaf", "--out", "H.json").exit_code == 0
    assert read_json("H.json").hierarchy.ranks == (("XPA",), ("GO:2",), ("GO:1",))


def test_relations_given_beside_gene_sets_order_the_sets(run, tmp_path):
    (tmp_path / "sets.gmt").write_text("cell\tR1\tXPA\tTP53\nrepair\tR2\tXPA\n")
    (tmp_path / "relations.csv").write_text("child,parent\nR2,R1\n")
    assert (
        run("hierarchy", "sets.gmt", "relations.csv", "--sets", "identifier", "--out", "H.json").exit_code
        == 0
    )
    assert read_json("H.json").hierarchy.ranks == (("XPA", "TP53"), ("R2",), ("R1",))


def test_the_formats_of_the_help_are_those_that_are_read():
    assert tuple(FORMATS) == NAMES_OF_FORMATS


def test_a_network_is_fitted_on_any_format(fit, data, tmp_path):
    (tmp_path / "sets.gmt").write_text("A\turl\tA|a\tA|b\nB\turl\tB|c\n")
    result = fit(data, "--hierarchy", "sets.gmt", "--drop", "weight")
    assert result.exit_code == 0, result.output
    assert load("model").network.hierarchy.ranks[1] == ("A", "B")
    (tmp_path / "edges.tsv").write_text("A\tall\nB\tall\n")
    (tmp_path / "features.tsv").write_text("A|a\tA\nB|c\tB\n")
    both = ("--hierarchy", "edges.tsv", "--hierarchy", "features.tsv", "--hierarchy-format", "edges")
    result = fit(data, *both, "--drop", "weight", "--force")
    assert result.exit_code == 0, result.output
    assert load("model").features == ("A|a", "B|c")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["edges.tsv", "--out", "H.txt"], 1, "'H.txt' ends otherwise"),
        (
            ["edges.tsv", "--out", "none/H.csv"],
            1,
            "a folder; none is not a folder; choose another for none/H.csv",
        ),
        (["edges.tsv", "--out", "edges.tsv"], 1, "edges.tsv is there"),
        (["edges.tsv", "edges.tsv", "edges.tsv"], 2, "takes the files EDGES [FEATURES]; got 3"),
        (["edges.tsv", "--sep", "|"], 2, "the format edges has no --sep"),
        (["edges.tsv", "--where", "2"], 2, "--where is COLUMN=VALUE"),
        (["edges.tsv", "--feature-where", "2"], 2, "--feature-where is COLUMN=VALUE"),
        (["edges.tsv", "--feature-where", "2=a"], 2, "about a second file; give it"),
        (["edges.tsv", "edges.tsv", "--feature-columns", "2"], 2, "two columns; got '2'"),
        (["edges.tsv", "--lower", "0"], 1, "give both"),
        (["edges.tsv", "--format", "obo"], 1, "reads 'XPA\\trepair'"),
        (["table.csv"], 1, "give --format"),
        (["cut.tsv", "--strict"], 1, "last line has no end"),
        (["cycle.tsv"], 1, "lines 1, 2 of cycle.tsv"),
        (["short.tsv.gz"], 1, "gzip stream"),
        (["none.tsv"], 2, "does not exist"),
        (["edges.tsv", "--features", "table.csv"], 1, "none of the 3 features"),
        (
            ["edges.tsv", "--prune", "few"],
            2,
            "LOW:HIGH, LOW: or :HIGH, whole numbers, such as 10:500; got 'few'",
        ),
        (["edges.tsv", "--prune", ":"], 2, "got ':'"),
        (["edges.tsv", "--prune", "5:2"], 1, "fewest=5, most=2; exchange them"),
        (["edges.tsv", "--between", "-1:2"], 2, "got '-1:2'"),
        (["edges.tsv", "--between", "9:"], 1, "low"),
        (["edges.tsv", "--measurements", "a,a"], 1, "'XPA a' is taken"),
        (["edges.tsv", "--measurements", "a,,b"], 2, "got 'a,,b'"),
        ([], 2, "Missing argument"),
    ],
)
def test_input_that_does_not_fit_gives_one_message_and_nothing_is_written(
    run, edges, tmp_path, arguments, code, message
):
    files = {
        "table.csv": b"a,b,c\n1,2,3\n",
        "cut.tsv": b"a\tb",
        "cycle.tsv": b"a\tb\nb\ta\n",
        "short.tsv.gz": gzip.compress(EDGES.encode())[:-9],
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    result = run("hierarchy", *arguments)
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert result.stderr.count("Error:") == 1
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_an_existing_file_is_replaced_on_demand(run, edges):
    Path("H.csv").write_text("old")
    assert run("hierarchy", edges, "--out", "H.csv", "--force").exit_code == 0
    assert read_edges("H.csv").hierarchy == H


def test_the_format_of_no_hierarchy_is_a_mistake(fit, data):
    result = fit(data, "--hierarchy-format", "gmt")
    assert result.exit_code == 2
    assert "give --hierarchy" in result.stderr


def test_no_file_is_left_by_a_report_that_fails(run, edges, monkeypatch):
    from hassenet.errors import HierarchyError

    def fails(H):
        raise HierarchyError("no table; choose another")

    monkeypatch.setattr(shaping, "rankings", fails)
    assert run("hierarchy", edges, "--rankings", "--out", "H.csv").exit_code == 1
    assert not Path("H.csv").exists()


def test_ranks_that_a_restriction_empties_are_closed(run, edges, tmp_path):
    (tmp_path / "edges.tsv").write_text("a\tp\np\tq\nq\ttop\nx\ttop\n")
    (tmp_path / "genes.csv").write_text("x,b\n1,2\n")
    options = ("--features", "genes.csv", "--strict")
    assert run("hierarchy", "edges.tsv", *options, "--out", "H.csv").exit_code == 0
    assert run("hierarchy", "H.csv", "--strict").exit_code == 0
    assert read_edges("H.csv").hierarchy.ranks == (("x",), ("top",))


def test_what_is_kept_stays_whatever_is_pruned(run, edges):
    assert run("hierarchy", edges, "--prune", ":1", "--keep", "cell", "--out", "H.json").exit_code == 0
    assert read_json("H.json").hierarchy == shaping.prune(H, None, 1, keep=["cell"]).hierarchy
    unknown = run("hierarchy", edges, "--prune", ":1", "--keep", "root")
    assert unknown.exit_code == 1
    assert "'root' is not an element" in unknown.stderr
    alone = run("hierarchy", edges, "--keep", "cell")
    assert alone.exit_code == 2
    assert "--keep is about what --prune would drop" in alone.stderr


def test_pruning_everything_is_reported_and_refused_with_strict(run, edges):
    assert "fault, elements, all there were above rank 0" in run("hierarchy", edges, "--prune", "99:").stdout
    assert run("hierarchy", edges, "--prune", "99:", "--strict", "--out", "H.json").exit_code == 1
    assert not Path("H.json").exists()


OTHER_FORMS = {
    "records.json": (
        json.dumps([{"gene": "XPA", "set": "A"}, {"gene": "TP53", "set": "A"}]),
        "looks like records",
    ),
    "trees.nwk": ("((A,B),C);\n((A,C),B);\n", "a hierarchy is one tree"),
    "sets.gmt": ("A\tTP53\tATM\nB\tATM\tTP53\n", "second cells that are genes of sets"),
    "go.owl": ('<rdf:RDF xmlns:rdf="r"/>', "this is OWL"),
    "relations.txt": ("R-HSA-1\tR-HSA-2\n", "relations of Reactome"),
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_a_file_of_another_form_is_not_read_in_silence(run, tmp_path, name):
    text, message = OTHER_FORMS[name]
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    result = run("hierarchy", f"{name}.gz", "--strict")
    assert result.exit_code == 1
    assert message in result.output


def test_annotations_without_their_first_line_are_features_of_an_ontology(run, tmp_path):
    line = "U\tP\t{}\t{}\tGO:2\tP:1\tIDA\t\tP\t\t\tprotein\ttaxon:9606\t20220701\tU\t\t\n"
    (tmp_path / "go.obo").write_text(
        "format-version: 1.2\n\n[Term]\nid: GO:1\n\n[Term]\nid: GO:2\nis_a: GO:1\n"
    )
    (tmp_path / "h.gaf").write_text(line.format("yes", "involved_in") + line.format("no", "NOT|involved_in"))
    assert run("hierarchy", "go.obo", "h.gaf", "--strict", "--out", "H.json").exit_code == 0
    assert read_json("H.json").hierarchy.ranks[0] == ("yes",)
    chosen = run("hierarchy", "go.obo", "h.gaf", "--feature-columns", "2,4", "--strict")
    assert chosen.exit_code == 1
    assert "annotations that say NOT" in chosen.output


NEW_FORMS = {
    "newick": ("((A:1,B:2)x:1,C:1)root;\n", ()),
    "json-graph": (
        json.dumps({"nodes": ["A", "B", "C", "x"], "links": [{"source": "A", "target": "x"}]}),
        (),
    ),
    "msigdb": (json.dumps({"x": {"geneSymbols": ["A", "B", "C"]}}), ()),
    "obographs": (
        json.dumps(
            {
                "graphs": [
                    {
                        "nodes": [{"id": name, "type": "CLASS"} for name in "ABCx"],
                        "edges": [{"sub": "A", "pred": "is_a", "obj": "x"}],
                    }
                ]
            }
        ),
        (),
    ),
    "topology": ("ROOT: x 3\nGENES: A B C\nTERMS:\n", ()),
    "tree": (json.dumps({"id": "x", "children": [{"id": "A"}, {"id": "B"}, {"id": "C"}]}), ("--name", "id")),
    "codes": ("A01\nA02\n", ("--format", "codes", "--system", "ATC")),
    "edges": ("A\tx;y\nB\tx\n", ("--split", ";")),
}


@pytest.mark.parametrize("form", NEW_FORMS)
def test_a_format_is_known_by_its_content_and_its_options_are_those_of_its_reader(run, tmp_path, form):
    text, options = NEW_FORMS[form]
    (tmp_path / "file").write_text(text)
    result = run("hierarchy", "file", *options, "--strict", "--out", "H.json")
    assert result.exit_code == 0, result.output
    assert read_json("H.json").hierarchy.depth >= 1


def test_codes_need_their_system_and_features_may_stand_together_in_a_cell(run, tmp_path):
    (tmp_path / "codes").write_text("A01\nA02\n")
    result = run("hierarchy", "codes", "--format", "codes")
    assert result.exit_code == 2
    assert "the format codes takes --system" in result.stderr
    (tmp_path / "edges.tsv").write_text("GO:2\tGO:1\n")
    (tmp_path / "genes.tsv").write_text("XPA\tGO:1;GO:2\n")
    given = run("hierarchy", "edges.tsv", "genes.tsv", "--feature-split", ";", "--strict", "--out", "H.json")
    assert given.exit_code == 0, given.output
    assert read_json("H.json").hierarchy.ranks == (("XPA",), ("GO:2",), ("GO:1",))
