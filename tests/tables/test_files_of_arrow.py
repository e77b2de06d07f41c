"""A file of Arrow, in either format and from any program, is the table that Parquet has; or it is refused by name."""

from __future__ import annotations

import io
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather
from tests.tables.columns import people

import hassenet as hn
from hassenet.cli.reading import check_not_turned
from hassenet.data.recognition import recognised
from hassenet.errors import DataError, FeatureError, HassenetWarning
from hassenet.tables import Table, read_columns, read_table, write_table
from hassenet.tables.growing import growing

FRAME = people(60).assign(
    city=lambda frame: frame["city"].astype("category"), visit=lambda frame: pd.to_datetime(frame["visit"])
)
TABLE = pa.Table.from_pandas(FRAME)


def of_batches(new, **options):
    def write(path, table=TABLE):
        with new(path, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
            writer.write_table(table, max_chunksize=25)

    return write


FORMS = {
    "a.feather": lambda path: FRAME.to_feather(path),
    "b.feather": lambda path: feather.write_feather(FRAME, path, "zstd", chunksize=7),
    "c.arrow": of_batches(pa.ipc.new_file),
    "d.ipc": of_batches(pa.ipc.new_file, compression="lz4"),
    "e.arrows": of_batches(pa.ipc.new_stream),
    "f.arrow": of_batches(pa.ipc.new_stream, compression="zstd"),
    "g.arrow": lambda path: pl.from_pandas(FRAME).write_ipc(path),
    "h.arrow": lambda path: pl.from_pandas(FRAME).write_ipc(path, compression="lz4"),
    "i.arrows": lambda path: pl.from_pandas(FRAME).write_ipc_stream(path, compression="zstd"),
    "j.arrow": lambda path: write_table(read_table(path.with_name("x.parquet")), path),
    "k.parquet": of_batches(pa.ipc.new_file),  # what it begins as says more than its name
}


@pytest.fixture
def parquet(tmp_path):
    FRAME.to_parquet(tmp_path / "x.parquet")
    return tmp_path / "x.parquet"


@pytest.mark.parametrize("name", FORMS)
def test_a_file_of_arrow_is_the_table_of_parquet_in_memory_and_as_a_stream(tmp_path, parquet, name):
    FORMS[name](tmp_path / name)
    expected, found = read_table(parquet), read_table(tmp_path / name)
    assert found.columns == read_columns(tmp_path / name) == expected.columns
    for column in expected.columns:
        np.testing.assert_array_equal(found[column], expected[column])
        assert found.names_in(column) == expected.names_in(column)
    features = [column for column in expected.columns if column != "ill"]
    encoding = recognised(expected, features).encoding
    assert recognised(found, features).encoding == encoding
    stream = hn.data.open(tmp_path / name, "ill", block=11)
    assert recognised(stream, features).encoding == encoding
    parts = [encoding.filled(encoding.read(block)) for block in stream.blocks()]
    np.testing.assert_array_equal(np.concatenate(parts), encoding.filled(encoding.read(expected)))
    assert stream.Y.tolist() == expected["ill"].tolist()
    assert read_table(tmp_path / name, only=["age"])["age"].tolist() == pytest.approx(
        expected["age"].tolist(), nan_ok=True
    )


@pytest.mark.parametrize("name", ["d.ipc", "f.arrow"])
def test_standard_input_may_be_arrow(tmp_path, monkeypatch, name):
    FORMS[name](tmp_path / name)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((tmp_path / name).read_bytes())))
    assert read_table("-")["bmi"].tolist() == FRAME["bmi"].tolist()


@pytest.mark.parametrize("deltas", [False, True])
def test_categories_that_come_with_later_rows_are_read(tmp_path, deltas):
    kind = pa.dictionary(pa.int8(), pa.string())
    parts = [pa.array(values, kind) for values in (["u", "v"], ["u", "v", "w"], ["u", "v", "w", "x"])]
    options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=deltas)
    with pa.ipc.new_stream(tmp_path / "x.arrow", pa.schema([("c", kind)]), options=options) as writer:
        for part in parts:
            writer.write_batch(pa.record_batch({"c": part}))
    expected = [value for part in parts for value in part.to_pylist()]
    assert read_table(tmp_path / "x.arrow")["c"].tolist() == expected
    assert hn.data.open(tmp_path / "x.arrow", block=2).cells(["c"]).column("c").to_pylist() == expected


