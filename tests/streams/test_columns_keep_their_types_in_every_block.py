"""What a column is, its file says, and not the block that is read: a gap in one changes nothing of the others."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import hassenet as hn
from hassenet.data.plain import as_one_array, is_plain
from hassenet.data.table import columns_of
from hassenet.selection import Setting
from hassenet.tables import read_table

M, GAP = 60, 41
RNG = np.random.default_rng(0)
Y, B = RNG.normal(size=(2, M))
SMALL = RNG.integers(-3, 4, M)


def gapped(values, kind):
    return pa.array([None if k == GAP else value for k, value in enumerate(values)], kind)


COLUMNS = {
    "bytes": gapped(SMALL.tolist(), pa.int8()),
    "truth values": gapped((SMALL > 0).tolist(), pa.bool_()),
    "numbers of more digits than float64": gapped([2**60 + k for k in SMALL.tolist()], pa.int64()),
    "NaN where others have nothing": np.where(np.arange(M) == GAP, np.nan, B[::-1]),
    "decimal numbers": gapped([Decimal(k) / 100 for k in SMALL.tolist()], pa.decimal128(5, 2)),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_gap_in_one_block_is_that_of_the_table_in_memory(tmp_path, kind):
    path = tmp_path / "x.parquet"
    beside = SMALL.astype(np.int8) if kind == "bytes" else B
    pq.write_table(pa.table({"a": COLUMNS[kind], "b": beside, "y": Y}), path, row_group_size=25)
    table, stream = read_table(path).select(["a", "b"]), hn.data.open(path, "y", block=10)
    whole = _fitted(table, Y)
    read = _fitted(stream)
    assert read.model_.encoding == whole.model_.encoding
    assert "a is missing" in read.model_.encoding.features
    np.testing.assert_array_equal(read.predict(stream), whole.predict(table))


def _fitted(*given):
    settings = [Setting(0.01)]
    return hn.HierarchyRegressor(folds=2, members=1, steps=2, settings=settings, random_state=0).fit(*given)


def test_blocks_of_all_types_lie_above_each_other_in_the_types_of_their_file(tmp_path):
    whole = pa.table({f"x{k}": column for k, column in enumerate(COLUMNS.values())} | {"y": Y})
    pq.write_table(whole, tmp_path / "x.parquet", row_group_size=25)
    stream = hn.data.open(tmp_path / "x.parquet", "y", block=10)
    names = [name for name in stream.features if name != "x3"]  # NaN, which is not NaN
    assert stream.cells(names).combine_chunks().equals(whole.select(names))


def test_decimal_numbers_are_the_floats_nearest_to_them_in_tables_and_in_streams_of_several_types(tmp_path):
    decimals = [Decimal(k) / 100 for k in range(300)]
    exact = [float(number) for number in decimals]
    pq.write_table(pa.table({"x": pa.array(decimals, pa.decimal128(9, 2))}), tmp_path / "0.parquet")
    pq.write_table(pa.table({"x": exact}), tmp_path / "1.parquet")
    assert read_table(tmp_path / "0.parquet")["x"].tolist() == exact
    assert hn.data.open(tmp_path).read(["x"])["x"].tolist() == exact * 2


@pytest.mark.parametrize("kinds", [("i1", "u1"), ("?", "?"), ("f4", "f2"), ("i8", "f4"), ("?", "f8")])
def test_plain_columns_of_arrow_are_side_by_side_what_they_are_one_by_one(kinds):
    columns = {f"x{k}": (SMALL > 0).astype(kind) for k, kind in enumerate(kinds)}
    table = pa.table(columns)
    assert is_plain(table)
    found = columns_of(table).block(list(columns))
    expected = np.column_stack(list(columns.values()))
    assert found.dtype == expected.dtype == as_one_array(table).dtype
    np.testing.assert_array_equal(found, expected)
