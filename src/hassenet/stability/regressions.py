"""Regressions of one target on many small designs, side by side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hassenet.likelihoods import Loss

Floats = NDArray[np.float64]

RIDGE = (
    0.003  # λ on what an element says; a design of few columns needs little more than that it is not singular
)
_FIRM, _STEPS, _LONGEST, _TOLERANCE = 1e-8, 30, 2.0, 1e-7
_NUMBERS_AT_ONCE = 4_000_000


def log_likelihoods(
    loss: Loss, designs: Floats, beside: Floats, Y: Floats, learned: NDArray[np.bool_]
) -> Floats:
    """Return the log-likelihood of the rows not learned from, up to the constants of the loss, (E, rows).

    Each of E elements has a regression of its own, with the loss's canonical output and the signal

        s = U θ + Z B,

    that minimises the mean cost over the rows to learn from + (λ/2) ‖θ‖², by Newton's method.

    Parameters
    ----------
    designs : (E, m, k, a) array
        U of each element, k the outputs of the loss.
    beside : (m, q) array
        Z, the same for all: the intercept, and covariates.
    Y : (m, k) array
    learned : (m,) array of bool

    Examples
    --------
    >>> from hassenet.likelihoods import GaussianLoss
    >>> u, rows = np.array([-1.0, 1.0, -1.0, 1.0]), np.array([True, True, False, False])
    >>> log_likelihoods(
    ...     GaussianLoss(1.0), u.reshape(1, 4, 1, 1), np.ones((4, 1)), 2 * u[:, None], rows
    ... ).round(3)
    array([[-0., -0.]])
    """
    _, m, k, a = designs.shape
    Z = np.kron(beside, np.eye(k)).reshape(m, k, -1)
    start = _minimum(loss, Z[None, learned], Y[learned], np.zeros((1, Z.shape[2])), a=0)
    found = [
        _held_out(
            loss, np.concatenate([U, np.broadcast_to(Z, (len(U), *Z.shape))], axis=3), Y, learned, start, a
        )
        for U in _portions(designs, Z.shape[2])
    ]
    return np.concatenate(found)


def _portions(designs: Floats, more: int) -> Iterator[Floats]:
    """Yield the designs, as many at once as memory is not to grow with."""
    E, m, k, a = designs.shape
    n = max(1, _NUMBERS_AT_ONCE // (m * k * (a + more)))
    return (designs[i : i + n] for i in range(0, E, n))


def _held_out(loss: Loss, D: Floats, Y: Floats, learned: NDArray[np.bool_], start: Floats, a: int) -> Floats:
    begin = np.hstack([np.zeros((len(D), a)), np.repeat(start, len(D), axis=0)])
    theta = _minimum(loss, D[:, learned], Y[learned], begin, a)
    s, y = _columns(_signal(D[:, ~learned], theta), Y[~learned])
    return -loss.value_at_signal(s, y).reshape(len(D), -1)


def _minimum(loss: Loss, D: Floats, Y: Floats, theta: Floats, a: int) -> Floats:
    """Return θ of each design, (E, P), the first ``a`` of which are shrunk."""
    E, m, k, P = D.shape
    shrink = np.where(np.arange(P) < a, RIDGE, _FIRM)
    rows = D.reshape(E, m * k, P)
    for _ in range(_STEPS):
        s, y = _columns(_signal(D, theta), Y)
        slope = (loss.delta(s, y).T.reshape(E, 1, m * k) @ rows)[:, 0] / m + shrink * theta
        curved = _curved(loss, s, D).reshape(E, m * k, P)
        step = np.linalg.solve(rows.swapaxes(1, 2) @ curved / m + np.diag(shrink), slope[..., None])[..., 0]
        theta = theta - step * np.minimum(
            1, _LONGEST / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-300)
        )
        if np.abs(step).max(initial=0) < _TOLERANCE:
            break
    return theta


def _signal(D: Floats, theta: Floats) -> Floats:
    """Return s = Dθ of each design, (E, m, k)."""
    E, m, k, P = D.shape
    return (D.reshape(E, m * k, P) @ theta[..., None]).reshape(E, m, k)


def _columns(s: Floats, Y: Floats) -> tuple[Floats, Floats]:
    """Return signals and targets with a column for each example of each design, (k, E·m)."""
    E, m, k = s.shape
    return s.reshape(E * m, k).T, np.tile(Y.T, (1, E))


def _curved(loss: Loss, s: Floats, D: Floats) -> Floats:
    """Return (∂²L/∂s²) D, (E, m, k, P)."""
    E, m, k, _ = D.shape
    units = (np.broadcast_to(np.eye(k)[:, [j]], s.shape) for j in range(k))
    W = np.stack([loss.curvature(s, unit).T.reshape(E, m, k) for unit in units], axis=3)
    return W @ D if k > 1 else W * D


def signals(loss: Loss, Z: Floats, Y: Floats) -> Floats:
    """Return the signals ZB of the regression on Z alone, (m, k).

    Examples
    --------
    >>> from hassenet.likelihoods import BinaryCrossEntropy
    >>> signals(BinaryCrossEntropy(), np.ones((4, 1)), np.array([[1.0], [1.0], [1.0], [0.0]])).T.round(4)
    array([[1.0986, 1.0986, 1.0986, 1.0986]])
    """
    D = np.kron(Z, np.eye(Y.shape[1])).reshape(1, len(Z), Y.shape[1], -1)
    return _signal(D, _minimum(loss, D, Y, np.zeros((1, D.shape[3])), a=0))[0]