@pytest.mark.parametrize("kind", ["string", "int64"])
def test_categories_are_more_than_the_numbers_of_one_part_have_room_for(tmp_path, kind):
    small = pa.dictionary(pa.int8(), kind)
    parts = [pa.array(range(n, n + 100)).cast(kind).dictionary_encode().cast(small) for n in (0, 50, 150)]
    table = pa.table({"c": pa.chunked_array(parts * 2), "x": np.arange(600.0)})
    with pq.ParquetWriter(tmp_path / "x.parquet", table.schema) as writer:
        for k in range(6):
            writer.write_table(table.slice(100 * k, 100))
    of_batches(pa.ipc.new_stream)(tmp_path / "x.arrow", table)
    expected = recognised(table, ["c", "x"]).encoding
    names = ["x.arrow", *(["x.parquet"] if kind == "string" else [])]  # Parquet has only text in categories
    for path in (tmp_path / name for name in names):
        for found in (read_table(path), hn.data.open(path, block=70)):
            assert recognised(found, ["c", "x"]).encoding == expected


@pytest.mark.parametrize("suffix", ["feather", "arrows", "parquet"])
def test_rows_that_are_appended_may_have_other_categories(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    parts = [
        pa.array([f"l{k}" for k in range(n, n + 100)] + ["l0"]).dictionary_encode() for n in (0, 50, 150)
    ]
    with growing(path) as append:
        for part in parts:
            append(
                Table({"x": np.arange(101)}).with_columns(
                    {"c": part.cast(pa.dictionary(pa.int8(), "string"))}
                )
            )
    assert read_table(path)["c"].tolist() == [value for part in parts for value in part.to_pylist()]
    assert pa.types.is_dictionary(read_table(path).stored("c").type)


# ---------------------------------------------------------------- what is not whole, or does not fit


def both_ways(path):
    """Return what is said of a file that is not a table, in memory and block by block; None where it is read."""
    ways = (
        lambda: [table[name] for table in [read_table(path)] for name in table.columns],
        lambda: [list(hn.data.open(path, block=25).blocks())],
    )
    return [_read_or_refused(way, path) for way in ways]


def _read_or_refused(way, path):
    try:
        way()
    except (DataError, FeatureError) as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", ["a.feather", "b.feather", "c.arrow", "f.arrow", "g.arrow", "i.arrows"])
def test_a_file_that_is_cut_off_anywhere_is_refused_by_its_name(tmp_path, name):
    FORMS[name](tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    some = np.random.default_rng(0).integers(1, len(whole), 40)
    for length in [*some.tolist(), *range(len(whole) - 12, len(whole))]:
        (tmp_path / name).write_bytes(whole[:length])
        for refused in both_ways(tmp_path / name):
            assert f"{name} is not a whole Arrow file" in str(refused), length


@pytest.mark.filterwarnings("ignore::hassenet.errors.HassenetWarning")
@pytest.mark.parametrize("name", ["a.feather", "b.feather", "f.arrow", "g.arrow", "i.arrows"])
@given(
    damages=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=3
    )
)
@settings(max_examples=40)
def test_a_file_that_is_damaged_is_read_or_refused_by_its_name(tmp_path_factory, name, damages):
    path = tmp_path_factory.getbasetemp() / f"damaged {name}"
    FORMS[name](path)
    damaged = bytearray(path.read_bytes())
    for place, byte in damages:
        damaged[8 + int(place * (len(damaged) - 8))] = byte
    path.write_bytes(damaged)
    assert all(name in refused for refused in both_ways(path) if refused and "not a whole" in refused)


def test_a_gap_of_text_held_as_views_may_have_any_bytes(tmp_path):
    views = np.array([[1, ord("x"), 0, 0], [-(2**30), -1, 9, 9], [1, ord("y"), 0, 0]], "i4")
    known = pa.py_buffer(bytes([0b101]))
    column = pa.Array.from_buffers(pa.string_view(), 3, [known, pa.py_buffer(views)])
    of_batches(pa.ipc.new_file)(tmp_path / "x.arrow", pa.table({"x": column}))
    assert read_table(tmp_path / "x.arrow")["x"].tolist() == ["x", None, "y"]


def test_a_name_of_a_column_that_is_not_text_is_refused(tmp_path):
    FORMS["c.arrow"](tmp_path / "x.arrow")
    whole = (tmp_path / "x.arrow").read_bytes()
    (tmp_path / "x.arrow").write_bytes(whole.replace(b"smoker", b"smo\xffer"))
    assert ["is not UTF-8" in str(refused) for refused in both_ways(tmp_path / "x.arrow")] == [True, True]


def test_a_file_without_rows_and_one_with_a_name_twice_are_refused(tmp_path):
    of_batches(pa.ipc.new_file)(tmp_path / "x.arrow", TABLE.slice(0, 0))
    with pytest.raises(DataError, match=r"x.arrow has no rows"):
        read_table(tmp_path / "x.arrow")
    with pytest.raises(DataError, match=r"x.arrow has none"):
        hn.data.open(tmp_path / "x.arrow")
    twice = pa.Table.from_arrays([pa.array([1.0])] * 2, names=["x", "x"])
    of_batches(pa.ipc.new_file)(tmp_path / "x.arrow", twice)
    with pytest.raises(DataError, match=r"x.arrow repeats 'x'"):
        read_table(tmp_path / "x.arrow")
    with pytest.raises(FeatureError, match=r"x.arrow has 'x' more than once"):
        hn.data.open(tmp_path / "x.arrow")


@pytest.mark.parametrize(
    "write",
    [
        lambda path: pq.write_table(pa.table({}), path),
        lambda path: pd.DataFrame(index=range(3)).to_parquet(path),
        lambda path: feather.write_feather(pa.table({}), path),
        lambda path: of_batches(pa.ipc.new_stream)(path, pa.table({})),
    ],
)
def test_a_file_without_columns_is_refused_by_its_name(tmp_path, write):
    path = tmp_path / "none.arrow"
    write(path)
    for only in (None, {"x"}):
        with pytest.raises(DataError, match=r"none.arrow has no columns"):
            read_table(path, only=only)
    with pytest.raises(DataError, match=r"none.arrow has none"):
        hn.data.open(path)


ODD = {
    "list": pa.array([[1], [2], [3]]),
    "struct": pa.array([{"a": 1}, {"a": 2}, {"a": 3}]),
    "map": pa.array([[("a", 1)], [], [("b", 2)]], pa.map_("string", "int64")),
    "bytes": pa.array([b"\xff", b"\xfe", b"a"]),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_first_column_that_is_not_spelled_has_no_names(tmp_path, kind):
    pq.write_table(pa.table({"odd": ODD[kind], "x": [1, 2, 3], "z": [1, 2, 3]}), tmp_path / "odd.parquet")
    table = read_table(tmp_path / "odd.parquet")
    check_not_turned(table, ["y"])
    with pytest.raises(DataError, match="names are text or numbers; 'odd' holds .*; convert it"):
        table.names_in("odd")
    net = hn.Network(hn.Hierarchy.complete(2, 1, names=[["a", "b"], None]), seed=0)
    with pytest.raises(FeatureError, match="2 of 2 are not: 'a', 'b'"):
        hn.Model.of(net, target="y").predict(table)


def test_rows_that_were_written_together_and_are_many_are_noted(tmp_path, monkeypatch):
    monkeypatch.setattr("hassenet.streams.columnar._LARGE", 1000)
    of_batches(pa.ipc.new_file)(tmp_path / "x.arrow")
    with pytest.warns(HassenetWarning, match=r"x.arrow has 25 in a record batch, .* with smaller ones"):
        hn.data.open(tmp_path / "x.arrow")
    pq.write_table(TABLE, tmp_path / "x.parquet")
    assert len(hn.data.open(tmp_path / "x.parquet")) == 60


def test_more_rows_than_there_are_bytes_for_are_refused_before_any_is_made(tmp_path):
    of_batches(pa.ipc.new_file)(tmp_path / "x.arrow", pa.table({"x": np.zeros(20_011, bool)}))
    whole = (tmp_path / "x.arrow").read_bytes()
    few, many = (np.int64(n).tobytes() for n in (25, 10**15))
    assert few in whole
    (tmp_path / "x.arrow").write_bytes(whole.replace(few, many))
    for refused in both_ways(tmp_path / "x.arrow"):
        assert "x.arrow is not a whole Arrow file: it has fewer bytes than its rows take" in refused
