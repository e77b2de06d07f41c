"""What is noted of the rows of a stream while a network learns from them is told once, with counts of all rows."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pyarrow import Table as ArrowTable
from sklearn.base import clone

import hassenet as hn
from hassenet.data.ahead import Ahead
from hassenet.data.noting import collected, note
from hassenet.data.unseen import Unseen

M = 90
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, 2))
Y = RNG.normal(size=M)
KNOWN = pd.DataFrame({"a": X[:, 0], "town": np.array(["Bonn", "Rome"])[np.arange(M) % 2], "y": Y})
STRANGE = KNOWN.assign(
    town=KNOWN["town"].where(np.arange(M) % 9 > 0, "Oslo"), a=KNOWN["a"].where(np.arange(M) % 10 > 0)
)
OPTIONS = {"hidden_layer_sizes": (3,), "max_iter": 3, "tol": 0, "random_state": 0}
QUIET = pytest.mark.filterwarnings("ignore:.*converge")
OF_ALL = [
    "categories that training never had count as rare ones, or as none: 'town' 'Oslo' in 10 rows",
    "values are missing where none were in training, and are filled: 'a' in 9 rows",
]


def messages(call):
    """Return what is told, whatever it is told by, but for what is not about rows."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        call()
    return [str(one.message) for one in told if "converge" not in str(one.message)]


def written(folder, frame, **options):
    pq.write_table(ArrowTable.from_pandas(frame), folder / "t.parquet", row_group_size=31)
    return hn.data.open(folder / "t.parquet", **{"target": "y", "block": 9, "window": 0.0006} | options)


def noting(block, _):
    """Note how many examples are read: they are below any gap that training had."""
    note(Unseen(gaps={"x": len(block)}, columns=("x",)), 1)
    return block


@pytest.mark.parametrize(("ahead", "threads"), [(0, 1), (1, 1), (1, 3)])
@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 3},
        {"epochs": 3, "shuffle": False, "batch_size": 7},
        {"epochs": 2, "normalise": True, "batch_size": 89},
        {"optimizer": hn.LBFGS(), "epochs": 3},
        {"epochs": 3, "validation_fraction": 0.3},
    ],
    ids=str,
)
def test_a_network_that_learns_from_a_stream_notes_once_what_is_seen_in_all_examples(ahead, threads, options):
    stream = hn.data.open(X, target=Y, block=9, window=0.0003, ahead=ahead, threads=threads)
    net = hn.Network(hn.Hierarchy.complete(2, 3, 1), output="identity", seed=0)
    told = messages(
        lambda: hn.fit(net, stream.through(noting, stream.names), loss="squared_error", **options)
    )
    counts = [int(one.rpartition(" in ")[2].split()[0]) for one in told]
    expected = [63, 27] if "validation_fraction" in options else [M]
    assert sorted(counts, reverse=True) == expected


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_members_that_learn_side_by_side_note_it_once_together(n_jobs):
    stream = hn.data.open(X, target=Y, block=9, window=0.0003)
    net = hn.Network(hn.Hierarchy.complete(2, 3, 1), output="identity", seed=0)
    of = stream.through(noting, stream.names)
    told = messages(
        lambda: hn.fit_ensemble(net, of, loss="squared_error", members=3, epochs=2, n_jobs=n_jobs)
    )
    assert told == [f"values are missing where none were in training, and are filled: 'x' in {M} rows"]


def test_a_network_that_is_asked_about_a_stream_notes_once_what_is_seen_in_all_examples():
    stream = hn.data.open(X, block=9, window=0.0003, threads=3)
    net, of = hn.Network(hn.Hierarchy.complete(2, 3, 1), seed=0), stream.through(noting, stream.names)
    for call in (lambda: net(of), lambda: net.signals(of), lambda: list(of.blocks())):
        assert messages(call) == [
            f"values are missing where none were in training, and are filled: 'x' in {M} rows"
        ]


@QUIET
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_an_estimator_that_goes_on_with_a_stream_notes_what_it_has_that_the_first_had_not(tmp_path, solver):
    known = hn.NetworkRegressor(**OPTIONS, solver=solver).fit(KNOWN[["a", "town"]], KNOWN["y"])
    given = written(tmp_path, STRANGE)
    of_table = messages(
        lambda: (
            clone(known)
            .fit(KNOWN[["a", "town"]], KNOWN["y"])
            .partial_fit(STRANGE[["a", "town"]], STRANGE["y"])
        )
    )
    assert messages(lambda: known.partial_fit(given)) == of_table == OF_ALL


@QUIET
def test_a_warm_start_with_a_stream_and_several_epochs_notes_it_once(tmp_path):
    known = hn.NetworkRegressor(**OPTIONS, warm_start=True).fit(KNOWN[["a", "town"]], KNOWN["y"])
    assert messages(lambda: known.fit(written(tmp_path, STRANGE))) == OF_ALL


@QUIET
def test_validation_data_that_are_a_stream_are_noted_once_whatever_the_epochs(tmp_path):
    given = written(tmp_path, STRANGE)
    model = hn.NetworkRegressor(**OPTIONS, early_stopping=True, validation_data=(given, None))
    assert messages(lambda: model.fit(KNOWN[["a", "town"]], KNOWN["y"])) == OF_ALL


@QUIET
def test_another_training_notes_it_again(tmp_path):
    given = written(tmp_path, STRANGE)
    known = hn.NetworkRegressor(**OPTIONS).fit(KNOWN[["a", "town"]], KNOWN["y"])
    assert messages(lambda: known.partial_fit(given).partial_fit(given)) == 2 * OF_ALL


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_what_is_noted_ahead_is_noted_by_who_asks_and_what_is_at_the_end_on_leaving(depth):
    by = []

    def items():
        try:
            for n in (1, 2):
                by.append(threading.current_thread())
                note(Unseen(gaps={"x": n}), 1)
                yield n
        finally:
            note(Unseen(gaps={"x": 9}), 1)

    found = []
    with collected() as notes:
        with Ahead(items(), depth) as ahead:
            for item in ahead:
                found.append((item, [one.gaps["x"] for one in notes]))
        found.append([one.gaps["x"] for one in notes])
    assert found == [(1, [1]), (2, [1, 2]), [1, 2, 9]]
    assert (threading.current_thread() in by) == (depth == 0)


@pytest.mark.parametrize("depth", [0, 1])
def test_what_is_noted_at_the_end_reaches_who_leaves_early(depth):
    def items():
        try:
            yield from range(100)
        finally:
            note(Unseen(gaps={"x": 9}), 1)

    with collected() as notes, Ahead(items(), depth) as ahead:
        assert next(ahead) == 0
    assert [one.gaps for one in notes] == [{"x": 9}]
