"""Normalisation while training: the signal of each hidden neuron is standardised over the batch.

With pᵢ = wᵢ/Σw over the batch, z = W⁽ˡ⁾x⁽ˡ⁾, μ = Σ pᵢzᵢ, v = Σ pᵢ(zᵢ − μ)², and of relays and outputs nothing changed,

    t = (z − μ)/√(v + ε)        s⁽ˡ⁾ = t + b⁽ˡ⁾
    ∂J/∂zᵢ = (δᵢ − pᵢ Σⱼδⱼ − pᵢtᵢ Σⱼδⱼtⱼ)/√(v + ε)        ∂J/∂b⁽ˡ⁾ = Σᵢδᵢ        ∂J/∂W⁽ˡ⁾ = Σᵢ ∂J/∂zᵢ xᵢ⁽ˡ⁾ᵀ
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.engines import formulas
from hassenet.engines.dropout import Masks
from hassenet.engines.given import Given
from hassenet.engines.objective import Objective
from hassenet.engines.plan import Layer, Plan

Array = NDArray[Any]
Indices = NDArray[np.int64]


@final
@dataclass(frozen=True)
class Normalisation:
    """Signals of hidden neurons standardised over the batch (Ioffe and Szegedy, 2015, without a factor of its own).

    Parameters
    ----------
    epsilon : float
        ε > 0 beside the variance: a signal that does not vary becomes the bias.

    Examples
    --------
    >>> t, root = Normalisation(epsilon=0.0).standardised(np.array([[1.0, 3.0]]), np.array([0.5, 0.5]))
    >>> t, root
    (array([[-1.,  1.]]), array([[1.]]))
    """

    epsilon: float = 1e-5

    def standardised(self, z: Array, p: Array) -> tuple[Array, Array]:
        """Return t = (z − μ)/√(v + ε) of each row of z, and √(v + ε) as a column."""
        centred = z - (z @ p)[:, None]
        root = np.sqrt(centred**2 @ p + self.epsilon)[:, None]
        return centred / root, root


class _Layer(NamedTuple):
    """A layer on a batch: x⁽ˡ⁾ as W⁽ˡ⁾ reads it, t and √(v + ε) of the rows that are standardised, s⁽ˡ⁾ and G(s⁽ˡ⁾)."""

    plan: Layer
    rows: Indices
    x: Array
    t: Array
    root: Array
    s: Array
    above: Array


def signals(normalisation: Normalisation, plan: Plan, theta: Array, data: Given) -> tuple[Array, ...]:
    """Return the signals s⁽⁰⁾, …, s⁽ᴰ⁻¹⁾ of each example of a batch, (m, nᵢ₊₁) each."""
    x, p = formulas.columns(data.X, slice(None), theta.dtype), _shares(data, theta.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return tuple(
            layer.s.T for layer in _feed_forward(normalisation, plan, theta, x, p, [None] * plan.depth)
        )


def gradient(
    normalisation: Normalisation,
    plan: Plan,
    objective: Objective,
    theta: Array,
    data: Given,
    masks: Masks | None = None,
) -> tuple[float, Array]:
    """Return J of the normalised network on a batch, and ∂J/∂θ through the statistics, laid out like θ."""
    value, grad = formulas.penalty(plan, objective, theta)
    x, y = (formulas.columns(part, slice(None), theta.dtype) for part in (data.X, data.Y))
    p, M = _shares(data, theta.dtype), formulas.masks_of_ranks(plan, masks, theta.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        *hidden, last = _feed_forward(normalisation, plan, theta, x, p, M)
        top = formulas.known(objective, last.s, data) if objective.loss.looks_at_others else objective.top
        d = top.delta(last.s, y) * p
        formulas.add_gradient(last.plan, grad, d, last.x)
        below = last.plan.W(theta).T @ d
        for layer, mask in zip(reversed(hidden), reversed(M), strict=False):
            delta = layer.plan.G.pullback(layer.s, layer.above, formulas.masked(mask, below))
            d = _through_the_statistics(layer, delta, p)
            formulas.add_weight_gradient(layer.plan, grad, d, layer.x)
            formulas.add_bias_gradient(layer.plan, grad, delta)
            below = layer.plan.W(theta).T @ d
        return value + float(top.value(last.s, y) @ p), grad


def _feed_forward(
    normalisation: Normalisation, plan: Plan, theta: Array, x: Array, p: Array, M: Sequence[Array | None]
) -> Iterator[_Layer]:
    for layer, mask in zip(plan.layers, M, strict=True):
        rows = layer.free if layer is not plan.layers[-1] else layer.free[:0]
        x = formulas.masked(mask, x)
        s = np.asarray(layer.W(theta) @ x)
        t, root = normalisation.standardised(s[rows], p)
        s[rows] = t
        s = s + layer.b(theta)[:, None]
        above = layer.G.value(s)
        yield _Layer(layer, rows, x, t, root, s, above)
        x = above


def _through_the_statistics(layer: _Layer, delta: Array, p: Array) -> Array:
    """Return ∂J/∂z from δ = ∂J/∂s."""
    d, t, own = delta.copy(), layer.t, delta[layer.rows]
    sums = own.sum(axis=1)[:, None] + t * (own * t).sum(axis=1)[:, None]
    d[layer.rows] = (own - p * sums) / layer.root
    return d


def _shares(data: Given, dtype: np.dtype[Any]) -> Array:
    """Return wᵢ/Σw; all 0 where Σw is 0."""
    return formulas.shares(data).astype(dtype)
