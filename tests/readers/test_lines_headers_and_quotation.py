"""Lines, headers, quotation and sums: what nobody looks at until it is wrong."""

from __future__ import annotations

import pytest

from hassenet.errors import DataError
from hassenet.readers import read_edges, read_gmt, read_json
from hassenet.readers.formats import format_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('lower,upper\na,"x, y"\nb,"x, y"\n', "edges"),
        ("layer0_name,layer1_name\nrs1,BRCA2\nrs2,BRCA2\n", "paths"),
        ("a,p\r\nb,p\r\n", "edges"),
    ],
)
def test_the_format_is_recognised_with_quotation_and_headers_in_mind(tmp_path, text, expected):
    path = tmp_path / "file.csv"
    path.write_text(text, newline="")
    assert format_of(path) == expected


def test_only_line_feeds_and_carriage_returns_end_a_line(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("S1\tR1\ta\x0bb\tc\u2028d\n")
    assert read_gmt(path).hierarchy.shape == (2, 1)


def test_pairs_that_no_feature_reaches_are_counted():
    pairs = [("p", "q"), ("r", "q"), ("s", "t"), ("t", "u")]
    H, report = read_edges(pairs, features=[("gene", "p")])
    counts = {count.what: count.n for count in report.dropped}
    assert counts["pairs with elements that no feature reaches"] == 3
    assert H.n_covers == len(pairs) + 1 - 3


def test_a_file_without_elements_is_refused_as_a_hierarchy(tmp_path):
    path = tmp_path / "empty.json"
    path.write_text('{"elements": [], "covers": []}')
    with pytest.raises(DataError, match="a hierarchy has elements"):
        read_json(path)
