"""The compiled engine agrees with the readable one, is the same for every number of threads, and refuses bad data."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

import calls
from hassenet import testing as ht
from hassenet.engines import available, get_engine
from hassenet.engines.threads import default_threads
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import LOSSES, GaussianLoss, Heads, SquaredError
from hassenet.likelihoods.top import ChainRule, top
from hassenet.network import Network
from hassenet.optimizers import SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L1, L2, ElasticNet, NoPenalty

if "native" not in available():
    pytest.skip("the compiled engine was not built", allow_module_level=True)

from hassenet.engines import _native, native

NATIVE, REFERENCE = get_engine("native"), get_engine("reference")

OPTIMIZERS = [SGD(0.05), Momentum(0.02), Nesterov(0.02), Adam(0.01), AdamW(0.01, decay=0.1)]
PENALTIES = [NoPenalty(), L2(0.1), L1(0.02), ElasticNet(0.02, 0.1)]
# losses with outputs on which they are finite, the canonical one first
PAIRS = {
    "squared_error": ["identity", "tanh", "softmax", "silu"],
    "gaussian": ["identity", "sigmoid"],
    "binary_cross_entropy": ["sigmoid", "softmax"],
    "cross_entropy": ["softmax", "sigmoid"],
    "poisson": ["exp", "softplus"],
    "absolute_error": ["identity", "gelu"],
}
STEPS, BATCH = 100, 7


@pytest.fixture(params=native.levels())
def level(request):
    with at(request.param):
        yield request.param


@pytest.fixture
def threads():
    before = native.threads()
    yield native.set_threads
    native.set_threads(before)


def hierarchy(kind):
    return {
        "dense": lambda: Hierarchy.complete(5, 7, 6, 3),
        "sparse": lambda: Hierarchy.random((9, 8, 7, 3), covers=(20, 18, 9), seed=0),
        "mixed": lambda: Hierarchy.random((9, 8, 7), covers=(20, 18), seed=1).crown(["a", "b", "c"]),
        "relays": lambda: Hierarchy.random((9, 8, 7, 5), covers=(20, 15, 9), seed=2).crown(
            ["a", "b", "c"], over="all"
        ),
    }[kind]()


def mixture(H, seed=0):
    rng = np.random.default_rng(seed)
    return {e: str(rng.choice(ht.HIDDEN)) for i in range(1, H.depth) for e in H.ranks[i]}


def targets(loss, k, m, rng):
    return {
        "binary_cross_entropy": lambda: rng.integers(0, 2, (m, k)) * 1.0,
        "cross_entropy": lambda: np.eye(k)[rng.integers(0, k, m)],
        "poisson": lambda: rng.poisson(1.0, (m, k)) * 1.0,
    }.get(loss, lambda: rng.standard_normal((m, k)))()


def problem(kind, loss="squared_error", output="identity", dtype="float64", m=60, penalty=None, hidden=None):
    H = hierarchy(kind)
    net = Network(H, hidden=hidden or mixture(H), output=output, seed=3, dtype=dtype)
    rng = np.random.default_rng(4)
    X, Y = rng.standard_normal((m, H.shape[0])), targets(loss, H.shape[-1], m, rng)
    return calls.goal(net, LOSSES[loss], penalty), net.theta, X, Y


def value(engine, goal, theta, X, rank=None):
    return engine.forward(goal.plan, theta, engine.put(X), rank)


def trained(engine, goal, theta, X, Y, optimizer, weight=None, steps=STEPS, batch=BATCH):
    """Return θ, the state and the costs after some steps, the order of the examples being the same each time."""
    theta = theta.copy()
    state = tuple(a.copy() for a in optimizer.init(theta))
    order = np.random.default_rng(5).integers(
        0, len(Y), steps * batch - batch // 3
    )  # the last batch is smaller
    rates = np.linspace(1, 0.5, steps) * optimizer.rate
    costs = calls.train(
        engine, goal, theta, state, X, Y, weight, order, optimizer=optimizer, rates=rates, batch_size=batch
    )
    return theta, state, costs


@contextmanager
def at(level):
    before = native.level
    native.use_level(level)
    try:
        yield level
    finally:
        native.use_level(before)


def assert_agree(problem, optimizer, weight=None, tolerance=1e-10, **options):
    """At every level; the readable engine has none, so it trains once."""
    theirs = trained(REFERENCE, *problem, optimizer, weight, **options)
    for level in native.levels():
        with at(level):
            ours = trained(NATIVE, *problem, optimizer, weight, **options)
        assert len(ours[2]) == len(theirs[2])
        for found, expected in zip(
            (ours[0], *ours[1], ours[2]), (theirs[0], *theirs[1], theirs[2]), strict=True
        ):
            assert found.dtype == expected.dtype
            np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance, err_msg=level)


# ------------------------------------------------------------------ agreement


@pytest.mark.parametrize("kind", ["dense", "sparse", "mixed", "relays"])
@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_a_hundred_steps_of_every_optimizer_are_those_of_the_reference(kind, penalty, optimizer):
    w = 0.5 + np.arange(60.0)
    assert_agree(problem(kind, penalty=penalty), optimizer, w)


@pytest.mark.parametrize("kind", ["dense", "relays"])
@pytest.mark.parametrize(("loss", "output"), [(loss, G) for loss, outputs in PAIRS.items() for G in outputs])
def test_a_hundred_steps_with_every_loss_on_its_own_output_and_on_others(kind, loss, output):
    assert_agree(problem(kind, loss, output), SGD(0.01))


@pytest.mark.parametrize("kind", ["dense", "sparse", "relays"])
@pytest.mark.parametrize("optimizer", [SGD(0.01), Adam(0.001)], ids=repr)
def test_single_precision_agrees_to_its_own_precision(kind, optimizer):
    assert_agree(
        problem(kind, "cross_entropy", "softmax", "float32", hidden="tanh"), optimizer, tolerance=2e-4
    )


@pytest.mark.parametrize("hidden", [*ht.HIDDEN, "exp", "softmax"])
@pytest.mark.parametrize("batch", [1, 16, 33, 64, 130, 600])
def test_every_activation_and_size_of_batch(hidden, batch):
    """600 is more than the core takes at once."""
    goal, theta, X, Y = problem("dense", hidden=hidden)
    assert_agree((goal, theta, X, Y), SGD(0.01), steps=3, batch=batch)
    assert_agree((goal, theta, X, Y), Momentum(0.01), steps=3, batch=batch)


@pytest.mark.parametrize("covariance", [2.0, np.array([[2.0, 0.5, 0.0], [0.5, 1.0, 0.2], [0.0, 0.2, 3.0]])])
@pytest.mark.parametrize("output", ["identity", "tanh"])
def test_a_gaussian_with_any_covariance(covariance, output):
    goal, *rest = problem("dense", "gaussian", output)
    other = replace(goal.objective, top=top(GaussianLoss(covariance), goal.plan.layers[-1].G))
    assert_agree((goal._replace(objective=other), *rest), SGD(0.01))


BLOCKS = {"cross_entropy": "softmax/4", "squared_error": "softmax/4", "binary_cross_entropy": "softmax/3"}


@pytest.mark.parametrize("kind", ["complete", "relays"])
@pytest.mark.parametrize("optimizer", [SGD(0.01), Adam(0.001)], ids=repr)
@pytest.mark.parametrize("own", [False, True], ids=["one target for all", "a target a head"])
@pytest.mark.parametrize(
    ("loss", "output"), [*((loss, G) for loss, outputs in PAIRS.items() for G in outputs), *BLOCKS.items()]
)
def test_a_hundred_steps_with_heads_of_every_loss_on_every_output(kind, optimizer, own, loss, output):
    H = Hierarchy.random((9, 8, 7), covers=(20, 18), seed=2)
    H = H.crown(list("abcdefghijkl"), over={"complete": "maximal", "relays": "all"}[kind])
    net = Network(H, hidden=mixture(H), output=output, seed=3, dtype="float64")
    rng = np.random.default_rng(4)
    X, Y = rng.standard_normal((60, 9)), [targets(loss, 3, 60, rng) for _ in range(4)]
    goal = calls.goal(net, Heads(LOSSES[loss], (0.3, 0.0, 1.0, 2.0)), ElasticNet(0.01, 0.1))
    assert_agree((goal, net.theta, X, np.hstack(Y) if own else Y[0]), optimizer, 0.5 + np.arange(60.0))


def test_heads_of_a_gaussian_share_a_covariance_of_the_size_of_one():
    net = Network(Hierarchy.complete(5, 7, 6), hidden="tanh", dtype="float64")
    rng = np.random.default_rng(4)
    loss = Heads(GaussianLoss([[2.0, 0.5, 0.0], [0.5, 1.0, 0.2], [0.0, 0.2, 3.0]]), (0.3, 1.0))
    for output in ("identity", "tanh"):
        goal = calls.goal(net.with_activations(output=output), loss)
        assert_agree((goal, net.theta, rng.standard_normal((60, 5)), rng.standard_normal((60, 3))), SGD(0.01))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_bits_of_many_heads_do_not_depend_on_the_number_of_threads(level, threads, dtype):
    net = Network(Hierarchy.complete(20, 30, 3000), hidden="tanh", output="softmax/1000", dtype=dtype)
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((256, 20)), np.eye(3)[rng.integers(0, 3, 256)]
    goal = calls.goal(net, Heads(LOSSES["cross_entropy"], rng.uniform(0, 1, 1000)))
    runs = []
    for n in (1, 2, 3):
        threads(n)
        runs.append(trained(NATIVE, goal, net.theta, X, Y, SGD(0.01), steps=3, batch=100))
    for theta, _, costs in runs[1:]:
        np.testing.assert_array_equal(theta, runs[0][0])
        np.testing.assert_array_equal(costs, runs[0][2])


@settings(max_examples=2 * settings.default.max_examples)
@given(
    net=ht.networks(),
    loss=st.sampled_from(
        [loss for loss in sorted(LOSSES) if loss not in ("poisson", "binary_cross_entropy")]
    ),
    m=st.integers(1, 70),
    seed=ht.seeds(),
)
def test_random_networks_of_every_kind_have_the_same_value_cost_and_gradient(net, loss, m, seed):
    H, rng = net.hierarchy, np.random.default_rng(seed)
    X, Y = rng.standard_normal((m, H.shape[0])), targets(loss, H.shape[-1], m, rng)
    goal = calls.goal(net, LOSSES[loss], L2(0.1))
    for rank in range(1, H.depth + 1):
        found, expected = (calls.value(e, net, X, rank) for e in (NATIVE, REFERENCE))
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    (J, g), (J0, g0) = (calls.gradient(e, goal, net.theta, X, Y) for e in (NATIVE, REFERENCE))
    if np.isfinite(J0) and np.isfinite(g0).all() and np.abs(g0).max() < 1e8:
        assert J == pytest.approx(J0, rel=1e-10, abs=1e-10)
        assert calls.cost(NATIVE, goal, net.theta, X, Y) == pytest.approx(J0, rel=1e-10, abs=1e-10)
        np.testing.assert_allclose(g, g0, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_engines_agree_on_random_shapes_and_densities(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(1, 60, rng.integers(2, 6)))
    covers = tuple(int(rng.integers(a, a * b + 1)) for b, a in pairwise(shape))
    covers = tuple(
        max(c, a, b) if a * b >= max(a, b) else c for c, b, a in zip(covers, shape, shape[1:], strict=False)
    )
    H = Hierarchy.random(shape, covers=covers, seed=seed)
    net = Network(H, hidden=mixture(H, seed), output="identity", seed=seed, dtype="float64")
    m, batch = int(rng.integers(1, 200)), int(rng.integers(1, 200))
    X, Y = rng.standard_normal((m, shape[0])), rng.standard_normal((m, shape[-1]))
    goal = calls.goal(net, SquaredError())
    assert_agree((goal, net.theta, X, Y), SGD(1e-3), steps=4, batch=batch, tolerance=1e-9)


def test_a_cost_that_is_not_finite_ends_the_run_before_its_step():
    goal, theta, X, Y = problem("sparse")
    X[17, 2] = np.inf
    assert_agree((goal, theta, X, Y), SGD(0.05))
    assert len(trained(NATIVE, goal, theta, X, Y, SGD(0.05))[2]) < STEPS


@pytest.mark.parametrize("size", [1e4, -1e4])
@pytest.mark.parametrize("loss", PAIRS)
def test_huge_signals_have_finite_costs_in_single_precision(level, loss, size):
    net = Network(Hierarchy.complete(1, 2), output=PAIRS[loss][0], dtype="float32", theta=[size, 0, 0, 0])
    goal, X, Y = calls.goal(net, LOSSES[loss]), np.ones((1, 1)), np.array([[1.0, 0.0]])
    (J, g), (J0, g0) = (calls.gradient(e, goal, net.theta, X, Y) for e in (NATIVE, REFERENCE))
    assert np.isfinite(J)
    np.testing.assert_allclose(J, J0, rtol=1e-6)
    np.testing.assert_allclose(g, g0, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [*ht.HIDDEN, "exp"])
def test_activations_are_exact_to_a_few_units_in_the_last_place(level, name, dtype):
    s = np.concatenate(
        [np.linspace(-30, 30, 4001), np.geomspace(1e-30, 1e4, 500), -np.geomspace(1e-30, 1e4, 500)]
    )
    net = Network(Hierarchy.complete(1, 1), output=name, dtype=dtype, theta=[1, 0])
    X = s[:, None].astype(dtype)
    with np.errstate(over="ignore"):
        found, expected = (calls.value(e, net, X) for e in (NATIVE, REFERENCE))
    tolerance = 40 * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=1e-37)


@pytest.mark.parametrize("optimizer", [SGD(1e-3), Adam(1e-3)], ids=repr)
def test_engines_agree_on_layers_so_large_that_the_blas_multiplies_them(optimizer):
    rng = np.random.default_rng(0)
    net = Network(Hierarchy.complete(1050, 1020, 1030, 3), hidden=["tanh", "silu"], dtype="float64")
    X, Y = rng.standard_normal((90, 1050)), rng.standard_normal((90, 3))
    goal = calls.goal(net, SquaredError(), ElasticNet(1e-3, 1e-3))
    assert_agree((goal, net.theta, X, Y), optimizer, steps=3, batch=40)
    np.testing.assert_allclose(calls.value(NATIVE, net, X), calls.value(REFERENCE, net, X), rtol=1e-10)


# ------------------------------------------------------------------ X as it comes


@pytest.mark.parametrize("first", ["dense", "sparse"])
@pytest.mark.parametrize(
    "change",
    [
        np.asfortranarray,
        lambda X: X.astype(np.float32),
        lambda X: X.astype(np.int8),
        lambda X: (X * 2 + 9).astype(np.uint8),
        lambda X: X.astype(np.int64),
        lambda X: X.astype(np.float16),
        lambda X: X > 0,
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: np.repeat(X, 3, axis=1)[:, ::3],
        lambda X: X[::-1, ::-1],
        lambda X: X.astype(X.dtype.newbyteorder()),
        lambda X: np.broadcast_to(X[:1], X.shape),
        lambda X: csr_array(X * (X > 0.5)),
        lambda X: csr_array((X * (X > 0.5)).astype(np.float32)),
    ],
)
def test_data_of_any_type_and_memory_order_give_the_same_results(level, first, change):
    goal, theta, X, Y = problem(first)
    X = change(X)
    if not isinstance(X, csr_array):
        X.flags.writeable = False
    assert_agree((goal, theta, X, Y), SGD(1e-5), tolerance=1e-9)
    np.testing.assert_allclose(
        value(NATIVE, goal, theta, X), value(REFERENCE, goal, theta, X), rtol=1e-10, atol=1e-12
    )
    for found, expected in zip(
        calls.gradient(NATIVE, goal, theta, X, Y),
        calls.gradient(REFERENCE, goal, theta, X, Y),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


def test_unaligned_data_are_read_as_they_are():
    goal, theta, X, Y = problem("dense")
    raw = np.zeros(X.nbytes + 1, np.uint8)
    unaligned = raw[1:].view(np.float64).reshape(X.shape)
    unaligned[:] = X
    assert_agree((goal, theta, unaligned, Y), SGD(0.01))


# ------------------------------------------------------------------ threads


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", [SGD(0.01), Adam(0.001)], ids=repr)
@pytest.mark.parametrize("kind", ["sparse", "complete"])
def test_the_bits_do_not_depend_on_the_number_of_threads(level, threads, dtype, optimizer, kind):
    shape = (300, 400, 200, 10)
    H = Hierarchy.complete(*shape) if kind == "complete" else Hierarchy.random(shape, density=0.1, seed=0)
    net = Network(H, hidden="tanh", output="softmax", dtype=dtype)
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((256, 300)).astype(dtype), np.eye(10)[rng.integers(0, 10, 256)]
    goal = calls.goal(net, LOSSES["cross_entropy"], ElasticNet(1e-4, 1e-4))
    runs = []
    for n in (1, 2, 3):
        threads(n)
        runs.append(trained(NATIVE, goal, net.theta, X, Y, optimizer, steps=10, batch=100))
    for theta, _, costs in runs[1:]:
        np.testing.assert_array_equal(theta, runs[0][0])
        np.testing.assert_array_equal(costs, runs[0][2])


def test_many_threads_may_predict_at_once(threads):
    from concurrent.futures import ThreadPoolExecutor

    threads(2)
    goal, theta, X, _ = problem("sparse", m=3000)
    expected = value(NATIVE, goal, theta, X)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: value(NATIVE, goal, theta, X), range(64)):
            np.testing.assert_array_equal(found, expected)


FORKED = """
import multiprocessing, sys
import numpy as np
from hassenet import Hierarchy, Network, SGD, fit
from hassenet.engines import native

