"""Batches that are taken in slices, and complete first layers that read rows of X: short cuts of the compiled engine.

Neither changes what is computed: the readable engine, which has neither, is the measure.
"""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import calls
from hassenet import Hierarchy, Network
from hassenet.engines.dropout import Dropout
from hassenet.engines.threads import limited
from hassenet.likelihoods import SquaredError
from hassenet.optimizers import SGD, Adam, Momentum, Nesterov
from hassenet.penalties import L2, ElasticNet

SPARSE = Hierarchy.random((300, 200, 80, 3), density=0.05, seed=0)
WIDE = Hierarchy.random(
    (131, 9000, 40, 2), covers=(20_000, 9_000, 80), seed=1
)  # more rows than a narrow slice is for
SMALL = Hierarchy.complete(20, 30, 2)
RNG = np.random.default_rng(0)


def goal_of(H, penalty=None):
    net = Network(H, hidden="tanh", dtype="float64", seed=0)
    return calls.goal(net, SquaredError(), penalty), net.theta


def trained(engine, H, optimizer, batch_size, m, penalty=None, dropout=None, threads=2, X=None, weight=None):
    goal, start = goal_of(H, penalty)
    rng = np.random.default_rng(1)
    n, k = H.shape[0], H.shape[-1]
    data = rng.normal(size=(m, n)) if X is None else X
    Y, theta = rng.normal(size=(m, k)), start.copy()
    order = np.concatenate([rng.permutation(m) for _ in range(3)])[: 3 * m // batch_size * batch_size + 70]
    steps = -(-len(order) // batch_size)
    state = optimizer.init(theta)
    with limited(threads):
        costs = calls.train(
            engine, goal, theta, state, data, Y, weight, order, optimizer=optimizer, rates=np.full(steps, 0.01),
            batch_size=batch_size, dropout=dropout,
        )  # fmt: skip
    return theta, costs, state


@pytest.mark.parametrize("batch_size", [128, 129, 200, 600, 1100])
@pytest.mark.parametrize("H", [SPARSE, WIDE, SMALL], ids=["sparse", "wide", "small and complete"])
def test_sliced_batches_take_the_steps_of_the_readable_engine(H, batch_size):
    native, reference = (trained(e, H, SGD(), batch_size, 1300) for e in ("native", "reference"))
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(native[1], reference[1], rtol=1e-10)


@pytest.mark.parametrize("optimizer", [Adam(), Momentum(), Nesterov()], ids=lambda o: type(o).__name__)
@pytest.mark.parametrize("penalty", [L2(0.1), ElasticNet(0.01, 0.1)], ids=lambda p: type(p).__name__)
def test_slices_serve_every_rule_and_penalty(optimizer, penalty):
    native, reference = (trained(e, SPARSE, optimizer, 192, 400, penalty) for e in ("native", "reference"))
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-9, atol=1e-11)
    for mine, theirs in zip(native[2], reference[2], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("H", [SPARSE, SMALL], ids=["sparse", "small and complete"])
@pytest.mark.parametrize("inputs", [0.0, 0.2])
def test_slices_drop_the_neurons_that_the_readable_engine_drops(H, inputs):
    dropout = Dropout.of(0.3, inputs, H.depth, seed=5).at(7)
    native, reference = (trained(e, H, SGD(), 200, 500, dropout=dropout) for e in ("native", "reference"))
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-10, atol=1e-12)
    assert not np.allclose(native[0], trained("native", H, SGD(), 200, 500)[0])


@pytest.mark.parametrize("H", [SPARSE, SMALL], ids=["sparse", "small and complete"])
def test_slices_go_through_the_entries_of_compressed_rows(H):
    X = sp.random_array((600, H.shape[0]), density=0.01, rng=np.random.default_rng(3), format="csr")
    native = trained("native", H, SGD(), 250, 600, X=X)
    reference = trained("reference", H, SGD(), 250, 600, X=X.toarray())
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-10, atol=1e-12)


def test_slices_hold_rows_of_any_number_of_entries():
    rng = np.random.default_rng(4)
    counts = np.minimum(rng.lognormal(1.5, 1.2, 900).astype(int) + 1, 400)
    columns = np.concatenate([rng.choice(2000, n, replace=False) for n in counts])
    X = sp.csr_array((np.ones(len(columns)), columns, np.r_[0, np.cumsum(counts)]), shape=(900, 2000))
    H = Hierarchy.complete(2000, 30, 2)
    native = trained("native", H, SGD(), 200, 900, X=X)
    reference = trained("reference", H, SGD(), 200, 900, X=X.toarray())
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-10, atol=1e-12)


