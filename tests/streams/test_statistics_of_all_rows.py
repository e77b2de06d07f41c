"""What is learned of a stream's columns before a training is what all of its rows say."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from pyarrow import Table as ArrowTable
from scipy.sparse import csr_array

import hassenet as hn
from hassenet.cli import main
from hassenet.data.scaling import Scaling
from hassenet.errors import DataError, HassenetWarning
from hassenet.task.table_columns import encoding_of

M = 12_001  # more rows than a sample has
RNG = np.random.default_rng(0)
TOWNS = np.array(["Bonn", "Rome", "Oslo", None], object)
FRAME = pd.DataFrame(
    {
        "dose": np.where(np.arange(M) % 7, RNG.normal(size=M), np.nan),
        "town": TOWNS[np.minimum(RNG.geometric(0.6, M) - 1, 3)],
        "seen": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 900, M), "D"),
        "rare": np.where(np.arange(M) < M - 2, "common", "seldom").astype(object),
        "n": RNG.integers(0, 9, M),
    }
)


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    path = tmp_path_factory.mktemp("statistics") / "t.parquet"
    pq.write_table(ArrowTable.from_pandas(FRAME), path, row_group_size=1_000)
    return hn.data.open(path, window=0.5)


def test_columns_of_a_stream_are_what_all_rows_say_to_the_last_level(stream):
    found = encoding_of(stream, None, None)
    assert found == encoding_of(FRAME, None, None)
    assert {"rare=common", "town=Rome", "dose is missing"} <= set(found.features)


def test_rows_of_weight_0_do_not_say_what_columns_of_a_stream_are(stream):
    weight = (np.arange(M) < M - 2).astype(float)
    with pytest.warns(HassenetWarning, match="constant: 'rare'"):
        found = encoding_of(stream, None, weight)
    with pytest.warns(HassenetWarning, match="constant: 'rare'"):
        assert found == encoding_of(FRAME, None, weight)


def test_the_kinds_asked_for_are_those_of_a_streams_columns(stream):
    kinds = {"n": "category"}
    assert encoding_of(stream, None, None, None, kinds) == encoding_of(FRAME, None, None, None, kinds)


@pytest.mark.parametrize("given", [np.asarray, csr_array, pd.DataFrame])
def test_means_and_deviations_of_a_stream_are_those_of_its_rows(given):
    X = np.column_stack([1e2 + RNG.normal(size=500), np.full(500, 0.1), RNG.integers(0, 2, 500)])
    whole = given(X)
    of_blocks = Scaling.of(hn.data.open(whole, block=37))
    in_memory = Scaling.of(whole.to_numpy() if given is pd.DataFrame else whole)
    np.testing.assert_allclose(of_blocks.mean, in_memory.mean, rtol=1e-12)
    np.testing.assert_allclose(of_blocks.scale, in_memory.scale, rtol=1e-9)


def test_a_constant_column_of_many_rows_has_the_deviation_1():
    X = np.full((70_000, 1), 0.1)
    assert Scaling.of(X).scale == Scaling.of(hn.data.open(X)).scale == 1


def test_examples_that_are_left_out_do_not_count():
    X, rows = RNG.normal(size=(90, 2)), np.arange(90) % 3 > 0
    found = Scaling.of(hn.data.open(X, block=20)[rows])
    np.testing.assert_allclose(found.mean, X[rows].mean(axis=0))
    np.testing.assert_allclose(found.scale, X[rows].std(axis=0))


# ---------------------------------------------------------------- what a sample does not show

CODED = pd.DataFrame(
    {"age": RNG.integers(20, 80, M).astype(float), "dose": RNG.normal(size=M), "n": np.arange(M) % 90}
)


def notes(X, weight=None):
    """Return what is noted of columns."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HassenetWarning)
        encoding_of(X, None, weight)
    return [str(one.message) for one in caught]


