"""A small file does not take all memory: what unfolds too far, or has too many columns, is refused before it does."""

from __future__ import annotations

import gzip
import io
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from pyarrow import feather
from pyarrow.compute import run_end_encode

from hassenet.errors import DataError, ParameterError
from hassenet.files.content import FileContent
from hassenet.tables import Table, read_columns, read_table
from hassenet.tables.dialect import Dialect
from hassenet.tables.parsing import _cells_by_arrow
from hassenet.tables.text import Text
from hassenet.tables.wide import cells_row_by_row
from memory import holds_less

ZEROS = gzip.compress(b"a,b\n" + b"0,0\n" * 2_000_000, 6, mtime=0)
VIEWS = pa.Array.from_buffers(
    pa.string_view(),
    20_000,
    [None, pa.py_buffer(np.tile(np.array([(1000, 0)], "i8"), (20_000, 1))), pa.py_buffer(b"\0" * 1000)],
)  # of the same text, which is there once
BOMBS = {
    "zeros.csv.gz": ZEROS,
    "rows.parquet": {"a": np.zeros(3_000_000), "b": np.zeros(3_000_000, bool)},
    "text.parquet": {"a": ["x" * 1000] * 20_000},
    "lists.parquet": {"a": [["x" * 1000] * 5] * 4_000},
    "rows.feather": {"a": np.zeros(3_000_000), "b": np.zeros(3_000_000, bool)},
    "text.arrows": {"a": ["x" * 1000] * 20_000},
    "gaps.feather": {"a": pa.nulls(9_000_000)},
    "runs.arrow": {"a": run_end_encode(pa.nulls(2_000_000, pa.int64()))},
    "views.arrow": {"a": VIEWS},
    "levels.feather": {"a": pa.array(["x" * 10_000 + f"{k:03}" for k in range(500)] * 8).dictionary_encode()},
}


@pytest.fixture(scope="module")
def bombs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bombs")
    for name, content in BOMBS.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        elif name.endswith(".parquet"):
            parquet.write_table(pa.table(content), folder / name)
        else:
            new = pa.ipc.new_stream if name.endswith("s") else pa.ipc.new_file
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            with new(folder / name, pa.table(content).schema, options=options) as writer:
                writer.write_table(pa.table(content))
    return folder


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_unfolds_further_than_it_may_is_refused_with_the_option_that_allows_it(bombs, name):
    with pytest.raises(
        DataError, match=rf"unfolds to 4 MB at most; {name} would become .*--max-unfolded \d+\)"
    ):
        read_table(bombs / name, max_unfolded=4)
    assert len(read_table(bombs / name, max_unfolded=100)) >= 4_000


def test_of_a_file_that_unfolds_too_far_hardly_more_than_allowed_is_held(bombs):
    def refused():
        with pytest.raises(DataError, match="would become more"):
            read_table(bombs / "zeros.csv.gz", max_unfolded=2)

    assert holds_less(6e6, refused)


def test_a_file_unfolds_a_hundredfold_unless_it_is_small(monkeypatch, bombs):
    monkeypatch.setattr("hassenet.files.unfolding._LEAST", 10**6)
    for read in (read_table, lambda path: FileContent(path).text):
        with pytest.raises(DataError, match=r"unfolds to 1 MB at most; zeros\.csv\.gz would become more"):
            read(bombs / "zeros.csv.gz")
    monkeypatch.setattr("hassenet.files.unfolding._TIMES", 2000)
    assert len(read_table(bombs / "zeros.csv.gz")) == 2_000_000
    assert read_columns(bombs / "zeros.csv.gz") == ("a", "b")


def test_standard_input_has_the_limits_of_a_file(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ZEROS)))
    with pytest.raises(DataError, match="standard input would become more"):
        read_table("-", max_unfolded=4)


