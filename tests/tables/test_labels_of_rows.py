"""The index of a frame of pandas, which Parquet and Arrow have as columns, is not a feature and is not lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

import hassenet as hn
from hassenet.data.row_labels import row_labels
from hassenet.errors import HassenetWarning
from hassenet.tables import Table, read_columns, read_table
from hassenet.tables.joining import joined

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {"a": RNG.normal(size=40), "b": RNG.normal(size=40), "y": RNG.choice(["u", "v"], 40)},
    index=[f"s{k}" for k in range(40)],
)
FORMS = {
    "text": FRAME,
    "chosen": FRAME.reset_index(drop=True).sample(frac=1, random_state=0),
    "named": FRAME.rename_axis("patient"),
    "several": FRAME.assign(p=range(40), q="x").set_index(["p", "q"]),
    "dask": FRAME.rename_axis("__null_dask_index__"),
}
LABELS = {
    "text": ("__index_level_0__",),
    "chosen": ("__index_level_0__",),
    "named": ("patient",),
    "several": ("p", "q"),
    "dask": ("__null_dask_index__",),
}


@pytest.fixture(params=FORMS)
def form(request):
    return request.param


@pytest.fixture(params=["parquet", "feather"])
def path(form, tmp_path, request):
    path = tmp_path / f"people.{request.param}"
    {"parquet": pq.write_table, "feather": feather.write_feather}[request.param](
        pa.Table.from_pandas(FORMS[form]), path
    )
    return path


def test_labels_of_rows_are_not_columns_of_a_table_and_are_there_by_name(form, path):
    with pytest.warns(HassenetWarning, match="has labels of rows"):
        table = read_table(path)
    assert table.columns == ("a", "b", "y")
    assert table.row_labels == LABELS[form]
    index = FORMS[form].index.get_level_values(0)
    for of_rows in (table, read_table(path, only=LABELS[form]), table.take(np.arange(40))):
        assert of_rows[LABELS[form][0]].tolist() == index.tolist()
    assert set(read_columns(path)) == {*table.columns, *LABELS[form]}
    assert hn.data.open(path, target="y").features == ("a", "b")


def test_estimators_learn_nothing_from_labels_of_rows(path):
    read = pq.read_table if path.suffix == ".parquet" else feather.read_table
    X, y = read(path).drop(["y"]), FRAME["y"].to_numpy()
    with pytest.warns(
        HassenetWarning, match="labels of rows, the index of a frame of pandas, are not features"
    ):
        estimator = hn.NetworkClassifier(max_iter=20, tol=1e9, random_state=0).fit(X, y)
    assert list(estimator.feature_names_in_) == ["a", "b"]
    assert len(estimator.predict(X)) == len(y)


@pytest.mark.parametrize("form", ["text", "named"], indirect=True)
def test_tables_are_joined_by_labels_of_rows(path):
    with pytest.warns(HassenetWarning, match="labels of rows"):
        table = read_table(path)
    other = Table({"who": FRAME.index.to_numpy(object)[::-1], "z": np.arange(len(FRAME))})
    np.testing.assert_array_equal(joined(table, "people", other, "other")["z"], other["z"][::-1])
    np.testing.assert_array_equal(joined(other, "other", table, "people")["a"], FRAME["a"][::-1])


def test_labels_of_text_name_the_columns_of_a_table_that_is_turned(tmp_path):
    FRAME[["a", "b"]].to_parquet(tmp_path / "genes.parquet")
    with pytest.warns(HassenetWarning, match="labels of rows"):
        table = read_table(tmp_path / "genes.parquet", transpose=True)
    assert table.columns == ("sample", *FRAME.index)
    assert table.names_in("sample") == ("a", "b")


def test_a_description_that_pandas_did_not_write_says_nothing():
    names = ["a", "b"]
    for text in (b"", b"[]", b"{", b'{"index_columns": 3}', b'{"index_columns": [{"kind": "range"}]}'):
        assert row_labels(names, {b"pandas": text}) == ()
    assert row_labels(["__index_level_0__"]) == ()  # it is all there is