@pytest.fixture
def coded(tmp_path):
    """Return a table with two codes for missing values, in rows that a sample of it does not have, and its files."""
    whole = CODED.assign(row=np.arange(M))
    write(whole, tmp_path / "without")
    sample = hn.data.open(tmp_path / "without").select(["row"]).sample()["row"]
    unseen = np.setdiff1d(np.arange(M), sample)[:3]
    whole.loc[unseen, "age"] = -999
    return whole.drop(columns="row"), tmp_path / "files", unseen


def write(frame, folder, **options):
    folder.mkdir()
    for k, part in enumerate((frame[:5_000], frame[5_000:])):
        pq.write_table(ArrowTable.from_pandas(part), folder / f"{k}.parquet", row_group_size=1_000, **options)


@pytest.mark.parametrize("statistics", [True, False, ["dose"]], ids=["said", "not said", "said of others"])
def test_a_code_in_few_rows_of_a_stream_is_noted_as_of_the_table_in_memory(coded, statistics):
    whole, folder, _ = coded
    write(whole, folder, write_statistics=statistics)
    (note,) = notes(hn.data.open(folder))
    assert "-999 in 3 rows of 'age'" in note
    assert notes(whole) == [note]


def test_a_code_in_rows_that_are_not_learned_from_is_not_noted(coded):
    whole, folder, unseen = coded
    write(whole, folder)
    weight = np.ones(M)
    weight[unseen] = 0
    assert notes(hn.data.open(folder), weight) == notes(whole, weight) == []
    assert notes(hn.data.open(folder)[np.flatnonzero(weight)]) == []


def test_columns_that_do_not_end_in_a_code_are_not_read_for_a_note(tmp_path, monkeypatch):
    read = {}
    for said in (True, False):
        write(CODED, tmp_path / f"{said}", write_statistics=said)
        stream, read[said] = hn.data.open(tmp_path / f"{said}"), []
        genuine = type(stream.source).reading
        with monkeypatch.context() as patch:
            seen = read[said].append
            patch.setattr(
                type(stream.source),
                "reading",
                lambda of, names, seen=seen, go=genuine: seen(names) or go(of, names),
            )
            assert notes(stream) == []
    assert read[False] == [*read[True], (*CODED,)]


def test_a_file_that_is_gone_is_named_where_its_end_is_asked(tmp_path):
    write(CODED, tmp_path / "files")
    source = hn.data.open(tmp_path / "files").source
    (tmp_path / "files" / "1.parquet").unlink()
    with pytest.raises(DataError, match=r"there is none at .*1.parquet"):
        source.bounds(["age"])


def test_features_of_a_stream_look_to_a_fit_as_those_of_the_table_in_memory(coded, tmp_path):
    _, folder, unseen = coded
    table = CODED.assign(
        position=np.arange(M),
        flag=0.0,
        patient_id=RNG.permutation(M),
        gap=CODED["dose"] ** 2,
        ill=np.arange(M) % 2,
    )
    table.loc[unseen, "flag"] = 1.0
    table.loc[unseen, "gap"] = np.nan
    table.loc[unseen, "patient_id"] = table.loc[unseen[0] - 1, "patient_id"]
    write(table, folder)
    pq.write_table(ArrowTable.from_pandas(table), tmp_path / "all.parquet")
    said = [told_of(data, tmp_path / f"{k}") for k, data in enumerate((folder, tmp_path / "all.parquet"))]
    assert said[0] == said[1]
    assert ["'position'" in line for line in said[0]] == [True, True]  # a feature, and like an identifier


def told_of(data, model):
    """Return what fit tells of features, as far as it says how they look."""
    quick = (
        "--single",
        "--hidden-layer-sizes",
        "2",
        "--epochs",
        "1",
        "--batch-size",
        "4096",
        "--test-size",
        "0",
        "--no-plots",
    )
    done = CliRunner().invoke(main, ["fit", str(data), "--target", "ill", *quick, "--out", str(model)])
    assert done.exit_code == 0, done.output
    return [line for line in done.output.splitlines() if line.startswith(("features", "constant", "like id"))]
