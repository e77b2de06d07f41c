"""δ of the canonical pairs and gelu are exact to a few units in the last place, also where they are tiny."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import calls
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, SquaredError, ZeroInflatedLoss
from hassenet.network import Network

SIZES = np.concatenate([np.linspace(0, 60, 41), np.geomspace(60, 1e4, 15)])
SIGNALS = np.concatenate([-SIZES, SIZES])


def units(found, exact, dtype):
    """Return how many units in the last place numbers are off; below the normal numbers all units are of one size."""
    found, exact = (np.asarray(a, np.longdouble) for a in (found, exact))
    least = np.longdouble(np.finfo(dtype).tiny)
    return abs(found - exact) / (np.finfo(dtype).eps * np.maximum(abs(exact), least))


def sigmoid_less(y, s):
    """σ(s) − y, for y = 1 as −σ(−s): no subtraction, for which 60 digits would not be enough."""
    s = mpmath.mpf(float(s))
    return -1 / (1 + mpmath.exp(s)) if y else 1 / (1 + mpmath.exp(-s))


def exactly(f, s):
    with mpmath.workdps(60):
        return np.array([np.longdouble(mpmath.nstr(f(value), 30)) for value in s])


def slopes(engine, net, loss, s, Y):
    """Return ∂J/∂s of each example, from the gradient of a bias with one example a time."""
    goal, n = calls.goal(net, loss), net.hierarchy.shape[-1]
    X = s[:, None]
    return np.array([calls.gradient(engine, goal, net.theta, X[[i]], Y[[i]])[1][-n:] for i in range(len(s))])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_the_delta_of_a_probability_is_exact_to_four_units(engine, dtype, y):
    s = SIGNALS.astype(dtype)
    net = Network(Hierarchy.complete(1, 1), output="sigmoid", dtype=dtype, theta=[1, 0])
    found = slopes(engine, net, BinaryCrossEntropy(), s, np.full((len(s), 1), y))[:, 0]
    exact = exactly(lambda v: sigmoid_less(y, v), s)
    assert units(found, exact, dtype).max() <= 4


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("j", [0, 1])
def test_the_deltas_of_two_classes_are_exact_to_four_units(engine, dtype, j):
    s = SIGNALS.astype(dtype)
    net = Network(Hierarchy.complete(1, 2), output="softmax", dtype=dtype, theta=[0, 1, 0, 0])
    found = slopes(engine, net, CrossEntropy(), s, np.eye(2)[np.full(len(s), j)])
    for k in (0, 1):
        exact = exactly(lambda v, k=k: sigmoid_less(k == j, v if k else -v), s)
        assert units(found[:, k], exact, dtype).max() <= 4


def test_a_target_between_two_classes_is_still_their_difference(engine):
    net = Network(Hierarchy.complete(1, 1), output="sigmoid", dtype="float64", theta=[1, 0])
    s, y = np.linspace(-5, 5, 11), np.linspace(0, 1, 11)[:, None]
    found = slopes(engine, net, BinaryCrossEntropy(), s, y)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-s))[:, None] - y, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gelu_and_its_slope_are_exact_in_the_tail(engine, dtype):
    s = np.linspace(-37 if dtype == "float64" else -12, -2, 61).astype(dtype)
    net = Network(Hierarchy.complete(1, 1), output="gelu", dtype=dtype, theta=[1, 0])
    with mpmath.workdps(60):
        cdf, density = (exactly(f, s) for f in (mpmath.ncdf, mpmath.npdf))
    value = calls.value(engine, net, s[:, None])[:, 0]
    assert units(value, s * cdf, dtype).max() <= 8
    # δ of (G(s) − y)² with y = G(s) − ½ is G′(s), as long as G(s) − ½ is exact enough to leave 1
    slope = slopes(engine, net, SquaredError(), s, value[:, None] - 0.5)[:, 0]
    assert units(slope, cdf + s.astype(np.longdouble) * density, dtype).max() <= 12


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("s", [-5.0, 0.0, 3.0])
def test_the_delta_of_a_zero_that_is_added_is_exact_where_it_is_tiny(dtype, s):
    z = np.linspace(-60, 60, 81).astype(dtype)

    def exact(v):
        e, p = mpmath.exp(-mpmath.mpf(float(v))), mpmath.exp(-mpmath.exp(s))
        return 1 / (1 + e) - 1 / (1 + e * p)

    found = ZeroInflatedLoss().delta(np.stack([np.full_like(z, s), z]), np.zeros((1, len(z)), dtype))[1]
    assert units(found, exactly(exact, z), dtype).max() <= 16
