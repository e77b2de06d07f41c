from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hassenet.errors import CycleError, DataError, HierarchyError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_edges

from .reports import dropped

Write = Callable[..., Path]

PAIRS = [("BRCA2", "repair"), ("RAD51", "repair"), ("repair", "cell cycle")]
EXPECTED = Hierarchy.from_relation(PAIRS)
PLAIN = "BRCA2,repair\nRAD51,repair\nrepair,cell cycle\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PLAIN, id="plain"),
        pytest.param(PLAIN.rstrip(), id="no end of line at the end"),
        pytest.param(PLAIN.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param("\n\n" + PLAIN.replace("\n", "\n  \n"), id="blank lines"),
        pytest.param("\ufeff" + PLAIN, id="byte order mark"),
        pytest.param(PLAIN.replace(",", " , "), id="blanks around names"),
        pytest.param(PLAIN.replace(",", "\t"), id="tabs"),
        pytest.param('"BRCA2","repair"\nRAD51,"repair"\nrepair,cell cycle\n', id="quotation marks"),
        pytest.param("child,parent\n" + PLAIN, id="header child, parent"),
        pytest.param("Lower,UPPER\n" + PLAIN, id="header in other letters"),
        pytest.param(
            "parent,child\nrepair,BRCA2\nrepair,RAD51\ncell cycle,repair\n", id="header parent, child"
        ),
        pytest.param(PLAIN + "BRCA2,cell cycle\n", id="a pair that others imply"),
        pytest.param(PLAIN + "BRCA2,repair\n", id="a pair given twice"),
        pytest.param(gzip.compress(PLAIN.encode(), mtime=0), id="gzipped"),
        pytest.param(
            gzip.compress(PLAIN[:20].encode(), mtime=0) + gzip.compress(PLAIN[20:].encode()),
            id="two gzip members",
        ),
    ],
)
def test_a_hierarchy_of_edges_is_the_same_however_the_file_is_written(
    write: Write, content: str | bytes
) -> None:
    assert read_edges(write(content)).hierarchy == EXPECTED


def test_the_name_of_the_file_does_not_matter(write: Write) -> None:
    assert read_edges(write(PLAIN.replace(",", "\t"), "edges.csv.gz")).hierarchy == EXPECTED
    assert read_edges(str(write(gzip.compress(PLAIN.encode(), mtime=0), "edges"))).hierarchy == EXPECTED


def test_columns_are_chosen_by_name(write: Write) -> None:
    table = "pathway\tevidence\tgene\nrepair\tIEA\tBRCA2\nrepair\tIEA\tRAD51\ncell cycle\tND\trepair\n"
    assert read_edges(write(table), lower="gene", upper="pathway").hierarchy == EXPECTED


def test_columns_are_chosen_by_number_when_there_is_no_header(write: Write) -> None:
    table = "repair,1,BRCA2\nrepair,2,RAD51\ncell cycle,3,repair\n"
    assert read_edges(write(table), lower=2, upper=0).hierarchy == EXPECTED


def test_a_header_that_is_not_known_is_a_pair_and_a_fault(write: Write) -> None:
    path = write("kid,Eltern\n" + PLAIN)
    H, report = reading = read_edges(path)
    assert "kid" in H
    assert report.faults[0].names == (("kid", "Eltern"),)
    with pytest.raises(
        DataError,
        match=r"no other: 1 .*if it is a header, choose columns by its names; if not, by number .*; or read it",
    ):
        reading.strict()
    assert read_edges(path, lower="kid", upper="Eltern").strict().hierarchy == EXPECTED
    assert read_edges(path, lower=0, upper=1).strict().hierarchy == H


def test_a_first_line_with_a_name_that_stands_elsewhere_is_a_pair(write: Write) -> None:
    assert read_edges(write(PLAIN)).strict().hierarchy == EXPECTED
    assert read_edges(write("XPA,repair\n")).strict().hierarchy.shape == (1, 1)


def test_a_first_line_of_features_is_checked_by_its_element(write: Write) -> None:
    features = write("A,BRCA2\nB,RAD51\n", "features.csv")
    assert read_edges(write(PLAIN), features=features).strict().hierarchy.ranks[0] == ("A", "B")
    headed = write("symptom,place\nA,BRCA2\nB,RAD51\n", "headed.csv")
    with pytest.raises(DataError, match=r"elements that are not there: 1 \('place'\)"):
        read_edges(write(PLAIN), features=headed).strict()


