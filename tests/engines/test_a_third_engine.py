"""A third engine is one file: it is registered, holds the laws, and what it does not support is done all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matrices import Matrices
from scipy.sparse import csr_array

import calls
import hassenet as hn
from hassenet import testing as ht
from hassenet.engines import Engine, WithFallback, available, get_engine, register, registry
from hassenet.errors import ParameterError
from hassenet.likelihoods import Heads, SquaredError

H = hn.Hierarchy.random((9, 8, 7, 6), covers=(20, 15, 12), seed=2)
X, Y = ht.random_array(40, 9, seed=0), ht.random_array(40, 6, seed=1)


def network(dtype="float64"):
    return hn.Network(H, hidden="tanh", dtype=dtype, seed=0)


@pytest.fixture
def matrices():
    register(Matrices())
    yield "matrices"
    del registry._engines()["matrices"]


def test_the_engine_is_a_file_of_fifty_lines():
    source = (Path(__file__).parent / "matrices.py").read_text()
    body = source[source.index("class Matrices") : source.index("def sweep")]
    assert len([line for line in body.splitlines() if line.strip()]) <= 50


def test_an_engine_is_there_by_its_name_once_it_is_registered(matrices):
    assert available()[-1] == matrices
    assert get_engine(matrices).description() == "matrices: NumPy, with zeros off the covers"
    assert get_engine().name != matrices


def test_a_name_that_is_taken_and_what_is_not_an_engine_are_refused(matrices):
    with pytest.raises(ParameterError, match="an engine has a name of its own; 'matrices' is taken"):
        register(Matrices())
    with pytest.raises(ParameterError, match=r"a class derived from hassenet\.engines\.Engine; got"):
        register(Matrices)
    assert available().count("matrices") == 1


def test_a_class_that_lacks_a_call_is_not_an_engine():
    class Incomplete(Engine):
        name = "incomplete"

    with pytest.raises(TypeError, match="abstract"):
        Incomplete()


@pytest.mark.parametrize("optimizer", [hn.SGD(0.01), hn.Adam(0.01)], ids=["SGD", "Adam"])
def test_a_third_engine_trains_as_the_readable_one_does(matrices, optimizer):
    options = {"optimizer": optimizer, "batch_size": 7, "epochs": 3, "penalty": hn.ElasticNet(0.01, 0.1)}
    one, other = (hn.fit(network(), X, Y, engine=e, **options) for e in (matrices, "reference"))
    np.testing.assert_allclose(one.network.theta, other.network.theta, rtol=1e-10)
    np.testing.assert_allclose(one.costs, other.costs, rtol=1e-10)


# ------------------------------------------------------------------ what it does not support


class Counting(Matrices):
    """Counts what it is asked to take in and to lay out."""

    def __init__(self):
        self.puts = self.layouts = 0

    def put(self, X, Y=None, weight=None):
        self.puts += len(X) == len(Y)
        return super().put(X, Y, weight)

    def lay_out(self, plan):
        self.layouts += 1
        return plan


NOT_SUPPORTED = {
    "dropout": ({"dropout": 0.5}, X, Y, "float64"),
    "single precision": ({}, X, Y, "float32"),
    "compressed rows": ({}, csr_array(X), Y, "float64"),
}


@pytest.mark.parametrize("case", NOT_SUPPORTED)
def test_what_a_third_engine_does_not_support_is_done_by_the_readable_one_to_the_bit(matrices, case):
    options, features, target, dtype = NOT_SUPPORTED[case]
    run = {"optimizer": hn.SGD(0.01), "epochs": 2, **options}
    one, other = (hn.fit(network(dtype), features, target, engine=e, **run) for e in (matrices, "reference"))
    assert one.network.theta.tobytes() == other.network.theta.tobytes()
    assert one.costs.tobytes() == other.costs.tobytes()


def test_a_loss_that_a_third_engine_does_not_support_runs_on_it_through_its_deltas(matrices):
    run = {"optimizer": hn.SGD(0.01), "epochs": 2, "loss": Heads(SquaredError(), (0.5, 1.0))}
    one, other = (hn.fit(network(), X, Y[:, :3], engine=e, **run) for e in (matrices, "reference"))
    np.testing.assert_allclose(one.network.theta, other.network.theta, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(one.costs, other.costs, rtol=1e-12)


@pytest.mark.parametrize("name", available())
def test_sparse_targets_are_taken_by_every_engine(name):
    goal, theta = calls.goal(network(), SquaredError()), network().theta
    expected, found = (calls.gradient(name, goal, theta, X, y) for y in (abs(Y), csr_array(abs(Y))))
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12, atol=1e-12)


def test_data_are_put_once_and_only_where_the_engine_uses_them():
    engine = Counting()
    one, goal = WithFallback(engine), calls.goal(network(), SquaredError())
    data = one.put(X, Y)
    assert (engine.puts, engine.layouts) == (0, 0)
    one.gradient(goal.plan, goal.objective, network("float32").theta, data)
    assert (engine.puts, engine.layouts) == (0, 0)
    for _ in range(3):
        one.gradient(goal.plan, goal.objective, network().theta, data)
    assert (engine.puts, engine.layouts) == (1, 3)


# ------------------------------------------------------------------ the laws

LAWS = """
import sys

import pytest

from hassenet.engines import register
from matrices import Matrices

register(Matrices())
sys.exit(pytest.main(sys.argv[1:]))
"""


# What it computes of activations is the library's own, so of the derivatives of all of them one is looked at.
OF_IT = "matrices and (not derivative_for_every or tanh)"


def test_the_laws_hold_for_a_third_engine():
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            LAWS,
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--hypothesis-profile=glance",
            "-k",
            OF_IT,
            "tests/laws",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "passed" in done.stdout
