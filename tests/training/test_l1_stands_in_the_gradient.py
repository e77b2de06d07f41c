"""The proximal step is implicit: as if λ·sign(w⁺), at the weights w⁺ arrived at, had stood in the gradient.

From the parameters after every step the subgradient z that must have stood there can be reckoned back. It must be
one of ‖·‖₁ at w⁺: sign(w⁺) where w⁺ ≠ 0, and in [−1, 1] where w⁺ = 0; and 0 for biases. A velocity that did not
learn of the proximal step would show as a z outside the subdifferential at the next step.
"""

from __future__ import annotations

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import SGD, Momentum, Nesterov
from hassenet.penalties import L1, L2, ElasticNet
from hassenet.schedules import InverseScaling
from hassenet.training import fit
from hassenet.training.objective import gradient

H = Hierarchy.random((5, 6, 2), covers=(18, 9), seed=0).crown(["y", "z"])  # with relays
X = ht.random_array(24, 5, seed=0)
Y = np.tanh(X[:, :2] - X[:, 2:4]) + 0.1 * ht.random_array(24, 2, seed=1)
NET = Network(H, hidden="tanh", dtype="float64", seed=3)
STEPS = 80


def pull(mu, v, theta, arrived):
    """Return α(g + λz) for v ← μv − α(g + λz), θ ← θ + v."""
    return theta + mu * v - arrived


def pull_of_nesterov(mu, v, theta, arrived):
    """Return α(g + λz) for v ← μv − α(g + λz), θ ← θ + μv − α(g + λz)."""
    return (theta + mu**2 * v - arrived) / (1 + mu)


RULES = [
    (SGD(0.05), 0.0, pull),
    (Momentum(0.02, 0.9), 0.9, pull),
    (Momentum(0.02, 0.0), 0.0, pull),
    (Momentum(0.001, 1.0), 1.0, pull),
    (Nesterov(0.02, 0.9), 0.9, pull_of_nesterov),
    (Nesterov(0.02, 0.5), 0.5, pull_of_nesterov),
    (Nesterov(InverseScaling(0.2), 0.9), 0.9, pull_of_nesterov),
]


@pytest.mark.parametrize(
    ("penalty", "l1", "smooth"), [(L1(0.05), 0.05, None), (ElasticNet(0.05, 0.1), 0.05, L2(0.1))]
)
@pytest.mark.parametrize(("optimizer", "mu", "pull"), RULES)
def test_every_step_has_a_subgradient_at_the_weights_it_arrives_at(
    optimizer, mu, pull, penalty, l1, smooth, engine
):
    path = [NET.theta]
    run = fit(
        NET, X, Y, "squared_error", penalty=penalty, optimizer=optimizer, batch_size=24, epochs=STEPS, engine=engine,
        callbacks=[lambda row, net: path.append(net.theta)],
    )  # fmt: skip
    is_weight = np.zeros(NET.n_parameters, bool)
    for w in NET.plan.weights:
        is_weight[w] = True
    v, zeros = np.zeros(NET.n_parameters), 0
    for rate, theta, arrived in zip(run.column("rate"), path, path[1:], strict=False):
        g = gradient(NET.with_theta(theta), X, Y, "squared_error", smooth, engine=engine).gradient.vector
        pulled = pull(mu, v, theta, arrived)
        z = (pulled / rate - g) / l1
        w, z_w = arrived[is_weight], z[is_weight]
        np.testing.assert_allclose(z_w[w != 0], np.sign(w[w != 0]), atol=1e-7)
        assert abs(z_w[w == 0]).max(initial=0) <= 1 + 1e-7
        np.testing.assert_allclose(z[~is_weight], 0, atol=1e-7)
        v = mu * v - pulled
        zeros += int((w == 0).sum())
    assert zeros > 0
    assert (path[-1][is_weight] != 0).any()