COMMENTS = "# written by hand, in 2024\n\n"


@pytest.mark.parametrize(
    ("text", "n"),
    [
        (COMMENTS + PLAIN, 1),
        (COMMENTS + "child,parent\n" + PLAIN, 1),
        ("# first\n" + COMMENTS + "#lower,upper\n" + PLAIN, 3),
        ("#parent,child\nrepair,BRCA2\nrepair,RAD51\ncell cycle,repair\n", 1),
        ("#Oben,Unten\r\n" + PLAIN, 1),
    ],
)
def test_lines_at_the_head_that_begin_with_a_sign_are_comments_or_the_header(
    write: Write, text: str, n: int
) -> None:
    H, report = read_edges(write(text)).strict()
    assert H == EXPECTED
    assert [(count.what, count.n) for count in report.dropped] == [("lines at the head that begin with #", n)]


def test_columns_are_chosen_by_the_names_of_a_header_that_begins_with_a_sign(write: Write) -> None:
    text = "# a table\n#kid,weight,Eltern\n" + PLAIN.replace(",", ",1,")
    assert read_edges(write(text), lower="kid", upper="Eltern").strict().hierarchy == EXPECTED
    assert read_edges(write(text), lower=0, upper=2).strict().hierarchy == EXPECTED


def test_a_sign_further_down_begins_a_comment_unless_it_is_quoted(write: Write) -> None:
    H, report = read_edges(write(PLAIN + '# removed, later\n"#1",repair\n'))
    assert "#1" in H
    assert "# removed" not in H
    assert dropped(report) == {"lines below the head that begin with #": 1}


def test_a_sign_inside_a_quoted_cell_of_several_lines_is_text(write: Write) -> None:
    H, report = read_edges(write('"a\n# b",c\n#x,y\nd,c\n'))
    assert H.ranks == (("a\n# b", "d"), ("c",))
    assert dropped(report) == {"lines below the head that begin with #": 1}


def test_lines_are_counted_with_the_comments_among_them(write: Write) -> None:
    with pytest.raises(DataError, match="line 4 of .* leaves the upper one empty"):
        read_edges(write("a,b\n# one\nb,c\nd,\n"))


def test_lines_are_counted_from_the_top_of_the_file(write: Write) -> None:
    with pytest.raises(DataError, match="line 5 of .* leaves the upper one empty"):
        read_edges(write("# a\n\n# b\nx,y\nz,\n"))
    with pytest.raises(DataError, match="line 2 of .* has 3, set apart"):
        read_edges(write("# a\n#a,b,c\n\n1,2,3\n"))
    with pytest.raises(DataError, match="has comments alone"):
        read_edges(write("# a\n\n# b\n"))


def test_names_may_hold_commas_and_letters_of_all_kinds(write: Write) -> None:
    H, _ = read_edges(write('"a, b",β-oxidation\n"say ""x""",β-oxidation\n'))
    assert H.below("β-oxidation") == ("a, b", 'say "x"')


def test_edges_given_as_covers_are_refused_if_others_imply_them(write: Write) -> None:
    assert read_edges(write(PLAIN), relation="covers").hierarchy == EXPECTED
    with pytest.raises(HierarchyError, match="not a cover: .*'BRCA2'"):
        read_edges(write(PLAIN + "BRCA2,cell cycle\n"), relation="covers")


