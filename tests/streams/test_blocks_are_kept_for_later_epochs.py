"""Blocks that were kept are those that are decoded, and are made again where anything that makes them is another."""

from __future__ import annotations

import errno
import warnings
from os import truncate

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
import scipy.sparse
import zarr
from click.testing import CliRunner
from sklearn.exceptions import ConvergenceWarning

import hassenet as hn
from hassenet.cli import main, streamed
from hassenet.data.recognition import recognised
from hassenet.errors import DataError, NotFiniteError, ParameterError
from hassenet.files.temporary import file_beside
from hassenet.streams import cache as caches
from hassenet.task.learned_columns import as_learned

M, N = 60, 4
X = np.random.default_rng(0).normal(size=(M, N)).round(3)
Y = (X[:, 0] > 0).astype(int)
NAMES = list("abcd")
H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")])


def _parquet(place, values=X):
    columns = dict(zip(NAMES, values.T, strict=True)) | {"y": Y}
    pq.write_table(pa.table(columns), place / "x.parquet", row_group_size=16)
    return place / "x.parquet", "y"


def _text(place):
    rows = [",".join(map(str, [*row, y])) for row, y in zip(X, Y, strict=True)]
    (place / "x.csv").write_text("\n".join([",".join([*NAMES, "y"]), *rows]) + "\n")
    return place / "x.csv", "y"


def _npy(place):
    np.save(place / "x.npy", X)
    return place / "x.npy", Y


def _npz(place):
    scipy.sparse.save_npz(place / "x.npz", scipy.sparse.csr_array(X * (X > 0)), compressed=False)
    return place / "x.npz", Y


def _zarr(place):
    array = zarr.create_array(place / "x.zarr", shape=(M, N), chunks=(16, N), dtype=X.dtype)
    array[:] = X
    return place / "x.zarr", Y


WRITE = {"Parquet": _parquet, "text": _text, "npy": _npy, "sparse": _npz, "zarr": _zarr}
OPTIONS = {"epochs": 2, "batch_size": 8, "validation_fraction": 0.2, "seed": 0}


def _net(dtype="float64"):
    return hn.Network(H.crown(["y"]), output="sigmoid", seed=0, dtype=dtype)


def _learned(stream, dtype="float64", engine="native"):
    return hn.fit(_net(dtype), stream, engine=engine, **OPTIONS).network.theta.tobytes()


def _not_again(*_):
    raise AssertionError("decoded")


def _folders(cache):
    return [one for one in cache.iterdir() if one.is_dir()]


@pytest.mark.parametrize(("dtype", "engine"), [("float32", "native"), ("float64", "reference")])
@pytest.mark.parametrize("form", WRITE)
def test_a_network_learns_the_same_bits_from_blocks_that_were_kept_and_decodes_none(
    tmp_path, monkeypatch, form, dtype, engine
):
    path, target = WRITE[form](tmp_path)
    cache, window = tmp_path / "cache", {"window": 16 * N * 8 / 2**20, "block": 16}
    plain = _learned(hn.data.open(path, target, **window), dtype, engine)
    assert _learned(hn.data.open(path, target, cache=cache, threads=3, **window), dtype, engine) == plain
    assert len(_folders(cache)) == 1  # rows to learn from, and rows held out
    assert not [*cache.glob("*/unfinished/*")]
    assert {np.load(kept).dtype for kept in cache.glob("*/*.npy")} <= {np.dtype(dtype)}
    again = hn.data.open(path, target, cache=str(cache), **window)
    assert again.dtype == np.float64
    monkeypatch.setattr(hn.data.Stream, "_made", _not_again)
    assert _learned(again, dtype, engine) == plain


def test_blocks_of_files_that_were_changed_are_removed_and_made_anew(tmp_path):
    cache = tmp_path / "cache"
    path, target = _parquet(tmp_path)
    before = _learned(hn.data.open(path, target, cache=cache))
    first = set(_folders(cache))
    _parquet(tmp_path, X[::-1])
    after = _learned(hn.data.open(path, target, cache=cache))
    assert after == _learned(hn.data.open(path, target)) != before
    assert len(_folders(cache)) == 1
    assert not first & set(_folders(cache))


