"""What is wide and sparse is never held whole as a dense array."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from hassenet.engines import formulas
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import CrossEntropy, Heads, SquaredError
from hassenet.network import Network
from hassenet.training import fit
from hassenet.training.objective import cost, gradient
from hassenet.training.refit import refit_output
from memory import holds_less

M, N, FEW = 2048, 20_000, 4_000
RNG = np.random.default_rng(0)
X = sp.csr_array((np.ones(FEW, np.float32), (RNG.integers(0, M, FEW), RNG.integers(0, N, FEW))), shape=(M, N))
Y = RNG.standard_normal((M, 1))
WHOLE = M * N * 4  # bytes of X as a dense array of single precision
ONES = np.ones((M, 1), np.float32)
NETS = {
    "complete": Network(Hierarchy.complete(N, 3, 1), hidden="tanh"),
    "sparse": Network(Hierarchy.random((N, 500, 1), covers=(N, 500), seed=0), hidden="tanh"),
}


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
@pytest.mark.parametrize(
    "action",
    [
        lambda net, engine: cost(net, X, Y, engine=engine),
        lambda net, engine: gradient(net, X, Y, engine=engine),
        lambda net, engine: fit(net, X, Y, batch_size=M, epochs=1, engine=engine),
    ],
    ids=["cost", "gradient", "a step on all examples"],
)
def test_a_wide_sparse_table_is_read_without_a_dense_copy_of_all_its_rows(net, action, engine):
    assert holds_less(WHOLE / 3, lambda: action(net, engine))


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
@pytest.mark.parametrize(
    "action",
    [lambda net: net.hidden_features(X, 1), lambda net: net(X), lambda net: refit_output(net, X, Y)],
    ids=["hidden features", "value", "refit"],
)
def test_what_no_engine_is_asked_for_takes_no_dense_copy_of_a_wide_sparse_table(net, action):
    assert holds_less(WHOLE / 3, lambda: action(net))


def test_class_numbers_take_no_square_of_the_number_of_classes():
    k = 6000
    net = Network(Hierarchy.complete(1, k), output="softmax")
    assert holds_less(k * k / 4, lambda: cost(net, [[1.0], [2.0]], np.array([0, k - 1])))


@pytest.mark.parametrize(
    ("loss", "output", "k"), [(SquaredError(), "identity", 1), (CrossEntropy(), "softmax/500", 2)]
)
@pytest.mark.parametrize(
    "action",
    [
        lambda net, y, loss, engine: cost(net, ONES, y, loss, engine=engine),
        lambda net, y, loss, engine: gradient(net, ONES, y, loss, engine=engine),
        lambda net, y, loss, engine: fit(net, ONES, y, loss, batch_size=8, epochs=1, engine=engine),
        lambda net, y, loss, engine: fit(
            net, ONES, y, loss, epochs=1, validation_fraction=0.5, engine=engine
        ),
    ],
    ids=["cost", "gradient", "fit", "validation"],
)
def test_heads_read_one_target_which_is_not_written_out_for_each(
    loss, output, k, action, engine, monkeypatch
):
    heads = 1000 // k
    monkeypatch.setattr(formulas, "_NUMBERS_AT_ONCE", 1 << 14)
    net = Network(Hierarchy.complete(1, 1000), output=output)
    y = np.arange(M) % 2
    once_a_head = M * 1000 * 4
    assert holds_less(once_a_head / 8, lambda: action(net, y, Heads(loss, np.ones(heads)), engine))
