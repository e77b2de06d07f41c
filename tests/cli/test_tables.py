"""A table that was written is read back; every kind of column becomes numbers, truth values or text."""

from __future__ import annotations

import gzip
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from hassenet.errors import (
    DataError,
    FeatureError,
    HassenetWarning,
    NotFiniteError,
    OutputExistsError,
    ShapeError,
)
from hassenet.tables import Table, read_columns, read_spelling, read_table, write_table

COLUMNS = {
    "whole": np.array([1, -2, 2**53]),
    "real": np.array([0.1, -1e300, 5e-324]),
    "text": np.array(['a "quoted", text', "größe\nin two lines", "tab\tbed"], object),
    "truth": np.array([True, False, True]),
}


@pytest.mark.parametrize(
    "suffix", [".csv", ".csv.gz", ".tsv", ".tab.gz", ".parquet", ".pq", ".CSV", ".feather", ".arrows"]
)
def test_a_table_that_was_written_is_read_back(tmp_path, suffix):
    write_table(Table(COLUMNS), tmp_path / f"t{suffix}")
    found = read_table(tmp_path / f"t{suffix}")
    assert read_columns(tmp_path / f"t{suffix}") == found.columns == tuple(COLUMNS)
    for name, column in COLUMNS.items():
        assert found[name].dtype == column.dtype
        np.testing.assert_array_equal(found[name], column)


def test_types_are_found_from_every_row_and_a_row_may_be_longer_than_a_block(tmp_path):
    wide = [f"{k:0>100}" for k in range(12_000)]  # more than a megabyte a row
    lines = [",".join(wide), ",".join("1" for _ in wide), ",".join("2.5" for _ in wide)]
    (tmp_path / "wide.csv").write_text("\n".join(lines))
    assert read_table(tmp_path / "wide.csv").numbers(wide[-2:]).tolist() == [[1, 1], [2.5, 2.5]]
    (tmp_path / "long.csv").write_text("x\n" + "1\n" * 1_000_000 + "text\n")
    assert read_table(tmp_path / "long.csv").text(["x"]) == ["x"]


def test_spellings_of_missing_values_are_known(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n,\nNA,NA\nNaN,nan\n?,?\nnull,N/A\n")
    found = read_table(tmp_path / "t.csv")
    assert found.missing(["a", "b"]) == {"a": 5, "b": 5}


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    assert read_table(tmp_path / "t.csv").columns == ("a", "b")


def test_every_kind_of_column_of_a_parquet_file_is_read(tmp_path):
    from datetime import date
    from decimal import Decimal

    columns = {
        "kinds": pa.array(["a", None, "b"]).dictionary_encode(),
        "nothing": pa.nulls(3),
        "gaps": pa.array([1, None, 3], pa.int8()),
        "maybe": pa.array([True, None, False]),
        "money": pa.array([Decimal("1.5"), None, Decimal("2.5")]),
        "half": pa.array(np.array([1, 2, 3], np.float16)),
        "day": pa.array([date(2020, 1, 1), None, date(2020, 1, 2)]),
    }
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet")
    assert found.text(found.columns) == ["kinds", "day"]
    assert found["day"].tolist() == ["2020-01-01", None, "2020-01-02"]
    for name, values in {"gaps": [1, 3], "maybe": [1, 0], "money": [1.5, 2.5], "half": [1, 3]}.items():
        assert found[name][[0, 2]].tolist() == values
    assert found.missing(found.columns) == {
        n: 3 if n == "nothing" else 1 for n in found.columns if n != "half"
    }


def test_columns_have_equal_lengths_and_numbers_are_asked_for_by_name():
    with pytest.raises(ShapeError, match="a 1.*b 2"):
        Table({"a": np.zeros(1), "b": np.zeros(2)})
    with pytest.raises(FeatureError, match="no 'c'"):
        Table({"a": np.zeros(1)}).numbers(["c"])
    with pytest.raises(NotFiniteError):
        Table({"a": np.array([np.nan])}).numbers(["a"])


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_table(Table(COLUMNS), path, force=True)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_never_replaced_by_a_table(tmp_path):
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(OutputExistsError):
        write_table(Table(COLUMNS), tmp_path / "t.csv", force=True)


def test_numbers_that_pandas_wrote_are_read_to_the_last_bit(tmp_path):
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=500), "k": range(500)})
    frame.to_csv(tmp_path / "t.csv", index=False)

    np.testing.assert_array_equal(read_table(tmp_path / "t.csv").numbers(["x", "k"]), frame)


