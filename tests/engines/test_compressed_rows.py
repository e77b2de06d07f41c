"""Compressed rows: the values of the same data written out, at the cost of the entries that are there."""

from __future__ import annotations

import resource

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

import hassenet as hn
from hassenet.engines import available

HIERARCHIES = {
    "complete": lambda: hn.Hierarchy.complete(300, 45, 7),
    "narrow": lambda: hn.Hierarchy.complete(2000, 3, 1),
    "sparse": lambda: hn.Hierarchy.random((300, 200, 7), density=0.1, seed=0),
    # outputs look at features too, through relays
    "relays": lambda: hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")]).crown(
        ["y"], over="all"
    ),
}
TOLERANCE = {"float32": {"rtol": 1e-3, "atol": 1e-4}, "float64": {"rtol": 1e-9, "atol": 1e-12}}


def compressed(m, n, share, seed=1, index=np.int32):
    X = csr_array(random_array((m, n), density=share, rng=np.random.default_rng(seed), format="csr"))
    return csr_array((X.data, X.indices.astype(index), X.indptr.astype(index)), shape=X.shape)


@pytest.fixture(params=HIERARCHIES)
def H(request):
    return HIERARCHIES[request.param]()


@pytest.mark.parametrize("share", [0.0, 0.0005, 0.02, 0.2, 1.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_and_gradients_are_those_of_the_data_written_out(engine, H, share, dtype):
    net = hn.Network(H, hidden="tanh", seed=0, dtype=dtype)
    X = compressed(601, H.shape[0], share)
    Y = np.random.default_rng(2).normal(size=(601, H.shape[-1]))
    np.testing.assert_allclose(net(X), net(X.toarray()), **TOLERANCE[dtype])
    options = {"penalty": hn.L2(0.1), "sample_weight": np.linspace(0, 2, 601)}
    one = hn.gradient(net, X, Y, engine=engine, **options)
    other = hn.gradient(net, X.toarray(), Y, engine="reference", **options)
    assert one.cost == pytest.approx(other.cost, rel=1e-5)
    np.testing.assert_allclose(one.gradient.vector, other.gradient.vector, **TOLERANCE[dtype])


@pytest.mark.parametrize("optimizer", [hn.SGD(0.01), hn.Adam(0.001)], ids=["sgd", "adam"])
@pytest.mark.parametrize("penalty", [None, hn.L2(0.1)], ids=["plain", "l2"])
@pytest.mark.parametrize("share", [0.0005, 0.02, 0.2])
def test_training_is_that_on_the_data_written_out(engine, H, share, optimizer, penalty):
    net = hn.Network(H, hidden="gelu", seed=0, dtype="float64")
    X = compressed(205, H.shape[0], share, index=np.int64)
    Y = np.random.default_rng(2).normal(size=(205, H.shape[-1]))
    options = {"optimizer": optimizer, "penalty": penalty, "epochs": 2, "batch_size": 50}
    options |= {"dropout": 0.2, "input_dropout": 0.3}
    one = hn.fit(net, X, Y, engine=engine, **options).network.theta
    other = hn.fit(net, X.toarray(), Y, engine="reference", **options).network.theta
    np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("index", [np.int32, np.int64])
def test_entries_given_twice_are_added_and_their_order_does_not_matter(engine, index):
    net = hn.Network(hn.Hierarchy.complete(400, 9, 2), seed=0, dtype="float64")
    data, columns = np.array([1.0, 2.0, 4.0, 8.0]), np.array([399, 3, 399, 3], index)
    X = csr_array((data, columns, np.array([0, 3, 3, 4], index)), shape=(3, 400))
    written_out = np.zeros((3, 400))
    written_out[0, [399, 3]], written_out[2, 3] = [5.0, 2.0], 8.0
    Y = np.ones((3, 2))
    for features in (X, written_out):
        cost, gradient = hn.gradient(net, features, Y, engine=engine)
        if features is X:
            first = cost, gradient.vector
    assert first[0] == pytest.approx(cost, rel=1e-12)
    np.testing.assert_allclose(first[1], gradient.vector, rtol=1e-10, atol=1e-14)


@pytest.mark.skipif(
    "native" not in available(), reason="only the compiled engine has threads and such a path"
)
class TestCompiled:
    def test_the_bits_are_the_same_for_every_number_of_threads(self, H):
        net = hn.Network(H, seed=0)
        X = compressed(600, H.shape[0], 0.02)
        Y = np.random.default_rng(2).normal(size=(600, H.shape[-1]))
        results = [
            hn.fit(
                net, X, Y, optimizer=hn.SGD(0.01), batch_size=200, epochs=2, n_threads=n
            ).network.theta.tobytes()
            for n in (1, 2, 3)
        ]
        assert len(set(results)) == 1

    def test_a_million_features_that_are_rarely_there_are_not_written_out(self):
        """A batch written out would take 2 GB."""
        m, n = 2_000, 1_000_000
        net = hn.Network(hn.Hierarchy.complete(n, 4, 1), seed=0)
        X = compressed(m, n, 20 / n)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        hn.fit(net, X, np.ones(m), optimizer=hn.SGD(0.01), batch_size=512, epochs=1)
        net(X)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kilobytes