H = Hierarchy.complete(300, 400, 10)
X = np.random.default_rng(0).standard_normal((256, 300))

def run(seed):
    return fit(Network(H, output="softmax"), X, np.arange(256) % 10, optimizer=SGD(0.1), epochs=2, seed=seed).costs[-1]

if __name__ == "__main__":
    native.set_threads(2)
    expected = [run(s) for s in range(4)]
    if sys.argv[1] == "fork":
        with multiprocessing.get_context("fork").Pool(2) as pool:
            found = pool.map(run, range(4))
    else:
        from joblib import Parallel, delayed
        found = Parallel(2)(delayed(run)(s) for s in range(4))
    assert found == expected, (found, expected)
    print("same", native.threads())
"""


@pytest.mark.parametrize("way", ["fork", "joblib"])
def test_a_process_that_has_used_threads_may_fork(tmp_path, way):
    if way == "fork" and sys.platform == "win32":
        pytest.skip("no fork here")
    script = tmp_path / "forked.py"
    script.write_text(FORKED)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, way],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.stdout == "same 2\n", done.stderr


# ------------------------------------------------------------------ what the core does not know


def test_what_the_core_cannot_compute_goes_to_the_reference():
    goal, theta, X, Y = problem("sparse")
    J = goal.objective
    by_chain_rule = replace(J, top=ChainRule(J.loss, goal.plan.layers[-1].G))
    assert_agree((goal._replace(objective=by_chain_rule), theta, X, Y), SGD(0.01))

    class Half(NoPenalty):
        def slope(self, w):
            return w / 2

    class Slow(SGD):
        def step(self, theta, gradient, state, rate, weights):
            return theta - rate / 2 * gradient, ()

    assert_agree((goal._replace(objective=replace(J, penalty=Half())), theta, X, Y), SGD(0.01))
    assert_agree((goal, theta, X, Y), Slow(0.01))


@pytest.mark.parametrize("form", [np.asarray, csr_array, np.float32], ids=["dense", "CSR", "float32"])
def test_the_features_of_the_rank_below_all_are_those_given(form):
    goal, theta, X, _ = problem("sparse")
    given = form(X)
    expected = X.astype(given.dtype)
    for engine in (NATIVE, REFERENCE):
        np.testing.assert_array_equal(value(engine, goal, theta, given, 0), expected)


# ------------------------------------------------------------------ hostile input


def changed(position, value):
    def change(arguments):
        return [value(a) if i == position else a for i, a in enumerate(arguments)]

    return change


def changed_groups(change):
    return changed(7, lambda J: (*J[:6], change(*J[6]), *J[7:]))


def changed_signs(change):
    return changed(7, lambda J: (*J[:9], change(J[9]), *J[10:]))


def changed_apart(parts):
    places, *strength = parts
    places = places if isinstance(places, np.ndarray) else np.array(places, "u4")
    return changed(7, lambda J: (*J[:10], (places, *strength)))


def core_arguments(dtype="float64"):
    """The arguments of the core's train, which checks them itself."""
    goal, theta, X, Y = problem("relays", dtype=dtype)
    core, groups = (
        native._laid_out(goal.plan).core,
        (np.arange(4, dtype="u4"), np.array([0, 1, 4]), np.ones(2)),
    )
    moments = [np.zeros(1, dtype), np.zeros_like(theta), np.zeros_like(theta)]
    rule, costs = (3, 0.0, 0.9, 0.999, 1e-8, 0.0), np.empty(3)
    order, weight = np.arange(20), np.ones(60)
    return [
        core,
        theta.copy(),
        moments,
        X,
        Y,
        weight,
        order,
        (0, True, None, 0.0, 0.0, None, groups, 0, None, np.zeros(theta.size, "i1"), None),
        rule,
        np.full(3, 0.01),
        7,
        costs,
    ]