def test_other_columns_and_steps_have_blocks_of_their_own_and_other_rows_have_not(tmp_path):
    cache = tmp_path / "cache"
    path, target = _text(tmp_path)
    stream = hn.data.open(path, target, cache=cache)
    nets = {"a": _net(), "b": _net("float32")}
    for some in (stream, stream[: M // 2], stream[M // 2 :]):
        for net in nets.values():
            np.testing.assert_array_equal(net(some), net(X if some.rows is None else X[some.rows]))
    assert len(_folders(cache)) == 2
    other = hn.data.open(path, target, cache=cache, decimal=".", sep=",", block=7)
    np.testing.assert_array_equal(nets["a"](other), nets["a"](X))
    assert len(_folders(cache)) == 3


def test_splits_of_estimators_keep_their_blocks_once_though_their_gaps_are_filled_otherwise(tmp_path):
    path = tmp_path / "x.parquet"
    town = np.array(["Bonn", "Rome", "Oslo"])[np.arange(M) % 3]
    age = pa.array(X[:, 0], mask=np.arange(M) % 7 == 3)
    pq.write_table(pa.table({"age": age, "town": town, "y": Y}), path, row_group_size=16)
    plain, kept = (hn.data.open(path, "y", cache=cache) for cache in (None, tmp_path / "cache"))
    options = {"max_iter": 2, "early_stopping": True, "tol": 0.0, "n_iter_no_change": 2}
    values = set()
    for seed in (0, 1):
        with pytest.warns(ConvergenceWarning):
            found = [
                hn.NetworkClassifier(random_state=seed, **options).fit(one) for one in (plain, kept, kept)
            ]
        assert len({one.network_.theta.tobytes() for one in found}) == 1
        np.testing.assert_array_equal(found[2].predict_proba(kept), found[0].predict_proba(plain))
        values.add(found[2].encoding_.values.tobytes())
    assert len(values) == 2
    assert len(_folders(tmp_path / "cache")) == 1


@pytest.mark.parametrize("form", ["Parquet", "sparse"])
def test_members_of_an_ensemble_and_folds_keep_their_blocks_once(tmp_path, form):
    path, target = WRITE[form](tmp_path)
    cache, options = tmp_path / "cache", {"members": 3, "epochs": 1, "validation_fraction": 0.3}
    plain, kept = (hn.data.open(path, target, block=16, cache=one) for one in (None, cache))
    found = [hn.fit_ensemble(_net(), one, **options).ensemble for one in (plain, kept)]
    np.testing.assert_array_equal(found[0](X), found[1](X))
    for fold in range(2):
        rows = np.flatnonzero(np.arange(M) % 2 != fold)
        np.testing.assert_array_equal(
            hn.fit(_net(), kept[rows], **OPTIONS).network.theta,
            hn.fit(_net(), plain[rows], **OPTIONS).network.theta,
        )
    assert [len([*folder.glob("*.np[yz]")]) for folder in _folders(cache)] == [4]
    assert not [*cache.glob("*/of examples")]


def test_examples_of_a_block_with_a_row_that_no_network_takes_are_kept_by_themselves(tmp_path, monkeypatch):
    values = X.copy()
    values[[3, 40], 0] = np.nan
    path, target = _parquet(tmp_path, values)
    rows = np.flatnonzero(np.isfinite(values[:, 0]))
    plain, kept = (hn.data.open(path, target, cache=one)[rows] for one in (None, tmp_path / "cache"))
    before = _learned(plain)
    assert _learned(kept) == before
    monkeypatch.setattr(hn.data.Stream, "_made", _not_again)
    assert _learned(kept) == before
    (folder,) = _folders(tmp_path / "cache")
    assert len([*folder.glob("*.npy")]) == 2  # of 4 blocks
    monkeypatch.undo()
    with pytest.raises(NotFiniteError, match=r"'a'"):
        _learned(hn.data.open(path, target, cache=tmp_path / "cache"))


@pytest.mark.parametrize(
    ("left_out", "said"),
    [([], 2), ([17], 1), ([17, 33], 0)],
    ids=["no row", "that of a new level", "that of a gap too"],
)
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_what_is_noted_of_blocks_that_are_kept_is_what_their_examples_call_for(
    tmp_path, form, left_out, said
):
    town = np.array(["Bonn", "Rome"], object)[np.arange(M) % 2]
    usual = pa.table({"town": town, "a": X[:, 0]})
    encoding = recognised(usual, ["town", "a"]).encoding
    town, a = town.copy(), X[:, 0].copy()
    town[17], a[33] = "Oslo", np.nan
    path = tmp_path / f"x.{form}"
    {"parquet": pq.write_table, "csv": pc.write_csv}[form](
        pa.table({"town": town, "a": pa.array(a, from_pandas=True)}), path
    )
    found = {}
    for cache in (None, tmp_path / "cache"):
        stream = hn.data.open(path, block=16, cache=cache)[np.setdiff1d(np.arange(M), left_out)]
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            blocks = [*as_learned(stream, encoding).blocks()]
        found[cache] = [str(one.message) for one in notes], np.concatenate(blocks).tobytes()
    assert found[tmp_path / "cache"] == found[None]
    assert len(found[None][0]) == said
    assert len([*tmp_path.glob("cache/*/*.npy")]) == 4  # with all rows


@pytest.mark.parametrize("form", ["npy", "sparse"])
def test_a_block_that_is_not_whole_is_made_again(tmp_path, form):
    path, target = WRITE[form](tmp_path)
    stream = hn.data.open(path, target, cache=tmp_path / "cache", block=16)
    before = _learned(stream)
    for kept in (tmp_path / "cache").glob("*/[0-9]*"):
        truncate(kept, kept.stat().st_size - 9)
    assert _learned(stream) == before


def test_a_folder_that_a_run_was_marking_when_it_was_killed_is_taken_as_one_that_another_is_marking(tmp_path):
    path, target = _parquet(tmp_path)
    cache = tmp_path / "cache"
    cache.mkdir()
    with file_beside(cache / caches._MARK):
        assert hn.data.open(path, target, cache=cache).cache == caches.Cache(cache)
    (cache / caches._MARK).unlink()
    (cache / ".blocks.hassenet-0-x").touch()
    with pytest.raises(ParameterError, match="holds others"):
        hn.data.open(path, target, cache=cache)
    with pytest.raises(ParameterError, match="the folder of a cache is a path; got 3"):
        hn.data.open(path, target, cache=3)


def test_what_cannot_be_kept_is_refused_before_any_training_and_leaves_nothing(tmp_path, monkeypatch):
    path, target = _npy(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("words")
    with pytest.raises(ParameterError, match=r"folder of their own; .*mine holds others"):
        hn.data.open(path, target, cache=tmp_path / "mine")
    with pytest.raises(ParameterError, match="a cache keeps what is decoded of files; X is in memory"):
        hn.data.open(X, Y, cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    stream, seen = hn.data.open(path, target, cache=tmp_path / "cache"), []
    none = type("Usage", (), {"free": 0})
    with monkeypatch.context() as patch:
        patch.setattr(caches.shutil, "disk_usage", lambda _: none)
        with pytest.raises(DataError, match=r"kept in .*cache, about 1 megabytes of them; there is less"):
            hn.fit(_net(), stream, callbacks=[seen.append], **OPTIONS)
    monkeypatch.setattr(caches, "_write", _full)
    with pytest.raises(DataError, match=r"No space left.*; make room, or leave out cache"):
        hn.fit(_net(), stream, callbacks=[seen.append], **OPTIONS)
    assert not seen
    assert not [*(tmp_path / "cache").glob("*/[0-9]*"), *(tmp_path / "cache").glob("*/unfinished/*")]


def _full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_command_learns_the_same_from_blocks_that_it_kept(tmp_path, monkeypatch):
    path, _ = _parquet(tmp_path)
    fit = ["fit", str(path), "--target", "y", "--single", "--epochs", "2", "--no-plots", "--out"]
    cached = ["--cache", str(tmp_path / "cache")]
    refused = CliRunner().invoke(main, [*fit, str(tmp_path / "m"), *cached])
    assert "--cache is about tables that are read a block at a time" in refused.output
    monkeypatch.setattr(streamed, "LARGE", 10)
    for out, more in (("0", []), ("1", cached), ("2", cached)):
        done = CliRunner().invoke(main, [*fit, str(tmp_path / out), *more])
        assert done.exit_code == 0, done.output
    nets = [hn.network.Ensemble.of(hn.load(tmp_path / out).network).networks[0] for out in "012"]
    assert len({net.theta.tobytes() for net in nets}) == 1
    assert _folders(tmp_path / "cache")


@pytest.mark.parametrize("told", ["[", "3", "[[1]]", '[["x", "y", 1]]', '[[1, "x", 2]]'])
def test_blocks_that_say_of_no_files_that_they_are_theirs_are_removed(tmp_path, told):
    cache = tmp_path / "cache"
    path, target = _parquet(tmp_path)
    _learned(hn.data.open(path, target, cache=cache))
    first = _folders(cache)
    for folder in first:
        (cache / folder / "files.json").write_text(told)
    _parquet(tmp_path, X[::-1])
    _learned(hn.data.open(path, target, cache=cache))
    assert not set(first) & set(_folders(cache))


def test_a_removal_that_is_cut_short_goes_on_with_the_next_run(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    path, target = _parquet(tmp_path)
    _learned(hn.data.open(path, target, cache=cache))
    first = set(_folders(cache))
    remove = caches.remove

    def killed(part):
        remove(part)
        raise KeyboardInterrupt

    monkeypatch.setattr(caches, "remove", killed)
    _parquet(tmp_path, X[::-1])
    with pytest.raises(KeyboardInterrupt):
        _learned(hn.data.open(path, target, cache=cache))
    assert all((folder / "files.json").is_file() for folder in first)
    monkeypatch.undo()
    _learned(hn.data.open(path, target, cache=cache))
    assert not first & set(_folders(cache))
