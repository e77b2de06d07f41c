"""The closed forms of the mathematics in NumPy and SciPy: the specification of every engine.

Here x, s and δ hold a row an element and a column an example, so that each formula reads as on paper:

    s⁽ⁱ⁾ = W⁽ⁱ⁾x⁽ⁱ⁾ + b⁽ⁱ⁾              x⁽ⁱ⁺¹⁾ = G⁽ⁱ⁺¹⁾s⁽ⁱ⁾
    δ⁽ˡ⁾ = G⁽ˡ⁺¹⁾′(s⁽ˡ⁾) ⊙ W⁽ˡ⁺¹⁾ᵀδ⁽ˡ⁺¹⁾     ∂J/∂W⁽ˡ⁾ = δ⁽ˡ⁾x⁽ˡ⁾ᵀ on the covers     ∂J/∂b⁽ˡ⁾ = δ⁽ˡ⁾

With dropout M⁽ⁱ⁾ ⊙ x⁽ⁱ⁾ stands in the place of x⁽ⁱ⁾, and M⁽ˡ⁺¹⁾ ⊙ W⁽ˡ⁺¹⁾ᵀδ⁽ˡ⁺¹⁾ in that of W⁽ˡ⁺¹⁾ᵀδ⁽ˡ⁺¹⁾.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.activations.rank import RankActivation
from hassenet.engines.dropout import Masks
from hassenet.engines.given import Given
from hassenet.engines.objective import Objective
from hassenet.engines.plan import Layer, Matrix, Plan
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]

# How many numbers of one rank, and how many products of a sparse weight gradient, are held at one time.
_NUMBERS_AT_ONCE = 1 << 22
_PRODUCTS_AT_ONCE = 1 << 20


# ---------------------------------------------------------------- the two sweeps


class AffineLayer(NamedTuple):
    """W⁽ⁱ⁾, b⁽ⁱ⁾ as a column, and G⁽ⁱ⁺¹⁾."""

    W: Matrix
    b: Array
    G: RankActivation


def feed_forward(
    layers: Iterable[AffineLayer], x: Array, read: Callable[[int, Array], Array]
) -> Iterator[tuple[Array, Array]]:
    """Yield x⁽ⁱ⁾ and s⁽ⁱ⁾ from rank to rank.

    Parameters
    ----------
    layers : iterable of AffineLayer
    x : (n₀, m) array
        x⁽⁰⁾.
    read : callable
        From i and x⁽ⁱ⁾ to what W⁽ⁱ⁾ multiplies: x⁽ⁱ⁾, what dropout leaves of it, or the sources of its relays.
    """
    s: Array = x
    G: Callable[[Array], Array] = _itself
    for i, layer in enumerate(layers):
        x = G(s)
        s = layer.W @ read(i, x) + layer.b
        yield x, s
        G = layer.G.value


def back_propagate(
    weights: Sequence[Callable[[], Matrix]], delta: Array, pull: Callable[[int, Array], Array]
) -> Iterator[tuple[int, Array]]:
    """Yield l and δ⁽ˡ⁾ from the last layer down to the first.

    Parameters
    ----------
    weights : sequence of D callables
        They return W⁽⁰⁾, …, W⁽ᴰ⁻¹⁾; that of the first layer is not asked for.
    delta : (n_D, m) array
        δ⁽ᴰ⁻¹⁾.
    pull : callable
        From l and W⁽ˡ⁺¹⁾ᵀδ⁽ˡ⁺¹⁾ to δ⁽ˡ⁾.
    """
    for l in range(len(weights) - 1, 0, -1):  # noqa: E741
        yield l, delta
        delta = pull(l - 1, weights[l]().T @ delta)
    yield 0, delta


def _itself(x: Array) -> Array:
    return x


def _unmasked(_i: int, x: Array) -> Array:
    return x


def _affine_layers(layers: Sequence[Layer], theta: Array) -> Iterator[AffineLayer]:
    """Yield the layers with their parameters, each W made when it is wanted."""
    return (AffineLayer(layer.W(theta), layer.b(theta)[:, None], layer.G) for layer in layers)


# ---------------------------------------------------------------- values


def forward(plan: Plan, theta: Array, X: Any, rank: int | None = None) -> Array:
    """Return the hidden features x⁽ʳᵃⁿᵏ⁾ of each example, (m, n_rank); by default the output Nx."""
    layers = plan.layers[:rank]
    parts = [_features(layers, theta, columns(X, rows, theta.dtype)).T for rows in _chunks(plan, X.shape[0])]
    return np.concatenate(parts)


def _features(layers: Sequence[Layer], theta: Array, x: Array) -> Array:
    """Return the features of the rank above some layers."""
    with np.errstate(over="ignore", invalid="ignore"):
        return layers[-1].G.value(_last_signal(layers, theta, x)) if layers else x


def _last_signal(layers: Sequence[Layer], theta: Array, x: Array) -> Array:
    """Return s of the last layer; nothing below it is kept."""
    return deque(feed_forward(_affine_layers(layers, theta), x, _unmasked), maxlen=1)[0][1]


def features_and_signals(plan: Plan, theta: Array, x: Array) -> tuple[list[Array], list[Array]]:
    """Return x⁽⁰⁾, …, x⁽ᴰ⁻¹⁾ and s⁽⁰⁾, …, s⁽ᴰ⁻¹⁾ of the examples that are the columns of x."""
    xs, ss = zip(*feed_forward(_affine_layers(plan.layers, theta), x, _unmasked), strict=True)
    return list(xs), list(ss)


def signals(plan: Plan, theta: Array, X: Any) -> tuple[Array, ...]:
    """Return the signals s⁽⁰⁾, …, s⁽ᴰ⁻¹⁾ of each example, (m, nᵢ₊₁) each."""
    with np.errstate(over="ignore", invalid="ignore"):
        _, ss = features_and_signals(plan, theta, columns(X, slice(None), theta.dtype))
    return tuple(s.T for s in ss)


# ---------------------------------------------------------------- J and its gradient


def cost(plan: Plan, objective: Objective, theta: Array, data: Given) -> float:
    """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ)."""
    value, L = penalty(plan, objective, theta)[0], objective.top.value
    with np.errstate(over="ignore", invalid="ignore"):
        for rows, w in _weighted_chunks(plan, data):
            s = _last_signal(plan.layers, theta, columns(data.X, rows, theta.dtype))
            value += float(L(s, columns(data.Y, rows, theta.dtype)) @ w)
    return value


def gradient(
    plan: Plan, objective: Objective, theta: Array, data: Given, masks: Masks | None = None
) -> tuple[float, Array]:
    """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ), and ∂J/∂θ laid out like θ; with masks, of what they leave."""
    value, grad = penalty(plan, objective, theta)
    with np.errstate(over="ignore", invalid="ignore"):
        for rows, w in _weighted_chunks(plan, data):
            x, y = columns(data.X, rows, theta.dtype), columns(data.Y, rows, theta.dtype)
            M = masks_of_ranks(plan, None if masks is None else masks.of(rows), theta.dtype)
            value += _add_gradients(plan, objective, theta, x, y, w, M, grad)
    return value, grad


def _add_gradients(
    plan: Plan,
    objective: Objective,
    theta: Array,
    x: Array,
    y: Array,
    w: Array,
    M: Sequence[Array | None],
    grad: Array,
) -> float:
    """Add Σᵢ wᵢ ∂L/∂θ to ``grad``; return Σᵢ wᵢ L."""
    layers, kept = plan.layers, []

    def left(i: int, x: Array) -> Array:
        kept.append(masked(M[i], x))
        return kept[-1]

    def pull(l: int, above: Array) -> Array:  # noqa: E741
        return layers[l].G.pullback(ss[l], xs[l + 1], masked(M[l + 1], above))

    xs, ss = zip(*feed_forward(_affine_layers(layers, theta), x, left), strict=True)
    delta = objective.top.delta(ss[-1], y) * w.astype(theta.dtype)
    for l, d in back_propagate([partial(layer.W, theta) for layer in layers], delta, pull):  # noqa: E741
        add_gradient(layers[l], grad, d, kept[l])
    return float(objective.top.value(ss[-1], y) @ w)


def add_gradient(layer: Layer, grad: Array, delta: Array, x: Array) -> None:
    """Add ∂/∂W = δxᵀ on the covers, and ∂/∂b = δ, summed over the examples."""
    add_bias_gradient(layer, grad, delta)
    add_weight_gradient(layer, grad, delta, x)


def add_bias_gradient(layer: Layer, grad: Array, delta: Array) -> None:
    """Add ∂/∂b = δ, summed over the examples."""
    grad[layer.bias] += delta[layer.free].sum(axis=1)


def add_weight_gradient(layer: Layer, grad: Array, delta: Array, x: Array) -> None:
    """Add ∂/∂W = δxᵀ on the covers, summed over the examples."""
    if layer.is_complete:
        grad[layer.weight] += (delta @ x.T).ravel()
    else:
        _add_on_covers(layer, grad[layer.weight], delta, x)


def _add_on_covers(layer: Layer, grad: Array, delta: Array, x: Array) -> None:
    """The same for a sparse layer, cover by cover: the outer product is never formed off the covers."""
    upper, lower = layer.pairs
    at_once = max(_PRODUCTS_AT_ONCE // max(x.shape[1], 1), 1)
    for start in range(0, len(upper), at_once):
        c = slice(start, start + at_once)
        grad[c] += np.einsum("cm,cm->c", delta[upper[c]], x[lower[c]])


def penalty(plan: Plan, objective: Objective, theta: Array) -> tuple[float, Array]:
    """Return R(θ) and the gradient of its smooth part."""
    grad = np.zeros_like(theta)
    value = 0.0
    for w, R in objective.parts(plan.weights):
        value += R.value(theta[w])
        grad[w] = R.slope(theta[w])
    return value + (objective.groups.value(theta) if objective.groups else 0.0), grad


# ---------------------------------------------------------------- dropout


def masks_of_ranks(plan: Plan, masks: Masks | None, dtype: np.dtype[Any]) -> list[Array | None]:
    """Return M⁽⁰⁾, …, M⁽ᴰ⁻¹⁾, None where nothing is dropped."""
    if masks is None:
        return [None] * plan.depth
    return [_mask(plan, masks, rank, dtype) for rank in range(plan.depth)]


def _mask(plan: Plan, masks: Masks, rank: int, dtype: np.dtype[Any]) -> Array | None:
    """Return M⁽ʳᵃⁿᵏ⁾; a relay hands on what its source has left, and covariates are not dropped."""
    if masks.dropout.rates[rank] == 0:
        return None
    own = slice(None) if rank == 0 else plan.layers[rank - 1].free
    full = np.ones((len(plan.places[rank]), len(masks.examples)), dtype)
    full[own] = masks.factor(rank, np.arange(*plan.starts[rank : rank + 2]))
    full[plan.spared(rank)] = 1.0
    return full


def masked(mask: Array | None, x: Array) -> Array:
    """Return M ⊙ x."""
    return x if mask is None else mask * x


# ---------------------------------------------------------------- a step


def take_step(
    weights: Sequence[slice],
    objective: Objective,
    theta: Array,
    state: State,
    gradient: Array,
    optimizer: Optimizer,
    rate: float,
) -> None:
    """Change θ and the state in place: the optimiser's step, then the proximal step of the penalty.

    Parameters
    ----------
    weights : sequence of slice
        What of θ is weights.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        new, new_state = optimizer.step(theta, gradient, state, rate, weights)
        if objective.is_proximal:
            moved = _shrink(weights, objective, new, optimizer.reach(new_state, rate))
            new_state = optimizer.settle(new_state, moved)
    theta[:] = new
    for array, new_array in zip(state, new_state, strict=True):
        array[:] = new_array


