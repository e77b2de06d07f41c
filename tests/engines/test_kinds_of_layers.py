"""Complete, masked and sparse: how a layer is computed changes its speed and nothing else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import hassenet as hn
from hassenet.engines import plan
from hassenet.hierarchy import Hierarchy

HIERARCHIES = {
    "sparse": lambda: Hierarchy.random((9, 8, 7, 3), covers=(60, 45, 18), seed=0),
    "relays": lambda: Hierarchy.random((9, 8, 7, 5), covers=(60, 45, 30), seed=2).crown(
        ["a", "b"], over="all"
    ),
    "large": lambda: Hierarchy.random((1100, 1000, 3), covers=(1_050_000, 2_500), seed=1),  # to the BLAS
}
OPTIMIZERS = {"sgd": hn.SGD(0.01), "adam": hn.Adam(0.001)}
OPTIONS = {"plain": {}, "penalty and dropout": {"penalty": hn.L2(0.1), "dropout": 0.3}}


@cache
def hierarchy(kind):
    return HIERARCHIES[kind]()


def data(H, m=60):
    rng = np.random.default_rng(0)
    return rng.normal(size=(m, H.shape[0])), rng.normal(size=(m, H.shape[-1]))


def network(kind, masked_from):
    """Return a network whose layers are masked from a share of pairs on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "_MASKED_FROM", masked_from)
        patch.setattr(plan, "_MASKED_COVERS", 0)
        net = hn.Network(hierarchy(kind), hidden="tanh", seed=0, dtype="float64")
        assert ("masked" in {layer.kind for layer in net.plan.layers}) == (masked_from == 0.0)
    return net


def learned(net, engine, optimizer, options):
    """What a network learns in a few steps, and the gradient there."""
    X, Y = data(net.hierarchy)
    run = {"optimizer": OPTIMIZERS[optimizer], "epochs": 1, "batch_size": 30, **OPTIONS[options]}
    fit = hn.fit(net, X, Y, engine=engine, **run)
    return fit.network.theta, hn.gradient(fit.network, X, Y, engine=engine).gradient.vector


@cache
def learned_as_sparse(kind, optimizer, options):
    """What the readable engine learns of layers that are not masked."""
    return learned(network(kind, masked_from=2.0), "reference", optimizer, options)


@pytest.mark.parametrize("kind", HIERARCHIES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("options", OPTIONS)
def test_a_masked_layer_learns_what_a_sparse_one_does(engine, kind, optimizer, options):
    net, expected = network(kind, masked_from=0.0), learned_as_sparse(kind, optimizer, options)
    X, _ = data(net.hierarchy)
    np.testing.assert_allclose(net(X), net.hidden_features(X, net.hierarchy.depth), rtol=1e-12)
    for found, of_sparse in zip(learned(net, engine, optimizer, options), expected, strict=True):
        np.testing.assert_allclose(found, of_sparse, rtol=1e-9, atol=1e-12)


def test_elements_far_apart_and_close_together_are_counted_alike(engine):
    """In the first layer lower elements are 70,000 apart, which 16 bits cannot tell; in the next they are near."""
    H = Hierarchy.random((70_000, 50, 20, 3), covers=(5_000, 300, 30), seed=0)
    net = hn.Network(H, seed=0, dtype="float64")
    X, Y = data(H, 20)
    one, other = (hn.gradient(net, X, Y, engine=e).gradient.vector for e in (engine, "reference"))
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-13)


def test_engines_agree_where_16_bits_cannot_count_the_elements_above_the_features(engine):
    H = Hierarchy.random((50, 66_000, 3), covers=(70_000, 66_500), seed=0)
    net = hn.Network(H, hidden="tanh", seed=0, dtype="float64")
    X, Y = data(H, 8)
    one, other = (hn.gradient(net, X, Y, engine=e).gradient.vector for e in (engine, "reference"))
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-13)


def test_the_plan_says_how_each_layer_is_computed():
    H = Hierarchy.random((1000, 500, 20, 2), covers=(480_000, 500, 40), seed=0)
    assert (
        repr(hn.Network(H).plan)
        == "Plan(1000-500: masked, 0.96 of pairs; 500-20: sparse, 0.05 of pairs; 20-2: complete)"
    )
    crowned = Hierarchy.random((6, 4, 3), density=0.5, seed=0).crown(["y"], over="all")
    assert "relays" in repr(hn.Network(crowned).plan)
