"""The law of reports: pairs read = covers + pairs dropped, by each reason + pairs at fault, whatever the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import readers
from hassenet.hierarchy import Hierarchy
from hassenet.testing import relations

READ = re.compile(
    r"(pairs|edges|annotations|pairs of terms|pairs of a term and a gene|pairs of a gene and a set)( \(.*\))?"
)
LOST = ("pairs", "annotations")


def assert_accounted_for(report):
    made = {count.what: count.n for count in report.made}
    read = sum(n for what, n in made.items() if READ.fullmatch(what))
    lost = [count for count in (*report.dropped, *report.faults) if count.what.startswith(LOST)]
    assert read == made["covers"] + sum(count.n for count in lost), str(report)
    assert read > 0


@st.composite
def messy(draw):
    """Pairs of terms that are an order, some given twice; and genes of terms, some of which there are not."""
    pairs = draw(relations())
    pairs += draw(st.lists(st.sampled_from(pairs), max_size=3))
    genes = st.tuples(st.sampled_from("abcd"), st.integers(0, 11))
    features = [("a", 0), *draw(st.lists(genes, max_size=12))]
    return [(f"T{p}", f"T{q}") for p, q in pairs], [(g, f"T{t}") for g, t in features]


def edges(folder, pairs, features):
    (folder / "edges.csv").write_text(
        "".join(f"{p},{q},{'isa' if p != 'T3' else 'near'}\n" for p, q in pairs)
    )
    (folder / "genes.csv").write_text("".join(f"{g}\t{t}\n" for g, t in features))
    options = {"lower": 0, "upper": 1, "where": {2: "isa"}}
    assert_accounted_for(readers.read_edges(folder / "edges.csv", **options).report)
    return readers.read_edges(folder / "edges.csv", **options, features=folder / "genes.csv")


def pairs_alone(_, pairs, __):
    return readers.read_edges(pairs)


def gmt(folder, pairs, features):
    sets = {t: [g for g, u in features if u == t] for t in dict.fromkeys(t for _, t in features)}
    (folder / "sets.gmt").write_text(
        "".join("\t".join([t, "url", *genes]) + "\n" for t, genes in sets.items())
    )
    (folder / "relations.csv").write_text("lower,upper\n" + "".join(f"{p},{q}\n" for p, q in pairs))
    return readers.read_gmt(folder / "sets.gmt", relations=folder / "relations.csv")


def reactome(folder, pairs, features):
    kinds = dict.fromkeys(t for _, t in features)
    called = {
        t: f"R-{'MMU' if t == 'T5' else 'HSA'}-{t[1:]}" for t in [*kinds, *(t for p in pairs for t in p)]
    }
    sets = [[t, called[t], *(g for g, u in features if u == t)] for t in kinds]
    (folder / "sets.gmt").write_text("".join("\t".join(line) + "\n" for line in sets))
    (folder / "relations.txt").write_text("".join(f"{called[q]}\t{called[p]}\n" for p, q in pairs))
    return readers.read_reactome(folder / "sets.gmt", folder / "relations.txt")


def obo(folder, pairs, features):
    text = "ontology: x\n"
    for t in dict.fromkeys(t for pair in pairs for t in pair):
        lines = [f"relationship: {_kind(q)} {q}" for p, q in dict.fromkeys(pairs) if p == t]
        if t != "T4":  # which then has no stanza
            said = [
                *(["is_obsolete: true"] if t == "T5" else lines),
                f"namespace: {'q' if t == 'T6' else 'p'}",
            ]
            text += "\n".join(["", "[Term]", f"id: {t}", f"alt_id: T1{t[1:]}", *said]) + "\n"
    (folder / "x.obo").write_text(text)
    lines = [
        f"U\t{g}\t{g}\t{'NOT' if k % 5 == 4 else ''}\t{t}\tr\t{'IEA' if k % 5 == 3 else 'IDA'}\t\tP\t\t\tp\tt\td\tx\n"
        for k, (g, t) in enumerate(features)
    ]
    (folder / "x.gaf").write_text("!gaf-version: 2.2\n" + "".join(lines))
    annotations = readers.read_annotations(folder / "x.gaf", without_evidence=["IEA"])
    chosen = {"relations": "part_of", "namespace": "p"}
    assert_accounted_for(readers.read_obo(folder / "x.obo", **chosen).report)
    return readers.read_obo(folder / "x.obo", **chosen, annotations=annotations)


def _kind(term):
    return "regulates" if term == "T7" else "part_of"


def ontology(folder, pairs, features):
    lines = [f"{q}\t{p}\tdefault\n" for p, q in pairs] + [f"{t}\t{g}\tgene\n" for g, t in features]
    (folder / "ont.txt").write_text("".join(lines))
    return readers.read_ontology(folder / "ont.txt")


def paths(folder, _, features):
    lines = [f"{g}{t},{t},{'top' if t < 'T5' else ''},root" for g, t in features]
    (folder / "paths.csv").write_text("\n".join([*lines, "x,,top,root", ",T0,top,root", "z,,,"]) + "\n")
    return readers.read_paths(folder / "paths.csv")


def tree(folder, _, features):
    below = {}
    for g, t in features:
        below.setdefault(t, []).append(g)
    (folder / "tree.json").write_text(json.dumps({"top": below, "other": {"T0": ["a", "e"]}}))
    return readers.read_tree(folder / "tree.json")


def graphml(folder, pairs, _):
    nx.write_graphml(nx.MultiDiGraph(pairs), folder / "g.graphml")
    return readers.read_graphml(folder / "g.graphml", arrows="up")


def json_graph(folder, pairs, _):
    names = dict.fromkeys(name for pair in pairs for name in pair)
    data = {
        "nodes": [{"id": name} for name in names],
        "links": [{"source": p, "target": q} for p, q in pairs],
    }
    (folder / "g.json").write_text(json.dumps(data))
    return readers.read_json_graph(folder / "g.json", arrows="up")


def obographs(folder, pairs, features):
    nodes = [
        {"id": t, "type": "PROPERTY" if t == "T4" else "CLASS", "meta": {"deprecated": t == "T5"}}
        for t in dict.fromkeys(t for pair in pairs for t in pair)
    ]
    links = [{"sub": p, "pred": "is_a" if q != "T7" else "near", "obj": q} for p, q in dict.fromkeys(pairs)]
    (folder / "x.json").write_text(json.dumps({"graphs": [{"nodes": nodes, "edges": links}]}))
    return readers.read_obographs(folder / "x.json", annotations=features)


def topology(folder, pairs, features):
    terms = dict.fromkeys([*(t for _, t in features), *(t for p in pairs for t in p)])
    blocks = [
        f"ROOT: {t} 1\nGENES: {' '.join(g for g, u in features if u == t)}\n"
        f"TERMS: {' '.join(p for p, q in pairs if q == t)}\n"
        for t in terms
        if t != "T6"
    ]
    (folder / "topology").write_text("".join([*blocks, "ROOT: top 1\nGENES: z\nTERMS:\n"]))
    return readers.read_topology(folder / "topology")


def msigdb(folder, pairs, features):
    sets = {t: {"geneSymbols": [g for g, u in features if u == t]} for _, t in features}
    (folder / "sets.json").write_text(json.dumps(sets))
    return readers.read_msigdb(folder / "sets.json", relations=pairs)


def set_mapping(_, pairs, features):
    return readers.read_gene_sets(
        {t: [g for g, u in features if u == t] for _, t in features}, relations=pairs
    )


def newick(folder, _, features):
    below = {}
    for k, (g, t) in enumerate(features):
        below.setdefault(t, []).append(f"{g}{k}:1")
    groups = [f"({','.join(genes)}){t if t < 'T5' else ''}" for t, genes in below.items()]
    (folder / "tree.nwk").write_text(f"({','.join(groups)});\n")
    return readers.read_newick(folder / "tree.nwk")


READERS = [
    *(edges, pairs_alone, gmt, reactome, obo, ontology, paths, tree, graphml),
    *(json_graph, obographs, topology, msigdb, set_mapping, newick),
]


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(data=messy())
def test_every_pair_is_a_cover_or_dropped_with_a_reason_or_a_fault(read, data):
    with TemporaryDirectory() as folder:
        assert_accounted_for(read(Path(folder), *data).report)


@pytest.mark.parametrize("name", ["H.csv", "H.json"])
def test_every_line_that_hassenet_wrote_is_a_cover_or_dropped_or_a_fault(name, tmp_path):
    H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    path = tmp_path / name
    write, read = {
        "H.csv": (readers.write_edges, readers.read_edges),
        "H.json": (readers.write_json, readers.read_json),
    }[name]
    write(H, path)
    text = path.read_text()
    path.write_text(
        text + "a,b,,\n" if name == "H.csv" else text.replace('["a", "b"]', '["a", "b"], ["a", "b"]')
    )
    report = read(path).report
    made = {count.what: count.n for count in report.made}
    assert {count.what: count.n for count in report.dropped} == {"pairs given twice": 1}
    assert made["lines"] == made["elements"] + made["covers"] + 1


@given(chains=st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), min_size=1, max_size=6))
def test_in_a_taxonomy_every_element_but_roots_and_lineages_of_one_level_has_one_cover_above(chains):
    lineages = dict.fromkeys("|".join(chain) for chain in [*chains, ["a", "b"]])
    with TemporaryDirectory() as folder:
        path = Path(folder, "lineages.txt")
        path.write_text("\n".join(lineages) + "\n")
        H, report = readers.read_lineages(path)
    made = {count.what: count.n for count in report.made}
    relays = made.get("relays over levels that are missing", 0)
    assert made["lineages"] == len(lineages)
    assert made["lineages"] + made["taxa above them"] + relays == H.n_elements
    alone = [lineage for lineage in lineages if "|" not in lineage]
    roots = {lineage.split("|")[0] for lineage in lineages if "|" in lineage}
    assert H.n_covers == H.n_elements - len(roots) - len(alone)
