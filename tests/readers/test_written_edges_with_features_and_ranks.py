"""A table that write_edges wrote, with features below it, with other ranks, and with invalid relays."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import shaping
from hassenet import testing as ht
from hassenet.errors import HierarchyError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_edges, read_json, write_edges

from .reports import dropped
from .test_every_pair_is_accounted_for import assert_accounted_for

PLAIN = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")])


def named(H):
    return H.rename({e: f"e{e}" for rank in H.ranks for e in rank})


@pytest.fixture
def table(tmp_path):
    write_edges(PLAIN.graded(), tmp_path / "H.tsv")
    return tmp_path / "H.tsv"


@pytest.mark.parametrize("rank", ["below", "above"])
@given(H=ht.skipping_hierarchies())
def test_ranks_that_are_asked_for_are_given(rank, H, tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "H.csv"
    H = named(H)
    for written in (H, H.graded()):
        write_edges(written, path)
        read, report = read_edges(path, rank=rank)
        assert read.graded() == shaping.rerank(H, rank).hierarchy.graded()
        assert_accounted_for(report)


@given(H=ht.skipping_hierarchies(), data=st.data())
def test_features_come_below_and_lift_the_ranks_that_are_written(H, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "H.csv"
    H = named(H)
    elements = [e for rank in H.ranks for e in rank]
    features = {f"f{e}": e for e in data.draw(st.lists(st.sampled_from(elements), min_size=1, unique=True))}
    read = []
    for written in (H, H.graded()):
        write_edges(written, path)
        reading = read_edges(path, features=features)
        assert not reading.report.faults
        assert_accounted_for(reading.report)
        read.append(reading.hierarchy.graded())
    assert read[0] == read[1]
    assert read[0].ranks[0] == tuple(features)
    given_ranks = {H.rank(e) for e in elements if e in read[0]}
    place = {rank: k + 1 for k, rank in enumerate(sorted(given_ranks))}
    assert all(read[0].rank(e) == place[H.rank(e)] for e in elements if e in read[0])


def test_a_pair_that_is_not_a_cover_is_dropped_or_with_covers_refused(write):
    path = write("lower,upper,rank,relay_of\na,,0,\nb,,1,\nc,,2,\na,b,,\nb,c,,\na,c,,\n")
    H, report = read_edges(path)
    assert H == Hierarchy.from_covers([("a", "b"), ("b", "c")])
    assert dropped(report) == {"pairs that others imply": 1}
    with pytest.raises(HierarchyError, match="not a cover"):
        read_edges(path, relation="covers")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rank": "rubbish"}, "rank must be 'below', 'above' or a mapping"),
        ({"relation": "rubbish"}, "relation must be 'order' or 'covers'"),
        ({"lower": "lower", "upper": "upper"}, "has its columns: .*H.tsv' is one.*leave them out"),
        ({"where": {"rank": "0"}}, "has its columns: .*H.tsv' is one.*leave them out"),
    ],
)
def test_options_that_do_not_apply_to_a_written_table_are_refused_by_name(table, options, message):
    with pytest.raises(ParameterError, match=message):
        read_edges(table, **options)


@pytest.mark.parametrize("name", ["#x", "# x, y", '#"x"'])
def test_a_name_that_begins_with_a_sign_comes_back(tmp_path, name):
    for H in (Hierarchy.from_covers([(name, "b")]), Hierarchy.from_covers([("b", name)])):
        write_edges(H, tmp_path / "H.csv")
        reading = read_edges(tmp_path / "H.csv").strict()
        assert reading.hierarchy == H
        assert not reading.report.dropped


ODD = {
    "of nothing": [("a", 0, None), ("r", 1, "zzz"), ("t", 2, None)],
    "of another": [("a", 0, None), ("x", 0, None), ("r", 1, "x"), ("t", 2, None)],
    "of a relay": [("a", 0, None), ("r", 1, "a"), ("s", 2, "r"), ("t", 3, None)],
}
COVERS = {
    "of nothing": [("a", "r"), ("r", "t")],
    "of another": [("a", "r"), ("r", "t"), ("x", "r")],
    "of a relay": [("a", "r"), ("r", "s"), ("s", "t")],
}


@pytest.mark.parametrize("kind", ODD)
def test_a_relay_covers_its_source_or_a_relay_of_it(write, kind):
    lines = [f"{name},,{rank},{source or ''}" for name, rank, source in ODD[kind]]
    table = write(
        "\n".join(["lower,upper,rank,relay_of", *lines, *(f"{p},{q},," for p, q in COVERS[kind])]) + "\n"
    )
    elements = [
        {"name": name, "rank": rank, **({"relay_of": source} if source else {})}
        for name, rank, source in ODD[kind]
    ]
    value = write(json.dumps({"elements": elements, "covers": COVERS[kind]}), "H.json")
    for read, path in (
        (read_edges, table),
        (read_json, value),
        (lambda p: read_edges(p, rank="above"), table),
    ):
        with pytest.raises(
            HierarchyError, match="a relay covers its source, or one relay of it, and nothing else: '[rs]'"
        ):
            read(path)


@pytest.mark.parametrize("name", [" ", " a", "a\n"])
def test_a_name_that_would_not_be_written_is_not_read(write, name):
    value = {"elements": [{"name": name, "rank": 0}, {"name": "b", "rank": 1}], "covers": [[name, "b"]]}
    with pytest.raises(HierarchyError, match="is named by text without blanks around it or controls inside"):
        read_json(write(json.dumps(value)))
