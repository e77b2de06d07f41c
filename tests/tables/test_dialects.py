"""Text tables are read in the marks and encodings in which they come, and what was recognised is a warning."""

from __future__ import annotations

import io
import sys

import numpy as np
import pandas as pd
import pytest

from hassenet.errors import DataError, HassenetWarning, ParameterError
from hassenet.tables import read_columns, read_table

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


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-8"])
@pytest.mark.filterwarnings("error")
def test_utf_8_is_read_with_and_without_its_mark(tmp_path, mark):
    FRAME.to_csv(tmp_path / "t.csv", index=False, encoding=mark)
    assert read_table(tmp_path / "t.csv").columns == read_columns(tmp_path / "t.csv") == tuple(FRAME)


def test_commas_that_part_thousands_are_not_taken_for_decimal_marks(tmp_path):
    (tmp_path / "t.tsv").write_text("a\tb\n1,234\t1\n12,345\t2\n9,000\t3\n")
    assert read_table(tmp_path / "t.tsv").text(["a", "b"]) == ["a"]


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