def test_blanks_around_names_are_taken_off_with_a_note(tmp_path):
    (tmp_path / "t.csv").write_text("a, b ,c\n1,2,3\n")
    with pytest.warns(HassenetWarning, match="' b '"):
        assert read_table(tmp_path / "t.csv").columns == ("a", "b", "c")


def test_names_that_differ_in_blanks_only_are_refused(tmp_path):
    (tmp_path / "t.csv").write_text("a, a\n1,2\n")
    with pytest.warns(HassenetWarning), pytest.raises(DataError, match="repeats 'a'"):
        read_table(tmp_path / "t.csv")


def test_a_table_with_semicolons_is_recognised_also_with_decimal_commas(tmp_path):
    (tmp_path / "t.csv").write_text("age;dose\n31,5;1,2\n")
    with pytest.warns(HassenetWarning, match="';' between columns, decimal commas"):
        table = read_table(tmp_path / "t.csv")
    np.testing.assert_array_equal(table.numbers(["age", "dose"]), [[31.5, 1.2]])


def test_a_header_whose_first_name_is_empty_has_its_tabs(tmp_path):
    (tmp_path / "t.tsv").write_text("\tage;dose\n0\t31\n")
    assert read_table(tmp_path / "t.tsv").columns == ("", "age;dose")


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv"])
def test_a_column_can_be_read_as_it_is_spelled(tmp_path, suffix):
    table = Table({"x": np.array([1, 2, 3]), "code": np.array(["007", " 1.0", None], object)})
    write_table(table, tmp_path / f"t{suffix}")
    assert read_spelling(tmp_path / f"t{suffix}", 1).tolist() == ["007", "1.0", None]
    write_table(table, tmp_path / "t.parquet")
    assert read_spelling(tmp_path / "t.parquet", 1) is None


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_the_columns_are_read_without_the_rows_below(tmp_path, name):
    content = b'\n"a, b",c\n' + b"1,2\n" * 200_000 + b"1,2,3\n"
    (tmp_path / name).write_bytes(gzip.compress(content)[:-9] if name.endswith("gz") else content)
    assert read_columns(tmp_path / name) == ("a, b", "c")
    with pytest.raises(DataError, match=r"t\.csv"):
        read_table(tmp_path / name)


@pytest.mark.filterwarnings("ignore::hassenet.errors.HassenetWarning")
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n \n", "is empty"),
        ("twice.csv", b"a,b,a\n", "repeats 'a'"),
        ("blanks.csv", b"a,b, a\n", "repeats 'a'"),
        ("damaged.csv", b"gr\xc3\xb6sse,b\xff\n", "not UTF-8 text"),
        ("zeros.csv", b"a,\0b\n", "zero bytes"),
        ("long.csv", b"a" * 200_000, "not a table: field larger"),
        ("plain.csv.gz", b"a,b\n", "not a whole gzip file"),
        ("cut.csv.gz", gzip.compress(b"a,b\n", mtime=0)[:5], "not a whole gzip file"),
        ("none.parquet", b"a,b\n", "Parquet"),
        ("none.feather", b"a,b\n", "Arrow"),
        ("table.xlsx", b"PK", "ends otherwise"),
    ],
)
def test_a_file_that_does_not_begin_as_a_table_has_no_columns(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_columns(tmp_path / name)
    with pytest.raises(DataError, match="there is none at"):
        read_columns(tmp_path / "nowhere.csv")
