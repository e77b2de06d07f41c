"""Every format gives the rows that were written, block by block; what is not whole is refused by its name."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from shutil import copy

import h5py
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zarr
from scipy.sparse import coo_array, csc_array, csr_array, random_array, save_npz

import hassenet as hn
from hassenet.data.ahead import Ahead
from hassenet.data.windows import parts
from hassenet.errors import (
    DataError,
    FeatureError,
    HassenetWarning,
    NotFiniteError,
    ParameterError,
    ShapeError,
    StreamError,
)
from hassenet.tables import Table, read_anndata

CELLS = Path(__file__).parents[1] / "data" / "pbmc68k.h5ad"
M, NAMES = 60, ["a", "b", "c"]
X = np.random.default_rng(0).normal(size=(M, 3)).astype(np.float32)
Y = np.arange(M) % 3
FRAME = pd.DataFrame(X, columns=NAMES).assign(y=Y, w=np.arange(M) + 1.0)
ARROW = pa.Table.from_pandas(FRAME)
H = hn.Hierarchy.from_covers([("b", "d"), ("c", "d"), ("a", "e"), ("c", "e")])
NET = hn.Network(H.crown(["0", "1", "2"]), output="softmax", seed=0)


def read(stream):
    return np.concatenate([_dense(part.X) for part in parts(stream)])


def _dense(X):
    return X.toarray() if hasattr(X, "toarray") else np.asarray(X)


def _of_parts(folder: Path) -> Path:
    """Several files, in folders, of several row groups, the columns of one in another order and type."""
    (folder / "parts" / "more").mkdir(parents=True)
    pq.write_table(ARROW.slice(0, 25), folder / "parts" / "0.parquet", row_group_size=10)
    other = ARROW.slice(25).select(["w", "c", "y", "b", "a"]).cast(
        pa.schema([("w", pa.int32()), ("c", pa.float64()), ("y", pa.int32()), ("b", pa.float32()), ("a", pa.float32())])
    )  # fmt: skip
    pq.write_table(other, folder / "parts" / "more" / "1.parquet")
    return folder / "parts"


def _parquet(folder: Path) -> Path:
    pq.write_table(ARROW, folder / "all.parquet", row_group_size=50)
    return folder / "all.parquet"


def _of_arrow(folder: Path, new=pa.ipc.new_file, **options) -> Path:
    with new(folder / "all.arrow", ARROW.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(ARROW, max_chunksize=25)
    return folder / "all.arrow"


def _parts_of_arrow(folder: Path) -> Path:
    """The same files in both formats of Arrow, compressed in both ways."""
    for k, path in enumerate(sorted(_of_parts(folder).rglob("*.parquet"))):
        table, new = pq.read_table(path), (pa.ipc.new_file, pa.ipc.new_stream)[k]
        options = pa.ipc.IpcWriteOptions(compression=("lz4", "zstd")[k])
        with new(path.with_suffix(".feather"), table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=10)
        path.unlink()
    return folder / "parts"


TABLES = {
    "a file of Parquet": _parquet,
    "a file of Arrow": _of_arrow,
    "a compressed file of Arrow": partial(_of_arrow, compression="zstd"),
    "a stream of Arrow": partial(_of_arrow, new=pa.ipc.new_stream),
    "a folder of Arrow": _parts_of_arrow,
    "files of Arrow": lambda folder: sorted(_parts_of_arrow(folder).rglob("*.feather")),
    "a folder of Parquet": _of_parts,
    "files of Parquet": lambda folder: sorted(_of_parts(folder).rglob("*.parquet")),
    "pandas": lambda _: FRAME,
    "polars": lambda _: pl.from_pandas(FRAME),
    "pyarrow": lambda _: ARROW,
    "a table": lambda _: Table({name: FRAME[name].to_numpy() for name in FRAME}),
    "columns": lambda _: {name: FRAME[name].to_numpy() for name in FRAME},
}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("window", [256, 0.0003])
def test_columns_are_matched_by_name_and_trained_on_in_their_order(tmp_path, kind, window):
    few = {"window": window, "threads": 1 if window > 1 else 3, "block": 7}
    stream = hn.data.open(TABLES[kind](tmp_path), target="y", weight="w", **few)
    assert stream.shape == (M, 3)
    assert set(stream.columns) == set(FRAME)
    np.testing.assert_array_equal(read(stream.through(_as_matrix, NAMES)), X)
    options = {"epochs": 1, "shuffle": False, "batch_size": 8}
    in_memory = hn.fit(NET, FRAME[NAMES], Y, sample_weight=FRAME["w"], **options)
    np.testing.assert_array_equal(hn.fit(NET, stream, **options).network.theta, in_memory.network.theta)


def _as_matrix(block, _):
    return np.column_stack([np.asarray(block[name]) for name in NAMES])


def _npy(folder: Path) -> Path:
    np.save(folder / "X.npy", X)
    return folder / "X.npy"


def _npz(folder: Path) -> Path:
    save_npz(folder / "X.npz", csr_array(X), compressed=False)
    return folder / "X.npz"


def _zarr(folder: Path) -> Path:
    path = folder / "x.zarr"
    if not path.exists():
        zarr.create_array(path, data=X, chunks=(9, 2))
    return path


ARRAYS = {
    "npy": _npy,
    "zarr": _zarr,
    "npz": _npz,
    "an array": lambda _: X,
    "a sparse array": lambda _: csc_array(X),
    "a memory map": lambda folder: np.load(_npy(folder), mmap_mode="r"),
}


@pytest.mark.parametrize("kind", ARRAYS)
@pytest.mark.parametrize("window", [256, 0.0003])
def test_rows_of_arrays_are_the_rows_that_were_written(tmp_path, kind, window):
    stream = hn.data.open(ARRAYS[kind](tmp_path), target=Y, window=window, block=7, threads=3)
    np.testing.assert_array_equal(read(stream), X)
    some = hn.data.open(ARRAYS[kind](tmp_path), features=[2, 0], window=window, block=7)
    np.testing.assert_array_equal(read(some), X[:, [2, 0]])


def test_a_sparse_file_stays_sparse(tmp_path):
    S = csr_array(random_array((90, 40), density=0.05, rng=0))
    save_npz(tmp_path / "S.npz", S, compressed=False)
    found = [part.X for part in parts(hn.data.open(tmp_path / "S.npz", block=8, window=0.001))]
    assert len(found) > 2
    assert all(part.format == "csr" for part in found)
    np.testing.assert_array_equal(np.concatenate([part.toarray() for part in found]), S.toarray())


def test_the_target_of_an_array_is_a_column_or_a_file_beside_it(tmp_path):
    np.save(tmp_path / "all.npy", np.column_stack([X, Y]))
    np.save(tmp_path / "y.npy", Y)
    stream = hn.data.open(tmp_path / "all.npy", target=3)
    assert stream.features == (0, 1, 2)
    np.testing.assert_array_equal(stream.Y, Y)
    np.testing.assert_array_equal(hn.data.open(_npy(tmp_path), target=tmp_path / "y.npy").Y, Y)
    np.testing.assert_array_equal(hn.data.open(tmp_path / "all.npy", target=np.int64(3)).Y, Y)


@pytest.mark.parametrize("column", [True, 3.0])
def test_the_number_of_a_column_is_a_whole_number(tmp_path, column):
    np.save(tmp_path / "all.npy", np.column_stack([X, Y]))
    with pytest.raises(ParameterError, match=f"by its name .of an array its number.*got {column}"):
        hn.data.open(tmp_path / "all.npy", target=column)
    with pytest.raises(FeatureError, match=f"has no {column}"):
        hn.data.open(tmp_path / "all.npy", features=[0, column])


@pytest.mark.parametrize("values", [b"junk", np.array([None, 1], object)])
def test_a_target_in_a_file_that_is_damaged_or_holds_objects_is_refused(tmp_path, values):
    if isinstance(values, bytes):
        (tmp_path / "y.npy").write_bytes(values)
    else:
        np.save(tmp_path / "y.npy", values)
    with pytest.raises(DataError, match="y.npy is not a .npy file of numbers or text"):
        hn.data.open(_npy(tmp_path), target=tmp_path / "y.npy")


def test_labels_in_a_list_are_the_target_where_no_column_is_called_so(tmp_path):
    labels = ["ill", "well"] * 3
    assert hn.data.open({"a": np.arange(6.0)}, labels).Y.tolist() == labels
    with pytest.raises(FeatureError, match="has no 'ill'"):
        hn.data.open({"a": np.arange(6.0)}, labels[:2])


@pytest.mark.parametrize(
    "index",
    [
        [4, 0, 7, 7],
        ["p", "q", "r", "s"],
        pd.Index([1, 2, 3, 9], name="id"),
        pd.MultiIndex.from_product([[0, 1]] * 2),
    ],
    ids=["numbers", "text", "with a name", "of two levels"],
)
def test_the_index_of_a_frame_of_pandas_is_never_a_feature_of_its_stream(index):
    frame = pd.DataFrame({"a": np.arange(4.0), "y": [0, 1, 0, 1]}, index=index)
    stream = hn.data.open(frame, target="y")
    assert stream.columns == ("a", "y")
    assert stream.features == ("a",)
    with pytest.raises(FeatureError, match="the table repeats 'a'"):
        hn.data.open(frame.set_axis(["a", "a"], axis=1))


@pytest.mark.parametrize("rows", [3, [[0, 1]]], ids=str)
def test_examples_of_a_stream_are_taken_as_a_stream(rows):
    stream = hn.data.open(np.eye(5), target=np.arange(5))
    with pytest.raises(DataError, match="taken as a stream"):
        stream[rows]
    with pytest.raises(TypeError, match="not iterable"):
        iter(stream)
    assert stream.select([0, 2]).features == (0, 2)
    assert hn.data.open({"ab": [1, 2]}).select("ab").features == ("ab",)


def test_cells_of_anndata_are_read_row_by_row_and_what_is_known_of_them_is_the_target():
    path, whole = CELLS, read_anndata(CELLS)
    target = next(
        name for name in whole.columns if name not in whole.variables and whole[name].dtype == object
    )
    stream = hn.data.open(path, target=target, block=20)
    assert stream.features == whole.variables
    np.testing.assert_array_equal(stream.Y, whole[target])
    small = stream.select(whole.variables[:5:2])
    found = np.concatenate([_dense(block.held(small.features)) for block in small.blocks()])
    np.testing.assert_array_equal(found, _dense(whole.held(small.features)))
    net = hn.Network(hn.Hierarchy.complete(3, 1), seed=0)
    np.testing.assert_allclose(net(small), net(_dense(whole.held(small.features))), rtol=1e-6)
    assert len(list(small.blocks())) > 2


def _with_layers(folder: Path) -> Path:
    """A file with sparse layers and a raw matrix more."""
    path = Path(copy(CELLS, folder))
    with h5py.File(path, "r+") as file:
        m, n = read_anndata(path).held(read_anndata(path).variables).shape
        S = csr_array(random_array((m, n), density=0.3, rng=0))
        for place, kind, matrix in (("counts", "csr", S), ("turned", "csc", S.tocsc())):
            layer = file.create_group(f"layers/{place}")
            layer.attrs["encoding-type"], layer.attrs["shape"] = f"{kind}_matrix", (m, n)
            layer["data"], layer["indices"], layer["indptr"] = matrix.data, matrix.indices, matrix.indptr
        file["raw/X"] = np.arange(2.0 * m).reshape(m, 2)
        file["raw/var/_index"] = np.array(["r", "s"], h5py.string_dtype())
        file["raw/var"].attrs["_index"], file["raw/var"].attrs["column-order"] = "_index", []
    return path


def test_a_layer_of_anndata_and_other_names_of_its_variables_are_those_of_the_table(tmp_path):
    path = _with_layers(tmp_path)
    for wanted in ({"layer": "counts", "names": "upper"}, {"layer": "raw"}, {"layer": "scaled"}):
        stream, whole = hn.data.open(path, block=20, **wanted), read_anndata(path, **wanted)
        assert stream.features == whole.variables
        found = np.concatenate([_dense(block.held(stream.features)) for block in stream.blocks()])
        np.testing.assert_array_equal(found, _dense(whole.held(whole.variables)))
    with pytest.raises(DataError, match=r"adata.layers\['turned'\].tocsr\(\)"):
        hn.data.open(path, layer="turned")
    with pytest.raises(FeatureError, match="nothing"):
        hn.data.open(path, layer="nothing")


@pytest.mark.parametrize("form", [{"zarr_format": 2}, {"zarr_format": 3}, {"shards": (18, 2)}], ids=str)
def test_a_chunk_of_zarr_that_goes_is_refused_by_its_file_and_one_that_was_not_there_is_warned_of(
    tmp_path, form
):
    zarr.create_array(tmp_path / "x.zarr", data=X, chunks=(9, 2), **form)
    one = {"threads": 1, "ahead": 0}  # block after block, so that the first error is always the same
    stream = hn.data.open(tmp_path / "x.zarr", target=Y, window=0.0003, block=7, **one)
    np.testing.assert_array_equal(read(stream), X)
    (chunk,) = (
        p
        for p in (tmp_path / "x.zarr").rglob("*")
        if p.relative_to(tmp_path).as_posix()[-3:] in ("1/1", "1.1")
    )
    whole = chunk.read_bytes()
    chunk.write_bytes(whole[:10])
    with pytest.raises(DataError, match=r"x.zarr, rows \d+ to \d+, is not whole: "):
        read(hn.data.open(tmp_path / "x.zarr", target=Y, block=7, **one))
    chunk.unlink()
    with pytest.raises(DataError, match=f"there is none at .*{chunk.name}"):
        read(stream)
    with pytest.warns(
        HassenetWarning, match=r"x.zarr lacks 1 of \d+ chunks, as '.*1.1'; zarr writes none where all"
    ):
        hn.data.open(tmp_path / "x.zarr", target=Y)


def test_several_targets_are_matched_with_the_outputs_by_name(tmp_path):
    stream = hn.data.open(_parquet(tmp_path), target=["w", "y"], block=7, window=0.0003)
    net = hn.Network(H.crown(["y", "w"]), seed=0)
    streamed = hn.fit(net, stream, epochs=1, shuffle=False, loss="squared_error")
    in_memory = hn.fit(net, FRAME[NAMES], FRAME[["y", "w"]], epochs=1, shuffle=False, loss="squared_error")
    np.testing.assert_array_equal(streamed.network.theta, in_memory.network.theta)


# ---------------------------------------------------------------- what is not whole, or does not fit


def _write(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path)


def _without_rows(folder):
    _write(folder / "1.parquet", ARROW.slice(0, 0))


def _without_a_column(folder):
    _write(folder / "1.parquet", ARROW.drop_columns(["b"]))


def _with_text(folder):
    _write(folder / "1.parquet", ARROW.set_column(1, "b", pa.array(["x"] * M)))


def _cut_off(folder):
    (folder / "1.parquet").write_bytes((folder / "0.parquet").read_bytes()[:-40])


def _not_parquet(folder):
    (folder / "1.parquet").write_text("a,b\n1,2\n")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_without_rows, "1.parquet has none"),
        (_without_a_column, "1.parquet lacks 'b', which 0.parquet has"),
        (_with_text, "'b' is float in 0.parquet and string in 1.parquet"),
        (_cut_off, "1.parquet is not a whole Parquet file"),
        (_not_parquet, "1.parquet is not a whole Parquet file"),
    ],
)
def test_a_file_among_others_that_does_not_fit_is_named_when_it_is_opened(tmp_path, spoil, says):
    _write(tmp_path / "0.parquet", ARROW)
    spoil(tmp_path)
    with pytest.raises(DataError, match=says):
        hn.data.open(tmp_path, target="y")


def test_a_column_that_nobody_asks_for_may_change_its_type(tmp_path):
    _write(tmp_path / "0.parquet", ARROW)
    _with_text(tmp_path)
    assert len(hn.data.open(tmp_path, target="y", features=["a", "c"])) == 2 * M


def _gone(path: Path) -> None:
    path.unlink()


def _shorter(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 40)


@pytest.mark.parametrize("kind", ["a file of Parquet", "a file of Arrow", "a stream of Arrow", "npy", "npz"])
@pytest.mark.parametrize(("spoil", "says"), [(_gone, "there is none at"), (_shorter, "was changed")])
def test_a_file_that_goes_while_a_network_learns_from_it_is_named_and_nothing_is_lost(
    tmp_path, kind, spoil, says
):
    path = (TABLES | ARRAYS)[kind](tmp_path)
    of_table = kind in TABLES
    stream = hn.data.open(path, target="y" if of_table else Y, block=7, window=0.0003)
    stream = stream.select(NAMES if of_table else [0, 1, 2])
    net = NET if of_table else hn.Network(hn.Hierarchy.complete(3, 3), output="softmax")
    with pytest.raises(StreamError, match=f"{says}.*what was learned until then") as caught:
        hn.fit(net, stream, callbacks=[lambda *_: spoil(path)], epochs=9, batch_size=8)
    assert len(caught.value.fit.history) == 1
    assert path.name in str(caught.value)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (lambda d: d / "nowhere.parquet", DataError, "there is none at"),
        (lambda d: _text(d / "x.csv.gz"), DataError, "gunzip x.csv.gz"),
        (lambda d: _text(d / "x.xyz"), DataError, "ends otherwise"),
        (lambda d: d, DataError, "there are none"),
        (lambda d: _text(d / "x.npy"), DataError, "x.npy is not a .npy file"),
        (lambda d: _text(d / "x.npz"), DataError, "x.npz is not a whole .npz file"),
        (lambda d: _saved(d, np.asfortranarray(X)), DataError, "column after column"),
        (lambda d: _saved(d, np.array([[None]])), DataError, "objects of Python"),
        (lambda d: _saved(d, np.ones(3)), ShapeError, "rows and columns"),
        (lambda d: _sparse(d, csr_array(X), compressed=True), DataError, "compressed=False"),
        (lambda d: _sparse(d, csc_array(X), compressed=False), DataError, "tocsr"),
        (lambda d: np.ones((0, 3)), ShapeError, "rows and columns"),
        (lambda d: _sparse(d, coo_array(X), compressed=False), DataError, "x.npz is coo; write X.tocsr"),
        (lambda d: _saved(d, X.astype(str)), DataError, "holds real numbers; x.npy holds <U"),
        (lambda d: _sparse(d, csr_array(X * 1j), compressed=False), DataError, "x.npz holds complex64"),
        (lambda d: _shortened(_saved(d, X)), DataError, "x.npy is cut off: rows from 55 on are missing"),
        (lambda d: np.ones((3, 0)), FeatureError, "has features; X has none"),
        (lambda d: None, ShapeError, "the shape .*; give a path, a table, or an array"),
        (lambda d: _of_zarr(d, X.astype("M8[D]")), DataError, "x.zarr holds datetime64"),
        (lambda d: _spoiled(_of_zarr(d, X) / "zarr.json"), DataError, "x.zarr is not a whole array of zarr"),
    ],
    ids=range(20),
)
def test_what_is_not_a_stream_is_refused_with_what_to_do(tmp_path, given, error, says):
    with pytest.raises(error, match=says):
        hn.data.open(given(tmp_path))


def _text(path: Path) -> Path:
    path.write_text("a,b\n1,2\n")
    return path


def _saved(folder: Path, array: np.ndarray) -> Path:
    np.save(folder / "x.npy", array)
    return folder / "x.npy"


def _shortened(path: Path) -> Path:
    os.truncate(path, path.stat().st_size - 50)
    return path


def _of_zarr(folder: Path, array: np.ndarray) -> Path:
    zarr.create_array(folder / "x.zarr", data=array, chunks=(9, 3))
    return folder / "x.zarr"


def _spoiled(path: Path) -> Path:
    path.write_text("{")
    return path.parent


def _sparse(folder: Path, array: csr_array, *, compressed: bool) -> Path:
    save_npz(folder / "x.npz", array, compressed=compressed)
    return folder / "x.npz"


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"target": "z"}, FeatureError, "has no 'z'"),
        ({"features": ["a", "z"]}, FeatureError, "has no 'z'"),
        ({"target": "y", "weight": ["w", "a"]}, ParameterError, "weight is one column"),
        ({"features": ["a", "a"]}, FeatureError, "repeats 'a'"),
        ({"target": "y", "features": ["a", "y"]}, FeatureError, "'y' would be both"),
        ({"target": Path("y.csv")}, ParameterError, "is a column, by its name"),
        ({"target": "nowhere.npy"}, DataError, "nowhere.npy: No such file"),
        ({"block": 0}, ParameterError, "block is a whole number ≥ 1; got 0"),
        ({"block": -1}, ParameterError, "block is a whole number ≥ 1; got -1"),
        ({"block": 2.5}, ParameterError, "block is a whole number ≥ 1; got 2.5"),
        ({"block": True}, ParameterError, "block is a whole number ≥ 1; got True"),
    ],
    ids=str,
)
def test_a_column_that_is_not_there_is_refused(tmp_path, options, error, says):
    with pytest.raises(error, match=says):
        hn.data.open(_parquet(tmp_path), **options)


def test_features_are_those_of_the_hierarchy(tmp_path):
    with pytest.raises(FeatureError, match="left out 'w'"):
        hn.fit(NET, hn.data.open(_parquet(tmp_path), target="y"))


def test_an_error_on_the_thread_comes_where_its_item_would():
    def items():
        yield 1
        raise NotFiniteError("features are finite; the second block is not; correct it")

    with Ahead(items(), 2) as made:
        assert next(made) == 1
        for _ in range(2):
            with pytest.raises((NotFiniteError, StopIteration)):
                next(made)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"indptr": [0, 999, 2, 3]}, "in S.npz indptr does not rise from 0 to the number of entries"),
        ({"indptr": [0, 1, 2, 9]}, "in S.npz indptr does not rise from 0 to the number of entries"),
        ({"indptr": [0, 3]}, r"S.npz has 3 rows, and its indptr the shape \(2,\)"),
        ({"indices": [0, 1, 5]}, "in S.npz, rows 0 to 2, an index is outside of the columns"),
        ({"indices": [0, -1, 1]}, "in S.npz, rows 0 to 2, an index is outside of the columns"),
        ({"shape": [3]}, "S.npz has the shape"),
        ({"shape": ["3", "2"]}, "S.npz has 'shape' of <U1"),
        ({"indices": [0.0, 1.5, 0.0]}, "S.npz has 'indices' of float64"),
        ({"indptr": [0.0, 1.0, 2.0, 3.0]}, "S.npz has 'indptr' of float64"),
    ],
)
def test_a_sparse_array_whose_rows_are_not_where_it_says_is_refused_before_scipy_follows_it(
    tmp_path, changes, words
):
    whole = {"data": np.ones(3), "indices": [0, 1, 0], "indptr": [0, 1, 2, 3], "shape": [3, 2]}
    np.savez(tmp_path / "S.npz", **whole | changes, format=np.array(b"csr"))
    with pytest.raises((DataError, ShapeError), match=words):
        read(hn.data.open(tmp_path / "S.npz"))


def test_no_column_of_a_folder_of_parquet_is_lost_in_silence(tmp_path):
    for name, more in (("a", {}), ("b", {"z": [1.0, 2.0]})):
        pq.write_table(pa.table({"x": [1.0, 2.0], **more}), tmp_path / f"{name}.parquet")
    with pytest.warns(HassenetWarning, match="a.parquet; left out are 'z', which others have, as b.parquet"):
        stream = hn.data.open(tmp_path)
    assert stream.columns == ("x",)
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], names=["x", "x"])
    pq.write_table(twice, tmp_path / "twice.parquet")
    with pytest.raises(FeatureError, match="twice.parquet has 'x' more than once"):
        hn.data.open(tmp_path / "twice.parquet")


def test_the_numbers_of_rows_that_pandas_and_dask_write_are_left_out_of_the_features(tmp_path):
    FRAME.sample(frac=1, random_state=0).to_parquet(tmp_path / "turned.parquet")
    FRAME.rename_axis("__null_dask_index__").to_parquet(tmp_path / "dask.parquet", index=True)
    for name, own in (("turned", "__index_level_0__"), ("dask", "__null_dask_index__")):
        stream = hn.data.open(tmp_path / f"{name}.parquet", target="y", weight="w")
        assert own in stream.columns
        assert stream.features == tuple(NAMES)


def test_what_programs_leave_beside_files_of_parquet_is_not_read_and_is_counted_where_it_looks_like_one(
    tmp_path,
):
    pq.write_table(pa.table({"a": [1.0, 2.0], "y": [0, 1]}), tmp_path / "0.parquet")
    for name in ("_SUCCESS", "_metadata", ".0.parquet.crc"):
        (tmp_path / name).write_bytes(b"rubbish")
    assert len(hn.data.open(tmp_path, "y")) == 2
    (tmp_path / "_temporary").mkdir()
    (tmp_path / "_temporary" / "1.parquet").write_bytes(b"rubbish")
    with pytest.warns(HassenetWarning, match=r"left out of .* are '_temporary/1.parquet'"):
        assert len(hn.data.open(tmp_path, "y")) == 2
