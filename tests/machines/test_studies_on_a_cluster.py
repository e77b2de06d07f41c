"""Studies, comparisons, ensembles and searches are the same wherever joblib sends their trainings."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import Any

import joblib
import numpy as np
import pytest
from distributed import get_worker
from sklearn.linear_model import LogisticRegression

import hassenet as hn
from hassenet.errors import ParameterError
from hassenet.selection import Setting
from hassenet.stability import Recipe, stability
from hassenet.training.side_by_side import in_threads

X = np.random.default_rng(0).normal(size=(40, 3))
Y = np.arange(40) % 2
H = hn.Hierarchy.subsets(3)
RECIPE = Recipe("tanh", "sigmoid", options={"epochs": 2})


def ensemble() -> Any:
    net = hn.Network(H, output="sigmoid", seed=1)
    return [fit.network.theta for fit in hn.fit_ensemble(net, X, Y, members=2, epochs=1).fits]


def search() -> Any:
    settings = [Setting(0.1), Setting(0.01, neurons=1)]
    clf = hn.HierarchyClassifier(H, folds=2, members=2, settings=settings, steps=2, random_state=0)
    return [clf.fit(X, Y).predict_proba(X)]


def runs() -> Any:
    found = stability(RECIPE, H, X, Y, runs=2)
    return [found.scores, found.held_out]


def of_hierarchy(H: hn.Hierarchy, seed: int) -> hn.NetworkClassifier:
    return hn.NetworkClassifier(hierarchy=H, solver="lbfgs", alpha=1.0, tol=0.1, random_state=seed)


def compared() -> Any:
    others = {"linear": LogisticRegression()}
    return [hn.compare(H, X, Y, network=of_hierarchy, others=others, folds=2, repeats=1).values]


def place(_: int) -> str:
    """Return where a task is: the address of a worker, or this process."""
    try:
        return str(get_worker().address)
    except ValueError:
        return str(os.getpid())


@pytest.mark.parametrize("study", [ensemble, search, runs, compared])
def test_trainings_on_workers_of_dask_have_the_bits_of_those_here(client: Any, study: Any) -> None:
    with joblib.parallel_config(backend="dask"):
        there = study()
    for one, other in zip(there, study(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_ensemble_that_failed_on_workers_of_dask_goes_on_here_to_the_same_bits(
    client: Any, tmp_path: Path
) -> None:
    net = hn.Network(H, output="sigmoid", seed=1)
    whole = hn.fit_ensemble(net, X, Y, members=2, epochs=2)
    with joblib.parallel_config(backend="dask"):
        with pytest.raises(ArithmeticError):
            hn.fit_ensemble(net, X, Y, members=2, epochs=2, callbacks=[failing], checkpoint=tmp_path, every=0)
        assert list(tmp_path.glob("under-way-*"))
        there = hn.fit_ensemble(net, X, Y, members=2, epochs=2, callbacks=[nothing], checkpoint=tmp_path)
    here = hn.fit_ensemble(net, X, Y, members=2, epochs=2, callbacks=[nothing], checkpoint=tmp_path)
    for one, other, third in zip(whole.fits, there.fits, here.fits, strict=True):
        np.testing.assert_array_equal(one.network.theta, other.network.theta)
        np.testing.assert_array_equal(one.network.theta, third.network.theta)


def failing(row: Any, _net: Any) -> None:
    if row.epoch == 1:
        raise ArithmeticError


def nothing(_row: Any, _net: Any) -> None:
    """Stand for the callback that failed."""


def test_what_cannot_be_pickled_is_refused_before_dask_waits_for_it(client: Any) -> None:
    lock = Lock()
    with (
        joblib.parallel_config(backend="dask"),
        pytest.raises(ParameterError, match="can be pickled; TypeError: cannot pickle '_thread.lock'"),
    ):
        in_threads(lambda _: lock.locked(), [(0,), (1,)])


def test_what_shares_memory_here_is_sent_to_the_workers_of_dask(client: Any) -> None:
    with joblib.parallel_config(backend="dask"):
        there = in_threads(place, [(k,) for k in range(4)])
    assert set(there) <= set(client.nthreads())
    with joblib.parallel_config(backend="loky", n_jobs=2):
        assert set(in_threads(place, [(k,) for k in range(4)])) == {str(os.getpid())}
