"""Regressions of one target on many small designs, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.likelihoods import GaussianLoss, Loss

Array = NDArray[Any]
Mask = NDArray[np.bool_]

_RIDGE = 0.003  # λ on what an element says: a design of few columns needs little more than not to be singular
_LEAST_VARIANCE = 1e-6  # of numbers in deviations: what float32 tells apart
_FIRM, _STEPS, _LONGEST = 1e-6, 30, 2.0
_TOLERANCE = 1e-3  # of a step; what is left after it is about its square
_NUMBERS_AT_ONCE = 300_000  # what a processor keeps at hand


def log_likelihoods(
    loss: Loss, designs: Array, beside: Array, Y: Array, learned: Mask, added: Array | None = None
) -> Array:
    """Return the log-likelihood of every row, learned from or not, up to the constants of the loss, (E, m).

    Each of E elements has a regression of its own, with the loss's canonical output and the signal

        s = U θ + Z B + a,

    that minimises the mean cost over the rows to learn from + (λ/2) ‖θ‖², by Newton's method. Numbers are Gaussian
    with the variance that the regression leaves of these rows.

    Parameters
    ----------
    designs : (E, a, k, m) array
        U of each element, transposed: k are the outputs of the loss, m the examples. Its type is computed in.
    beside : (m, q) array
        Z, the same for all: the intercept, and covariates.
    Y : (m, k) array
    learned : (m,) array of bool
    added : (m,) array, optional
        a, of a loss of one output.

    Examples
    --------
    >>> from hassenet.likelihoods import BinaryCrossEntropy
    >>> u, learned = np.array([-1.0, 1.0, -1.0, 1.0, 1.0]), np.array([True, True, True, True, False])
    >>> Y = np.array([[0.0], [1.0], [1.0], [1.0], [1.0]])
    >>> log_likelihoods(BinaryCrossEntropy(), 0 * u.reshape(1, 1, 1, 5), np.ones((5, 1)), Y, learned).round(
    ...     3
    ... )
    array([[-1.386, -0.288, -0.288, -0.288, -0.288]])
    """
    y, Z = Y.T.astype(designs.dtype), _beside(beside, Y.shape[1]).astype(designs.dtype)
    a = None if added is None else added.astype(designs.dtype)
    start = _minimum(loss, Z[..., learned], y[:, learned], _of(a, learned), np.zeros((1, Z.shape[1])))
    found = [_fitted(loss, U, Z, y, a, learned, start) for U in _portions(designs, Z.shape[1])]
    return np.concatenate(found)


def signals(
    loss: Loss, beside: Array, Y: Array, added: Array | None = None, learned: Any = slice(None)
) -> Array:
    """Return the signals ZB, (m, k), of the regression on Z alone of the rows to learn from; ``added`` is not in them.

    Examples
    --------
    >>> from hassenet.likelihoods import BinaryCrossEntropy
    >>> signals(BinaryCrossEntropy(), np.ones((4, 1)), np.array([[1.0], [1.0], [1.0], [0.0]])).T.round(4)
    array([[1.0986, 1.0986, 1.0986, 1.0986]])
    """
    Z = _beside(beside, Y.shape[1])
    theta = _minimum(loss, Z[..., learned], Y[learned].T, _of(added, learned), np.zeros((1, Z.shape[1])))
    return _signal(Z, theta)[0].T


def free_outputs(k: int) -> Array:
    """Return a row for each output that has coefficients of its own, (max(1, k − 1), k): the last class has none.

    Signals of classes are told apart by their differences alone; a coefficient more would have no minimum.

    Examples
    --------
    >>> free_outputs(3)
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """
    return np.eye(max(1, k - 1), k)


def _beside(Z: Array, k: int) -> Array:
    """Return Z as a design: a coefficient for each free one of k outputs, (1, P, k, m)."""
    return np.einsum("mq,ij->qijm", Z, free_outputs(k)).reshape(1, -1, k, len(Z))


def _portions(designs: Array, more: int) -> Iterator[Array]:
    """Yield the designs, as many at once as are computed fast."""
    E, a, k, m = designs.shape
    n = max(1, _NUMBERS_AT_ONCE // (m * k * (a + more)))
    return (designs[i : i + n] for i in range(0, E, n))


def _of(added: Array | None, rows: Any) -> Array | float:
    """Return what is added to the signals of some rows."""
    return 0.0 if added is None else added[rows]


def _fitted(
    loss: Loss, U: Array, Z: Array, y: Array, added: Array | None, learned: Mask, start: Array
) -> Array:
    E, a = U.shape[:2]
    D = np.concatenate([U, np.broadcast_to(Z, (E, *Z.shape[1:]))], axis=1)
    begin = np.hstack([np.zeros((E, a)), np.repeat(start, E, axis=0)])
    theta = _minimum(loss, D[..., learned], y[:, learned], _of(added, learned), begin, shrunk=a)
    s = _signal(D, theta) + _of(added, slice(None))
    cost = loss.value_at_signal(_joined(s), np.tile(y, E)).reshape(E, -1)
    return _with_variance(cost, learned) if isinstance(loss, GaussianLoss) else -cost


def _with_variance(half_squares: Array, learned: Mask) -> Array:
    """Return the Gaussian log-likelihood, up to a constant, with the variance of the rows learned from."""
    variance = np.maximum(2 * half_squares[:, learned].mean(axis=1, keepdims=True), _LEAST_VARIANCE)
    return -half_squares / variance - np.log(variance) / 2


def _minimum(loss: Loss, D: Array, y: Array, added: Array | float, theta: Array, shrunk: int = 0) -> Array:
    """Return θ of each design, (E, P), the first of which are shrunk, by Newton's steps of limited length."""
    E, P, _, m = D.shape
    rows, y = D.reshape(E, P, -1), np.tile(y, E)
    penalty = np.where(np.arange(P) < shrunk, _RIDGE, _FIRM)
    for _ in range(_STEPS):
        s = _signal(D, theta) + added
        slope = (rows @ _split(loss.delta(_joined(s), y), E).reshape(E, -1, 1))[..., 0] / m + penalty * theta
        H = _curved(loss, s, y, D).reshape(E, P, -1) @ rows.swapaxes(1, 2) / m + np.diag(penalty)
        step = np.linalg.solve(H, slope[..., None])[..., 0]
        theta = theta - step / np.maximum(1, np.linalg.norm(step, axis=1, keepdims=True) / _LONGEST)
        if np.abs(step).max(initial=0) < _TOLERANCE:
            break
    return theta


def _signal(D: Array, theta: Array) -> Array:
    """Return the signals of each design, (E, k, m)."""
    E, P, k, m = D.shape
    return (theta[:, None].astype(D.dtype) @ D.reshape(E, P, -1)).reshape(E, k, m)


def _joined(s: Array) -> Array:
    """Return (E, k, m) with a column for each example of each design, (k, E·m)."""
    return s.swapaxes(0, 1).reshape(s.shape[1], -1)


def _split(s: Array, E: int) -> Array:
    """Undo it."""
    return s.reshape(len(s), E, -1).swapaxes(0, 1)


def _curved(loss: Loss, s: Array, y: Array, D: Array) -> Array:
    """Return (∂²L/∂s²) D, (E, P, k, m)."""
    units, joined = np.eye(s.shape[1], dtype=s.dtype)[:, :, None], _joined(s)
    columns = (
        _split(loss.curvature(joined, y, np.broadcast_to(unit, joined.shape)), len(s)) for unit in units
    )
    return reduce(np.add, (W[:, None] * D[:, :, [j]] for j, W in enumerate(columns)))
