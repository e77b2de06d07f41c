"""The compiled engine: the calls of the readable one, in C++ (``native/``), without the GIL.

A plan is handed over once for each network. What the core does not know (a loss, a penalty, an optimiser or an
activation of a class of one's own, 2³² parameters or more) goes to the readable engine, which has the same results.

The environment variable HASSENET_LEVEL forces an instruction level that the processor has, HASSENET_NUM_THREADS the
number of threads; without it, it is OMP_NUM_THREADS, else the processors that this process may use.
"""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.activations import ACTIVATIONS, activation, in_blocks
from hassenet.engines import _native, reference
from hassenet.engines.dropout import Dropout
from hassenet.engines.plan import Layer, Plan
from hassenet.engines.threads import check_threads, n_threads
from hassenet.errors import ParameterError
from hassenet.likelihoods import (
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    GaussianLoss,
    Loss,
    PoissonLoss,
    SquaredError,
)
from hassenet.likelihoods.heads import Heads, of_a_head
from hassenet.optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer, State
from hassenet.penalties import L1, L2, ElasticNet, NoPenalty

Array = NDArray[Any]
Rows = NDArray[np.int64]

name = "native"

# The numbers of native/plan.hpp.
_CODES = {activation: code for code, activation in enumerate(ACTIVATIONS)}
_LOSSES: tuple[type[Loss], ...] = (
    SquaredError,
    BinaryCrossEntropy,
    CrossEntropy,
    PoissonLoss,
    AbsoluteError,
    GaussianLoss,
)
_RULES: tuple[type[Optimizer], ...] = (SGD, Momentum, Nesterov, Adam, AdamW)
_PENALTIES = (NoPenalty, L1, L2, ElasticNet)
_TYPES = tuple(np.dtype(t) for t in ("f4", "f8", "i1", "u1", "i2", "i4", "i8", "?"))


def levels() -> tuple[str, ...]:
    """Return the instruction levels that this processor can run, the best first."""
    return tuple(_native.levels())


def use_level(name: str) -> None:
    """Run at an instruction level from now on.

    Raises
    ------
    ParameterError
        If this processor, or this build, does not have it.
    """
    global level
    if name not in levels():
        raise ParameterError(f"no instruction level {name!r} here; choose one of {', '.join(levels())}")
    _native.use_level(name)
    level = name


def threads() -> int:
    """Return how many threads a call may use."""
    return int(_native.threads())


def set_threads(n: int) -> None:
    """Let a call use n threads; the bits of the result stay the same.

    Complete layers of 2²⁰ weights or more are multiplied by the BLAS, with its own number of threads: their bits may
    depend on that one, not on n.

    Raises
    ------
    ParameterError
        If n is not a whole number from 1 to 1024.
    """
    check_threads(n)
    _native.set_threads(int(n))


def description() -> str:
    """Return in a line what runs: the instruction level, and how many threads at most.

    >>> description().split(":")[0]
    'native'
    """
    others = [other for other in levels() if other != level]
    rest = f" (also here: {', '.join(others)})" if others else ""
    return f"native: compiled, instruction level {level}{rest}, up to {threads()} threads"


def forward(plan: Plan, theta: Array, X: Any, rank: int | None = None) -> Array:
    """Return the hidden features x⁽ʳᵃⁿᵏ⁾ of each example, (m, n_rank); by default the output Nx."""
    mine, top = _laid_out(plan), plan.depth if rank is None else rank
    if mine is None or not 0 < top <= plan.depth:
        return reference.forward(plan, theta, X, rank)
    places = mine.places[top]
    out = np.empty((X.shape[0], len(places)), theta.dtype)
    _native.forward(mine.core, _flat(theta), _handed_over(X), top, places, out, n_threads.get())
    return out


def cost(plan: Plan, theta: Array, X: Any, Y: Array, weight: Array | None = None) -> float:
    """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ)."""
    mine, objective = _laid_out(plan), _objective(plan)
    if mine is None or objective is None:
        return reference.cost(plan, theta, X, Y, weight)
    data = (_handed_over(X), _dense(Y), _weights(weight))
    return float(_native.cost(mine.core, _flat(theta), *data, objective, n_threads.get()))


