"""AnnData is a table whose features are one block, as the file holds it, beside what is known of the cells."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import h5py
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_array, csr_array, issparse

import hassenet as hn
from hassenet.errors import DataError, FeatureError, HassenetWarning, ShapeError
from hassenet.tables import Table, read_anndata, read_columns, read_table

CELLS = Path(__file__).parents[1] / "data" / "pbmc68k.h5ad"


def frame(group, index, columns):
    group.attrs["_index"], group.attrs["column-order"] = "_index", list(columns)
    for name, values in {"_index": index, **columns}.items():
        group[name] = (
            np.array(values, h5py.string_dtype())
            if not values or isinstance(values[0], str)
            else np.array(values)
        )


def written(path, X=((1.0, 0.0), (0.0, 2.0)), genes=("CD3E", "CD19"), obs=None, var=None, index=("c1", "c2")):
    """Write a file by the rules of the format, as small as it can be."""
    with h5py.File(path, "w") as file:
        if X is not None:
            file["X"] = np.array(X)
        frame(file.create_group("obs"), list(index), obs or ({"kind": ["T", "B"]} if index else {}))
        frame(file.create_group("var"), list(genes), var or {})
        file.create_group("layers")
    return path


def in_memory(X, genes=("CD3E", "CD19"), **more):
    obs = pd.DataFrame({"kind": pd.Categorical(["T", "B"])}, index=["c1", "c2"])
    return SimpleNamespace(
        X=X, obs=obs, var=pd.DataFrame(more.pop("var", {}), index=list(genes)), layers=more
    )


def test_real_cells_are_a_table_of_genes_beside_what_is_known_of_cells():
    table = read_anndata(CELLS)
    assert table.columns[:5] == ("obs_names", "bulk_labels", "n_genes", "percent_mito", "phase")
    assert len(table) == 72
    assert len(table.variables) == 40
    assert table.columns[5:] == table.variables
    assert sorted(set(table["bulk_labels"])) == ["CD14+ Monocyte", "CD19+ B", "CD56+ NK"]
    assert table["n_genes"].dtype.kind == "i"
    held = table.held(table.variables)
    assert issparse(held)
    assert held.dtype == np.float32


def test_a_file_of_anndata_is_a_table_wherever_one_is_read():
    assert read_table(CELLS).columns == read_columns(CELLS) == read_anndata(CELLS).columns
    with pytest.raises(DataError, match="leave out sep, decimal and encoding"):
        read_table(CELLS, sep=";")


def test_columns_are_the_same_numbers_one_by_one_and_together():
    table = read_anndata(CELLS)
    some = ("LYZ", "CD79A", "n_genes")
    np.testing.assert_array_equal(table.numbers(some), np.column_stack([table[name] for name in some]))
    held = table.held(("NKG7", "LYZ"))
    assert issparse(held)
    np.testing.assert_array_equal(held.toarray(), table.numbers(("NKG7", "LYZ")))


def test_rows_and_columns_are_chosen_without_making_them_dense():
    table = read_anndata(CELLS)
    part = table.take(np.array([5, 0])).select(["LYZ", "phase", "CD79A"])
    assert part.columns == ("phase", "LYZ", "CD79A")
    assert part.variables == ("LYZ", "CD79A")
    assert issparse(part.held(part.variables))
    assert part["phase"].tolist() == table["phase"][[5, 0]].tolist()
    assert table.select(["phase"]).columns == ("phase",)
    more = table.with_columns({"phase": np.zeros(72), "new": np.ones(72)})
    assert set(more.columns) == {*table.columns, "new"}
    assert not more["phase"].any()


def test_a_layer_stands_in_place_of_x_and_a_column_of_var_for_the_names():
    table = read_anndata(CELLS, layer="scaled", names="upper")
    assert table.variables[0] == "HS_" + read_anndata(CELLS).variables[0]
    assert isinstance(table.held(table.variables), np.ndarray)


@pytest.mark.parametrize("form", [np.array, csr_array, csc_array])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_an_object_in_memory_is_what_a_file_is(form, dtype):
    X = np.array([[1, 0], [0, 2]], dtype)
    table = read_anndata(in_memory(form(X)))
    assert table.columns == ("obs_names", "kind", "CD3E", "CD19")
    assert table["kind"].tolist() == ["T", "B"]
    assert table.held(table.variables).dtype == dtype
    np.testing.assert_array_equal(table.numbers(table.variables), X)
    assert issparse(table.held(table.variables)) == (form is not np.array)


def test_a_matrix_backed_by_a_file_is_read(tmp_path):
    with h5py.File(written(tmp_path / "x.h5ad")) as file:
        table = read_anndata(in_memory(file["X"]))
    np.testing.assert_array_equal(table.numbers(table.variables), [[1, 0], [0, 2]])


def test_files_of_the_first_versions_are_read(tmp_path):
    """Frames as arrays of records, categories in uns, sparse formats under another name, raw beside X."""
    with h5py.File(tmp_path / "old.h5ad", "w") as file:
        file["obs"] = np.array([(b"c1", 0, 9), (b"c2", 1, 8)], [("index", "S2"), ("kind", "i1"), ("n", "i8")])
        file["uns/kind_categories"] = np.array([b"B", b"T"])
        file["var"] = file["raw.var"] = np.array(
            [(b"CD3E", 1.0), (b"CD19", 2.0)], [("index", "S4"), ("mean", "f4")]
        )
        file["raw.X"] = np.ones((2, 2))
        X = file.create_group("X")
        for name, part in {"data": [1.0, 2.0], "indices": [0, 1], "indptr": [0, 1, 2]}.items():
            X[name] = np.array(part)
        X.attrs["h5sparse_format"], X.attrs["h5sparse_shape"] = "csr", (2, 2)
    table = read_anndata(tmp_path / "old.h5ad")
    assert table["kind"].tolist() == ["B", "T"]
    assert table["n"].tolist() == [9, 8]
    assert issparse(table.held(table.variables))
    assert read_anndata(tmp_path / "old.h5ad", layer="raw")["CD3E"].tolist() == [1, 1]


def test_gaps_of_categories_and_nullable_columns_are_missing(tmp_path):
    with h5py.File(written(tmp_path / "x.h5ad"), "r+") as file:
        obs = file["obs"]
        obs.attrs["column-order"] = ["state", "age"]
        obs["state/codes"], obs["state/categories"] = (
            np.array([-1, 0], np.int8),
            np.array(["ill"], h5py.string_dtype()),
        )
        obs["age/values"], obs["age/mask"] = np.array([0, 64]), np.array([True, False])
    table = read_anndata(tmp_path / "x.h5ad")
    assert table["state"].tolist() == [None, "ill"]
    assert table.missing(["state", "age"]) == {"state": 1, "age": 1}


def test_a_column_of_obs_that_is_called_like_a_gene_gets_another_name(tmp_path):
    with pytest.warns(HassenetWarning, match=r"called like variables of x.h5ad are called 'obs.CD19'"):
        table = read_anndata(written(tmp_path / "x.h5ad", obs={"CD19": [5, 6]}))
    assert table["obs.CD19"].tolist() == [5, 6]
    assert table["CD19"].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("how", "options", "error", "message"),
    [
        ({}, {"layer": "counts"}, FeatureError, "x.h5ad has none called 'counts'; there are none; name one"),
        ({"var": {"gene": ["a", "b"]}}, {"names": "symbol"}, FeatureError, "no 'symbol'; there is 'gene'"),
        (
            {"genes": ("A", "A"), "var": {"gene": ["a", "b"]}},
            {},
            FeatureError,
            "several 'A'; name them by another column of var .--var-names.: there is 'gene'",
        ),
        (
            {"var": {"gene": ["a", ""]}},
            {"names": "gene"},
            FeatureError,
            "1 of 2 in x.h5ad have none in 'gene'",
        ),
        ({"genes": ("A", "B", "C")}, {}, ShapeError, "has 2 columns and 3 variables"),
        ({"X": np.ones((3, 2))}, {}, ShapeError, "has 3 rows and 2 cells in obs"),
        ({"X": None}, {}, DataError, "AnnData has its numbers in X or in a layer; x.h5ad has neither"),
        ({"genes": ("A", " ")}, {}, FeatureError, "1 of 2 in x.h5ad have none in their index; name them"),
        ({"X": np.ones((0, 2)), "index": ()}, {}, DataError, "x.h5ad has no cells; give one with data"),
        ({"X": (b"a", b"b")}, {}, DataError, "has the shape"),
    ],
)
def test_what_a_file_of_anndata_lacks_is_named_with_what_it_has(tmp_path, how, options, error, message):
    with pytest.raises(error, match=message):
        read_anndata(written(tmp_path / "x.h5ad", **how), **options)


def test_what_is_not_anndata_is_refused(tmp_path):
    (tmp_path / "text.h5ad").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"text.h5ad is not a whole HDF5 file"):
        read_anndata(tmp_path / "text.h5ad")
    with pytest.raises(DataError, match="there is none at"):
        read_anndata(tmp_path / "nowhere.h5ad")
    with h5py.File(tmp_path / "other.h5ad", "w") as file:
        file["genotype"] = np.ones(3)
    with pytest.raises(DataError, match=r"has no obs, but \['genotype'\]"):
        read_anndata(tmp_path / "other.h5ad")
    with pytest.raises(DataError, match="Table has no X"):
        read_anndata(Table({"a": np.ones(2)}))


@pytest.mark.parametrize("X", [np.ones((2, 3)), np.ones((3, 2)), np.ones(2)], ids=["columns", "rows", "1-d"])
def test_a_stream_of_anndata_has_a_row_for_each_cell_and_a_column_for_each_variable(tmp_path, X):
    with pytest.raises((ShapeError, DataError), match="x.h5ad has"):
        hn.data.open(written(tmp_path / "x.h5ad", X))


@pytest.mark.parametrize("form", ["csr", "csc"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"indptr": [0, 99, 2]}, "indptr does not rise"),
        ({"indptr": [0, 2]}, "indptr has the shape"),
        ({"indices": [0, 7]}, "an index is outside"),
        ({"indices": [0, -1]}, "an index is outside"),
        ({"data": [1.0]}, "indptr does not rise"),
    ],
)
def test_a_sparse_matrix_of_anndata_that_was_damaged_is_refused_before_scipy_follows_it(
    tmp_path, form, changes, words
):
    with h5py.File(written(tmp_path / "x.h5ad", None), "r+") as file:
        group = file.create_group("X")
        group.attrs["encoding-type"], group.attrs["shape"] = f"{form}_matrix", (2, 2)
        for name, values in ({"data": [1.0, 2.0], "indices": [0, 1], "indptr": [0, 1, 2]} | changes).items():
            group[name] = np.array(values)
    with pytest.raises(DataError, match=f"in x.h5ad {words}"):
        read_anndata(tmp_path / "x.h5ad")


def test_a_sparse_array_in_memory_that_was_damaged_is_refused_before_compiled_code_follows_it():
    net = hn.Network(hn.Hierarchy.complete(2, 1), seed=0)
    for form in (csr_array, csc_array):
        X = form(np.eye(2))
        X.indices[1] = 999
        for call in (lambda X=X: read_anndata(in_memory(X)), lambda X=X: net(X), lambda X=X: hn.data.open(X)):
            with pytest.raises(DataError, match="an index is outside of the"):
                call()
    whole = csr_array(np.eye(2))
    whole.data, whole.indices = np.ones(5), np.array([0, 1, 9, 9, 9], whole.indices.dtype)  # behind its end
    np.testing.assert_array_equal(net(whole), net(np.eye(2)))


def test_x_and_the_index_can_be_named_where_a_model_was_made_of_others(tmp_path):
    path = written(tmp_path / "x.h5ad", var={"gene": ["a", "b"]})
    for source in (path, in_memory(np.eye(2), var={"gene": ["a", "b"]})):
        assert read_anndata(source, layer="X", names="_index").variables == ("CD3E", "CD19")
    assert hn.data.open(path, layer="X", names="_index").features == ("CD3E", "CD19")
    with h5py.File(path, "r+") as file:
        file["layers/X"] = np.full((2, 2), 7.0)
    assert read_anndata(path, layer="X")["CD3E"].tolist() == [7, 7]


def test_columns_of_any_objects_stand_beside_cells_as_in_tables_of_pandas():
    cells = in_memory(np.eye(2))
    cells.obs["mixed"], cells.obs["complex"], cells.obs["list"] = [1, "a"], [1j, 2j], [[1], [2]]
    table = read_anndata(cells)
    assert table["mixed"].tolist() == ["1", "a"]
    assert table["CD19"].tolist() == [0, 1]
    cells.obs.columns = ["kind", "kind", "complex", "list"]
    with pytest.raises(DataError, match="obs of the AnnData object repeats 'kind'; rename or merge them"):
        read_anndata(cells)


class Backed:
    """AnnData that is backed by a file without X: asked for X, it fails."""

    layers: ClassVar = {"counts": np.eye(2)}
    obs, var = in_memory(None).obs, in_memory(None).var

    @property
    def X(self):
        raise KeyError("object 'X' doesn't exist")


def test_an_object_that_is_backed_by_a_file_without_x_has_its_layers():
    assert read_anndata(Backed(), layer="counts")["CD19"].tolist() == [0, 1]
    with pytest.raises(DataError, match="the AnnData object has 'counts'; name one as layer=… .--layer."):
        read_anndata(Backed())


@pytest.mark.parametrize(
    "asked",
    [
        lambda X, H: hn.data.open(X),
        lambda X, H: hn.compare(H, X, [0, 1] * 5, folds=2),
        lambda X, H: hn.stability.element_power(H, X, [0, 1] * 5),
        lambda X, H: hn.fit(hn.Network(H.crown(["y"])), X, [0, 1], epochs=1),
        lambda X, H: hn.HierarchyClassifier(H, random_state=0).fit(X, ["a", "b"]),
        lambda X, H: hn.NetworkClassifier(max_iter=1, random_state=0).fit(X, ["a", "b"]),
    ],
    ids=["a stream", "a comparison", "a power", "a fit", "settings chosen", "an estimator"],
)
def test_an_object_of_anndata_is_refused_as_a_table_with_the_way_to_make_it_one(asked):
    H = hn.Hierarchy.from_covers([("CD3E", "T"), ("CD19", "B")])
    with pytest.raises(
        DataError, match=r"got an AnnData object; make it one, as by cells = hassenet.tables.read_"
    ):
        asked(Backed(), H)


BREAKS = {
    "deleted": None,
    "one number": 3.0,
    "cut off": np.zeros(1),
    "without end": np.zeros(9),
    "of two dimensions": np.zeros((2, 2)),
    "of text": np.array([b"a", b"b", b"c"]),
}


def of_all_encodings(path):
    """Write a file with a column of each encoding beside a sparse matrix; return the names of all its parts."""
    with h5py.File(written(path, None), "r+") as file:
        obs = file["obs"]
        obs.attrs["column-order"] = ["kind", "state", "age"]
        obs["state/codes"], obs["state/categories"] = np.array([1, 0], np.int8), np.array([b"ill", b"well"])
        obs["age/values"], obs["age/mask"] = np.array([0, 64]), np.array([True, False])
        X = file.create_group("X")
        X["data"], X["indices"], X["indptr"] = np.array([1.0, 2.0]), np.array([0, 1]), np.array([0, 1, 2])
        X.attrs["encoding-type"], X.attrs["shape"] = "csr_matrix", (2, 2)
        parts = []
        file.visit(parts.append)
    return [part for part in parts if part != "layers"]


WITHOUT_LOSS = {
    "without end": ("obs/state/categories", "X/data"),
    "of text": ("obs/state/categories",),
    "of two dimensions": ("X",),
}
"""Parts that may be so: what is behind the last code or the last row is unused, and a matrix need not be sparse."""


@pytest.mark.parametrize("read", [read_anndata, hn.data.open])
@pytest.mark.parametrize("how", BREAKS)
def test_whichever_part_of_a_file_of_anndata_is_broken_the_file_is_named(tmp_path, read, how):
    path = tmp_path / "x.h5ad"
    for part in of_all_encodings(path):
        of_all_encodings(path)
        with h5py.File(path, "r+") as file:
            del file[part]
            if BREAKS[how] is not None:
                file[part] = BREAKS[how]
        if part in WITHOUT_LOSS.get(how, ()):
            assert read_anndata(path)["kind"].tolist() == ["T", "B"]
        else:
            with pytest.raises(DataError, match=r"x\.h5ad"):
                read(path)


def test_a_raw_matrix_without_its_variables_is_not_a_layer(tmp_path):
    path = written(tmp_path / "cells.h5ad")
    with h5py.File(path, "a") as file:
        file["raw/X"] = np.ones((2, 2))
    with pytest.raises(FeatureError, match="has none called 'raw'"):
        read_anndata(path, layer="raw")
