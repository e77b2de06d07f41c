"""What is added to a table in Python is found by its name: the readable engine computes what the core does not know."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hassenet.activations import ACTIVATIONS
from hassenet.engines import available
from hassenet.likelihoods import LOSSES

if "native" not in available():
    pytest.skip("the compiled engine was not built", allow_module_level=True)

from hassenet.engines import _native

# A row is written into the table of activations before anything has read it, as CONTRIBUTING describes.
PROGRAM = """
import ast, sys, types
from pathlib import Path

import numpy as np
import hassenet as hn

file = Path(hn.__file__).parent / "activations" / "table.py"
row = "_pointwise('bent_by_this_test', lambda s: s / (1 + abs(s)), lambda s, x: (1 - abs(x)) ** 2)"
tree = ast.parse(file.read_text())
(table,) = [n.value for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "_TABLE"]
table.elts.insert(int(sys.argv[1]), ast.parse(row, mode="eval").body)
module = sys.modules["hassenet.activations.table"] = types.ModuleType("hassenet.activations.table")
exec(compile(tree, file, "exec"), module.__dict__)

from hassenet.activations import ACTIVATIONS
from hassenet.engines import Request, get_engine
from hassenet.engines import _native
from hassenet.engines.native import Native

assert list(ACTIVATIONS).index("bent_by_this_test") == int(sys.argv[1])
H = hn.Hierarchy.random((9, 8, 7, 4), covers=(20, 18, 12), seed=0)
X, Y = (np.random.default_rng(k).normal(size=(30, n)) / 9 for k, n in enumerate((9, 4)))
for name in ACTIVATIONS:
    net = hn.Network(H, hidden=name, output="identity", dtype="float64", seed=1)
    mixed = hn.Network(H, hidden=[name, "tanh"], output="identity", dtype="float64", seed=1)
    assert Native().supports(Request(net.plan, net.dtype)) == (name in _native.activations), name
    for one in (net, mixed):
        (J, g), (J0, g0) = (hn.gradient(one, X, Y, engine=e) for e in ("native", "reference"))
        np.testing.assert_allclose(J, J0, rtol=1e-12)
        np.testing.assert_allclose(g.vector, g0.vector, rtol=1e-9, atol=1e-11)
        values = [e.forward(one.plan, one.theta, e.put(X)) for e in map(get_engine, ("native", "reference"))]
        np.testing.assert_allclose(*values, rtol=1e-12, atol=1e-14)
        thetas = [
            hn.fit(one, X, Y, epochs=2, batch_size=8, dropout=0.2, optimizer=hn.SGD(0.01), engine=e).network.theta
            for e in ("native", "reference")
        ]
        np.testing.assert_allclose(*thetas, rtol=1e-9, atol=1e-11)
print("agree")
"""
SOFTMAX, LAST = list(ACTIVATIONS).index("softmax"), len(ACTIVATIONS)


@pytest.mark.parametrize("position", sorted({0, SOFTMAX, LAST}))
def test_an_activation_may_be_added_anywhere_in_the_table(position):
    run = [sys.executable, "-W", "error", "-c", PROGRAM, str(position)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stdout == "agree\n", done.stderr


def test_every_name_of_the_core_is_in_the_tables():
    """A name spelled otherwise would leave its row to the readable engine; a row may be there without the core."""
    assert set(_native.activations) <= set(ACTIVATIONS)
    assert set(_native.losses) <= {*LOSSES, "linear"}  # by which it takes the δ of any other


def test_every_number_of_the_core_has_one_name():
    for table in (_native.activations, _native.losses, _native.rules):
        assert sorted(table.values()) == list(range(len(table)))