# The first batch alone would be taken as written out, the others by their entries.
UNEVEN = sp.csr_array(np.where(RNG.random((500, 20)) < np.repeat([0.4, 0.02], [200, 300])[:, None], 1.0, 0.0))


@pytest.mark.parametrize("optimizer", [SGD(), Adam()], ids=["SGD", "Adam"])
@pytest.mark.parametrize(
    ("X", "target"),
    [(RNG.normal(size=(500, 20)), "f8"), (UNEVEN, "f8"), (UNEVEN, "f2")],
    ids=["dense", "CSR", "odd Y"],
)
def test_the_bits_do_not_depend_on_how_many_steps_a_call_takes(optimizer, X, target):
    def theta(cuts):
        goal, start = goal_of(SMALL)
        theta, state = start.copy(), optimizer.init(start)
        Y, order = np.random.default_rng(5).normal(size=(500, 2)).astype(target), np.arange(500)
        for a, b in cuts:  # the last batch of 200 has 100 examples
            rows, rates = order[a * 200 : b * 200], np.full(b - a, 0.01)
            options = {"optimizer": optimizer, "rates": rates, "batch_size": 200}
            calls.train("native", goal, theta, state, X, Y, None, rows, **options)
        return theta.tobytes()

    assert len({theta([(0, 3)]), theta([(0, 1), (1, 3)]), theta([(0, 2), (2, 3)])}) == 1


def test_without_examples_there_is_no_gradient():
    goal, theta = goal_of(SPARSE)
    native, reference = (
        calls.gradient(e, goal, theta, np.zeros((0, 300)), np.zeros((0, 3))) for e in ("native", "reference")
    )
    assert native[0] == reference[0] == 0
    assert not native[1].any()


def test_examples_weigh_as_much_in_slices():
    weight = np.random.default_rng(2).uniform(size=400)
    weight[:130] = 0
    native, reference = (trained(e, SPARSE, SGD(), 130, 400, weight=weight) for e in ("native", "reference"))
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("H", [SPARSE, WIDE, SMALL], ids=["sparse", "wide", "small and complete"])
def test_the_bits_of_sliced_batches_do_not_depend_on_threads(H):
    bits = {trained("native", H, Adam(), 256, 700, threads=n)[0].tobytes() for n in (1, 2, 3, 5)}
    assert len(bits) == 1


FORMS = {
    "float64 as it lies": lambda X: X,
    "float32": lambda X: X.astype(np.float32),
    "uint8": lambda X: X.astype(np.uint8),
    "fortran order": np.asfortranarray,
    "every second column": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "rows reversed": lambda X: X[::-1].copy()[::-1],
    "csr": sp.csr_array,
    "csr with wide indices": lambda X: _wide(sp.csr_array(X)),
}


def _wide(X):
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("n", [127, 128, 129, 141, 192, 200])
def test_a_complete_first_layer_reads_the_same_numbers_in_any_form_and_width(n, form):
    X = RNG.integers(0, 4, (90, n)).astype(float)
    H = Hierarchy.complete(n, 11, 2)
    given = FORMS[form](X)
    native = trained("native", H, SGD(), 32, 90, X=given)
    reference = trained("reference", H, SGD(), 32, 90, X=X)
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-10, atol=1e-12)
    net = Network(H, hidden="tanh", dtype="float64", seed=0)
    value = calls.value("native", net, given)
    np.testing.assert_allclose(value, calls.value("reference", net, X), rtol=1e-10)


@pytest.mark.parametrize("rows", [1, 2, 5, 6, 7, 13])
def test_any_number_of_neurons_is_taken_in_blocks(rows):
    X = RNG.normal(size=(37, 150))
    H = Hierarchy.complete(150, rows)
    native, reference = (trained(e, H, SGD(), 16, 37, X=X) for e in ("native", "reference"))
    np.testing.assert_allclose(native[0], reference[0], rtol=1e-10, atol=1e-12)


def test_the_gradient_of_many_examples_is_that_of_the_readable_engine():
    goal, theta = goal_of(SPARSE, L2(0.01))
    X, Y = RNG.normal(size=(1500, 300)), RNG.normal(size=(1500, 3))
    weight = RNG.uniform(size=1500)
    mine = calls.gradient("native", goal, theta, X, Y, weight)
    theirs = calls.gradient("reference", goal, theta, X, Y, weight)
    assert mine[0] == pytest.approx(theirs[0], rel=1e-12)
    np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-10, atol=1e-13)
