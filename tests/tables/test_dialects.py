"""Text tables are read in the marks and encodings in which they come, and what was recognised is a warning."""

from __future__ import annotations

import io
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hassenet as hn
from hassenet.data.recognition import recognised
from hassenet.errors import DataError, FeatureError, HassenetWarning, ParameterError
from hassenet.tables import parsing, read_columns, read_table
from hassenet.tables.dialect import Dialect
from hassenet.tables.text import Text

FRAME = pd.DataFrame(
    {
        "größe": [1.5, 2.25, -3.0],
        "zahl": [1, 2, 3],
        "ort": ["Köln", "Łódź"[1:2] + "n", "a b"],
        "c": [0.5, 0.1, 7.0],
    }
)
DIALECTS = [
    {"sep": ";"},
    {"sep": ";", "decimal": ","},
    {"sep": "\t"},
    {"sep": "\t", "decimal": ","},
    {"sep": "|"},
    {"sep": " "},
    {"decimal": ","},
    {"encoding": "latin-1"},
    {"encoding": "utf-16"},
    {"encoding": "utf-16-le"},
    {"encoding": "utf-16-be"},
    {"encoding": "utf-32"},
    {"encoding": "cp1252", "sep": ";", "decimal": ","},
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
@pytest.mark.parametrize("name", ["t.csv", "t.tsv"])
def test_a_table_is_the_same_in_every_dialect(tmp_path, dialect, name):
    FRAME.to_csv(tmp_path / name, index=False, **dialect)
    sep = dialect.get("sep", ",")
    usual = {"t.csv": ",", "t.tsv": "\t"}[name] == sep and set(dialect) <= {"sep"}
    if usual:
        table = read_table(tmp_path / name)
    else:
        with pytest.warns(
            HassenetWarning, match=rf"{name} is read with .*give --sep, --decimal or --encoding"
        ):
            table = read_table(tmp_path / name)
    assert table.columns == tuple(FRAME)
    np.testing.assert_array_equal(table.numbers(["größe", "zahl", "c"]), FRAME[["größe", "zahl", "c"]])
    assert table["ort"].tolist() == FRAME["ort"].tolist()


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
@pytest.mark.filterwarnings("error")
def test_a_dialect_that_was_asked_for_is_not_worth_a_warning(tmp_path, dialect):
    FRAME.to_csv(tmp_path / "t.csv", index=False, **dialect)
    asked = {"sep": ",", "decimal": ".", "encoding": "utf-8"} | dialect
    np.testing.assert_array_equal(
        read_table(tmp_path / "t.csv", **asked).numbers(["größe", "c"]), FRAME[["größe", "c"]]
    )
    assert read_columns(tmp_path / "t.csv", sep=asked["sep"], encoding=asked["encoding"]) == tuple(FRAME)


def test_a_point_beside_decimal_commas_parts_thousands(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("income;height;place\n1.250;1,75;1.2\n-80;1,5;2.5\n1.000.000,5;2;3\n")
    table = read_table(path, sep=";", decimal=",")
    assert table["income"].tolist() == [1250.0, -80.0, 1000000.5]
    assert table["height"].tolist() == [1.75, 1.5, 2.0]
    assert table["place"].tolist() == ["1.2", "2.5", "3"]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-8"])
@pytest.mark.filterwarnings("error")
def test_utf_8_is_read_with_and_without_its_mark(tmp_path, mark):
    FRAME.to_csv(tmp_path / "t.csv", index=False, encoding=mark)
    assert read_table(tmp_path / "t.csv").columns == read_columns(tmp_path / "t.csv") == tuple(FRAME)


def test_commas_that_part_thousands_are_not_taken_for_decimal_marks(tmp_path):
    (tmp_path / "t.tsv").write_text("a\tb\n1,234\t1\n12,345\t2\n9,000\t3\n")
    assert read_table(tmp_path / "t.tsv").text(["a", "b"]) == ["a"]


READERS = {"memory": read_table, "stream": lambda path: hn.data.open(path, block=50)}


def _columns(found, names):
    return (found.cells(names) if isinstance(found, hn.data.Stream) else found.select(names)).numbers(names)


def _late(mark, cell, rows=260):
    """Return a text whose column a holds whole numbers first, and other cells behind the rows that are looked at."""
    lines = [f"{k}{mark}{k % 7}" if k < 240 else f"{cell}{mark}{k % 7}" for k in range(rows)]
    return "\n".join([f"a{mark}b", *lines]) + "\n"


@pytest.mark.parametrize(("mark", "cell"), [(";", "1,5"), ("\t", "-1,5e0"), (",", '"1,5"'), ("|", " 1,50 ")])
@pytest.mark.parametrize("way", READERS)
def test_decimal_commas_are_recognised_however_late_they_begin(tmp_path, mark, cell, way):
    (tmp_path / "t.csv").write_text(_late(mark, cell))
    with pytest.warns(HassenetWarning, match="decimal commas"):
        numbers = _columns(READERS[way](tmp_path / "t.csv"), ["a", "b"])
    assert np.abs(numbers[-20:, 0]).tolist() == [1.5] * 20
    assert numbers[:240, 0].tolist() == list(range(240))


ELSE = ["<1", "3 mg", "TRUE", "2021-03-01", "high"]


@pytest.mark.filterwarnings("ignore::hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("cell", ELSE)
@pytest.mark.parametrize("way", READERS)
def test_text_that_begins_late_among_numbers_is_refused_by_name_and_row(tmp_path, cell, way):
    (tmp_path / "t.csv").write_text(_late(";", cell))
    with pytest.raises(FeatureError, match=rf"'a' \(for instance '{cell}' in row 241\)"):
        recognised(READERS[way](tmp_path / "t.csv"), ["a", "b"])


@pytest.mark.filterwarnings("ignore::hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("way", READERS)
def test_points_and_commas_in_one_column_are_refused_by_name_and_row(tmp_path, way):
    (tmp_path / "t.csv").write_text(_late(";", "1.5") + "1,5;2\n")
    with pytest.raises(FeatureError, match=r"'a' \(for instance '1,5' in row 261\); read .* \(--decimal ,\)"):
        recognised(READERS[way](tmp_path / "t.csv"), ["a", "b"])


@pytest.mark.parametrize("way", READERS)
def test_bytes_that_are_not_letters_late_in_a_text_are_refused_by_line_and_byte(tmp_path, monkeypatch, way):
    monkeypatch.setattr("hassenet.tables.reading._BEGINNING", 100)
    text = _late(",", "ö").encode()
    (tmp_path / "t.csv").write_bytes(text + b"\xff\xfe\xf6,1\n")
    with pytest.raises(DataError, match="not UTF-8 text"):
        READERS[way](tmp_path / "t.csv")
    (tmp_path / "t.csv").write_bytes(text[:-2] + b"\xff\n" + text[-4:])
    with pytest.raises(DataError, match=rf"not UTF-8 text \(line 261, byte {len(text) - 2:,}\)"):
        READERS[way](tmp_path / "t.csv")


ABOVE = ["# one\n# two, three\n", "#\n" * 1_100, "# one; two\n\n  \n#two\n", "# one;\r\n# two\r\n"]


@pytest.mark.parametrize("above", ABOVE, ids=["two", "thousands", "with blank lines", "of Windows"])
@pytest.mark.parametrize("header", ["#a;b", "a;b"])
@pytest.mark.parametrize("way", READERS)
def test_lines_that_begin_with_a_hash_above_the_header_are_left_out_and_counted(tmp_path, way, above, header):
    (tmp_path / "t.csv").write_text(above + header + "\n1;2,5\n3;4\n", newline="")
    with pytest.warns(HassenetWarning, match=rf"{above.count('#'):,} lines above the header"):
        found = READERS[way](tmp_path / "t.csv")
    with pytest.warns(HassenetWarning, match="above the header"):
        assert read_columns(tmp_path / "t.csv") == tuple(header.split(";"))
    assert _columns(found, header.split(";")).tolist() == [[1, 2.5], [3, 4]]


@pytest.mark.parametrize("threads", [False, True])
def test_arrow_holds_no_bytes_of_python_when_a_text_was_read(threads):
    text = Text(Path("t.csv"), b"a,b\n" + b"1,2\n" * 50, Dialect(",", "."))
    found = {sys.getrefcount(text.data)}
    for _ in range(30):
        parsing._read(text, [0, 1], 1 << 24, threads=threads)
        found.add(sys.getrefcount(text.data))
    assert len(found) == 1


def test_a_comma_file_with_semicolons_in_its_cells_stays_one(tmp_path):
    (tmp_path / "t.csv").write_text("name,terms\na,x;y\nb,y;z\n")
    assert read_table(tmp_path / "t.csv").columns == ("name", "terms")


def test_lineages_with_bars_in_one_column_stay_one_column(tmp_path):
    (tmp_path / "t.csv").write_text("k__B|p__F\n1\n2\n3\n")
    assert read_table(tmp_path / "t.csv").columns == ("k__B|p__F",)


def test_marks_are_found_below_a_header_that_is_longer_than_what_is_looked_at(tmp_path):
    names = [f"gene_{k}" for k in range(12_000)]
    (tmp_path / "t.csv").write_text(
        "\n".join(";".join(row) for row in (names, ["1,5"] * 12_000, ["2"] * 12_000))
    )
    with pytest.warns(HassenetWarning, match="decimal commas"):
        table = read_table(tmp_path / "t.csv")
    assert table.numbers(names[-1:]).tolist() == [[1.5], [2.0]]


@pytest.mark.parametrize(
    ("content", "asked", "error", "message"),
    [
        ("größe,ä\n".encode() + b"\xff", {}, DataError, "not UTF-8 text .*--encoding"),
        (b"a\x01,b\xff\n1,2\n", {}, DataError, "not UTF-8 text"),
        (b"a,b\n1,2\n", {"encoding": "utf-99"}, ParameterError, "no encoding 'utf-99'"),
        (b"a,b\n1,2\n", {"sep": ",,"}, ParameterError, "one character.*',,'"),
        (b"a,b\n1,2\n", {"decimal": ";"}, ParameterError, "decimal mark is"),
        (b"a,b\n1,2\n1,2,3\n", {}, DataError, "quotation marks"),
    ],
)
def test_what_cannot_be_read_so_is_refused(tmp_path, content, asked, error, message):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(error, match=message):
        read_table(tmp_path / "t.csv", **asked)


def test_parquet_has_no_marks(tmp_path):
    FRAME.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"t\.parquet is Parquet; leave out sep"):
        read_table(tmp_path / "t.parquet", sep=";")


@pytest.mark.parametrize(
    "write", [lambda f: f.to_csv(index=False).encode(), lambda f: f.to_parquet()], ids=["csv", "parquet"]
)
def test_standard_input_is_a_table(monkeypatch, write):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(write(FRAME))))
    np.testing.assert_array_equal(read_table("-").numbers(["größe", "c"]), FRAME[["größe", "c"]])


@pytest.mark.parametrize(
    ("begin", "what"),
    [
        (b"PK\x03\x04", "a zip archive, as workbooks .* are; save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0", "a document of an office program"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x28\xb5\x2f\xfd", "compressed by zstd; unpack it"),
        (b"BZh91AY&SY", "compressed by bzip2"),
        (b"\xfd7zXZ\x00", "compressed by xz"),
    ],
)
def test_a_file_of_another_kind_that_is_called_a_table_is_refused_by_what_it_is(tmp_path, begin, what):
    path = tmp_path / "table.csv"
    path.write_bytes(begin + bytes(range(200)))
    with pytest.raises(DataError, match=f"table.csv is {what}"):
        read_table(path)


@pytest.mark.filterwarnings("ignore:t.csv is read with")
@pytest.mark.parametrize("way", READERS)
def test_points_like_those_between_thousands_beside_decimal_commas_are_noted_unless_the_mark_is_named(
    tmp_path, way
):
    path = tmp_path / "t.csv"
    path.write_text("income;height\n" + "50.776;1,89\n61.200;1,7\n" * 20)
    with pytest.warns(HassenetWarning, match=r"points in t\.csv are read as decimal marks.*--decimal ,"):
        READERS[way](path)
    path.write_text("income;height\n" + "50.776;1,89\n61.200;1,7\n" * 20 + "0.5;1,7\n")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="points in")
        READERS[way](path)
        path.write_text("income;height\n50.776;1,89\n61.200;1,7\n")
        assert read_table(path, decimal=",").numbers(["income"]).ravel().tolist() == [50776, 61200]
    assert read_table(path, sep=";", decimal=".").numbers(["income"]).ravel().tolist() == [50.776, 61.2]


@pytest.mark.filterwarnings("ignore:t.csv is read with")
@pytest.mark.parametrize("way", READERS)
def test_a_header_like_a_comment_above_words_above_numbers_is_noted(tmp_path, way):
    path = tmp_path / "t.csv"
    path.write_text("# v1\n\n# x,y\na,b\n" + "1,2\n" * 9)
    with pytest.warns(HassenetWarning, match=r"the header of t\.csv .*'# x,y'.*take it out"):
        READERS[way](path)
    path.write_text("# v1\n#a,b\n" + "1,2\n" * 9)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="the header of")
        READERS[way](path)


@pytest.mark.parametrize("way", READERS)
def test_a_row_that_begins_with_a_hash_is_noted_unless_most_do(tmp_path, way):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 40 + "# end, of\n")
    with pytest.warns(HassenetWarning, match=r"lines below the header of t\.csv .*as 1 line does; if"):
        READERS[way](path)
    path.write_text("colour,b\n" + "#ff0000,2\n" * 40 + "red,2\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        READERS[way](path)
