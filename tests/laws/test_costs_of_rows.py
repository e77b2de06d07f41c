"""A loss and a model have one number an example, and say so where shapes do not fit; counts stay finite."""

from __future__ import annotations

import numpy as np
import pytest

from hassenet.errors import ShapeError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import LOSSES, GaussianLoss
from hassenet.network import Network
from hassenet.training.objective import cost, gradient

EVERY_LOSS = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
P = np.array([0.2, 0.9, 0.4])
T = np.array([0.0, 1.0, 1.0])


def measures(loss):
    return loss.cost, loss.likelihood.log_prob


@EVERY_LOSS
def test_a_vector_is_one_output_of_many_examples_on_either_side(loss):
    for measure in measures(loss):
        expected = [measure(p, t)[0] for p, t in zip(P[:, None, None], T[:, None, None], strict=True)]
        for prediction in (P, P[:, None], P.tolist()):
            for target in (T, T[:, None], T.tolist(), T.astype(int)):
                found = measure(prediction, target)
                assert found.shape == (3,)
                np.testing.assert_allclose(found, expected, rtol=1e-12)


@EVERY_LOSS
@pytest.mark.parametrize(
    ("a", "b"),
    [((3, 2), (3, 1)), ((3, 1), (3, 2)), ((3,), (2,)), ((3,), (1, 3)), ((3, 1), (1, 3)), ((1, 2), (3, 2))],
)  # fmt: skip
def test_shapes_that_differ_are_refused_with_both_and_never_broadcast(loss, a, b):
    for measure in measures(loss):
        with pytest.raises(ShapeError, match=r"one shape \(m, k\); got .* and .*; reshape"):
            measure(np.full(a, 0.5), np.full(b, 0.5))


@EVERY_LOSS
@pytest.mark.parametrize("kind", [np.uint8, np.int8, bool, np.int64])
def test_bytes_and_booleans_are_not_reckoned_in_their_own_type(loss, kind):
    large = 1 if loss.name in ("cross_entropy", "binary_cross_entropy") or kind is bool else 120
    prediction, target = np.array([[large, 1], [1, large]], kind), np.array([[1, 0], [1, 0]], kind)
    for measure in measures(loss):
        with np.errstate(divide="ignore"):  # a certain prediction that is wrong costs infinity
            np.testing.assert_array_equal(
                measure(prediction, target), measure(prediction.astype(float), target.astype(float))
            )
            np.testing.assert_array_equal(
                measure(target, prediction), measure(target.astype(float), prediction.astype(float))
            )


def test_a_full_covariance_takes_bytes_too():
    loss = GaussianLoss([[2.0, 0.5], [0.5, 1.0]])
    a, b = np.array([[0, 250]], np.uint8), np.array([[250, 0]], np.uint8)
    np.testing.assert_array_equal(loss.cost(a, b), loss.cost(a.astype(float), b.astype(float)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("outputs", [1, 2, 5, 100])
@pytest.mark.parametrize("y", [0.0, 3.0])
def test_many_poisson_signals_of_ten_thousand_have_a_finite_cost_that_pushes_down(dtype, outputs, y, engine):
    net = Network(Hierarchy.complete(1, outputs), output="exp", dtype=dtype)
    net = net.with_parameters([np.full((outputs, 1), 1e4)], [np.zeros(outputs)])
    X, Y = np.ones((50, 1)), np.full((50, outputs), y)
    found = gradient(net, X, Y, engine=engine)
    assert np.isfinite(found.cost)
    assert np.isfinite(cost(net, X, Y, engine=engine))
    assert np.isfinite(found.gradient.vector).all()
    assert (found.gradient.biases[0] > 1e30).all()