def test_a_small_file_of_arrow_is_refused_before_it_unfolds(bombs):
    def refused():
        with pytest.raises(DataError, match="would become"):
            read_table(bombs / "rows.feather", max_unfolded=2)

    assert (bombs / "rows.feather").stat().st_size < 10_000
    assert holds_less(1e6, refused)


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".feather"])
def test_more_columns_than_there_may_be_are_refused_unless_some_are_asked_for(tmp_path, suffix):
    path = tmp_path / f"wide{suffix}"
    columns = {f"c{k}": [k, k + 1] for k in range(30)}
    lines = "\n".join(",".join(map(str, row)) for row in [columns, *zip(*columns.values(), strict=True)])
    if suffix == ".parquet":
        parquet.write_table(pa.table(columns), path)
    elif suffix == ".feather":
        feather.write_feather(pa.table(columns), path)
    else:
        path.write_bytes(lines.encode() if suffix == ".csv" else gzip.compress(lines.encode()))
    with pytest.raises(DataError, match=r"20 columns at most; .* has 30; .*\(--max-columns 30\)"):
        read_table(path, max_columns=20)
    assert len(read_table(path, max_columns=30).columns) == 30
    some = read_table(path, only={"c7", "c3", "nowhere"}, max_columns=2)
    assert some.columns == ("c3", "c7")
    assert some.unread == tuple(name for name in columns if name not in ("c3", "c7"))
    np.testing.assert_array_equal(some.numbers(["c7", "c3"]), [[7, 3], [8, 4]])
    assert some.take(np.array([1]))["c7"].tolist() == [8]
    assert read_table(path, only={"nowhere"}).columns == ("c0",)


def test_rows_that_become_columns_count_as_columns(tmp_path):
    (tmp_path / "genes.csv").write_text("gene,s0\n" + "".join(f"g{k},{k}\n" for k in range(30)))
    with pytest.raises(DataError, match=r"20 columns at most; genes\.csv has 31"):
        read_table(tmp_path / "genes.csv", transpose=True, max_columns=20)


@pytest.mark.parametrize(
    ("option", "value"),
    [("max_columns", 0), ("max_columns", True), ("max_unfolded", 0), ("max_unfolded", "1")],
)
def test_a_limit_is_a_number_above_0(tmp_path, option, value):
    with pytest.raises(ParameterError, match=option):
        read_table(tmp_path / "t.csv", **{option: value})


def test_a_name_that_is_not_there_is_compared_with_the_columns_that_were_not_read(tmp_path):
    (tmp_path / "t.csv").write_text("age,height\n1,2\n")
    with pytest.raises(DataError, match="did you mean 'height'"):
        read_table(tmp_path / "t.csv", only={"age"}).require_columns(["heigth"], "a feature")
    assert Table({"age": np.zeros(1)}).unread == ()


# ---------------------------------------------------------------- many columns

ODD = [
    'a,b,c\n1,"x,y",3\n',
    'a,b,c\r\n1,"say ""x""",\r\n\r\n"line\nbreak",ü,"  z"\r\n',
    'a,b,c\n,,\nNA,x"y,"q"z\n',
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("wanted", [[0, 1, 2], [2, 0], [1]])
def test_tables_read_row_by_row_are_those_read_column_by_column(tmp_path, text, wanted):
    table = Text(tmp_path / "t.csv", text.encode(), Dialect(","))
    whole = [column[1:].to_pylist() for column in _cells_by_arrow(table, wanted).columns]
    assert [column.to_pylist() for column in cells_row_by_row(table, wanted)] == whole


def test_a_table_of_many_columns_has_the_values_and_the_faults_of_any_other(tmp_path, monkeypatch):
    monkeypatch.setattr("hassenet.tables.wide._LITTLE", 0)
    rows = [[f"c{k}" for k in range(50)], [f"{k}.5" for k in range(50)], ["NA"] * 50]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(map(",".join, rows)))
    np.testing.assert_array_equal(read_table(path)["c7"], [7.5, np.nan])
    assert read_table(path).spelled("c49").tolist() == ["49.5", None]
    path.write_text(path.read_text() + "\n1,2\n")
    with pytest.raises(
        DataError, match=r"Row #3 below the header: Expected 50 columns, got 2; .*quotation marks"
    ):
        read_table(path)
