"""What is written is read back as an equal hierarchy, relays, ranks and orders included."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import DataError, DuplicateElementError, HierarchyError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.readers import (
    read_edges,
    read_graphml,
    read_json,
    read_lineages,
    read_reactome,
    write_edges,
    write_graphml,
    write_json,
)
from hassenet.testing import skipping_hierarchies, sparse_hierarchies

KINDS = {
    "H.csv": (write_edges, read_edges),
    "H.tsv": (write_edges, read_edges),
    "H.tsv.gz": (write_edges, read_edges),
    "H.json": (write_json, read_json),
    "H.json.gz": (write_json, read_json),
    "H.graphml": (write_graphml, read_graphml),
    "H.graphml.gz": (write_graphml, read_graphml),
}
NAMED = (sparse_hierarchies() | skipping_hierarchies()).map(lambda H: H.rename(str))
ANY = NAMED | NAMED.map(Hierarchy.graded) | NAMED.map(lambda H: H.crown(["ill", 'a "b", c'], over="all"))


@pytest.mark.parametrize("name", KINDS)
@given(H=ANY)
def test_a_hierarchy_that_is_written_is_read_back_equal(name, H):
    write, read = KINDS[name]
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        write(H, path)
        reading = read(path).strict()
        assert [p.name for p in path.parent.iterdir()] == [name]
    assert reading.hierarchy == H
    assert not reading.report.dropped


@pytest.mark.parametrize("name", KINDS)
def test_the_bytes_do_not_depend_on_the_time_or_the_name(name, tmp_path, monkeypatch):
    write, _ = KINDS[name]
    H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    write(H, tmp_path / name)
    monkeypatch.setattr("time.time", lambda: 0.0)
    write(H, tmp_path / f"another {name}")
    assert (tmp_path / f"another {name}").read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("name", KINDS)
def test_hierarchies_of_real_files_are_read_back_equal(name, data, tmp_path):
    write, read = KINDS[name]
    gmt, relations, names = (data / f"reactome_{k}.gz" for k in ("sets.gmt", "relations.txt", "names.txt"))
    H = read_reactome(gmt, relations, names, rank="above").hierarchy
    write(H, tmp_path / name)
    assert read(tmp_path / name).hierarchy == H


@given(names=st.sets(st.text(min_size=1, max_size=6), min_size=2, max_size=2))
@pytest.mark.parametrize("name", KINDS)
def test_a_name_is_kept_exactly_or_refused(name, names):
    write, read = KINDS[name]
    H = Hierarchy.from_covers([tuple(names)])
    with TemporaryDirectory() as folder:
        if all(n == n.strip() and n.isprintable() for n in names):
            write(H, Path(folder, name))
            assert read(Path(folder, name)).hierarchy == H
        elif any(n != n.strip() or "\x00" in n for n in names):
            with pytest.raises(HierarchyError, match="named by text without blanks"):
                write(H, Path(folder, name))


def test_a_lineage_with_relays_is_kept(tmp_path, write):
    H, _ = read_lineages(write("A|B|C\nA|D\n"))
    write_edges(H, tmp_path / "H.csv")
    assert read_edges(tmp_path / "H.csv").hierarchy == H


def test_names_that_are_not_text_are_refused(tmp_path):
    with pytest.raises(HierarchyError, match=r"got \(1,\); write hierarchy.rename"):
        write_json(Hierarchy.subsets(2), tmp_path / "H.json")
    clash = Hierarchy(((("a"), "b"), (Relay("a", 1), "a ↑1")), Hierarchy.complete(2, 2).layers)
    with pytest.raises(DuplicateElementError, match="'a ↑1' is a relay's too"):
        write_json(clash, tmp_path / "H.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("line", ["a,,x,", ",b,,", "a,b,1,", "a,b,,a", "a,,-1,", ",,0,"])
def test_a_line_that_hassenet_does_not_write_is_refused(write, line):
    with pytest.raises(DataError, match=f"line 3 of .* reads '{line}'"):
        read_edges(write(f"lower,upper,rank,relay_of\nb,,1,\n{line}\n"))


def test_a_written_file_that_was_cut_off_is_refused(write, tmp_path):
    H = Hierarchy.complete(3, 2)
    write_edges(H, tmp_path / "H.csv")
    text = (tmp_path / "H.csv").read_text()
    with pytest.raises(HierarchyError, match="'y0' in short.csv is not one of them"):
        read_edges(write("lower,upper,rank,relay_of\nx0,,0,\nx0,y0,,\n", "short.csv"))
    with pytest.raises(DataError, match="last line has no end"):
        read_edges(write(text[:-1])).strict()
    with pytest.raises(DataError, match=r"cover nothing \(cut off\?\): 1 \('y1'\)"):
        read_edges(write(text.partition("x0,y1")[0])).strict()
    write_json(H, tmp_path / "H.json")
    with pytest.raises(DataError, match="whole JSON"):
        read_json(write((tmp_path / "H.json").read_text()[:-9]))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"name": "a"}, "read_tree"),
        ({"elements": [{"name": "a"}], "covers": []}, '"name" and "rank"'),
        ({"elements": [{"name": "a", "rank": -1}], "covers": []}, '"name" and "rank"'),
        ({"elements": ["a"], "covers": []}, '"name" and "rank"'),
        ({"elements": [{"name": "a", "rank": 0, "size": 1}], "covers": []}, '"name" and "rank"'),
        ({"elements": [{"name": "a", "rank": 0}], "covers": ["ab"]}, "a list of two names"),
        ({"elements": [{"name": "a", "rank": 0}] * 2, "covers": []}, "'a' came twice"),
        (
            {"elements": [{"name": "a", "rank": 0}], "covers": [["a", "b"]]},
            "'b' in x.json is not one of them",
        ),
    ],
)
def test_json_of_another_kind_is_refused(write, value, message):
    with pytest.raises((DataError, HierarchyError), match=message):
        read_json(write(json.dumps(value), "x.json"))
