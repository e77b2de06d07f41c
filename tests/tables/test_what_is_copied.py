"""What is read from a file and written into another one stands there as it stood; only what is used is converted."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hassenet.errors import DataError
from hassenet.tables import Table, read_table, write_table

SPELLINGS = (
    "007",
    "1.0",
    "1e3",
    "NA",
    "true",
    "True",
    " x ",
    "-0",
    "0x1F",
    "",
    "12345678901234567890",
    '"q"',
)
cells = st.one_of(
    st.sampled_from(SPELLINGS), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
)


def rewritten(path, to):
    write_table(read_table(path), to, force=True)
    return to


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".csv.gz"])
@given(columns=st.lists(st.tuples(cells, cells), min_size=3, max_size=6))
@settings(max_examples=25)
def test_text_comes_out_as_it_was_spelled(tmp_path_factory, suffix, columns):
    folder = tmp_path_factory.mktemp("copied")
    rows = [("a", "b"), *columns]
    with (folder / "t.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    rewritten(folder / "t.csv", folder / f"u{suffix}")
    rewritten(folder / f"u{suffix}", folder / "v.csv")
    with (folder / "v.csv").open(newline="", encoding="utf-8") as file:
        assert list(map(tuple, csv.reader(file))) == rows


def test_a_file_without_needless_quotation_marks_is_copied_byte_for_byte(tmp_path):
    text = 'code,when,share,gap,name\n007,12:30,1.50,NA,"a, ""b"""\n1e3,True,0x1F,,größe\n'
    (tmp_path / "t.csv").write_text(text, "utf-8")
    assert rewritten(tmp_path / "t.csv", tmp_path / "u.csv").read_text("utf-8") == text


def test_a_column_that_is_alone_keeps_its_empty_rows(tmp_path):
    (tmp_path / "t.csv").write_text('a\n1\n""\n3\n')
    assert rewritten(tmp_path / "t.csv", tmp_path / "u.csv").read_text() == 'a\n1\n""\n3\n'


def to_stream(table, path):
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


TYPED = {
    "bytes": pa.array([b"\x00\xff", None]),
    "lists": pa.array([["p"], ["q", "r"]]),
    "nested": pa.array([{"a": 1}, None]),
    "kinds": pa.array(["u", "v"]).dictionary_encode(),
    "small": pa.array([1, None], pa.int8()),
    "long": pa.array([2**63, 1], pa.uint64()),
    "money": pa.array([Decimal("1.50"), None]),
    "day": pa.array([date(2020, 1, 1), None]),
    "at": pa.array([datetime(2020, 1, 1, 12, 30), None], pa.timestamp("us", "UTC")),
    "hour": pa.array([time(12, 30), None]),
    "truth": pa.array([True, None]),
    "half": pa.array(np.array([1, 2], np.float16)),
}


WRITTEN = {
    "parquet": (pa.parquet.write_table, pa.parquet.read_table),
    "feather": (pa.feather.write_feather, pa.feather.read_table),
    "arrows": (to_stream, lambda path: pa.ipc.open_stream(path).read_all()),
}


@pytest.mark.parametrize("suffix", WRITTEN)
@pytest.mark.parametrize("name", TYPED)
def test_a_typed_column_keeps_its_type_and_values(tmp_path, name, suffix):
    table = pa.table({name: TYPED[name], "x": pa.array([1.5, 2.5])})
    write, read = WRITTEN[suffix]
    write(table, tmp_path / f"t.{suffix}")
    found = read(rewritten(tmp_path / f"t.{suffix}", tmp_path / f"u.{suffix}"))
    assert found.column(name).type == table.column(name).type
    assert found.column(name).to_pylist() == table.column(name).to_pylist()


def test_columns_of_any_type_stand_beside_those_that_are_used(tmp_path):
    pa.parquet.write_table(pa.table({**TYPED, "x": [1.5, 2.5]}), tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").numbers(["x"]).tolist() == [[1.5], [2.5]]


@pytest.mark.parametrize("name", ["bytes", "lists", "nested"])
def test_what_has_no_spelling_in_one_cell_is_refused_by_text_files(tmp_path, name):
    pa.parquet.write_table(pa.table({name: TYPED[name]}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match=f"{name!r} holds .*; write Parquet"):
        rewritten(tmp_path / "t.parquet", tmp_path / "u.csv")


plain = st.sampled_from(
    [
        "1",
        "-2",
        " 3 ",
        "2.5",
        "+5",
        "1e5",
        "NA",
        "",
        "?",
        "nan",
        "true",
        "False",
        "x",
        "1_0",
        ".5",
        "1.",
        "007",
        "inf",
    ]
)


@given(st.lists(plain, min_size=1, max_size=5))
@settings(max_examples=100)
def test_a_column_that_is_used_has_the_values_that_arrow_finds_in_it(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "inferred.csv"
    path.write_text("a,b\n" + "".join(f"{value},k\n" for value in values))
    missing = [*pa.csv.ConvertOptions().null_values, "?"]
    convert = pa.csv.ConvertOptions(null_values=missing, strings_can_be_null=True)
    expected, found = pa.csv.read_csv(path, convert_options=convert).column(0), read_table(path)["a"]
    if found.dtype == object:
        assert found.tolist() == expected.to_pylist()
    else:
        np.testing.assert_array_equal(
            found.astype(float), [np.nan if v is None else float(v) for v in expected.to_pylist()]
        )


def test_numbers_that_are_not_used_do_not_become_text_where_others_are(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n2,y\n")
    table = read_table(tmp_path / "t.csv")
    both = table.select(["b"]).with_columns({"p": np.array([0.25, 0.5])})
    write_table(both, tmp_path / "u.csv")
    assert (tmp_path / "u.csv").read_text() == "b,p\nx,0.25\ny,0.5\n"
    assert isinstance(table, Table)
