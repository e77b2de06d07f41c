"""A column of Parquet has one type for all files, in which nothing of what one of them holds is lost."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.compute import run_end_encode

import hassenet as hn
from hassenet.data.recognition import recognised
from hassenet.errors import DataError
from hassenet.tables import Table, read_table
from hassenet.tables.cells import Cells

M = 8
NUMBERS = [float(k) for k in range(M)]
TEXTS = ["Bonn", "Rome"] * (M // 2)
WIDE = pa.dictionary(pa.int64(), pa.string())
CODES = pa.array(TEXTS).dictionary_encode()
DAYS = [date(2020, 1, 1 + k) for k in range(M)]
TIMES = [datetime(2020, 1, 1 + k) for k in range(M)]

TOGETHER = {
    "gaps and numbers": (pa.nulls(M), pa.array(NUMBERS, "float32"), pa.float32()),
    "numbers and gaps": (pa.array(range(M), "int8"), pa.nulls(M), pa.int8()),
    "gaps and text": (pa.nulls(M), pa.array(TEXTS), pa.string()),
    "gaps and categories": (pa.nulls(M), CODES, CODES.type),
    "gaps and times": (pa.nulls(M), pa.array(TIMES, pa.timestamp("us")), pa.timestamp("us")),
    "whole numbers": (pa.array(range(M), "int32"), pa.array(range(M), "int64"), pa.int64()),
    "floats": (pa.array(NUMBERS, "float64"), pa.array(NUMBERS, "float32"), pa.float64()),
    "whole numbers and floats": (pa.array(range(M), "int64"), pa.array(NUMBERS, "float32"), pa.float64()),
    "truth values and numbers": (pa.array([True, False] * 4), pa.array(range(M), "int8"), pa.int8()),
    "decimals and floats": (
        pa.array(range(M), pa.decimal128(5, 2)),
        pa.array(NUMBERS, "float32"),
        pa.float64(),
    ),
    "text of two sizes": (pa.array(TEXTS), pa.array(TEXTS, "large_string"), pa.large_string()),
    "text as views": (pa.array(TEXTS, "string_view"), pa.array(TEXTS), pa.large_string()),
    "categories and text": (CODES, pa.array(TEXTS), pa.string()),
    "categories of two sizes": (CODES, CODES.cast(pa.dictionary(pa.int64(), pa.string())), WIDE),
    "times of two units": (
        pa.array(TIMES, pa.timestamp("ms")),
        pa.array(TIMES, pa.timestamp("ns")),
        pa.timestamp("ns"),
    ),
    "days and times": (pa.array(DAYS), pa.array(TIMES, pa.timestamp("us")), pa.timestamp("us")),
}


def folder_of(folder, one, other):
    for name, x in (("0", one), ("1", other)):
        rest = {"z": np.arange(M) % 3 + 0.5, "y": np.arange(M) % 2}
        pq.write_table(pa.table({"x": x, **rest}), folder / f"{name}.parquet", row_group_size=3)
    return folder


@pytest.mark.parametrize("kind", TOGETHER)
def test_a_column_has_the_type_that_holds_what_all_files_have(tmp_path, kind):
    one, other, wide = TOGETHER[kind]
    stream = hn.data.open(folder_of(tmp_path, one, other), target="y")
    found = stream.cells(["x"])
    assert found.column("x").type == wide
    whole = pa.chunked_array([one.cast(wide), other.cast(wide)])
    assert found.column("x").to_pylist() == whole.to_pylist()
    in_memory = Table(Cells.typed({"x": whole, "z": pa.chunked_array([stream.cells(["z"]).column("z")])}))
    by_blocks = recognised(stream, ["x", "z"]).encoding
    assert by_blocks == recognised(in_memory, ["x", "z"]).encoding
    parts = [by_blocks.filled(by_blocks.read(block)) for block in stream.blocks()]
    np.testing.assert_array_equal(np.concatenate(parts), by_blocks.filled(by_blocks.read(in_memory)))


def test_labels_of_a_part_without_any_are_missing_beside_categories(tmp_path):
    folder = folder_of(tmp_path, pa.nulls(M), CODES)
    assert hn.data.open(folder, target="x").Y[M:].tolist() == TEXTS
    assert all(label is None or label != label for label in hn.data.open(folder, target="x").Y[:M])


APART = {
    "text and numbers": (pa.array(TEXTS), pa.array(NUMBERS), "string in 0.parquet and double in 1"),
    "text and bytes": (pa.array(TEXTS), pa.array(TEXTS, pa.binary()), "string in 0.parquet and binary in 1"),
    "times of a zone and of none": (
        pa.array(TIMES, pa.timestamp("us", "UTC")),
        pa.array(DAYS),
        r"timestamp\[us, tz=UTC\] in 0.parquet and date32\[day\] in 1",
    ),
    "categories of numbers and text": (
        pa.array(range(M)).dictionary_encode(),
        pa.array(TEXTS),
        "int64 in 0.parquet and string in 1",
    ),
}


@pytest.mark.parametrize("kind", APART)
def test_columns_that_no_type_holds_are_refused_by_file_and_column_when_they_are_opened(tmp_path, kind):
    one, other, says = APART[kind]
    with pytest.raises(DataError, match=f"'x' is .*{says}"):
        hn.data.open(folder_of(tmp_path, one, other), target="y")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([2**60 + 1] * M), pa.array(NUMBERS)),
        (pa.array([253402300799] * M, pa.timestamp("s")), pa.array(TIMES, pa.timestamp("ns"))),
    ],
    ids=["numbers", "times"],
)
def test_a_value_that_the_wider_type_has_not_is_refused_by_file_and_column(tmp_path, one, other):
    stream = hn.data.open(folder_of(tmp_path, one, other), target="y")
    with pytest.raises(DataError, match=r"'x' is (int64|timestamp\[ms\]) in 0.parquet.*is not exact"):
        list(stream.blocks())


HELD = {
    "views": pa.array(TEXTS, "string_view"),
    "runs": run_end_encode(pa.array(TEXTS)),
    "runs of views": pa.RunEndEncodedArray.from_arrays(range(1, M + 1), pa.array(TEXTS, "string_view")),
    "categories that are views": pa.array(TEXTS, "string_view").dictionary_encode(),
}


@pytest.mark.parametrize("form", HELD)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_text_held_otherwise_is_text_in_a_stream_and_in_tables_of_every_kind(tmp_path, form, suffix):
    table = pa.table({"x": HELD[form], "z": NUMBERS, "y": np.arange(M) % 2})
    path = tmp_path / f"x.{suffix}"
    if suffix == "parquet":
        try:
            pq.write_table(table, path)
        except pa.ArrowNotImplementedError:
            return  # Parquet has no such columns
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    found = [hn.data.open(path, "y"), table, read_table(path)]
    encodings = [recognised(one, ["x", "z"]).encoding for one in found]
    assert encodings[0] == encodings[1] == encodings[2]
    assert encodings[0].features == ("x=Bonn", "x=Rome", "z")
    read = [encodings[0].read(one) for one in (next(found[0].blocks()), *found[1:])]
    np.testing.assert_array_equal(read[0], read[1])
    np.testing.assert_array_equal(read[0], read[2])
    assert read_table(path).take(np.array([1]))["x"].tolist() == ["Rome"]