def _shrink(weights: Sequence[slice], objective: Objective, theta: Array, reach: float | Array) -> Array:
    """Take the proximal step of the penalty in place; return by how much it moved θ."""
    before, step = theta.copy(), np.broadcast_to(reach, theta.shape)
    for w, R in objective.parts(weights):
        theta[w] = R.shrink(theta[w], step[w])
    if objective.groups:
        theta[:] = objective.groups.shrunk(theta, step)
    return theta - before


# ---------------------------------------------------------------- data


def columns(X: Any, rows: slice, dtype: np.dtype[Any]) -> Array:
    """Return the rows of X as columns, in the type of θ."""
    part = X[rows]
    return np.asarray((part.toarray() if issparse(part) else part).T, dtype)


def _weighted_chunks(plan: Plan, data: Given) -> Iterator[tuple[slice, Array]]:
    """Yield rows and their wᵢ / Σw; all 0 where Σw is 0."""
    w = np.ones(data.m) if data.weight is None else data.weight
    share = w / (float(w.sum()) or 1.0)
    for rows in _chunks(plan, data.m):
        yield rows, share[rows]


def _chunks(plan: Plan, m: int) -> Iterator[slice]:
    at_once = max(_NUMBERS_AT_ONCE // max(map(len, plan.places)), 1)
    for start in range(0, max(m, 1), at_once):
        yield slice(start, start + at_once)