def read_only(a):
    b = a.copy()
    b.flags.writeable = False
    return b


def unaligned(a):
    """The same numbers a byte beside a multiple of their size."""
    b = np.empty(a.nbytes + 1, np.uint8)[1:].view(a.dtype).reshape(a.shape)
    b[...] = a
    return b


csr = csr_array(np.ones((60, 9)))
HOSTILE = {
    **{f"argument {k} is not aligned": changed(k, unaligned) for k in (1, 3, 4, 5, 6, 9, 11)},
    "a moment is not aligned": changed(2, lambda s: [s[0], unaligned(s[1]), s[2]]),
    "entries are not aligned": changed(3, lambda _: (unaligned(csr.data), csr.indices, csr.indptr, 60, 9)),
    "indices are not aligned": changed(3, lambda _: (csr.data, unaligned(csr.indices), csr.indptr, 60, 9)),
    "an indptr is not aligned": changed(3, lambda _: (csr.data, csr.indices, unaligned(csr.indptr), 60, 9)),
    "theta too short": changed(1, lambda a: a[:-1]),
    "theta of another type": changed(1, lambda a: a.astype("f4")),
    "theta of whole numbers": changed(1, lambda a: a.astype("i8")),
    "theta with gaps": changed(1, lambda a: np.repeat(a, 2)[::2]),
    "theta backwards": changed(1, lambda a: a[::-1]),
    "theta read-only": changed(1, read_only),
    "theta as a matrix": changed(1, lambda a: a[None]),
    "a moment missing": changed(2, lambda s: s[:2]),
    "a moment too short": changed(2, lambda s: [s[0], s[1][:-1], s[2]]),
    "a moment of another type": changed(2, lambda s: [s[0], s[1], s[2].astype("f4")]),
    "a moment read-only": changed(2, lambda s: [s[0], s[1], read_only(s[2])]),
    "no step count": changed(2, lambda s: [s[0][:0], s[1], s[2]]),
    "X too narrow": changed(3, lambda a: a[:, :-1]),
    "X too short": changed(3, lambda a: a[:10]),
    "X flat": changed(3, lambda a: a.ravel()),
    "X complex": changed(3, lambda a: a + 1j),
    "X of objects": changed(3, lambda a: a.astype(object)),
    "Y too wide": changed(4, lambda a: np.hstack([a, a])),
    "Y too short": changed(4, lambda a: a[:10]),
    "weights too short": changed(5, lambda a: a[:-1]),
    "weights of another type": changed(5, lambda a: a.astype("f4")),
    "a row beyond the last": changed(6, lambda a: a + 50),
    "a row below 0": changed(6, lambda a: a - 1),
    "too few rows for the steps": changed(6, lambda a: a[:14]),
    "no rows": changed(6, lambda a: a[:0]),
    "rows of another type": changed(6, lambda a: a.astype("i4")),
    "no such loss": changed(7, lambda _: (99, True, None, 0.0, 0.0, None, None, 0, None, None, None)),
    "no precision": changed(7, lambda _: (5, True, None, 0.0, 0.0, None, None, 0, None, None, None)),
    "a precision too small": changed(
        7, lambda _: (5, True, np.ones(4), 0.0, 0.0, None, None, 0, None, None, None)
    ),
    "an objective too short": changed(7, lambda _: (0, True)),
    "an objective without heads": changed(7, lambda _: (0, True, None, 0.0, 0.0)),
    "an objective without its last part": changed(7, lambda J: J[:-1]),
    "signs too few": changed_signs(lambda signs: signs[:-1]),
    "signs of another type": changed_signs(lambda signs: signs.astype("i4")),
    "signs of 2": changed_signs(lambda signs: signs + 2),
    "weights apart without a strength": changed_apart(([0],)),
    "weights apart beyond the last": changed_apart(([10_000], 1.0)),
    "weights apart that do not rise": changed_apart(([1, 1], 1.0)),
    "weights apart of another type": changed_apart((np.zeros(1), 1.0)),
    "groups without strengths": changed_groups(lambda places, starts, _: (places, starts)),
    "a place beyond the last": changed_groups(lambda places, starts, by: (places + 10_000, starts, by)),
    "places of another type": changed_groups(lambda places, starts, by: (places.astype("i8"), starts, by)),
    "a place in two groups": changed_groups(lambda places, starts, by: (0 * places, starts, by)),
    "starts too few for the groups": changed_groups(lambda places, starts, by: (places, starts[1:], by)),
    "starts that leave places out": changed_groups(
        lambda places, starts, by: (places, starts - [0, 0, 1], by)
    ),
    "groups that begin later": changed_groups(lambda places, starts, by: (places, starts - [-1, 0, 0], by)),
    "a group without a place": changed_groups(lambda places, starts, by: (places, starts - [0, 1, 0], by)),
    "no starts": changed_groups(lambda places, starts, by: (places, starts[:0], by[:0])),
    "no heads": changed(7, lambda _: (0, True, None, 0.0, 0.0, np.ones(0), None, 0, None, None, None)),
    "more heads than outputs": changed(
        7, lambda _: (0, True, None, 0.0, 0.0, np.ones(4), None, 0, None, None, None)
    ),
    "heads of two sizes": changed(
        7, lambda _: (0, True, None, 0.0, 0.0, np.ones(2), None, 0, None, None, None)
    ),
    "weights of heads of another type": changed(
        7, lambda _: (0, True, None, 0.0, 0.0, np.ones(3, "f4"), None, 0, None, None, None)
    ),
    "a precision for all outputs, and heads": changed(
        7, lambda _: (5, True, np.ones(9), 0.0, 0.0, np.ones(3), None, 0, None, None, None)
    ),
    "no such optimizer": changed(8, lambda _: (-1, 0.0, 0.0, 0.0, 0.0, 0.0)),
    "another optimizer's state": changed(8, lambda _: (0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    "rates of another type": changed(9, lambda a: a.astype("f4")),
    "no batch": changed(10, lambda _: 0),
    "a batch below 0": changed(10, lambda _: -7),
    "a batch near the largest number": changed(10, lambda _: 2**62),
    "costs too short": changed(11, lambda a: a[:-1]),
    "costs read-only": changed(11, read_only),
    "an index beyond the columns": changed(3, lambda _: (csr.data, csr.indices + 5, csr.indptr, 60, 9)),
    "an index below 0": changed(3, lambda _: (csr.data, csr.indices - 1, csr.indptr, 60, 9)),
    "an indptr too short": changed(3, lambda _: (csr.data, csr.indices, csr.indptr[:-1], 60, 9)),
    "an indptr beyond the entries": changed(3, lambda _: (csr.data, csr.indices, csr.indptr + 500, 60, 9)),
    "an indptr that falls": changed(3, lambda _: (csr.data, csr.indices, csr.indptr[::-1].copy(), 60, 9)),
    "indices of two types": changed(3, lambda _: (csr.data, csr.indices.astype("i8"), csr.indptr, 60, 9)),
    "more indices than data": changed(3, lambda _: (csr.data[:-1], csr.indices, csr.indptr, 60, 9)),
    "rows below 0": changed(3, lambda _: (csr.data, csr.indices, csr.indptr, -1, 9)),
}


def test_the_arguments_that_are_made_worse_below_are_good():
    assert _native.train(*core_arguments()) == 3
    X = (csr.data, csr.indices, csr.indptr, 60, 9)
    assert _native.train(*changed(3, lambda _: X)(core_arguments())) == 3


@pytest.mark.parametrize("case", HOSTILE)
def test_bad_arguments_are_refused_before_anything_is_read_or_written(case):
    arguments = HOSTILE[case](core_arguments())
    with pytest.raises((TypeError, ValueError, IndexError, RuntimeError)):
        _native.train(*arguments)


i4, i8, u1 = np.int32, np.int64, np.uint8
BAD_PLANS = {
    "a source above": ([2, 1], [(np.array([0, 2], i4), None)], 3),
    "a source below 0": ([2, 1], [(np.array([0, -1], i4), None)], 3),
    "a source twice": ([2, 1], [(np.array([1, 1], i4), None)], 3),
    "no sources": ([2, 1], [(np.array([], i4), None)], 3),
    "starts too short": ([2, 2], [(np.array([0, 1], i4), np.array([0, 2], i8))], 4),
    "starts beyond the covers": ([2, 1], [(np.array([0, 1], i4), np.array([0, 3], i8))], 3),
    "starts that fall": ([2, 2], [(np.array([0, 1], i4), np.array([0, 3, 2], i8))], 4),
    "starts below 0": ([2, 1], [(np.array([0, 1], i4), np.array([-1, 2], i8))], 3),
    "a rank below 0": ([2, -1], [(np.array([0, 1], i4), None)], 1),
    "a rank without end": ([2, 2**40], [(np.array([0, 1], i4), None)], 3),
    "no inputs": ([0, 1], [(np.array([0], i4), None)], 1),
    "a layer too many": ([2, 1], [(np.array([0, 1], i4), None)] * 2, 3),
    "no layers": ([2], [], 2),
    "too few activations": ([2, 1], [(np.array([0, 1], i4), None)], 2),
}


def as_layers(pairs):
    """The layers of sources and starts, none of which runs as a product."""
    return [(*pair, False) for pair in pairs]


def test_a_plan_that_is_made_worse_above_is_good():
    layers = as_layers([(np.array([0, 1], i4), None), (np.array([2, 3], i4), np.array([0, 1, 2], i8))])
    assert _native.Plan([2, 2, 2], layers, np.zeros(6, u1), [1, 1, 1]).n_parameters == 10


@pytest.mark.parametrize("case", BAD_PLANS)
def test_a_plan_that_points_outside_of_itself_is_refused(case):
    sizes, layers, n = BAD_PLANS[case]
    with pytest.raises(ValueError):
        _native.Plan(sizes, as_layers(layers), np.zeros(n, u1), [1] * len(sizes))


def test_activations_that_are_not_there_or_do_not_mix_are_refused():
    layer = as_layers([(np.array([0], i4), None)])
    assert _native.Plan([1, 2], layer, np.array([0, 10, 10], u1), [1, 2]).n_parameters == 4
    for codes in ([0, 99, 0], [0, 10, 1]):
        with pytest.raises(ValueError):
            _native.Plan([1, 2], layer, np.array(codes, u1), [1, 1])


@pytest.mark.parametrize("blocks", [[1], [1, 1, 1], [1, 0], [1, -1], [1, 3], [1, 2**62]])
def test_blocks_of_a_softmax_that_do_not_fit_its_rank_are_refused(blocks):
    layer = as_layers([(np.array([0], i4), None)])
    with pytest.raises(ValueError, match="block"):
        _native.Plan([1, 2], layer, np.array([0, 10, 10], u1), blocks)


def test_forward_and_gradient_check_their_results_places_too():
    goal, theta, X, Y = problem("dense")
    mine = native._laid_out(goal.plan)
    for places, out in (
        (mine.places[3] + 1, np.empty((60, 3))),
        (mine.places[3] - 99, np.empty((60, 3))),
        (mine.places[3], np.empty((60, 2))),
        (mine.places[3], np.empty((59, 3))),
        (mine.places[3], np.empty((60, 3), "f4")),
        (mine.places[3], np.empty((60, 3), order="F")),
    ):
        with pytest.raises((ValueError, TypeError)):
            _native.forward(mine.core, theta, X, 3, places, out)
    with pytest.raises(ValueError):
        _native.forward(mine.core, theta, X, 4, mine.places[3], np.empty((60, 3)))
    with pytest.raises(ValueError):
        _native.gradient(
            mine.core,
            theta,
            X,
            Y,
            None,
            (0, True, None, 0.0, 0.0, None, None, 0, None, None, None),
            np.empty(len(theta) - 1),
        )


EXAMPLES = np.arange(60)
BAD_MASKS = {
    "too few rates": (np.full(1, 0.5), 7, 0, EXAMPLES, None),
    "a rate of 1": (np.full(3, 1.0), 7, 0, EXAMPLES, None),
    "a rate below 0": (np.full(3, -0.1), 7, 0, EXAMPLES, None),
    "rates of another type": (np.full(3, 0.5, "f4"), 7, 0, EXAMPLES, None),
    "too few examples": (np.full(3, 0.5), 7, 0, EXAMPLES[:-1], None),
    "examples of another type": (np.full(3, 0.5), 7, 0, EXAMPLES.astype("i4"), None),
    "no examples": (np.full(3, 0.5), 7, 0),
    "nothing of what is spared": (np.full(3, 0.5), 7, 0, EXAMPLES),
    "spared features of another type": (np.full(3, 0.5), 7, 0, EXAMPLES, np.zeros(99, "f4")),
    "too few features spared or not": (np.full(3, 0.5), 7, 0, EXAMPLES, np.zeros(1, np.uint8)),
}


def masked_gradient(masks):
    goal, theta, X, Y = problem("dense")
    core, J = native._laid_out(goal.plan).core, (0, True, None, 0.0, 0.0, None, None, 0, None, None, None)
    return _native.gradient(core, theta, X, Y, None, J, np.empty_like(theta), masks)


def test_the_masks_that_are_made_worse_above_are_good():
    assert np.isfinite(masked_gradient((np.full(3, 0.5), 7, 0, EXAMPLES, None)))


@pytest.mark.parametrize("case", BAD_MASKS)
def test_bad_masks_of_a_gradient_are_refused(case):
    with pytest.raises((TypeError, ValueError, RuntimeError)):
        masked_gradient(BAD_MASKS[case])


# ------------------------------------------------------------------ levels and threads by name


def test_levels_and_threads_are_chosen_by_name_and_number(threads):
    assert native.level in native.levels()
    assert native.levels()[-1] == "baseline"
    with pytest.raises(ParameterError, match="instruction level 'avx1024'"):
        native.use_level("avx1024")
    for n in (0, -1, 1.5, True, 10**6):
        with pytest.raises(ParameterError, match="number of threads"):
            native.set_threads(n)


def test_the_environment_chooses_level_and_threads():
    program = "from hassenet.engines import native; print(native.level, native.threads())"
    environment = {**os.environ, "HASSENET_LEVEL": "baseline", "HASSENET_NUM_THREADS": "3"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout == "baseline 3\n"


@pytest.mark.parametrize(
    ("ours", "openmp", "expected"),
    [("", "4,2", 4), ("", " 1", 1), ("", "3, 2, 1", 3), ("2", "4", 2), ("5,1", "", 5)],
)
def test_of_a_list_of_numbers_of_threads_the_first_holds(monkeypatch, ours, openmp, expected):
    monkeypatch.setenv("HASSENET_NUM_THREADS", ours)
    monkeypatch.setenv("OMP_NUM_THREADS", openmp)
    assert default_threads() == expected


@pytest.mark.parametrize("value", ["0", "many", "2000", "-1", "1.5"])
def test_a_number_of_threads_that_cannot_be_used_is_not_every_processor(monkeypatch, value):
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    monkeypatch.delenv("HASSENET_NUM_THREADS", raising=False)
    with pytest.warns(UserWarning, match="OMP_NUM_THREADS is a whole number from 1 to 1024"):
        assert default_threads() == 1
    monkeypatch.setenv("HASSENET_NUM_THREADS", value)
    with pytest.raises(ParameterError, match="HASSENET_NUM_THREADS"):
        default_threads()


def test_plans_are_forgotten_with_their_networks():
    import gc
    import weakref

    net = Network(Hierarchy.complete(3, 2), dtype="float64")
    net(np.ones((1, 3)))
    gone = weakref.ref(native._laid_out(net.plan))
    del net
    gc.collect()
    assert gone() is None