def test_the_way_to_rank_is_passed_to_the_hierarchy(write: Write) -> None:
    edges = write("a,top\nb,middle\nmiddle,top\n")
    assert read_edges(edges, rank={"a": 0, "b": 0, "middle": 2, "top": 3}).hierarchy.rank("middle") == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param(" \n\n", "is empty", id="blank"),
        pytest.param(gzip.compress(b"", mtime=0), "is empty", id="empty, gzipped"),
        pytest.param("child,parent\n", "has a header and nothing below it", id="a header alone"),
        pytest.param("a\nb\n", "line 1 of .* has 1, .*lower=", id="one column"),
        pytest.param("\na;b\n", "line 2 of .* has 1,", id="semicolons"),
        pytest.param("a,b,c\n", "line 1 of .* has 3, .*lower=", id="three columns"),
        pytest.param("a,b\n\nc,d,e\n", r"line 3 of .* has 3 cell\(s\), line 1 has 2", id="a longer line"),
        pytest.param("a,b\nc\n", r"line 2 of .* has 1 cell\(s\), line 1 has 2", id="a shorter line"),
        pytest.param("a,b\nc\nd,e\n", "line 1 has 2; complete the line$", id="a shorter line inside"),
        pytest.param("a,b\nc", "line 1 has 2; was the file cut off\\?", id="a last line cut off"),
        pytest.param("a,b\nc, d,e\n", "quote a name that holds a comma", id="a comma in a name"),
        pytest.param("a\tb\nc\td\te\n", "take out what is too much", id="a tab too much"),
        pytest.param("a,b\nc,\n", "line 2 of .* leaves the upper one empty", id="no upper name"),
        pytest.param("a,b\n ,c\n", "line 2 of .* leaves the lower one empty", id="no lower name"),
        pytest.param('a,b\n"c,d\n', "quotation marks", id="a quotation mark that does not close"),
        pytest.param(b"a,b\nc,\xff\n", "byte 0xff on line 2", id="not UTF-8"),
        pytest.param("a,b\n".encode("utf-16"), "byte 0xff on line 1", id="UTF-16"),
        pytest.param(b"a,b\nc,d\0\n", "byte 0x00 on line 2", id="a NUL"),
        pytest.param(b"PK\x03\x04\0\0", "is a zip archive, as workbooks", id="a spreadsheet"),
        pytest.param(
            gzip.compress(PLAIN.encode(), mtime=0)[:-12],
            "in the middle of its gzip stream",
            id="gzip cut off",
        ),
        pytest.param(
            gzip.compress(PLAIN.encode(), mtime=0)[:5],
            "in the middle of its gzip stream",
            id="gzip header cut off",
        ),
        pytest.param(
            gzip.compress(PLAIN.encode(), mtime=0)[:-8] + b"12345678", "damaged gzip", id="gzip checksum"
        ),
        pytest.param(
            gzip.compress(PLAIN.encode(), mtime=0)[:10] + b"\xff" * 40, "damaged gzip", id="gzip damaged"
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_reason(
    write: Write, content: str | bytes, message: str
) -> None:
    path = write(content)
    with pytest.raises(DataError, match=message) as caught:
        read_edges(path)
    assert str(path) in str(caught.value)


def test_a_name_that_heads_two_columns_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match="'child' heads columns 1 and 3"):
        read_edges(write("child,parent,child\na,b,c\n"), lower="child", upper="parent")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lower": "child"}, "give both"),
        ({"upper": 1}, "give both"),
        ({"lower": 1, "upper": 1}, "two columns"),
        ({"lower": "kid", "upper": "parent"}, "the header 'child', 'parent', and no 'kid'"),
        ({"lower": 0, "upper": 2}, "the columns 0 to 1, and no 2"),
        ({"lower": -1, "upper": 0}, "no -1"),
        ({"relation": "tree"}, "'order' or 'covers'; got 'tree'"),
    ],
)
def test_an_option_outside_its_domain_is_refused(
    write: Write, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=re.escape(message)):
        read_edges(write("child,parent\na,b\n"), **options)  # type: ignore[arg-type]


def test_a_cycle_of_edges_is_refused(write: Write) -> None:
    with pytest.raises(CycleError):
        read_edges(write("a,b\nb,a\n"))


def test_a_missing_file_of_edges_is_reported_as_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_edges(tmp_path / "none.csv")


def test_a_file_of_very_many_edges_is_read(write: Write) -> None:
    text = "".join(f"f{k},t{k // 10}\n" for k in range(100_000))
    assert read_edges(write(gzip.compress(text.encode(), mtime=0))).hierarchy.shape == (100_000, 10_000)


HEADERS = [
    "source,target",
    "Source,Target",
    "from,to",
    "gene,pathway",
    "Gene Symbol,GO_ID",
    "child_id,parent_id",
]


@pytest.mark.parametrize("header", [*HEADERS, "feature,set", "protein,complex", "term,parent", "snp_id,gene"])
def test_the_usual_headers_of_graphs_are_recognised(write: Write, header: str) -> None:
    assert read_edges(write(f"{header}\n{PLAIN}")).hierarchy == EXPECTED


def test_semicolons_are_named_with_the_remedy(write: Write) -> None:
    with pytest.raises(DataError, match="commas or tabs in place of ';'"):
        read_edges(write(PLAIN.replace(",", ";")))
