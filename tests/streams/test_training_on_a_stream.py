"""Training on a stream is training on the array in memory, in the order in which the stream is read."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.sparse import csr_array

import hassenet as hn
from hassenet import testing as ht
from hassenet.data.windows import at_random, held, in_order
from hassenet.errors import (
    CheckpointError,
    DataError,
    DivergedError,
    NotFiniteError,
    ParameterError,
    ShapeError,
    StreamError,
)
from hassenet.files.glimpse import glimpse
from hassenet.streams.rowwise import Rowwise

M, RNG = 150, np.random.default_rng(2)
X, Y = ht.random_array(M, 3, seed=0), ht.random_array(M, 2, seed=1)
H = hn.Hierarchy.random((3, 5, 2), covers=(9, 7), seed=0).crown(["y", "z"])
SMALL = {"block": 7, "window": 0.0006}  # windows of three blocks
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


class Breaking:
    """The rows of an array, of which those from the n-th slice on are gone."""

    def __init__(self, X, after):
        self.X, self.after, self.slices = X, after, count()

    def __getitem__(self, rows):
        if next(self.slices) >= self.after:
            raise DataError(
                "the files of a stream stay while it is read; part-3 is gone; put it back, and go on"
            )
        return self.X[rows]

    @contextmanager
    def opened(self):
        yield self


def network(dtype="float64"):
    return hn.Network(H, hidden="tanh", dtype=dtype, seed=0)


def stream(X=X, Y=Y, **options):
    return hn.data.open(X, target=Y, **SMALL | options)


def train(net, *data, **options):
    return hn.fit(net, *data, **{"batch_size": 8, "epochs": 2, "loss": "squared_error", **options})


def order(of, seed, epoch):
    with of.reading() as read:
        return np.concatenate([held(of, read, window).ids for window in at_random(of, seed, epoch)])


def assert_same(one, other):
    np.testing.assert_array_equal(one.network.theta, other.network.theta)
    np.testing.assert_array_equal(one.costs, other.costs)


@DTYPES
def test_a_stream_of_one_window_is_the_array_in_memory(dtype, engine):
    options = {"dropout": 0.3, "validation_fraction": 0.2, "engine": engine}
    in_memory = train(network(dtype), X, Y, **options)
    assert_same(train(network(dtype), hn.data.open(X, target=Y), **options), in_memory)


@DTYPES
@pytest.mark.parametrize("sparse", [False, True])
def test_windows_are_read_in_the_order_of_seed_and_epoch_whatever_is_read_ahead_on_any_number_of_threads(
    dtype, sparse, engine
):
    given = csr_array(X) if sparse else X
    of = stream(given)
    assert len(at_random(of, 3, 0)) > 3
    ways = ({"ahead": 0}, {"threads": 2}, {"ahead": 4, "threads": 3})
    trained = [train(network(dtype), replace(of, **way), seed=3, engine=engine) for way in ways]
    assert_same(trained[0], trained[1])
    assert_same(trained[0], trained[2])
    first, second = order(of, 3, 0), order(of, 3, 1)
    assert not np.array_equal(first, second)
    one = train(network(dtype), given[first], Y[first], epochs=1, shuffle=False, engine=engine)
    both = train(
        one.network, given[second], Y[second], epochs=1, shuffle=False, engine=engine, state=one.state
    )
    np.testing.assert_array_equal(both.network.theta, trained[0].network.theta)


def test_every_example_is_seen_once_an_epoch_in_blocks_and_windows():
    of = stream()
    seen = order(of, 0, 0)
    assert sorted(seen) == list(range(M))
    windows = at_random(of, 0, 0)
    assert sorted(block for window in windows for block in window.blocks) == list(range(22))
    assert max(window.size for window in windows) <= 0.0006 * 2**20 / 24


@DTYPES
def test_without_shuffling_a_stream_is_the_array_dropout_weights_and_what_is_missing_included(dtype, engine):
    w, gaps, o = np.arange(M) % 4.0, Y.copy(), X[:, 0] / 4
    gaps[::5, 0] = gaps[::7] = np.nan
    options = {
        "dropout": 0.3, "shuffle": False, "validation_fraction": 0.2, "engine": engine,
        "optimizer": hn.Adam(0.01), "score": lambda Y, P: -float(np.nanmean((Y - P) ** 2)),
    }  # fmt: skip
    with pytest.warns(hn.errors.HassenetWarning, match="missing"):
        in_memory = train(network(dtype), X, gaps, sample_weight=w, offset=o, **options)
    with pytest.warns(hn.errors.HassenetWarning, match="missing"):
        streamed = train(network(dtype), stream(Y=gaps, weight=w, offset=o), **options)
    assert_same(streamed, in_memory)
    np.testing.assert_allclose(streamed.column("validation_cost"), in_memory.column("validation_cost"), 1e-6)
    np.testing.assert_allclose(
        streamed.column("validation_score"), in_memory.column("validation_score"), 1e-6
    )


@pytest.mark.parametrize("options", [{}, {"normalise": True}, {"dropout": 0.3}], ids=str)
def test_training_that_broke_off_within_an_epoch_goes_on_to_the_same_bits(options):
    whole = train(network(), stream(), epochs=3, **options)

    def breaking(after):
        return Rowwise("part-3", X.shape, 24, Breaking(X, after).opened, 7)

    good, bad = stream(breaking(10**6)), stream(breaking(62), ahead=0)
    with pytest.raises(StreamError, match="part-3 is gone") as caught:
        train(network(), bad, epochs=3, **options)
    first = caught.value.fit
    if options == {"normalise": True}:  # the network that comes back depends on all examples
        assert first is None
        return
    assert first.stopped == "interrupted"
    assert first.state.epoch == 1
    assert first.state.step > 0
    second = train(first.network, good, epochs=2, state=first.state, **options)
    np.testing.assert_array_equal(second.network.theta, whole.network.theta)
    np.testing.assert_array_equal(np.concatenate([first.costs, second.costs]), whole.costs)


@pytest.mark.parametrize("optimizer", [hn.Adam(0.01), hn.LBFGS(max_iter=4)], ids=repr)
def test_a_training_on_a_stream_goes_on_from_its_folder(tmp_path, optimizer):
    folder, options = tmp_path / "run", {"optimizer": optimizer, "epochs": 4}
    whole = train(network(), stream(), **options)
    bad = replace(stream(), source=Rowwise("part-3", X.shape, 24, Breaking(X, 104).opened, 7), ahead=0)
    with pytest.raises(StreamError, match="part-3 is gone"):
        train(network(), bad, checkpoint=folder, every=0.001, **options)
    again = train(network(), stream(), checkpoint=folder, **options)
    np.testing.assert_array_equal(again.network.theta, whole.network.theta)
    np.testing.assert_array_equal(again.costs, whole.costs)
    with pytest.raises(CheckpointError, match="other data"):
        train(network(), stream(window=0.001), checkpoint=folder, **options)


def test_normalised_training_ends_with_the_statistics_of_all_windows():
    streamed, in_memory = (
        train(network(), *data, normalise=True, shuffle=False) for data in ((stream(),), (X, Y))
    )
    np.testing.assert_allclose(streamed.network.theta, in_memory.network.theta, rtol=1e-12)
    one_left = train(network(), stream(X[:145], Y[:145]), normalise=True, shuffle=False)
    np.testing.assert_array_equal(
        one_left.costs, train(network(), X[:145], Y[:145], normalise=True, shuffle=False).costs
    )


@pytest.mark.parametrize("penalty", [None, hn.L1(0.02), hn.L2(0.02)], ids=repr)
def test_l_bfgs_minimises_the_sum_over_the_windows(penalty, engine):
    gaps, w = Y.copy(), np.arange(M) % 3 + 0.5
    gaps[::5, 0] = np.nan
    options = {"optimizer": hn.LBFGS(max_iter=8), "penalty": penalty, "engine": engine}
    streamed = train(network(), stream(Y=gaps, weight=w), **options)
    in_memory = train(network(), X, gaps, sample_weight=w, **options)
    np.testing.assert_allclose(streamed.costs, in_memory.costs, rtol=1e-9)
    cost, slope = hn.gradient(network(), stream(weight=w), penalty=penalty)
    other, same = hn.gradient(network(), X, Y, penalty=penalty, sample_weight=w)
    np.testing.assert_allclose(cost, other, rtol=1e-12)
    np.testing.assert_allclose(slope.vector, same.vector, rtol=1e-9, atol=1e-12)


@DTYPES
def test_the_best_output_layer_of_a_stream_is_that_of_the_array_targets_with_gaps_and_weights_included(dtype):
    gaps = np.where((RNG.random(M) < 0.2)[:, None] * [1, 0], np.nan, Y)
    net, weight = network(dtype), 1 + np.arange(M) % 3
    in_memory = hn.refit_output(net, X, gaps, sample_weight=weight)
    whole = hn.refit_output(net, stream(Y=gaps, weight=weight, window=256))
    np.testing.assert_array_equal(whole.theta, in_memory.theta)
    by_windows = hn.refit_output(net, stream(Y=gaps, weight=weight))
    np.testing.assert_allclose(by_windows.theta, in_memory.theta, rtol=1e-4 if dtype == "float32" else 1e-9)


def test_validation_data_may_be_a_stream():
    Z, T = ht.random_array(40, 3, seed=4), ht.random_array(40, 2, seed=5)
    by_stream = train(network(), stream(), validation_data=stream(Z, T))
    in_memory = train(network(), stream(), validation_data=(Z, T))
    np.testing.assert_allclose(
        by_stream.column("validation_cost"), in_memory.column("validation_cost"), 1e-12
    )


def test_no_thread_is_left_after_training_however_it_ends():
    before = threading.active_count()
    train(network(), stream(ahead=3), callbacks=[lambda *_: True], epochs=9)
    with pytest.raises(DivergedError) as caught:
        train(network(), stream(Y=1e200 * Y, ahead=3), optimizer=hn.SGD(1e150))
    assert np.isfinite(caught.value.network.theta).all()
    assert threading.active_count() == before


def test_what_is_not_finite_names_its_rows_and_keeps_what_was_learned():
    bad = X.copy()
    bad[100, 1] = np.nan
    with pytest.raises(StreamError, match=r"X, rows 98 to 104, is finite.*'f?x?.*1.*\.fit") as caught:
        train(network(), stream(bad), shuffle=False)
    assert isinstance(caught.value.__cause__, NotFiniteError)
    assert caught.value.fit.state.step >= 8


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (lambda: stream(Y=None), DataError, "has a target"),
        (lambda: stream(X[:, :2]), ShapeError, "a feature for each of the 3"),
        (lambda: stream(window=0), ParameterError, "window"),
        (lambda: stream(ahead=-1), ParameterError, "ahead"),
        (lambda: stream(Y=Y[:9]), ShapeError, "one target an example"),
    ],
    ids=["no target", "features", "window", "ahead", "rows"],
)
def test_a_stream_that_does_not_fit_is_refused_before_training(given, error, says):
    with pytest.raises(error, match=says):
        train(network(), given())


def test_a_target_beside_that_of_a_stream_is_refused():
    with pytest.raises(ParameterError, match="a target of its own"):
        train(network(), stream(), Y)


def test_a_stream_does_not_become_an_array_by_itself():
    with pytest.raises(DataError, match="holds all rows"):
        np.asarray(stream())


def test_some_examples_of_a_stream_are_a_stream():
    some = stream()[np.arange(M) % 3 == 0]
    assert_same(train(network(), some, shuffle=False), train(network(), X[::3], Y[::3], shuffle=False))
    assert sum(window.size for window in in_order(some)) == len(some) == 50
    with pytest.raises(DataError, match="rise"):
        stream()[[3, 1]]


def _write(path, rows):
    pq.write_table(pa.table([X[rows, 0], X[rows, 1], Y[rows, 0]], ["a", "b", "y"]), path)


def test_a_file_of_a_stream_that_was_changed_is_refused_by_its_name(tmp_path):
    (folder := tmp_path / "all").mkdir()
    for k in range(5):
        _write(folder / f"{k}.parquet", np.arange(30) + 30 * k)
    net = hn.Network(hn.Hierarchy.from_covers([("a", "y"), ("b", "y")]), seed=0)

    def learned():
        return hn.fit(
            net, hn.data.open(folder, target="y", window=0.001), epochs=2, checkpoint=tmp_path / "run"
        )

    first = learned()
    np.testing.assert_array_equal(learned().network.theta, first.network.theta)
    _write(folder / "2.parquet", np.arange(60, 90)[::-1])  # no sum, no bound differs
    with pytest.raises(CheckpointError, match="other data in 2.parquet; give"):
        learned()


def test_a_number_of_a_stream_in_memory_that_was_changed_is_noticed(tmp_path):
    train(network(), stream(), checkpoint=tmp_path)
    (other := X.copy())[M // 2, 1] += 1
    with pytest.raises(CheckpointError, match="other data; give"):
        train(network(), stream(other), checkpoint=tmp_path)


def test_the_files_of_a_large_folder_are_looked_at_in_groups(tmp_path, monkeypatch):
    monkeypatch.setattr("hassenet.data.source._NAMED", 2)
    for k in range(5):
        (tmp_path / f"{k % 2}").mkdir(exist_ok=True)
        _write(tmp_path / f"{k % 2}" / f"{k}.parquet", np.arange(9))
    contents = hn.data.open(tmp_path, target="y").source.contents
    assert list(contents) == ["0/0.parquet to 0/4.parquet", "1/1.parquet to 1/3.parquet"]


def test_of_a_large_file_the_ends_and_pieces_by_a_seed_are_looked_at(tmp_path):
    path, piece = tmp_path / "X", 1 << 16
    path.write_bytes(bytes(30 * piece))
    before, seen = glimpse(path, 9 * piece), []
    for k in range(30):
        path.write_bytes(bytes(k * piece) + b"1" + bytes((30 - k) * piece - 1))
        seen += [k] if glimpse(path, 9 * piece) != before else []
    assert {0, 29} < set(seen)
    assert 9 <= len(seen) <= 11