def gradient(plan: Plan, theta: Array, X: Any, Y: Array, weight: Array | None = None) -> tuple[float, Array]:
    """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ), and the gradient of its smooth part laid out like θ."""
    mine, objective = _laid_out(plan), _objective(plan)
    if mine is None or objective is None:
        return reference.gradient(plan, theta, X, Y, weight)
    g = np.empty_like(theta)
    data = (_handed_over(X), _dense(Y), _weights(weight))
    return float(_native.gradient(mine.core, _flat(theta), *data, objective, g, n_threads.get())), g


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

    Where a cost is not finite the step is not taken: that cost is the last one returned. Parameters are those of
    :func:`hassenet.engines.reference.train`.
    """
    mine, objective, rule = _laid_out(plan), _objective(plan), _rule(optimizer)
    if mine is None or objective is None or rule is None or not _can_drop(plan, dropout):
        options: dict[str, Any] = {
            "optimizer": optimizer,
            "rates": rates,
            "batch_size": batch_size,
            "dropout": dropout,
            "stop": stop,
        }
        return reference.train(plan, theta, state, X, Y, weight, order, **options)
    costs, order = np.empty(len(rates)), np.ascontiguousarray(order, np.int64)
    masks = None if dropout is None else (np.array(dropout.rates), dropout.key, dropout.step, order)
    X, Y, weight, rows = _examples(X, Y, weight, order)
    data = (X, Y, weight, rows, objective, rule, np.ascontiguousarray(rates, np.float64), batch_size)
    return costs[: _native.train(mine.core, theta, list(state), *data, costs, masks, stop, n_threads.get())]


# ---------------------------------------------------------------- plans, handed over once


@final
@dataclass(frozen=True, eq=False)
class _LaidOut:
    """A plan as the core has it. ``places[i][k]`` is the row of element k of rank i, for a relay that of its source."""

    core: Any
    places: tuple[NDArray[np.int32], ...]
    layers: tuple[weakref.ref[Layer], ...]

    def is_of(self, plan: Plan) -> bool:
        """Whether it was made from the layers of this plan."""
        return len(self.layers) == plan.depth and all(
            ref() is layer for ref, layer in zip(self.layers, plan.layers, strict=True)
        )


_KNOWN: weakref.WeakKeyDictionary[Layer, _LaidOut | None] = weakref.WeakKeyDictionary()


def _laid_out(plan: Plan) -> _LaidOut | None:
    """Return the plan as the core has it, None where the core cannot have it; plans with the same layers share it."""
    first = plan.layers[0]
    known = _KNOWN.get(first, False)
    if isinstance(known, _LaidOut) and known.is_of(plan):
        return known
    _find_blas()
    _KNOWN[first] = made = _hand_over(plan) if _is_known(plan) else None
    return made


@cache
def _find_blas() -> None:
    """Let large products be done by the BLAS that SciPy brings: functions behind pointers, nothing is linked."""
    try:
        from scipy.linalg.cython_blas import __pyx_capi__ as functions

        _native.use_blas(functions["sgemm"], functions["dgemm"])
    except (ImportError, KeyError, ValueError):
        return  # blocks of our own do every product


def _is_known(plan: Plan) -> bool:
    parts = (G for layer in plan.layers for G, _ in layer.G.parts)
    top = plan.layers[-1]
    return (
        all(G.family in ACTIVATIONS and activation(in_blocks(G.family, G.blocks)) is G for G in parts)
        and top.has_no_relays
        and plan.n_parameters < 2**32 - 1
    )


def _hand_over(plan: Plan) -> _LaidOut:
    places = _places(plan)
    sizes = [plan.n_inputs, *(len(layer.free) for layer in plan.layers)]
    layers = [_layer(layer, below) for layer, below in zip(plan.layers, places, strict=False)]
    codes = [np.zeros(plan.n_inputs, np.uint8), *(_activations(layer) for layer in plan.layers)]
    blocks = [1, *(max(G.blocks for G, _ in layer.G.parts) for layer in plan.layers)]
    core = _native.Plan(sizes, layers, np.concatenate(codes), blocks)
    return _LaidOut(core, places, tuple(weakref.ref(layer) for layer in plan.layers))


def _places(plan: Plan) -> tuple[NDArray[np.int32], ...]:
    """Return for each rank the rows of its elements; a relay has none of its own."""
    found, n = [np.arange(plan.n_inputs, dtype=np.int32)], plan.n_inputs
    for layer in plan.layers:
        rows = np.empty(layer.covers.shape[0], np.int32)
        if not layer.has_no_relays:
            upper, lower = layer.covers.pairs()
            rows[upper] = found[-1][lower]  # right for relays, which have one cover
        rows[layer.free] = np.arange(n, n + len(layer.free), dtype=np.int32)
        found.append(rows)
        n += len(layer.free)
    return tuple(found)


def _layer(
    layer: Layer, below: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64] | None, bool]:
    """Return the rows that each element looks at: one list where all look at the same ones, else one a cover.

    Also whether a layer of the second kind runs as a product.
    """
    if layer.is_complete:
        return np.ascontiguousarray(below), None, False
    counts = layer.covers.below_counts[layer.free]
    sources = below[layer.pairs[1]]
    if len(counts) and (counts == counts[0]).all():
        table = sources.reshape(len(counts), -1)
        if (table == table[0]).all() and len(np.unique(table[0])) == table.shape[1]:
            return np.ascontiguousarray(table[0]), None, False
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return sources, starts, layer.kind == "masked"


def _activations(layer: Layer) -> NDArray[np.uint8]:
    codes = np.empty(layer.covers.shape[0], np.uint8)
    for G, rows in layer.G.parts:
        codes[rows] = _CODES[G.family]
    return codes[layer.free]


# ---------------------------------------------------------------- objectives and rules, by number


class _Objective(NamedTuple):
    """J as numbers."""

    loss: int
    canonical: bool
    precision: Array | None
    l1: float
    l2: float
    weights: Array | None  # of the heads


def _objective(plan: Plan) -> tuple[Any, ...] | None:
    """Return J as numbers, or None where the core has no such loss or penalty."""
    if plan.top is None or type(plan.penalty) not in _PENALTIES:
        return None
    loss, one = plan.top.loss, of_a_head(plan.top.loss)
    if type(one) not in _LOSSES:
        return None
    precision = np.ascontiguousarray(one.precision.ravel(), float) if isinstance(one, GaussianLoss) else None
    weights = np.array(loss.weights) if isinstance(loss, Heads) else None
    canonical = plan.layers[-1].G.uniform == loss.canonical and plan.top.value == loss.value_at_signal
    l2 = getattr(plan.penalty, "l2", plan.penalty.strength if isinstance(plan.penalty, L2) else 0.0)
    number, l1 = _LOSSES.index(type(one)), float(plan.penalty.shrinkage)
    return tuple(_Objective(number, canonical, precision, l1, float(l2), weights))


class _Rule(NamedTuple):
    """An optimiser as numbers."""

    rule: int
    momentum: float = 0.0
    beta1: float = 0.0
    beta2: float = 0.0
    epsilon: float = 0.0
    decay: float = 0.0


def _rule(optimizer: Optimizer) -> tuple[Any, ...] | None:
    if type(optimizer) not in _RULES:
        return None
    options = {f: float(getattr(optimizer, f)) for f in _Rule._fields[1:] if hasattr(optimizer, f)}
    return tuple(_Rule(_RULES.index(type(optimizer)), **options))


def _can_drop(plan: Plan, dropout: Dropout | None) -> bool:
    """Whether the core has the masks; not for a rank that softmax joins."""
    if dropout is None:
        return True
    joint = [False, *(not layer.G.pointwise for layer in plan.layers)]
    return not any(p > 0 and is_joint for p, is_joint in zip(dropout.rates, joint, strict=False))


# ---------------------------------------------------------------- data as the core reads them, copied only if it cannot


def _flat(theta: Array) -> Array:
    return np.ascontiguousarray(theta)


def _readable(array: Array) -> bool:
    steps = (step % array.itemsize == 0 for step in array.strides)
    return array.dtype in _TYPES and array.dtype.isnative and array.flags.aligned and all(steps)


def _dense(array: Array) -> Array:
    if array.dtype == bool:
        array = array.view(np.uint8)  # the same bytes
    return array if _readable(array) else np.ascontiguousarray(array, np.float64)


def _handed_over(X: Any) -> Any:
    """Return a dense array, or a tuple of what a matrix of compressed rows is made of."""
    if not issparse(X):
        return _dense(np.asarray(X))
    X = X.tocsr()
    data = np.ascontiguousarray(_dense(X.data))
    index = np.int64 if np.int64 in (X.indices.dtype, X.indptr.dtype) else np.int32
    return (data, np.ascontiguousarray(X.indices, index), np.ascontiguousarray(X.indptr, index), *X.shape)


def _weights(weight: Array | None) -> Array | None:
    return None if weight is None else np.ascontiguousarray(weight, np.float64)


def _examples(X: Any, Y: Array, weight: Array | None, order: Rows) -> tuple[Any, Array, Array | None, Rows]:
    """Return the examples as they are; where the core does not read the type of the features, the rows of this call."""
    if issparse(X) or _readable(X):
        return _handed_over(X), _dense(Y), _weights(weight), order
    rows = np.arange(len(order))
    return _handed_over(X[order]), _dense(Y[order]), _weights(None if weight is None else weight[order]), rows


def _default_threads() -> int:
    for variable in ("HASSENET_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(variable, "")
        if value.isdecimal() and 1 <= int(value) <= 1024:
            return int(value)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


level: str = _native.level()
"""The instruction level that runs: "baseline", "avx2" or "avx512"."""

if os.environ.get("HASSENET_LEVEL"):
    use_level(os.environ["HASSENET_LEVEL"])
set_threads(_default_threads())
