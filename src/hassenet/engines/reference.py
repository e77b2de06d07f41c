"""The readable engine: the closed forms of the mathematics in NumPy and SciPy. It is the specification.

Here x, s and δ hold a row an element and a column an example, so that each formula reads as on paper:

    s⁽ⁱ⁾ = W⁽ⁱ⁾x⁽ⁱ⁾ + b⁽ⁱ⁾              x⁽ⁱ⁺¹⁾ = G⁽ⁱ⁺¹⁾s⁽ⁱ⁾
    δ⁽ˡ⁾ = G⁽ˡ⁺¹⁾′(s⁽ˡ⁾) ⊙ W⁽ˡ⁺¹⁾ᵀδ⁽ˡ⁺¹⁾     ∂J/∂W⁽ˡ⁾ = δ⁽ˡ⁾x⁽ˡ⁾ᵀ on the covers     ∂J/∂b⁽ˡ⁾ = δ⁽ˡ⁾

With dropout M⁽ⁱ⁾ ⊙ x⁽ⁱ⁾ stands in the place of x⁽ⁱ⁾, and M⁽ˡ⁺¹⁾ ⊙ W⁽ˡ⁺¹⁾ᵀδ⁽ˡ⁺¹⁾ in that of W⁽ˡ⁺¹⁾ᵀδ⁽ˡ⁺¹⁾.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.engines.dropout import Dropout
from hassenet.engines.plan import Layer, Plan
from hassenet.errors import ParameterError
from hassenet.likelihoods.top import Top
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]
Rows = NDArray[np.int64]
Masks = Callable[
    [slice], list[Array | None]
]  # M⁽⁰⁾, …, M⁽ᴰ⁻¹⁾ of some examples, None where nothing is dropped

name = "reference"

# How many numbers of one rank, and how many products of a sparse weight gradient, are held at one time.
_NUMBERS_AT_ONCE = 1 << 22
_PRODUCTS_AT_ONCE = 1 << 20


def description() -> str:
    """Return in a line what runs."""
    return "reference: NumPy and SciPy"


def forward(plan: Plan, theta: Array, X: Any, rank: int | None = None) -> Array:
    """Return the hidden features x⁽ʳᵃⁿᵏ⁾ of each example, (m, n_rank); by default the output Nx."""
    layers = plan.layers[:rank]
    parts = [_forward(layers, theta, _columns(X, rows, theta.dtype)).T for rows in _chunks(plan, X.shape[0])]
    return np.concatenate(parts)


def _forward(layers: tuple[Layer, ...], theta: Array, x: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        for layer in layers:
            x = layer.G.value(_signal(layer, theta, x))
    return x


def signals(plan: Plan, theta: Array, X: Any) -> tuple[Array, ...]:
    """Return the signals s⁽⁰⁾, …, s⁽ᴰ⁻¹⁾ of each example, (m, nᵢ₊₁) each."""
    with np.errstate(over="ignore", invalid="ignore"):
        _, _, s = feed(plan, theta, _columns(X, slice(None), theta.dtype), [None] * plan.depth)
    return tuple(signal.T for signal in s)


def cost(plan: Plan, theta: Array, X: Any, Y: Array, weight: Array | None = None) -> float:
    """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ)."""
    value, top = _penalty(plan, theta)[0], _top(plan)
    last = plan.layers[-1]
    with np.errstate(over="ignore", invalid="ignore"):
        for rows, w in _weighted_chunks(plan, X.shape[0], weight):
            x = _forward(plan.layers[:-1], theta, _columns(X, rows, theta.dtype))
            value += float(top.value(_signal(last, theta, x), _columns(Y, rows, theta.dtype)) @ w)
    return value


def gradient(
    plan: Plan, theta: Array, X: Any, Y: Array, weight: Array | None = None, masks: Masks | None = None
) -> tuple[float, Array]:
    """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ), and ∂J/∂θ laid out like θ; with masks, of what they leave."""
    value, grad = _penalty(plan, theta)
    with np.errstate(over="ignore", invalid="ignore"):
        for rows, w in _weighted_chunks(plan, X.shape[0], weight):
            x, y = _columns(X, rows, theta.dtype), _columns(Y, rows, theta.dtype)
            value += _back_propagate(
                plan, theta, x, y, w, masks(rows) if masks else [None] * plan.depth, grad
            )
    return value, grad


def train(
    plan: Plan,
    theta: Array,
    state: State,
    X: Any,
    Y: Array,
    weight: Array | None,
    order: Rows,
    *,
    optimizer: Optimizer,
    rates: Array,
    batch_size: int,
    dropout: Dropout | None = None,
    stop: NDArray[np.bool_] | None = None,
) -> Array:
    """Take one step for each batch of ``order``; change θ and the state in place; return the costs J_B.

    Where a cost is not finite the step is not taken: that cost is the last one returned.

    Parameters
    ----------
    order : (r,) array of int
        Rows of X, batch after batch; the last batch may be smaller.
    rates : array
        α of each step.
    dropout : Dropout, optional
        J_B is then that of the network without the neurons that are dropped.
    stop : (1,) array of bool, optional
        Where it becomes true meanwhile, the steps not taken yet are left out, as is one under way.
    """
    costs: list[float] = []
    for k, rate in enumerate(rates):
        if stop is not None and stop[0]:
            break
        batch = order[k * batch_size : (k + 1) * batch_size]
        w = None if weight is None else weight[batch]
        cost, g = gradient(plan, theta, X[batch], Y[batch], w, _masks(plan, dropout, batch, k, theta.dtype))
        costs.append(cost)
        if not np.isfinite(cost):
            break
        _step(plan, theta, state, g, optimizer, float(rate))
    return np.array(costs)


def _masks(plan: Plan, dropout: Dropout | None, batch: Rows, k: int, dtype: np.dtype[Any]) -> Masks | None:
    if dropout is None:
        return None

    def mask(rank: int, examples: Rows) -> Array | None:
        """Return M⁽ʳᵃⁿᵏ⁾; a relay hands on what its source has left."""
        if dropout.rates[rank] == 0:
            return None
        n = plan.layers[rank].covers.shape[1]
        free = np.arange(n) if rank == 0 else plan.layers[rank - 1].free
        full = np.ones((n, len(examples)), dtype)
        full[free] = dropout.factor(rank, plan.neurons[rank], examples, k)
        return full

    return lambda rows: [mask(rank, batch[rows]) for rank in range(plan.depth)]


def _step(plan: Plan, theta: Array, state: State, g: Array, optimizer: Optimizer, rate: float) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        new, new_state = optimizer.step(theta, g, state, rate, plan.weights)
        if plan.penalty.shrinkage:
            moved = _shrink(plan, new, optimizer.reach(new_state, rate))
            new_state = optimizer.settle(new_state, moved)
    theta[:] = new
    for array, new_array in zip(state, new_state, strict=True):
        array[:] = new_array


def _shrink(plan: Plan, theta: Array, reach: float | Array) -> Array:
    """Take the proximal step of λ‖W‖₁ in place; return by how much it moved θ."""
    before, step = theta.copy(), np.broadcast_to(reach, theta.shape)
    for w in plan.weights:
        theta[w] = plan.penalty.shrink(theta[w], step[w])
    return theta - before


def _signal(layer: Layer, theta: Array, x: Array) -> Array:
    """Return s = Wx + b."""
    return np.asarray(layer.W(theta) @ x + layer.b(theta)[:, None])


def feed(
    plan: Plan, theta: Array, x: Array, M: list[Array | None]
) -> tuple[list[Array], list[Array], list[Array]]:
    """Return x⁽⁰⁾, …, x⁽ᴰ⁻¹⁾, what dropout leaves of each, and s⁽⁰⁾, …, s⁽ᴰ⁻¹⁾."""
    xs, kept = [x], [_masked(M[0], x)]
    ss = [_signal(plan.layers[0], theta, kept[0])]
    for below, layer, mask in zip(plan.layers, plan.layers[1:], M[1:], strict=False):
        xs.append(below.G.value(ss[-1]))
        kept.append(_masked(mask, xs[-1]))
        ss.append(_signal(layer, theta, kept[-1]))
    return xs, kept, ss


def _masked(mask: Array | None, x: Array) -> Array:
    """Return M ⊙ x."""
    return x if mask is None else mask * x


def _back_propagate(
    plan: Plan, theta: Array, x: Array, y: Array, w: Array, M: list[Array | None], grad: Array
) -> float:
    """Add Σᵢ wᵢ ∂L/∂θ to ``grad``; return Σᵢ wᵢ L."""
    top = _top(plan)
    xs, kept, ss = feed(plan, theta, x, M)
    delta = top.delta(ss[-1], y) * w.astype(theta.dtype)
    add_gradient(plan.layers[-1], grad, delta, kept[-1])
    for l in range(plan.depth - 2, -1, -1):  # noqa: E741
        above = _masked(M[l + 1], plan.layers[l + 1].W(theta).T @ delta)
        delta = plan.layers[l].G.pullback(ss[l], xs[l + 1], above)
        add_gradient(plan.layers[l], grad, delta, kept[l])
    return float(top.value(ss[-1], y) @ w)


def _top(plan: Plan) -> Top:
    if plan.top is None:
        raise ParameterError("a plan without a loss has no cost; call with_objective(loss)")
    return plan.top


def add_gradient(layer: Layer, grad: Array, delta: Array, x: Array) -> None:
    """Add ∂/∂W = δxᵀ on the covers, and ∂/∂b = δ, summed over the examples."""
    grad[layer.bias] += delta[layer.free].sum(axis=1)
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


def _penalty(plan: Plan, theta: Array) -> tuple[float, Array]:
    """Return R(θ) and the gradient of its smooth part."""
    grad = np.zeros_like(theta)
    value = 0.0
    for w in plan.weights:
        value += plan.penalty.value(theta[w])
        grad[w] = plan.penalty.slope(theta[w])
    return value, grad


def _columns(X: Any, rows: slice, dtype: np.dtype[Any]) -> Array:
    """Return the rows of X as columns, in the type of θ."""
    part = X[rows]
    return np.asarray((part.toarray() if issparse(part) else part).T, dtype)


def _weighted_chunks(plan: Plan, m: int, weight: Array | None) -> Iterator[tuple[slice, Array]]:
    """Yield rows and their wᵢ / Σw; all 0 where Σw is 0."""
    w = np.ones(m) if weight is None else weight
    share = w / (float(w.sum()) or 1.0)
    for rows in _chunks(plan, m):
        yield rows, share[rows]


def _chunks(plan: Plan, m: int) -> Iterator[slice]:
    widest = max(plan.n_inputs, *(layer.covers.shape[0] for layer in plan.layers))
    at_once = max(_NUMBERS_AT_ONCE // widest, 1)
    for start in range(0, max(m, 1), at_once):
        yield slice(start, start + at_once)
